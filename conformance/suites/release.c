/* Giving a block back: what becomes of its ports, its token and its sockets, and who may. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/agent.h"
#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

/* A token that nobody was given. */
static const ULONG64 NOBODYS_TOKEN = ~(ULONG64)0;

/* ---- The ports ------------------------------------------------------------------------------- */

static void release_gives_every_port_back(void)
{
    const USHORT counts[] = {1, 2, 9};
    const USHORT first = free_ports(9);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        for (int k = 0; k < 3; k++) {
            const struct socket_kind *kind = &SOCKET_KINDS[i];
            const struct block block = hold(kind->family, kind->type, first, counts[k]);
            struct block again;
            assert_int_equal(release_block(block.s, block.token), 0);
            if (probe_port(kind->family, kind->type, first) == 0)
                OBSERVE(release_frees, at_once);
            else
                OBSERVE(release_frees, never);
            assert_ports_free(kind->family, kind->type, first, counts[k]);
            again = hold(kind->family, kind->type, first, counts[k]);
            assert_int_equal(again.count, counts[k]);
            let_go(&again);
            let_go(&block);
        }
    }
    END_WINSOCK();
}

static void release_gives_nobody_elses_ports_back(void)
{
    const USHORT first = free_ports(6);
    struct block blocks[3];
    START_WINSOCK();
    for (int i = 0; i < 3; i++)
        blocks[i] = hold_tcp((USHORT)(first + 2 * i), 2);
    assert_int_equal(release_block(blocks[1].s, blocks[1].token), 0);
    assert_block_held(&blocks[0]);
    assert_block_held(&blocks[2]);
    assert_ports_free(AF_INET, SOCK_STREAM, (USHORT)(first + 2), 2);
    for (int i = 0; i < 3; i++)
        let_go(&blocks[i]);
    END_WINSOCK();
}

static void release_gives_a_wildcard_block_back(void)
{
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct block block = hold(SOCKET_KINDS[i].family, SOCKET_KINDS[i].type, 0, 5);
        assert_int_equal(release_block(block.s, block.token), 0);
        assert_ports_free(block.family, block.type, block.first, 5);
        let_go(&block);
    }
    END_WINSOCK();
}

static void the_acquiring_socket_may_acquire_again_after_release(void)
{
    const USHORT first = free_ports(3);
    INET_PORT_RESERVATION_INSTANCE instance;
    struct block block;
    START_WINSOCK();
    block = hold_udp(first, 3);
    assert_int_equal(release_block(block.s, block.token), 0);
    assert_int_equal(acquire_block(block.s, first, 3, &instance), 0);
    assert_block_held(&block);
    assert_int_equal(release_block(block.s, instance.Token), 0);
    assert_ports_free(AF_INET, SOCK_DGRAM, first, 3);
    let_go(&block);
    END_WINSOCK();
}

/* The socket that once acquired them has no more say in the ports. */
static void closing_the_socket_after_release_ends_nobody_elses_block(void)
{
    const USHORT first = free_ports(2);
    struct block old;
    struct block new;
    START_WINSOCK();
    old = hold_tcp(first, 2);
    assert_int_equal(release_block(old.s, old.token), 0);
    new = hold_tcp(first, 2);
    let_go(&old);
    assert_block_held(&new);
    let_go(&new);
    END_WINSOCK();
}

static void release_is_not_needed(void)
{
    const USHORT first = free_ports(4);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct block block = hold(SOCKET_KINDS[i].family, SOCKET_KINDS[i].type, first, 4);
        assert_block_held(&block);
        let_go(&block);
        assert_ports_free(block.family, block.type, first, 4);
    }
    END_WINSOCK();
}

/* ---- Tokens ---------------------------------------------------------------------------------- */

static void a_block_can_be_released_once(void)
{
    const USHORT first = free_ports(2);
    struct block block;
    struct block again;
    START_WINSOCK();
    block = hold_tcp(first, 2);
    assert_int_equal(release_block(block.s, block.token), 0);
    OBSERVE_VALUE(release_unknown, release_block(block.s, block.token));
    again = hold_tcp(first, 2);
    if (again.token != block.token)
        OBSERVE_VALUE(release_unknown, release_block(block.s, block.token));
    assert_block_held(&again);
    let_go(&again);
    let_go(&block);
    END_WINSOCK();
}

