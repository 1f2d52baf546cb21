#include "sim/winsock/ownership.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/check.h"
#include "sim/engine/fiber.h"
#include "sim/winsock/call.h"
#include "sim/winsock/handle_history.h"
#include "sim/winsock/owned_memory.h"

enum {
    RANGES_MAX = 8,
    BUCKETS = 1024,
    REPORT_MAX = 1024,
    /* What one look costs at most, however much pends. */
    LOOKS_MAX = 16,
    LOOK_BYTES_MAX = 256 * 1024
};

enum stage { FREE, PENDING, COMPLETED };

struct owned {
    enum stage stage;
    bool by_event;  /* only WSAGetOverlappedResult collects it */
    bool collected; /* its result was asked for; a packet or routine may still come */
    bool reported;
    const struct io *io;           /* that pends, or whose packet or routine is to come */
    const struct process *process; /* while PENDING: whose memory it is */
    const void *frame;             /* of the call that took it; what lies above is its callers' */
    struct moment taken, intact;
    const void *overlapped;
    const struct object *event; /* by_event: whoever waited for it has collected */
    struct owned_memory ranges[RANGES_MAX];
    uint32_t range_count;
    uint32_t next; /* in its bucket, or of the free ones; 0 ends */
};

struct ownership {
    ownership_report *report;
    void *context;
    const struct nt *nt;
    struct owned *entries; /* from 1 */
    uint32_t size, used, first_free, cursor;
    uint32_t buckets[BUCKETS]; /* by the OVERLAPPED's address: finds, never orders */
    struct handle_history opened, closed;
    struct moment latest;
    uint64_t calls;
};

/* ---- Reports ------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void say(struct ownership *ownership,
                                                      const char *format, ...)
{
    char text[REPORT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ownership->report(ownership->context, text);
}

/* The running thread's latest call; without one, something happened by itself. */
static struct moment moment_now(const struct ownership *ownership)
{
    const struct thread *thread = ownership->nt == NULL ? NULL : ownership->nt->current;
    if (thread == NULL) {
        struct moment moment = ownership->latest;
        moment.after = true;
        moment.name = "an event";
        return moment;
    }
    const char *name = thread->latest.name != NULL ? thread->latest.name : "the thread's start";
    return (struct moment){thread->latest.number, name, false, thread->process->id, thread->id};
}

/* What happened to a range while the operation was pending. `label` is what `found` did; `detail`
 * is a line more, or nothing.
 */
struct breach {
    const char *what, *how, *label, *detail;
    struct moment found;
};

static void say_broken(struct ownership *ownership, struct owned *owned,
                       const struct breach *breach)
{
    char taken[MOMENT_SIZE], intact[MOMENT_SIZE], found[MOMENT_SIZE];
    if (owned->reported)
        return;
    owned->reported = true;
    say(ownership,
        "%s of %s was %s while the operation was pending\n"
        "  taken by:   %s\n"
        "  last whole: %s\n"
        "  %s %s%s",
        breach->what, owned->taken.name, breach->how, moment_put(&owned->taken, taken),
        moment_put(&owned->intact, intact), breach->label, moment_put(&breach->found, found),
        breach->detail);
}

/* ---- Looking ------------------------------------------------------------------------------- */

static void add_range(struct owned *owned, const char *what, const void *start, size_t size,
                      bool poisons)
{
    if (size == 0 || owned->range_count == RANGES_MAX)
        return;
    struct owned_memory *range = &owned->ranges[owned->range_count++];
    *range = (struct owned_memory){.start = start, .size = size, .what = what, .poisons = poisons};
    owned_memory_take(range);
}

static void drop_ranges(struct owned *owned)
{
    for (uint32_t i = 0; i < owned->range_count; i++)
        owned_memory_drop(&owned->ranges[i]);
    owned->range_count = 0;
}

/* Pages that VirtualFree took are not looked into: they are gone, which is a report of its own. */
static bool is_there(const struct owned *owned, const struct owned_memory *range)
{
    return userspace_probe(&owned->process->userspace, range->start, range->size, ACCESS_READ);
}

/* It lies between where the stack stood at the call that took it and where it stands now. */
static bool has_returned(const struct owned *owned, const struct owned_memory *range,
                         const struct moment *found, const void *frame)
{
    return frame != NULL && owned->taken.thread_id == found->thread_id && owned->frame != NULL &&
           (uintptr_t)range->start > (uintptr_t)owned->frame &&
           (uintptr_t)range->start < (uintptr_t)frame;
}

