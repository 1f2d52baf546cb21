/* The test bed in the simulator. A case runs on the host's own stack, as a thread borrowed by the
 * machine, so that cmocka's longjmp stays on one stack; its children run on fibers of their own.
 */
#include "conformance/testbed/sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <windows.h>

enum { PIPE_SIZE = 4096, PORTS_FIRST = 5000, REPORT_SIZE = 2048 };

/* One way between a case and its child. Whoever waits sleeps on `changes`. */
struct pipe {
    uint32_t changes; /* how often anything was written or taken */
    size_t written, taken;
    unsigned char bytes[PIPE_SIZE];
};

struct testbed_child {
    const struct testbed_program *program;
    uint32_t process_id;
    struct pipe to_child, to_parent;
    struct testbed_child *next;
};

static struct {
    struct berth *machine;
    const struct testbed_program *const *programs;
    uint64_t seed;
    uint64_t fingerprint;
    enum testbed_user user;
    struct testbed_child *children; /* the latest first */
    const char *reason;
    uint32_t thread; /* the case's first */
    bool stuck;      /* the case ran into a deadlock: its thread stands in the middle of a wait */
    char report[REPORT_SIZE];
    _Alignas(16) unsigned char kept[TESTBED_KEPT_SIZE];
} bed;

bool sim_cannot(const char *reason)
{
    bed.reason = reason;
    return false;
}

struct berth *sim_machine(void)
{
    return bed.machine;
}

const char *testbed_reason(void)
{
    return bed.reason != NULL ? bed.reason : "";
}

const char *testbed_target(void)
{
    return "simulator";
}

bool testbed_follows_profile(void)
{
    return true;
}

/* A case that waits for ever is a deadlock, which the machine finds; one that breaks its process
 * has found a mistake of the simulator.
 */
bool testbed_plays_apart(void)
{
    return false;
}

bool testbed_run_child(int argc, char **argv, const struct testbed_program *const *programs,
                       int *exit_code)
{
    (void)argc;
    (void)argv;
    (void)programs;
    (void)exit_code;
    return false;
}

/* ---- Children -------------------------------------------------------------------------------- */

static struct berth_launch launch_as(enum testbed_user user)
{
    static const struct berth_launch launches[] = {
        [TESTBED_STANDARD] = {.account = BERTH_STANDARD, .consent = true},
        [TESTBED_OTHER_STANDARD] = {.account = BERTH_OTHER_STANDARD, .consent = true},
        [TESTBED_FILTERED_ADMIN] = {.account = BERTH_ADMIN, .consent = true},
        [TESTBED_ELEVATED_ADMIN] = {.account = BERTH_ADMIN, .elevated = true, .consent = true},
        [TESTBED_BUILTIN_ADMIN] = {.account = BERTH_BUILTIN_ADMIN, .consent = true},
        [TESTBED_LOCAL_SYSTEM] = {.account = BERTH_LOCAL_SYSTEM, .consent = true},
        [TESTBED_NETWORK_SERVICE] = {.account = BERTH_NETWORK_SERVICE, .consent = true},
    };
    return launches[user];
}

static void run_child(void *context)
{
    const struct testbed_child *child = context;

    berth_exit(bed.machine, (uint32_t)child->program->run());
}

static const struct testbed_program *find_program(const char *name)
{
    for (const struct testbed_program *const *program = bed.programs;
         program != NULL && *program != NULL; program++)
        if (strcmp((*program)->name, name) == 0)
            return *program;
    return NULL;
}

struct testbed_child *testbed_start(const struct testbed_start *start, unsigned long *error)
{
    struct berth_launch launch = launch_as(start->user);