static void tokens_nobody_was_given_cannot_be_released(void)
{
    const USHORT first = free_ports(1);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct block block = hold(SOCKET_KINDS[i].family, SOCKET_KINDS[i].type, first, 1);
        OBSERVE_VALUE(release_unknown, release_block(block.s, INVALID_PORT_RESERVATION_TOKEN));
        OBSERVE_VALUE(release_unknown, release_block(block.s, NOBODYS_TOKEN));
        OBSERVE_VALUE(release_unknown, release_block(block.s, block.token + 0x100000000u));
        assert_block_held(&block);
        let_go(&block);
    }
    END_WINSOCK();
}

static void the_token_of_a_closed_socket_cannot_be_released(void)
{
    const USHORT first = free_ports(1);
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_udp(first, 1);
    let_go(&block);
    s = open_socket(AF_INET, SOCK_DGRAM);
    OBSERVE_VALUE(release_unknown, release_block(s, block.token));
    close_socket(s);
    END_WINSOCK();
}

static void a_persistent_token_cannot_be_released(void)
{
    const USHORT first = free_ports(2);
    ULONG64 token = 0;
    ULONG64 found = 0;
    SOCKET s;
    START_WINSOCK();
    REQUIRE_PERSISTENT_FUNCTIONS();
    assert_int_equal(CreatePersistentTcpPortReservation(htons(first), 2, &token), NO_ERROR);
    s = open_socket(AF_INET, SOCK_STREAM);
    OBSERVE_VALUE(release_persistent, release_block(s, token));
    assert_int_equal(LookupPersistentTcpPortReservation(htons(first), 2, &found), NO_ERROR);
    assert_ports_taken(AF_INET, SOCK_STREAM, first, 2);
    assert_int_equal(associate_block(s, token), 0);
    close_socket(s);
    assert_int_equal(DeletePersistentTcpPortReservation(htons(first), 2), NO_ERROR);
    END_WINSOCK();
}

static void a_deleted_persistent_token_cannot_be_released(void)
{
    const USHORT first = free_ports(1);
    ULONG64 token = 0;
    SOCKET s;
    START_WINSOCK();
    REQUIRE_PERSISTENT_FUNCTIONS();
    assert_int_equal(CreatePersistentUdpPortReservation(htons(first), 1, &token), NO_ERROR);
    assert_int_equal(DeletePersistentUdpPortReservation(htons(first), 1), NO_ERROR);
    s = open_socket(AF_INET, SOCK_DGRAM);
    OBSERVE_VALUE(release_unknown, release_block(s, token));
    close_socket(s);
    END_WINSOCK();
}

/* ---- Through which socket, by whom ----------------------------------------------------------- */

static unsigned release_through_another(const struct block *block, int type)
{
    const SOCKET s = open_socket(AF_INET, type);
    const unsigned outcome = release_block(s, block->token);
    close_socket(s);
    if (outcome == 0)
        assert_ports_free(block->family, block->type, block->first, block->count);
    else
        assert_block_held(block);
    return outcome;
}

static void another_socket_of_the_process_releases_or_is_refused(void)
{
    const USHORT first = free_ports(2);
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const struct block block = hold(AF_INET, SOCKET_KINDS[i].type, first, 2);
        OBSERVE_VALUE(release_other_socket, release_through_another(&block, block.type));
        let_go(&block);
    }
    END_WINSOCK();
}

/* Of its own where any other socket will do; where none will, this one will not. */
static void a_socket_of_the_other_protocol_releases_or_is_refused(void)
{
    const USHORT first = free_ports(2);
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        struct block block = hold(AF_INET, SOCKET_KINDS[i].type, first, 2);
        const bool any_will_do = release_through_another(&block, block.type) == 0;
        unsigned outcome;
        let_go(&block);
        block = hold(AF_INET, SOCKET_KINDS[i].type, first, 2);
        outcome = release_through_another(&block, SOCKET_KINDS[1 - i].type);
        if (any_will_do)
            OBSERVE_VALUE(release_other_protocol, outcome);
        else
            assert_int_equal(outcome, WSAEINVAL);
        let_go(&block);
    }
    END_WINSOCK();
}

