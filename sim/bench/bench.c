/* The rows of DESIGN's speed table: target, what this machine does (the median of several runs),
 * and beside it the same loop on the host's own sockets where there is such a loop.
 *
 *     berth-bench [--json FILE]
 *
 * Exit codes: 0 measured, 2 usage, 3 a call failed that the bench needs.
 */
#include <winsock2.h>

#include <iphlpapi.h>
#include <mstcpip.h>

#include <stdbool.h>

#include "berth/berth.h"
#include "sim/bench/echo.h"
#include "sim/bench/executive.h"
#include "sim/bench/host.h"
#include "sim/bench/many.h"

enum {
    RUNS = 7,
    SUITE_RUNS = 3,
    CYCLES = 100000,
    HOST_CYCLES = 4000,
    HOST_EVENTS = 100000,
    BOOTS = 200,
    SCHEDULES = 5000,
    STORED = 1000,
    MANY_PORTS = 60000,
    MANY_SOCKETS = 10000,
    BLOCK = 100,
    PAIRS = 10000,
    HOST_PAIRS = 200,
    OPEN_PAIRS = 500000,
    ECHOES = 100000,
    HOST_ECHOES = 20000,
    EXIT_USAGE = 2,
    EXIT_HARNESS = 3
};

struct row {
    const char *what, *unit;
    double target;
    bool at_least; /* the target is a floor; else a ceiling; 0 is none */
    bool measured;
    double value;
    double peer; /* the host's sockets; 0 when there is no such loop */
};

static struct berth *machine;

static void need(bool done, const char *what)
{
    if (done)
        return;
    fprintf(stderr, "berth-bench: %s failed\n", what);
    exit(EXIT_HARNESS);
}

/* ---- The machine ----------------------------------------------------------------------------- */

static void enter(void)
{
    const struct berth_launch elevated = {.account = BERTH_ADMIN, .run_as = true, .consent = true};
    WSADATA data;

    need(berth_enter(machine, &elevated) == 0, "starting a process");
    need(WSAStartup(MAKEWORD(2, 2), &data) == 0, "WSAStartup");
}

static void begin(void)
{
    berth_reset(machine, 1, false);
    need(berth_boot(machine), "booting");
    enter();
}

static void end(void)
{
    berth_off(machine, BERTH_POWER_CUT);
}

static SOCKET open_socket(void)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    need(s != INVALID_SOCKET, "socket");
    return s;
}

static void bind_loopback(SOCKET s)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    need(bind(s, (const struct sockaddr *)&address, sizeof address) == 0, "bind");
}

static INET_PORT_RESERVATION_INSTANCE acquire(SOCKET s, USHORT count)
{
    INET_PORT_RANGE range = {.StartPort = 0, .NumberOfPorts = count};
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD size;

    need(WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range, &instance, sizeof instance,
                  &size, NULL, NULL) == 0,
         "SIO_ACQUIRE_PORT_RESERVATION");
    return instance;
}

static void token_ioctl(SOCKET s, DWORD code, ULONG64 token)
{
    INET_PORT_RESERVATION_TOKEN in = {.Token = token};
    DWORD size;

    need(WSAIoctl(s, code, &in, sizeof in, NULL, 0, &size, NULL, NULL) == 0, "WSAIoctl");
}

/* ---- The loops: each answers the nanoseconds of one step ------------------------------------- */

static double time_cycle(void)
{
    begin();
    SOCKET holder = open_socket();
    ULONG64 token = acquire(holder, BLOCK).Token;

    uint64_t start = host_now_ns();
    for (int i = 0; i < CYCLES; i++) {
        SOCKET s = open_socket();
        token_ioctl(s, SIO_ASSOCIATE_PORT_RESERVATION, token);
        bind_loopback(s);
        closesocket(s);
    }
    double elapsed = (double)(host_now_ns() - start);
    end();
    return elapsed / CYCLES;
}

enum { MIX_CALLS = 10 };

static void mix_once(void)
{
    BOOL on = TRUE;
    struct sockaddr_in address;
    int size = sizeof address;

    SOCKET holder = open_socket();
    ULONG64 token = acquire(holder, BLOCK).Token;
    SOCKET s = open_socket();
    need(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, (const char *)&on, sizeof on) == 0, "setsockopt");
    token_ioctl(s, SIO_ASSOCIATE_PORT_RESERVATION, token);
    bind_loopback(s);
    need(getsockname(s, (struct sockaddr *)&address, &size) == 0, "getsockname");
    token_ioctl(holder, SIO_RELEASE_PORT_RESERVATION, token);
    closesocket(s);
    closesocket(holder);
}