    *error = 0;
    launch.level = (enum berth_level)start->manifest;
    launch.inherit = start->inherit_handles;
    launch.run_as = start->run_as;
    launch.consent = !start->refuse_consent;
    struct testbed_child *child = calloc(1, sizeof *child);
    if (child == NULL) {
        sim_cannot("the host has no memory for a child");
        return NULL;
    }
    child->program = find_program(start->program);
    if (child->program == NULL) {
        free(child);
        sim_cannot("the suite has no program of that name");
        return NULL;
    }
    *error = berth_start(bed.machine, &launch, run_child, child, &child->process_id);
    if (*error != 0) {
        free(child);
        return NULL;
    }
    child->next = bed.children;
    bed.children = child;
    return child;
}

unsigned long testbed_child_id(const struct testbed_child *child)
{
    return child->process_id;
}

static void forget_child(struct testbed_child *child)
{
    struct testbed_child **link = &bed.children;

    while (*link != child)
        link = &(*link)->next;
    *link = child->next;
    free(child);
}

int testbed_wait(struct testbed_child *child)
{
    int exit_code = (int)berth_wait(bed.machine, child->process_id);

    forget_child(child);
    return exit_code;
}

void testbed_kill(struct testbed_child *child)
{
    berth_terminate(bed.machine, child->process_id);
    testbed_wait(child);
}

/* ---- Pipes ----------------------------------------------------------------------------------- */

static void pipe_changed(struct pipe *pipe)
{
    pipe->changes++;
    berth_wake(bed.machine);
}

/* Waits for the other side to move. False when the other side, the process `peer`, has ended; 0 is
 * the case itself, which outlives its children.
 */
static bool pipe_wait(struct pipe *pipe, uint32_t peer)
{
    uint32_t seen = pipe->changes;

    if (peer != 0)
        return berth_sleep_on_process(bed.machine, &pipe->changes, seen, peer);
    berth_sleep_on(bed.machine, &pipe->changes, seen);
    return true;
}

static bool pipe_write(struct pipe *pipe, const unsigned char *bytes, size_t size, uint32_t peer)
{
    for (size_t i = 0; i < size; i++) {
        while (pipe->written - pipe->taken == PIPE_SIZE)
            if (!pipe_wait(pipe, peer))
                return false;
        pipe->bytes[pipe->written++ % PIPE_SIZE] = bytes[i];
        if (i + 1 == size || pipe->written - pipe->taken == PIPE_SIZE)
            pipe_changed(pipe);
    }
    return true;
}

/* What a child wrote before it ended can still be taken. */
static bool pipe_take(struct pipe *pipe, unsigned char *bytes, size_t size, uint32_t peer)
{
    for (size_t i = 0; i < size; i++) {
        while (pipe->written == pipe->taken)
            if (!pipe_wait(pipe, peer))
                return false;
        bytes[i] = pipe->bytes[pipe->taken++ % PIPE_SIZE];
        if (i + 1 == size || pipe->written == pipe->taken)
            pipe_changed(pipe);
    }
    return true;
}

bool testbed_tell(struct testbed_child *child, const void *bytes, size_t size)
{
    return pipe_write(&child->to_child, bytes, size, child->process_id) ||
           sim_cannot("the child has ended");
}

bool testbed_hear(struct testbed_child *child, void *bytes, size_t size)
{
    return pipe_take(&child->to_parent, bytes, size, child->process_id) ||
           sim_cannot("the child ended without an answer");
}

/* Nobody's clock runs while a simulated child makes up its mind: it cannot be late. */
bool testbed_hear_within(struct testbed_child *child, void *bytes, size_t size,
                         unsigned milliseconds, bool *late)
{
    (void)milliseconds;
    *late = false;
    return testbed_hear(child, bytes, size);
}

/* The child that is running now; NULL in the case's own process. */
static struct testbed_child *running_child(void)
{
    uint32_t process_id = berth_process_id(bed.machine);
    struct testbed_child *child = bed.children;

    while (child != NULL && child->process_id != process_id)
        child = child->next;
    return child;
}

