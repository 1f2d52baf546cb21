/* The socket calls: socket, closesocket, the three ioctls, bind and what binds. */
#include "fuzz/api_run.h"

#include <iphlpapi.h>
#include <mstcpip.h>
#include <stdio.h>
#include <string.h>

#include "sim/engine/check.h"

void do_socket(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    const bool udp = bytes[2] & 1;
    const bool ipv6 = (bytes[2] & 0x30) == 0x30;
    if (modelled(s)->open)
        return;
    const SOCKET handle = socket(ipv6 ? AF_INET6 : AF_INET, udp ? SOCK_DGRAM : SOCK_STREAM,
                                 udp ? IPPROTO_UDP : IPPROTO_TCP);
    if (handle == INVALID_SOCKET) {
        ASSERT(excused((unsigned)WSAGetLastError()));
        return;
    }
    *modelled(s) = (struct model_socket){
        .open = true,
        .protocol = udp ? MODEL_UDP : MODEL_TCP,
        .ipv6 = ipv6,
        .account = fuzz.running,
        .block = -1,
    };
    adopt(s, handle, fuzz.running);
}

void do_close(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    if (!usable(s)) {
        return;
    }
    ASSERT(closesocket(handle_of(s)) == 0);
    model_close(&fuzz.model, s, fuzz.running);
}

/* Whether the model's free run of `count` ports in the dynamic range exists. */
static bool has_run(enum model_protocol protocol, uint32_t count)
{
    uint32_t run = 0;
    for (uint32_t port = DYNAMIC_FIRST; port < DYNAMIC_FIRST + DYNAMIC_COUNT; port++) {
        run = model_is_free(&fuzz.model, protocol, port, 1) ? run + 1 : 0;
        if (run == count)
            return true;
    }
    return false;
}

static unsigned expect_acquire(enum model_protocol protocol, uint32_t first, uint32_t count)
{
    if (count == 0 || first + count > 65536)
        return WSAEINVAL;
    if (first == 0)
        return has_run(protocol, count) ? 0 : WSAEADDRINUSE;
    return model_is_free(&fuzz.model, protocol, first, count) ? 0 : WSAEADDRINUSE;
}

void do_acquire(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    if (!usable(s))
        return;
    const enum model_protocol protocol = modelled(s)->protocol;
    const uint16_t first = drawn_port_of(bytes[2]);
    const uint16_t count = count_of(bytes[3]);
    INET_PORT_RANGE range = {.StartPort = htons(first), .NumberOfPorts = count};
    INET_PORT_RESERVATION_INSTANCE got;
    DWORD size = 0xdead;
    /* Now and then with no room for the answer, or none at all. */
    const bool cut_short = bytes[1] >= 0xF0;
    const bool nowhere = !cut_short && bytes[1] >= 0xE0;
    const unsigned want = cut_short ? WSAEINVAL
                          : nowhere ? WSAEFAULT
                                    : expect_acquire(protocol, first, count);
    const unsigned answer =
        outcome(WSAIoctl(handle_of(s), SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range,
                         nowhere ? NULL : &got, sizeof got - cut_short, &size, NULL, NULL));
    if (excused(answer))
        return;
    ASSERT(answer == want);
    if (answer != 0)
        return;
    const struct model_block block = {
        .kind = MODEL_RUNTIME,
        .protocol = protocol,
        .first = ntohs(got.StartPort),
        .count = got.NumberOfPorts,
        .token = got.Token,
        .process = fuzz.running,
        .holder = s,
    };
    ASSERT(size == sizeof got);
    ASSERT(block.count == count);
    ASSERT(first == 0 || block.first == first);
    ASSERT(first != 0 ||
           (block.first >= DYNAMIC_FIRST && block.first + count <= DYNAMIC_FIRST + DYNAMIC_COUNT));
    ASSERT(model_is_free(&fuzz.model, protocol, block.first, block.count));
    ASSERT(block.token != 0 && model_find_token(&fuzz.model, block.token) < 0);
    remember_token(block.token);
    fuzz.full = model_add(&fuzz.model, &block) < 0;
}

static bool shares_holder(const struct model_block *block)
{
    return modelled(block->holder)->in_process[fuzz.running];
}

static unsigned expect_associate(int s, uint64_t token)
{
    const struct model_socket *socket = modelled(s);
    const int found = model_find_token(&fuzz.model, token);
    if (socket->bound || found < 0)
        return WSAEINVAL;
    const struct model_block *block = &fuzz.model.blocks[found];
    if (block->kind == MODEL_PERSISTENT && !is_administrator())
        return WSAEACCES;
    if (block->kind == MODEL_RUNTIME && block->process != fuzz.running && !shares_holder(block))
        return WSAEACCES;
    return block->protocol == socket->protocol ? 0 : WSAEINVAL;
}

static unsigned token_ioctl(int s, DWORD code, uint64_t token)
{
    ULONG64 wanted = token;
    DWORD size;
    return outcome(
        WSAIoctl(handle_of(s), code, &wanted, sizeof wanted, NULL, 0, &size, NULL, NULL));
}

void do_associate(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    const uint64_t token = token_of(bytes[2]);
    if (!usable(s))
        return;
    const unsigned want = expect_associate(s, token);
    const unsigned answer = token_ioctl(s, SIO_ASSOCIATE_PORT_RESERVATION, token);
    if (excused(answer))
        return;
    ASSERT(answer == want);
    if (answer == 0) {
        modelled(s)->block = model_find_token(&fuzz.model, token);
        modelled(s)->block_ended = false;
    }
}

