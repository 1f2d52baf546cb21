/* Calls that make, name, connect, set and look at sockets, and that look up names. */
#include <string.h>

#include "fuzz/calls_run.h"
#include "sim/engine/check.h"

static void call_startup(struct draw *from)
{
    static const WORD versions[] = {MAKEWORD(2, 2), MAKEWORD(1, 1), MAKEWORD(0, 9), MAKEWORD(9, 9)};
    judge_error((DWORD)WSAStartup(DRAW_OF(from, versions), any_memory(from, sizeof(WSADATA))));
}

/* Not the last: a program that is not started any more is refused everything. */
static void call_cleanup(struct draw *from)
{
    WSADATA data;
    if (!draw_chance(from, 4))
        judge_error((DWORD)WSAStartup(MAKEWORD(2, 2), &data));
    judge(WSACleanup() != 0);
}

static const int families[] = {AF_INET,  AF_INET,   AF_INET, AF_INET6,
                               AF_INET6, AF_UNSPEC, 99,      AF_UNIX};
static const int types[] = {SOCK_STREAM, SOCK_STREAM, SOCK_DGRAM, SOCK_DGRAM, SOCK_RAW, 0, 9};
static const int protocols[] = {0, 0, 0, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, 255, -1};

static void call_socket(struct draw *from)
{
    const int family = DRAW_OF(from, families), type = DRAW_OF(from, types);
    keep_socket(from, socket(family, type, DRAW_OF(from, protocols)));
}

static void call_wsasocket(struct draw *from)
{
    static const DWORD flags[] = {WSA_FLAG_OVERLAPPED, WSA_FLAG_OVERLAPPED, 0, 0x80, 0x7E, 0xFFFF};
    const int family = DRAW_OF(from, families), type = DRAW_OF(from, types);
    const DWORD flag = DRAW_OF(from, flags);
    void *info = draw_chance(from, 8) ? any_memory(from, sizeof(WSAPROTOCOL_INFOW)) : NULL;
    keep_socket(from, draw_chance(from, 4) ? WSASocketA(family, type, 0, info, 0, flag)
                                           : WSASocketW(family, type, 0, info, 0, flag));
}

static void call_closesocket(struct draw *from)
{
    judge(closesocket(any_socket(from)) != 0);
}

static void call_duplicate(struct draw *from)
{
    const DWORD process =
        draw_chance(from, 8) ? (DWORD)any_number(from) : GetProcessId(GetCurrentProcess());
    if (draw_chance(from, 8))
        judge(WSADuplicateSocketA(any_socket(from), process, any_memory(from, 376)) != 0);
    else
        judge(WSADuplicateSocketW(any_socket(from), process, &fuzz.duplicated) != 0);
}

static void call_adopt(struct draw *from)
{
    keep_socket(from, WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO,
                                 &fuzz.duplicated, 0, WSA_FLAG_OVERLAPPED));
}

static void call_protocols(struct draw *from)
{
    static INT list[] = {IPPROTO_TCP, IPPROTO_UDP, 0};
    static DWORD size;
    size = draw_chance(from, 3) ? (DWORD)any_number(from) : ROOM_SIZE;
    if (size > ROOM_SIZE)
        size = ROOM_SIZE;
    INT *wanted = draw_chance(from, 4) ? any_memory(from, sizeof list) : list;
    if (draw_chance(from, 3))
        judge(WSAEnumProtocolsA(wanted, (void *)fuzz.room, &size) == SOCKET_ERROR);
    else
        judge(WSAEnumProtocolsW(wanted, (void *)fuzz.room, &size) == SOCKET_ERROR);
}

/* ---- Names and connections ---- */

static void call_bind(struct draw *from)
{
    struct drawn_name name;
    any_name(from, &name);
    judge(bind(any_socket(from), name.address, name.size) != 0);
}

static void call_listen(struct draw *from)
{
    static const int backlogs[] = {1, 0, 5, SOMAXCONN, -1, -200};
    judge(listen(any_socket(from), DRAW_OF(from, backlogs)) != 0);
}

static void call_connect(struct draw *from)
{
    struct drawn_name name;
    any_name(from, &name);
    judge(connect(any_socket(from), name.address, name.size) != 0);
}

