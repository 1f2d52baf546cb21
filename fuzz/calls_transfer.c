/* Calls that move bytes, and those that end, cancel and ask for what pends. */
#include <string.h>

#include "fuzz/calls_run.h"
#include "sim/engine/check.h"

/* What pends may be written until it is over: none of it lies on a stack. */
static DWORD counts[8], flags_of[8];
static INT lengths[8];
static WSAMSG messages[4];
static WSABUF of_messages[4][4];
static SOCKADDR_STORAGE places[8];

static const int all_flags[] = {0,
                                0,
                                0,
                                MSG_PEEK,
                                MSG_OOB,
                                MSG_WAITALL,
                                MSG_PARTIAL,
                                MSG_DONTROUTE,
                                MSG_PEEK | MSG_OOB,
                                MSG_PUSH_IMMEDIATE,
                                0x4000,
                                -1};

static void call_send(struct draw *from)
{
    static const unsigned sizes[] = {1, 5, 0, 64, 1000, 20000};
    const unsigned size = DRAW_OF(from, sizes);
    const char *bytes = any_bytes(from, size);
    judge(send(any_socket(from), bytes, any_length(from, size), DRAW_OF(from, all_flags)) < 0);
}

static void call_sendto(struct draw *from)
{
    static const unsigned sizes[] = {1, 5, 0, 64, 1000, 20000};
    const unsigned size = DRAW_OF(from, sizes);
    struct drawn_name name;
    const char *bytes = any_bytes(from, size);
    any_name(from, &name);
    judge(sendto(any_socket(from), bytes, any_length(from, size), DRAW_OF(from, all_flags),
                 name.address, name.size) < 0);
}

static void call_recv(struct draw *from)
{
    static const unsigned sizes[] = {64, 1, 5, 0, 1000, 20000};
    const unsigned size = DRAW_OF(from, sizes);
    char *bytes = any_bytes(from, size);
    judge(recv(any_socket(from), bytes, any_length(from, size), DRAW_OF(from, all_flags)) < 0);
}

static void call_recvfrom(struct draw *from)
{
    int length = any_length(from, sizeof(SOCKADDR_STORAGE));
    char *bytes = any_bytes(from, 64);
    void *address = draw_chance(from, 4) ? NULL : any_bytes(from, sizeof(SOCKADDR_STORAGE));
    int *at = draw_chance(from, 16) ? any_memory(from, sizeof *at) : &length;
    judge(recvfrom(any_socket(from), bytes, any_length(from, 64), DRAW_OF(from, all_flags), address,
                   address == NULL ? NULL : at) < 0);
}

static void call_recvex(struct draw *from)
{
    int flags = DRAW_OF(from, all_flags);
    char *bytes = any_bytes(from, 64);
    judge(WSARecvEx(any_socket(from), bytes, any_length(from, 64), &flags) < 0);
}

static DWORD *any_count(struct draw *from)
{
    const uint8_t byte = draw(from);
    if (byte >= 240)
        return any_memory(from, sizeof counts[0]);
    return byte >= 200 ? NULL : &counts[byte % 8];
}

static DWORD any_buffer_count(struct draw *from)
{
    static const DWORD numbers[] = {1, 1, 2, 3, 4, 1, 0};
    return DRAW_OF(from, numbers);
}

static void call_wsasend(struct draw *from)
{
    WSABUF buffers[4];
    any_buffers(from, buffers);
    LPWSABUF at = draw_chance(from, 24) ? any_memory(from, sizeof buffers) : buffers;
    const DWORD flags = (DWORD)DRAW_OF(from, all_flags);
    LPWSAOVERLAPPED overlapped = any_overlapped(from);
    judge(WSASend(any_socket(from), at, any_buffer_count(from), any_count(from), flags, overlapped,
                  any_routine(from)) != 0);
}

static void call_wsasendto(struct draw *from)
{
    WSABUF buffers[4];
    struct drawn_name name;
    any_buffers(from, buffers);
    any_name(from, &name);
    const DWORD flags = (DWORD)DRAW_OF(from, all_flags);
    LPWSAOVERLAPPED overlapped = any_overlapped(from);
    judge(WSASendTo(any_socket(from), buffers, any_buffer_count(from), any_count(from), flags,
                    name.address, name.size, overlapped, any_routine(from)) != 0);
}

static void call_wsarecv(struct draw *from)
{
    WSABUF buffers[4];
    DWORD *flags = &flags_of[draw_below(from, 8)];
    any_buffers(from, buffers);
    *flags = (DWORD)DRAW_OF(from, all_flags);
    if (draw_chance(from, 24))
        flags = any_memory(from, sizeof *flags);
    LPWSAOVERLAPPED overlapped = any_overlapped(from);
    judge(WSARecv(any_socket(from), buffers, any_buffer_count(from), any_count(from), flags,
                  overlapped, any_routine(from)) != 0);
}

