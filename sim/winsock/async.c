/* WSAAsyncGetHostByName and its kin: the answer is put into the caller's buffer later, and a
 * message posted to his window. Pages: WSAAsyncGetHostByName, WSACancelAsyncRequest.
 */
#include <string.h>

#include "sim/winsock/database.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/ws2_32.h"

enum { IMAGE_MAX = MAXGETHOSTSTRUCT, TASK_DELAY_NS = 1000000 };

/* One that is not told yet. */
struct async_task {
    struct async_task *next;
    struct winsock *winsock;
    struct process *process;
    uint64_t event;
    uint32_t number;
    HWND window;
    UINT message;
    char *buffer; /* the guest's */
    uint32_t error, size;
    unsigned char image[IMAGE_MAX]; /* what goes into the buffer, its pointers the buffer's */
};

/* Lays things out behind one another, for a buffer that begins at `at`. */
struct layout {
    struct async_task *task;
    size_t size;
};

static void *place(struct layout *layout, const void *bytes, size_t size)
{
    size_t at = (layout->size + 7) & ~(size_t)7;
    layout->size = at + size;
    if (layout->size <= IMAGE_MAX)
        memcpy(layout->task->image + at, bytes, size);
    return layout->task->buffer + at;
}

static char *place_text(struct layout *layout, const char *text)
{
    return place(layout, text, strlen(text) + 1);
}

/* A list ended by NULL, of texts or of things of `size` bytes. */
static char **place_list(struct layout *layout, char *const *list, size_t size)
{
    char *placed[16];
    size_t count = 0;
    for (; list[count] != NULL; count++)
        placed[count] =
            size == 0 ? place_text(layout, list[count]) : place(layout, list[count], size);
    placed[count] = NULL;
    return place(layout, placed, (count + 1) * sizeof *placed);
}

/* The structure comes first, as the caller reads it there; so it is written over its own place. */
static void lay_host(struct layout *layout, const HOSTENT *from)
{
    HOSTENT host = *from;
    place(layout, &host, sizeof host);
    host.h_name = place_text(layout, from->h_name);
    host.h_aliases = place_list(layout, from->h_aliases, 0);
    host.h_addr_list = place_list(layout, from->h_addr_list, (size_t)from->h_length);
    memcpy(layout->task->image, &host, sizeof host);
}

static void lay_service(struct layout *layout, const SERVENT *from)
{
    SERVENT service = *from;
    place(layout, &service, sizeof service);
    service.s_name = place_text(layout, from->s_name);
    service.s_aliases = place_list(layout, from->s_aliases, 0);
    service.s_proto = place_text(layout, from->s_proto);
    memcpy(layout->task->image, &service, sizeof service);
}

static void lay_protocol(struct layout *layout, const PROTOENT *from)
{
    PROTOENT protocol = *from;
    place(layout, &protocol, sizeof protocol);
    protocol.p_name = place_text(layout, from->p_name);
    protocol.p_aliases = place_list(layout, from->p_aliases, 0);
    memcpy(layout->task->image, &protocol, sizeof protocol);
}

static void unlink_task(struct async_task *task)
{
    struct async_task **at = &task->winsock->tasks;
    while (*at != task)
        at = &(*at)->next;
    *at = task->next;
}

static void tell(void *context, uint64_t argument)
{
    struct async_task *task = context;
    struct winsock *winsock = task->winsock;
    (void)argument;
    unlink_task(task);
    if (!task->process->ended) {
        const struct call call = {
            .winsock = winsock, .process = task->process, .profile = winsock->nt->profile};
        if (task->error == 0)
            memory_write(&call, task->buffer, task->image, task->size);
        if (winsock->post_message != NULL)
            winsock->post_message(winsock, task->process, task->window, task->message, task->number,
                                  WSAMAKEASYNCREPLY(task->size, task->error));
    }
    object_release(&task->process->object);
    arena_give(&winsock->nt->engine->arena, task, sizeof *task);
}

struct request_to {
    HWND window;
    u_int message;
    char *buffer;
    int size;
};

static struct async_task *begin(struct call *call, const struct request_to *to)
{
    struct winsock *winsock = call->winsock;
    struct async_task *task = ARENA_NEW(&winsock->nt->engine->arena, struct async_task);
    if (task == NULL) {
        call_answer(call, STATUS_INSUFFICIENT_RESOURCES);
        return NULL;
    }
    task->winsock = winsock;
    task->process = call->process;
    task->window = to->window;
    task->message = to->message;
    task->buffer = to->buffer;
    return task;
}

