#include "sim/nt/request.h"

#include "sim/engine/check.h"
#include "sim/nt/nt.h"
#include "sim/nt/telling.h"

/* A walk along a list from which anything may go meanwhile: lies on the walker's stack. */
struct request_walk {
    struct request *next;
    struct request_walk *outer;
    bool of_thread; /* along a thread's list; else a file's */
};

/* ---- The lists. The first one's `previous` is the last --------------------------------------- */

static void link_to_file(struct request *request)
{
    struct request **first = &request->file->requests;

    request->next_of_file = NULL;
    request->previous_of_file = request;
    if (*first == NULL) {
        *first = request;
        return;
    }
    request->previous_of_file = (*first)->previous_of_file;
    request->previous_of_file->next_of_file = request;
    (*first)->previous_of_file = request;
}

static void link_to_thread(struct request *request)
{
    struct request **first = &request->thread->requests;

    request->next_of_thread = NULL;
    request->previous_of_thread = request;
    if (*first == NULL) {
        *first = request;
        return;
    }
    request->previous_of_thread = (*first)->previous_of_thread;
    request->previous_of_thread->next_of_thread = request;
    (*first)->previous_of_thread = request;
}

static void unlink_from_file(struct request *request)
{
    struct request **first = &request->file->requests;
    struct request *next = request->next_of_file;

    if (*first == request)
        *first = next;
    else
        request->previous_of_file->next_of_file = next;
    if (next != NULL)
        next->previous_of_file = request->previous_of_file;
    else if (*first != NULL)
        (*first)->previous_of_file = request->previous_of_file;
}

static void unlink_from_thread(struct request *request)
{
    struct request **first = &request->thread->requests;
    struct request *next = request->next_of_thread;

    if (*first == request)
        *first = next;
    else
        request->previous_of_thread->next_of_thread = next;
    if (next != NULL)
        next->previous_of_thread = request->previous_of_thread;
    else if (*first != NULL)
        (*first)->previous_of_thread = request->previous_of_thread;
}

static void unlink_request(struct request *request)
{
    for (struct request_walk *walk = request->file->object.nt->walks; walk != NULL;
         walk = walk->outer)
        if (walk->next == request)
            walk->next = walk->of_thread ? request->next_of_thread : request->next_of_file;
    unlink_from_file(request);
    if (!request->on_stack)
        unlink_from_thread(request);
}

/* A synchronous request is its thread's from beginning to end, so that the end of the thread finds
 * it whatever came of it.
 */
static void push_call(struct request *request)
{
    request->next_of_thread = request->thread->calls;
    request->thread->calls = request;
}

static void remove_call(struct request *request)
{
    struct request **link = &request->thread->calls;
    while (*link != request)
        link = &(*link)->next_of_thread;
    *link = request->next_of_thread;
}

/* ---- Its life -------------------------------------------------------------------------------- */

static const struct profile *profile_of(const struct request *request)
{
    return request->file->object.nt->profile;
}

static void drop_if_any(struct object *object)
{
    if (object != NULL)
        object_release(object);
}

static struct object *thread_object(struct thread *thread)
{
    return thread != NULL ? &thread->object : NULL;
}

void request_free(struct request *request)
{
    struct file *file = request->file;
    struct thread *issuer = request->thread;
    struct object *event = request->delivery.event;
    struct object *apc_thread = thread_object(request->delivery.apc_thread);
    ASSERT(request->state == REQUEST_ISSUED || request->state == REQUEST_COMPLETED);
    ASSERT(request->waiter == NULL);

    if (request->on_stack)
        remove_call(request);
    else if (request->state == REQUEST_ISSUED)
        telling_refusal(request);
    void (*give_back)(struct request *) = request->ops->free;
    give_back(request); /* nothing of it may be read from here on */
    drop_if_any(event);
    drop_if_any(apc_thread);
    object_release(&issuer->object);
    object_release(&file->object);
}

void request_settle(struct nt *nt)
{
    struct request *told = nt->told;
    nt->told = NULL;
    if (told != NULL)
        request_free(told);
}

void request_begin(struct request *request, const struct request_ops *ops, struct file *file,
                   const struct request_delivery *delivery)
{
    struct nt *nt = file->object.nt;
    ASSERT(nt->current != NULL);
    ASSERT(ops->cancel != NULL && ops->free != NULL);

    request_settle(nt);
    request->ops = ops;
    request->file = file;
    request->thread = nt->current;
    request->state = REQUEST_ISSUED;
    request->status = STATUS_PENDING;
    request->information = 0;
    request->delivery = delivery != NULL ? *delivery : (struct request_delivery){0};
    request->waiter = NULL;
    request->on_stack = delivery == NULL;
    request->pended = false;
    object_reference(&file->object);
    object_reference(&request->thread->object);
    if (delivery == NULL) {
        push_call(request);
        return;
    }

    if (delivery->apc_thread != NULL)
        object_reference(&delivery->apc_thread->object);
    if (delivery->event != NULL)
        object_reference(delivery->event);
    telling_begins(request);
}

