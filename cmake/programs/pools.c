/* Pools with threads of their own, cleanup groups, timer queues. */
#include <windows.h>

#include <stdio.h>
#include <string.h>

static volatile LONG at_once, most, worked, cancelled;
static HANDLE done;

static VOID CALLBACK work_slowly(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    (void)instance, (void)context, (void)work;
    LONG now = InterlockedIncrement(&at_once);
    if (now > most)
        most = now;
    Sleep(10);
    InterlockedDecrement(&at_once);
    InterlockedIncrement(&worked);
}

static VOID CALLBACK never(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_TIMER timer)
{
    (void)instance, (void)context, (void)timer;
    puts("a timer of a group that is closed expires");
}

static VOID CALLBACK simple(PTP_CALLBACK_INSTANCE instance, PVOID context)
{
    (void)instance;
    Sleep(20);
    *(LONG *)context = 1;
}

static VOID CALLBACK count_cancelled(PVOID object, PVOID context)
{
    (void)object;
    if (strcmp(context, "closing") == 0)
        InterlockedIncrement(&cancelled);
}

/* Four slow ones on a pool of one or more threads. */
static void tell_most(PTP_CALLBACK_ENVIRON environment)
{
    PTP_WORK work = CreateThreadpoolWork(work_slowly, NULL, environment);
    most = worked = 0;
    for (int i = 0; i < 4; i++)
        SubmitThreadpoolWork(work);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    printf("%ld worked, more than one at once: %d\n", (long)worked, most > 1);
    CloseThreadpoolWork(work);
}

static void close_group(PTP_CALLBACK_ENVIRON environment)
{
    PTP_CLEANUP_GROUP group = CreateThreadpoolCleanupGroup();
    LARGE_INTEGER due = {.QuadPart = -50000}; /* 5 ms from now */
    FILETIME time = {due.LowPart, (DWORD)due.HighPart};
    LONG ran = 0;

    SetThreadpoolCallbackCleanupGroup(environment, group, count_cancelled);
    PTP_TIMER timer = CreateThreadpoolTimer(never, NULL, environment);
    CreateThreadpoolWork(work_slowly, NULL, environment);
    PTP_WORK own = CreateThreadpoolWork(work_slowly, NULL, environment);
    SetThreadpoolTimer(timer, &time, 0, 0);
    CloseThreadpoolWork(own); /* is the group's no more */
    CloseThreadpoolCleanupGroupMembers(group, TRUE, "closing");
    printf("%ld cancelled\n", (long)cancelled);
    Sleep(20);
    TrySubmitThreadpoolCallback(simple, &ran, environment);
    CloseThreadpoolCleanupGroupMembers(group, FALSE, NULL);
    printf("the simple one ran: %ld\n", (long)ran);
    CloseThreadpoolCleanupGroup(group);
}

static VOID CALLBACK expire(PVOID context, BOOLEAN expired)
{
    if (InterlockedIncrement((LONG *)context) == 3)
        SetEvent(done);
    if (!expired)
        puts("not a timer?");
}

static VOID CALLBACK linger(PVOID context, BOOLEAN expired)
{
    (void)expired;
    SetEvent(done);
    Sleep(50);
    *(LONG *)context = 7;
}

static void queue_timers(void)
{
    HANDLE queue = CreateTimerQueue(), timer, once, gone = CreateEvent(NULL, TRUE, FALSE, NULL);
    LONG often = 0, late = 0, never_set = 0;

    CreateTimerQueueTimer(&timer, queue, expire, &often, 10, 10, WT_EXECUTEDEFAULT);
    WaitForSingleObject(done, INFINITE);
    BOOL deleted = DeleteTimerQueueTimer(queue, timer, INVALID_HANDLE_VALUE);
    LONG then = often;
    Sleep(50);
    printf("deleted %d, and quiet: %d\n", deleted, often == then);

    /* One whose callback runs as it is deleted. */
    CreateTimerQueueTimer(&once, queue, linger, &late, 5, 0, WT_EXECUTEONLYONCE);
    WaitForSingleObject(done, INFINITE);
    deleted = DeleteTimerQueueTimer(queue, once, NULL);
    printf("deleted %d: %d\n", deleted, !deleted && GetLastError() == ERROR_IO_PENDING);

    CreateTimerQueueTimer(&timer, queue, expire, &never_set, 60000, 0, WT_EXECUTEDEFAULT);
    printf("changed %d\n", ChangeTimerQueueTimer(queue, timer, 90000, 0));
    DeleteTimerQueueEx(queue, gone);
    WaitForSingleObject(gone, INFINITE);
    printf("all gone, late %ld, never %ld\n", (long)late, (long)never_set);

    CreateTimerQueueTimer(&timer, NULL, linger, &late, 5, 0, WT_EXECUTEDEFAULT);
    WaitForSingleObject(done, INFINITE);
    deleted = DeleteTimerQueueTimer(NULL, timer, INVALID_HANDLE_VALUE);
    printf("of the default queue: %d\n", deleted);
}

int main(void)
{
    TP_CALLBACK_ENVIRON environment;
    PTP_POOL pool = CreateThreadpool(NULL);

    done = CreateEvent(NULL, FALSE, FALSE, NULL);
    SetThreadpoolThreadMaximum(pool, 1);
    InitializeThreadpoolEnvironment(&environment);
    tell_most(&environment);
    SetThreadpoolCallbackPool(&environment, pool);
    tell_most(&environment);
    close_group(&environment);
    DestroyThreadpoolEnvironment(&environment);
    CloseThreadpool(pool);
    queue_timers();
    return 0;
}
