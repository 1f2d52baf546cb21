#include "sim/bench/executive.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/bench/host.h"
#include "sim/engine/engine.h"
#include "sim/nt/nt.h"
#include "sim/nt/request.h"

enum { EVENTS = 2000000, REQUESTS = 1000000 };

static void need(bool done, const char *what)
{
    if (done)
        return;
    fprintf(stderr, "berth-bench: %s failed\n", what);
    exit(3);
}

/* ---- The engine's events --------------------------------------------------------------------- */

/* Mixes the number well enough for a time to wait. */
static uint64_t mix(uint64_t x)
{
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    return x ^ x >> 33;
}

static void again(void *context, uint64_t argument)
{
    struct engine *engine = context;
    uint64_t due_ns = engine->now_ns + 1 + mix(argument) % 100000;
    need(engine_post(engine, due_ns, again, engine, argument + 1) != 0, "posting an event");
}

static double time_event(unsigned pending)
{
    struct engine engine;
    need(engine_open(&engine, 1, (size_t)1 << 28, 0xA5), "opening an engine");
    for (unsigned i = 0; i < pending; i++)
        again(&engine, i * UINT64_C(1000003));
    for (unsigned i = 0; i < pending; i++) /* every place has been used */
        engine_step(&engine);
    uint64_t start = host_now_ns();
    for (unsigned i = 0; i < EVENTS; i++)
        engine_step(&engine);
    double elapsed = (double)(host_now_ns() - start);
    engine_close(&engine);
    return elapsed / EVENTS;
}

double executive_event_64(void)
{
    return time_event(64);
}

double executive_event_65536(void)
{
    return time_event(65536);
}

/* ---- Requests -------------------------------------------------------------------------------- */

static struct engine engine;
static struct disk disk;
static struct profile profile;
static struct uac uac;
static struct nt *nt;
static struct file file;
static struct port *port;
static unsigned told;

static void file_destroy(struct object *object)
{
    (void)object;
    file_close(&file);
}

static const struct object_ops file_ops = {.destroy = file_destroy};

static void request_cancelled(struct request *request)
{
    request_complete(request, STATUS_CANCELLED, 0);
}

static void request_given_back(struct request *request)
{
    arena_give(&engine.arena, request, sizeof *request);
    told++;
}

static const struct request_ops request_ops = {
    .cancel = request_cancelled, .free = request_given_back, .call = "WSARecv"};

static void begin(void)
{
    const struct token token = {.account = ACCOUNT_STANDARD, .elevation = ELEVATION_DEFAULT};

    need(engine_open(&engine, 1, (size_t)1 << 28, 0xA5), "opening an engine");
    need(disk_open(&disk, 0), "opening a disk");
    profile_default(&profile);
    nt = nt_boot(&engine, &disk, &profile, &uac, 1);
    need(nt != NULL, "booting");
    struct process *process = process_create(nt, &token, NULL, false);
    need(process != NULL && thread_borrow(process) != NULL, "starting a process");
    file = (struct file){.port = NULL};
    object_init(&file.object, nt, OBJECT_SOCKET, &file_ops);
    told = 0;
}

static void end(void)
{
    nt_power_cut(nt);
    disk_close(&disk);
    engine_close(&engine);
}

static void tie(void)
{
    port = port_create(nt, 1);
    need(port != NULL && file_set_port(&file, port, 7) == STATUS_SUCCESS, "a port");
}

static void complete_one(const struct request_delivery *delivery)
{
    struct request *request = ARENA_NEW(&engine.arena, struct request);
    need(request != NULL, "a request");
    request_begin(request, &request_ops, &file, delivery);
    request_pend(request);
    request_complete(request, STATUS_SUCCESS, 1);
}

double executive_routine(void)
{
    struct io_status block;

    begin();
    const struct wait_request alertable = {.alertable = true, .call = "SleepEx"};
    const struct request_delivery delivery = {
        .block = &block, .apc_thread = nt->current, .routine = request_free};
    uint64_t start = host_now_ns();
    for (unsigned i = 0; i < REQUESTS; i++) {
        complete_one(&delivery);
        need(wait_for(nt, &alertable, NULL) == STATUS_USER_APC, "an alertable wait");
    }
    double elapsed = (double)(host_now_ns() - start);
    need(told == REQUESTS, "telling");
    end();
    return elapsed / REQUESTS;
}

static void take_one(void)
{
    struct packet *packet;
    uint32_t taken;
    need(port_take(port, &packet, 1, &taken, UINT64_MAX, false, "GQCS") == STATUS_SUCCESS,
         "taking a packet");
    packet->done(nt, packet);
}

double executive_packet(void)
{
    struct io_status block;
    const struct request_delivery delivery = {.block = &block};

    begin();
    tie();
    uint64_t start = host_now_ns();
    for (unsigned i = 0; i < REQUESTS; i++) {
        complete_one(&delivery);
        take_one();
    }
    double elapsed = (double)(host_now_ns() - start);
    need(told == REQUESTS, "telling");
    end();
    return elapsed / REQUESTS;
}

static void take_for_ever(void *context)
{
    (void)context;
    for (;;)
        take_one();
}

double executive_packet_handed_over(void)
{
    struct io_status block;
    const struct request_delivery delivery = {.block = &block};

    begin();
    tie();
    need(thread_create(nt->processes, take_for_ever, NULL) != NULL, "a thread");
    uint64_t start = host_now_ns();
    for (unsigned i = 0; i < REQUESTS; i++) {
        complete_one(&delivery);
        thread_yield(nt);
    }
    double elapsed = (double)(host_now_ns() - start);
    need(told > REQUESTS / 4, "telling");
    double answer = elapsed / told;
    end();
    return answer;
}
