/* A layered provider that prints what is called of UDP, with handles of its own (not IFS): each has
 * the socket underneath for a context. What such a provider is asked to do overlapped it does
 * itself: a thread of its own waits, and tells the caller by WPUCompleteOverlappedRequest or, when
 * there is a routine, by WPUQueueApc.
 */
#include <sporder.h>
#include <stdio.h>
#include <winsock2.h>
#include <ws2spi.h>
#include <ws2tcpip.h>

#pragma comment(lib, "ws2_32.lib")

/* ---- The provider -------------------------------------------------------------------------- */

static WSPUPCALLTABLE upcalls;
static WSPPROC_TABLE below;
static DWORD own_entry;

static SOCKET under(SOCKET s, LPINT error)
{
    DWORD_PTR context = 0;
    if (upcalls.lpWPUQuerySocketHandleContext(s, &context, error) != 0)
        return INVALID_SOCKET;
    return (SOCKET)context;
}

static SOCKET WSPAPI log_socket(int af, int type, int protocol, LPWSAPROTOCOL_INFOW info, GROUP g,
                                DWORD flags, LPINT error)
{
    SOCKET lower = below.lpWSPSocket(af, type, protocol, NULL, g, flags, error);
    (void)info;
    printf("  WSPSocket(%d, %d, %d)\n", af, type, protocol);
    return lower == INVALID_SOCKET
               ? lower
               : upcalls.lpWPUCreateSocketHandle(own_entry, (DWORD_PTR)lower, error);
}

static int WSPAPI log_close(SOCKET s, LPINT error)
{
    SOCKET lower = under(s, error);
    int ignored;
    printf("  WSPCloseSocket\n");
    if (lower == INVALID_SOCKET)
        return SOCKET_ERROR;
    upcalls.lpWPUCloseSocketHandle(s, &ignored);
    return below.lpWSPCloseSocket(lower, error);
}

static int WSPAPI log_bind(SOCKET s, const struct sockaddr *name, int size, LPINT error)
{
    SOCKET lower = under(s, error);
    int result = lower == INVALID_SOCKET ? SOCKET_ERROR : below.lpWSPBind(lower, name, size, error);
    printf("  WSPBind = %d\n", result == 0 ? 0 : *error);
    return result;
}

static int WSPAPI log_name(SOCKET s, struct sockaddr *name, LPINT size, LPINT error)
{
    SOCKET lower = under(s, error);
    return lower == INVALID_SOCKET ? SOCKET_ERROR
                                   : below.lpWSPGetSockName(lower, name, size, error);
}

static int WSPAPI log_send_to(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD done, DWORD flags,
                              const struct sockaddr *to, int size, LPWSAOVERLAPPED overlapped,
                              LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, LPWSATHREADID thread,
                              LPINT error)
{
    SOCKET lower = under(s, error);
    int result = SOCKET_ERROR;
    (void)overlapped; /* a datagram is sent at once */
    (void)routine;
    if (lower != INVALID_SOCKET)
        result = below.lpWSPSendTo(lower, buffers, count, done, flags, to, size, NULL, NULL, thread,
                                   error);
    printf("  WSPSendTo = %d\n", result == 0 ? 0 : *error);
    return result;
}

/* A receive that is under way. */
struct job {
    SOCKET s, lower;
    WSABUF buffer;
    LPWSAOVERLAPPED overlapped;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    WSATHREADID caller; /* a copy: the pointer is good for the call alone */
    DWORD bytes, flags;
    int error;
};

static void CALLBACK call_routine(DWORD_PTR context)
{
    struct job *job = (struct job *)context;
    job->overlapped->InternalHigh = job->bytes;
    job->overlapped->Internal = 0;
    job->routine((DWORD)job->error, job->bytes, job->overlapped, job->flags);
    HeapFree(GetProcessHeap(), 0, job);
}

static DWORD WINAPI receive_for(LPVOID context)
{
    struct job *job = context;
    int ignored;
    if (below.lpWSPRecvFrom(job->lower, &job->buffer, 1, &job->bytes, &job->flags, NULL, NULL, NULL,
                            NULL, NULL, &job->error) == 0)
        job->error = 0;
    if (job->routine != NULL) {
        upcalls.lpWPUQueueApc(&job->caller, call_routine, (DWORD_PTR)job, &ignored);
        return 0;
    }
    WPUCompleteOverlappedRequest(job->s, job->overlapped, (DWORD)job->error, job->bytes, &ignored);
    HeapFree(GetProcessHeap(), 0, job);
    return 0;
}

