/* TransmitFile and TransmitPackets: many pieces as one send, and what becomes of the connection
 * behind it.
 */
#include <string.h>

#include "sim/afd/socket.h"
#include "sim/winsock/buffers.h"
#include "sim/winsock/delivery.h"
#include "sim/winsock/extension.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/transmission.h"

enum {
    FLAGS_KNOWN =
        TF_DISCONNECT | TF_REUSE_SOCKET | TF_WRITE_BEHIND | TF_USE_SYSTEM_THREAD | TF_USE_KERNEL_APC
};

/* TF_REUSE_SOCKET alone says nothing (its page: valid only with TF_DISCONNECT). */
static unsigned flags_of(DWORD flags, const struct profile *profile)
{
    unsigned io_flags = IO_ALWAYS_PENDS;
    if ((flags & TF_DISCONNECT) == 0)
        return io_flags;
    io_flags |= IO_DISCONNECTS;
    if ((flags & TF_REUSE_SOCKET) != 0 && BEHAVES(profile, transmit_reuse, reuses))
        io_flags |= IO_REUSE | IO_WAITS;
    return io_flags;
}

/* Sends all pieces; overlapped, it is seen to pend however little there is. */
static nt_status transmit(struct call *call, struct socket_object *socket,
                          struct transmission *transmission, LPOVERLAPPED overlapped, DWORD flags)
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
    io->flags |= flags_of(flags, call->profile);
    call->arguments[2] = transmission->size;
    status = STATUS_INSUFFICIENT_RESOURCES;
    if (transmission_give(transmission, io))
        status = socket_send(io, call->process);
    if (nt_success(status))
        transmission_sent(transmission, call->profile);
    return delivery_end(&delivery, io, status, 0);
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

/* The OVERLAPPED says from where on; it is looked at for that before anything is known of it. */
static nt_status read_offset(const struct call *call, LPOVERLAPPED overlapped, uint64_t *offset)
{
    OVERLAPPED copy;
    *offset = TRANSMIT_FROM_POSITION;
    if (overlapped == NULL)
        return STATUS_SUCCESS;
    if (!memory_probe(call, overlapped, sizeof copy, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &copy, overlapped, sizeof copy);
    if (BEHAVES(call->profile, transmit_offset, honoured))
        *offset = (uint64_t)copy.OffsetHigh << 32 | copy.Offset;
    return STATUS_SUCCESS;
}

static nt_status add_file(struct transmission *transmission, const struct call *call, HANDLE handle,
                          DWORD size, LPOVERLAPPED overlapped)
{
    struct transmit_file file = {.handle = handle, .size = size};
    if (handle == NULL)
        return STATUS_SUCCESS;
    nt_status status = read_offset(call, overlapped, &file.offset);
    return nt_success(status) ? transmission_add_file(transmission, call, &file) : status;
}

struct file_call {
    HANDLE file;
    DWORD size, flags;
    LPOVERLAPPED overlapped;
    const TRANSMIT_FILE_BUFFERS *ends;
};

static nt_status gather(struct transmission *transmission, const struct call *call,
                        const struct file_call *in)
{
    TRANSMIT_FILE_BUFFERS ends = {0};
    if (in->ends != NULL && !memory_probe(call, in->ends, sizeof ends, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    if (in->ends != NULL)
        memory_read(call, &ends, in->ends, sizeof ends);
    nt_status status = transmission_add_memory(transmission, call, ends.Head, ends.HeadLength);
    if (nt_success(status))
        status = add_file(transmission, call, in->file, in->size, in->overlapped);
    if (nt_success(status) && BEHAVES(call->profile, transmit_tail, sent))
        status = transmission_add_memory(transmission, call, ends.Tail, ends.TailLength);
    return status;
}

static nt_status transmit_file(struct call *call, const struct file_call *in)
{
    enum { HEAD_FILE_TAIL = 3 };
    struct transmission transmission;
    struct socket_object *socket;
    nt_status status = check_socket(call, &socket);
    if (!nt_success(status))
        return status;
    if ((in->flags & ~(DWORD)FLAGS_KNOWN) != 0)
        return STATUS_INVALID_PARAMETER;
    status = transmission_begin(&transmission, call, HEAD_FILE_TAIL);
    if (nt_success(status))
        status = gather(&transmission, call, in);
    if (nt_success(status))
        status = transmit(call, socket, &transmission, in->overlapped, in->flags);
    transmission_end(&transmission);
    return status;
}

BOOL TransmitFile(SOCKET hSocket, HANDLE hFile, DWORD nNumberOfBytesToWrite,
                  DWORD nNumberOfBytesPerSend, LPOVERLAPPED lpOverlapped,
                  LPTRANSMIT_FILE_BUFFERS lpTransmitBuffers, DWORD dwReserved)
{
    (void)nNumberOfBytesPerSend; /* bytes travel as they do anyway */
    if (!call_allowed(CALL_TransmitFile, hSocket))
        return FALSE;
    struct call call = call_begin(CALL_TransmitFile, hSocket);
    const struct file_call in = {.file = hFile,
                                 .size = nNumberOfBytesToWrite,
                                 .flags = dwReserved,
                                 .overlapped = lpOverlapped,
                                 .ends = lpTransmitBuffers};
    call.arguments[0] = nNumberOfBytesToWrite;
    call.arguments[1] = dwReserved;
    return call_answer(&call, transmit_file(&call, &in)) == 0;
}

/* ---- TransmitPackets ------------------------------------------------------------------------- */

/* An offset of -1 is the file's position. */
static nt_status add_element(struct transmission *transmission, const struct call *call,
                             const TRANSMIT_PACKETS_ELEMENT *element)
{
    DWORD kind = element->dwElFlags & ~(DWORD)TP_ELEMENT_EOP;
    if (kind == TP_ELEMENT_MEMORY)
        return transmission_add_memory(transmission, call, element->pBuffer, element->cLength);
    if (kind != TP_ELEMENT_FILE)
        return STATUS_INVALID_PARAMETER;
    const struct transmit_file file = {.handle = element->hFile,
                                       .offset = (uint64_t)element->nFileOffset.QuadPart,
                                       .size = element->cLength};
    return transmission_add_file(transmission, call, &file);
}
_Static_assert(TRANSMIT_FROM_POSITION == (uint64_t)-1, "the offset of the position");

static nt_status add_elements(struct transmission *transmission, const struct call *call,
                              const TRANSMIT_PACKETS_ELEMENT *elements, DWORD count)
{
    nt_status status = STATUS_SUCCESS;
    for (DWORD i = 0; i < count && nt_success(status); i++) {
        TRANSMIT_PACKETS_ELEMENT element;
        memory_read(call, &element, elements + i, sizeof element);
        status = add_element(transmission, call, &element);
    }
    return status;
}

static nt_status transmit_elements(struct call *call, const TRANSMIT_PACKETS_ELEMENT *elements,
                                   DWORD count, LPOVERLAPPED overlapped, DWORD flags)
{
    struct transmission transmission;
    struct socket_object *socket;
    nt_status status = check_socket(call, &socket);
    if (!nt_success(status))
        return status;
    if (count > BUFFERS_MAX || (flags & ~(DWORD)FLAGS_KNOWN) != 0)
        return STATUS_INVALID_PARAMETER;
    if (count > 0 && !memory_probe(call, elements, count * sizeof *elements, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    status = transmission_begin(&transmission, call, count);
    if (nt_success(status))
        status = add_elements(&transmission, call, elements, count);
    if (nt_success(status))
        status = transmit(call, socket, &transmission, overlapped, flags);
    transmission_end(&transmission);
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
