/* Sizes, counts, codes and socket modes of the three calls. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

enum { COUNT_BEFORE = 0x5A5A5A5A, CANARY = 0xC7 };

static const DWORD TOKEN_CODES[] = {SIO_ASSOCIATE_PORT_RESERVATION, SIO_RELEASE_PORT_RESERVATION};

static INET_PORT_RANGE range_of(USHORT first, USHORT count)
{
    INET_PORT_RANGE range;
    range.StartPort = htons(first);
    range.NumberOfPorts = count;
    return range;
}

static void assert_all_canary(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        assert_int_equal(bytes[i], CANARY);
}

/* ---- The output of acquire ------------------------------------------------------------------- */

static void acquire_reports_sixteen_bytes(void)
{
    const USHORT port = free_ports(2);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const SOCKET s = open_socket(SOCKET_KINDS[i].family, SOCKET_KINDS[i].type);
        INET_PORT_RANGE range = range_of(port, 2);
        INET_PORT_RESERVATION_INSTANCE instance;
        DWORD returned = COUNT_BEFORE;
        assert_int_equal(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range),
                                           &instance, sizeof(instance), &returned, NULL, NULL),
                         0);
        OBSERVE_VALUE(acquire_bytes_returned, returned);
        assert_int_equal(release_block(s, instance.Token), 0);
        close_socket(s);
    }
    END_WINSOCK();
}

static void acquire_writes_an_instance_and_nothing_beyond(void)
{
    const DWORD sizes[] = {16, 17, 24, 64};
    const USHORT port = free_ports(5);
    START_WINSOCK();
    for (int i = 0; i < 4; i++) {
        const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
        INET_PORT_RANGE range = range_of(port, 5);
        INET_PORT_RESERVATION_INSTANCE instance;
        ULONG64 storage[12];
        unsigned char *bytes = (unsigned char *)storage;
        DWORD returned = COUNT_BEFORE;
        memset(storage, CANARY, sizeof(storage));
        assert_int_equal(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range),
                                           bytes + 8, sizes[i], &returned, NULL, NULL),
                         0);
        assert_int_equal(returned, 16);
        memcpy(&instance, bytes + 8, sizeof(instance));
        if (instance.StartPort == htons(port) && instance.NumberOfPorts == 5)
            OBSERVE(instance_padding, fields);
        else
            OBSERVE(instance_padding, token_only);
        assert_all_canary(bytes, 8);
        assert_all_canary(bytes + 24, sizeof(storage) - 24);
        assert_int_equal(release_block(s, instance.Token), 0);
        close_socket(s);
    }
    END_WINSOCK();
}

static unsigned acquire_into(SOCKET s, USHORT port, void *output, DWORD size, DWORD *returned)
{
    INET_PORT_RANGE range = range_of(port, 1);
    *returned = COUNT_BEFORE;
    return winsock_outcome(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range),
                                             output, size, returned, NULL, NULL));
}

static void acquire_into_a_short_buffer_fails(void)
{
    const USHORT port = free_ports(1);
    DWORD returned;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    for (DWORD size = 0; size < 16; size++) {
        ULONG64 storage[3];
        unsigned char *bytes = (unsigned char *)storage;
        memset(storage, CANARY, sizeof(storage));
        OBSERVE_VALUE(acquire_short_output, acquire_into(s, port, bytes, size, &returned));
        assert_all_canary(bytes + size, sizeof(storage) - size);
    }
    close_socket(s);
    END_WINSOCK();
}

static void acquire_into_a_short_buffer_reports_no_bytes(void)
{
    const USHORT port = free_ports(1);
    DWORD returned;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_DGRAM);
    for (DWORD size = 0; size < 16; size++) {
        unsigned char bytes[16];
        assert_int_not_equal(acquire_into(s, port, bytes, size, &returned), 0);
        assert_one_of(returned, 0, COUNT_BEFORE);
        if (returned == 0)
            OBSERVE(acquire_short_output_count, zero);
        else
            OBSERVE(acquire_short_output_count, untouched);
    }
    close_socket(s);
    END_WINSOCK();
}