/* `frame` is at most so far below where the guest's stack stands: what is written there may be
 * ours. */
enum { FRAME_SLACK = 512 };

static void say_written(struct ownership *ownership, struct owned *owned,
                        const struct owned_memory *range, const struct moment *found,
                        const struct owned_difference *difference, const void *frame)
{
    char detail[DIFFERENCE_SIZE];
    const void *near = frame == NULL ? NULL : (const char *)frame + FRAME_SLACK;
    bool perhaps_left = has_returned(owned, range, found, near);
    owned_memory_put(range, difference, detail);
    say_broken(
        ownership, owned,
        &(const struct breach){
            range->what,
            perhaps_left ? "written, or lay on the stack of a function that returned," : "written",
            "broken at: ", detail, *found});
}

/* Answers how many bytes were compared. `frame` is where the guest's stack stands, or NULL. */
static size_t look_at(struct ownership *ownership, struct owned *owned, const struct moment *found,
                      const void *frame)
{
    struct owned_difference difference;
    size_t bytes = 0;

    /* Another process' variables lie at the same addresses while it runs. */
    if (found->process_id != owned->taken.process_id)
        return 0;
    for (uint32_t i = 0; i < owned->range_count; i++) {
        struct owned_memory *range = &owned->ranges[i];
        bytes += range->size;
        if (has_returned(owned, range, found, frame))
            say_broken(ownership, owned,
                       &(const struct breach){range->what,
                                              "on the stack of a function that returned",
                                              "found by:  ", "", *found});
        else if (!is_there(owned, range))
            say_broken(ownership, owned,
                       &(const struct breach){range->what, "freed", "broken at: ", "", *found});
        else if (!owned_memory_is_whole(range, &difference))
            say_written(ownership, owned, range, found, &difference, frame);
        if (owned->reported) { /* what else comes of it is the same mistake */
            drop_ranges(owned);
            return bytes;
        }
    }
    owned->intact = *found;
    return bytes;
}

/* At some of what pends, in turn. */
static void look_around(struct ownership *ownership, const struct moment *found, const void *frame)
{
    size_t bytes = 0;
    uint32_t looks = ownership->used < LOOKS_MAX ? ownership->used : LOOKS_MAX;
    for (; looks > 0 && bytes < LOOK_BYTES_MAX; looks--) {
        ownership->cursor = ownership->cursor % ownership->used + 1;
        struct owned *owned = &ownership->entries[ownership->cursor];
        if (owned->stage == PENDING)
            bytes += look_at(ownership, owned, found, frame);
    }
}

/* ---- The table ----------------------------------------------------------------------------- */

static uint32_t bucket_of(const void *overlapped)
{
    return (uint32_t)((uintptr_t)overlapped >> 4) % BUCKETS;
}

static bool grow(struct ownership *ownership)
{
    uint32_t size = ownership->size == 0 ? 64 : ownership->size * 2;
    struct owned *entries = realloc(ownership->entries, size * sizeof *entries);
    if (entries == NULL)
        return false;
    ownership->entries = entries;
    ownership->size = size;
    return true;
}

/* 0 when the host has no memory: the operation then goes unwatched. */
static uint32_t add(struct ownership *ownership, const void *overlapped)
{
    uint32_t number = ownership->first_free;
    if (number != 0) {
        ownership->first_free = ownership->entries[number].next;
    } else {
        if (ownership->used + 2 > ownership->size && !grow(ownership))
            return 0;
        number = ++ownership->used;
    }
    uint32_t *bucket = &ownership->buckets[bucket_of(overlapped)];
    ownership->entries[number] = (struct owned){.overlapped = overlapped, .next = *bucket};
    *bucket = number;
    return number;
}

static void drop(struct ownership *ownership, uint32_t number)
{
    struct owned *owned = &ownership->entries[number];
    uint32_t *link = &ownership->buckets[bucket_of(owned->overlapped)];
    while (*link != number)
        link = &ownership->entries[*link].next;
    *link = owned->next;
    drop_ranges(owned);
    *owned = (struct owned){.next = ownership->first_free};
    ownership->first_free = number;
}

