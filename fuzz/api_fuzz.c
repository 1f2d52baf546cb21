/* Byte strings as programs: calls over three processes, eight sockets, two users without rights and
 * one with, reboots, power cuts and failing allocations.
 *
 * An operation is four bytes, what and three arguments; every byte string is a program. Ports and
 * counts come from one crowded place, at the start of a small dynamic range, and from the edges of
 * each rule. After each call its answer is compared with the model's, then the whole state both
 * ways, and every module checks itself.
 */
#include <winsock2.h>

#include <ws2tcpip.h>

#include <iphlpapi.h>
#include <mstcpip.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "fuzz/model.h"
#include "fuzz/target.h"
#include "sim/engine/check.h"
#include "sim/runtime/machine.h"

enum { TOKENS = 6, CROWD_FIRST = DYNAMIC_FIRST, OPERATION_SIZE = 4 };

const size_t target_operation_size = OPERATION_SIZE;

static const struct berth_launch launches[MODEL_PROCESSES] = {
    {.account = BERTH_ADMIN, .run_as = true, .consent = true},
    {.account = BERTH_STANDARD},
    {.account = BERTH_OTHER_STANDARD},
};

static struct {
    struct berth *machine;
    unsigned char *disk; /* as at the start of each program: the small dynamic ranges are set */
    size_t disk_size;
    struct profile profile;
    struct model model;
    struct berth_process *processes[MODEL_PROCESSES];
    DWORD process_ids[MODEL_PROCESSES];
    SOCKET handles[MODEL_SOCKETS][MODEL_PROCESSES];
    uint64_t tokens[TOKENS]; /* of all kinds, live and dead */
    int token_next;
    int running;
    bool full; /* the model has no room: the program ends */
} fuzz;

/* ---- Arguments out of bytes ---------------------------------------------------------------- */

static const uint16_t edge_ports[] = {0,
                                      1,
                                      1023,
                                      65534,
                                      65535,
                                      DYNAMIC_FIRST - 1,
                                      DYNAMIC_FIRST + DYNAMIC_COUNT - 1,
                                      DYNAMIC_FIRST + DYNAMIC_COUNT};
static const uint16_t edge_counts[] = {0, 1, 240, 254, 255, 256, 16128, 65535};

static uint16_t port_of(uint8_t byte)
{
    if (byte >= 248)
        return edge_ports[byte - 248];
    return byte < 64 ? 0 : (uint16_t)(CROWD_FIRST + (byte & 7));
}

static uint16_t explicit_port_of(uint8_t byte)
{
    const uint16_t port = port_of(byte);
    return port != 0 ? port : (uint16_t)(CROWD_FIRST + (byte & 7));
}

static uint16_t count_of(uint8_t byte)
{
    return byte >= 248 ? edge_counts[byte - 248] : (uint16_t)(1 + (byte & 3));
}

static int socket_of(uint8_t byte)
{
    return byte % MODEL_SOCKETS;
}

static struct model_socket *modelled(int s)
{
    return &fuzz.model.sockets[s];
}

static SOCKET handle_of(int s)
{
    return fuzz.handles[s][fuzz.running];
}

static bool usable(int s)
{
    return modelled(s)->open && modelled(s)->in_process[fuzz.running];
}

static bool is_administrator(void)
{
    return fuzz.running == 0;
}

/* One of the latest tokens, dead or alive; now and then one that never was. */
static uint64_t token_of(uint8_t byte)
{
    return byte >= 0xF0 ? 0x0123456789ABCDEF : fuzz.tokens[byte % TOKENS];
}

static void remember_token(uint64_t token)
{
    fuzz.tokens[fuzz.token_next++ % TOKENS] = token;
}

static unsigned outcome(int result)
{
    return result == 0 ? 0 : (unsigned)WSAGetLastError();
}

/* ---- Faults -----------------------------------------------------------------------------------
 */

static bool armed; /* an allocation of the next call is to fail */