bool testbed_tell_parent(const void *bytes, size_t size)
{
    struct testbed_child *child = running_child();

    return child != NULL ? pipe_write(&child->to_parent, bytes, size, 0)
                         : sim_cannot("this is no child");
}

bool testbed_hear_parent(void *bytes, size_t size)
{
    struct testbed_child *child = running_child();

    return child != NULL ? pipe_take(&child->to_child, bytes, size, 0)
                         : sim_cannot("this is no child");
}

bool testbed_ask(const struct testbed_start *start, const void *question, size_t question_size,
                 void *answer, size_t answer_size)
{
    unsigned long error;
    struct testbed_child *child = testbed_start(start, &error);

    if (child == NULL)
        return sim_cannot("Windows refused to start the child");
    bool answered =
        testbed_tell(child, question, question_size) && testbed_hear(child, answer, answer_size);
    testbed_wait(child);
    return answered;
}

/* ---- Pointers, network, users, netsh --------------------------------------------------------- */

void *testbed_kept(void)
{
    return bed.kept;
}

const char *testbed_bad_pointer_name(enum testbed_bad_pointer kind)
{
    static const char *const names[] = {
        [TESTBED_NULL] = "NULL",
        [TESTBED_UNMAPPED] = "unmapped",
        [TESTBED_NO_ACCESS] = "no access",
        [TESTBED_READ_ONLY] = "read-only",
        [TESTBED_STRADDLES] = "runs off its page",
        [TESTBED_KERNEL] = "kernel half",
    };
    return names[kind];
}

static void *protected_pages(size_t size, DWORD protection)
{
    DWORD before;
    void *pages = VirtualAlloc(NULL, size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);

    if (pages == NULL || !VirtualProtect(pages, size, protection, &before))
        return NULL;
    return pages;
}

static void *straddling_bytes(size_t size)
{
    enum { PAGE = 4096 };
    size_t whole = (size + PAGE - 1) / PAGE * PAGE;
    DWORD before;
    char *pages = VirtualAlloc(NULL, whole + PAGE, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);

    if (pages == NULL || !VirtualProtect(pages + whole, PAGE, PAGE_NOACCESS, &before))
        return NULL;
    return pages + whole - (size > 0 ? size - 1 : 0);
}

void *testbed_bad_pointer(enum testbed_bad_pointer kind, size_t size)
{
    size_t pages = size > 0 ? size : 1;
    void *bytes;

    switch (kind) {
    case TESTBED_NULL:
        return NULL;
    case TESTBED_UNMAPPED:
        bytes = VirtualAlloc(NULL, pages, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
        return bytes != NULL && VirtualFree(bytes, 0, MEM_RELEASE) ? bytes : NULL;
    case TESTBED_NO_ACCESS:
        return protected_pages(pages, PAGE_NOACCESS);
    case TESTBED_READ_ONLY:
        return protected_pages(pages, PAGE_READONLY);
    case TESTBED_STRADDLES:
        return straddling_bytes(size);
    case TESTBED_KERNEL:
        return (void *)(uintptr_t)0xFFFF800000001000u;
    case TESTBED_BAD_POINTER_COUNT:
        break;
    }
    return NULL;
}

bool testbed_network(bool up)
{
    berth_set_network(bed.machine, up);
    return true;
}

bool testbed_slow_reservations(unsigned milliseconds)
{
    berth_slow_reservations(bed.machine, (uint64_t)milliseconds * 1000000);
    return true;
}

bool testbed_never_notify(bool on)
{
    berth_set_never_notify(bed.machine, on);
    return true;
}

int testbed_netsh(const char *line, char *output, size_t size)
{
    return berth_netsh(bed.machine, line, output, size);
}

bool testbed_max_user_port(unsigned short port)
{
    return berth_set_max_user_port(bed.machine, port) ||
           sim_cannot("the registry cannot be written");
}

unsigned short testbed_ports(unsigned count)
{
    (void)count;
    return PORTS_FIRST;
}

const char *testbed_second_address(void)
{
    return "127.0.0.2";
}

const struct testbed_addresses *testbed_addresses(void)
{
    static const struct testbed_addresses addresses = {
        .lan = {192, 168, 1, 10},
        .lan_broadcast = {192, 168, 1, 255},
        .global_6 = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x10},
        .link_local = {0xfe, 0x80, [15] = 0x10},
        .link = 2,
    };
    return &addresses;
}

