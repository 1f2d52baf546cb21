#include "sim/winsock/ioctl.h"

#include <string.h>

#include <mstcpip.h>

#include "sim/engine/check.h"
#include "sim/winsock/extension.h"
#include "sim/winsock/memory.h"

enum { ACQUIRE_WITH_OUTPUT_BIT = (int)0xD8000064 };

/* ---- Overlapped ------------------------------------------------------------------------------ */

static struct object *event_of(const struct call *call, LPWSAOVERLAPPED overlapped)
{
    WSAOVERLAPPED copy;
    memory_read(call, &copy, overlapped, sizeof copy);
    /* The lowest bit keeps a completion port out of it and is no part of the handle. */
    uint64_t handle = (uint64_t)(uintptr_t)copy.hEvent & ~(uint64_t)1;
    return handle_find(call->process, handle, OBJECT_EVENT);
}

static void write_result(const struct call *call, LPWSAOVERLAPPED overlapped, nt_status status,
                         uint64_t information)
{
    const ULONG_PTR result[2] = {status, information};
    /* InternalHigh first: who polls Internal must find it there (SPI-022). */
    memory_write(call, &overlapped->InternalHigh, &result[1], sizeof result[1]);
    memory_write(call, &overlapped->Internal, &result[0], sizeof result[0]);
}

void overlapped_begin(const struct call *call, LPWSAOVERLAPPED overlapped)
{
    const ULONG_PTR pending = STATUS_PENDING;
    struct object *event = event_of(call, overlapped);
    memory_write(call, &overlapped->Internal, &pending, sizeof pending);
    if (event != NULL)
        object_unsignal(event); /* OVL-033 */
}

void overlapped_complete(const struct call *call, LPWSAOVERLAPPED overlapped, bool has_routine,
                         nt_status status, uint64_t information)
{
    write_result(call, overlapped, status, information);
    struct object *event = has_routine ? NULL : event_of(call, overlapped); /* OVL-015 */
    if (event != NULL)
        object_signal(event);
}

/* ---- What the provider answers itself ---------------------------------------------------------
 */

static bool may_read(const struct ioctl *ioctl, DWORD size)
{
    return ioctl->in_size >= size &&
           memory_probe(&ioctl->call, ioctl->in, ioctl->in_size, ACCESS_READ);
}

static bool may_write(const struct ioctl *ioctl, DWORD size)
{
    return ioctl->out_size >= size && memory_probe(&ioctl->call, ioctl->out, size, ACCESS_WRITE);
}

static void store(struct ioctl *ioctl, const void *bytes, DWORD size)
{
    memory_write(&ioctl->call, ioctl->out, bytes, size);
    ioctl->stored = size;
}

static nt_status set_nonblocking(struct ioctl *ioctl)
{
    u_long on;
    if (!may_read(ioctl, sizeof on)) {
        ioctl->keeps_count = true;
        return STATUS_ACCESS_VIOLATION;
    }
    memory_read(&ioctl->call, &on, ioctl->in, sizeof on);
    ioctl->call.arguments[2] = on;
    ioctl->socket->non_blocking = on != 0;
    return STATUS_SUCCESS;
}

/* FIONREAD and SIOCATMARK of a socket to which no byte can have come. */
static nt_status answer_long(struct ioctl *ioctl, u_long value)
{
    if (!may_write(ioctl, sizeof value)) {
        ioctl->keeps_count = true; /* row 3 */
        return STATUS_ACCESS_VIOLATION;
    }
    store(ioctl, &value, sizeof value);
    return STATUS_SUCCESS;
}

static nt_status get_base_handle(struct ioctl *ioctl)
{
    const SOCKET own = ioctl->call.subject;
    if (ioctl->overlapped != NULL)
        return STATUS_NOT_SUPPORTED; /* row 22 */
    if (!may_write(ioctl, sizeof own))
        return STATUS_ACCESS_VIOLATION;
    store(ioctl, &own, sizeof own);
    return STATUS_SUCCESS;
}

static nt_status get_extension(struct ioctl *ioctl)
{
    GUID id;
    if (!may_read(ioctl, sizeof id))
        return STATUS_ACCESS_VIOLATION;
    memory_read(&ioctl->call, &id, ioctl->in, sizeof id);
    extension_function *function = extension_find(&id);
    if (function == NULL) {
        ioctl->keeps_count = true; /* row 21 */
        return STATUS_INVALID_PARAMETER;
    }
    if (!may_write(ioctl, sizeof function))
        return STATUS_ACCESS_VIOLATION;
    store(ioctl, &function, sizeof function);
    return STATUS_SUCCESS;
}

