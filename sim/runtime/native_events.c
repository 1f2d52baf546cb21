/* The codes of network events, and those that accept in two steps. Structures as System Informer's
 * headers lay them out; events have the bits of a poll's.
 */
#include <string.h>

#include "sim/afd/ready.h"
#include "sim/runtime/native_socket.h"

/* ---- Network events -------------------------------------------------------------------------- */

enum { AFD_EVENTS = 13, BIT_DISCONNECT = 3, BIT_ABORT = 4, BIT_CONNECT = 6, BIT_CONNECT_FAIL = 8 };
enum { BIT_OF_CONNECT = 4, BIT_OF_CLOSE = 5 }; /* Winsock's */

/* Winsock's event of each of afd's, as the number of its bit; the local close has none. */
static const signed char winsock_bit[AFD_EVENTS] = {0, 2, 1, 5, 5, -1, 4, 3, 4, 6, 7, 8, 9};

static uint32_t winsock_mask(uint32_t events)
{
    uint32_t mask = 0;
    for (unsigned bit = 0; bit < AFD_EVENTS; bit++)
        if ((events >> bit & 1) != 0 && winsock_bit[bit] >= 0)
            mask |= 1u << winsock_bit[bit];
    return mask;
}

/* A close and a connect are two events of afd's each: which, their status says. */
static unsigned afd_bit(unsigned bit, nt_status status)
{
    if (bit == BIT_OF_CLOSE)
        return status == STATUS_SUCCESS ? BIT_DISCONNECT : BIT_ABORT;
    if (bit == BIT_OF_CONNECT)
        return status == STATUS_SUCCESS ? BIT_CONNECT : BIT_CONNECT_FAIL;
    for (unsigned other = 0; other < AFD_EVENTS; other++)
        if (winsock_bit[other] == (int)bit)
            return other;
    return AFD_EVENTS;
}

struct select_info {
    uint64_t event;
    uint32_t events;
};

nt_status native_select_events(const struct native_call *call, const struct native_buffers *buffers)
{
    struct select_info info;
    struct object *event = NULL;
    nt_status status = native_read(buffers, &info, sizeof info);
    if (status != STATUS_SUCCESS)
        return status;
    const uint32_t mask = winsock_mask(info.events);
    if (info.event != 0 && (event = handle_find(guest_process(), info.event, OBJECT_EVENT)) == NULL)
        return native_not_found(guest_handle(info.event));
    if (event == NULL && mask != 0)
        return STATUS_INVALID_PARAMETER;
    status = socket_select_events(native_socket(call), mask != 0 ? event : NULL, mask);
    return status == STATUS_SUCCESS ? native_done(call, 0) : status;
}

struct events_taken {
    uint32_t events;
    uint32_t statuses[AFD_EVENTS];
};

/* The input is no pointer: it is the handle of an event that is reset, or NULL. */
nt_status native_take_events(const struct native_call *call, const struct native_buffers *buffers)
{
    struct events_taken out = {0};
    nt_status statuses[NETWORK_EVENTS];
    struct object *event = NULL;
    const uint64_t handle = (uintptr_t)buffers->in;
    if (buffers->out == NULL || buffers->out_size < sizeof out)
        return STATUS_INVALID_PARAMETER;
    if (!guest_may_write(buffers->out, sizeof out))
        return STATUS_ACCESS_VIOLATION;
    if (handle != 0 && (event = handle_find(guest_process(), handle, OBJECT_EVENT)) == NULL)
        return native_not_found(guest_handle(handle));
    if (event != NULL)
        object_unsignal(event);
    uint32_t taken = socket_take_events(native_socket(call), statuses);
    for (unsigned bit = 0; bit < NETWORK_EVENTS; bit++) {
        unsigned own = (taken >> bit & 1) != 0 ? afd_bit(bit, statuses[bit]) : AFD_EVENTS;
        if (own == AFD_EVENTS)
            continue;
        out.events |= 1u << own;
        out.statuses[own] = statuses[bit];
    }
    memcpy(buffers->out, &out, sizeof out);
    return native_done(call, 0);
}

