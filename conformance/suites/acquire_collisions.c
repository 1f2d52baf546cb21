/* Acquiring what is not free: beside, across and inside other blocks, ports in use, persistent
 * blocks and exclusions. A refusal leaves everything as it was.
 */
#include "conformance/suites/windows_api.h"

#include <stdio.h>

#include "conformance/suites/agent.h"
#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

/* Where a second block lies, seen from a block of HELD ports at offset AHEAD. */
struct placing {
    USHORT offset;
    USHORT count;
};

enum { AHEAD = 8, HELD = 6, ROOM = 24 };

static const struct placing OVERLAPPING[] = {
    {AHEAD, HELD},         /* the same */
    {AHEAD, 1},            /* its first port */
    {AHEAD + HELD - 1, 1}, /* its last port */
    {AHEAD + 2, 2},        /* inside */
    {AHEAD - 3, 4},        /* across its first port */
    {AHEAD + HELD - 1, 4}, /* across its last port */
    {AHEAD, HELD + 1},     /* from its first port to past its last */
    {AHEAD - 1, HELD + 1}, /* from before its first port to its last */
    {AHEAD - 2, HELD + 4}, /* around it */
};

static const struct placing BESIDE[] = {
    {AHEAD - 1, 1}, {AHEAD - 4, 4}, {AHEAD + HELD, 1}, {AHEAD + HELD, 5}};

enum {
    OVERLAPPING_COUNT = sizeof(OVERLAPPING) / sizeof(OVERLAPPING[0]),
    BESIDE_COUNT = sizeof(BESIDE) / sizeof(BESIDE[0])
};

/* Acquires on a new socket of the kind and gives back what was granted. */
static unsigned try_acquire(const struct socket_kind *kind, USHORT first, USHORT count)
{
    const SOCKET s = open_socket(kind->family, kind->type);
    INET_PORT_RESERVATION_INSTANCE instance;
    const unsigned outcome = acquire_block(s, first, count, &instance);
    close_socket(s);
    return outcome;
}

/* ---- Blocks of this process ------------------------------------------------------------------ */

static void a_block_across_another_is_refused(void)
{
    const USHORT base = free_ports(ROOM);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct socket_kind *kind = &SOCKET_KINDS[i];
        const struct block block = hold(kind->family, kind->type, (USHORT)(base + AHEAD), HELD);
        for (int k = 0; k < OVERLAPPING_COUNT; k++)
            OBSERVE_VALUE(
                acquire_collision,
                try_acquire(kind, (USHORT)(base + OVERLAPPING[k].offset), OVERLAPPING[k].count));
        let_go(&block);
    }
    END_WINSOCK();
}

static void a_refused_block_leaves_no_port_behind(void)
{
    const USHORT base = free_ports(ROOM);
    const struct socket_kind *tcp = &SOCKET_KINDS[0];
    struct block block;
    START_WINSOCK();
    block = hold_tcp((USHORT)(base + AHEAD), HELD);
    for (int k = 0; k < OVERLAPPING_COUNT; k++) {
        const USHORT first = (USHORT)(base + OVERLAPPING[k].offset);
        const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
        INET_PORT_RESERVATION_INSTANCE instance;
        assert_int_not_equal(acquire_block(s, first, OVERLAPPING[k].count, &instance), 0);
        if (try_acquire(tcp, (USHORT)(base + AHEAD - 4), 4) != 0 ||
            try_acquire(tcp, (USHORT)(base + AHEAD + HELD), 4) != 0)
            OBSERVE(refused_acquire, leaks);
        OBSERVE(refused_acquire, nothing);
        assert_block_held(&block);
        close_socket(s);
    }
    let_go(&block);
    assert_ports_free(AF_INET, SOCK_STREAM, base, ROOM);
    END_WINSOCK();
}