static void call_wsaconnect(struct draw *from)
{
    struct drawn_name name;
    WSABUF buffers[4];
    QOS qos = {.ProviderSpecific = {0}};
    any_name(from, &name);
    any_buffers(from, buffers);
    judge(WSAConnect(any_socket(from), name.address, name.size,
                     draw_chance(from, 4) ? buffers : NULL,
                     draw_chance(from, 4) ? buffers + 1 : NULL, draw_chance(from, 4) ? &qos : NULL,
                     draw_chance(from, 4) ? &qos : NULL) != 0);
}

static void call_connect_by_name(struct draw *from)
{
    static DWORD sizes[2];
    const struct timeval time = {.tv_sec = 1};
    sizes[0] = sizes[1] = (DWORD)any_length(from, 28);
    const char *node = any_text(from), *service = any_text(from);
    judge(!WSAConnectByNameA(any_socket(from), node, service, &sizes[0], any_memory(from, sizes[0]),
                             &sizes[1], any_memory(from, sizes[1]),
                             draw_chance(from, 3) ? NULL : &time,
                             draw_chance(from, 8) ? any_overlapped(from) : NULL));
}

static void call_connect_by_list(struct draw *from)
{
    static DWORD sizes[2];
    struct drawn_name name;
    const struct timeval time = {.tv_usec = 100000};
    any_name(from, &name);
    SOCKET_ADDRESS_LIST list = {.iAddressCount = draw_chance(from, 8) ? any_number(from) : 1};
    if (list.iAddressCount > 1)
        list.iAddressCount = 0;
    list.Address[0].lpSockaddr = (LPSOCKADDR)(uintptr_t)name.address;
    list.Address[0].iSockaddrLength = name.size;
    sizes[0] = sizes[1] = 28;
    judge(!WSAConnectByList(any_socket(from), &list, &sizes[0], any_memory(from, 28), &sizes[1],
                            any_memory(from, 28), draw_chance(from, 3) ? NULL : &time, NULL));
}

static void call_join(struct draw *from)
{
    struct drawn_name name;
    any_name(from, &name);
    keep_socket(from, WSAJoinLeaf(any_socket(from), name.address, name.size, NULL, NULL, NULL, NULL,
                                  (DWORD)draw_below(from, 5)));
}

static void call_accept(struct draw *from)
{
    int size = any_length(from, sizeof(SOCKADDR_STORAGE));
    const bool plain = draw_chance(from, 2);
    keep_socket(
        from, accept(any_socket(from), plain ? NULL : any_memory(from, 28), plain ? NULL : &size));
}

static int CALLBACK condition(LPWSABUF caller_id, LPWSABUF caller_data, LPQOS sqos, LPQOS gqos,
                              LPWSABUF callee_id, LPWSABUF callee_data, GROUP *group,
                              DWORD_PTR data)
{
    static const int answers[] = {CF_ACCEPT, CF_REJECT, CF_DEFER, 77};
    (void)caller_id, (void)caller_data, (void)sqos, (void)gqos;
    (void)callee_id, (void)callee_data, (void)group;
    upcall();
    return answers[data % 4];
}

static void call_wsaaccept(struct draw *from)
{
    int size = any_length(from, sizeof(SOCKADDR_STORAGE));
    keep_socket(from,
                WSAAccept(any_socket(from), any_memory(from, 28), &size, condition, draw(from)));
}

static void call_name(struct draw *from)
{
    int size = any_length(from, sizeof(SOCKADDR_STORAGE));
    void *address = any_bytes(from, sizeof(SOCKADDR_STORAGE));
    int *at = draw_chance(from, 16) ? any_memory(from, sizeof *at) : &size;
    if (draw_chance(from, 2))
        judge(getsockname(any_socket(from), address, at) != 0);
    else
        judge(getpeername(any_socket(from), address, at) != 0);
}

static void call_shutdown(struct draw *from)
{
    static const int ways[] = {SD_SEND, SD_SEND, SD_RECEIVE, SD_BOTH, 3, -1};
    judge(shutdown(any_socket(from), DRAW_OF(from, ways)) != 0);
}

