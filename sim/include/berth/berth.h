/* Berth's control interface: make a Windows machine, run programs in it, pull its plug, see inside.
 *
 * A machine is used by one host thread at a time. Winsock and Win32 calls made by that thread while
 * a machine is entered go to it. What starts programs, runs netsh or cuts the network needs a
 * machine that is switched on. Everything here is deterministic but the host's memory running out,
 * which is a NULL.
 */
#ifndef BERTH_BERTH_H
#define BERTH_BERTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spec/spec.h"

#ifdef __cplusplus
extern "C" {
#endif

struct berth;

/* Accounts and execution levels; the numbers are those of sim/nt/token.h. */
enum berth_account {
    BERTH_STANDARD,
    BERTH_OTHER_STANDARD,
    BERTH_ADMIN,
    BERTH_BUILTIN_ADMIN,
    BERTH_LOCAL_SYSTEM,
    BERTH_NETWORK_SERVICE
};

enum berth_level { BERTH_AS_INVOKER, BERTH_HIGHEST_AVAILABLE, BERTH_REQUIRE_ADMINISTRATOR };

struct berth_config {
    uint64_t seed;
    const struct profile *profile; /* copied; NULL for the default */
    size_t memory_limit;           /* bytes of volatile memory; 0 for 4 GiB of address space */
    unsigned char poison;          /* what unwritten memory holds; no outcome depends on it */
    bool never_notify;             /* the UAC slider at its lowest */
    uint64_t boots; /* how often it was switched on before, when its disk is an old one */
};

/* A machine that is switched off, with an empty disk. */
struct berth *berth_new(const struct berth_config *config);
void berth_free(struct berth *machine);

/* Switches on. False when the arena is too small. */
bool berth_boot(struct berth *machine);

enum berth_off { BERTH_SHUT_DOWN, BERTH_POWER_CUT, BERTH_CRASH };

/* Ends everything that runs. Only the disk is left. Called from outside the machine or from the
 * borrowed thread, which is outside afterwards.
 */
void berth_off(struct berth *machine, enum berth_off how);

/* Back to a machine as berth_new made it (disk too unless `keep_disk`), in microseconds: for
 * fuzzers. The profile and limits stay.
 */
void berth_reset(struct berth *machine, uint64_t seed, bool keep_disk);

/* Takes a new profile, from the next boot on. */
void berth_set_profile(struct berth *machine, const struct profile *profile);

/* The UAC slider at its lowest or not, from the next start of a program on. */
void berth_set_never_notify(struct berth *machine, bool on);

/* The disk's bytes, to damage or compare. They live until the next write. */
unsigned char *berth_disk(struct berth *machine, size_t *size);

/* Gives a machine that is switched off the disk of an earlier one: whole sectors. False when the
 * host has no memory.
 */
enum { BERTH_SECTOR_SIZE = 512 };
bool berth_put_disk(struct berth *machine, const void *bytes, size_t size);

/* Calls `written` with each sector that is written, before the guest's call that caused it returns:
 * who keeps the sectors keeps all that was acknowledged. NULL for nobody.
 */
void berth_on_disk_write(struct berth *machine,
                         void (*written)(void *context, uint32_t sector,
                                         const unsigned char *bytes),
                         void *context);

/* Pulls the plug at the n-th sector write from now (1 is the next): before it, in its middle, or
 * after it. The guest's call then fails and berth_has_power() is false; switch off and boot.
 */
enum berth_cut { BERTH_CUT_BEFORE, BERTH_CUT_DURING, BERTH_CUT_AFTER };
void berth_cut_power_at(struct berth *machine, uint64_t write, enum berth_cut when);
bool berth_has_power(const struct berth *machine);
uint64_t berth_disk_writes(const struct berth *machine);

/* How many damaged registry values the last boot skipped. */
uint32_t berth_damaged_values(const struct berth *machine);

struct berth_launch {
    enum berth_account account; /* who starts it, from the shell of his logon */
    bool elevated;              /* from an elevated prompt instead, where UAC gives him one */
    enum berth_level level;     /* the program's manifest */
    bool run_as;                /* Run as administrator */
    bool consent;               /* what the user answers when asked */
    bool inherit;               /* bInheritHandles; the parent is the running process */
};

/* Makes the caller's stack thread 0 of a new process; Winsock calls are that process' from here on.
 * Answers 0 or the Win32 error of the start (740, 1223, 5, 8).
 */
uint32_t berth_enter(struct berth *machine, const struct berth_launch *launch);

/* Ends the process that was entered; the caller is outside again. */
void berth_leave(struct berth *machine);

/* Lends the caller's stack, while inside, to another process for the calls that follow: how a
 * fuzzer plays several processes without switching stacks. `process` from berth_spawn.
 */
struct berth_process;
uint32_t berth_spawn(struct berth *machine, const struct berth_launch *launch,
                     struct berth_process **process);
void berth_switch(struct berth *machine, struct berth_process *process);
void berth_kill(struct berth *machine, struct berth_process *process);

/* Starts `start(context)` on a thread of its own in a new process; the handle-free form of
 * CreateProcess. Answers 0 or the Win32 error; `process_id` gets its number.
 */
uint32_t berth_start(struct berth *machine, const struct berth_launch *launch,
                     void (*start)(void *), void *context, uint32_t *process_id);

/* Waits in virtual time until the process has ended; its exit code. Of a process from berth_start,
 * once.
 */
uint32_t berth_wait(struct berth *machine, uint32_t process_id);
void berth_terminate(struct berth *machine, uint32_t process_id);

/* Ends the running process from a thread of its own fiber, not from a borrowed stack. */
void berth_exit(struct berth *machine, uint32_t exit_code);

/* The number of the running process; 0 outside. */
uint32_t berth_process_id(const struct berth *machine);

/* Blocks the running simulated thread until `*word` differs from `value`; berth_wake lets all
 * sleepers look again. How a test bed builds pipes between simulated processes.
 */
void berth_sleep_on(struct berth *machine, const uint32_t *word, uint32_t value);
void berth_wake(struct berth *machine);

/* The same, or until the process has ended, which has to come from berth_start: false then. */
bool berth_sleep_on_process(struct berth *machine, const uint32_t *word, uint32_t value,
                            uint32_t process_id);

/* Writes MaxUserPort under ...\\Tcpip\\Parameters; the next boot reads it. False without power. */
bool berth_set_max_user_port(struct berth *machine, uint16_t port);

void berth_set_network(struct berth *machine, bool up);

/* The Ethernet's cable is pulled or put back: its addresses and routes go and come, and whoever
 * waits for that is told.
 */
void berth_set_cable(struct berth *machine, bool in);

/* Until the next boot the three control codes of port reservations take that long; 0 lets the
 * profile say how long.
 */
void berth_slow_reservations(struct berth *machine, uint64_t delay_ns);

/* ---- Beyond the wire: hosts of the LAN, and what goes wrong on the way there ------------------
 *
 * All of it is gone when the machine is switched off, and may be set up again after the boot.
 */
struct berth_address {
    bool ipv6;
    uint8_t bytes[16]; /* network order; an IPv4 address in the first four */
};

enum berth_protocol { BERTH_TCP, BERTH_UDP };

/* Adds a host under a name, or NULL; a name has several addresses when it is added as often. A
 * silent host drops what comes to a port without a script, another refuses it. An address of no
 * host swallows everything. False for the machine's own addresses, one that is there, or no memory.
 */
bool berth_add_host(struct berth *machine, const char *name, const struct berth_address *address,
                    bool silent);

/* What a port of the host does: steps with semicolons between them, "send hello; receive 5; close".
 * sim/tcpip/remote.h has the words. False for no such host or no such words.
 */
bool berth_host_port(struct berth *machine, const struct berth_address *host,
                     enum berth_protocol protocol, uint16_t port, const char *script);

/* The host connects to a port of this machine from one of its own, and plays the script. */
bool berth_host_connect(struct berth *machine, const struct berth_address *host, uint16_t from,
                        const struct berth_address *to, uint16_t port, const char *script);

/* The host sends a datagram; `to` may be a broadcast or multicast address. */
bool berth_host_send(struct berth *machine, const struct berth_address *host, uint16_t from,
                     const struct berth_address *to, uint16_t port, const void *bytes,
                     uint32_t size);

/* Chances are per 65536, 0 for never; times in nanoseconds. A packet takes `fixed` and up to
 * `jitter` more: 1 us and none on loopback, 200 us and 100 us on the LAN until it is set.
 */
struct berth_wire {
    uint32_t loss, duplication, reordering, delay;
    uint64_t delay_ns; /* the most a delayed packet is late */
    bool loopback;     /* all that happens to packets within the machine too */
};
void berth_set_wire(struct berth *machine, const struct berth_wire *wire);
void berth_set_latency(struct berth *machine, bool loopback, uint64_t fixed_ns, uint64_t jitter_ns);

/* Nothing passes to or from the host any more (NULL: the whole LAN), or passes again. */
void berth_partition(struct berth *machine, const struct berth_address *host, bool apart);

/* Runs one netsh command line of the running process ("int ipv4 show excludedportrange tcp").
 * Writes what it prints, ended by a NUL and cut to fit; answers its exit code.
 */
int berth_netsh(struct berth *machine, const char *line, char *output, size_t size);

/* A line of text for each thing in the pool: protocol, kind, first port, and how many where there
 * are several. Kinds are dynamic, foreign, excluded, persistent, reserved and bound: "tcp reserved
 * 5000 20", "udp bound 53". Only whole lines are written; answers their length.
 */
size_t berth_describe_pool(struct berth *machine, char *output, size_t size);

uint64_t berth_now_ns(const struct berth *machine);
uint64_t berth_fingerprint(const struct berth *machine);
size_t berth_memory_used(const struct berth *machine);

/* Calls `sink` with each line of trace. */
void berth_trace(struct berth *machine, void (*sink)(void *, const char *), void *context);

/* Has the machine's calls looked at for what programs do wrong with memory and sockets that are the
 * provider's: `report` gets a line what, and a line for each call that has to do with it
 * (sim/winsock/ownership.h lists the kinds). No outcome depends on it. Before the boot it is to
 * look at; NULL turns it off.
 */
void berth_on_misuse(struct berth *machine, void (*report)(void *, const char *), void *context);

/* The running process is about to end by itself: what it leaves open and uncollected is reported.
 */
void berth_report_leftovers(struct berth *machine);

/* ---- Threads that race ------------------------------------------------------------------------
 *
 * Threads take turns; which of those that can run does run is a choice of the seed's. A thread
 * keeps its turn until it waits; or it may lose it at the beginning of every call that another
 * thread could notice; or, to explore, it may lose it there to the next event as well: a packet
 * arrives, a time is up, though threads could still run. From now on, and after every boot.
 */
enum berth_preemption { BERTH_PREEMPT_NEVER, BERTH_PREEMPT_AT_CALLS, BERTH_PREEMPT_EXPLORE };
void berth_set_preemption(struct berth *machine, enum berth_preemption when);

/* How far off an event may be that happens before threads that could run, in nanoseconds: 1 s until
 * it is set. Longer times are only up when every thread waits.
 */
void berth_set_horizon(struct berth *machine, uint64_t ns);

/* Runs a program in every order its threads and events can come in, depth first: `run` is called
 * for each, with the machine as after berth_reset(seed), and leaves it as it likes. It is the same
 * program each time, and false stops. Answers how many orders there were; or `limit`, unless that
 * is 0, when there are more. `all` is then false; also when it was stopped, an order has more than
 * 65,536 choices, or the host has no memory.
 */
struct berth_exploration {
    uint64_t seed;  /* what is no order of threads is drawn from it */
    uint64_t limit; /* 0 for none */
    bool keep_disk;
    bool (*run)(struct berth *machine, uint64_t number, void *context);
    void *context;
};
uint64_t berth_explore(struct berth *machine, const struct berth_exploration *exploration,
                       bool *all);

/* Who waits for what, when nothing can move any more; must not return. */
void berth_on_deadlock(struct berth *machine, void (*report)(void *, const char *), void *context);

/* Every module's invariant. Asserts. */
void berth_check(const struct berth *machine);

/* Makes the n-th allocation of the machine from now fail; 0 for none. */
void berth_fail_allocation(struct berth *machine, uint64_t n);

#ifdef __cplusplus
}
#endif

#endif
