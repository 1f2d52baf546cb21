/* bind next to reservations: sockets of the block, the owner's others, strangers, automatic choice.
 */
#include "conformance/suites/windows_api.h"

#include <stdio.h>

#include "conformance/suites/small_range.h"
#include "conformance/suites/suite.h"

static SOCKET associated(const INET_PORT_RESERVATION_INSTANCE *block)
{
    const SOCKET s = tcp_socket();
    assert_int_equal(associate_block(s, block->Token), 0);
    return s;
}

static void an_associated_socket_draws_from_the_block_until_it_is_used_up(void)
{
    START_WINSOCK();
    enum { COUNT = 3 };
    const USHORT first = testbed_ports(COUNT);
    const SOCKET holder = tcp_socket();
    SOCKET users[COUNT];
    INET_PORT_RESERVATION_INSTANCE block;
    unsigned char seen[COUNT] = {0};

    assert_int_equal(acquire_block(holder, first, COUNT, &block), 0);
    for (int i = 0; i < COUNT; i++) {
        users[i] = associated(&block);
        const unsigned answer = bind_loopback(users[i], 0);
        const USHORT port = bound_port(users[i]);
        assert_int_equal(answer, 0);
        if (port < first || port >= first + COUNT)
            OBSERVE(associated_bind, dynamic_range);
        assert_int_equal(seen[port - first], 0);
        seen[port - first] = 1;
    }
    OBSERVE(associated_bind, block);
    OBSERVE(block_end, included);

    const SOCKET beyond = associated(&block);
    OBSERVE_VALUE(block_exhausted, bind_loopback(beyond, 0));
    assert_int_equal(bound_port(beyond), 0);

    closesocket(beyond);
    for (int i = 0; i < COUNT; i++)
        closesocket(users[i]);
    closesocket(holder);
    WSACleanup();
}

static void a_block_of_one_port_gives_that_port(void)
{
    START_WINSOCK();
    const USHORT first = testbed_ports(1);
    const SOCKET holder = udp_socket();
    const SOCKET user = udp_socket();
    INET_PORT_RESERVATION_INSTANCE block;

    assert_int_equal(acquire_block(holder, first, 1, &block), 0);
    assert_int_equal(associate_block(user, block.Token), 0);
    assert_int_equal(bind_loopback(user, 0), 0);
    assert_int_equal(bound_port(user), first);

    closesocket(user);
    closesocket(holder);
    WSACleanup();
}

static void the_order_within_a_block_is_known(void)
{
    START_WINSOCK();
    enum { COUNT = 16, ROUNDS = 8 };
    const USHORT first = testbed_ports(COUNT);
    const SOCKET holder = tcp_socket();
    INET_PORT_RESERVATION_INSTANCE block;
    unsigned ports[ROUNDS];
    bool stays = true;
    bool steps = true;

    assert_int_equal(acquire_block(holder, first, COUNT, &block), 0);
    for (int i = 0; i < ROUNDS; i++) {
        const SOCKET user = associated(&block);
        assert_int_equal(bind_loopback(user, 0), 0);
        ports[i] = bound_port(user);
        assert_in_range(ports[i], first, first + COUNT - 1);
        closesocket(user);
        stays = stays && ports[i] == first;
        steps = steps && (i == 0 || ports[i] == first + (ports[i - 1] - first + 1) % COUNT);
    }
    if (stays)
        OBSERVE(block_selection, lowest);
    else if (steps)
        OBSERVE(block_selection, next);
    else
        OBSERVE(block_selection, random);
    closesocket(holder);
    WSACleanup();
}

