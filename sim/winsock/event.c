/* Event objects, as ws2_32 hands them out: manual, unsignaled, not inherited. */
#include <string.h>

#include "sim/engine/check.h"
#include "sim/nt/grip.h"
#include "sim/winsock/call.h"
#include "sim/winsock/memory.h"

static uint64_t number_of(WSAEVENT event)
{
    return (uint64_t)(uintptr_t)event;
}

WSAEVENT WSACreateEvent(void)
{
    struct call call = call_begin(CALL_WSACreateEvent, 0);
    uint64_t handle = 0;
    nt_status status = STATUS_INSUFFICIENT_RESOURCES;
    struct object *event = event_create(call.winsock->nt, true, false);

    if (event != NULL) {
        status = handle_open(call.process, event, false, &handle);
        object_release(event);
    }
    call.arguments[0] = handle;
    return call_answer(&call, status) == 0 ? (WSAEVENT)(uintptr_t)handle : WSA_INVALID_EVENT;
}

/* The event behind a handle. NULL, with the call answered, when there is none. */
static struct object *find(const struct call *call, WSAEVENT event)
{
    struct object *object = handle_find(call->process, number_of(event), OBJECT_EVENT);
    if (object == NULL)
        call_answer(call, STATUS_EVENT_HANDLE_INVALID);
    return object;
}

BOOL WSACloseEvent(WSAEVENT hEvent)
{
    const struct call call = call_begin(CALL_WSACloseEvent, number_of(hEvent));
    if (find(&call, hEvent) == NULL)
        return FALSE;
    handle_close(call.process, number_of(hEvent));
    return call_answer(&call, STATUS_SUCCESS) == 0;
}

BOOL WSASetEvent(WSAEVENT hEvent)
{
    const struct call call = call_begin(CALL_WSASetEvent, number_of(hEvent));
    struct object *event = find(&call, hEvent);
    if (event == NULL)
        return FALSE;
    object_signal(event);
    return call_answer(&call, STATUS_SUCCESS) == 0;
}

BOOL WSAResetEvent(WSAEVENT hEvent)
{
    const struct call call = call_begin(CALL_WSAResetEvent, number_of(hEvent));
    struct object *event = find(&call, hEvent);
    if (event == NULL)
        return FALSE;
    object_unsignal(event);
    return call_answer(&call, STATUS_SUCCESS) == 0;
}

/* All at once cannot name one twice, as in WaitForMultipleObjects (its page). */
static nt_status gather(const struct call *call, DWORD count, const WSAEVENT *events, bool all,
                        struct object **objects)
{
    WSAEVENT handles[WSA_MAXIMUM_WAIT_EVENTS];
    if (count == 0 || count > WSA_MAXIMUM_WAIT_EVENTS)
        return STATUS_WSA_PARAMETER;
    if (!memory_probe(call, events, count * sizeof *events, ACCESS_READ))
        return STATUS_WSA_PARAMETER;
    memory_read(call, handles, events, count * sizeof *events);
    for (DWORD i = 0; i < count; i++) {
        /* Any object can be waited for, though the page speaks of events. */
        objects[i] = handle_object(call->process, number_of(handles[i]));
        if (objects[i] == NULL)
            return STATUS_EVENT_HANDLE_INVALID;
        for (DWORD j = 0; all && j < i; j++)
            if (objects[j] == objects[i])
                return STATUS_WSA_PARAMETER;
    }
    return STATUS_SUCCESS;
}

/* The objects are held: another thread may close their handles meanwhile. */
static nt_status wait(const struct call *call, const struct wait_request *request, uint32_t *index)
{
    struct grip grip;
    grip_begin(call->winsock->nt, &grip, request->objects, request->count);
    nt_status status = wait_for(call->winsock->nt, request, index);
    grip_end(call->winsock->nt, &grip);
    return status;
}

DWORD WSAWaitForMultipleEvents(DWORD cEvents, const WSAEVENT *lphEvents, BOOL fWaitAll,
                               DWORD dwTimeout, BOOL fAlertable)
{
    struct object *objects[WSA_MAXIMUM_WAIT_EVENTS];
    struct call call = call_begin(CALL_WSAWaitForMultipleEvents, 0);
    call.arguments[0] = cEvents;
    call.arguments[1] = fWaitAll != 0;
    call.arguments[2] = dwTimeout;
    call.arguments[3] = fAlertable != 0;

    nt_status status = gather(&call, cEvents, lphEvents, fWaitAll != 0, objects);
    if (!nt_success(status)) {
        call_answer(&call, status);
        return WSA_WAIT_FAILED;
    }
    const struct wait_request request = {
        .objects = objects,
        .count = cEvents,
        .all = fWaitAll != 0,
        .alertable = fAlertable != 0,
        .timeout_ns = dwTimeout == WSA_INFINITE ? UINT64_MAX : dwTimeout * 1000000ull,
        .call = "WSAWaitForMultipleEvents",
    };
    uint32_t index = 0;
    status = wait(&call, &request, &index);
    call.arguments[3] |= (uint64_t)status << 32;
    if (!nt_success(status)) {
        call_answer(&call, status);
        return WSA_WAIT_FAILED;
    }
    call_answer(&call, STATUS_SUCCESS); /* a timeout is no failure, nor is a routine that ran */
    switch (status) {
    case STATUS_TIMEOUT:
        return WSA_WAIT_TIMEOUT;
    case STATUS_USER_APC:
        return WSA_WAIT_IO_COMPLETION;
    case STATUS_ABANDONED_WAIT_0:
        return WAIT_ABANDONED_0 + index;
    default:
        return WSA_WAIT_EVENT_0 + index;
    }
}
