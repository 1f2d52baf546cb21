/* The base provider: who is ready for what. */
#include "sim/afd/ready.h"

#include "sim/afd/socket.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/provider.h"

/* ---- select ---------------------------------------------------------------------------------- */

enum { SET_READ, SET_WRITE, SET_EXCEPT, SETS, ENTRIES_ON_STACK = 3 * 8 };

static const uint32_t wanted_by[SETS] = {
    [SET_READ] = READY_RECEIVE | READY_PEER_CLOSED | READY_ABORTED | READY_ACCEPT,
    [SET_WRITE] = READY_SEND | READY_ABORTED,
    [SET_EXCEPT] = READY_URGENT | READY_CONNECT_FAILED,
};

/* What a set's program put in: a count and that many sockets, however large the array (row 175). */
struct selection {
    fd_set *sets[SETS];
    u_int counts[SETS];
    u_int count;                /* of all */
    struct poll_entry *entries; /* the sets' sockets, one set after another */
    struct poll_entry few[ENTRIES_ON_STACK];
    uint64_t timeout_ns;
};

static size_t size_of_set(u_int count)
{
    return offsetof(fd_set, fd_array) + (size_t)count * sizeof(SOCKET);
}

/* A program's set may lie anywhere. */
static void *place_of_count(const fd_set *set)
{
    return (char *)(uintptr_t)set + offsetof(fd_set, fd_count);
}

static void *place_of_socket(const fd_set *set, u_int index)
{
    return (char *)(uintptr_t)set + size_of_set(index);
}

static nt_status count_sets(const struct call *call, struct selection *selection)
{
    selection->count = 0;
    for (int i = 0; i < SETS; i++) {
        fd_set *set = selection->sets[i];
        selection->counts[i] = 0;
        if (set == NULL)
            continue;
        if (!memory_probe(call, set, size_of_set(0), ACCESS_WRITE))
            return STATUS_ACCESS_VIOLATION;
        memory_read(call, &selection->counts[i], place_of_count(set), sizeof(u_int));
        u_int count = selection->counts[i];
        if (count > UINT16_MAX || !memory_probe(call, set, size_of_set(count), ACCESS_WRITE))
            return STATUS_ACCESS_VIOLATION;
        selection->count += count;
    }
    return selection->count > 0 ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER; /* row 167 */
}