/* What is known of an operation; NULL of one that nobody watched or that is done with. */
static struct owned *watched(struct ownership *ownership, const struct io *io)
{
    if (io->watched == 0 || io->watched > ownership->used)
        return NULL;
    struct owned *owned = &ownership->entries[io->watched];
    return owned->stage != FREE && owned->io == io ? owned : NULL;
}

/* The latest entry of an OVERLAPPED in that stage, or 0. */
static uint32_t find(const struct ownership *ownership, const void *overlapped, enum stage stage)
{
    uint32_t number = ownership->buckets[bucket_of(overlapped)];
    while (number != 0 && (ownership->entries[number].overlapped != overlapped ||
                           ownership->entries[number].stage != stage))
        number = ownership->entries[number].next;
    return number;
}

/* ---- Operations ---------------------------------------------------------------------------- */

static void say_reused(struct ownership *ownership, struct owned *owned, const struct moment *found)
{
    char taken[MOMENT_SIZE], now[MOMENT_SIZE];
    owned->reported = true;
    drop_ranges(owned);
    say(ownership,
        "the OVERLAPPED of %s was used again while the operation was pending\n"
        "  taken by:   %s\n"
        "  reused by:  %s",
        owned->taken.name, moment_put(&owned->taken, taken), moment_put(found, now));
}

static bool writes_to_buffers(const struct io *io)
{
    return io->kind == IO_RECEIVE || io->kind == IO_ACCEPT;
}

/* Internal and InternalHigh may be read (HasOverlappedIoCompleted), hEvent must be, to be waited
 * for; nobody has any business with Offset and OffsetHigh.
 */
static void own_overlapped(struct owned *owned, const OVERLAPPED *block)
{
    const char *what = "the OVERLAPPED";
    const char *start = (const char *)block;
    size_t offset = offsetof(OVERLAPPED, Offset);
    size_t after = offsetof(OVERLAPPED, hEvent);
    add_range(owned, what, start, offset, false);
    add_range(owned, what, start + offset, after - offset, true);
    add_range(owned, what, start + after, sizeof *block - after, false);
}

static void pends(void *context, struct io *io)
{
    struct ownership *ownership = context;
    struct moment now = moment_now(ownership);
    const void *block = io->request.delivery.block;
    now.name = io->call;
    uint32_t completed = find(ownership, block, COMPLETED);
    uint32_t pending = find(ownership, block, PENDING);
    if (completed != 0)
        drop(ownership, completed); /* used again: its result was known some other way */
    if (pending != 0)
        say_reused(ownership, &ownership->entries[pending], &now);
    io->watched = add(ownership, block);
    if (io->watched == 0)
        return;

    struct owned *owned = &ownership->entries[io->watched];
    owned->reported = pending != 0; /* what else comes of it is the same mistake */
    owned->stage = PENDING;
    owned->io = io;
    owned->process = io->request.thread->process;
    owned->frame = io->request.thread->latest.frame;
    owned->taken = owned->intact = now;
    owned->by_event = io->request.delivery.routine == NULL && io->request.file->port == NULL;
    owned->event =
        io->request.delivery.event != NULL ? io->request.delivery.event : &io->socket->object;
    owned->collected = io->request.delivery.block_at_the_end; /* ntdll's is looked into */
    if (owned->reported)
        return;
    if (io->request.delivery.block_at_the_end)
        add_range(owned, "the IO_STATUS_BLOCK", block, sizeof *io->request.delivery.block, false);
    else
        own_overlapped(owned, block);
    for (uint32_t i = 0; i < io->buffer_count; i++)
        add_range(owned, "a buffer", io->buffers[i].base, io->buffers[i].size,
                  writes_to_buffers(io));
}

/* The provider is about to write: whole until now, and from here on what it was is no measure. */
static void moves(void *context, struct io *io)
{
    struct ownership *ownership = context;
    struct owned *owned = watched(ownership, io);
    if (owned == NULL)
        return;
    struct moment now = moment_now(ownership);
    look_at(ownership, owned, &now, NULL);
    for (uint32_t i = 0; i < owned->range_count; i++)
        owned_memory_allow(&owned->ranges[i]);
}

/* Some bytes were written, and it goes on waiting for more. */
static void moved(void *context, struct io *io)
{
    struct owned *owned = watched(context, io);
    if (owned == NULL)
        return;
    for (uint32_t i = 0; i < owned->range_count; i++)
        if (is_there(owned, &owned->ranges[i]))
            owned_memory_take(&owned->ranges[i]);
}

