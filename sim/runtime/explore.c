/* Orders of threads: when a thread may lose its turn, and running a program in every order. */
#include "sim/runtime/machine.h"

#include <stdlib.h>

#include "sim/engine/check.h"

enum { CHOICES_MAX = 1 << 16 };

void machine_preempt(struct berth *machine)
{
    if (machine->nt == NULL)
        return;
    machine->nt->preempt = machine->preemption != BERTH_PREEMPT_NEVER;
    machine->nt->explore = machine->preemption == BERTH_PREEMPT_EXPLORE;
    if (machine->horizon_ns != 0)
        machine->nt->horizon_ns = machine->horizon_ns;
}

void berth_set_preemption(struct berth *machine, enum berth_preemption when)
{
    machine->preemption = when;
    machine_preempt(machine);
}

void berth_set_horizon(struct berth *machine, uint64_t ns)
{
    machine->horizon_ns = ns;
    machine_preempt(machine);
}

/* The choices of the run that is under way, and what they were: depth first, the path to where the
 * run is. Behind the list every order's choice is the first.
 */
struct path {
    size_t count; /* of the list */
    uint64_t list[CHOICES_MAX];
    struct choice log[CHOICES_MAX];
};

static void set_out(struct berth *machine, const struct berth_exploration *exploration,
                    struct path *path)
{
    berth_reset(machine, exploration->seed, exploration->keep_disk);
    struct choice_source *choices = &machine->engine.choices;
    choices->list = path->list;
    choices->list_count = path->count;
    choices->log = path->log;
    choices->log_size = CHOICES_MAX;
    choices->first_schedule = true;
}

/* The next path, after the log of this one. False when it was the last. */
static bool next_path(struct path *path, size_t logged)
{
    const struct choice *log = path->log;
    size_t at = logged;
    while (at > 0 &&
           (log[at - 1].site != CHOICE_SCHEDULE || log[at - 1].value + 1 == log[at - 1].count))
        at--;
    if (at == 0)
        return false;
    for (size_t i = path->count > 0 ? path->count - 1 : 0; i < at; i++)
        path->list[i] = log[i].value;
    path->list[at - 1] = log[at - 1].value + 1;
    path->count = at;
    return true;
}

uint64_t berth_explore(struct berth *machine, const struct berth_exploration *exploration,
                       bool *all)
{
    struct path *path = calloc(1, sizeof *path);
    uint64_t runs = 0;
    bool more = true, goes_on = path != NULL;

    while (more && goes_on && (exploration->limit == 0 || runs < exploration->limit)) {
        set_out(machine, exploration, path);
        goes_on = exploration->run(machine, runs++, exploration->context);
        size_t logged = machine->engine.choices.log_count;
        goes_on = goes_on && logged <= CHOICES_MAX;
        more = next_path(path, logged <= CHOICES_MAX ? logged : CHOICES_MAX);
    }
    berth_reset(machine, exploration->seed, exploration->keep_disk);
    free(path);
    if (all != NULL)
        *all = !more;
    return runs;
}
