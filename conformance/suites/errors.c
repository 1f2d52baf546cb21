/* Results and error codes of the three calls. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/agent.h"
#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

/* A token that nobody was given: no simulated or real token is all ones. */
static const ULONG64 NOBODYS_TOKEN = ~(ULONG64)0;

struct three {
    unsigned acquire;
    unsigned associate;
    unsigned release;
};

/* The three calls on one handle, with arguments that are good on a good socket. */
static struct three call_all(SOCKET s, USHORT port, ULONG64 token)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    struct three answers;
    answers.acquire = acquire_block(s, port, 1, &instance);
    answers.associate = associate_block(s, token);
    answers.release = release_block(s, token);
    return answers;
}

/* ---- Where a failure is found ---------------------------------------------------------------- */

static void observe_last_error(int result)
{
    const int error = WSAGetLastError();
    assert_int_equal(result, SOCKET_ERROR);
    if (error == 0)
        OBSERVE(failed_call_last_error, forgotten);
    else
        OBSERVE(failed_call_last_error, last_error);
}

static void a_failed_acquire_leaves_its_code(void)
{
    INET_PORT_RANGE range = {0, 1};
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD returned = 0;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    WSASetLastError(0);
    observe_last_error(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range),
                                         &instance, 15, &returned, NULL, NULL));
    close_socket(s);
    WSASetLastError(0);
    observe_last_error(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range),
                                         &instance, sizeof(instance), &returned, NULL, NULL));
    END_WINSOCK();
}

static void a_failed_associate_or_release_leaves_its_code(void)
{
    const DWORD codes[] = {SIO_ASSOCIATE_PORT_RESERVATION, SIO_RELEASE_PORT_RESERVATION};
    ULONG64 token = NOBODYS_TOKEN;
    DWORD returned = 0;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_DGRAM);
    for (int i = 0; i < 2; i++) {
        WSASetLastError(0);
        observe_last_error(
            reservation_ioctl(s, codes[i], &token, sizeof(token), NULL, 0, &returned, NULL, NULL));
    }
    close_socket(s);
    END_WINSOCK();
}

/* ---- Handles --------------------------------------------------------------------------------- */

static void observe_no_socket(SOCKET s, USHORT port)
{
    const struct three answers = call_all(s, port, 1);
    OBSERVE_VALUE(not_a_socket, answers.acquire);
    OBSERVE_VALUE(not_a_socket, answers.associate);
    OBSERVE_VALUE(not_a_socket, answers.release);
}

static void a_closed_socket_is_no_socket(void)
{
    const USHORT port = free_ports(1);
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    close_socket(s);
    observe_no_socket(s, port);
    assert_ports_free(AF_INET, SOCK_STREAM, port, 1);
    END_WINSOCK();
}

static void numbers_that_were_never_handles_are_no_sockets(void)
{
    const USHORT port = free_ports(1);
    START_WINSOCK();
    observe_no_socket(INVALID_SOCKET, port);
    observe_no_socket(0, port);
    observe_no_socket((SOCKET)0x7FFFFFFC, port);
    END_WINSOCK();
}

static void an_event_is_no_socket(void)
{
    const USHORT port = free_ports(1);
    WSAEVENT event;
    START_WINSOCK();
    event = WSACreateEvent();
    assert_true(event != WSA_INVALID_EVENT);
    observe_no_socket((SOCKET)event, port);
    assert_true(WSACloseEvent(event));
    END_WINSOCK();
}

/* ---- The network ----------------------------------------------------------------------------- */

static void the_three_calls_notice_that_the_network_failed(void)
{
    const USHORT port = free_ports(2);
    struct three answers;
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_tcp(port, 1);
    s = open_socket(AF_INET, SOCK_STREAM);
    REQUIRE_TESTBED(testbed_network(false));
    answers = call_all(s, (USHORT)(port + 1), block.token);
    REQUIRE_TESTBED(testbed_network(true));
    OBSERVE_VALUE(network_down, answers.acquire);
    OBSERVE_VALUE(network_down, answers.associate);
    OBSERVE_VALUE(network_down, answers.release);
    assert_ports_free(AF_INET, SOCK_STREAM, (USHORT)(port + 1), 1);
    close_socket(s);
    close_socket(block.s);
    END_WINSOCK();
}

/* ---- WSAStartup ------------------------------------------------------------------------------ */

/* A socket to call on without Winsock: one opened before its time if that can be, or else one left
 * over from before WSACleanup.
 */
static SOCKET socket_without_winsock(void)
{
    SOCKET s = tcp_socket();
    if (s != INVALID_SOCKET)
        return s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    END_WINSOCK();
    return s;
}

static void the_calls_fail_without_wsastartup(void)
{
    const USHORT port = free_ports(1);
    SOCKET s = socket_without_winsock();
    const struct three answers = call_all(s, port, NOBODYS_TOKEN);
    OBSERVE_VALUE(not_started, answers.acquire);
    assert_one_of(answers.associate, WSANOTINITIALISED, WSAENOTSOCK);
    assert_one_of(answers.release, WSANOTINITIALISED, WSAENOTSOCK);
    START_WINSOCK();
    assert_ports_free(AF_INET, SOCK_STREAM, port, 1);
    END_WINSOCK();
}

