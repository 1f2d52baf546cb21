/* For the tests of requests: the owner floor is a toy. */
#ifndef SIM_NT_REQUEST_FIXTURE_H
#define SIM_NT_REQUEST_FIXTURE_H

#include "sim/nt/fixture.h"
#include "sim/nt/request.h"

static const uint64_t ms = 1000000;

static struct process *home;
static uint32_t freed, finished, routines;

/* ---- The toy --------------------------------------------------------------------------------- */

struct toy {
    struct request request; /* first */
    bool too_late;          /* a cancel does nothing */
    nt_status answer;       /* what a cancel completes it with */
    bool heap;
};

static struct file file;

static inline void file_destroy(struct object *object)
{
    (void)object;
    file_close(&file);
}

static const struct object_ops file_ops = {.destroy = file_destroy};

static inline void toy_cancel(struct request *request)
{
    struct toy *toy = (struct toy *)request;
    if (!toy->too_late)
        request_complete(request, toy->answer, 0);
}

static inline void toy_finishing(struct request *request)
{
    assert_int_equal(request->state, REQUEST_COMPLETED);
    finished++;
}

static inline void toy_free(struct request *request)
{
    struct toy *toy = (struct toy *)request;
    freed++;
    if (toy->heap)
        arena_give(&machine.engine.arena, toy, sizeof *toy);
}

static const struct request_ops toy_ops = {
    .cancel = toy_cancel, .finishing = toy_finishing, .free = toy_free, .call = "WSARecv"};

static inline void toy_routine(struct request *request)
{
    assert_int_equal(request->state, REQUEST_COMPLETED);
    assert_ptr_equal(request->delivery.apc_thread, machine.nt->current);
    routines++;
    request_free(request);
}

static inline int setup(void **state)
{
    setup_machine(state);
    freed = finished = routines = 0;
    file = (struct file){0};
    object_init(&file.object, machine.nt, OBJECT_SOCKET, &file_ops);
    home = enter();
    return 0;
}

#define REQUEST_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown_machine)

/* An overlapped request that pends, if `pend`. */
static inline struct request *issue(const struct request_delivery *delivery, bool pend)
{
    struct toy *toy = ARENA_NEW(&machine.engine.arena, struct toy);
    assert_non_null(toy);
    toy->heap = true;
    toy->answer = STATUS_CANCELLED;
    request_begin(&toy->request, &toy_ops, &file, delivery);
    assert_int_equal(toy->request.state, REQUEST_ISSUED);
    if (pend)
        request_pend(&toy->request);
    file_check(&file);
    return &toy->request;
}

static inline struct io_status block_of(uint64_t information)
{
    return (struct io_status){.status = 77, .information = information};
}

static inline struct request *pend_with(struct io_status *block)
{
    const struct request_delivery delivery = {.block = block};
    return issue(&delivery, true);
}

static inline struct port *tie(uint64_t key)
{
    struct port *port = port_create(machine.nt, 4);
    assert_status(file_set_port(&file, port, key), STATUS_SUCCESS);
    return port;
}

static inline uint64_t take_packet(struct port *port, nt_status *status, uint64_t *information)
{
    struct packet *packet = NULL;
    uint32_t taken = 0;
    if (port_take(port, &packet, 1, &taken, 0, false, "GQCS") != STATUS_SUCCESS)
        return 0;
    uint64_t context = packet->context;
    *status = packet->status;
    *information = packet->information;
    assert_int_equal(packet->key, file.key);
    packet->done(machine.nt, packet);
    return context;
}

static inline nt_status cancel_all(void)
{
    const struct request_filter any = {0};
    nt_status status = request_cancel(&file, &any);
    file_check(&file);
    return status;
}

static inline void let_run(void)
{
    wait_for_time(machine.nt, 1, "Sleep");
    nt_check(machine.nt);
}

#endif
