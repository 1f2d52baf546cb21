#include "sim/runtime/machine.h"

#include <stdlib.h>
#include <string.h>

#include "sim/engine/check.h"
#include "sim/runtime/fibers.h"
#include "sim/runtime/program.h"
#include "sim/runtime/window.h"
#include "sim/winsock/ownership.h"
#include "sim/winsock/winsock.h"

/* Room for the registry of a machine nobody has changed much: erased in a microsecond. It grows. */
enum { FIRST_SECTORS = 64 };

static const size_t memory_default = (size_t)4 << 30;

void machine_record(struct berth *machine, enum machine_record kind, uint32_t subject,
                    uint64_t argument, uint32_t result)
{
    const struct record record = {
        .kind = kind, .subject = subject, .arguments = {argument}, .result = result};
    engine_record(&machine->engine, &record);
}

void machine_attach(struct berth *machine)
{
    winsock_attach(machine->winsock);
}

void machine_detach(struct berth *machine)
{
    if (machine->winsock != NULL && winsock_attached() == machine->winsock)
        winsock_attach(NULL);
}

struct nt *machine_running(void)
{
    ASSERT(winsock_attached() != NULL); /* the host let a guest run outside a machine */
    return winsock_attached()->nt;
}

struct berth *berth_new(const struct berth_config *config)
{
    struct berth *machine = calloc(1, sizeof *machine);
    if (machine == NULL)
        return NULL;

    size_t limit = config->memory_limit > 0 ? config->memory_limit : memory_default;
    if (!engine_open(&machine->engine, config->seed, limit, config->poison)) {
        free(machine);
        return NULL;
    }
    if (!disk_open(&machine->disk, FIRST_SECTORS)) {
        engine_close(&machine->engine);
        free(machine);
        return NULL;
    }
    profile_default(&machine->profile);
    if (config->profile != NULL)
        machine->profile = *config->profile;
    machine->uac.never_notify = config->never_notify;
    machine->boots = config->boots;
    return machine;
}

/* What stood in the arena is nobody's any more. */
static void forget(struct berth *machine)
{
    fibers_lost(machine);
    machine_detach(machine);
    machine->nt = NULL;
    machine->tcpip = NULL;
    machine->afd = NULL;
    machine->winsock = NULL;
    machine->knock = NULL;
    machine->started = NULL;
    machine->program = NULL;
    machine->variables_of = NULL;
    machine->thread_variables_of = NULL;
    machine->shared = false;
    machine->classes = NULL;
    machine->words = NULL;
    machine->parked = NULL;
    machine->timers_made = 0;
    machine->heaps_made = 0;
}

void berth_free(struct berth *machine)
{
    if (machine == NULL)
        return;
    if (machine->nt != NULL)
        nt_power_cut(machine->nt);
    forget(machine);
    ownership_close(machine->ownership);
    disk_close(&machine->disk);
    engine_close(&machine->engine);
    free(machine);
}

static bool boot_floors(struct berth *machine)
{
    machine->nt = nt_boot(&machine->engine, &machine->disk, &machine->in_force, &machine->uac,
                          machine->boots);
    if (machine->nt == NULL)
        return false;
    machine->nt->runtime = machine;
    machine_preempt(machine);
    machine->nt->thread_ended = program_thread_ended;
    machine->nt->process_ended = program_process_ended;
    if (machine->deadlock != NULL) {
        machine->nt->deadlock = machine->deadlock;
        machine->nt->deadlock_context = machine->deadlock_context;
    }
    machine->knock = event_create(machine->nt, true, false);
    if (machine->knock == NULL)
        return false;
    machine->tcpip = tcpip_boot(machine->nt);
    if (machine->tcpip == NULL)
        return false;
    machine->afd = afd_boot(machine->nt, machine->tcpip);
    if (machine->afd == NULL)
        return false;
    machine->winsock = winsock_boot(machine->afd);
    if (machine->winsock == NULL)
        return false;
    machine->winsock->ownership = machine->ownership;
    machine->winsock->post_message = window_post;
    machine->winsock->window_exists = window_exists;
    if (machine->ownership != NULL)
        ownership_watch(machine->ownership, machine->afd);
    return true;
}

bool berth_boot(struct berth *machine)
{
    ASSERT(machine->nt == NULL);
    machine->boots++;
    machine->in_force = machine->profile;
    machine->disk.powered = true;
    machine->disk.cut = CUT_NONE;
    machine->disk.cut_at = 0;

    bool booted = boot_floors(machine);
    if (!booted) {
        if (machine->nt != NULL)
            nt_power_cut(machine->nt);
        forget(machine);
        engine_power_off(&machine->engine);
    }
    machine_record(machine, RECORD_MACHINE_BOOT, (uint32_t)machine->boots, 0, booted);
    engine_trace(&machine->engine, "boot %llu%s", (unsigned long long)machine->boots,
                 booted ? "" : " failed: no memory");
    return booted;
}

void berth_off(struct berth *machine, enum berth_off how)
{
    static const char *const names[] = {"shut down", "power cut", "crash"};

    if (machine->nt == NULL)
        return;
    /* Without power nothing is orderly. */
    if (!machine->disk.powered && how == BERTH_SHUT_DOWN)
        how = BERTH_POWER_CUT;
    machine_record(machine, RECORD_MACHINE_OFF, (uint32_t)machine->boots, how, 0);
    engine_trace(&machine->engine, "%s", names[how]);

    if (how == BERTH_SHUT_DOWN) {
        tcpip_shut_down(machine->tcpip);
        nt_shut_down(machine->nt);
    } else {
        nt_power_cut(machine->nt);
    }
    forget(machine);
    engine_power_off(&machine->engine);
}

