/* Where an open file is read and written next, how long it is, what it is. */
#include "sim/runtime/files.h"

/* ---- The position ---------------------------------------------------------------------------- */

static nt_status set_position(struct open_file *file, int64_t distance, DWORD method,
                              uint64_t *position)
{
    uint64_t from = method == FILE_BEGIN ? 0
                    : method == FILE_END ? file->node->size
                                         : file->position;
    if (method > FILE_END)
        return STATUS_INVALID_PARAMETER;
    if (distance > 0 && from > (uint64_t)(INT64_MAX - distance))
        return STATUS_INVALID_PARAMETER;
    if (distance < 0 && from < (uint64_t)0 - (uint64_t)distance)
        return STATUS_NEGATIVE_SEEK;
    file->position = *position = from + (uint64_t)distance;
    return STATUS_SUCCESS;
}

BOOL SetFilePointerEx(HANDLE hFile, LARGE_INTEGER liDistanceToMove, PLARGE_INTEGER lpNewFilePointer,
                      DWORD dwMoveMethod)
{
    uint64_t position = 0;
    guest_note();
    struct open_file *file = guest_open_file(hFile);
    if (file == NULL)
        return FALSE;
    if (lpNewFilePointer != NULL && !guest_may_write(lpNewFilePointer, sizeof *lpNewFilePointer))
        return guest_fail(ERROR_NOACCESS);
    nt_status status = set_position(file, liDistanceToMove.QuadPart, dwMoveMethod, &position);
    if (status == STATUS_SUCCESS && lpNewFilePointer != NULL)
        lpNewFilePointer->QuadPart = (LONGLONG)position;
    return guest_answer(status);
}

/* Without a place for the high half the distance has a sign and 32 bits, and so has the answer. A
 * success that looks like a failure clears the last error.
 */
DWORD SetFilePointer(HANDLE hFile, LONG lDistanceToMove, PLONG lpDistanceToMoveHigh,
                     DWORD dwMoveMethod)
{
    uint64_t position = 0;
    guest_note();
    struct open_file *file = guest_open_file(hFile);
    if (file == NULL)
        return INVALID_SET_FILE_POINTER;
    int64_t distance = lDistanceToMove;
    if (lpDistanceToMoveHigh != NULL)
        distance =
            (int64_t)((uint64_t)(uint32_t)*lpDistanceToMoveHigh << 32 | (uint32_t)lDistanceToMove);
    uint64_t before = file->position;
    nt_status status = set_position(file, distance, dwMoveMethod, &position);
    if (status == STATUS_SUCCESS && lpDistanceToMoveHigh == NULL && position > UINT32_MAX) {
        file->position = before;
        status = STATUS_INVALID_PARAMETER;
    }
    if (!guest_answer(status))
        return INVALID_SET_FILE_POINTER;
    if (lpDistanceToMoveHigh != NULL)
        *lpDistanceToMoveHigh = (LONG)(position >> 32);
    if ((DWORD)position == INVALID_SET_FILE_POINTER)
        guest_fail(ERROR_SUCCESS);
    return (DWORD)position;
}

/* ---- The size -------------------------------------------------------------------------------- */

BOOL SetEndOfFile(HANDLE hFile)
{
    guest_note();
    struct open_file *file = guest_open_file(hFile);
    return file != NULL && guest_answer(file_set_size(file, file->position));
}

BOOL GetFileSizeEx(HANDLE hFile, PLARGE_INTEGER lpFileSize)
{
    guest_note();
    const struct open_file *file = guest_open_file(hFile);
    if (file == NULL)
        return FALSE;
    if (!guest_may_write(lpFileSize, sizeof *lpFileSize))
        return guest_fail(ERROR_NOACCESS);
    lpFileSize->QuadPart = (LONGLONG)file->node->size;
    return TRUE;
}

DWORD GetFileSize(HANDLE hFile, LPDWORD lpFileSizeHigh)
{
    guest_note();
    const struct open_file *file = guest_open_file(hFile);
    if (file == NULL)
        return INVALID_FILE_SIZE;
    if (lpFileSizeHigh != NULL)
        *lpFileSizeHigh = (DWORD)(file->node->size >> 32);
    if ((DWORD)file->node->size == INVALID_FILE_SIZE)
        guest_fail(ERROR_SUCCESS);
    return (DWORD)file->node->size;
}

/* Nothing is buffered. */
BOOL FlushFileBuffers(HANDLE hFile)
{
    guest_note();
    if (handle_find(guest_process(), guest_number(hFile), OBJECT_PIPE) != NULL)
        return TRUE;
    const struct open_file *file = guest_open_file(hFile);
    if (file == NULL)
        return FALSE;
    bool writes = (file->rights & (RIGHT_WRITE | RIGHT_APPEND)) != 0;
    return writes ? TRUE : guest_fail(ERROR_ACCESS_DENIED);
}

/* Sockets are pipes here; the console's are characters. */
DWORD GetFileType(HANDLE hFile)
{
    guest_note();
    if (guest_is_console(hFile))
        return FILE_TYPE_CHAR;
    const struct file *file = guest_find_file(guest_number(hFile));
    if (file == NULL) {
        guest_fail(ERROR_INVALID_HANDLE);
        return FILE_TYPE_UNKNOWN;
    }
    guest_fail(ERROR_SUCCESS);
    switch (file->object.type) {
    case OBJECT_DISK_FILE:
        return FILE_TYPE_DISK;
    case OBJECT_SOCKET:
    case OBJECT_PIPE:
        return FILE_TYPE_PIPE;
    default:
        return FILE_TYPE_UNKNOWN;
    }
}
