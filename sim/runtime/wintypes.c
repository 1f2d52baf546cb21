/* Small calls of kernel32 and advapi32: pointers that are hidden, descriptors that nobody reads, a
 * registry without keys, random bytes of the run's seed.
 */
#include <windows.h>

#include <bcrypt.h>
#include <ntsecapi.h>
#include <string.h>
#include <wincrypt.h>
#include <winreg.h>

#include "sim/runtime/guest_objects.h"

BOOL CompareObjectHandles(HANDLE hFirstObjectHandle, HANDLE hSecondObjectHandle)
{
    guest_preempt();
    const struct object *first = guest_object(hFirstObjectHandle);
    const struct object *second = first != NULL ? guest_object(hSecondObjectHandle) : NULL;
    if (second == NULL)
        return FALSE;
    return first == second ? TRUE : guest_fail(ERROR_NOT_SAME_OBJECT);
}

/* Windows hides them behind a number of the process'; here it is one for all. */
enum { POINTER_KEY = 0x5a5a };

PVOID EncodePointer(PVOID Ptr)
{
    return (PVOID)((uintptr_t)Ptr ^ POINTER_KEY);
}

PVOID DecodePointer(PVOID Ptr)
{
    return EncodePointer(Ptr);
}

PVOID EncodeSystemPointer(PVOID Ptr)
{
    return EncodePointer(Ptr);
}

PVOID DecodeSystemPointer(PVOID Ptr)
{
    return EncodePointer(Ptr);
}

/* Returns when the sound is over. */
BOOL Beep(DWORD dwFreq, DWORD dwDuration)
{
    enum { LOWEST = 37, HIGHEST = 32767 };
    if (dwFreq < LOWEST || dwFreq > HIGHEST)
        return guest_fail(ERROR_INVALID_PARAMETER);
    Sleep(dwDuration);
    return TRUE;
}

BOOL DisableThreadLibraryCalls(HMODULE hLibModule)
{
    return hLibModule != NULL ? TRUE : guest_fail(ERROR_MOD_NOT_FOUND);
}

/* ---- Security descriptors -------------------------------------------------------------------- */

BOOL InitializeSecurityDescriptor(PSECURITY_DESCRIPTOR pSecurityDescriptor, DWORD dwRevision)
{
    if (dwRevision != SECURITY_DESCRIPTOR_REVISION)
        return guest_fail(ERROR_UNKNOWN_REVISION);
    if (!guest_may_write(pSecurityDescriptor, sizeof(SECURITY_DESCRIPTOR)))
        return guest_fail(ERROR_NOACCESS);
    *(SECURITY_DESCRIPTOR *)pSecurityDescriptor =
        (SECURITY_DESCRIPTOR){.Revision = SECURITY_DESCRIPTOR_REVISION};
    return TRUE;
}

BOOL SetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR pSecurityDescriptor, BOOL bDaclPresent,
                               PACL pDacl, BOOL bDaclDefaulted)
{
    enum { PRESENT = 4, DEFAULTED = 8 };
    SECURITY_DESCRIPTOR *descriptor = pSecurityDescriptor;
    if (!guest_may_write(descriptor, sizeof *descriptor))
        return guest_fail(ERROR_NOACCESS);
    descriptor->Control &= (WORD) ~(PRESENT | DEFAULTED);
    if (bDaclPresent)
        descriptor->Control |= (WORD)(PRESENT | (bDaclDefaulted ? DEFAULTED : 0));
    descriptor->Dacl = bDaclPresent ? pDacl : NULL;
    return TRUE;
}

/* ---- The registry ---------------------------------------------------------------------------- */

static bool is_root(HKEY key)
{
    return (uintptr_t)key >= (uintptr_t)HKEY_CLASSES_ROOT &&
           (uintptr_t)key <= (uintptr_t)HKEY_CURRENT_CONFIG;
}

static LSTATUS missing(HKEY key)
{
    return is_root(key) ? ERROR_FILE_NOT_FOUND : ERROR_INVALID_HANDLE;
}