static double time_mix(void)
{
    begin();
    uint64_t start = host_now_ns();
    for (int i = 0; i < CYCLES / 4; i++)
        mix_once();
    double elapsed = (double)(host_now_ns() - start);
    end();
    return elapsed / (CYCLES / 4) / MIX_CALLS;
}

static double time_boot(void)
{
    ULONG64 token;
    uint64_t elapsed = 0;

    begin();
    for (unsigned i = 0; i < STORED; i++)
        need(CreatePersistentTcpPortReservation(htons((USHORT)(2000 + 10 * i)), 5, &token) == 0,
             "CreatePersistentTcpPortReservation");
    for (int i = 0; i < BOOTS; i++) {
        berth_off(machine, BERTH_POWER_CUT);
        uint64_t start = host_now_ns();
        need(berth_boot(machine), "booting");
        elapsed += host_now_ns() - start;
    }
    enter();
    need(LookupPersistentTcpPortReservation(htons(2000), 5, &token) == 0, "the store");
    end();
    return (double)elapsed / BOOTS;
}

static double time_reset(void)
{
    uint64_t start = host_now_ns();
    for (int i = 0; i < BOOTS * 10; i++) {
        begin();
        end();
    }
    return (double)(host_now_ns() - start) / (BOOTS * 10);
}

/* One of three threads that take twenty steps in all; each step lets another run. */
static DWORD WINAPI take_steps(LPVOID parameter)
{
    for (int left = *(const int *)parameter; left > 0; left--)
        Sleep(0);
    return 0;
}

static bool run_schedule(struct berth *berth, uint64_t number, void *context)
{
    static const int steps[] = {7, 7, 6};
    HANDLE threads[3];
    (void)number;
    (void)context;

    need(berth_boot(berth), "booting");
    enter();
    for (int i = 0; i < 3; i++)
        threads[i] = CreateThread(NULL, 0, take_steps, (LPVOID)&steps[i], 0, NULL);
    need(WaitForMultipleObjects(3, threads, TRUE, INFINITE) == WAIT_OBJECT_0, "waiting");
    end();
    return true;
}

static double time_schedule(void)
{
    const struct berth_exploration exploration = {
        .seed = 1, .limit = SCHEDULES, .run = run_schedule};

    uint64_t start = host_now_ns();
    need(berth_explore(machine, &exploration, NULL) == SCHEDULES, "exploring");
    return (double)(host_now_ns() - start) / SCHEDULES;
}

static double time_allocation(unsigned taken)
{
    char output[256];

    begin();
    need(berth_netsh(machine, "int ipv4 set dynamicport tcp start=1025 num=64511", output,
                     sizeof output) == 0,
         "netsh");
    for (unsigned i = 0; i < taken; i++)
        bind_loopback(open_socket());
    uint64_t start = host_now_ns();
    for (int i = 0; i < CYCLES / 4; i++) {
        SOCKET s = open_socket();
        bind_loopback(s);
        closesocket(s);
    }
    double elapsed = (double)(host_now_ns() - start);
    end();
    return elapsed / (CYCLES / 4);
}

static double crowding(void)
{
    double few = time_allocation(1);
    return time_allocation(MANY_PORTS) / few;
}

static double socket_memory(void)
{
    begin();
    size_t before = berth_memory_used(machine);
    for (int i = 0; i < MANY_SOCKETS; i++)
        bind_loopback(open_socket());
    double used = (double)(berth_memory_used(machine) - before);
    end();
    return used / MANY_SOCKETS;
}

static double idle_memory(void)
{
    begin();
    double used = (double)berth_memory_used(machine);
    end();
    return used;
}

static double host_cycle_time(void)
{
    uint64_t start = host_now_ns();
    need(host_cycle(HOST_CYCLES), "the host's socket, bind, close");
    return (double)(host_now_ns() - start) / HOST_CYCLES;
}

static double host_mix_time(void)
{
    uint64_t start = host_now_ns();
    need(host_mix(HOST_CYCLES), "the host's socket calls");
    return (double)(host_now_ns() - start) / HOST_CYCLES / HOST_MIX_CALLS;
}

static double host_timer_time(void)
{
    uint64_t start = host_now_ns();
    need(host_timer(HOST_EVENTS), "the host's timer");
    return (double)(host_now_ns() - start) / HOST_EVENTS;
}

