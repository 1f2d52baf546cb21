/* DisconnectEx, and sockets that are used again. */
#include "conformance/suites/stream.h"

#include "conformance/suites/extension.h"

static unsigned disconnect(SOCKET s, WSAOVERLAPPED *overlapped, DWORD flags)
{
    const LPFN_DISCONNECTEX disconnectex = find_disconnectex(s);
    WSASetLastError(0);
    return disconnectex(s, overlapped, flags, 0) ? 0u : (unsigned)WSAGetLastError();
}

static void disconnectex_wants_a_connection(void)
{
    WSAOVERLAPPED overlapped;
    START_WINSOCK();
    const SOCKET fresh = tcp_socket();
    const LPFN_DISCONNECTEX disconnectex = find_disconnectex(fresh);
    overlapped_begin(&overlapped);
    assert_int_equal(disconnect(fresh, NULL, 0), WSAENOTCONN);
    assert_int_equal(disconnect(fresh, &overlapped, 0), WSAENOTCONN);
    WSASetLastError(0);
    assert_false(disconnectex(INVALID_SOCKET, &overlapped, 0, 0));
    assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
    WSASetLastError(0);
    assert_false(disconnectex(INVALID_SOCKET, NULL, 0, 0));
    assert_int_equal(WSAGetLastError(), WSAENOTSOCK);
    overlapped_close(&overlapped);
    close_socket(fresh);
    END_WINSOCK();
}

static void without_an_overlapped_disconnectex_is_sd_send(void)
{
    char byte = 'x';
    START_WINSOCK();
    const struct pair pair = connected_pair();
    send_bytes(pair.client, "end", 3);
    assert_int_equal(disconnect(pair.client, NULL, 0), 0);
    assert_int_equal(disconnect(pair.client, NULL, 0), 0);
    assert_fails_with(send(pair.client, &byte, 1, 0), WSAESHUTDOWN);
    expect_bytes(pair.server, "end", 3);
    expect_end(pair.server);
    send_bytes(pair.server, "reply", 5);
    expect_bytes(pair.client, "reply", 5);
    assert_int_equal(connect_loopback(pair.client, pair.port), WSAEISCONN);
    close_pair(&pair);
    END_WINSOCK();
}

static void an_overlapped_disconnectex_pends_and_ends_with_no_bytes(void)
{
    WSAOVERLAPPED overlapped;
    DWORD bytes;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    overlapped_begin(&overlapped);
    assert_int_equal(disconnect(pair.client, &overlapped, 0), WSA_IO_PENDING);
    assert_int_equal(overlapped_end(pair.client, &overlapped, &bytes), 0);
    assert_int_equal(bytes, 0);
    assert_int_equal(overlapped.Internal, 0);
    assert_int_equal(overlapped.InternalHigh, 0);
    expect_end(pair.server);
    send_bytes(pair.server, "reply", 5);
    expect_bytes(pair.client, "reply", 5);
    overlapped_close(&overlapped);
    close_pair(&pair);
    END_WINSOCK();
}

static void disconnectex_knows_one_flag(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(disconnect(pair.client, NULL, 0xFF00), WSAEINVAL);
    send_bytes(pair.client, "open", 4);
    expect_bytes(pair.server, "open", 4);
    close_pair(&pair);
    END_WINSOCK();
}

static void the_peer_reads_what_was_sent_before_disconnectex(void)
{
    char bytes[256];
    WSAOVERLAPPED overlapped;
    DWORD count;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    memset(bytes, 'z', sizeof(bytes));
    overlapped_begin(&overlapped);
    for (int i = 0; i < 40; i++)
        send_bytes(pair.client, bytes, sizeof(bytes));
    assert_one_of(disconnect(pair.client, &overlapped, 0), 0, WSA_IO_PENDING);
    for (int i = 0; i < 40; i++)
        expect_bytes(pair.server, bytes, sizeof(bytes));
    expect_end(pair.server);
    assert_int_equal(overlapped_end(pair.client, &overlapped, &count), 0);
    overlapped_close(&overlapped);
    close_pair(&pair);
    END_WINSOCK();
}

/* Both ends have closed, `client` with TF_REUSE_SOCKET. */
static void disconnect_for_reuse(const struct pair *pair)
{
    WSAOVERLAPPED overlapped;
    DWORD bytes;
    overlapped_begin(&overlapped);
    assert_int_equal(shutdown(pair->server, SD_SEND), 0);
    expect_end(pair->client);
    const unsigned begun = disconnect(pair->client, &overlapped, TF_REUSE_SOCKET);
    if (begun != 0 && begun != WSA_IO_PENDING)
        UNSUPPORTED_BECAUSE("DisconnectEx does not know TF_REUSE_SOCKET");
    expect_end(pair->server);
    close_socket(pair->server);
    assert_int_equal(overlapped_end(pair->client, &overlapped, &bytes), 0);
    overlapped_close(&overlapped);
}

