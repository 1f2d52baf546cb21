/* Threads that do anything to each other's sockets, ports and events, losing their turns at every
 * call: nothing breaks, every request ends once, and a seed replays. What the calls answer is not
 * judged.
 */
#include "sim/runtime/test_machine.h"

enum { THREADS = 4, SOCKETS = 4, SLOTS = 24, STEPS = 60, SEEDS = 300 };

/* A request's memory: nobody's, or the provider's until it is told of. */
struct slot {
    OVERLAPPED overlapped;
    char bytes[8];
    bool used, asked; /* the call for it has begun to answer */
};

/* How all requests of a run are told of: threads may close each other's sockets, and a handle's
 * number be another socket's when a call begins.
 */
enum { BY_PORT, BY_ROUTINE, BY_LOOKING, WAYS };
static unsigned way;
static bool streams; /* connected in pairs; else datagram sockets */

static struct berth *machine;
static SOCKET sockets[SOCKETS];
static HANDLE port, event;
static struct slot slots[SLOTS];
static unsigned long long state;
static unsigned issued, told;

static unsigned dice(unsigned count)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % count;
}

static struct slot *free_slot(void)
{
    for (int i = 0; i < SLOTS; i++)
        if (!slots[i].used) {
            memset(&slots[i], 0, sizeof slots[i]);
            slots[i].used = true;
            return &slots[i];
        }
    return NULL;
}

static void give_back(OVERLAPPED *overlapped)
{
    struct slot *slot = (struct slot *)overlapped;
    assert_true(slot->used); /* told once */
    assert_true(HasOverlappedIoCompleted(&slot->overlapped));
    slot->used = false;
    told++;
}

static void CALLBACK routine_ran(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    (void)error;
    (void)bytes;
    (void)flags;
    give_back(overlapped);
}

static SOCKET open_one(unsigned place)
{
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_port = htons((USHORT)(4000 + place));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(s, (const struct sockaddr *)&address, sizeof address);
    if (way == BY_PORT)
        CreateIoCompletionPort((HANDLE)s, port, place, 0);
    return s;
}

/* Two sockets that are connected to each other. */
static void open_pair(SOCKET pair[2])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(4000)};
    u_long on = 1;
    SOCKET listener = tcp_socket();
    pair[0] = tcp_socket();
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(connect(pair[0], (const struct sockaddr *)&address, sizeof address), 0);
    pair[1] = accept(listener, NULL, NULL);
    assert_int_not_equal(pair[1], INVALID_SOCKET);
    closesocket(listener);
    for (int i = 0; i < 2; i++) {
        ioctlsocket(pair[i], (LONG)FIONBIO, &on);
        if (way == BY_PORT)
            CreateIoCompletionPort((HANDLE)pair[i], port, 0, 0);
    }
}

static void open_sockets(void)
{
    for (unsigned i = 0; i < SOCKETS; i++)
        if (!streams)
            sockets[i] = open_one(i);
        else if (i % 2 == 0)
            open_pair(&sockets[i]);
}

static void do_close(unsigned place)
{
    static const int hows[] = {SD_RECEIVE, SD_SEND, SD_BOTH};
    const struct linger hard = {.l_onoff = 1};

    if (streams && dice(3) > 0) {
        shutdown(sockets[place], hows[dice(3)]);
        return;
    }
    if (streams && dice(2) == 0)
        setsockopt(sockets[place], SOL_SOCKET, SO_LINGER, (const char *)&hard, sizeof hard);
    closesocket(sockets[place]);
    if (!streams)
        sockets[place] = open_one(place);
}

static void do_receive(unsigned place)
{
    struct slot *slot = free_slot();
    DWORD flags = 0;
    if (slot == NULL)
        return;
    WSABUF buffer = {.len = sizeof slot->bytes, .buf = slot->bytes};
    issued++;
    int result = WSARecv(sockets[place], &buffer, 1, NULL, &flags, &slot->overlapped,
                         way == BY_ROUTINE ? routine_ran : NULL);
    if (result != 0 && WSAGetLastError() != WSA_IO_PENDING) {
        slot->used = false;
        told++;
    }
    slot->asked = true;
}

