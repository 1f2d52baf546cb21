/* An operation on a socket and what may end it, in every order in which the two calls and what
 * completes the operation can come. Each order is a fresh simulated machine, judged on its own.
 */
#ifndef CONFORMANCE_RACES_RACE_H
#define CONFORMANCE_RACES_RACE_H

#include <stdbool.h>
#include <stdint.h>

#include <winsock2.h>

#include <ws2tcpip.h>

#include <mstcpip.h>

#include <mswsock.h>
#include <windows.h>

#include <berth/berth.h>

/* As NTSTATUS, in OVERLAPPED.Internal. */
#define ENDED_WELL 0u
#define ENDED_CANCELLED 0xC0000120u
#define ENDED_ABORTED 0xC0000241u
#define ENDED_RESET 0xC000020Du
#define ENDED_REFUSED 0xC0000236u

enum { RACE_PORT = 5000, RACE_BYTES = 4 };

struct operation;
struct ender;

/* One order of one pair. */
struct race {
    struct berth *machine;
    const struct operation *operation;
    const struct ender *ender;
    uint32_t over; /* threads that have done their part */
    uint32_t stay; /* 0 while the first thread has to be there */

    SOCKET s;      /* what the operation is called on */
    SOCKET peer;   /* the other end, the listener, or another that wants the same; or none */
    SOCKET third;  /* the accepting socket; what an arrival connects with */
    SOCKET taken;  /* what an arrival accepted */
    ULONG64 token; /* of a block that `peer` holds; or the port to connect to */
    HANDLE port;
    OVERLAPPED overlapped;
    char bytes[128];
    INET_PORT_RANGE range;
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD count, flags;

    bool made;      /* the operation was called */
    unsigned begun; /* what the call answered: 0, WSA_IO_PENDING or the error */
    bool closed;    /* `s`, by the ender */
    bool cancelled; /* CancelIoEx answered TRUE */
    bool arrived;   /* what completes it was done, and succeeded */
    unsigned arrival_outcome;
    bool finished; /* it was still under way in the end, and was ended then */
};

/* What can be under way. `judge` looks at what is left when all is over; NULL when it is right. */
struct operation {
    const char *name;
    bool overlapped; /* ends by event and packet; else with its call */
    void (*prepare)(struct race *race);
    void (*begin)(struct race *race);
    void (*arrive)(struct race *race); /* what completes it, from outside */
    void (*reset)(struct race *race);  /* somebody breaks a connection off */
    const char *(*judge)(struct race *race);
};
extern const struct operation operations[];
enum { OPERATION_COUNT = 8 };

/* What can end it. */
struct ender {
    const char *name;
    void (*own)(struct race *race);   /* by the thread that made the operation; or NULL */
    void (*other)(struct race *race); /* by another thread; NULL: the operation's arrive */
    bool leaves;                      /* the thread ends at once */
    bool must_end;                    /* the operation, when it had begun */
    uint32_t statuses[4];             /* it may end with, besides success; ended by 0 */
    unsigned errors[4];               /* its call may answer; ended by 0 */
};
extern const struct ender enders[];
enum { ENDER_COUNT = 8 };

/* 0, or the last Winsock error. */
static inline unsigned race_outcome(int result)
{
    return result == 0 ? 0 : (unsigned)WSAGetLastError();
}

/* Whether the operation has ended with success. */
bool race_succeeded(const struct race *race);

#endif