/* ---- What afd answers -------------------------------------------------------------------------
 */

static nt_status set_keep_alive(struct ioctl *ioctl)
{
    struct tcp_keepalive values;
    if (ioctl->socket->kind.protocol != PROTOCOL_TCP)
        return STATUS_INVALID_INFO_CLASS; /* the generic page's own example */
    if (!may_read(ioctl, sizeof values))
        return STATUS_ACCESS_VIOLATION;
    memory_read(&ioctl->call, &values, ioctl->in, sizeof values);
    ioctl->call.arguments[2] = values.onoff;
    return socket_set_option(ioctl->socket, SOCKET_KEEP_ALIVE, values.onoff);
}

static nt_status set_affinity(struct ioctl *ioctl)
{
    USHORT processor;
    if (!may_read(ioctl, sizeof processor))
        return STATUS_ACCESS_VIOLATION;
    memory_read(&ioctl->call, &processor, ioctl->in, sizeof processor);
    ioctl->call.arguments[2] = processor;
    return socket_set_cpu_affinity(ioctl->socket, processor);
}

static nt_status bad_pointer(const struct ioctl *ioctl)
{
    const struct profile *profile = ioctl->call.profile;
    return nt_status_from_wsa(ioctl->code == SIO_RELEASE_PORT_RESERVATION
                                  ? BEHAVIOUR_VALUE(profile, release_bad_pointer)
                                  : BEHAVIOUR_VALUE(profile, acquire_bad_pointer));
}

/* Reads the `size` bytes of a range or a token, if the input is one. `oversize` says what the
 * profile makes of more. Where the profile takes less, what is missing stays as `to` has it: a
 * kernel that reads past the input finds what an earlier call left there.
 */
static nt_status read_input(struct ioctl *ioctl, void *to, DWORD size, uint32_t oversize)
{
    const struct profile *profile = ioctl->call.profile;
    if (ioctl->in_size < size && !BEHAVES(profile, short_input, accepts))
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, short_input));
    if (ioctl->in_size > size && oversize != 0)
        return nt_status_from_wsa(oversize);
    if (ioctl->in_size > 0 && !memory_probe(&ioctl->call, ioctl->in, ioctl->in_size, ACCESS_READ))
        return bad_pointer(ioctl);
    memory_read(&ioctl->call, to, ioctl->in, ioctl->in_size < size ? ioctl->in_size : size);
    return STATUS_SUCCESS;
}

static struct port_range range_of(const struct ioctl *ioctl, const INET_PORT_RANGE *range)
{
    bool swaps = BEHAVES(ioctl->call.profile, start_port_order, network);
    return (struct port_range){
        .first = swaps ? ntohs(range->StartPort) : range->StartPort,
        .count = range->NumberOfPorts,
    };
}

/* A block that the profile takes although the call fails. */
static void acquire_in_vain(struct ioctl *ioctl, const struct port_range *range)
{
    struct reservation_view nobody_learns;
    socket_acquire(ioctl->socket, ioctl->call.process, range, &nobody_learns);
}

/* The output buffer's say in an acquire, and whether a refusal leaves a block behind. */
static nt_status check_output(struct ioctl *ioctl, bool *leaks)
{
    const struct profile *profile = ioctl->call.profile;
    bool is_short = ioctl->out_size < sizeof(INET_PORT_RESERVATION_INSTANCE);
    *leaks = false;
    if (is_short && !BEHAVES(profile, acquire_short_output, grants)) {
        *leaks = BEHAVES(profile, acquire_short_output_block, leaks);
        ioctl->keeps_count = BEHAVES(profile, acquire_short_output_count, untouched);
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, acquire_short_output));
    }
    if (ioctl->out_size > 0 &&
        !memory_probe(&ioctl->call, ioctl->out, ioctl->out_size, ACCESS_WRITE)) {
        *leaks = BEHAVES(profile, refused_pointer_block, leaks);
        return bad_pointer(ioctl);
    }
    return STATUS_SUCCESS;
}