static void an_explicit_port_of_the_own_block_can_be_bound(void)
{
    START_WINSOCK();
    enum { COUNT = 5 };
    const USHORT first = testbed_ports(COUNT);
    const SOCKET holder = tcp_socket();
    INET_PORT_RESERVATION_INSTANCE block;

    assert_int_equal(acquire_block(holder, first, COUNT, &block), 0);
    for (unsigned i = 0; i < COUNT; i++) {
        const SOCKET user = associated(&block);
        const unsigned answer = bind_loopback(user, (USHORT)(first + i));
        OBSERVE_VALUE(bind_in_own_block, answer);
        assert_int_equal(bound_port(user), answer == 0 ? first + i : 0);
        closesocket(user);
    }
    closesocket(holder);
    WSACleanup();
}

static void a_taken_port_of_the_own_block_is_in_use(void)
{
    START_WINSOCK();
    const USHORT first = testbed_ports(2);
    const SOCKET holder = tcp_socket();
    INET_PORT_RESERVATION_INSTANCE block;

    assert_int_equal(acquire_block(holder, first, 2, &block), 0);
    const SOCKET user = associated(&block);
    const SOCKET second = associated(&block);
    const unsigned answer = bind_loopback(user, first);
    OBSERVE_VALUE(bind_in_own_block, answer);
    if (answer == 0)
        assert_int_equal(bind_loopback(second, first), WSAEADDRINUSE);
    assert_int_equal(bind_loopback(second, 0), 0);
    assert_in_range(bound_port(second), answer == 0 ? first + 1 : first, first + 1);

    closesocket(user);
    closesocket(second);
    closesocket(holder);
    WSACleanup();
}

static void an_explicit_port_outside_the_own_block_has_a_known_answer(void)
{
    START_WINSOCK();
    const USHORT first = (USHORT)(testbed_ports(6) + 1);
    const SOCKET holder = tcp_socket();
    const USHORT outside[] = {(USHORT)(first - 1), (USHORT)(first + 4)};
    INET_PORT_RESERVATION_INSTANCE block;

    assert_int_equal(acquire_block(holder, first, 4, &block), 0);
    for (int i = 0; i < 2; i++) {
        const SOCKET user = associated(&block);
        const unsigned answer = bind_loopback(user, outside[i]);
        OBSERVE_VALUE(bind_outside_block, answer);
        assert_int_equal(bound_port(user), answer == 0 ? outside[i] : 0);
        if (answer != 0) {
            assert_int_equal(bind_loopback(user, 0), 0);
            assert_in_range(bound_port(user), first, first + 3);
        }
        closesocket(user);
    }
    closesocket(holder);
    WSACleanup();
}

/* ---- Others ------------------------------------------------------------------------------- */

struct bind_question {
    USHORT ports[4];
    int type;
    int protocol;
};

struct bind_answers {
    unsigned outcomes[4];
};

/* Binds four ports one after the other, each on a socket of its own. */
static int stranger(void)
{
    struct bind_question question;
    struct bind_answers answers;
    if (!testbed_hear_parent(&question, sizeof question) || winsock_start() != 0)
        return 1;
    for (int i = 0; i < 4; i++) {
        const SOCKET s = socket(AF_INET, question.type, question.protocol);
        answers.outcomes[i] = bind_loopback(s, question.ports[i]);
        closesocket(s);
    }
    WSACleanup();
    return testbed_tell_parent(&answers, sizeof answers) ? 0 : 1;
}

static void ask_stranger(USHORT first, USHORT count, int type, int protocol,
                         struct bind_answers *answers)
{
    const struct testbed_start start = {.program = "stranger", .user = TESTBED_STANDARD};
    const struct bind_question question = {
        .ports = {first, (USHORT)(first + count - 1), (USHORT)(first - 1), (USHORT)(first + count)},
        .type = type,
        .protocol = protocol,
    };
    REQUIRE_TESTBED(testbed_ask(&start, &question, sizeof question, answers, sizeof *answers));
}