static void another_process_cannot_release_the_block(void)
{
    const USHORT first = free_ports(2);
    struct testbed_child *agent = agent_start(TESTBED_ELEVATED_ADMIN);
    struct block block;
    SOCKET s;
    REQUIRE_TESTBED(agent);
    START_WINSOCK();
    block = hold_tcp(first, 2);
    OBSERVE_VALUE(release_foreign, agent_release(agent, block.token));
    assert_block_held(&block);
    s = bound_in_block(&block);
    close_socket(s);
    assert_int_equal(release_block(block.s, block.token), 0);
    let_go(&block);
    agent_end(agent);
    END_WINSOCK();
}

static void an_administrator_cannot_release_a_standard_users_block(void)
{
    const USHORT first = free_ports(1);
    struct testbed_child *agent = agent_start(TESTBED_STANDARD);
    struct agent_answer block;
    SOCKET s;
    REQUIRE_TESTBED(agent);
    START_WINSOCK();
    block = agent_acquire(agent, first, 1);
    assert_int_equal(block.outcome, 0);
    s = open_socket(AF_INET, SOCK_STREAM);
    OBSERVE_VALUE(release_foreign, release_block(s, block.token));
    assert_ports_taken(AF_INET, SOCK_STREAM, first, 1);
    assert_int_equal(agent_release(agent, block.token), 0);
    assert_ports_free(AF_INET, SOCK_STREAM, first, 1);
    close_socket(s);
    agent_end(agent);
    END_WINSOCK();
}

/* ---- Sockets of the block -------------------------------------------------------------------- */

static void a_bound_socket_keeps_its_port_through_release(void)
{
    const USHORT first = free_ports(2);
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const int type = SOCKET_KINDS[i].type;
        const struct block block = hold(AF_INET, type, first, 1);
        const SOCKET user = bound_in_block(&block);
        const SOCKET other = open_socket(AF_INET, type);
        OBSERVE_VALUE(release_in_use, release_block(block.s, block.token));
        assert_int_equal(bound_port(user), first);
        if (bind_loopback(other, first) == 0 || probe_port(AF_INET, type, first) == 0)
            OBSERVE(released_bound_port, handed_out);
        else
            OBSERVE(released_bound_port, kept);
        close_socket(other);
        close_socket(user);
        let_go(&block);
        assert_ports_free(AF_INET, type, first, 2);
    }
    END_WINSOCK();
}

static void the_rest_of_a_released_block_is_free(void)
{
    const USHORT first = free_ports(3);
    struct block block;
    unsigned outcome;
    SOCKET user;
    USHORT used;
    START_WINSOCK();
    block = hold_udp(first, 3);
    user = bound_in_block(&block);
    used = bound_port(user);
    outcome = release_block(block.s, block.token);
    OBSERVE_VALUE(release_in_use, outcome);
    for (USHORT port = first; port < first + 3; port++) {
        const bool taken = probe_port(AF_INET, SOCK_DGRAM, port) != 0;
        assert_true(taken == (port == used || outcome != 0));
    }
    close_socket(user);
    let_go(&block);
    END_WINSOCK();
}

/* However the block ended, the port that is still in use is in no block that the system places. */
static void a_used_port_of_an_ended_block_is_not_placed_in_another(void)
{
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct socket_kind *kind = &SOCKET_KINDS[i];
        for (int releases = 0; releases < 2; releases++) {
            const struct block old = hold(kind->family, kind->type, 0, 3);
            const SOCKET user = bound_in_block(&old);
            struct block new;
            if (releases)
                OBSERVE_VALUE(release_in_use, release_block(old.s, old.token));
            let_go(&old);
            for (USHORT count = 1; count <= 3; count++) {
                new = hold(kind->family, kind->type, 0, count);
                assert_false(lies_in(&new, bound_port(user)));
                let_go(&new);
            }
            close_socket(user);
        }
    }
    END_WINSOCK();
}

/* The documentation's own sequence: acquire, associate and bind one socket, then release. */
static void the_acquiring_socket_may_release_while_bound(void)
{
    const USHORT first = free_ports(1);
    struct block block;
    START_WINSOCK();
    block = hold_tcp(first, 1);
    assert_int_equal(associate_block(block.s, block.token), 0);
    assert_int_equal(bind_loopback(block.s, 0), 0);
    OBSERVE_VALUE(release_in_use, release_block(block.s, block.token));
    assert_int_equal(bound_port(block.s), first);
    assert_ports_taken(AF_INET, SOCK_STREAM, first, 1);
    let_go(&block);
    assert_ports_free(AF_INET, SOCK_STREAM, first, 1);
    END_WINSOCK();
}

