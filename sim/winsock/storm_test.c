/* Calls without sense, under every mix of answers, with allocations that fail: whatever a guest
 * does gets an answer, and afterwards every invariant holds.
 */
#include "sim/winsock/fixture.h"

#include <mswsock.h>

enum { STORMS = 60, CALLS = 600, HANDLES = 12, BUFFER = 64 };

static uint64_t dice;

/* A number below `count`; xorshift64*, for the test's own throws. */
static unsigned throw_dice(unsigned count)
{
    dice ^= dice >> 12;
    dice ^= dice << 25;
    dice ^= dice >> 27;
    return (unsigned)((dice * 0x2545f4914f6cdd1dull) >> 33) % count;
}

static void choose_answers(void)
{
    profile_default(&machine.profile);
    for (unsigned i = 0; i < BEHAVIOUR_COUNT; i++) {
        const struct behaviour_row *row = &spec_behaviours[i];
        if (throw_dice(4) == 0)
            profile_choose(&machine.profile,
                           (enum option)(row->first + throw_dice(row->option_count)));
    }
}

static SOCKET any_socket(void)
{
    return (SOCKET)throw_dice(HANDLES) * 4;
}

static ULONG64 tokens[4];
static unsigned char buffer[BUFFER];
static char *page;

/* Good more often than not. */
static void *any_pointer(void)
{
    switch (throw_dice(12)) {
    case 0:
        return NULL;
    case 1:
        return page - throw_dice(20);
    case 2:
        return page + PAGE_SIZE_BYTES; /* read only */
    case 3:
        return (void *)(uintptr_t)0xffff900000000000ull;
    default:
        return buffer + throw_dice(8);
    }
}

static SOCKADDR_IN any_name(void)
{
    static const ULONG addresses[] = {INADDR_ANY, INADDR_LOOPBACK, 0x7f000002, INADDR_BROADCAST,
                                      0xc0000200};
    SOCKADDR_IN name = {.sin_family = throw_dice(10) == 0 ? AF_UNSPEC : AF_INET};
    name.sin_addr.s_addr = htonl(addresses[throw_dice(5)]);
    name.sin_port = htons((u_short)(throw_dice(3) == 0 ? 0 : 5000 + throw_dice(6)));
    return name;
}

/* What pends is written when it completes, so none of these lies on a stack. */
static WSAOVERLAPPED structures[8];

static LPWSAOVERLAPPED any_overlapped(void)
{
    LPWSAOVERLAPPED overlapped = &structures[throw_dice(8)];
    overlapped->hEvent = throw_dice(2) == 0 ? NULL : (HANDLE)(uintptr_t)any_socket();
    return overlapped;
}

static void call_ioctl(void)
{
    static const DWORD codes[] = {SIO_ACQUIRE_PORT_RESERVATION,
                                  SIO_ASSOCIATE_PORT_RESERVATION,
                                  SIO_RELEASE_PORT_RESERVATION,
                                  SIO_ACQUIRE_PORT_RESERVATION,
                                  SIO_ASSOCIATE_PORT_RESERVATION,
                                  (DWORD)FIONBIO,
                                  FIONREAD,
                                  SIOCATMARK,
                                  SIO_CPU_AFFINITY,
                                  SIO_BASE_HANDLE,
                                  SIO_GET_EXTENSION_FUNCTION_POINTER,
                                  SIO_KEEPALIVE_VALS,
                                  SIO_UDP_CONNRESET,
                                  SIO_ADDRESS_LIST_QUERY,
                                  SIO_ROUTING_INTERFACE_QUERY,
                                  SIO_FLUSH,
                                  0xdeadbeef};
    const INET_PORT_RANGE range = {htons((u_short)(throw_dice(3) == 0 ? 0 : 5000 + throw_dice(6))),
                                   (USHORT)throw_dice(5)};
    const DWORD code = codes[throw_dice(sizeof codes / sizeof codes[0])];
    static DWORD count;
    static INET_PORT_RESERVATION_INSTANCE instance;
    LPWSAOVERLAPPED overlapped = any_overlapped();
    if (code == SIO_ACQUIRE_PORT_RESERVATION)
        memcpy(buffer, &range, sizeof range);
    else
        memcpy(buffer, &tokens[throw_dice(4)], sizeof tokens[0]);
    bool plain = throw_dice(2) == 0;
    int result = WSAIoctl(any_socket(), code, plain ? buffer : any_pointer(),
                          plain ? (code == SIO_ACQUIRE_PORT_RESERVATION ? 4 : 8) : throw_dice(20),
                          plain ? (void *)&instance : any_pointer(), plain ? 16 : throw_dice(20),
                          throw_dice(10) == 0 ? any_pointer() : &count,
                          throw_dice(4) == 0 ? overlapped : NULL, NULL);
    if (result == 0 && plain && code == SIO_ACQUIRE_PORT_RESERVATION)
        tokens[throw_dice(4)] = instance.Token;
}

