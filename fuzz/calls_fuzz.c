/* Byte strings as programs of any Winsock and kernel32 calls with any arguments, by up to three
 * threads of one process that take turns.
 *
 * There is no model of what they do. What is judged: the machine's own invariants after each call;
 * that a call that fails says why, by an error the spec has; that no thread is blocked for ever;
 * that what ends gives its memory back; that the same program is the same run twice. The first
 * eight bytes say how the program is run; each operation is eight bytes, and every byte string is a
 * program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/calls_run.h"
#include "sim/engine/check.h"

enum {
    THREADS_MAX = 3,
    OPERATIONS_MAX = 160,
    /* Of 100 ms each. Without an operation that ends a thread is blocked for ever: no wait that is
     * drawn is longer than some seconds.
     */
    TICKS_MAX = 10000,
    EVENTS_MAX = 4000000,
    RUNS_OF_LEAK = 8,
    SETTLED_MS = 600000
};

const size_t target_operation_size = OPERATION_SIZE;

const enum option target_defects[] = {
    OPTION_cancel_synchronous_nothing,      OPTION_failed_call_last_error_forgotten,
    OPTION_cancel_nothing_without_an_error, OPTION_pointer_probe_ignores_protection,
    OPTION_pointer_probe_first_byte,        OPTION_COUNT,
};

static struct program {
    const uint8_t *bytes;
    size_t operations;
    unsigned threads;
    DWORD ids[THREADS_MAX];
    bool ended[THREADS_MAX];
    const char *doing[THREADS_MAX];
    uint64_t calls; /* that have returned */
} program;

/* ---- Judging ---- */

static bool spec_knows(DWORD error)
{
    static const DWORD known[] = {
#define STATUS(name, value, wsa_error, win32_error, evidence)
#define WSA_ERROR(name, value, text) (value),
#define WIN32_ERROR(name, value, text) (value),
#include "spec/errors.def"
#undef STATUS
#undef WSA_ERROR
#undef WIN32_ERROR
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i] == error)
            return true;
    return false;
}

void judge_error(DWORD error)
{
    ASSERT(error == 0 || spec_knows(error));
}

void judge(bool failed)
{
    if (failed) {
        ASSERT(GetLastError() != UNTOLD && GetLastError() != 0);
        judge_error(GetLastError());
    }
    SetLastError(UNTOLD);
}

/* ---- The program's threads ---- */

static const struct operation *operation_of(uint8_t byte)
{
    static const struct operation *all[256];
    static size_t count;
    if (count == 0) {
        static const struct operation *const lists[] = {calls_of_sockets, calls_of_transfer,
                                                        calls_of_names, calls_of_kernel};
        for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
            for (const struct operation *each = lists[i]; each->name != NULL; each++)
                all[count++] = each;
        ASSERT(count <= 256);
    }
    return all[byte % count];
}

static DWORD WINAPI run_thread(LPVOID parameter)
{
    const unsigned self = (unsigned)(uintptr_t)parameter;
    for (size_t i = self; i < program.operations; i += program.threads) {
        struct draw from = {.bytes = program.bytes + i * OPERATION_SIZE, .at = 1};
        SetLastError(UNTOLD);
        const struct operation *operation = operation_of(from.bytes[0]);
        program.doing[self] = operation->name;
        engine_trace(&host.machine->engine, "thread %u: %s", self, operation->name);
        operation->run(&from);
        program.calls++;
        berth_check(host.machine);
    }
    program.ended[self] = true;
    return 0;
}

/* A handle of its own each time: the program closes what it likes. */
static void free_thread(DWORD id)
{
    HANDLE thread = OpenThread(THREAD_TERMINATE, FALSE, id);
    if (thread == NULL)
        return;
    CancelSynchronousIo(thread);
    CloseHandle(thread);
}

static void report_endless(void)
{
    for (unsigned i = 0; i < program.threads; i++)
        if (!program.ended[i])
            fprintf(stderr, "thread %u never ends: %s\n", i, program.doing[i]);
    ABSURD("a thread that nothing frees");
}

