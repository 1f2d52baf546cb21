/* Processes that come and go, sockets handed over, the power failing, memory running out. */
#include "fuzz/api_run.h"

#include <iphlpapi.h>
#include <mstcpip.h>
#include <stdio.h>
#include <string.h>

#include "sim/engine/check.h"

static const struct berth_launch launches[MODEL_PROCESSES] = {
    {.account = BERTH_ADMIN, .run_as = true, .consent = true},
    {.account = BERTH_STANDARD},
    {.account = BERTH_OTHER_STANDARD},
};

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

void start_processes(void)
{
    for (int i = 0; i < MODEL_PROCESSES; i++)
        start_process(i);
    run_process(0);
}

void do_switch(const uint8_t *bytes)
{
    run_process(bytes[1] % MODEL_PROCESSES);
}

static void close_all_of(int process)
{
    for (int s = 0; s < MODEL_SOCKETS; s++)
        if (modelled(s)->open && modelled(s)->in_process[process])
            model_close(&fuzz.model, s, process);
}

void do_kill(const uint8_t *bytes)
{
    const int process = bytes[1] % MODEL_PROCESSES;
    const int running = fuzz.running;
    disarm();
    berth_kill(fuzz.machine, fuzz.processes[process]);
    close_all_of(process);
    model_process_ended(&fuzz.model, process);
    start_process(process);
    run_process(running);
}

void do_cleanup(const uint8_t *bytes)
{
    WSADATA data;
    (void)bytes;
    disarm();
    ASSERT(WSACleanup() == 0);
    close_all_of(fuzz.running);
    ASSERT(WSAStartup(MAKEWORD(2, 2), &data) == 0);
}

void do_duplicate(const uint8_t *bytes)
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

void settle_after_cut(enum model_kind kind, enum model_protocol protocol, uint16_t first,
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

void do_reboot(const uint8_t *bytes)
{
    static const enum berth_off ways[] = {BERTH_SHUT_DOWN, BERTH_POWER_CUT, BERTH_CRASH};
    berth_off(fuzz.machine, ways[bytes[1] % 3]);
    restart();
}

void do_cut(const uint8_t *bytes)
{
    static const enum berth_cut places[] = {BERTH_CUT_BEFORE, BERTH_CUT_DURING, BERTH_CUT_AFTER};
    if (is_administrator())
        berth_cut_power_at(fuzz.machine, 1, places[bytes[1] % 3]);
}

void do_fail_allocation(const uint8_t *bytes)
{
    fuzz.armed = true;
    berth_fail_allocation(fuzz.machine, 1 + bytes[1] % 4);
}