static void call_disconnect(struct draw *from)
{
    WSABUF buffers[4];
    any_buffers(from, buffers);
    LPWSABUF data = draw_chance(from, 2) ? NULL : buffers;
    if (draw_chance(from, 2))
        judge(WSASendDisconnect(any_socket(from), data) != 0);
    else
        judge(WSARecvDisconnect(any_socket(from), data) != 0);
}

/* A listener, a client that does not block, and what was accepted. */
static void call_pair(struct draw *from)
{
    SOCKADDR_IN name = {.sin_family = AF_INET};
    u_long on = 1;
    int size = sizeof name;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const SOCKET listener = socket(AF_INET, SOCK_STREAM, 0), s = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (const struct sockaddr *)&name, sizeof name) == 0 &&
        listen(listener, 2) == 0 && getsockname(listener, (struct sockaddr *)&name, &size) == 0) {
        ioctlsocket(s, FIONBIO, &on);
        connect(s, (const struct sockaddr *)&name, sizeof name);
        SetLastError(UNTOLD);
        keep_socket(from, accept(listener, NULL, NULL));
    }
    if (draw_chance(from, 2)) {
        on = 0;
        ioctlsocket(s, FIONBIO, &on);
    }
    closesocket(listener);
    SetLastError(UNTOLD);
    if (s != INVALID_SOCKET)
        keep_socket(from, s);
}

/* ---- Options and control codes ---- */

static const int levels[] = {SOL_SOCKET,   SOL_SOCKET,  SOL_SOCKET,   IPPROTO_TCP, IPPROTO_IP,
                             IPPROTO_IPV6, IPPROTO_UDP, IPPROTO_ICMP, 77};
static const int names[] = {SO_DEBUG,
                            SO_ACCEPTCONN,
                            SO_REUSEADDR,
                            SO_KEEPALIVE,
                            SO_DONTROUTE,
                            SO_BROADCAST,
                            SO_OOBINLINE,
                            SO_DONTLINGER,
                            SO_EXCLUSIVEADDRUSE,
                            SO_SNDBUF,
                            SO_RCVBUF,
                            SO_SNDLOWAT,
                            SO_RCVLOWAT,
                            SO_SNDTIMEO,
                            SO_RCVTIMEO,
                            SO_ERROR,
                            SO_TYPE,
                            SO_BSP_STATE,
                            SO_GROUP_ID,
                            SO_MAX_MSG_SIZE,
                            SO_PROTOCOL_INFOA,
                            SO_PROTOCOL_INFOW,
                            SO_CONDITIONAL_ACCEPT,
                            SO_PAUSE_ACCEPT,
                            SO_COMPARTMENT_ID,
                            SO_RANDOMIZE_PORT,
                            SO_PORT_SCALABILITY,
                            SO_REUSE_UNICASTPORT,
                            SO_REUSE_MULTICASTPORT,
                            SO_ORIGINAL_DST,
                            SO_OPENTYPE,
                            SO_MAXDG,
                            SO_UPDATE_ACCEPT_CONTEXT,
                            SO_CONNECT_TIME,
                            SO_UPDATE_CONNECT_CONTEXT,
                            SO_TIMESTAMP,
                            SO_CONNDATA,
                            SO_LINGER};

/* Below 80 all the numbers of the levels of IP, TCP and UDP; from there the socket's own. */
static int any_name_of_option(struct draw *from)
{
    const uint8_t byte = draw(from);
    return byte < 80 ? byte : names[byte % (sizeof names / sizeof *names)];
}

union value {
    int number;
    struct linger linger;
    ULONG64 token;
    struct sockaddr *name;
    HANDLE handle;
    unsigned char bytes[256];
};

/* A linger of hours would be waited for, as it says. */
static const void *any_value(struct draw *from, union value *value, int name)
{
    memset(value, 0, sizeof *value);
    if (draw_chance(from, 12) && name != SO_LINGER)
        return any_bytes(from, sizeof *value);
    if (name == SO_LINGER)
        value->linger = (struct linger){draw(from) % 2, (u_short)draw_below(from, 4)};
    else if (draw_chance(from, 8))
        value->handle = (HANDLE)any_socket(from);
    else
        value->number = any_number(from);
    if (name >= IP_ADD_MEMBERSHIP && name <= IP_UNBLOCK_SOURCE && draw_chance(from, 2)) {
        const ULONG group = htonl(0xE0000005);
        memcpy(value->bytes, &group, sizeof group);
    }
    return value;
}

