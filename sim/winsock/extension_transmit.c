/* TransmitFile and TransmitPackets: many pieces as one send. There are no files to send from here:
 * a file handle is refused, NULL leaves head and tail (row 123).
 */
#include <string.h>

#include "sim/afd/socket.h"
#include "sim/winsock/buffers.h"
#include "sim/winsock/delivery.h"
#include "sim/winsock/extension.h"
#include "sim/winsock/memory.h"

enum {
    FLAGS_KNOWN =
        TF_DISCONNECT | TF_REUSE_SOCKET | TF_WRITE_BEHIND | TF_USE_SYSTEM_THREAD | TF_USE_KERNEL_APC
};

/* Sends all pieces; overlapped, it is seen to pend however little there is. Then the disconnect
 * that may be wished for goes behind the bytes, on its own.
 */
static nt_status transmit(struct call *call, struct socket_object *socket,
                          const struct buffers *buffers, LPOVERLAPPED overlapped, DWORD flags)
{
    struct delivery delivery;
    const struct delivery_request request = {.overlapped = overlapped};
    nt_status status = delivery_read(call, socket, &request, &delivery);
    if (!nt_success(status))
        return status;
    struct io here;
    struct io *io = delivery_begin(&delivery, socket, IO_SEND, call_name(call->kind), &here);
    if (io == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    io->flags = IO_ALWAYS_PENDS;
    status = STATUS_INSUFFICIENT_RESOURCES;
    if (io_set_buffers(io, buffers->all, buffers->count))
        status = socket_send(io, call->process);
    status = delivery_end(&delivery, io, status, 0);
    bool going = delivery_is_done(status) || status == STATUS_PENDING;
    if (going && (flags & (TF_DISCONNECT | TF_REUSE_SOCKET)) != 0)
        socket_shutdown(socket, SD_SEND);
    return status;
}

static nt_status check_socket(const struct call *call, struct socket_object **socket)
{
    nt_status status;
    *socket = call_socket(call, &status);
    if (*socket == NULL)
        return status;
    bool connected =
        (*socket)->kind.protocol == PROTOCOL_TCP && (*socket)->state == SOCKET_CONNECTED;
    return connected ? STATUS_SUCCESS : STATUS_INVALID_CONNECTION;
}

/* ---- TransmitFile ---------------------------------------------------------------------------- */

static nt_status read_ends(const struct call *call, const TRANSMIT_FILE_BUFFERS *ends,
                           struct buffers *buffers)
{
    TRANSMIT_FILE_BUFFERS copy;
    buffers_none(buffers);
    if (ends == NULL)
        return STATUS_SUCCESS;
    if (!memory_probe(call, ends, sizeof copy, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &copy, ends, sizeof copy);
    nt_status status = buffers_add(buffers, call, copy.Head, copy.HeadLength, ACCESS_READ);
    if (nt_success(status) && BEHAVES(call->profile, transmit_tail, sent))
        status = buffers_add(buffers, call, copy.Tail, copy.TailLength, ACCESS_READ);
    return status;
}

BOOL TransmitFile(SOCKET hSocket, HANDLE hFile, DWORD nNumberOfBytesToWrite,
                  DWORD nNumberOfBytesPerSend, LPOVERLAPPED lpOverlapped,
                  LPTRANSMIT_FILE_BUFFERS lpTransmitBuffers, DWORD dwReserved)
{
    (void)nNumberOfBytesPerSend; /* bytes travel as they do anyway */
    struct socket_object *socket;
    struct buffers buffers;
    if (!call_allowed(CALL_TransmitFile, hSocket))
        return FALSE;
    struct call call = call_begin(CALL_TransmitFile, hSocket);
    call.arguments[0] = nNumberOfBytesToWrite;
    call.arguments[1] = dwReserved;
    nt_status status = check_socket(&call, &socket);
    if (nt_success(status) && (dwReserved & ~(DWORD)FLAGS_KNOWN) != 0)
        status = STATUS_INVALID_PARAMETER;
    if (nt_success(status) && hFile != NULL)
        status = STATUS_EVENT_HANDLE_INVALID; /* ERROR_INVALID_HANDLE */
    if (nt_success(status))
        status = read_ends(&call, lpTransmitBuffers, &buffers);
    if (nt_success(status)) {
        call.arguments[2] = buffers.size;
        status = transmit(&call, socket, &buffers, lpOverlapped, dwReserved);
    }
    return call_answer(&call, status) == 0;
}

/* ---- TransmitPackets ------------------------------------------------------------------------- */

static nt_status read_elements(const struct call *call, const TRANSMIT_PACKETS_ELEMENT *elements,
                               DWORD count, WSABUF *out)
{
    for (DWORD i = 0; i < count; i++) {
        TRANSMIT_PACKETS_ELEMENT element;
        memory_read(call, &element, elements + i, sizeof element);
        DWORD kind = element.dwElFlags & ~(DWORD)TP_ELEMENT_EOP;
        if (kind == TP_ELEMENT_FILE)
            return STATUS_EVENT_HANDLE_INVALID;
        if (kind != TP_ELEMENT_MEMORY)
            return STATUS_INVALID_PARAMETER;
        out[i] = (WSABUF){element.cLength, element.pBuffer};
    }
    return STATUS_SUCCESS;
}

static nt_status transmit_elements(struct call *call, const TRANSMIT_PACKETS_ELEMENT *elements,
                                   DWORD count, LPOVERLAPPED overlapped, DWORD flags)
{
    struct socket_object *socket;
    nt_status status = check_socket(call, &socket);
    if (!nt_success(status))
        return status;
    if (count > BUFFERS_MAX || (flags & ~(DWORD)FLAGS_KNOWN) != 0)
        return STATUS_INVALID_PARAMETER;
    if (count > 0 && !memory_probe(call, elements, count * sizeof *elements, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    struct arena *arena = &call->winsock->nt->engine->arena;
    size_t size = count * sizeof(WSABUF);
    WSABUF *list = arena_take(arena, size);
    if (list == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    struct buffers buffers;
    buffers_none(&buffers);
    status = read_elements(call, elements, count, list);
    if (nt_success(status))
        status = buffers_read(&buffers, call, list, count, ACCESS_READ);
    if (nt_success(status))
        status = transmit(call, socket, &buffers, overlapped, flags);
    call->arguments[2] = buffers.size;
    buffers_end(&buffers);
    arena_give(arena, list, size);
    return status;
}

BOOL WINAPI extension_transmit_packets(SOCKET hSocket, LPTRANSMIT_PACKETS_ELEMENT lpPacketArray,
                                       DWORD nElementCount, DWORD nSendSize,
                                       LPOVERLAPPED lpOverlapped, DWORD dwFlags)
{
    (void)nSendSize;
    if (!call_allowed(CALL_TransmitPackets, hSocket))
        return FALSE;
    struct call call = call_begin(CALL_TransmitPackets, hSocket);
    call.arguments[0] = nElementCount;
    call.arguments[1] = dwFlags;
    nt_status status =
        transmit_elements(&call, lpPacketArray, nElementCount, lpOverlapped, dwFlags);
    return call_answer(&call, status) == 0;
}