/* The handle, once the task is on its way. */
static HANDLE launch(struct call *call, struct async_task *task, nt_status status,
                     const struct layout *layout, int room)
{
    struct winsock *winsock = call->winsock;
    struct engine *engine = winsock->nt->engine;
    task->error = status == STATUS_SUCCESS ? 0 : nt_status_to_wsa(status);
    if (task->error == 0) {
        task->size = (uint32_t)layout->size;
        if (room < 0 || layout->size > (size_t)room || layout->size > IMAGE_MAX)
            task->error = WSAENOBUFS;
    }
    task->event = engine_post(
        engine, engine->now_ns + 1 + choose(&engine->choices, CHOICE_LATENCY, TASK_DELAY_NS), tell,
        task, 0);
    if (task->event == 0) {
        arena_give(&engine->arena, task, sizeof *task);
        call_answer(call, STATUS_INSUFFICIENT_RESOURCES);
        return NULL;
    }
    task->number = ++winsock->tasks_made;
    task->next = winsock->tasks;
    winsock->tasks = task;
    object_reference(&task->process->object);
    call->arguments[0] = task->number;
    call_answer(call, STATUS_SUCCESS);
    return (HANDLE)(uintptr_t)task->number;
}

/* The bodies differ in the question and in how the answer is laid out. */
#define ASYNC_BODY(type, ask, lay)                                                                 \
    type *found = NULL;                                                                            \
    const struct request_to to = {hWnd, wMsg, buf, buflen};                                        \
    if (!call_allowed(CALL_WSAAsyncGetXByY, 0))                                                    \
        return NULL;                                                                               \
    struct call call = call_begin(CALL_WSAAsyncGetXByY, 0);                                        \
    struct async_task *task = begin(&call, &to);                                                   \
    if (task == NULL)                                                                              \
        return NULL;                                                                               \
    struct layout layout = {.task = task};                                                         \
    nt_status status = ask;                                                                        \
    if (nt_success(status))                                                                        \
        lay(&layout, found);                                                                       \
    return launch(&call, task, status, &layout, buflen)

HANDLE WSAAsyncGetHostByName(HWND hWnd, u_int wMsg, const char *name, char *buf, int buflen)
{
    ASYNC_BODY(HOSTENT, database_host_by_name(&call, name, &found), lay_host);
}

HANDLE WSAAsyncGetHostByAddr(HWND hWnd, u_int wMsg, const char *addr, int len, int type, char *buf,
                             int buflen)
{
    ASYNC_BODY(HOSTENT, database_host_by_address(&call, addr, len, type, &found), lay_host);
}

HANDLE WSAAsyncGetServByName(HWND hWnd, u_int wMsg, const char *name, const char *proto, char *buf,
                             int buflen)
{
    ASYNC_BODY(SERVENT, database_service_by_name(&call, name, proto, &found), lay_service);
}

HANDLE WSAAsyncGetServByPort(HWND hWnd, u_int wMsg, int port, const char *proto, char *buf,
                             int buflen)
{
    ASYNC_BODY(SERVENT, database_service_by_port(&call, port, proto, &found), lay_service);
}

HANDLE WSAAsyncGetProtoByName(HWND hWnd, u_int wMsg, const char *name, char *buf, int buflen)
{
    ASYNC_BODY(PROTOENT, database_protocol_by_name(&call, name, &found), lay_protocol);
}

HANDLE WSAAsyncGetProtoByNumber(HWND hWnd, u_int wMsg, int number, char *buf, int buflen)
{
    ASYNC_BODY(PROTOENT, database_protocol_by_number(&call, number, &found), lay_protocol);
}

/* WSAEALREADY for one that is over, WSAEINVAL for what never was (page). */
int WSACancelAsyncRequest(HANDLE hAsyncTaskHandle)
{
    uint64_t number = (uint64_t)(uintptr_t)hAsyncTaskHandle;
    if (!call_allowed(CALL_WSACancelAsyncRequest, number))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_WSACancelAsyncRequest, number);
    struct winsock *winsock = call.winsock;
    struct async_task *task = winsock->tasks;
    while (task != NULL && (task->number != number || task->process != call.process))
        task = task->next;
    if (task == NULL)
        return call_answer(&call, number != 0 && number <= winsock->tasks_made
                                      ? STATUS_ALREADY_IN_PROGRESS
                                      : STATUS_INVALID_PARAMETER);
    engine_cancel(winsock->nt->engine, task->event);
    unlink_task(task);
    object_release(&task->process->object);
    arena_give(&winsock->nt->engine->arena, task, sizeof *task);
    return call_answer(&call, STATUS_SUCCESS);
}