static void a_stranger_cannot_bind_into_a_block(void)
{
    START_WINSOCK();
    const USHORT first = (USHORT)(testbed_ports(6) + 1);
    const SOCKET holder = tcp_socket();
    INET_PORT_RESERVATION_INSTANCE block;
    struct bind_answers answers;

    assert_int_equal(acquire_block(holder, first, 4, &block), 0);
    ask_stranger(first, 4, SOCK_STREAM, IPPROTO_TCP, &answers);
    OBSERVE_VALUE(outsider_bind, answers.outcomes[0]);
    OBSERVE_VALUE(outsider_bind, answers.outcomes[1]);
    assert_int_equal(answers.outcomes[2], 0);
    assert_int_equal(answers.outcomes[3], 0);

    closesocket(holder);
    ask_stranger(first, 4, SOCK_STREAM, IPPROTO_TCP, &answers);
    assert_int_equal(answers.outcomes[0], 0);
    assert_int_equal(answers.outcomes[1], 0);
    WSACleanup();
}

static void a_stranger_may_bind_the_other_protocol_in_a_block(void)
{
    START_WINSOCK();
    const USHORT first = (USHORT)(testbed_ports(6) + 1);
    const SOCKET tcp = tcp_socket();
    INET_PORT_RESERVATION_INSTANCE block;
    struct bind_answers answers;

    assert_int_equal(acquire_block(tcp, first, 4, &block), 0);
    ask_stranger(first, 4, SOCK_DGRAM, IPPROTO_UDP, &answers);
    OBSERVE_VALUE(other_protocol_bind, answers.outcomes[0]);
    OBSERVE_VALUE(other_protocol_bind, answers.outcomes[1]);

    closesocket(tcp);
    WSACleanup();
}

static void an_unassociated_socket_of_the_owner_has_a_known_answer(void)
{
    START_WINSOCK();
    const USHORT first = testbed_ports(3);
    const SOCKET holder = tcp_socket();
    INET_PORT_RESERVATION_INSTANCE block;

    assert_int_equal(acquire_block(holder, first, 3, &block), 0);
    for (unsigned i = 0; i < 3; i++) {
        const SOCKET s = tcp_socket();
        OBSERVE_VALUE(owner_bind, bind_loopback(s, (USHORT)(first + i)));
        closesocket(s);
    }
    closesocket(holder);
    WSACleanup();
}

/* Leaves one port of the small dynamic range free of `what` was done to the rest, and sees where
 * automatic choice goes.
 */
static bool stays_out_of_the_rest(void)
{
    const SOCKET inside = udp_socket();
    const SOCKET beyond = udp_socket();
    assert_int_equal(bind_loopback(inside, 0), 0);
    const USHORT port = bound_port(inside);
    const unsigned answer = bind_loopback(beyond, 0);
    closesocket(inside);
    closesocket(beyond);
    return port == SMALL_FIRST && answer != 0;
}

static void automatic_choice_keeps_out_of_blocks(void)
{
    START_WINSOCK();
    const SOCKET holder = udp_socket();
    INET_PORT_RESERVATION_INSTANCE block;

    shrink_dynamic_range("ipv4", "udp");
    assert_int_equal(acquire_block(holder, SMALL_FIRST + 1, SMALL_COUNT - 1, &block), 0);
    if (stays_out_of_the_rest())
        OBSERVE(automatic_bind, skips);
    else
        OBSERVE(automatic_bind, enters);

    closesocket(holder);
    WSACleanup();
}

static void automatic_choice_returns_to_the_ports_of_an_ended_block(void)
{
    START_WINSOCK();
    const SOCKET holder = udp_socket();
    INET_PORT_RESERVATION_INSTANCE block;
    SOCKET sockets[SMALL_COUNT];

    shrink_dynamic_range("ipv4", "udp");
    assert_int_equal(acquire_block(holder, SMALL_FIRST, SMALL_COUNT, &block), 0);
    sockets[0] = udp_socket();
    OBSERVE_VALUE(ephemeral_exhausted, bind_loopback(sockets[0], 0));
    closesocket(sockets[0]);
    closesocket(holder);
    for (int i = 0; i < SMALL_COUNT; i++) {
        sockets[i] = udp_socket();
        assert_int_equal(bind_loopback(sockets[i], 0), 0);
    }
    for (int i = 0; i < SMALL_COUNT; i++)
        closesocket(sockets[i]);
    WSACleanup();
}

