#include "sim/afd/fixture.h"

static uint32_t value_of(const struct socket_object *socket, enum socket_option option)
{
    uint32_t value = 77;
    assert_status(socket_get_option(socket, option, &value), STATUS_SUCCESS);
    return value;
}

static void truths_read_back_as_one_and_numbers_as_they_are(void **state)
{
    (void)state;
    struct socket_object *socket = open_socket(FAMILY_4, PROTOCOL_TCP);
    assert_int_equal(value_of(socket, SOCKET_KEEP_ALIVE), 0);
    assert_status(socket_set_option(socket, SOCKET_KEEP_ALIVE, 256), STATUS_SUCCESS);
    assert_int_equal(value_of(socket, SOCKET_KEEP_ALIVE), 1);
    assert_status(socket_set_option(socket, SOCKET_RECEIVE_BUFFER, 4096), STATUS_SUCCESS);
    assert_int_equal(value_of(socket, SOCKET_RECEIVE_BUFFER), 4096);
    assert_status(socket_set_option(socket, SOCKET_ERROR_CODE, 1234), STATUS_SUCCESS);
    assert_int_equal(value_of(socket, SOCKET_ERROR_CODE), 1234);
}

static void reuse_and_exclusive_exclude_each_other(void **state)
{
    (void)state;
    struct socket_object *socket = open_socket(FAMILY_4, PROTOCOL_TCP);
    assert_status(socket_set_option(socket, SOCKET_REUSE_ADDRESS, 1), STATUS_SUCCESS);
    assert_status(socket_set_option(socket, SOCKET_EXCLUSIVE_ADDRESS, 1), STATUS_INVALID_PARAMETER);
    assert_status(socket_set_option(socket, SOCKET_EXCLUSIVE_ADDRESS, 0), STATUS_SUCCESS);
    assert_status(socket_set_option(socket, SOCKET_REUSE_ADDRESS, 0), STATUS_SUCCESS);
    assert_status(socket_set_option(socket, SOCKET_EXCLUSIVE_ADDRESS, 1), STATUS_SUCCESS);
    assert_status(socket_set_option(socket, SOCKET_REUSE_ADDRESS, 1), STATUS_INVALID_PARAMETER);
}

static void options_belong_to_protocols(void **state)
{
    (void)state;
    struct socket_object *stream = open_socket(FAMILY_4, PROTOCOL_TCP);
    struct socket_object *datagram = open_socket(FAMILY_4, PROTOCOL_UDP);
    uint32_t value;
    assert_status(socket_set_option(datagram, SOCKET_LINGER_ON, 1), STATUS_INVALID_INFO_CLASS);
    assert_status(socket_set_option(stream, SOCKET_BROADCAST, 1), STATUS_INVALID_INFO_CLASS);
    assert_status(socket_get_option(datagram, SOCKET_NO_DELAY, &value), STATUS_INVALID_INFO_CLASS);
    assert_status(socket_set_option(stream, SOCKET_ACCEPTS, 1), STATUS_INVALID_INFO_CLASS);
    assert_int_equal(value_of(datagram, SOCKET_MAX_MESSAGE_SIZE), 65507);
    assert_int_equal(value_of(stream, SOCKET_CONNECT_TIME), UINT32_MAX);
}

static void ipv6_only_is_the_default_and_fixed_by_bind(void **state)
{
    (void)state;
    struct socket_object *socket = open_socket(FAMILY_6, PROTOCOL_TCP);
    const struct address any_6 = {.family = FAMILY_6};
    assert_int_equal(value_of(socket, SOCKET_V6_ONLY), 1);
    assert_status(socket_set_option(socket, SOCKET_V6_ONLY, 0), STATUS_SUCCESS);
    assert_true(socket_endpoint_options(socket).dual_stack);
    assert_status(socket_bind(socket, self, &any_6, 0), STATUS_SUCCESS);
    assert_status(socket_set_option(socket, SOCKET_V6_ONLY, 1), STATUS_INVALID_PARAMETER);
    CHOOSE(v6only_default, off);
    assert_int_equal(value_of(open_socket(FAMILY_6, PROTOCOL_UDP), SOCKET_V6_ONLY), 0);
}

static void random_ports_and_reused_ports_do_not_mix(void **state)
{
    (void)state;
    struct socket_object *socket = open_socket(FAMILY_4, PROTOCOL_TCP);
    assert_status(socket_set_option(socket, SOCKET_REUSE_UNICAST_PORT, 1), STATUS_SUCCESS);
    assert_status(socket_set_option(socket, SOCKET_RANDOMIZE_PORT, 1), STATUS_INVALID_PARAMETER);
    CHOOSE(randomize_after_reuse, accepted);
    assert_status(socket_set_option(socket, SOCKET_RANDOMIZE_PORT, 1), STATUS_SUCCESS);
}

