/* Which tokens associate takes, from whom. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/agent.h"
#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

/* A token that nobody was given. */
static const ULONG64 NOBODYS_TOKEN = ~(ULONG64)0;

/* Binds what associate refused: as if it had never been asked. */
static void assert_binds_elsewhere(SOCKET s, int family, const struct block *block)
{
    assert_int_equal(bind_by_family(s, family, 0), 0);
    assert_false(lies_in(block, bound_port(s)));
}

/* ---- Once more ------------------------------------------------------------------------------- */

static void the_same_token_twice_is_the_same_as_once(void)
{
    const USHORT first = free_ports(2);
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const struct block block = hold(AF_INET, SOCKET_KINDS[i].type, first, 2);
        const SOCKET s = associated_socket(&block);
        OBSERVE_VALUE(associate_again, associate_block(s, block.token));
        assert_int_equal(bind_loopback(s, 0), 0);
        assert_true(lies_in(&block, bound_port(s)));
        close_socket(s);
        let_go(&block);
    }
    END_WINSOCK();
}

static void a_second_token_replaces_the_first_or_does_nothing(void)
{
    const USHORT first = free_ports(4);
    struct block old;
    struct block new;
    unsigned outcome;
    SOCKET s;
    START_WINSOCK();
    old = hold_tcp(first, 2);
    new = hold_tcp((USHORT)(first + 2), 2);
    s = associated_socket(&old);
    outcome = associate_block(s, new.token);
    assert_one_of(outcome, 0, WSAEINVAL);
    assert_int_equal(bind_loopback(s, 0), 0);
    if (outcome == WSAEINVAL) {
        assert_true(lies_in(&old, bound_port(s)));
        OBSERVE(associate_other, wsaeinval);
    } else if (lies_in(&new, bound_port(s))) {
        OBSERVE(associate_other, replaces);
    } else {
        assert_true(lies_in(&old, bound_port(s)));
        OBSERVE(associate_other, keeps_first);
    }
    close_socket(s);
    let_go(&old);
    let_go(&new);
    END_WINSOCK();
}

/* The first block is no more; whether its association still counts, nobody says. */
static void a_socket_of_a_released_block_takes_another_or_is_refused(void)
{
    const USHORT first = free_ports(4);
    struct block old;
    struct block new;
    unsigned outcome;
    SOCKET s;
    START_WINSOCK();
    old = hold_tcp(first, 2);
    new = hold_tcp((USHORT)(first + 2), 2);
    s = associated_socket(&old);
    assert_int_equal(release_block(old.s, old.token), 0);
    outcome = associate_block(s, new.token);
    assert_one_of(outcome, 0, WSAEINVAL);
    if (outcome == 0) {
        assert_int_equal(bind_loopback(s, 0), 0);
        assert_true(lies_in(&new, bound_port(s)));
    }
    close_socket(s);
    let_go(&old);
    let_go(&new);
    END_WINSOCK();
}

/* ---- Tokens that name nothing ---------------------------------------------------------------- */

