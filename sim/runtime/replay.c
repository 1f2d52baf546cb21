/* A run that does a little of everything, for the tests of determinism: prints a line a seed, the
 * seed and the fingerprint after it.
 *
 *     replay FIRST COUNT POISON
 *
 * The workload is a function of the seed alone. Two programs built from these sources, by whatever
 * compiler and with whatever memory around them, must print the same lines.
 */
#include <winsock2.h>

#include <iphlpapi.h>
#include <mstcpip.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "berth/berth.h"

enum { PROCESSES = 3, SOCKETS = 12, STEPS = 300, PORTS = 5000 };

static struct berth *machine;
static struct berth_process *processes[PROCESSES];
static SOCKET sockets[PROCESSES][SOCKETS];
static ULONG64 tokens[8];
static int running;
static unsigned long long state;

/* The workload's own dice: the machine's are not for guests. One throw an expression at most, since
 * compilers differ in which of two comes first.
 */
static unsigned dice(unsigned count)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % count;
}

static SOCKET *any_socket(void)
{
    return &sockets[running][dice(SOCKETS)];
}

static void do_socket(void)
{
    SOCKET *s = any_socket();
    const int udp = (int)dice(2);
    if (*s != 0)
        closesocket(*s);
    *s = socket(dice(4) == 0 ? AF_INET6 : AF_INET, udp ? SOCK_DGRAM : SOCK_STREAM,
                udp ? IPPROTO_UDP : IPPROTO_TCP);
}

static void do_bind(void)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    name.sin_port = dice(2) ? 0 : htons((USHORT)(PORTS + dice(16)));
    name.sin_addr.s_addr = dice(2) ? 0 : htonl(INADDR_LOOPBACK);
    bind(*any_socket(), (struct sockaddr *)&name, sizeof name);
}

static void do_acquire(void)
{
    INET_PORT_RANGE range;
    range.StartPort = dice(2) ? 0 : htons((USHORT)(PORTS + dice(16)));
    range.NumberOfPorts = (USHORT)(1 + dice(6));
    INET_PORT_RESERVATION_INSTANCE block;
    DWORD size;
    if (WSAIoctl(*any_socket(), SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range, &block,
                 sizeof block, &size, NULL, NULL) == 0)
        tokens[dice(8)] = block.Token;
}

static void do_token_ioctl(void)
{
    ULONG64 token = tokens[dice(8)];
    DWORD size;
    const SOCKET s = *any_socket();
    const DWORD code = dice(3) ? SIO_ASSOCIATE_PORT_RESERVATION : SIO_RELEASE_PORT_RESERVATION;
    WSAIoctl(s, code, &token, sizeof token, NULL, 0, &size, NULL, NULL);
}

static void do_persistent(void)
{
    const USHORT first = htons((USHORT)(PORTS + 16 * dice(4)));
    const USHORT count = (USHORT)(4 + dice(2));
    switch (dice(4)) {
    case 0:
        CreatePersistentTcpPortReservation(first, count, &tokens[dice(8)]);
        break;
    case 1:
        CreatePersistentUdpPortReservation(first, count, &tokens[dice(8)]);
        break;
    case 2:
        LookupPersistentTcpPortReservation(first, count, &tokens[dice(8)]);
        break;
    default:
        DeletePersistentTcpPortReservation(first, count);
        break;
    }
}

/* ---- Threads: their turns are drawn, and whoever is first writes the slot ----------------- */

static HANDLE gate;

static DWORD WINAPI racer(LPVOID number)
{
    (void)number;
    WaitForSingleObject(gate, 1000 * dice(2));
    do_socket();
    Sleep(dice(3));
    do_bind();
    return 0;
}

static void do_race(void)
{
    HANDLE threads[3];
    gate = CreateEventA(NULL, TRUE, FALSE, NULL);
    for (int i = 0; i < 3; i++)
        threads[i] = CreateThread(NULL, 0, racer, NULL, 0, NULL);
    Sleep(1);
    SetEvent(gate);
    for (int i = 0; i < 3; i++) {
        WaitForSingleObject(threads[i], INFINITE);
        CloseHandle(threads[i]);
    }
    CloseHandle(gate);
}

/* ---- Bytes: blocking against overlapped, cancelled now and then ----------------------------- */

static DWORD WINAPI echoer(LPVOID listener)
{
    char bytes[512];
    const SOCKET s = accept(*(const SOCKET *)listener, NULL, NULL);
    int count;
    while ((count = recv(s, bytes, sizeof bytes, 0)) > 0)
        if (send(s, bytes, count, 0) != count)
            break;
    if (dice(2) == 0)
        shutdown(s, SD_BOTH);
    closesocket(s);
    return 0;
}

