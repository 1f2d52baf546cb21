/* The three control codes of port reservations: what they look at, and what they do. */
#include "sim/winsock/ioctl.h"

#include <string.h>

#include <mstcpip.h>

#include "sim/afd/socket.h"
#include "sim/winsock/memory.h"

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
        return ioctl_bad_pointer(ioctl);
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
static void acquire_in_vain(struct ioctl *ioctl)
{
    struct reservation_view nobody_learns;
    socket_acquire(ioctl->socket, ioctl->call.process, &ioctl->range, &nobody_learns);
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
        return ioctl_bad_pointer(ioctl);
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

nt_status reservation_look(struct ioctl *ioctl)
{
    INET_PORT_RANGE input = {0, 0};
    bool leaks;
    nt_status status = socket_may_reserve(ioctl->socket);
    if (nt_success(status))
        status = read_input(ioctl, &input, sizeof input,
                            BEHAVIOUR_VALUE(ioctl->call.profile, acquire_oversize_input));
    if (!nt_success(status))
        return status;

    ioctl->range = range_of(ioctl, &input);
    ioctl->call.arguments[2] = (uint64_t)ioctl->range.first << 32 | ioctl->range.count;
    status = check_output(ioctl, &leaks);
    if (leaks)
        acquire_in_vain(ioctl);
    return status;
}

nt_status reservation_acquire_now(struct ioctl *ioctl)
{
    struct reservation_view view;
    nt_status status = socket_acquire(ioctl->socket, ioctl->call.process, &ioctl->range, &view);
    if (!nt_success(status))
        return status;
    ioctl->call.arguments[2] = (uint64_t)view.range.first << 32 | view.range.count;
    ioctl->call.arguments[3] = view.token;
    winsock_process(ioctl->call.process)->last_token = view.token;
    write_instance(ioctl, &view);
    return STATUS_SUCCESS;
}

nt_status reservation_look_token(struct ioctl *ioctl)
{
    const struct profile *profile = ioctl->call.profile;
    nt_status status = socket_may_reserve(ioctl->socket);
    ioctl->token = winsock_process(ioctl->call.process)->last_token;
    if (nt_success(status))
        status = read_input(ioctl, &ioctl->token, sizeof ioctl->token,
                            BEHAVIOUR_VALUE(profile, token_oversize_input));
    if (nt_success(status) && ioctl->out_size != 0)
        status = nt_status_from_wsa(BEHAVIOUR_VALUE(profile, token_ioctl_output));
    if (nt_success(status))
        ioctl->call.arguments[2] = ioctl->token;
    return status;
}

static nt_status token_done(struct ioctl *ioctl, nt_status status)
{
    const struct profile *profile = ioctl->call.profile;
    if (!nt_success(status))
        return status;
    if (ioctl->out != NULL && BEHAVES(profile, token_ioctl_writes, writes))
        memory_write(&ioctl->call, ioctl->out, &ioctl->token, sizeof ioctl->token);
    ioctl->keeps_count = BEHAVES(profile, token_ioctl_bytes_returned, untouched);
    ioctl->stored =
        BEHAVES(profile, token_ioctl_bytes_returned, eight) ? (DWORD)sizeof ioctl->token : 0;
    return status;
}

nt_status reservation_associate_now(struct ioctl *ioctl)
{
    nt_status status = socket_associate(ioctl->socket, ioctl->call.process, ioctl->token);
    return token_done(ioctl, status);
}

nt_status reservation_release_now(struct ioctl *ioctl)
{
    nt_status status = socket_release(ioctl->socket, ioctl->call.process, ioctl->token);
    return token_done(ioctl, status);
}
