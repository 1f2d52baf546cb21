/* The control codes of sockets, past Winsock: names, listening, network events. */
#include "conformance/suites/afd.h"

#define BIND_CODE 0x00012003
#define CONNECT_CODE 0x00012007
#define LISTEN_CODE 0x0001200B
#define WAIT_FOR_LISTEN_CODE 0x0001200C
#define ACCEPT_CODE 0x00012010
#define SEND_CODE 0x0001201F
#define DISCONNECT_CODE 0x0001202B
#define ADDRESS_CODE 0x0001202F
#define READABLE_CODE 0x00012033
#define SET_CODE 0x0001203B
#define PEER_CODE 0x0001203F
#define GET_CODE 0x0001207B
#define SELECT_CODE 0x00012087
#define EVENTS_CODE 0x0001208B

#define NT_SHARING_VIOLATION ((LONG)0xC0000043)
#define NT_BUFFER_TOO_SMALL ((LONG)0xC0000023)
#define NT_INVALID_ADDRESS ((LONG)0xC0000141)
#define NT_INVALID_ADDRESS_COMPONENT ((LONG)0xC0000207)
#define NT_ALREADY_ASSOCIATED ((LONG)0xC0000238)

enum { SET_NON_BLOCKING = 2, GET_RECEIVE_WINDOW = 6, GET_CONNECT_TIME = 8, NOT_BYTE = 0x5A };

/* One call; the event is signaled when it is over. */
struct control {
    struct status_block block;
    HANDLE event;
    LONG answer;
};

static LONG control_socket(struct control *control, SOCKET s, ULONG code, void *in, ULONG in_size,
                           void *out, ULONG out_size)
{
    memset(control, 0, sizeof(*control));
    control->event = CreateEventA(NULL, TRUE, FALSE, NULL);
    assert_non_null(control->event);
    control->block.u.status = NT_UNTOUCHED;
    control->answer = find_ntdll()->NtDeviceIoControlFile(
        (HANDLE)s, control->event, NULL, NULL, &control->block, code, in, in_size, out, out_size);
    return control->answer;
}

/* What it came to, whether it pended or not. Once. */
static LONG control_end(struct control *control)
{
    LONG status = control->answer;
    if (status == NT_PENDING) {
        assert_int_equal(WaitForSingleObject(control->event, STREAM_PATIENCE_MS), WAIT_OBJECT_0);
        status = control->block.u.status;
    }
    assert_true(CloseHandle(control->event));
    return status;
}

static LONG control_whole(SOCKET s, ULONG code, void *in, ULONG in_size, void *out, ULONG out_size)
{
    struct control control;
    control_socket(&control, s, code, in, in_size, out, out_size);
    return control_end(&control);
}

/* ---- Names ------------------------------------------------------------------------------------*/

struct bind_info {
    ULONG share;
    struct sockaddr_in address;
};

static struct bind_info bind_info(ULONG address, USHORT port)
{
    struct bind_info info;
    memset(&info, 0, sizeof(info));
    info.address = ipv4_address(address, port);
    return info;
}

static LONG bind_to(SOCKET s, ULONG address, USHORT port, struct sockaddr_in *name)
{
    struct bind_info info = bind_info(address, port);
    return control_whole(s, BIND_CODE, &info, sizeof(info), name, sizeof(*name));
}

static void a_bind_says_what_became_of_it(void)
{
    struct control control;
    struct sockaddr_in name, again;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    struct bind_info info = bind_info(INADDR_LOOPBACK, 0);
    control_socket(&control, s, BIND_CODE, &info, sizeof(info), &name, sizeof(name));
    assert_int_equal(control_end(&control), NT_SUCCESS_);
    assert_int_equal(control.block.information, sizeof(name));
    assert_int_equal(name.sin_family, AF_INET);
    assert_true(name.sin_port != 0);
    assert_int_equal(control_whole(s, ADDRESS_CODE, NULL, 0, &again, sizeof(again)), NT_SUCCESS_);
    assert_memory_equal(&again, &name, sizeof(name));
    assert_int_equal(bind_to(s, INADDR_LOOPBACK, 0, &name), NT_ALREADY_ASSOCIATED);
    close_socket(s);
    END_WINSOCK();
}

static void a_bind_pends_first(void)
{
    struct control control;
    struct sockaddr_in name;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    struct bind_info info = bind_info(0x08080808, 0);
    assert_int_equal(
        control_socket(&control, s, BIND_CODE, &info, sizeof(info), &name, sizeof(name)),
        NT_PENDING);
    assert_int_equal(control_end(&control), NT_INVALID_ADDRESS_COMPONENT);
    info = bind_info(INADDR_LOOPBACK, 0);
    assert_int_equal(
        control_socket(&control, s, BIND_CODE, &info, sizeof(info), &name, sizeof(name)),
        NT_PENDING);
    assert_int_equal(control_end(&control), NT_SUCCESS_);
    close_socket(s);
    END_WINSOCK();
}