/* Breaks off blocking calls until all threads have ended. */
static void watch(void)
{
    uint64_t calls = 0;
    unsigned ticks = 0;
    bool running = true;
    while (running) {
        Sleep(100);
        running = false;
        for (unsigned i = 0; i < program.threads; i++) {
            running |= !program.ended[i];
            if (!program.ended[i])
                free_thread(program.ids[i]);
        }
        ticks = calls == program.calls ? ticks + 1 : 0;
        calls = program.calls;
        if (ticks == TICKS_MAX)
            report_endless();
    }
}

/* ---- Before and after ---- */

static void *extension(SOCKET s, GUID id)
{
    void *function = NULL;
    DWORD size;
    ASSERT(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function,
                    sizeof function, &size, NULL, NULL) == 0);
    return function;
}

static void get_extensions(void)
{
    const GUID connectex = WSAID_CONNECTEX, disconnectex = WSAID_DISCONNECTEX;
    const GUID recvmsg = WSAID_WSARECVMSG, transmitpackets = WSAID_TRANSMITPACKETS;
    const SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    fuzz.connectex = (LPFN_CONNECTEX)extension(s, connectex);
    fuzz.disconnectex = (LPFN_DISCONNECTEX)extension(s, disconnectex);
    fuzz.recvmsg = (LPFN_WSARECVMSG)extension(s, recvmsg);
    fuzz.transmitpackets = (LPFN_TRANSMITPACKETS)extension(s, transmitpackets);
    closesocket(s);
}

static char *page(DWORD protection)
{
    DWORD before;
    char *made = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ASSERT(made != NULL);
    ASSERT(VirtualProtect(made, 4096, protection, &before));
    return made;
}

static void begin_memory(void)
{
    fuzz = (struct calls_run){.alone = program.threads == 1};
    fuzz.room = VirtualAlloc(NULL, ROOM_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    fuzz.overlapped = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    fuzz.read_only = page(PAGE_READONLY);
    fuzz.no_access = page(PAGE_NOACCESS);
    ASSERT(fuzz.room != NULL && fuzz.overlapped != NULL);
}

/* Sockets of each kind, half of them bound, a listener and a connection; events, a port. */
static void begin_objects(void)
{
    SOCKADDR_IN name = {.sin_family = AF_INET};
    u_long on = 1;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < SOCKETS; i++) {
        fuzz.sockets[i] = socket(AF_INET, i % 3 == 2 ? SOCK_DGRAM : SOCK_STREAM, 0);
        name.sin_port = htons((u_short)(FIRST_PORT + i / 2));
        if (i % 2 == 0)
            ASSERT(bind(fuzz.sockets[i], (const struct sockaddr *)&name, sizeof name) == 0);
    }
    ASSERT(listen(fuzz.sockets[0], 5) == 0);
    name.sin_port = htons(FIRST_PORT);
    ASSERT(connect(fuzz.sockets[1], (const struct sockaddr *)&name, sizeof name) == 0);
    closesocket(fuzz.sockets[3]);
    fuzz.sockets[3] = accept(fuzz.sockets[0], NULL, NULL);
    ASSERT(ioctlsocket(fuzz.sockets[4], FIONBIO, &on) == 0);
    for (int i = 0; i < OBJECTS; i++)
        fuzz.objects[i] = i % 4 == 0 ? CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)
                                     : CreateEventA(NULL, i % 2 == 0, FALSE, NULL);
}

static const struct berth_launch standard = {.account = BERTH_STANDARD};

/* Only once everybody is connected: a handshake may be lost for good. */
static void spoil_wire(uint8_t how)
{
    const struct berth_wire wire = {.loss = how % 2 * 3000,
                                    .reordering = how / 2 % 2 * 9000,
                                    .duplication = how / 4 % 2 * 3000,
                                    .loopback = how / 8 % 2 == 1};
    berth_set_wire(host.machine, &wire);
}