/* Whether a second socket with SO_REUSEADDR may bind where one bound itself and set it afterwards.
 */
static nt_status second_bind_after_late_option(void)
{
    struct socket_object *first = open_socket(FAMILY_4, PROTOCOL_UDP);
    struct socket_object *second = open_socket(FAMILY_4, PROTOCOL_UDP);
    assert_status(bind_to(first, 7000), STATUS_SUCCESS);
    assert_status(socket_set_option(first, SOCKET_REUSE_ADDRESS, 1), STATUS_SUCCESS);
    assert_status(socket_set_option(second, SOCKET_REUSE_ADDRESS, 1), STATUS_SUCCESS);
    return bind_to(second, 7000);
}

static void an_option_set_after_bind_changes_nothing(void **state)
{
    (void)state;
    assert_status(second_bind_after_late_option(), STATUS_ACCESS_DENIED);
}

static void an_option_set_after_bind_may_be_refused(void **state)
{
    (void)state;
    struct socket_object *socket = open_socket(FAMILY_4, PROTOCOL_UDP);
    CHOOSE(option_after_bind, refused);
    assert_status(socket_set_option(socket, SOCKET_REUSE_ADDRESS, 0), STATUS_SUCCESS);
    assert_status(bind_to(socket, 7000), STATUS_SUCCESS);
    assert_status(socket_set_option(socket, SOCKET_REUSE_ADDRESS, 1), STATUS_INVALID_PARAMETER);
    assert_status(socket_set_option(socket, SOCKET_EXCLUSIVE_ADDRESS, 1), STATUS_INVALID_PARAMETER);
    assert_status(socket_set_option(socket, SOCKET_BROADCAST, 1), STATUS_SUCCESS);
}

static void the_defect_of_late_options_lets_them_in(void **state)
{
    (void)state;
    CHOOSE(option_after_bind, takes_effect);
    assert_status(second_bind_after_late_option(), STATUS_SUCCESS);
}

static void cpu_affinity_is_for_unbound_datagram_sockets_without_reuse(void **state)
{
    (void)state;
    struct socket_object *stream = open_socket(FAMILY_4, PROTOCOL_TCP);
    struct socket_object *first = open_socket(FAMILY_4, PROTOCOL_UDP);
    struct socket_object *second = open_socket(FAMILY_4, PROTOCOL_UDP);
    assert_status(socket_set_cpu_affinity(stream, 0), STATUS_NOT_SUPPORTED);
    assert_status(socket_set_option(first, SOCKET_REUSE_ADDRESS, 1), STATUS_SUCCESS);
    assert_status(socket_set_cpu_affinity(first, 0), STATUS_INVALID_PARAMETER);
    assert_status(socket_set_option(first, SOCKET_REUSE_ADDRESS, 0), STATUS_SUCCESS);
    assert_status(socket_set_cpu_affinity(first, 0), STATUS_SUCCESS);
    assert_status(socket_set_option(first, SOCKET_REUSE_ADDRESS, 1), STATUS_INVALID_PARAMETER);
    assert_status(socket_set_cpu_affinity(second, 1), STATUS_SUCCESS);
    assert_status(bind_to(first, 7000), STATUS_SUCCESS);
    assert_status(bind_to(second, 7000), STATUS_SUCCESS);
    assert_status(socket_set_cpu_affinity(second, 2), STATUS_INVALID_PARAMETER);
    CHOOSE(cpu_affinity_after_bind, accepted);
    assert_status(socket_set_cpu_affinity(second, 2), STATUS_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SOCKET_TEST(truths_read_back_as_one_and_numbers_as_they_are),
        SOCKET_TEST(reuse_and_exclusive_exclude_each_other),
        SOCKET_TEST(options_belong_to_protocols),
        SOCKET_TEST(ipv6_only_is_the_default_and_fixed_by_bind),
        SOCKET_TEST(random_ports_and_reused_ports_do_not_mix),
        SOCKET_TEST(an_option_set_after_bind_changes_nothing),
        SOCKET_TEST(an_option_set_after_bind_may_be_refused),
        SOCKET_TEST(the_defect_of_late_options_lets_them_in),
        SOCKET_TEST(cpu_affinity_is_for_unbound_datagram_sockets_without_reuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