static void a_reused_socket_connects_by_connectex(void)
{
    WSAOVERLAPPED overlapped;
    DWORD bytes;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const struct sockaddr_in peer = ipv4_address(INADDR_LOOPBACK, pair.port);
    disconnect_for_reuse(&pair);
    const unsigned bound = bind_loopback(pair.client, 0);
    assert_one_of(bound, 0, WSAEINVAL);
    overlapped_begin(&overlapped);
    /* The names of the old connection may be in TIME_WAIT still, when the socket keeps its port. */
    USHORT port;
    const SOCKET second = listen_on_loopback(&port);
    struct sockaddr_in elsewhere = peer;
    elsewhere.sin_port = htons(port);
    assert_false(find_connectex(pair.client)(pair.client, address_at(&elsewhere), sizeof(elsewhere),
                                             NULL, 0, NULL, &overlapped));
    assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
    assert_int_equal(overlapped_end(pair.client, &overlapped, &bytes), 0);
    const SOCKET server = accept_one(second);
    send_bytes(pair.client, "again", 5);
    expect_bytes(server, "again", 5);
    send_bytes(server, "and back", 8);
    expect_bytes(pair.client, "and back", 8);
    overlapped_close(&overlapped);
    close_socket(server);
    close_socket(second);
    close_socket(pair.client);
    close_socket(pair.listener);
    END_WINSOCK();
}

static void a_reused_socket_accepts_by_acceptex(void)
{
    enum { NAME = sizeof(struct sockaddr_in) + 16 };
    WSAOVERLAPPED overlapped;
    char output[2 * NAME];
    DWORD bytes;
    USHORT port;
    START_WINSOCK();
    const SOCKET listener = listen_on_loopback(&port);
    const SOCKET acceptor = tcp_socket();
    for (int turn = 0; turn < 2; turn++) {
        overlapped_begin(&overlapped);
        assert_false(find_acceptex(listener)(listener, acceptor, output, 0, NAME, NAME, &bytes,
                                             &overlapped));
        assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
        const SOCKET client = tcp_socket();
        assert_int_equal(connect_loopback(client, port), 0);
        assert_int_equal(overlapped_end(listener, &overlapped, &bytes), 0);
        overlapped_close(&overlapped);
        assert_int_equal(setsockopt(acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                                    (const char *)&listener, sizeof(listener)),
                         0);
        send_bytes(client, "turn", 4);
        expect_bytes(acceptor, "turn", 4);
        const struct pair pair = {listener, acceptor, client, port};
        disconnect_for_reuse(&pair);
    }
    close_socket(acceptor);
    close_socket(listener);
    END_WINSOCK();
}

/* ---- With a completion port ------------------------------------------------------------------ */

static void of_all_that_disconnects_only_an_overlapped_one_posts(void)
{
    WSAOVERLAPPED overlapped;
    OVERLAPPED *told = NULL;
    ULONG_PTR key = 0;
    DWORD bytes = 0xdead;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const HANDLE port = CreateIoCompletionPort((HANDLE)pair.client, NULL, 77, 0);
    assert_non_null(port);
    assert_true(CreateIoCompletionPort((HANDLE)pair.server, port, 78, 0) == port);
    assert_int_equal(shutdown(pair.server, SD_RECEIVE), 0);
    assert_int_equal(WSARecvDisconnect(pair.server, NULL), 0);
    assert_int_equal(WSASendDisconnect(pair.server, NULL), 0);
    assert_int_equal(disconnect(pair.server, NULL, 0), 0);
    assert_false(GetQueuedCompletionStatus(port, &bytes, &key, &told, 0));
    assert_int_equal(GetLastError(), WAIT_TIMEOUT);
    overlapped_begin(&overlapped);
    assert_int_equal(disconnect(pair.client, &overlapped, 0), WSA_IO_PENDING);
    assert_true(GetQueuedCompletionStatus(port, &bytes, &key, &told, STREAM_PATIENCE_MS));
    assert_int_equal(bytes, 0);
    assert_int_equal(key, 77);
    assert_ptr_equal(told, &overlapped);
    overlapped_close(&overlapped);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void disconnectex_pends_and_posts_though_successes_are_skipped(void)
{
    WSAOVERLAPPED overlapped;
    OVERLAPPED *told = NULL;
    ULONG_PTR key = 0;
    DWORD bytes = 0xdead;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const HANDLE port = CreateIoCompletionPort((HANDLE)pair.client, NULL, 77, 0);
    assert_non_null(port);
    assert_true(SetFileCompletionNotificationModes((HANDLE)pair.client,
                                                   FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    overlapped_begin(&overlapped);
    assert_int_equal(disconnect(pair.client, &overlapped, 0), WSA_IO_PENDING);
    assert_true(GetQueuedCompletionStatus(port, &bytes, &key, &told, 1000));
    assert_int_equal(bytes, 0);
    assert_ptr_equal(told, &overlapped);
    overlapped_close(&overlapped);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(disconnectex_wants_a_connection, SHUT_033),
    CASE(without_an_overlapped_disconnectex_is_sd_send, SHUT_034),
    CASE(an_overlapped_disconnectex_pends_and_ends_with_no_bytes, SHUT_035),
    CASE(disconnectex_knows_one_flag, SHUT_036),
    CASE(the_peer_reads_what_was_sent_before_disconnectex, SHUT_037),
    CASE(a_reused_socket_connects_by_connectex, SHUT_038),
    CASE(a_reused_socket_accepts_by_acceptex, SHUT_039),
    CASE(of_all_that_disconnects_only_an_overlapped_one_posts, SHUT_040),
    CASE(disconnectex_pends_and_posts_though_successes_are_skipped, SHUT_041),
    END_OF_CASES,
};
// clang-format on

const struct suite stream_disconnect_suite = {
    .name = "stream_disconnect",
    .about = "DisconnectEx, and sockets that are used again",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