static void automatic_choice_keeps_out_of_exclusions(void)
{
    START_WINSOCK();
    shrink_dynamic_range("ipv4", "udp");
    run_netsh("int ipv4 add excludedportrange protocol=udp startport=10001 numberofports=254");
    if (stays_out_of_the_rest())
        OBSERVE(automatic_bind_exclusions, skips);
    else
        OBSERVE(automatic_bind_exclusions, enters);
    WSACleanup();
}

static void an_explicit_port_of_an_exclusion_has_a_known_answer(void)
{
    START_WINSOCK();
    const USHORT first = testbed_ports(6);
    char line[128];

    snprintf(line, sizeof line,
             "int ipv4 add excludedportrange protocol=tcp startport=%u numberofports=4",
             first + 1u);
    run_netsh(line);
    for (unsigned i = 0; i < 6; i++) {
        const SOCKET s = tcp_socket();
        const unsigned answer = bind_loopback(s, (USHORT)(first + i));
        if (i == 0 || i == 5)
            assert_int_equal(answer, 0);
        else
            OBSERVE_VALUE(bind_in_exclusion, answer);
        closesocket(s);
    }
    WSACleanup();
}

static void a_port_of_a_block_may_be_used_on_two_addresses(void)
{
    START_WINSOCK();
    const USHORT first = testbed_ports(1);
    const SOCKET holder = tcp_socket();
    INET_PORT_RESERVATION_INSTANCE block;
    enum { SECOND_LOOPBACK = 0x7F000002 };

    REQUIRE_TESTBED(testbed_second_address() != NULL);
    assert_int_equal(acquire_block(holder, first, 1, &block), 0);
    const SOCKET one = associated(&block);
    const SOCKET two = associated(&block);
    assert_int_equal(bind_loopback(one, 0), 0);
    const unsigned answer = bind_ipv4(two, SECOND_LOOPBACK, 0);
    if (answer == 0) {
        assert_int_equal(bound_port(two), first);
        OBSERVE(block_per_address, per_address);
    } else {
        OBSERVE_VALUE(block_exhausted, answer);
        OBSERVE(block_per_address, once);
    }
    closesocket(one);
    closesocket(two);
    closesocket(holder);
    WSACleanup();
}

static void a_used_up_block_fails_at_bind_or_at_listen(void)
{
    START_WINSOCK();
    const USHORT first = testbed_ports(1);
    const SOCKET holder = tcp_socket();
    INET_PORT_RESERVATION_INSTANCE block;

    assert_int_equal(acquire_block(holder, first, 1, &block), 0);
    const SOCKET one = associated(&block);
    const SOCKET two = associated(&block);
    assert_int_equal(bind_ipv4(one, INADDR_ANY, 0), 0);
    assert_int_equal(listen(one, 1), 0);
    const unsigned bound = bind_ipv4(two, INADDR_ANY, 0);
    assert_true(bound != 0 || listen(two, 1) == SOCKET_ERROR);

    closesocket(one);
    closesocket(two);
    closesocket(holder);
    WSACleanup();
}

/* ---- Unbound sockets ------------------------------------------------------------------------ */

