/* The engine of a run: virtual time, events in order, chance, the arena and the fingerprint. It
 * knows nothing of Windows.
 *
 * Time is nanoseconds since the engine was made and moves only in engine_step(). It goes on across
 * a reboot, as the world's clock does. Events run by due time, then in the order posted. Events
 * live in the arena: power off forgets them.
 */
#ifndef SIM_ENGINE_ENGINE_H
#define SIM_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/engine/arena.h"
#include "sim/engine/choose.h"

struct event_queue;

/* Receives one line of trace without a newline; `line` dies with the call. */
typedef void trace_sink(void *context, const char *line);

struct engine {
    struct arena arena;
    struct choice_source choices;
    uint64_t now_ns;
    uint64_t records;           /* how many have gone into the fingerprint */
    uint64_t fingerprint;       /* of everything recorded so far */
    struct event_queue *events; /* in the arena; NULL until the first event */
    uint64_t events_posted;
    uint64_t events_run;
    uint64_t
        events_most;  /* asserts when they are as many: who hunts for endless runs; 0 for none */
    trace_sink *sink; /* NULL when nobody reads the trace */
    void *sink_context;
};

/* `limit` bytes of arena. False when the host refuses the memory. */
bool engine_open(struct engine *engine, uint64_t seed, size_t limit, unsigned char poison);
void engine_close(struct engine *engine);

/* Power off: the arena and all events are gone; time, chance and fingerprint go on. Ids of events
 * from before are never those of events after.
 */
void engine_power_off(struct engine *engine);

/* Starts a run anew, as after engine_open(), without asking the host for memory. The trace's sink
 * stays; the list and log of choices and a fault not yet injected are forgotten.
 */
void engine_restart(struct engine *engine, uint64_t seed);

typedef void event_function(void *context, uint64_t argument);

/* Runs `run(context, argument)` at `due_ns`, or now when that is past. Answers the event's id,
 * never 0; or 0, with nothing changed, when the arena is full.
 */
uint64_t engine_post(struct engine *engine, uint64_t due_ns, event_function *run, void *context,
                     uint64_t argument);

/* There is room for one event that must not fail, whatever memory is left: for one such event at a
 * time. False, with nothing changed, when the arena is full now.
 */
bool engine_keep_room(struct engine *engine);
uint64_t engine_post_last(struct engine *engine, uint64_t due_ns, event_function *run,
                          void *context, uint64_t argument);

/* Takes back an event that has not run. False when there is none of that id. */
bool engine_cancel(struct engine *engine, uint64_t id);

/* Runs the next event and moves time to it. False when there is none. */
bool engine_step(struct engine *engine);

/* When the next event is due, or UINT64_MAX. */
uint64_t engine_next_due(const struct engine *engine);

/* What happened, for the fingerprint and the trace. No address may stand in any field. */
struct record {
    uint32_t kind;    /* a number that means one thing for ever; see each floor's own list */
    uint32_t subject; /* a socket, a process, an event number */
    uint64_t arguments[4];
    uint32_t result;
    uint32_t actor; /* the thread on whose behalf */
};

void engine_record(struct engine *engine, const struct record *record);

/* Writes a line to the trace, if anyone reads it. Formats like printf; never %p. A line is cut
 * after ENGINE_TRACE_MAX - 1 bytes.
 */
enum { ENGINE_TRACE_MAX = 512 };
void engine_trace(struct engine *engine, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void engine_check(const struct engine *engine);

#endif
