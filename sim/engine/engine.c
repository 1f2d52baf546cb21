#define __USE_MINGW_ANSI_STDIO 1 /* C's own vsnprintf on Windows too */

#include "sim/engine/engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "sim/engine/check.h"

enum { QUEUE_START = 16, QUEUE_MAX = 1 << 30, BRANCHES = 4 };

/* What the heap compares stands in the heap itself; the rest of an event keeps its place while the
 * heap moves, and knows where its node is, so that it can be cancelled.
 */
struct node {
    uint64_t due_ns;
    uint64_t sequence;
    uint32_t event;
};

struct event {
    event_function *run; /* NULL while free */
    void *context;
    uint64_t argument;
    uint32_t node; /* of a free one: the next free one */
};

struct event_queue {
    struct node *nodes; /* a heap with BRANCHES children a node; `count` are in use */
    struct event *events;
    uint32_t count;
    uint32_t capacity;   /* of both arrays */
    uint32_t free_event; /* `capacity` when all are in use */
};

bool engine_open(struct engine *engine, uint64_t seed, size_t limit, unsigned char poison)
{
    *engine = (struct engine){0};
    choose_seed(&engine->choices, seed);
    return arena_open(&engine->arena, limit, poison);
}

void engine_close(struct engine *engine)
{
    arena_close(&engine->arena);
    engine->events = NULL;
}

void engine_power_off(struct engine *engine)
{
    arena_reset(&engine->arena);
    engine->events = NULL;
}

void engine_restart(struct engine *engine, uint64_t seed)
{
    engine_power_off(engine);
    engine->arena.fail_in = 0;
    choose_seed(&engine->choices, seed);
    engine->now_ns = 0;
    engine->records = 0;
    engine->fingerprint = 0;
    engine->events_posted = 0;
    engine->events_run = 0;
}

static bool runs_before(const struct node *a, const struct node *b)
{
    if (a->due_ns != b->due_ns)
        return a->due_ns < b->due_ns;
    return a->sequence < b->sequence;
}

static void put(struct event_queue *queue, uint32_t place, struct node node)
{
    queue->nodes[place] = node;
    queue->events[node.event].node = place;
}

/* Puts `node` at `place` or above it, moving down what it runs before. */
static void rise(struct event_queue *queue, uint32_t place, struct node node)
{
    while (place > 0) {
        uint32_t parent = (place - 1) / BRANCHES;
        if (!runs_before(&node, &queue->nodes[parent]))
            break;
        put(queue, place, queue->nodes[parent]);
        place = parent;
    }
    put(queue, place, node);
}

static uint32_t first_of(const struct event_queue *queue, uint32_t child, uint32_t end)
{
    uint32_t first = child;

    for (uint32_t i = child + 1; i < end; i++)
        if (runs_before(&queue->nodes[i], &queue->nodes[first]))
            first = i;
    return first;
}

/* Puts `node` at `place` or below it, moving up what runs before it. */
static void fall(struct event_queue *queue, uint32_t place, struct node node)
{
    for (;;) {
        uint64_t child = (uint64_t)place * BRANCHES + 1;
        if (child >= queue->count)
            break;
        uint64_t end = child + BRANCHES < queue->count ? child + BRANCHES : queue->count;
        uint32_t first = first_of(queue, (uint32_t)child, (uint32_t)end);
        if (!runs_before(&queue->nodes[first], &node))
            break;
        put(queue, place, queue->nodes[first]);
        place = first;
    }
    put(queue, place, node);
}

/* Forgets the event whose node is at `place`. */
static void drop(struct event_queue *queue, uint32_t place)
{
    ASSERT(place < queue->count);
    uint32_t event = queue->nodes[place].event;
    struct node last = queue->nodes[--queue->count];

    queue->events[event] = (struct event){.node = queue->free_event};
    queue->free_event = event;
    if (place == queue->count)
        return;
    if (place > 0 && runs_before(&last, &queue->nodes[(place - 1) / BRANCHES]))
        rise(queue, place, last);
    else
        fall(queue, place, last);
}

static void check_node(const struct event_queue *queue, uint32_t place)
{
    const struct node *node = &queue->nodes[place];

    ASSERT(node->event < queue->capacity);
    ASSERT(queue->events[node->event].run != NULL);
    ASSERT(queue->events[node->event].node == place);
    if (place > 0)
        ASSERT(runs_before(&queue->nodes[(place - 1) / BRANCHES], node));
}

static void queue_check(const struct engine *engine)
{
    const struct event_queue *queue = engine->events;
    uint32_t free_count = 0;

    if (queue == NULL)
        return;
    ASSERT(queue->count <= queue->capacity);
    for (uint32_t i = 0; i < queue->count; i++) {
        check_node(queue, i);
        ASSERT(queue->nodes[i].due_ns >= engine->now_ns);
        ASSERT(queue->nodes[i].sequence <= engine->events_posted);
    }
    for (uint32_t i = queue->free_event; i != queue->capacity; i = queue->events[i].node) {
        ASSERT(i < queue->capacity);
        ASSERT(queue->events[i].run == NULL);
        free_count++;
        ASSERT(free_count <= queue->capacity);
    }
    ASSERT(free_count == queue->capacity - queue->count);
}

/* For SLOW: all of a short queue at every change, of a long one now and then. */
static inline void queue_check_often(const struct engine *engine)
{
    if (engine->events->count < 64 || engine->events_posted % 1024 == 0)
        queue_check(engine);
}

/* Makes room for one event more, and one behind it (engine_post_last). False, with nothing changed,
 * when the arena is full.
 */
