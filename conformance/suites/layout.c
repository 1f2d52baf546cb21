/* The constants, the layouts and the byte orders. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

static void the_codes_have_their_documented_values(void)
{
    assert_int_equal(SIO_ACQUIRE_PORT_RESERVATION, 0x98000064u);
    assert_int_equal(SIO_RELEASE_PORT_RESERVATION, 0x98000065u);
    assert_int_equal(SIO_ASSOCIATE_PORT_RESERVATION, 0x98000066u);
}

static void the_codes_say_vendor_and_input_only(void)
{
    const DWORD codes[] = {SIO_ACQUIRE_PORT_RESERVATION, SIO_RELEASE_PORT_RESERVATION,
                           SIO_ASSOCIATE_PORT_RESERVATION};
    for (DWORD i = 0; i < 3; i++) {
        assert_int_equal(codes[i] & IOC_IN, IOC_IN);
        assert_int_equal(codes[i] & IOC_OUT, 0);
        assert_int_equal(codes[i] & IOC_VOID, 0);
        assert_int_equal(codes[i] >> 27 & 3, 3);
        assert_int_equal(codes[i] & 0x07FF0000u, 0);
        assert_int_equal(codes[i] & 0xFFFFu, 0x64 + i);
    }
}

static void the_direction_bits_tell_which_buffers_count(void)
{
    assert_int_equal(IOC_IN, 0x80000000u);
    assert_int_equal(IOC_OUT, 0x40000000u);
    assert_int_equal(IOC_INOUT, 0xC0000000u);
    assert_int_equal((DWORD)FIONBIO & IOC_INOUT, IOC_IN);
    assert_int_equal((DWORD)FIONREAD & IOC_INOUT, IOC_OUT);
    assert_int_equal(SIO_GET_EXTENSION_FUNCTION_POINTER & IOC_INOUT, IOC_INOUT);
}

static void the_output_bit_makes_another_command(void)
{
    const USHORT port = free_ports(1);
    INET_PORT_RANGE range = {0, 1};
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD returned = 0;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    range.StartPort = htons(port);
    if (WSAIoctl(s, 0xD8000064u, &range, sizeof(range), &instance, sizeof(instance), &returned,
                 NULL, NULL) == 0)
        OBSERVE(acquire_code_with_output_bit, acquires);
    else
        OBSERVE(acquire_code_with_output_bit, another_command);
    assert_ports_free(AF_INET, SOCK_STREAM, port, 1);
    close_socket(s);
    END_WINSOCK();
}

static void the_output_bit_makes_other_commands_of_associate_and_release(void)
{
    const USHORT port = free_ports(1);
    DWORD returned = 0;
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_tcp(port, 1);
    s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_not_equal(
        WSAIoctl(s, 0xD8000066u, &block.token, sizeof(block.token), NULL, 0, &returned, NULL, NULL),
        0);
    assert_int_not_equal(WSAIoctl(block.s, 0xD8000065u, &block.token, sizeof(block.token), NULL, 0,
                                  &returned, NULL, NULL),
                         0);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_not_equal(bound_port(s), port);
    assert_block_held(&block);
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

static void a_port_range_is_two_words(void)
{
    INET_PORT_RESERVATION reservation = {0, 0};
    INET_PORT_RANGE *range = &reservation;
    assert_int_equal(sizeof(INET_PORT_RANGE), 4);
    assert_int_equal(_Alignof(INET_PORT_RANGE), 2);
    assert_int_equal(offsetof(INET_PORT_RANGE, StartPort), 0);
    assert_int_equal(offsetof(INET_PORT_RANGE, NumberOfPorts), 2);
    assert_int_equal(sizeof(range->StartPort), 2);
    assert_int_equal(sizeof(range->NumberOfPorts), 2);
    assert_int_equal(sizeof(INET_PORT_RESERVATION), sizeof(INET_PORT_RANGE));
    range->NumberOfPorts = 0xFFFF;
    assert_int_equal(reservation.NumberOfPorts, 0xFFFF);
}

static void a_token_is_one_quadword(void)
{
    INET_PORT_RESERVATION_TOKEN token = {~(ULONG64)0};
    assert_int_equal(sizeof(INET_PORT_RESERVATION_TOKEN), 8);
    assert_int_equal(_Alignof(INET_PORT_RESERVATION_TOKEN), 8);
    assert_int_equal(offsetof(INET_PORT_RESERVATION_TOKEN, Token), 0);
    assert_int_equal(sizeof(token.Token), 8);
    assert_true(token.Token > 0);
}

/* In C the members are reached without a name between. */
static void an_instance_is_a_range_padding_and_a_token(void)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    assert_int_equal(sizeof(instance), 16);
    assert_int_equal(_Alignof(INET_PORT_RESERVATION_INSTANCE), 8);
    assert_int_equal((unsigned char *)&instance.StartPort - (unsigned char *)&instance, 0);
    assert_int_equal((unsigned char *)&instance.NumberOfPorts - (unsigned char *)&instance, 2);
    assert_int_equal((unsigned char *)&instance.Token - (unsigned char *)&instance, 8);
}