static nt_status read_timeout(const struct call *call, const TIMEVAL *timeout, uint64_t *out)
{
    TIMEVAL copy;
    *out = UINT64_MAX;
    if (timeout == NULL)
        return STATUS_SUCCESS;
    if (!memory_probe(call, timeout, sizeof copy, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &copy, timeout, sizeof copy);
    if (copy.tv_sec < 0 || copy.tv_usec < 0) {
        *out = 0;
        return nt_status_from_wsa(BEHAVIOUR_VALUE(call->profile, select_bad_time));
    }
    *out = (uint64_t)copy.tv_sec * 1000000000u + (uint64_t)copy.tv_usec * 1000u;
    return STATUS_SUCCESS;
}

static SOCKET socket_in(const struct call *call, const fd_set *set, u_int index)
{
    SOCKET s;
    memory_read(call, &s, place_of_socket(set, index), sizeof s);
    return s;
}

/* Every socket of every set, or the refusal of all (rows 168 and 171). */
static nt_status find_sockets(const struct call *call, struct selection *selection)
{
    u_int at = 0;
    for (int i = 0; i < SETS; i++)
        for (u_int j = 0; j < selection->counts[i]; j++) {
            nt_status status;
            struct call one = *call;
            one.subject = socket_in(call, selection->sets[i], j);
            struct socket_object *socket = call_socket(&one, &status);
            if (socket == NULL)
                return status;
            uint32_t wanted = wanted_by[i];
            if (i == SET_WRITE && BEHAVES(call->profile, select_refusal, writable))
                wanted |= READY_CONNECT_FAILED;
            selection->entries[at++] = (struct poll_entry){.socket = socket, .wanted = wanted};
        }
    return STATUS_SUCCESS;
}

static bool is_in(const struct call *call, const fd_set *set, u_int count, SOCKET s)
{
    for (u_int i = 0; i < count; i++)
        if (socket_in(call, set, i) == s)
            return true;
    return false;
}

/* Leaves the ready ones of a set in it, each once (row 173). One set given twice gets both parts
 * (row 174): the later one adds to what the earlier left.
 */
struct outcome {
    const struct call *call;
    const struct selection *selection;
    SOCKET *numbers; /* of all entries, read before anything is written */
};

static u_int write_set(const struct outcome *outcome, int which, u_int first)
{
    const struct selection *selection = outcome->selection;
    fd_set *set = selection->sets[which];
    u_int kept = 0;
    for (int earlier = 0; earlier < which; earlier++)
        if (selection->sets[earlier] == set)
            memory_read(outcome->call, &kept, place_of_count(set), sizeof kept);
    u_int before = kept;
    for (u_int i = first; i < first + selection->counts[which]; i++) {
        bool ready = selection->entries[i].ready != 0;
        bool again = is_in(outcome->call, set, kept, outcome->numbers[i]) &&
                     BEHAVES(outcome->call->profile, select_twice, once);
        if (!ready || again)
            continue;
        memory_write(outcome->call, place_of_socket(set, kept++), &outcome->numbers[i],
                     sizeof(SOCKET));
    }
    memory_write(outcome->call, place_of_count(set), &kept, sizeof kept);
    return kept - before;
}

/* A socket that was closed meanwhile is ready to be read; in another set it is an error (row 170).
 */
static nt_status judge_closed(const struct selection *selection)
{
    u_int at = 0;
    bool closed = false;
    for (int i = 0; i < SETS; i++)
        for (u_int j = 0; j < selection->counts[i]; j++, at++) {
            uint32_t ready = selection->entries[at].ready;
            if ((ready & READY_CLOSED) != 0 && i != SET_READ)
                closed = true;
            else if (ready != 0)
                return STATUS_SUCCESS;
        }
    return closed ? STATUS_INVALID_HANDLE : STATUS_SUCCESS;
}

static nt_status write_sets(const struct call *call, const struct selection *selection, int *out)
{
    struct arena *arena = &call->winsock->nt->engine->arena;
    SOCKET few[ENTRIES_ON_STACK];
    struct outcome outcome = {.call = call, .selection = selection, .numbers = few};
    size_t size = selection->count * sizeof(SOCKET);
    if (selection->count > ENTRIES_ON_STACK)
        outcome.numbers = arena_take(arena, size);
    if (outcome.numbers == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    u_int at = 0;
    for (int i = 0; i < SETS; i++)
        for (u_int j = 0; j < selection->counts[i]; j++)
            outcome.numbers[at++] = socket_in(call, selection->sets[i], j);
    u_int first = 0;
    *out = 0;
    for (int i = 0; i < SETS; i++) {
        if (selection->sets[i] != NULL)
            *out += (int)write_set(&outcome, i, first);
        first += selection->counts[i];
    }
    if (outcome.numbers != few)
        arena_give(arena, outcome.numbers, size);
    return STATUS_SUCCESS;
}

static nt_status select_entries(const struct call *call, struct selection *selection, int *out)
{
    nt_status status = find_sockets(call, selection);
    if (!nt_success(status))
        return status;
    status = sockets_poll(call->winsock->afd, selection->entries, selection->count,
                          selection->timeout_ns, true, "select");
    if (!nt_success(status))
        return status;
    if (status == STATUS_TIMEOUT && BEHAVES(call->profile, select_late, leaves_sets))
        return STATUS_SUCCESS;
    if (status == STATUS_SUCCESS)
        status = judge_closed(selection);
    return nt_success(status) ? write_sets(call, selection, out) : status;
}

static nt_status select_sockets(struct call *call, struct selection *selection,
                                const TIMEVAL *timeout, int *out)
{
    struct arena *arena = &call->winsock->nt->engine->arena;
    nt_status status = count_sets(call, selection);
    if (nt_success(status))
        status = read_timeout(call, timeout, &selection->timeout_ns);
    if (!nt_success(status))
        return status;
    call->arguments[0] = selection->counts[SET_READ];
    call->arguments[1] = selection->counts[SET_WRITE];
    call->arguments[2] = selection->counts[SET_EXCEPT];
    size_t size = selection->count * sizeof *selection->entries;
    selection->entries = selection->few;
    if (selection->count > ENTRIES_ON_STACK)
        selection->entries = arena_take(arena, size);
    if (selection->entries == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = select_entries(call, selection, out);
    if (selection->entries != selection->few)
        arena_give(arena, selection->entries, size);
    return status;
}

int WSPAPI provider_select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
                           const TIMEVAL *timeout, LPINT lpErrno)
{
    (void)nfds; /* of Berkeley's; ignored */
    struct call call = call_begin(CALL_select, 0);
    struct selection selection;
    int ready = 0;
    selection.sets[SET_READ] = readfds;
    selection.sets[SET_WRITE] = writefds;
    selection.sets[SET_EXCEPT] = exceptfds;
    nt_status status = select_sockets(&call, &selection, timeout, &ready);
    call.arguments[3] = (uint64_t)ready;
    return call_finish(&call, status, lpErrno) == 0 ? ready : SOCKET_ERROR;
}

/* ---- Network events -------------------------------------------------------------------------- */

_Static_assert(NETWORK_EVENTS == FD_MAX_EVENTS, "the events have one order");

static struct object *find_event(const struct call *call, WSAEVENT event)
{
    return handle_find(call->process, (uint64_t)(uintptr_t)event, OBJECT_EVENT);
}

static nt_status select_events(struct call *call, WSAEVENT handle, LONG mask)
{
    nt_status status;
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    struct object *event = find_event(call, handle);
    if ((mask & ~FD_ALL_EVENTS) != 0 || (event == NULL && (mask != 0 || handle != NULL)))
        return STATUS_INVALID_PARAMETER;
    return socket_select_events(socket, mask != 0 ? event : NULL, (uint32_t)mask);
}

int WSPAPI provider_event_select(SOCKET s, WSAEVENT hEventObject, LONG lNetworkEvents,
                                 LPINT lpErrno)
{
    struct call call = call_begin(CALL_WSAEventSelect, s);
    call.arguments[0] = (uint32_t)lNetworkEvents;
    call.arguments[1] = (uint64_t)(uintptr_t)hEventObject;
    nt_status status = select_events(&call, hEventObject, lNetworkEvents);
    return call_finish(&call, status, lpErrno);
}

/* The error codes of events that are not reported stay as they were (row 193). */
static nt_status take_events(struct call *call, WSAEVENT handle, LPWSANETWORKEVENTS out)
{
    nt_status status;
    nt_status statuses[NETWORK_EVENTS];
    WSANETWORKEVENTS copy;
    struct object *event = NULL;
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    if (!memory_probe(call, out, sizeof copy, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    if (handle != NULL && (event = find_event(call, handle)) == NULL)
        return STATUS_INVALID_PARAMETER;
    if (event != NULL)
        object_unsignal(event);
    memory_read(call, &copy, out, sizeof copy);
    uint32_t taken = socket_take_events(socket, statuses);
    copy.lNetworkEvents = (LONG)taken;
    for (int bit = 0; bit < NETWORK_EVENTS; bit++)
        if ((taken & 1u << bit) != 0)
            copy.iErrorCode[bit] =
                statuses[bit] == STATUS_SUCCESS ? 0 : (int)nt_status_to_wsa(statuses[bit]);
    memory_write(call, out, &copy, sizeof copy);
    call->arguments[0] = taken;
    return STATUS_SUCCESS;
}

int WSPAPI provider_enum_network_events(SOCKET s, WSAEVENT hEventObject,
                                        LPWSANETWORKEVENTS lpNetworkEvents, LPINT lpErrno)
{
    struct call call = call_begin(CALL_WSAEnumNetworkEvents, s);
    nt_status status = take_events(&call, hEventObject, lpNetworkEvents);
    return call_finish(&call, status, lpErrno);
}

/* ---- Messages -------------------------------------------------------------------------------- */

/* A selection's window, message and process fit a pointer, and nobody has to give it back. The
 * socket's number is looked for when it is told: an accepted socket has its listener's selection.
 */
enum { WINDOW_BITS = 24, MESSAGE_BITS = 16, PROCESS_BITS = 24 };

static void *pack(uint64_t window, uint32_t message, uint32_t process_id)
{
    uint64_t packed =
        window << (MESSAGE_BITS + PROCESS_BITS) | (uint64_t)message << PROCESS_BITS | process_id;
    return (void *)(uintptr_t)packed;
}

static uint64_t number_of(struct process *process, const struct socket_object *socket)
{
    uint64_t handle = 0;
    while ((handle = handle_next(process, handle, OBJECT_SOCKET)) != 0)
        if (handle_find(process, handle, OBJECT_SOCKET) == &socket->object)
            return handle;
    return 0;
}

static void post_event(struct socket_object *socket, void *context, uint32_t event,
                       nt_status status)
{
    struct winsock *winsock = winsock_attached();
    uint64_t packed = (uintptr_t)context;
    uint32_t error = status == STATUS_SUCCESS ? 0 : nt_status_to_wsa(status);
    struct process *process =
        process_find(winsock->nt, (uint32_t)(packed & ((1u << PROCESS_BITS) - 1)));
    if (winsock->post_message == NULL || process == NULL)
        return;
    void *window = (void *)(uintptr_t)(packed >> (MESSAGE_BITS + PROCESS_BITS));
    winsock->post_message(winsock, process, window, (uint32_t)(packed >> PROCESS_BITS) & UINT16_MAX,
                          number_of(process, socket), (int64_t)(error << 16 | event));
}

static nt_status select_messages(const struct call *call, HWND hWnd, unsigned message, LONG mask)
{
    nt_status status;
    uint64_t window = (uint64_t)(uintptr_t)hWnd;
    struct winsock *winsock = call->winsock;
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    bool exists =
        winsock->window_exists != NULL && winsock->window_exists(winsock, call->process, hWnd);
    bool fits = window < 1u << WINDOW_BITS && message <= UINT16_MAX &&
                call->process->id < 1u << PROCESS_BITS;
    if ((mask & ~FD_ALL_EVENTS) != 0 || (mask != 0 && (!exists || !fits)))
        return STATUS_INVALID_PARAMETER;
    void *context = mask != 0 ? pack(window, message, call->process->id) : NULL;
    return socket_select_messages(socket, post_event, context, (uint32_t)mask);
}

int WSPAPI provider_async_select(SOCKET s, HWND hWnd, unsigned int wMsg, LONG lEvent, LPINT lpErrno)
{
    struct call call = call_begin(CALL_WSAAsyncSelect, s);
    call.arguments[0] = (uint32_t)lEvent;
    call.arguments[1] = wMsg;
    nt_status status = select_messages(&call, hWnd, wMsg, lEvent);
    return call_finish(&call, status, lpErrno);
}
