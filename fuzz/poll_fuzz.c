/* Byte strings as programs of polls that pend: polls of several sockets with and without an end,
 * exclusive or not, and what ends them: datagrams, bytes, closes, cancels, time.
 *
 * The model is what a poll may be while it pends: no socket of it is as it wants, its time is not
 * up, nobody has cancelled it, no exclusive poll has taken its place. Each poll is told once, by
 * one packet with its number. An operation is four bytes; every byte string is a program.
 */
#include <string.h>

#include "fuzz/host.h"
#include "sim/afd/device.h"
#include "sim/engine/check.h"

enum {
    OPERATION_SIZE = 4,
    SOCKETS = 5, /* three of datagrams, and the two ends of a connection */
    DATAGRAMS = 3,
    POLLS = 6,
    ENTRIES_MAX = 3,
    FIRST_PORT = 5000
};

const size_t target_operation_size = OPERATION_SIZE;

const enum option target_defects[] = {
    OPTION_afd_poll_told_never,
    OPTION_afd_poll_told_late,
    OPTION_afd_poll_told_twice,
    OPTION_afd_poll_level_edge,
    OPTION_afd_poll_close_silent,
    OPTION_afd_poll_exclusive_like_any_other,
    OPTION_afd_poll_time_success,
    OPTION_afd_poll_mask_everything,
    OPTION_COUNT,
};

/* One poll, as its caller has it and as the model does. */
struct asked {
    struct io_status block;
    bool live;      /* it pended, and is not told */
    bool told;      /* its answer was written since */
    bool displaced; /* an exclusive one took its place */
    bool cancelled, exclusive;
    uint64_t due_ns;
    unsigned packets; /* that are still to come */
    uint32_t count;
    int sockets[ENTRIES_MAX];
    uint32_t wanted[ENTRIES_MAX], ready[ENTRIES_MAX];
};

static struct fuzz {
    uint64_t handles[SOCKETS];
    struct socket_object *sockets[SOCKETS]; /* NULL once closed */
    int mains[SOCKETS];                     /* the poll that is the socket's main one, or -1 */
    struct file *file;
    struct port *port;
    struct asked polls[POLLS];
} fuzz;

static uint64_t now_ns(void)
{
    return host.machine->engine.now_ns;
}

/* ---- Judging ---- */

static void forget_main(int poll)
{
    for (int i = 0; i < SOCKETS; i++)
        if (fuzz.mains[i] == poll)
            fuzz.mains[i] = -1;
}

static void finished(struct poll *poll)
{
    struct asked *asked = poll->guest;
    ASSERT(!asked->told);
    asked->told = true;
    for (uint32_t i = 0; i < poll->count; i++)
        asked->ready[i] = poll->entries[i].ready;
    poll->request.information = poll_found(poll);
}

/* What it was told is what it wanted, and that it is over has a reason. */
static void judge_told(const struct asked *asked)
{
    nt_status status = (nt_status)asked->block.status;
    uint64_t found = 0;
    for (uint32_t i = 0; i < asked->count; i++) {
        ASSERT((asked->ready[i] & ~(asked->wanted[i] | READY_CLOSED)) == 0);
        found += asked->ready[i] != 0;
    }
    ASSERT(asked->block.information == found);
    if (asked->cancelled)
        ASSERT(status == STATUS_CANCELLED && found == 0);
    else if (asked->displaced)
        ASSERT(status == STATUS_SUCCESS && found == 0);
    else if (found == 0)
        ASSERT(status == STATUS_TIMEOUT && now_ns() >= asked->due_ns);
    else
        ASSERT(status == STATUS_SUCCESS);
}

/* While it pends there is no reason why it should not. */
static void judge_pending(const struct asked *asked)
{
    ASSERT(!asked->cancelled && !asked->displaced);
    ASSERT(now_ns() <= asked->due_ns);
    for (uint32_t i = 0; i < asked->count; i++) {
        const struct socket_object *socket = fuzz.sockets[asked->sockets[i]];
        ASSERT(socket != NULL);
        ASSERT((socket_ready(socket) & asked->wanted[i]) == 0);
    }
}

static void take_packets(void)
{
    struct packet *packet;
    uint32_t taken = 0;
    while (port_depth(fuzz.port) > 0) {
        ASSERT(port_take(fuzz.port, &packet, 1, &taken, 0, false, "fuzz") == STATUS_SUCCESS);
        ASSERT(packet->context >= 1 && packet->context <= POLLS);
        struct asked *asked = &fuzz.polls[packet->context - 1];
        ASSERT(asked->told && asked->packets == 1);
        asked->packets--;
        packet->done(host.machine->nt, packet);
    }
}

static void collect(void)
{
    take_packets();
    for (int i = 0; i < POLLS; i++) {
        struct asked *asked = &fuzz.polls[i];
        if (!asked->live)
            continue;
        if (!asked->told) {
            judge_pending(asked);
            continue;
        }
        judge_told(asked);
        ASSERT(asked->packets == 0);
        asked->live = false;
        forget_main(i);
    }
}

