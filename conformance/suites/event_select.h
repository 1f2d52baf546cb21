/* A socket's event selection and what it has recorded. */
#ifndef CONFORMANCE_EVENT_SELECT_H
#define CONFORMANCE_EVENT_SELECT_H

#include "conformance/suites/readiness.h"

enum { UNTOUCHED = 0x5EED };

static inline WSAEVENT new_event(void)
{
    const WSAEVENT event = WSACreateEvent();
    assert_true(event != WSA_INVALID_EVENT);
    return event;
}

static inline void choose_events(SOCKET s, WSAEVENT event, long mask)
{
    assert_int_equal(WSAEventSelect(s, event, mask), 0);
}

static inline bool is_set(WSAEVENT event)
{
    return WSAWaitForMultipleEvents(1, &event, FALSE, 0, FALSE) == WSA_WAIT_EVENT_0;
}

static inline void await(WSAEVENT event)
{
    assert_int_equal(WSAWaitForMultipleEvents(1, &event, FALSE, STREAM_PATIENCE_MS, FALSE),
                     WSA_WAIT_EVENT_0);
}

/* Nothing sets it for a while. Only where no later event can tell. */
static inline void stays_unset(WSAEVENT event)
{
    assert_int_equal(WSAWaitForMultipleEvents(1, &event, FALSE, QUIET_MS, FALSE), WSA_WAIT_TIMEOUT);
}

/* Takes the record and unsets the event. */
static inline WSANETWORKEVENTS taken(SOCKET s, WSAEVENT event)
{
    WSANETWORKEVENTS record;
    record.lNetworkEvents = UNTOUCHED;
    for (int i = 0; i < FD_MAX_EVENTS; i++)
        record.iErrorCode[i] = UNTOUCHED;
    assert_int_equal(WSAEnumNetworkEvents(s, event, &record), 0);
    return record;
}

static inline long take_events(SOCKET s, WSAEVENT event)
{
    return taken(s, event).lNetworkEvents;
}

/* Waits for the event until all of `mask` was recorded; what else was is given back. */
static inline long await_events(SOCKET s, WSAEVENT event, long mask)
{
    long seen = 0;
    while ((seen & mask) != mask) {
        await(event);
        seen |= take_events(s, event);
    }
    return seen;
}

static inline void close_event(WSAEVENT event)
{
    assert_true(WSACloseEvent(event));
}

#endif
