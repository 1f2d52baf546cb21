/* A second process that does what the case orders, one call at a time, and answers what came of it.
 * Every suite that wants one lists worker_run under a name of its own in its programs. The
 * functions of the case's side assert; agent.h is the same without.
 */
#ifndef CONFORMANCE_WORKER_H
#define CONFORMANCE_WORKER_H

#include "conformance/suites/persistent.h"
#include "conformance/suites/suite.h"

enum deed {
    WORKER_CREATE,       /* protocol, first, count */
    WORKER_CREATE_BLIND, /* the same, with the bad pointer of kind `token` as place for the token */
    WORKER_DELETE,
    WORKER_LOOKUP,
    WORKER_LOOKUP_BLIND,
    WORKER_NETSH_ADD, /* as WORKER_CREATE; the answer's `error` is netsh's exit code */
    WORKER_NETSH_DELETE,
    WORKER_OPEN,  /* slot gets a socket of the protocol */
    WORKER_ADOPT, /* slot gets the socket of `info` */
    WORKER_ACQUIRE,
    WORKER_ASSOCIATE,
    WORKER_RELEASE,
    WORKER_BIND, /* to `first` on the loopback address */
    WORKER_NAME, /* the port that the socket is bound to */
    WORKER_CLOSE,
    WORKER_LEAVE
};

enum { WORKER_SLOTS = 4 };

struct worker_order {
    unsigned deed;
    unsigned slot;
    unsigned protocol; /* enum block_protocol */
    unsigned first, count;
    ULONG64 token;
    WSAPROTOCOL_INFOW info;
};

struct worker_answer {
    unsigned error; /* 0, or the error of the call in its own numbers */
    unsigned port;
    ULONG64 token;
};

int worker_run(void);

struct testbed_child *start_worker_as(const struct testbed_start *start);

struct testbed_child *start_worker(const char *program, enum testbed_user user);

/* Create, Delete or Lookup. */
struct worker_answer worker_block(struct testbed_child *worker, enum deed deed,
                                  enum block_protocol protocol, unsigned first, unsigned count);

unsigned worker_open(struct testbed_child *worker, unsigned slot, enum block_protocol protocol);

/* Create or Lookup with a bad pointer, whose kind is enum testbed_bad_pointer. False when the
 * worker died of it; else it has left.
 */
bool worker_survives(struct testbed_child *worker, enum deed deed, enum block_protocol protocol,
                     unsigned first, unsigned count, int kind, struct worker_answer *answer);

/* Gives the worker a descriptor of `s`; what its WSASocket answers. */
unsigned worker_adopts(struct testbed_child *worker, unsigned slot, SOCKET s);

struct worker_answer worker_acquires(struct testbed_child *worker, unsigned slot, unsigned first,
                                     unsigned count);

/* Associate or release. */
unsigned worker_uses_token(struct testbed_child *worker, enum deed deed, unsigned slot,
                           ULONG64 token);

struct worker_answer worker_binds(struct testbed_child *worker, unsigned slot, unsigned port);

struct worker_answer worker_does(struct testbed_child *worker, enum deed deed, unsigned slot);

/* The worker ends by itself, leaving to the system what it holds. */
void worker_leaves(struct testbed_child *worker);

#endif