static double host_counter_time(void)
{
    uint64_t start = host_now_ns();
    need(host_counter(HOST_EVENTS), "the host's counter");
    return (double)(host_now_ns() - start) / HOST_EVENTS;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

static double median(double (*measure)(void), int runs)
{
    double sorted[RUNS];

    for (int i = 0; i < runs; i++) {
        double value = measure();
        int at = i;
        for (; at > 0 && sorted[at - 1] > value; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = value;
    }
    return sorted[runs / 2];
}

static double suite_time(void)
{
    int exit_code = 0;
    uint64_t start = host_wall_ns();

    need(host_run_beside("berth-conformance", &exit_code), "berth-conformance");
    need(exit_code == 0 || exit_code == 1, "the suite");
    return (double)(host_wall_ns() - start) / 1e9;
}

static double millions_a_second(double ns)
{
    return 1e9 / ns / 1e6;
}

static struct row measured(const char *what, const char *unit, double target, double value)
{
    return (struct row){
        .what = what, .unit = unit, .target = target, .measured = true, .value = value};
}

static struct row millions(const char *what, double target, double (*measure)(void))
{
    struct row row = measured(what, "M/s", target, millions_a_second(median(measure, RUNS)));
    row.at_least = true;
    return row;
}

enum { ROWS = 19 };

static void measure_executive(struct row *rows)
{
    double timer = millions_a_second(median(host_timer_time, RUNS));

    rows[0] = millions("engine events, 64 pending", 10, executive_event_64);
    rows[1] = millions("engine events, 65,536 pending", 4, executive_event_65536);
    rows[0].peer = rows[1].peer = timer;
    rows[2] = millions("completion routines in an alertable wait", 2, executive_routine);
    rows[3] = millions("packets through a completion port", 2, executive_packet);
    rows[3].peer = millions_a_second(median(host_counter_time, RUNS));
    rows[4] = millions("packets to a thread that waits", 0, executive_packet_handed_over);
}

static double time_echo(void)
{
    begin();
    double ns = echo_blocking(ECHOES);
    need(ns > 0, "the echo");
    end();
    return ns;
}

static double time_port_echo(void)
{
    begin();
    double ns = echo_port(ECHOES);
    need(ns > 0, "the echo through a port");
    end();
    return ns;
}

static double host_echo_time(void)
{
    uint64_t start = host_wall_ns();
    need(host_echo(HOST_ECHOES), "the host's echo");
    return (double)(host_wall_ns() - start) / HOST_ECHOES;
}

static double host_epoll_time(void)
{
    uint64_t start = host_wall_ns();
    need(host_echo_epoll(HOST_ECHOES), "the host's echo with epoll");
    return (double)(host_wall_ns() - start) / HOST_ECHOES;
}

static void measure_echoes(struct row rows[2])
{
    rows[0] = measured("1-byte echo over loopback, blocking, 2 threads", "k/s", 300,
                       1e3 * millions_a_second(median(time_echo, RUNS)));
    rows[0].peer = 1e3 * millions_a_second(median(host_echo_time, SUITE_RUNS));
    rows[1] = measured("1-byte echo over loopback, overlapped, by a port", "k/s", 500,
                       1e3 * millions_a_second(median(time_port_echo, RUNS)));
    rows[1].peer = 1e3 * millions_a_second(median(host_epoll_time, SUITE_RUNS));
    rows[0].at_least = rows[1].at_least = true;
}

static double time_pairs(void)
{
    begin();
    uint64_t start = host_now_ns();
    need(many_pairs(PAIRS), "connecting many pairs");
    double elapsed = (double)(host_now_ns() - start);
    end();
    return elapsed;
}

/* The host has too few descriptors, and its ports stay in TIME_WAIT: fewer of them, once. */
static double host_pairs_time(void)
{
    uint64_t start = host_now_ns();
    if (!host_pairs(HOST_PAIRS))
        return 0;
    return (double)(host_now_ns() - start) / HOST_PAIRS * PAIRS;
}

/* In a process of its own memory the host would need as many descriptors: it has no such row. */
static void measure_many(struct row rows[3])
{
    rows[0] = measured("10,000 connected pairs, up and down", "ms", 100,
                       median(time_pairs, SUITE_RUNS) / 1e6);
    rows[0].peer = host_pairs_time() / 1e6;
    begin();
    need(many_sockets(2 * OPEN_PAIRS), "opening a million sockets");
    rows[1] = measured("memory of 1,000,000 open sockets", "MB", 600,
                       (double)berth_memory_used(machine) / 1e6);
    end();
    begin();
    need(many_open(OPEN_PAIRS), "connecting a million sockets");
    rows[2] = measured("memory of 1,000,000 connected, a byte unread at each", "MB", 0,
                       (double)berth_memory_used(machine) / 1e6);
    end();
}

static void measure(struct row rows[ROWS])
{
    int exit_code;

    rows[0] = measured("socket + associate + bind + closesocket", "us", 0.5,
                       median(time_cycle, RUNS) / 1e3);
    rows[0].peer = median(host_cycle_time, RUNS) / 1e3;
    rows[1] = measured("API calls, mixed, fingerprint on", "M/s", 4,
                       millions_a_second(median(time_mix, RUNS)));
    rows[1].at_least = true;
    rows[1].peer = millions_a_second(median(host_mix_time, RUNS));
    rows[2] = measured("boot with 1,000 persistent reservations", "us", 50,
                       median(time_boot, RUNS) / 1e3);
    rows[3] = measured("reset + boot + process + WSAStartup + power cut", "us", 0,
                       median(time_reset, RUNS) / 1e3);
    rows[4] = measured("port allocation, 60,000 ports taken against 1", "times", 3,
                       median(crowding, RUNS));
    rows[5] = measured("memory of a bound socket", "bytes", 512, median(socket_memory, 1));
    rows[6] = measured("memory of an idle machine", "bytes", 65536, median(idle_memory, 1));
    rows[7] = (struct row){.what = "whole suite on the simulator", .unit = "s", .target = 2};
    rows[8] = measured("orders of 3 threads and 20 steps, explored", "k/s", 100,
                       1e3 * millions_a_second(median(time_schedule, RUNS)));
    rows[8].at_least = true;
    measure_executive(&rows[9]);
    measure_echoes(&rows[14]);
    measure_many(&rows[16]);
    if (host_run_beside("berth-conformance", &exit_code)) {
        rows[7].measured = true;
        rows[7].value = median(suite_time, SUITE_RUNS);
    }
}

static bool is_met(const struct row *row)
{
    return row->at_least ? row->value >= row->target : row->value <= row->target;
}

static const char *verdict(const struct row *row)
{
    if (!row->measured)
        return "not built";
    if (row->target == 0)
        return "";
    return is_met(row) ? "met" : "MISSED";
}

/* Three figures that say something, whatever the size. */
static int digits(double value)
{
    if (value >= 100)
        return 0;
    return value >= 10 ? 1 : 2;
}

static void print_rows(const struct row rows[ROWS])
{
    printf("%-50s %12s %12s %12s\n", "", "target", "measured", "host's own");
    for (int i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        printf("%-50s", row->what);
        if (row->target > 0)
            printf(" %s %10.6g", row->at_least ? ">" : "<", row->target);
        else
            printf(" %12s", "");
        if (row->measured)
            printf(" %12.*f", digits(row->value), row->value);
        else
            printf(" %12s", "-");
        if (row->peer > 0)
            printf(" %12.*f", digits(row->peer), row->peer);
        else
            printf(" %12s", "");
        printf(" %-6s %s\n", row->unit, verdict(row));
    }
}

static bool write_json(const struct row rows[ROWS], const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return false;
    fprintf(file, "{\"rows\": [\n");
    for (int i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        fprintf(file, "  {\"what\": \"%s\", \"unit\": \"%s\"", row->what, row->unit);
        if (row->target > 0)
            fprintf(file, ", \"target\": %g, \"at_least\": %s", row->target,
                    row->at_least ? "true" : "false");
        if (row->measured)
            fprintf(file, ", \"measured\": %g", row->value);
        if (row->measured && row->target > 0)
            fprintf(file, ", \"met\": %s", is_met(row) ? "true" : "false");
        if (row->peer > 0)
            fprintf(file, ", \"host\": %g", row->peer);
        fprintf(file, "}%s\n", i + 1 < ROWS ? "," : "");
    }
    fprintf(file, "]}\n");
    return fclose(file) == 0;
}

int main(int argc, char **argv)
{
    const struct berth_config config = {.seed = 1};
    struct row rows[ROWS];
    const char *json = NULL;

    if (argc == 3 && strcmp(argv[1], "--json") == 0)
        json = argv[2];
    else if (argc != 1) {
        fprintf(stderr, "usage: berth-bench [--json FILE]\n");
        return EXIT_USAGE;
    }
    machine = berth_new(&config);
    need(machine != NULL, "making a machine");
    measure(rows);
    berth_free(machine);

    print_rows(rows);
    if (json != NULL && !write_json(rows, json)) {
        fprintf(stderr, "berth-bench: cannot write %s\n", json);
        return EXIT_HARNESS;
    }
    return 0;
}
