#include "sim/tcpip/fixture.h"

static nt_status associate(struct endpoint *e, uint64_t token)
{
    return reservation_associate(f.tcpip, e, &owner, token);
}

/* The port of bind to port 0, as a sign of what the endpoint is associated with. */
static uint16_t port_of(struct endpoint *e)
{
    assert_status(bind_port(e, 0), STATUS_SUCCESS);
    return endpoint_port(e);
}

/* That refusal, and the endpoint is none the wiser. */
#define assert_refused_for(e, call, expected)                                                      \
    do {                                                                                           \
        const struct reservation *association = (e)->association;                                  \
        assert_refused(call, expected);                                                            \
        assert_ptr_equal((e)->association, association);                                           \
    } while (0)

static void an_associated_endpoint_is_not_bound_until_bind(void **state)
{
    (void)state;
    struct endpoint *e = tcp();
    uint64_t token = acquired(tcp(), 5000, 10);
    assert_status(associate(e, token), STATUS_SUCCESS);
    assert_false(endpoint_is_bound(e));
    assert_int_equal(port_of(e), 5000);
}

static void a_provider_may_bind_at_once(void **state)
{
    (void)state;
    CHOOSE(associate_binds, at_once);
    struct endpoint *e = tcp();
    assert_status(associate(e, acquired(tcp(), 5000, 10)), STATUS_SUCCESS);
    assert_true(endpoint_is_bound(e));
    assert_int_equal(endpoint_port(e), 5000);
}

static void the_acquiring_socket_may_use_its_block(void **state)
{
    (void)state;
    struct endpoint *holder = tcp();
    assert_status(associate(holder, acquired(holder, 5000, 10)), STATUS_SUCCESS);
    assert_int_equal(port_of(holder), 5000);
}

static void a_bound_endpoint_is_refused(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 5000, 10);
    struct endpoint *e = bound_tcp(6000);
    assert_refused_for(e, associate(e, token), STATUS_INVALID_PARAMETER);
    assert_refused_for(e, associate(e, 0), STATUS_INVALID_PARAMETER);
    CHOOSE(associate_after_bind, wsaeacces);
    assert_refused_for(e, associate(e, token), STATUS_ACCESS_DENIED);
    assert_refused_for(e, associate(e, 0), STATUS_ACCESS_DENIED);
    CHOOSE(associate_listening, wsaeisconn);
    endpoint_set_listening(e, true);
    assert_refused_for(e, associate(e, token), STATUS_CONNECTION_ACTIVE);
    CHOOSE(associate_after_bind, accepted);
    assert_refused_for(e, associate(e, token), STATUS_CONNECTION_ACTIVE);
    endpoint_set_listening(e, false);
    assert_status(associate(e, token), STATUS_SUCCESS);
    assert_int_equal(endpoint_port(e), 6000);
}

static void the_same_token_twice_is_the_profiles(void **state)
{
    (void)state;
    struct endpoint *e = tcp();
    uint64_t token = acquired(tcp(), 5000, 10);
    assert_status(associate(e, token), STATUS_SUCCESS);
    assert_status(associate(e, token), STATUS_SUCCESS);
    assert_int_equal(e->association->references, 1);
    CHOOSE(associate_again, wsaeinval);
    assert_refused_for(e, associate(e, token), STATUS_INVALID_PARAMETER);
}

static void another_token_is_the_profiles(void **state)
{
    (void)state;
    uint64_t a = acquired(tcp(), 5000, 10), b = acquired(tcp(), 6000, 10);
    struct endpoint *first = tcp(), *second = tcp();
    assert_status(associate(first, a), STATUS_SUCCESS);
    assert_status(associate(second, a), STATUS_SUCCESS);
    CHOOSE(associate_other, wsaeinval);
    assert_refused_for(first, associate(first, b), STATUS_INVALID_PARAMETER);
    CHOOSE(associate_other, keeps_first);
    assert_refused_for(first, associate(first, b), STATUS_SUCCESS);
    assert_int_equal(port_of(first), 5000);
    CHOOSE(associate_other, replaces);
    assert_status(associate(second, b), STATUS_SUCCESS);
    assert_int_equal(port_of(second), 6000);
}

static void an_ended_association_is_none(void **state)
{
    (void)state;
    struct endpoint *holder = tcp(), *e = tcp();
    uint64_t a = acquired(holder, 5000, 10), b = acquired(tcp(), 6000, 10);
    assert_status(associate(e, a), STATUS_SUCCESS);
    assert_status(reservation_release(f.tcpip, holder, &owner, a), STATUS_SUCCESS);
    CHOOSE(associate_other, wsaeinval);
    assert_status(associate(e, b), STATUS_SUCCESS);
    assert_int_equal(port_of(e), 6000);
}

