#include "sim/tcpip/fixture.h"

static nt_status release(struct endpoint *through, uint64_t token)
{
    return reservation_release(f.tcpip, through, &owner, token);
}

static void release_gives_every_port_back(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    acquired(tcp(), 4990, 10);
    acquired(tcp(), 5010, 10);
    uint64_t token = acquired(holder, 5000, 10);

    assert_status(release(holder, token), STATUS_SUCCESS);
    assert_null(holder->held);
    assert_status(try_port(STRANGER, 5000), STATUS_SUCCESS);
    assert_status(try_port(STRANGER, 5009), STATUS_SUCCESS);
    assert_status(try_port(STRANGER, 4999), STATUS_ACCESS_DENIED);
    assert_status(try_port(STRANGER, 5010), STATUS_ACCESS_DENIED);
    assert_refused(release(holder, token), STATUS_INVALID_PARAMETER);
    acquired(strange_tcp(), 5000, 10);
}

static void any_of_the_holders_blocks_can_be_released(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    uint64_t a = acquired(holder, 5000, 10), b = acquired(holder, 6000, 10),
             c = acquired(holder, 7000, 10);
    assert_status(release(holder, b), STATUS_SUCCESS);
    tcpip_check(f.tcpip);
    assert_status(release(holder, a), STATUS_SUCCESS);
    assert_ptr_equal(reservation_holder(f.tcpip, c), holder);
    assert_status(release(holder, c), STATUS_SUCCESS);
    assert_null(holder->held);
}

static void a_token_that_names_nothing_is_the_profiles(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    uint64_t token = acquired(holder, 5000, 10);
    assert_refused(release(holder, 0), STATUS_INVALID_PARAMETER);
    assert_refused(release(holder, token + 1), STATUS_INVALID_PARAMETER);
    CHOOSE(release_unknown, wsaeacces);
    assert_refused(release(holder, 0), STATUS_ACCESS_DENIED);
    CHOOSE(release_unknown, granted);
    assert_refused(release(holder, token + 1), STATUS_SUCCESS);
}

static void another_socket_of_the_process_may_release(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    uint64_t token = acquired(holder, 5000, 10);
    CHOOSE(release_other_socket, wsaeinval);
    assert_refused(release(tcp(), token), STATUS_INVALID_PARAMETER);
    assert_refused(release(udp(), token), STATUS_INVALID_PARAMETER);
    CHOOSE(release_other_socket, granted);
    CHOOSE(release_other_protocol, wsaeinval);
    assert_refused(release(udp(), token), STATUS_INVALID_PARAMETER);
    assert_status(release(tcp(), token), STATUS_SUCCESS);
    CHOOSE(release_other_protocol, granted);
    assert_status(release(udp(), acquired(holder, 5000, 10)), STATUS_SUCCESS);
    assert_null(holder->held);
}

static void another_process_may_not_release(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 5000, 10);
    struct endpoint *e = strange_tcp();
    const struct requester sharer = {.process_id = STRANGER, .shares_holder = true};

    assert_refused(reservation_release(f.tcpip, e, &stranger, token), STATUS_ACCESS_DENIED);
    CHOOSE(release_foreign, wsaeinval);
    assert_refused(reservation_release(f.tcpip, e, &stranger, token), STATUS_INVALID_PARAMETER);
    assert_status(reservation_release(f.tcpip, e, &sharer, token), STATUS_SUCCESS);
    token = acquired(tcp(), 5000, 10);
    CHOOSE(release_foreign, granted);
    assert_status(reservation_release(f.tcpip, e, &stranger, token), STATUS_SUCCESS);
}

static void a_persistent_token_is_not_released(void **state)
{
    (void)state;
    struct endpoint *e = tcp();
    uint64_t token = created(PROTOCOL_TCP, 5000, 10);
    assert_refused(reservation_release(f.tcpip, e, &elevated, token), STATUS_INVALID_PARAMETER);
    CHOOSE(release_persistent, wsaeopnotsupp);
    assert_refused(release(e, token), STATUS_NOT_SUPPORTED);
    CHOOSE(release_persistent, wsaeacces);
    assert_refused(release(e, token), STATUS_ACCESS_DENIED);
    CHOOSE(release_persistent, granted);
    assert_status(release(e, token), STATUS_SUCCESS);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count, 0);
    fixture_reboot();
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count, 0);
}

