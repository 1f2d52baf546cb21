/* Waiting for readiness: what select, WSAPoll and AFD_POLL are made of. */
#include "sim/afd/ready.h"
#include "sim/afd/waits.h"
#include "sim/engine/check.h"

enum { LINKS_ON_STACK = 16 };

static struct nt *nt_of(const struct poll *poll)
{
    return poll->afd->nt;
}

static const struct profile *profile_of(const struct poll *poll)
{
    return nt_of(poll)->profile;
}

static struct arena *arena_of(const struct poll *poll)
{
    return &nt_of(poll)->engine->arena;
}

/* ---- Links ----------------------------------------------------------------------------------- */

/* The main poll of a socket is the one that began when it had none: the next exclusive one looks
 * whether it may end that (Wine's tests on Windows).
 */
static void take_main(struct poll *poll, struct socket_waits *waits)
{
    if (waits->main_poll == NULL)
        waits->main_poll = poll;
}

static void link_all(struct poll *poll)
{
    poll->linked = true;
    for (uint32_t i = 0; i < poll->count; i++) {
        struct socket_object *socket = poll->entries[i].socket;
        struct poll_link *first = socket->waits->polls;
        take_main(poll, socket->waits);
        poll->links[i] = (struct poll_link){
            .next = first, .socket = socket, .poll = poll, .entry = &poll->entries[i]};
        if (first != NULL)
            first->previous = &poll->links[i];
        socket->waits->polls = &poll->links[i];
        object_reference(&socket->object);
    }
}

static void unlink_one(struct poll_link *link)
{
    struct socket_waits *waits = link->socket->waits;
    if (link->previous != NULL)
        link->previous->next = link->next;
    else
        waits->polls = link->next;
    if (link->next != NULL)
        link->next->previous = link->previous;
    if (waits->main_poll == link->poll)
        waits->main_poll = NULL;
}

static void unlink_all(struct poll *poll)
{
    if (!poll->linked)
        return;
    poll->linked = false;
    for (uint32_t i = 0; i < poll->count; i++) {
        unlink_one(&poll->links[i]);
        object_release(&poll->links[i].socket->object);
    }
}

static bool make_room(const struct poll *poll)
{
    for (uint32_t i = 0; i < poll->count; i++)
        if (socket_waits(poll->entries[i].socket) == NULL)
            return false;
    return true;
}

static void see(struct poll_entry *entry, uint32_t ready)
{
    entry->ready = ready;
    if ((ready & READY_CONNECT_FAILED) != 0)
        entry->status = entry->socket->connect_status;
}

static uint32_t look(struct poll_entry *entries, uint32_t count)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t ready = socket_ready(entries[i].socket);
        see(&entries[i], ready & (entries[i].wanted | READY_CLOSED));
        found += entries[i].ready != 0;
    }
    return found;
}

/* ---- Its end --------------------------------------------------------------------------------- */

static void forget(struct poll *poll)
{
    for (uint32_t i = 0; i < poll->count; i++)
        poll->entries[i].ready = 0;
}

/* Nothing of a poll in the arena may be read after this. */
static void end(struct poll *poll, nt_status status)
{
    if (poll->timer != 0)
        engine_cancel(nt_of(poll)->engine, poll->timer);
    poll->timer = 0;
    unlink_all(poll);
    request_complete(&poll->request, status, 0);
}

static void cancel(struct request *request)
{
    struct poll *poll = (struct poll *)request;
    forget(poll);
    end(poll, STATUS_CANCELLED);
}

static void time_is_up(void *context, uint64_t argument)
{
    struct poll *poll = context;
    (void)argument;
    poll->timer = 0;
    forget(poll);
    end(poll, BEHAVES(profile_of(poll), afd_poll_time, success) ? STATUS_SUCCESS : STATUS_TIMEOUT);
}

static bool is_told(const struct poll *poll)
{
    return !poll->request.on_stack;
}

/* What has been told of each socket: of no matter, but to a defect that tells changes alone. */
static void note_told(const struct poll *poll)
{
    for (uint32_t i = 0; i < poll->count; i++)
        if (poll->entries[i].socket->waits != NULL)
            poll->entries[i].socket->waits->told |= poll->entries[i].ready;
}

static bool is_news(const struct poll *poll)
{
    bool news = !is_told(poll) || !BEHAVES(profile_of(poll), afd_poll_level, edge);
    for (uint32_t i = 0; i < poll->count && !news; i++) {
        const struct socket_waits *waits = poll->entries[i].socket->waits;
        news = (poll->entries[i].ready & (waits != NULL ? ~waits->told : UINT32_MAX)) != 0;
    }
    return news;
}

