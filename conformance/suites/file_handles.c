/* Files and anonymous pipes where programs with sockets meet them: overlapped, at ports, shared. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/files.h"

enum { FILE_PATIENCE_MS = 10000 };

/* Whether it was done at once; else it pends. */
static bool begin_read(HANDLE file, char *bytes, DWORD size, OVERLAPPED *overlapped)
{
    const BOOL done = ReadFile(file, bytes, size, NULL, overlapped);
    if (!done)
        assert_int_equal(GetLastError(), ERROR_IO_PENDING);
    return done;
}

/* ---- Overlapped files ------------------------------------------------------------------------ */

static void a_read_of_a_file_is_told_to_its_port(void)
{
    char bytes[4];
    OVERLAPPED overlapped, *told = NULL;
    ULONG_PTR key = 0;
    DWORD count = 0;
    const HANDLE file = temporary_file("0123456789", 10, FILE_FLAG_OVERLAPPED);
    const HANDLE port = CreateIoCompletionPort(file, NULL, 21, 0);
    assert_non_null(port);
    for (DWORD i = 0; i < 4; i++) {
        memset(&overlapped, 0, sizeof(overlapped));
        overlapped.Offset = i;
        begin_read(file, bytes, 3, &overlapped);
        assert_true(GetQueuedCompletionStatus(port, &count, &key, &told, FILE_PATIENCE_MS));
        assert_int_equal(count, 3);
        assert_int_equal(key, 21);
        assert_ptr_equal(told, &overlapped);
        assert_int_equal(bytes[0], '0' + (int)i);
    }
    assert_true(CloseHandle(file));
    assert_true(CloseHandle(port));
}

