/* A dynamic range so small that it can be used up, far from the default one. The test bed's next
 * case has the default again.
 */
#ifndef CONFORMANCE_SUITES_SMALL_RANGE_H
#define CONFORMANCE_SUITES_SMALL_RANGE_H

#include "conformance/suites/windows_api.h"

#include <stdio.h>

#include "conformance/suites/suite.h"

enum { SMALL_FIRST = 10000, SMALL_COUNT = 255, SMALL_LAST = SMALL_FIRST + SMALL_COUNT - 1 };

static inline void run_netsh(const char *line)
{
    char output[1024];
    const int code = testbed_netsh(line, output, sizeof output);
    REQUIRE_TESTBED(code != -1);
    assert_int_equal(code, 0);
}

/* `family` is "ipv4" or "ipv6", `protocol` "tcp" or "udp". */
static inline void shrink_dynamic_range(const char *family, const char *protocol)
{
    char line[128];
    snprintf(line, sizeof line, "int %s set dynamicport %s start=%d num=%d", family, protocol,
             SMALL_FIRST, SMALL_COUNT);
    run_netsh(line);
}

#endif
