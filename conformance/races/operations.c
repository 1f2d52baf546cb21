#include <string.h>

#include "conformance/races/race.h"

enum { SLOW_NS = 1000000 };

static const char sent[] = "race";

/* ---- Sockets --------------------------------------------------------------------------------- */

static struct sockaddr_in race_name(SOCKET s)
{
    struct sockaddr_in name;
    int size = sizeof name;
    memset(&name, 0, sizeof name);
    getsockname(s, (struct sockaddr *)&name, &size);
    return name;
}

/* On 127.0.0.1; port 0 for any. Answers the port. */
static unsigned short race_bind(SOCKET s, unsigned short port)
{
    struct sockaddr_in name;
    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    name.sin_port = htons(port);
    if (bind(s, (struct sockaddr *)&name, sizeof name) != 0)
        return 0;
    return ntohs(race_name(s).sin_port);
}

static void race_close(SOCKET *s)
{
    if (*s != INVALID_SOCKET)
        closesocket(*s);
    *s = INVALID_SOCKET;
}

static void do_not_block(SOCKET s)
{
    u_long on = 1;
    ioctlsocket(s, FIONBIO, &on);
}

static SOCKET stream(void)
{
    return socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
}

static SOCKET listening(void)
{
    SOCKET s = stream();
    race_bind(s, 0);
    listen(s, SOMAXCONN);
    return s;
}

static unsigned connect_to(SOCKET s, SOCKET listener)
{
    struct sockaddr_in name = race_name(listener);
    return race_outcome(connect(s, (struct sockaddr *)&name, sizeof name));
}

static void pair_up(SOCKET *one, SOCKET *other)
{
    SOCKET listener = listening();
    *one = stream();
    connect_to(*one, listener);
    *other = accept(listener, NULL, NULL);
    closesocket(listener);
}

static void break_off(SOCKET *s)
{
    const struct linger hard = {1, 0};
    setsockopt(*s, SOL_SOCKET, SO_LINGER, (const char *)&hard, sizeof hard);
    race_close(s);
}

/* A connection that has nothing to do with the operation. */
static void break_bystander(struct race *race)
{
    break_off(&race->taken);
}

static void prepare_bystander(struct race *race)
{
    pair_up(&race->taken, &race->third);
}

/* What is there to be received, at once; -1 for nothing. */
static int look(SOCKET s, char *bytes, int size)
{
    do_not_block(s);
    return recv(s, bytes, size, 0);
}

/* ---- Reservations ---------------------------------------------------------------------------- */

static unsigned acquire(SOCKET s, INET_PORT_RESERVATION_INSTANCE *instance)
{
    INET_PORT_RANGE range = {htons(RACE_PORT), 1};
    DWORD count;
    return race_outcome(WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range, instance,
                                 sizeof *instance, &count, NULL, NULL));
}

static void prepare_acquire(struct race *race)
{
    race->s = stream();
    race->peer = stream();
    prepare_bystander(race);
    berth_slow_reservations(race->machine, SLOW_NS);
}

static void begin_acquire(struct race *race)
{
    race->range = (INET_PORT_RANGE){htons(RACE_PORT), 1};
    race->begun = race_outcome(WSAIoctl(race->s, SIO_ACQUIRE_PORT_RESERVATION, &race->range,
                                        sizeof race->range, &race->instance, sizeof race->instance,
                                        &race->count, &race->overlapped, NULL));
}

static void acquire_the_same(struct race *race)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    race->arrival_outcome = acquire(race->peer, &instance);
    race->arrived = race->arrival_outcome == 0;
}

static const char *judge_acquire(struct race *race)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    berth_slow_reservations(race->machine, 0);
    bool holds = race_succeeded(race) && !race->closed;
    if (race->arrived && holds)
        return "both have the port";
    if (race_succeeded(race) && race->instance.Token == 0)
        return "success without a token";
    SOCKET s = stream();
    bool is_free = acquire(s, &instance) == 0;
    race_close(&s);
    if (is_free == (holds || race->arrived))
        return is_free ? "the port is nobody's though it was granted"
                       : "the port is somebody's though nobody has it";
    return NULL;
}

