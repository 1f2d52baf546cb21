/* Pointers that lead out of the program's memory, for each pointer of each call. What was refused
 * changed nothing.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

static INET_PORT_RANGE range_of(USHORT first, USHORT count)
{
    INET_PORT_RANGE range;
    range.StartPort = htons(first);
    range.NumberOfPorts = count;
    return range;
}

static unsigned acquire_from(SOCKET s, void *input, DWORD size)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD returned = 0;
    return winsock_outcome(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, input, size,
                                             &instance, sizeof(instance), &returned, NULL, NULL));
}

static unsigned send_token_from(SOCKET s, DWORD code, void *input, DWORD size)
{
    DWORD returned = 0;
    return winsock_outcome(reservation_ioctl(s, code, input, size, NULL, 0, &returned, NULL, NULL));
}

static unsigned acquire_into(SOCKET s, USHORT port, void *output, DWORD size, DWORD *returned)
{
    INET_PORT_RANGE range = range_of(port, 1);
    return winsock_outcome(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range),
                                             output, size, returned, NULL, NULL));
}

/* ---- Input ----------------------------------------------------------------------------------- */

static void acquire_from_a_bad_pointer_fails(void)
{
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        void *input = testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(INET_PORT_RANGE));
        const unsigned outcome = acquire_from(s, input, sizeof(INET_PORT_RANGE));
        if (kind == TESTBED_READ_ONLY)
            assert_int_not_equal(outcome, WSAEFAULT);
        else
            OBSERVE_VALUE(acquire_bad_pointer, outcome);
    }
    close_socket(s);
    END_WINSOCK();
}

static void associate_from_a_bad_pointer_fails(void)
{
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_DGRAM);
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        void *input = testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(ULONG64));
        const unsigned outcome =
            send_token_from(s, SIO_ASSOCIATE_PORT_RESERVATION, input, sizeof(ULONG64));
        if (kind == TESTBED_READ_ONLY)
            assert_int_not_equal(outcome, WSAEFAULT);
        else
            OBSERVE_VALUE(acquire_bad_pointer, outcome);
    }
    close_socket(s);
    END_WINSOCK();
}

static void release_from_a_bad_pointer_fails(void)
{
    const USHORT port = free_ports(1);
    struct block block;
    START_WINSOCK();
    block = hold_tcp(port, 1);
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        void *input = testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(ULONG64));
        const unsigned outcome =
            send_token_from(block.s, SIO_RELEASE_PORT_RESERVATION, input, sizeof(ULONG64));
        if (kind == TESTBED_READ_ONLY)
            assert_int_not_equal(outcome, WSAEFAULT);
        else
            OBSERVE_VALUE(release_bad_pointer, outcome);
    }
    assert_block_held(&block);
    let_go(&block);
    END_WINSOCK();
}

static void no_input_at_all_is_refused(void)
{
    const USHORT port = free_ports(1);
    struct block block;
    START_WINSOCK();
    block = hold_tcp(port, 1);
    assert_one_of(acquire_from(block.s, NULL, 0), WSAEFAULT, WSAEINVAL);
    assert_one_of(send_token_from(block.s, SIO_ASSOCIATE_PORT_RESERVATION, NULL, 0), WSAEFAULT,
                  WSAEINVAL);
    assert_one_of(send_token_from(block.s, SIO_RELEASE_PORT_RESERVATION, NULL, 0), WSAEFAULT,
                  WSAEINVAL);
    assert_block_held(&block);
    let_go(&block);
    END_WINSOCK();
}

/* A read-only page is good enough for what is only read. */
static void the_input_may_lie_in_read_only_memory(void)
{
    static const INET_PORT_RANGE wildcard = {0, 1};
    union {
        const INET_PORT_RANGE *from;
        void *to;
    } input = {&wildcard};
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(acquire_from(s, input.to, sizeof(wildcard)), 0);
    close_socket(s);
    END_WINSOCK();
}

/* ---- Output ---------------------------------------------------------------------------------- */

static void acquire_into_a_bad_pointer_fails(void)
{
    const USHORT port = free_ports(1);
    DWORD returned = 0;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        const DWORD size = sizeof(INET_PORT_RESERVATION_INSTANCE);
        void *output = testbed_bad_pointer((enum testbed_bad_pointer)kind, size);
        const unsigned outcome = acquire_into(s, port, output, size, &returned);
        if (outcome == 0 && kind == TESTBED_STRADDLES)
            OBSERVE(pointer_probe, first_byte);
        if (outcome == 0 && kind == TESTBED_READ_ONLY)
            OBSERVE(pointer_probe, ignores_protection);
        OBSERVE_VALUE(acquire_bad_pointer, outcome);
    }
    OBSERVE(pointer_probe, whole);
    close_socket(s);
    END_WINSOCK();
}

