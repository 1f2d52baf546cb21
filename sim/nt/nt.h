/* The executive of one machine: processes, threads, objects, the registry. It lives in the arena
 * and is gone when the power goes; nt_boot makes a new one.
 */
#ifndef SIM_NT_NT_H
#define SIM_NT_NT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/engine/engine.h"
#include "sim/nt/process.h"
#include "sim/nt/registry.h"
#include "sim/nt/token.h"
#include "spec/spec.h"

struct nt {
    struct engine *engine;
    const struct profile *profile;
    struct uac uac;
    struct registry registry; /* booted by whoever knows what its values mean: tcpip_boot */
    struct disk *disk;
    struct process *processes;
    struct thread *current; /* the running thread; NULL between guests */
    struct thread *ready, *ready_last;
    uint32_t ready_count;
    uint32_t next_process_id, next_thread_id;
    uint64_t boots;
    /* Called when every thread waits and no event is left; `report` says who waits for what. Must
     * not return to the guest: the default prints the report and exits with 3.
     */
    void (*deadlock)(void *context, const char *report);
    void *deadlock_context;
};

/* A fresh executive in the engine's arena; NULL when it does not fit. */
struct nt *nt_boot(struct engine *engine, struct disk *disk, const struct profile *profile,
                   const struct uac *uac, uint64_t boots);

/* Orderly shutdown: every process ends. Must not be called from a guest's fiber other than a
 * borrowed one.
 */
void nt_shut_down(struct nt *nt);

/* Power cut: fibers are abandoned where they stand, nothing is closed. The caller drops the arena. */
void nt_power_cut(struct nt *nt);

/* The clock the guest sees, in nanoseconds since boot. */
uint64_t nt_uptime_ns(const struct nt *nt);

void nt_check(const struct nt *nt);

#endif
