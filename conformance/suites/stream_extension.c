/* Extension functions: how they are found; TransmitFile and TransmitPackets. */
#include "conformance/suites/stream.h"

#include "conformance/suites/extension.h"

static const GUID EXTENSIONS[] = {
    WSAID_ACCEPTEX,     WSAID_CONNECTEX,       WSAID_DISCONNECTEX, WSAID_GETACCEPTEXSOCKADDRS,
    WSAID_TRANSMITFILE, WSAID_TRANSMITPACKETS, WSAID_WSARECVMSG,   WSAID_WSASENDMSG};

enum { EXTENSION_COUNT = sizeof(EXTENSIONS) / sizeof(EXTENSIONS[0]) };

/* Any function, to be compared only. */
typedef void (*any_function)(void);

static void each_extension_function_is_found(void)
{
    START_WINSOCK();
    const SOCKET sockets[3] = {tcp_socket(), open_socket(AF_INET6, SOCK_STREAM), udp_socket()};
    for (int i = 0; i < EXTENSION_COUNT; i++)
        for (int j = 0; j < 3; j++) {
            any_function function = NULL;
            find_extension(sockets[j], EXTENSIONS[i], &function, sizeof(function));
            assert_true(function != NULL);
        }
    for (int j = 0; j < 3; j++)
        close_socket(sockets[j]);
    END_WINSOCK();
}

static void an_extension_function_is_the_same_for_each_socket(void)
{
    START_WINSOCK();
    const SOCKET one = tcp_socket();
    const SOCKET other = tcp_socket();
    for (int i = 0; i < EXTENSION_COUNT; i++) {
        any_function first = NULL, second = NULL;
        find_extension(one, EXTENSIONS[i], &first, sizeof(first));
        find_extension(other, EXTENSIONS[i], &second, sizeof(second));
        assert_true(first == second);
        for (int before = 0; before < i; before++) {
            find_extension(one, EXTENSIONS[before], &second, sizeof(second));
            assert_true(first != second);
        }
    }
    close_socket(one);
    close_socket(other);
    END_WINSOCK();
}

static void an_unknown_extension_is_not_found(void)
{
    GUID nobody = {0x12345678, 0x9abc, 0xdef0, {1, 2, 3, 4, 5, 6, 7, 8}};
    any_function function = NULL;
    DWORD returned = 0xdead;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_fails_with(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &nobody, sizeof(nobody),
                               &function, sizeof(function), &returned, NULL, NULL),
                      WSAEINVAL);
    assert_true(function == NULL);
    close_socket(s);
    END_WINSOCK();
}

/* ---- TransmitFile ---------------------------------------------------------------------------- */

static void transmitfile_wants_a_connection(void)
{
    TRANSMIT_FILE_BUFFERS buffers;
    char text[] = "text";
    START_WINSOCK();
    const SOCKET fresh = tcp_socket();
    const SOCKET datagram = udp_socket();
    const LPFN_TRANSMITFILE transmit = find_transmitfile(fresh);
    memset(&buffers, 0, sizeof(buffers));
    buffers.Head = text;
    buffers.HeadLength = 4;
    assert_false(transmit(INVALID_SOCKET, NULL, 0, 0, NULL, &buffers, 0));
    assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
    assert_false(transmit(fresh, NULL, 0, 0, NULL, &buffers, 0));
    assert_int_equal(WSAGetLastError(), WSAENOTCONN);
    assert_false(transmit(datagram, NULL, 0, 0, NULL, &buffers, 0));
    assert_int_equal(WSAGetLastError(), WSAENOTCONN);
    close_socket(datagram);
    close_socket(fresh);
    END_WINSOCK();
}

static void without_a_file_transmitfile_sends_head_and_tail(void)
{
    TRANSMIT_FILE_BUFFERS buffers;
    char head[] = "head and ", tail[] = "tail";
    START_WINSOCK();
    const struct pair pair = connected_pair();
    memset(&buffers, 0, sizeof(buffers));
    buffers.Head = head;
    buffers.HeadLength = 9;
    buffers.Tail = tail;
    buffers.TailLength = 4;
    assert_true(find_transmitfile(pair.client)(pair.client, NULL, 0, 0, NULL, &buffers, 0));
    expect_bytes(pair.server, "head and tail", 13);
    assert_true(find_transmitfile(pair.client)(pair.client, NULL, 0, 0, NULL, NULL, 0));
    send_bytes(pair.client, "on", 2);
    expect_bytes(pair.server, "on", 2);
    close_pair(&pair);
    END_WINSOCK();
}

