#include "fuzz/api_run.h"

#include <iphlpapi.h>
#include <mstcpip.h>
#include <stdio.h>
#include <string.h>

#include "sim/engine/check.h"

struct api_run fuzz;

static const uint16_t edge_ports[] = {0,
                                      1,
                                      1023,
                                      65534,
                                      65535,
                                      DYNAMIC_FIRST - 1,
                                      DYNAMIC_FIRST + DYNAMIC_COUNT - 1,
                                      DYNAMIC_FIRST + DYNAMIC_COUNT};
static const uint16_t edge_counts[] = {0, 1, 240, 254, 255, 256, 16128, 65535};

uint16_t drawn_port_of(uint8_t byte)
{
    if (byte >= 248)
        return edge_ports[byte - 248];
    return byte < 64 ? 0 : (uint16_t)(CROWD_FIRST + (byte & 7));
}

uint16_t explicit_port_of(uint8_t byte)
{
    const uint16_t port = drawn_port_of(byte);
    return port != 0 ? port : (uint16_t)(CROWD_FIRST + (byte & 7));
}

uint16_t count_of(uint8_t byte)
{
    return byte >= 248 ? edge_counts[byte - 248] : (uint16_t)(1 + (byte & 3));
}

int socket_of(uint8_t byte)
{
    return byte % MODEL_SOCKETS;
}

struct model_socket *modelled(int s)
{
    return &fuzz.model.sockets[s];
}

SOCKET handle_of(int s)
{
    return fuzz.handles[s][fuzz.running];
}

bool usable(int s)
{
    return modelled(s)->open && modelled(s)->in_process[fuzz.running];
}

bool is_administrator(void)
{
    return fuzz.running == 0;
}

uint64_t token_of(uint8_t byte)
{
    if (byte >= 0xF0)
        return 0x0123456789ABCDEF;
    const int latest = fuzz.token_next - 1;
    return fuzz.tokens[(byte < 0xA0 ? latest : byte) % TOKENS];
}

void remember_token(uint64_t token)
{
    fuzz.tokens[fuzz.token_next++ % TOKENS] = token;
}

unsigned outcome(int result)
{
    return result == 0 ? 0 : (unsigned)WSAGetLastError();
}

void adopt(int s, SOCKET handle, int process)
{
    fuzz.handles[s][process] = handle;
    modelled(s)->in_process[process] = true;
}

void disarm(void)
{
    fuzz.machine->engine.arena.fail_in = 0;
    fuzz.armed = false;
}

bool allocation_failed(void)
{
    const bool fired = fuzz.armed && fuzz.machine->engine.arena.fail_in == 0;
    disarm();
    return fired;
}

bool excused(unsigned answer)
{
    return allocation_failed() && (answer == WSAENOBUFS || answer == ERROR_NO_SYSTEM_RESOURCES ||
                                   answer == ERROR_NOT_ENOUGH_MEMORY);
}