static int bounded(int length, size_t size)
{
    return length > (int)size ? (int)size : length;
}

static void call_setsockopt(struct draw *from)
{
    union value value;
    const int level = DRAW_OF(from, levels), name = any_name_of_option(from);
    const void *at = any_value(from, &value, name);
    const size_t sizes[] = {4, 4, 4, 8, 12, 20, sizeof value};
    int length = any_length(from, DRAW_OF(from, sizes));
    if (at == &value)
        length = bounded(length, sizeof value);
    judge(setsockopt(any_socket(from), level, name, at, length) != 0);
}

static void call_getsockopt(struct draw *from)
{
    const int level = DRAW_OF(from, levels), name = any_name_of_option(from);
    const size_t sizes[] = {4, 4, 8, 1, 372, 628};
    const size_t size = DRAW_OF(from, sizes);
    int length = any_length(from, size);
    void *at = any_bytes(from, size);
    int *length_at = draw_chance(from, 16) ? any_memory(from, sizeof length) : &length;
    judge(getsockopt(any_socket(from), level, name, at, length_at) != 0);
}

static void call_ioctlsocket(struct draw *from)
{
    static const LONG codes[] = {(LONG)FIONBIO,   (LONG)FIONBIO, FIONREAD, SIOCATMARK, 77,
                                 (LONG)SIO_RCVALL};
    u_long value = draw(from) % 4 == 0 ? (u_long)any_number(from) : 1;
    u_long *at = draw_chance(from, 12) ? any_memory(from, sizeof value) : &value;
    judge(ioctlsocket(any_socket(from), DRAW_OF(from, codes), at) != 0);
}

static const DWORD codes[] = {SIO_ASSOCIATE_HANDLE,
                              SIO_ENABLE_CIRCULAR_QUEUEING,
                              SIO_FIND_ROUTE,
                              SIO_FLUSH,
                              SIO_GET_BROADCAST_ADDRESS,
                              SIO_GET_EXTENSION_FUNCTION_POINTER,
                              SIO_GET_QOS,
                              SIO_GET_GROUP_QOS,
                              SIO_MULTIPOINT_LOOPBACK,
                              SIO_MULTICAST_SCOPE,
                              SIO_SET_QOS,
                              SIO_SET_GROUP_QOS,
                              SIO_TRANSLATE_HANDLE,
                              SIO_ROUTING_INTERFACE_QUERY,
                              SIO_ROUTING_INTERFACE_CHANGE,
                              SIO_ADDRESS_LIST_QUERY,
                              SIO_ADDRESS_LIST_CHANGE,
                              SIO_QUERY_TARGET_PNP_HANDLE,
                              SIO_ADDRESS_LIST_SORT,
                              SIO_NSP_NOTIFY_CHANGE,
                              SIO_RESERVED_1,
                              SIO_BSP_HANDLE,
                              SIO_BSP_HANDLE_SELECT,
                              SIO_BSP_HANDLE_POLL,
                              SIO_EXT_SELECT,
                              SIO_EXT_POLL,
                              SIO_EXT_SENDMSG,
                              SIO_BASE_HANDLE,
                              SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER,
                              SIO_QUERY_RSS_PROCESSOR_INFO,
                              SIO_RCVALL,
                              SIO_RCVALL_MCAST,
                              SIO_KEEPALIVE_VALS,
                              SIO_UCAST_IF,
                              SIO_LIMIT_BROADCASTS,
                              SIO_INDEX_BIND,
                              SIO_LOOPBACK_FAST_PATH,
                              SIO_TCP_INITIAL_RTO,
                              SIO_APPLY_TRANSPORT_SETTING,
                              SIO_QUERY_TRANSPORT_SETTING,
                              SIO_CPU_AFFINITY,
                              SIO_TCP_SET_ACK_FREQUENCY,
                              SIO_SET_PRIORITY_HINT,
                              SIO_ACQUIRE_PORT_RESERVATION,
                              SIO_RELEASE_PORT_RESERVATION,
                              SIO_ASSOCIATE_PORT_RESERVATION,
                              SIO_TCP_INFO,
                              SIO_GET_TX_TIMESTAMP,
                              SIO_TIMESTAMPING,
                              SIO_UDP_CONNRESET,
                              SIO_UDP_NETRESET,
                              SIO_GET_INTERFACE_LIST,
                              SIO_GET_INTERFACE_LIST_EX,
                              SIO_SET_MULTICAST_FILTER,
                              SIO_GET_MULTICAST_FILTER,
                              SIO_IDEAL_SEND_BACKLOG_QUERY,
                              SIO_IDEAL_SEND_BACKLOG_CHANGE,
                              (DWORD)FIONBIO,
                              FIONREAD,
                              SIOCATMARK,
                              SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT,
                              SIO_SOCKET_USAGE_NOTIFICATION,
                              0xDEADBEEF,
                              0};