/* A packet beside the one that is due: a defect. */
static void post_again(const struct poll *poll)
{
    const struct request_delivery *delivery = &poll->request.delivery;
    struct port *port = poll->request.file->port;
    struct packet *copy =
        port == NULL || delivery->no_packet ? NULL : ARENA_NEW(arena_of(poll), struct packet);
    if (copy == NULL)
        return;
    *copy = (struct packet){
        .key = poll->request.file->key, .context = delivery->context, .done = packet_give};
    port_post(port, copy);
}

/* All entries are looked at in the moment of the first that is ready, as they then stood. */
static void finish(struct poll *poll)
{
    for (uint32_t i = 0; i < poll->count; i++) {
        struct poll_entry *entry = poll->links[i].entry;
        if (entry->ready == 0)
            see(entry, socket_ready(entry->socket) & (entry->wanted | READY_CLOSED));
    }
    note_told(poll);
    if (BEHAVES(profile_of(poll), afd_poll_told, twice))
        post_again(poll);
    end(poll, STATUS_SUCCESS);
}

enum { LATE_NS = INT32_MAX };

static void tell_late(void *context, uint64_t argument)
{
    struct poll *poll = context;
    (void)argument;
    poll->timer = 0;
    poll->linked ? finish(poll) : end(poll, STATUS_SUCCESS);
}

/* Somebody is ready. What the profile makes of it. */
static void tell(struct poll *poll)
{
    struct engine *engine = nt_of(poll)->engine;
    bool late = is_told(poll) && BEHAVES(profile_of(poll), afd_poll_told, late);
    if (!late) {
        finish(poll);
        return;
    }
    if (poll->timer != 0)
        engine_cancel(engine, poll->timer);
    unlink_all(poll);
    poll->timer = engine_post(engine, engine->now_ns + LATE_NS, tell_late, poll, 0);
    if (poll->timer == 0)
        end(poll, STATUS_SUCCESS);
}

/* What a poll is to be told of all that its socket is. */
static uint32_t wanted_of(const struct poll *poll, uint32_t ready, uint32_t wanted)
{
    const struct profile *profile = profile_of(poll);
    if (is_told(poll) && BEHAVES(profile, afd_poll_told, never))
        return 0;
    bool silent = is_told(poll) && BEHAVES(profile, afd_poll_close, silent);
    return ready & (wanted | (silent ? 0 : READY_CLOSED));
}

void ready_changed(struct socket_object *socket)
{
    if (socket->waits == NULL || socket->waits->polls == NULL)
        return;
    uint32_t ready = socket_ready(socket);
    struct poll_link *link = socket->waits->polls;
    object_reference(&socket->object);
    while (link != NULL) {
        uint32_t found = wanted_of(link->poll, ready, link->entry->wanted);
        if (found != 0) {
            see(link->entry, found);
            tell(link->poll);
            link = socket->waits->polls; /* the poll may have had more links here */
        } else {
            link = link->next;
        }
    }
    object_release(&socket->object);
}

void ready_socket_closed(struct socket_object *socket)
{
    ASSERT(socket->state == SOCKET_CLOSED);
    ready_changed(socket);
}

/* ---- A caller that waits in select or WSAPoll ------------------------------------------------ */

/* It lies on the caller's stack. */
static void leave_alone(struct request *request)
{
    (void)request;
}

static const struct request_ops stack_ops = {
    .cancel = cancel, .finishing = NULL, .free = leave_alone, .call = "select"};

/* The links are unlinked by whoever ends the wait; a time-out ends it by cancel. */
static nt_status wait_ready(struct poll *poll, uint64_t timeout_ns, bool alertable,
                            const char *call)
{
    if (!make_room(poll))
        return STATUS_INSUFFICIENT_RESOURCES;
    request_begin(&poll->request, &stack_ops, &poll->entries[0].socket->file, NULL);
    link_all(poll);
    request_pend(&poll->request);
    nt_status status = request_wait(&poll->request, timeout_ns, alertable, call);
    ASSERT(!poll->linked);
    request_free(&poll->request);
    return status;
}

