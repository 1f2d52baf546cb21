/* Byte strings as programs over three connections: overlapped sends and receives, cancels,
 * shutdowns, closes, faults of the wire, and time.
 *
 * The model is a number for each direction of a connection: how many bytes were sent. The n-th byte
 * of a direction has a value of its own, so what arrives says whether it is the byte that had to
 * come: none lost, none twice, none out of order, whatever was cancelled meanwhile. An operation is
 * four bytes, what and three arguments; every byte string is a program.
 */
#include <string.h>

#include "fuzz/host.h"
#include "sim/engine/check.h"
#include "sim/tcpip/wire.h"

enum {
    OPERATION_SIZE = 4,
    PAIRS = 3,
    ENDS = 2,
    PENDING_MAX = 4,
    BUFFER_SIZE = 50000,
    FIRST_PORT = 5000
};

const size_t target_operation_size = OPERATION_SIZE;

const enum option target_defects[] = {
    OPTION_cancel_data_lost,
    OPTION_cancel_end_succeeds,
    OPTION_cancel_which_all_of_the_socket,
    OPTION_cancel_which_the_first,
    OPTION_end_behind_bytes_lost,
    OPTION_end_of_stream_once,
    OPTION_full_window_loses,
    OPTION_half_closed_send_wsaeshutdown,
    OPTION_receive_end_lost,
    OPTION_receive_order_last_first,
    OPTION_request_block_no_bytes,
    OPTION_request_block_not_marked,
    OPTION_stream_peek_takes,
    OPTION_stream_waitall_ignored,
    OPTION_COUNT,
};

struct operation {
    struct io_status block;
    bool live;
    bool peeks, fills; /* MSG_PEEK, MSG_WAITALL */
    bool cancelled;    /* asked to end: one that fills gives what it has */
    uint32_t size;
    unsigned char bytes[BUFFER_SIZE];
};

/* One end of a connection, and the direction of which it is the sender. */
struct end {
    uint64_t handle;
    struct socket_object *socket; /* NULL once closed */
    uint64_t sent, received;      /* of the bytes this end sends; that came to the other end */
    bool finished;                /* it sends no more */
    struct operation send;
    struct operation receives[PENDING_MAX]; /* the oldest first, in a ring */
    unsigned first, count;
};

static struct fuzz {
    struct end ends[PAIRS][ENDS];
    bool lossy;         /* the wire lost something, perhaps */
    bool broken[PAIRS]; /* reset: what was on its way is lost, what had come was right */
} fuzz;

static unsigned char byte_at(int pair, int end, uint64_t position)
{
    return (unsigned char)(position * 7 + position / 251 + (unsigned)(pair * 2 + end) * 89);
}

/* ---- Judging ---- */

static void judge_bytes(int pair, int to, const struct operation *operation, uint64_t count)
{
    struct end *from = &fuzz.ends[pair][1 - to];
    for (uint64_t i = 0; i < count; i++)
        ASSERT(operation->bytes[i] == byte_at(pair, 1 - to, from->received + i));
    ASSERT(from->received + count <= from->sent);
    if (!operation->peeks)
        from->received += count;
}

/* Six losses in a row end a connection: what had come was right, that is all one can ask. */
static void note_loss(int pair)
{
    for (int i = 0; i < ENDS && fuzz.lossy; i++) {
        struct tcp_view view;
        if (fuzz.ends[pair][i].socket == NULL)
            continue;
        tcp_look(fuzz.ends[pair][i].socket->endpoint, &view);
        fuzz.broken[pair] |= view.aborted != STATUS_SUCCESS;
    }
}

static void judge_receive(int pair, int to, const struct operation *operation)
{
    const struct end *from = &fuzz.ends[pair][1 - to];
    nt_status status = (nt_status)operation->block.status;
    uint64_t count = operation->block.information;
    ASSERT(count <= operation->size);
    if (status == STATUS_SUCCESS) {
        judge_bytes(pair, to, operation, count);
        const bool whole =
            operation->fills && !operation->cancelled ? count == operation->size : count > 0;
        if (!whole) /* the end: nothing is missing before it */
            ASSERT((from->finished && from->received == from->sent) || fuzz.broken[pair]);
        return;
    }
    ASSERT(count == 0);
    ASSERT((status == STATUS_CANCELLED && operation->cancelled) || fuzz.broken[pair] ||
           fuzz.ends[pair][to].socket == NULL);
}

