/* GetAddrInfoEx: getaddrinfo that may come later. A thread of the process asks, as Windows' own
 * worker does, and tells the OVERLAPPED's event or the routine. Pages: GetAddrInfoExW,
 * GetAddrInfoExCancel, GetAddrInfoExOverlappedResult.
 */
#include "sim/winsock/addrinfo.h"
#include "sim/winsock/leavings.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/text.h"
#include "sim/winsock/ws2_32.h"

_Static_assert(sizeof(ADDRINFOEXA) == sizeof(ADDRINFOEXW), "the two differ in canonname's width");

/* One that pends; of the winsock's list until it is told. */
struct lookup {
    struct lookup *next;
    struct process *process;
    uint32_t number; /* its handle is this and a bit that no kernel handle has */
    bool wide, cancelled;
    struct names_question question;
    void *result;
    LPOVERLAPPED overlapped;
    LPLOOKUPSERVICE_COMPLETION_ROUTINE routine;
    struct object *event; /* referenced, or NULL */
};

enum { LOOKUP_HANDLE_BIT = 1 };

static nt_status take_hints(const struct call *call, const void *hints,
                            struct names_question *question)
{
    ADDRINFOEXA read;
    if (hints == NULL)
        return STATUS_SUCCESS;
    if (!memory_probe(call, hints, sizeof read, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &read, hints, sizeof read);
    const struct names_hints taken = {
        .flags = read.ai_flags,
        .family = read.ai_family,
        .type = read.ai_socktype,
        .protocol = read.ai_protocol,
        .clean = read.ai_addrlen == 0 && read.ai_canonname == NULL && read.ai_addr == NULL &&
                 read.ai_next == NULL,
    };
    return names_take_hints(question, &taken);
}

static nt_status build(const struct call *call, const struct names_answer *answer,
                       ADDRINFOEXA **out)
{
    ADDRINFOEXA **end = out;
    *out = NULL;
    for (uint32_t i = 0; i < answer->found->count; i++) {
        ADDRINFOEXA *node = names_node(call, answer, i);
        if (node == NULL) {
            (FreeAddrInfoEx)(*out);
            *out = NULL;
            return STATUS_WSA_MEMORY;
        }
        *end = node;
        end = &node->ai_next;
    }
    return STATUS_SUCCESS;
}

static nt_status ask(const struct call *call, const struct names_question *question, bool wide,
                     void *result)
{
    struct names_found found;
    const struct names_answer answer = {question, &found, sizeof(ADDRINFOEXA), wide};
    ADDRINFOEXA *list = NULL;
    nt_status status = names_ask(call, question, &found);
    if (nt_success(status))
        status = build(call, &answer, &list);
    if (nt_success(status))
        memory_write(call, result, &list, sizeof list);
    return status;
}

/* ---- Later ----------------------------------------------------------------------------------- */

static void unlink_lookup(struct winsock *winsock, struct lookup *lookup)
{
    struct lookup **at = &winsock->lookups;
    while (*at != lookup)
        at = &(*at)->next;
    *at = lookup->next;
}

/* The worker: a thread of the guest's process. */
static void work(void *context)
{
    struct lookup *lookup = context;
    struct call call = call_begin(CALL_GetAddrInfoEx, lookup->number);
    struct winsock *winsock = call.winsock;
    struct nt *nt = winsock->nt;
    int error = 0;

    wait_for_time(nt, 1 + choose(&nt->engine->choices, CHOICE_LATENCY, 1000000), "GetAddrInfoEx");
    nt_status status = STATUS_LOOKUP_CANCELLED;
    if (!lookup->cancelled)
        status = ask(&call, &lookup->question, lookup->wide, lookup->result);
    if (lookup->cancelled)
        status = STATUS_LOOKUP_CANCELLED;
    call_finish(&call, status, &error);
    unlink_lookup(winsock, lookup);
    struct lookup copy = *lookup;
    arena_give(&nt->engine->arena, lookup, sizeof *lookup);

    ULONG_PTR internal = (ULONG_PTR)error;
    memory_write(&call, &copy.overlapped->Internal, &internal, sizeof internal);
    if (copy.event != NULL) {
        object_signal(copy.event);
        object_release(copy.event);
    }
    if (copy.routine != NULL)
        copy.routine((DWORD)error, 0, copy.overlapped);
}

/* Its worker has ended with the process. */
void lookups_drop(struct winsock *winsock, const struct process *process)
{
    struct lookup *next;
    for (struct lookup *lookup = winsock->lookups; lookup != NULL; lookup = next) {
        next = lookup->next;
        if (lookup->process != process)
            continue;
        unlink_lookup(winsock, lookup);
        if (lookup->event != NULL)
            object_release(lookup->event);
        arena_give(&winsock->nt->engine->arena, lookup, sizeof *lookup);
    }
}

struct asking {
    const void *name, *service, *hints;
    void *result;
    LPOVERLAPPED overlapped;
    LPLOOKUPSERVICE_COMPLETION_ROUTINE routine;
    LPHANDLE handle;
    bool wide;
};

static nt_status start(const struct call *call, const struct asking *asking,
                       const struct names_question *question)
{
    OVERLAPPED read;
    struct winsock *winsock = call->winsock;
    struct arena *arena = &winsock->nt->engine->arena;
    struct object *event = NULL;

    if (!memory_probe(call, asking->overlapped, sizeof read, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &read, asking->overlapped, sizeof read);
    if (asking->routine != NULL && read.hEvent != NULL)
        return STATUS_INVALID_PARAMETER;
    if (read.hEvent != NULL) {
        event = handle_find(call->process, (uint64_t)(uintptr_t)read.hEvent, OBJECT_EVENT);
        if (event == NULL)
            return STATUS_EVENT_HANDLE_INVALID;
    }
    struct lookup *lookup = ARENA_NEW(arena, struct lookup);
    if (lookup == NULL)
        return STATUS_WSA_MEMORY;
    *lookup = (struct lookup){
        .process = call->process,
        .number = ++winsock->lookups_made,
        .wide = asking->wide,
        .question = *question,
        .result = asking->result,
        .overlapped = asking->overlapped,
        .routine = asking->routine,
        .event = event,
        .next = winsock->lookups,
    };
    uint32_t number = lookup->number;
    if (thread_create(call->process, work, lookup) == NULL) {
        arena_give(arena, lookup, sizeof *lookup);
        return STATUS_WSA_MEMORY;
    }
    winsock->lookups = lookup;
    if (event != NULL) {
        object_reference(event);
        object_unsignal(event);
    }
    ULONG_PTR pending = WSAEINPROGRESS;
    memory_write(call, &asking->overlapped->Internal, &pending, sizeof pending);
    HANDLE handle = (HANDLE)(uintptr_t)((uint64_t)number << 8 | LOOKUP_HANDLE_BIT);
    if (asking->handle != NULL && memory_probe(call, asking->handle, sizeof handle, ACCESS_WRITE))
        memory_write(call, asking->handle, &handle, sizeof handle);
    return STATUS_PENDING;
}

static nt_status run(const struct call *call, const struct asking *asking)
{
    struct names_question question = {0};
    void *none = NULL;
    bool later = asking->overlapped != NULL;
    bool tells = asking->routine != NULL || asking->handle != NULL;
    if (!names_read_question(call, asking->name, asking->service, asking->wide, &question))
        return STATUS_HOST_NOT_FOUND;
    if (!asking->wide && (later || tells))
        return STATUS_INVALID_PARAMETER; /* never asynchronous (page: GetAddrInfoExA) */
    if (!memory_probe(call, asking->result, sizeof none, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memory_write(call, asking->result, &none, sizeof none);
    if (!later && tells)
        return STATUS_INVALID_PARAMETER;
    nt_status status = take_hints(call, asking->hints, &question);
    if (!nt_success(status))
        return status;
    return later ? start(call, asking, &question)
                 : ask(call, &question, asking->wide, asking->result);
}

static INT get(const struct asking *asking)
{
    if (!call_allowed(CALL_GetAddrInfoEx, 0))
        return WSAGetLastError();
    const struct call call = call_begin(CALL_GetAddrInfoEx, 0);
    return names_finish(&call, run(&call, asking));
}

INT GetAddrInfoExA(PCSTR pName, PCSTR pServiceName, DWORD dwNameSpace, LPGUID lpNspId,
                   const ADDRINFOEXA *hints, PADDRINFOEXA *ppResult, struct timeval *timeout,
                   LPOVERLAPPED lpOverlapped,
                   LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine, LPHANDLE lpHandle)
{
    const struct asking asking = {
        .name = pName,
        .service = pServiceName,
        .hints = hints,
        .result = ppResult,
        .overlapped = lpOverlapped,
        .routine = lpCompletionRoutine,
        .handle = lpHandle,
    };
    (void)dwNameSpace;
    (void)lpNspId;
    (void)timeout;
    return get(&asking);
}

INT GetAddrInfoExW(PCWSTR pName, PCWSTR pServiceName, DWORD dwNameSpace, LPGUID lpNspId,
                   const ADDRINFOEXW *hints, PADDRINFOEXW *ppResult, struct timeval *timeout,
                   LPOVERLAPPED lpOverlapped,
                   LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine, LPHANDLE lpHandle)
{
    const struct asking asking = {
        .name = pName,
        .service = pServiceName,
        .hints = hints,
        .result = ppResult,
        .overlapped = lpOverlapped,
        .routine = lpCompletionRoutine,
        .handle = lpHandle,
        .wide = true,
    };
    (void)dwNameSpace;
    (void)lpNspId;
    (void)timeout;
    return get(&asking);
}

INT GetAddrInfoExOverlappedResult(LPOVERLAPPED lpOverlapped)
{
    const struct call call = call_begin(CALL_GetAddrInfoEx, 0);
    ULONG_PTR internal = WSAEINVAL;
    if (lpOverlapped != NULL &&
        memory_probe(&call, &lpOverlapped->Internal, sizeof internal, ACCESS_READ))
        memory_read(&call, &internal, &lpOverlapped->Internal, sizeof internal);
    return (INT)internal;
}

INT GetAddrInfoExCancel(LPHANDLE lpHandle)
{
    const struct call call = call_begin(CALL_GetAddrInfoEx, 0);
    HANDLE handle;
    if (lpHandle == NULL || !memory_probe(&call, lpHandle, sizeof handle, ACCESS_READ))
        return names_finish(&call, STATUS_EVENT_HANDLE_INVALID);
    memory_read(&call, &handle, lpHandle, sizeof handle);
    uint64_t number = (uint64_t)(uintptr_t)handle;
    for (struct lookup *lookup = call.winsock->lookups; lookup != NULL; lookup = lookup->next)
        if (lookup->process == call.process &&
            number == ((uint64_t)lookup->number << 8 | LOOKUP_HANDLE_BIT)) {
            lookup->cancelled = true;
            return names_finish(&call, STATUS_SUCCESS);
        }
    return names_finish(&call, STATUS_EVENT_HANDLE_INVALID);
}

void(FreeAddrInfoEx)(PADDRINFOEXA pAddrInfoEx)
{
    while (pAddrInfoEx != NULL) {
        ADDRINFOEXA *next = pAddrInfoEx->ai_next;
        names_node_free(pAddrInfoEx, sizeof *pAddrInfoEx);
        pAddrInfoEx = next;
    }
}

void FreeAddrInfoExW(PADDRINFOEXW pAddrInfoEx)
{
    (FreeAddrInfoEx)((PADDRINFOEXA)(void *)pAddrInfoEx);
}
