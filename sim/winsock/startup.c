/* WSAStartup and WSACleanup: counting and versions. winsock-behaviour rows 124 to 130. */
#include <string.h>

#include "sim/engine/check.h"
#include "sim/winsock/layered.h"
#include "sim/winsock/leavings.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/ownership.h"
#include "sim/winsock/provider.h"

struct winsock *winsock_boot(struct afd *afd)
{
    struct winsock *winsock = ARENA_NEW(&afd->nt->engine->arena, struct winsock);
    if (winsock == NULL)
        return NULL;
    *winsock = (struct winsock){
        .afd = afd, .tcpip = afd->tcpip, .nt = afd->nt, .provider = provider_table()};
    return winsock;
}

void winsock_thread_ended(struct winsock *winsock, const struct thread *thread)
{
    answers_drop_of(winsock, thread);
    hook_drop(winsock, thread);
}

void winsock_process_ended(struct winsock *winsock, struct process *process)
{
    answers_drop(winsock, process);
    queries_drop(winsock, process);
    lookups_drop(winsock, process);
    nodes_drop(winsock, process);
    layered_drop(winsock, process);
}

enum { VERSION_1_1 = MAKEWORD(1, 1), VERSION_2_2 = MAKEWORD(2, 2), DATAGRAM_1_1 = 65467 };

/* The version a program gets for the one it asked for. */
static WORD negotiated(WORD wanted)
{
    unsigned major = LOBYTE(wanted), minor = HIBYTE(wanted);
    if (major == 1)
        return minor == 0 ? wanted : VERSION_1_1;
    return major == 2 && minor < 2 ? wanted : VERSION_2_2;
}

/* Fills the structure but for lpVendorInfo, which is never written. */
static void describe(const struct call *call, WORD version, LPWSADATA out)
{
    WSADATA data;
    memset(&data, 0, sizeof data);
    memory_read(call, &data.lpVendorInfo, &out->lpVendorInfo, sizeof data.lpVendorInfo);
    data.wVersion = version;
    data.wHighVersion = VERSION_2_2;
    if (LOBYTE(version) == 1) {
        data.iMaxSockets = 32767;
        data.iMaxUdpDg = DATAGRAM_1_1;
    }
    strcpy(data.szDescription, "WinSock 2.0");
    strcpy(data.szSystemStatus, "Running");
    memory_write(call, out, &data, sizeof data);
}

static nt_status start(const struct call *call, WORD wanted, LPWSADATA data)
{
    bool unknown = LOBYTE(wanted) == 0;
    bool writable = data != NULL && memory_probe(call, data, sizeof *data, ACCESS_WRITE);

    if (writable)
        describe(call, negotiated(wanted), data);
    if (unknown)
        return STATUS_VERSION_NOT_SUPPORTED;
    if (!writable)
        return STATUS_ACCESS_VIOLATION;

    struct winsock_process *own = winsock_process(call->process);
    own->startups++;
    own->version = negotiated(wanted);
    return STATUS_SUCCESS;
}

/* The error is the result: before WSAStartup there is no last error to ask for. */
int WSAStartup(WORD wVersionRequested, LPWSADATA lpWSAData)
{
    struct call call = call_begin(CALL_WSAStartup, 0);
    int error = 0;
    call.arguments[0] = wVersionRequested;
    call_finish(&call, start(&call, wVersionRequested, lpWSAData), &error);
    return error;
}

int WSACleanup(void)
{
    struct call call = call_begin(CALL_WSACleanup, 0);
    struct winsock_process *own = winsock_process(call.process);

    if (own->startups == 0)
        return call_answer(&call, STATUS_NOT_INITIALISED);
    if (--own->startups == 0) {
        if (call.winsock->ownership != NULL)
            ownership_process_ends(call.winsock->ownership, call.process);
        {
            layered_cleanup(&call);
            socket_close_all(call.process);
        }
    }
    return call_answer(&call, STATUS_SUCCESS);
}

int WSAGetLastError(void)
{
    const struct winsock *winsock = winsock_attached();
    ASSERT(winsock != NULL);
    return (int)winsock->nt->current->last_error;
}

void WSASetLastError(int iError)
{
    const struct winsock *winsock = winsock_attached();
    ASSERT(winsock != NULL);
    winsock->nt->current->last_error = (uint32_t)iError;
}
