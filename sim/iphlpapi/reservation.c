/* The six functions of persistent reservations. They answer their error as the value, leave the
 * last error alone, and need no WSAStartup (CRT, DLT, LKT pages).
 */
#include "sim/winsock/winsock.h"

#include <string.h>

#include <iphlpapi.h>

/* What is recorded for the fingerprint; the numbers are never given another meaning. */
enum iphlpapi_record {
    RECORD_CREATE_PERSISTENT = 0x600, /* arguments: port, count, token */
    RECORD_DELETE_PERSISTENT,
    RECORD_LOOKUP_PERSISTENT
};

struct request {
    enum iphlpapi_record kind;
    const char *call;
    enum protocol protocol;
    struct port_range range;
    uint64_t token; /* that the call gave, 0 for none */
};

/* The port, from network order; the defect takes the bytes as they come on this little-endian
 * machine. Computed from bytes, so that the host's own order does not matter.
 */
static struct port_range range_of(USHORT start_port, USHORT count, const struct profile *profile)
{
    unsigned char bytes[2];

    memcpy(bytes, &start_port, sizeof bytes);
    if (BEHAVES(profile, persistent_start_order, host))
        return (struct port_range){.first = bytes[0] | (uint32_t)bytes[1] << 8, .count = count};
    return (struct port_range){.first = (uint32_t)bytes[0] << 8 | bytes[1], .count = count};
}

/* Every call ends here. */
static ULONG finish(const struct winsock *winsock, const struct request *request, nt_status status)
{
    struct engine *engine = winsock->nt->engine;
    const struct thread *thread = winsock->nt->current;
    ULONG error = nt_status_to_win32(status);

    engine_record(engine,
                  &(const struct record){
                      .kind = request->kind,
                      .subject = request->protocol,
                      .arguments = {request->range.first, request->range.count, request->token},
                      .result = error,
                      .actor = thread->id,
                  });
    if (engine->sink != NULL)
        engine_trace(engine, "%u.%u %s (%u %u %#llx) = %u %s", thread->process->id, thread->id,
                     request->call, request->range.first, request->range.count,
                     (unsigned long long)request->token, error, nt_status_name(status));
    return error;
}

/* Whether the guest's Token can be written. NULL is for tcpip to judge, in its order of checks. */
static bool is_writable(const struct winsock *winsock, const ULONG64 *token)
{
    return token == NULL || userspace_probe(&winsock->nt->current->process->userspace, token,
                                            sizeof *token, ACCESS_WRITE);
}

static ULONG create(enum protocol protocol, const char *call, USHORT start_port, USHORT count,
                    ULONG64 *token)
{
    const struct winsock *winsock = winsock_attached();
    struct request request = {
        .kind = RECORD_CREATE_PERSISTENT,
        .call = call,
        .protocol = protocol,
        .range = range_of(start_port, count, winsock->nt->profile),
    };

    if (!is_writable(winsock, token))
        return finish(winsock, &request, STATUS_ACCESS_VIOLATION);
    nt_status status =
        persistent_create(winsock->tcpip, protocol, &request.range,
                          &winsock->nt->current->process->token, token != NULL, &request.token);
    if (status == STATUS_SUCCESS && token != NULL)
        *token = request.token;
    return finish(winsock, &request, status);
}

static ULONG remove_range(enum protocol protocol, const char *call, USHORT start_port, USHORT count)
{
    const struct winsock *winsock = winsock_attached();
    const struct request request = {
        .kind = RECORD_DELETE_PERSISTENT,
        .call = call,
        .protocol = protocol,
        .range = range_of(start_port, count, winsock->nt->profile),
    };

    return finish(winsock, &request,
                  persistent_delete(winsock->tcpip, protocol, &request.range,
                                    &winsock->nt->current->process->token));
}

static ULONG look_up(enum protocol protocol, const char *call, USHORT start_port, USHORT count,
                     ULONG64 *token)
{
    const struct winsock *winsock = winsock_attached();
    const struct profile *profile = winsock->nt->profile;
    struct request request = {
        .kind = RECORD_LOOKUP_PERSISTENT,
        .call = call,
        .protocol = protocol,
        .range = range_of(start_port, count, profile),
    };

    if (!is_writable(winsock, token))
        return finish(winsock, &request, STATUS_ACCESS_VIOLATION);
    nt_status status =
        persistent_lookup(winsock->tcpip, protocol, &request.range,
                          &winsock->nt->current->process->token, token != NULL, &request.token);
    if (token != NULL && (status == STATUS_SUCCESS || BEHAVES(profile, lookup_failure_token, zero)))
        *token = status == STATUS_SUCCESS ? request.token : 0;
    return finish(winsock, &request, status);
}

ULONG CreatePersistentTcpPortReservation(USHORT StartPort, USHORT NumberOfPorts, PULONG64 Token)
{
    return create(PROTOCOL_TCP, "CreatePersistentTcpPortReservation", StartPort, NumberOfPorts,
                  Token);
}

ULONG CreatePersistentUdpPortReservation(USHORT StartPort, USHORT NumberOfPorts, PULONG64 Token)
{
    return create(PROTOCOL_UDP, "CreatePersistentUdpPortReservation", StartPort, NumberOfPorts,
                  Token);
}

ULONG DeletePersistentTcpPortReservation(USHORT StartPort, USHORT NumberOfPorts)
{
    return remove_range(PROTOCOL_TCP, "DeletePersistentTcpPortReservation", StartPort,
                        NumberOfPorts);
}

ULONG DeletePersistentUdpPortReservation(USHORT StartPort, USHORT NumberOfPorts)
{
    return remove_range(PROTOCOL_UDP, "DeletePersistentUdpPortReservation", StartPort,
                        NumberOfPorts);
}

ULONG LookupPersistentTcpPortReservation(USHORT StartPort, USHORT NumberOfPorts, PULONG64 Token)
{
    return look_up(PROTOCOL_TCP, "LookupPersistentTcpPortReservation", StartPort, NumberOfPorts,
                   Token);
}

ULONG LookupPersistentUdpPortReservation(USHORT StartPort, USHORT NumberOfPorts, PULONG64 Token)
{
    return look_up(PROTOCOL_UDP, "LookupPersistentUdpPortReservation", StartPort, NumberOfPorts,
                   Token);
}
