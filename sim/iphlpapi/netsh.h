/* netsh's `interface ipv4|ipv6` context, as far as it concerns ports: excludedportrange and
 * dynamicportrange. What it prints has the shapes seen on Windows in English (observed-behaviour
 * 2.4); the numbers are the machine's.
 */
#ifndef SIM_IPHLPAPI_NETSH_H
#define SIM_IPHLPAPI_NETSH_H

#include <stddef.h>

#include "sim/nt/token.h"
#include "sim/tcpip/tcpip.h"

struct netsh {
    struct tcpip *tcpip;
    const struct profile *profile;
    struct token token; /* whoever runs it */
};

/* Runs one line, with or without the word netsh before it. Writes what it prints, ended by a NUL
 * and cut to `size`; answers its exit code, 0 or 1. A line it refuses changes nothing.
 */
int netsh_run(const struct netsh *netsh, const char *line, char *output, size_t size);

#endif