/* ---- Operations ---- */

static uint32_t wanted_of(uint8_t byte)
{
    static const uint32_t wanted[] = {
        READY_RECEIVE, READY_RECEIVE | READY_PEER_CLOSED, READY_SEND,    READY_ABORTED,
        READY_URGENT,  READY_PEER_CLOSED | READY_ABORTED, READY_RECEIVE, 0,
    };
    return wanted[byte % (sizeof wanted / sizeof *wanted)];
}

static bool choose_sockets(struct asked *asked, const uint8_t *bytes)
{
    asked->count = 1 + bytes[2] % ENTRIES_MAX;
    for (uint32_t i = 0; i < asked->count; i++) {
        asked->sockets[i] = (int)((bytes[2] / 4 + i * (1 + bytes[2] / 64)) % SOCKETS);
        asked->wanted[i] = wanted_of((uint8_t)(bytes[3] >> i));
        if (fuzz.sockets[asked->sockets[i]] == NULL)
            return false;
    }
    return true;
}

/* Whom an exclusive poll displaces, and whose main poll it becomes when it pends. */
static void expect_displaced(const struct asked *asked)
{
    for (uint32_t i = 0; i < asked->count && asked->exclusive; i++) {
        int before = fuzz.mains[asked->sockets[i]];
        if (before < 0 || !fuzz.polls[before].exclusive)
            continue;
        fuzz.polls[before].displaced = true;
        forget_main(before);
    }
}

static void expect_main(const struct asked *asked, int number)
{
    for (uint32_t i = 0; i < asked->count; i++)
        if (fuzz.mains[asked->sockets[i]] < 0)
            fuzz.mains[asked->sockets[i]] = number;
}

static uint64_t timeout_of(uint8_t byte)
{
    static const uint64_t times_ns[] = {0, 1000000, 30000000, UINT64_MAX};
    return times_ns[byte / 16 % 4];
}

static struct poll *make_poll(struct asked *asked, int number)
{
    const struct request_delivery delivery = {
        .block = &asked->block, .block_at_the_end = true, .context = (uint64_t)number + 1};
    struct poll *poll = poll_new(host.machine->afd, fuzz.file, asked->count, &delivery);
    ASSERT(poll != NULL);
    for (uint32_t i = 0; i < asked->count; i++)
        poll->entries[i] = (struct poll_entry){.socket = fuzz.sockets[asked->sockets[i]],
                                               .wanted = asked->wanted[i]};
    poll->exclusive = asked->exclusive;
    poll->finishing = finished;
    poll->guest = asked;
    return poll;
}

static void do_poll(const uint8_t *bytes)
{
    int number = bytes[1] % POLLS;
    struct asked *asked = &fuzz.polls[number];
    uint64_t timeout_ns = timeout_of(bytes[1]);
    if (asked->live)
        return;
    *asked = (struct asked){.exclusive = bytes[1] >= 128, .packets = 1};
    if (!choose_sockets(asked, bytes))
        return;
    bool ready = false;
    for (uint32_t i = 0; i < asked->count; i++)
        ready |= (socket_ready(fuzz.sockets[asked->sockets[i]]) & asked->wanted[i]) != 0;
    asked->due_ns = timeout_ns == UINT64_MAX ? UINT64_MAX : now_ns() + timeout_ns;
    expect_displaced(asked);
    nt_status status = poll_begin(make_poll(asked, number), timeout_ns);
    if (status == STATUS_PENDING) {
        ASSERT(!ready && timeout_ns > 0);
        expect_main(asked, number);
    } else {
        ASSERT(status == STATUS_SUCCESS && (ready || timeout_ns == 0));
        ASSERT(asked->told && (asked->block.information > 0) == ready);
        if (!ready) { /* judged as one whose time is up */
            asked->due_ns = now_ns();
            asked->block.status = STATUS_TIMEOUT;
        }
    }
    asked->live = true;
}

static void do_cancel(const uint8_t *bytes)
{
    struct asked *asked = &fuzz.polls[bytes[1] % POLLS];
    const struct request_filter filter = {.block = &asked->block};
    asked->cancelled |= asked->live;
    ASSERT(request_cancel(fuzz.file, &filter) == (asked->live ? STATUS_SUCCESS : STATUS_NOT_FOUND));
}

static const struct address loopback = {.family = FAMILY_4, .bytes = {127, 0, 0, 1}};

static void move(struct socket_object *socket, enum io_kind kind, uint16_t port)
{
    struct io io;
    char bytes[32] = "poll";
    const struct io_buffer buffer = {bytes, kind == IO_SEND ? 4 : sizeof bytes};
    io_begin(&io, socket, kind, "fuzz");
    io.flags = IO_NO_WAIT;
    if (port != 0) {
        io.has_address = true;
        io.address = loopback;
        io.port = port;
    }
    ASSERT(io_set_buffers(&io, &buffer, 1));
    if (kind == IO_SEND)
        socket_send(&io, host.process);
    else
        socket_receive(&io);
    io_end(&io);
}