static void call_wsaioctl(struct draw *from)
{
    static DWORD count;
    static unsigned char input[256];
    const DWORD code = DRAW_OF(from, codes);
    const size_t sizes[] = {4, 4, 8, 12, 16, 28, 64, 0};
    struct drawn_name name;
    int in_size = any_length(from, DRAW_OF(from, sizes));
    void *in = input;
    memset(input, 0, sizeof input); /* an input is a program by itself */
    if (draw_chance(from, 8)) {
        in = any_bytes(from, 64);
    } else if (draw_chance(from, 2)) {
        any_name(from, &name);
        memcpy(input, &name.bytes, sizeof name.bytes);
    } else {
        const int numbers[] = {any_number(from), any_number(from), any_number(from)};
        memcpy(input, numbers, sizeof numbers);
    }
    if (in == input)
        in_size = bounded(in_size, sizeof input);
    const int out_size = any_length(from, draw_chance(from, 2) ? 1024 : 8);
    void *out = any_bytes(from, 1024);
    DWORD *bytes = draw_chance(from, 16) ? any_memory(from, sizeof count) : &count;
    LPWSAOVERLAPPED overlapped = draw_chance(from, 3) ? any_overlapped(from) : NULL;
    judge(WSAIoctl(any_socket(from), code, in, (DWORD)in_size, out, (DWORD)out_size, bytes,
                   overlapped, any_routine(from)) != 0);
}

static void call_reserve(struct draw *from)
{
    static INET_PORT_RESERVATION_INSTANCE instance;
    static DWORD count;
    INET_PORT_RANGE range = {
        .StartPort = htons((USHORT)(draw_chance(from, 3) ? 0 : FIRST_PORT + draw_below(from, 8))),
        .NumberOfPorts = (USHORT)draw_below(from, 6)};
    ULONG64 token = fuzz.tokens[draw_below(from, 4)];
    LPWSAOVERLAPPED overlapped = draw_chance(from, 3) ? any_overlapped(from) : NULL;
    const SOCKET s = any_socket(from);
    if (draw_chance(from, 2)) {
        const int result = WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range,
                                    &instance, sizeof instance, &count, overlapped, NULL);
        judge(result != 0);
        if (result == 0)
            fuzz.tokens[draw_below(from, 4)] = instance.Token;
        return;
    }
    const DWORD code =
        draw_chance(from, 3) ? SIO_RELEASE_PORT_RESERVATION : SIO_ASSOCIATE_PORT_RESERVATION;
    judge(WSAIoctl(s, code, &token, sizeof token, NULL, 0, &count, overlapped, any_routine(from)) !=
          0);
}

/* ---- Readiness ---- */

static fd_set *any_set(struct draw *from, fd_set *set)
{
    FD_ZERO(set);
    for (unsigned count = draw_below(from, 4); count > 0; count--)
        FD_SET(any_socket(from), set);
    if (draw_chance(from, 32))
        return any_memory(from, sizeof *set);
    return draw_chance(from, 3) ? NULL : set;
}