static void do_send(unsigned place)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    to.sin_port = htons((USHORT)(4000 + dice(SOCKETS)));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (streams)
        send(sockets[place], "data", (int)dice(5), 0);
    else
        sendto(sockets[place], "data", 4, 0, (const struct sockaddr *)&to, sizeof to);
}

static void do_take(void)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped = NULL;
    GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, dice(2));
    if (overlapped != NULL)
        give_back(overlapped);
}

static void look_at_slots(void)
{
    for (int i = 0; i < SLOTS && way == BY_LOOKING; i++)
        if (slots[i].used && slots[i].asked && HasOverlappedIoCompleted(&slots[i].overlapped))
            give_back(&slots[i].overlapped);
}

static void do_step(void)
{
    unsigned place = dice(SOCKETS);
    switch (dice(12)) {
    case 0:
    case 1:
    case 2:
        do_receive(place);
        break;
    case 3:
    case 4:
        do_send(place);
        break;
    case 5:
        CancelIoEx((HANDLE)sockets[place], dice(2) ? NULL : &slots[dice(SLOTS)].overlapped);
        break;
    case 6:
        CancelIo((HANDLE)sockets[place]);
        break;
    case 7:
        if (dice(3) == 0)
            do_close(place);
        break;
    case 8:
        do_take();
        break;
    case 9:
        SleepEx(dice(2), TRUE);
        break;
    case 10:
        SetEvent(event);
        break;
    default:
        WaitForSingleObjectEx(event, dice(3), TRUE);
        break;
    }
    look_at_slots();
}

static DWORD WINAPI run(LPVOID parameter)
{
    unsigned steps = dice(STEPS);
    (void)parameter;
    for (unsigned i = 0; i < steps; i++)
        do_step();
    return 0;
}

static uint64_t race(uint64_t seed)
{
    HANDLE threads[THREADS];

    berth_reset(machine, seed, false);
    boot_and_enter(machine, &standard);
    state = seed * 77;
    way = (unsigned)(seed / 2 % WAYS);
    streams = seed / (2 * WAYS) % 2 == 1;
    issued = told = 0;
    memset(slots, 0, sizeof slots);
    event = CreateEventA(NULL, FALSE, FALSE, NULL);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 2);
    open_sockets();
    berth_set_preemption(machine, seed % 2 ? BERTH_PREEMPT_AT_CALLS : BERTH_PREEMPT_EXPLORE);
    for (int i = 0; i < THREADS; i++)
        threads[i] = CreateThread(NULL, 0, run, NULL, 0, NULL);
    for (int i = 0; i < THREADS; i++)
        if (dice(4) == 0) {
            Sleep(dice(3));
            TerminateThread(threads[i], 1);
        }
    assert_int_equal(WaitForMultipleObjects(THREADS, threads, TRUE, 100000), WAIT_OBJECT_0);
    berth_set_preemption(machine, BERTH_PREEMPT_NEVER);
    berth_check(machine);

    WSACleanup(); /* closes those too that two threads opened in one place */
    while (SleepEx(0, TRUE) == WAIT_IO_COMPLETION) {
    }
    for (int i = 0; i < 100; i++)
        do_take();
    for (int i = 0; i < SLOTS; i++)
        if (slots[i].used)
            assert_true(HasOverlappedIoCompleted(&slots[i].overlapped));
    assert_true(told <= issued);
    berth_check(machine);
    berth_leave(machine);
    berth_check(machine);
    return berth_fingerprint(machine);
}

static void nothing_breaks_and_a_seed_replays(void **unused)
{
    (void)unused;
    const struct berth_config config = {.seed = 1, .poison = 0xA5};
    machine = berth_new(&config);
    unsigned all = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        uint64_t fingerprint = race(seed);
        all += told;
        if (seed % 10 == 0)
            assert_true(race(seed) == fingerprint);
    }
    assert_true(all > SEEDS * 5);
    berth_free(machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_breaks_and_a_seed_replays)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