static void prepare_associate(struct race *race)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    race->s = stream();
    race->peer = stream();
    prepare_bystander(race);
    acquire(race->peer, &instance);
    race->token = instance.Token;
    berth_slow_reservations(race->machine, SLOW_NS);
}

static void begin_associate(struct race *race)
{
    race->begun =
        race_outcome(WSAIoctl(race->s, SIO_ASSOCIATE_PORT_RESERVATION, &race->token,
                              sizeof race->token, NULL, 0, &race->count, &race->overlapped, NULL));
}

static void release_the_block(struct race *race)
{
    DWORD count;
    race->arrival_outcome =
        race_outcome(WSAIoctl(race->peer, SIO_RELEASE_PORT_RESERVATION, &race->token,
                              sizeof race->token, NULL, 0, &count, NULL, NULL));
    race->arrived = race->arrival_outcome == 0;
}

static const char *judge_associate(struct race *race)
{
    berth_slow_reservations(race->machine, 0);
    if (race->closed || race->arrived)
        return NULL; /* what a block that is gone gives its sockets, the pages leave open */
    bool lands = race_bind(race->s, 0) == RACE_PORT;
    if (lands != race_succeeded(race))
        return lands ? "the socket is associated though the call failed"
                     : "the socket is not associated though the call succeeded";
    return NULL;
}

/* ---- Bind ------------------------------------------------------------------------------------ */

static void prepare_bind(struct race *race)
{
    race->s = stream();
    race->peer = stream();
    prepare_bystander(race);
}

static void begin_bind(struct race *race)
{
    race->begun = race_bind(race->s, RACE_PORT) != 0 ? 0 : (unsigned)WSAGetLastError();
}

static void bind_the_same(struct race *race)
{
    race->arrived = race_bind(race->peer, RACE_PORT) != 0;
    race->arrival_outcome = race->arrived ? 0 : (unsigned)WSAGetLastError();
}

static const char *judge_bind(struct race *race)
{
    bool bound = race->begun == 0 && !race->closed;
    if (bound && ntohs(race_name(race->s).sin_port) != RACE_PORT)
        return "the bind succeeded and the socket is not bound";
    if (bound && race->arrived)
        return "both are bound to the port";
    SOCKET s = stream();
    bool is_free = race_bind(s, RACE_PORT) != 0;
    race_close(&s);
    if (is_free == (bound || race->arrived))
        return is_free ? "the port is free though somebody is bound to it"
                       : "the port is not free though nobody is bound to it";
    return NULL;
}

/* ---- Connections ----------------------------------------------------------------------------- */

static void *extension(SOCKET s, GUID id)
{
    void *function = NULL;
    DWORD count;
    WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function, sizeof function,
             &count, NULL, NULL);
    return function;
}

static LPFN_CONNECTEX connect_ex;
static LPFN_ACCEPTEX accept_ex;

static void prepare_connect(struct race *race)
{
    void *function;
    race->s = stream();
    race_bind(race->s, 0);
    race->peer = listening();
    race->token = ntohs(race_name(race->peer).sin_port);
    do_not_block(race->peer);
    function = extension(race->s, (GUID)WSAID_CONNECTEX);
    memcpy(&connect_ex, &function, sizeof function);
}

static struct sockaddr_in loopback(ULONG64 port)
{
    struct sockaddr_in name;
    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    name.sin_port = htons((unsigned short)port);
    return name;
}

static void begin_connect(struct race *race)
{
    struct sockaddr_in name = loopback(race->token);
    race->begun =
        connect_ex(race->s, (struct sockaddr *)&name, sizeof name, NULL, 0, NULL, &race->overlapped)
            ? 0
            : (unsigned)WSAGetLastError();
}

static void accept_it(struct race *race)
{
    race->taken = accept(race->peer, NULL, NULL);
    race->arrived = race->taken != INVALID_SOCKET;
}

static void close_the_listener(struct race *race)
{
    race_close(&race->peer);
}