static void acquire_into_a_short_buffer_reserves_nothing(void)
{
    const USHORT port = free_ports(1);
    DWORD returned;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    for (DWORD size = 0; size < 16; size += 5) {
        unsigned char bytes[16];
        assert_int_not_equal(acquire_into(s, port, bytes, size, &returned), 0);
        if (probe_port(AF_INET, SOCK_STREAM, port) == 0)
            OBSERVE(acquire_short_output_block, nothing);
        else
            OBSERVE(acquire_short_output_block, leaks);
    }
    close_socket(s);
    END_WINSOCK();
}

/* ---- Input sizes ----------------------------------------------------------------------------- */

static unsigned acquire_with_size(SOCKET s, USHORT port, DWORD size)
{
    INET_PORT_RANGE ranges[4];
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD returned = 0;
    for (int i = 0; i < 4; i++)
        ranges[i] = range_of(port, 1);
    return winsock_outcome(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, ranges, size,
                                             &instance, sizeof(instance), &returned, NULL, NULL));
}

static unsigned send_token(SOCKET s, DWORD code, ULONG64 token, DWORD size)
{
    ULONG64 tokens[3] = {token, token, token};
    DWORD returned = 0;
    return winsock_outcome(
        reservation_ioctl(s, code, tokens, size, NULL, 0, &returned, NULL, NULL));
}

static void acquire_with_a_short_range_fails(void)
{
    const USHORT port = free_ports(1);
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    OBSERVE_VALUE(short_input, acquire_with_size(s, port, 3));
    for (DWORD size = 0; size < 3; size++)
        assert_one_of(acquire_with_size(s, port, size), WSAEFAULT, WSAEINVAL);
    assert_ports_free(AF_INET, SOCK_STREAM, port, 1);
    assert_int_equal(acquire_with_size(s, port, 4), 0);
    close_socket(s);
    END_WINSOCK();
}

static void acquire_with_a_long_range_is_taken_or_refused_whole(void)
{
    const USHORT port = free_ports(1);
    START_WINSOCK();
    for (DWORD size = 5; size <= 16; size++) {
        const SOCKET s = open_socket(AF_INET, SOCK_DGRAM);
        const unsigned outcome = acquire_with_size(s, port, size);
        OBSERVE_VALUE(acquire_oversize_input, outcome);
        if (outcome == 0)
            assert_ports_taken(AF_INET, SOCK_DGRAM, port, 1);
        else
            assert_ports_free(AF_INET, SOCK_DGRAM, port, 1);
        close_socket(s);
    }
    END_WINSOCK();
}