/* `moves` has looked, when the provider wrote; a send's buffers are looked at here. */
static void completes(void *context, struct io *io)
{
    struct ownership *ownership = context;
    struct owned *owned = watched(ownership, io);
    if (owned == NULL)
        return;
    struct moment now = moment_now(ownership);
    if (!writes_to_buffers(io) || io->done == 0)
        look_at(ownership, owned, &now, NULL);
    drop_ranges(owned);
    owned->stage = COMPLETED;
}

/* The packet was taken, the routine has run, or there was nothing but the event. */
static void told(void *context, struct io *io)
{
    struct ownership *ownership = context;
    struct owned *owned = watched(ownership, io);
    if (owned != NULL && !owned->by_event)
        drop(ownership, (uint32_t)(owned - ownership->entries));
}

void ownership_collected(struct ownership *ownership, const void *overlapped)
{
    uint32_t number = ownership->buckets[bucket_of(overlapped)];
    while (number != 0) {
        struct owned *owned = &ownership->entries[number];
        uint32_t next = owned->next;
        bool is_it = owned->overlapped == overlapped && owned->stage == COMPLETED;
        owned->collected = owned->collected || is_it;
        if (is_it && owned->by_event)
            drop(ownership, number);
        number = next;
    }
}

void ownership_freed(struct ownership *ownership, const char *by, const void *address, size_t size)
{
    uintptr_t start = (uintptr_t)address;
    struct moment now = moment_now(ownership);
    now.name = by;
    now.after = true;
    for (uint32_t i = 1; i <= ownership->used; i++) {
        struct owned *owned = &ownership->entries[i];
        for (uint32_t j = 0; owned->stage == PENDING && j < owned->range_count; j++) {
            const struct owned_memory *range = &owned->ranges[j];
            uintptr_t at = (uintptr_t)range->start;
            if (start >= at + range->size || at >= start + size)
                continue;
            say_broken(ownership, owned,
                       &(const struct breach){range->what, "freed", "broken by: ", "", now});
            drop_ranges(owned);
        }
    }
}

/* ---- Who runs ------------------------------------------------------------------------------ */

static void call_begins(void *context, const char *name, const void *frame)
{
    struct ownership *ownership = context;
    struct thread *thread = ownership->nt->current;
    ASSERT(thread != NULL);
    thread->latest = (struct latest_call){++ownership->calls, name, frame};
    ownership->latest = moment_now(ownership);
    look_around(ownership, &ownership->latest, frame);
}

static void leaves(void *context, const struct thread *thread)
{
    struct ownership *ownership = context;
    struct moment now = moment_now(ownership);
    if (thread->waits_for != NULL && strcmp(thread->waits_for, now.name) != 0) {
        now.name = thread->waits_for; /* in a function that tells nobody of itself */
        now.after = true;
    }
    if (ownership->nt->current == thread)
        look_around(ownership, &now, thread->latest.frame);
}

/* What still pends then has nothing to be written to. */
static void thread_ends(void *context, const struct thread *thread)
{
    struct ownership *ownership = context;
    struct moment now = moment_now(ownership);
    for (uint32_t i = 1; i <= ownership->used && !thread->process->ended; i++) {
        struct owned *owned = &ownership->entries[i];
        bool is_its = owned->stage == PENDING && owned->taken.thread_id == thread->id;
        for (uint32_t j = 0; is_its && j < owned->range_count; j++) {
            if (!fiber_holds(thread->fiber, owned->ranges[j].start))
                continue;
            say_broken(ownership, owned,
                       &(const struct breach){owned->ranges[j].what,
                                              "on the stack of a thread that ended",
                                              "ended in:  ", "", now});
            drop_ranges(owned);
        }
    }
}

static void waited(void *context, const struct object *object)
{
    struct ownership *ownership = context;
    if (object->type != OBJECT_EVENT && object->type != OBJECT_SOCKET)
        return;
    for (uint32_t i = 1; i <= ownership->used; i++) {
        struct owned *owned = &ownership->entries[i];
        if (owned->stage == COMPLETED && owned->event == object) {
            owned->collected = true;
            if (owned->by_event)
                drop(ownership, i);
        }
    }
}

