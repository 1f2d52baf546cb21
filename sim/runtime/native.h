/* What ntdll's calls share. They answer an NTSTATUS and leave the last error alone. */
#ifndef SIM_RUNTIME_NATIVE_H
#define SIM_RUNTIME_NATIVE_H

#include "sim/runtime/guest_objects.h"

#include <winternl.h>

#include "sim/nt/request.h"

/* One call on a file. */
struct native_call {
    HANDLE handle, event; /* the event NULL for none */
    PIO_APC_ROUTINE routine;
    PVOID context;
    PIO_STATUS_BLOCK block;
    /* native_prepare's: */
    struct file *file;
    bool waits; /* the call ends before it returns; `how` means nothing then */
    struct request_delivery how;
    struct object *signal; /* the event of a call that waits */
};

/* The five arguments that calls on files begin with. */
#define NATIVE_CALL(handle_, event_, routine_, context_, block_)                                   \
    {                                                                                              \
        .handle = (handle_), .event = (event_), .routine = (routine_), .context = (context_),      \
        .block = (block_)                                                                          \
    }

/* Why a handle names nothing of the kind that was asked for: STATUS_OBJECT_TYPE_MISMATCH, or
 * STATUS_INVALID_HANDLE when it names nothing at all.
 */
nt_status native_not_found(HANDLE handle);

/* Looks at the arguments. `run` calls the routine of a request of the caller's kind.
 *
 *   STATUS_INVALID_HANDLE        no such file, or no such event
 *   STATUS_OBJECT_TYPE_MISMATCH  the handle is no file's
 *   STATUS_ACCESS_VIOLATION      the block cannot be written
 *   STATUS_INVALID_PARAMETER     a routine, on a file that has a port (row 99)
 */
nt_status native_prepare(struct native_call *call, void (*run)(struct request *request));

/* The end of a call that waits: block and event. Answers `status`. */
nt_status native_end(const struct native_call *call, nt_status status, uint64_t information);

/* Calls a routine that was kept as a number, and gives the request back before. */
void native_run(struct request *request, uint64_t routine);

/* IOCTL_AFD_POLL. */
struct native_buffers {
    const void *in;
    void *out;
    uint32_t in_size, out_size;
};

enum { IOCTL_OF_AFD_POLL = 0x12024 };

/* A poll is asked of `file`. `how` NULL: waits for it. `routine`: 0, or one to be told by.
 *
 *   STATUS_SUCCESS, STATUS_TIMEOUT  with `*information`
 *   STATUS_PENDING
 *   STATUS_INVALID_PARAMETER   sizes that do not fit, or no sockets
 *   STATUS_INVALID_HANDLE      one of them is none
 *   STATUS_ACCESS_VIOLATION, STATUS_INSUFFICIENT_RESOURCES, STATUS_CANCELLED
 */
nt_status native_poll(struct file *file, const struct request_delivery *how, uint64_t routine,
                      const struct native_buffers *buffers, uint64_t *information);
void native_poll_run(struct request *request);

/* ---- Files of the volume: native_disk.c ------------------------------------------------------ */

struct native_opening {
    ACCESS_MASK access;
    ULONG share, disposition, options, attributes;
};

/* Whether a name, probed, begins as those of DOS do. */
bool native_names_disk(const UNICODE_STRING *name);

/* Opens a file by such a name: a handle and what became of the file. Answers what file_open does,
 * and STATUS_INVALID_PARAMETER for a disposition that is none.
 */
nt_status native_open_disk(const OBJECT_ATTRIBUTES *attributes, const struct native_opening *how,
                           uint64_t *handle, uint64_t *outcome);

/* NtReadFile and NtWriteFile of a call that was prepared, on a file or a pipe; and on what is
 * neither, STATUS_INVALID_DEVICE_REQUEST. Fills in offset and routine.
 */
struct file_transfer;
nt_status native_move_own(struct native_call *call, struct file_transfer *what,
                          const LARGE_INTEGER *offset);

/* A time as ntdll takes it: NULL for ever, negative from now, else when. */
uint64_t native_timeout_ns(const LARGE_INTEGER *time);

#endif