static void associate_with_a_short_token_fails(void)
{
    const USHORT port = free_ports(1);
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_tcp(port, 1);
    s = open_socket(AF_INET, SOCK_STREAM);
    OBSERVE_VALUE(short_input, send_token(s, SIO_ASSOCIATE_PORT_RESERVATION, block.token, 7));
    for (DWORD size = 0; size < 7; size++)
        assert_one_of(send_token(s, SIO_ASSOCIATE_PORT_RESERVATION, block.token, size), WSAEFAULT,
                      WSAEINVAL);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_not_equal(bound_port(s), port);
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

static void release_with_a_short_token_fails(void)
{
    const USHORT port = free_ports(1);
    struct block block;
    START_WINSOCK();
    block = hold_udp(port, 1);
    OBSERVE_VALUE(short_input, send_token(block.s, SIO_RELEASE_PORT_RESERVATION, block.token, 7));
    for (DWORD size = 0; size < 7; size++)
        assert_one_of(send_token(block.s, SIO_RELEASE_PORT_RESERVATION, block.token, size),
                      WSAEFAULT, WSAEINVAL);
    assert_block_held(&block);
    assert_int_equal(send_token(block.s, SIO_RELEASE_PORT_RESERVATION, block.token, 8), 0);
    let_go(&block);
    END_WINSOCK();
}

static void associate_takes_a_token_in_a_larger_buffer(void)
{
    const USHORT port = free_ports(1);
    const DWORD sizes[] = {8, 9, 16, 24};
    struct block block;
    START_WINSOCK();
    block = hold_tcp(port, 1);
    for (int i = 0; i < 4; i++) {
        const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
        OBSERVE_VALUE(token_oversize_input,
                      send_token(s, SIO_ASSOCIATE_PORT_RESERVATION, block.token, sizes[i]));
        assert_int_equal(bind_loopback(s, 0), 0);
        assert_int_equal(bound_port(s), port);
        close_socket(s);
    }
    let_go(&block);
    END_WINSOCK();
}

static void release_takes_a_token_in_a_larger_buffer(void)
{
    const USHORT port = free_ports(1);
    const DWORD sizes[] = {8, 9, 16, 24};
    START_WINSOCK();
    for (int i = 0; i < 4; i++) {
        const struct block block = hold_udp(port, 1);
        OBSERVE_VALUE(token_oversize_input,
                      send_token(block.s, SIO_RELEASE_PORT_RESERVATION, block.token, sizes[i]));
        assert_ports_free(AF_INET, SOCK_DGRAM, port, 1);
        let_go(&block);
    }
    END_WINSOCK();
}

/* ---- The unused output of associate and release ---------------------------------------------- */

/* A token is sent with an output buffer of `size` bytes of canary; false when it was written to. */
static bool output_stays(SOCKET s, DWORD code, ULONG64 token, DWORD size, unsigned *outcome)
{
    ULONG64 output[3];
    ULONG64 before[3];
    DWORD returned = 0;
    memset(output, CANARY, sizeof(output));
    memset(before, CANARY, sizeof(before));
    *outcome = winsock_outcome(
        reservation_ioctl(s, code, &token, sizeof(token), output, size, &returned, NULL, NULL));
    return memcmp(output, before, sizeof(output)) == 0;
}

static void judge_token_output(DWORD code, DWORD size)
{
    const USHORT port = free_ports(1);
    const struct block block = hold_tcp(port, 1);
    const bool associates = code == SIO_ASSOCIATE_PORT_RESERVATION;
    const SOCKET s = associates ? open_socket(AF_INET, SOCK_STREAM) : block.s;
    unsigned outcome;
    if (output_stays(s, code, block.token, size, &outcome))
        OBSERVE(token_ioctl_writes, never);
    else
        OBSERVE(token_ioctl_writes, writes);
    if (size == 0)
        assert_int_equal(outcome, 0);
    else
        OBSERVE_VALUE(token_ioctl_output, outcome);
    if (associates) {
        assert_int_equal(bind_loopback(s, 0), 0);
        assert_true((bound_port(s) == port) == (outcome == 0));
        close_socket(s);
    } else {
        assert_true((probe_port(AF_INET, SOCK_STREAM, port) == 0) == (outcome == 0));
    }
    let_go(&block);
}

static void associate_leaves_the_output_buffer_alone(void)
{
    START_WINSOCK();
    judge_token_output(SIO_ASSOCIATE_PORT_RESERVATION, 0);
    judge_token_output(SIO_ASSOCIATE_PORT_RESERVATION, 1);
    judge_token_output(SIO_ASSOCIATE_PORT_RESERVATION, 8);
    judge_token_output(SIO_ASSOCIATE_PORT_RESERVATION, 16);
    END_WINSOCK();
}

static void release_leaves_the_output_buffer_alone(void)
{
    START_WINSOCK();
    judge_token_output(SIO_RELEASE_PORT_RESERVATION, 0);
    judge_token_output(SIO_RELEASE_PORT_RESERVATION, 1);
    judge_token_output(SIO_RELEASE_PORT_RESERVATION, 8);
    judge_token_output(SIO_RELEASE_PORT_RESERVATION, 16);
    END_WINSOCK();
}

static void observe_token_count(DWORD returned)
{
    assert_one_of(returned, 0, 8, COUNT_BEFORE);
    if (returned == 0)
        OBSERVE(token_ioctl_bytes_returned, zero);
    else if (returned == 8)
        OBSERVE(token_ioctl_bytes_returned, eight);
    else
        OBSERVE(token_ioctl_bytes_returned, untouched);
}

static void associate_and_release_report_one_count(void)
{
    const USHORT port = free_ports(1);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct block block = hold(SOCKET_KINDS[i].family, SOCKET_KINDS[i].type, port, 1);
        for (int k = 0; k < 2; k++) {
            ULONG64 token = block.token;
            DWORD returned = COUNT_BEFORE;
            assert_int_equal(reservation_ioctl(block.s, TOKEN_CODES[k], &token, sizeof(token), NULL,
                                               0, &returned, NULL, NULL),
                             0);
            observe_token_count(returned);
            assert_true(token == block.token);
        }
        let_go(&block);
    }
    END_WINSOCK();
}

