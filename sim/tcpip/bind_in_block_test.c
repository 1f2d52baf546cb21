#include "sim/tcpip/fixture.h"

/* ---- Ports of blocks ------------------------------------------------------------------------- */

static void a_runtime_block_is_closed_from_its_first_to_its_last_port(void **state)
{
    (void)state;
    acquired(tcp(), 5000, 10);

    assert_status(try_port(STRANGER, 4999), STATUS_SUCCESS);
    assert_refused(try_port(STRANGER, 5000), STATUS_ACCESS_DENIED);
    assert_refused(try_port(STRANGER, 5009), STATUS_ACCESS_DENIED);
    assert_status(try_port(STRANGER, 5010), STATUS_SUCCESS);
    assert_refused(try_port(OWNER, 5000), STATUS_ACCESS_DENIED);
    assert_refused(try_port(OWNER, 5009), STATUS_ACCESS_DENIED);
}

static void blocks_end_at_the_last_port_there_is(void **state)
{
    (void)state;
    acquired(tcp(), 65535, 1);
    acquired(tcp(), 1, 1);
    assert_refused(try_port(STRANGER, 65535), STATUS_ACCESS_DENIED);
    assert_status(try_port(STRANGER, 65534), STATUS_SUCCESS);
    assert_refused(try_port(STRANGER, 1), STATUS_ACCESS_DENIED);
    assert_status(try_port(STRANGER, 2), STATUS_SUCCESS);
}

static void a_block_of_the_other_protocol_is_open(void **state)
{
    (void)state;
    acquired(tcp(), 5000, 10);
    struct endpoint *e = udp();
    assert_status(bind_port(e, 5000), STATUS_SUCCESS);
    endpoint_close(f.tcpip, e);
    CHOOSE(other_protocol_bind, wsaeacces);
    assert_refused(bind_port(udp(), 5000), STATUS_ACCESS_DENIED);
    assert_refused(bind_port(udp(), 5009), STATUS_ACCESS_DENIED);
    assert_status(bind_port(udp(), 5010), STATUS_SUCCESS);
}

static void the_profile_says_what_outsiders_get(void **state)
{
    (void)state;
    acquired(tcp(), 5000, 10);
    CHOOSE(outsider_bind, wsaeaddrinuse);
    assert_refused(try_port(STRANGER, 5000), STATUS_SHARING_VIOLATION);
    assert_refused(try_port(OWNER, 5000), STATUS_ACCESS_DENIED);
    CHOOSE(owner_bind, wsaeaddrinuse);
    assert_refused(try_port(OWNER, 5000), STATUS_SHARING_VIOLATION);
    CHOOSE(outsider_bind, granted);
    CHOOSE(owner_bind, granted);
    assert_status(try_port(STRANGER, 5000), STATUS_SUCCESS);
    assert_status(try_port(OWNER, 5000), STATUS_SUCCESS);
}

static void a_persistent_block_is_closed_to_outsiders(void **state)
{
    (void)state;
    created(PROTOCOL_TCP, 5000, 10);
    assert_refused(try_port(OWNER, 5000), STATUS_ACCESS_DENIED);
    assert_refused(try_port(OWNER, 5009), STATUS_ACCESS_DENIED);
    assert_status(try_port(OWNER, 4999), STATUS_SUCCESS);
    assert_status(try_port(OWNER, 5010), STATUS_SUCCESS);
    CHOOSE(persistent_outsider_bind, wsaeaddrinuse);
    assert_refused(try_port(OWNER, 5000), STATUS_SHARING_VIOLATION);
    CHOOSE(persistent_outsider_bind, granted);
    assert_status(try_port(OWNER, 5000), STATUS_SUCCESS);
}

static void an_exclusion_is_open_to_explicit_binds(void **state)
{
    (void)state;
    assert_status(exclude(PROTOCOL_TCP, 5000, 10, STORE_ACTIVE), STATUS_SUCCESS);
    assert_status(try_port(OWNER, 5000), STATUS_SUCCESS);
    CHOOSE(bind_in_exclusion, wsaeacces);
    assert_refused(try_port(OWNER, 5000), STATUS_ACCESS_DENIED);
    assert_refused(try_port(OWNER, 5009), STATUS_ACCESS_DENIED);
    assert_status(try_port(OWNER, 5010), STATUS_SUCCESS);
}

