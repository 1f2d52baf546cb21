#include "sim/winsock/ownership.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "sim/engine/check.h"
#include "sim/engine/sanitizer.h"
#include "sim/winsock/call.h"

enum { RANGES_MAX = 4, BUCKETS = 1024, REPORT_MAX = 1024, LOOKS_PER_CALL = 2 };

/* A call, as a report names it. */
struct moment {
    uint64_t number; /* of the machine's calls, from 1 */
    uint32_t process_id, thread_id;
    const char *name;
};

struct range {
    const unsigned char *start;
    size_t size;
    uint64_t hash;
    bool poisoned;
    const char *what;
};

enum stage { FREE, PENDING, COMPLETED };

struct owned {
    enum stage stage;
    bool by_event; /* only WSAGetOverlappedResult collects it */
    bool reported;
    const struct process *process; /* while PENDING: whose memory it is */
    struct moment taken, intact;
    const void *overlapped;
    const struct object *event; /* by_event: whoever waited for it has collected */
    struct range ranges[RANGES_MAX];
    uint32_t range_count;
    uint32_t next; /* in its bucket, or of the free ones; 0 ends */
};

struct closed_handle {
    uint64_t handle;
    struct moment by;
};

/* A table of handles that grows: opened by whom, closed by whom. */
struct handles {
    struct closed_handle *entries;
    size_t count, size;
};

struct ownership {
    ownership_report *report;
    void *context;
    struct owned *entries; /* from 1 */
    uint32_t size, used, first_free, cursor;
    uint32_t buckets[BUCKETS]; /* by the OVERLAPPED's address: finds, never orders */
    struct handles opened, closed;
    struct moment now;
    uint64_t calls, reports;
};

/* ---- Reports -----------------------------------------------------------------------------------
 */

