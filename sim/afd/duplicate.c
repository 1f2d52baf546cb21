/* Duplicates of sockets for other processes. As in Windows, the handle is made in the target at
 * once, so the socket stays open for it; the ticket, which travels in WSAPROTOCOL_INFO, says which
 * handle that is and may be used once.
 */
#include "sim/afd/socket.h"
#include "sim/engine/check.h"

struct ticket {
    struct ticket *next;
    struct socket_object *socket; /* open at least as long as the target's handle */
    uint64_t handle;
    uint32_t process_id;
    uint32_t number; /* never 0, never used twice in a boot */
    bool claimed;    /* kept only under `protocol_info_reuse = again` */
};

/* A handle that was claimed while the socket was unbound: what its process knows of the socket is
 * what it knew then (row 138).
 */
struct twin {
    struct twin *next;
    const struct socket_object *socket;
    uint64_t handle;
    uint32_t process_id;
    bool stale; /* the socket has been bound through another handle since */
};

static struct arena *arena_of(const struct afd *afd)
{
    return &afd->nt->engine->arena;
}

nt_status socket_duplicate(struct socket_object *socket, uint32_t process_id, uint32_t *number)
{
    struct afd *afd = socket->afd;
    struct process *target = process_find(afd->nt, process_id);
    if (target == NULL)
        return STATUS_INVALID_PARAMETER;
    struct ticket *ticket = ARENA_NEW(arena_of(afd), struct ticket);
    if (ticket == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    uint64_t handle;
    nt_status status = handle_open(target, &socket->object, true, &handle);
    if (!nt_success(status)) {
        arena_give(arena_of(afd), ticket, sizeof *ticket);
        return status;
    }
    *ticket = (struct ticket){
        .next = afd->tickets,
        .socket = socket,
        .handle = handle,
        .process_id = process_id,
        .number = ++afd->tickets_made,
    };
    afd->tickets = ticket;
    socket->duplicated = true;
    *number = ticket->number;
    return STATUS_SUCCESS;
}

static void drop(struct afd *afd, struct ticket **place)
{
    struct ticket *ticket = *place;
    *place = ticket->next;
    arena_give(arena_of(afd), ticket, sizeof *ticket);
}

/* ---- What a duplicate knows ------------------------------------------------------------------ */

static bool remember_twin(struct socket_object *socket, const struct process *process,
                          uint64_t handle)
{
    struct afd *afd = socket->afd;
    if (socket->state != SOCKET_UNBOUND || socket->kind.protocol != PROTOCOL_UDP)
        return true;
    struct twin *twin = ARENA_NEW(arena_of(afd), struct twin);
    if (twin == NULL)
        return false;
    *twin = (struct twin){afd->twins, socket, handle, process->id, false};
    afd->twins = twin;
    return true;
}

void socket_bound_through(struct socket_object *socket, const struct process *process,
                          uint64_t handle)
{
    for (struct twin *twin = socket->afd->twins; twin != NULL; twin = twin->next)
        if (twin->socket == socket && !(twin->handle == handle && twin->process_id == process->id))
            twin->stale = true;
}

bool socket_seems_unbound(const struct socket_object *socket, const struct process *process,
                          uint64_t handle)
{
    if (BEHAVES(socket_profile(socket), duplicate_learns_bind, learns))
        return false;
    for (const struct twin *twin = socket->afd->twins; twin != NULL; twin = twin->next)
        if (twin->socket == socket && twin->handle == handle && twin->process_id == process->id)
            return twin->stale;
    return false;
}

static void forget_twins(struct socket_object *socket)
{
    for (struct twin **place = &socket->afd->twins; *place != NULL;) {
        struct twin *twin = *place;
        if (twin->socket != socket) {
            place = &twin->next;
            continue;
        }
        *place = twin->next;
        arena_give(arena_of(socket->afd), twin, sizeof *twin);
    }
}

void ticket_forget(struct socket_object *socket)
{
    forget_twins(socket);
    for (struct ticket **place = &socket->afd->tickets; *place != NULL;) {
        if ((*place)->socket == socket)
            drop(socket->afd, place);
        else
            place = &(*place)->next;
    }
}

/* A socket of its own in the duplicate's place: the defect `duplicate_state = not_association`. The
 * duplicate's handle goes, and with the last handle the socket.
 */
static nt_status open_apart(struct socket_object *socket, struct process *process,
                            uint64_t duplicate, uint64_t *handle)
{
    const struct socket_opening opening = {
        .kind = socket->kind, .overlapped = socket->overlapped, .inherit = true};
    nt_status status = socket_open(socket->afd, process, &opening, handle);
    if (nt_success(status))
        handle_close(process, duplicate);
    return status;
}

nt_status socket_claim(struct afd *afd, struct process *process, uint32_t number, uint64_t *handle)
{
    const struct profile *profile = afd->nt->profile;
    struct ticket **place = &afd->tickets;
    while (*place != NULL && (*place)->number != number)
        place = &(*place)->next;
    struct ticket *ticket = *place;
    if (ticket == NULL || ticket->process_id != process->id)
        return STATUS_INVALID_PARAMETER;
    struct socket_object *socket = ticket->socket;
    if (ticket->claimed)
        return handle_open(process, &socket->object, true, handle);
    uint64_t duplicate = ticket->handle;
    if (handle_find(process, duplicate, OBJECT_SOCKET) != &socket->object)
        return STATUS_INVALID_PARAMETER; /* the target closed the handle it had been given */

    if (!remember_twin(socket, process, duplicate))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (BEHAVES(profile, protocol_info_reuse, again))
        ticket->claimed = true;
    else
        drop(afd, place);
    if (socket->state == SOCKET_UNBOUND && BEHAVES(profile, duplicate_state, not_association))
        return open_apart(socket, process, duplicate, handle);
    *handle = duplicate;
    return STATUS_SUCCESS;
}