static void listen_wants_a_bound_socket_associated_or_not(void)
{
    START_WINSOCK();
    const USHORT first = testbed_ports(2);
    const SOCKET holder = tcp_socket();
    const SOCKET plain = tcp_socket();
    INET_PORT_RESERVATION_INSTANCE block;

    OBSERVE_VALUE(listen_unbound, outcome(listen(plain, 1)));
    assert_int_equal(bound_port(plain), 0);
    assert_int_equal(acquire_block(holder, first, 2, &block), 0);
    const SOCKET user = associated(&block);
    OBSERVE_VALUE(listen_unbound, outcome(listen(user, 1)));
    assert_int_equal(bound_port(user), 0);
    assert_int_equal(bind_loopback(user, 0), 0);
    assert_int_equal(listen(user, 1), 0);

    closesocket(user);
    closesocket(plain);
    closesocket(holder);
    WSACleanup();
}

static void observe_implicit(USHORT port, USHORT first, USHORT count)
{
    if (port == 0)
        OBSERVE(implicit_bind, never);
    else if (port >= first && port < first + count)
        OBSERVE(implicit_bind, block);
    else
        OBSERVE(implicit_bind, dynamic_range);
}

static void connect_binds_an_unbound_socket(void)
{
    START_WINSOCK();
    const USHORT first = testbed_ports(5);
    const SOCKET holder = tcp_socket();
    const SOCKET plain = tcp_socket();
    const struct sockaddr_in nobody = ipv4_address(INADDR_LOOPBACK, (USHORT)(first + 4));
    INET_PORT_RESERVATION_INSTANCE block;

    assert_fails_with(connect(plain, (const struct sockaddr *)&nobody, sizeof nobody),
                      WSAECONNREFUSED);
    if (bound_port(plain) == 0)
        OBSERVE(implicit_bind, never);
    assert_true(bound_port(plain) < first || bound_port(plain) > first + 4);

    assert_int_equal(acquire_block(holder, first, 4, &block), 0);
    const SOCKET user = associated(&block);
    assert_fails_with(connect(user, (const struct sockaddr *)&nobody, sizeof nobody),
                      WSAECONNREFUSED);
    observe_implicit(bound_port(user), first, 4);

    closesocket(plain);
    closesocket(user);
    closesocket(holder);
    WSACleanup();
}

static void sendto_binds_an_unbound_socket(void)
{
    START_WINSOCK();
    const USHORT first = testbed_ports(5);
    const SOCKET holder = udp_socket();
    const SOCKET plain = udp_socket();
    const SOCKET user = udp_socket();
    const struct sockaddr_in nobody = ipv4_address(INADDR_LOOPBACK, (USHORT)(first + 4));
    INET_PORT_RESERVATION_INSTANCE block;

    assert_int_equal(sendto(plain, "x", 1, 0, (const struct sockaddr *)&nobody, sizeof nobody), 1);
    if (bound_port(plain) == 0)
        OBSERVE(implicit_bind, never);
    assert_true(bound_port(plain) < first || bound_port(plain) > first + 4);

    assert_int_equal(acquire_block(holder, first, 4, &block), 0);
    assert_int_equal(associate_block(user, block.Token), 0);
    assert_int_equal(sendto(user, "x", 1, 0, (const struct sockaddr *)&nobody, sizeof nobody), 1);
    observe_implicit(bound_port(user), first, 4);

    closesocket(plain);
    closesocket(user);
    closesocket(holder);
    WSACleanup();
}

static LPFN_CONNECTEX connectex_of(SOCKET s)
{
    GUID id = WSAID_CONNECTEX;
    LPFN_CONNECTEX function = NULL;
    DWORD size = 0;
    assert_int_equal(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function,
                              sizeof function, &size, NULL, NULL),
                     0);
    assert_int_equal(size, sizeof function);
    assert_non_null(function);
    return function;
}