nt_status sockets_poll(struct afd *afd, struct poll_entry *entries, uint32_t count,
                       uint64_t timeout_ns, bool alertable, const char *call)
{
    ASSERT(count > 0);
    if (look(entries, count) > 0)
        return STATUS_SUCCESS;
    if (timeout_ns == 0) {
        looked_in_vain(afd->nt);
        return look(entries, count) > 0 ? STATUS_SUCCESS : STATUS_TIMEOUT;
    }
    struct arena *arena = &afd->nt->engine->arena;
    struct poll_link few[LINKS_ON_STACK];
    struct poll poll = {.afd = afd, .entries = entries, .links = few, .count = count};
    if (count > LINKS_ON_STACK)
        poll.links = arena_take(arena, count * sizeof *poll.links);
    if (poll.links == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    nt_status status = wait_ready(&poll, timeout_ns, alertable, call);
    if (poll.links != few)
        arena_give(arena, poll.links, count * sizeof *poll.links);
    return status;
}

/* ---- A poll that pends ----------------------------------------------------------------------- */

/* The poll, its links, its entries: one piece. */
static size_t bytes_for(uint32_t count)
{
    return sizeof(struct poll) + count * (sizeof(struct poll_link) + sizeof(struct poll_entry));
}

static void give_back(struct request *request)
{
    struct poll *poll = (struct poll *)request;
    ASSERT(!poll->linked);
    ASSERT(poll->timer == 0);
    arena_give(arena_of(poll), poll, bytes_for(poll->count));
}

static void write_results(struct request *request)
{
    struct poll *poll = (struct poll *)request;
    poll->finishing(poll);
}

static const struct request_ops ops = {
    .cancel = cancel, .finishing = write_results, .free = give_back, .call = "AFD_POLL"};

struct poll *poll_new(struct afd *afd, struct file *file, uint32_t count,
                      const struct request_delivery *delivery)
{
    ASSERT(count > 0);
    struct poll *poll = arena_take(&afd->nt->engine->arena, bytes_for(count));
    if (poll == NULL)
        return NULL;
    *poll = (struct poll){.afd = afd, .count = count};
    poll->links = (struct poll_link *)(poll + 1);
    poll->entries = (struct poll_entry *)(poll->links + count);
    for (uint32_t i = 0; i < count; i++)
        poll->entries[i] = (struct poll_entry){0};
    request_begin(&poll->request, &ops, file, delivery);
    return poll;
}

void poll_drop(struct poll *poll)
{
    request_free(&poll->request);
}

uint32_t poll_found(const struct poll *poll)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < poll->count; i++)
        found += poll->entries[i].ready != 0;
    return found;
}

/* What the polls that stand in the way of an exclusive one end with. */
static nt_status displaced_status(const struct poll *poll)
{
    return BEHAVES(profile_of(poll), afd_poll_displaced, cancelled) ? STATUS_CANCELLED
                                                                    : STATUS_SUCCESS;
}

/* An exclusive poll ends the main poll of each of its sockets, when that is exclusive too. */
static void displace_others(struct poll *poll)
{
    if (!poll->exclusive || BEHAVES(profile_of(poll), afd_poll_exclusive, like_any_other))
        return;
    for (uint32_t i = 0; i < poll->count; i++) {
        const struct socket_waits *waits = poll->entries[i].socket->waits;
        struct poll *before = waits != NULL ? waits->main_poll : NULL;
        if (before == NULL || !before->exclusive)
            continue;
        forget(before);
        end(before, displaced_status(poll));
    }
}

/* What was found at once. */
static nt_status answer(struct poll *poll)
{
    note_told(poll);
    poll->finishing(poll);
    request_complete(&poll->request, STATUS_SUCCESS, poll->request.information);
    return STATUS_SUCCESS;
}

static nt_status pend(struct poll *poll, uint64_t timeout_ns)
{
    struct engine *engine = nt_of(poll)->engine;
    if (!make_room(poll))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (timeout_ns < UINT64_MAX - engine->now_ns) {
        poll->timer = engine_post(engine, engine->now_ns + timeout_ns, time_is_up, poll, 0);
        if (poll->timer == 0)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    link_all(poll);
    request_pend(&poll->request);
    return STATUS_PENDING;
}

nt_status poll_begin(struct poll *poll, uint64_t timeout_ns)
{
    ASSERT(poll->finishing != NULL);
    for (uint32_t i = 0; i < poll->count; i++)
        if (BEHAVES(profile_of(poll), afd_poll_mask, everything))
            poll->entries[i].wanted = UINT32_MAX;
    displace_others(poll);
    if (look(poll->entries, poll->count) > 0 && is_news(poll))
        return answer(poll);
    forget(poll);
    return timeout_ns == 0 ? answer(poll) : pend(poll, timeout_ns);
}

nt_status poll_wait(struct poll *poll, bool alertable, const char *call)
{
    nt_status status = request_wait(&poll->request, UINT64_MAX, alertable, call);
    poll->finishing(poll);
    return status;
}

void polls_of_closed_file(struct file *file)
{
    const struct request_filter all = {0};
    if (BEHAVES(file->object.nt->profile, afd_poll_handle_closed, ends))
        request_cancel(file, &all);
}