/* Receives complete in the order issued, but for those that are cancelled. */
static void collect_receives(int pair, int which)
{
    struct end *end = &fuzz.ends[pair][which];
    for (unsigned i = 0; i < end->count; i++) {
        struct operation *operation = &end->receives[(end->first + i) % PENDING_MAX];
        if (!operation->live || operation->block.status == STATUS_PENDING)
            continue;
        operation->live = false;
        judge_receive(pair, which, operation);
    }
    while (end->count > 0 && !end->receives[end->first].live) {
        end->first = (end->first + 1) % PENDING_MAX;
        end->count--;
    }
}

static void collect_send(int pair, int which)
{
    struct end *end = &fuzz.ends[pair][which];
    if (!end->send.live || end->send.block.status == STATUS_PENDING)
        return;
    end->send.live = false;
    if (end->send.block.status == STATUS_SUCCESS) {
        ASSERT(end->send.block.information == end->send.size);
        return;
    }
    ASSERT(end->send.cancelled || end->socket == NULL || fuzz.broken[pair]);
    end->sent -= end->send.size; /* it waited for room and has sent nothing */
    ASSERT(end->received <= end->sent || fuzz.broken[pair]);
}

/* Sends first: what a receive brings must have been sent. A pending send counts as sent, for it may
 * be on its way any moment.
 */
static void collect(void)
{
    for (int pair = 0; pair < PAIRS; pair++)
        note_loss(pair);
    for (int pair = 0; pair < PAIRS; pair++)
        for (int end = 0; end < ENDS; end++)
            collect_receives(pair, end);
    for (int pair = 0; pair < PAIRS; pair++)
        for (int end = 0; end < ENDS; end++)
            collect_send(pair, end);
}

/* ---- Operations ---- */

static struct end *end_of(const uint8_t *bytes)
{
    return &fuzz.ends[bytes[1] % PAIRS][bytes[1] / PAIRS % ENDS];
}

static struct io *make_io(struct end *end, enum io_kind kind, struct operation *operation)
{
    const struct request_delivery delivery = {.block = &operation->block};
    const struct io_buffer pieces[] = {
        {operation->bytes, operation->size / 3},
        {operation->bytes + operation->size / 3, operation->size - operation->size / 3},
    };
    struct io *io = io_new(end->socket, kind, "fuzz", &delivery);
    ASSERT(io != NULL);
    ASSERT(io_set_buffers(io, pieces, 2));
    return io;
}

static uint32_t size_of(const uint8_t *bytes)
{
    static const uint32_t sizes[] = {1, 2, 3, 10, 100, 1459, 1460, 1461, 5000, 20000, 40000, 50000};
    return sizes[bytes[2] % (sizeof sizes / sizeof *sizes)];
}

static void do_send(const uint8_t *bytes)
{
    int pair = bytes[1] % PAIRS, which = bytes[1] / PAIRS % ENDS;
    struct end *end = end_of(bytes);
    if (end->socket == NULL || end->send.live)
        return;
    struct operation *operation = &end->send;
    operation->size = size_of(bytes);
    operation->cancelled = false;
    for (uint32_t i = 0; i < operation->size; i++)
        operation->bytes[i] = byte_at(pair, which, end->sent + i);
    struct io *io = make_io(end, IO_SEND, operation);
    nt_status status = socket_send(io, host.process);
    if (status == STATUS_SUCCESS || status == STATUS_PENDING) {
        ASSERT(!end->finished);
        ASSERT(operation->block.status == (uint64_t)status);
        ASSERT(status == STATUS_PENDING || operation->block.information == operation->size);
        end->sent += operation->size;
        operation->live = status == STATUS_PENDING;
        return;
    }
    io_end(io);
    ASSERT(end->finished || fuzz.broken[pair]);
}