static void write_instance(struct ioctl *ioctl, const struct reservation_view *view)
{
    const struct profile *profile = ioctl->call.profile;
    USHORT first = (USHORT)view->range.first;
    USHORT count = (USHORT)view->range.count;
    INET_PORT_RESERVATION_INSTANCE instance;
    memset(&instance, 0, sizeof instance);
    instance.StartPort = BEHAVES(profile, start_port_order, network) ? htons(first) : first;
    instance.NumberOfPorts = BEHAVES(profile, count_order, network) ? htons(count) : count;
    instance.Token = view->token;

    bool token_only = BEHAVES(profile, instance_padding, token_only);
    DWORD start = token_only ? offsetof(INET_PORT_RESERVATION_INSTANCE, Token) : 0;
    DWORD end = ioctl->out_size < sizeof instance ? ioctl->out_size : (DWORD)sizeof instance;
    if (end > start)
        memory_write(&ioctl->call, (char *)ioctl->out + start, (const char *)&instance + start,
                     end - start);
    ioctl->stored = BEHAVIOUR_VALUE(profile, acquire_bytes_returned);
}

static nt_status acquire(struct ioctl *ioctl)
{
    INET_PORT_RANGE input = {0, 0};
    struct reservation_view view;
    bool leaks;
    nt_status status = socket_may_reserve(ioctl->socket);
    if (nt_success(status))
        status = read_input(ioctl, &input, sizeof input,
                            BEHAVIOUR_VALUE(ioctl->call.profile, acquire_oversize_input));
    if (!nt_success(status))
        return status;

    const struct port_range range = range_of(ioctl, &input);
    ioctl->call.arguments[2] = (uint64_t)range.first << 32 | range.count;
    status = check_output(ioctl, &leaks);
    if (leaks)
        acquire_in_vain(ioctl, &range);
    if (nt_success(status))
        status = socket_acquire(ioctl->socket, ioctl->call.process, &range, &view);
    if (!nt_success(status))
        return status;
    ioctl->call.arguments[2] = (uint64_t)view.range.first << 32 | view.range.count;
    ioctl->call.arguments[3] = view.token;
    winsock_process(ioctl->call.process)->last_token = view.token;
    write_instance(ioctl, &view);
    return STATUS_SUCCESS;
}

static nt_status read_token(struct ioctl *ioctl, uint64_t *token)
{
    const struct profile *profile = ioctl->call.profile;
    nt_status status = socket_may_reserve(ioctl->socket);
    *token = winsock_process(ioctl->call.process)->last_token;
    if (nt_success(status))
        status =
            read_input(ioctl, token, sizeof *token, BEHAVIOUR_VALUE(profile, token_oversize_input));
    if (nt_success(status) && ioctl->out_size != 0)
        status = nt_status_from_wsa(BEHAVIOUR_VALUE(profile, token_ioctl_output));
    if (nt_success(status))
        ioctl->call.arguments[2] = *token;
    return status;
}

static nt_status token_done(struct ioctl *ioctl, nt_status status, uint64_t token)
{
    const struct profile *profile = ioctl->call.profile;
    if (!nt_success(status))
        return status;
    if (ioctl->out != NULL && BEHAVES(profile, token_ioctl_writes, writes))
        memory_write(&ioctl->call, ioctl->out, &token, sizeof token);
    ioctl->keeps_count = BEHAVES(profile, token_ioctl_bytes_returned, untouched);
    ioctl->stored = BEHAVES(profile, token_ioctl_bytes_returned, eight) ? (DWORD)sizeof token : 0;
    return status;
}

static nt_status associate(struct ioctl *ioctl)
{
    uint64_t token;
    nt_status status = read_token(ioctl, &token);
    if (nt_success(status))
        status = socket_associate(ioctl->socket, ioctl->call.process, token);
    return token_done(ioctl, status, token);
}

static nt_status release(struct ioctl *ioctl)
{
    uint64_t token;
    nt_status status = read_token(ioctl, &token);
    if (nt_success(status))
        status = socket_release(ioctl->socket, ioctl->call.process, token);
    return token_done(ioctl, status, token);
}

/* ---- The call ---------------------------------------------------------------------------------
 */

