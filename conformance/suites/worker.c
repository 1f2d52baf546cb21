#include "conformance/suites/worker.h"

#include <stdio.h>

static unsigned worker_netsh(const struct worker_order *order, const char *verb)
{
    char line[128], output[256];
    snprintf(line, sizeof(line),
             "int ipv4 %s excludedportrange protocol=%s startport=%u numberofports=%u", verb,
             block_protocol_name((enum block_protocol)order->protocol), order->first, order->count);
    return (unsigned)testbed_netsh(line, output, sizeof(output));
}

static void worker_call_iphlpapi(const struct worker_order *order, struct worker_answer *answer)
{
    const enum block_protocol protocol = (enum block_protocol)order->protocol;
    ULONG64 *token = &answer->token;
    switch (order->deed) {
    case WORKER_CREATE_BLIND:
        token = testbed_bad_pointer((enum testbed_bad_pointer)order->token, sizeof(*token));
        /* fall through */
    case WORKER_CREATE:
        answer->error = create_block(protocol, order->first, order->count, token);
        break;
    case WORKER_LOOKUP_BLIND:
        token = testbed_bad_pointer((enum testbed_bad_pointer)order->token, sizeof(*token));
        /* fall through */
    case WORKER_LOOKUP:
        answer->error = lookup_block(protocol, order->first, order->count, token);
        break;
    case WORKER_NETSH_ADD:
        answer->error = worker_netsh(order, "add");
        break;
    case WORKER_NETSH_DELETE:
        answer->error = worker_netsh(order, "delete");
        break;
    default:
        answer->error = delete_block(protocol, order->first, order->count);
        break;
    }
}

static SOCKET worker_adopt(const struct worker_order *order)
{
    WSAPROTOCOL_INFOW info = order->info;
    return WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0,
                      WSA_FLAG_OVERLAPPED);
}

static void worker_call_winsock(const struct worker_order *order, SOCKET *s,
                                struct worker_answer *answer)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    memset(&instance, 0, sizeof(instance));
    switch (order->deed) {
    case WORKER_OPEN:
    case WORKER_ADOPT:
        *s = order->deed == WORKER_OPEN ? block_socket((enum block_protocol)order->protocol)
                                        : worker_adopt(order);
        answer->error = *s == INVALID_SOCKET ? (unsigned)WSAGetLastError() : 0;
        break;
    case WORKER_ACQUIRE:
        answer->error = acquire_block(*s, (USHORT)order->first, (USHORT)order->count, &instance);
        answer->token = instance.Token;
        break;
    case WORKER_ASSOCIATE:
        answer->error = associate_block(*s, order->token);
        break;
    case WORKER_RELEASE:
        answer->error = release_block(*s, order->token);
        break;
    case WORKER_BIND:
        answer->error = bind_loopback(*s, (USHORT)order->first);
        answer->port = bound_port(*s);
        break;
    case WORKER_NAME:
        answer->port = bound_port(*s);
        break;
    default:
        answer->error = winsock_outcome(closesocket(*s));
        break;
    }
}

int worker_run(void)
{
    SOCKET slots[WORKER_SLOTS];
    struct worker_order order;
    for (unsigned i = 0; i < WORKER_SLOTS; i++)
        slots[i] = INVALID_SOCKET;
    if (winsock_start() != 0)
        return 1;
    while (testbed_hear_parent(&order, sizeof(order))) {
        struct worker_answer answer;
        memset(&answer, 0, sizeof(answer));
        if (order.deed == WORKER_LEAVE)
            return 0;
        if (order.deed < WORKER_OPEN)
            worker_call_iphlpapi(&order, &answer);
        else
            worker_call_winsock(&order, &slots[order.slot], &answer);
        if (!testbed_tell_parent(&answer, sizeof(answer)))
            return 2;
    }
    return 3;
}

/* ---- The case's side ------------------------------------------------------------------------- */

struct testbed_child *start_worker_as(const struct testbed_start *start)
{
    unsigned long error = 0;
    struct testbed_child *worker = testbed_start(start, &error);
    if (worker == NULL && error == 0)
        SKIP_BECAUSE(testbed_reason());
    if (worker == NULL)
        fail_msg("%s was refused its start with error %lu", start->program, error);
    return worker;
}