static void do_receive(const uint8_t *bytes)
{
    int pair = bytes[1] % PAIRS;
    struct end *end = end_of(bytes);
    if (end->socket == NULL || end->count == PENDING_MAX)
        return;
    struct operation *operation = &end->receives[(end->first + end->count) % PENDING_MAX];
    operation->size = size_of(bytes);
    operation->fills = bytes[3] % 4 == 0;
    operation->peeks = bytes[3] % 16 == 5;
    operation->cancelled = false;
    memset(operation->bytes, 0xEE, operation->size);
    struct io *io = make_io(end, IO_RECEIVE, operation);
    io->flags = (operation->fills ? IO_WAIT_ALL : 0u) | (operation->peeks ? IO_PEEK : 0u);
    nt_status status = socket_receive(io);
    if (status == STATUS_SUCCESS || status == STATUS_PENDING) {
        ASSERT(operation->block.status == (uint64_t)status);
        operation->live = true;
        end->count++;
        return;
    }
    io_end(io);
    ASSERT(fuzz.broken[pair]);
}

static bool pends(const struct operation *operation)
{
    return operation->live && operation->block.status == STATUS_PENDING;
}

/* Ends what it names, if that pends, and nothing else. */
static void cancel_one(struct end *end, struct operation *operation)
{
    struct operation *all[1 + PENDING_MAX] = {&end->send};
    bool pended[1 + PENDING_MAX];
    const struct request_filter filter = {.block = &operation->block};

    for (int i = 0; i < PENDING_MAX; i++)
        all[1 + i] = &end->receives[i];
    for (int i = 0; i < 1 + PENDING_MAX; i++)
        pended[i] = pends(all[i]);
    const bool found = pends(operation);
    operation->cancelled |= found;
    ASSERT(request_cancel(&end->socket->file, &filter) ==
           (found ? STATUS_SUCCESS : STATUS_NOT_FOUND));
    for (int i = 0; i < 1 + PENDING_MAX; i++)
        ASSERT(pends(all[i]) == (pended[i] && all[i] != operation));
}

static void cancel_all(struct end *end)
{
    const struct request_filter filter = {0};
    bool found = pends(&end->send);

    end->send.cancelled |= found;
    for (int i = 0; i < PENDING_MAX; i++)
        if (pends(&end->receives[i])) {
            end->receives[i].cancelled = true;
            found = true;
        }
    ASSERT(request_cancel(&end->socket->file, &filter) ==
           (found ? STATUS_SUCCESS : STATUS_NOT_FOUND));
    ASSERT(!pends(&end->send));
    for (int i = 0; i < PENDING_MAX; i++)
        ASSERT(!pends(&end->receives[i]));
}

static void do_cancel(const uint8_t *bytes)
{
    struct end *end = end_of(bytes);
    if (end->socket == NULL)
        return;
    if (bytes[2] % 4 == 0)
        cancel_one(end, &end->send);
    else if (bytes[2] % 4 == 1)
        cancel_one(end, &end->receives[bytes[3] % PENDING_MAX]);
    else
        cancel_all(end);
}

static void do_shutdown(const uint8_t *bytes)
{
    struct end *end = end_of(bytes);
    int how = bytes[2] % 8 == 0 ? 2 : 1;
    if (end->socket == NULL)
        return;
    if (how == 2)
        fuzz.broken[bytes[1] % PAIRS] = true; /* what comes after it is dropped */
    nt_status status = socket_shutdown(end->socket, how);
    ASSERT(status == STATUS_SUCCESS || fuzz.broken[bytes[1] % PAIRS]);
    end->finished = true;
}

/* Unread bytes, or bytes on the way, make a reset of it: then the pair is broken. A close right
 * after everything was read is as good as a shutdown; which it was, is not told here.
 */