static void a_block_in_use_is_the_profiles(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    uint64_t token = acquired(holder, 5000, 10);
    struct endpoint *e = associated(tcp(), token);
    CHOOSE(release_in_use, wsaeinval);
    bind_port(e, 5009);
    assert_refused(release(holder, token), STATUS_INVALID_PARAMETER);
    CHOOSE(release_in_use, wsaeaddrinuse);
    assert_refused(release(holder, token), STATUS_SHARING_VIOLATION);
    endpoint_close(f.tcpip, e);
    assert_status(release(holder, token), STATUS_SUCCESS);
}

static void a_bound_socket_keeps_its_port_when_the_block_goes(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    uint64_t token = acquired(holder, 5000, 10);
    struct endpoint *e = associated(tcp(), token);
    assert_status(bind_port(e, 5003), STATUS_SUCCESS);
    assert_status(release(holder, token), STATUS_SUCCESS);

    assert_int_equal(endpoint_port(e), 5003);
    assert_status(try_port(STRANGER, 5003), STATUS_SHARING_VIOLATION);
    assert_status(try_port(STRANGER, 5002), STATUS_SUCCESS);
    assert_true(portset_has(&f.tcpip->pools[PROTOCOL_TCP].taken, 5003));
    endpoint_close(f.tcpip, e);
    assert_status(try_port(STRANGER, 5003), STATUS_SUCCESS);
    assert_false(portset_has(&f.tcpip->pools[PROTOCOL_TCP].taken, 5003));
}

static void a_provider_may_hand_the_bound_port_out(void **state)
{
    (void)state;
    CHOOSE(released_bound_port, handed_out);
    struct endpoint *holder = tcp();
    uint64_t token = acquired(holder, 50000, 10);
    struct endpoint *e = associated(tcp(), token);
    assert_status(bind_port(e, 50003), STATUS_SUCCESS);
    assert_status(release(holder, token), STATUS_SUCCESS);

    tcpip_check(f.tcpip);
    assert_int_equal(endpoint_port(e), 50003);
    assert_false(portset_has(&f.tcpip->pools[PROTOCOL_TCP].taken, 50003));
    struct endpoint *second = bound_tcp(50003);
    endpoint_close(f.tcpip, e);
    tcpip_check(f.tcpip);
    assert_true(portset_has(&f.tcpip->pools[PROTOCOL_TCP].taken, 50003));
    endpoint_close(f.tcpip, second);
    assert_false(portset_has(&f.tcpip->pools[PROTOCOL_TCP].taken, 50003));
    token = acquired(holder, 50000, 10);
    assert_status(bind_port(associated(tcp(), token), 50003), STATUS_SUCCESS);
    assert_status(release(holder, token), STATUS_SUCCESS);
    token = acquired(holder, 50003, 1);
    assert_status(bind_port(associated(tcp(), token), 0), STATUS_SUCCESS);
}

static void a_provider_may_keep_released_ports(void **state)
{
    (void)state;
    CHOOSE(release_frees, never);
    struct endpoint *holder = tcp();
    uint64_t token = acquired(holder, 5000, 10);
    assert_status(release(holder, token), STATUS_SUCCESS);
    tcpip_check(f.tcpip);
    assert_status(release(holder, token), STATUS_INVALID_PARAMETER);
    assert_status(try_port(STRANGER, 5009), STATUS_ACCESS_DENIED);
    reservation_holder_closed(f.tcpip, holder, false);
    assert_status(try_port(STRANGER, 5009), STATUS_ACCESS_DENIED);
}

/* ---- The holder's end ------------------------------------------------------------------------ */

static void closing_the_holder_ends_all_its_blocks_and_no_others(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    uint64_t a = acquired(holder, 5000, 10);
    acquired(holder, 6000, 10);
    uint64_t other = acquired(tcp(), 7000, 10);

    reservation_holder_closed(f.tcpip, holder, false);
    endpoint_close(f.tcpip, holder);
    tcpip_check(f.tcpip);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 1);
    assert_null(reservation_holder(f.tcpip, a));
    assert_non_null(reservation_holder(f.tcpip, other));
}

static void the_end_of_the_process_ends_blocks_too(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    acquired(holder, 5000, 10);
    reservation_holder_closed(f.tcpip, holder, true);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 0);
}

