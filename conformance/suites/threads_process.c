/* Threads and processes: handles, exit codes, what each has for itself. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/suite.h"

enum { LONG_MS = 10000, CODE = 77 };

static DWORD WINAPI answer(LPVOID code)
{
    return (DWORD)(ULONG_PTR)code;
}

static DWORD WINAPI wait_first(LPVOID event)
{
    WaitForSingleObject(event, LONG_MS);
    return CODE;
}

static DWORD code_of(HANDLE thread)
{
    DWORD code = 0xdead;
    assert_true(GetExitCodeThread(thread, &code));
    return code;
}

static void a_thread_is_active_until_it_ends(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE thread = CreateThread(NULL, 0, wait_first, event, 0, NULL);
    assert_int_equal(WaitForSingleObject(thread, 0), WAIT_TIMEOUT);
    assert_int_equal(code_of(thread), STILL_ACTIVE);
    assert_true(SetEvent(event));
    assert_int_equal(WaitForSingleObject(thread, LONG_MS), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(thread, 0), WAIT_OBJECT_0);
    assert_int_equal(code_of(thread), CODE);
    assert_true(CloseHandle(thread));
    assert_true(CloseHandle(event));
}

static void a_suspended_thread_waits_to_be_resumed(void)
{
    DWORD id = 0;
    HANDLE thread = CreateThread(NULL, 0, answer, (LPVOID)CODE, CREATE_SUSPENDED, &id);
    assert_int_equal(WaitForSingleObject(thread, 30), WAIT_TIMEOUT);
    assert_int_equal(SuspendThread(thread), 1);
    assert_int_equal(ResumeThread(thread), 2);
    assert_int_equal(WaitForSingleObject(thread, 30), WAIT_TIMEOUT);
    assert_int_equal(ResumeThread(thread), 1);
    assert_int_equal(WaitForSingleObject(thread, LONG_MS), WAIT_OBJECT_0);
    assert_int_equal(GetThreadId(thread), id);
    assert_true(CloseHandle(thread));
}

static void pseudo_handles_name_the_caller(void)
{
    assert_ptr_equal(GetCurrentProcess(), (HANDLE)(LONG_PTR)-1);
    assert_ptr_equal(GetCurrentThread(), (HANDLE)(LONG_PTR)-2);
    assert_int_equal(GetProcessId(GetCurrentProcess()), GetCurrentProcessId());
    assert_int_equal(GetThreadId(GetCurrentThread()), GetCurrentThreadId());
    assert_int_equal(WaitForSingleObject(GetCurrentThread(), 0), WAIT_TIMEOUT);
}

static void a_pseudo_handle_is_duplicated_into_a_real_one(void)
{
    HANDLE real = NULL;
    assert_true(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &real,
                                0, FALSE, DUPLICATE_SAME_ACCESS));
    assert_ptr_not_equal(real, GetCurrentThread());
    assert_int_equal(GetThreadId(real), GetCurrentThreadId());
    assert_true(CloseHandle(real));
}

static void a_process_is_opened_by_its_number(void)
{
    DWORD code = 0;
    HANDLE process = OpenProcess(PROCESS_ALL_ACCESS, FALSE, GetCurrentProcessId());
    assert_non_null(process);
    assert_int_equal(GetProcessId(process), GetCurrentProcessId());
    assert_true(GetExitCodeProcess(process, &code));
    assert_int_equal(code, STILL_ACTIVE);
    assert_true(CloseHandle(process));
    assert_null(OpenProcess(SYNCHRONIZE, FALSE, 0));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

static DWORD slot;

static DWORD WINAPI use_slot(LPVOID unused)
{
    (void)unused;
    bool empty = TlsGetValue(slot) == NULL;
    return empty && TlsSetValue(slot, &slot) && TlsGetValue(slot) == &slot;
}

static void a_slot_is_each_threads_own(void)
{
    int mine = 0;
    slot = TlsAlloc();
    assert_int_not_equal(slot, TLS_OUT_OF_INDEXES);
    assert_true(TlsSetValue(slot, &mine));
    HANDLE thread = CreateThread(NULL, 0, use_slot, NULL, 0, NULL);
    assert_int_equal(WaitForSingleObject(thread, LONG_MS), WAIT_OBJECT_0);
    assert_int_equal(code_of(thread), TRUE);
    assert_ptr_equal(TlsGetValue(slot), &mine);
    assert_true(TlsFree(slot));
    assert_false(TlsFree(slot));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_true(CloseHandle(thread));
}

static volatile LONG ended;

static void WINAPI count_end(PVOID value)
{
    InterlockedExchangeAdd((LONG volatile *)&ended, *(int *)value);
}

static DWORD WINAPI use_fiber_slot(LPVOID value)
{
    return (DWORD)FlsSetValue(slot, value);
}

static void a_fiber_slots_function_is_called_at_the_end(void)
{
    int five = 5;
    ended = 0;
    slot = FlsAlloc(count_end);
    HANDLE thread = CreateThread(NULL, 0, use_fiber_slot, &five, 0, NULL);
    assert_int_equal(WaitForSingleObject(thread, LONG_MS), WAIT_OBJECT_0);
    assert_int_equal(ended, 5);
    assert_true(FlsFree(slot));
    assert_int_equal(ended, 5);
    assert_true(CloseHandle(thread));
}

static void variables_of_the_environment_are_set_and_taken_away(void)
{
    char value[16] = "";
    assert_int_equal(GetEnvironmentVariableA("BERTH_NOBODY", value, sizeof value), 0);
    assert_int_equal(GetLastError(), 203); /* ERROR_ENVVAR_NOT_FOUND */
    assert_true(SetEnvironmentVariableA("BERTH_NOBODY", "12345"));
    assert_int_equal(GetEnvironmentVariableA("berth_nobody", value, sizeof value), 5);
    assert_string_equal(value, "12345");
    assert_int_equal(GetEnvironmentVariableA("BERTH_NOBODY", value, 5), 6);
    assert_true(SetEnvironmentVariableA("BERTH_NOBODY", NULL));
    assert_int_equal(GetEnvironmentVariableA("BERTH_NOBODY", value, sizeof value), 0);
}

