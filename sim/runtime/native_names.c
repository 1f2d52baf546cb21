/* The codes of a socket's names, states and settings (rows 256 to 260); structures as System
 * Informer's headers lay them out.
 */
#include <string.h>

#include "sim/runtime/native_socket.h"

/* ---- What the codes share -------------------------------------------------------------------- */

static const struct native_code codes[] = {
    {0x12003, native_bind, native_move_run},
    {0x12007, native_connect, native_move_run},
    {0x1200B, native_listen, native_move_run},
    {0x1200C, native_wait_for_listen, native_poll_run},
    {0x12010, native_accept, native_move_run},
    {0x12017, native_receive, native_move_run},
    {0x1201B, native_receive_datagram, native_move_run},
    {0x1201F, native_send, native_move_run},
    {0x12023, native_send_datagram, native_move_run},
    {0x1202B, native_disconnect, native_move_run},
    {0x1202F, native_get_address, native_move_run},
    {0x12033, native_receive_information, native_move_run},
    {0x1203B, native_set_information, native_move_run},
    {0x1203F, native_get_remote_address, native_move_run},
    {0x1207B, native_get_information, native_move_run},
    {0x12087, native_select_events, native_move_run},
    {0x1208B, native_take_events, native_move_run},
};

const struct native_code *native_find_code(uint32_t code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].code == code)
            return &codes[i];
    return NULL;
}

