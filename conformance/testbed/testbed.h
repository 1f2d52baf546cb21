/* What Winsock cannot say: run this program as that user, reboot, cut the network, give me a bad
 * pointer, run netsh. The suites use nothing else that is not Win32.
 *
 * sim.c answers it in the simulator. On Windows a child is a process of the same program, a user is
 * a token, a phase after a reboot is a run resumed from a state file, and what cannot be done is
 * said so: a function that answers false there makes the case SKIPPED with the reason it gives.
 */
#ifndef CONFORMANCE_TESTBED_H
#define CONFORMANCE_TESTBED_H

#include <stdbool.h>
#include <stddef.h>

enum testbed_user {
    TESTBED_STANDARD,       /* no administrator */
    TESTBED_OTHER_STANDARD, /* another account, no administrator either */
    TESTBED_FILTERED_ADMIN, /* an administrator's everyday token under UAC */
    TESTBED_ELEVATED_ADMIN, /* the same, elevated */
    TESTBED_BUILTIN_ADMIN,  /* the built-in Administrator */
    TESTBED_LOCAL_SYSTEM,
    TESTBED_NETWORK_SERVICE
};

enum testbed_manifest {
    TESTBED_AS_INVOKER,
    TESTBED_HIGHEST_AVAILABLE,
    TESTBED_REQUIRE_ADMINISTRATOR
};

/* A program that a case starts in a process of its own. What it answers is its exit code. It talks
 * to the case with testbed_hear_parent and testbed_tell_parent, and must not use cmocka: what it
 * finds it tells, and the case judges.
 */
struct testbed_program {
    const char *name;
    int (*run)(void);
};

struct testbed_start {
    const char *program;
    enum testbed_user user;
    enum testbed_manifest manifest;
    bool run_as;          /* ask to run as administrator */
    bool refuse_consent;  /* what the user answers when asked */
    bool inherit_handles; /* the child gets the case's inheritable handles */
};

struct testbed_child;

/* Starts a program. NULL when Windows refused (`*error` gets the Win32 error) or the test bed
 * cannot do it (`*error` is 0; see testbed_reason).
 */
struct testbed_child *testbed_start(const struct testbed_start *start, unsigned long *error);

/* The child's process id, as WSADuplicateSocket wants it. */
unsigned long testbed_child_id(const struct testbed_child *child);

/* Sends bytes to the child, or takes as many from it; taking waits. False when the child has ended
 * before that many came.
 */
bool testbed_tell(struct testbed_child *child, const void *bytes, size_t size);
bool testbed_hear(struct testbed_child *child, void *bytes, size_t size);

/* Waits for the child to end. After testbed_wait or testbed_kill the child is no more. */
int testbed_wait(struct testbed_child *child);
void testbed_kill(struct testbed_child *child);

/* As testbed_hear, but waits no longer than this: false then, too, and `*late` is set. */
bool testbed_hear_within(struct testbed_child *child, void *bytes, size_t size,
                         unsigned milliseconds, bool *late);

/* In a child. */
bool testbed_tell_parent(const void *bytes, size_t size);
bool testbed_hear_parent(void *bytes, size_t size);

/* The whole of it for a child that is told once and answers once: false when it could not be
 * started or did not answer.
 */
bool testbed_ask(const struct testbed_start *start, const void *question, size_t question_size,
                 void *answer, size_t answer_size);

/* Whether this is the first thread of a case's own process: where a case may be ended. */
bool testbed_in_case(void);

/* The user a case runs as is the suite's; a reboot stands between two functions of one case. What
 * must last is kept here: zeroed before the first function, and there again after the reboot.
 */
enum { TESTBED_KEPT_SIZE = 1024 };
void *testbed_kept(void);

enum testbed_bad_pointer {
    TESTBED_NULL,
    TESTBED_UNMAPPED,
    TESTBED_NO_ACCESS,
    TESTBED_READ_ONLY, /* bad only where something is written */
    TESTBED_STRADDLES, /* the last byte lies on a page without access */
    TESTBED_KERNEL,    /* above the user's half */
    TESTBED_BAD_POINTER_COUNT
};

const char *testbed_bad_pointer_name(enum testbed_bad_pointer kind);

/* Such a pointer to `size` bytes. Valid until the case ends. */
void *testbed_bad_pointer(enum testbed_bad_pointer kind, size_t size);

/* The network subsystem fails, or works again. False where that cannot be done. */
bool testbed_network(bool up);

