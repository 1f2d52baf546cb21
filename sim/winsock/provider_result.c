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

/* Row 113: what WSAGetOverlappedResult makes of a status where spec/errors.def has something else,
 * or nothing. SEEN on Wine, which does with each status what Windows does. What is not known is
 * WSAEINVAL, and so is here what Winsock's other calls have a better error for.
 */
static const struct {
    uint32_t status;
    uint32_t error;
} results[] = {
    {0xC0000003, WSAEINVAL},       /* STATUS_INVALID_INFO_CLASS */
    {0xC0000007, WSAENOBUFS},      /* STATUS_PAGEFILE_QUOTA */
    {0xC000000E, WSAENETDOWN},     /* STATUS_NO_SUCH_DEVICE */
    {0xC000000F, WSAENETDOWN},     /* STATUS_NO_SUCH_FILE */
    {0xC0000010, WSAEINVAL},       /* STATUS_INVALID_DEVICE_REQUEST */
    {0xC0000018, WSAENOBUFS},      /* STATUS_CONFLICTING_ADDRESSES */
    {0xC0000034, WSAENETDOWN},     /* STATUS_OBJECT_NAME_NOT_FOUND */
    {0xC0000035, WSAEINVAL},       /* STATUS_OBJECT_NAME_COLLISION */
    {0xC000003A, WSAENETDOWN},     /* STATUS_OBJECT_PATH_NOT_FOUND */
    {0xC000003B, WSAEINVAL},       /* STATUS_OBJECT_PATH_SYNTAX_BAD */
    {0xC0000056, WSAEINVAL},       /* STATUS_DELETE_PENDING */
    {0xC0000061, WSAEINVAL},       /* STATUS_PRIVILEGE_NOT_HELD */
    {0xC000007F, WSAEINVAL},       /* STATUS_DISK_FULL */
    {0xC0000097, WSAENOBUFS},      /* STATUS_TOO_MANY_PAGING_FILES */
    {0xC00000A1, WSAENOBUFS},      /* STATUS_WORKING_SET_QUOTA */
    {0xC00000B1, WSAEINVAL},       /* STATUS_PIPE_CLOSING */
    {0xC00000BA, WSAEINVAL},       /* STATUS_FILE_IS_A_DIRECTORY */
    {0xC00000BC, WSAECONNREFUSED}, /* STATUS_REMOTE_NOT_LISTENING */
    {0xC00000BE, WSAENETUNREACH},  /* STATUS_BAD_NETWORK_PATH */
    {0xC00000BF, WSAENETDOWN},     /* STATUS_NETWORK_BUSY */
    {0xC00000C3, WSAENETDOWN},     /* STATUS_INVALID_NETWORK_RESPONSE */
    {0xC00000C4, WSAENETDOWN},     /* STATUS_UNEXPECTED_NETWORK_ERROR */
    {0xC00000C9, WSAEINVAL},       /* STATUS_NETWORK_NAME_DELETED */
    {0xC00000D0, WSAEWOULDBLOCK},  /* STATUS_REQUEST_NOT_ACCEPTED */
    {0xC000011F, WSAEINVAL},       /* STATUS_TOO_MANY_OPENED_FILES */
    {0xC0000121, WSAEINVAL},       /* STATUS_CANNOT_DELETE */
    {0xC000012D, WSAENOBUFS},      /* STATUS_COMMITMENT_LIMIT */
    {0xC000013D, WSAENOBUFS},      /* STATUS_REMOTE_RESOURCES */
    {0xC000013E, WSAECONNRESET},   /* STATUS_LINK_FAILED */
    {0xC000013F, WSAETIMEDOUT},    /* STATUS_LINK_TIMEOUT */
    {0xC000014B, WSAEINVAL},       /* STATUS_PIPE_BROKEN */
    {0xC0000206, WSAEMSGSIZE},     /* STATUS_INVALID_BUFFER_SIZE */
    {0xC000020C, WSAECONNRESET},   /* STATUS_CONNECTION_DISCONNECTED */
    {0xC000020F, WSAECONNABORTED}, /* STATUS_TRANSACTION_ABORTED */
    {0xC0000235, WSAEINVAL},       /* STATUS_HANDLE_NOT_CLOSABLE */
    {0xC000023E, WSAENETUNREACH},  /* STATUS_PROTOCOL_UNREACHABLE */
    {0xC0000240, WSAEINTR},        /* STATUS_REQUEST_ABORTED */
    {0xC00002C5, WSAEFAULT},       /* STATUS_DATATYPE_MISALIGNMENT_ERROR */
};

/* STATUS_HOST_DOWN is the simulator's word for a network that is down, and keeps its error. */
static nt_status result_of(nt_status status)
{
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        if ((uint32_t)status == results[i].status)
            return nt_status_from_wsa(results[i].error);
    return nt_status_name(status)[0] != '?' ? status : STATUS_INVALID_PARAMETER;
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
    if (!nt_success(status)) /* the structure is the guest's: it may hold anything */
        return result_of(status);
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