static void do_send(const uint8_t *bytes)
{
    int from = bytes[1] % SOCKETS;
    if (fuzz.sockets[from] == NULL)
        return;
    move(fuzz.sockets[from], IO_SEND,
         from < DATAGRAMS ? (uint16_t)(FIRST_PORT + bytes[2] % DATAGRAMS) : 0);
}

static void do_receive(const uint8_t *bytes)
{
    if (fuzz.sockets[bytes[1] % SOCKETS] != NULL)
        move(fuzz.sockets[bytes[1] % SOCKETS], IO_RECEIVE, 0);
}

static void do_shutdown(const uint8_t *bytes)
{
    struct socket_object *socket = fuzz.sockets[DATAGRAMS + bytes[1] % 2];
    if (socket != NULL && bytes[2] % 4 == 0)
        socket_shutdown(socket, 1);
}

static void open_datagram(int i)
{
    const struct socket_opening opening = {.kind = {.family = FAMILY_4, .protocol = PROTOCOL_UDP},
                                           .overlapped = true};
    ASSERT(socket_open(host.machine->afd, host.process, &opening, &fuzz.handles[i]) ==
           STATUS_SUCCESS);
    fuzz.sockets[i] = socket_find(host.process, fuzz.handles[i]);
    ASSERT(socket_bind(fuzz.sockets[i], host.process, &loopback, (uint16_t)(FIRST_PORT + i)) ==
           STATUS_SUCCESS);
}

/* Its polls are told before the call returns. A datagram socket may come again. */
static void do_close(const uint8_t *bytes)
{
    int which = bytes[1] % SOCKETS;
    if (bytes[2] % 4 != 0)
        return;
    if (fuzz.sockets[which] == NULL) {
        if (which < DATAGRAMS)
            open_datagram(which);
        return;
    }
    fuzz.sockets[which] = NULL;
    ASSERT(socket_close(host.process, fuzz.handles[which]) == STATUS_SUCCESS);
}

static void do_time(const uint8_t *bytes)
{
    for (int steps = 1 + bytes[1] % 8; steps > 0; steps--)
        engine_step(&host.machine->engine);
}

static void do_wait(const uint8_t *bytes)
{
    wait_for_time(host.machine->nt, (1 + bytes[1]) * UINT64_C(1000000), "fuzz");
}

static void (*const operations[])(const uint8_t *) = {
    do_poll, do_poll,    do_poll,     do_poll,  do_send, do_send, do_send, do_receive,
    do_poll, do_receive, do_shutdown, do_close, do_time, do_time, do_wait, do_cancel,
};

/* ---- The target ---- */

static void begin(void)
{
    uint64_t device, port;
    host_begin();
    memset(fuzz.polls, 0, sizeof fuzz.polls);
    for (int i = 0; i < SOCKETS; i++)
        fuzz.mains[i] = -1;
    for (int i = 0; i < DATAGRAMS; i++)
        open_datagram(i);
    const struct connection made = host_connect(FIRST_PORT);
    memcpy(fuzz.handles + DATAGRAMS, made.handles, sizeof made.handles);
    memcpy(fuzz.sockets + DATAGRAMS, made.sockets, sizeof made.sockets);
    ASSERT(device_open(host.machine->afd, host.process, false, false, &device) == STATUS_SUCCESS);
    fuzz.file = afd_file(host.process, device);
    fuzz.port = port_create(host.machine->nt, 1);
    ASSERT(fuzz.port != NULL);
    ASSERT(handle_open(host.process, port_object(fuzz.port), false, &port) == STATUS_SUCCESS);
    ASSERT(file_set_port(fuzz.file, fuzz.port, 0) == STATUS_SUCCESS);
}

/* What has a time ends; what has none pends until it is cancelled. */
static void end_all(void)
{
    wait_for_time(host.machine->nt, UINT64_C(1000000000), "fuzz");
    collect();
    for (uint8_t i = 0; i < POLLS; i++) {
        const uint8_t cancel[] = {0, i, 0, 0};
        if (fuzz.polls[i].live)
            ASSERT(fuzz.polls[i].due_ns == UINT64_MAX);
        do_cancel(cancel);
        collect();
        ASSERT(!fuzz.polls[i].live);
    }
    ASSERT(fuzz.file->requests == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    begin();
    for (; size >= OPERATION_SIZE; data += OPERATION_SIZE, size -= OPERATION_SIZE) {
        operations[data[0] % (sizeof operations / sizeof *operations)](data);
        collect();
        file_check(fuzz.file);
    }
    end_all();
    berth_off(host.machine, BERTH_POWER_CUT);
    return 0;
}