static void acquire_into_a_bad_pointer_reserves_nothing(void)
{
    const USHORT port = free_ports(1);
    DWORD returned = 0;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_DGRAM);
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        const DWORD size = sizeof(INET_PORT_RESERVATION_INSTANCE);
        void *output = testbed_bad_pointer((enum testbed_bad_pointer)kind, size);
        assert_int_not_equal(acquire_into(s, port, output, size, &returned), 0);
        if (probe_port(AF_INET, SOCK_DGRAM, port) == 0)
            OBSERVE(refused_pointer_block, nothing);
        else
            OBSERVE(refused_pointer_block, leaks);
    }
    close_socket(s);
    END_WINSOCK();
}

/* Only the bytes that are said to be there must be; the instance would fit before the bad page. */
static void a_larger_output_buffer_must_be_good_to_its_end(void)
{
    const USHORT port = free_ports(1);
    void *output = testbed_bad_pointer(TESTBED_STRADDLES, 64);
    DWORD returned = 0;
    unsigned outcome;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    outcome = acquire_into(s, port, output, 64, &returned);
    OBSERVE_VALUE(acquire_bad_pointer, outcome);
    assert_ports_free(AF_INET, SOCK_STREAM, port, 1);
    outcome = acquire_into(s, port, output, 16, &returned);
    assert_int_equal(outcome, 0);
    assert_int_equal(returned, 16);
    close_socket(s);
    END_WINSOCK();
}

/* ---- The count ------------------------------------------------------------------------------- */

static void acquire_without_a_count_fails(void)
{
    const USHORT port = free_ports(1);
    INET_PORT_RESERVATION_INSTANCE instance;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    OBSERVE_VALUE(null_bytes_returned, acquire_into(s, port, &instance, sizeof(instance), NULL));
    assert_ports_free(AF_INET, SOCK_STREAM, port, 1);
    close_socket(s);
    END_WINSOCK();
}

static void associate_without_a_count_fails(void)
{
    const USHORT port = free_ports(1);
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_tcp(port, 1);
    s = open_socket(AF_INET, SOCK_STREAM);
    OBSERVE_VALUE(null_bytes_returned, winsock_outcome(reservation_ioctl(
                                           s, SIO_ASSOCIATE_PORT_RESERVATION, &block.token,
                                           sizeof(block.token), NULL, 0, NULL, NULL, NULL)));
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_not_equal(bound_port(s), port);
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

static void release_without_a_count_fails(void)
{
    const USHORT port = free_ports(1);
    struct block block;
    START_WINSOCK();
    block = hold_udp(port, 1);
    OBSERVE_VALUE(null_bytes_returned, winsock_outcome(reservation_ioctl(
                                           block.s, SIO_RELEASE_PORT_RESERVATION, &block.token,
                                           sizeof(block.token), NULL, 0, NULL, NULL, NULL)));
    assert_block_held(&block);
    let_go(&block);
    END_WINSOCK();
}

static void acquire_with_a_bad_count_pointer_fails(void)
{
    const USHORT port = free_ports(1);
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_DGRAM);
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        INET_PORT_RESERVATION_INSTANCE instance;
        DWORD *count = testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(DWORD));
        if (kind == TESTBED_NULL)
            continue; /* judged above, and a question of its own */
        OBSERVE_VALUE(acquire_bad_pointer,
                      acquire_into(s, port, &instance, sizeof(instance), count));
        assert_ports_free(AF_INET, SOCK_DGRAM, port, 1);
    }
    close_socket(s);
    END_WINSOCK();
}

static unsigned send_token_with_count(SOCKET s, DWORD code, ULONG64 token, DWORD *count)
{
    return winsock_outcome(
        reservation_ioctl(s, code, &token, sizeof(token), NULL, 0, count, NULL, NULL));
}

static void associate_with_a_bad_count_pointer_fails(void)
{
    const USHORT port = free_ports(1);
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_tcp(port, 1);
    s = open_socket(AF_INET, SOCK_STREAM);
    for (int kind = TESTBED_NULL + 1; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        DWORD *count = testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(DWORD));
        OBSERVE_VALUE(acquire_bad_pointer,
                      send_token_with_count(s, SIO_ASSOCIATE_PORT_RESERVATION, block.token, count));
    }
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_not_equal(bound_port(s), port);
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

