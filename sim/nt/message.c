#include "sim/nt/message.h"

#include <stddef.h>

#include "sim/engine/check.h"
#include "sim/nt/nt.h"

/* A message whose sender waits. */
struct sent {
    struct sent *next;
    struct message message;
    struct message_queue *sender; /* NULL: it ended meanwhile */
    bool answered, failed;
    int64_t result;
};

struct message_timer {
    struct message_timer *next;
    struct message_queue *queue;
    uint64_t window, number, period_ns;
    int64_t parameter;
    uint64_t event; /* of the engine */
    bool due;
};

struct message_queue {
    struct thread *thread;
    struct object *woken; /* set whenever something comes */
    struct message *first, *last;
    uint32_t count;
    struct sent *sent;      /* to it, the oldest first */
    struct sent *answering; /* taken from there, the innermost first */
    struct message_timer *timers;
    bool quits;
    uint32_t exit_code;
    bool fresh; /* something came since the last look */
};

static struct arena *arena_of(const struct message_queue *queue)
{
    return &queue->thread->object.nt->engine->arena;
}

static const struct profile *profile_of(const struct message_queue *queue)
{
    return queue->thread->object.nt->profile;
}

static struct message_queue *queue_of(struct thread *thread)
{
    struct nt *nt = thread->object.nt;

    if (thread->messages != NULL || thread->state == THREAD_ENDED)
        return thread->messages;
    struct message_queue *queue = ARENA_NEW(&nt->engine->arena, struct message_queue);
    if (queue == NULL)
        return NULL;
    queue->thread = thread;
    queue->woken = event_create(nt, false, false);
    if (queue->woken == NULL) {
        arena_give(&nt->engine->arena, queue, sizeof *queue);
        return NULL;
    }
    thread->messages = queue;
    return queue;
}

static void wake(struct message_queue *queue)
{
    queue->fresh = true;
    object_signal(queue->woken);
}

/* ---- Windows --------------------------------------------------------------------------------- */

/* Windows' handles are no kernel handles: even numbers that kernel objects do not have. */
enum { FIRST_WINDOW = 0x10002, WINDOW_STEP = 4 };

struct window *window_create(struct thread *thread)
{
    struct nt *nt = thread->object.nt;
    struct window *window =
        queue_of(thread) == NULL ? NULL : ARENA_NEW(&nt->engine->arena, struct window);

    if (window == NULL)
        return NULL;
    window->thread = thread;
    window->handle = FIRST_WINDOW + WINDOW_STEP * nt->windows_made++;
    struct window **end = &nt->windows;
    while (*end != NULL)
        end = &(*end)->next;
    *end = window;
    return window;
}

struct window *window_find(struct nt *nt, uint64_t handle)
{
    struct window *window = nt->windows;
    while (window != NULL && window->handle != handle)
        window = window->next;
    return window;
}

static void drop_messages(struct message_queue *queue, uint64_t window)
{
    struct message **link = &queue->first;
    queue->last = NULL;
    while (*link != NULL) {
        struct message *message = *link;
        if (message->window != window) {
            queue->last = message;
            link = &message->next;
            continue;
        }
        *link = message->next;
        queue->count--;
        arena_give(arena_of(queue), message, sizeof *message);
    }
}

static void drop_timer(struct message_timer **link)
{
    struct message_timer *timer = *link;
    *link = timer->next;
    if (timer->event != 0)
        engine_cancel(timer->queue->thread->object.nt->engine, timer->event);
    arena_give(arena_of(timer->queue), timer, sizeof *timer);
}

/* Those of a window that is gone (0: of all) have no answer. */
static void fail_sent(struct message_queue *queue, struct sent **link, uint64_t window)
{
    while (*link != NULL) {
        struct sent *sent = *link;
        if (window != 0 && sent->message.window != window) {
            link = &sent->next;
            continue;
        }
        *link = sent->next;
        sent->answered = sent->failed = true;
        if (sent->sender != NULL)
            wake(sent->sender);
        else
            arena_give(arena_of(queue), sent, sizeof *sent);
    }
}