static void a_refused_wsastartup_is_none(void)
{
    const USHORT port = free_ports(1);
    WSADATA data;
    struct three answers;
    assert_int_not_equal(WSAStartup(MAKEWORD(0, 0), &data), 0);
    answers = call_all(socket_without_winsock(), port, NOBODYS_TOKEN);
    OBSERVE_VALUE(not_started, answers.acquire);
}

static void winsock_lasts_until_the_last_cleanup(void)
{
    const USHORT port = free_ports(1);
    struct block block;
    START_WINSOCK();
    START_WINSOCK();
    END_WINSOCK();
    block = hold_tcp(port, 1);
    assert_block_held(&block);
    let_go(&block);
    END_WINSOCK();
}

/* ---- Rights ---------------------------------------------------------------------------------- */

/* What a standard user is told by the first of the calls that tells him WSAEACCES. */
static void the_three_calls_need_no_administrator(void)
{
    const USHORT port = free_ports(2);
    struct testbed_child *agent = agent_start(TESTBED_STANDARD);
    struct agent_answer block;
    struct agent_answer bound;
    REQUIRE_TESTBED(agent);
    block = agent_acquire(agent, port, 2);
    if (block.outcome == WSAEACCES)
        OBSERVE(acquire_privilege, administrator);
    assert_int_equal(block.outcome, 0);
    assert_int_equal(agent_associate(agent, block.token), 0);
    bound = agent_bind(agent, 0);
    assert_int_equal(bound.outcome, 0);
    assert_one_of(bound.port, port, port + 1);
    OBSERVE(acquire_privilege, none);
    agent_end(agent);
}

static void release_needs_no_administrator(void)
{
    const USHORT port = free_ports(1);
    struct testbed_child *agent = agent_start(TESTBED_STANDARD);
    struct agent_answer block;
    unsigned outcome;
    REQUIRE_TESTBED(agent);
    START_WINSOCK();
    block = agent_acquire(agent, port, 1);
    assert_int_equal(block.outcome, 0);
    outcome = agent_release(agent, block.token);
    if (outcome == WSAEACCES)
        OBSERVE(release_privilege, administrator);
    assert_int_equal(outcome, 0);
    OBSERVE(release_privilege, none);
    assert_ports_free(AF_INET, SOCK_STREAM, port, 1);
    agent_end(agent);
    END_WINSOCK();
}

static void a_standard_user_may_take_a_wildcard_block(void)
{
    struct testbed_child *agent = agent_start(TESTBED_STANDARD);
    struct agent_answer block;
    REQUIRE_TESTBED(agent);
    assert_int_equal(agent_open(agent, AF_INET, SOCK_DGRAM), 0);
    block = agent_acquire(agent, 0, 4);
    assert_int_equal(block.outcome, 0);
    assert_int_equal(block.count, 4);
    assert_int_equal(agent_associate(agent, block.token), 0);
    assert_int_equal(agent_release(agent, block.token), 0);
    agent_end(agent);
}

static void a_standard_users_low_ports_are_granted_or_forbidden(void)
{
    struct testbed_child *agent = agent_start(TESTBED_STANDARD);
    REQUIRE_TESTBED(agent);
    OBSERVE_VALUE(acquire_low_port, agent_acquire(agent, 1019, 1).outcome);
    assert_int_equal(agent_open(agent, AF_INET, SOCK_STREAM), 0);
    OBSERVE_VALUE(acquire_low_port, agent_acquire(agent, 1023, 1).outcome);
    assert_int_equal(agent_open(agent, AF_INET, SOCK_STREAM), 0);
    assert_int_equal(agent_acquire(agent, 1024, 1).outcome, 0);
    agent_end(agent);
}

static const struct suite_case cases[] = {
    CASE(a_failed_acquire_leaves_its_code, ERR_002, IOCTL_001),
    CASE(a_failed_associate_or_release_leaves_its_code, ERR_002, ERR_014, ERR_026, IOCTL_001),
    CASE(a_closed_socket_is_no_socket, ERR_010, ERR_022, ERR_034, IOCTL_007),
    CASE(numbers_that_were_never_handles_are_no_sockets, ERR_010, ERR_022, ERR_034, IOCTL_007),
    CASE(an_event_is_no_socket, ERR_010, ERR_022, ERR_034, IOCTL_007),
    CASE(the_three_calls_notice_that_the_network_failed, ERR_009, ERR_021, ERR_033, IOCTL_007),
    CASE(the_calls_fail_without_wsastartup, ERR_038),
    CASE(a_refused_wsastartup_is_none, ERR_038),
    CASE(winsock_lasts_until_the_last_cleanup, ERR_038),
    CASE(the_three_calls_need_no_administrator, ACQ_019, ASSOC_018, ERR_012, PRIV_010),
    CASE(release_needs_no_administrator, REL_011, ERR_036, PRIV_010),
    CASE(a_standard_user_may_take_a_wildcard_block, ACQ_019, ERR_012, ERR_036),
    CASE(a_standard_users_low_ports_are_granted_or_forbidden, ACQ_019, PRIV_012),
    END_OF_CASES,
};

const struct suite errors_suite = {
    .name = "errors",
    .about = "results and error codes of the three calls",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
    .programs = agent_programs,
};
