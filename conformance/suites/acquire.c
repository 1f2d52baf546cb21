/* Acquiring blocks: what is granted, on which sockets, for which protocol. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/agent.h"
#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

/* ---- Specific blocks ------------------------------------------------------------------------- */

static void judge_specific(const struct socket_kind *kind, USHORT first, USHORT count)
{
    const struct block block = hold(kind->family, kind->type, first, count);
    assert_int_equal(block.first, first);
    assert_int_equal(block.count, count);
    assert_ports_free(kind->family, kind->type, (USHORT)(first - 1), 1);
    assert_block_held(&block);
    assert_ports_free(kind->family, kind->type, (USHORT)(first + count), 1);
    let_go(&block);
    assert_ports_free(kind->family, kind->type, first, count);
}

static void acquire_reserves_exactly_the_block_asked_for(void)
{
    const USHORT counts[] = {1, 2, 3, 16};
    const USHORT first = (USHORT)(free_ports(18) + 1);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++)
        for (int k = 0; k < 4; k++)
            judge_specific(&SOCKET_KINDS[i], first, counts[k]);
    OBSERVE(reservations_supported, yes);
    END_WINSOCK();
}

static void a_large_block_is_reserved_from_end_to_end(void)
{
    const USHORT count = 700;
    const USHORT first = (USHORT)(free_ports(702) + 1);
    struct block block;
    START_WINSOCK();
    block = hold_udp(first, count);
    assert_int_equal(block.first, first);
    assert_int_equal(block.count, count);
    assert_ports_free(AF_INET, SOCK_DGRAM, (USHORT)(first - 1), 1);
    for (USHORT i = 0; i < count; i += 63)
        assert_ports_taken(AF_INET, SOCK_DGRAM, (USHORT)(first + i), 1);
    assert_ports_taken(AF_INET, SOCK_DGRAM, (USHORT)(first + count - 1), 1);
    assert_ports_free(AF_INET, SOCK_DGRAM, (USHORT)(first + count), 1);
    let_go(&block);
    assert_ports_free(AF_INET, SOCK_DGRAM, (USHORT)(first + count - 1), 1);
    END_WINSOCK();
}

enum { DRAWN = 9 };

/* Sockets bound from the block get its ports, each once, and all of them. */
static void judge_drawing(const struct socket_kind *kind, USHORT first)
{
    const struct block block = hold(kind->family, kind->type, first, DRAWN);
    bool drawn[DRAWN] = {false};
    SOCKET sockets[DRAWN];
    for (int i = 0; i < DRAWN; i++) {
        USHORT port;
        sockets[i] = associated_socket(&block);
        assert_int_equal(bind_by_family(sockets[i], kind->family, 0), 0);
        port = bound_port(sockets[i]);
        if (port == first + DRAWN)
            OBSERVE(block_runs, off_by_one);
        assert_true(lies_in(&block, port));
        assert_false(drawn[port - first]);
        drawn[port - first] = true;
    }
    OBSERVE(block_runs, consecutive);
    OBSERVE(block_end, included);
    for (int i = 0; i < DRAWN; i++)
        close_socket(sockets[i]);
    let_go(&block);
}

static void every_port_of_a_block_can_be_drawn_once(void)
{
    const USHORT first = free_ports(DRAWN + 1);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++)
        judge_drawing(&SOCKET_KINDS[i], first);
    END_WINSOCK();
}