static void the_refused_socket_may_acquire_elsewhere(void)
{
    const USHORT base = free_ports(ROOM);
    INET_PORT_RESERVATION_INSTANCE instance;
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_udp((USHORT)(base + AHEAD), HELD);
    s = open_socket(AF_INET, SOCK_DGRAM);
    assert_int_not_equal(acquire_block(s, (USHORT)(base + AHEAD), 1, &instance), 0);
    assert_int_equal(acquire_block(s, base, 2, &instance), 0);
    assert_int_equal(instance.StartPort, htons(base));
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

static void a_block_beside_another_is_granted(void)
{
    const USHORT base = free_ports(ROOM);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct socket_kind *kind = &SOCKET_KINDS[i];
        const struct block block = hold(kind->family, kind->type, (USHORT)(base + AHEAD), HELD);
        for (int k = 0; k < BESIDE_COUNT; k++) {
            const USHORT first = (USHORT)(base + BESIDE[k].offset);
            const struct block beside = hold(kind->family, kind->type, first, BESIDE[k].count);
            assert_int_equal(beside.first, first);
            assert_block_held(&beside);
            let_go(&beside);
            assert_block_held(&block);
        }
        let_go(&block);
    }
    END_WINSOCK();
}

/* Three blocks and the gaps between them; a block across a gap takes none of it. */
static void a_block_across_a_gap_leaves_the_gap_free(void)
{
    const USHORT base = free_ports(ROOM);
    const struct socket_kind *tcp = &SOCKET_KINDS[0];
    struct block blocks[3];
    START_WINSOCK();
    for (USHORT i = 0; i < 3; i++)
        blocks[i] = hold_tcp((USHORT)(base + 2 + 6 * i), 3);
    OBSERVE_VALUE(acquire_collision, try_acquire(tcp, (USHORT)(base + 4), 5));
    OBSERVE_VALUE(acquire_collision, try_acquire(tcp, (USHORT)(base + 5), 4));
    OBSERVE_VALUE(acquire_collision, try_acquire(tcp, base, 20));
    assert_ports_free(AF_INET, SOCK_STREAM, (USHORT)(base + 5), 3);
    assert_ports_free(AF_INET, SOCK_STREAM, (USHORT)(base + 11), 3);
    let_go(&blocks[1]);
    assert_int_equal(try_acquire(tcp, (USHORT)(base + 5), 9), 0);
    assert_block_held(&blocks[0]);
    assert_block_held(&blocks[2]);
    let_go(&blocks[0]);
    let_go(&blocks[2]);
    assert_int_equal(try_acquire(tcp, base, 20), 0);
    END_WINSOCK();
}

enum { CROWD = 60, PITCH = 5 };

/* The i-th of CROWD blocks in an order that is neither rising nor falling. */
static USHORT place_in_crowd(int i)
{
    return (USHORT)(i * 23 % CROWD * PITCH);
}

/* Blocks of one to four ports, each followed by at least one free port. */
static void assert_crowd(const struct block *blocks, const bool *held)
{
    for (int i = 0; i < CROWD; i++) {
        const USHORT last = (USHORT)(blocks[i].first + blocks[i].count - 1);
        assert_true((probe_port(AF_INET, SOCK_STREAM, blocks[i].first) != 0) == held[i]);
        assert_true((probe_port(AF_INET, SOCK_STREAM, last) != 0) == held[i]);
        assert_ports_free(AF_INET, SOCK_STREAM, (USHORT)(last + 1), 1);
    }
}

static void many_blocks_stand_side_by_side(void)
{
    const USHORT base = free_ports(CROWD * PITCH);
    struct block blocks[CROWD];
    bool held[CROWD];
    START_WINSOCK();
    for (int i = 0; i < CROWD; i++) {
        blocks[i] = hold_tcp((USHORT)(base + place_in_crowd(i)), (USHORT)(i % 4 + 1));
        held[i] = true;
    }
    assert_crowd(blocks, held);
    for (int i = 0; i < CROWD; i += 2) {
        assert_int_equal(release_block(blocks[i].s, blocks[i].token), 0);
        held[i] = false;
    }
    assert_crowd(blocks, held);
    for (int i = 1; i < CROWD; i += 2) {
        const SOCKET s = bound_in_block(&blocks[i]);
        close_socket(s);
        assert_int_not_equal(associate_block(blocks[i].s, blocks[i - 1].token), 0);
    }
    for (int i = 0; i < CROWD; i++)
        let_go(&blocks[i]);
    assert_int_equal(try_acquire(&SOCKET_KINDS[0], base, CROWD * PITCH), 0);
    END_WINSOCK();
}