static void a_bind_that_cannot_be_is_refused(void)
{
    struct sockaddr_in name;
    struct bind_info info = bind_info(INADDR_LOOPBACK, 0);
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    const SOCKET other = open_socket(AF_INET, SOCK_STREAM);
    info.address.sin_family = 0x5EAD;
    assert_int_equal(control_whole(s, BIND_CODE, &info, sizeof(info), &name, sizeof(name)),
                     NT_INVALID_ADDRESS);
    info = bind_info(INADDR_LOOPBACK, 0);
    assert_int_equal(control_whole(s, BIND_CODE, &info, sizeof(info) - 1, &name, sizeof(name)),
                     NT_INVALID_ADDRESS);
    assert_int_equal(control_whole(s, BIND_CODE, &info, sizeof(info), &name, sizeof(name) - 1),
                     NT_INVALID_PARAMETER);
    assert_int_equal(control_whole(s, ADDRESS_CODE, NULL, 0, &name, 1), NT_INVALID_PARAMETER);
    assert_int_equal(bind_to(s, INADDR_LOOPBACK, 0, &name), NT_SUCCESS_);
    assert_int_equal(bind_to(other, INADDR_LOOPBACK, ntohs(name.sin_port), &name),
                     NT_SHARING_VIOLATION);
    assert_int_equal(control_whole(s, ADDRESS_CODE, NULL, 0, &name, sizeof(name) - 1),
                     NT_BUFFER_TOO_SMALL);
    close_socket(other);
    close_socket(s);
    END_WINSOCK();
}