static void release_with_a_bad_count_pointer_fails(void)
{
    const USHORT port = free_ports(1);
    struct block block;
    START_WINSOCK();
    block = hold_tcp(port, 1);
    for (int kind = TESTBED_NULL + 1; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        DWORD *count = testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(DWORD));
        OBSERVE_VALUE(
            release_bad_pointer,
            send_token_with_count(block.s, SIO_RELEASE_PORT_RESERVATION, block.token, count));
        assert_block_held(&block);
    }
    let_go(&block);
    END_WINSOCK();
}

/* ---- The OVERLAPPED -------------------------------------------------------------------------- */

static unsigned send_with_overlapped(SOCKET s, DWORD code, void *input, DWORD size,
                                     WSAOVERLAPPED *overlapped)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    const bool acquires = code == SIO_ACQUIRE_PORT_RESERVATION;
    DWORD returned = 0;
    return winsock_outcome(reservation_ioctl(s, code, input, size, acquires ? &instance : NULL,
                                             acquires ? sizeof(instance) : 0, &returned, overlapped,
                                             NULL));
}

static void a_bad_overlapped_pointer_is_refused(void)
{
    const USHORT port = free_ports(2);
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_tcp(port, 1);
    s = open_socket(AF_INET, SOCK_STREAM);
    for (int kind = TESTBED_NULL + 1; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        INET_PORT_RANGE range = range_of((USHORT)(port + 1), 1);
        WSAOVERLAPPED *bad =
            testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(WSAOVERLAPPED));
        assert_int_equal(
            send_with_overlapped(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range), bad),
            WSAEFAULT);
        assert_int_equal(send_with_overlapped(s, SIO_ASSOCIATE_PORT_RESERVATION, &block.token,
                                              sizeof(block.token), bad),
                         WSAEFAULT);
        assert_int_equal(send_with_overlapped(block.s, SIO_RELEASE_PORT_RESERVATION, &block.token,
                                              sizeof(block.token), bad),
                         WSAEFAULT);
    }
    assert_ports_free(AF_INET, SOCK_STREAM, (USHORT)(port + 1), 1);
    assert_block_held(&block);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_false(lies_in(&block, bound_port(s)));
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

/* ---- Which is found first -------------------------------------------------------------------- */

static void a_closed_socket_and_no_count_get_one_of_two_codes(void)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    close_socket(s);
    OBSERVE_VALUE(bad_socket_null_count, acquire_into(s, 0, &instance, sizeof(instance), NULL));
    OBSERVE_VALUE(bad_socket_null_count,
                  send_token_with_count(s, SIO_ASSOCIATE_PORT_RESERVATION, 1, NULL));
    OBSERVE_VALUE(bad_socket_null_count,
                  send_token_with_count(s, SIO_RELEASE_PORT_RESERVATION, 1, NULL));
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(acquire_from_a_bad_pointer_fails, ERR_005, IOCTL_002, ACQ_003),
    CASE(associate_from_a_bad_pointer_fails, ERR_005, ERR_017, IOCTL_002, ASSOC_008),
    CASE(release_from_a_bad_pointer_fails, ERR_029, IOCTL_002, REL_005),
    CASE(no_input_at_all_is_refused, ACQ_003, ASSOC_008, REL_005, IOCTL_002),
    CASE(the_input_may_lie_in_read_only_memory, ACQ_003),
    CASE(acquire_into_a_bad_pointer_fails, ERR_005, IOCTL_002),
    CASE(acquire_into_a_bad_pointer_reserves_nothing, ERR_005),
    CASE(a_larger_output_buffer_must_be_good_to_its_end, ERR_005, ACQ_006),
    CASE(acquire_without_a_count_fails, ERR_005, IOCTL_002),
    CASE(associate_without_a_count_fails, ERR_005, ERR_017),
    CASE(release_without_a_count_fails, ERR_005, ERR_029),
    CASE(acquire_with_a_bad_count_pointer_fails, ERR_005, IOCTL_002),
    CASE(associate_with_a_bad_count_pointer_fails, ERR_005, ERR_017),
    CASE(release_with_a_bad_count_pointer_fails, ERR_029, IOCTL_002),
    CASE(a_bad_overlapped_pointer_is_refused, ERR_005, ERR_017, ERR_029, IOCTL_002),
    CASE(a_closed_socket_and_no_count_get_one_of_two_codes, ERR_005, ERR_010),
    END_OF_CASES,
};

const struct suite ioctl_pointers_suite = {
    .name = "ioctl_pointers",
    .about = "bad pointers in every place",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
