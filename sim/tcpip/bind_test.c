#include "sim/tcpip/fixture.h"

/* ---- State and address ----------------------------------------------------------------------- */

static void bind_gives_the_address_and_port_asked_for(void **state)
{
    (void)state;
    struct endpoint *e = tcp();
    struct address address = ip4(127, 0, 0, 2);

    assert_false(endpoint_is_bound(e));
    assert_int_equal(endpoint_port(e), 0);
    assert_status(bind_with(e, address, 5000, &plain), STATUS_SUCCESS);
    assert_true(endpoint_is_bound(e));
    assert_int_equal(endpoint_port(e), 5000);
    assert_true(address_equal(endpoint_address(e), &address));
}

static void the_lowest_and_the_highest_port_can_be_bound(void **state)
{
    (void)state;
    assert_int_equal(endpoint_port(bound_tcp(1)), 1);
    assert_int_equal(endpoint_port(bound_tcp(65535)), 65535);
    assert_status(try_port(OWNER, 65535), STATUS_SHARING_VIOLATION);
    assert_status(try_port(OWNER, 65534), STATUS_SUCCESS);
    assert_status(try_port(OWNER, 1), STATUS_SHARING_VIOLATION);
    assert_status(try_port(OWNER, 2), STATUS_SUCCESS);
}

static void a_bound_endpoint_is_not_bound_again(void **state)
{
    (void)state;
    struct endpoint *e = bound_tcp(5000);
    assert_refused(bind_port(e, 5000), STATUS_ADDRESS_ALREADY_ASSOCIATED);
    assert_refused(bind_port(e, 5001), STATUS_ADDRESS_ALREADY_ASSOCIATED);
    assert_refused(bind_port(e, 0), STATUS_ADDRESS_ALREADY_ASSOCIATED);
    assert_int_equal(endpoint_port(e), 5000);
}

static void a_provider_that_rebinds_moves_the_endpoint(void **state)
{
    (void)state;
    CHOOSE(second_bind_call, rebinds);
    struct endpoint *e = bound_tcp(5000), *other = bound_tcp(6000);
    endpoint_set_listening(e, true);

    assert_refused(bind_port(e, 6000), STATUS_SHARING_VIOLATION);
    assert_status(bind_port(e, 5000), STATUS_SUCCESS);
    assert_status(bind_port(e, 5001), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(e), 5001);
    assert_true(e->listening);
    assert_status(try_port(OWNER, 5000), STATUS_SUCCESS);
    endpoint_close(f.tcpip, other);
}

static void an_address_of_another_computer_is_refused(void **state)
{
    (void)state;
    assert_refused(bind_with(udp(), ip4(192, 0, 2, 0), 5000, &plain),
                   STATUS_INVALID_ADDRESS_COMPONENT);
    assert_refused(bind_with(tcp(), ip4(192, 0, 2, 1), 0, &plain),
                   STATUS_INVALID_ADDRESS_COMPONENT);
    CHOOSE(bind_foreign_address, granted);
    assert_status(bind_with(tcp(), ip4(192, 0, 2, 1), 0, &plain), STATUS_SUCCESS);
}

static void a_wrong_scope_is_another_computer(void **state)
{
    (void)state;
    struct address link = {.family = FAMILY_6, .bytes = {0xfe, 0x80, [15] = 0x10}, .scope = 1};
    assert_refused(bind_with(tcp6(), link, 5000, &plain), STATUS_INVALID_ADDRESS_COMPONENT);
    link.scope = 0;
    struct endpoint *e = bound_with(tcp6(), link, 5000, &plain);
    assert_int_equal(endpoint_address(e)->scope, 0);
    link.scope = 2;
    assert_refused(bind_with(tcp6(), link, 5000, &plain), STATUS_SHARING_VIOLATION);
}

static void a_mapped_address_needs_dual_stack(void **state)
{
    (void)state;
    assert_refused(bind_with(tcp6(), mapped(127, 0, 0, 1), 5000, &plain),
                   STATUS_INVALID_ADDRESS_COMPONENT);
    assert_status(bind_with(tcp6(), mapped(127, 0, 0, 1), 5000, &dual), STATUS_SUCCESS);
}

static void the_broadcast_address_needs_its_option_and_a_datagram_socket(void **state)
{
    (void)state;
    static const struct endpoint_options broadcast = {.broadcast = true};
    const struct address all = ip4(255, 255, 255, 255), net = ip4(192, 168, 1, 255);

    assert_refused(bind_with(udp(), all, 5000, &plain), STATUS_ACCESS_DENIED);
    assert_refused(bind_with(udp(), net, 5000, &plain), STATUS_ACCESS_DENIED);
    assert_status(bind_with(udp(), all, 5000, &broadcast), STATUS_SUCCESS);
    assert_status(bind_with(udp(), net, 5000, &broadcast), STATUS_SUCCESS);
    assert_refused(bind_with(tcp(), all, 5000, &broadcast), STATUS_INVALID_ADDRESS_COMPONENT);
    CHOOSE(bind_broadcast, wsaeaddrnotavail);
    assert_refused(bind_with(udp(), all, 5001, &plain), STATUS_INVALID_ADDRESS_COMPONENT);
    CHOOSE(bind_broadcast, granted);
    assert_status(bind_with(udp(), all, 5001, &plain), STATUS_SUCCESS);
}

