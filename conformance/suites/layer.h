/* A layered provider to look at: this program is its DLL. It counts what it is called for and
 * passes the call on to the base provider; what it does wrong is asked of it.
 */
#ifndef CONFORMANCE_LAYER_H
#define CONFORMANCE_LAYER_H

#include "conformance/suites/windows_api.h"

#include <sporder.h>

#include "conformance/suites/block.h"

/* A catalogue is the machine's own: only a simulated one is changed for a test. */
#define REQUIRE_A_CATALOGUE_TO_CHANGE()                                                            \
    do {                                                                                           \
        if (strcmp(testbed_target(), "simulator") != 0)                                            \
            SKIP_BECAUSE("it would change the machine's own catalogue");                           \
    } while (0)

enum layer_fault { LAYER_SOUND, LAYER_OLD_VERSION, LAYER_TABLE_WITH_A_GAP, LAYER_FAILS };

/* The arguments of a WSPIoctl. */
struct layer_call {
    SOCKET s;
    DWORD code;
    LPVOID in;
    DWORD in_size;
    LPVOID out;
    DWORD out_size;
    LPDWORD count;
    LPWSAOVERLAPPED overlapped;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    LPWSATHREADID thread;
};

struct layer {
    enum layer_fault fault; /* what its WSPStartup does */
    unsigned startups, cleanups, sockets, binds, ioctls, closes, cancels;
    WORD asked_version;
    WSAPROTOCOL_INFOW entry; /* as WSPStartup got it */
    WSPUPCALLTABLE upcalls;
    WSPPROC_TABLE lower;
    WSATHREADID caller; /* a copy of what the last WSPIoctl was given */
    BOOL caller_is_there;
    SOCKET last_lower;
    struct layer_call last;
    BOOL has_error; /* the last WSPIoctl had an lpErrno */
    /* What its WSPIoctl does; NULL passes the call on. */
    int (*ioctl)(const struct layer_call *call, LPINT error);
    /* Its WSPGetOverlappedResult reads error and flags in OffsetHigh and Offset. */
    BOOL keeps_results;
};

extern struct layer layer;

/* Forgets everything, and puts the provider before the base provider's entry for UDP over IPv4;
 * with handles of the system's or of its own. Answers the error of what failed, or 0.
 */
int layer_install(BOOL ifs);

/* Passes a WSPIoctl on, with another thread perhaps. */
int layer_pass_on(const struct layer_call *call, LPWSATHREADID thread, LPINT error);

/* The provider's own entries: the layered protocol's and the chain's. */
extern GUID layer_protocol_id, layer_chain_id;

#endif