/* ---- Accepting in two steps ------------------------------------------------------------------ */

enum { SEQUENCE = 1, SEQUENCE_SIZE = sizeof(uint32_t) };

/* Who waits longest, under a number that the second step gives back: there is but one such. */
static void write_incoming(struct poll *poll)
{
    struct socket_object *listener = poll->entries[0].socket;
    struct name name;
    union name_buffer encoded;
    const uint32_t sequence = SEQUENCE;
    unsigned char *out = poll->guest;
    const struct userspace *space = &poll->request.thread->process->userspace;
    if (poll_found(poll) == 0 || !socket_incoming(listener, &name.address, &name.port))
        return;
    const size_t size = (size_t)name_encode(&name, &encoded);
    if (!userspace_probe(space, out, SEQUENCE_SIZE + size, ACCESS_WRITE))
        return;
    memcpy(out, &sequence, SEQUENCE_SIZE);
    memcpy(out + SEQUENCE_SIZE, &encoded, size);
    poll->request.information = SEQUENCE_SIZE + size;
}

enum { ABOVE_ROUTINE = 1 }; /* as native_poll_run has it */

nt_status native_wait_for_listen(const struct native_call *call,
                                 const struct native_buffers *buffers)
{
    struct socket_object *listener = native_socket(call);
    const size_t size = SEQUENCE_SIZE + (size_t)name_size(listener->kind.family);
    if (listener->state != SOCKET_LISTENING)
        return STATUS_INVALID_PARAMETER;
    nt_status status = native_may_write(buffers, size);
    if (status != STATUS_SUCCESS)
        return status;
    if (listener->non_blocking && (socket_ready(listener) & READY_ACCEPT) == 0)
        return STATUS_DEVICE_NOT_READY;
    struct poll *poll = poll_new(listener->afd, call->file, 1, call->waits ? NULL : &call->how);
    if (poll == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    poll->entries[0] = (struct poll_entry){.socket = listener, .wanted = READY_ACCEPT};
    poll->finishing = write_incoming;
    poll->guest = buffers->out;
    poll->above[ABOVE_ROUTINE] = (uintptr_t)call->routine;
    status = poll_begin(poll, UINT64_MAX);
    bool refused = status != STATUS_SUCCESS && status != STATUS_PENDING;
    if (call->waits && !refused)
        status = native_end(call, poll_wait(poll, false, "AFD_WAIT_FOR_LISTEN"), size);
    if (call->waits || refused)
        poll_drop(poll);
    return status;
}

struct accept_info {
    uint32_t san_active, sequence;
    uint64_t socket;
};

nt_status native_accept(const struct native_call *call, const struct native_buffers *buffers)
{
    struct accept_info info;
    struct address address;
    uint16_t port;
    struct socket_object *listener = native_socket(call);
    nt_status status = native_read(buffers, &info, sizeof info);
    if (status != STATUS_SUCCESS)
        return status;
    struct socket_object *into = socket_find(guest_process(), info.socket);
    if (into == NULL)
        return native_not_found(guest_handle(info.socket));
    if (info.sequence != SEQUENCE || !socket_incoming(listener, &address, &port))
        return STATUS_INVALID_PARAMETER;
    struct io io;
    io_begin(&io, listener, IO_ACCEPT, "AFD_ACCEPT");
    io.flags = IO_WAITS;
    object_reference(&into->object);
    io.acceptor = into;
    status = socket_accept(&io);
    if (status == STATUS_PENDING)
        status = io_wait(&io, 0, false);
    io_end(&io);
    if (status == STATUS_SUCCESS)
        socket_update_accept_context(into, listener);
    return status == STATUS_SUCCESS ? native_done(call, 0) : status;
}