static void call_options(void)
{
    static const int levels[] = {SOL_SOCKET,  SOL_SOCKET,   SOL_SOCKET,
                                 IPPROTO_TCP, IPPROTO_IPV6, IPPROTO_IP};
    static const int names[] = {SO_REUSEADDR,
                                SO_EXCLUSIVEADDRUSE,
                                SO_BROADCAST,
                                SO_LINGER,
                                SO_DONTLINGER,
                                SO_RCVBUF,
                                SO_TYPE,
                                SO_PROTOCOL_INFOW,
                                SO_PROTOCOL_INFOA,
                                SO_RANDOMIZE_PORT,
                                SO_PORT_SCALABILITY,
                                SO_REUSE_UNICASTPORT,
                                SO_REUSE_MULTICASTPORT,
                                TCP_NODELAY,
                                IPV6_V6ONLY,
                                IP_ADD_MEMBERSHIP,
                                IP_MULTICAST_TTL,
                                SO_BSP_STATE,
                                SO_CONNECT_TIME};
    int level = levels[throw_dice(6)], name = names[throw_dice(sizeof names / sizeof names[0])];
    int size = (int)throw_dice(12) - 2;
    memset(buffer, (int)throw_dice(2), 4);
    if (throw_dice(2) == 0)
        setsockopt(any_socket(), level, name, any_pointer(), size);
    else
        getsockopt(any_socket(), level, name, any_pointer(), &size);
}

static SOCKET any_non_blocking(void)
{
    u_long on = 1;
    SOCKET s = any_socket();
    ioctlsocket(s, FIONBIO, &on);
    return s;
}

static void call_names(void)
{
    const union {
        SOCKADDR_IN in;
        SOCKADDR_STORAGE whole; /* as long as any size said below */
    } name = {any_name()};
    const void *from = throw_dice(10) == 0 ? any_pointer() : &name;
    int size = throw_dice(10) == 0 ? (int)throw_dice(20) : (int)sizeof name.in;
    switch (throw_dice(6)) {
    case 0:
        connect(any_non_blocking(), from, size);
        return;
    case 1:
        getsockname(any_socket(), any_pointer(), &size);
        return;
    case 2:
        getpeername(any_socket(), any_pointer(), &size);
        return;
    case 3:
        sendto(any_socket(), any_pointer(), (int)throw_dice(30), 0, from, size);
        return;
    case 4:
        listen(any_socket(), 1);
        return;
    default:
        bind(any_socket(), from, size);
    }
}

/* ---- Moving bytes: never in a way that would wait -------------------------------------------- */

static void CALLBACK routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    (void)error, (void)bytes, (void)overlapped, (void)flags;
}

static void call_overlapped(void)
{
    static DWORD count, flags;
    static char addresses[128];
    WSABUF buffers[2] = {{throw_dice(30), any_pointer()}, {throw_dice(30), any_pointer()}};
    LPWSAOVERLAPPED overlapped = any_overlapped();
    LPWSAOVERLAPPED_COMPLETION_ROUTINE told = throw_dice(3) == 0 ? routine : NULL;
    flags = throw_dice(4) == 0 ? throw_dice(16) : 0;
    switch (throw_dice(4)) {
    case 0:
        WSARecv(any_socket(), buffers, throw_dice(3), &count, &flags, overlapped, told);
        return;
    case 1:
        WSASend(any_socket(), buffers, throw_dice(3), &count, flags, overlapped, told);
        return;
    case 2:
        AcceptEx(any_socket(), any_socket(), addresses, throw_dice(8), 32, 32, &count, overlapped);
        return;
    default:
        WSAGetOverlappedResult(any_socket(), overlapped, &count, FALSE, &flags);
    }
}

