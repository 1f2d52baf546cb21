/* ws2_32's entry points: who is ready for what. */
#include "sim/afd/ready.h"

#include "sim/afd/socket.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/ws2_32.h"

/* ---- select ---------------------------------------------------------------------------------- */

/* The provider of the first socket that any set holds: sockets of several providers cannot be
 * selected together. INVALID_SOCKET when there is none, or the sets cannot be read.
 */
static SOCKET first_socket(const struct call *call, fd_set *const *sets, int count)
{
    for (int i = 0; i < count; i++) {
        struct {
            u_int fd_count;
            SOCKET first;
        } head;
        if (sets[i] == NULL || !memory_probe(call, sets[i], sizeof head.fd_count, ACCESS_READ))
            continue;
        memory_read(call, &head.fd_count, sets[i], sizeof head.fd_count);
        if (head.fd_count == 0 || !memory_probe(call, sets[i], sizeof head, ACCESS_READ))
            continue;
        memory_read(call, &head, sets[i], sizeof head);
        return head.first;
    }
    return INVALID_SOCKET;
}

int select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
           const struct timeval *timeout)
{
    fd_set *const sets[] = {readfds, writefds, exceptfds};
    int error = 0;
    if (!call_allowed(CALL_select, 0))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_select, 0);
    const WSPPROC_TABLE *provider = provider_for(first_socket(&call, sets, 3));
    int result = provider->lpWSPSelect(nfds, readfds, writefds, exceptfds, timeout, &error);
    call_return(result == SOCKET_ERROR ? SOCKET_ERROR : 0, error);
    return result;
}

int __WSAFDIsSet(SOCKET s, fd_set *set)
{
    for (u_int i = 0; i < set->fd_count; i++)
        if (set->fd_array[i] == s)
            return 1;
    return 0;
}

/* ---- WSAPoll --------------------------------------------------------------------------------- */

enum { POLLED_ON_STACK = 16, POLLED_MAX = 65536 };

struct polling {
    struct call call;
    LPWSAPOLLFD guest;
    ULONG count;
    struct poll_entry *entries; /* of the sockets there are, in order */
    ULONG entry_count;
};

static const uint32_t always = READY_PEER_CLOSED | READY_ABORTED | READY_CONNECT_FAILED;

static uint32_t wanted_by(SHORT events)
{
    uint32_t wanted = always;
    if ((events & POLLRDNORM) != 0)
        wanted |= READY_RECEIVE | READY_ACCEPT;
    if ((events & POLLRDBAND) != 0)
        wanted |= READY_URGENT;
    if ((events & POLLWRNORM) != 0)
        wanted |= READY_SEND;
    return wanted;
}

/* Rows 182, 187 to 191. */
static SHORT seen_as(uint32_t ready, SHORT events)
{
    SHORT seen = 0;
    bool failed = (ready & (READY_ABORTED | READY_CONNECT_FAILED)) != 0;
    if ((ready & READY_CLOSED) != 0)
        return POLLNVAL;
    if ((ready & (READY_RECEIVE | READY_ACCEPT)) != 0)
        seen |= POLLRDNORM;
    if ((ready & READY_URGENT) != 0)
        seen |= POLLRDBAND;
    if (failed)
        seen |= POLLERR | POLLHUP | (events & POLLWRNORM);
    if ((ready & READY_PEER_CLOSED) != 0)
        seen |= POLLHUP;
    if ((ready & READY_SEND) != 0)
        seen |= POLLWRNORM;
    return seen;
}

/* A program's array may lie anywhere. */
static char *place_of(const struct polling *polling, ULONG index)
{
    return (char *)polling->guest + index * sizeof *polling->guest;
}

static WSAPOLLFD read_entry(const struct polling *polling, ULONG index)
{
    WSAPOLLFD entry;
    memory_read(&polling->call, &entry, place_of(polling, index), sizeof entry);
    return entry;
}

static void write_seen(const struct polling *polling, ULONG index, SHORT seen)
{
    char *place = place_of(polling, index) + offsetof(WSAPOLLFD, revents);
    memory_write(&polling->call, place, &seen, sizeof seen);
}

/* The entries up to the first socket are only looked up; from there on their events count too, and
 * before the handle (row 186).
 */
static nt_status find_sockets(struct polling *polling)
{
    const SHORT known = POLLRDNORM | POLLRDBAND | POLLWRNORM;
    const struct profile *profile = polling->call.profile;
    polling->entry_count = 0;
    for (ULONG i = 0; i < polling->count; i++) {
        WSAPOLLFD entry = read_entry(polling, i);
        struct socket_object *socket = socket_find(polling->call.process, entry.fd);
        bool counts = polling->entry_count > 0 || socket != NULL;
        if (counts && (entry.events & ~known) != 0 && BEHAVES(profile, poll_bad_events, refused))
            return STATUS_INVALID_PARAMETER;
        if (socket != NULL)
            polling->entries[polling->entry_count++] =
                (struct poll_entry){.socket = socket, .wanted = wanted_by(entry.events)};
    }
    return STATUS_SUCCESS;
}