static void token_zero_names_no_block(void)
{
    const USHORT first = free_ports(1);
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_tcp(first, 1);
    s = open_socket(AF_INET, SOCK_STREAM);
    OBSERVE_VALUE(associate_zero_token, associate_block(s, INVALID_PORT_RESERVATION_TOKEN));
    assert_binds_elsewhere(s, AF_INET, &block);
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

/* A token that was found good stays, or is taken off where token 0 means that. */
static void token_zero_after_a_good_token_clears_or_is_refused(void)
{
    const USHORT first = free_ports(1);
    struct block block;
    unsigned outcome;
    SOCKET s;
    START_WINSOCK();
    block = hold_udp(first, 1);
    s = associated_socket(&block);
    outcome = associate_block(s, INVALID_PORT_RESERVATION_TOKEN);
    OBSERVE_VALUE(associate_zero_token, outcome);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_true((bound_port(s) == first) == (outcome != 0));
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

static void a_token_nobody_was_given_is_refused(void)
{
    const USHORT first = free_ports(1);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct block block = hold(SOCKET_KINDS[i].family, SOCKET_KINDS[i].type, first, 1);
        const SOCKET s = open_socket(block.family, block.type);
        OBSERVE_VALUE(associate_unknown_token, associate_block(s, NOBODYS_TOKEN));
        OBSERVE_VALUE(associate_unknown_token, associate_block(s, block.token + 0x100000000u));
        OBSERVE_VALUE(associate_unknown_token,
                      associate_block(s, block.token ^ 0x8000000000000000u));
        assert_binds_elsewhere(s, block.family, &block);
        close_socket(s);
        let_go(&block);
    }
    END_WINSOCK();
}

static void a_refused_token_leaves_the_earlier_association(void)
{
    const USHORT first = free_ports(1);
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_tcp(first, 1);
    s = associated_socket(&block);
    assert_int_not_equal(associate_block(s, NOBODYS_TOKEN), 0);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_equal(bound_port(s), first);
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

static void a_socket_refused_once_may_be_associated_afterwards(void)
{
    const USHORT first = free_ports(1);
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_udp(first, 1);
    s = open_socket(AF_INET, SOCK_DGRAM);
    assert_int_not_equal(associate_block(s, NOBODYS_TOKEN), 0);
    assert_int_equal(associate_block(s, block.token), 0);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_equal(bound_port(s), first);
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

static void a_released_token_is_refused(void)
{
    const USHORT first = free_ports(2);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct block block = hold(SOCKET_KINDS[i].family, SOCKET_KINDS[i].type, first, 2);
        const SOCKET s = open_socket(block.family, block.type);
        assert_int_equal(release_block(block.s, block.token), 0);
        OBSERVE_VALUE(associate_released_token, associate_block(s, block.token));
        assert_binds_elsewhere(s, block.family, &block);
        close_socket(s);
        let_go(&block);
    }
    END_WINSOCK();
}

static void the_token_of_a_closed_socket_is_refused(void)
{
    const USHORT first = free_ports(1);
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_tcp(first, 1);
    s = open_socket(AF_INET, SOCK_STREAM);
    let_go(&block);
    OBSERVE_VALUE(associate_released_token, associate_block(s, block.token));
    assert_binds_elsewhere(s, AF_INET, &block);
    close_socket(s);
    END_WINSOCK();
}

static void a_deleted_token_is_refused(void)
{
    const USHORT first = free_ports(1);
    ULONG64 token = 0;
    SOCKET s;
    START_WINSOCK();
    REQUIRE_PERSISTENT_FUNCTIONS();
    assert_int_equal(CreatePersistentTcpPortReservation(htons(first), 1, &token), NO_ERROR);
    assert_int_equal(DeletePersistentTcpPortReservation(htons(first), 1), NO_ERROR);
    s = open_socket(AF_INET, SOCK_STREAM);
    OBSERVE_VALUE(associate_released_token, associate_block(s, token));
    close_socket(s);
    END_WINSOCK();
}

/* ---- Tokens of another protocol or family ---------------------------------------------------- */

static void the_other_protocols_token_is_refused_or_lends_its_numbers(void)
{
    const USHORT first = free_ports(2);
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const struct block block = hold(AF_INET, SOCKET_KINDS[i].type, first, 2);
        const SOCKET s = open_socket(AF_INET, SOCKET_KINDS[1 - i].type);
        const unsigned outcome = associate_block(s, block.token);
        OBSERVE_VALUE(associate_other_protocol, outcome);
        assert_int_equal(bind_loopback(s, 0), 0);
        assert_true(lies_in(&block, bound_port(s)) == (outcome == 0));
        close_socket(s);
        assert_block_held(&block);
        let_go(&block);
    }
    END_WINSOCK();
}

/* Where the numbers are lent, each protocol has them all. */
static void numbers_lent_are_not_used_up_by_the_lender(void)
{
    const USHORT first = free_ports(1);
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const struct block block = hold(AF_INET, SOCKET_KINDS[i].type, first, 1);
        const SOCKET user = bound_in_block(&block);
        const SOCKET s = open_socket(AF_INET, SOCKET_KINDS[1 - i].type);
        const unsigned outcome = associate_block(s, block.token);
        OBSERVE_VALUE(associate_other_protocol, outcome);
        if (outcome == 0) {
            assert_int_equal(bind_loopback(s, 0), 0);
            assert_int_equal(bound_port(s), first);
        }
        close_socket(s);
        close_socket(user);
        let_go(&block);
    }
    END_WINSOCK();
}

