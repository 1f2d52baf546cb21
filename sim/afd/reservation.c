/* The three port reservation ioctls, as far as a socket and its process have a say in them; the
 * rest is tcpip's.
 */
#include "sim/afd/socket.h"
#include "sim/engine/check.h"

enum { PORT_PRIVILEGED_END = 1024 };

nt_status socket_may_reserve(const struct socket_object *socket)
{
    const struct profile *profile = socket_profile(socket);
    if (!socket->afd->network_up && !BEHAVES(profile, network_down, works))
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, network_down));
    if (!BEHAVES(profile, reservations_supported, yes))
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, reservations_supported));
    if (socket->kind.protocol == PROTOCOL_RAW && !BEHAVES(profile, unsupported_socket, grants))
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, unsupported_socket));
    if (socket->non_blocking && BEHAVES(profile, nonblocking_ioctl, wsaewouldblock))
        return STATUS_DEVICE_NOT_READY;
    ASSERT(socket->endpoint != NULL);
    return STATUS_SUCCESS;
}

nt_status socket_acquire(struct socket_object *socket, struct process *process,
                         const struct port_range *range, struct reservation_view *out)
{
    const struct profile *profile = socket_profile(socket);
    bool low = range->first != 0 && range->first < PORT_PRIVILEGED_END;

    if (!process->token.administrator) {
        if (BEHAVES(profile, acquire_privilege, administrator))
            return STATUS_ACCESS_DENIED;
        if (low && !BEHAVES(profile, acquire_low_port, granted))
            return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, acquire_low_port));
    }
    if (endpoint_is_bound(socket->endpoint) && !BEHAVES(profile, acquire_on_bound_socket, granted))
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, acquire_on_bound_socket));

    nt_status status =
        reservation_acquire(socket->afd->tcpip, socket->endpoint, process->id, range, out);
    if (nt_success(status))
        socket->acquirer = process->id;
    return status;
}

/* Whether the process has a descriptor of the socket whose endpoint this is. */
static bool holds(const struct process *process, const struct endpoint *endpoint)
{
    for (uint64_t handle = handle_next(process, 0, OBJECT_SOCKET); handle != 0;
         handle = handle_next(process, handle, OBJECT_SOCKET)) {
        const struct socket_object *socket = socket_find(process, handle);
        if (socket != NULL && socket->endpoint == endpoint)
            return true;
    }
    return false;
}

/* Whether another process acquired the block called `token`, on a socket that the caller's process
 * has a descriptor of.
 */
static bool shares_holder(const struct socket_object *socket, const struct process *process,
                          uint64_t token)
{
    struct afd *afd = socket->afd;
    if (afd->nt->processes->next == NULL)
        return false; /* there is no other process */
    const struct endpoint *endpoint = reservation_holder(afd->tcpip, token);
    if (endpoint == NULL || reservation_owner(afd->tcpip, token) == process->id)
        return false;
    return endpoint == socket->endpoint || holds(process, endpoint);
}

static struct requester requester_of(const struct socket_object *socket,
                                     const struct process *process, bool shares)
{
    return (struct requester){
        .process_id = process->id,
        .administrator = token_may_reserve(&process->token, socket_profile(socket)),
        .shares_holder = shares,
    };
}

nt_status socket_associate(struct socket_object *socket, struct process *process, uint64_t token)
{
    const struct profile *profile = socket_profile(socket);
    if (!process->token.administrator && BEHAVES(profile, acquire_privilege, administrator))
        return STATUS_ACCESS_DENIED;

    bool shares = shares_holder(socket, process, token);
    if (shares && !BEHAVES(profile, associate_from_duplicate, accepted))
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, associate_from_duplicate));
    const struct requester requester = requester_of(socket, process, shares);
    nt_status status =
        reservation_associate(socket->afd->tcpip, socket->endpoint, &requester, token);
    if (!nt_success(status))
        return status;
    if (BEHAVES(profile, associate_changes_socket, sets_exclusive))
        socket->values[SOCKET_EXCLUSIVE_ADDRESS] = 1;
    bool binds = socket->kind.protocol != PROTOCOL_RAW && endpoint_is_bound(socket->endpoint);
    if (socket->state == SOCKET_UNBOUND && binds)
        socket->state = SOCKET_BOUND; /* `associate_binds = at_once` */
    SLOW(socket_check(socket));
    return status;
}

nt_status socket_release(struct socket_object *socket, struct process *process, uint64_t token)
{
    if (!process->token.administrator &&
        BEHAVES(socket_profile(socket), release_privilege, administrator))
        return STATUS_ACCESS_DENIED;
    bool shares = shares_holder(socket, process, token);
    const struct requester requester = requester_of(socket, process, shares);
    return reservation_release(socket->afd->tcpip, socket->endpoint, &requester, token);
}

nt_status socket_set_cpu_affinity(struct socket_object *socket, uint16_t processor)
{
    (void)processor; /* which one does not show */
    const struct profile *profile = socket_profile(socket);
    if (socket->kind.protocol != PROTOCOL_UDP)
        return STATUS_NOT_SUPPORTED;
    if (socket->values[SOCKET_REUSE_ADDRESS] != 0 ||
        socket->values[SOCKET_REUSE_MULTICAST_PORT] != 0)
        return STATUS_INVALID_PARAMETER;
    if (socket->state != SOCKET_UNBOUND && !BEHAVES(profile, cpu_affinity_after_bind, accepted))
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, cpu_affinity_after_bind));
    socket->cpu_affinity = true;
    return STATUS_SUCCESS;
}