static void do_rounds(SOCKET s, HANDLE port)
{
    static char out[2000], in[2000];
    for (unsigned rounds = 1 + dice(4); rounds > 0; rounds--) {
        OVERLAPPED overlapped = {0}, *done = NULL;
        WSABUF buffer = {1 + dice(sizeof in), in};
        DWORD bytes = 0, flags = 0;
        ULONG_PTR key;
        const unsigned size = 1 + dice(sizeof out);
        const BOOL cancels = dice(4) == 0;
        const BOOL first = dice(2) == 0;
        if (first)
            send(s, out, (int)size, 0);
        if (WSARecv(s, &buffer, 1, NULL, &flags, &overlapped, NULL) != 0 &&
            WSAGetLastError() != WSA_IO_PENDING)
            return;
        if (!first && !cancels)
            send(s, out, (int)size, 0);
        if (cancels)
            CancelIoEx((HANDLE)s, &overlapped);
        GetQueuedCompletionStatus(port, &bytes, &key, &done, 5000);
        if (done == NULL) {
            CancelIoEx((HANDLE)s, NULL);
            GetQueuedCompletionStatus(port, &bytes, &key, &done, INFINITE);
        }
    }
}

static void do_talk(void)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    int size = sizeof name;
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    const SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&name, sizeof name) == 0 && listen(listener, 5) == 0) {
        getsockname(listener, (struct sockaddr *)&name, &size);
        const HANDLE thread = CreateThread(NULL, 0, echoer, &listener, 0, NULL);
        if (connect(s, (struct sockaddr *)&name, sizeof name) == 0) {
            const HANDLE port = CreateIoCompletionPort((HANDLE)s, NULL, 7, 0);
            do_rounds(s, port);
            CloseHandle(port);
        }
        closesocket(s);
        closesocket(listener);
        WaitForSingleObject(thread, INFINITE);
        CloseHandle(thread);
        return;
    }
    closesocket(s);
    closesocket(listener);
}

static void start_processes(void)
{
    static const struct berth_launch launches[PROCESSES] = {
        {.account = BERTH_ADMIN, .run_as = true, .consent = true},
        {.account = BERTH_STANDARD},
        {.account = BERTH_OTHER_STANDARD},
    };
    WSADATA data;
    for (int i = 0; i < PROCESSES; i++) {
        if (berth_spawn(machine, &launches[i], &processes[i]) != 0)
            exit(3);
        berth_switch(machine, processes[i]);
        WSAStartup(MAKEWORD(2, 2), &data);
        for (int j = 0; j < SOCKETS; j++)
            sockets[i][j] = 0;
    }
    running = PROCESSES - 1;
}

static void do_reboot(void)
{
    static const enum berth_off ways[] = {BERTH_SHUT_DOWN, BERTH_POWER_CUT, BERTH_CRASH};
    berth_off(machine, ways[dice(3)]);
    if (!berth_boot(machine))
        exit(3);
    start_processes();
}

static void step(void)
{
    static void (*const calls[])(void) = {do_socket,      do_socket,  do_bind,       do_bind,
                                          do_token_ioctl, do_acquire, do_persistent, do_acquire};
    const unsigned roll = dice(100);
    if (roll == 0) {
        do_reboot();
    } else if (roll < 10) {
        running = (int)dice(PROCESSES);
        berth_switch(machine, processes[running]);
    } else if (roll < 12) {
        do_race();
    } else if (roll < 16) {
        do_talk();
    } else {
        calls[dice(sizeof calls / sizeof *calls)]();
    }
}

static void run(unsigned long long seed, unsigned char poison)
{
    struct profile profile;
    profile_default(&profile);
    profile_choose(&profile, OPTION_foreign_blocks_moving);
    const struct berth_config config = {.seed = seed, .profile = &profile, .poison = poison};
    machine = berth_new(&config);
    if (machine == NULL || !berth_boot(machine))
        exit(3);
    state = seed;
    start_processes();
    for (int i = 0; i < STEPS; i++)
        step();
    berth_off(machine, BERTH_SHUT_DOWN);
    printf("%llu %016llx\n", seed, (unsigned long long)berth_fingerprint(machine));
    berth_free(machine);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "replay: expected the first seed, how many, and the poison byte\n");
        return 2;
    }
    const unsigned long long first = strtoull(argv[1], NULL, 10);
    const unsigned long long count = strtoull(argv[2], NULL, 10);
    const unsigned char poison = (unsigned char)strtoul(argv[3], NULL, 0);
    for (unsigned long long i = 0; i < count; i++)
        run(first + i, poison);
    return 0;
}