void do_release(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    const uint64_t token = token_of(bytes[2]);
    const int found = model_find_token(&fuzz.model, token);
    if (!usable(s))
        return;
    const unsigned answer = token_ioctl(s, SIO_RELEASE_PORT_RESERVATION, token);
    if (excused(answer))
        return;
    if (found < 0 || fuzz.model.blocks[found].kind != MODEL_RUNTIME) {
        ASSERT(answer == WSAEINVAL);
        return;
    }
    const struct model_block *block = &fuzz.model.blocks[found];
    const bool mine = block->process == fuzz.running || shares_holder(block);
    ASSERT(answer == (mine ? 0u : (unsigned)WSAEACCES));
    if (answer == 0)
        model_end(&fuzz.model, found);
}

/* ---- bind ---- */

static unsigned call_bind(int s, bool wildcard, uint16_t port)
{
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    struct sockaddr_in name4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    name.sin6_addr.s6_addr[15] = wildcard ? 0 : 1;
    name4.sin_addr.s_addr = wildcard ? 0 : htonl(INADDR_LOOPBACK);
    if (modelled(s)->ipv6)
        return outcome(bind(handle_of(s), (struct sockaddr *)&name, sizeof name));
    return outcome(bind(handle_of(s), (struct sockaddr *)&name4, sizeof name4));
}

static uint32_t port_now(int s)
{
    struct sockaddr_in6 name;
    int size = sizeof name;
    if (getsockname(handle_of(s), (struct sockaddr *)&name, &size) != 0)
        return 0;
    return ntohs(name.sin6_port); /* the port lies at the same place in both families */
}

static void judge_choice(int s, bool wildcard, unsigned answer)
{
    unsigned error;
    const bool choice = model_has_choice(&fuzz.model, s, wildcard, &error);
    ASSERT(answer == (choice ? 0 : error));
    if (answer != 0)
        return;
    const uint32_t port = port_now(s);
    ASSERT(model_may_choose(&fuzz.model, s, wildcard, port));
    model_bound(&fuzz.model, s, wildcard, port);
}

void do_bind(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    const uint16_t port = drawn_port_of(bytes[2]);
    const bool wildcard = bytes[3] & 1;
    if (!usable(s))
        return;
    const unsigned answer = call_bind(s, wildcard, port);
    if (excused(answer))
        return;
    if (port == 0) {
        judge_choice(s, wildcard, answer);
        return;
    }
    ASSERT(answer == model_bind(&fuzz.model, s, wildcard, port));
    if (answer == 0)
        model_bound(&fuzz.model, s, wildcard, port);
}

/* connect and sendto, to a port nobody listens at. */
void do_implicit_bind(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    const struct sockaddr_in nobody = {
        .sin_family = AF_INET,
        .sin_port = htons(9),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    if (!usable(s) || modelled(s)->bound || modelled(s)->ipv6)
        return;
    unsigned answer;
    if (modelled(s)->protocol == MODEL_UDP)
        answer =
            sendto(handle_of(s), "x", 1, 0, (const struct sockaddr *)&nobody, sizeof nobody) == 1
                ? 0
                : (unsigned)WSAGetLastError();
    else
        answer = outcome(connect(handle_of(s), (const struct sockaddr *)&nobody, sizeof nobody));
    /* Memory may run out behind the bind, which then stands (winsock-behaviour row 72). */
    const bool failed = allocation_failed() && answer != 0;
    if (failed && port_now(s) == 0)
        return;
    const bool bound = answer == WSAECONNREFUSED || failed;
    judge_choice(s, true, bound ? 0 : answer);
}

void do_option(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    const bool exclusive = bytes[2] & 1;
    const BOOL on = (bytes[2] & 2) != 0;
    if (!usable(s) || modelled(s)->bound)
        return;
    const unsigned answer =
        outcome(setsockopt(handle_of(s), SOL_SOCKET, exclusive ? SO_EXCLUSIVEADDRUSE : SO_REUSEADDR,
                           (const char *)&on, sizeof on));
    const bool other = exclusive ? modelled(s)->reuse : modelled(s)->exclusive;
    ASSERT(answer == (on && other ? (unsigned)WSAEINVAL : 0u));
    if (answer == 0 && exclusive)
        modelled(s)->exclusive = on;
    if (answer == 0 && !exclusive)
        modelled(s)->reuse = on;
}

/* A socket of a block makes room for another: the same place, the same block, bound anew. */
void do_again(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    const struct model_socket before = *modelled(s);
    if (!usable(s) || !before.bound || before.block < 0 || before.block_ended)
        return;
    const uint8_t kind = (uint8_t)((before.protocol == MODEL_UDP) | (before.ipv6 ? 0x30 : 0));
    const uint8_t same[OPERATION_SIZE] = {0, (uint8_t)s, kind, before.wildcard};
    const uint8_t latest[OPERATION_SIZE] = {0, (uint8_t)s, 0, before.wildcard};
    remember_token(fuzz.model.blocks[before.block].token);
    do_close(same);
    do_socket(same);
    do_associate(latest);
    do_bind(latest);
}