static void blocks_may_outlive_their_socket_until_the_process_ends(void **state)
{
    (void)state;
    CHOOSE(socket_close, survives);
    struct endpoint *holder = tcp(), *late = tcp();
    struct endpoint *foreign = strange_tcp();
    uint64_t token = acquired(holder, 5000, 10);
    acquired(foreign, 6000, 10);
    acquired(late, 7000, 10);
    reservation_holder_closed(f.tcpip, holder, false);
    reservation_holder_closed(f.tcpip, foreign, false);
    endpoint_close(f.tcpip, holder);
    endpoint_close(f.tcpip, foreign);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 3);
    assert_status(reservation_associate(f.tcpip, tcp(), &owner, token), STATUS_SUCCESS);
    assert_null(reservation_holder(f.tcpip, token));

    reservation_holder_closed(f.tcpip, late, true);
    endpoint_close(f.tcpip, late);
    struct tally left = count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME);
    assert_int_equal(left.count, 1);
    assert_int_equal(left.last.process_id, STRANGER);
    reservation_process_ended(f.tcpip, OWNER);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 1);
    reservation_process_ended(f.tcpip, STRANGER);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 0);
}

static void blocks_may_outlive_their_process(void **state)
{
    (void)state;
    CHOOSE(process_exit, survives);
    struct endpoint *holder = tcp();
    acquired(holder, 5000, 10);
    reservation_holder_closed(f.tcpip, holder, true);
    endpoint_close(f.tcpip, holder);
    reservation_process_ended(f.tcpip, OWNER);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 1);
    holder = tcp();
    acquired(holder, 6000, 10);
    reservation_holder_closed(f.tcpip, holder, false);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 1);
}

static void an_ended_process_leaves_others_blocks(void **state)
{
    (void)state;
    acquired(tcp(), 5000, 10);
    created(PROTOCOL_TCP, 6000, 10);
    reservation_process_ended(f.tcpip, STRANGER);
    reservation_process_ended(f.tcpip, OWNER); /* its socket is still open */
    reservation_process_ended(f.tcpip, 0);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 1);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_PERSISTENT).count, 1);
}

static void neighbouring_bound_ports_are_all_handed_out(void **state)
{
    (void)state;
    CHOOSE(released_bound_port, handed_out);
    struct endpoint *holder = tcp();
    uint64_t token = acquired(holder, 5000, 3);
    for (int i = 0; i < 3; i++)
        bind_port(associated(tcp(), token), 0);
    assert_status(release(holder, token), STATUS_SUCCESS);
    tcpip_check(f.tcpip);
    for (uint16_t port = 5000; port < 5003; port++)
        assert_status(try_port(STRANGER, port), STATUS_SUCCESS);
}

static void orphans_of_both_protocols_end_with_their_process(void **state)
{
    (void)state;
    CHOOSE(socket_close, survives);
    struct endpoint *a = tcp(), *b = udp();
    acquired(a, 5000, 10);
    acquired(b, 5000, 10);
    acquired(b, 6000, 10);
    reservation_holder_closed(f.tcpip, a, false);
    reservation_holder_closed(f.tcpip, b, false);
    tcpip_check(f.tcpip);
    reservation_process_ended(f.tcpip, OWNER);
    assert_int_equal(count_blocks(PROTOCOL_TCP, ENTRY_RUNTIME).count, 0);
    assert_int_equal(count_blocks(PROTOCOL_UDP, ENTRY_RUNTIME).count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(release_gives_every_port_back),
        MACHINE_TEST(any_of_the_holders_blocks_can_be_released),
        MACHINE_TEST(a_token_that_names_nothing_is_the_profiles),
        MACHINE_TEST(another_socket_of_the_process_may_release),
        MACHINE_TEST(another_process_may_not_release),
        MACHINE_TEST(a_persistent_token_is_not_released),
        MACHINE_TEST(a_block_in_use_is_the_profiles),
        MACHINE_TEST(a_bound_socket_keeps_its_port_when_the_block_goes),
        MACHINE_TEST(a_provider_may_hand_the_bound_port_out),
        MACHINE_TEST(a_provider_may_keep_released_ports),
        MACHINE_TEST(closing_the_holder_ends_all_its_blocks_and_no_others),
        MACHINE_TEST(the_end_of_the_process_ends_blocks_too),
        MACHINE_TEST(blocks_may_outlive_their_socket_until_the_process_ends),
        MACHINE_TEST(blocks_may_outlive_their_process),
        MACHINE_TEST(an_ended_process_leaves_others_blocks),
        MACHINE_TEST(neighbouring_bound_ports_are_all_handed_out),
        MACHINE_TEST(orphans_of_both_protocols_end_with_their_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
