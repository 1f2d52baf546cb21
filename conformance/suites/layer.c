#include "conformance/suites/layer.h"

struct layer layer;
GUID layer_protocol_id = {0x7B3C2F10, 0x1111, 0x4222, {1, 2, 3, 4, 5, 6, 7, 8}};
GUID layer_chain_id = {0x7B3C2F11, 0x1111, 0x4222, {1, 2, 3, 4, 5, 6, 7, 8}};

static const WCHAR path[] = {'%',  'S', 'y', 's', 't', 'e', 'm', 'R', 'o', 'o', 't', '%',
                             '\\', 'l', 'a', 'y', 'e', 'r', '.', 'd', 'l', 'l', 0};

static BOOL is_ifs(void)
{
    return (layer.entry.dwServiceFlags1 & XP1_IFS_HANDLES) != 0;
}

/* The socket underneath. */
static SOCKET below(SOCKET s)
{
    DWORD_PTR context = 0;
    int error;
    if (is_ifs())
        return s;
    if (layer.upcalls.lpWPUQuerySocketHandleContext(s, &context, &error) != 0)
        return INVALID_SOCKET;
    return (SOCKET)context;
}

static SOCKET WSPAPI layer_socket(int af, int type, int protocol, LPWSAPROTOCOL_INFOW info, GROUP g,
                                  DWORD flags, LPINT error)
{
    const DWORD id = info->dwCatalogEntryId;
    layer.sockets++;
    const SOCKET lower = layer.lower.lpWSPSocket(af, type, protocol, NULL, g, flags, error);
    layer.last_lower = lower;
    if (lower == INVALID_SOCKET)
        return INVALID_SOCKET;
    return is_ifs() ? layer.upcalls.lpWPUModifyIFSHandle(id, lower, error)
                    : layer.upcalls.lpWPUCreateSocketHandle(id, lower, error);
}

static int WSPAPI layer_close(SOCKET s, LPINT error)
{
    layer.closes++;
    const SOCKET lower = below(s);
    int ignored;
    if (!is_ifs())
        layer.upcalls.lpWPUCloseSocketHandle(s, &ignored);
    return layer.lower.lpWSPCloseSocket(lower, error);
}

static int WSPAPI layer_bind(SOCKET s, const struct sockaddr *name, int size, LPINT error)
{
    layer.binds++;
    return layer.lower.lpWSPBind(below(s), name, size, error);
}

static int WSPAPI layer_name(SOCKET s, struct sockaddr *name, LPINT size, LPINT error)
{
    return layer.lower.lpWSPGetSockName(below(s), name, size, error);
}

static int WSPAPI layer_ioctl(SOCKET s, DWORD code, LPVOID in, DWORD in_size, LPVOID out,
                              DWORD out_size, LPDWORD count, LPWSAOVERLAPPED overlapped,
                              LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, LPWSATHREADID thread,
                              LPINT error)
{
    const struct layer_call call = {s,        code,  in,         in_size, out,
                                    out_size, count, overlapped, routine, thread};
    layer.ioctls++;
    layer.last = call;
    layer.has_error = error != NULL;
    layer.caller_is_there = thread != NULL;
    if (thread != NULL)
        layer.caller = *thread;
    return layer.ioctl != NULL ? layer.ioctl(&call, error) : layer_pass_on(&call, thread, error);
}

int layer_pass_on(const struct layer_call *call, LPWSATHREADID thread, LPINT error)
{
    return layer.lower.lpWSPIoctl(below(call->s), call->code, call->in, call->in_size, call->out,
                                  call->out_size, call->count, call->overlapped, call->routine,
                                  thread, error);
}

static BOOL WSPAPI layer_result(SOCKET s, LPWSAOVERLAPPED overlapped, LPDWORD transferred,
                                BOOL wait, LPDWORD flags, LPINT error)
{
    if (!layer.keeps_results)
        return layer.lower.lpWSPGetOverlappedResult(below(s), overlapped, transferred, wait, flags,
                                                    error);
    if (overlapped->Internal == WSS_OPERATION_IN_PROGRESS) {
        *error = WSA_IO_INCOMPLETE;
        return FALSE;
    }
    *error = (int)overlapped->OffsetHigh;
    *transferred = (DWORD)overlapped->InternalHigh;
    *flags = overlapped->Offset;
    return overlapped->OffsetHigh == 0;
}

