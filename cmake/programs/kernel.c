/* The clock, the heap, messages, threads and their locks, as console programs use them. */
#define UNICODE
#include <stdio.h>
#include <WINDOWS.h>
#include <process.h>
#include <TIME.H>
#include <tchar.h>

static CRITICAL_SECTION section;
static int counter;

static DWORD WINAPI count(LPVOID parameter)
{
    for (int i = 0; i < 3; i++) {
        EnterCriticalSection(&section);
        int before = counter;
        Sleep(10); /* whoever does not wait for the lock overtakes here */
        counter = before + 1;
        LeaveCriticalSection(&section);
    }
    InterlockedIncrement((LONG *)parameter);
    return 0;
}

static void clocks(void)
{
    LARGE_INTEGER frequency, first, last;
    ULONGLONG ticks = GetTickCount64();
    time_t before = time(NULL);
    SYSTEMTIME now;

    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&first);
    Sleep(2500);
    QueryPerformanceCounter(&last);
    printf("slept %I64u ms, %I64d ms, %d s\n", GetTickCount64() - ticks,
           (last.QuadPart - first.QuadPart) * 1000 / frequency.QuadPart,
           (int)(time(NULL) - before));
    ticks = GetTickCount64();
    while (GetTickCount64() - ticks < 100) /* polling ends too */
        ;
    GetSystemTime(&now);
    printf("%04d-%02d-%02d %02d:%02d, day %d\n", now.wYear, now.wMonth, now.wDay, now.wHour,
           now.wMinute, now.wDayOfWeek);
}

static void messages(void)
{
    WCHAR text[256];
    char *allocated = NULL;

    DWORD size = FormatMessage(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, 5,
                               0, text, 256, NULL);
    wprintf(TEXT("%lu %s"), size, text);
    size = FormatMessageA(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM, NULL, 10013,
                          0, (LPSTR)&allocated, 0, NULL);
    printf("%d %s", (int)(size == strlen(allocated)), allocated);
    LocalFree(allocated);
    size = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM, NULL, 54321, 0, (LPSTR)text, 256, NULL);
    printf("%lu %lu\n", size, GetLastError());
    size = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM, NULL, 5, 0, (LPSTR)text, 4, NULL);
    printf("%lu %lu\n", size, GetLastError());
}

static void heap(void)
{
    int *numbers = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, 10 * sizeof *numbers);
    numbers[9] += 9;
    numbers = HeapReAlloc(GetProcessHeap(), 0, numbers, 20 * sizeof *numbers);
    printf("%d %zu ", numbers[9], HeapSize(GetProcessHeap(), 0, numbers));
    printf("%d\n", HeapFree(GetProcessHeap(), 0, numbers));
}

int _tmain(int argc, TCHAR *argv[])
{
    LONG ended = 0;
    HANDLE threads[2];
    DWORD written;

    (void)argc;
    (void)argv;
    clocks();
    messages();
    heap();
    InitializeCriticalSection(&section);
    for (int i = 0; i < 2; i++)
        threads[i] = CreateThread(NULL, 0, count, &ended, 0, NULL);
    WaitForMultipleObjects(2, threads, TRUE, INFINITE);
    DeleteCriticalSection(&section);
    printf("%d by %ld threads, process %d\n", counter, ended,
           _getpid() == (int)GetCurrentProcessId());
    fflush(stdout);
    WriteConsole(GetStdHandle(STD_OUTPUT_HANDLE), TEXT("console\n"), 8, &written, NULL);
    fflush(stdout);
    ExitProcess(9);
}