static void an_overlapped_transmitfile_pends_and_tells_its_bytes(void)
{
    TRANSMIT_FILE_BUFFERS buffers;
    WSAOVERLAPPED overlapped;
    char head[] = "overlapped";
    DWORD bytes;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    memset(&buffers, 0, sizeof(buffers));
    buffers.Head = head;
    buffers.HeadLength = 10;
    overlapped_begin(&overlapped);
    assert_false(find_transmitfile(pair.client)(pair.client, NULL, 0, 0, &overlapped, &buffers, 0));
    assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
    expect_bytes(pair.server, "overlapped", 10);
    assert_int_equal(overlapped_end(pair.client, &overlapped, &bytes), 0);
    assert_int_equal(bytes, 10);
    overlapped_close(&overlapped);
    close_pair(&pair);
    END_WINSOCK();
}

static void transmitfile_may_disconnect_behind_what_it_sends(void)
{
    TRANSMIT_FILE_BUFFERS buffers;
    char head[] = "the end";
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_option(pair.server, SOL_SOCKET, SO_RCVTIMEO, 500);
    memset(&buffers, 0, sizeof(buffers));
    buffers.Head = head;
    buffers.HeadLength = 7;
    assert_true(
        find_transmitfile(pair.client)(pair.client, NULL, 0, 0, NULL, &buffers, TF_DISCONNECT));
    expect_bytes(pair.server, "the end", 7);
    expect_end(pair.server);
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- TransmitPackets ------------------------------------------------------------------------- */

static TRANSMIT_PACKETS_ELEMENT memory_element(char *bytes, ULONG size)
{
    TRANSMIT_PACKETS_ELEMENT element;
    memset(&element, 0, sizeof(element));
    element.dwElFlags = TP_ELEMENT_MEMORY;
    element.cLength = size;
    element.pBuffer = bytes;
    return element;
}

static void transmitpackets_sends_its_elements_in_their_order(void)
{
    char one[] = "one", two[] = "two", three[] = "three";
    START_WINSOCK();
    const struct pair pair = connected_pair();
    TRANSMIT_PACKETS_ELEMENT elements[3] = {memory_element(one, 3), memory_element(two, 3),
                                            memory_element(three, 5)};
    elements[2].dwElFlags |= TP_ELEMENT_EOP;
    assert_true(find_transmitpackets(pair.client)(pair.client, elements, 3, 0, NULL, 0));
    expect_bytes(pair.server, "onetwothree", 11);
    close_pair(&pair);
    END_WINSOCK();
}

static void transmitpackets_wants_a_connection(void)
{
    char one[] = "one";
    START_WINSOCK();
    const SOCKET fresh = tcp_socket();
    TRANSMIT_PACKETS_ELEMENT element = memory_element(one, 3);
    const LPFN_TRANSMITPACKETS transmit = find_transmitpackets(fresh);
    assert_false(transmit(INVALID_SOCKET, &element, 1, 0, NULL, 0));
    assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
    assert_false(transmit(fresh, &element, 1, 0, NULL, 0));
    assert_int_equal(WSAGetLastError(), WSAENOTCONN);
    close_socket(fresh);
    END_WINSOCK();
}

static void an_overlapped_transmitpackets_tells_its_bytes(void)
{
    WSAOVERLAPPED overlapped;
    char one[] = "one", two[] = "two";
    DWORD bytes;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    TRANSMIT_PACKETS_ELEMENT elements[2] = {memory_element(one, 3), memory_element(two, 3)};
    overlapped_begin(&overlapped);
    if (!find_transmitpackets(pair.client)(pair.client, elements, 2, 0, &overlapped, TP_DISCONNECT))
        assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
    expect_bytes(pair.server, "onetwo", 6);
    expect_end(pair.server);
    assert_int_equal(overlapped_end(pair.client, &overlapped, &bytes), 0);
    assert_int_equal(bytes, 6);
    overlapped_close(&overlapped);
    close_pair(&pair);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(each_extension_function_is_found, EXT_001),
    CASE(an_extension_function_is_the_same_for_each_socket, EXT_002),
    CASE(an_unknown_extension_is_not_found, EXT_003),
    CASE(transmitfile_wants_a_connection, EXT_004),
    CASE(without_a_file_transmitfile_sends_head_and_tail, EXT_005),
    CASE(an_overlapped_transmitfile_pends_and_tells_its_bytes, EXT_006),
    CASE(transmitfile_may_disconnect_behind_what_it_sends, EXT_007),
    CASE(transmitpackets_sends_its_elements_in_their_order, EXT_009),
    CASE(transmitpackets_wants_a_connection, EXT_010),
    CASE(an_overlapped_transmitpackets_tells_its_bytes, EXT_011),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_extension_suite = {
    .name = "stream_extension",
    .about = "Extension functions: TransmitFile and TransmitPackets",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