static int WSPAPI log_receive_from(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD done,
                                   LPDWORD flags, struct sockaddr *from, LPINT size,
                                   LPWSAOVERLAPPED overlapped,
                                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, LPWSATHREADID thread,
                                   LPINT error)
{
    SOCKET lower = under(s, error);
    struct job *job;
    printf("  WSPRecvFrom%s\n", overlapped == NULL ? "" : ", overlapped");
    if (lower == INVALID_SOCKET)
        return SOCKET_ERROR;
    if (overlapped == NULL)
        return below.lpWSPRecvFrom(lower, buffers, count, done, flags, from, size, NULL, NULL,
                                   thread, error);
    job = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof *job);
    job->s = s;
    job->lower = lower;
    job->buffer = buffers[0];
    job->overlapped = overlapped;
    job->routine = routine;
    job->caller = *thread;
    overlapped->Internal = WSS_OPERATION_IN_PROGRESS;
    CloseHandle(CreateThread(NULL, 0, receive_for, job, 0, NULL));
    *error = WSA_IO_PENDING;
    return SOCKET_ERROR;
}

int WSPAPI WSPStartup(WORD version, LPWSPDATA data, LPWSAPROTOCOL_INFOW info, WSPUPCALLTABLE table,
                      LPWSPPROC_TABLE functions)
{
    HMODULE base = LoadLibraryA("mswsock.dll");
    LPWSPSTARTUP startup = (LPWSPSTARTUP)(void (*)(void))GetProcAddress(base, "WSPStartup");
    int error = startup(version, data, info, table, &below);
    printf("  WSPStartup = %d\n", error);
    upcalls = table;
    own_entry = info->dwCatalogEntryId;
    *functions = below;
    functions->lpWSPSocket = log_socket;
    functions->lpWSPCloseSocket = log_close;
    functions->lpWSPBind = log_bind;
    functions->lpWSPGetSockName = log_name;
    functions->lpWSPSendTo = log_send_to;
    functions->lpWSPRecvFrom = log_receive_from;
    return error;
}

/* ---- The installer ------------------------------------------------------------------------- */

static GUID chain_id = {0x5d1c3f0e, 0x0d7b, 0x4a2c, {0x8b, 0x10, 0x44, 0x55, 0x66, 0x77, 0x88, 2}};

static int install(void)
{
    static WSAPROTOCOL_INFOW catalogue[64];
    DWORD size = sizeof catalogue, first;
    int error = 0, i = 0;
    int count = WSCEnumProtocols(NULL, catalogue, &size, &error);

    while (i < count &&
           (catalogue[i].iAddressFamily != AF_INET || catalogue[i].iProtocol != IPPROTO_UDP))
        i++;
    if (i == count)
        return WSAEPROTONOSUPPORT;
    first = catalogue[i].dwCatalogEntryId;
    catalogue[i].dwServiceFlags1 &= ~(DWORD)XP1_IFS_HANDLES;
    catalogue[i].ProtocolChain.ChainLen = 2;
    catalogue[i].ProtocolChain.ChainEntries[0] = 0; /* itself */
    catalogue[i].ProtocolChain.ChainEntries[1] = first;
    if (WSCInstallProvider(&chain_id, L"call_logger.dll", &catalogue[i], 1, &error) != 0)
        return error;
    size = sizeof catalogue;
    count = WSCEnumProtocols(NULL, catalogue, &size, &error);
    first = catalogue[count - 1].dwCatalogEntryId;
    return WSCWriteProviderOrder(&first, 1);
}

/* ---- A program that knows nothing of it ---------------------------------------------------- */

static void CALLBACK told(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    (void)overlapped;
    (void)flags;
    printf("the routine: error %lu, %lu bytes\n", error, bytes);
}

static int receive(SOCKET s, const struct sockaddr_in *own,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    OVERLAPPED overlapped = {0};
    char text[32];
    WSABUF buffer = {sizeof text, text};
    DWORD flags = 0;
    overlapped.hEvent = routine == NULL ? WSACreateEvent() : NULL;
    if (WSARecvFrom(s, &buffer, 1, NULL, &flags, NULL, NULL, &overlapped, routine) == 0 ||
        WSAGetLastError() != WSA_IO_PENDING)
        return 1;
    sendto(s, "a datagram", 10, 0, (const struct sockaddr *)own, sizeof *own);
    if (routine != NULL) {
        SleepEx(1000, TRUE);
        return 0;
    }
    WaitForSingleObject(overlapped.hEvent, 1000);
    printf("the event: %lu bytes\n", (unsigned long)overlapped.InternalHigh);
    return 0;
}

int main(void)
{
    WSADATA data;
    struct sockaddr_in own = {0};
    int size = sizeof own, error;

    WSAStartup(MAKEWORD(2, 2), &data);
    error = install();
    if (error != 0) {
        printf("not installed: %d\n", error);
        return 1;
    }
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(s, (struct sockaddr *)&own, sizeof own);
    getsockname(s, (struct sockaddr *)&own, &size);
    receive(s, &own, NULL);
    receive(s, &own, told);
    closesocket(s);
    WSACleanup();
    return 0;
}
