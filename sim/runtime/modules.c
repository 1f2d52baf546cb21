/* LoadLibrary and GetProcAddress for the modules the machine has. Every module is loaded from the
 * start; its handle is a number of ours, never an address of the host's.
 */
#include "sim/runtime/machine.h"

#include <winsock2.h>

#include <iphlpapi.h>
#include <mswsock.h>
#include <ws2spi.h>
#include <ws2tcpip.h>

#include "sim/engine/check.h"
#include "sim/runtime/crt.h"
#include "sim/runtime/guest_call.h"
#include "sim/runtime/program.h"
#include "sim/winsock/provider.h"

enum { MODULES_BASE = 0x10000, LAST_ORDINAL = 0xffff };

enum module { MODULE_WS2_32 = 1, MODULE_IPHLPAPI, MODULE_KERNEL32, MODULE_MSWSOCK, MODULE_NTDLL };

typedef void any_function(void);

#define WS2_32(name) {MODULE_WS2_32, #name, (any_function *)name},
#define IPHLPAPI(name) {MODULE_IPHLPAPI, #name, (any_function *)name},
#define MSWSOCK(name) {MODULE_MSWSOCK, #name, (any_function *)name},
#define NTDLL(name) {MODULE_NTDLL, #name, (any_function *)name},
#define KERNEL32(name) {MODULE_KERNEL32, #name, (any_function *)name},

