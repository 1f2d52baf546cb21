/* AFD_RECEIVE: bytes of a socket, past Winsock. */
#include "conformance/suites/afd.h"

#define AFD_RECEIVE_CODE 0x00012017

enum { NORMAL = 0x20, EXPEDITED = 0x40, PEEKED = 0x80, PENDS_ANYWAY = 2, UNUSED = 0x5A };

#define NT_BUFFER_OVERFLOW ((LONG)0x80000005)
#define NT_DEVICE_NOT_READY ((LONG)0xC00000A3)
#define NT_PIPE_DISCONNECTED ((LONG)0xC00000B0)
#define NT_INVALID_CONNECTION ((LONG)0xC0000140)

/* One receive, into two pieces with a byte between them. */
struct receive_call {
    struct {
        WSABUF *buffers;
        ULONG count, afd_flags, tdi_flags;
    } info;
    WSABUF pieces[2];
    char bytes[8];
    struct status_block block;
    HANDLE event;
};

static void receive_prepare(struct receive_call *receive)
{
    memset(receive, 0, sizeof(*receive));
    memset(receive->bytes, UNUSED, sizeof(receive->bytes));
    receive->event = CreateEventA(NULL, TRUE, FALSE, NULL);
    assert_non_null(receive->event);
    receive->info.buffers = receive->pieces;
    receive->info.count = 2;
    receive->info.tdi_flags = NORMAL;
    receive->pieces[0].buf = receive->bytes;
    receive->pieces[0].len = 2;
    receive->pieces[1].buf = receive->bytes + 3;
    receive->pieces[1].len = 4;
}

static LONG receive_sized(struct receive_call *receive, SOCKET s, const void *in, ULONG size)
{
    void *input;
    memcpy(&input, &in, sizeof(input));
    receive->block.u.status = NT_UNTOUCHED;
    receive->block.information = 0x4711;
    return find_ntdll()->NtDeviceIoControlFile((HANDLE)s, receive->event, NULL, NULL,
                                               &receive->block, AFD_RECEIVE_CODE, input, size, NULL,
                                               0);
}

static LONG receive_start(struct receive_call *receive, SOCKET s)
{
    return receive_sized(receive, s, &receive->info, sizeof(receive->info));
}

static LONG receive_end(struct receive_call *receive)
{
    assert_int_equal(WaitForSingleObject(receive->event, STREAM_PATIENCE_MS), WAIT_OBJECT_0);
    return receive->block.u.status;
}

static void receive_close(struct receive_call *receive)
{
    assert_true(CloseHandle(receive->event));
}

static void expect_got(const struct receive_call *receive, const char *bytes, ULONG size)
{
    assert_int_equal(receive->block.information, size);
    assert_memory_equal(receive->bytes, bytes, size + 1);
}

static void bytes_come_into_all_the_pieces(void)
{
    struct receive_call receive;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    receive_prepare(&receive);
    assert_int_equal(receive_start(&receive, pair.server), NT_PENDING);
    assert_int_equal(receive.block.u.status, NT_UNTOUCHED);
    memset(&receive.info, UNUSED, sizeof(receive.info));
    memset(receive.pieces, UNUSED, sizeof(receive.pieces));
    send_bytes(pair.client, "data", 4);
    assert_int_equal(receive_end(&receive), NT_SUCCESS_);
    expect_got(&receive, "daZta", 4);
    receive_close(&receive);
    close_pair(&pair);
    END_WINSOCK();
}

static void what_is_there_comes_at_once(void)
{
    struct receive_call receive;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "data", 4);
    assert_becomes(pair.server, SET_READ);
    receive_prepare(&receive);
    receive.info.tdi_flags = NORMAL | PEEKED;
    assert_int_equal(receive_start(&receive, pair.server), NT_SUCCESS_);
    expect_got(&receive, "daZta", 4);
    receive.info.tdi_flags = NORMAL;
    memset(receive.bytes, UNUSED, sizeof(receive.bytes));
    assert_int_equal(receive_start(&receive, pair.server), NT_SUCCESS_);
    assert_int_equal(receive.block.u.status, NT_SUCCESS_);
    expect_got(&receive, "daZta", 4);
    receive_close(&receive);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_socket_that_does_not_block_is_not_ready(void)
{
    struct receive_call receive;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    set_blocking(pair.server, false);
    receive_prepare(&receive);
    assert_int_equal(receive_start(&receive, pair.server), NT_DEVICE_NOT_READY);
    receive.info.afd_flags = PENDS_ANYWAY;
    assert_int_equal(receive_start(&receive, pair.server), NT_PENDING);
    send_bytes(pair.client, "data", 4);
    assert_int_equal(receive_end(&receive), NT_SUCCESS_);
    expect_got(&receive, "daZta", 4);
    receive_close(&receive);
    close_pair(&pair);
    END_WINSOCK();
}