void request_pend(struct request *request)
{
    ASSERT(request->state == REQUEST_ISSUED);
    request->state = REQUEST_PENDING;
    request->pended = true;
    link_to_file(request);
    if (!request->on_stack)
        link_to_thread(request);
    SLOW(file_check(request->file));
}

/* ---- Its end --------------------------------------------------------------------------------- */

static bool is_error(nt_status status)
{
    return status >= 0xC0000000u;
}

/* It never pended: its caller is still in the call. */
static void complete_at_once(struct request *request)
{
    struct nt *nt = request->file->object.nt;
    if (request->on_stack)
        return;
    if (is_error(request->status))
        return;
    if (!telling_ends(request)) {
        ASSERT(nt->told == NULL);
        nt->told = request;
    }
}

static void complete_pended(struct request *request)
{
    unlink_request(request);
    if (request->on_stack) {
        if (request->waiter != NULL)
            object_signal(request->waiter);
        return;
    }
    struct nt *nt = request->file->object.nt;
    struct process *before;
    bool there = memory_enter(request->thread->process, &before);
    if (there && request->ops->finishing != NULL)
        request->ops->finishing(request);
    if (!there)
        request->delivery.block = NULL;
    if (!telling_ends(request))
        request_free(request);
    memory_leave(nt, before);
}

void request_complete(struct request *request, nt_status status, uint64_t information)
{
    ASSERT(request->state != REQUEST_COMPLETED);
    ASSERT(status != STATUS_PENDING);
    bool cancelled = request->state == REQUEST_CANCELLED && status == STATUS_CANCELLED;
    if (cancelled && !request->on_stack && BEHAVES(profile_of(request), cancel_end, succeeds))
        status = STATUS_SUCCESS;
    request->state = REQUEST_COMPLETED;
    request->status = status;
    request->information = information;
    if (request->pended)
        complete_pended(request);
    else
        complete_at_once(request);
}

/* ---- Waiting --------------------------------------------------------------------------------- */

static void waiter_destroy(struct object *object)
{
    (void)object; /* lies on a stack */
}

static const struct object_ops waiter_ops = {.destroy = waiter_destroy};

static void cancel(struct request *request)
{
    request->state = REQUEST_CANCELLED;
    bool on_stack = request->on_stack; /* the rest of it may be gone after this */
    request->ops->cancel(request);
    if (on_stack)
        ASSERT(request->state == REQUEST_COMPLETED);
}

static nt_status wait_until(struct request *request, uint64_t until_ns, bool alertable,
                            const char *call)
{
    struct nt *nt = request->file->object.nt;
    nt_status status;

    do {
        uint64_t now_ns = nt->engine->now_ns;
        const struct wait_request wait = {
            .objects = &request->waiter,
            .count = 1,
            .alertable = alertable,
            .timeout_ns = until_ns == UINT64_MAX ? UINT64_MAX
                          : until_ns > now_ns    ? until_ns - now_ns
                                                 : 0,
            .call = call,
        };
        status = wait_for(nt, &wait, NULL);
    } while (status == STATUS_USER_APC);
    return status;
}

nt_status request_wait(struct request *request, uint64_t timeout_ns, bool alertable,
                       const char *call)
{
    struct nt *nt = request->file->object.nt;
    ASSERT(request->on_stack);
    ASSERT(request->thread == nt->current);
    if (request->state == REQUEST_COMPLETED)
        return request->status;
    if (BEHAVES(nt->profile, apc_in_a_call, does_not))
        alertable = false;

    struct object waiter;
    object_init(&waiter, nt, OBJECT_EVENT, &waiter_ops);
    request->waiter = &waiter;
    uint64_t now_ns = nt->engine->now_ns;
    uint64_t until_ns = timeout_ns >= UINT64_MAX - now_ns ? UINT64_MAX : now_ns + timeout_ns;
    nt_status status = wait_until(request, until_ns, alertable, call);
    request->waiter = NULL;
    if (request->state == REQUEST_COMPLETED)
        return request->status;

    if (request->state == REQUEST_PENDING)
        cancel(request);
    ASSERT(request->state == REQUEST_COMPLETED);
    if (!is_error(request->status))
        return request->status;
    return status == STATUS_SUCCESS ? STATUS_CANCELLED : status;
}

/* ---- Cancelling ------------------------------------------------------------------------------ */

/* The filter as the profile understands it. */
static struct request_filter understood(const struct nt *nt, const struct request_filter *filter)
{
    struct request_filter own = *filter;
    if (BEHAVES(nt->profile, cancel_which, all_of_the_socket))
        own.block = NULL;
    if (BEHAVES(nt->profile, cancel_which, every_threads))
        own.thread = NULL;
    if (BEHAVES(nt->profile, cancel_which, own_threads))
        own.thread = nt->current;
    return own;
}

static bool matches(const struct request *request, const struct request_filter *filter)
{
    if (filter->process != NULL && request->thread->process != filter->process)
        return false;
    if (filter->thread != NULL && request->thread != filter->thread)
        return false;
    if (request->on_stack)
        return filter->synchronous && filter->block == NULL;
    return filter->block == NULL || request->delivery.block == filter->block;
}