static const char *judge_connect(struct race *race)
{
    char bytes[8];
    if (!race_succeeded(race) || race->closed || race->peer == INVALID_SOCKET)
        return NULL;
    if (race->taken == INVALID_SOCKET)
        race->taken = accept(race->peer, NULL, NULL);
    if (race->taken == INVALID_SOCKET)
        return "connected, and the listener has nobody";
    if (send(race->taken, sent, RACE_BYTES, 0) != RACE_BYTES)
        return "connected, and nothing can be sent";
    Sleep(1);
    return look(race->s, bytes, sizeof bytes) == RACE_BYTES || WSAGetLastError() == WSAESHUTDOWN
               ? NULL
               : "connected, and nothing arrives";
}

static void prepare_accept(struct race *race)
{
    void *function;
    race->s = listening();
    race->peer = stream();  /* the accepting socket */
    race->third = stream(); /* who connects */
    race->token = ntohs(race_name(race->s).sin_port);
    function = extension(race->s, (GUID)WSAID_ACCEPTEX);
    memcpy(&accept_ex, &function, sizeof function);
}

static void begin_accept(struct race *race)
{
    enum { ROOM = sizeof(struct sockaddr_in) + 16 };
    race->begun =
        accept_ex(race->s, race->peer, race->bytes, 0, ROOM, ROOM, &race->count, &race->overlapped)
            ? 0
            : (unsigned)WSAGetLastError();
}

static void connect_to_it(struct race *race)
{
    struct sockaddr_in name = loopback(race->token);
    race->arrival_outcome =
        race_outcome(connect(race->third, (struct sockaddr *)&name, sizeof name));
    race->arrived = race->arrival_outcome == 0;
}

static void connect_and_break(struct race *race)
{
    connect_to_it(race);
    race->arrived = false;
    break_off(&race->third);
}

static const char *judge_accept(struct race *race)
{
    char bytes[8];
    SOCKET here = race->peer;
    if (race_succeeded(race) && !race->arrived && race->third != INVALID_SOCKET)
        return "accepted, and nobody connected";
    if (!race->arrived || (race->closed && !race_succeeded(race)))
        return NULL;
    if (!race_succeeded(race)) {
        do_not_block(race->s);
        here = race->taken = accept(race->s, NULL, NULL);
    }
    if (here == INVALID_SOCKET)
        return "the connection is lost";
    if (send(race->third, sent, RACE_BYTES, 0) != RACE_BYTES)
        return "the connection does not carry";
    Sleep(1);
    return look(here, bytes, sizeof bytes) == RACE_BYTES ? NULL : "the connection carries nothing";
}

/* ---- Bytes ----------------------------------------------------------------------------------- */

static void prepare_bytes(struct race *race)
{
    const int none = 0;
    pair_up(&race->s, &race->peer);
    setsockopt(race->s, SOL_SOCKET, SO_SNDBUF, (const char *)&none, sizeof none);
}

static void begin_receive(struct race *race)
{
    WSABUF buffer = {sizeof race->bytes, race->bytes};
    race->begun =
        race_outcome(WSARecv(race->s, &buffer, 1, NULL, &race->flags, &race->overlapped, NULL));
}

static void send_to_it(struct race *race)
{
    race->arrived = send(race->peer, sent, RACE_BYTES, 0) == RACE_BYTES;
}

static void break_the_peer(struct race *race)
{
    break_off(&race->peer);
}

static const char *judge_receive(struct race *race)
{
    char bytes[8];
    bool has = race_succeeded(race) && race->overlapped.InternalHigh == RACE_BYTES;
    if (has && memcmp(race->bytes, sent, RACE_BYTES) != 0)
        return "other bytes than were sent";
    if (has && !race->arrived)
        return "bytes that nobody sent";
    if (race->closed || !race->arrived || race->begun == WSAESHUTDOWN)
        return NULL;
    int left = look(race->s, bytes, sizeof bytes);
    if (left < 0 && WSAGetLastError() == WSAESHUTDOWN)
        return NULL;
    if (has)
        return left > 0 ? "the bytes came twice" : NULL;
    return left == RACE_BYTES ? NULL : "the bytes are lost";
}

/* ---- A poll of \Device\Afd, asked of the socket itself --------------------------------------- */