static void a_socket_cannot_acquire_its_own_block_again(void)
{
    const USHORT base = free_ports(4);
    INET_PORT_RESERVATION_INSTANCE instance;
    struct block block;
    START_WINSOCK();
    block = hold_tcp(base, 4);
    assert_int_not_equal(acquire_block(block.s, base, 4, &instance), 0);
    assert_int_not_equal(acquire_block(block.s, (USHORT)(base + 3), 1, &instance), 0);
    assert_block_held(&block);
    let_go(&block);
    assert_ports_free(AF_INET, SOCK_STREAM, base, 4);
    END_WINSOCK();
}

/* ---- Other processes ------------------------------------------------------------------------- */

static void a_block_of_another_process_is_in_the_way_too(void)
{
    const USHORT base = free_ports(6);
    const struct socket_kind *tcp = &SOCKET_KINDS[0];
    struct testbed_child *agent = agent_start(TESTBED_ELEVATED_ADMIN);
    REQUIRE_TESTBED(agent);
    START_WINSOCK();
    assert_int_equal(agent_acquire(agent, (USHORT)(base + 1), 3).outcome, 0);
    OBSERVE_VALUE(acquire_collision, try_acquire(tcp, (USHORT)(base + 1), 3));
    OBSERVE_VALUE(acquire_collision, try_acquire(tcp, base, 2));
    OBSERVE_VALUE(acquire_collision, try_acquire(tcp, (USHORT)(base + 3), 2));
    assert_int_equal(try_acquire(tcp, base, 1), 0);
    assert_int_equal(try_acquire(tcp, (USHORT)(base + 4), 1), 0);
    agent_end(agent);
    assert_int_equal(try_acquire(tcp, base, 5), 0);
    END_WINSOCK();
}

/* ---- Ports in use ---------------------------------------------------------------------------- */

static void a_block_over_a_port_in_use_is_refused(void)
{
    const USHORT base = free_ports(6);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct socket_kind *kind = &SOCKET_KINDS[i];
        const SOCKET user = open_socket(kind->family, kind->type);
        assert_int_equal(bind_by_family(user, kind->family, (USHORT)(base + 2)), 0);
        OBSERVE_VALUE(acquire_over_bound_port, try_acquire(kind, (USHORT)(base + 2), 1));
        OBSERVE_VALUE(acquire_over_bound_port, try_acquire(kind, (USHORT)(base + 2), 3));
        OBSERVE_VALUE(acquire_over_bound_port, try_acquire(kind, (USHORT)(base + 1), 2));
        OBSERVE_VALUE(acquire_over_bound_port, try_acquire(kind, base, 5));
        assert_int_equal(try_acquire(kind, base, 2), 0);
        assert_int_equal(try_acquire(kind, (USHORT)(base + 3), 2), 0);
        close_socket(user);
        assert_int_equal(try_acquire(kind, base, 5), 0);
    }
    END_WINSOCK();
}

static void a_port_in_use_at_any_address_is_in_the_way(void)
{
    const USHORT port = free_ports(1);
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const SOCKET user = open_socket(AF_INET, SOCKET_KINDS[i].type);
        assert_int_equal(bind_ipv4(user, INADDR_ANY, port), 0);
        OBSERVE_VALUE(acquire_over_bound_port, try_acquire(&SOCKET_KINDS[i], port, 1));
        close_socket(user);
        assert_int_equal(try_acquire(&SOCKET_KINDS[i], port, 1), 0);
    }
    END_WINSOCK();
}

/* Two sockets at two addresses; the port is free when both are gone. */
static void a_port_is_in_use_until_its_last_socket_closes(void)
{
    const char *second = testbed_second_address();
    const USHORT port = free_ports(1);
    struct sockaddr_in name = ipv4_address(0, port);
    SOCKET users[2];
    REQUIRE_TESTBED(second);
    START_WINSOCK();
    name.sin_addr.s_addr = inet_addr(second);
    users[0] = open_socket(AF_INET, SOCK_DGRAM);
    users[1] = open_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(bind_loopback(users[0], port), 0);
    assert_int_equal(winsock_outcome(bind(users[1], (const struct sockaddr *)&name, sizeof(name))),
                     0);
    close_socket(users[0]);
    OBSERVE_VALUE(acquire_over_bound_port, try_acquire(&SOCKET_KINDS[1], port, 1));
    close_socket(users[1]);
    assert_int_equal(try_acquire(&SOCKET_KINDS[1], port, 1), 0);
    END_WINSOCK();
}