static void the_block_starts_where_the_instance_says(void)
{
    const USHORT first = free_ports(4);
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_tcp(first, 1);
    s = associated_socket(&block);
    assert_int_equal(bind_loopback(s, 0), 0);
    if (bound_port(s) == first + 1)
        OBSERVE(block_runs, off_by_one);
    assert_int_equal(bound_port(s), first);
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

static void a_block_of_ordinary_ports_may_be_reserved_at_run_time(void)
{
    const USHORT first = free_ports(6);
    struct block low;
    struct block high;
    START_WINSOCK();
    low = hold_tcp(first, 3);
    high = hold_tcp((USHORT)(first + 3), 3);
    assert_block_held(&low);
    assert_block_held(&high);
    let_go(&low);
    assert_ports_free(AF_INET, SOCK_STREAM, first, 3);
    assert_block_held(&high);
    let_go(&high);
    END_WINSOCK();
}

/* ---- Counts and ends ------------------------------------------------------------------------- */

static void acquire_of_no_ports_fails(void)
{
    const USHORT port = free_ports(1);
    INET_PORT_RESERVATION_INSTANCE instance;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    OBSERVE_VALUE(acquire_zero_count, acquire_block(s, port, 0, &instance));
    assert_one_of(acquire_block(s, 0, 0, &instance), WSAEINVAL, WSAEOPNOTSUPP);
    assert_one_of(acquire_block(s, 65535, 0, &instance), WSAEINVAL, WSAEOPNOTSUPP);
    assert_ports_free(AF_INET, SOCK_STREAM, port, 1);
    assert_int_equal(acquire_block(s, port, 1, &instance), 0);
    close_socket(s);
    END_WINSOCK();
}

static void acquire_past_the_last_port_fails(void)
{
    const USHORT starts[] = {65535, 65535, 65534, 65000, 40000, 2};
    const USHORT counts[] = {2, 65535, 3, 537, 25537, 65535};
    INET_PORT_RESERVATION_INSTANCE instance;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_DGRAM);
    for (int i = 0; i < 6; i++)
        OBSERVE_VALUE(acquire_past_end, acquire_block(s, starts[i], counts[i], &instance));
    close_socket(s);
    END_WINSOCK();
}

/* Somebody else may have port 65535, in the dynamic range; that is found out first. */
static void a_block_may_end_with_the_last_port(void)
{
    struct block block;
    START_WINSOCK();
    for (USHORT port = 65532; port != 0; port++)
        if (probe_port(AF_INET, SOCK_STREAM, port) != 0)
            SKIP_BECAUSE("somebody has one of the last four ports");
    block = hold_tcp(65532, 4);
    assert_int_equal(block.first, 65532);
    assert_int_equal(block.count, 4);
    assert_ports_taken(AF_INET, SOCK_STREAM, 65532, 4);
    let_go(&block);
    block = hold_tcp(65535, 1);
    assert_int_equal(block.first, 65535);
    assert_int_equal(block.count, 1);
    assert_ports_taken(AF_INET, SOCK_STREAM, 65535, 1);
    assert_ports_free(AF_INET, SOCK_STREAM, 65534, 1);
    let_go(&block);
    END_WINSOCK();
}

/* ---- Protocols ------------------------------------------------------------------------------- */

static void the_block_is_of_the_sockets_protocol(void)
{
    const USHORT first = free_ports(2);
    struct testbed_child *agent = agent_start(TESTBED_ELEVATED_ADMIN);
    struct block block;
    REQUIRE_TESTBED(agent);
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const int type = SOCKET_KINDS[i].type;
        const int other = SOCKET_KINDS[1 - i].type;
        unsigned own_bind;
        block = hold(AF_INET, type, first, 2);
        assert_int_equal(agent_open(agent, AF_INET, type), 0);
        own_bind = agent_bind(agent, (USHORT)(first + 1)).outcome;
        assert_int_equal(agent_open(agent, AF_INET, other), 0);
        if (own_bind == 0)
            OBSERVE(protocol_scope, swapped);
        OBSERVE_VALUE(other_protocol_bind, agent_bind(agent, (USHORT)(first + 1)).outcome);
        assert_int_equal(agent_open(agent, AF_INET, other), 0);
        let_go(&block);
    }
    agent_end(agent);
    END_WINSOCK();
}

static void a_socket_of_the_other_protocol_binds_through_the_block(void)
{
    const USHORT first = free_ports(1);
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const struct block block = hold(AF_INET, SOCKET_KINDS[i].type, first, 1);
        const SOCKET s = open_socket(AF_INET, SOCKET_KINDS[1 - i].type);
        OBSERVE_VALUE(other_protocol_bind, bind_loopback(s, first));
        close_socket(s);
        let_go(&block);
    }
    END_WINSOCK();
}

