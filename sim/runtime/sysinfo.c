/* What kind of machine it is: a PC with four processors and Windows 10 22H2. */
#include <windows.h>

#include "sim/nt/port.h"
#include "sim/runtime/guest_objects.h"
#include "sim/runtime/sysinfo.h"
#include "sim/winsock/resolve.h"

enum { GRANULARITY = 0x10000, FAMILY = 6, BUILD_TOLD = 9200, MAJOR_TOLD = 6, MINOR_TOLD = 2 };
static const ULONGLONG memory_bytes = UINT64_C(8) << 30;

void GetSystemInfo(LPSYSTEM_INFO lpSystemInfo)
{
    *lpSystemInfo = (SYSTEM_INFO){
        .wProcessorArchitecture = PROCESSOR_ARCHITECTURE_AMD64,
        .dwPageSize = PAGE_SIZE_BYTES,
        .lpMinimumApplicationAddress = (LPVOID)(uintptr_t)GRANULARITY,
        .lpMaximumApplicationAddress = (LPVOID)(uintptr_t)0x7FFFFFFEFFFF,
        .dwActiveProcessorMask = ((DWORD_PTR)1 << PORT_PROCESSORS) - 1,
        .dwNumberOfProcessors = PORT_PROCESSORS,
        .dwProcessorType = PROCESSOR_AMD_X8664,
        .dwAllocationGranularity = GRANULARITY,
        .wProcessorLevel = FAMILY,
    };
}

void GetNativeSystemInfo(LPSYSTEM_INFO lpSystemInfo)
{
    GetSystemInfo(lpSystemInfo);
}

/* The machine's memory has no bound of its own: half of it is always free. */
BOOL GlobalMemoryStatusEx(LPMEMORYSTATUSEX lpBuffer)
{
    if (lpBuffer->dwLength != sizeof *lpBuffer)
        return guest_fail(ERROR_INVALID_PARAMETER);
    *lpBuffer = (MEMORYSTATUSEX){
        .dwLength = sizeof *lpBuffer,
        .dwMemoryLoad = 50,
        .ullTotalPhys = memory_bytes,
        .ullAvailPhys = memory_bytes / 2,
        .ullTotalPageFile = memory_bytes * 2,
        .ullAvailPageFile = memory_bytes,
        .ullTotalVirtual = UINT64_C(0x7FFFFFFE0000),
        .ullAvailVirtual = UINT64_C(0x7FFF00000000),
    };
    return TRUE;
}

BOOL IsProcessorFeaturePresent(DWORD ProcessorFeature)
{
    switch (ProcessorFeature) {
    case PF_COMPARE_EXCHANGE_DOUBLE:
    case PF_MMX_INSTRUCTIONS_AVAILABLE:
    case PF_XMMI_INSTRUCTIONS_AVAILABLE:
    case PF_RDTSC_INSTRUCTION_AVAILABLE:
    case PF_PAE_ENABLED:
    case PF_XMMI64_INSTRUCTIONS_AVAILABLE:
    case PF_NX_ENABLED:
    case PF_COMPARE_EXCHANGE128:
        return TRUE;
    default:
        return FALSE;
    }
}

/* One thread runs at a time: on the first. */
DWORD GetCurrentProcessorNumber(void)
{
    return 0;
}

DWORD GetActiveProcessorCount(WORD GroupNumber)
{
    const WORD all = 0xffff;
    if (GroupNumber == 0 || GroupNumber == all)
        return PORT_PROCESSORS;
    return (DWORD)guest_fail(ERROR_INVALID_PARAMETER);
}

BOOL IsWow64Process(HANDLE hProcess, PBOOL Wow64Process)
{
    if (guest_process_of(hProcess) == NULL)
        return guest_fail(ERROR_INVALID_HANDLE);
    *Wow64Process = FALSE;
    return TRUE;
}

/* ---- Versions ---------------------------------------------------------------------------------
 * A program without a manifest, and no program here has one, is told that it runs on Windows 8:
 * "GetVersionEx function", "Targeting your application for Windows".
 */