static void what_it_asks_must_make_sense(void)
{
    struct receive_call receive;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const ULONG size = sizeof(receive.info);
    receive_prepare(&receive);
    assert_int_equal(receive_sized(&receive, pair.server, NULL, 0), NT_INVALID_PARAMETER);
    assert_int_equal(receive_sized(&receive, pair.server, &receive.info, size - 1),
                     NT_INVALID_PARAMETER);
    receive.info.tdi_flags = 0;
    assert_int_equal(receive_start(&receive, pair.server), NT_INVALID_PARAMETER);
    receive.info.tdi_flags = NORMAL | EXPEDITED;
    assert_int_equal(receive_start(&receive, pair.server), NT_INVALID_PARAMETER);
    receive_close(&receive);
    close_pair(&pair);
    END_WINSOCK();
}

static void a_listener_has_no_bytes(void)
{
    USHORT port;
    struct receive_call receive;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    receive_prepare(&receive);
    assert_int_equal(receive_sized(&receive, listener, NULL, 0), NT_INVALID_CONNECTION);
    receive_close(&receive);
    close_socket(listener);
    END_WINSOCK();
}

static void a_datagram_is_cut(void)
{
    struct receive_call receive;
    START_WINSOCK();
    const SOCKET from = datagram_socket(), to = datagram_socket();
    receive_prepare(&receive);
    assert_int_equal(receive_start(&receive, to), NT_PENDING);
    say(from, "moredata", bound_port(to));
    assert_int_equal(receive_end(&receive), NT_BUFFER_OVERFLOW);
    expect_got(&receive, "moZreda", 6);
    say(from, "moredata", bound_port(to));
    assert_becomes(to, SET_READ);
    assert_int_equal(receive_start(&receive, to), NT_BUFFER_OVERFLOW);
    assert_int_equal(receive.block.u.status, NT_BUFFER_OVERFLOW);
    expect_got(&receive, "moZreda", 6);
    receive_close(&receive);
    close_socket(from);
    close_socket(to);
    END_WINSOCK();
}

static void the_end_of_a_stream_is_no_bytes(void)
{
    struct receive_call receive;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    receive_prepare(&receive);
    assert_int_equal(receive_start(&receive, pair.server), NT_PENDING);
    assert_int_equal(shutdown(pair.client, SD_SEND), 0);
    assert_int_equal(receive_end(&receive), NT_SUCCESS_);
    assert_int_equal(receive.block.information, 0);
    receive_close(&receive);
    close_pair(&pair);
    END_WINSOCK();
}

static void what_was_shut_down_is_disconnected(void)
{
    struct receive_call receive;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    receive_prepare(&receive);
    assert_int_equal(shutdown(pair.server, SD_RECEIVE), 0);
    const LONG status = receive_start(&receive, pair.server);
    CancelIo((HANDLE)pair.server); /* what pends where it should not */
    assert_int_equal(status, NT_PIPE_DISCONNECTED);
    receive_close(&receive);
    close_pair(&pair);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(bytes_come_into_all_the_pieces, AFD_034),
    CASE(what_is_there_comes_at_once, AFD_035),
    CASE(a_socket_that_does_not_block_is_not_ready, AFD_036),
    CASE(what_it_asks_must_make_sense, AFD_037),
    CASE(a_listener_has_no_bytes, AFD_038),
    CASE(a_datagram_is_cut, AFD_039),
    CASE(the_end_of_a_stream_is_no_bytes, AFD_040),
    CASE(what_was_shut_down_is_disconnected, AFD_041),
    END_OF_CASES,
};
// clang-format on

const struct suite afd_receive_suite = {
    .name = "afd_receive",
    .about = "\\Device\\Afd: receiving past Winsock",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