static void token_0_is_refused_or_clears(void **state)
{
    (void)state;
    struct endpoint *e = associated(tcp(), acquired(tcp(), 5000, 10));
    assert_refused_for(e, associate(e, 0), STATUS_INVALID_PARAMETER);
    CHOOSE(associate_zero_token, clears);
    assert_status(associate(e, 0), STATUS_SUCCESS);
    assert_null(e->association);
    assert_status(associate(e, 0), STATUS_SUCCESS);
    assert_true(port_of(e) >= 49152);
}

static void an_unknown_token_is_the_profiles(void **state)
{
    (void)state;
    struct endpoint *e = tcp();
    uint64_t token = acquired(tcp(), 5000, 10) + 1;
    assert_refused_for(e, associate(e, token), STATUS_INVALID_PARAMETER);
    assert_refused_for(e, associate(e, 0x1122334455667788), STATUS_INVALID_PARAMETER);
    CHOOSE(associate_unknown_token, wsaeopnotsupp);
    assert_refused_for(e, associate(e, token), STATUS_NOT_SUPPORTED);
    CHOOSE(associate_unknown_token, wsaeacces);
    assert_refused_for(e, associate(e, token), STATUS_ACCESS_DENIED);
    CHOOSE(associate_unknown_token, accepted);
    assert_refused_for(e, associate(e, token), STATUS_SUCCESS);
}

static void a_released_token_is_the_profiles(void **state)
{
    (void)state;
    struct endpoint *holder = tcp(), *e = tcp();
    uint64_t token = acquired(holder, 5000, 10);
    uint64_t deleted = created(PROTOCOL_TCP, 6000, 10);
    assert_status(reservation_release(f.tcpip, holder, &owner, token), STATUS_SUCCESS);
    assert_status(delete_range(PROTOCOL_TCP, 6000, 10), STATUS_SUCCESS);
    CHOOSE(associate_unknown_token, wsaeopnotsupp);
    assert_refused_for(e, associate(e, token), STATUS_INVALID_PARAMETER);
    assert_refused_for(e, associate(e, deleted), STATUS_INVALID_PARAMETER);
    CHOOSE(associate_released_token, wsaeacces);
    assert_refused_for(e, associate(e, token), STATUS_ACCESS_DENIED);
    CHOOSE(associate_released_token, accepted);
    assert_refused_for(e, associate(e, token), STATUS_SUCCESS);
}

static void a_stale_token_is_the_profiles(void **state)
{
    (void)state;
    uint64_t token = acquired(tcp(), 5000, 10);
    fixture_reboot();
    acquired(tcp(), 5000, 10);
    struct endpoint *e = tcp();
    CHOOSE(associate_unknown_token, wsaeopnotsupp);
    assert_refused_for(e, associate(e, token), STATUS_INVALID_PARAMETER);
    CHOOSE(stale_token, wsaeacces);
    assert_refused_for(e, associate(e, token), STATUS_ACCESS_DENIED);
}

static void a_stale_token_may_name_another_block(void **state)
{
    (void)state;
    CHOOSE(stale_token, names_another);
    uint64_t token = acquired(tcp(), 5000, 10);
    fixture_reboot();
    acquired(tcp(), 6000, 10);
    struct endpoint *e = tcp();
    assert_status(associate(e, token), STATUS_SUCCESS);
    assert_int_equal(port_of(e), 6000);
}

static void another_process_token_is_the_profiles(void **state)
{
    (void)state;
    struct endpoint *e = strange_tcp();
    uint64_t token = acquired(tcp(), 5000, 10);
    const struct requester sharer = {.process_id = STRANGER, .shares_holder = true};
    const struct requester admin = {.process_id = STRANGER, .administrator = true};

    assert_refused_for(e, reservation_associate(f.tcpip, e, &stranger, token),
                       STATUS_ACCESS_DENIED);
    assert_refused_for(e, reservation_associate(f.tcpip, e, &admin, token), STATUS_ACCESS_DENIED);
    CHOOSE(associate_foreign_token, wsaeinval);
    assert_refused_for(e, reservation_associate(f.tcpip, e, &stranger, token),
                       STATUS_INVALID_PARAMETER);
    assert_status(reservation_associate(f.tcpip, e, &sharer, token), STATUS_SUCCESS);
    CHOOSE(associate_foreign_token, accepted);
    assert_status(reservation_associate(f.tcpip, strange_tcp(), &stranger, token), STATUS_SUCCESS);
}