DWORD GetVersion(void)
{
    return (DWORD)BUILD_TOLD << 16 | MINOR_TOLD << 8 | MAJOR_TOLD;
}

/* Both structures of a letter begin alike; the narrow and the wide ones' last fields do not. */
#define TELL_VERSION(whole, part, out)                                                             \
    whole told = {                                                                                 \
        .dwOSVersionInfoSize = (out)->dwOSVersionInfoSize,                                         \
        .dwMajorVersion = MAJOR_TOLD,                                                              \
        .dwMinorVersion = MINOR_TOLD,                                                              \
        .dwBuildNumber = BUILD_TOLD,                                                               \
        .dwPlatformId = VER_PLATFORM_WIN32_NT,                                                     \
        .wSuiteMask = VER_SUITE_SINGLEUSERTS,                                                      \
        .wProductType = VER_NT_WORKSTATION,                                                        \
    };                                                                                             \
    if (told.dwOSVersionInfoSize != sizeof(part) && told.dwOSVersionInfoSize != sizeof told)       \
        return guest_fail(ERROR_INSUFFICIENT_BUFFER);                                              \
    memcpy((out), &told, told.dwOSVersionInfoSize);                                                \
    return TRUE

BOOL GetVersionExA(LPOSVERSIONINFOA lpVersionInformation)
{
    TELL_VERSION(OSVERSIONINFOEXA, OSVERSIONINFOA, lpVersionInformation);
}

BOOL GetVersionExW(LPOSVERSIONINFOW lpVersionInformation)
{
    TELL_VERSION(OSVERSIONINFOEXW, OSVERSIONINFOW, lpVersionInformation);
}

NTSTATUS RtlGetVersion(PRTL_OSVERSIONINFOW lpVersionInformation)
{
    enum { MAJOR = 10, BUILD = 19045 };
    GetVersionExW(lpVersionInformation);
    lpVersionInformation->dwMajorVersion = MAJOR;
    lpVersionInformation->dwMinorVersion = 0;
    lpVersionInformation->dwBuildNumber = BUILD;
    return STATUS_SUCCESS;
}

/* Three bits a type, the types' bits in order. */
enum { CONDITION_BITS = 3, CONDITION_MASK = 7 };

static unsigned place_of(DWORD type)
{
    unsigned place = 0;
    for (; (type & 1) == 0 && place < 7; type >>= 1)
        place++;
    return place * CONDITION_BITS;
}

ULONGLONG VerSetConditionMask(ULONGLONG ConditionMask, DWORD TypeMask, BYTE Condition)
{
    for (DWORD type = 1; type <= VER_PRODUCT_TYPE; type <<= 1)
        if ((TypeMask & type) != 0)
            ConditionMask |= (ULONGLONG)(Condition & CONDITION_MASK) << place_of(type);
    return ConditionMask;
}

static bool holds(DWORD have, DWORD asked, unsigned condition)
{
    switch (condition) {
    case VER_EQUAL:
        return have == asked;
    case VER_GREATER:
        return have > asked;
    case VER_GREATER_EQUAL:
        return have >= asked;
    case VER_LESS:
        return have < asked;
    case VER_LESS_EQUAL:
        return have <= asked;
    default:
        return false;
    }
}

/* Major, minor, service pack: one number, of which the next part counts where the parts before are
 * equal; the condition is the first one's that is asked for.
 */
static bool version_holds(const OSVERSIONINFOEXW *asked, DWORD types, ULONGLONG mask)
{
    static const DWORD order[] = {VER_MAJORVERSION, VER_MINORVERSION, VER_SERVICEPACKMAJOR,
                                  VER_SERVICEPACKMINOR};
    const DWORD want[] = {asked->dwMajorVersion, asked->dwMinorVersion, asked->wServicePackMajor,
                          asked->wServicePackMinor};
    const DWORD have[] = {MAJOR_TOLD, MINOR_TOLD, 0, 0};
    unsigned condition = 0;

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if ((types & order[i]) == 0)
            continue;
        if (condition == 0)
            condition = (unsigned)(mask >> place_of(order[i])) & CONDITION_MASK;
        if (have[i] != want[i])
            return holds(have[i], want[i], condition);
    }
    return condition == 0 || holds(0, 0, condition);
}