static bool grow(struct arena *arena, struct event_queue *queue)
{
    uint32_t capacity = queue->capacity == 0 ? QUEUE_START : queue->capacity * 2;

    if (queue->count + 1 < queue->capacity)
        return true;
    if (queue->capacity >= QUEUE_MAX)
        return false;
    struct node *nodes = arena_take(arena, capacity * sizeof *nodes);
    struct event *events = arena_take(arena, capacity * sizeof *events);
    if (nodes == NULL || events == NULL) {
        arena_give(arena, nodes, capacity * sizeof *nodes);
        arena_give(arena, events, capacity * sizeof *events);
        return false;
    }

    if (queue->count > 0) {
        memcpy(nodes, queue->nodes, queue->count * sizeof *nodes);
        memcpy(events, queue->events, queue->capacity * sizeof *events);
    }
    /* At most one was free: it comes behind the new ones. */
    for (uint32_t i = queue->capacity; i < capacity; i++)
        events[i].node = i + 1;
    bool full = queue->free_event == queue->capacity;
    events[capacity - 1].node = full ? capacity : queue->free_event;
    if (!full)
        events[queue->free_event].node = capacity;
    queue->free_event = queue->capacity;
    arena_give(arena, queue->nodes, queue->capacity * sizeof *nodes);
    arena_give(arena, queue->events, queue->capacity * sizeof *events);
    queue->nodes = nodes;
    queue->events = events;
    queue->capacity = capacity;
    return true;
}

/* An id is the event's place and, above it, the low half of its sequence number. */
static uint64_t id_of(uint64_t sequence, uint32_t event)
{
    return sequence << 32 | (event + 1);
}

bool engine_keep_room(struct engine *engine)
{
    if (engine->events == NULL)
        engine->events = ARENA_NEW(&engine->arena, struct event_queue);
    return engine->events != NULL && grow(&engine->arena, engine->events);
}

uint64_t engine_post(struct engine *engine, uint64_t due_ns, event_function *run, void *context,
                     uint64_t argument)
{
    ASSERT(run != NULL);
    return engine_keep_room(engine) ? engine_post_last(engine, due_ns, run, context, argument) : 0;
}

uint64_t engine_post_last(struct engine *engine, uint64_t due_ns, event_function *run,
                          void *context, uint64_t argument)
{
    struct event_queue *queue = engine->events;

    ASSERT(queue != NULL && queue->count < queue->capacity);
    uint32_t event = queue->free_event;
    struct node node = {
        .due_ns = due_ns < engine->now_ns ? engine->now_ns : due_ns,
        .sequence = ++engine->events_posted,
        .event = event,
    };
    queue->free_event = queue->events[event].node;
    queue->events[event] = (struct event){.run = run, .context = context, .argument = argument};
    rise(queue, queue->count++, node);
    SLOW(queue_check_often(engine));
    return id_of(node.sequence, event);
}

bool engine_cancel(struct engine *engine, uint64_t id)
{
    struct event_queue *queue = engine->events;
    uint32_t event = (uint32_t)id - 1;

    if (queue == NULL || event >= queue->capacity || queue->events[event].run == NULL)
        return false;
    uint32_t place = queue->events[event].node;
    if (id_of(queue->nodes[place].sequence, event) != id)
        return false;
    drop(queue, place);
    SLOW(queue_check_often(engine));
    return true;
}

bool engine_step(struct engine *engine)
{
    struct event_queue *queue = engine->events;

    if (queue == NULL || queue->count == 0)
        return false;
    ASSERT(queue->nodes[0].due_ns >= engine->now_ns);
    struct event event = queue->events[queue->nodes[0].event];
    engine->now_ns = queue->nodes[0].due_ns;
    drop(queue, 0);
    engine->events_run++;
    ASSERT(engine->events_run != engine->events_most);
    SLOW(queue_check_often(engine));
    event.run(event.context, event.argument); /* may post, and may turn the power off */
    return true;
}

uint64_t engine_next_due(const struct engine *engine)
{
    const struct event_queue *queue = engine->events;

    return queue == NULL || queue->count == 0 ? UINT64_MAX : queue->nodes[0].due_ns;
}

static uint64_t little_endian(uint64_t word)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(word);
#else
    return word;
#endif
}

/* The bytes hashed are the same on every host: eight little-endian words without a gap. Each hash
 * is the seed of the next, so that the last one stands for all and for their order.
 */
void engine_record(struct engine *engine, const struct record *record)
{
    const uint64_t words[] = {
        little_endian(engine->now_ns),
        little_endian(engine->records),
        little_endian((uint64_t)record->subject << 32 | record->kind),
        little_endian(record->arguments[0]),
        little_endian(record->arguments[1]),
        little_endian(record->arguments[2]),
        little_endian(record->arguments[3]),
        little_endian((uint64_t)record->actor << 32 | record->result),
    };

    _Static_assert(sizeof words == 2 * sizeof(uint64_t) + sizeof *record, "a field is not hashed");
    engine->fingerprint = XXH3_64bits_withSeed(words, sizeof words, engine->fingerprint);
    engine->records++;
}

void engine_trace(struct engine *engine, const char *format, ...)
{
    char line[ENGINE_TRACE_MAX];
    va_list arguments;

    if (engine->sink == NULL)
        return;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    ASSERT(length >= 0);
    engine->sink(engine->sink_context, line);
}

void engine_check(const struct engine *engine)
{
    ASSERT(engine->events_run <= engine->events_posted);
    choose_check(&engine->choices);
    arena_check(&engine->arena);
    queue_check(engine);
}