static void call_select(struct draw *from)
{
    fd_set sets[3], *at[3];
    static const struct timeval times[] = {{0, 0}, {0, 1}, {0, 100000}, {1, 0}, {0, -1}, {-1, 0}};
    for (int i = 0; i < 3; i++)
        at[i] = any_set(from, &sets[i]);
    const struct timeval *time = &DRAW_OF(from, times);
    if (draw_chance(from, 24))
        time = NULL;
    judge(select(0, at[0], at[1], at[2], time) == SOCKET_ERROR);
}

static void call_poll(struct draw *from)
{
    static const SHORT wanted[] = {POLLIN, POLLOUT, POLLIN | POLLOUT, POLLRDBAND, POLLPRI, -1, 0};
    static const ULONG counts[] = {1, 2, 3, 3, 0, 4, 100};
    WSAPOLLFD entries[100];
    for (int i = 0; i < 4; i++)
        entries[i] = (WSAPOLLFD){.fd = any_socket(from), .events = DRAW_OF(from, wanted)};
    for (int i = 4; i < 100; i++)
        entries[i] = (WSAPOLLFD){.fd = INVALID_SOCKET};
    const ULONG count = DRAW_OF(from, counts);
    const int time = draw_chance(from, 24) ? -1 : (int)any_time(from);
    void *at = draw_chance(from, 24) ? any_memory(from, sizeof entries) : entries;
    judge(WSAPoll(at, count, time) == SOCKET_ERROR);
}

static void call_eventselect(struct draw *from)
{
    const LONG events = draw_chance(from, 8) ? any_number(from) : (LONG)draw(from) & 0x3F;
    judge(WSAEventSelect(any_socket(from), draw_chance(from, 8) ? NULL : any_object(from),
                         events) != 0);
}

static void call_enumevents(struct draw *from)
{
    judge(WSAEnumNetworkEvents(any_socket(from), draw_chance(from, 2) ? NULL : any_object(from),
                               any_memory(from, sizeof(WSANETWORKEVENTS))) != 0);
}

static int CALLBACK hook(void)
{
    if (fuzz.upcalls++ % 4 == 3)
        WSACancelBlockingCall();
    return FALSE;
}

static void call_hook(struct draw *from)
{
    union {
        int(CALLBACK *call)(void);
        FARPROC procedure;
    } hooked = {.call = hook};
    switch (draw_below(from, 4)) {
    case 0:
        WSASetBlockingHook(hooked.procedure); /* NULL: there was none */
        break;
    case 1:
        judge(WSAUnhookBlockingHook() != 0);
        break;
    case 2:
        judge(WSACancelBlockingCall() != 0);
        break;
    default:
        WSAIsBlocking();
    }
}

const struct operation calls_of_sockets[] = {
    {"WSAStartup", call_startup},
    {"WSACleanup", call_cleanup},
    {"socket", call_socket},
    {"socket", call_socket},
    {"WSASocket", call_wsasocket},
    {"closesocket", call_closesocket},
    {"closesocket", call_closesocket},
    {"WSADuplicateSocket", call_duplicate},
    {"WSASocket of a duplicate", call_adopt},
    {"WSAEnumProtocols", call_protocols},
    {"bind", call_bind},
    {"bind", call_bind},
    {"listen", call_listen},
    {"connect", call_connect},
    {"connect", call_connect},
    {"WSAConnect", call_wsaconnect},
    {"WSAConnectByName", call_connect_by_name},
    {"WSAConnectByList", call_connect_by_list},
    {"WSAJoinLeaf", call_join},
    {"accept", call_accept},
    {"WSAAccept", call_wsaaccept},
    {"getsockname", call_name},
    {"shutdown", call_shutdown},
    {"WSASendDisconnect", call_disconnect},
    {"a connection", call_pair},
    {"a connection", call_pair},
    {"setsockopt", call_setsockopt},
    {"setsockopt", call_setsockopt},
    {"getsockopt", call_getsockopt},
    {"ioctlsocket", call_ioctlsocket},
    {"WSAIoctl", call_wsaioctl},
    {"WSAIoctl", call_wsaioctl},
    {"port reservations", call_reserve},
    {"select", call_select},
    {"WSAPoll", call_poll},
    {"WSAEventSelect", call_eventselect},
    {"WSAEnumNetworkEvents", call_enumevents},
    {"blocking hooks", call_hook},
    {NULL, NULL},
};
