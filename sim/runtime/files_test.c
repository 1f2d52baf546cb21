/* Files as a program sees them. */
#include "sim/runtime/test_guest.h"

#include <windows.h>

#include <winternl.h>

static int enter(void **state)
{
    (void)state;
    return enter_machine(7);
}

#define GUEST_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

static HANDLE make(const char *name, const char *bytes)
{
    DWORD written = 0;
    HANDLE file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                              FILE_ATTRIBUTE_NORMAL, NULL);
    assert_ptr_not_equal(file, INVALID_HANDLE_VALUE);
    assert_true(WriteFile(file, bytes, (DWORD)strlen(bytes), &written, NULL));
    assert_int_equal(written, strlen(bytes));
    return file;
}

static void make_closed(const char *name, const char *bytes)
{
    assert_true(CloseHandle(make(name, bytes)));
}

static DWORD error_of(HANDLE file)
{
    assert_ptr_equal(file, INVALID_HANDLE_VALUE);
    return GetLastError();
}

static HANDLE open_as(const char *name, DWORD access, DWORD share, DWORD disposition, DWORD flags)
{
    return CreateFileA(name, access, share, NULL, disposition, flags, NULL);
}

static HANDLE open_to_read(const char *name)
{
    return open_as(name, GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING, 0);
}

/* ---- Opening --------------------------------------------------------------------------------- */