void ownership_watch(struct ownership *ownership, struct afd *afd)
{
    static const struct io_watch io_watch = {
        .pends = pends, .moves = moves, .moved = moved, .completes = completes, .told = told};
    static const struct nt_watch nt_watch = {
        .call = call_begins, .leaves = leaves, .thread_ends = thread_ends, .waited = waited};
    for (uint32_t i = 1; i <= ownership->used; i++) /* the memory of before was switched off */
        drop_ranges(&ownership->entries[i]);
    afd->watch = &io_watch;
    afd->watch_context = ownership;
    afd->nt->watch = &nt_watch;
    afd->nt->watch_context = ownership;
    ownership->nt = afd->nt;
    ownership->used = ownership->first_free = ownership->cursor = 0;
    memset(ownership->buckets, 0, sizeof ownership->buckets);
    ownership->opened.count = ownership->closed.count = 0;
}

/* ---- Calls --------------------------------------------------------------------------------- */

void ownership_call_ends(struct ownership *ownership, const struct call *call, bool worked)
{
    struct moment now = moment_now(ownership);
    now.name = call_name(call->kind);
    if (!worked)
        return;
    if (call->kind == CALL_closesocket) {
        handle_history_note(&ownership->closed, call->subject, &now);
        handle_history_forget(&ownership->opened, call->subject, call->process->id);
    } else if (call->kind == CALL_socket || call->kind == CALL_accept) {
        uint64_t handle = call->kind == CALL_socket ? call->subject : call->arguments[3];
        handle_history_note(&ownership->opened, handle, &now);
        handle_history_forget(&ownership->closed, handle, call->process->id);
    }
}

void ownership_not_started(struct ownership *ownership, const struct call *call)
{
    struct moment now = moment_now(ownership);
    char text[MOMENT_SIZE];
    now.name = call_name(call->kind);
    say(ownership, "%s was called though Winsock is not started\n  called by:  %s", now.name,
        moment_put(&now, text));
}

void ownership_bad_socket(struct ownership *ownership, const struct call *call)
{
    char closed[MOMENT_SIZE], used[MOMENT_SIZE];
    struct moment now = moment_now(ownership);
    const struct moment *by =
        handle_history_find(&ownership->closed, call->subject, call->process->id);
    if (by == NULL)
        return;
    say(ownership,
        "socket %" PRIu64 " was used after it was closed\n"
        "  closed by:  %s\n"
        "  used by:    %s",
        call->subject, moment_put(by, closed), moment_put(&now, used));
}

static void say_leaks(struct ownership *ownership, const struct process *process)
{
    char opened[MOMENT_SIZE];
    for (uint64_t handle = handle_next(process, 0, OBJECT_SOCKET); handle != 0;
         handle = handle_next(process, handle, OBJECT_SOCKET)) {
        const struct moment *by = handle_history_find(&ownership->opened, handle, process->id);
        say(ownership, "process %u ends and socket %" PRIu64 " is open\n  opened by:  %s",
            process->id, handle,
            by != NULL ? moment_put(by, opened) : "another process, or long ago");
    }
}

void ownership_process_ends(struct ownership *ownership, const struct process *process)
{
    char taken[MOMENT_SIZE];
    say_leaks(ownership, process);
    for (uint32_t i = 1; i <= ownership->used; i++) {
        struct owned *owned = &ownership->entries[i];
        if (owned->stage == FREE || owned->taken.process_id != process->id)
            continue;
        if (owned->stage != COMPLETED || owned->reported || owned->collected)
            continue;
        owned->reported = true;
        say(ownership, "%s completed and nobody asked for its result\n  begun by:   %s",
            owned->taken.name, moment_put(&owned->taken, taken));
    }
}

/* ---- Life ---------------------------------------------------------------------------------- */

struct ownership *ownership_open(ownership_report *report, void *context)
{
    ASSERT(report != NULL);
    struct ownership *ownership = calloc(1, sizeof *ownership);
    if (ownership == NULL)
        return NULL;
    ownership->report = report;
    ownership->context = context;
    ownership->latest.name = "no call";
    return ownership;
}

void ownership_close(struct ownership *ownership)
{
    if (ownership == NULL)
        return;
    for (uint32_t i = 1; i <= ownership->used; i++)
        drop_ranges(&ownership->entries[i]);
    free(ownership->entries);
    free(ownership);
}