static void connectex_wants_a_bound_socket(void)
{
    START_WINSOCK();
    const USHORT first = testbed_ports(3);
    const SOCKET holder = tcp_socket();
    const SOCKET plain = tcp_socket();
    const struct sockaddr_in nobody = ipv4_address(INADDR_LOOPBACK, (USHORT)(first + 2));
    const LPFN_CONNECTEX connect_ex = connectex_of(plain);
    INET_PORT_RESERVATION_INSTANCE block;
    OVERLAPPED overlapped;

    memset(&overlapped, 0, sizeof overlapped);
    assert_false(connect_ex(plain, (const struct sockaddr *)&nobody, sizeof nobody, NULL, 0, NULL,
                            &overlapped));
    OBSERVE_VALUE(connectex_unbound, WSAGetLastError());
    assert_int_equal(bound_port(plain), 0);

    assert_int_equal(acquire_block(holder, first, 2, &block), 0);
    const SOCKET user = associated(&block);
    assert_false(connect_ex(user, (const struct sockaddr *)&nobody, sizeof nobody, NULL, 0, NULL,
                            &overlapped));
    OBSERVE_VALUE(connectex_unbound, WSAGetLastError());
    assert_int_equal(bound_port(user), 0);

    closesocket(plain);
    closesocket(user);
    closesocket(holder);
    WSACleanup();
}

static void an_association_ends_with_the_release_of_its_block(void)
{
    START_WINSOCK();
    const USHORT first = testbed_ports(4);
    const SOCKET holder = tcp_socket();
    INET_PORT_RESERVATION_INSTANCE block;

    assert_int_equal(acquire_block(holder, first, 4, &block), 0);
    const SOCKET user = associated(&block);
    assert_int_equal(release_block(holder, block.Token), 0);
    const unsigned answer = bind_loopback(user, 0);
    const USHORT port = bound_port(user);
    if (answer != 0)
        OBSERVE_VALUE(bind_after_release, answer);
    else if (port >= first && port < first + 4)
        OBSERVE(bind_after_release, old_block);
    else
        OBSERVE(bind_after_release, ordinary);

    closesocket(user);
    closesocket(holder);
    WSACleanup();
}

static const struct testbed_program programs[] = {
    {"stranger", stranger},
    {NULL, NULL},
};

static const struct suite_case cases[] = {
    CASE(an_associated_socket_draws_from_the_block_until_it_is_used_up, ASSOC_005, ASSOC_006,
         ASSOC_007, BIND_003, ACQ_016),
    CASE(a_block_of_one_port_gives_that_port, BIND_003, ASSOC_005, ACQ_016),
    CASE(the_order_within_a_block_is_known, BIND_023),
    CASE(an_explicit_port_of_the_own_block_can_be_bound, BIND_019),
    CASE(a_taken_port_of_the_own_block_is_in_use, BIND_019, BIND_010),
    CASE(an_explicit_port_outside_the_own_block_has_a_known_answer, BIND_020),
    CASE(a_stranger_cannot_bind_into_a_block, BIND_021),
    CASE(a_stranger_may_bind_the_other_protocol_in_a_block, ACQ_018),
    CASE(an_unassociated_socket_of_the_owner_has_a_known_answer, BIND_021),
    CASE(automatic_choice_keeps_out_of_blocks, BIND_022),
    CASE(automatic_choice_returns_to_the_ports_of_an_ended_block, BIND_022, LIFE_001),
    CASE(automatic_choice_keeps_out_of_exclusions, NETSH_007),
    CASE(an_explicit_port_of_an_exclusion_has_a_known_answer, NETSH_007),
    CASE(a_port_of_a_block_may_be_used_on_two_addresses, BIND_029),
    CASE(a_used_up_block_fails_at_bind_or_at_listen, BIND_027, ASSOC_006),
    CASE(listen_wants_a_bound_socket_associated_or_not, BIND_024),
    CASE(connect_binds_an_unbound_socket, BIND_025),
    CASE(sendto_binds_an_unbound_socket, BIND_025),
    CASE(connectex_wants_a_bound_socket, BIND_026),
    CASE(an_association_ends_with_the_release_of_its_block, REL_014),
    END_OF_CASES,
};

const struct suite bind_reserved_suite = {
    .name = "bind_reserved",
    .about = "bind next to reservations",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
    .programs = programs,
};
