#include "conformance/suites/afd.h"

enum { QUIET_ENOUGH_MS = 60, POLL_PATIENCE_MS = 2000, UNWRITTEN = 0x5A };

/* GetProcAddress gives a pointer to some function; that it is this one, only the name says. */
static FARPROC find(const char *name)
{
    const FARPROC found = GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
    assert_non_null(found);
    return found;
}

#define FIND(name)                                                                                 \
    do {                                                                                           \
        const FARPROC found_ = find(#name);                                                        \
        memcpy(&functions.name, &found_, sizeof(found_));                                          \
    } while (0)

const struct ntdll *find_ntdll(void)
{
    static struct ntdll functions;
    FIND(NtClose);
    FIND(NtWaitForSingleObject);
    FIND(NtDelayExecution);
    FIND(NtQuerySystemTime);
    FIND(NtCreateFile);
    FIND(NtOpenFile);
    FIND(NtDeviceIoControlFile);
    FIND(NtReadFile);
    FIND(NtWriteFile);
    FIND(NtCancelIoFile);
    FIND(NtCancelIoFileEx);
    FIND(NtQueryInformationFile);
    FIND(NtSetInformationFile);
    FIND(NtCreateIoCompletion);
    FIND(NtSetIoCompletion);
    FIND(NtRemoveIoCompletion);
    FIND(NtRemoveIoCompletionEx);
    FIND(NtCreateKeyedEvent);
    FIND(NtWaitForKeyedEvent);
    FIND(NtReleaseKeyedEvent);
    FIND(RtlNtStatusToDosError);
    return &functions;
}

static USHORT bytes_of(const WCHAR *text)
{
    USHORT length = 0;
    while (text[length] != 0)
        length++;
    return (USHORT)(length * sizeof(*text));
}

LONG open_device(const WCHAR *name, HANDLE *handle)
{
    struct counted_string string = {bytes_of(name), bytes_of(name), name};
    struct attributes attributes;
    struct status_block block;
    memset(&attributes, 0, sizeof(attributes));
    attributes.length = sizeof(attributes);
    attributes.name = &string;
    return find_ntdll()->NtCreateFile(handle, SYNCHRONIZE, &attributes, &block, NULL, 0, 3, 1, 0,
                                      NULL, 0);
}

static const WCHAR AFD_NAME[] = {'\\', 'D', 'e',  'v', 'i', 'c', 'e', '\\', 'A',
                                 'f',  'd', '\\', 'B', 'e', 'r', 't', 'h',  0};

HANDLE open_afd(void)
{
    HANDLE handle = NULL;
    assert_int_equal(open_device(AFD_NAME, &handle), NT_SUCCESS_);
    return handle;
}

/* ---- Polls ------------------------------------------------------------------------------------*/

void poll_prepare(struct poll_call *poll)
{
    memset(poll, 0, sizeof(*poll));
    memset(&poll->out, UNWRITTEN, sizeof(poll->out));
    poll->in.timeout.QuadPart = NO_END;
    poll->event = CreateEventA(NULL, TRUE, FALSE, NULL);
    assert_non_null(poll->event);
}

void poll_add(struct poll_call *poll, SOCKET s, ULONG events)
{
    struct polled *const entry = &poll->in.sockets[poll->in.count++];
    entry->handle = (HANDLE)s;
    entry->events = events;
    entry->status = NT_UNTOUCHED;
}

LONG poll_start(struct poll_call *poll, HANDLE file)
{
    const ULONG size = POLL_HEAD + POLL_EACH * poll->in.count;
    poll->block.u.status = NT_UNTOUCHED;
    poll->block.information = 0x4711;
    poll->answer =
        find_ntdll()->NtDeviceIoControlFile(file, poll->event, NULL, NULL, &poll->block,
                                            AFD_POLL_CODE, &poll->in, size, &poll->out, size);
    return poll->answer;
}

LONG poll_end(struct poll_call *poll)
{
    assert_int_equal(poll->answer, NT_PENDING);
    assert_int_equal(WaitForSingleObject(poll->event, POLL_PATIENCE_MS), WAIT_OBJECT_0);
    return poll->block.u.status;
}

bool poll_pends(const struct poll_call *poll)
{
    assert_int_equal(poll->answer, NT_PENDING);
    return WaitForSingleObject(poll->event, QUIET_ENOUGH_MS) == WAIT_TIMEOUT;
}

void expect_polled(const struct poll_call *poll, SOCKET s, ULONG events)
{
    assert_int_equal(poll->block.u.status, NT_SUCCESS_);
    assert_int_equal(poll->block.information, POLL_HEAD + POLL_EACH);
    assert_int_equal(poll->out.count, 1);
    assert_true(poll->out.timeout.QuadPart == poll->in.timeout.QuadPart);
    assert_true(poll->out.sockets[0].handle == (HANDLE)s);
    assert_int_equal(poll->out.sockets[0].events, events);
}

void poll_close(struct poll_call *poll)
{
    assert_true(CloseHandle(poll->event));
}

ULONG polled_now(HANDLE file, SOCKET s)
{
    struct poll_call poll;
    poll_prepare(&poll);
    poll.in.timeout.QuadPart = 0;
    poll_add(&poll, s, POLL_EVERYTHING);
    assert_int_equal(poll_start(&poll, file), NT_SUCCESS_);
    assert_in_range(poll.out.count, 0, 1);
    poll_close(&poll);
    return poll.out.count == 1 ? poll.out.sockets[0].events : 0;
}