static void a_program_that_is_not_there_is_not_started(void)
{
    char line[] = "berth-has-no-such-program.exe";
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION child;
    assert_false(
        CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child));
    assert_int_equal(GetLastError(), ERROR_FILE_NOT_FOUND);
}

static void a_files_name_is_cut_to_its_buffer(void)
{
    char path[MAX_PATH], cut[4];
    DWORD length = GetModuleFileNameA(NULL, path, sizeof path);
    assert_true(length > 4);
    assert_int_equal(strlen(path), length);
    assert_int_equal(GetModuleFileNameA(NULL, cut, sizeof cut), sizeof cut);
    assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    assert_memory_equal(cut, path, 3);
}

static const struct suite_case cases[] = {
    CASE(a_thread_is_active_until_it_ends, PROC_001, PROC_002),
    CASE(a_suspended_thread_waits_to_be_resumed, PROC_003),
    CASE(pseudo_handles_name_the_caller, PROC_004),
    CASE(a_pseudo_handle_is_duplicated_into_a_real_one, PROC_005),
    CASE(a_process_is_opened_by_its_number, PROC_006, PROC_007),
    CASE(a_slot_is_each_threads_own, PROC_008),
    CASE(a_fiber_slots_function_is_called_at_the_end, PROC_009),
    CASE(variables_of_the_environment_are_set_and_taken_away, PROC_010),
    CASE(a_program_that_is_not_there_is_not_started, PROC_011),
    CASE(a_files_name_is_cut_to_its_buffer, PROC_012),
    END_OF_CASES,
};

const struct suite threads_process_suite = {
    .name = "threads_process",
    .about = "Threads, processes and what each has for itself",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
