/* Completion ports: notification modes, duplicates, and requests that are connections. */
#include "conformance/suites/pending.h"

enum { KEY = 0x1234, OTHER_KEY = 0x5678 };

static void set_modes(SOCKET s, UCHAR modes)
{
    assert_true(SetFileCompletionNotificationModes((HANDLE)s, modes));
}

static void success_at_once_leaves_no_packet_when_so_asked(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    set_modes(pair.a, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS);
    pending_init(&pending, false);
    begin_send(&pending, pair.a, "hello");
    assert_int_equal(pending.begun, 0);
    assert_int_equal(pending.count, 5);
    assert_port_empty(port);
    assert_int_equal(result_of(&pending, pair.a), 0);
    assert_int_equal(pending.size, 5);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void what_pended_leaves_a_packet_all_the_same(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    set_modes(pair.a, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS);
    receive_pends(&pending, pair.a, false);
    send_text(pair.b, "late");
    assert_packet(port, &pending, KEY, 0, 4);
    receive_pends(&pending, pair.a, false);
    assert_true(CancelIo((HANDLE)pair.a));
    assert_packet(port, &pending, KEY, ERROR_OPERATION_ABORTED, 0);
    assert_port_empty(port);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void a_mode_is_never_taken_back(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    set_modes(pair.a, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS);
    assert_true(SetFileCompletionNotificationModes((HANDLE)pair.a, 0));
    pending_init(&pending, false);
    begin_send(&pending, pair.a, "x");
    assert_int_equal(pending.begun, 0);
    assert_port_empty(port);
    assert_false(SetFileCompletionNotificationModes((HANDLE)pair.a, 0x80));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void the_socket_is_not_signaled_when_so_asked(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    set_modes(pair.a, FILE_SKIP_SET_EVENT_ON_HANDLE);
    receive_pends(&pending, pair.a, false);
    send_text(pair.b, "x");
    assert_packet(port, &pending, KEY, 0, 1);
    assert_int_equal(WaitForSingleObject((HANDLE)pair.a, 0), WAIT_TIMEOUT);
    /* An event of the request's own is set. */
    receive_pends(&pending, pair.a, true);
    send_text(pair.b, "y");
    assert_int_equal(outcome_of(&pending, pair.a), 0);
    assert_packet(port, &pending, KEY, 0, 1);
    pending_end(&pending);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

/* ---- Whose port it is ------------------------------------------------------------------------ */

static void the_port_belongs_to_the_socket_not_the_handle(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    const SOCKET copy = duplicate_of(pair.a);
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    receive_pends(&pending, copy, false);
    send_text(pair.b, "x");
    assert_packet(port, &pending, KEY, 0, 1);
    assert_null(CreateIoCompletionPort((HANDLE)copy, port, OTHER_KEY, 0));
    close_socket(copy);
    close_pair(&pair);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void a_request_that_pends_takes_the_port_that_comes_later(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET listener = loopback_listener();
    const SOCKET acceptor = open_socket(AF_INET, SOCK_STREAM);
    const HANDLE port = new_port(0);
    pending_init(&pending, false);
    accept_pends(&pending, listener, acceptor, 0);
    associate_port(port, listener, KEY);
    close_socket(listener);
    assert_packet(port, &pending, KEY, ERROR_OPERATION_ABORTED, 0);
    assert_int_equal((DWORD)pending.overlapped.Internal, 0xC0000120u);
    assert_port_empty(port);
    close_socket(acceptor);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void closing_an_idle_socket_leaves_nothing(void)
{
    START_WINSOCK();
    const struct pair pair = tcp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    close_pair(&pair);
    assert_port_empty(port);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void a_packet_outlives_its_socket(void)
{
    struct pending pending;
    START_WINSOCK();
    const struct pair pair = udp_pair();
    const HANDLE port = new_port(0);
    associate_port(port, pair.a, KEY);
    receive_pends(&pending, pair.a, false);
    send_text(pair.b, "abc");
    Sleep(A_MOMENT_MS);
    close_pair(&pair);
    assert_packet(port, &pending, KEY, 0, 3);
    assert_port_empty(port);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

/* ---- Connections ----------------------------------------------------------------------------- */

static void an_accept_has_the_listeners_key(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET listener = loopback_listener();
    const SOCKET acceptor = open_socket(AF_INET, SOCK_STREAM);
    const HANDLE port = new_port(0);
    associate_port(port, listener, KEY);
    associate_port(port, acceptor, OTHER_KEY);
    pending_init(&pending, false);
    accept_pends(&pending, listener, acceptor, 0);
    const SOCKET s = connected_to(listener);
    assert_packet(port, &pending, KEY, 0, 0);
    assert_port_empty(port);
    close_socket(s);
    close_socket(acceptor);
    close_socket(listener);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void begin_connect(struct pending *pending, SOCKET s, const struct sockaddr_in *name)
{
    const LPFN_CONNECTEX connect_ex = connectex_of(s);
    assert_false(connect_ex(s, (const struct sockaddr *)name, sizeof(*name), NULL, 0,
                            &pending->count, &pending->overlapped));
    assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
}

static void connectex_leaves_a_packet_whatever_the_mode(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET listener = loopback_listener();
    const struct sockaddr_in name = name_of_socket(listener);
    for (UCHAR mode = 0; mode < 2; mode++) {
        const SOCKET s = bound_tcp();
        const HANDLE port = new_port(0);
        associate_port(port, s, KEY);
        set_modes(s, mode);
        pending_init(&pending, true);
        begin_connect(&pending, s, &name);
        assert_packet(port, &pending, KEY, 0, 0);
        assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, 0), WAIT_OBJECT_0);
        assert_port_empty(port);
        pending_end(&pending);
        close_socket(s);
        assert_true(CloseHandle(port));
    }
    close_socket(listener);
    END_WINSOCK();
}

static void a_refused_connectex_leaves_a_failed_packet(void)
{
    struct pending pending;
    START_WINSOCK();
    const SOCKET silent = bound_tcp();
    const struct sockaddr_in name = name_of_socket(silent);
    const SOCKET s = bound_tcp();
    const HANDLE port = new_port(0);
    associate_port(port, s, KEY);
    set_modes(s, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS);
    pending_init(&pending, false);
    begin_connect(&pending, s, &name);
    assert_packet(port, &pending, KEY, ERROR_CONNECTION_REFUSED, 0);
    assert_port_empty(port);
    close_socket(s);
    close_socket(silent);
    assert_true(CloseHandle(port));
    END_WINSOCK();
}

static void disconnectex_leaves_a_packet_with_an_overlapped_only(void)
{
    struct pending pending;
    START_WINSOCK();
    for (int with = 0; with < 2; with++) {
        const struct pair pair = tcp_pair();
        const HANDLE port = new_port(0);
        const LPFN_DISCONNECTEX disconnect = disconnectex_of(pair.a);
        associate_port(port, pair.a, KEY);
        pending_init(&pending, false);
        if (with) {
            assert_false(disconnect(pair.a, &pending.overlapped, 0, 0));
            assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
            assert_packet(port, &pending, KEY, 0, 0);
        } else {
            assert_true(disconnect(pair.a, NULL, 0, 0));
        }
        assert_port_empty(port);
        close_pair(&pair);
        assert_true(CloseHandle(port));
    }
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(success_at_once_leaves_no_packet_when_so_asked, IOCP_028, OVL_035),
    CASE(what_pended_leaves_a_packet_all_the_same, IOCP_029, OVL_035),
    CASE(a_mode_is_never_taken_back, IOCP_030),
    CASE(the_socket_is_not_signaled_when_so_asked, IOCP_031),
    CASE(the_port_belongs_to_the_socket_not_the_handle, IOCP_032),
    CASE(a_request_that_pends_takes_the_port_that_comes_later, IOCP_033),
    CASE(closing_an_idle_socket_leaves_nothing, IOCP_034),
    CASE(a_packet_outlives_its_socket, IOCP_035),
    CASE(an_accept_has_the_listeners_key, IOCP_036),
    CASE(connectex_leaves_a_packet_whatever_the_mode, IOCP_037),
    CASE(a_refused_connectex_leaves_a_failed_packet, IOCP_038),
    CASE(disconnectex_leaves_a_packet_with_an_overlapped_only, IOCP_039),
    END_OF_CASES,
};

const struct suite port_modes_suite = {
    .name = "port_modes",
    .about = "completion ports: notification modes, duplicates, connections",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