static void createfile_answers_windows_errors(void **state)
{
    (void)state;
    HANDLE file = make("C:\\Berth\\x.txt", "abc");
    assert_int_equal(error_of(open_to_read("none")), ERROR_FILE_NOT_FOUND);
    assert_int_equal(error_of(open_to_read("none\\x")), ERROR_PATH_NOT_FOUND);
    assert_int_equal(error_of(open_to_read("D:\\x")), ERROR_PATH_NOT_FOUND);
    assert_int_equal(error_of(open_to_read("\\\\host\\share\\x")), ERROR_PATH_NOT_FOUND);
    assert_int_equal(error_of(open_to_read("")), ERROR_PATH_NOT_FOUND);
    assert_int_equal(error_of(open_to_read(NULL)), ERROR_PATH_NOT_FOUND);
    assert_int_equal(error_of(open_to_read("a?b")), ERROR_INVALID_NAME);
    assert_int_equal(error_of(open_to_read("x.txt\\")), ERROR_INVALID_NAME);
    assert_int_equal(error_of(open_to_read("x.txt")), ERROR_SHARING_VIOLATION);
    assert_int_equal(error_of(open_to_read("C:\\Berth")), ERROR_ACCESS_DENIED);
    assert_int_equal(error_of(open_as("x.txt", 0, 7, CREATE_NEW, 0)), ERROR_FILE_EXISTS);
    assert_int_equal(error_of(open_as("x.txt", 0, 7, 0, 0)), ERROR_INVALID_PARAMETER);
    assert_int_equal(error_of(open_as("x.txt", 0, 7, 6, 0)), ERROR_INVALID_PARAMETER);
    assert_int_equal(error_of(open_as("x.txt", GENERIC_READ, 7, TRUNCATE_EXISTING, 0)),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(error_of(open_as("C:\\Windows\\x", GENERIC_WRITE, 7, CREATE_NEW, 0)),
                     ERROR_ACCESS_DENIED);
    assert_true(CloseHandle(file));
}

static void what_was_there_already_is_told_of_a_success(void **state)
{
    (void)state;
    SetLastError(99);
    HANDLE file = open_as("x", GENERIC_WRITE, 0, OPEN_ALWAYS, 0);
    assert_int_equal(GetLastError(), ERROR_SUCCESS);
    assert_true(CloseHandle(file));
    file = open_as("x", GENERIC_WRITE, 0, OPEN_ALWAYS, 0);
    assert_int_equal(GetLastError(), ERROR_ALREADY_EXISTS);
    assert_true(CloseHandle(file));
    file = open_as("x", GENERIC_WRITE, 0, CREATE_ALWAYS, 0);
    assert_int_equal(GetLastError(), ERROR_ALREADY_EXISTS);
    assert_int_equal(GetFileType(file), FILE_TYPE_DISK);
    assert_true(CloseHandle(file));
}

static void names_are_read_as_windows_does(void **state)
{
    (void)state;
    static const char *const names[] = {
        "X.TXT",
        ".\\x.txt",
        "c:x.txt",
        "C:/Berth/x.txt",
        "\\Berth\\..\\Berth\\x.txt",
        "x.txt. .",
        "..\\..\\..\\Berth\\x.txt",
        "\\\\?\\C:\\Berth\\x.txt",
        "C:\\Berth\\.\\\\x.txt",
    };
    make_closed("x.txt", "");
    for (size_t i = 0; i < ARRAYSIZE(names); i++) {
        HANDLE file = open_to_read(names[i]);
        assert_ptr_not_equal(file, INVALID_HANDLE_VALUE);
        CloseHandle(file);
    }
    HANDLE file =
        CreateFileW(u"C:\\Berth\\\u00e4.txt", GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    assert_ptr_not_equal(file, INVALID_HANDLE_VALUE);
    CloseHandle(file);
    assert_int_not_equal(GetFileAttributesA("C:\\Berth\\\xc3\x84.TXT"), INVALID_FILE_ATTRIBUTES);
}

/* ---- Bytes ----------------------------------------------------------------------------------- */

static void a_file_is_read_from_its_position(void **state)
{
    (void)state;
    char bytes[8] = {0};
    DWORD count;
    LONG high = 0;
    LARGE_INTEGER size, to = {.QuadPart = -2};
    HANDLE file = make("x", "abcdef");
    assert_int_equal(SetFilePointer(file, 1, NULL, FILE_BEGIN), 1);
    assert_true(ReadFile(file, bytes, 2, &count, NULL));
    assert_string_equal(bytes, "bc");
    assert_int_equal(SetFilePointer(file, 0, NULL, FILE_CURRENT), 3);
    assert_true(SetFilePointerEx(file, to, &size, FILE_END));
    assert_int_equal(size.QuadPart, 4);
    assert_true(ReadFile(file, bytes, 8, &count, NULL));
    assert_int_equal(count, 2);
    assert_true(ReadFile(file, bytes, 8, &count, NULL)); /* the end is no failure */
    assert_int_equal(count, 0);
    assert_int_equal(SetFilePointer(file, -7, NULL, FILE_END), INVALID_SET_FILE_POINTER);
    assert_int_equal(GetLastError(), ERROR_NEGATIVE_SEEK);
    assert_int_equal(SetFilePointer(file, 0, NULL, 3), INVALID_SET_FILE_POINTER);
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_int_equal(SetFilePointer(file, 2, &high, FILE_BEGIN), 2);
    assert_true(SetEndOfFile(file));
    assert_int_equal(GetFileSize(file, NULL), 2);
    assert_true(GetFileSizeEx(file, &size));
    assert_int_equal(size.QuadPart, 2);
    assert_true(FlushFileBuffers(file));
    assert_true(CloseHandle(file));
}

static void an_offset_goes_before_the_position(void **state)
{
    (void)state;
    char bytes[8] = {0};
    DWORD count;
    OVERLAPPED at = {.Offset = 4};
    HANDLE file = make("x", "abcdef");
    assert_true(ReadFile(file, bytes, 1, &count, &at));
    assert_int_equal(bytes[0], 'e');
    assert_int_equal(at.InternalHigh, 1);
    assert_int_equal(SetFilePointer(file, 0, NULL, FILE_CURRENT), 5);
    at.Offset = 6;
    assert_false(ReadFile(file, bytes, 1, &count, &at));
    assert_int_equal(GetLastError(), ERROR_HANDLE_EOF);
    at.Offset = at.OffsetHigh = 0xFFFFFFFF;
    assert_true(WriteFile(file, "gh", 2, &count, &at));
    assert_int_equal(GetFileSize(file, NULL), 8);
    assert_false(ReadFile(file, NULL, 1, &count, NULL));
    assert_int_equal(GetLastError(), ERROR_NOACCESS);
    CloseHandle(file);
    file = open_to_read("x");
    assert_false(WriteFile(file, "x", 1, &count, NULL));
    assert_int_equal(GetLastError(), ERROR_ACCESS_DENIED);
    CloseHandle(file);
}

static void an_overlapped_file_tells_its_port(void **state)
{
    (void)state;
    make_closed("x", "abcdef");
    HANDLE file =
        open_as("x", GENERIC_READ | GENERIC_WRITE, 0, OPEN_EXISTING, FILE_FLAG_OVERLAPPED);
    HANDLE port = CreateIoCompletionPort(file, NULL, 5, 0);
    assert_non_null(port);
    for (DWORD i = 0; i < 20; i++) {
        char bytes[4] = {0};
        DWORD count;
        ULONG_PTR key = 0;
        OVERLAPPED at = {.Offset = 2}, *told = NULL;
        assert_true(ReadFile(file, bytes, 3, NULL, &at) || GetLastError() == ERROR_IO_PENDING);
        assert_true(GetQueuedCompletionStatus(port, &count, &key, &told, INFINITE));
        assert_ptr_equal(told, &at);
        assert_int_equal(key, 5);
        assert_int_equal(count, 3);
        assert_string_equal(bytes, "cde");
    }
    DWORD count;
    OVERLAPPED at = {.Offset = 6};
    while (ReadFile(file, &count, 1, NULL, &at) || GetLastError() == ERROR_IO_PENDING) {
        assert_false(GetOverlappedResult(file, &at, &count, TRUE));
        assert_int_equal(GetLastError(), ERROR_HANDLE_EOF);
    }
    assert_int_equal(GetLastError(), ERROR_HANDLE_EOF);
    assert_false(ReadFile(file, &count, 1, &count, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    CloseHandle(file);
    CloseHandle(port);
}

static DWORD routine_bytes;

static void WINAPI told(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    assert_int_equal(error, 0);
    assert_non_null(overlapped);
    routine_bytes += bytes;
}

static void routines_and_events_tell_of_files(void **state)
{
    (void)state;
    char bytes[4];
    DWORD count;
    OVERLAPPED at = {0};
    make_closed("x", "abcdef");
    HANDLE file =
        open_as("x", GENERIC_READ | GENERIC_WRITE, 0, OPEN_EXISTING, FILE_FLAG_OVERLAPPED);
    routine_bytes = 0;
    assert_true(ReadFileEx(file, bytes, 3, &at, told));
    assert_int_equal(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
    assert_true(WriteFileEx(file, "x", 1, &at, told));
    assert_int_equal(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(routine_bytes, 4);
    at.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    assert_true(ReadFile(file, bytes, 3, NULL, &at) || GetLastError() == ERROR_IO_PENDING);
    assert_int_equal(WaitForSingleObject(at.hEvent, INFINITE), WAIT_OBJECT_0);
    assert_true(GetOverlappedResult(file, &at, &count, FALSE));
    assert_memory_equal(bytes, "xbc", 3);
    CloseHandle(at.hEvent);
    CloseHandle(file);
}

/* ---- Names ----------------------------------------------------------------------------------- */

static void files_are_moved_copied_and_deleted(void **state)
{
    (void)state;
    make_closed("x", "abc");
    assert_true(CopyFileA("x", "y", TRUE));
    assert_false(CopyFileA("x", "y", TRUE));
    assert_int_equal(GetLastError(), ERROR_FILE_EXISTS);
    assert_true(CopyFileW(u"x", u"y", FALSE));
    assert_false(CopyFileA("x", "x", FALSE));
    assert_int_equal(GetLastError(), ERROR_SHARING_VIOLATION);
    assert_false(MoveFileA("x", "y"));
    assert_int_equal(GetLastError(), ERROR_ALREADY_EXISTS);
    assert_true(MoveFileExA("x", "y", MOVEFILE_REPLACE_EXISTING));
    assert_false(DeleteFileA("x"));
    assert_int_equal(GetLastError(), ERROR_FILE_NOT_FOUND);
    assert_true(MoveFileW(u"y", u"z"));
    assert_true(DeleteFileW(u"z"));
    HANDLE file = make("x", "abc");
    assert_false(DeleteFileA("x"));
    assert_int_equal(GetLastError(), ERROR_SHARING_VIOLATION);
    CloseHandle(file);
    file = open_as("t", GENERIC_WRITE, 0, CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE);
    assert_int_not_equal(GetFileAttributesA("t"), INVALID_FILE_ATTRIBUTES);
    CloseHandle(file);
    assert_int_equal(GetFileAttributesA("t"), INVALID_FILE_ATTRIBUTES);
}

static void folders_are_made_entered_and_removed(void **state)
{
    (void)state;
    char text[MAX_PATH], *part = NULL;
    assert_true(CreateDirectoryA("a", NULL));
    assert_false(CreateDirectoryW(u"a", NULL));
    assert_int_equal(GetLastError(), ERROR_ALREADY_EXISTS);
    assert_int_equal(GetFileAttributesA("a"), FILE_ATTRIBUTE_DIRECTORY);
    assert_false(SetCurrentDirectoryA("b"));
    assert_true(SetCurrentDirectoryA("a"));
    assert_int_equal(GetCurrentDirectoryA(sizeof text, text), 10);
    assert_string_equal(text, "C:\\Berth\\a");
    assert_int_equal(GetCurrentDirectoryA(10, text), 11);
    make_closed("x", "");
    assert_int_equal(GetFullPathNameA("..\\x", sizeof text, text, &part), 10);
    assert_string_equal(part, "x");
    assert_false(SetCurrentDirectoryA("x"));
    assert_int_equal(GetLastError(), ERROR_DIRECTORY);
    assert_true(SetCurrentDirectoryW(u".."));
    assert_false(RemoveDirectoryA("a"));
    assert_int_equal(GetLastError(), ERROR_DIR_NOT_EMPTY);
    assert_false(RemoveDirectoryA("a\\x"));
    assert_int_equal(GetLastError(), ERROR_DIRECTORY);
    assert_false(DeleteFileA("a"));
    assert_int_equal(GetLastError(), ERROR_ACCESS_DENIED);
    assert_true(DeleteFileA("a\\x"));
    assert_true(RemoveDirectoryW(u"a"));
}

static void temporary_files_get_names_of_their_own(void **state)
{
    (void)state;
    char folder[MAX_PATH], first[MAX_PATH], second[MAX_PATH];
    WCHAR wide[MAX_PATH];
    DWORD length = GetTempPathA(sizeof folder, folder);
    assert_int_equal(length, strlen(folder));
    assert_int_equal(folder[length - 1], '\\');
    assert_int_equal(GetTempPathA(3, first), length + 1);
    assert_int_equal(GetTempPathW(MAX_PATH, wide), length);
    assert_int_not_equal(GetTempFileNameA(folder, "tmpl", 0, first), 0);
    assert_int_not_equal(GetTempFileNameA(folder, "tmpl", 0, second), 0);
    assert_string_not_equal(first, second);
    assert_memory_equal(first + length, "tmp", 3);
    assert_string_not_equal(first + length, "tmpl");
    assert_int_not_equal(GetFileAttributesA(first), INVALID_FILE_ATTRIBUTES);
    assert_int_equal(GetTempFileNameA(".", "a", 0x1F, first), 0x1F);
    assert_string_equal(first, ".\\a1F.tmp");
    assert_int_equal(GetFileAttributesA(first), INVALID_FILE_ATTRIBUTES);
    assert_int_equal(GetTempFileNameA("none", "a", 0, first), 0);
    assert_int_equal(GetLastError(), ERROR_DIRECTORY);
    assert_true(DeleteFileA(second));
}

static void a_search_finds_what_fits(void **state)
{
    (void)state;
    WIN32_FIND_DATAA data;
    WIN32_FIND_DATAW wide;
    make_closed("b.txt", "12");
    make_closed("a.txt", "");
    make_closed("c.dat", "");
    HANDLE search = FindFirstFileA("C:\\Berth\\*.txt", &data);
    assert_ptr_not_equal(search, INVALID_HANDLE_VALUE);
    assert_string_equal(data.cFileName, "a.txt");
    assert_true(FindNextFileA(search, &data));
    assert_string_equal(data.cFileName, "b.txt");
    assert_int_equal(data.nFileSizeLow, 2);
    assert_int_equal(data.dwFileAttributes, FILE_ATTRIBUTE_ARCHIVE);
    assert_false(FindNextFileA(search, &data));
    assert_int_equal(GetLastError(), ERROR_NO_MORE_FILES);
    assert_true(FindClose(search));
    assert_false(FindClose(search));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_int_equal(error_of(FindFirstFileA("*.none", &data)), ERROR_FILE_NOT_FOUND);
    assert_int_equal(error_of(FindFirstFileA("none\\*", &data)), ERROR_PATH_NOT_FOUND);
    assert_int_equal(error_of(FindFirstFileA("C:\\Berth\\", &data)), ERROR_FILE_NOT_FOUND);
    search = FindFirstFileW(u"c.dat", &wide);
    assert_ptr_not_equal(search, INVALID_HANDLE_VALUE);
    assert_int_equal(wide.cFileName[0], 'c');
    assert_false(FindNextFileW(search, &wide));
    assert_true(FindClose(search));
}

static void attributes_and_times_are_kept(void **state)
{
    (void)state;
    WIN32_FILE_ATTRIBUTE_DATA data;
    BY_HANDLE_FILE_INFORMATION information;
    FILETIME early = {.dwLowDateTime = 5, .dwHighDateTime = 6}, now, made, written;
    HANDLE file = make("x", "abc");
    GetSystemTimeAsFileTime(&now);
    assert_true(GetFileTime(file, &made, NULL, &written));
    assert_true(CompareFileTime(&made, &now) <= 0);
    assert_true(now.dwHighDateTime == made.dwHighDateTime);
    assert_true(SetFileTime(file, &early, NULL, NULL));
    assert_true(GetFileInformationByHandle(file, &information));
    assert_memory_equal(&information.ftCreationTime, &early, sizeof early);
    assert_memory_equal(&information.ftLastWriteTime, &written, sizeof written);
    assert_int_equal(information.nFileSizeLow, 3);
    assert_int_equal(information.nNumberOfLinks, 1);
    CloseHandle(file);
    assert_true(SetFileAttributesA("x", FILE_ATTRIBUTE_READONLY));
    assert_true(GetFileAttributesExA("x", GetFileExInfoStandard, &data));
    assert_int_equal(data.dwFileAttributes, FILE_ATTRIBUTE_READONLY);
    assert_memory_equal(&data.ftCreationTime, &early, sizeof early);
    assert_false(DeleteFileA("x"));
    assert_int_equal(GetLastError(), ERROR_ACCESS_DENIED);
    assert_true(SetFileAttributesW(u"x", FILE_ATTRIBUTE_NORMAL));
    assert_int_equal(GetFileAttributesW(u"x"), FILE_ATTRIBUTE_NORMAL);
    assert_false(GetFileAttributesExW(u"none", GetFileExInfoStandard, &data));
    assert_int_equal(GetLastError(), ERROR_FILE_NOT_FOUND);
    assert_false(GetFileAttributesExA("x", GetFileExMaxInfoLevel, &data));
}

/* ---- Below kernel32 -------------------------------------------------------------------------- */

static NTSTATUS nt_create(const WCHAR *text, ULONG disposition, ULONG options, HANDLE *handle,
                          IO_STATUS_BLOCK *block)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    RtlInitUnicodeString(&name, text);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return NtCreateFile(handle, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, &attributes, block,
                        NULL, 0, FILE_SHARE_READ, disposition, options, NULL, 0);
}

static void ntdll_opens_reads_and_writes_files(void **state)
{
    (void)state;
    const ULONG waits = FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE;
    HANDLE handle = NULL;
    IO_STATUS_BLOCK block;
    char bytes[8] = {0};
    LARGE_INTEGER at = {.QuadPart = 2};
    assert_int_equal(nt_create(u"\\??\\C:\\Berth\\x", FILE_OPEN, waits, &handle, &block),
                     (NTSTATUS)0xC0000034);
    assert_int_equal(nt_create(u"\\??\\C:\\Berth\\x", 6, waits, &handle, &block),
                     (NTSTATUS)0xC000000D);
    assert_int_equal(nt_create(u"\\??\\C:\\Berth", FILE_OPEN, waits, &handle, &block),
                     (NTSTATUS)0xC00000BA);
    assert_int_equal(nt_create(u"\\??\\C:\\Berth\\x", FILE_CREATE, waits, &handle, &block), 0);
    assert_int_equal(block.Information, 2);
    assert_int_equal(
        NtWriteFile(handle, NULL, NULL, NULL, &block, (PVOID)(uintptr_t) "abcdef", 6, NULL, NULL),
        0);
    assert_int_equal(block.Information, 6);
    assert_int_equal(NtReadFile(handle, NULL, NULL, NULL, &block, bytes, 8, &at, NULL), 0);
    assert_string_equal(bytes, "cdef");
    assert_int_equal(NtReadFile(handle, NULL, NULL, NULL, &block, bytes, 8, NULL, NULL),
                     (NTSTATUS)0xC0000011);
    at.QuadPart = -1;
    assert_int_equal(
        NtWriteFile(handle, NULL, NULL, NULL, &block, (PVOID)(uintptr_t) "gh", 2, &at, NULL), 0);
    assert_int_equal(GetFileSize(handle, NULL), 8);
    assert_int_equal(NtReadFile(handle, NULL, NULL, NULL, &block, bytes, 8, &at, NULL),
                     (NTSTATUS)0xC000000D);
    assert_int_equal(
        NtDeviceIoControlFile(handle, NULL, NULL, NULL, &block, 0x12024, bytes, 8, bytes, 8),
        (NTSTATUS)0xC0000010);
    assert_int_equal(NtClose(handle), 0);
}

static ULONG apcs;

static VOID NTAPI count_apc(PVOID context, PIO_STATUS_BLOCK block, ULONG reserved)
{
    assert_ptr_equal(context, &apcs);
    assert_int_equal(block->Information, 3);
    assert_int_equal(reserved, 0);
    apcs++;
}

static void an_overlapped_file_of_ntdll_is_told_by_its_routine(void **state)
{
    (void)state;
    HANDLE handle = NULL;
    IO_STATUS_BLOCK block;
    char bytes[8] = {0};
    LARGE_INTEGER at = {.QuadPart = 0};
    make_closed("x", "abcdef");
    assert_int_equal(nt_create(u"\\??\\c:\\Berth\\X", FILE_OPEN, 0, &handle, &block), 0);
    assert_int_equal(block.Information, FILE_OPENED);
    apcs = 0;
    for (ULONG i = 1; i <= 6; i++) {
        NTSTATUS status = NtReadFile(handle, NULL, count_apc, &apcs, &block, bytes, 3, &at, NULL);
        assert_true(status == 0 || status == 0x103);
        assert_int_equal(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
        assert_int_equal(apcs, i);
    }
    assert_int_equal(NtReadFile(handle, NULL, NULL, NULL, &block, bytes, 3, NULL, NULL),
                     (NTSTATUS)0xC000000D);
    assert_int_equal(NtClose(handle), 0);
}

/* ---- Pipes and handles ----------------------------------------------------------------------- */

static void a_pipe_carries_bytes(void **state)
{
    (void)state;
    char bytes[8] = {0};
    DWORD count, all;
    HANDLE from, to;
    assert_true(CreatePipe(&from, &to, NULL, 0));
    assert_int_equal(GetFileType(from), FILE_TYPE_PIPE);
    assert_true(WriteFile(to, "abc", 3, &count, NULL));
    assert_true(PeekNamedPipe(from, bytes, 2, &count, &all, NULL));
    assert_string_equal(bytes, "ab");
    assert_int_equal(all, 3);
    assert_true(ReadFile(from, bytes, 8, &count, NULL));
    assert_int_equal(count, 3);
    assert_false(ReadFile(to, bytes, 8, &count, NULL));
    assert_int_equal(GetLastError(), ERROR_ACCESS_DENIED);
    assert_true(FlushFileBuffers(to));
    assert_true(CloseHandle(to));
    assert_false(ReadFile(from, bytes, 8, &count, NULL));
    assert_int_equal(GetLastError(), ERROR_BROKEN_PIPE);
    assert_false(PeekNamedPipe(from, NULL, 0, NULL, &all, NULL));
    assert_int_equal(GetLastError(), ERROR_BROKEN_PIPE);
    assert_true(CloseHandle(from));
    assert_true(CreatePipe(&from, &to, NULL, 16));
    assert_true(CloseHandle(from));
    assert_false(WriteFile(to, "abc", 3, &count, NULL));
    assert_int_equal(GetLastError(), ERROR_NO_DATA);
    assert_true(CloseHandle(to));
    assert_false(CreatePipe(NULL, &to, NULL, 0));
    assert_int_equal(GetLastError(), ERROR_NOACCESS);
}

static void duplicates_share_one_position(void **state)
{
    (void)state;
    HANDLE copy, file = make("x", "abcdef");
    assert_true(DuplicateHandle(GetCurrentProcess(), file, GetCurrentProcess(), &copy, 0, FALSE,
                                DUPLICATE_SAME_ACCESS));
    assert_int_equal(SetFilePointer(file, 4, NULL, FILE_BEGIN), 4);
    assert_int_equal(SetFilePointer(copy, 1, NULL, FILE_CURRENT), 5);
    CloseHandle(file);
    assert_int_equal(error_of(open_to_read("x")), ERROR_SHARING_VIOLATION);
    CloseHandle(copy);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    assert_int_equal(GetFileSize(event, NULL), INVALID_FILE_SIZE);
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_int_equal(GetFileType(event), FILE_TYPE_UNKNOWN);
    CloseHandle(event);
}

static void standard_handles_are_whose_they_were_set_to_be(void **state)
{
    (void)state;
    HANDLE from, to, before = GetStdHandle(STD_OUTPUT_HANDLE);
    char bytes[8] = {0};
    DWORD count, mode;
    assert_int_equal(GetFileType(before), FILE_TYPE_CHAR);
    assert_true(GetConsoleMode(before, &mode));
    assert_true(CreatePipe(&from, &to, NULL, 0));
    assert_true(SetStdHandle(STD_OUTPUT_HANDLE, to));
    assert_ptr_equal(GetStdHandle(STD_OUTPUT_HANDLE), to);
    assert_false(GetConsoleMode(to, &mode));
    assert_true(WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "out", 3, &count, NULL));
    assert_true(ReadFile(from, bytes, 8, &count, NULL));
    assert_string_equal(bytes, "out");
    assert_true(SetStdHandle(STD_OUTPUT_HANDLE, before));
    assert_false(SetStdHandle(1, before));
    CloseHandle(from);
    CloseHandle(to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(createfile_answers_windows_errors),
        GUEST_TEST(what_was_there_already_is_told_of_a_success),
        GUEST_TEST(names_are_read_as_windows_does),
        GUEST_TEST(a_file_is_read_from_its_position),
        GUEST_TEST(an_offset_goes_before_the_position),
        GUEST_TEST(an_overlapped_file_tells_its_port),
        GUEST_TEST(routines_and_events_tell_of_files),
        GUEST_TEST(files_are_moved_copied_and_deleted),
        GUEST_TEST(folders_are_made_entered_and_removed),
        GUEST_TEST(temporary_files_get_names_of_their_own),
        GUEST_TEST(a_search_finds_what_fits),
        GUEST_TEST(attributes_and_times_are_kept),
        GUEST_TEST(ntdll_opens_reads_and_writes_files),
        GUEST_TEST(an_overlapped_file_of_ntdll_is_told_by_its_routine),
        GUEST_TEST(a_pipe_carries_bytes),
        GUEST_TEST(duplicates_share_one_position),
        GUEST_TEST(standard_handles_are_whose_they_were_set_to_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