static void a_port_used_by_another_process_is_in_the_way_too(void)
{
    const USHORT port = free_ports(2);
    struct testbed_child *agent = agent_start(TESTBED_STANDARD);
    REQUIRE_TESTBED(agent);
    START_WINSOCK();
    assert_int_equal(agent_bind(agent, port).outcome, 0);
    OBSERVE_VALUE(acquire_over_bound_port, try_acquire(&SOCKET_KINDS[0], port, 2));
    agent_end(agent);
    assert_int_equal(try_acquire(&SOCKET_KINDS[0], port, 2), 0);
    END_WINSOCK();
}

static void a_refusal_over_a_port_in_use_leaves_nothing(void)
{
    const USHORT base = free_ports(6);
    INET_PORT_RESERVATION_INSTANCE instance;
    SOCKET user;
    SOCKET s;
    START_WINSOCK();
    user = open_socket(AF_INET, SOCK_STREAM);
    s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(bind_loopback(user, (USHORT)(base + 3)), 0);
    assert_int_not_equal(acquire_block(s, base, 6, &instance), 0);
    if (probe_port(AF_INET, SOCK_STREAM, base) != 0)
        OBSERVE(refused_acquire, leaks);
    assert_ports_free(AF_INET, SOCK_STREAM, base, 3);
    assert_ports_free(AF_INET, SOCK_STREAM, (USHORT)(base + 4), 2);
    assert_int_equal(bound_port(user), base + 3);
    close_socket(user);
    close_socket(s);
    END_WINSOCK();
}

/* A port of the one protocol is none of the other. */
static void a_port_in_use_in_the_other_protocol_is_not_in_the_way(void)
{
    const USHORT port = free_ports(1);
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const SOCKET user = open_socket(AF_INET, SOCKET_KINDS[i].type);
        assert_int_equal(bind_loopback(user, port), 0);
        assert_int_equal(try_acquire(&SOCKET_KINDS[1 - i], port, 1), 0);
        close_socket(user);
    }
    END_WINSOCK();
}

/* ---- Persistent blocks and exclusions -------------------------------------------------------- */

static void a_block_over_a_persistent_block_is_refused(void)
{
    const USHORT base = free_ports(8);
    const struct socket_kind *tcp = &SOCKET_KINDS[0];
    ULONG64 token;
    START_WINSOCK();
    REQUIRE_PERSISTENT_FUNCTIONS();
    assert_int_equal(CreatePersistentTcpPortReservation(htons((USHORT)(base + 2)), 3, &token),
                     NO_ERROR);
    OBSERVE_VALUE(acquire_over_persistent, try_acquire(tcp, (USHORT)(base + 2), 3));
    OBSERVE_VALUE(acquire_over_persistent, try_acquire(tcp, (USHORT)(base + 2), 1));
    OBSERVE_VALUE(acquire_over_persistent, try_acquire(tcp, (USHORT)(base + 4), 1));
    OBSERVE_VALUE(acquire_over_persistent, try_acquire(tcp, (USHORT)(base + 1), 2));
    OBSERVE_VALUE(acquire_over_persistent, try_acquire(tcp, (USHORT)(base + 4), 2));
    OBSERVE_VALUE(acquire_over_persistent, try_acquire(tcp, base, 8));
    assert_int_equal(try_acquire(tcp, base, 2), 0);
    assert_int_equal(try_acquire(tcp, (USHORT)(base + 5), 3), 0);
    assert_int_equal(DeletePersistentTcpPortReservation(htons((USHORT)(base + 2)), 3), NO_ERROR);
    assert_int_equal(try_acquire(tcp, base, 8), 0);
    END_WINSOCK();
}

