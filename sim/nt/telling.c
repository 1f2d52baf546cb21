#include "sim/nt/telling.h"

#include <stddef.h>

#include "sim/engine/check.h"
#include "sim/nt/nt.h"

static struct nt *nt_of(const struct request *request)
{
    return request->file->object.nt;
}

static const struct profile *profile_of(const struct request *request)
{
    return nt_of(request)->profile;
}

/* ---- The block ------------------------------------------------------------------------------- */

enum { WRITTEN_AGAIN_NS = 5000000 };

/* Not when the guest has given its pages back meanwhile. */
static bool block_is_there(const struct request *request)
{
    const struct io_status *block = request->delivery.block;
    return block != NULL && userspace_probe(&request->thread->process->userspace, block,
                                            sizeof *block, ACCESS_WRITE);
}

static void write_again(void *context, uint64_t status)
{
    struct io_status *block = context;
    block->status = status;
}

static void write_block(struct request *request)
{
    const struct profile *profile = profile_of(request);
    struct engine *engine = nt_of(request)->engine;
    struct io_status *block = request->delivery.block;
    if (!block_is_there(request))
        return;
    block->information = BEHAVES(profile, request_block, no_bytes) ? 0 : request->information;
    block->status = request->status;
    if (BEHAVES(profile, request_block, written_again))
        engine_post(engine, engine->now_ns + WRITTEN_AGAIN_NS, write_again, block, request->status);
}

static void mark_block(struct request *request)
{
    const struct profile *profile = profile_of(request);
    struct io_status *block = request->delivery.block;
    if (block == NULL || request->delivery.block_at_the_end)
        return;
    if (!BEHAVES(profile, request_block, not_marked))
        block->status = STATUS_PENDING;
    if (BEHAVES(profile, request_block, information_cleared))
        block->information = 0;
}

/* ---- The event ------------------------------------------------------------------------------- */

/* The file is the event where there is no other (row 116). */
static bool file_is_event(const struct request *request)
{
    const struct profile *profile = profile_of(request);
    return (request->file->modes & FILE_SKIPS_EVENT) == 0 ||
           BEHAVES(profile, skip_event_on_handle, nothing);
}

static void set_event(struct request *request)
{
    const struct profile *profile = profile_of(request);
    if (BEHAVES(profile, request_event, never))
        return;
    if (request->delivery.event != NULL)
        object_signal(request->delivery.event);
    else if (file_is_event(request) && !BEHAVES(profile, request_event, not_the_handle))
        object_signal(&request->file->object);
}

void telling_begins(struct request *request)
{
    const struct profile *profile = profile_of(request);
    struct object *event = request->delivery.event;

    mark_block(request);
    if (event != NULL && !BEHAVES(profile, request_event, left_set))
        object_unsignal(event);
    if (file_is_event(request))
        object_unsignal(&request->file->object);
    if (BEHAVES(profile, request_event, at_the_beginning))
        set_event(request);
}

/* ---- The routine ----------------------------------------------------------------------------- */

static void apc_run(struct nt *nt, struct apc *apc)
{
    struct request *request = (struct request *)((char *)apc - offsetof(struct request, apc));
    (void)nt;
    request->delivery.routine(request); /* gives it back */
}

static void apc_drop(struct nt *nt, struct apc *apc)
{
    (void)nt;
    request_free((struct request *)((char *)apc - offsetof(struct request, apc)));
}

/* Any other thread of the process that has not ended. */
static struct thread *another_thread(struct thread *thread)
{
    struct thread *other = thread->process->threads;
    while (other != NULL && (other == thread || other->state == THREAD_ENDED))
        other = other->next_in_process;
    return other != NULL ? other : thread;
}

static bool queue_routine(struct request *request)
{
    const struct profile *profile = profile_of(request);
    struct thread *thread = request->delivery.apc_thread;
    if (BEHAVES(profile, request_routine, never) ||
        (BEHAVES(profile, request_routine, not_at_once) && !request->pended))
        return false;
    if (BEHAVES(profile, request_routine, on_another_thread))
        thread = another_thread(thread);
    request->apc = (struct apc){.run = apc_run, .drop = apc_drop};
    return apc_queue(thread, &request->apc);
}

/* ---- The packet ------------------------------------------------------------------------------ */

static void packet_done(struct nt *nt, struct packet *packet)
{
    (void)nt;
    request_free((struct request *)((char *)packet - offsetof(struct request, packet)));
}

/* What a packet of the request holds, wrong where the profile has it so. */
static struct packet packet_of(const struct request *request)
{
    const struct profile *profile = profile_of(request);
    uint64_t key = request->file->key;
    const struct request_delivery *delivery = &request->delivery;
    uint64_t context = delivery->context != 0 ? delivery->context : (uintptr_t)delivery->block;
    uint64_t one = BEHAVES(profile, request_packet, wrong_bytes) ? 1 : 0;
    return (struct packet){
        .key = BEHAVES(profile, request_packet, wrong_key) ? 0 : key,
        .context = BEHAVES(profile, request_packet, no_overlapped) ? 0 : context,
        .status = request->status,
        .information = request->information + one,
        .done = packet_done,
    };
}

/* A packet that belongs to no request. */
static void post_copy(const struct request *request)
{
    struct packet *copy = ARENA_NEW(&nt_of(request)->engine->arena, struct packet);
    if (copy == NULL)
        return;
    *copy = packet_of(request);
    copy->done = packet_give;
    port_post(request->file->port, copy);
}

static bool skips_success(const struct request *request)
{
    const struct profile *profile = profile_of(request);
    if ((request->file->modes & FILE_SKIPS_PACKET_ON_SUCCESS) == 0 ||
        BEHAVES(profile, skip_on_success, nothing))
        return false;
    return !request->pended || BEHAVES(profile, skip_on_success, always);
}

static bool leaves_packet(const struct request *request)
{
    const struct profile *profile = profile_of(request);
    const struct request_delivery *delivery = &request->delivery;
    if (request->file->port == NULL || delivery->block == NULL || skips_success(request))
        return false;
    if (delivery->no_packet && !BEHAVES(profile, request_packet, despite_the_low_bit))
        return false;
    if (delivery->event != NULL && BEHAVES(profile, request_packet, not_beside_an_event))
        return false;
    if (!request->pended && BEHAVES(profile, request_packet, not_at_once))
        return false;
    return !BEHAVES(profile, request_packet, never);
}

/* To a closed port there is none: the request stays its caller's to read. */
static bool post_packet(struct request *request)
{
    if (!leaves_packet(request) || port_is_closed(request->file->port))
        return false;
    if (BEHAVES(profile_of(request), request_packet, twice))
        post_copy(request);
    request->packet = packet_of(request);
    port_post(request->file->port, &request->packet);
    return true;
}

bool telling_ends(struct request *request)
{
    ASSERT(request->state == REQUEST_COMPLETED);
    ASSERT(!request->on_stack);
    write_block(request);
    set_event(request);
    return request->delivery.routine != NULL ? queue_routine(request) : post_packet(request);
}

void telling_refusal(struct request *request)
{
    if (BEHAVES(profile_of(request), request_event, after_a_refusal))
        set_event(request);
    if (BEHAVES(profile_of(request), request_packet, after_a_refusal) &&
        request->file->port != NULL && request->delivery.block != NULL)
        post_copy(request);
}