static void the_input_is_only_read(void)
{
    const USHORT port = free_ports(3);
    INET_PORT_RESERVATION_INSTANCE instance;
    INET_PORT_RANGE range = range_of(port, 3);
    const INET_PORT_RANGE before = range;
    DWORD returned = 0;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET6, SOCK_STREAM);
    assert_int_equal(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range),
                                       &instance, sizeof(instance), &returned, NULL, NULL),
                     0);
    assert_memory_equal(&range, &before, sizeof(range));
    close_socket(s);
    END_WINSOCK();
}

/* ---- Results --------------------------------------------------------------------------------- */

static void success_is_zero_and_clears_the_last_error(void)
{
    const USHORT port = free_ports(1);
    INET_PORT_RANGE range = range_of(port, 1);
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD returned = 0;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    WSASetLastError(WSAEISCONN);
    assert_int_equal(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range),
                                       &instance, sizeof(instance), &returned, NULL, NULL),
                     0);
    assert_int_equal(WSAGetLastError(), 0);
    for (int i = 0; i < 2; i++) {
        ULONG64 token = instance.Token;
        WSASetLastError(WSAEISCONN);
        assert_int_equal(reservation_ioctl(s, TOKEN_CODES[i], &token, sizeof(token), NULL, 0,
                                           &returned, NULL, NULL),
                         0);
        assert_int_equal(WSAGetLastError(), 0);
    }
    close_socket(s);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(acquire_reports_sixteen_bytes, ACQ_010, IOCTL_008),
    CASE(acquire_writes_an_instance_and_nothing_beyond, ACQ_005, ACQ_006, LAY_009),
    CASE(acquire_into_a_short_buffer_fails, ACQ_006, ACQ_007, IOCTL_002),
    CASE(acquire_into_a_short_buffer_reports_no_bytes, ACQ_008),
    CASE(acquire_into_a_short_buffer_reserves_nothing, ACQ_009),
    CASE(acquire_with_a_short_range_fails, ACQ_003, ACQ_004, IOCTL_002),
    CASE(acquire_with_a_long_range_is_taken_or_refused_whole, ACQ_004),
    CASE(associate_with_a_short_token_fails, ASSOC_008, ASSOC_009, IOCTL_002),
    CASE(release_with_a_short_token_fails, REL_005, REL_006, IOCTL_002),
    CASE(associate_takes_a_token_in_a_larger_buffer, ASSOC_008, ASSOC_009),
    CASE(release_takes_a_token_in_a_larger_buffer, REL_005, REL_006),
    CASE(associate_leaves_the_output_buffer_alone, ASSOC_010, ASSOC_011, ASSOC_013),
    CASE(release_leaves_the_output_buffer_alone, REL_007, REL_008),
    CASE(associate_and_release_report_one_count, ASSOC_012, REL_009),
    CASE(the_input_is_only_read, ACQ_003),
    CASE(success_is_zero_and_clears_the_last_error, IOCTL_001, ERR_001, ERR_013, ERR_025),
    END_OF_CASES,
};

const struct suite ioctl_suite = {
    .name = "ioctl",
    .about = "sizes, counts and results of the three calls",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