LSTATUS RegOpenKeyExA(HKEY hKey, LPCSTR lpSubKey, DWORD ulOptions, REGSAM samDesired,
                      PHKEY phkResult)
{
    (void)ulOptions;
    (void)samDesired;
    if (!is_root(hKey) || (lpSubKey != NULL && lpSubKey[0] != 0))
        return missing(hKey);
    *phkResult = hKey;
    return ERROR_SUCCESS;
}

LSTATUS RegOpenKeyExW(HKEY hKey, LPCWSTR lpSubKey, DWORD ulOptions, REGSAM samDesired,
                      PHKEY phkResult)
{
    return RegOpenKeyExA(hKey, lpSubKey != NULL && lpSubKey[0] != 0 ? "key" : NULL, ulOptions,
                         samDesired, phkResult);
}

LSTATUS RegCreateKeyExA(HKEY hKey, LPCSTR lpSubKey, DWORD Reserved, LPSTR lpClass, DWORD dwOptions,
                        REGSAM samDesired, const LPSECURITY_ATTRIBUTES lpSecurityAttributes,
                        PHKEY phkResult, LPDWORD lpdwDisposition)
{
    (void)lpSubKey;
    (void)Reserved;
    (void)lpClass;
    (void)dwOptions;
    (void)samDesired;
    (void)lpSecurityAttributes;
    (void)phkResult;
    (void)lpdwDisposition;
    return is_root(hKey) ? ERROR_ACCESS_DENIED : ERROR_INVALID_HANDLE;
}

LSTATUS RegCreateKeyExW(HKEY hKey, LPCWSTR lpSubKey, DWORD Reserved, LPWSTR lpClass,
                        DWORD dwOptions, REGSAM samDesired,
                        const LPSECURITY_ATTRIBUTES lpSecurityAttributes, PHKEY phkResult,
                        LPDWORD lpdwDisposition)
{
    (void)lpSubKey;
    (void)lpClass;
    return RegCreateKeyExA(hKey, NULL, Reserved, NULL, dwOptions, samDesired, lpSecurityAttributes,
                           phkResult, lpdwDisposition);
}

LSTATUS RegQueryValueExA(HKEY hKey, LPCSTR lpValueName, LPDWORD lpReserved, LPDWORD lpType,
                         LPBYTE lpData, LPDWORD lpcbData)
{
    (void)lpValueName;
    (void)lpReserved;
    (void)lpType;
    (void)lpData;
    (void)lpcbData;
    return missing(hKey);
}

LSTATUS RegQueryValueExW(HKEY hKey, LPCWSTR lpValueName, LPDWORD lpReserved, LPDWORD lpType,
                         LPBYTE lpData, LPDWORD lpcbData)
{
    (void)lpValueName;
    return RegQueryValueExA(hKey, NULL, lpReserved, lpType, lpData, lpcbData);
}

LSTATUS RegSetValueExA(HKEY hKey, LPCSTR lpValueName, DWORD Reserved, DWORD dwType,
                       const BYTE *lpData, DWORD cbData)
{
    (void)lpValueName;
    (void)Reserved;
    (void)dwType;
    (void)lpData;
    (void)cbData;
    return is_root(hKey) ? ERROR_ACCESS_DENIED : ERROR_INVALID_HANDLE;
}

LSTATUS RegSetValueExW(HKEY hKey, LPCWSTR lpValueName, DWORD Reserved, DWORD dwType,
                       const BYTE *lpData, DWORD cbData)
{
    (void)lpValueName;
    return RegSetValueExA(hKey, NULL, Reserved, dwType, lpData, cbData);
}

static LSTATUS no_more(HKEY key)
{
    return is_root(key) ? ERROR_NO_MORE_ITEMS : ERROR_INVALID_HANDLE;
}

LSTATUS RegEnumKeyExA(HKEY hKey, DWORD dwIndex, LPSTR lpName, LPDWORD lpcchName, LPDWORD lpReserved,
                      LPSTR lpClass, LPDWORD lpcchClass, PFILETIME lpftLastWriteTime)
{
    (void)dwIndex;
    (void)lpName;
    (void)lpcchName;
    (void)lpReserved;
    (void)lpClass;
    (void)lpcchClass;
    (void)lpftLastWriteTime;
    return no_more(hKey);
}

