/* The smaller parts of kernel32: messages, clocks, the heap, locks, code pages, the console. */
#include "sim/runtime/test_guest.h"

static int enter(void **state)
{
    (void)state;
    return enter_machine(4);
}

enum { FROM_SYSTEM = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS };

/* Every error of the specification has its text, the Win32 one where both have one. */
static void every_error_has_the_systems_text(void **state)
{
    (void)state;
    static const struct {
        DWORD error;
        const char *text;
    } rows[] = {
#define STATUS(name, value, wsa_error, win32_error, evidence)
#define WSA_ERROR(name, value, text)
#define WIN32_ERROR(name, value, text) {value, text "\r\n"},
#include "spec/errors.def"
#undef WSA_ERROR
#undef WIN32_ERROR
#define WSA_ERROR(name, value, text) {value, value < 10000 ? "" : text "\r\n"},
#define WIN32_ERROR(name, value, text)
#include "spec/errors.def"
#undef STATUS
#undef WSA_ERROR
#undef WIN32_ERROR
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[512];
        WCHAR wide[512];
        if (rows[i].text[0] == '\0')
            continue;
        DWORD size = FormatMessageA(FROM_SYSTEM, NULL, rows[i].error, 0, text, 512, NULL);
        assert_string_equal(text, rows[i].text);
        assert_int_equal(size, strlen(text));
        assert_int_equal(FormatMessageW(FROM_SYSTEM, NULL, rows[i].error, 0, wide, 512, NULL),
                         size);
        for (DWORD at = 0; at <= size; at++)
            assert_int_equal(wide[at], text[at]);
    }
}

