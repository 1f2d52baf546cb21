/* TransmitFile and TransmitPackets with files, and sockets that are used again behind them. */
#include "conformance/suites/stream.h"

#include "conformance/suites/extension.h"
#include "conformance/suites/files.h"

static TRANSMIT_FILE_BUFFERS head_and_tail(char *head, DWORD head_size, char *tail, DWORD tail_size)
{
    TRANSMIT_FILE_BUFFERS buffers;
    memset(&buffers, 0, sizeof(buffers));
    buffers.Head = head;
    buffers.HeadLength = head_size;
    buffers.Tail = tail;
    buffers.TailLength = tail_size;
    return buffers;
}

/* 0, or the error. */
static unsigned transmit(SOCKET s, HANDLE file, DWORD size, WSAOVERLAPPED *overlapped,
                         TRANSMIT_FILE_BUFFERS *buffers, DWORD flags)
{
    const LPFN_TRANSMITFILE transmitfile = find_transmitfile(s);
    WSASetLastError(0);
    return transmitfile(s, file, size, 0, overlapped, buffers, flags) ? 0u
                                                                      : (unsigned)WSAGetLastError();
}

/* ---- The file -------------------------------------------------------------------------------- */

static void a_file_goes_between_head_and_tail(void)
{
    char head[] = "<head>", tail[] = "<tail>";
    TRANSMIT_FILE_BUFFERS buffers = head_and_tail(head, 6, tail, 6);
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const HANDLE file = temporary_file("0123456789", 10, 0);
    assert_int_equal(transmit(pair.client, file, 0, NULL, &buffers, 0), 0);
    expect_bytes(pair.server, "<head>0123456789<tail>", 22);
    assert_true(CloseHandle(file));
    close_pair(&pair);
    END_WINSOCK();
}

static void an_overlapped_says_from_where_on(void)
{
    WSAOVERLAPPED overlapped;
    DWORD bytes;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const HANDLE file = temporary_file("0123456789", 10, 0);
    overlapped_begin(&overlapped);
    overlapped.Offset = 3;
    assert_int_equal(transmit(pair.client, file, 4, &overlapped, NULL, 0), WSA_IO_PENDING);
    expect_bytes(pair.server, "3456", 4);
    assert_int_equal(overlapped_end(pair.client, &overlapped, &bytes), 0);
    assert_int_equal(bytes, 4);
    overlapped.Offset = 8;
    assert_int_equal(transmit(pair.client, file, 0, &overlapped, NULL, 0), WSA_IO_PENDING);
    expect_bytes(pair.server, "89", 2);
    assert_int_equal(overlapped_end(pair.client, &overlapped, &bytes), 0);
    assert_int_equal(bytes, 2);
    OBSERVE(transmit_offset, honoured);
    overlapped_close(&overlapped);
    assert_true(CloseHandle(file));
    close_pair(&pair);
    END_WINSOCK();
}

static void without_one_it_goes_from_the_files_position(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const HANDLE file = temporary_file("0123456789", 10, 0);
    assert_int_equal(SetFilePointer(file, 6, NULL, FILE_BEGIN), 6);
    assert_int_equal(transmit(pair.client, file, 2, NULL, NULL, 0), 0);
    expect_bytes(pair.server, "67", 2);
    const DWORD behind = position_of(file);
    assert_one_of(behind, 8, 6);
    if (behind == 8)
        OBSERVE(transmit_position, moves);
    else
        OBSERVE(transmit_position, stays);
    assert_int_equal(SetFilePointer(file, 5, NULL, FILE_BEGIN), 5);
    assert_int_equal(transmit(pair.client, file, 0, NULL, NULL, 0), 0);
    expect_bytes(pair.server, "56789", 5);
    assert_true(CloseHandle(file));
    close_pair(&pair);
    END_WINSOCK();
}

static void of_a_short_file_no_more_is_sent_than_it_has(void)
{
    char head[] = "head", byte;
    TRANSMIT_FILE_BUFFERS buffers = head_and_tail(head, 4, NULL, 0);
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const HANDLE file = temporary_file("0123", 4, 0);
    const unsigned outcome = transmit(pair.client, file, 9, NULL, &buffers, 0);
    assert_int_equal(shutdown(pair.client, SD_SEND), 0);
    if (outcome == 0) {
        expect_bytes(pair.server, "head0123", 8);
        expect_end(pair.server);
        OBSERVE(transmit_past_end, sends_the_rest);
    } else {
        OBSERVE(transmit_past_end, fails);
        while (recv(pair.server, &byte, 1, 0) == 1)
            continue;
    }
    assert_true(CloseHandle(file));
    close_pair(&pair);
    END_WINSOCK();
}

