#include "conformance/races/race.h"

static void cancel_all(struct race *race)
{
    race->cancelled = CancelIoEx((HANDLE)race->s, NULL);
}

static void cancel_own(struct race *race)
{
    CancelIo((HANDLE)race->s);
}

static void close_it(struct race *race)
{
    race->closed = closesocket(race->s) == 0;
}

static void shut_down(struct race *race)
{
    shutdown(race->s, SD_BOTH);
}

static void reset(struct race *race)
{
    race->operation->reset(race);
}

/* As programs do it: wait a while, then cancel. */
static void wait_and_cancel(struct race *race)
{
    if (race->begun == WSA_IO_PENDING &&
        WaitForSingleObject(race->overlapped.hEvent, 1) == WAIT_TIMEOUT)
        race->cancelled = CancelIoEx((HANDLE)race->s, &race->overlapped);
}

const struct ender enders[ENDER_COUNT] = {
    {"CancelIoEx", NULL, cancel_all, false, false, {ENDED_CANCELLED}, {0}},
    {"CancelIo", cancel_own, NULL, false, true, {ENDED_CANCELLED}, {0}},
    {"closesocket", NULL, close_it, false, true, {ENDED_CANCELLED, ENDED_ABORTED}, {WSAENOTSOCK}},
    {"thread exit", NULL, NULL, true, true, {ENDED_CANCELLED}, {0}},
    {"shutdown", NULL, shut_down, false, false, {0}, {WSAESHUTDOWN}},
    {"reset",
     NULL,
     reset,
     false,
     false,
     {ENDED_RESET, ENDED_ABORTED, ENDED_REFUSED},
     {WSAECONNRESET, WSAECONNABORTED}},
    {"arrival", NULL, NULL, false, false, {0}, {0}},
    {"time-out", wait_and_cancel, NULL, false, true, {ENDED_CANCELLED}, {0}},
};