static void an_exclusion_of_one_family_holds_there_alone(void **state)
{
    (void)state;
    CHOOSE(netsh_families, apart);
    CHOOSE(bind_in_exclusion, wsaeacces);
    assert_status(exclude(PROTOCOL_TCP, 5000, 10, STORE_ACTIVE), STATUS_SUCCESS);
    assert_refused(try_port(OWNER, 5000), STATUS_ACCESS_DENIED);
    struct endpoint *six = tcp6();
    assert_refused(bind_with(six, any6(), 5000, &dual), STATUS_ACCESS_DENIED);
    assert_status(bind_with(six, any6(), 5000, &plain), STATUS_SUCCESS);
}

static void a_block_is_asked_before_the_endpoints_in_it(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 5000, 10);
    struct endpoint *inside = associated(tcp(), token);
    assert_status(bind_port(inside, 5000), STATUS_SUCCESS);
    assert_refused(try_port(STRANGER, 5000), STATUS_ACCESS_DENIED);
    CHOOSE(outsider_bind, granted);
    assert_refused(try_port(STRANGER, 5000), STATUS_SHARING_VIOLATION);
}

/* ---- Associated endpoints -------------------------------------------------------------------- */

static void an_explicit_port_of_the_own_block_is_granted(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 5000, 10);
    struct endpoint *first = associated(tcp(), token), *last = associated(tcp(), token);

    assert_status(bind_port(first, 5000), STATUS_SUCCESS);
    assert_status(bind_port(last, 5009), STATUS_SUCCESS);
    assert_refused(bind_port(associated(tcp(), token), 5009), STATUS_SHARING_VIOLATION);
    CHOOSE(bind_in_own_block, wsaeinval);
    assert_refused(bind_port(associated(tcp(), token), 5005), STATUS_INVALID_PARAMETER);
}

static void an_explicit_port_outside_the_own_block_is_not(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 5000, 10);
    acquired(strange_tcp(), 6000, 1);
    struct endpoint *e = associated(tcp(), token);

    assert_refused(bind_port(e, 4999), STATUS_INVALID_ADDRESS_COMPONENT);
    assert_refused(bind_port(e, 5010), STATUS_INVALID_ADDRESS_COMPONENT);
    CHOOSE(bind_outside_block, wsaeinval);
    assert_refused(bind_port(e, 5010), STATUS_INVALID_PARAMETER);
    CHOOSE(bind_outside_block, wsaeacces);
    assert_refused(bind_port(e, 5010), STATUS_ACCESS_DENIED);
    CHOOSE(bind_outside_block, granted);
    CHOOSE(outsider_bind, wsaeaddrinuse);
    assert_refused(bind_port(e, 6000), STATUS_SHARING_VIOLATION);
    assert_status(bind_port(e, 5010), STATUS_SUCCESS);
}

static void a_refusal_keeps_the_association(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 5000, 2);
    struct endpoint *e = associated(tcp(), token);

    assert_refused(bind_with(e, ip4(192, 0, 2, 1), 0, &plain), STATUS_INVALID_ADDRESS_COMPONENT);
    assert_status(bind_port(e, 0), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(e), 5000);

    CHOOSE(refused_bind, drops_association);
    e = associated(tcp(), token);
    assert_status(bind_with(e, ip4(192, 0, 2, 1), 0, &plain), STATUS_INVALID_ADDRESS_COMPONENT);
    assert_status(bind_port(e, 0), STATUS_SUCCESS);
    assert_true(endpoint_port(e) >= 49152);
}

struct ended_row {
    const char *name;
    enum option option;
    nt_status expected;
};