static void call_ready(void)
{
    const struct timeval at_once = {0, 0};
    static WSANETWORKEVENTS events;
    WSAPOLLFD polled[2] = {{any_socket(), POLLIN, 0}, {any_socket(), POLLOUT, 0}};
    fd_set read, write;
    FD_ZERO(&read);
    FD_ZERO(&write);
    FD_SET(any_socket(), &read);
    FD_SET(any_socket(), &write);
    switch (throw_dice(5)) {
    case 0:
        select(0, &read, &write, throw_dice(4) == 0 ? any_pointer() : NULL, &at_once);
        return;
    case 1:
        WSAPoll(throw_dice(8) == 0 ? any_pointer() : polled, 2, 0);
        return;
    case 2:
        WSAEventSelect(any_socket(), (WSAEVENT)(uintptr_t)any_socket(), (LONG)throw_dice(64));
        return;
    case 3:
        WSAEnumNetworkEvents(any_socket(), NULL, &events);
        return;
    default:
        wait_for_time(machine.nt, throw_dice(3000), "the storm");
        apc_deliver(machine.nt);
    }
}

static void call_transfer(void)
{
    int size = (int)throw_dice(20);
    switch (throw_dice(7)) {
    case 0:
        recv(any_non_blocking(), any_pointer(), size, (int)throw_dice(10));
        return;
    case 1:
        send(any_non_blocking(), any_pointer(), size, (int)throw_dice(6));
        return;
    case 2:
        recvfrom(any_non_blocking(), any_pointer(), size, 0, any_pointer(), &size);
        return;
    case 3:
        accept(any_non_blocking(), throw_dice(2) == 0 ? NULL : any_pointer(), &size);
        return;
    case 4:
        shutdown(any_socket(), (int)throw_dice(4));
        return;
    case 5:
        call_ready();
        return;
    default:
        call_overlapped();
    }
}

static WSAPROTOCOL_INFOW info;

static void call_sockets(void)
{
    static const int types[] = {SOCK_STREAM, SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, 0, 9};
    switch (throw_dice(6)) {
    case 0:
        closesocket(any_socket());
        return;
    case 1:
        WSADuplicateSocketW(any_socket(), throw_dice(4) == 0 ? 0 : self->id, &info);
        return;
    case 2:
        WSASocketW(0, 0, 0, &info, 0, WSA_FLAG_OVERLAPPED); /* another would wait */
        return;
    case 3:
        WSACreateEvent();
        return;
    default:
        socket(throw_dice(4) == 0 ? AF_INET6 : AF_INET, types[throw_dice(6)], 0);
    }
}

static void call_something(void)
{
    switch (throw_dice(12)) {
    case 0:
    case 1:
        call_sockets();
        return;
    case 2:
        call_options();
        return;
    case 3:
    case 4:
        call_names();
        return;
    case 5:
    case 6:
    case 7:
    case 8:
        call_transfer();
        return;
    default:
        call_ioctl();
    }
}

/* One storm; the fingerprint it leaves. */
static uint64_t storm(unsigned seed)
{
    WSADATA data;
    void *state = NULL;
    setup_stack(&state);
    dice = 0x9e3779b97f4a7c15ull * (seed + 1);
    memset(tokens, 0, sizeof tokens);
    memset(&info, 0, sizeof info);
    memset(buffer, 0, sizeof buffer);
    memset(structures, 0, sizeof structures);
    page = bad_page();
    choose_answers();
    assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
    for (int i = 0; i < CALLS; i++) {
        if (throw_dice(30) == 0)
            machine.engine.arena.fail_in = 1 + throw_dice(3);
        if (throw_dice(40) == 0)
            afd->network_up = !afd->network_up;
        call_something();
        machine.engine.arena.fail_in = 0;
        if (i % 16 == 0) {
            afd_check(afd);
            tcpip_check(afd->tcpip);
        }
    }
    while (WSACleanup() == 0)
        ;
    assert_int_equal(afd->sockets, 0);
    assert_null(afd->tickets);
    uint64_t fingerprint = machine.engine.fingerprint;
    teardown_winsock(&state);
    return fingerprint;
}

static void no_order_of_calls_breaks_an_invariant(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < STORMS; seed++)
        storm(seed);
}

static void a_storm_leaves_the_same_fingerprint_again(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 4; seed++)
        assert_true(storm(seed) == storm(seed));
    assert_true(storm(0) != storm(1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_order_of_calls_breaks_an_invariant),
        cmocka_unit_test(a_storm_leaves_the_same_fingerprint_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
