/* Anonymous pipes. */
#include "sim/nt/pipe.h"

#include "sim/runtime/guest_objects.h"

BOOL CreatePipe(PHANDLE hReadPipe, PHANDLE hWritePipe, LPSECURITY_ATTRIBUTES lpPipeAttributes,
                DWORD nSize)
{
    struct pipe_end *reader, *writer;
    guest_note();
    if (!guest_may_write(hReadPipe, sizeof *hReadPipe) ||
        !guest_may_write(hWritePipe, sizeof *hWritePipe))
        return guest_fail(ERROR_NOACCESS);
    nt_status status = pipe_create(guest_nt(), nSize, &reader, &writer);
    if (status != STATUS_SUCCESS)
        return guest_answer(status);
    HANDLE to_read = guest_give_handle(&reader->file.object, lpPipeAttributes);
    HANDLE to_write = guest_give_handle(&writer->file.object, lpPipeAttributes);
    if (to_read == NULL || to_write == NULL) {
        handle_close(guest_process(), guest_number(to_read));
        handle_close(guest_process(), guest_number(to_write));
        return FALSE;
    }
    *hReadPipe = to_read;
    *hWritePipe = to_write;
    return TRUE;
}

static bool may_answer(LPDWORD count)
{
    return count == NULL || guest_may_write(count, sizeof *count);
}

/* Bytes have no messages: none is left of one. */
BOOL PeekNamedPipe(HANDLE hNamedPipe, LPVOID lpBuffer, DWORD nBufferSize, LPDWORD lpBytesRead,
                   LPDWORD lpTotalBytesAvail, LPDWORD lpBytesLeftThisMessage)
{
    uint32_t copied = 0, count = 0;
    uint32_t size = lpBuffer == NULL ? 0 : nBufferSize;
    guest_preempt();
    const struct pipe_end *end = pipe_find(guest_process(), guest_number(hNamedPipe));
    if (end == NULL)
        return guest_fail(ERROR_INVALID_HANDLE);
    if ((size > 0 && !guest_may_write(lpBuffer, size)) || !may_answer(lpBytesRead) ||
        !may_answer(lpTotalBytesAvail) || !may_answer(lpBytesLeftThisMessage))
        return guest_fail(ERROR_NOACCESS);
    nt_status status = pipe_peek(end, lpBuffer, size, &copied, &count);
    if (status != STATUS_SUCCESS)
        return guest_answer(status);
    if (lpBytesRead != NULL)
        *lpBytesRead = copied;
    if (lpTotalBytesAvail != NULL)
        *lpTotalBytesAvail = count;
    if (lpBytesLeftThisMessage != NULL)
        *lpBytesLeftThisMessage = 0;
    if (count == 0)
        looked_in_vain(guest_nt());
    return TRUE;
}
