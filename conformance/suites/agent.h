/* Another process that does as it is told: it holds one socket and makes the reservation calls that
 * a case asks for, one at a time. A suite that uses it names agent_programs as its programs.
 */
#ifndef CONFORMANCE_AGENT_H
#define CONFORMANCE_AGENT_H

#include "conformance/suites/windows_api.h"

#include "conformance/testbed/testbed.h"

enum agent_verb {
    AGENT_OPEN,  /* closes the socket it has and opens one of `family` and `type` */
    AGENT_ADOPT, /* closes the socket it has and opens the one of `duplicate` */
    AGENT_ACQUIRE,
    AGENT_ASSOCIATE,
    AGENT_RELEASE,
    AGENT_BIND, /* to the family's loopback address, port `first` */
    AGENT_IDENTIFY,
    AGENT_END
};

struct agent_order {
    enum agent_verb verb;
    int family;
    int type;
    USHORT first;
    USHORT count;
    ULONG64 token;
    WSAPROTOCOL_INFOW duplicate;
};

struct agent_answer {
    unsigned outcome;
    USHORT first; /* the block that was acquired */
    USHORT count;
    ULONG64 token;
    USHORT port;      /* of the socket after the order; 0 when it is not bound */
    DWORD process_id; /* as WSADuplicateSocket wants it */
};

/* The outcome when the agent did not answer. */
#define AGENT_LOST 0xFFFFFFFEu

extern const struct testbed_program agent_programs[];

/* A new agent, with a TCP socket; NULL when the test bed cannot start one. */
struct testbed_child *agent_start(enum testbed_user user);

struct agent_answer agent_do(struct testbed_child *agent, const struct agent_order *order);
unsigned agent_open(struct testbed_child *agent, int family, int type);
struct agent_answer agent_acquire(struct testbed_child *agent, USHORT first, USHORT count);
unsigned agent_associate(struct testbed_child *agent, ULONG64 token);
unsigned agent_release(struct testbed_child *agent, ULONG64 token);
struct agent_answer agent_bind(struct testbed_child *agent, USHORT port);

/* The agent is told to end, and has ended. */
void agent_end(struct testbed_child *agent);

#endif
