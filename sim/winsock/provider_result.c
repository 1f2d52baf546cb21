/* The base provider: what became of an overlapped operation. */
#include "sim/afd/socket.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/ownership.h"
#include "sim/winsock/provider.h"

/* All but Offset, which is nobody's business: see ownership.h. */
static void read_block(const struct call *call, WSAOVERLAPPED *copy, const WSAOVERLAPPED *block)
{
    memory_read(call, copy, block, offsetof(WSAOVERLAPPED, Offset));
    memory_read(call, &copy->hEvent, &block->hEvent, sizeof copy->hEvent);
}

/* What says that the operation is done: its event, or the socket itself where it has none (row
 * 116), which any operation on the socket signals.
 */
static struct object *find_signal(const struct call *call, struct socket_object *socket,
                                  const WSAOVERLAPPED *overlapped)
{
    uint64_t handle = (uint64_t)(uintptr_t)overlapped->hEvent & ~(uint64_t)1;
    return handle == 0 ? &socket->object : handle_find(call->process, handle, OBJECT_EVENT);
}

static nt_status await(const struct call *call, struct socket_object *socket,
                       LPWSAOVERLAPPED overlapped, WSAOVERLAPPED *copy)
{
    struct object *signal = find_signal(call, socket, copy);
    if (signal == NULL)
        return STATUS_EVENT_HANDLE_INVALID;
    nt_status status = wait_for_objects(call->winsock->nt, &signal, 1, false, UINT64_MAX,
                                        "WSAGetOverlappedResult", NULL);
    if (nt_success(status))
        read_block(call, copy, overlapped);
    return status;
}

/* Since Vista NULL pointers fault instead (OVL-029); a guest of ours gets WSAEFAULT, as before. */
static nt_status get_result(struct call *call, LPWSAOVERLAPPED overlapped, LPDWORD transfer,
                            BOOL wait, LPDWORD flags)
{
    nt_status status;
    WSAOVERLAPPED copy;
    const DWORD no_flags = 0;
    struct socket_object *socket = call_socket(call, &status);
    unsigned flags_of_handle = 0;
    if (socket == NULL)
        return status;
    handle_get_flags(call->process, call->subject, &flags_of_handle);
    if ((flags_of_handle & HANDLE_COPIED) != 0)
        return STATUS_INVALID_HANDLE; /* row 112: Winsock knows nothing of the copy */
    if (!call->winsock->afd->network_up)
        return STATUS_HOST_DOWN; /* OVL-030 */
    if (overlapped == NULL || transfer == NULL || flags == NULL)
        return nt_status_from_wsa(BEHAVIOUR_VALUE(call->profile, null_result_pointer));
    if (!memory_probe(call, overlapped, sizeof copy, ACCESS_READ) ||
        !memory_probe(call, transfer, sizeof *transfer, ACCESS_WRITE) ||
        !memory_probe(call, flags, sizeof *flags, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    read_block(call, &copy, overlapped);
    const struct profile *profile = call->profile;
    const DWORD none = 0;
    if (copy.Internal != STATUS_SUCCESS && BEHAVES(profile, result_of_failure, zero))
        memory_write(call, transfer, &none, sizeof none);
    if (copy.Internal == STATUS_PENDING && wait && BEHAVES(profile, result_wait, waits)) {
        status = await(call, socket, overlapped, &copy);
        if (!nt_success(status))
            return status;
    }
    if (copy.Internal == STATUS_PENDING)
        return STATUS_IO_INCOMPLETE;
    if (call->winsock->ownership != NULL)
        ownership_collected(call->winsock->ownership, overlapped);
    status = (nt_status)copy.Internal;
    bool known = nt_status_name(status)[0] != '?';
    if (!nt_success(status)) /* the structure is the guest's: it may hold anything */
        return known ? status : STATUS_INVALID_PARAMETER;
    const DWORD bytes = (DWORD)copy.InternalHigh;
    call->arguments[0] = bytes;
    memory_write(call, transfer, &bytes, sizeof bytes);
    memory_write(call, flags, &no_flags, sizeof no_flags);
    return STATUS_SUCCESS;
}

BOOL WSPAPI provider_get_overlapped_result(SOCKET s, LPWSAOVERLAPPED lpOverlapped,
                                           LPDWORD lpcbTransfer, BOOL fWait, LPDWORD lpdwFlags,
                                           LPINT lpErrno)
{
    struct call call = call_begin(CALL_WSAGetOverlappedResult, s);
    nt_status status = get_result(&call, lpOverlapped, lpcbTransfer, fWait, lpdwFlags);
    return call_finish(&call, status, lpErrno) == 0;
}