static void bind_after_release_is_the_profiles(void **state)
{
    (void)state;
    static const struct ended_row rows[] = {
        {"wsaeinval", OPTION_bind_after_release_wsaeinval, STATUS_INVALID_PARAMETER},
        {"wsaeaddrnotavail", OPTION_bind_after_release_wsaeaddrnotavail,
         STATUS_INVALID_ADDRESS_COMPONENT},
        {"wsaeacces", OPTION_bind_after_release_wsaeacces, STATUS_ACCESS_DENIED},
        {"wsaenobufs", OPTION_bind_after_release_wsaenobufs, STATUS_TOO_MANY_ADDRESSES},
    };
    struct endpoint *holder = tcp();
    uint64_t token = acquired(holder, 5000, 10);
    struct endpoint *e = associated(tcp(), token), *g = associated(tcp(), token);
    assert_status(reservation_release(f.tcpip, holder, &owner, token), STATUS_SUCCESS);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        profile_choose(&f.profile, rows[i].option);
        print_message("%s\n", rows[i].name);
        assert_refused(bind_port(e, 0), rows[i].expected);
        assert_refused(bind_port(e, 5000), rows[i].expected);
        assert_refused(bind_port(e, 7000), rows[i].expected);
    }
    CHOOSE(bind_after_release, old_block);
    assert_status(bind_port(g, 0), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(g), 5000);
    CHOOSE(bind_after_release, ordinary);
    assert_status(bind_port(e, 0), STATUS_SUCCESS);
    assert_true(endpoint_port(e) >= 49152);
}

static void bind_after_close_is_the_profiles(void **state)
{
    (void)state;
    static const struct ended_row rows[] = {
        {"wsaeinval", OPTION_bind_after_close_wsaeinval, STATUS_INVALID_PARAMETER},
        {"wsaeaddrnotavail", OPTION_bind_after_close_wsaeaddrnotavail,
         STATUS_INVALID_ADDRESS_COMPONENT},
        {"wsaeacces", OPTION_bind_after_close_wsaeacces, STATUS_ACCESS_DENIED},
        {"wsaenobufs", OPTION_bind_after_close_wsaenobufs, STATUS_TOO_MANY_ADDRESSES},
    };
    struct endpoint *holder = tcp();
    uint64_t token = acquired(holder, 5000, 10);
    struct endpoint *e = associated(tcp(), token), *g = associated(tcp(), token);
    reservation_holder_closed(f.tcpip, holder, false);
    endpoint_close(f.tcpip, holder);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        profile_choose(&f.profile, rows[i].option);
        print_message("%s\n", rows[i].name);
        assert_refused(bind_port(e, 0), rows[i].expected);
    }
    CHOOSE(bind_after_close, old_block);
    assert_status(bind_port(g, 0), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(g), 5000);
    CHOOSE(bind_after_close, ordinary);
    assert_status(bind_port(e, 0), STATUS_SUCCESS);
    assert_true(endpoint_port(e) >= 49152);
}

static void bind_may_check_the_right_to_a_persistent_block(void **state)
{
    (void)state;
    struct address wildcard = any4();
    struct endpoint *e = associated(tcp(), created(PROTOCOL_TCP, 5000, 10));
    struct endpoint *g = associated(tcp(), acquired(tcp(), 6000, 10));

    CHOOSE(bind_privilege, checked);
    assert_refused(endpoint_bind(f.tcpip, e, &wildcard, 0, &plain, false), STATUS_ACCESS_DENIED);
    assert_status(endpoint_bind(f.tcpip, g, &wildcard, 0, &plain, false), STATUS_SUCCESS);
    CHOOSE(bind_privilege, unchecked);
    assert_status(endpoint_bind(f.tcpip, e, &wildcard, 0, &plain, false), STATUS_SUCCESS);
    e = associated(tcp(), created(PROTOCOL_TCP, 7000, 10));
    CHOOSE(bind_privilege, checked);
    assert_status(endpoint_bind(f.tcpip, e, &wildcard, 0, &plain, true), STATUS_SUCCESS);
}

static void reuse_in_a_block_is_the_profiles(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 5000, 10);
    bound_with(associated(tcp(), token), any4(), 5000, &reuse);
    struct endpoint *e = associated(tcp(), token);

    CHOOSE(reuse_in_block, wsaeaddrinuse);
    assert_refused(bind_with(e, any4(), 5000, &reuse), STATUS_SHARING_VIOLATION);
    CHOOSE(reuse_in_block, wsaeacces);
    assert_refused(bind_with(e, any4(), 5000, &reuse), STATUS_ACCESS_DENIED);
    assert_refused(bind_with(e, any4(), 5000, &plain), STATUS_SHARING_VIOLATION);
    CHOOSE(reuse_in_block, shares);
    assert_status(bind_with(e, any4(), 5000, &reuse), STATUS_SUCCESS);

    /* Outside of blocks, and at another address, nothing of this matters. */
    CHOOSE(reuse_in_block, wsaeacces);
    bound_with(tcp(), any4(), 6000, &reuse);
    assert_status(bind_with(tcp(), any4(), 6000, &reuse), STATUS_SUCCESS);
    bound_with(associated(tcp(), token), ip4(127, 0, 0, 1), 5001, &reuse);
    assert_status(bind_with(associated(tcp(), token), ip4(127, 0, 0, 2), 5001, &reuse),
                  STATUS_SUCCESS);
}

