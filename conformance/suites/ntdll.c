/* ntdll beside the poll: ports, keyed events, reading and writing, small things. */
#include "conformance/suites/afd.h"

enum { SET_PORT = 30, NOTIFICATION_MODES = 41, NT_BAD_HANDLE = 0xdead0 };

static void its_functions_are_found_by_name(void)
{
    assert_non_null(find_ntdll()->NtDeviceIoControlFile);
    assert_null(GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtPollAfd"));
}

static void statuses_translate(void)
{
    const struct ntdll *const nt = find_ntdll();
    assert_int_equal(nt->RtlNtStatusToDosError(NT_SUCCESS_), ERROR_SUCCESS);
    assert_int_equal(nt->RtlNtStatusToDosError(NT_PENDING), ERROR_IO_PENDING);
    assert_int_equal(nt->RtlNtStatusToDosError(NT_INVALID_PARAMETER), ERROR_INVALID_PARAMETER);
    assert_int_equal(nt->RtlNtStatusToDosError(NT_INVALID_HANDLE), ERROR_INVALID_HANDLE);
    assert_int_equal(nt->RtlNtStatusToDosError(NT_CANCELLED), ERROR_OPERATION_ABORTED);
    assert_int_equal(nt->RtlNtStatusToDosError(NT_NOT_FOUND), ERROR_NOT_FOUND);
    assert_int_equal(nt->RtlNtStatusToDosError(NT_CONNECTION_REFUSED), ERROR_CONNECTION_REFUSED);
    assert_int_equal(nt->RtlNtStatusToDosError((LONG)0xC0FFEE00), ERROR_MR_MID_NOT_FOUND);
}

/* ---- Ports ------------------------------------------------------------------------------------*/

static HANDLE new_port(void)
{
    HANDLE port = NULL;
    assert_int_equal(find_ntdll()->NtCreateIoCompletion(&port, 0x1F0003, NULL, 0), NT_SUCCESS_);
    assert_non_null(port);
    return port;
}

static void *as_pointer(uintptr_t number)
{
    return (void *)number;
}

static void a_packet_comes_as_it_was_set(void)
{
    void *key = NULL, *context = NULL;
    struct status_block block;
    LARGE_INTEGER none = from_now(0), time = from_now(1);
    const struct ntdll *const nt = find_ntdll();
    const HANDLE port = new_port();
    assert_int_equal(nt->NtRemoveIoCompletion(port, &key, &context, &block, &none), NT_TIMEOUT);
    assert_int_equal(nt->NtRemoveIoCompletion(port, &key, &context, &block, &time), NT_TIMEOUT);
    assert_int_equal(nt->NtSetIoCompletion(port, as_pointer(1), as_pointer(2), NT_CANCELLED, 12345),
                     NT_SUCCESS_);
    assert_int_equal(nt->NtRemoveIoCompletion(port, &key, &context, &block, &none), NT_SUCCESS_);
    assert_ptr_equal(key, as_pointer(1));
    assert_ptr_equal(context, as_pointer(2));
    assert_int_equal(block.u.status, NT_CANCELLED);
    assert_int_equal(block.information, 12345);
    assert_true(CloseHandle(port));
}

static void several_packets_come_at_once(void)
{
    struct port_entry entries[4];
    ULONG taken = 0;
    LARGE_INTEGER none = from_now(0);
    const struct ntdll *const nt = find_ntdll();
    const HANDLE port = new_port();
    for (uintptr_t i = 1; i <= 3; i++)
        assert_int_equal(nt->NtSetIoCompletion(port, as_pointer(i), NULL, NT_SUCCESS_, i),
                         NT_SUCCESS_);
    assert_int_equal(nt->NtRemoveIoCompletionEx(port, entries, 4, &taken, &none, FALSE),
                     NT_SUCCESS_);
    assert_int_equal(taken, 3);
    for (uintptr_t i = 0; i < 3; i++) {
        assert_ptr_equal(entries[i].key, as_pointer(i + 1));
        assert_int_equal(entries[i].block.information, i + 1);
    }
    assert_int_equal(nt->NtRemoveIoCompletionEx(port, entries, 4, &taken, &none, FALSE),
                     NT_TIMEOUT);
    assert_true(CloseHandle(port));
}

static void a_socket_gets_port_and_modes(void)
{
    struct {
        HANDLE port;
        void *key;
    } tie;
    ULONG modes = FILE_SKIP_COMPLETION_PORT_ON_SUCCESS, told = 0;
    struct status_block block;
    struct port_entry entry;
    ULONG taken = 0;
    char byte;
    LARGE_INTEGER time = from_now(STREAM_PATIENCE_MS), offset;
    const struct ntdll *const nt = find_ntdll();
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const HANDLE s = (HANDLE)pair.server;
    tie.port = new_port();
    tie.key = as_pointer(7);
    assert_int_equal(nt->NtSetInformationFile(s, &block, &tie, sizeof(tie), SET_PORT), NT_SUCCESS_);
    assert_int_equal(nt->NtSetInformationFile(s, &block, &modes, sizeof(modes), NOTIFICATION_MODES),
                     NT_SUCCESS_);
    assert_int_equal(nt->NtQueryInformationFile(s, &block, &told, sizeof(told), NOTIFICATION_MODES),
                     NT_SUCCESS_);
    assert_int_equal(told, modes);
    offset.QuadPart = 0;
    assert_int_equal(nt->NtReadFile(s, NULL, NULL, as_pointer(9), &block, &byte, 1, &offset, NULL),
                     NT_PENDING);
    send_bytes(pair.client, "x", 1);
    assert_int_equal(nt->NtRemoveIoCompletionEx(tie.port, &entry, 1, &taken, &time, FALSE),
                     NT_SUCCESS_);
    assert_ptr_equal(entry.key, as_pointer(7));
    assert_ptr_equal(entry.context, as_pointer(9));
    assert_int_equal(entry.block.information, 1);
    assert_int_equal(byte, 'x');
    close_pair(&pair);
    assert_true(CloseHandle(tie.port));
    END_WINSOCK();
}

static void bytes_are_read_and_written(void)
{
    struct status_block block;
    char bytes[4];
    LARGE_INTEGER offset;
    const struct ntdll *const nt = find_ntdll();
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    const HANDLE from = (HANDLE)pair.client, to = (HANDLE)pair.server;
    offset.QuadPart = 0;
    assert_int_equal(nt->NtReadFile(to, event, NULL, NULL, &block, bytes, 4, &offset, NULL),
                     NT_PENDING);
    struct status_block sent;
    memset(&sent, 0, sizeof(sent));
    const LONG status = nt->NtWriteFile(from, NULL, NULL, NULL, &sent, "abc", 3, &offset, NULL);
    assert_true(status == NT_SUCCESS_ || status == NT_PENDING);
    assert_int_equal(WaitForSingleObject(event, STREAM_PATIENCE_MS), WAIT_OBJECT_0);
    assert_int_equal(block.u.status, NT_SUCCESS_);
    assert_int_equal(block.information, 3);
    assert_memory_equal(bytes, "abc", 3);
    assert_true(CloseHandle(event));
    close_pair(&pair);
    END_WINSOCK();
}

static void a_read_wants_an_offset(void)
{
    struct status_block block;
    char byte;
    LARGE_INTEGER offset;
    const struct ntdll *const nt = find_ntdll();
    START_WINSOCK();
    const struct pair pair = connected_pair();
    const HANDLE s = (HANDLE)pair.server;
    offset.QuadPart = -1;
    const LONG missing = nt->NtReadFile(s, NULL, NULL, NULL, &block, &byte, 1, NULL, NULL);
    const LONG negative = nt->NtReadFile(s, NULL, NULL, NULL, &block, &byte, 1, &offset, NULL);
    CancelIo(s); /* what pends where it should not */
    close_pair(&pair);
    assert_int_equal(missing, NT_INVALID_PARAMETER);
    assert_int_equal(negative, NT_INVALID_PARAMETER);
    END_WINSOCK();
}

/* ---- Keyed events -----------------------------------------------------------------------------*/

static struct meeting {
    HANDLE event;
    ULONG key; /* its address is the key */
    volatile LONG met;
    LONG status;
} meeting;

static DWORD WINAPI wait_at_the_key(LPVOID parameter)
{
    (void)parameter;
    meeting.status = find_ntdll()->NtWaitForKeyedEvent(meeting.event, &meeting.key, FALSE, NULL);
    InterlockedIncrement(&meeting.met);
    return 0;
}

static void begin_meeting(void)
{
    memset(&meeting, 0, sizeof(meeting));
    assert_int_equal(find_ntdll()->NtCreateKeyedEvent(&meeting.event, 0xF0003, NULL, 0),
                     NT_SUCCESS_);
}

static void a_release_lets_one_go_on(void)
{
    HANDLE threads[2];
    const struct ntdll *const nt = find_ntdll();
    begin_meeting();
    for (int i = 0; i < 2; i++)
        threads[i] = start_thread(wait_at_the_key, NULL);
    assert_int_equal(nt->NtReleaseKeyedEvent(meeting.event, &meeting.key, FALSE, NULL),
                     NT_SUCCESS_);
    assert_true(WaitForMultipleObjects(2, threads, FALSE, STREAM_PATIENCE_MS) < 2);
    Sleep(QUIET_MS);
    assert_int_equal(meeting.met, 1);
    assert_int_equal(meeting.status, NT_SUCCESS_);
    assert_int_equal(nt->NtReleaseKeyedEvent(meeting.event, &meeting.key, FALSE, NULL),
                     NT_SUCCESS_);
    join_thread(threads[0]);
    join_thread(threads[1]);
    assert_int_equal(meeting.met, 2);
    assert_true(CloseHandle(meeting.event));
}

static void nobody_comes_to_the_key(void)
{
    LARGE_INTEGER time = from_now(20);
    const struct ntdll *const nt = find_ntdll();
    begin_meeting();
    const char *const odd = (const char *)&meeting.key + 1;
    assert_int_equal(nt->NtWaitForKeyedEvent(meeting.event, &meeting.key, FALSE, &time),
                     NT_TIMEOUT);
    assert_int_equal(nt->NtReleaseKeyedEvent(meeting.event, &meeting.key, FALSE, &time),
                     NT_TIMEOUT);
    assert_int_equal(nt->NtWaitForKeyedEvent(meeting.event, odd, FALSE, &time),
                     NT_INVALID_PARAMETER_1);
    assert_true(CloseHandle(meeting.event));
}

/* ---- Handles and time -------------------------------------------------------------------------*/

static void a_wait_tells_its_status(void)
{
    LARGE_INTEGER time = from_now(10);
    const struct ntdll *const nt = find_ntdll();
    const HANDLE event = CreateEventA(NULL, FALSE, TRUE, NULL);
    assert_int_equal(nt->NtWaitForSingleObject(event, FALSE, NULL), NT_SUCCESS_);
    assert_int_equal(nt->NtWaitForSingleObject(event, FALSE, &time), NT_TIMEOUT);
    assert_int_equal(nt->NtClose(event), NT_SUCCESS_);
    assert_int_equal(nt->NtWaitForSingleObject(event, FALSE, &time), NT_INVALID_HANDLE);
    assert_int_equal(nt->NtClose(as_pointer(NT_BAD_HANDLE)), NT_INVALID_HANDLE);
}

static void there_is_one_clock(void)
{
    FILETIME before, after;
    LARGE_INTEGER now;
    GetSystemTimeAsFileTime(&before);
    assert_int_equal(find_ntdll()->NtQuerySystemTime(&now), NT_SUCCESS_);
    GetSystemTimeAsFileTime(&after);
    const LONGLONG first = (LONGLONG)before.dwHighDateTime << 32 | before.dwLowDateTime;
    const LONGLONG last = (LONGLONG)after.dwHighDateTime << 32 | after.dwLowDateTime;
    assert_true(first <= now.QuadPart);
    assert_true(now.QuadPart <= last);
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(its_functions_are_found_by_name, NTD_001),
    CASE(statuses_translate, NTD_002),
    CASE(a_packet_comes_as_it_was_set, NTD_003),
    CASE(several_packets_come_at_once, NTD_004),
    CASE(bytes_are_read_and_written, NTD_005),
    CASE(a_read_wants_an_offset, NTD_011),
    CASE(a_release_lets_one_go_on, NTD_006),
    CASE(nobody_comes_to_the_key, NTD_007),
    CASE(a_wait_tells_its_status, NTD_008),
    CASE(a_socket_gets_port_and_modes, NTD_009),
    CASE(there_is_one_clock, NTD_010),
    END_OF_CASES,
};
// clang-format on

const struct suite ntdll_suite = {
    .name = "ntdll",
    .about = "ntdll: ports, keyed events, reading and writing",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