LSTATUS RegEnumKeyExW(HKEY hKey, DWORD dwIndex, LPWSTR lpName, LPDWORD lpcchName,
                      LPDWORD lpReserved, LPWSTR lpClass, LPDWORD lpcchClass,
                      PFILETIME lpftLastWriteTime)
{
    (void)lpName;
    (void)lpClass;
    return RegEnumKeyExA(hKey, dwIndex, NULL, lpcchName, lpReserved, NULL, lpcchClass,
                         lpftLastWriteTime);
}

LSTATUS RegGetValueA(HKEY hkey, LPCSTR lpSubKey, LPCSTR lpValue, DWORD dwFlags, LPDWORD pdwType,
                     PVOID pvData, LPDWORD pcbData)
{
    (void)lpSubKey;
    (void)dwFlags;
    return RegQueryValueExA(hkey, lpValue, NULL, pdwType, pvData, pcbData);
}

LSTATUS RegGetValueW(HKEY hkey, LPCWSTR lpSubKey, LPCWSTR lpValue, DWORD dwFlags, LPDWORD pdwType,
                     PVOID pvData, LPDWORD pcbData)
{
    (void)lpSubKey;
    (void)lpValue;
    return RegGetValueA(hkey, NULL, NULL, dwFlags, pdwType, pvData, pcbData);
}

LSTATUS RegCloseKey(HKEY hKey)
{
    return is_root(hKey) ? ERROR_SUCCESS : ERROR_INVALID_HANDLE;
}

/* ---- Random bytes ---------------------------------------------------------------------------- */

enum { ONE_PROVIDER = 0x43525950, BYTE_VALUES = 256 };

static bool fill(void *out, size_t size)
{
    unsigned char *bytes = out;
    if (!guest_may_write(out, size))
        return false;
    for (size_t i = 0; i < size; i++)
        bytes[i] =
            (unsigned char)choose(&guest_nt()->engine->choices, CHOICE_IDENTITY, BYTE_VALUES);
    return true;
}

BOOL CryptAcquireContextA(HCRYPTPROV *phProv, LPCSTR szContainer, LPCSTR szProvider,
                          DWORD dwProvType, DWORD dwFlags)
{
    (void)szContainer;
    (void)szProvider;
    (void)dwProvType;
    (void)dwFlags;
    if (!guest_may_write(phProv, sizeof *phProv))
        return guest_fail(ERROR_INVALID_PARAMETER);
    *phProv = ONE_PROVIDER;
    return TRUE;
}

BOOL CryptAcquireContextW(HCRYPTPROV *phProv, LPCWSTR szContainer, LPCWSTR szProvider,
                          DWORD dwProvType, DWORD dwFlags)
{
    (void)szContainer;
    (void)szProvider;
    return CryptAcquireContextA(phProv, NULL, NULL, dwProvType, dwFlags);
}

BOOL CryptGenRandom(HCRYPTPROV hProv, DWORD dwLen, BYTE *pbBuffer)
{
    if (hProv != ONE_PROVIDER)
        return guest_fail(ERROR_INVALID_PARAMETER);
    return fill(pbBuffer, dwLen) ? TRUE : guest_fail(ERROR_INVALID_PARAMETER);
}

BOOL CryptReleaseContext(HCRYPTPROV hProv, DWORD dwFlags)
{
    (void)dwFlags;
    return hProv == ONE_PROVIDER ? TRUE : guest_fail(ERROR_INVALID_PARAMETER);
}

BOOLEAN SystemFunction036(PVOID RandomBuffer, ULONG RandomBufferLength)
{
    return fill(RandomBuffer, RandomBufferLength);
}

/* Without an algorithm the system's is to be asked for by its flag. */
NTSTATUS BCryptGenRandom(BCRYPT_ALG_HANDLE hAlgorithm, PUCHAR pbBuffer, ULONG cbBuffer,
                         ULONG dwFlags)
{
    if (hAlgorithm == NULL && (dwFlags & BCRYPT_USE_SYSTEM_PREFERRED_RNG) == 0)
        return (NTSTATUS)STATUS_INVALID_HANDLE;
    return fill(pbBuffer, cbBuffer) ? STATUS_SUCCESS : (NTSTATUS)STATUS_INVALID_PARAMETER;
}
