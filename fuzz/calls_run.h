/* A program of the target `calls` as it runs: what its operations share, and how each draws its
 * arguments. An operation takes its eight bytes: which it is, and what its draws begin with.
 */
#ifndef FUZZ_CALLS_RUN_H
#define FUZZ_CALLS_RUN_H

#include <winsock2.h>

#include <ws2tcpip.h>

#include <mstcpip.h>
#include <mswsock.h>
#include <windows.h>

#include "fuzz/host.h"

enum {
    OPERATION_SIZE = 8,
    SOCKETS = 12,
    OBJECTS = 12, /* events, mutexes, ports, threads, timers, lookups */
    OVERLAPPEDS = 16,
    ROOM_SIZE = 1 << 16,
    FIRST_PORT = 5000,
    PORTS = 6,
    UNTOLD = 0x0BADC0DE /* a last error that no call sets */
};

struct calls_run {
    SOCKET sockets[SOCKETS]; /* open, or closed a while ago */
    HANDLE objects[OBJECTS];
    ULONG64 tokens[4];            /* of port reservations */
    WSAPROTOCOL_INFOW duplicated; /* the latest, good for one socket more or used up */
    char *room;                   /* what calls may read and write, and then a free page */
    char *read_only, *no_access;  /* a page each */
    WSAOVERLAPPED *overlapped;    /* OVERLAPPEDS of them */
    bool alone;                   /* no other thread begins anything */
    unsigned upcalls;             /* how often the machine has called the program */
    LPFN_CONNECTEX connectex;
    LPFN_DISCONNECTEX disconnectex;
    LPFN_WSARECVMSG recvmsg;
    LPFN_TRANSMITPACKETS transmitpackets;
};

extern struct calls_run fuzz;

/* ---- Drawing arguments ---- */

struct draw {
    const uint8_t *bytes; /* the operation's */
    unsigned at;
};

/* Bytes after the operation's are made of its own. */
uint8_t draw(struct draw *draw);
unsigned draw_below(struct draw *draw, unsigned count);
bool draw_chance(struct draw *draw, unsigned one_in);

#define DRAW_OF(from, list) ((list)[draw_below((from), sizeof(list) / sizeof *(list))])

/* Mostly one that was opened; else a stale one, another kind of handle, or nothing of the sort. */
SOCKET any_socket(struct draw *from);
HANDLE any_object(struct draw *from);
void keep_socket(struct draw *from, SOCKET s);
void keep_object(struct draw *from, HANDLE object);

/* Memory of which `size` bytes may be written, more often than not: else NULL, a page that cannot
 * be written, one that ends too early, an address of the kernel's. To be read: a page that cannot
 * be written is good, then.
 */
void *any_memory(struct draw *from, size_t size);

/* The same, aligned to nothing: what has no type of its own, or is copied anyway. */
void *any_bytes(struct draw *from, size_t size);

/* Of something `size` bytes long, more often than not. */
int any_length(struct draw *from, size_t size);
int any_number(struct draw *from);

/* 0 to a second: waits that nobody ends early must end. */
DWORD any_time(struct draw *from);

LPWSAOVERLAPPED any_overlapped(struct draw *from);
LPWSAOVERLAPPED_COMPLETION_ROUTINE any_routine(struct draw *from);
void any_buffers(struct draw *from, WSABUF buffers[4]);

struct drawn_name {
    SOCKADDR_STORAGE bytes;
    const struct sockaddr *address; /* of `bytes`, or not */
    int size;
};
void any_name(struct draw *from, struct drawn_name *name);

const char *any_text(struct draw *from);
const WCHAR *any_wide_text(struct draw *from);

/* What the machine calls the program for: it looks, and now and then calls back. */
void upcall(void);

/* ---- Judging answers ---- */

/* A call that failed set an error that the spec knows. */
void judge(bool failed);

/* An answer that is an error itself, or 0. */
void judge_error(DWORD error);

/* ---- Operations ---- */

struct operation {
    const char *name;
    void (*run)(struct draw *from);
};

/* Each list ends with a NULL. */
extern const struct operation calls_of_sockets[];
extern const struct operation calls_of_transfer[];
extern const struct operation calls_of_names[];
extern const struct operation calls_of_kernel[];

#endif