static void say(struct ownership *ownership, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(struct ownership *ownership, const char *format, ...)
{
    char text[REPORT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ownership->reports++;
    ownership->report(ownership->context, text);
}

enum { MOMENT_SIZE = 96 };

static const char *put_moment(const struct moment *moment, char out[MOMENT_SIZE])
{
    snprintf(out, MOMENT_SIZE, "call %" PRIu64 ", %s, process %u thread %u", moment->number,
             moment->name, moment->process_id, moment->thread_id);
    return out;
}

static void say_broken(struct ownership *ownership, struct owned *owned, const char *what,
                       const char *how)
{
    char taken[MOMENT_SIZE], intact[MOMENT_SIZE], found[MOMENT_SIZE];
    if (owned->reported)
        return;
    owned->reported = true;
    say(ownership,
        "%s of %s was %s while the operation was pending\n"
        "  taken by:   %s\n"
        "  last whole: %s\n"
        "  broken at:  %s",
        what, owned->taken.name, how, put_moment(&owned->taken, taken),
        put_moment(&owned->intact, intact), put_moment(&ownership->now, found));
}

/* ---- Memory ------------------------------------------------------------------------------------
 */

static void poison(struct range *range)
{
    if (range->poisoned)
        FORBID_MEMORY(range->start, range->size);
}

static void unpoison(struct range *range)
{
    if (range->poisoned)
        ALLOW_MEMORY(range->start, range->size);
    range->poisoned = false;
}

/* Poisoned memory is not read: what writes there the sanitizer finds. */
static bool is_whole(const struct range *range)
{
    return range->poisoned || XXH3_64bits(range->start, range->size) == range->hash;
}

static void add_range(struct owned *owned, const char *what, const void *start, size_t size,
                      bool poisons)
{
    if (size == 0 || owned->range_count == RANGES_MAX)
        return;
    struct range *range = &owned->ranges[owned->range_count++];
    *range = (struct range){.start = start, .size = size, .what = what};
    range->hash = XXH3_64bits(start, size);
    range->poisoned = poisons && BERTH_ASAN;
    poison(range);
}

/* Pages that VirtualFree took are not looked into: they are gone, which is a report of its own. */
static bool is_there(const struct owned *owned, const struct range *range)
{
    return userspace_probe(&owned->process->userspace, range->start, range->size, ACCESS_READ);
}

static void look_at(struct ownership *ownership, struct owned *owned)
{
    /* Another process' variables lie at the same addresses while it runs. */
    if (ownership->now.process_id != owned->process->id)
        return;
    for (uint32_t i = 0; i < owned->range_count; i++)
        if (!is_there(owned, &owned->ranges[i]))
            say_broken(ownership, owned, owned->ranges[i].what, "freed");
        else if (!is_whole(&owned->ranges[i]))
            say_broken(ownership, owned, owned->ranges[i].what, "written");
    if (!owned->reported)
        owned->intact = ownership->now;
}

/* ---- The table ---------------------------------------------------------------------------------
 */

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
    *owned = (struct owned){.next = ownership->first_free};
    ownership->first_free = number;
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

/* ---- Operations --------------------------------------------------------------------------------
 */

static void say_reused(struct ownership *ownership, uint32_t number)
{
    char taken[MOMENT_SIZE], now[MOMENT_SIZE];
    struct owned *owned = &ownership->entries[number];
    owned->reported = true;
    say(ownership,
        "the OVERLAPPED of %s was used again while the operation was pending\n"
        "  taken by:   %s\n"
        "  reused by:  %s",
        owned->taken.name, put_moment(&owned->taken, taken), put_moment(&ownership->now, now));
}

static void pends(void *context, struct io *io)
{
    struct ownership *ownership = context;
    const struct io_status *block = io->request.delivery.block;
    ownership->now.name = io->call;
    uint32_t completed = find(ownership, block, COMPLETED);
    uint32_t pending = find(ownership, block, PENDING);
    if (completed != 0)
        drop(ownership, completed); /* used again: its result was known some other way */
    if (pending != 0)
        say_reused(ownership, pending);
    io->watched = add(ownership, block);
    if (io->watched == 0)
        return;

    struct owned *owned = &ownership->entries[io->watched];
    owned->reported = pending != 0; /* what else comes of it is the same mistake */
    owned->stage = PENDING;
    owned->process = io->request.thread->process;
    owned->taken = owned->intact = ownership->now;
    owned->by_event = io->request.delivery.routine == NULL && io->request.file->port == NULL;
    owned->event =
        io->request.delivery.event != NULL ? io->request.delivery.event : &io->socket->object;
    add_range(owned, "the OVERLAPPED", block, sizeof(WSAOVERLAPPED), false);
    for (uint32_t i = 0; i < io->buffer_count; i++)
        add_range(owned, "a buffer", io->buffers[i].base, io->buffers[i].size,
                  io->kind == IO_RECEIVE || io->kind == IO_ACCEPT);
}

/* The provider is about to write: whole until now, and from here on the hash is no measure. */
static void moves(void *context, struct io *io)
{
    struct ownership *ownership = context;
    if (io->watched == 0)
        return;
    struct owned *owned = &ownership->entries[io->watched];
    look_at(ownership, owned);
    for (uint32_t i = 0; i < owned->range_count; i++)
        unpoison(&owned->ranges[i]);
}

/* Some bytes were written, and it goes on waiting for more. */
static void moved(void *context, struct io *io)
{
    struct ownership *ownership = context;
    if (io->watched == 0)
        return;
    struct owned *owned = &ownership->entries[io->watched];
    for (uint32_t i = 0; i < owned->range_count; i++) {
        struct range *range = &owned->ranges[i];
        if (is_there(owned, range))
            range->hash = XXH3_64bits(range->start, range->size);
        range->poisoned = BERTH_ASAN && i > 0 && (io->kind == IO_RECEIVE || io->kind == IO_ACCEPT);
        poison(range);
    }
}

/* `moves` has looked, when the provider wrote; a send's buffers are looked at here. */
static void completes(void *context, struct io *io)
{
    struct ownership *ownership = context;
    if (io->watched == 0)
        return;
    struct owned *owned = &ownership->entries[io->watched];
    bool written = io->kind == IO_RECEIVE || io->kind == IO_ACCEPT;
    if (!written || io->done == 0)
        look_at(ownership, owned);
    for (uint32_t i = 0; i < owned->range_count; i++)
        unpoison(&owned->ranges[i]);
    owned->range_count = 0;
    owned->stage = COMPLETED;
}

/* The packet was taken, the routine has run, or there was nothing but the event. */
static void told(void *context, struct io *io)
{
    struct ownership *ownership = context;
    if (io->watched == 0 || ownership->entries[io->watched].by_event)
        return;
    drop(ownership, io->watched);
}

static void waited(void *context, const struct object *object)
{
    struct ownership *ownership = context;
    if (object->type != OBJECT_EVENT && object->type != OBJECT_SOCKET)
        return;
    for (uint32_t i = 1; i <= ownership->used; i++)
        if (ownership->entries[i].stage == COMPLETED && ownership->entries[i].event == object)
            drop(ownership, i);
}

void ownership_watch(struct ownership *ownership, struct afd *afd)
{
    static const struct io_watch watch = {
        .pends = pends, .moves = moves, .moved = moved, .completes = completes, .told = told};
    afd->watch = &watch;
    afd->watch_context = ownership;
    afd->nt->waited = waited;
    afd->nt->waited_context = ownership;
    for (uint32_t i = 1; i <= ownership->used; i++) /* the memory of before was switched off */
        for (uint32_t j = 0; j < ownership->entries[i].range_count; j++)
            unpoison(&ownership->entries[i].ranges[j]);
    ownership->used = ownership->first_free = ownership->cursor = 0;
    memset(ownership->buckets, 0, sizeof ownership->buckets);
    ownership->opened.count = ownership->closed.count = 0;
}

void ownership_collected(struct ownership *ownership, const void *overlapped)
{
    uint32_t number;
    while ((number = find(ownership, overlapped, COMPLETED)) != 0)
        drop(ownership, number);
}

void ownership_freed(struct ownership *ownership, const void *address, size_t size)
{
    const unsigned char *start = address;
    for (uint32_t i = 1; i <= ownership->used; i++) {
        struct owned *owned = &ownership->entries[i];
        for (uint32_t j = 0; owned->stage == PENDING && j < owned->range_count; j++) {
            struct range *range = &owned->ranges[j];
            if (start < range->start + range->size && range->start < start + size) {
                say_broken(ownership, owned, range->what, "freed");
                unpoison(range);
                range->size = 0;
            }
        }
    }
}

/* ---- Handles -----------------------------------------------------------------------------------
 */

static struct closed_handle *handle_entry(struct handles *handles, uint64_t handle, uint32_t id)
{
    for (size_t i = 0; i < handles->count; i++)
        if (handles->entries[i].handle == handle && handles->entries[i].by.process_id == id)
            return &handles->entries[i];
    return NULL;
}

static void forget(struct handles *handles, uint64_t handle, uint32_t id)
{
    struct closed_handle *entry = handle_entry(handles, handle, id);
    if (entry != NULL)
        *entry = handles->entries[--handles->count];
}

/* The latest HANDLES_KEPT: a program that opens a million needs no more to see its mistake. */
enum { HANDLES_KEPT = 256 };

static void note(struct handles *handles, uint64_t handle, const struct moment *by)
{
    forget(handles, handle, by->process_id);
    if (handles->count == HANDLES_KEPT) {
        memmove(handles->entries, handles->entries + 1,
                (HANDLES_KEPT - 1) * sizeof *handles->entries);
        handles->count--;
    }
    if (handles->size == 0) {
        handles->entries = malloc(HANDLES_KEPT * sizeof *handles->entries);
        if (handles->entries == NULL)
            return;
        handles->size = HANDLES_KEPT;
    }
    handles->entries[handles->count++] = (struct closed_handle){handle, *by};
}

/* ---- Calls -------------------------------------------------------------------------------------
 */

void ownership_call_begins(struct ownership *ownership, const struct call *call)
{
    ownership->now = (struct moment){
        .number = ++ownership->calls,
        .process_id = call->process->id,
        .thread_id = call->thread->id,
        .name = call_name(call->kind),
    };
    for (int looks = 0; looks < LOOKS_PER_CALL && ownership->used > 0; looks++) {
        ownership->cursor = ownership->cursor % ownership->used + 1;
        struct owned *owned = &ownership->entries[ownership->cursor];
        if (owned->stage == PENDING)
            look_at(ownership, owned);
    }
}

void ownership_call_ends(struct ownership *ownership, const struct call *call, bool worked)
{
    if (!worked)
        return;
    if (call->kind == CALL_closesocket) {
        note(&ownership->closed, call->subject, &ownership->now);
        forget(&ownership->opened, call->subject, call->process->id);
    } else if (call->kind == CALL_socket) {
        note(&ownership->opened, call->subject, &ownership->now);
        forget(&ownership->closed, call->subject, call->process->id);
    }
}

void ownership_not_started(struct ownership *ownership, const struct call *call)
{
    struct moment now = ownership->now;
    char text[MOMENT_SIZE];
    now.name = call_name(call->kind);
    say(ownership, "%s was called though Winsock is not started\n  called by:  %s", now.name,
        put_moment(&now, text));
}

void ownership_bad_socket(struct ownership *ownership, const struct call *call)
{
    char closed[MOMENT_SIZE], used[MOMENT_SIZE];
    const struct closed_handle *entry =
        handle_entry(&ownership->closed, call->subject, call->process->id);
    if (entry == NULL)
        return;
    say(ownership,
        "socket %" PRIu64 " was used after it was closed\n"
        "  closed by:  %s\n"
        "  used by:    %s",
        call->subject, put_moment(&entry->by, closed), put_moment(&ownership->now, used));
}

static void say_leaks(struct ownership *ownership, const struct process *process)
{
    char opened[MOMENT_SIZE];
    for (uint64_t handle = handle_next(process, 0, OBJECT_SOCKET); handle != 0;
         handle = handle_next(process, handle, OBJECT_SOCKET)) {
        const struct closed_handle *entry = handle_entry(&ownership->opened, handle, process->id);
        say(ownership, "process %u ends and socket %" PRIu64 " is open\n  opened by:  %s",
            process->id, handle,
            entry != NULL ? put_moment(&entry->by, opened) : "an accept, or long ago");
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
        if (owned->stage != COMPLETED || owned->reported)
            continue;
        owned->reported = true;
        say(ownership, "%s completed and nobody asked for its result\n  begun by:   %s",
            owned->taken.name, put_moment(&owned->taken, taken));
    }
}

/* ---- Life --------------------------------------------------------------------------------------
 */

struct ownership *ownership_open(ownership_report *report, void *context)
{
    ASSERT(report != NULL);
    struct ownership *ownership = calloc(1, sizeof *ownership);
    if (ownership == NULL)
        return NULL;
    ownership->report = report;
    ownership->context = context;
    ownership->now.name = "no call";
    return ownership;
}

void ownership_close(struct ownership *ownership)
{
    if (ownership == NULL)
        return;
    for (uint32_t i = 1; i <= ownership->used; i++)
        for (uint32_t j = 0; j < ownership->entries[i].range_count; j++)
            unpoison(&ownership->entries[i].ranges[j]);
    free(ownership->entries);
    free(ownership->opened.entries);
    free(ownership->closed.entries);
    free(ownership);
}

uint64_t ownership_reports(const struct ownership *ownership)
{
    return ownership->reports;
}
