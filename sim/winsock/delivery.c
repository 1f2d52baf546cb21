#include "sim/winsock/delivery.h"

#include <string.h>

#include "sim/afd/socket.h"
#include "sim/engine/check.h"
#include "sim/winsock/blocking.h"
#include "sim/winsock/memory.h"

/* ---- Threads --------------------------------------------------------------------------------- */

/* GetCurrentThread()'s number; who it is stands beside it, for it is another one everywhere else.
 */
static WSATHREADID delivery_own_thread(const struct thread *thread)
{
    return (WSATHREADID){.ThreadHandle = (HANDLE)(intptr_t)-2, .Reserved = thread->id};
}

struct thread *delivery_thread(const struct call *call, const WSATHREADID *id)
{
    if (id->Reserved == 0) {
        uint64_t handle = (uint64_t)(uintptr_t)id->ThreadHandle;
        return (struct thread *)handle_find(call->process, handle, OBJECT_THREAD);
    }
    for (struct thread *thread = call->process->threads; thread != NULL;
         thread = thread->next_in_process)
        if (thread->id == id->Reserved)
            return thread;
    return NULL;
}

LPWSATHREADID delivery_caller(WSATHREADID *room)
{
    *room = delivery_own_thread(winsock_attached()->nt->current);
    return room;
}

/* ---- Routines -------------------------------------------------------------------------------- */

enum { ABOVE_ROUTINE };

static DWORD flags_of(const struct io *io)
{
    return (io->flags & IO_PARTIAL) != 0 ? MSG_PARTIAL : 0;
}

/* Runs on the thread that the routine was queued to, in its alertable wait. */
static void run_routine(struct request *request)
{
    struct io *io = (struct io *)request;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine =
        (LPWSAOVERLAPPED_COMPLETION_ROUTINE)(uintptr_t)io->above[ABOVE_ROUTINE];
    LPWSAOVERLAPPED overlapped = (LPWSAOVERLAPPED)request->delivery.block;
    DWORD error = request->status == STATUS_SUCCESS ? 0 : nt_status_to_wsa(request->status);
    DWORD bytes = (DWORD)request->information;
    DWORD flags = flags_of(io);

    const struct profile *profile = io->socket->afd->nt->profile;
    bool twice = BEHAVES(profile, request_routine, twice);
    if (BEHAVES(profile, request_routine, no_bytes))
        bytes = 0;
    request_free(request);
    routine(error, bytes, overlapped, flags);
    if (twice)
        routine(error, bytes, overlapped, flags);
}