size_t testbed_describe_pool(char *output, size_t size)
{
    return berth_describe_pool(bed.machine, output, size);
}

/* ---- Cases ----------------------------------------------------------------------------------- */

/* Nothing can move any more. Called on the case's own stack, where it waits for ever: the case
 * fails and is left as it stands.
 */
static void fail_stuck_case(void *context, const char *report)
{
    (void)context;
    bed.stuck = true;
    snprintf(bed.report, sizeof bed.report, "%s", report);
    print_error("%s\n", bed.report);
    _fail("deadlock", 0);
}

bool testbed_open(const struct testbed_options *options)
{
    const struct berth_config config = {.seed = options->seed, .profile = options->profile};

    bed.machine = berth_new(&config);
    if (bed.machine == NULL)
        return sim_cannot("the host has no memory for a machine");
    bed.programs = options->programs;
    bed.seed = options->seed;
    bed.fingerprint = 0;
    if (options->preempts)
        berth_set_preemption(bed.machine, BERTH_PREEMPT_AT_CALLS);
    berth_on_deadlock(bed.machine, fail_stuck_case, NULL);
    berth_trace(bed.machine, options->trace, options->trace_context);
    if (options->misuse != NULL)
        berth_on_misuse(bed.machine, options->misuse, options->misuse_context);
    return true;
}

void testbed_close(void)
{
    berth_free(bed.machine);
    bed.machine = NULL;
}

static bool enter(void)
{
    const struct berth_launch launch = launch_as(bed.user);

    if (!berth_boot(bed.machine))
        return sim_cannot("the machine does not boot");
    if (berth_enter(bed.machine, &launch) != 0)
        return sim_cannot("the machine starts no program as this user");
    bed.thread = GetCurrentThreadId();
    return true;
}

bool testbed_in_case(void)
{
    return running_child() == NULL && GetCurrentThreadId() == bed.thread;
}

bool testbed_begin_case(enum testbed_user user)
{
    berth_reset(bed.machine, bed.seed, false);
    berth_set_never_notify(bed.machine, false);
    memset(bed.kept, 0, sizeof bed.kept);
    bed.user = user;
    bed.stuck = false;
    bed.reason = NULL;
    return enter();
}

static void abandon_children(void)
{
    while (bed.children != NULL)
        forget_child(bed.children);
}

bool testbed_reboot(enum testbed_reboot how)
{
    static const enum berth_off offs[] = {
        [TESTBED_RESTART] = BERTH_SHUT_DOWN,
        [TESTBED_POWER_CUT] = BERTH_POWER_CUT,
        [TESTBED_CRASH] = BERTH_CRASH,
    };

    berth_off(bed.machine, offs[how]);
    abandon_children();
    return enter();
}

/* The splitmix64 finaliser: every bit of every case moves the whole. */
static uint64_t combine(uint64_t all, uint64_t one)
{
    uint64_t mixed = (all ^ one) + 0x9E3779B97F4A7C15u;

    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

/* A failed assertion may have jumped out of the middle of the case: whatever still runs is left
 * where it stands.
 */
void testbed_end_case(void)
{
    if (!bed.stuck)
        berth_check(bed.machine);
    bed.fingerprint = combine(bed.fingerprint, berth_fingerprint(bed.machine));
    berth_off(bed.machine, BERTH_POWER_CUT);
    abandon_children();
}

unsigned long long testbed_fingerprint(void)
{
    return bed.fingerprint;
}