static void the_other_familys_token_is_refused_or_good(void)
{
    const USHORT first = free_ports(2);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const int family = SOCKET_KINDS[i].family == AF_INET ? AF_INET6 : AF_INET;
        const struct block block = hold(SOCKET_KINDS[i].family, SOCKET_KINDS[i].type, first, 2);
        const SOCKET s = open_socket(family, block.type);
        const unsigned outcome = associate_block(s, block.token);
        OBSERVE_VALUE(associate_other_family, outcome);
        assert_int_equal(bind_by_family(s, family, 0), 0);
        assert_true(lies_in(&block, bound_port(s)) == (outcome == 0));
        close_socket(s);
        let_go(&block);
    }
    END_WINSOCK();
}

/* ---- Other processes ------------------------------------------------------------------------- */

static void another_process_runtime_token_is_refused(void)
{
    const USHORT first = free_ports(2);
    struct testbed_child *agent = agent_start(TESTBED_ELEVATED_ADMIN);
    struct block block;
    SOCKET s;
    REQUIRE_TESTBED(agent);
    START_WINSOCK();
    block = hold_tcp(first, 2);
    OBSERVE_VALUE(associate_foreign_token, agent_associate(agent, block.token));
    s = bound_in_block(&block);
    close_socket(s);
    let_go(&block);
    agent_end(agent);
    END_WINSOCK();
}

static void the_token_stays_good_in_the_process_that_has_it(void)
{
    const USHORT first = free_ports(2);
    struct testbed_child *agent = agent_start(TESTBED_STANDARD);
    struct agent_answer block;
    struct agent_answer bound;
    SOCKET s;
    REQUIRE_TESTBED(agent);
    START_WINSOCK();
    block = agent_acquire(agent, first, 2);
    assert_int_equal(block.outcome, 0);
    s = open_socket(AF_INET, SOCK_STREAM);
    OBSERVE_VALUE(associate_foreign_token, associate_block(s, block.token));
    assert_int_equal(agent_associate(agent, block.token), 0);
    bound = agent_bind(agent, 0);
    assert_int_equal(bound.outcome, 0);
    assert_one_of(bound.port, first, first + 1);
    close_socket(s);
    agent_end(agent);
    END_WINSOCK();
}

static void a_process_given_the_acquiring_socket_may_associate_or_not(void)
{
    const USHORT first = free_ports(2);
    struct testbed_child *agent = agent_start(TESTBED_ELEVATED_ADMIN);
    struct agent_order order;
    struct agent_answer answer;
    struct block block;
    REQUIRE_TESTBED(agent);
    START_WINSOCK();
    block = hold_tcp(first, 2);
    memset(&order, 0, sizeof(order));
    order.verb = AGENT_IDENTIFY;
    answer = agent_do(agent, &order);
    assert_int_equal(WSADuplicateSocketW(block.s, answer.process_id, &order.duplicate), 0);
    order.verb = AGENT_ADOPT;
    assert_int_equal(agent_do(agent, &order).outcome, 0);
    OBSERVE_VALUE(associate_from_duplicate, agent_associate(agent, block.token));
    agent_end(agent);
    let_go(&block);
    END_WINSOCK();
}

/* ---- Persistent tokens ----------------------------------------------------------------------- */

static void an_administrator_in_any_process_may_use_a_persistent_token(void)
{
    const USHORT first = free_ports(2);
    struct testbed_child *agent = agent_start(TESTBED_ELEVATED_ADMIN);
    struct agent_answer bound;
    ULONG64 token = 0;
    SOCKET s;
    REQUIRE_TESTBED(agent);
    START_WINSOCK();
    REQUIRE_PERSISTENT_FUNCTIONS();
    assert_int_equal(CreatePersistentTcpPortReservation(htons(first), 2, &token), NO_ERROR);
    assert_int_equal(agent_associate(agent, token), 0);
    bound = agent_bind(agent, 0);
    assert_int_equal(bound.outcome, 0);
    assert_one_of(bound.port, first, first + 1);
    s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(associate_block(s, token), 0);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_equal(bound_port(s) + bound.port, first + first + 1);
    close_socket(s);
    agent_end(agent);
    assert_int_equal(DeletePersistentTcpPortReservation(htons(first), 2), NO_ERROR);
    END_WINSOCK();
}