static void the_owner_structure_ends_in_the_process_id(void)
{
    const size_t size = sizeof(INET_PORT_RESERVATION_INFORMATION);
    assert_one_of(size, 4, 8);
    assert_int_equal(offsetof(INET_PORT_RESERVATION_INFORMATION, OwningPid), size - sizeof(ULONG));
}

static void start_port_travels_in_network_order(void)
{
    const USHORT port = free_ports(3);
    INET_PORT_RANGE range = {0, 3};
    INET_PORT_RESERVATION_INSTANCE instance;
    unsigned char *byte = (unsigned char *)&range.StartPort;
    DWORD returned = 0;
    SOCKET holder;
    SOCKET s;
    USHORT bound;
    START_WINSOCK();
    byte[0] = (unsigned char)(port >> 8);
    byte[1] = (unsigned char)port;
    holder = open_socket(AF_INET, SOCK_STREAM);
    s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(reservation_ioctl(holder, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range),
                                       &instance, sizeof(instance), &returned, NULL, NULL),
                     0);
    byte = (unsigned char *)&instance.StartPort;
    assert_int_equal(byte[0], port >> 8);
    assert_int_equal(byte[1], port & 0xFF);
    assert_int_equal(associate_block(s, instance.Token), 0);
    assert_int_equal(bind_loopback(s, 0), 0);
    bound = bound_port(s);
    if (bound >= port && bound - port < 3)
        OBSERVE(start_port_order, network);
    else
        OBSERVE(start_port_order, host);
    close_socket(s);
    close_socket(holder);
    END_WINSOCK();
}

static void the_count_travels_in_host_order(void)
{
    const USHORT port = free_ports(260);
    INET_PORT_RANGE range = {0, 259};
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD returned = 0;
    SOCKET s;
    START_WINSOCK();
    range.StartPort = htons(port);
    s = open_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range),
                                       &instance, sizeof(instance), &returned, NULL, NULL),
                     0);
    if (instance.NumberOfPorts == 259)
        OBSERVE(count_order, host);
    else
        OBSERVE(count_order, network);
    assert_int_not_equal(probe_port(AF_INET, SOCK_DGRAM, (USHORT)(port + 258)), 0);
    assert_int_equal(probe_port(AF_INET, SOCK_DGRAM, (USHORT)(port + 259)), 0);
    close_socket(s);
    END_WINSOCK();
}

static ULONG64 swapped(ULONG64 value)
{
    ULONG64 result = 0;
    for (int i = 0; i < 8; i++) {
        result = result << 8 | (value & 0xFF);
        value >>= 8;
    }
    return result;
}

