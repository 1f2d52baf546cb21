#include "sim/nt/deadlock.h"

#include <stdarg.h>
#include <stdio.h>

#include "sim/engine/check.h"
#include "sim/nt/nt.h"
#include "sim/nt/port.h"
#include "sim/nt/request.h"
#include "sim/nt/wait.h"

struct text {
    char bytes[4096];
    size_t used; /* what did not fit is not in it, nor what came after */
    bool full;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
    va_list arguments;
    if (text->full)
        return;
    va_start(arguments, format);
    int size =
        vsnprintf(text->bytes + text->used, sizeof text->bytes - text->used, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= sizeof text->bytes - text->used)
        text->full = true;
    else
        text->used += (size_t)size;
}

static const char *type_name(enum object_type type)
{
    static const char *const names[OBJECT_TYPE_COUNT] = {
        [OBJECT_PROCESS] = "process",
        [OBJECT_THREAD] = "thread",
        [OBJECT_EVENT] = "event",
        [OBJECT_SOCKET] = "socket",
        [OBJECT_MUTEX] = "mutex",
        [OBJECT_SEMAPHORE] = "semaphore",
        [OBJECT_TIMER] = "timer",
        [OBJECT_PORT] = "completion port",
        [OBJECT_FILE] = "file",
        [OBJECT_DEVICE] = "device",
        [OBJECT_DISK_FILE] = "file",
        [OBJECT_PIPE] = "pipe",
        [OBJECT_KEYED_EVENT] = "keyed event",
        [OBJECT_SECTION] = "section",
    };
    return names[type];
}

/* An object of the simulator's own has no handle, and the guest no word for it. */
static bool add_object(struct text *text, const struct process *process,
                       const struct object *object, bool any_before)
{
    uint64_t handle = handle_of_object(process, object);
    if (handle == 0)
        return any_before;
    add(text, "%s%s 0x%llx", any_before ? ", " : " for ", type_name(object->type),
        (unsigned long long)handle);
    return true;
}

static void add_thread(struct text *text, const struct thread *thread)
{
    const struct process *process = thread->process;
    const struct wait *wait = thread->wait;
    bool any = false;

    if (wait == NULL) {
        add(text, "process %u thread %u is suspended\n", process->id, thread->id);
        return;
    }
    add(text, "process %u thread %u waits in %s", process->id, thread->id, thread->waits_for);
    for (uint32_t i = 0; i < wait->count; i++)
        any = add_object(text, process, wait->blocks[i].object, any);
    if (wait->port != NULL)
        any = add_object(text, process, port_object(wait->port), any);
    /* A synchronous call waits for an event of its request's. */
    for (const struct request *call = thread->calls; call != NULL && !any;
         call = call->next_of_thread)
        if (wait->count > 0 && call->waiter == wait->blocks[0].object)
            any = add_object(text, process, &call->file->object, any);
    add(text, "\n");
}

void deadlock_report(struct nt *nt)
{
    struct text text = {.used = 0};
    size_t whole = 0; /* up to the end of the last line that fits */

    for (struct process *process = nt->processes; process != NULL; process = process->next)
        for (struct thread *thread = process->threads; thread != NULL;
             thread = thread->next_in_process) {
            add_thread(&text, thread);
            if (!text.full)
                whole = text.used;
        }
    text.bytes[whole] = '\0';
    nt->deadlock(nt->deadlock_context, text.bytes);
    ABSURD("the guest goes on after a deadlock");
}