static nt_status read_routine(const struct call *call, const struct file *file,
                              const struct delivery_request *request, struct delivery *out)
{
    WSATHREADID id = delivery_own_thread(call->thread);
    if (file->port != NULL)
        return STATUS_INVALID_PARAMETER;
    if (request->thread != NULL) {
        if (!memory_probe(call, request->thread, sizeof id, ACCESS_READ))
            return STATUS_ACCESS_VIOLATION;
        memory_read(call, &id, request->thread, sizeof id); /* the copy that SPI-004 wants */
    }
    out->how.apc_thread = delivery_thread(call, &id);
    out->how.routine = run_routine;
    out->routine = request->routine;
    return out->how.apc_thread != NULL ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

/* ---- Events ---------------------------------------------------------------------------------- */

/* The lowest bit keeps a completion port out of it and is no part of the handle (row 95). */
static nt_status read_event(const struct call *call, LPWSAOVERLAPPED overlapped,
                            struct delivery *out)
{
    HANDLE event = NULL;
    memory_read(call, &event, &overlapped->hEvent, sizeof event);
    uint64_t handle = (uint64_t)(uintptr_t)event;
    out->how.no_packet = (handle & 1) != 0;
    handle &= ~(uint64_t)1;
    if (handle == 0)
        return STATUS_SUCCESS;
    out->how.event = handle_find(call->process, handle, OBJECT_EVENT);
    if (out->how.event != NULL)
        return STATUS_SUCCESS;
    return nt_status_from_wsa(BEHAVIOUR_VALUE(call->profile, bad_event_handle));
}

/* ---- The call -------------------------------------------------------------------------------- */

/* The kernel probes an OVERLAPPED for its alignment too. */
static bool is_usable(const struct call *call, LPWSAOVERLAPPED overlapped)
{
    return (uintptr_t)overlapped % _Alignof(WSAOVERLAPPED) == 0 &&
           memory_probe(call, overlapped, sizeof *overlapped, ACCESS_WRITE);
}

nt_status delivery_read_file(const struct call *call, const struct file *file,
                             const struct delivery_request *request, struct delivery *out)
{
    *out = (struct delivery){0};
    if (!is_usable(call, request->overlapped))
        return STATUS_ACCESS_VIOLATION;
    out->overlapped = true;
    out->how.block = (struct io_status *)(void *)request->overlapped;
    return request->routine != NULL ? read_routine(call, file, request, out)
                                    : read_event(call, request->overlapped, out);
}

nt_status delivery_read(const struct call *call, const struct socket_object *socket,
                        const struct delivery_request *request, struct delivery *out)
{
    LPWSAOVERLAPPED overlapped = request->overlapped;
    bool ignored = !socket->overlapped && BEHAVES(call->profile, nonoverlapped_socket, ignored);

    *out = (struct delivery){.ignored = ignored && overlapped != NULL};
    if (overlapped == NULL || ignored)
        return STATUS_SUCCESS;
    return delivery_read_file(call, &socket->file, request, out);
}

nt_status delivery_mark_pending(const struct call *call, LPWSAOVERLAPPED overlapped)
{
    const ULONG_PTR pending = STATUS_PENDING;
    if (overlapped == NULL)
        return STATUS_WSA_PARAMETER;
    if (!is_usable(call, overlapped))
        return STATUS_ACCESS_VIOLATION;
    memory_write(call, &overlapped->Internal, &pending, sizeof pending);
    return STATUS_SUCCESS;
}

/* The trace calls recv and WSARecv one thing; what pends is the latter's. */
static const char *overlapped_name(const char *name)
{
    static const char *const names[][2] = {{"recv", "WSARecv"},
                                           {"recvfrom", "WSARecvFrom"},
                                           {"send", "WSASend"},
                                           {"sendto", "WSASendTo"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i][0], name) == 0)
            return names[i][1];
    return name;
}

struct io *delivery_begin(const struct delivery *delivery, struct socket_object *socket,
                          enum io_kind kind, const char *name, struct io *here)
{
    if (!delivery->overlapped) {
        io_begin(here, socket, kind, name);
        here->flags = delivery->ignored ? IO_WAITS : 0;
        return here;
    }
    struct io *io = io_new(socket, kind, overlapped_name(name), &delivery->how);
    if (io != NULL)
        io->above[ABOVE_ROUTINE] = (uint64_t)(uintptr_t)delivery->routine;
    return io;
}

nt_status delivery_end(const struct delivery *delivery, struct io *io, nt_status status,
                       uint32_t timeout_ms)
{
    bool synchronous = delivery == NULL || !delivery->overlapped;
    if (synchronous && status == STATUS_PENDING) {
        const struct profile *profile = io->socket->afd->nt->profile;
        status = blocking_wait(io, timeout_ms);
        if (status == STATUS_CANCELLED && io->socket->state != SOCKET_CLOSED)
            status = nt_status_from_wsa(BEHAVIOUR_VALUE(profile, cancelled_synchronous));
    }
    if (synchronous || (status != STATUS_PENDING && !delivery_is_done(status)))
        io_end(io);
    return status;
}

bool delivery_may_count(const struct call *call, const struct delivery *delivery, LPDWORD count)
{
    if (count == NULL && delivery->overlapped)
        return true;
    return memory_probe(call, count, sizeof *count, ACCESS_WRITE);
}

struct call delivery_call(const struct io *io)
{
    struct winsock *winsock = winsock_attached();
    ASSERT(winsock != NULL);
    return (struct call){
        .winsock = winsock,
        .thread = io->request.thread,
        .process = io->request.thread->process,
        .profile = winsock->nt->profile,
    };
}