nt_status request_cancel(struct file *file, const struct request_filter *filter)
{
    struct nt *nt = file->object.nt;
    struct request_walk walk = {.next = file->requests, .outer = nt->walks};
    const struct request_filter own = understood(nt, filter);
    bool only_first = BEHAVES(nt->profile, cancel_which, the_first);
    bool found = false;

    object_reference(&file->object);
    nt->walks = &walk;
    while (walk.next != NULL && !(found && only_first)) {
        struct request *request = walk.next;
        walk.next = request->next_of_file;
        if (!matches(request, &own))
            continue;
        found = true;
        if (request->state == REQUEST_PENDING)
            cancel(request);
    }
    ASSERT(nt->walks == &walk);
    nt->walks = walk.outer;
    object_release(&file->object);
    return found ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}

static bool outlives_its_thread(const struct request *request)
{
    const struct profile *profile = profile_of(request);
    const struct request_delivery *delivery = &request->delivery;
    bool tied = request->file->port != NULL;
    if (BEHAVES(profile, thread_end, none) ||
        (tied && BEHAVES(profile, thread_end, none_on_tied_sockets)) ||
        (tied && delivery->no_packet && BEHAVES(profile, thread_end, none_on_a_port)))
        return true;
    return tied && delivery->event == NULL && delivery->routine == NULL &&
           delivery->block != NULL && !delivery->no_packet &&
           BEHAVES(profile, thread_end_with_port, outlives);
}

static void cancel_of_thread(struct request *request)
{
    struct file *file = request->file;
    const struct request_filter everybody = {.process = request->thread->process};
    bool of_every_thread = BEHAVES(profile_of(request), thread_end, every_threads);

    object_reference(&file->object);
    cancel(request);
    if (of_every_thread)
        request_cancel(file, &everybody);
    object_release(&file->object);
}

/* A borrowed thread comes back to its calls and ends them itself; of another the stack goes. */
static void end_calls(struct thread *thread)
{
    struct request *next;
    for (struct request *call = thread->calls; call != NULL; call = next) {
        next = call->next_of_thread;
        if (call->state == REQUEST_PENDING)
            cancel(call);
        if (thread->borrowed)
            continue;
        call->waiter = NULL;
        request_free(call);
    }
}

void request_thread_ends(struct thread *thread)
{
    struct nt *nt = thread->object.nt;
    struct request_walk walk = {.next = thread->requests, .outer = nt->walks, .of_thread = true};

    nt->walks = &walk;
    while (walk.next != NULL) {
        struct request *request = walk.next;
        walk.next = request->next_of_thread;
        if (request->state == REQUEST_PENDING && !outlives_its_thread(request))
            cancel_of_thread(request);
    }
    ASSERT(nt->walks == &walk);
    nt->walks = walk.outer;
    end_calls(thread);
}

nt_status request_cancel_synchronous(struct thread *thread)
{
    /* The newest first: the others are of calls that an APC interrupted. */
    const struct profile *profile = thread->object.nt->profile;
    struct request *request = thread->calls;

    while (request != NULL && request->state != REQUEST_PENDING)
        request = request->next_of_thread;
    if (request == NULL && BEHAVES(profile, cancel_synchronous, every_request))
        request = thread->requests;
    if (request == NULL || BEHAVES(profile, cancel_synchronous, nothing))
        return STATUS_NOT_FOUND;
    cancel(request);
    return STATUS_SUCCESS;
}

/* ---- Files ----------------------------------------------------------------------------------- */

nt_status file_set_port(struct file *file, struct port *port, uint64_t key)
{
    if (file->port != NULL && BEHAVES(file->object.nt->profile, port_tied_twice, replaces)) {
        file->key = key;
        return STATUS_SUCCESS;
    }
    if (file->port != NULL)
        return STATUS_INVALID_PARAMETER;
    object_reference(port_object(port));
    file->port = port;
    file->key = key;
    return STATUS_SUCCESS;
}

void file_close(struct file *file)
{
    ASSERT(file->requests == NULL);
    struct port *port = file->port;
    file->port = NULL;
    if (port != NULL)
        object_release(port_object(port));
}

void file_check(const struct file *file)
{
    const struct request *last = NULL;

    for (const struct request *request = file->requests; request != NULL;
         request = request->next_of_file) {
        ASSERT(request->file == file);
        ASSERT(request->state == REQUEST_PENDING || request->state == REQUEST_CANCELLED);
        ASSERT(request->pended);
        ASSERT(request->thread != NULL);
        ASSERT(request->previous_of_file ==
               (last != NULL ? last : file->requests->previous_of_file));
        if (request->on_stack)
            ASSERT(request->delivery.block == NULL);
        if (request->delivery.routine != NULL)
            ASSERT(request->delivery.apc_thread != NULL);
        last = request;
    }
    if (last != NULL)
        ASSERT(file->requests->previous_of_file == last);
}