/* From now on, in this case, the three control codes of reservations take that long; 0 is as they
 * were. False as above.
 */
bool testbed_slow_reservations(unsigned milliseconds);

/* The lowest setting of the UAC slider, from the next start of a program on. False as above. */
bool testbed_never_notify(bool on);

/* Runs `netsh LINE`; its output, ended by a NUL, and its exit code. -1 where that cannot be done.
 */
int testbed_netsh(const char *line, char *output, size_t size);

/* MaxUserPort in the registry, read at the next start of Windows. False as above. */
bool testbed_max_user_port(unsigned short port);

/* A port nobody uses, for the running protocol tests: the first of `count` free ones in a place far
 * from the dynamic range. In the simulator always the same.
 */
unsigned short testbed_ports(unsigned count);

/* Another local address of this machine, as text ("127.0.0.2"), or NULL. */
const char *testbed_second_address(void);

/* What this machine has besides loopback, in network order. NULL where that is not known. */
struct testbed_addresses {
    unsigned char lan[4], lan_broadcast[4];
    unsigned char global_6[16];
    unsigned char link_local[16];
    unsigned long link; /* the scope of link_local */
};
const struct testbed_addresses *testbed_addresses(void);

/* ---- Other hosts, which only a simulated network has ------------------------------------------
 *
 * All false where there are none; and where an argument is no good, which is a mistake of the case.
 */
struct testbed_host {
    bool ipv6;
    unsigned char bytes[16]; /* network order; an IPv4 address in the first four */
};

/* A host in the LAN, under a name or NULL. Silent: nothing comes back from ports without a script;
 * else they refuse.
 */
bool testbed_remote_host(const char *name, const struct testbed_host *host, bool silent);

/* What its port does: "send hello; receive 5; echo; close", "drop", "refuse", "accept 500",
 * "wait 100; reset", "stop"; sim/tcpip/remote.h has all the words.
 */
bool testbed_remote_port(const struct testbed_host *host, bool udp, unsigned short port,
                         const char *script);

/* It connects to this machine's LAN address of its family. */
bool testbed_remote_connect(const struct testbed_host *host, unsigned short from,
                            unsigned short port, const char *script);

/* Nothing passes between this machine and the host any more, or passes again. */
bool testbed_remote_cut(const struct testbed_host *host, bool cut);

/* Of so many packets in 65536 each is lost, comes twice, or is overtaken. */
bool testbed_wire(unsigned loss, unsigned duplication, unsigned reordering, bool loopback);

/* Why the last function here answered false, NULL or -1. */
const char *testbed_reason(void);

/* What stands in the port pool, for the report's picture; empty where it cannot be told. */
size_t testbed_describe_pool(char *output, size_t size);

/* ---- What the runner needs ------------------------------------------------------------------- */

struct testbed_options {
    unsigned long long seed;
    bool preempts;       /* a simulated thread may lose its turn at every call */
    const void *profile; /* struct profile; NULL for the default. Ignored on a real stack. */
    const struct testbed_program *const *programs;  /* ended by NULL */
    void (*trace)(void *context, const char *line); /* NULL for none; not on a real stack */
    void *trace_context;
    /* The checker of ownership looks on and tells; as trace. */
    void (*misuse)(void *context, const char *report);
    void *misuse_context;
};

const char *testbed_target(void); /* "simulator", "wine-8.0", "windows-10.0.20348", ... */

/* Whether the machine promises to answer the open questions as its profile says. */
bool testbed_follows_profile(void);

/* Whether a case may hang here, or take its process with it: then each is played in a child, by a
 * program of the runner's.
 */
bool testbed_plays_apart(void);

/* Before anything else in main: whether this process was started as a child. If so its program has
 * run when this returns, and answered `*exit_code`.
 */
bool testbed_run_child(int argc, char **argv, const struct testbed_program *const *programs,
                       int *exit_code);

bool testbed_open(const struct testbed_options *options);
void testbed_close(void);

/* A fresh machine, and the caller a process of it as `user`. False when it cannot be: SKIPPED. */
bool testbed_begin_case(enum testbed_user user);

/* Reboots between two functions of a case; the caller is then a new process of the same user. */
enum testbed_reboot { TESTBED_RESTART, TESTBED_POWER_CUT, TESTBED_CRASH };
bool testbed_reboot(enum testbed_reboot how);

void testbed_end_case(void);

/* The fingerprint of all cases so far; 0 on a real stack. */
unsigned long long testbed_fingerprint(void);

#endif
