/* The upcalls: what ws2_32 does for the providers under it. Each answers its error through lpErrno.
 * Pages: WPUCloseEvent and its siblings.
 */
#include <string.h>

#include "sim/nt/apc.h"
#include "sim/nt/plain_file.h"
#include "sim/winsock/blocking.h"
#include "sim/winsock/delivery.h"
#include "sim/winsock/layered.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/ws2_32.h"

static uint64_t number_of(HANDLE handle)
{
    return (uint64_t)(uintptr_t)handle;
}

/* ---- Events ---------------------------------------------------------------------------------- */

WSAEVENT WSPAPI WPUCreateEvent(LPINT lpErrno)
{
    const struct call call = call_begin(CALL_WPUEvent, 0);
    struct object *event = event_create(call.winsock->nt, true, false);
    nt_status status = STATUS_INSUFFICIENT_RESOURCES;
    uint64_t handle = 0;
    if (event != NULL) {
        status = handle_open(call.process, event, false, &handle);
        object_release(event);
    }
    return call_finish(&call, status, lpErrno) == 0 ? (WSAEVENT)(uintptr_t)handle
                                                    : WSA_INVALID_EVENT;
}

enum event_use { EVENT_CLOSE, EVENT_SET, EVENT_RESET };

static BOOL use_event(WSAEVENT event, enum event_use use, LPINT error)
{
    const struct call call = call_begin(CALL_WPUEvent, number_of(event));
    struct object *object = handle_find(call.process, number_of(event), OBJECT_EVENT);
    if (object == NULL) {
        call_finish(&call, STATUS_EVENT_HANDLE_INVALID, error);
        return FALSE;
    }
    if (use == EVENT_CLOSE)
        handle_close(call.process, number_of(event));
    else if (use == EVENT_SET)
        object_signal(object);
    else
        object_unsignal(object);
    return call_finish(&call, STATUS_SUCCESS, error) == 0;
}

BOOL WSPAPI WPUCloseEvent(WSAEVENT hEvent, LPINT lpErrno)
{
    return use_event(hEvent, EVENT_CLOSE, lpErrno);
}

BOOL WSPAPI WPUSetEvent(WSAEVENT hEvent, LPINT lpErrno)
{
    return use_event(hEvent, EVENT_SET, lpErrno);
}

BOOL WSPAPI WPUResetEvent(WSAEVENT hEvent, LPINT lpErrno)
{
    return use_event(hEvent, EVENT_RESET, lpErrno);
}

/* ---- Handles --------------------------------------------------------------------------------- */

static const char made_handle[] = "a layered provider's socket";