static void call_wsarecvfrom(struct draw *from)
{
    WSABUF buffers[4];
    const unsigned slot = draw_below(from, 8);
    any_buffers(from, buffers);
    flags_of[slot] = (DWORD)DRAW_OF(from, all_flags);
    lengths[slot] = any_length(from, sizeof places[0]);
    if (lengths[slot] > (int)sizeof places[0])
        lengths[slot] = 0;
    void *address =
        draw_chance(from, 12) ? any_memory(from, sizeof places[0]) : (void *)&places[slot];
    INT *length = draw_chance(from, 16) ? any_memory(from, sizeof *length) : &lengths[slot];
    LPWSAOVERLAPPED overlapped = any_overlapped(from);
    judge(WSARecvFrom(any_socket(from), buffers, any_buffer_count(from), any_count(from),
                      &flags_of[slot], address, length, overlapped, any_routine(from)) != 0);
}

/* Filled anew though another may pend with it: by then the machine has read it. */
static WSAMSG *any_message(struct draw *from)
{
    const unsigned slot = draw_below(from, 4);
    WSAMSG *message = &messages[slot];
    WSABUF *buffers = of_messages[slot];
    struct drawn_name name;
    any_buffers(from, buffers);
    any_name(from, &name);
    memcpy(&places[0], &name.bytes, sizeof places[0]);
    *message = (WSAMSG){.name = (LPSOCKADDR)&places[0],
                        .namelen = name.size > 0 && name.size <= 128 ? name.size : 28,
                        .lpBuffers = buffers,
                        .dwBufferCount = any_buffer_count(from),
                        .dwFlags = (DWORD)DRAW_OF(from, all_flags)};
    if (draw_chance(from, 3)) {
        message->Control.buf = any_bytes(from, 64);
        message->Control.len = (ULONG)any_length(from, 64);
    }
    if (draw_chance(from, 8))
        message->name = any_bytes(from, 28);
    return draw_chance(from, 24) ? any_memory(from, sizeof *message) : message;
}

static void call_message(struct draw *from)
{
    WSAMSG *message = any_message(from);
    LPWSAOVERLAPPED overlapped = any_overlapped(from);
    const SOCKET s = any_socket(from);
    DWORD *count = any_count(from);
    if (draw_chance(from, 2))
        judge(WSASendMsg(s, message, (DWORD)DRAW_OF(from, all_flags), count, overlapped,
                         any_routine(from)) != 0);
    else
        judge(fuzz.recvmsg(s, message, count, overlapped, any_routine(from)) != 0);
}

/* ---- Extensions ---- */

static void call_acceptex(struct draw *from)
{
    static const DWORD sizes[] = {32, 44, 16, 0, 31, 1000};
    static const DWORD received[] = {0, 0, 1, 64, 20000};
    const SOCKET listener = any_socket(from), accepted = any_socket(from);
    void *bytes = any_bytes(from, 200);
    const DWORD size = DRAW_OF(from, received), local = DRAW_OF(from, sizes);
    judge(!AcceptEx(listener, accepted, bytes, size, local, DRAW_OF(from, sizes), any_count(from),
                    any_overlapped(from)));
}

static void call_connectex(struct draw *from)
{
    struct drawn_name name;
    any_name(from, &name);
    const SOCKET s = any_socket(from);
    if (draw_chance(from, 2)) {
        SOCKADDR_IN any = {.sin_family = AF_INET};
        bind(s, (const struct sockaddr *)&any, sizeof any);
        SetLastError(UNTOLD);
    }
    void *bytes = any_bytes(from, 64);
    judge(!fuzz.connectex(s, name.address, name.size, bytes, (DWORD)any_length(from, 64),
                          any_count(from), any_overlapped(from)));
}

static void call_disconnectex(struct draw *from)
{
    static const DWORD flags[] = {0, TF_REUSE_SOCKET, TF_REUSE_SOCKET, 1, 0xFF};
    const DWORD flag = DRAW_OF(from, flags);
    judge(!fuzz.disconnectex(any_socket(from), any_overlapped(from), flag,
                             draw_chance(from, 16) ? 1 : 0));
}

static void call_transmit(struct draw *from)
{
    static TRANSMIT_FILE_BUFFERS around;
    static const DWORD flags[] = {0, TF_DISCONNECT, TF_DISCONNECT | TF_REUSE_SOCKET, 0xFF};
    around = (TRANSMIT_FILE_BUFFERS){.Head = any_memory(from, 5), .HeadLength = 5};
    around.TailLength = draw_below(from, 3);
    around.Tail = any_memory(from, 3);
    HANDLE file = draw_chance(from, 3) ? any_object(from) : NULL;
    LPTRANSMIT_FILE_BUFFERS at = draw_chance(from, 4) ? NULL : &around;
    LPWSAOVERLAPPED overlapped = any_overlapped(from);
    judge(!TransmitFile(any_socket(from), file, draw_below(from, 3), draw_below(from, 3),
                        overlapped, at, DRAW_OF(from, flags)));
}