static void a_multicast_group_is_for_datagram_sockets(void **state)
{
    (void)state;
    assert_status(bind_with(udp(), ip4(224, 0, 0, 251), 5353, &plain), STATUS_SUCCESS);
    assert_refused(bind_with(tcp(), ip4(224, 0, 0, 251), 5353, &plain),
                   STATUS_INVALID_ADDRESS_COMPONENT);
}

static void a_raw_endpoint_is_bound_beside_the_pool(void **state)
{
    (void)state;
    struct endpoint *a = open_as(PROTOCOL_RAW, FAMILY_4, OWNER, ACCOUNT_ADMIN);
    struct endpoint *b = open_as(PROTOCOL_RAW, FAMILY_4, OWNER, ACCOUNT_ADMIN);

    assert_status(bind_with(a, loopback4(), 7, &plain), STATUS_SUCCESS);
    assert_status(bind_with(b, loopback4(), 7, &plain), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(a), 7);
    assert_refused(bind_with(udp(), ip4(8, 8, 8, 8), 7, &plain), STATUS_INVALID_ADDRESS_COMPONENT);
    assert_status(bind_with(udp(), loopback4(), 7, &plain), STATUS_SUCCESS);
    endpoint_close(f.tcpip, a);
    assert_true(endpoint_is_bound(b));
}

/* ---- Who else holds the port ----------------------------------------------------------------- */

static void a_refused_bind_spoils_nothing(void **state)
{
    (void)state;
    struct endpoint *first = bound_with(tcp(), loopback4(), 5000, &plain);
    struct endpoint *second = tcp();

    assert_refused(bind_with(second, loopback4(), 5000, &plain), STATUS_SHARING_VIOLATION);
    assert_refused(bind_with(second, loopback4(), 5000, &reuse), STATUS_ACCESS_DENIED);
    assert_status(bind_with(second, loopback4(), 5001, &plain), STATUS_SUCCESS);
    endpoint_close(f.tcpip, first);
    assert_status(bind_with(tcp(), loopback4(), 5000, &plain), STATUS_SUCCESS);
}

/* To another user's plain socket at loopback, one there says WSAEADDRINUSE, a wildcard WSAEACCES.
 */
static void of_several_holders_the_first_bound_is_heard(void **state)
{
    (void)state;
    bound_with(tcp(), loopback4(), 5000, &exclusive);
    bound_with(tcp(), any4(), 5000, &plain);
    endpoint_close(f.tcpip, bound_with(tcp(), ip4(127, 0, 0, 3), 5000, &plain));
    struct endpoint *late = open_as(PROTOCOL_TCP, FAMILY_4, OWNER, ACCOUNT_OTHER_STANDARD);
    assert_refused(bind_with(late, loopback4(), 5000, &plain), STATUS_SHARING_VIOLATION);

    bound_with(tcp(), any4(), 6000, &plain);
    bound_with(tcp(), loopback4(), 6000, &plain);
    assert_refused(bind_with(late, loopback4(), 6000, &plain), STATUS_ACCESS_DENIED);
}

static void protocols_and_families_do_not_meet(void **state)
{
    (void)state;
    bound_tcp(5000);
    assert_status(bind_port(udp(), 5000), STATUS_SUCCESS);
    assert_status(bind_port(tcp6(), 5000), STATUS_SUCCESS);
    assert_refused(bind_port(tcp6(), 5000), STATUS_SHARING_VIOLATION);
}

struct dual_row {
    const char *name;
    struct address first;
    const struct endpoint_options *first_options;
    struct address second;
    const struct endpoint_options *second_options;
    nt_status expected;
};

static struct endpoint *tcp_for(const struct address *address)
{
    return open_as(PROTOCOL_TCP, address->family, OWNER, ACCOUNT_STANDARD);
}