static bool suite_holds(WORD asked, unsigned condition)
{
    if (condition == VER_AND)
        return (VER_SUITE_SINGLEUSERTS & asked) == asked;
    return condition == VER_OR && (VER_SUITE_SINGLEUSERTS & asked) != 0;
}

BOOL VerifyVersionInfoW(LPOSVERSIONINFOEXW lpVersionInformation, DWORD dwTypeMask,
                        ULONGLONG dwlConditionMask)
{
    const OSVERSIONINFOEXW *asked = lpVersionInformation;
    const struct {
        DWORD type, have, want;
    } others[] = {
        {VER_BUILDNUMBER, BUILD_TOLD, asked->dwBuildNumber},
        {VER_PLATFORMID, VER_PLATFORM_WIN32_NT, asked->dwPlatformId},
        {VER_PRODUCT_TYPE, VER_NT_WORKSTATION, asked->wProductType},
    };

    if (dwTypeMask == 0 || dwlConditionMask == 0)
        return guest_fail(ERROR_BAD_ARGUMENTS);
    bool all = version_holds(asked, dwTypeMask, dwlConditionMask);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if ((dwTypeMask & others[i].type) != 0)
            all &= holds(others[i].have, others[i].want,
                         (unsigned)(dwlConditionMask >> place_of(others[i].type)) & CONDITION_MASK);
    if ((dwTypeMask & VER_SUITENAME) != 0)
        all &=
            suite_holds(asked->wSuiteMask,
                        (unsigned)(dwlConditionMask >> place_of(VER_SUITENAME)) & CONDITION_MASK);
    return all ? TRUE : guest_fail(ERROR_OLD_WIN_VERSION);
}

BOOL VerifyVersionInfoA(LPOSVERSIONINFOEXA lpVersionInformation, DWORD dwTypeMask,
                        ULONGLONG dwlConditionMask)
{
    OSVERSIONINFOEXW asked = {
        .dwOSVersionInfoSize = sizeof asked,
        .dwMajorVersion = lpVersionInformation->dwMajorVersion,
        .dwMinorVersion = lpVersionInformation->dwMinorVersion,
        .dwBuildNumber = lpVersionInformation->dwBuildNumber,
        .dwPlatformId = lpVersionInformation->dwPlatformId,
        .wServicePackMajor = lpVersionInformation->wServicePackMajor,
        .wServicePackMinor = lpVersionInformation->wServicePackMinor,
        .wSuiteMask = lpVersionInformation->wSuiteMask,
        .wProductType = lpVersionInformation->wProductType,
    };
    return VerifyVersionInfoW(&asked, dwTypeMask, dwlConditionMask);
}

/* ---- Names ----------------------------------------------------------------------------------- */

size_t ascii_widen(const char *text, WCHAR *wide)
{
    size_t i = 0;
    for (; text[i] != '\0'; i++)
        wide[i] = (WCHAR)(unsigned char)text[i];
    wide[i] = 0;
    return i;
}

/* The NetBIOS name has capitals, DNS' has not; the machine is in no domain. */
static const char *name_as(COMPUTER_NAME_FORMAT format, char name[64])
{
    bool netbios = format == ComputerNameNetBIOS || format == ComputerNamePhysicalNetBIOS;
    bool domain = format == ComputerNameDnsDomain || format == ComputerNamePhysicalDnsDomain;
    size_t i = 0;

    for (; !domain && own_name[i] != '\0' && i < 63; i++)
        name[i] = netbios && own_name[i] >= 'a' && own_name[i] <= 'z'
                      ? (char)(own_name[i] - 'a' + 'A')
                      : own_name[i];
    name[i] = '\0';
    return name;
}