static nt_status create_handle(const struct call *call, DWORD id, DWORD_PTR context,
                               uint64_t *handle)
{
    const struct layered_provider *provider = layered_loaded(call, id);
    if (provider == NULL)
        return STATUS_INVALID_PARAMETER;
    struct file *file = plain_file_create(call->winsock->nt, made_handle);
    if (file == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    nt_status status = handle_open(call->process, &file->object, true, handle);
    object_release(&file->object);
    if (!nt_success(status))
        return status;
    struct layered_socket *socket = layered_add(call, *handle, provider);
    if (socket == NULL) {
        handle_close(call->process, *handle);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    socket->context = context;
    socket->made_here = true;
    return STATUS_SUCCESS;
}

SOCKET WSPAPI WPUCreateSocketHandle(DWORD dwCatalogEntryId, DWORD_PTR dwContext, LPINT lpErrno)
{
    struct call call = call_begin(CALL_WPUCreateSocketHandle, 0);
    uint64_t handle = 0;
    call.arguments[0] = dwCatalogEntryId;
    nt_status status = create_handle(&call, dwCatalogEntryId, dwContext, &handle);
    call.subject = handle;
    return call_finish(&call, status, lpErrno) == 0 ? (SOCKET)handle : INVALID_SOCKET;
}

/* One that WPUCreateSocketHandle made, or NULL. */
static struct layered_socket *find_made(const struct call *call, SOCKET s)
{
    struct layered_socket *socket = layered_find(call->process, s);
    return socket != NULL && socket->made_here ? socket : NULL;
}

int WSPAPI WPUCloseSocketHandle(SOCKET s, LPINT lpErrno)
{
    const struct call call = call_begin(CALL_WPUCloseSocketHandle, s);
    if (find_made(&call, s) == NULL)
        return call_finish(&call, STATUS_INVALID_HANDLE, lpErrno);
    layered_remove(&call, s);
    handle_close(call.process, s);
    return call_finish(&call, STATUS_SUCCESS, lpErrno);
}

int WSPAPI WPUQuerySocketHandleContext(SOCKET s, PDWORD_PTR lpContext, LPINT lpErrno)
{
    const struct call call = call_begin(CALL_WPUQuerySocketHandleContext, s);
    const struct layered_socket *socket = find_made(&call, s);
    if (socket == NULL)
        return call_finish(&call, STATUS_INVALID_HANDLE, lpErrno);
    if (!memory_probe(&call, lpContext, sizeof *lpContext, ACCESS_WRITE))
        return call_finish(&call, STATUS_ACCESS_VIOLATION, lpErrno);
    DWORD_PTR context = BEHAVES(call.profile, handle_context, lost) ? 0 : socket->context;
    memory_write(&call, lpContext, &context, sizeof context);
    return call_finish(&call, STATUS_SUCCESS, lpErrno);
}

static nt_status modify(const struct call *call, DWORD id)
{
    const struct layered_provider *provider = layered_loaded(call, id);
    nt_status status;
    if (provider == NULL)
        return STATUS_INVALID_PARAMETER;
    if (call_socket(call, &status) == NULL)
        return status;
    return layered_add(call, call->subject, provider) != NULL ? STATUS_SUCCESS
                                                              : STATUS_INSUFFICIENT_RESOURCES;
}

/* The handle stays what it is, as the page allows. */
SOCKET WSPAPI WPUModifyIFSHandle(DWORD dwCatalogEntryId, SOCKET ProposedHandle, LPINT lpErrno)
{
    struct call call = call_begin(CALL_WPUModifyIFSHandle, ProposedHandle);
    call.arguments[0] = dwCatalogEntryId;
    return call_finish(&call, modify(&call, dwCatalogEntryId), lpErrno) == 0 ? ProposedHandle
                                                                             : INVALID_SOCKET;
}

int WSPAPI WPUFDIsSet(SOCKET s, fd_set *fdset)
{
    u_int i = 0;
    while (i < fdset->fd_count && fdset->fd_array[i] != s)
        i++;
    return i < fdset->fd_count;
}

int WSPAPI WPUGetProviderPath(LPGUID lpProviderId, WCHAR *lpszProviderDllPath,
                              LPINT lpProviderDllPathLen, LPINT lpErrno)
{
    return WSCGetProviderPath(lpProviderId, lpszProviderDllPath, lpProviderDllPathLen, lpErrno);
}

/* ---- Threads --------------------------------------------------------------------------------- */

struct user_apc {
    struct apc apc; /* first */
    LPWSAUSERAPC function;
    DWORD_PTR context;
};

static void run_apc(struct nt *nt, struct apc *apc)
{
    struct user_apc *own = (struct user_apc *)(void *)apc;
    const struct user_apc copy = *own;
    arena_give(&nt->engine->arena, own, sizeof *own);
    copy.function(copy.context);
}

static void drop_apc(struct nt *nt, struct apc *apc)
{
    arena_give(&nt->engine->arena, apc, sizeof(struct user_apc));
}

/* The thread that a provider was told of. Reads the structure now: the provider may have kept a
 * copy (SPI-004), and whatever it shows is looked at here alone.
 */
static struct thread *find_thread(const struct call *call, LPWSATHREADID id)
{
    WSATHREADID read;
    if (!memory_probe(call, id, sizeof read, ACCESS_READ))
        return NULL;
    memory_read(call, &read, id, sizeof read);
    return delivery_thread(call, &read);
}

static nt_status queue(const struct call *call, LPWSATHREADID id, LPWSAUSERAPC function,
                       DWORD_PTR context)
{
    struct arena *arena = &call->winsock->nt->engine->arena;
    struct thread *thread = find_thread(call, id);
    if (thread == NULL || function == NULL)
        return STATUS_ACCESS_VIOLATION;
    if (BEHAVES(call->profile, provider_apc, at_once)) {
        function(context);
        return STATUS_SUCCESS;
    }
    if (BEHAVES(call->profile, provider_apc, to_the_caller))
        thread = call->thread;
    if (BEHAVES(call->profile, provider_apc, narrow))
        context = (uint32_t)context;
    struct user_apc *apc = ARENA_NEW(arena, struct user_apc);
    if (apc == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *apc = (struct user_apc){{.run = run_apc, .drop = drop_apc}, function, context};
    if (apc_queue(thread, &apc->apc))
        return STATUS_SUCCESS;
    arena_give(arena, apc, sizeof *apc);
    return STATUS_ACCESS_VIOLATION;
}

int WSPAPI WPUQueueApc(LPWSATHREADID lpThreadId, LPWSAUSERAPC lpfnUserApc, DWORD_PTR dwContext,
                       LPINT lpErrno)
{
    const struct call call = call_begin(CALL_WPUQueueApc, 0);
    return call_finish(&call, queue(&call, lpThreadId, lpfnUserApc, dwContext), lpErrno);
}

int WSPAPI WPUOpenCurrentThread(LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    const struct call call = call_begin(CALL_WPUThread, 0);
    WSATHREADID made = {0}; /* told by its handle, until that is closed */
    uint64_t handle = 0;
    if (!memory_probe(&call, lpThreadId, sizeof made, ACCESS_WRITE))
        return call_finish(&call, STATUS_ACCESS_VIOLATION, lpErrno);
    nt_status status = handle_open(call.process, &call.thread->object, false, &handle);
    if (nt_success(status)) {
        made.ThreadHandle = (HANDLE)(uintptr_t)handle;
        memory_write(&call, lpThreadId, &made, sizeof made);
    }
    return call_finish(&call, status, lpErrno);
}

int WSPAPI WPUCloseThread(LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    const struct call call = call_begin(CALL_WPUThread, 0);
    WSATHREADID closed;
    if (find_thread(&call, lpThreadId) == NULL)
        return call_finish(&call, STATUS_ACCESS_VIOLATION, lpErrno);
    memory_read(&call, &closed, lpThreadId, sizeof closed);
    return call_finish(&call, handle_close(call.process, number_of(closed.ThreadHandle)), lpErrno);
}

/* ---- The rest -------------------------------------------------------------------------------- */

BOOL WSPAPI WPUPostMessage(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    const struct call call = call_begin(CALL_WPUPostMessage, 0);
    bool posted = call.winsock->post_message != NULL &&
                  call.winsock->post_message(call.winsock, call.process, hWnd, Msg, wParam, lParam);
    call_finish(&call, posted ? STATUS_SUCCESS : STATUS_INVALID_HANDLE, NULL);
    return posted;
}

/* NULL while the thread has no hook: the provider blocks as it likes (SPI-030). */
int WSPAPI WPUQueryBlockingCallback(DWORD dwCatalogEntryId, LPBLOCKINGCALLBACK *lplpfnCallback,
                                    PDWORD_PTR lpdwContext, LPINT lpErrno)
{
    struct call call = call_begin(CALL_WPUQueryBlockingCallback, 0);
    DWORD_PTR context = 0;
    call.arguments[0] = dwCatalogEntryId;
    if (!memory_probe(&call, lplpfnCallback, sizeof *lplpfnCallback, ACCESS_WRITE) ||
        !memory_probe(&call, lpdwContext, sizeof context, ACCESS_WRITE))
        return call_finish(&call, STATUS_ACCESS_VIOLATION, lpErrno);
    if (catalogue_find(call.winsock, dwCatalogEntryId) == NULL)
        return call_finish(&call, STATUS_INVALID_PARAMETER, lpErrno);
    LPBLOCKINGCALLBACK callback = blocking_callback(&call);
    if (callback != NULL)
        context = dwCatalogEntryId;
    memory_write(&call, lplpfnCallback, &callback, sizeof callback);
    memory_write(&call, lpdwContext, &context, sizeof context);
    return call_finish(&call, STATUS_SUCCESS, lpErrno);
}

/* A provider may complete with any error; one that no status stands for is a bad argument. */
static nt_status status_of(DWORD error)
{
    static const struct {
        DWORD error;
        nt_status status;
    } rows[] = {
#define STATUS(name, value, wsa_error, win32_error, evidence) {wsa_error, name},
#define WSA_ERROR(name, value, text)
#define WIN32_ERROR(name, value, text)
#define WSA_SUCCESS 0
#include "spec/errors.def"
#undef STATUS
#undef WSA_ERROR
#undef WIN32_ERROR
#undef WSA_SUCCESS
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].error == error)
            return rows[i].status;
    return STATUS_INVALID_PARAMETER;
}

/* What the port of a made handle is told; NULL without one. The low bit of hEvent keeps it away, as
 * from any file.
 */
static nt_status make_packet(const struct call *call, const struct file *file,
                             LPWSAOVERLAPPED overlapped, const OVERLAPPED *read,
                             struct packet **packet)
{
    *packet = NULL;
    if (file == NULL || file->port == NULL || (number_of(read->hEvent) & 1) != 0 ||
        BEHAVES(call->profile, complete_packet, never))
        return STATUS_SUCCESS;
    *packet = ARENA_NEW(&call->winsock->nt->engine->arena, struct packet);
    if (*packet == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    **packet = (struct packet){
        .key = file->key,
        .context = (uintptr_t)overlapped,
        .status = (nt_status)read->Internal,
        .information = read->InternalHigh,
        .done = packet_give,
    };
    return STATUS_SUCCESS;
}

enum { BETWEEN_THE_WORDS_NS = 5000000 };

/* InternalHigh, then Internal, and nothing else: the rest is the provider's (SPI-022 to SPI-024).
 */
static void write_result(const struct call *call, LPWSAOVERLAPPED overlapped,
                         const OVERLAPPED *read)
{
    const uint64_t none = 0;
    bool status_first = BEHAVES(call->profile, complete_block, status_first);
    if (BEHAVES(call->profile, complete_block, offsets_too))
        memory_write(call, &overlapped->Offset, &none, sizeof none);
    if (status_first) {
        memory_write(call, &overlapped->Internal, &read->Internal, sizeof read->Internal);
        wait_for_time(call->winsock->nt, BETWEEN_THE_WORDS_NS, "WPUCompleteOverlappedRequest");
    }
    memory_write(call, &overlapped->InternalHigh, &read->InternalHigh, sizeof read->InternalHigh);
    if (!status_first)
        memory_write(call, &overlapped->Internal, &read->Internal, sizeof read->Internal);
}

static nt_status complete(const struct call *call, SOCKET s, LPWSAOVERLAPPED overlapped,
                          DWORD error, DWORD transferred)
{
    OVERLAPPED read;
    struct packet *packet;
    if (find_made(call, s) == NULL && !BEHAVES(call->profile, complete_request, any_handle))
        return STATUS_INVALID_PARAMETER;
    if (!memory_probe(call, overlapped, sizeof read, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    struct file *file = plain_file_find(call->process, s, made_handle);
    memory_read(call, &read, overlapped, sizeof read);
    read.InternalHigh = transferred;
    read.Internal = status_of(error);
    nt_status status = make_packet(call, file, overlapped, &read, &packet);
    if (!nt_success(status))
        return status;
    struct port *port = packet != NULL ? file->port : NULL;
    write_result(call, overlapped, &read);
    struct object *event =
        handle_find(call->process, number_of(read.hEvent) & ~(uint64_t)1, OBJECT_EVENT);
    if (event == NULL && file != NULL)
        event = &file->object; /* row 116 */
    if (event != NULL)
        object_signal(event);
    if (packet != NULL)
        port_post(port, packet);
    return STATUS_SUCCESS;
}

int WSPAPI WPUCompleteOverlappedRequest(SOCKET s, LPWSAOVERLAPPED lpOverlapped, DWORD dwError,
                                        DWORD cbTransferred, LPINT lpErrno)
{
    struct call call = call_begin(CALL_WPUCompleteOverlappedRequest, s);
    call.arguments[0] = dwError;
    call.arguments[1] = cbTransferred;
    return call_finish(&call, complete(&call, s, lpOverlapped, dwError, cbTransferred), lpErrno);
}

static const WSPUPCALLTABLE table = {
    .lpWPUCloseEvent = WPUCloseEvent,
    .lpWPUCloseSocketHandle = WPUCloseSocketHandle,
    .lpWPUCreateEvent = WPUCreateEvent,
    .lpWPUCreateSocketHandle = WPUCreateSocketHandle,
    .lpWPUFDIsSet = WPUFDIsSet,
    .lpWPUGetProviderPath = WPUGetProviderPath,
    .lpWPUModifyIFSHandle = WPUModifyIFSHandle,
    .lpWPUPostMessage = WPUPostMessage,
    .lpWPUQueryBlockingCallback = WPUQueryBlockingCallback,
    .lpWPUQuerySocketHandleContext = WPUQuerySocketHandleContext,
    .lpWPUQueueApc = WPUQueueApc,
    .lpWPUResetEvent = WPUResetEvent,
    .lpWPUSetEvent = WPUSetEvent,
    .lpWPUOpenCurrentThread = WPUOpenCurrentThread,
    .lpWPUCloseThread = WPUCloseThread,
};

const WSPUPCALLTABLE *upcall_table(void)
{
    return &table;
}