static void do_close(const uint8_t *bytes)
{
    int pair = bytes[1] % PAIRS;
    struct end *end = end_of(bytes);
    const struct end *other = &fuzz.ends[pair][1 - bytes[1] / PAIRS % ENDS];
    if (end->socket == NULL || bytes[2] % 4 != 0)
        return;
    if (!other->finished || other->received < other->sent || end->send.live)
        fuzz.broken[pair] = true;
    ASSERT(socket_close(host.process, end->handle) == STATUS_SUCCESS);
    end->socket = NULL;
    end->finished = true;
}

static void do_time(const uint8_t *bytes)
{
    for (int steps = 1 + bytes[1] % 16; steps > 0; steps--)
        engine_step(&host.machine->engine);
}

static void do_wait(const uint8_t *bytes)
{
    wait_for_time(host.machine->nt, (1 + bytes[1]) * UINT64_C(10000000), "fuzz");
}

static void do_faults(const uint8_t *bytes)
{
    const struct wire_faults faults = {
        .loss = bytes[1] % 4 * 4000u,
        .duplication = bytes[2] % 4 * 4000u,
        .reordering = bytes[3] % 4 * 8000u,
        .delay = bytes[3] / 4 % 4 * 8000u,
        .delay_ns = 5000000,
        .loopback = true,
    };
    fuzz.lossy |= faults.loss != 0;
    wire_set_faults(host.machine->tcpip, &faults);
}

static void (*const operations[])(const uint8_t *) = {
    do_send,     do_send,  do_send, do_receive, do_receive, do_receive, do_receive, do_cancel,
    do_shutdown, do_close, do_time, do_time,    do_time,    do_wait,    do_faults,  do_cancel,
};

/* ---- The target ---- */

static void begin(void)
{
    host_begin();
    memset(&fuzz, 0, sizeof fuzz);
    for (int pair = 0; pair < PAIRS; pair++) {
        const struct connection made = host_connect((uint16_t)(FIRST_PORT + pair));
        for (int end = 0; end < ENDS; end++) {
            fuzz.ends[pair][end].handle = made.handles[end];
            fuzz.ends[pair][end].socket = made.sockets[end];
        }
    }
}

/* After the last byte the end comes, however often one asks. */
static void receive_end(int pair, int to)
{
    struct end *end = &fuzz.ends[pair][to];
    const uint8_t receive[] = {0, (uint8_t)(pair + to * PAIRS), 0, 1};
    if (fuzz.broken[pair] || end->socket == NULL)
        return;
    do_receive(receive);
    for (int tries = 0; tries < 200 && end->count > 0; tries++) {
        wait_for_time(host.machine->nt, UINT64_C(1000000000), "fuzz");
        collect();
    }
    ASSERT(end->count == 0);
}

/* What was sent on a connection that is whole must come, when it is asked for and time passes.
 * Receives that wait to be filled are cancelled, and give what they have.
 */
static void drain(int pair, int to)
{
    struct end *from = &fuzz.ends[pair][1 - to], *end = &fuzz.ends[pair][to];
    const uint8_t all[] = {0, (uint8_t)(pair + to * PAIRS), 2, 0};
    do_cancel(all);
    collect();
    for (int tries = 0;
         tries < 200 && !fuzz.broken[pair] && end->socket != NULL && from->received < from->sent;
         tries++) {
        const uint8_t receive[] = {0, (uint8_t)(pair + to * PAIRS), 10, 1};
        do_receive(receive);
        wait_for_time(host.machine->nt, UINT64_C(1000000000), "fuzz");
        collect();
    }
    if (!fuzz.broken[pair] && end->socket != NULL)
        ASSERT(from->received == from->sent);
    if (from->finished)
        for (int times = 0; times < 2; times++)
            receive_end(pair, to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    begin();
    for (; size >= OPERATION_SIZE; data += OPERATION_SIZE, size -= OPERATION_SIZE) {
        operations[data[0] % (sizeof operations / sizeof *operations)](data);
        collect();
        berth_check(host.machine);
    }
    wire_set_faults(host.machine->tcpip, &(const struct wire_faults){0});
    for (int pair = 0; pair < PAIRS; pair++)
        for (int end = 0; end < ENDS; end++)
            drain(pair, end);
    berth_off(host.machine, BERTH_POWER_CUT);
    return 0;
}
