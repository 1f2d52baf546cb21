/* The base provider: moving bytes, and what became of an overlapped operation. */
#include "sim/winsock/ioctl.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/name.h"
#include "sim/winsock/provider.h"

/* ---- Sending -----------------------------------------------------------------------------------
 */

enum { DATAGRAM_MAX = 65507, BUFFERS_MAX = 1024 };

/* How many bytes the buffers hold, if all may be read. */
static nt_status measure(const struct call *call, const WSABUF *buffers, DWORD count, DWORD *out)
{
    uint64_t total = 0;
    if (count > BUFFERS_MAX)
        return STATUS_INVALID_PARAMETER;
    if (count > 0 && !memory_probe(call, buffers, count * sizeof *buffers, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    for (DWORD i = 0; i < count; i++) {
        WSABUF buffer;
        memory_read(call, &buffer, buffers + i, sizeof buffer);
        if (buffer.len > 0 && !memory_probe(call, buffer.buf, buffer.len, ACCESS_READ))
            return STATUS_ACCESS_VIOLATION;
        total += buffer.len;
    }
    if (total > DATAGRAM_MAX)
        return STATUS_BUFFER_OVERFLOW; /* WSAEMSGSIZE */
    *out = (DWORD)total;
    return STATUS_SUCCESS;
}

struct sending {
    LPWSABUF buffers;
    DWORD buffer_count;
    LPDWORD count;
    const struct sockaddr *to;
    int to_size;
    LPWSAOVERLAPPED overlapped;
    bool has_routine;
};

static nt_status send_datagram(struct call *call, const struct sending *sending)
{
    nt_status status;
    DWORD length;
    struct name to;
    struct socket_object *socket = call_socket(call, &status);
    if (socket == NULL)
        return status;
    LPWSAOVERLAPPED overlapped = socket->overlapped ? sending->overlapped : NULL;
    if (overlapped != NULL && !memory_probe(call, overlapped, sizeof *overlapped, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    bool counts = sending->count != NULL || overlapped == NULL;
    if (counts && !memory_probe(call, sending->count, sizeof *sending->count, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    status = measure(call, sending->buffers, sending->buffer_count, &length);
    if (nt_success(status) && sending->to != NULL) {
        status = name_read(call, sending->to, sending->to_size, socket->kind.family, &to);
        if (nt_success(status))
            name_note(call, &to);
    }
    if (nt_success(status))
        status = socket_send_to(socket, call->process, sending->to != NULL ? &to.address : NULL,
                                sending->to != NULL ? to.port : 0);
    if (!nt_success(status))
        return status;
    call->arguments[3] = length;
    if (overlapped != NULL)
        overlapped_complete(call, overlapped, sending->has_routine, STATUS_SUCCESS, length);
    if (counts)
        memory_write(call, sending->count, &length, sizeof length);
    return STATUS_SUCCESS;
}

int WSPAPI provider_send_to(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                            LPDWORD lpNumberOfBytesSent, DWORD dwFlags, const struct sockaddr *lpTo,
                            int iTolen, LPWSAOVERLAPPED lpOverlapped,
                            LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                            LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    (void)dwFlags;    /* MSG_DONTROUTE and its like mean nothing to a datagram that is dropped */
    (void)lpThreadId; /* no routine is queued yet */
    struct call call = call_begin(CALL_sendto, s);
    const struct sending sending = {
        .buffers = lpBuffers,
        .buffer_count = dwBufferCount,
        .count = lpNumberOfBytesSent,
        .to = lpTo,
        .to_size = iTolen,
        .overlapped = lpOverlapped,
        .has_routine = lpCompletionRoutine != NULL,
    };
    nt_status status = send_datagram(&call, &sending);
    return call_finish(&call, status, lpErrno);
}

/* ---- Overlapped results
 * -------------------------------------------------------------------------- */

/* Waits until the event says that the operation is done. */
static nt_status await(const struct call *call, LPWSAOVERLAPPED overlapped)
{
    WSAOVERLAPPED copy;
    memory_read(call, &copy, overlapped, sizeof copy);
    uint64_t handle = (uint64_t)(uintptr_t)copy.hEvent & ~(uint64_t)1;
    struct object *event = handle_find(call->process, handle, OBJECT_EVENT);
    if (event == NULL)
        return STATUS_EVENT_HANDLE_INVALID;
    return wait_for_objects(call->winsock->nt, &event, 1, false, UINT64_MAX,
                            "WSAGetOverlappedResult", NULL);
}

/* Since Vista NULL pointers fault instead (OVL-029); a guest of ours gets WSAEFAULT, as before. */
static nt_status get_result(struct call *call, LPWSAOVERLAPPED overlapped, LPDWORD transfer,
                            BOOL wait, LPDWORD flags)
{
    nt_status status;
    WSAOVERLAPPED copy;
    const DWORD no_flags = 0;
    if (call_socket(call, &status) == NULL)
        return status;
    if (!memory_probe(call, overlapped, sizeof copy, ACCESS_READ) ||
        !memory_probe(call, transfer, sizeof *transfer, ACCESS_WRITE) ||
        !memory_probe(call, flags, sizeof *flags, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &copy, overlapped, sizeof copy);
    if (copy.Internal == STATUS_PENDING) {
        if (!wait)
            return STATUS_IO_INCOMPLETE;
        status = await(call, overlapped);
        if (!nt_success(status))
            return status;
        memory_read(call, &copy, overlapped, sizeof copy);
    }
    status = (nt_status)copy.Internal;
    if (nt_status_name(status)[0] == '?' || status == STATUS_PENDING)
        return STATUS_INVALID_PARAMETER; /* the structure is the guest's: it may hold anything */
    if (!nt_success(status))
        return status;
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