static void what_is_no_file_is_refused(void)
{
    char head[] = "head";
    TRANSMIT_FILE_BUFFERS buffers = head_and_tail(head, 4, NULL, 0);
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const unsigned outcome = transmit(pair.client, INVALID_HANDLE_VALUE, 0, NULL, &buffers, 0);
    OBSERVE_VALUE(transmit_bad_file, outcome);
    assert_int_equal(shutdown(pair.client, SD_SEND), 0);
    expect_end(pair.server);
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- Larger than a socket's buffer ----------------------------------------------------------- */

enum { LARGE = 400000 };

static char large[LARGE];

static void fill_large(void)
{
    for (int i = 0; i < LARGE; i++)
        large[i] = (char)(i * 7 + i / 251);
}

static void receive_large(SOCKET s)
{
    static char got[4096];
    int done = 0;
    while (done < LARGE) {
        const int size = recv(s, got, sizeof(got), 0);
        assert_true(size > 0 && size <= LARGE - done);
        assert_memory_equal(got, large + done, size);
        done += size;
    }
}

static void a_large_file_tells_its_port_when_all_is_sent(void)
{
    WSAOVERLAPPED overlapped;
    OVERLAPPED *told = NULL;
    ULONG_PTR key = 0;
    DWORD bytes = 0;
    START_WINSOCK();
    fill_large();
    const struct pair pair = connected_pair();
    const HANDLE file = temporary_file(large, LARGE, FILE_FLAG_SEQUENTIAL_SCAN);
    const HANDLE port = CreateIoCompletionPort((HANDLE)pair.client, NULL, 11, 0);
    assert_non_null(port);
    overlapped_begin(&overlapped);
    assert_int_equal(transmit(pair.client, file, 0, &overlapped, NULL, 0), WSA_IO_PENDING);
    receive_large(pair.server);
    assert_true(GetQueuedCompletionStatus(port, &bytes, &key, &told, STREAM_PATIENCE_MS));
    assert_int_equal(bytes, LARGE);
    assert_int_equal(key, 11);
    assert_ptr_equal(told, &overlapped);
    overlapped_close(&overlapped);
    assert_true(CloseHandle(file));
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

/* ---- Sockets used again ---------------------------------------------------------------------- */

enum { NAME = sizeof(struct sockaddr_in) + 16 };

static SOCKET accept_into(SOCKET listener, SOCKET acceptor, USHORT port)
{
    WSAOVERLAPPED overlapped;
    char output[2 * NAME];
    DWORD bytes;
    overlapped_begin(&overlapped);
    assert_false(
        find_acceptex(listener)(listener, acceptor, output, 0, NAME, NAME, &bytes, &overlapped));
    assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
    const SOCKET client = tcp_socket();
    assert_int_equal(connect_loopback(client, port), 0);
    assert_int_equal(overlapped_end(listener, &overlapped, &bytes), 0);
    overlapped_close(&overlapped);
    return client;
}

/* As a server does: no context is set between AcceptEx and TransmitFile. */
static void a_socket_is_used_again_behind_its_last_file(void)
{
    WSAOVERLAPPED overlapped;
    DWORD bytes;
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET acceptor = tcp_socket();
    const HANDLE file = temporary_file("a page", 6, 0);
    for (int turn = 0; turn < 3; turn++) {
        const SOCKET client = accept_into(listener, acceptor, port);
        set_option(client, SOL_SOCKET, SO_RCVTIMEO, 500);
        overlapped_begin(&overlapped);
        assert_int_equal(
            transmit(acceptor, file, 0, &overlapped, NULL, TF_DISCONNECT | TF_REUSE_SOCKET),
            WSA_IO_PENDING);
        expect_bytes(client, "a page", 6);
        expect_end(client);
        close_socket(client);
        assert_int_equal(overlapped_end(acceptor, &overlapped, &bytes), 0);
        assert_int_equal(bytes, 6);
        overlapped_close(&overlapped);
    }
    OBSERVE(transmit_reuse, reuses);
    assert_true(CloseHandle(file));
    close_socket(acceptor);
    close_socket(listener);
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

static TRANSMIT_PACKETS_ELEMENT file_element(HANDLE file, LONGLONG offset, ULONG size)
{
    TRANSMIT_PACKETS_ELEMENT element;
    memset(&element, 0, sizeof(element));
    element.dwElFlags = TP_ELEMENT_FILE;
    element.cLength = size;
    element.nFileOffset.QuadPart = offset;
    element.hFile = file;
    return element;
}

static void transmitpackets_sends_pieces_of_files(void)
{
    char one[] = "one", two[] = "two";
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const HANDLE file = temporary_file("0123456789", 10, 0);
    TRANSMIT_PACKETS_ELEMENT elements[5] = {memory_element(one, 3), file_element(file, 7, 2),
                                            memory_element(two, 3), file_element(file, 4, 0),
                                            file_element(file, -1, 3)};
    assert_int_equal(SetFilePointer(file, 1, NULL, FILE_BEGIN), 1);
    assert_true(find_transmitpackets(pair.client)(pair.client, elements, 5, 0, NULL, 0));
    expect_bytes(pair.server, "one78two456789123", 17);
    assert_true(CloseHandle(file));
    close_pair(&pair);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_file_goes_between_head_and_tail, EXT_008),
    CASE(an_overlapped_says_from_where_on, EXT_008),
    CASE(without_one_it_goes_from_the_files_position, EXT_023),
    CASE(of_a_short_file_no_more_is_sent_than_it_has, EXT_023),
    CASE(what_is_no_file_is_refused, EXT_025),
    CASE(a_large_file_tells_its_port_when_all_is_sent, EXT_026),
    CASE(a_socket_is_used_again_behind_its_last_file, EXT_024),
    CASE(transmitpackets_sends_pieces_of_files, EXT_027),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_transmit_suite = {
    .name = "stream_transmit",
    .about = "Extension functions: TransmitFile and TransmitPackets with files",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
