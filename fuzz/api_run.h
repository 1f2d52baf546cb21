/* A program of the target `api` as it runs: the machine, the model beside it, and what its
 * operations share. An operation takes its four bytes: what it is, and three arguments.
 */
#ifndef FUZZ_API_RUN_H
#define FUZZ_API_RUN_H

#include <winsock2.h>

#include <ws2tcpip.h>

#include <windows.h>

#include "fuzz/model.h"
#include "fuzz/target.h"
#include "sim/runtime/machine.h"

enum { TOKENS = 6, CROWD_FIRST = DYNAMIC_FIRST, OPERATION_SIZE = 4 };

struct api_run {
    struct berth *machine;
    unsigned char *disk; /* as at the start of each program: the small dynamic ranges are set */
    size_t disk_size;
    struct profile profile;
    struct model model;
    struct berth_process *processes[MODEL_PROCESSES];
    DWORD process_ids[MODEL_PROCESSES];
    SOCKET handles[MODEL_SOCKETS][MODEL_PROCESSES];
    uint64_t tokens[TOKENS]; /* of all kinds, live and dead */
    int token_next;
    int running;
    bool full;  /* the model has no room: the program ends */
    bool armed; /* an allocation of the next call is to fail */
};

extern struct api_run fuzz;

/* ---- Arguments out of bytes: crowded places, and the edges of each rule ---- */

uint16_t drawn_port_of(uint8_t byte); /* 0 now and then */
uint16_t explicit_port_of(uint8_t byte);
uint16_t count_of(uint8_t byte);
int socket_of(uint8_t byte);

/* The latest token more often than not, or one before it, dead or alive; now and then one that
 * never was.
 */
uint64_t token_of(uint8_t byte);
void remember_token(uint64_t token);

struct model_socket *modelled(int s);

/* The running process' descriptor of socket `s`, and whether it has one. */
SOCKET handle_of(int s);
bool usable(int s);
void adopt(int s, SOCKET handle, int process);

bool is_administrator(void);

/* 0, or the last error when a call answered SOCKET_ERROR. */
unsigned outcome(int result);

/* ---- Faults ---- */

void disarm(void);

/* Whether the call that just ran met the failing allocation that was ordered. Disarms it. */
bool allocation_failed(void);

/* A call ran out of memory and said so; then it has changed nothing, which the comparison sees. */
bool excused(unsigned answer);

/* ---- Operations: each calls, and compares the answer with the model's ---- */

void do_socket(const uint8_t *bytes);
void do_close(const uint8_t *bytes);
void do_acquire(const uint8_t *bytes);
void do_associate(const uint8_t *bytes);
void do_release(const uint8_t *bytes);
void do_bind(const uint8_t *bytes);
void do_implicit_bind(const uint8_t *bytes);
void do_option(const uint8_t *bytes);
void do_again(const uint8_t *bytes);
void do_create(const uint8_t *bytes);
void do_delete(const uint8_t *bytes);
void do_lookup(const uint8_t *bytes);
void do_exclusion(const uint8_t *bytes);
void do_switch(const uint8_t *bytes);
void do_kill(const uint8_t *bytes);
void do_cleanup(const uint8_t *bytes);
void do_duplicate(const uint8_t *bytes);
void do_reboot(const uint8_t *bytes);
void do_cut(const uint8_t *bytes);
void do_fail_allocation(const uint8_t *bytes);

/* Three processes, started in a machine that was booted; the first runs. */
void start_processes(void);

/* The power failed in a call: what it was about may be there or not after the boot, and nothing
 * else has changed.
 */
void settle_after_cut(enum model_kind kind, enum model_protocol protocol, uint16_t first,
                      uint16_t count, bool creating);

#endif
