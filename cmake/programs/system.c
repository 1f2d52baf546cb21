/* What a program asks of the machine beside sockets: what it is, its names and versions, Ctrl+C,
 * the calendar, functions by number.
 */
#define _WIN32_WINNT 0x0A00
#include <winsock2.h>

#include <windows.h>

#include <lmcons.h>
#include <mmsystem.h>
#include <stdio.h>
#include <string.h>
#include <versionhelpers.h>

#pragma comment(lib, "winmm.lib")

typedef LONG(NTAPI *get_version)(PRTL_OSVERSIONINFOW);

static HANDLE stop;

static BOOL WINAPI stops(DWORD event)
{
    printf("stops hears %u\n", event);
    SetEvent(stop);
    return TRUE;
}

static BOOL WINAPI passes_on(DWORD event)
{
    printf("passes_on hears %u\n", event);
    return FALSE;
}

static void tell_machine(void)
{
    SYSTEM_INFO info;
    GetNativeSystemInfo(&info);
    printf("%u processors of kind %u, pages of %u\n", info.dwNumberOfProcessors,
           info.wProcessorArchitecture, info.dwPageSize);

    char name[MAX_COMPUTERNAME_LENGTH + 1], user[UNLEN + 1];
    DWORD size = 2;
    BOOL told = GetComputerNameA(name, &size);
    printf("%d %u, it takes %u\n", told, GetLastError(), size);
    told = GetComputerNameA(name, &size);
    printf("%d %s of %u\n", told, name, size);
    size = sizeof user;
    GetUserNameA(user, &size);
    printf("%s of %u\n", user, size);

    OSVERSIONINFOEXW version = {.dwOSVersionInfoSize = sizeof version};
    GetVersionExW((LPOSVERSIONINFOW)&version);
    printf("told %u.%u", version.dwMajorVersion, version.dwMinorVersion);
    get_version ask = (get_version)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlGetVersion");
    ask((PRTL_OSVERSIONINFOW)&version);
    printf(", is %u.%u\n", version.dwMajorVersion, version.dwMinorVersion);
    printf("7 or later %d, 10 or later %d, a server %d\n", IsWindows7OrGreater(),
           IsWindows10OrGreater(), IsWindowsServer());
}

static void tell_time(void)
{
    SYSTEMTIME leap = {.wYear = 2024, .wMonth = 2, .wDay = 29, .wHour = 12}, again;
    FILETIME ticks;
    BOOL told = SystemTimeToFileTime(&leap, &ticks);
    FileTimeToSystemTime(&ticks, &again);
    printf("%d %08x%08x is day %u of the week\n", told, ticks.dwHighDateTime, ticks.dwLowDateTime,
           again.wDayOfWeek);
    leap.wYear = 2023;
    told = SystemTimeToFileTime(&leap, &ticks);
    printf("%d %u\n", told, GetLastError());

    timeBeginPeriod(1);
    DWORD before = timeGetTime();
    Sleep(50);
    printf("slept 50: %d\n", timeGetTime() - before >= 50);
    timeEndPeriod(1);
}

static void hear_ctrl_c(void)
{
    stop = CreateEvent(NULL, FALSE, FALSE, NULL);
    SetConsoleCtrlHandler(stops, TRUE);
    SetConsoleCtrlHandler(passes_on, TRUE);
    GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
    WaitForSingleObject(stop, INFINITE);

    SetConsoleCtrlHandler(passes_on, FALSE);
    SetConsoleCtrlHandler(NULL, TRUE);
    GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0); /* is nothing now */
    printf("nothing heard: %d\n", WaitForSingleObject(stop, 100) == WAIT_TIMEOUT);
    GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, 0);
    WaitForSingleObject(stop, INFINITE);
    BOOL taken = SetConsoleCtrlHandler(passes_on, FALSE);
    printf("taken out twice: %d %u\n", taken, GetLastError());
}

static void tell_thread(void)
{
    PWSTR name = NULL;
    SetThreadDescription(GetCurrentThread(), L"the first");
    GetThreadDescription(GetCurrentThread(), &name);
    printf("%ls\n", name);
    LocalFree(name);
    printf("%d %d\n", SetThreadPriority(GetCurrentThread(), 7),
           SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_HIGHEST));
    printf("%d\n", GetThreadPriority(GetCurrentThread()));
}

int main(void)
{
    HMODULE winsock = LoadLibraryExA("ws2_32.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    HMODULE own = NULL;

    tell_machine();
    tell_time();
    hear_ctrl_c();
    tell_thread();
    printf("by number %d, by name %d\n", GetProcAddress(winsock, (LPCSTR)115) != NULL,
           GetProcAddress(winsock, (LPCSTR)115) == GetProcAddress(winsock, "WSAStartup"));
    GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, (LPCSTR)(void *)main, &own);
    printf("own module %d\n", own != NULL && own == GetModuleHandle(NULL));

    /* Nobody says TRUE: the process ends, with 0xC000013A. */
    SetConsoleCtrlHandler(stops, FALSE);
    fflush(stdout);
    GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, 0);
    Sleep(INFINITE);
    return 1;
}