static void the_other_protocols_token_is_the_profiles(void **state)
{
    (void)state;
    struct endpoint *e = udp();
    uint64_t token = acquired(tcp(), 5000, 10);
    uint64_t persistent = created(PROTOCOL_TCP, 6000, 10);
    assert_refused_for(e, associate(e, token), STATUS_INVALID_PARAMETER);
    assert_refused_for(e, reservation_associate(f.tcpip, e, &elevated, persistent),
                       STATUS_INVALID_PARAMETER);
    CHOOSE(associate_other_protocol, wsaeopnotsupp);
    assert_refused_for(e, associate(e, token), STATUS_NOT_SUPPORTED);
    CHOOSE(associate_other_protocol, accepted);
    assert_status(associate(e, token), STATUS_SUCCESS);
    assert_int_equal(port_of(e), 5000);
    assert_true(portset_has(&f.tcpip->pools[PROTOCOL_UDP].taken, 5000));
}

static void the_other_familys_token_is_the_profiles(void **state)
{
    (void)state;
    struct endpoint *e = tcp6();
    uint64_t token = acquired(tcp(), 5000, 10);
    assert_status(associate(e, token), STATUS_SUCCESS);
    CHOOSE(associate_other_family, wsaeinval);
    e = tcp6();
    assert_refused_for(e, associate(e, token), STATUS_INVALID_PARAMETER);
    assert_status(associate(e, acquired(tcp6(), 6000, 10)), STATUS_SUCCESS);
    e = tcp6();
    assert_status(reservation_associate(f.tcpip, e, &elevated, created(PROTOCOL_TCP, 7000, 10)),
                  STATUS_SUCCESS);
}

static void a_persistent_token_wants_an_administrator(void **state)
{
    (void)state;
    struct endpoint *e = tcp();
    uint64_t token = created(PROTOCOL_TCP, 5000, 10);
    assert_refused_for(e, associate(e, token), STATUS_ACCESS_DENIED);
    CHOOSE(associate_persistent_unelevated, wsaeinval);
    assert_refused_for(e, associate(e, token), STATUS_INVALID_PARAMETER);
    assert_status(reservation_associate(f.tcpip, e, &elevated, token), STATUS_SUCCESS);
    CHOOSE(associate_persistent_unelevated, accepted);
    assert_status(associate(tcp(), token), STATUS_SUCCESS);
    /* Whose process it is does not matter. */
    const struct requester admin = {.process_id = STRANGER, .administrator = true};
    assert_status(reservation_associate(f.tcpip, strange_tcp(), &admin, token), STATUS_SUCCESS);
}

static void a_record_lives_as_long_as_someone_is_associated(void **state)
{
    (void)state;
    struct endpoint *holder = tcp(), *e = tcp();
    uint64_t token = acquired(holder, 5000, 10);
    assert_status(associate(e, token), STATUS_SUCCESS);
    assert_status(reservation_release(f.tcpip, holder, &owner, token), STATUS_SUCCESS);
    assert_int_equal(e->association->state, RESERVATION_RELEASED);
    assert_status(try_port(STRANGER, 5000), STATUS_SUCCESS);
    acquired(tcp(), 5000, 10);
    assert_int_equal(e->association->first, 5000);
    const struct reservation *record = e->association;
    endpoint_close(f.tcpip, e);
    assert_ptr_equal(f.tcpip->spare, record);
    tcpip_check(f.tcpip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MACHINE_TEST(an_associated_endpoint_is_not_bound_until_bind),
        MACHINE_TEST(a_provider_may_bind_at_once),
        MACHINE_TEST(the_acquiring_socket_may_use_its_block),
        MACHINE_TEST(a_bound_endpoint_is_refused),
        MACHINE_TEST(the_same_token_twice_is_the_profiles),
        MACHINE_TEST(another_token_is_the_profiles),
        MACHINE_TEST(an_ended_association_is_none),
        MACHINE_TEST(token_0_is_refused_or_clears),
        MACHINE_TEST(an_unknown_token_is_the_profiles),
        MACHINE_TEST(a_released_token_is_the_profiles),
        MACHINE_TEST(a_stale_token_is_the_profiles),
        MACHINE_TEST(a_stale_token_may_name_another_block),
        MACHINE_TEST(another_process_token_is_the_profiles),
        MACHINE_TEST(the_other_protocols_token_is_the_profiles),
        MACHINE_TEST(the_other_familys_token_is_the_profiles),
        MACHINE_TEST(a_persistent_token_wants_an_administrator),
        MACHINE_TEST(a_record_lives_as_long_as_someone_is_associated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