/* A socket that was bound from the block, and closed, is no use of it. */
static void a_block_that_was_used_can_be_released(void)
{
    const USHORT first = free_ports(2);
    struct block block;
    START_WINSOCK();
    block = hold_tcp(first, 2);
    close_socket(bound_in_block(&block));
    assert_int_equal(release_block(block.s, block.token), 0);
    assert_ports_free(AF_INET, SOCK_STREAM, first, 2);
    let_go(&block);
    END_WINSOCK();
}

static void an_association_ends_with_its_block(void)
{
    const USHORT first = free_ports(3);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct socket_kind *kind = &SOCKET_KINDS[i];
        const struct block block = hold(kind->family, kind->type, first, 3);
        const SOCKET s = associated_socket(&block);
        unsigned outcome;
        assert_int_equal(release_block(block.s, block.token), 0);
        outcome = bind_by_family(s, kind->family, 0);
        if (outcome != 0) {
            OBSERVE_VALUE(bind_after_release, outcome);
            assert_int_equal(bound_port(s), 0);
        } else if (lies_in(&block, bound_port(s))) {
            OBSERVE(bind_after_release, old_block);
        } else {
            OBSERVE(bind_after_release, ordinary);
        }
        close_socket(s);
        let_go(&block);
    }
    END_WINSOCK();
}

/* Ports that belong to somebody else by now are not given through the old token. */
static void an_old_association_does_not_reach_into_a_new_block(void)
{
    const USHORT first = free_ports(2);
    struct block old;
    struct block new;
    SOCKET s;
    START_WINSOCK();
    old = hold_tcp(first, 2);
    s = associated_socket(&old);
    assert_int_equal(release_block(old.s, old.token), 0);
    new = hold_tcp(first, 2);
    if (bind_loopback(s, 0) == 0)
        assert_false(lies_in(&new, bound_port(s)));
    close_socket(s);
    let_go(&new);
    let_go(&old);
    END_WINSOCK();
}

static void a_refused_release_leaves_the_block(void)
{
    const USHORT first = free_ports(2);
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_udp(first, 2);
    assert_int_not_equal(release_block(block.s, NOBODYS_TOKEN), 0);
    assert_block_held(&block);
    s = bound_in_block(&block);
    close_socket(s);
    assert_int_equal(release_block(block.s, block.token), 0);
    let_go(&block);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(release_gives_every_port_back, REL_001, REL_002, REL_005, ERR_025),
    CASE(release_gives_nobody_elses_ports_back, REL_002, REL_005),
    CASE(release_gives_a_wildcard_block_back, REL_002),
    CASE(the_acquiring_socket_may_acquire_again_after_release, REL_002),
    CASE(closing_the_socket_after_release_ends_nobody_elses_block, REL_014, REL_015),
    CASE(release_is_not_needed, REL_015),
    CASE(a_block_can_be_released_once, REL_013, REL_014, ERR_032),
    CASE(tokens_nobody_was_given_cannot_be_released, REL_013, REL_005, ERR_032),
    CASE(the_token_of_a_closed_socket_cannot_be_released, REL_013, REL_015),
    CASE(a_persistent_token_cannot_be_released, REL_004),
    CASE(a_deleted_persistent_token_cannot_be_released, REL_004, REL_013),
    CASE(another_socket_of_the_process_releases_or_is_refused, REL_010, REL_003),
    CASE(a_socket_of_the_other_protocol_releases_or_is_refused, REL_010),
    CASE(another_process_cannot_release_the_block, REL_003),
    CASE(an_administrator_cannot_release_a_standard_users_block, REL_003),
    CASE(a_bound_socket_keeps_its_port_through_release, REL_012),
    CASE(the_rest_of_a_released_block_is_free, REL_012, REL_002),
    CASE(a_used_port_of_an_ended_block_is_not_placed_in_another, REL_012, ACQ_012),
    CASE(the_acquiring_socket_may_release_while_bound, REL_012),
    CASE(a_block_that_was_used_can_be_released, REL_002),
    CASE(an_association_ends_with_its_block, REL_014),
    CASE(an_old_association_does_not_reach_into_a_new_block, REL_014),
    CASE(a_refused_release_leaves_the_block, REL_013),
    END_OF_CASES,
};

const struct suite release_suite = {
    .name = "release",
    .about = "blocks given back, by whom and with what effect",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
    .programs = agent_programs,
};
