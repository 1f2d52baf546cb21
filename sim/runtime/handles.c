/* Handles of any object. */
#include "sim/afd/socket.h"
#include "sim/afd/waits.h"
#include "sim/runtime/guest_objects.h"

/* A connection closed past Winsock: who selected messages is told that it is closed, which
 * closesocket would have spared him (row 214).
 */
static void tell_window(struct object *object)
{
    struct socket_object *socket = (struct socket_object *)object;
    const struct socket_waits *waits = socket->waits;

    if (object->handles == 1 && waits != NULL && waits->notify != NULL &&
        socket->state == SOCKET_CONNECTED && (waits->mask & EVENT_CLOSE) != 0 &&
        !socket->close_seen)
        waits->notify(socket, waits->context, EVENT_CLOSE, STATUS_SUCCESS);
}

/* Of a pseudo handle nothing is closed. */
BOOL CloseHandle(HANDLE hObject)
{
    guest_preempt();
    uint64_t handle = guest_number(hObject);
    if (handle >= PSEUDO_THREAD)
        return TRUE;
    struct object *socket = handle_find(guest_process(), handle, OBJECT_SOCKET);
    unsigned flags = 0;
    if (socket != NULL && handle_get_flags(guest_process(), handle, &flags) == STATUS_SUCCESS &&
        (flags & HANDLE_PROTECTED) == 0)
        tell_window(socket);
    return guest_answer(handle_close(guest_process(), handle));
}

BOOL SetHandleInformation(HANDLE hObject, DWORD dwMask, DWORD dwFlags)
{
    if ((dwMask & ~(DWORD)(HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE)) != 0)
        return guest_fail(ERROR_INVALID_PARAMETER);
    return guest_answer(handle_set_flags(guest_process(), guest_number(hObject), dwMask, dwFlags));
}

BOOL GetHandleInformation(HANDLE hObject, LPDWORD lpdwFlags)
{
    unsigned flags = 0;

    if (!guest_may_write(lpdwFlags, sizeof *lpdwFlags))
        return guest_fail(ERROR_NOACCESS);
    nt_status status = handle_get_flags(guest_process(), guest_number(hObject), &flags);
    if (status != STATUS_SUCCESS)
        return guest_answer(status);
    *lpdwFlags = flags & ~(unsigned)HANDLE_COPIED;
    return TRUE;
}

/* A handle of the target's for the object; it is referenced all the while. */
static nt_status duplicate(struct process *target, struct object *object, bool inherit,
                           LPHANDLE result)
{
    uint64_t handle = 0;

    if (target->ended)
        return STATUS_ACCESS_DENIED;
    if (!guest_may_write(result, sizeof *result))
        return STATUS_ACCESS_VIOLATION;
    nt_status status = handle_open(target, object, inherit, &handle);
    if (status == STATUS_SUCCESS)
        handle_set_flags(target, handle, HANDLE_COPIED, HANDLE_COPIED);
    if (status == STATUS_SUCCESS)
        *result = guest_handle(handle);
    return status;
}

/* Access is not modelled: the copy may do what the source may. The source is closed whatever
 * becomes of the copy, as the page says.
 */
BOOL DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle, HANDLE hTargetProcessHandle,
                     LPHANDLE lpTargetHandle, DWORD dwDesiredAccess, BOOL bInheritHandle,
                     DWORD dwOptions)
{
    guest_note();
    struct process *source = guest_process_of(hSourceProcessHandle);
    bool closes = (dwOptions & DUPLICATE_CLOSE_SOURCE) != 0;
    nt_status status = STATUS_SUCCESS;

    (void)dwDesiredAccess;
    if (source == NULL)
        return guest_fail(ERROR_INVALID_HANDLE);
    uint64_t handle = guest_number(hSourceHandle);
    struct object *object = handle_object(source, handle);
    if (object == NULL)
        return guest_fail(ERROR_INVALID_HANDLE);
    struct process *target = guest_process_of(hTargetProcessHandle);
    if (target == NULL && (!closes || hTargetProcessHandle != NULL))
        return guest_fail(ERROR_INVALID_HANDLE);

    object_reference(object);
    if (target != NULL && (lpTargetHandle != NULL || !closes))
        status = duplicate(target, object, bInheritHandle != FALSE, lpTargetHandle);
    if (closes && handle < PSEUDO_THREAD)
        handle_close(source, handle);
    object_release(object);
    return guest_answer(status);
}