static void the_other_protocols_numbers_are_free_or_not(void)
{
    const USHORT first = free_ports(3);
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const struct block block = hold(AF_INET, SOCKET_KINDS[i].type, first, 3);
        if (probe_port(AF_INET, SOCKET_KINDS[1 - i].type, (USHORT)(first + 1)) == 0)
            OBSERVE(protocol_scope, own);
        else
            OBSERVE(protocol_scope, automatic_both);
        assert_block_held(&block);
        let_go(&block);
    }
    END_WINSOCK();
}

/* ---- Sockets --------------------------------------------------------------------------------- */

static void a_bound_socket_may_acquire_or_is_refused(void)
{
    const USHORT first = free_ports(3);
    INET_PORT_RESERVATION_INSTANCE instance;
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const SOCKET s = open_socket(AF_INET, SOCKET_KINDS[i].type);
        unsigned outcome;
        assert_int_equal(bind_loopback(s, first), 0);
        outcome = acquire_block(s, (USHORT)(first + 1), 2, &instance);
        OBSERVE_VALUE(acquire_on_bound_socket, outcome);
        assert_int_equal(bound_port(s), first);
        if (outcome == 0)
            assert_ports_taken(AF_INET, SOCKET_KINDS[i].type, (USHORT)(first + 1), 2);
        else
            assert_ports_free(AF_INET, SOCKET_KINDS[i].type, (USHORT)(first + 1), 2);
        close_socket(s);
        assert_ports_free(AF_INET, SOCKET_KINDS[i].type, first, 3);
    }
    END_WINSOCK();
}

static void a_second_block_does_not_cost_the_first(void)
{
    const USHORT first = free_ports(4);
    INET_PORT_RESERVATION_INSTANCE second;
    struct block block;
    unsigned outcome;
    START_WINSOCK();
    block = hold_tcp(first, 2);
    outcome = acquire_block(block.s, (USHORT)(first + 2), 2, &second);
    if (outcome != 0) {
        OBSERVE_VALUE(second_acquire, outcome);
        assert_ports_free(AF_INET, SOCK_STREAM, (USHORT)(first + 2), 2);
    } else if (probe_port(AF_INET, SOCK_STREAM, first) == 0) {
        OBSERVE(second_acquire, replaces);
    } else {
        OBSERVE(second_acquire, granted);
        assert_true(second.Token != block.token);
        assert_ports_taken(AF_INET, SOCK_STREAM, first, 4);
        assert_int_equal(release_block(block.s, block.token), 0);
        assert_ports_free(AF_INET, SOCK_STREAM, first, 2);
        assert_ports_taken(AF_INET, SOCK_STREAM, (USHORT)(first + 2), 2);
    }
    let_go(&block);
    assert_ports_free(AF_INET, SOCK_STREAM, first, 4);
    END_WINSOCK();
}

static void blocks_of_one_socket_are_released_one_by_one(void)
{
    const USHORT first = free_ports(4);
    INET_PORT_RESERVATION_INSTANCE instances[4];
    const int order[] = {1, 3, 0};
    bool held[] = {true, true, true, true};
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_DGRAM);
    for (USHORT i = 0; i < 4; i++)
        if (acquire_block(s, (USHORT)(first + i), 1, &instances[i]) != 0)
            UNSUPPORTED_BECAUSE("a socket may have one block only");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(release_block(s, instances[order[i]].Token), 0);
        held[order[i]] = false;
        for (USHORT k = 0; k < 4; k++)
            assert_true((probe_port(AF_INET, SOCK_DGRAM, (USHORT)(first + k)) != 0) == held[k]);
    }
    close_socket(s);
    assert_ports_free(AF_INET, SOCK_DGRAM, first, 4);
    END_WINSOCK();
}