/* `*size` counts the end of the text when it is too small, and does not when all is well. */
static BOOL put_name(const char *name, void *buffer, DWORD *size, bool wide, DWORD too_small)
{
    DWORD length = (DWORD)strlen(name);

    if (buffer == NULL || *size <= length) {
        *size = length + 1;
        return guest_fail(too_small);
    }
    if (wide)
        ascii_widen(name, buffer);
    else
        memcpy(buffer, name, length + 1);
    *size = length;
    return TRUE;
}

BOOL GetComputerNameA(LPSTR lpBuffer, LPDWORD nSize)
{
    char name[64];
    return put_name(name_as(ComputerNameNetBIOS, name), lpBuffer, nSize, false,
                    ERROR_BUFFER_OVERFLOW);
}

BOOL GetComputerNameW(LPWSTR lpBuffer, LPDWORD nSize)
{
    char name[64];
    return put_name(name_as(ComputerNameNetBIOS, name), lpBuffer, nSize, true,
                    ERROR_BUFFER_OVERFLOW);
}

BOOL GetComputerNameExA(COMPUTER_NAME_FORMAT NameType, LPSTR lpBuffer, LPDWORD nSize)
{
    char name[64];
    if ((unsigned)NameType >= ComputerNameMax)
        return guest_fail(ERROR_INVALID_PARAMETER);
    return put_name(name_as(NameType, name), lpBuffer, nSize, false, ERROR_MORE_DATA);
}

BOOL GetComputerNameExW(COMPUTER_NAME_FORMAT NameType, LPWSTR lpBuffer, LPDWORD nSize)
{
    char name[64];
    if ((unsigned)NameType >= ComputerNameMax)
        return guest_fail(ERROR_INVALID_PARAMETER);
    return put_name(name_as(NameType, name), lpBuffer, nSize, true, ERROR_MORE_DATA);
}

const char *account_name(enum account account)
{
    switch (account) {
    case ACCOUNT_STANDARD:
        return "standard";
    case ACCOUNT_OTHER_STANDARD:
        return "other";
    case ACCOUNT_ADMIN:
        return "admin";
    case ACCOUNT_BUILTIN_ADMIN:
        return "Administrator";
    case ACCOUNT_LOCAL_SYSTEM:
        return "SYSTEM";
    case ACCOUNT_NETWORK_SERVICE:
        return "NETWORK SERVICE";
    case ACCOUNT_COUNT:
        break;
    }
    ABSURD("no account");
}

/* Here the end of the text counts both times. */
static BOOL put_user(void *buffer, DWORD *size, bool wide)
{
    BOOL put = put_name(account_name(guest_process()->token.account), buffer, size, wide,
                        ERROR_INSUFFICIENT_BUFFER);
    if (put)
        ++*size;
    return put;
}

BOOL GetUserNameA(LPSTR lpBuffer, LPDWORD pcbBuffer)
{
    return put_user(lpBuffer, pcbBuffer, false);
}

BOOL GetUserNameW(LPWSTR lpBuffer, LPDWORD pcbBuffer)
{
    return put_user(lpBuffer, pcbBuffer, true);
}

/* The length, or the size that it takes with the end of the text. */
static UINT put_folder(const char *folder, void *buffer, UINT size, bool wide)
{
    UINT length = (UINT)strlen(folder);

    if (buffer == NULL || size <= length)
        return length + 1;
    if (wide)
        ascii_widen(folder, buffer);
    else
        memcpy(buffer, folder, length + 1);
    return length;
}

UINT GetSystemDirectoryA(LPSTR lpBuffer, UINT uSize)
{
    return put_folder("C:\\Windows\\System32", lpBuffer, uSize, false);
}

UINT GetSystemDirectoryW(LPWSTR lpBuffer, UINT uSize)
{
    return put_folder("C:\\Windows\\System32", lpBuffer, uSize, true);
}

UINT GetWindowsDirectoryA(LPSTR lpBuffer, UINT uSize)
{
    return put_folder("C:\\Windows", lpBuffer, uSize, false);
}

UINT GetWindowsDirectoryW(LPWSTR lpBuffer, UINT uSize)
{
    return put_folder("C:\\Windows", lpBuffer, uSize, true);
}