static nt_status dispatch(struct ioctl *ioctl)
{
    const struct profile *profile = ioctl->call.profile;
    switch (ioctl->code) {
    case SIO_ACQUIRE_PORT_RESERVATION:
        return acquire(ioctl);
    case SIO_ASSOCIATE_PORT_RESERVATION:
        return associate(ioctl);
    case SIO_RELEASE_PORT_RESERVATION:
        return release(ioctl);
    case (DWORD)FIONBIO:
        return set_nonblocking(ioctl);
    case FIONREAD:
        return answer_long(ioctl, 0);
    case SIOCATMARK:
        return answer_long(ioctl, TRUE);
    case SIO_KEEPALIVE_VALS:
        return set_keep_alive(ioctl);
    case SIO_CPU_AFFINITY:
        return set_affinity(ioctl);
    case SIO_BASE_HANDLE:
        return get_base_handle(ioctl);
    case SIO_GET_EXTENSION_FUNCTION_POINTER:
        return get_extension(ioctl);
    case (DWORD)ACQUIRE_WITH_OUTPUT_BIT:
        if (BEHAVES(profile, acquire_code_with_output_bit, acquires))
            return acquire(ioctl);
        break;
    default:
        break;
    }
    return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, unknown_ioctl));
}

/* Codes that the provider answers without the kernel: their InternalHigh stays 0 (row 5). */
static bool is_user_mode(DWORD code)
{
    return code == (DWORD)FIONBIO || code == FIONREAD || code == SIOCATMARK ||
           code == SIO_GET_EXTENSION_FUNCTION_POINTER;
}

static void write_count(const struct ioctl *ioctl, DWORD value)
{
    if (ioctl->count != NULL && !ioctl->keeps_count)
        memory_write(&ioctl->call, ioctl->count, &value, sizeof value);
}

/* Where every control code ends. Without an OVERLAPPED the count is written, 0 on failure (rows 16
 * and 18). With one, a success completes at once: structure, event and count (OVL-008, OVL-017); a
 * failure starts nothing (SPI-009), but for a command the kernel does not know, which is seen to be
 * pending first (row 19).
 */
static nt_status complete(struct ioctl *ioctl, nt_status status)
{
    LPWSAOVERLAPPED overlapped = ioctl->overlapped;
    bool has_routine = ioctl->routine != NULL;
    if (overlapped == NULL) {
        write_count(ioctl, nt_success(status) ? ioctl->stored : 0);
        return status;
    }
    if (status == STATUS_NOT_SUPPORTED) {
        overlapped_complete(&ioctl->call, overlapped, has_routine, status, 0);
        return STATUS_PENDING;
    }
    if (!nt_success(status))
        return status;
    overlapped_complete(&ioctl->call, overlapped, has_routine, STATUS_SUCCESS,
                        is_user_mode(ioctl->code) ? 0 : ioctl->stored);
    write_count(ioctl, ioctl->stored);
    return status;
}

static nt_status check_count(const struct ioctl *ioctl)
{
    const struct profile *profile = ioctl->call.profile;
    if (ioctl->count == NULL)
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, null_bytes_returned));
    if (!memory_probe(&ioctl->call, ioctl->count, sizeof *ioctl->count, ACCESS_WRITE))
        return bad_pointer(ioctl);
    return STATUS_SUCCESS;
}

/* The OVERLAPPED and the routine: used, ignored or wrong. */
static nt_status check_overlapped(struct ioctl *ioctl)
{
    const struct profile *profile = ioctl->call.profile;
    if (!ioctl->socket->overlapped && BEHAVES(profile, nonoverlapped_socket, ignored)) {
        ioctl->overlapped = NULL;
        ioctl->routine = NULL;
        return STATUS_SUCCESS;
    }
    if (ioctl->overlapped == NULL && ioctl->routine != NULL) {
        ioctl->routine = NULL;
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, routine_without_overlapped));
    }
    if (ioctl->overlapped != NULL &&
        !memory_probe(&ioctl->call, ioctl->overlapped, sizeof *ioctl->overlapped, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    return STATUS_SUCCESS;
}

static nt_status check(struct ioctl *ioctl)
{
    nt_status socket_status;
    nt_status count_status = check_count(ioctl);
    ioctl->socket = call_socket(&ioctl->call, &socket_status);
    bool count_first = BEHAVES(ioctl->call.profile, bad_socket_null_count, wsaefault);
    if (count_first && !nt_success(count_status))
        return count_status;
    if (!nt_success(socket_status))
        return socket_status;
    return nt_success(count_status) ? check_overlapped(ioctl) : count_status;
}

nt_status ioctl_run(struct ioctl *ioctl)
{
    nt_status status = check(ioctl);
    if (!nt_success(status))
        return status;
    ASSERT(ioctl->socket != NULL);
    if (ioctl->overlapped != NULL && !is_user_mode(ioctl->code))
        overlapped_begin(&ioctl->call, ioctl->overlapped);
    return complete(ioctl, dispatch(ioctl));
}