static void a_success_at_once_is_skipped_where_it_is_told_to(void)
{
    char bytes[4];
    OVERLAPPED overlapped, *told = NULL;
    ULONG_PTR key = 0;
    DWORD count = 0;
    const HANDLE file = temporary_file("0123456789", 10, FILE_FLAG_OVERLAPPED);
    const HANDLE port = CreateIoCompletionPort(file, NULL, 21, 0);
    assert_non_null(port);
    assert_true(SetFileCompletionNotificationModes(file, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    for (int i = 0; i < 8; i++) {
        memset(&overlapped, 0, sizeof(overlapped));
        const bool at_once = begin_read(file, bytes, 3, &overlapped);
        assert_true(GetOverlappedResult(file, &overlapped, &count, TRUE));
        assert_int_equal(count, 3);
        const BOOL posted =
            GetQueuedCompletionStatus(port, &count, &key, &told, at_once ? 0 : FILE_PATIENCE_MS);
        assert_true(posted == !at_once);
    }
    assert_true(CloseHandle(file));
    assert_true(CloseHandle(port));
}

static DWORD routine_error, routine_bytes;

static void WINAPI told_by_routine(DWORD error, DWORD bytes, OVERLAPPED *overlapped)
{
    (void)overlapped;
    routine_error = error;
    routine_bytes = bytes;
}

static void readfileex_of_a_file_calls_its_routine(void)
{
    char bytes[4];
    OVERLAPPED overlapped;
    const HANDLE file = temporary_file("0123456789", 10, FILE_FLAG_OVERLAPPED);
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.Offset = 5;
    routine_error = routine_bytes = 99;
    assert_true(ReadFileEx(file, bytes, 4, &overlapped, told_by_routine));
    assert_int_equal(routine_bytes, 99);
    assert_int_equal(SleepEx(FILE_PATIENCE_MS, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(routine_error, 0);
    assert_int_equal(routine_bytes, 4);
    assert_memory_equal(bytes, "5678", 4);
    assert_true(CloseHandle(file));
}

static void an_overlapped_file_wants_an_overlapped(void)
{
    char byte;
    DWORD count;
    const HANDLE file = temporary_file("0123456789", 10, FILE_FLAG_OVERLAPPED);
    assert_false(ReadFile(file, &byte, 1, &count, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_true(CloseHandle(file));
}

/* ---- Positions and ends ---------------------------------------------------------------------- */

static void behind_the_end_there_is_nothing_or_an_error(void)
{
    char bytes[4];
    DWORD count = 99;
    OVERLAPPED overlapped;
    const HANDLE file = temporary_file("0123", 4, 0);
    const HANDLE other = temporary_file("0123", 4, FILE_FLAG_OVERLAPPED);
    assert_true(ReadFile(file, bytes, 4, &count, NULL));
    assert_int_equal(count, 4);
    assert_true(ReadFile(file, bytes, 4, &count, NULL));
    assert_int_equal(count, 0);
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.Offset = 4;
    assert_false(ReadFile(file, bytes, 4, &count, &overlapped));
    assert_int_equal(GetLastError(), ERROR_HANDLE_EOF);
    if (!ReadFile(other, bytes, 4, NULL, &overlapped) && GetLastError() == ERROR_IO_PENDING)
        assert_false(GetOverlappedResult(other, &overlapped, &count, TRUE));
    assert_int_equal(GetLastError(), ERROR_HANDLE_EOF);
    assert_true(CloseHandle(file));
    assert_true(CloseHandle(other));
}

static void duplicates_of_a_file_share_its_position(void)
{
    char byte;
    DWORD count;
    HANDLE copy = NULL;
    const HANDLE file = temporary_file("0123456789", 10, 0);
    assert_true(DuplicateHandle(GetCurrentProcess(), file, GetCurrentProcess(), &copy, 0, FALSE,
                                DUPLICATE_SAME_ACCESS));
    assert_int_equal(SetFilePointer(file, 4, NULL, FILE_BEGIN), 4);
    assert_true(ReadFile(copy, &byte, 1, &count, NULL));
    assert_int_equal(byte, '4');
    assert_int_equal(position_of(file), 5);
    assert_true(CloseHandle(file));
    assert_true(CloseHandle(copy));
}

/* ---- Opening --------------------------------------------------------------------------------- */

static void name_of_a_file(char *name)
{
    char folder[MAX_PATH];
    assert_true(GetTempPathA(sizeof(folder), folder) > 0);
    assert_true(GetTempFileNameA(folder, "brt", 0, name) != 0);
}

static HANDLE open_named(const char *name, DWORD access, DWORD share, DWORD disposition)
{
    SetLastError(0xdead);
    return CreateFileA(name, access, share, NULL, disposition, 0, NULL);
}

static void both_openers_have_to_share(void)
{
    char name[MAX_PATH];
    name_of_a_file(name);
    const HANDLE first = open_named(name, GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
    assert_true(first != INVALID_HANDLE_VALUE);
    assert_true(open_named(name, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                           OPEN_EXISTING) == INVALID_HANDLE_VALUE);
    assert_int_equal(GetLastError(), ERROR_SHARING_VIOLATION);
    assert_true(open_named(name, GENERIC_READ, 0, OPEN_EXISTING) == INVALID_HANDLE_VALUE);
    assert_int_equal(GetLastError(), ERROR_SHARING_VIOLATION);
    const HANDLE second = open_named(name, GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
    assert_true(second != INVALID_HANDLE_VALUE);
    assert_false(DeleteFileA(name));
    assert_int_equal(GetLastError(), ERROR_SHARING_VIOLATION);
    assert_true(CloseHandle(first));
    assert_true(CloseHandle(second));
    assert_true(DeleteFileA(name));
}

static void what_was_there_is_told(void)
{
    char name[MAX_PATH];
    name_of_a_file(name);
    assert_true(open_named(name, GENERIC_WRITE, 0, CREATE_NEW) == INVALID_HANDLE_VALUE);
    assert_int_equal(GetLastError(), ERROR_FILE_EXISTS);
    HANDLE file = open_named(name, GENERIC_WRITE, 0, CREATE_ALWAYS);
    assert_true(file != INVALID_HANDLE_VALUE);
    assert_int_equal(GetLastError(), ERROR_ALREADY_EXISTS);
    assert_true(CloseHandle(file));
    assert_true(DeleteFileA(name));
    assert_true(open_named(name, GENERIC_WRITE, 0, OPEN_EXISTING) == INVALID_HANDLE_VALUE);
    assert_int_equal(GetLastError(), ERROR_FILE_NOT_FOUND);
    file = open_named(name, GENERIC_WRITE, 0, OPEN_ALWAYS);
    assert_true(file != INVALID_HANDLE_VALUE);
    assert_int_equal(GetLastError(), 0);
    assert_true(CloseHandle(file));
    assert_true(DeleteFileA(name));
}

/* ---- Pipes ----------------------------------------------------------------------------------- */

static DWORD WINAPI write_later(void *pipe)
{
    DWORD count;
    Sleep(50);
    return WriteFile(pipe, "later", 5, &count, NULL) && CloseHandle(pipe);
}

static void a_read_of_a_pipe_waits_for_bytes_or_its_end(void)
{
    char bytes[8];
    DWORD count = 0;
    HANDLE from, to;
    assert_true(CreatePipe(&from, &to, NULL, 0));
    const HANDLE thread = CreateThread(NULL, 0, write_later, to, 0, NULL);
    assert_non_null(thread);
    assert_true(ReadFile(from, bytes, sizeof(bytes), &count, NULL));
    assert_int_equal(count, 5);
    assert_memory_equal(bytes, "later", 5);
    assert_false(ReadFile(from, bytes, sizeof(bytes), &count, NULL));
    assert_int_equal(GetLastError(), ERROR_BROKEN_PIPE);
    assert_int_equal(WaitForSingleObject(thread, FILE_PATIENCE_MS), WAIT_OBJECT_0);
    assert_true(CloseHandle(thread));
    assert_true(CloseHandle(from));
}

static void nobody_reads_what_is_written_to_a_broken_pipe(void)
{
    DWORD count;
    HANDLE from, to;
    assert_true(CreatePipe(&from, &to, NULL, 0));
    assert_true(CloseHandle(from));
    assert_false(WriteFile(to, "x", 1, &count, NULL));
    assert_int_equal(GetLastError(), ERROR_NO_DATA);
    assert_true(CloseHandle(to));
}

static void a_peek_counts_and_leaves_what_is_there(void)
{
    char bytes[8];
    DWORD count = 0, all = 0;
    HANDLE from, to;
    assert_true(CreatePipe(&from, &to, NULL, 0));
    assert_true(PeekNamedPipe(from, NULL, 0, NULL, &all, NULL));
    assert_int_equal(all, 0);
    assert_true(WriteFile(to, "12345", 5, &count, NULL));
    assert_true(PeekNamedPipe(from, bytes, 2, &count, &all, NULL));
    assert_int_equal(count, 2);
    assert_int_equal(all, 5);
    assert_true(ReadFile(from, bytes, sizeof(bytes), &count, NULL));
    assert_int_equal(count, 5);
    assert_true(CloseHandle(from));
    assert_true(CloseHandle(to));
}

static void sockets_and_pipes_are_of_one_type(void)
{
    HANDLE from, to;
    START_WINSOCK();
    const SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    assert_true(s != INVALID_SOCKET);
    const HANDLE file = temporary_file("", 0, 0);
    assert_true(CreatePipe(&from, &to, NULL, 0));
    assert_int_equal(GetFileType((HANDLE)s), FILE_TYPE_PIPE);
    assert_int_equal(GetFileType(from), FILE_TYPE_PIPE);
    assert_int_equal(GetFileType(file), FILE_TYPE_DISK);
    assert_true(CloseHandle(from));
    assert_true(CloseHandle(to));
    assert_true(CloseHandle(file));
    assert_int_equal(closesocket(s), 0);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_read_of_a_file_is_told_to_its_port, FILE_001),
    CASE(a_success_at_once_is_skipped_where_it_is_told_to, FILE_002),
    CASE(readfileex_of_a_file_calls_its_routine, FILE_003),
    CASE(an_overlapped_file_wants_an_overlapped, FILE_004),
    CASE(behind_the_end_there_is_nothing_or_an_error, FILE_005),
    CASE(duplicates_of_a_file_share_its_position, FILE_006),
    CASE(both_openers_have_to_share, FILE_007),
    CASE(what_was_there_is_told, FILE_008),
    CASE(a_read_of_a_pipe_waits_for_bytes_or_its_end, FILE_009),
    CASE(nobody_reads_what_is_written_to_a_broken_pipe, FILE_010),
    CASE(a_peek_counts_and_leaves_what_is_there, FILE_011),
    CASE(sockets_and_pipes_are_of_one_type, FILE_012),
    END_OF_CASES,
};
// clang-format on

const struct suite file_handles_suite = {
    .name = "file_handles",
    .about = "Files and pipes: overlapped, at completion ports, shared",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