static void judge_unelevated(enum testbed_user user)
{
    const USHORT first = free_ports(2);
    struct testbed_child *agent = agent_start(user);
    struct agent_answer bound;
    ULONG64 tcp = 0;
    ULONG64 udp = 0;
    REQUIRE_TESTBED(agent);
    START_WINSOCK();
    REQUIRE_PERSISTENT_FUNCTIONS();
    assert_int_equal(CreatePersistentTcpPortReservation(htons(first), 2, &tcp), NO_ERROR);
    assert_int_equal(CreatePersistentUdpPortReservation(htons(first), 2, &udp), NO_ERROR);
    OBSERVE_VALUE(associate_persistent_unelevated, agent_associate(agent, tcp));
    bound = agent_bind(agent, 0);
    assert_int_equal(bound.outcome, 0);
    assert_true(bound.port < first || bound.port > first + 1);
    assert_int_equal(agent_open(agent, AF_INET, SOCK_DGRAM), 0);
    OBSERVE_VALUE(associate_persistent_unelevated, agent_associate(agent, udp));
    agent_end(agent);
    assert_int_equal(DeletePersistentTcpPortReservation(htons(first), 2), NO_ERROR);
    assert_int_equal(DeletePersistentUdpPortReservation(htons(first), 2), NO_ERROR);
    END_WINSOCK();
}

static void a_standard_user_may_not_use_a_persistent_token(void)
{
    judge_unelevated(TESTBED_STANDARD);
}

static void an_administrator_who_is_not_elevated_may_not_either(void)
{
    judge_unelevated(TESTBED_FILTERED_ADMIN);
}

static void a_standard_user_may_use_his_runtime_token(void)
{
    const USHORT first = free_ports(1);
    struct testbed_child *agent = agent_start(TESTBED_STANDARD);
    struct agent_answer block;
    REQUIRE_TESTBED(agent);
    assert_int_equal(agent_open(agent, AF_INET6, SOCK_DGRAM), 0);
    block = agent_acquire(agent, first, 1);
    assert_int_equal(block.outcome, 0);
    assert_int_equal(agent_associate(agent, block.token), 0);
    assert_int_equal(agent_bind(agent, 0).port, first);
    agent_end(agent);
}

static const struct suite_case cases[] = {
    CASE(the_same_token_twice_is_the_same_as_once, ASSOC_022),
    CASE(a_second_token_replaces_the_first_or_does_nothing, ASSOC_022),
    CASE(a_socket_of_a_released_block_takes_another_or_is_refused, ASSOC_002, ASSOC_022),
    CASE(token_zero_names_no_block, ASSOC_022, LAY_015),
    CASE(token_zero_after_a_good_token_clears_or_is_refused, ASSOC_022),
    CASE(a_token_nobody_was_given_is_refused, ASSOC_022, ASSOC_008, ERR_020),
    CASE(a_refused_token_leaves_the_earlier_association, ASSOC_022),
    CASE(a_socket_refused_once_may_be_associated_afterwards, ASSOC_022),
    CASE(a_released_token_is_refused, REL_014, ASSOC_022),
    CASE(the_token_of_a_closed_socket_is_refused, REL_014, REL_015, ASSOC_022),
    CASE(a_deleted_token_is_refused, REL_014, ASSOC_022),
    CASE(the_other_protocols_token_is_refused_or_lends_its_numbers, ASSOC_014),
    CASE(numbers_lent_are_not_used_up_by_the_lender, ASSOC_014),
    CASE(the_other_familys_token_is_refused_or_good, ASSOC_014, IOCTL_016),
    CASE(another_process_runtime_token_is_refused, ASSOC_015),
    CASE(the_token_stays_good_in_the_process_that_has_it, ASSOC_015),
    CASE(a_process_given_the_acquiring_socket_may_associate_or_not, ASSOC_015),
    CASE(an_administrator_in_any_process_may_use_a_persistent_token, ASSOC_002, ASSOC_016,
         PRIV_001),
    CASE(a_standard_user_may_not_use_a_persistent_token, ASSOC_017, ERR_024, PRIV_002),
    CASE(an_administrator_who_is_not_elevated_may_not_either, ASSOC_017, ERR_024, PRIV_002,
         PRIV_003),
    CASE(a_standard_user_may_use_his_runtime_token, ASSOC_018),
    END_OF_CASES,
};

const struct suite associate_tokens_suite = {
    .name = "associate_tokens",
    .about = "which tokens associate takes, and from whom",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
    .programs = agent_programs,
};