static void the_token_goes_back_as_it_came(void)
{
    const USHORT port = free_ports(4);
    INET_PORT_RESERVATION_TOKEN token;
    DWORD returned = 0;
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_tcp(port, 4);
    s = open_socket(AF_INET, SOCK_STREAM);
    if (swapped(block.token) != block.token)
        assert_int_not_equal(associate_block(s, swapped(block.token)), 0);
    token.Token = block.token;
    assert_int_equal(reservation_ioctl(s, SIO_ASSOCIATE_PORT_RESERVATION, &token, sizeof(token),
                                       NULL, 0, &returned, NULL, NULL),
                     0);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_true(lies_in(&block, bound_port(s)));
    close_socket(s);
    assert_int_equal(reservation_ioctl(block.s, SIO_RELEASE_PORT_RESERVATION, &token, sizeof(token),
                                       NULL, 0, &returned, NULL, NULL),
                     0);
    let_go(&block);
    END_WINSOCK();
}

static void a_plain_quadword_does_for_a_token(void)
{
    const USHORT port = free_ports(1);
    ULONG64 token;
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_udp(port, 1);
    token = block.token;
    s = open_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(associate_block(s, token), 0);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_equal(bound_port(s), port);
    close_socket(s);
    assert_int_equal(release_block(block.s, token), 0);
    assert_ports_free(AF_INET, SOCK_DGRAM, port, 1);
    let_go(&block);
    END_WINSOCK();
}

enum { TOKENS = 12 };

static bool any_token_twice(const struct block *blocks)
{
    for (int i = 0; i < TOKENS; i++)
        for (int k = 0; k < i; k++)
            if (blocks[i].token == blocks[k].token)
                return true;
    return false;
}

static bool tokens_rise_evenly(const struct block *blocks)
{
    const ULONG64 step = blocks[1].token - blocks[0].token;
    for (int i = 2; i < TOKENS; i++)
        if (blocks[i].token - blocks[i - 1].token != step)
            return false;
    return true;
}

static void tokens_are_unique_and_never_the_invalid_one(void)
{
    const USHORT port = free_ports(TOKENS);
    struct block blocks[TOKENS];
    START_WINSOCK();
    for (int i = 0; i < TOKENS; i++) {
        const struct socket_kind *kind = &SOCKET_KINDS[i % SOCKET_KIND_COUNT];
        blocks[i] = hold(kind->family, kind->type, (USHORT)(port + i), 1);
        if (blocks[i].token == INVALID_PORT_RESERVATION_TOKEN)
            OBSERVE(token_values, zero);
    }
    if (any_token_twice(blocks))
        OBSERVE(token_values, repeats);
    else if (tokens_rise_evenly(blocks))
        OBSERVE(token_values, sequential);
    else
        OBSERVE(token_values, random);
    for (int i = 0; i < TOKENS; i++)
        let_go(&blocks[i]);
    END_WINSOCK();
}

static void the_invalid_token_is_zero(void)
{
    assert_true(INVALID_PORT_RESERVATION_TOKEN == 0);
    assert_int_equal(sizeof(INVALID_PORT_RESERVATION_TOKEN), 8);
}

/* The initializers do not compile for functions of another type. */
static void the_six_functions_have_their_documented_types(void)
{
    ULONG(WINAPI * make[])
    (USHORT, USHORT,
     PULONG64) = {CreatePersistentTcpPortReservation, CreatePersistentUdpPortReservation,
                  LookupPersistentTcpPortReservation, LookupPersistentUdpPortReservation};
    ULONG(WINAPI * end[])
    (USHORT, USHORT) = {DeletePersistentTcpPortReservation, DeletePersistentUdpPortReservation};
    const USHORT port = free_ports(1);
    ULONG64 token = 0;
    REQUIRE_PERSISTENT_FUNCTIONS();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(make[i](htons(port), 1, &token), NO_ERROR);
        assert_int_equal(make[i + 2](htons(port), 1, &token), NO_ERROR);
        assert_int_equal(end[i](htons(port), 1), NO_ERROR);
        assert_int_equal(make[i + 2](htons(port), 1, &token), ERROR_NOT_FOUND);
    }
}

