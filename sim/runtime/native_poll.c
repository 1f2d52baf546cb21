/* AFD_POLL: what wepoll, libuv and mio wait for sockets with. As they declare it, and as Wine's
 * tests saw Windows answer it.
 */
#include <string.h>

#include "sim/afd/ready.h"
#include "sim/afd/socket.h"
#include "sim/runtime/native.h"
#include "sim/winsock/winsock.h"

struct poll_handle {
    uint64_t handle;
    uint32_t events;
    uint32_t status;
};

struct poll_info {
    int64_t timeout; /* 100 ns; negative from now, positive since 1601, 0 only looks */
    uint32_t count;
    uint32_t exclusive;
    struct poll_handle handles[];
};
_Static_assert(sizeof(struct poll_info) == 16 && sizeof(struct poll_handle) == 16, "as declared");

/* AFD_POLL_RECEIVE and so on, in the order of their bits. */
static const uint32_t ready_of_bit[] = {
    READY_RECEIVE, READY_URGENT,    READY_SEND,   READY_PEER_CLOSED,    READY_ABORTED,
    READY_CLOSED,  READY_CONNECTED, READY_ACCEPT, READY_CONNECT_FAILED,
};

enum { BITS = sizeof ready_of_bit / sizeof ready_of_bit[0] };

static uint32_t ready_of_events(uint32_t events)
{
    uint32_t ready = 0;
    for (unsigned bit = 0; bit < BITS; bit++)
        if ((events >> bit & 1) != 0)
            ready |= ready_of_bit[bit];
    return ready;
}

static uint32_t events_of_ready(uint32_t ready)
{
    uint32_t events = 0;
    for (unsigned bit = 0; bit < BITS; bit++)
        if ((ready & ready_of_bit[bit]) != 0)
            events |= 1u << bit;
    return events;
}

/* ---- What is answered ------------------------------------------------------------------------ */

enum { ABOVE_TIMEOUT, ABOVE_ROUTINE };

static size_t bytes_for(uint32_t count)
{
    return sizeof(struct poll_info) + count * sizeof(struct poll_handle);
}

/* The sockets that are ready, one behind the other. Of a poll that failed nothing is copied. */
static void write_answer(struct poll *poll)
{
    uint32_t found = poll_found(poll);
    const struct poll_info head = {.timeout = (int64_t)poll->above[ABOVE_TIMEOUT],
                                   .count = found,
                                   .exclusive = poll->exclusive};
    unsigned char *out = poll->guest;
    const struct userspace *space = &poll->request.thread->process->userspace;

    if (!nt_success(poll->request.status) ||
        !userspace_probe(space, out, bytes_for(found), ACCESS_WRITE))
        return;
    memcpy(out, &head, sizeof head);
    out += sizeof head;
    for (uint32_t i = 0; i < poll->count; i++) {
        const struct poll_entry *entry = &poll->entries[i];
        const struct poll_handle handle = {.handle = entry->handle,
                                           .events = events_of_ready(entry->ready),
                                           .status = entry->status};
        if (entry->ready == 0)
            continue;
        memcpy(out, &handle, sizeof handle);
        out += sizeof handle;
    }
    poll->request.information = bytes_for(found);
}

void native_poll_run(struct request *request)
{
    native_run(request, ((const struct poll *)request)->above[ABOVE_ROUTINE]);
}

/* ---- What is asked --------------------------------------------------------------------------- */

/* Sizes first, then pointers; the handles come last (Wine's tests on Windows). */
static nt_status check(const struct native_buffers *buffers, struct poll_info *head)
{
    const struct userspace *space = &guest_process()->userspace;
    if (buffers->in_size < bytes_for(1) || buffers->out_size < buffers->in_size)
        return STATUS_INVALID_PARAMETER;
    if (!userspace_probe(space, buffers->in, buffers->in_size, ACCESS_READ) ||
        !userspace_probe(space, buffers->out, buffers->out_size, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memcpy(head, buffers->in, sizeof *head);
    if (head->count == 0 || head->count > buffers->in_size / sizeof(struct poll_handle) ||
        bytes_for(head->count) > buffers->in_size)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

static nt_status find_sockets(const struct native_buffers *buffers, uint32_t count,
                              struct poll_entry *entries)
{
    const unsigned char *in = (const unsigned char *)buffers->in + sizeof(struct poll_info);
    for (uint32_t i = 0; i < count; i++, in += sizeof(struct poll_handle)) {
        struct poll_handle handle;
        memcpy(&handle, in, sizeof handle);
        struct socket_object *socket = socket_find(guest_process(), handle.handle);
        if (socket == NULL)
            return STATUS_INVALID_HANDLE;
        entries[i] = (struct poll_entry){
            .socket = socket, .handle = handle.handle, .wanted = ready_of_events(handle.events)};
    }
    return STATUS_SUCCESS;
}

/* Whether all are sockets: asked before there is a request, for a refusal changes nothing. */
static bool are_sockets(const struct native_buffers *buffers, uint32_t count)
{
    struct poll_entry entry;
    struct native_buffers one = *buffers;
    for (uint32_t i = 0; i < count; i++) {
        one.in = (const unsigned char *)buffers->in + i * sizeof(struct poll_handle);
        if (find_sockets(&one, 1, &entry) != STATUS_SUCCESS)
            return false;
    }
    return true;
}

static uint64_t timeout_ns(int64_t ticks)
{
    const LARGE_INTEGER time = {.QuadPart = ticks};
    if (ticks == 0)
        return 0;
    uint64_t left_ns = ticks == INT64_MAX ? UINT64_MAX : native_timeout_ns(&time);
    return left_ns > 0 ? left_ns : 1; /* what is over ends all the same later */
}

static nt_status begin(struct poll *poll, const struct poll_info *head)
{
    nt_status status = poll_begin(poll, timeout_ns(head->timeout));
    if (status == STATUS_SUCCESS && poll_found(poll) == 0 && !poll->request.on_stack)
        looked_in_vain(guest_nt());
    return status;
}

nt_status native_poll(struct file *file, const struct request_delivery *how, uint64_t routine,
                      const struct native_buffers *buffers, uint64_t *information)
{
    struct poll_info head;
    nt_status status = check(buffers, &head);
    if (status != STATUS_SUCCESS)
        return status;
    if (!are_sockets(buffers, head.count))
        return STATUS_INVALID_HANDLE;
    struct poll *poll = poll_new(winsock_attached()->afd, file, head.count, how);
    if (poll == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = find_sockets(buffers, head.count, poll->entries);
    ASSERT(status == STATUS_SUCCESS);
    poll->exclusive = head.exclusive != 0;
    poll->finishing = write_answer;
    poll->guest = buffers->out;
    poll->above[ABOVE_TIMEOUT] = (uint64_t)head.timeout;
    poll->above[ABOVE_ROUTINE] = routine;
    status = begin(poll, &head);
    bool refused = status != STATUS_SUCCESS && status != STATUS_PENDING;
    if (how == NULL && !refused)
        status = poll_wait(poll, false, "AFD_POLL");
    if (status == STATUS_SUCCESS || status == STATUS_TIMEOUT)
        *information = poll->request.information;
    if (how == NULL || refused)
        poll_drop(poll);
    return status;
}