static void run_program(const uint8_t head[OPERATION_SIZE])
{
    WSADATA data;
    host.machine->engine.events_most = host.machine->engine.events_run + EVENTS_MAX;
    ASSERT(berth_enter(host.machine, &standard) == 0);
    ASSERT(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    begin_memory();
    get_extensions();
    begin_objects();
    spoil_wire(head[3]);
    for (unsigned i = 0; i < program.threads; i++) {
        program.ended[i] = false;
        ASSERT(CreateThread(NULL, 0, run_thread, (void *)(uintptr_t)i, 0, &program.ids[i]) != NULL);
    }
    watch();
    berth_fail_allocation(host.machine, 0);
    berth_set_network(host.machine, true);
    spoil_wire(0);
    berth_leave(host.machine);
    berth_check(host.machine);
}

static void print_line(void *context, const char *line)
{
    (void)context;
    puts(line);
}

/* A machine fresh from its boot, nobody in it, and hosts beyond its wire. */
static void begin(const uint8_t head[OPERATION_SIZE])
{
    static const enum berth_preemption preemptions[] = {
        BERTH_PREEMPT_NEVER, BERTH_PREEMPT_NEVER, BERTH_PREEMPT_AT_CALLS, BERTH_PREEMPT_EXPLORE};
    const struct berth_address answers = {.bytes = {192, 168, 1, 20}};
    const struct berth_address silent = {.bytes = {192, 168, 1, 21}};

    host_boot(1 + head[4]);
    if (getenv("BERTH_TRACE") != NULL)
        berth_trace(host.machine, print_line, NULL);
    berth_set_preemption(host.machine, preemptions[head[2] % 4]);
    ASSERT(berth_add_host(host.machine, "echo.example", &answers, false));
    ASSERT(berth_add_host(host.machine, NULL, &silent, true));
    ASSERT(berth_host_port(host.machine, &answers, BERTH_TCP, FIRST_PORT, "echo"));
    ASSERT(berth_host_port(host.machine, &answers, BERTH_TCP, FIRST_PORT + 1, "send hello; close"));
    ASSERT(berth_host_port(host.machine, &answers, BERTH_TCP, FIRST_PORT + 2, "receive 3; reset"));
    ASSERT(berth_host_port(host.machine, &answers, BERTH_UDP, FIRST_PORT, "echo"));
}

/* What is left of a process that has ended is gone in ten minutes: TIME_WAIT is the longest. */
static void settle(void)
{
    ASSERT(berth_enter(host.machine, &standard) == 0);
    Sleep(SETTLED_MS);
    berth_leave(host.machine);
}

static void run_again_and_again(const uint8_t head[OPERATION_SIZE])
{
    size_t before = 0;
    int grown = 0;
    for (int i = 0; i < RUNS_OF_LEAK; i++) {
        run_program(head);
        settle();
        const size_t used = berth_memory_used(host.machine);
        grown += i > 0 && used > before;
        before = used;
    }
    ASSERT(grown < RUNS_OF_LEAK - 1); /* more each time: a leak */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < OPERATION_SIZE)
        return 0;
    program = (struct program){.bytes = data + OPERATION_SIZE,
                               .operations = size / OPERATION_SIZE - 1,
                               .threads = 1 + data[0] % THREADS_MAX};
    if (program.operations > OPERATIONS_MAX)
        program.operations = OPERATIONS_MAX;
    begin(data);
    if (data[1] % 16 == 0) {
        run_again_and_again(data);
    } else {
        run_program(data);
        const uint64_t fingerprint = berth_fingerprint(host.machine);
        if (data[1] % 16 == 1) {
            begin(data);
            run_program(data);
            ASSERT(berth_fingerprint(host.machine) == fingerprint);
        }
    }
    berth_off(host.machine, BERTH_POWER_CUT);
    return 0;
}
