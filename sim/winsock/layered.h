/* Layered providers of a process: loaded when the first socket of theirs is wanted, and which
 * sockets they have. ws2_32 asks here whom a call goes to.
 *
 * A provider's "DLL" is the program itself: a program that has a WSPStartup of its own is every DLL
 * that the catalogue names but mswsock.dll. (One that has several providers tells them apart by the
 * protocol information that WSPStartup gets.)
 */
#ifndef SIM_WINSOCK_LAYERED_H
#define SIM_WINSOCK_LAYERED_H

#include "sim/winsock/catalogue.h"

struct layered_provider {
    struct layered_provider *next;
    GUID id;
    WSPPROC_TABLE table;
};

/* A socket that a layered provider told ws2_32 of. */
struct layered_socket {
    struct layered_socket *next;
    uint64_t handle;
    const struct layered_provider *provider;
    DWORD_PTR context; /* of a handle made here */
    bool made_here;    /* by WPUCreateSocketHandle; else by WPUModifyIFSHandle, the system's */
};

/* What a process has of them; NULL while it has none. */
struct layered {
    struct layered_provider *providers;
    struct layered_socket *sockets;
};

/* The loaded provider whose entry that is, or NULL. */
const struct layered_provider *layered_loaded(const struct call *call, DWORD catalogue_id);

struct layered_socket *layered_find(const struct process *process, uint64_t handle);

/* Enters a socket; NULL when the arena is full. */
struct layered_socket *layered_add(const struct call *call, uint64_t handle,
                                   const struct layered_provider *provider);

/* Forgets one, if it is there: its socket was closed, or its number is a new socket's now. */
void layered_remove(const struct call *call, uint64_t handle);

/* The last WSACleanup: every provider's WSPCleanup, and the handles made here are closed. */
void layered_cleanup(const struct call *call);

/* The 15 upcalls. */
const WSPUPCALLTABLE *upcall_table(void);

#endif
