/* ntdll as event loops see it: declared here, as they do, and found by GetProcAddress. Polls, and
 * what belongs to one. Asserts, so for the first thread of a case only.
 */
#ifndef CONFORMANCE_AFD_H
#define CONFORMANCE_AFD_H

#include "conformance/suites/readiness.h"

/* ---- ntdll ------------------------------------------------------------------------------------*/

enum afd_event {
    POLL_RECEIVE = 0x001,
    POLL_EXPEDITED = 0x002,
    POLL_SEND = 0x004,
    POLL_DISCONNECT = 0x008,
    POLL_ABORT = 0x010,
    POLL_LOCAL_CLOSE = 0x020,
    POLL_CONNECT = 0x040,
    POLL_ACCEPT = 0x080,
    POLL_CONNECT_FAIL = 0x100,
    POLL_EVERYTHING = 0x1FF
};

#define AFD_POLL_CODE 0x00012024
#define NO_END ((LONGLONG)0x7FFFFFFFFFFFFFFF)
enum { TICKS_IN_MS = 10000 };

/* Statuses, as numbers: the SDK's headers have them in two places that do not go together. */
#define NT_SUCCESS_ ((LONG)0)
#define NT_USER_APC ((LONG)0x000000C0)
#define NT_TIMEOUT ((LONG)0x00000102)
#define NT_PENDING ((LONG)0x00000103)
#define NT_INVALID_HANDLE ((LONG)0xC0000008)
#define NT_INVALID_PARAMETER ((LONG)0xC000000D)
#define NT_NAME_NOT_FOUND ((LONG)0xC0000034)
#define NT_INVALID_PARAMETER_1 ((LONG)0xC00000EF)
#define NT_CANCELLED ((LONG)0xC0000120)
#define NT_NOT_FOUND ((LONG)0xC0000225)
#define NT_CONNECTION_REFUSED ((LONG)0xC0000236)
#define NT_UNTOUCHED ((LONG)0x11223344)

struct status_block {
    union {
        LONG status;
        void *pointer;
    } u;
    ULONG_PTR information;
};

struct counted_string {
    USHORT length, room;
    const WCHAR *text;
};

struct attributes {
    ULONG length;
    HANDLE root;
    struct counted_string *name;
    ULONG flags;
    void *descriptor, *quality;
};

struct port_entry {
    void *key, *context;
    struct status_block block;
};

typedef VOID(WINAPI *apc_routine)(PVOID context, struct status_block *block, ULONG reserved);

/* What is called of ntdll, under the names it has there. */
struct ntdll {
    LONG(WINAPI *NtClose)(HANDLE handle);
    LONG(WINAPI *NtWaitForSingleObject)(HANDLE handle, BOOLEAN alertable, LARGE_INTEGER *time);
    LONG(WINAPI *NtDelayExecution)(BOOLEAN alertable, LARGE_INTEGER *time);
    LONG(WINAPI *NtQuerySystemTime)(LARGE_INTEGER *time);
    LONG(WINAPI *NtCreateFile)
    (HANDLE *handle, DWORD access, struct attributes *attributes, struct status_block *block,
     LARGE_INTEGER *size, ULONG file_attributes, ULONG share, ULONG disposition, ULONG options,
     void *ea, ULONG ea_size);
    LONG(WINAPI *NtOpenFile)
    (HANDLE *handle, DWORD access, struct attributes *attributes, struct status_block *block,
     ULONG share, ULONG options);
    LONG(WINAPI *NtDeviceIoControlFile)
    (HANDLE file, HANDLE event, apc_routine routine, void *context, struct status_block *block,
     ULONG code, void *in, ULONG in_size, void *out, ULONG out_size);
    LONG(WINAPI *NtReadFile)
    (HANDLE file, HANDLE event, apc_routine routine, void *context, struct status_block *block,
     void *buffer, ULONG size, LARGE_INTEGER *offset, ULONG *key);
    LONG(WINAPI *NtWriteFile)
    (HANDLE file, HANDLE event, apc_routine routine, void *context, struct status_block *block,
     const void *buffer, ULONG size, LARGE_INTEGER *offset, ULONG *key);
    LONG(WINAPI *NtCancelIoFile)(HANDLE file, struct status_block *block);
    LONG(WINAPI *NtCancelIoFileEx)
    (HANDLE file, struct status_block *which, struct status_block *block);
    LONG(WINAPI *NtQueryInformationFile)
    (HANDLE file, struct status_block *block, void *information, ULONG size, int kind);
    LONG(WINAPI *NtSetInformationFile)
    (HANDLE file, struct status_block *block, void *information, ULONG size, int kind);
    LONG(WINAPI *NtCreateIoCompletion)
    (HANDLE *port, DWORD access, struct attributes *attributes, ULONG threads);
    LONG(WINAPI *NtSetIoCompletion)
    (HANDLE port, void *key, void *context, LONG status, ULONG_PTR information);
    LONG(WINAPI *NtRemoveIoCompletion)
    (HANDLE port, void **key, void **context, struct status_block *block, LARGE_INTEGER *time);
    LONG(WINAPI *NtRemoveIoCompletionEx)
    (HANDLE port, struct port_entry *entries, ULONG count, ULONG *taken, LARGE_INTEGER *time,
     BOOLEAN alertable);
    LONG(WINAPI *NtCreateKeyedEvent)
    (HANDLE *event, DWORD access, struct attributes *attributes, ULONG flags);
    LONG(WINAPI *NtWaitForKeyedEvent)
    (HANDLE event, const void *key, BOOLEAN alertable, LARGE_INTEGER *time);
    LONG(WINAPI *NtReleaseKeyedEvent)
    (HANDLE event, const void *key, BOOLEAN alertable, LARGE_INTEGER *time);
    ULONG(WINAPI *RtlNtStatusToDosError)(LONG status);
};

/* The functions, found; the same ones in every call. */
const struct ntdll *find_ntdll(void);

/* A time as ntdll takes it: so long from now. */
static inline LARGE_INTEGER from_now(unsigned milliseconds)
{
    LARGE_INTEGER time;
    time.QuadPart = -(LONGLONG)milliseconds * TICKS_IN_MS;
    return time;
}

/* Opens a device by its name; the status. */
LONG open_device(const WCHAR *name, HANDLE *handle);
HANDLE open_afd(void);

/* ---- Polls ------------------------------------------------------------------------------------*/

enum { POLLED_AT_MOST = 4 };

struct polled {
    HANDLE handle;
    ULONG events;
    LONG status;
};

struct poll_info {
    LARGE_INTEGER timeout;
    ULONG count, exclusive;
    struct polled sockets[POLLED_AT_MOST];
};

enum { POLL_HEAD = 16, POLL_EACH = 16 };

/* One poll: in and out are two pieces of memory here. */
struct poll_call {
    struct poll_info in, out;
    struct status_block block;
    HANDLE event;
    LONG answer;
};

/* For nothing yet, without an end. */
void poll_prepare(struct poll_call *poll);
void poll_add(struct poll_call *poll, SOCKET s, ULONG events);

/* Asks `file`; with the poll's event, and no ApcContext. The status. */
LONG poll_start(struct poll_call *poll, HANDLE file);

/* Waits for the event of one that pends; the status it ended with. */
LONG poll_end(struct poll_call *poll);
bool poll_pends(const struct poll_call *poll);

/* The answer holds this socket alone. */
void expect_polled(const struct poll_call *poll, SOCKET s, ULONG events);
void poll_close(struct poll_call *poll);

/* What the socket is now, of all that may be asked for: a poll that does not wait. */
ULONG polled_now(HANDLE file, SOCKET s);

#endif