/* Whether or not one socket may have two blocks, both can be drawn from where it may. */
static void each_token_names_its_own_block(void)
{
    const USHORT first = free_ports(4);
    struct block blocks[2];
    START_WINSOCK();
    blocks[0] = hold_tcp(first, 2);
    blocks[1] = hold_tcp((USHORT)(first + 2), 2);
    for (int i = 0; i < 2; i++) {
        const SOCKET s = bound_in_block(&blocks[i]);
        close_socket(s);
    }
    assert_int_equal(release_block(blocks[0].s, blocks[0].token), 0);
    assert_ports_free(AF_INET, SOCK_STREAM, first, 2);
    assert_block_held(&blocks[1]);
    let_go(&blocks[0]);
    let_go(&blocks[1]);
    END_WINSOCK();
}

static void the_acquiring_socket_may_use_its_own_block(void)
{
    const USHORT first = free_ports(2);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct block block = hold(SOCKET_KINDS[i].family, SOCKET_KINDS[i].type, first, 2);
        assert_int_equal(associate_block(block.s, block.token), 0);
        assert_int_equal(bind_by_family(block.s, block.family, 0), 0);
        assert_true(lies_in(&block, bound_port(block.s)));
        assert_block_held(&block);
        let_go(&block);
        assert_ports_free(block.family, block.type, first, 2);
    }
    END_WINSOCK();
}

static void acquire_does_not_bind_or_associate_its_socket(void)
{
    const USHORT first = free_ports(2);
    struct block block;
    START_WINSOCK();
    block = hold_udp(first, 2);
    assert_int_equal(bound_port(block.s), 0);
    assert_int_equal(bind_loopback(block.s, 0), 0);
    assert_false(lies_in(&block, bound_port(block.s)));
    let_go(&block);
    END_WINSOCK();
}

static void a_runtime_block_ends_with_its_socket(void)
{
    const USHORT first = free_ports(2);
    struct block block;
    START_WINSOCK();
    for (int i = 0; i < 3; i++) {
        block = hold_tcp(first, 2);
        let_go(&block);
        assert_ports_free(AF_INET, SOCK_STREAM, first, 2);
    }
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(acquire_reserves_exactly_the_block_asked_for, ACQ_001, ACQ_003, ACQ_005, ACQ_013, ACQ_014,
         ACQ_016, ACQ_017, ERR_001),
    CASE(a_large_block_is_reserved_from_end_to_end, ACQ_013, ACQ_016),
    CASE(every_port_of_a_block_can_be_drawn_once, ACQ_013, ACQ_016, ASSOC_005),
    CASE(the_block_starts_where_the_instance_says, ACQ_013, ACQ_016),
    CASE(a_block_of_ordinary_ports_may_be_reserved_at_run_time, ACQ_002, ACQ_014),
    CASE(acquire_of_no_ports_fails, ACQ_027, ERR_008),
    CASE(acquire_past_the_last_port_fails, ACQ_028, ERR_008),
    CASE(a_block_may_end_with_the_last_port, ACQ_028, ACQ_016),
    CASE(the_block_is_of_the_sockets_protocol, ACQ_018),
    CASE(a_socket_of_the_other_protocol_binds_through_the_block, ACQ_018),
    CASE(the_other_protocols_numbers_are_free_or_not, ACQ_018),
    CASE(a_bound_socket_may_acquire_or_is_refused, ACQ_020),
    CASE(a_second_block_does_not_cost_the_first, ACQ_021),
    CASE(blocks_of_one_socket_are_released_one_by_one, ACQ_021, REL_002),
    CASE(each_token_names_its_own_block, ACQ_022, ACQ_023),
    CASE(the_acquiring_socket_may_use_its_own_block, ACQ_024, ACQ_023),
    CASE(acquire_does_not_bind_or_associate_its_socket, ACQ_023),
    CASE(a_runtime_block_ends_with_its_socket, ACQ_002, REL_015),
    END_OF_CASES,
};

const struct suite acquire_suite = {
    .name = "acquire",
    .about = "blocks acquired at run time: what is granted, on which sockets",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
    .programs = agent_programs,
};