static void messages_that_cannot_be(void **state)
{
    (void)state;
    char text[64] = "as it was";

    assert_int_equal(FormatMessageA(FROM_SYSTEM, NULL, 123456, 0, text, 64, NULL), 0);
    assert_int_equal(GetLastError(), ERROR_MR_MID_NOT_FOUND);
    assert_int_equal(FormatMessageA(FROM_SYSTEM, NULL, 5, 0, text, 20, NULL), 19);
    assert_int_equal(FormatMessageA(FROM_SYSTEM, NULL, 5, 0, text, 19, NULL), 0);
    assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    assert_int_equal(FormatMessageA(FROM_SYSTEM, NULL, 5, 0, NULL, 64, NULL), 0);
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_int_equal(FormatMessageA(0, NULL, 5, 0, text, 64, NULL), 0);
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

static void messages_allocated_and_in_one_line(void **state)
{
    (void)state;
    char *text = NULL, line[64];

    DWORD size = FormatMessageA(FROM_SYSTEM | FORMAT_MESSAGE_ALLOCATE_BUFFER, NULL,
                                (DWORD)HRESULT_FROM_WIN32(5), 0, (LPSTR)&text, 0, NULL);
    assert_int_equal(size, 19);
    assert_string_equal(text, "Access is denied.\r\n");
    assert_null(LocalFree(text));
    FormatMessageA(FROM_SYSTEM | FORMAT_MESSAGE_MAX_WIDTH_MASK, NULL, 5, 0, line, 64, NULL);
    assert_string_equal(line, "Access is denied. ");
}

static void clocks_agree_and_polling_them_ends(void **state)
{
    (void)state;
    LARGE_INTEGER frequency, first, last;
    FILETIME before, after;

    assert_true(QueryPerformanceFrequency(&frequency));
    assert_int_equal(frequency.QuadPart, 10000000);
    GetSystemTimeAsFileTime(&before);
    QueryPerformanceCounter(&first);
    DWORD ticks = GetTickCount();
    Sleep(1000);
    assert_int_equal(GetTickCount() - ticks, 1000);
    QueryPerformanceCounter(&last);
    GetSystemTimeAsFileTime(&after);
    assert_in_range(last.QuadPart - first.QuadPart, 10000000, 10000100);
    assert_in_range(after.dwLowDateTime - before.dwLowDateTime, 10000000, 10000200);
    while (GetTickCount64() < ticks + 1100u)
        assert_in_range(berth_now_ns(machine), 0, 1200000000u);
}

static void days_of_the_calendar(void **state)
{
    (void)state;
    SYSTEMTIME now;

    GetSystemTime(&now);
    assert_int_equal(now.wYear * 10000 + now.wMonth * 100 + now.wDay, 20240101);
    assert_int_equal(now.wDayOfWeek, 1);
    assert_int_equal(now.wHour, 12);
    for (int day = 0; day < 59; day++)
        Sleep(86400u * 1000);
    GetSystemTime(&now);
    assert_int_equal(now.wYear * 10000 + now.wMonth * 100 + now.wDay, 20240229);
    for (int day = 0; day < 307; day++)
        Sleep(86400u * 1000);
    GetLocalTime(&now);
    assert_int_equal(now.wYear * 10000 + now.wMonth * 100 + now.wDay, 20250101);
    assert_int_equal(now.wDayOfWeek, 3);
}

static void the_heap_gives_what_it_is_asked_for(void **state)
{
    (void)state;
    HANDLE heap = GetProcessHeap();
    unsigned char *bytes = HeapAlloc(heap, HEAP_ZERO_MEMORY, 100);

    assert_non_null(bytes);
    assert_int_equal((uintptr_t)bytes % 16, 0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(bytes[i], 0);
    bytes[99] = 7;
    bytes = HeapReAlloc(heap, HEAP_ZERO_MEMORY, bytes, 200);
    assert_non_null(bytes);
    assert_int_equal(bytes[99], 7);
    assert_int_equal(bytes[199], 0);
    assert_int_equal(HeapSize(heap, 0, bytes), 200);
    assert_true(HeapFree(heap, 0, bytes));
    assert_null(HeapAlloc(heap, 0, SIZE_MAX - 4));
    assert_null(GlobalFree(GlobalAlloc(GPTR, 10)));
}

static CRITICAL_SECTION section;
static int inside;

static DWORD WINAPI go_in(LPVOID parameter)
{
    (void)parameter;
    EnterCriticalSection(&section);
    EnterCriticalSection(&section); /* one's own again is no wait */
    assert_int_equal(inside++, 0);
    Sleep(10);
    inside--;
    LeaveCriticalSection(&section);
    LeaveCriticalSection(&section);
    return 0;
}

static void one_thread_at_a_time_is_in_a_critical_section(void **state)
{
    (void)state;
    HANDLE threads[5];

    InitializeCriticalSection(&section);
    for (int i = 0; i < 5; i++)
        threads[i] = CreateThread(NULL, 0, go_in, NULL, 0, NULL);
    Sleep(1);
    assert_false(TryEnterCriticalSection(&section));
    assert_int_equal(WaitForMultipleObjects(5, threads, TRUE, 100), WAIT_OBJECT_0);
    assert_true(TryEnterCriticalSection(&section));
    LeaveCriticalSection(&section);
    DeleteCriticalSection(&section);
}

static void text_between_code_pages(void **state)
{
    (void)state;
    WCHAR wide[8];
    char narrow[8];

    assert_int_equal(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "a\xff", -1, wide, 8), 0);
    assert_int_equal(GetLastError(), ERROR_NO_UNICODE_TRANSLATION);
    assert_int_equal(MultiByteToWideChar(CP_UTF8, 0, "a\xff", -1, wide, 8), 3);
    assert_int_equal(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "\uFFFD", -1, wide, 8), 2);
    static const WCHAR half[] = {0xD800, 0};
    assert_int_equal(
        WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, half, -1, narrow, 8, NULL, NULL), 0);
    assert_int_equal(GetLastError(), ERROR_NO_UNICODE_TRANSLATION);
    assert_int_equal(MultiByteToWideChar(CP_UTF8, 0, "\u20ac!", -1, NULL, 0), 3);
    assert_int_equal(MultiByteToWideChar(CP_UTF8, 0, "\u20ac!", -1, wide, 8), 3);
    assert_int_equal(wide[0], 0x20ac);
    assert_int_equal(WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL), 5);
    assert_int_equal(WideCharToMultiByte(CP_UTF8, 0, wide, -1, narrow, 8, NULL, NULL), 5);
    assert_string_equal(narrow, "\u20ac!");
    assert_int_equal(WideCharToMultiByte(CP_UTF8, 0, wide, 2, narrow, 3, NULL, NULL), 0);
    assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    assert_int_equal(MultiByteToWideChar(CP_UTF8, 0, "", 0, wide, 8), 0);
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

static void only_the_console_can_be_written_to(void **state)
{
    (void)state;
    DWORD written = 9;

    assert_ptr_equal(GetStdHandle(99), INVALID_HANDLE_VALUE);
    assert_true(WriteFile(GetStdHandle(STD_ERROR_HANDLE), "", 0, &written, NULL));
    assert_int_equal(written, 0);
    assert_false(WriteFile((HANDLE)(uintptr_t)0x1234, "x", 1, &written, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_false(WriteConsoleW(GetStdHandle(STD_INPUT_HANDLE), u"x", 1, &written, NULL));
    char *page = VirtualAlloc(NULL, 1, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    SetLastError(0); /* found by the fuzz target calls */
    assert_false(WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), page + 4095, 2, &written, NULL));
    assert_int_equal(GetLastError(), ERROR_NOACCESS);
    assert_false(ReadFile(GetStdHandle(STD_INPUT_HANDLE), NULL, 2, &written, NULL));
    assert_int_equal(GetLastError(), ERROR_NOACCESS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_error_has_the_systems_text),
        TEST(messages_that_cannot_be),
        TEST(messages_allocated_and_in_one_line),
        TEST(clocks_agree_and_polling_them_ends),
        TEST(days_of_the_calendar),
        TEST(the_heap_gives_what_it_is_asked_for),
        TEST(one_thread_at_a_time_is_in_a_critical_section),
        TEST(text_between_code_pages),
        TEST(only_the_console_can_be_written_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