static void disarm(void)
{
    fuzz.machine->engine.arena.fail_in = 0;
    armed = false;
}

/* Whether the call that just ran met the failing allocation that was ordered. Disarms it. */
static bool allocation_failed(void)
{
    const bool fired = armed && fuzz.machine->engine.arena.fail_in == 0;
    disarm();
    return fired;
}

/* A call ran out of memory and must say so; then it has changed nothing, which `compare` sees. */
static bool excused(unsigned answer)
{
    return allocation_failed() && (answer == WSAENOBUFS || answer == ERROR_NO_SYSTEM_RESOURCES ||
                                   answer == ERROR_NOT_ENOUGH_MEMORY);
}

/* ---- The calls ---------------------------------------------------------------------------------
 */

static void adopt(int s, SOCKET handle, int process)
{
    fuzz.handles[s][process] = handle;
    modelled(s)->in_process[process] = true;
}

static void do_socket(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    const bool udp = bytes[2] & 1;
    const bool ipv6 = (bytes[2] & 0x30) == 0x30;
    if (modelled(s)->open)
        return;
    const SOCKET handle = socket(ipv6 ? AF_INET6 : AF_INET, udp ? SOCK_DGRAM : SOCK_STREAM,
                                 udp ? IPPROTO_UDP : IPPROTO_TCP);
    if (handle == INVALID_SOCKET) {
        ASSERT(excused((unsigned)WSAGetLastError()));
        return;
    }
    *modelled(s) = (struct model_socket){
        .open = true,
        .protocol = udp ? MODEL_UDP : MODEL_TCP,
        .ipv6 = ipv6,
        .account = fuzz.running,
        .block = -1,
    };
    adopt(s, handle, fuzz.running);
}

static void do_close(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    if (!usable(s)) {
        return;
    }
    ASSERT(closesocket(handle_of(s)) == 0);
    model_close(&fuzz.model, s, fuzz.running);
}

/* Whether the model's free run of `count` ports in the dynamic range exists. */
static bool has_run(enum model_protocol protocol, uint32_t count)
{
    uint32_t run = 0;
    for (uint32_t port = DYNAMIC_FIRST; port < DYNAMIC_FIRST + DYNAMIC_COUNT; port++) {
        run = model_is_free(&fuzz.model, protocol, port, 1) ? run + 1 : 0;
        if (run == count)
            return true;
    }
    return false;
}

static unsigned expect_acquire(enum model_protocol protocol, uint32_t first, uint32_t count)
{
    if (count == 0 || first + count > 65536)
        return WSAEINVAL;
    if (first == 0)
        return has_run(protocol, count) ? 0 : WSAEADDRINUSE;
    return model_is_free(&fuzz.model, protocol, first, count) ? 0 : WSAEADDRINUSE;
}

static void do_acquire(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    if (!usable(s))
        return;
    const enum model_protocol protocol = modelled(s)->protocol;
    const uint16_t first = port_of(bytes[2]);
    const uint16_t count = count_of(bytes[3]);
    INET_PORT_RANGE range = {.StartPort = htons(first), .NumberOfPorts = count};
    INET_PORT_RESERVATION_INSTANCE got;
    DWORD size = 0xdead;
    /* Now and then with no room for the answer, or none at all. */
    const bool cut_short = bytes[1] >= 0xF0;
    const bool nowhere = !cut_short && bytes[1] >= 0xE0;
    const unsigned want = cut_short ? WSAEINVAL
                          : nowhere ? WSAEFAULT
                                    : expect_acquire(protocol, first, count);
    const unsigned answer =
        outcome(WSAIoctl(handle_of(s), SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range,
                         nowhere ? NULL : &got, sizeof got - cut_short, &size, NULL, NULL));
    if (excused(answer))
        return;
    ASSERT(answer == want);
    if (answer != 0)
        return;
    const struct model_block block = {
        .kind = MODEL_RUNTIME,
        .protocol = protocol,
        .first = ntohs(got.StartPort),
        .count = got.NumberOfPorts,
        .token = got.Token,
        .process = fuzz.running,
        .holder = s,
    };
    ASSERT(size == sizeof got);
    ASSERT(block.count == count);
    ASSERT(first == 0 || block.first == first);
    ASSERT(first != 0 ||
           (block.first >= DYNAMIC_FIRST && block.first + count <= DYNAMIC_FIRST + DYNAMIC_COUNT));
    ASSERT(model_is_free(&fuzz.model, protocol, block.first, block.count));
    ASSERT(block.token != 0 && model_find_token(&fuzz.model, block.token) < 0);
    remember_token(block.token);
    fuzz.full = model_add(&fuzz.model, &block) < 0;
}