struct testbed_child *start_worker(const char *program, enum testbed_user user)
{
    struct testbed_start start;
    memset(&start, 0, sizeof(start));
    start.program = program;
    start.user = user;
    return start_worker_as(&start);
}

static struct worker_answer order_worker(struct testbed_child *worker,
                                         const struct worker_order *order)
{
    struct worker_answer answer;
    memset(&answer, 0, sizeof(answer));
    assert_true(testbed_tell(worker, order, sizeof(*order)));
    assert_true(testbed_hear(worker, &answer, sizeof(answer)));
    unless_unsupported(answer.error);
    unless_missing(answer.error);
    return answer;
}

struct worker_answer worker_block(struct testbed_child *worker, enum deed deed,
                                  enum block_protocol protocol, unsigned first, unsigned count)
{
    struct worker_order order;
    memset(&order, 0, sizeof(order));
    order.deed = (unsigned)deed;
    order.protocol = (unsigned)protocol;
    order.first = first;
    order.count = count;
    return order_worker(worker, &order);
}

bool worker_survives(struct testbed_child *worker, enum deed deed, enum block_protocol protocol,
                     unsigned first, unsigned count, int kind, struct worker_answer *answer)
{
    struct worker_order order;
    memset(&order, 0, sizeof(order));
    order.deed = (unsigned)deed;
    order.protocol = (unsigned)protocol;
    order.first = first;
    order.count = count;
    order.token = (ULONG64)kind;
    assert_true(testbed_tell(worker, &order, sizeof(order)));
    const bool lives = testbed_hear(worker, answer, sizeof(*answer));
    if (lives)
        unless_missing(answer->error);
    if (lives)
        worker_leaves(worker);
    else
        testbed_kill(worker);
    return lives;
}

unsigned worker_open(struct testbed_child *worker, unsigned slot, enum block_protocol protocol)
{
    struct worker_order order;
    memset(&order, 0, sizeof(order));
    order.deed = WORKER_OPEN;
    order.slot = slot;
    order.protocol = (unsigned)protocol;
    return order_worker(worker, &order).error;
}

unsigned worker_adopts(struct testbed_child *worker, unsigned slot, SOCKET s)
{
    struct worker_order order;
    memset(&order, 0, sizeof(order));
    order.deed = WORKER_ADOPT;
    order.slot = slot;
    assert_int_equal(WSADuplicateSocketW(s, testbed_child_id(worker), &order.info), 0);
    return order_worker(worker, &order).error;
}

struct worker_answer worker_acquires(struct testbed_child *worker, unsigned slot, unsigned first,
                                     unsigned count)
{
    struct worker_order order;
    memset(&order, 0, sizeof(order));
    order.deed = WORKER_ACQUIRE;
    order.slot = slot;
    order.first = first;
    order.count = count;
    return order_worker(worker, &order);
}

unsigned worker_uses_token(struct testbed_child *worker, enum deed deed, unsigned slot,
                           ULONG64 token)
{
    struct worker_order order;
    memset(&order, 0, sizeof(order));
    order.deed = (unsigned)deed;
    order.slot = slot;
    order.token = token;
    return order_worker(worker, &order).error;
}

struct worker_answer worker_binds(struct testbed_child *worker, unsigned slot, unsigned port)
{
    struct worker_order order;
    memset(&order, 0, sizeof(order));
    order.deed = WORKER_BIND;
    order.slot = slot;
    order.first = port;
    return order_worker(worker, &order);
}

struct worker_answer worker_does(struct testbed_child *worker, enum deed deed, unsigned slot)
{
    struct worker_order order;
    memset(&order, 0, sizeof(order));
    order.deed = (unsigned)deed;
    order.slot = slot;
    return order_worker(worker, &order);
}

void worker_leaves(struct testbed_child *worker)
{
    struct worker_order order;
    memset(&order, 0, sizeof(order));
    order.deed = WORKER_LEAVE;
    assert_true(testbed_tell(worker, &order, sizeof(order)));
    assert_int_equal(testbed_wait(worker), 0);
}