static void erase_disk(struct berth *machine)
{
    struct disk *disk = &machine->disk;

    if (disk->sectors == FIRST_SECTORS) {
        memset(disk->bytes, 0, (size_t)disk->sectors * SECTOR_SIZE);
    } else {
        struct disk before = *disk;
        disk_close(disk);
        bool opened = disk_open(disk, FIRST_SECTORS);
        ASSERT(opened);
        disk->written = before.written;
        disk->written_context = before.written_context;
    }
    disk->writes = 0;
}

void berth_reset(struct berth *machine, uint64_t seed, bool keep_disk)
{
    if (machine->nt != NULL)
        nt_power_cut(machine->nt);
    forget(machine);
    engine_restart(&machine->engine, seed);
    machine->boots = 0;
    if (!keep_disk && (machine->disk.writes > 0 || machine->disk_lent)) {
        erase_disk(machine);
        machine->disk_lent = false;
    }
    machine->disk.powered = true;
    machine->disk.cut = CUT_NONE;
    machine->disk.cut_at = 0;
}

void berth_set_profile(struct berth *machine, const struct profile *profile)
{
    machine->profile = *profile;
}

void berth_set_never_notify(struct berth *machine, bool on)
{
    machine->uac.never_notify = on;
    if (machine->nt != NULL)
        machine->nt->uac.never_notify = on;
}

unsigned char *berth_disk(struct berth *machine, size_t *size)
{
    machine->disk_lent = true;
    *size = (size_t)machine->disk.sectors * SECTOR_SIZE;
    return machine->disk.bytes;
}

_Static_assert((int)BERTH_SECTOR_SIZE == SECTOR_SIZE, "a sector");

bool berth_put_disk(struct berth *machine, const void *bytes, size_t size)
{
    ASSERT(machine->nt == NULL);
    ASSERT(size % SECTOR_SIZE == 0);
    if (!disk_grow(&machine->disk, (uint32_t)(size / SECTOR_SIZE)))
        return false;
    memset(machine->disk.bytes, 0, (size_t)machine->disk.sectors * SECTOR_SIZE);
    if (size > 0)
        memcpy(machine->disk.bytes, bytes, size);
    return true;
}

void berth_on_disk_write(struct berth *machine,
                         void (*written)(void *context, uint32_t sector,
                                         const unsigned char *bytes),
                         void *context)
{
    machine->disk.written = written;
    machine->disk.written_context = context;
}

void berth_cut_power_at(struct berth *machine, uint64_t write, enum berth_cut when)
{
    static const enum cut cuts[] = {CUT_BEFORE, CUT_DURING, CUT_AFTER};

    machine->disk.cut_at = write == 0 ? 0 : machine->disk.writes + write;
    machine->disk.cut = write == 0 ? CUT_NONE : cuts[when];
}

bool berth_has_power(const struct berth *machine)
{
    return machine->nt != NULL && machine->disk.powered;
}

uint64_t berth_disk_writes(const struct berth *machine)
{
    return machine->disk.writes;
}

uint32_t berth_damaged_values(const struct berth *machine)
{
    return machine->nt == NULL ? 0 : machine->nt->registry.damaged;
}

uint64_t berth_now_ns(const struct berth *machine)
{
    return machine->engine.now_ns;
}

uint64_t berth_fingerprint(const struct berth *machine)
{
    return machine->engine.fingerprint;
}

size_t berth_memory_used(const struct berth *machine)
{
    return machine->engine.arena.used;
}

void berth_trace(struct berth *machine, void (*sink)(void *, const char *), void *context)
{
    machine->engine.sink = sink;
    machine->engine.sink_context = context;
}

void berth_on_deadlock(struct berth *machine, void (*report)(void *, const char *), void *context)
{
    machine->deadlock = report;
    machine->deadlock_context = context;
    if (machine->nt != NULL && report != NULL) {
        machine->nt->deadlock = report;
        machine->nt->deadlock_context = context;
    }
}

void berth_check(const struct berth *machine)
{
    engine_check(&machine->engine);
    ASSERT((machine->nt == NULL) == (machine->winsock == NULL));
    if (machine->nt == NULL)
        return;
    ASSERT(machine->nt->profile == &machine->in_force);
    nt_check(machine->nt);
    tcpip_check(machine->tcpip);
    afd_check(machine->afd);
}

void berth_fail_allocation(struct berth *machine, uint64_t n)
{
    machine->engine.arena.fail_in = n;
}

/* ---- Ownership ------------------------------------------------------------------------------- */

void berth_on_misuse(struct berth *machine, void (*report)(void *, const char *), void *context)
{
    ASSERT(machine->nt == NULL);
    ownership_close(machine->ownership);
    machine->ownership = report == NULL ? NULL : ownership_open(report, context);
}

void berth_report_leftovers(struct berth *machine)
{
    if (machine->ownership != NULL && machine->nt != NULL && machine->nt->current != NULL)
        ownership_process_ends(machine->ownership, machine->nt->current->process);
}

void machine_freed(const char *by, const void *address, size_t size)
{
    const struct winsock *winsock = winsock_attached();
    if (winsock != NULL && winsock->ownership != NULL)
        ownership_freed(winsock->ownership, by, address, size);
}

void machine_collected(const void *overlapped)
{
    const struct winsock *winsock = winsock_attached();
    if (winsock != NULL && winsock->ownership != NULL)
        ownership_collected(winsock->ownership, overlapped);
}