static void the_six_functions_live_in_iphlpapi(void)
{
    const char *const names[] = {
        "CreatePersistentTcpPortReservation", "CreatePersistentUdpPortReservation",
        "DeletePersistentTcpPortReservation", "DeletePersistentUdpPortReservation",
        "LookupPersistentTcpPortReservation", "LookupPersistentUdpPortReservation"};
    const HMODULE library = LoadLibraryA("iphlpapi.dll");
    assert_non_null(library);
    for (int i = 0; i < 6; i++)
        assert_true(GetProcAddress(library, names[i]) != NULL);
}

static void persistent_start_ports_are_in_network_order(void)
{
    const USHORT port = free_ports(2);
    unsigned first;
    unsigned last;
    ULONG64 token;
    START_WINSOCK();
    REQUIRE_PERSISTENT_FUNCTIONS();
    assert_int_equal(CreatePersistentTcpPortReservation(htons(port), 2, &token), NO_ERROR);
    first = probe_port(AF_INET, SOCK_STREAM, port);
    last = probe_port(AF_INET, SOCK_STREAM, (USHORT)(port + 1));
    assert_int_equal(DeletePersistentTcpPortReservation(htons(port), 2), NO_ERROR);
    if (first != 0 && last != 0)
        OBSERVE(persistent_start_order, network);
    else
        OBSERVE(persistent_start_order, host);
    assert_ports_free(AF_INET, SOCK_STREAM, port, 2);
    END_WINSOCK();
}

static void all_six_functions_agree_on_network_order(void)
{
    const USHORT port = free_ports(1);
    ULONG64 token;
    REQUIRE_PERSISTENT_FUNCTIONS();
    assert_int_equal(CreatePersistentUdpPortReservation(htons(port), 1, &token), NO_ERROR);
    assert_int_equal(LookupPersistentUdpPortReservation(port, 1, &token), ERROR_NOT_FOUND);
    assert_int_equal(DeletePersistentUdpPortReservation(port, 1), ERROR_NOT_FOUND);
    assert_int_equal(LookupPersistentUdpPortReservation(htons(port), 1, &token), NO_ERROR);
    assert_int_equal(DeletePersistentUdpPortReservation(htons(port), 1), NO_ERROR);
}

static const struct suite_case cases[] = {
    CASE(the_codes_have_their_documented_values, LAY_001, LAY_002, LAY_003),
    CASE(the_codes_say_vendor_and_input_only, LAY_004, IOCTL_014),
    CASE(the_direction_bits_tell_which_buffers_count, IOCTL_014),
    CASE(the_output_bit_makes_another_command, LAY_005),
    CASE(the_output_bit_makes_other_commands_of_associate_and_release, LAY_005),
    CASE(a_port_range_is_two_words, LAY_006, LAY_007),
    CASE(a_token_is_one_quadword, LAY_008),
    CASE(an_instance_is_a_range_padding_and_a_token, LAY_009, LAY_010),
    CASE(the_owner_structure_ends_in_the_process_id, LAY_018),
    CASE(start_port_travels_in_network_order, LAY_011),
    CASE(the_count_travels_in_host_order, LAY_012),
    CASE(the_token_goes_back_as_it_came, LAY_013, LAY_014),
    CASE(a_plain_quadword_does_for_a_token, LAY_014),
    CASE(tokens_are_unique_and_never_the_invalid_one, LAY_015, CRT_009, CRT_018, ACQ_022),
    CASE(the_invalid_token_is_zero, LAY_015),
    CASE(the_six_functions_have_their_documented_types, LAY_016),
    CASE(the_six_functions_live_in_iphlpapi, LAY_016),
    CASE(persistent_start_ports_are_in_network_order, LAY_017),
    CASE(all_six_functions_agree_on_network_order, LAY_017),
    END_OF_CASES,
};

const struct suite layout_suite = {
    .name = "layout",
    .about = "constants, layouts and byte orders",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
