/* The machine of the targets that work on afd's sockets, and connections in it. */
#ifndef FUZZ_HOST_H
#define FUZZ_HOST_H

#include "fuzz/target.h"
#include "sim/afd/waits.h"
#include "sim/runtime/machine.h"

struct host {
    struct berth *machine;
    struct process *process; /* that the program runs in */
    struct profile profile;
    bool has_profile;
};

extern struct host host;

/* A machine fresh from its boot; target_use says under which profile. */
void host_boot(uint64_t seed);

/* The same, with one process entered. */
void host_begin(void);

struct connection {
    uint64_t listener;
    uint64_t handles[2]; /* of the client, of what was accepted */
    struct socket_object *sockets[2];
};

/* Over loopback, to that port. */
struct connection host_connect(uint16_t port);

#endif