void window_destroy(struct window *window)
{
    struct nt *nt = window->thread->object.nt;
    struct message_queue *queue = window->thread->messages;

    ASSERT(queue != NULL);
    drop_messages(queue, window->handle);
    fail_sent(queue, &queue->sent, window->handle);
    for (struct message_timer **link = &queue->timers; *link != NULL;) {
        if ((*link)->window == window->handle)
            drop_timer(link);
        else
            link = &(*link)->next;
    }
    struct window **link = &nt->windows;
    while (*link != window)
        link = &(*link)->next;
    *link = window->next;
    arena_give(&nt->engine->arena, window, sizeof *window);
}

/* ---- Telling --------------------------------------------------------------------------------- */

static nt_status post(struct message_queue *queue, const struct message *message)
{
    if (queue->count >= MESSAGES_MAX)
        return STATUS_QUOTA_EXCEEDED;
    struct message *copy = ARENA_NEW(arena_of(queue), struct message);
    if (copy == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *copy = *message;
    copy->next = NULL;
    copy->time_ns = nt_uptime_ns(queue->thread->object.nt);
    if (BEHAVES(profile_of(queue), message_order, last_first)) {
        copy->next = queue->first;
        queue->first = copy;
    } else if (queue->first == NULL) {
        queue->first = copy;
    } else {
        queue->last->next = copy;
    }
    if (copy->next == NULL)
        queue->last = copy;
    queue->count++;
    wake(queue);
    return STATUS_SUCCESS;
}

bool messages_post(struct nt *nt, uint64_t handle, uint32_t number, uint64_t wparam,
                   int64_t lparam)
{
    const struct message message = {
        .window = handle, .number = number, .wparam = wparam, .lparam = lparam};
    const struct window *window = window_find(nt, handle);

    return window != NULL && post(window->thread->messages, &message) == STATUS_SUCCESS;
}

nt_status messages_post_thread(struct thread *thread, uint32_t number, uint64_t wparam,
                               int64_t lparam)
{
    const struct message message = {.number = number, .wparam = wparam, .lparam = lparam};
    struct message_queue *queue = thread->messages;

    if (queue == NULL && (thread == thread->object.nt->current ||
                          BEHAVES(thread->object.nt->profile, thread_without_queue, yes)))
        queue = queue_of(thread);
    return queue == NULL ? STATUS_INVALID_PARAMETER : post(queue, &message);
}

/* ---- Sending --------------------------------------------------------------------------------- */

static void answer(struct message_queue *queue, struct sent *sent)
{
    struct window *window = window_find(queue->thread->object.nt, sent->message.window);

    if (window == NULL || window->thread != queue->thread)
        sent->failed = true;
    else
        sent->result = window->procedure(window, sent->message.number, sent->message.wparam,
                                         sent->message.lparam);
    queue->answering = sent->next;
    sent->answered = true;
    if (sent->sender != NULL)
        wake(sent->sender);
    else
        arena_give(arena_of(queue), sent, sizeof *sent);
}

static void answer_all(struct message_queue *queue)
{
    while (queue->sent != NULL) {
        struct sent *sent = queue->sent;
        queue->sent = sent->next;
        sent->next = queue->answering;
        queue->answering = sent;
        answer(queue, sent);
    }
}

static nt_status ask(struct message_queue *from, struct message_queue *to, struct sent *sent,
                     uint64_t timeout_ns)
{
    struct nt *nt = from->thread->object.nt;
    uint64_t start_ns = nt->engine->now_ns;
    struct sent **end = &to->sent;

    while (*end != NULL)
        end = &(*end)->next;
    *end = sent;
    wake(to);
    while (!sent->answered) {
        answer_all(from);
        if (sent->answered)
            break;
        uint64_t past_ns = nt->engine->now_ns - start_ns;
        nt_status status = wait_for_objects(
            nt, &from->woken, 1, false,
            timeout_ns == UINT64_MAX ? UINT64_MAX : timeout_ns - past_ns, "SendMessage", NULL);
        if (status != STATUS_SUCCESS)
            return status;
    }
    return sent->failed ? STATUS_INVALID_HANDLE : STATUS_SUCCESS;
}

nt_status messages_send(struct window *window, const struct message *message, uint64_t timeout_ns,
                        int64_t *result)
{
    struct nt *nt = window->thread->object.nt;
    struct message_queue *from = queue_of(nt->current);

    if (window->thread == nt->current || BEHAVES(nt->profile, sent_on_thread, senders)) {
        *result = window->procedure(window, message->number, message->wparam, message->lparam);
        return STATUS_SUCCESS;
    }
    struct sent *sent = from == NULL ? NULL : ARENA_NEW(&nt->engine->arena, struct sent);
    if (sent == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *sent = (struct sent){.message = *message, .sender = from};
    nt_status status = ask(from, window->thread->messages, sent, timeout_ns);
    *result = sent->result;
    if (sent->answered)
        arena_give(&nt->engine->arena, sent, sizeof *sent);
    else
        sent->sender = NULL; /* whoever answers gives it back */
    return status;
}

/* ---- Taking ---------------------------------------------------------------------------------- */

static bool passes(const struct message_filter *filter, uint64_t window, uint32_t number)
{
    if (filter->window == UINT64_MAX ? window != 0
                                     : filter->window != 0 && filter->window != window)
        return false;
    return (filter->first == 0 && filter->last == 0) ||
           (number >= filter->first && number <= filter->last);
}

static bool take_posted(struct message_queue *queue, const struct message_filter *filter,
                        bool keep, struct message *message)
{
    struct message *before = NULL;
    struct message *at = queue->first;

    while (at != NULL && !passes(filter, at->window, at->number)) {
        before = at;
        at = at->next;
    }
    if (at == NULL)
        return false;
    *message = *at;
    if (keep)
        return true;
    if (before == NULL)
        queue->first = at->next;
    else
        before->next = at->next;
    if (queue->last == at)
        queue->last = before;
    queue->count--;
    arena_give(arena_of(queue), at, sizeof *at);
    return true;
}

static bool take_timer(struct message_queue *queue, const struct message_filter *filter, bool keep,
                       struct message *message)
{
    for (struct message_timer *timer = queue->timers; timer != NULL; timer = timer->next) {
        if (!timer->due || !passes(filter, timer->window, MESSAGE_TIMER))
            continue;
        *message = (struct message){.window = timer->window,
                                    .number = MESSAGE_TIMER,
                                    .wparam = timer->number,
                                    .lparam = timer->parameter,
                                    .time_ns = nt_uptime_ns(queue->thread->object.nt)};
        if (!keep)
            timer->due = false;
        return true;
    }
    return false;
}

static bool take_quit(struct message_queue *queue, bool keep, struct message *message)
{
    if (!queue->quits)
        return false;
    *message = (struct message){.number = MESSAGE_QUIT, .wparam = queue->exit_code};
    queue->quits = keep;
    return true;
}

bool messages_take(const struct message_filter *filter, struct nt *nt, bool keep,
                   struct message *message)
{
    struct message_queue *queue = queue_of(nt->current);

    if (queue == NULL)
        return false;
    const struct message_filter all = {.window = filter->window};
    if (BEHAVES(nt->profile, message_filter, no))
        filter = &all;
    keep = keep && !BEHAVES(nt->profile, peeked_message, no);
    queue->fresh = false;
    object_unsignal(queue->woken);
    answer_all(queue);
    if (BEHAVES(nt->profile, quit_order, first) && take_quit(queue, keep, message))
        return true;
    if (BEHAVES(nt->profile, timer_order, first) && take_timer(queue, filter, keep, message))
        return true;
    return take_posted(queue, filter, keep, message) || take_quit(queue, keep, message) ||
           take_timer(queue, filter, keep, message);
}

static bool has_something(const struct message_queue *queue)
{
    for (const struct message_timer *timer = queue->timers; timer != NULL; timer = timer->next)
        if (timer->due)
            return true;
    return queue->first != NULL || queue->sent != NULL || queue->quits;
}

nt_status messages_wait(struct nt *nt, const struct message_wait *wait, uint32_t *index)
{
    struct message_queue *queue = queue_of(nt->current);
    struct object *objects[WAIT_OBJECTS_MAX];

    ASSERT(wait->count < WAIT_OBJECTS_MAX);
    if (queue == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    bool any = wait->any || BEHAVES(nt->profile, message_wait, yes);
    if (queue->fresh || (any && has_something(queue)))
        object_signal(queue->woken);
    else
        object_unsignal(queue->woken);
    for (uint32_t i = 0; i < wait->count; i++)
        objects[i] = wait->objects[i];
    objects[wait->count] = queue->woken;
    const struct wait_request request = {.objects = objects,
                                         .count = wait->count + 1,
                                         .all = wait->all,
                                         .alertable = wait->alertable,
                                         .timeout_ns = wait->timeout_ns,
                                         .call = wait->call};
    return wait_for(nt, &request, index);
}

void messages_quit(struct nt *nt, uint32_t exit_code)
{
    struct message_queue *queue = queue_of(nt->current);
    if (queue == NULL)
        return;
    queue->quits = true;
    queue->exit_code = exit_code;
    wake(queue);
}

/* ---- Timers ---------------------------------------------------------------------------------- */

static void timer_is_due(void *context, uint64_t argument)
{
    struct message_timer *timer = context;
    struct engine *engine = timer->queue->thread->object.nt->engine;
    (void)argument;
    timer->due = true;
    timer->event = engine_post(engine, engine->now_ns + timer->period_ns, timer_is_due, timer, 0);
    wake(timer->queue);
}

static struct message_timer **find_timer(struct message_queue *queue, uint64_t window,
                                         uint64_t number)
{
    struct message_timer **link = &queue->timers;
    while (*link != NULL && ((*link)->window != window || (*link)->number != number))
        link = &(*link)->next;
    return link;
}

bool messages_set_timer(struct nt *nt, uint64_t window, uint64_t number, uint64_t period_ns,
                        int64_t parameter)
{
    struct message_queue *queue = queue_of(nt->current);
    if (queue == NULL)
        return false;
    struct message_timer **link = find_timer(queue, window, number);
    if (*link != NULL)
        drop_timer(link);
    while (*link != NULL)
        link = &(*link)->next;
    struct message_timer *timer = ARENA_NEW(arena_of(queue), struct message_timer);
    if (timer == NULL)
        return false;
    *timer = (struct message_timer){.queue = queue,
                                    .window = window,
                                    .number = number,
                                    .period_ns = period_ns,
                                    .parameter = parameter};
    timer->event =
        engine_post(nt->engine, nt->engine->now_ns + period_ns, timer_is_due, timer, 0);
    if (timer->event == 0) {
        arena_give(arena_of(queue), timer, sizeof *timer);
        return false;
    }
    *link = timer;
    return true;
}

bool messages_kill_timer(struct nt *nt, uint64_t window, uint64_t number)
{
    struct message_queue *queue = nt->current->messages;
    struct message_timer **link = queue == NULL ? NULL : find_timer(queue, window, number);

    if (link == NULL || *link == NULL)
        return false;
    drop_timer(link);
    return true;
}

/* ---- Ends ------------------------------------------------------------------------------------ */

/* Its own questions, which lie in others' queues, are nobody's. */
static void forget_in(struct sent *sent, const struct message_queue *queue)
{
    for (; sent != NULL; sent = sent->next)
        if (sent->sender == queue)
            sent->sender = NULL;
}

static void forget_asking(struct nt *nt, const struct message_queue *queue)
{
    for (struct process *process = nt->processes; process != NULL; process = process->next)
        for (struct thread *thread = process->threads; thread != NULL;
             thread = thread->next_in_process) {
            if (thread->messages == NULL)
                continue;
            forget_in(thread->messages->sent, queue);
            forget_in(thread->messages->answering, queue);
        }
}

void messages_thread_ends(struct thread *thread)
{
    struct nt *nt = thread->object.nt;
    struct message_queue *queue = thread->messages;

    if (queue == NULL)
        return;
    forget_asking(nt, queue);
    for (struct window *window = nt->windows, *next; window != NULL; window = next) {
        next = window->next;
        if (window->thread == thread)
            window_destroy(window);
    }
    fail_sent(queue, &queue->sent, 0);
    fail_sent(queue, &queue->answering, 0);
    while (queue->timers != NULL)
        drop_timer(&queue->timers);
    while (queue->first != NULL)
        drop_messages(queue, queue->first->window);
    object_release(queue->woken);
    thread->messages = NULL;
    arena_give(&nt->engine->arena, queue, sizeof *queue);
}