static const struct {
    enum module module;
    const char *name;
    any_function *function;
} exports[] = {
/* clang-format off */
#include "sim/winsock/exports.def"
    IPHLPAPI(GetAdaptersAddresses) IPHLPAPI(GetNumberOfInterfaces) IPHLPAPI(GetBestInterface)
    IPHLPAPI(GetTcpTable) IPHLPAPI(GetUdpTable) IPHLPAPI(GetExtendedTcpTable)
    IPHLPAPI(GetExtendedUdpTable)
    IPHLPAPI(GetBestInterfaceEx) IPHLPAPI(if_nametoindex) IPHLPAPI(if_indextoname)
    IPHLPAPI(CreatePersistentTcpPortReservation) IPHLPAPI(CreatePersistentUdpPortReservation)
    IPHLPAPI(DeletePersistentTcpPortReservation) IPHLPAPI(DeletePersistentUdpPortReservation)
    IPHLPAPI(LookupPersistentTcpPortReservation) IPHLPAPI(LookupPersistentUdpPortReservation)
    {MODULE_MSWSOCK, "WSPStartup", (any_function *)base_startup},
    KERNEL32(GetLastError) KERNEL32(SetLastError) KERNEL32(VirtualAlloc) KERNEL32(VirtualFree)
    KERNEL32(VirtualProtect) KERNEL32(GetCurrentProcessId) KERNEL32(GetCurrentThreadId)
    KERNEL32(CreateThread) KERNEL32(ExitThread) KERNEL32(WaitForSingleObject)
    KERNEL32(WaitForMultipleObjects) KERNEL32(CreateEventA) KERNEL32(CreateEventW)
    KERNEL32(SetEvent) KERNEL32(ResetEvent) KERNEL32(CloseHandle) KERNEL32(SetHandleInformation)
    KERNEL32(GetHandleInformation) KERNEL32(Sleep) KERNEL32(SleepEx) KERNEL32(GetTickCount64)
    KERNEL32(LoadLibraryA) KERNEL32(LoadLibraryW) KERNEL32(FreeLibrary)
    KERNEL32(ExpandEnvironmentStringsA) KERNEL32(ExpandEnvironmentStringsW)
    KERNEL32(GetModuleHandleA) KERNEL32(GetProcAddress)
    KERNEL32(FormatMessageA) KERNEL32(FormatMessageW) KERNEL32(GetProcessHeap) KERNEL32(HeapAlloc)
    KERNEL32(HeapReAlloc) KERNEL32(HeapFree) KERNEL32(HeapSize) KERNEL32(LocalAlloc)
    KERNEL32(LocalFree) KERNEL32(GlobalAlloc) KERNEL32(GlobalFree) KERNEL32(GetTickCount)
    KERNEL32(QueryPerformanceCounter) KERNEL32(QueryPerformanceFrequency)
    KERNEL32(GetSystemTimeAsFileTime) KERNEL32(GetSystemTime) KERNEL32(GetLocalTime)
    KERNEL32(InitializeCriticalSection) KERNEL32(EnterCriticalSection)
    KERNEL32(TryEnterCriticalSection) KERNEL32(LeaveCriticalSection)
    KERNEL32(DeleteCriticalSection) KERNEL32(GetStdHandle) KERNEL32(WriteFile)
    KERNEL32(WriteConsoleA) KERNEL32(WriteConsoleW) KERNEL32(SetConsoleOutputCP)
    KERNEL32(OutputDebugStringA) KERNEL32(OutputDebugStringW) KERNEL32(MultiByteToWideChar)
    KERNEL32(WideCharToMultiByte) KERNEL32(ExitProcess)
    KERNEL32(WaitForSingleObjectEx) KERNEL32(WaitForMultipleObjectsEx)
    KERNEL32(SignalObjectAndWait) KERNEL32(QueueUserAPC) KERNEL32(SwitchToThread)
    KERNEL32(OpenEventA) KERNEL32(OpenEventW) KERNEL32(PulseEvent) KERNEL32(CreateMutexA)
    KERNEL32(CreateMutexW) KERNEL32(OpenMutexA) KERNEL32(OpenMutexW) KERNEL32(ReleaseMutex)
    KERNEL32(CreateSemaphoreA) KERNEL32(CreateSemaphoreW) KERNEL32(OpenSemaphoreA)
    KERNEL32(OpenSemaphoreW) KERNEL32(ReleaseSemaphore) KERNEL32(CreateWaitableTimerA)
    KERNEL32(CreateWaitableTimerW) KERNEL32(CreateWaitableTimerExA)
    KERNEL32(CreateWaitableTimerExW) KERNEL32(SetWaitableTimer) KERNEL32(CancelWaitableTimer)
    KERNEL32(DuplicateHandle) KERNEL32(CreateIoCompletionPort)
    KERNEL32(GetQueuedCompletionStatus) KERNEL32(GetQueuedCompletionStatusEx)
    KERNEL32(PostQueuedCompletionStatus) KERNEL32(SetFileCompletionNotificationModes)
    KERNEL32(BindIoCompletionCallback) KERNEL32(GetOverlappedResult)
    KERNEL32(GetOverlappedResultEx) KERNEL32(CancelIo) KERNEL32(CancelIoEx)
    KERNEL32(CancelSynchronousIo) KERNEL32(ReadFile) KERNEL32(ReadFileEx)
    KERNEL32(WriteFileEx) KERNEL32(QueueUserWorkItem)
    KERNEL32(RegisterWaitForSingleObject) KERNEL32(UnregisterWait) KERNEL32(UnregisterWaitEx)
    KERNEL32(TrySubmitThreadpoolCallback) KERNEL32(CreateThreadpoolWork)
    KERNEL32(SubmitThreadpoolWork) KERNEL32(WaitForThreadpoolWorkCallbacks)
    KERNEL32(CloseThreadpoolWork) KERNEL32(CreateThreadpoolIo) KERNEL32(StartThreadpoolIo)
    KERNEL32(CancelThreadpoolIo) KERNEL32(WaitForThreadpoolIoCallbacks)
    KERNEL32(CloseThreadpoolIo) KERNEL32(CreateThreadpoolTimer) KERNEL32(SetThreadpoolTimer)
    KERNEL32(WaitForThreadpoolTimerCallbacks) KERNEL32(CloseThreadpoolTimer)
    KERNEL32(CreateThreadpoolWait) KERNEL32(SetThreadpoolWait)
    KERNEL32(WaitForThreadpoolWaitCallbacks) KERNEL32(CloseThreadpoolWait)
    /* clang-format on */
};

static const struct {
    const char *name;
    enum module module;
} modules[] = {
    /* in the order of their numbers */
    {"ws2_32", MODULE_WS2_32},   {"iphlpapi", MODULE_IPHLPAPI}, {"kernel32", MODULE_KERNEL32},
    {"mswsock", MODULE_MSWSOCK}, {"ntdll", MODULE_NTDLL},
};

