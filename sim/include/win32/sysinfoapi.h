/* What the machine is and what time it is. Included by windows.h. */
#ifndef BERTH_WIN32_SYSINFOAPI_H
#define BERTH_WIN32_SYSINFOAPI_H

#include "winnt.h"

#define MAX_COMPUTERNAME_LENGTH 15
#define ANYSIZE_ARRAY 1
#define TIME_ZONE_ID_UNKNOWN 0
#define TIME_ZONE_ID_STANDARD 1
#define TIME_ZONE_ID_DAYLIGHT 2
#define TIME_ZONE_ID_INVALID ((DWORD)0xffffffff)

typedef struct _SYSTEM_INFO {
    __extension__ union {
        DWORD dwOemId;
        __extension__ struct {
            WORD wProcessorArchitecture;
            WORD wReserved;
        };
    };
    DWORD dwPageSize;
    LPVOID lpMinimumApplicationAddress, lpMaximumApplicationAddress;
    DWORD_PTR dwActiveProcessorMask;
    DWORD dwNumberOfProcessors, dwProcessorType, dwAllocationGranularity;
    WORD wProcessorLevel, wProcessorRevision;
} SYSTEM_INFO, *LPSYSTEM_INFO;

typedef struct _MEMORYSTATUSEX {
    DWORD dwLength, dwMemoryLoad;
    ULONGLONG ullTotalPhys, ullAvailPhys, ullTotalPageFile, ullAvailPageFile;
    ULONGLONG ullTotalVirtual, ullAvailVirtual, ullAvailExtendedVirtual;
} MEMORYSTATUSEX, *LPMEMORYSTATUSEX;

typedef enum _COMPUTER_NAME_FORMAT {
    ComputerNameNetBIOS,
    ComputerNameDnsHostname,
    ComputerNameDnsDomain,
    ComputerNameDnsFullyQualified,
    ComputerNamePhysicalNetBIOS,
    ComputerNamePhysicalDnsHostname,
    ComputerNamePhysicalDnsDomain,
    ComputerNamePhysicalDnsFullyQualified,
    ComputerNameMax
} COMPUTER_NAME_FORMAT;

typedef struct _TIME_ZONE_INFORMATION {
    LONG Bias;
    WCHAR StandardName[32];
    SYSTEMTIME StandardDate;
    LONG StandardBias;
    WCHAR DaylightName[32];
    SYSTEMTIME DaylightDate;
    LONG DaylightBias;
} TIME_ZONE_INFORMATION, *PTIME_ZONE_INFORMATION, *LPTIME_ZONE_INFORMATION;

BERTH_FUNCTION(void, GetSystemInfo, (LPSYSTEM_INFO lpSystemInfo));
BERTH_FUNCTION(void, GetNativeSystemInfo, (LPSYSTEM_INFO lpSystemInfo));
BERTH_FUNCTION(BOOL, GlobalMemoryStatusEx, (LPMEMORYSTATUSEX lpBuffer));
BERTH_FUNCTION(BOOL, IsProcessorFeaturePresent, (DWORD ProcessorFeature));
BERTH_FUNCTION(DWORD, GetCurrentProcessorNumber, (void));
BERTH_FUNCTION(DWORD, GetActiveProcessorCount, (WORD GroupNumber));
BERTH_FUNCTION(BOOL, IsWow64Process, (HANDLE hProcess, PBOOL Wow64Process));
BERTH_FUNCTION(DWORD, GetVersion, (void));
BERTH_FUNCTION(BOOL, GetVersionExA, (LPOSVERSIONINFOA lpVersionInformation));
BERTH_FUNCTION(BOOL, GetVersionExW, (LPOSVERSIONINFOW lpVersionInformation));
BERTH_FUNCTION(ULONGLONG, VerSetConditionMask,
               (ULONGLONG ConditionMask, DWORD TypeMask, BYTE Condition));
BERTH_FUNCTION(BOOL, VerifyVersionInfoA,
               (LPOSVERSIONINFOEXA lpVersionInformation, DWORD dwTypeMask,
                ULONGLONG dwlConditionMask));
BERTH_FUNCTION(BOOL, VerifyVersionInfoW,
               (LPOSVERSIONINFOEXW lpVersionInformation, DWORD dwTypeMask,
                ULONGLONG dwlConditionMask));
#define VER_SET_CONDITION(mask, type, condition)                                                   \
    ((mask) = VerSetConditionMask((mask), (type), (condition)))

BERTH_FUNCTION(BOOL, GetComputerNameA, (LPSTR lpBuffer, LPDWORD nSize));
BERTH_FUNCTION(BOOL, GetComputerNameW, (LPWSTR lpBuffer, LPDWORD nSize));
BERTH_FUNCTION(BOOL, GetComputerNameExA,
               (COMPUTER_NAME_FORMAT NameType, LPSTR lpBuffer, LPDWORD nSize));
BERTH_FUNCTION(BOOL, GetComputerNameExW,
               (COMPUTER_NAME_FORMAT NameType, LPWSTR lpBuffer, LPDWORD nSize));
BERTH_FUNCTION(UINT, GetSystemDirectoryA, (LPSTR lpBuffer, UINT uSize));
BERTH_FUNCTION(UINT, GetSystemDirectoryW, (LPWSTR lpBuffer, UINT uSize));
BERTH_FUNCTION(UINT, GetWindowsDirectoryA, (LPSTR lpBuffer, UINT uSize));
BERTH_FUNCTION(UINT, GetWindowsDirectoryW, (LPWSTR lpBuffer, UINT uSize));

BERTH_FUNCTION(BOOL, QueryUnbiasedInterruptTime, (PULONGLONG UnbiasedTime));
BERTH_FUNCTION(void, QueryInterruptTime, (PULONGLONG lpInterruptTime));
BERTH_FUNCTION(void, GetSystemTimePreciseAsFileTime, (LPFILETIME lpSystemTimeAsFileTime));
BERTH_FUNCTION(DWORD, GetTimeZoneInformation, (LPTIME_ZONE_INFORMATION lpTimeZoneInformation));
BERTH_FUNCTION(BOOL, SystemTimeToFileTime, (const SYSTEMTIME *lpSystemTime, LPFILETIME lpFileTime));
BERTH_FUNCTION(BOOL, FileTimeToSystemTime, (const FILETIME *lpFileTime, LPSYSTEMTIME lpSystemTime));
BERTH_FUNCTION(BOOL, FileTimeToLocalFileTime,
               (const FILETIME *lpFileTime, LPFILETIME lpLocalFileTime));
BERTH_FUNCTION(BOOL, LocalFileTimeToFileTime,
               (const FILETIME *lpLocalFileTime, LPFILETIME lpFileTime));
BERTH_FUNCTION(LONG, CompareFileTime, (const FILETIME *lpFileTime1, const FILETIME *lpFileTime2));

#if defined(UNICODE)
#define GetVersionEx GetVersionExW
#define VerifyVersionInfo VerifyVersionInfoW
#define GetComputerName GetComputerNameW
#define GetComputerNameEx GetComputerNameExW
#define GetSystemDirectory GetSystemDirectoryW
#define GetWindowsDirectory GetWindowsDirectoryW
#else
#define GetVersionEx GetVersionExA
#define VerifyVersionInfo VerifyVersionInfoA
#define GetComputerName GetComputerNameA
#define GetComputerNameEx GetComputerNameExA
#define GetSystemDirectory GetSystemDirectoryA
#define GetWindowsDirectory GetWindowsDirectoryA
#endif

#endif