/* `found` says which entries had a socket: the guest's own array may have changed meanwhile, so the
 * handles are not looked up again but for those that were none (row 185).
 */
static int write_entries(const struct polling *polling, const unsigned char *found)
{
    const struct profile *profile = polling->call.profile;
    int ready = 0;
    ULONG at = 0;
    for (ULONG i = 0; i < polling->count; i++) {
        if (!found[i]) {
            write_seen(polling, i, POLLNVAL);
            ready += BEHAVES(profile, poll_uncounted, counted);
            continue;
        }
        SHORT events = read_entry(polling, i).events;
        SHORT seen = seen_as(polling->entries[at++].ready, events);
        if (events == 0 && BEHAVES(profile, poll_hangup, asked_for))
            seen = 0;
        write_seen(polling, i, seen);
        ready += seen != 0;
    }
    return ready;
}

static void clear_entries(const struct polling *polling)
{
    for (ULONG i = 0; i < polling->count; i++)
        write_seen(polling, i, 0);
}

static nt_status poll_sockets(struct polling *polling, unsigned char *found, INT timeout, int *out)
{
    nt_status status = find_sockets(polling);
    if (!nt_success(status)) {
        clear_entries(polling);
        return status;
    }
    for (ULONG i = 0; i < polling->count; i++)
        found[i] = socket_find(polling->call.process, read_entry(polling, i).fd) != NULL;
    if (polling->entry_count == 0) {
        write_entries(polling, found);
        return STATUS_INVALID_HANDLE;
    }
    uint64_t timeout_ns = timeout < 0 ? UINT64_MAX : (uint64_t)timeout * 1000000u;
    status = sockets_poll(polling->call.winsock->afd, polling->entries, polling->entry_count,
                          timeout_ns, true, "WSAPoll");
    if (!nt_success(status))
        return status;
    *out = write_entries(polling, found);
    return STATUS_SUCCESS;
}

static nt_status poll_all(struct polling *polling, INT timeout, int *out)
{
    struct poll_entry few[POLLED_ON_STACK];
    unsigned char found_few[POLLED_ON_STACK];
    unsigned char *found = found_few;
    struct arena *arena = &polling->call.winsock->nt->engine->arena;
    size_t size = polling->count * sizeof *polling->entries;
    bool many = polling->count > POLLED_ON_STACK;
    polling->entries = many ? arena_take(arena, size) : few;
    if (many)
        found = arena_take(arena, polling->count);
    nt_status status = STATUS_INSUFFICIENT_RESOURCES;
    if (polling->entries != NULL && found != NULL)
        status = poll_sockets(polling, found, timeout, out);
    if (many) {
        arena_give(arena, polling->entries, size);
        arena_give(arena, found, polling->count);
    }
    return status;
}

/* ws2_32 asks the base provider for it, whoever stands in between (SIO_BSP_HANDLE_POLL). */
int WSAPoll(LPWSAPOLLFD fdArray, ULONG fds, INT timeout)
{
    int ready = 0;
    if (!call_allowed(CALL_WSAPoll, 0))
        return SOCKET_ERROR;
    struct polling polling = {.call = call_begin(CALL_WSAPoll, 0), .guest = fdArray, .count = fds};
    nt_status status;
    if (fds == 0 || fds > POLLED_MAX)
        status = STATUS_INVALID_PARAMETER; /* row 183 */
    else if (!memory_probe(&polling.call, fdArray, fds * sizeof *fdArray, ACCESS_WRITE))
        status = STATUS_ACCESS_VIOLATION;
    else
        status = poll_all(&polling, timeout, &ready);
    polling.call.arguments[0] = fds;
    polling.call.arguments[1] = (uint32_t)timeout;
    polling.call.arguments[2] = (uint32_t)ready;
    return call_answer(&polling.call, status) == 0 ? ready : SOCKET_ERROR;
}

/* ---- Network events -------------------------------------------------------------------------- */

int WSAEventSelect(SOCKET s, WSAEVENT hEventObject, LONG lNetworkEvents)
{
    int error = 0;
    if (!call_allowed(CALL_WSAEventSelect, s))
        return SOCKET_ERROR;
    int result = provider_for(s)->lpWSPEventSelect(s, hEventObject, lNetworkEvents, &error);
    return call_return(result, error);
}

int WSAEnumNetworkEvents(SOCKET s, WSAEVENT hEventObject, LPWSANETWORKEVENTS lpNetworkEvents)
{
    int error = 0;
    if (!call_allowed(CALL_WSAEnumNetworkEvents, s))
        return SOCKET_ERROR;
    int result = provider_for(s)->lpWSPEnumNetworkEvents(s, hEventObject, lpNetworkEvents, &error);
    return call_return(result, error);
}

int WSAAsyncSelect(SOCKET s, HWND hWnd, u_int wMsg, LONG lEvent)
{
    int error = 0;
    if (!call_allowed(CALL_WSAAsyncSelect, s))
        return SOCKET_ERROR;
    int result = provider_for(s)->lpWSPAsyncSelect(s, hWnd, wMsg, lEvent, &error);
    return call_return(result, error);
}