/* Whether `text` is `name`, in any letters, with .dll after it or without. */
static bool names_module(const char *text, const char *name)
{
    for (; *name != '\0'; name++, text++)
        if ((*text >= 'A' && *text <= 'Z' ? *text - 'A' + 'a' : *text) != *name)
            return false;
    static const char *const endings[] = {"", ".dll", ".DLL"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (strcmp(text, endings[i]) == 0)
            return true;
    return false;
}

/* A module of that name, wherever the path says that it lies. */
static HMODULE find_module(LPCSTR name)
{
    for (LPCSTR at = name; at != NULL && *at != '\0'; at++)
        if (*at == '\\' || *at == '/')
            name = at + 1;
    for (size_t i = 0; name != NULL && i < sizeof modules / sizeof modules[0]; i++)
        if (names_module(name, modules[i].name))
            return (HMODULE)(uintptr_t)(MODULES_BASE * (unsigned)modules[i].module);
    SetLastError(ERROR_MOD_NOT_FOUND);
    return NULL;
}

HMODULE LoadLibraryA(LPCSTR lpLibFileName)
{
    return find_module(lpLibFileName);
}

HMODULE LoadLibraryW(LPCWSTR lpLibFileName)
{
    char name[MAX_PATH];
    size_t i = 0;
    for (; lpLibFileName != NULL && lpLibFileName[i] != 0 && i + 1 < sizeof name; i++)
        name[i] = lpLibFileName[i] < 0x80 ? (char)lpLibFileName[i] : '?';
    name[i] = '\0';
    return find_module(name);
}

/* Nothing is ever unloaded. */
BOOL FreeLibrary(HMODULE hLibModule)
{
    if (hLibModule != NULL)
        return TRUE;
    SetLastError(ERROR_INVALID_HANDLE);
    return FALSE;
}

HMODULE GetModuleHandleA(LPCSTR lpModuleName)
{
    return find_module(lpModuleName);
}

/* Where the module lies, cut if need be. */
DWORD GetModuleFileNameA(HMODULE hModule, LPSTR lpFilename, DWORD nSize)
{
    uintptr_t module = (uintptr_t)hModule / MODULES_BASE;
    char path[PROGRAM_PATH_MAX];

    if (hModule == NULL)
        program_path(path);
    else if (module >= 1 && module <= sizeof modules / sizeof modules[0])
        snprintf(path, sizeof path, "C:\\Windows\\System32\\%s.dll", modules[module - 1].name);
    else
        SetLastError(ERROR_MOD_NOT_FOUND);
    if (hModule != NULL && (module < 1 || module > sizeof modules / sizeof modules[0]))
        return 0;
    size_t length = strlen(path);
    SetLastError(length < nSize ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER);
    if (length >= nSize)
        length = nSize > 0 ? nSize - 1 : 0;
    memcpy(lpFilename, path, length);
    if (nSize > 0)
        lpFilename[length] = '\0';
    return (DWORD)(strlen(path) < nSize ? length : nSize);
}

DWORD GetModuleFileNameW(HMODULE hModule, LPWSTR lpFilename, DWORD nSize)
{
    char path[PROGRAM_PATH_MAX];
    DWORD length = GetModuleFileNameA(hModule, path, sizeof path);

    if (length == 0)
        return 0;
    size_t count = berth_mbstowcs(NULL, path, 0);
    berth_mbstowcs(lpFilename, path, nSize);
    if (count < nSize)
        return (DWORD)count;
    SetLastError(ERROR_INSUFFICIENT_BUFFER);
    if (nSize > 0)
        lpFilename[nSize - 1] = 0;
    return nSize;
}

/* Whether the name is one of 1.1's alone, which the profile leaves out. */
static bool is_left_out(const char *name)
{
    return strcmp(name, "WSACancelBlockingCall") == 0 &&
           BEHAVES(guest_nt()->profile, cancel_blocking_call_exported, no);
}

/* Exports by number are not modelled. */
FARPROC GetProcAddress(HMODULE hModule, LPCSTR lpProcName)
{
    uintptr_t module = (uintptr_t)hModule / MODULES_BASE;

    for (size_t i = 0; i < sizeof exports / sizeof exports[0]; i++)
        if ((uintptr_t)lpProcName > LAST_ORDINAL && exports[i].module == module &&
            strcmp(exports[i].name, lpProcName) == 0 && !is_left_out(lpProcName))
            return (FARPROC)exports[i].function;
    SetLastError(ERROR_PROC_NOT_FOUND);
    return NULL;
}