static bool shares_holder(const struct model_block *block)
{
    return modelled(block->holder)->in_process[fuzz.running];
}

static unsigned expect_associate(int s, uint64_t token)
{
    const struct model_socket *socket = modelled(s);
    const int found = model_find_token(&fuzz.model, token);
    if (socket->bound || found < 0)
        return WSAEINVAL;
    const struct model_block *block = &fuzz.model.blocks[found];
    if (block->kind == MODEL_PERSISTENT && !is_administrator())
        return WSAEACCES;
    if (block->kind == MODEL_RUNTIME && block->process != fuzz.running && !shares_holder(block))
        return WSAEACCES;
    return block->protocol == socket->protocol ? 0 : WSAEINVAL;
}

static unsigned token_ioctl(int s, DWORD code, uint64_t token)
{
    ULONG64 wanted = token;
    DWORD size;
    return outcome(
        WSAIoctl(handle_of(s), code, &wanted, sizeof wanted, NULL, 0, &size, NULL, NULL));
}

static void do_associate(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    const uint64_t token = token_of(bytes[2]);
    if (!usable(s))
        return;
    const unsigned want = expect_associate(s, token);
    const unsigned answer = token_ioctl(s, SIO_ASSOCIATE_PORT_RESERVATION, token);
    if (excused(answer))
        return;
    ASSERT(answer == want);
    if (answer == 0) {
        modelled(s)->block = model_find_token(&fuzz.model, token);
        modelled(s)->block_ended = false;
    }
}

static void do_release(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    const uint64_t token = token_of(bytes[2]);
    const int found = model_find_token(&fuzz.model, token);
    if (!usable(s))
        return;
    const unsigned answer = token_ioctl(s, SIO_RELEASE_PORT_RESERVATION, token);
    if (excused(answer))
        return;
    if (found < 0 || fuzz.model.blocks[found].kind != MODEL_RUNTIME) {
        ASSERT(answer == WSAEINVAL);
        return;
    }
    const struct model_block *block = &fuzz.model.blocks[found];
    const bool mine = block->process == fuzz.running || shares_holder(block);
    ASSERT(answer == (mine ? 0u : (unsigned)WSAEACCES));
    if (answer == 0)
        model_end(&fuzz.model, found);
}

/* ---- bind ---------------------------------------------------------------------------------------
 */

static unsigned call_bind(int s, bool wildcard, uint16_t port)
{
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    struct sockaddr_in name4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    name.sin6_addr.s6_addr[15] = wildcard ? 0 : 1;
    name4.sin_addr.s_addr = wildcard ? 0 : htonl(INADDR_LOOPBACK);
    if (modelled(s)->ipv6)
        return outcome(bind(handle_of(s), (struct sockaddr *)&name, sizeof name));
    return outcome(bind(handle_of(s), (struct sockaddr *)&name4, sizeof name4));
}

static uint32_t port_now(int s)
{
    struct sockaddr_in6 name;
    int size = sizeof name;
    if (getsockname(handle_of(s), (struct sockaddr *)&name, &size) != 0)
        return 0;
    return ntohs(name.sin6_port); /* the port lies at the same place in both families */
}