/* winsock-behaviour rows 43 to 62. */
static void dual_stack_sockets_meet_as_observed(void **state)
{
    (void)state;
    static const struct endpoint_options dual_exclusive = {.dual_stack = true,
                                                           .exclusive_address = true};
    const struct address w4 = any4(), l4 = loopback4(), w6 = any6(), l6 = loopback6();
    const struct address m4 = mapped(127, 0, 0, 1), mw = mapped(0, 0, 0, 0);
    const nt_status ok = STATUS_SUCCESS, use = STATUS_SHARING_VIOLATION, acc = STATUS_ACCESS_DENIED;
    /* clang-format off */
    const struct dual_row rows[] = {
        {"43 wildcard4 exclusive, loopback4    ", w4, &exclusive, l4, &plain, acc},
        {"44 dual exclusive, loopback4         ", w6, &dual_exclusive, l4, &plain, acc},
        {"45 wildcard4, loopback4 exclusive    ", w4, &plain, l4, &exclusive, ok},
        {"46 both exclusive, the wildcard first", w4, &exclusive, l4, &exclusive, acc},
        {"47 loopback4 exclusive, wildcard4    ", l4, &exclusive, w4, &plain, ok},
        {"48 loopback4, wildcard4 exclusive    ", l4, &plain, w4, &exclusive, use},
        {"49 loopback4, dual exclusive         ", l4, &plain, w6, &dual_exclusive, use},
        {"50 loopback6 dual, wildcard4 excl.   ", l6, &dual, w4, &exclusive, ok},
        {"51 loopback6 and loopback4 exclusive ", l6, &exclusive, l4, &exclusive, ok},
        {"52 mapped loopback, wildcard4 excl.  ", m4, &dual, w4, &exclusive, use},
        {"53 dual exclusive, wildcard4         ", w6, &dual_exclusive, w4, &plain, acc},
        {"54 dual, wildcard4 exclusive         ", w6, &dual, w4, &exclusive, ok},
        {"55 wildcard4, wildcard4 exclusive    ", w4, &plain, w4, &exclusive, use},
        {"56 dual, wildcard4                   ", w6, &dual, w4, &plain, ok},
        {"56 the other way round               ", w4, &plain, w6, &dual, ok},
        {"57 mapped wildcard, wildcard4        ", mw, &dual, w4, &plain, use},
        {"58 mapped loopback, loopback4        ", m4, &dual, l4, &plain, use},
        {"58 the other way round               ", l4, &plain, m4, &dual, use},
        {"59 loopback4 exclusive, loopback4    ", l4, &exclusive, l4, &plain, use},
        {"59 the other way round               ", l4, &plain, l4, &exclusive, use},
        {"61 wildcard6, wildcard4              ", w6, &plain, w4, &plain, ok},
        {"62 dual exclusive, wildcard4 reuse   ", w6, &dual_exclusive, w4, &reuse, acc},
        {"36 loopback6, loopback6 reuse        ", l6, &plain, l6, &reuse, acc},
        {"37 loopback4 reuse, loopback4 reuse  ", l4, &reuse, l4, &reuse, ok},
        {"38 loopback4 reuse, loopback4        ", l4, &reuse, l4, &plain, use},
        {"39 wildcard4, loopback4              ", w4, &plain, l4, &plain, ok},
        {"40 loopback4, wildcard4              ", l4, &plain, w4, &plain, ok},
        {"41 wildcard4, wildcard4              ", w4, &plain, w4, &plain, use},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct endpoint *first = tcp_for(&rows[i].first), *second = tcp_for(&rows[i].second);
        bound_with(first, rows[i].first, 5000, rows[i].first_options);
        nt_status status = bind_with(second, rows[i].second, 5000, rows[i].second_options);
        if (status != rows[i].expected)
            fail_msg("%s: %s", rows[i].name, nt_status_name(status));
        endpoint_close(f.tcpip, second);
        endpoint_close(f.tcpip, first);
    }
}

/* ---- Memory ---------------------------------------------------------------------------------- */

static void a_full_arena_is_an_answer(void **state)
{
    (void)state;
    struct endpoint *e = tcp();
    f.engine.arena.fail_in = 1;
    assert_refused(bind_port(e, 5000), STATUS_INSUFFICIENT_RESOURCES);
    f.engine.arena.fail_in = 1;
    assert_null(endpoint_open(f.tcpip, PROTOCOL_TCP, FAMILY_4, OWNER, ACCOUNT_ADMIN));
    f.engine.arena.fail_in = 1;
    assert_refused(bind_port(e, 0), STATUS_INSUFFICIENT_RESOURCES);
    f.engine.arena.fail_in = 0;
    assert_status(bind_port(e, 5000), STATUS_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(bind_gives_the_address_and_port_asked_for),
        MACHINE_TEST(the_lowest_and_the_highest_port_can_be_bound),
        MACHINE_TEST(a_bound_endpoint_is_not_bound_again),
        MACHINE_TEST(a_provider_that_rebinds_moves_the_endpoint),
        MACHINE_TEST(an_address_of_another_computer_is_refused),
        MACHINE_TEST(a_wrong_scope_is_another_computer),
        MACHINE_TEST(a_mapped_address_needs_dual_stack),
        MACHINE_TEST(the_broadcast_address_needs_its_option_and_a_datagram_socket),
        MACHINE_TEST(a_multicast_group_is_for_datagram_sockets),
        MACHINE_TEST(a_raw_endpoint_is_bound_beside_the_pool),
        MACHINE_TEST(a_refused_bind_spoils_nothing),
        MACHINE_TEST(of_several_holders_the_first_bound_is_heard),
        MACHINE_TEST(protocols_and_families_do_not_meet),
        MACHINE_TEST(dual_stack_sockets_meet_as_observed),
        MACHINE_TEST(a_full_arena_is_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
