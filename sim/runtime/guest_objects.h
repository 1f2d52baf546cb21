/* What kernel32's calls on objects share. */
#ifndef SIM_RUNTIME_GUEST_OBJECTS_H
#define SIM_RUNTIME_GUEST_OBJECTS_H

#include "sim/afd/device.h"
#include "sim/runtime/guest_call.h"
#include "sim/winsock/winsock.h"

enum { NS_IN_MS = 1000000 };

/* The beginning of a call that other threads could notice, in the entry point itself or by its
 * name.
 */
#define guest_preempt() guest_preempt_in(__func__)
#define guest_preempt_in(name) nt_preempt(guest_nt(), (name), __builtin_frame_address(0))

/* The beginning of one that is no point to lose a turn at; only who looks on is told. A program's
 * constructors may call it before there is a machine.
 */
#define guest_note() guest_note_in(__func__, __builtin_frame_address(0))
static inline void guest_note_in(const char *call, const void *frame)
{
    if (winsock_attached() != NULL && machine_running()->current != NULL)
        nt_note(machine_running(), call, frame);
}

static inline uint64_t guest_timeout_ns(DWORD milliseconds)
{
    return milliseconds == INFINITE ? UINT64_MAX : (uint64_t)milliseconds * NS_IN_MS;
}

/* The object behind a handle, of whichever type; NULL, with the last error set, when there is none.
 */
static inline struct object *guest_object(HANDLE handle)
{
    struct object *object = handle_object(guest_process(), guest_number(handle));
    if (object == NULL)
        guest_fail(ERROR_INVALID_HANDLE);
    return object;
}

/* The same for one type. */
static inline struct object *guest_object_of(HANDLE handle, enum object_type type)
{
    struct object *object = handle_find(guest_process(), guest_number(handle), type);
    if (object == NULL)
        guest_fail(ERROR_INVALID_HANDLE);
    return object;
}

/* The file behind a handle of the running process, of whichever kind; NULL when there is none. */
static inline struct file *guest_find_file(uint64_t handle)
{
    struct object *object = handle_object(guest_process(), handle);
    bool own = object != NULL && (object->type == OBJECT_FILE || object->type == OBJECT_PIPE ||
                                  object->type == OBJECT_DISK_FILE);
    return own ? (struct file *)object : afd_file(guest_process(), handle);
}

/* The same; NULL, with the last error set, when there is none. */
static inline struct file *guest_file(HANDLE handle)
{
    struct file *file = guest_find_file(guest_number(handle));
    if (file == NULL)
        guest_fail(ERROR_INVALID_HANDLE);
    return file;
}

/* Whether it is one of the three that GetStdHandle gives for the console. */
bool guest_is_console(HANDLE handle);
bool guest_is_console_input(HANDLE handle);

/* Ties the file behind a handle to a port. False with the last error. */
struct port;
bool guest_set_port(HANDLE handle, struct port *port, uint64_t key);

/* Waits; the answer is WaitForSingleObject's. */
DWORD guest_wait_answer(nt_status status, uint32_t index);
DWORD guest_wait(const struct wait_request *request);

/* When a time of Windows' comes, by the engine's clock: ticks of 100 ns since 1601, or, when
 * negative, from now.
 */
uint64_t guest_due_ns(int64_t ticks);
uint64_t guest_ticks(uint64_t engine_ns); /* and the other way */

/* Ticks since 1601 as a date. */
void guest_date(SYSTEMTIME *date, uint64_t ticks);

#endif