static void the_peer_has_a_name_too(void)
{
    struct sockaddr_in name;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(control_whole(pair.client, PEER_CODE, NULL, 0, &name, sizeof(name)),
                     NT_SUCCESS_);
    assert_int_equal(ntohs(name.sin_port), pair.port);
    assert_true(control_whole(pair.listener, PEER_CODE, NULL, 0, &name, sizeof(name)) < 0);
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- Connections ------------------------------------------------------------------------------*/

static LONG listen_at(SOCKET s)
{
    ULONG info[3] = {0, 2, 0};
    return control_whole(s, LISTEN_CODE, info, sizeof(info), NULL, 0);
}

static void a_bound_socket_listens(void)
{
    struct sockaddr_in name;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    const SOCKET client = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(listen_at(s), NT_INVALID_PARAMETER);
    assert_int_equal(bind_to(s, INADDR_LOOPBACK, 0, &name), NT_SUCCESS_);
    assert_int_equal(listen_at(s), NT_SUCCESS_);
    assert_int_equal(connect_loopback(client, ntohs(name.sin_port)), 0);
    close_socket(client);
    close_socket(s);
    END_WINSOCK();
}

struct connect_info {
    ULONG_PTR san, root, endpoint;
    struct sockaddr_in address;
};

struct incoming {
    ULONG sequence;
    struct sockaddr_in from;
};

struct accepting {
    ULONG san, sequence;
    HANDLE socket;
};

static void accept_from(SOCKET listener, SOCKET into)
{
    struct incoming incoming;
    struct accepting accepting;
    assert_int_equal(
        control_whole(listener, WAIT_FOR_LISTEN_CODE, NULL, 0, &incoming, sizeof(incoming)),
        NT_SUCCESS_);
    assert_int_equal(incoming.from.sin_family, AF_INET);
    accepting.san = 0;
    accepting.sequence = incoming.sequence;
    accepting.socket = (HANDLE)into;
    assert_int_equal(control_whole(listener, ACCEPT_CODE, &accepting, sizeof(accepting), NULL, 0),
                     NT_SUCCESS_);
}

static LONG send_text(SOCKET s, const char *text)
{
    WSABUF piece = {(ULONG)strlen(text), (char *)(ULONG_PTR)text};
    struct {
        WSABUF *pieces;
        ULONG count, afd_flags, tdi_flags;
    } info = {&piece, 1, 0, 0};
    return control_whole(s, SEND_CODE, &info, sizeof(info), NULL, 0);
}

static void a_connection_is_made_and_spoken_on(void)
{
    struct connect_info to;
    struct sockaddr_in name;
    char bytes[8] = {0};
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    const SOCKET client = open_socket(AF_INET, SOCK_STREAM);
    const SOCKET server = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(bind_to(s, INADDR_LOOPBACK, 0, &name), NT_SUCCESS_);
    assert_int_equal(listen_at(s), NT_SUCCESS_);
    memset(&to, 0, sizeof(to));
    to.address = name;
    assert_int_equal(control_whole(client, CONNECT_CODE, &to, sizeof(to), NULL, 0),
                     NT_INVALID_PARAMETER);
    assert_int_equal(bind_to(client, INADDR_ANY, 0, &name), NT_SUCCESS_);
    assert_int_equal(control_whole(client, CONNECT_CODE, &to, sizeof(to), NULL, 0), NT_SUCCESS_);
    accept_from(s, server);
    assert_int_equal(send_text(client, "data"), NT_SUCCESS_);
    assert_int_equal(recv(server, bytes, sizeof(bytes), 0), 4);
    assert_memory_equal(bytes, "data", 4);
    close_socket(server);
    close_socket(client);
    close_socket(s);
    END_WINSOCK();
}

static void an_end_is_told_to_the_peer(void)
{
    ULONG readable[2];
    ULONG setting[4] = {SET_NON_BLOCKING, 0, 1, 0};
    char byte;
    struct {
        ULONG mode;
        LARGE_INTEGER timeout;
    } info;
    START_WINSOCK();
    const struct pair pair = connected_pair();
    assert_int_equal(send_text(pair.client, "data"), NT_SUCCESS_);
    assert_becomes(pair.server, SET_READ);
    assert_int_equal(control_whole(pair.server, READABLE_CODE, NULL, 0, readable, sizeof(readable)),
                     NT_SUCCESS_);
    assert_int_equal(readable[0], 4);
    memset(&info, 0, sizeof(info));
    info.mode = 1;
    assert_int_equal(control_whole(pair.server, DISCONNECT_CODE, &info, sizeof(info), NULL, 0),
                     NT_SUCCESS_);
    assert_int_equal(recv(pair.client, &byte, 1, 0), 0);
    assert_int_equal(control_whole(pair.server, SET_CODE, setting, sizeof(setting), NULL, 0),
                     NT_SUCCESS_);
    assert_int_equal(recv(pair.server, &byte, 1, 0), 1);
    setting[0] = GET_CONNECT_TIME;
    assert_int_equal(
        control_whole(pair.server, GET_CODE, setting, sizeof(setting), setting, sizeof(setting)),
        NT_SUCCESS_);
    assert_in_range(setting[2], 0, STREAM_PATIENCE_MS);
    close_pair(&pair);
    END_WINSOCK();
}

/* ---- Network events ---------------------------------------------------------------------------*/

struct selecting {
    HANDLE event;
    ULONG events;
};

struct taken {
    ULONG events;
    LONG statuses[13];
};

static LONG select_events(SOCKET s, HANDLE event, ULONG events)
{
    struct selecting selecting;
    memset(&selecting, 0, sizeof(selecting));
    selecting.event = event;
    selecting.events = events;
    return control_whole(s, SELECT_CODE, &selecting, sizeof(selecting), NULL, 0);
}

/* `event` is reset, or NULL. */
static struct taken take_events(SOCKET s, HANDLE event)
{
    struct taken taken;
    memset(&taken, NOT_BYTE, sizeof(taken));
    assert_int_equal(control_whole(s, EVENTS_CODE, event, 0, &taken, sizeof(taken)), NT_SUCCESS_);
    return taken;
}

static void events_have_the_bits_of_a_poll(void)
{
    START_WINSOCK();
    const struct pair pair = connected_pair();
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    assert_int_equal(select_events(pair.server, event, POLL_EVERYTHING), NT_SUCCESS_);
    struct taken taken = take_events(pair.server, event);
    assert_int_equal(taken.events & (POLL_RECEIVE | POLL_ACCEPT | POLL_DISCONNECT), 0);
    send_bytes(pair.client, "data", 4);
    assert_int_equal(WaitForSingleObject(event, STREAM_PATIENCE_MS), WAIT_OBJECT_0);
    taken = take_events(pair.server, event);
    assert_int_equal(taken.events & ~POLL_SEND, POLL_RECEIVE);
    assert_int_equal(taken.statuses[0], NT_SUCCESS_);
    assert_int_equal(take_events(pair.server, event).events, 0);
    close_pair(&pair);
    assert_true(CloseHandle(event));
    END_WINSOCK();
}

static void a_selection_without_an_event_is_refused(void)
{
    struct selecting selecting = {NULL, POLL_RECEIVE};
    struct taken taken;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(select_events(s, NULL, POLL_RECEIVE), NT_INVALID_PARAMETER);
    assert_int_equal(select_events(s, NULL, 0), NT_SUCCESS_);
    assert_int_equal(control_whole(s, SELECT_CODE, &selecting, 1, NULL, 0), NT_INVALID_PARAMETER);
    assert_int_equal(control_whole(s, EVENTS_CODE, NULL, 0, &taken, sizeof(taken) - 1),
                     NT_INVALID_PARAMETER);
    close_socket(s);
    END_WINSOCK();
}

static void a_connect_that_fails_is_an_event_of_its_own(void)
{
    START_WINSOCK();
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    USHORT port;
    const SOCKET nobody = deaf_socket(&port);
    const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(select_events(s, event, POLL_CONNECT | POLL_CONNECT_FAIL), NT_SUCCESS_);
    set_blocking(s, false);
    assert_int_equal(connect_loopback(s, port), WSAEWOULDBLOCK);
    assert_int_equal(WaitForSingleObject(event, STREAM_PATIENCE_MS), WAIT_OBJECT_0);
    const struct taken taken = take_events(s, NULL);
    assert_int_equal(taken.events, POLL_CONNECT_FAIL);
    assert_int_equal(taken.statuses[8], NT_CONNECTION_REFUSED);
    close_socket(s);
    close_socket(nobody);
    assert_true(CloseHandle(event));
    END_WINSOCK();
}

/* ---- A socket that no Winsock made
 * -------------------------------------------------------------*/

struct opening {
    ULONG next;
    UCHAR flags, name_size;
    USHORT value_size;
    char name[16];
    ULONG endpoint, group, family, type, protocol, device_size;
};

static const WCHAR endpoint_name[] = {'\\', 'D', 'e', 'v', 'i', 'c', 'e', '\\', 'A', 'f', 'd',
                                      '\\', 'E', 'n', 'd', 'p', 'o', 'i', 'n',  't', 0};

static LONG open_endpoint(struct opening *opening, HANDLE *handle)
{
    struct counted_string name = {sizeof(endpoint_name) - sizeof(WCHAR), sizeof(endpoint_name),
                                  endpoint_name};
    struct attributes attributes;
    struct status_block block;
    memset(&attributes, 0, sizeof(attributes));
    attributes.length = sizeof(attributes);
    attributes.name = &name;
    return find_ntdll()->NtCreateFile(handle, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE,
                                      &attributes, &block, NULL, 0, 3, 3, 0, opening,
                                      sizeof(*opening));
}

static void an_attribute_makes_a_socket(void)
{
    struct opening opening = {0,       0,           15,          24, "AfdOpenPacketXX", 0, 0,
                              AF_INET, SOCK_STREAM, IPPROTO_TCP, 0};
    struct sockaddr_in name;
    HANDLE handle = NULL;
    START_WINSOCK();
    const SOCKET client = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(open_endpoint(&opening, &handle), NT_SUCCESS_);
    assert_int_equal(bind_to((SOCKET)handle, INADDR_LOOPBACK, 0, &name), NT_SUCCESS_);
    assert_int_equal(listen_at((SOCKET)handle), NT_SUCCESS_);
    assert_int_equal(connect_loopback(client, ntohs(name.sin_port)), 0);
    close_socket(client);
    assert_int_equal(find_ntdll()->NtClose(handle), NT_SUCCESS_);
    opening.family = 0xDEAD;
    assert_true(open_endpoint(&opening, &handle) < 0);
    opening.name[0] = 'x';
    assert_int_equal(open_endpoint(&opening, &handle), NT_INVALID_PARAMETER);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_bind_says_what_became_of_it, AFD_042, AFD_044),
    CASE(a_bind_pends_first, AFD_043),
    CASE(a_bind_that_cannot_be_is_refused, AFD_042, AFD_044),
    CASE(the_peer_has_a_name_too, AFD_045),
    CASE(a_bound_socket_listens, AFD_046),
    CASE(a_connection_is_made_and_spoken_on, AFD_047, AFD_048),
    CASE(an_end_is_told_to_the_peer, AFD_049),
    CASE(events_have_the_bits_of_a_poll, AFD_050),
    CASE(a_selection_without_an_event_is_refused, AFD_050),
    CASE(a_connect_that_fails_is_an_event_of_its_own, AFD_051),
    CASE(an_attribute_makes_a_socket, AFD_052),
    END_OF_CASES,
};
// clang-format on

const struct suite afd_control_suite = {
    .name = "afd_control",
    .about = "\\Device\\Afd: names, connections and events past Winsock",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