nt_status native_read(const struct native_buffers *buffers, void *out, size_t size)
{
    if (buffers->in == NULL || buffers->in_size < size)
        return STATUS_INVALID_PARAMETER;
    if (!userspace_probe(&guest_process()->userspace, buffers->in, size, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    memcpy(out, buffers->in, size);
    return STATUS_SUCCESS;
}

nt_status native_may_write(const struct native_buffers *buffers, size_t size)
{
    if (buffers->out == NULL || buffers->out_size < size)
        return STATUS_BUFFER_TOO_SMALL;
    return guest_may_write(buffers->out, size) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

nt_status native_read_name(const struct socket_object *socket, const void *address, size_t size,
                           struct name *out)
{
    union name_buffer name;
    const enum family family = socket->kind.family;
    size_t wanted = (size_t)name_size(family);
    if (size < sizeof name.any.sa_family)
        return STATUS_INVALID_PARAMETER;
    if (!userspace_probe(&guest_process()->userspace, address, size, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    memset(&name, 0, sizeof name);
    memcpy(&name, address, size < sizeof name ? size : sizeof name);
    if (name.any.sa_family != (family == FAMILY_4 ? AF_INET : AF_INET6) || size < wanted)
        return STATUS_INVALID_ADDRESS;
    *out = (struct name){.address.family = family, .port = ntohs(name.in.sin_port)};
    if (family == FAMILY_4) {
        memcpy(out->address.bytes, &name.in.sin_addr, sizeof name.in.sin_addr);
        return STATUS_SUCCESS;
    }
    memcpy(out->address.bytes, &name.in6.sin6_addr, sizeof name.in6.sin6_addr);
    out->address.scope = name.in6.sin6_scope_id;
    return STATUS_SUCCESS;
}

/* One that pends is told at once all the same; a refusal is then the block's (rows 257 and 261). */
static nt_status end(const struct native_call *call, nt_status status, uint64_t information,
                     bool pends)
{
    if (call->waits)
        return native_end(call, status, information);
    struct io *io = io_new(native_socket(call), IO_CONTROL, "AFD control", &call->how);
    if (io == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    io->above[0] = (uintptr_t)call->routine;
    if (!nt_success(status))
        return socket_control_refused(io, status);
    if (pends)
        io->flags |= IO_ALWAYS_PENDS;
    return socket_control_end(io, status, information);
}

nt_status native_done(const struct native_call *call, uint64_t information)
{
    return end(call, STATUS_SUCCESS, information, false);
}

/* Writes what a code gives out, as much as was asked for, and ends the call. */
static nt_status give(const struct native_call *call, const struct native_buffers *buffers,
                      const void *what, size_t size)
{
    nt_status status = native_may_write(buffers, size);
    if (status != STATUS_SUCCESS)
        return status;
    memcpy(buffers->out, what, size);
    return native_done(call, size);
}

static nt_status give_name(const struct native_call *call, const struct native_buffers *buffers,
                           const struct name *name)
{
    union name_buffer encoded;
    return give(call, buffers, &encoded, (size_t)name_encode(name, &encoded));
}

/* ---- Binding and listening ------------------------------------------------------------------- */

enum { SHARE_REUSE = 1, SHARE_EXCLUSIVE = 3, SHARE_SIZE = sizeof(uint32_t) };

/* Binds as `share` says, whatever options the socket has; those that it has stay. */
static nt_status bind_shared(struct socket_object *socket, const struct name *name, uint32_t share)
{
    const uint32_t reuse = socket->values[SOCKET_REUSE_ADDRESS];
    const uint32_t exclusive = socket->values[SOCKET_EXCLUSIVE_ADDRESS];
    if (share == SHARE_REUSE)
        socket->values[SOCKET_REUSE_ADDRESS] = 1;
    if (share == SHARE_EXCLUSIVE)
        socket->values[SOCKET_EXCLUSIVE_ADDRESS] = 1;
    nt_status status = socket_bind(socket, guest_process(), &name->address, name->port);
    socket->values[SOCKET_REUSE_ADDRESS] = reuse;
    socket->values[SOCKET_EXCLUSIVE_ADDRESS] = exclusive;
    return status;
}

nt_status native_bind(const struct native_call *call, const struct native_buffers *buffers)
{
    struct socket_object *socket = native_socket(call);
    struct name name;
    uint32_t share;
    nt_status status = native_read(buffers, &share, sizeof share);
    if (status == STATUS_SUCCESS)
        status = native_read_name(socket, (const unsigned char *)buffers->in + SHARE_SIZE,
                                  buffers->in_size - SHARE_SIZE, &name);
    if (status != STATUS_SUCCESS)
        return status;
    const size_t size = (size_t)name_size(socket->kind.family);
    if (buffers->out_size < size)
        return STATUS_INVALID_PARAMETER; /* found after the address' errors (row 256) */
    if (!guest_may_write(buffers->out, size))
        return STATUS_ACCESS_VIOLATION;
    if (socket->state != SOCKET_UNBOUND)
        return STATUS_ADDRESS_ALREADY_ASSOCIATED;
    status = bind_shared(socket, &name, share);
    if (status != STATUS_SUCCESS)
        return end(call, status, 0, true);
    union name_buffer encoded;
    socket_name(socket, &name.address, &name.port);
    memcpy(buffers->out, &encoded, (size_t)name_encode(&name, &encoded));
    return end(call, status, size, true);
}

struct listen_info {
    uint32_t san_active, backlog, delayed;
};

nt_status native_listen(const struct native_call *call, const struct native_buffers *buffers)
{
    struct listen_info info;
    struct socket_object *socket = native_socket(call);
    nt_status status = native_read(buffers, &info, sizeof info);
    if (status == STATUS_SUCCESS && socket->state == SOCKET_UNBOUND)
        status = STATUS_INVALID_PARAMETER;
    if (status == STATUS_SUCCESS)
        status = socket_listen(socket, guest_process(), (int)info.backlog);
    return status == STATUS_SUCCESS ? native_done(call, 0) : status;
}

/* ---- Names ----------------------------------------------------------------------------------- */

nt_status native_get_address(const struct native_call *call, const struct native_buffers *buffers)
{
    struct name name;
    nt_status status = socket_name(native_socket(call), &name.address, &name.port);
    return status == STATUS_SUCCESS ? give_name(call, buffers, &name) : status;
}

nt_status native_get_remote_address(const struct native_call *call,
                                    const struct native_buffers *buffers)
{
    struct name name;
    nt_status status = socket_peer(native_socket(call), &name.address, &name.port);
    return status == STATUS_SUCCESS ? give_name(call, buffers, &name) : status;
}

/* ---- Ends and settings ----------------------------------------------------------------------- */

enum { MODE_SEND = 1, MODE_RECEIVE = 2, MODE_ABORT = 4, MODE_UNCONNECT = 8 };

struct disconnect_info {
    uint32_t mode;
    int64_t timeout;
};

nt_status native_disconnect(const struct native_call *call, const struct native_buffers *buffers)
{
    struct disconnect_info info;
    struct socket_object *socket = native_socket(call);
    nt_status status = native_read(buffers, &info, sizeof info);
    if (status != STATUS_SUCCESS)
        return status;
    bool sends = (info.mode & (MODE_SEND | MODE_ABORT)) != 0;
    bool receives = (info.mode & (MODE_RECEIVE | MODE_ABORT)) != 0;
    if ((info.mode & MODE_UNCONNECT) != 0)
        status = socket_disconnect(socket);
    else if (sends || receives)
        status = socket_shutdown(socket, sends && receives ? 2 : sends);
    else
        status = STATUS_INVALID_PARAMETER;
    return status == STATUS_SUCCESS ? native_done(call, 0) : status;
}

nt_status native_receive_information(const struct native_call *call,
                                     const struct native_buffers *buffers)
{
    const struct socket_object *socket = native_socket(call);
    const uint32_t bytes[2] = {socket_readable_bytes(socket),
                               (socket_ready(socket) & READY_URGENT) != 0};
    return give(call, buffers, bytes, sizeof bytes);
}

enum {
    SETTING_INLINE = 1,
    SETTING_NON_BLOCKING = 2,
    SETTING_MAX_SEND = 3,
    SETTING_SENDS_PENDING = 4,
    SETTING_RECEIVE_WINDOW = 6,
    SETTING_SEND_WINDOW = 7,
    SETTING_CONNECT_TIME = 8
};

struct setting {
    uint32_t type;
    uint64_t value; /* a BOOLEAN, a ULONG or more */
};
_Static_assert(sizeof(struct setting) == 16, "as declared");

nt_status native_set_information(const struct native_call *call,
                                 const struct native_buffers *buffers)
{
    struct setting setting;
    struct socket_object *socket = native_socket(call);
    nt_status status = native_read(buffers, &setting, sizeof setting);
    if (status != STATUS_SUCCESS)
        return status;
    const bool on = (setting.value & 0xff) != 0;
    if (setting.type == SETTING_INLINE)
        status = socket_set_option(socket, SOCKET_OOB_INLINE, on);
    else if (setting.type == SETTING_RECEIVE_WINDOW)
        status = socket_set_option(socket, SOCKET_RECEIVE_BUFFER, (uint32_t)setting.value);
    else if (setting.type == SETTING_SEND_WINDOW)
        status = socket_set_option(socket, SOCKET_SEND_BUFFER, (uint32_t)setting.value);
    else if (setting.type == SETTING_NON_BLOCKING)
        socket->non_blocking = on;
    else
        status = STATUS_INVALID_PARAMETER;
    return status == STATUS_SUCCESS ? native_done(call, 0) : status;
}

static nt_status look_up(const struct socket_object *socket, uint32_t type, uint32_t *value)
{
    switch (type) {
    case SETTING_MAX_SEND:
        *value = socket->kind.protocol == PROTOCOL_TCP ? UINT32_MAX : 65507;
        return STATUS_SUCCESS;
    case SETTING_SENDS_PENDING:
        *value = 0;
        return STATUS_SUCCESS;
    case SETTING_RECEIVE_WINDOW:
        return socket_get_option(socket, SOCKET_RECEIVE_BUFFER, value);
    case SETTING_SEND_WINDOW:
        return socket_get_option(socket, SOCKET_SEND_BUFFER, value);
    case SETTING_CONNECT_TIME:
        *value = socket_connect_seconds(socket);
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

nt_status native_get_information(const struct native_call *call,
                                 const struct native_buffers *buffers)
{
    struct setting setting;
    uint32_t value = 0;
    nt_status status = native_read(buffers, &setting, sizeof setting);
    if (status == STATUS_SUCCESS)
        status = look_up(native_socket(call), setting.type, &value);
    setting.value = value;
    return status == STATUS_SUCCESS ? give(call, buffers, &setting, sizeof setting) : status;
}