static void call_packets(struct draw *from)
{
    static const ULONG kinds[] = {TP_ELEMENT_MEMORY, TP_ELEMENT_MEMORY | TP_ELEMENT_EOP,
                                  TP_ELEMENT_FILE, 0, 8};
    static TRANSMIT_PACKETS_ELEMENT elements[3];
    for (int i = 0; i < 3; i++) {
        elements[i] = (TRANSMIT_PACKETS_ELEMENT){.dwElFlags = DRAW_OF(from, kinds),
                                                 .cLength = draw_below(from, 64)};
        elements[i].pBuffer = any_bytes(from, 64);
    }
    LPWSAOVERLAPPED overlapped = any_overlapped(from);
    judge(!fuzz.transmitpackets(any_socket(from), elements, draw_below(from, 4),
                                draw_below(from, 2) * 100, overlapped,
                                draw_chance(from, 4) ? TF_DISCONNECT : 0));
}

/* ---- Results and cancelling ---- */

/* Asks, and waits only for what is over: nothing can break off that wait. */
static void call_result(struct draw *from)
{
    LPWSAOVERLAPPED overlapped = any_overlapped(from);
    const bool drawn =
        (uintptr_t)overlapped - (uintptr_t)fuzz.overlapped < OVERLAPPEDS * sizeof *overlapped;
    const bool wait = drawn && fuzz.alone && (DWORD)overlapped->Internal != STATUS_PENDING;
    judge(!WSAGetOverlappedResult(any_socket(from), overlapped, any_count(from),
                                  wait && draw_chance(from, 2), &flags_of[draw_below(from, 8)]));
}

static void call_win32_result(struct draw *from)
{
    LPWSAOVERLAPPED overlapped = &fuzz.overlapped[draw_below(from, OVERLAPPEDS)];
    HANDLE file = draw_chance(from, 4) ? any_object(from) : (HANDLE)any_socket(from);
    static DWORD count;
    if (draw_chance(from, 2))
        judge(!GetOverlappedResult(file, overlapped, &count, FALSE));
    else
        judge(
            !GetOverlappedResultEx(file, overlapped, &count, any_time(from), draw_chance(from, 2)));
}

static void call_cancel(struct draw *from)
{
    HANDLE file = draw_chance(from, 8) ? any_object(from) : (HANDLE)any_socket(from);
    switch (draw_below(from, 4)) {
    case 0:
        judge(!CancelIo(file));
        break;
    case 1:
        judge(!CancelIoEx(file, NULL));
        break;
    case 2:
        judge(!CancelSynchronousIo(any_object(from)));
        break;
    default:
        judge(!CancelIoEx(file, &fuzz.overlapped[draw_below(from, OVERLAPPEDS)]));
    }
}

static void call_file(struct draw *from)
{
    HANDLE file = draw_chance(from, 8) ? any_object(from) : (HANDLE)any_socket(from);
    LPWSAOVERLAPPED overlapped = any_overlapped(from);
    void *bytes = any_bytes(from, 64);
    const DWORD size = (DWORD)any_length(from, 64);
    if (draw_chance(from, 2))
        judge(!ReadFile(file, bytes, size, any_count(from), overlapped));
    else
        judge(!WriteFile(file, bytes, size, any_count(from), overlapped));
}

static void CALLBACK file_is_done(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    (void)bytes, (void)overlapped;
    judge_error(error);
    upcall();
}

static void call_file_ex(struct draw *from)
{
    HANDLE file = (HANDLE)any_socket(from);
    LPWSAOVERLAPPED overlapped = any_overlapped(from);
    void *bytes = any_bytes(from, 64);
    if (draw_chance(from, 2))
        judge(!ReadFileEx(file, bytes, 64, overlapped, file_is_done));
    else
        judge(!WriteFileEx(file, bytes, 64, overlapped, file_is_done));
}

static void call_modes(struct draw *from)
{
    judge(
        !SetFileCompletionNotificationModes((HANDLE)any_socket(from), (UCHAR)draw_below(from, 5)));
}

static void call_bind_callback(struct draw *from)
{
    judge(!BindIoCompletionCallback((HANDLE)any_socket(from), file_is_done, 0));
}

const struct operation calls_of_transfer[] = {
    {"send", call_send},
    {"sendto", call_sendto},
    {"recv", call_recv},
    {"recvfrom", call_recvfrom},
    {"WSARecvEx", call_recvex},
    {"WSASend", call_wsasend},
    {"WSASend", call_wsasend},
    {"WSASendTo", call_wsasendto},
    {"WSARecv", call_wsarecv},
    {"WSARecv", call_wsarecv},
    {"WSARecvFrom", call_wsarecvfrom},
    {"WSARecvMsg and WSASendMsg", call_message},
    {"AcceptEx", call_acceptex},
    {"ConnectEx", call_connectex},
    {"DisconnectEx", call_disconnectex},
    {"TransmitFile", call_transmit},
    {"TransmitPackets", call_packets},
    {"WSAGetOverlappedResult", call_result},
    {"GetOverlappedResult", call_win32_result},
    {"CancelIoEx", call_cancel},
    {"ReadFile and WriteFile", call_file},
    {"ReadFileEx and WriteFileEx", call_file_ex},
    {"SetFileCompletionNotificationModes", call_modes},
    {"BindIoCompletionCallback", call_bind_callback},
    {NULL, NULL},
};
