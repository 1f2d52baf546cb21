/* Microsoft's C library: what is read, converted, timed and signalled as on Windows. */
#include <errno.h>
#include <process.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timeb.h>
#include <time.h>
#include <windows.h>

static int interrupts;

static void interrupted(int number)
{
    interrupts++;
    printf("signal %d in a thread of its own: %d\n", number, interrupts);
}

static void reads(void)
{
    char word[6] = "old", letters[8] = "";
    wchar_t wide[10];
    int number = 0, more = 0, count;
    unsigned port = 0;
    long long big = 0;
    double real = 0;

    printf("%d", sscanf("10.1.2.3:8080", "%*d.%*d.%d.%d:%u", &number, &more, &port));
    printf(" %d %d %u\n", number, more, port);
    count = sscanf_s("GET word", "%s %s", letters, (unsigned)sizeof letters, word,
                     (unsigned)sizeof word);
    printf("%d %s %s\n", count, letters, word);
    count = sscanf_s("GET longer", "%s %s", letters, (unsigned)sizeof letters, word,
                     (unsigned)sizeof word);
    printf("%d %s [%s]\n", count, letters, word);
    printf("%d", sscanf("0x1F -9000000000 2.5e1", "%i %I64d %lf", &number, &big, &real));
    printf(" %d %I64d %.1f\n", number, big, real);
    printf("%d", sscanf("key=value;", "%7[a-z]=%5[^;]%n", letters, word, &more));
    printf(" %s %s %d\n", letters, word, more);
    printf("%d %d\n", sscanf("", "%d", &number), sscanf("x", "%d", &number));
    printf("%d", swscanf_s(L"wide 7f", L"%s %x", wide, 10u, &number));
    printf(" %ls %d\n", wide, number);
}

static void dates(void)
{
    time_t now = time(NULL);
    struct tm date;
    struct _timeb precise;
    char text[40];

    localtime_s(&date, &now);
    printf("%d-%02d-%02d %d %d\n", date.tm_year + 1900, date.tm_mon + 1, date.tm_mday,
           localtime(&now)->tm_hour == date.tm_hour, mktime(&date) == now);
    _ftime_s(&precise);
    printf("%d %d", (int)(precise.time - now), precise.timezone);
    printf(" %d\n", ctime_s(text, sizeof text, &now) == 0 && strlen(text) == 25);
    clock_t began = clock();
    Sleep(1500);
    printf("%d\n", (int)((clock() - began) / CLOCKS_PER_SEC));
}

static unsigned __stdcall keeps_errno(void *unused)
{
    (void)unused;
    printf("%d", errno);
    errno = ERANGE;
    Sleep(10);
    _endthreadex(4);
    return 5;
}

static LONG WINAPI last_word(EXCEPTION_POINTERS *pointers)
{
    printf("filter: %08lx, %lu errors\n", pointers->ExceptionRecord->ExceptionCode, GetLastError());
    fflush(stdout);
    return EXCEPTION_EXECUTE_HANDLER;
}

static LONG NTAPI first_word(EXCEPTION_POINTERS *pointers)
{
    printf("first: %08lx %d\n", pointers->ExceptionRecord->ExceptionCode,
           (int)pointers->ExceptionRecord->ExceptionInformation[0]);
    return pointers->ExceptionRecord->ExceptionCode == 0xE0000001 ? EXCEPTION_CONTINUE_EXECUTION
                                                                  : EXCEPTION_CONTINUE_SEARCH;
}

int main(void)
{
    const ULONG_PTR argument = 12;
    DWORD code = 0;

    reads();
    dates();
    errno = 0;
    HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, keeps_errno, NULL, 0, NULL);
    Sleep(5);
    errno = EINVAL;
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    printf(" %d %lu\n", errno == EINVAL, code);

    signal(SIGINT, interrupted);
    GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
    Sleep(10);
    printf("%d", signal(SIGINT, SIG_IGN) == SIG_DFL);
    printf("%d", raise(SIGINT));
    printf(" %d", signal(99, SIG_DFL) == SIG_ERR);
    signal(SIGTERM, interrupted);
    printf(" %d\n", raise(SIGTERM));

    SetLastError(0);
    SetUnhandledExceptionFilter(last_word);
    AddVectoredExceptionHandler(1, first_word);
    RaiseException(0xE0000001, 0, 1, &argument);
    fflush(stdout);
    *(volatile int *)(ULONG_PTR)argument = 1;
    return 0;
}
