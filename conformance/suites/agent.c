#include "conformance/suites/agent.h"

static unsigned replace_socket(SOCKET *s, SOCKET next)
{
    if (next == INVALID_SOCKET)
        return winsock_outcome(SOCKET_ERROR);
    if (*s != INVALID_SOCKET)
        closesocket(*s);
    *s = next;
    return 0;
}

static unsigned bind_to_loopback(SOCKET s, int family, USHORT port)
{
    return family == AF_INET6 ? bind_ipv6_loopback(s, port) : bind_loopback(s, port);
}

static unsigned acquire_for(SOCKET s, const struct agent_order *order, struct agent_answer *answer)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    const unsigned outcome = acquire_block(s, order->first, order->count, &instance);
    if (outcome != 0)
        return outcome;
    answer->first = ntohs(instance.StartPort);
    answer->count = instance.NumberOfPorts;
    answer->token = instance.Token;
    return 0;
}

static void obey(SOCKET *s, int *family, const struct agent_order *order,
                 struct agent_answer *answer)
{
    WSAPROTOCOL_INFOW duplicate = order->duplicate;
    switch (order->verb) {
    case AGENT_OPEN:
        *family = order->family;
        answer->outcome = replace_socket(s, socket(order->family, order->type, 0));
        break;
    case AGENT_ADOPT:
        answer->outcome =
            replace_socket(s, WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO,
                                         &duplicate, 0, WSA_FLAG_OVERLAPPED));
        break;
    case AGENT_ACQUIRE:
        answer->outcome = acquire_for(*s, order, answer);
        break;
    case AGENT_ASSOCIATE:
        answer->outcome = associate_block(*s, order->token);
        break;
    case AGENT_RELEASE:
        answer->outcome = release_block(*s, order->token);
        break;
    case AGENT_BIND:
        answer->outcome = bind_to_loopback(*s, *family, order->first);
        break;
    case AGENT_IDENTIFY:
        answer->process_id = GetCurrentProcessId();
        break;
    case AGENT_END:
        break;
    }
    answer->port = bound_port(*s);
}

static int run_agent(void)
{
    struct agent_order order;
    int family = AF_INET;
    SOCKET s;
    if (winsock_start() != 0)
        return 1;
    s = tcp_socket();
    while (testbed_hear_parent(&order, sizeof(order)) && order.verb != AGENT_END) {
        struct agent_answer answer;
        memset(&answer, 0, sizeof(answer));
        obey(&s, &family, &order, &answer);
        if (!testbed_tell_parent(&answer, sizeof(answer)))
            break;
    }
    closesocket(s);
    WSACleanup();
    return 0;
}

const struct testbed_program agent_programs[] = {{"agent", run_agent}, {NULL, NULL}};

struct testbed_child *agent_start(enum testbed_user user)
{
    struct testbed_start start;
    unsigned long error = 0;
    memset(&start, 0, sizeof(start));
    start.program = "agent";
    start.user = user;
    return testbed_start(&start, &error);
}

struct agent_answer agent_do(struct testbed_child *agent, const struct agent_order *order)
{
    struct agent_answer answer;
    memset(&answer, 0, sizeof(answer));
    if (!testbed_tell(agent, order, sizeof(*order)) ||
        !testbed_hear(agent, &answer, sizeof(answer)))
        answer.outcome = AGENT_LOST;
    unless_unsupported(answer.outcome);
    return answer;
}

static struct agent_order order_to(enum agent_verb verb)
{
    struct agent_order order;
    memset(&order, 0, sizeof(order));
    order.verb = verb;
    return order;
}

unsigned agent_open(struct testbed_child *agent, int family, int type)
{
    struct agent_order order = order_to(AGENT_OPEN);
    order.family = family;
    order.type = type;
    return agent_do(agent, &order).outcome;
}

struct agent_answer agent_acquire(struct testbed_child *agent, USHORT first, USHORT count)
{
    struct agent_order order = order_to(AGENT_ACQUIRE);
    order.first = first;
    order.count = count;
    return agent_do(agent, &order);
}

unsigned agent_associate(struct testbed_child *agent, ULONG64 token)
{
    struct agent_order order = order_to(AGENT_ASSOCIATE);
    order.token = token;
    return agent_do(agent, &order).outcome;
}

unsigned agent_release(struct testbed_child *agent, ULONG64 token)
{
    struct agent_order order = order_to(AGENT_RELEASE);
    order.token = token;
    return agent_do(agent, &order).outcome;
}

struct agent_answer agent_bind(struct testbed_child *agent, USHORT port)
{
    struct agent_order order = order_to(AGENT_BIND);
    order.first = port;
    return agent_do(agent, &order);
}

void agent_end(struct testbed_child *agent)
{
    const struct agent_order order = order_to(AGENT_END);
    testbed_tell(agent, &order, sizeof(order));
    testbed_wait(agent);
}