static void judge_choice(int s, bool wildcard, unsigned answer)
{
    unsigned error;
    const bool choice = model_has_choice(&fuzz.model, s, wildcard, &error);
    ASSERT(answer == (choice ? 0 : error));
    if (answer != 0)
        return;
    const uint32_t port = port_now(s);
    ASSERT(model_may_choose(&fuzz.model, s, wildcard, port));
    model_bound(&fuzz.model, s, wildcard, port);
}

static void do_bind(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    const uint16_t port = port_of(bytes[2]);
    const bool wildcard = bytes[3] & 1;
    if (!usable(s))
        return;
    const unsigned answer = call_bind(s, wildcard, port);
    if (excused(answer))
        return;
    if (port == 0) {
        judge_choice(s, wildcard, answer);
        return;
    }
    ASSERT(answer == model_bind(&fuzz.model, s, wildcard, port));
    if (answer == 0)
        model_bound(&fuzz.model, s, wildcard, port);
}

/* connect and sendto, to a port nobody listens at. */
static void do_implicit_bind(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    const struct sockaddr_in nobody = {
        .sin_family = AF_INET,
        .sin_port = htons(9),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    if (!usable(s) || modelled(s)->bound || modelled(s)->ipv6)
        return;
    unsigned answer;
    if (modelled(s)->protocol == MODEL_UDP)
        answer =
            sendto(handle_of(s), "x", 1, 0, (const struct sockaddr *)&nobody, sizeof nobody) == 1
                ? 0
                : (unsigned)WSAGetLastError();
    else
        answer = outcome(connect(handle_of(s), (const struct sockaddr *)&nobody, sizeof nobody));
    if (excused(answer))
        return;
    judge_choice(s, true, answer == WSAECONNREFUSED ? 0 : answer);
}

static void do_option(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    const bool exclusive = bytes[2] & 1;
    const BOOL on = (bytes[2] & 2) != 0;
    if (!usable(s) || modelled(s)->bound)
        return;
    const unsigned answer =
        outcome(setsockopt(handle_of(s), SOL_SOCKET, exclusive ? SO_EXCLUSIVEADDRUSE : SO_REUSEADDR,
                           (const char *)&on, sizeof on));
    const bool other = exclusive ? modelled(s)->reuse : modelled(s)->exclusive;
    ASSERT(answer == (on && other ? (unsigned)WSAEINVAL : 0u));
    if (answer == 0 && exclusive)
        modelled(s)->exclusive = on;
    if (answer == 0 && !exclusive)
        modelled(s)->reuse = on;
}

/* ---- Persistent blocks
 * --------------------------------------------------------------------------- */

static void restart(void);

/* The power failed in the call: what it was about may be there or not, and nothing else changed. */
static void settle_after_cut(enum model_kind kind, enum model_protocol protocol, uint16_t first,
                             uint16_t count, bool creating);

static unsigned expect_create(enum model_protocol protocol, uint32_t first, uint32_t count)
{
    if (first == 0 || count == 0 || first + count > 65536)
        return ERROR_INVALID_PARAMETER;
    if (!is_administrator())
        return ERROR_ACCESS_DENIED;
    return model_is_free(&fuzz.model, protocol, first, count) ? 0 : ERROR_SHARING_VIOLATION;
}

static void do_create(const uint8_t *bytes)
{
    const enum model_protocol protocol = bytes[1] & 1 ? MODEL_UDP : MODEL_TCP;
    const uint16_t first = (bytes[1] & 0x80) ? port_of(bytes[2]) : explicit_port_of(bytes[2]);
    const uint16_t count = count_of(bytes[3]);
    const unsigned want = expect_create(protocol, first, count);
    ULONG64 token = 0;
    const ULONG answer = protocol == MODEL_UDP
                             ? CreatePersistentUdpPortReservation(htons(first), count, &token)
                             : CreatePersistentTcpPortReservation(htons(first), count, &token);
    if (!berth_has_power(fuzz.machine)) {
        settle_after_cut(MODEL_PERSISTENT, protocol, first, count, want == 0);
        return;
    }
    if (excused(answer))
        return;
    ASSERT(answer == want);
    if (answer != 0)
        return;
    ASSERT(token != 0 && model_find_token(&fuzz.model, token) < 0);
    const struct model_block block = {.kind = MODEL_PERSISTENT,
                                      .protocol = protocol,
                                      .first = first,
                                      .count = count,
                                      .token = token,
                                      .stored = true};
    remember_token(token);
    fuzz.full = model_add(&fuzz.model, &block) < 0;
}

/* A range that is likely to be there: a live persistent block's, perhaps shifted or cut. */
static void range_near(const uint8_t *bytes, uint16_t *first, uint16_t *count)
{
    *first = explicit_port_of(bytes[2]);
    *count = count_of(bytes[3]);
    if ((bytes[1] & 0x60) == 0)
        return;
    const struct model_block *block = &fuzz.model.blocks[bytes[2] % 8];
    if (!block->live)
        return;
    *first = (uint16_t)(block->first + (bytes[3] == 7));
    *count = (uint16_t)(block->count - (bytes[3] == 8 && block->count > 1));
}

static void do_delete(const uint8_t *bytes)
{
    const enum model_protocol protocol = bytes[1] & 1 ? MODEL_UDP : MODEL_TCP;
    uint16_t first;
    uint16_t count;
    range_near(bytes, &first, &count);
    const int found = model_find_range(&fuzz.model, MODEL_PERSISTENT, protocol, first, count);
    const ULONG answer = protocol == MODEL_UDP
                             ? DeletePersistentUdpPortReservation(htons(first), count)
                             : DeletePersistentTcpPortReservation(htons(first), count);
    unsigned want = found >= 0 ? 0 : ERROR_NOT_FOUND;
    if (first == 0 || count == 0)
        want = ERROR_INVALID_PARAMETER;
    else if (!is_administrator() && first + count <= 65536)
        want = ERROR_ACCESS_DENIED;
    if (!berth_has_power(fuzz.machine)) {
        settle_after_cut(MODEL_PERSISTENT, protocol, first, count, false);
        return;
    }
    if (excused(answer))
        return;
    ASSERT(answer == want);
    if (answer == 0)
        model_end(&fuzz.model, found);
}

static void do_lookup(const uint8_t *bytes)
{
    const enum model_protocol protocol = bytes[1] & 1 ? MODEL_UDP : MODEL_TCP;
    uint16_t first;
    uint16_t count;
    range_near(bytes, &first, &count);
    ULONG64 token = 0xdead;
    const int found = model_find_range(&fuzz.model, MODEL_PERSISTENT, protocol, first, count);
    const ULONG answer = protocol == MODEL_UDP
                             ? LookupPersistentUdpPortReservation(htons(first), count, &token)
                             : LookupPersistentTcpPortReservation(htons(first), count, &token);
    if (excused(answer))
        return;
    if (first == 0 || count == 0) {
        ASSERT(answer == ERROR_INVALID_PARAMETER);
        return;
    }
    ASSERT(answer == (found >= 0 ? 0u : (unsigned)ERROR_NOT_FOUND));
    if (answer != 0) {
        ASSERT(token == 0xdead);
        return;
    }
    struct model_block *block = &fuzz.model.blocks[found];
    ASSERT(token != 0 && (block->token == 0 || block->token == token));
    if (block->token == 0)
        remember_token(token);
    block->token = token;
}

static void do_exclusion(const uint8_t *bytes)
{
    const bool add = bytes[1] & 2;
    const bool active = bytes[1] & 4;
    const enum model_protocol protocol = bytes[1] & 1 ? MODEL_UDP : MODEL_TCP;
    uint16_t first = explicit_port_of(bytes[2]);
    uint16_t count = count_of(bytes[3]);
    char line[160];
    char said[256];
    if (!add)
        range_near(bytes, &first, &count);
    const int found = model_find_range(&fuzz.model, MODEL_EXCLUSION, protocol, first, count);
    snprintf(line, sizeof line,
             "int ipv4 %s excludedportrange protocol=%s startport=%u numberofports=%u store=%s",
             add ? "add" : "delete", protocol == MODEL_UDP ? "udp" : "tcp", first, count,
             active ? "active" : "persistent");
    if (!add && found >= 0 && active == fuzz.model.blocks[found].stored)
        return; /* deleting from the store it is not in: the pages are silent */
    const bool possible = first != 0 && count != 0 && first + count <= 65536;
    const bool want = possible && is_administrator() &&
                      (add ? model_is_free(&fuzz.model, protocol, first, count) : found >= 0);
    const int code = berth_netsh(fuzz.machine, line, said, sizeof said);
    if (!berth_has_power(fuzz.machine)) {
        settle_after_cut(MODEL_EXCLUSION, protocol, first, count, add && want);
        return;
    }
    if (allocation_failed() && code != 0)
        return;
    ASSERT((code == 0) == want);
    if (code != 0)
        return;
    const struct model_block block = {.kind = MODEL_EXCLUSION,
                                      .protocol = protocol,
                                      .first = first,
                                      .count = count,
                                      .stored = !active};
    if (add)
        fuzz.full = model_add(&fuzz.model, &block) < 0;
    else
        model_end(&fuzz.model, found);
}

/* ---- Processes, duplicates, the machine
 * ------------------------------------------------------------ */

static void start_process(int process)
{
    WSADATA data;
    const uint32_t error = berth_spawn(fuzz.machine, &launches[process], &fuzz.processes[process]);
    ASSERT(error == 0);
    berth_switch(fuzz.machine, fuzz.processes[process]);
    ASSERT(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    fuzz.process_ids[process] = GetCurrentProcessId();
}

static void run_process(int process)
{
    fuzz.running = process;
    berth_switch(fuzz.machine, fuzz.processes[process]);
}

static void start_processes(void)
{
    for (int i = 0; i < MODEL_PROCESSES; i++)
        start_process(i);
    run_process(0);
}

static void do_switch(const uint8_t *bytes)
{
    run_process(bytes[1] % MODEL_PROCESSES);
}

static void close_all_of(int process)
{
    for (int s = 0; s < MODEL_SOCKETS; s++)
        if (modelled(s)->open && modelled(s)->in_process[process])
            model_close(&fuzz.model, s, process);
}

static void do_kill(const uint8_t *bytes)
{
    const int process = bytes[1] % MODEL_PROCESSES;
    const int running = fuzz.running;
    disarm();
    berth_kill(fuzz.machine, fuzz.processes[process]);
    close_all_of(process);
    start_process(process);
    run_process(running);
}

static void do_cleanup(const uint8_t *bytes)
{
    WSADATA data;
    (void)bytes;
    disarm();
    ASSERT(WSACleanup() == 0);
    close_all_of(fuzz.running);
    ASSERT(WSAStartup(MAKEWORD(2, 2), &data) == 0);
}

static void do_duplicate(const uint8_t *bytes)
{
    const int s = socket_of(bytes[1]);
    const int target = bytes[2] % MODEL_PROCESSES;
    const int running = fuzz.running;
    WSAPROTOCOL_INFOA info;
    if (!usable(s) || modelled(s)->in_process[target])
        return;
    const unsigned answer =
        outcome(WSADuplicateSocketA(handle_of(s), fuzz.process_ids[target], &info));
    if (answer != 0) {
        ASSERT(excused(answer));
        return;
    }
    run_process(target);
    const SOCKET handle =
        WSASocketA(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, 0);
    if (handle == INVALID_SOCKET)
        ASSERT(excused((unsigned)WSAGetLastError()));
    else
        adopt(s, handle, target);
    run_process(running);
}

static void restart(void)
{
    disarm();
    ASSERT(berth_boot(fuzz.machine));
    ASSERT(berth_damaged_values(fuzz.machine) <= 1); /* at most the write that was cut */
    model_restart(&fuzz.model);
    start_processes();
}

static void settle_after_cut(enum model_kind kind, enum model_protocol protocol, uint16_t first,
                             uint16_t count, bool creating)
{
    const int before = model_find_range(&fuzz.model, kind, protocol, first, count);
    berth_off(fuzz.machine, BERTH_POWER_CUT);
    restart();

    struct model_block block = {
        .kind = kind, .protocol = protocol, .first = first, .count = count, .stored = true};
    bool there = false;
    ULONG64 token;
    if (kind == MODEL_PERSISTENT) {
        there = (protocol == MODEL_UDP
                     ? LookupPersistentUdpPortReservation(htons(first), count, &token)
                     : LookupPersistentTcpPortReservation(htons(first), count, &token)) == 0;
    } else {
        /* netsh has no lookup: whether it is there or not, afterwards it is not. */
        char line[160];
        char said[64];
        snprintf(line, sizeof line,
                 "int ipv4 delete excludedportrange protocol=%s startport=%u numberofports=%u",
                 protocol == MODEL_UDP ? "udp" : "tcp", first, count);
        berth_netsh(fuzz.machine, line, said, sizeof said);
        if (before >= 0)
            model_end(&fuzz.model, before);
        return;
    }
    ASSERT(!there || creating || before >= 0);
    if (there && before < 0)
        fuzz.full = model_add(&fuzz.model, &block) < 0;
    if (!there && before >= 0)
        model_end(&fuzz.model, before);
}

static void do_reboot(const uint8_t *bytes)
{
    static const enum berth_off ways[] = {BERTH_SHUT_DOWN, BERTH_POWER_CUT, BERTH_CRASH};
    berth_off(fuzz.machine, ways[bytes[1] % 3]);
    restart();
}

static void do_cut(const uint8_t *bytes)
{
    static const enum berth_cut places[] = {BERTH_CUT_BEFORE, BERTH_CUT_DURING, BERTH_CUT_AFTER};
    if (is_administrator())
        berth_cut_power_at(fuzz.machine, 1, places[bytes[1] % 3]);
}

static void do_fail_allocation(const uint8_t *bytes)
{
    armed = true;
    berth_fail_allocation(fuzz.machine, 1 + bytes[1] % 4);
}

/* ---- Comparing
 * -------------------------------------------------------------------------------------- */

static const enum model_kind kinds[] = {
    [ENTRY_RUNTIME] = MODEL_RUNTIME,
    [ENTRY_PERSISTENT] = MODEL_PERSISTENT,
    [ENTRY_EXCLUSION] = MODEL_EXCLUSION,
};

struct tally {
    enum model_protocol protocol;
    int blocks, sockets;
};

static void compare_entry(void *context, const struct pool_entry *entry)
{
    struct tally *tally = context;
    ASSERT(entry->kind != ENTRY_FOREIGN);
    const int found = model_find_range(&fuzz.model, kinds[entry->kind], tally->protocol,
                                       entry->range.first, entry->range.count);
    ASSERT(found >= 0);
    const struct model_block *block = &fuzz.model.blocks[found];
    ASSERT(block->token == 0 || block->token == entry->token);
    ASSERT(block->stored == entry->stored);
    if (block->kind == MODEL_RUNTIME)
        ASSERT(fuzz.process_ids[block->process] == entry->process_id || entry->process_id != 0);
    tally->blocks++;
}

static void compare_bound(void *context, const struct bound_port *bound)
{
    struct tally *tally = context;
    ASSERT(model_is_bound(&fuzz.model, tally->protocol, bound->port));
    tally->sockets++;
}

static void compare(void)
{
    for (int protocol = 0; protocol < 2; protocol++) {
        struct tally tally = {.protocol = (enum model_protocol)protocol};
        pool_visit(fuzz.machine->tcpip, (enum protocol)protocol, compare_entry, &tally);
        bound_visit(fuzz.machine->tcpip, (enum protocol)protocol, compare_bound, &tally);
        for (int i = 0; i < MODEL_BLOCKS; i++)
            tally.blocks -=
                fuzz.model.blocks[i].live && (int)fuzz.model.blocks[i].protocol == protocol;
        for (int i = 0; i < MODEL_SOCKETS; i++)
            tally.sockets -=
                modelled(i)->open && modelled(i)->bound && (int)modelled(i)->protocol == protocol;
        ASSERT(tally.blocks == 0);
        ASSERT(tally.sockets == 0);
    }
}

/* ---- The target
 * -------------------------------------------------------------------------------------- */

enum { FAIL_ALLOCATION = 29 };

static void (*const operations[])(const uint8_t *) = {
    do_socket,  do_socket,    do_socket,    do_close,     do_acquire,       do_acquire,
    do_acquire, do_acquire,   do_associate, do_associate, do_associate,     do_release,
    do_bind,    do_bind,      do_bind,      do_bind,      do_implicit_bind, do_option,
    do_create,  do_create,    do_delete,    do_lookup,    do_exclusion,     do_switch,
    do_switch,  do_duplicate, do_kill,      do_reboot,    do_cut,           do_fail_allocation,
    do_cleanup, do_bind,
};

void target_use(const struct profile *profile)
{
    fuzz.profile = *profile;
    if (fuzz.machine != NULL)
        berth_set_profile(fuzz.machine, profile);
}

/* A machine and a disk on which the dynamic ranges are small. The default profile makes it. */
static void prepare(void)
{
    static const char *const lines[] = {"int ipv4 set dynamicport tcp start=49152 num=255",
                                        "int ipv4 set dynamicport udp start=49152 num=255"};
    const struct berth_config config = {.seed = 1, .memory_limit = 16 << 20};
    char said[256];
    fuzz.machine = berth_new(&config);
    ASSERT(fuzz.machine != NULL);
    ASSERT(berth_boot(fuzz.machine));
    for (int i = 0; i < 2; i++)
        ASSERT(berth_netsh(fuzz.machine, lines[i], said, sizeof said) == 0);
    berth_off(fuzz.machine, BERTH_SHUT_DOWN);
    const unsigned char *disk = berth_disk(fuzz.machine, &fuzz.disk_size);
    static unsigned char copy[1 << 16];
    ASSERT(fuzz.disk_size <= sizeof copy);
    memcpy(copy, disk, fuzz.disk_size);
    fuzz.disk = copy;
    if (fuzz.profile.chosen[BEHAVIOUR_COUNT - 1] == 0)
        profile_default(&fuzz.profile);
    berth_set_profile(fuzz.machine, &fuzz.profile);
}

static void begin(void)
{
    size_t size;
    berth_reset(fuzz.machine, 1, false);
    memcpy(berth_disk(fuzz.machine, &size), fuzz.disk, fuzz.disk_size);
    model_clear(&fuzz.model);
    memset(fuzz.tokens, 0, sizeof fuzz.tokens);
    fuzz.token_next = 1; /* the first place stays 0, the invalid token */
    fuzz.full = false;
    armed = false;
    ASSERT(berth_boot(fuzz.machine));
    start_processes();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (fuzz.machine == NULL)
        prepare();
    begin();
    for (; size >= OPERATION_SIZE && !fuzz.full; data += OPERATION_SIZE, size -= OPERATION_SIZE) {
        const unsigned operation = data[0] % (sizeof operations / sizeof *operations);
        operations[operation](data);
        if (operation != FAIL_ALLOCATION)
            disarm(); /* an operation that called nothing */
        compare();
        berth_check(fuzz.machine);
    }
    berth_off(fuzz.machine, BERTH_POWER_CUT);
    return 0;
}