static void a_block_over_a_persistent_udp_block_is_refused(void)
{
    const USHORT base = free_ports(3);
    const struct socket_kind *udp = &SOCKET_KINDS[1];
    ULONG64 token;
    START_WINSOCK();
    REQUIRE_PERSISTENT_FUNCTIONS();
    assert_int_equal(CreatePersistentUdpPortReservation(htons(base), 2, &token), NO_ERROR);
    OBSERVE_VALUE(acquire_over_persistent, try_acquire(udp, (USHORT)(base + 1), 2));
    assert_int_equal(try_acquire(udp, (USHORT)(base + 2), 1), 0);
    assert_int_equal(DeletePersistentUdpPortReservation(htons(base), 2), NO_ERROR);
    assert_int_equal(try_acquire(udp, base, 3), 0);
    END_WINSOCK();
}

static void netsh_exclusion(const char *verb, const char *protocol, unsigned start, unsigned count)
{
    char line[128];
    char output[512];
    int code;
    snprintf(line, sizeof(line),
             "int ipv4 %s excludedportrange protocol=%s startport=%u "
             "numberofports=%u",
             verb, protocol, start, count);
    code = testbed_netsh(line, output, sizeof(output));
    REQUIRE_TESTBED(code >= 0);
    assert_int_equal(code, 0);
}

static void a_block_over_an_exclusion_is_refused(void)
{
    const USHORT base = free_ports(6);
    const struct socket_kind *tcp = &SOCKET_KINDS[0];
    START_WINSOCK();
    netsh_exclusion("add", "tcp", base + 2u, 2);
    OBSERVE_VALUE(acquire_over_exclusion, try_acquire(tcp, (USHORT)(base + 2), 2));
    OBSERVE_VALUE(acquire_over_exclusion, try_acquire(tcp, (USHORT)(base + 3), 1));
    OBSERVE_VALUE(acquire_over_exclusion, try_acquire(tcp, (USHORT)(base + 1), 2));
    OBSERVE_VALUE(acquire_over_exclusion, try_acquire(tcp, (USHORT)(base + 3), 3));
    assert_int_equal(try_acquire(tcp, base, 2), 0);
    assert_int_equal(try_acquire(tcp, (USHORT)(base + 4), 2), 0);
    netsh_exclusion("delete", "tcp", base + 2u, 2);
    assert_int_equal(try_acquire(tcp, base, 6), 0);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(a_block_across_another_is_refused, ACQ_026),
    CASE(a_refused_block_leaves_no_port_behind, ACQ_026),
    CASE(the_refused_socket_may_acquire_elsewhere, ACQ_026),
    CASE(a_block_beside_another_is_granted, ACQ_013, ACQ_016, ACQ_026),
    CASE(a_block_across_a_gap_leaves_the_gap_free, ACQ_026),
    CASE(many_blocks_stand_side_by_side, ACQ_016, ACQ_022, ACQ_026),
    CASE(a_socket_cannot_acquire_its_own_block_again, ACQ_026, ACQ_021),
    CASE(a_block_of_another_process_is_in_the_way_too, ACQ_026),
    CASE(a_block_over_a_port_in_use_is_refused, ACQ_026),
    CASE(a_port_in_use_at_any_address_is_in_the_way, ACQ_026),
    CASE(a_port_is_in_use_until_its_last_socket_closes, ACQ_026),
    CASE(a_port_used_by_another_process_is_in_the_way_too, ACQ_026),
    CASE(a_refusal_over_a_port_in_use_leaves_nothing, ACQ_026),
    CASE(a_port_in_use_in_the_other_protocol_is_not_in_the_way, ACQ_018, ACQ_026),
    CASE(a_block_over_a_persistent_block_is_refused, ACQ_026, CRT_027),
    CASE(a_block_over_a_persistent_udp_block_is_refused, ACQ_026, CRT_027),
    CASE(a_block_over_an_exclusion_is_refused, ACQ_026, NETSH_008),
    END_OF_CASES,
};

const struct suite acquire_collisions_suite = {
    .name = "acquire_collisions",
    .about = "blocks over what is not free",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
    .programs = agent_programs,
};
