/* What every call of a guest's into kernel32 or user32 begins and ends with. */
#ifndef SIM_RUNTIME_GUEST_CALL_H
#define SIM_RUNTIME_GUEST_CALL_H

#include <windows.h>

#include "sim/engine/check.h"
#include "sim/runtime/machine.h"

static inline struct nt *guest_nt(void)
{
    struct nt *nt = machine_running();
    ASSERT(nt->current != NULL);
    return nt;
}

static inline struct process *guest_process(void)
{
    return guest_nt()->current->process;
}

static inline BOOL guest_fail(DWORD error)
{
    guest_nt()->current->last_error = error;
    return FALSE;
}

/* TRUE, or FALSE with the last error. */
static inline BOOL guest_answer(nt_status status)
{
    if (status == STATUS_SUCCESS)
        return TRUE;
    guest_nt()->current->last_status = status;
    return guest_fail(nt_status_to_win32(status));
}

static inline uint64_t guest_number(HANDLE handle)
{
    return (uint64_t)(uintptr_t)handle;
}

static inline HANDLE guest_handle(uint64_t number)
{
    return (HANDLE)(uintptr_t)number;
}

static inline bool guest_may_write(void *memory, size_t size)
{
    return userspace_probe(&guest_process()->userspace, memory, size, ACCESS_WRITE);
}

/* A handle for an object, whose one reference of the caller's goes to the handle; or NULL with the
 * last error.
 */
static inline HANDLE guest_give_handle(struct object *object, const SECURITY_ATTRIBUTES *attributes)
{
    bool inherit = attributes != NULL && attributes->bInheritHandle;
    uint64_t handle = 0;

    nt_status status = handle_open(guest_process(), object, inherit, &handle);
    object_release(object);
    return guest_answer(status) ? guest_handle(handle) : NULL;
}

static inline struct process *guest_process_of(HANDLE handle)
{
    return (struct process *)handle_find(guest_process(), guest_number(handle), OBJECT_PROCESS);
}

static inline struct thread *guest_thread_of(HANDLE handle)
{
    return (struct thread *)handle_find(guest_process(), guest_number(handle), OBJECT_THREAD);
}

#endif