enum { POLL_CODE = 0x12024, POLL_RECEIVE = 0x01, POLL_ABORT = 0x10, POLL_LOCAL_CLOSE = 0x20 };

struct poll_info {
    LARGE_INTEGER timeout;
    ULONG count, exclusive;
    SOCKET s;
    ULONG events, status;
};

static void begin_poll(struct race *race)
{
    struct poll_info info;
    memset(&info, 0, sizeof info);
    info.timeout.QuadPart = INT64_MAX;
    info.count = 1;
    info.s = race->s;
    info.events = POLL_RECEIVE | POLL_ABORT;
    memcpy(race->bytes, &info, sizeof info);
    race->begun = DeviceIoControl((HANDLE)race->s, POLL_CODE, race->bytes, sizeof info, race->bytes,
                                  sizeof info, NULL, &race->overlapped)
                      ? 0
                      : GetLastError();
    if (race->begun == ERROR_INVALID_HANDLE)
        race->begun = WSAENOTSOCK; /* what Winsock would say of it */
}

/* Bytes that came are told, whatever came with them; nothing is told that is not so. */
static const char *judge_poll(struct race *race)
{
    struct poll_info info;
    char bytes[8];
    memcpy(&info, race->bytes, sizeof info);
    if (race->finished && race->arrived)
        return "the bytes came, and nobody was told";
    if (!race_succeeded(race))
        return NULL;
    if (info.count != 1)
        return "success, and no socket is ready";
    if ((info.events & ~(ULONG)(POLL_RECEIVE | POLL_ABORT | POLL_LOCAL_CLOSE)) != 0)
        return "told what was not asked for";
    if (((info.events & POLL_LOCAL_CLOSE) != 0) != race->closed && !race->arrived)
        return "a close that was none, or was not told";
    if ((info.events & POLL_RECEIVE) != 0 && look(race->s, bytes, sizeof bytes) != RACE_BYTES)
        return "told of bytes that are not there";
    return NULL;
}

static void begin_send(struct race *race)
{
    WSABUF buffer = {RACE_BYTES, race->bytes};
    memcpy(race->bytes, sent, RACE_BYTES);
    race->begun = race_outcome(WSASend(race->s, &buffer, 1, NULL, 0, &race->overlapped, NULL));
}

static void receive_it(struct race *race)
{
    const DWORD limit_ms = 5;
    setsockopt(race->peer, SOL_SOCKET, SO_RCVTIMEO, (const char *)&limit_ms, sizeof limit_ms);
    race->arrived = recv(race->peer, race->bytes + 64, RACE_BYTES, 0) == RACE_BYTES;
}

static const char *judge_send(struct race *race)
{
    if (race->peer == INVALID_SOCKET)
        return NULL;
    if (!race->arrived)
        race->arrived = look(race->peer, race->bytes + 64, RACE_BYTES) == RACE_BYTES;
    if (race->arrived && memcmp(race->bytes + 64, sent, RACE_BYTES) != 0)
        return "other bytes than were sent";
    if (race_succeeded(race) && !race->arrived)
        return "sent, and nothing arrives";
    if (race->begun != 0 && race->begun != WSA_IO_PENDING && race->arrived)
        return "refused, and the bytes arrive";
    return NULL;
}

const struct operation operations[OPERATION_COUNT] = {
    {"acquire", true, prepare_acquire, begin_acquire, acquire_the_same, break_bystander,
     judge_acquire},
    {"associate", true, prepare_associate, begin_associate, release_the_block, break_bystander,
     judge_associate},
    {"bind", false, prepare_bind, begin_bind, bind_the_same, break_bystander, judge_bind},
    {"connect", true, prepare_connect, begin_connect, accept_it, close_the_listener, judge_connect},
    {"accept", true, prepare_accept, begin_accept, connect_to_it, connect_and_break, judge_accept},
    {"recv", true, prepare_bytes, begin_receive, send_to_it, break_the_peer, judge_receive},
    {"send", true, prepare_bytes, begin_send, receive_it, break_the_peer, judge_send},
    {"poll", true, prepare_bytes, begin_poll, send_to_it, break_the_peer, judge_poll},
};