static void affinity_shares_one_port_of_a_block(void **state)
{
    (void)state;
    static const struct endpoint_options affinity = {.cpu_affinity = true};
    uint64_t token = acquired(udp(), 5000, 1);

    for (int i = 0; i < 4; i++)
        bound_with(associated(udp(), token), any4(), 5000, &affinity);
    assert_refused(bind_with(associated(udp(), token), any4(), 5000, &plain),
                   STATUS_SHARING_VIOLATION);
}

/* ---- Implicit binds -------------------------------------------------------------------------- */

static void an_implicit_bind_takes_the_wildcard_and_a_port_of_the_block(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 5000, 10);
    struct endpoint *e = associated(tcp(), token);
    assert_status(endpoint_bind_implicitly(f.tcpip, e, &plain, true), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(e), 5000);
    assert_true(address_is_wildcard(endpoint_address(e)));

    CHOOSE(implicit_bind, dynamic_range);
    e = associated(tcp(), token);
    assert_status(endpoint_bind_implicitly(f.tcpip, e, &plain, true), STATUS_SUCCESS);
    assert_true(endpoint_port(e) >= 49152);

    CHOOSE(implicit_bind, never);
    e = tcp6();
    assert_refused(endpoint_bind_implicitly(f.tcpip, e, &plain, true), STATUS_SUCCESS);
    assert_false(endpoint_is_bound(e));
    CHOOSE(implicit_bind, block);
    assert_status(endpoint_bind_implicitly(f.tcpip, e, &plain, true), STATUS_SUCCESS);
    assert_int_equal(endpoint_address(e)->family, FAMILY_6);
}

static void the_port_below_a_block_of_the_other_protocol_is_open(void **state)
{
    (void)state;
    CHOOSE(other_protocol_bind, wsaeacces);
    acquired(tcp(), 5000, 10);
    assert_status(bind_port(udp(), 4999), STATUS_SUCCESS);
    assert_refused(bind_port(udp(), 5000), STATUS_ACCESS_DENIED);
}

static void a_persistent_udp_block_is_for_udp_sockets(void **state)
{
    (void)state;
    uint64_t token = created(PROTOCOL_UDP, 5000, 2);
    struct endpoint *e = associated(udp(), token);
    assert_status(bind_port(e, 0), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(e), 5000);
    assert_refused(reservation_associate(f.tcpip, tcp(), &elevated, token),
                   STATUS_INVALID_PARAMETER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(a_runtime_block_is_closed_from_its_first_to_its_last_port),
        MACHINE_TEST(blocks_end_at_the_last_port_there_is),
        MACHINE_TEST(a_block_of_the_other_protocol_is_open),
        MACHINE_TEST(the_profile_says_what_outsiders_get),
        MACHINE_TEST(a_persistent_block_is_closed_to_outsiders),
        MACHINE_TEST(an_exclusion_is_open_to_explicit_binds),
        MACHINE_TEST(an_exclusion_of_one_family_holds_there_alone),
        MACHINE_TEST(a_block_is_asked_before_the_endpoints_in_it),
        MACHINE_TEST(an_explicit_port_of_the_own_block_is_granted),
        MACHINE_TEST(an_explicit_port_outside_the_own_block_is_not),
        MACHINE_TEST(a_refusal_keeps_the_association),
        MACHINE_TEST(bind_after_release_is_the_profiles),
        MACHINE_TEST(bind_after_close_is_the_profiles),
        MACHINE_TEST(bind_may_check_the_right_to_a_persistent_block),
        MACHINE_TEST(reuse_in_a_block_is_the_profiles),
        MACHINE_TEST(affinity_shares_one_port_of_a_block),
        MACHINE_TEST(an_implicit_bind_takes_the_wildcard_and_a_port_of_the_block),
        MACHINE_TEST(the_port_below_a_block_of_the_other_protocol_is_open),
        MACHINE_TEST(a_persistent_udp_block_is_for_udp_sockets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
