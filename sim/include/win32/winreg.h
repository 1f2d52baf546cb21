/* The registry as programs may read it: the machine's own is its disk, and no key of it is open to
 * them. Every key is missing.
 */
#ifndef BERTH_WIN32_WINREG_H
#define BERTH_WIN32_WINREG_H

#include "windows.h"

typedef LONG LSTATUS;
typedef ACCESS_MASK REGSAM;
#define HKEY_CLASSES_ROOT ((HKEY)(ULONG_PTR)0x80000000u)
#define HKEY_CURRENT_USER ((HKEY)(ULONG_PTR)0x80000001u)
#define HKEY_LOCAL_MACHINE ((HKEY)(ULONG_PTR)0x80000002u)
#define HKEY_USERS ((HKEY)(ULONG_PTR)0x80000003u)
#define HKEY_PERFORMANCE_DATA ((HKEY)(ULONG_PTR)0x80000004u)
#define HKEY_CURRENT_CONFIG ((HKEY)(ULONG_PTR)0x80000005u)
#define KEY_QUERY_VALUE 0x0001
#define KEY_SET_VALUE 0x0002
#define KEY_CREATE_SUB_KEY 0x0004
#define KEY_ENUMERATE_SUB_KEYS 0x0008
#define KEY_NOTIFY 0x0010
#define KEY_CREATE_LINK 0x0020
#define KEY_WOW64_64KEY 0x0100
#define KEY_WOW64_32KEY 0x0200
#define KEY_READ 0x20019
#define KEY_WRITE 0x20006
#define KEY_EXECUTE 0x20019
#define KEY_ALL_ACCESS 0xF003F
#define REG_NONE 0
#define REG_SZ 1
#define REG_EXPAND_SZ 2
#define REG_BINARY 3
#define REG_DWORD 4
#define REG_DWORD_LITTLE_ENDIAN 4
#define REG_DWORD_BIG_ENDIAN 5
#define REG_LINK 6
#define REG_MULTI_SZ 7
#define REG_QWORD 11
#define REG_OPTION_NON_VOLATILE 0
#define REG_OPTION_VOLATILE 1
#define REG_CREATED_NEW_KEY 1
#define REG_OPENED_EXISTING_KEY 2
#define REG_NOTIFY_CHANGE_NAME 1
#define REG_NOTIFY_CHANGE_LAST_SET 4
#define RRF_RT_REG_SZ 0x02
#define RRF_RT_REG_DWORD 0x10
#define RRF_RT_DWORD 0x18
#define RRF_RT_ANY 0xffff

BERTH_FUNCTION(LSTATUS, RegOpenKeyExA,
               (HKEY hKey, LPCSTR lpSubKey, DWORD ulOptions, REGSAM samDesired, PHKEY phkResult));
BERTH_FUNCTION(LSTATUS, RegOpenKeyExW,
               (HKEY hKey, LPCWSTR lpSubKey, DWORD ulOptions, REGSAM samDesired, PHKEY phkResult));
BERTH_FUNCTION(LSTATUS, RegCreateKeyExA,
               (HKEY hKey, LPCSTR lpSubKey, DWORD Reserved, LPSTR lpClass, DWORD dwOptions,
                REGSAM samDesired, const LPSECURITY_ATTRIBUTES lpSecurityAttributes,
                PHKEY phkResult, LPDWORD lpdwDisposition));
BERTH_FUNCTION(LSTATUS, RegCreateKeyExW,
               (HKEY hKey, LPCWSTR lpSubKey, DWORD Reserved, LPWSTR lpClass, DWORD dwOptions,
                REGSAM samDesired, const LPSECURITY_ATTRIBUTES lpSecurityAttributes,
                PHKEY phkResult, LPDWORD lpdwDisposition));
BERTH_FUNCTION(LSTATUS, RegQueryValueExA,
               (HKEY hKey, LPCSTR lpValueName, LPDWORD lpReserved, LPDWORD lpType, LPBYTE lpData,
                LPDWORD lpcbData));
BERTH_FUNCTION(LSTATUS, RegQueryValueExW,
               (HKEY hKey, LPCWSTR lpValueName, LPDWORD lpReserved, LPDWORD lpType, LPBYTE lpData,
                LPDWORD lpcbData));
BERTH_FUNCTION(LSTATUS, RegSetValueExA,
               (HKEY hKey, LPCSTR lpValueName, DWORD Reserved, DWORD dwType, const BYTE *lpData,
                DWORD cbData));
BERTH_FUNCTION(LSTATUS, RegSetValueExW,
               (HKEY hKey, LPCWSTR lpValueName, DWORD Reserved, DWORD dwType, const BYTE *lpData,
                DWORD cbData));
BERTH_FUNCTION(LSTATUS, RegEnumKeyExA,
               (HKEY hKey, DWORD dwIndex, LPSTR lpName, LPDWORD lpcchName, LPDWORD lpReserved,
                LPSTR lpClass, LPDWORD lpcchClass, PFILETIME lpftLastWriteTime));
BERTH_FUNCTION(LSTATUS, RegEnumKeyExW,
               (HKEY hKey, DWORD dwIndex, LPWSTR lpName, LPDWORD lpcchName, LPDWORD lpReserved,
                LPWSTR lpClass, LPDWORD lpcchClass, PFILETIME lpftLastWriteTime));
BERTH_FUNCTION(LSTATUS, RegGetValueA,
               (HKEY hkey, LPCSTR lpSubKey, LPCSTR lpValue, DWORD dwFlags, LPDWORD pdwType,
                PVOID pvData, LPDWORD pcbData));
BERTH_FUNCTION(LSTATUS, RegGetValueW,
               (HKEY hkey, LPCWSTR lpSubKey, LPCWSTR lpValue, DWORD dwFlags, LPDWORD pdwType,
                PVOID pvData, LPDWORD pcbData));
BERTH_FUNCTION(LSTATUS, RegCloseKey, (HKEY hKey));

#if defined(UNICODE)
#define RegOpenKeyEx RegOpenKeyExW
#define RegCreateKeyEx RegCreateKeyExW
#define RegQueryValueEx RegQueryValueExW
#define RegSetValueEx RegSetValueExW
#define RegEnumKeyEx RegEnumKeyExW
#define RegGetValue RegGetValueW
#else
#define RegOpenKeyEx RegOpenKeyExA
#define RegCreateKeyEx RegCreateKeyExA
#define RegQueryValueEx RegQueryValueExA
#define RegSetValueEx RegSetValueExA
#define RegEnumKeyEx RegEnumKeyExA
#define RegGetValue RegGetValueA
#endif

#endif
