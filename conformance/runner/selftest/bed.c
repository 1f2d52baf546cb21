/* A test bed without a Winsock: the runner is tested with cases whose verdicts are known. */
#include <stdio.h>
#include <string.h>

#include "conformance/runner/selftest/selftest.h"
#include "conformance/testbed/testbed.h"

struct profile selftest_profile;

static char kept[TESTBED_KEPT_SIZE];
static unsigned long long cases;

const char *testbed_target(void)
{
    return "self-test \"<&>\"";
}

bool testbed_follows_profile(void)
{
    return false;
}

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

/* The runner has children only of a test bed that plays apart. */
struct testbed_child *testbed_start(const struct testbed_start *start, unsigned long *error)
{
    (void)start;
    *error = 0;
    return NULL;
}

bool testbed_tell(struct testbed_child *child, const void *bytes, size_t size)
{
    (void)child;
    (void)bytes;
    (void)size;
    return false;
}

bool testbed_hear_within(struct testbed_child *child, void *bytes, size_t size,
                         unsigned milliseconds, bool *late)
{
    (void)child;
    (void)bytes;
    (void)size;
    (void)milliseconds;
    *late = false;
    return false;
}

int testbed_wait(struct testbed_child *child)
{
    (void)child;
    return 0;
}

void testbed_kill(struct testbed_child *child)
{
    (void)child;
}

bool testbed_tell_parent(const void *bytes, size_t size)
{
    (void)bytes;
    (void)size;
    return false;
}

bool testbed_hear_parent(void *bytes, size_t size)
{
    (void)bytes;
    (void)size;
    return false;
}

bool testbed_open(const struct testbed_options *options)
{
    const struct profile *profile = options->profile;
    selftest_profile = *profile;
    cases = options->seed;
    if (options->trace != NULL)
        options->trace(options->trace_context, "opened");
    return true;
}

void testbed_close(void)
{
}

bool testbed_begin_case(enum testbed_user user)
{
    memset(kept, 0, sizeof kept);
    cases++;
    return user == TESTBED_STANDARD;
}

bool testbed_reboot(enum testbed_reboot how)
{
    return how == TESTBED_RESTART;
}

void testbed_end_case(void)
{
}

unsigned long long testbed_fingerprint(void)
{
    return cases;
}

const char *testbed_reason(void)
{
    return "it has no such thing";
}

void *testbed_kept(void)
{
    return kept;
}

size_t testbed_describe_pool(char *output, size_t size)
{
    static const char pool[] = "tcp dynamic 49152 16384\nudp dynamic 49152 16384\n"
                               "tcp reserved 5000 20\ntcp persistent 20000 2500\n"
                               "tcp bound 5003\ntcp excluded 50000 60\nudp foreign 60000 700\n"
                               "no line of a pool\ntcp reserved 65535 2\n";
    return (size_t)snprintf(output, size, "%s", pool);
}