/* What blocks is its own, so there is nobody to pass it on to. */
static int WSPAPI layer_cancel(LPINT error)
{
    (void)error;
    layer.cancels++;
    return 0;
}

static int WSPAPI layer_cleanup(LPINT error)
{
    layer.cleanups++;
    return layer.lower.lpWSPCleanup(error);
}

static LPWSPSTARTUP base_startup_of(void)
{
    const HMODULE library = LoadLibraryA("mswsock.dll");
    return library == NULL ? NULL
                           : (LPWSPSTARTUP)(void (*)(void))GetProcAddress(library, "WSPStartup");
}

/* What makes this program a provider's DLL. */
int WSPAPI WSPStartup(WORD version, LPWSPDATA data, LPWSAPROTOCOL_INFOW info,
                      WSPUPCALLTABLE upcalls, LPWSPPROC_TABLE table)
{
    const LPWSPSTARTUP base = base_startup_of();
    layer.startups++;
    layer.asked_version = version;
    layer.entry = *info;
    layer.upcalls = upcalls;
    if (layer.fault == LAYER_FAILS || base == NULL)
        return WSASYSNOTREADY;
    const int error = base(version, data, info, upcalls, &layer.lower);
    if (error != 0)
        return error;
    *table = layer.lower;
    table->lpWSPSocket = layer_socket;
    table->lpWSPCloseSocket = layer_close;
    table->lpWSPBind = layer_bind;
    table->lpWSPGetSockName = layer_name;
    table->lpWSPIoctl = layer_ioctl;
    table->lpWSPGetOverlappedResult = layer_result;
    table->lpWSPCancelBlockingCall = layer_cancel;
    table->lpWSPCleanup = layer_cleanup;
    if (layer.fault == LAYER_TABLE_WITH_A_GAP)
        table->lpWSPShutdown = NULL;
    if (layer.fault == LAYER_OLD_VERSION)
        data->wVersion = MAKEWORD(2, 1);
    return 0;
}

/* ---- Installing ------------------------------------------------------------------------------ */

static WSAPROTOCOL_INFOW entries[32];

static int read_catalogue(void)
{
    DWORD size = sizeof(entries);
    int error;
    return WSCEnumProtocols(NULL, entries, &size, &error);
}

static const WSAPROTOCOL_INFOW *find(int count, const GUID *provider)
{
    for (int i = 0; i < count; i++)
        if (provider != NULL
                ? memcmp(&entries[i].ProviderId, provider, sizeof(*provider)) == 0
                : entries[i].iAddressFamily == AF_INET && entries[i].iProtocol == IPPROTO_UDP)
            return &entries[i];
    return NULL;
}

int layer_install(BOOL ifs)
{
    int error = 0;
    memset(&layer, 0, sizeof(layer));
    const WSAPROTOCOL_INFOW *const base = find(read_catalogue(), NULL);
    if (base == NULL)
        return WSAEPROTONOSUPPORT;
    WSAPROTOCOL_INFOW made = *base;
    const DWORD base_id = base->dwCatalogEntryId;
    made.ProtocolChain.ChainLen = LAYERED_PROTOCOL;
    made.dwProviderFlags |= PFL_HIDDEN;
    if (!ifs)
        made.dwServiceFlags1 &= ~(DWORD)XP1_IFS_HANDLES;
    if (WSCInstallProvider(&layer_protocol_id, path, &made, 1, &error) != 0)
        return error;
    const WSAPROTOCOL_INFOW *const protocol = find(read_catalogue(), &layer_protocol_id);
    if (protocol == NULL)
        return WSAEINVALIDPROVIDER;
    made.dwProviderFlags &= ~(DWORD)PFL_HIDDEN;
    made.ProtocolChain.ChainLen = 2;
    made.ProtocolChain.ChainEntries[0] = protocol->dwCatalogEntryId;
    made.ProtocolChain.ChainEntries[1] = base_id;
    if (WSCInstallProvider(&layer_chain_id, path, &made, 1, &error) != 0)
        return error;
    DWORD first = find(read_catalogue(), &layer_chain_id)->dwCatalogEntryId;
    return WSCWriteProviderOrder(&first, 1);
}
