/* ntdll's header and calls, past what the suites see of them. */
#include "sim/nt/status.h" /* first: the names as the specification has them */
#include "sim/runtime/test_guest.h"

#include <winternl.h>

#include <ntstatus.h>

_Static_assert(sizeof(IO_STATUS_BLOCK) == 16, "IO_STATUS_BLOCK");
_Static_assert(sizeof(UNICODE_STRING) == 16, "UNICODE_STRING");
_Static_assert(sizeof(OBJECT_ATTRIBUTES) == 48, "OBJECT_ATTRIBUTES");
_Static_assert(sizeof(FILE_IO_COMPLETION_INFORMATION) == 32, "FILE_IO_COMPLETION_INFORMATION");

/* The statuses of ntstatus.h are those of the specification: all that are Windows' own. */
#define WINDOWS_OWN(value) ((value) < 0xE0000000u && (value) != 0xC0000FFFu)

static int enter(void **state)
{
    (void)state;
    return enter_machine(6);
}

static void the_headers_statuses_are_the_specifications(void **state)
{
    (void)state;
#define STATUS(name, value, wsa_error, win32_error, evidence)                                      \
    assert_int_equal((uint32_t)(name), value);                                                     \
    if (WINDOWS_OWN(value))                                                                        \
        assert_int_equal(RtlNtStatusToDosError((NTSTATUS)(value)), win32_error);
#define WSA_ERROR(name, value, text)
#define WIN32_ERROR(name, value, text)
#include "spec/errors.def"
#undef STATUS
#undef WSA_ERROR
#undef WIN32_ERROR
    assert_int_equal((uint32_t)STATUS_INVALID_HANDLE, 0xC0000008u);
    assert_int_equal((uint32_t)STATUS_CANCELLED, 0xC0000120u);
    assert_int_equal(RtlNtStatusToDosError((NTSTATUS)0xC0070005), ERROR_ACCESS_DENIED);
    assert_int_equal(RtlNtStatusToDosError((NTSTATUS)0xE0000001), ERROR_MR_MID_NOT_FOUND);
}

static void the_last_status_is_the_failed_calls(void **state)
{
    (void)state;
    assert_false(CloseHandle((HANDLE)0xdead0));
    assert_int_equal(RtlGetLastNtStatus(), STATUS_INVALID_HANDLE);
    SetLastError(77);
    assert_int_equal(NtClose((HANDLE)0xdead0), STATUS_INVALID_HANDLE);
    assert_int_equal(GetLastError(), 77);
}

static const WCHAR afd_name[] = u"\\device\\AFD\\x", file_name[] = u"\\??\\C:\\x";

static NTSTATUS open_name(const WCHAR *text, ULONG options, HANDLE *handle)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    RtlInitUnicodeString(&name, text);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return NtOpenFile(handle, SYNCHRONIZE, &attributes, &block, FILE_SHARE_READ, options);
}

static void names_and_bad_pointers(void **state)
{
    (void)state;
    HANDLE handle;
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    assert_int_equal(open_name(afd_name, 0, &handle), STATUS_SUCCESS);
    assert_int_equal(NtClose(handle), STATUS_SUCCESS);
    assert_int_equal(open_name(file_name, 0, &handle), STATUS_OBJECT_NAME_NOT_FOUND);
    RtlInitUnicodeString(&name, afd_name);
    assert_int_equal(name.Length, sizeof afd_name - sizeof(WCHAR));
    assert_int_equal(name.MaximumLength, sizeof afd_name);
    InitializeObjectAttributes(&attributes, &name, 0, NULL, NULL);
    assert_int_equal(NtOpenFile(NULL, 0, &attributes, &block, 0, 0), STATUS_ACCESS_VIOLATION);
    assert_int_equal(NtOpenFile(&handle, 0, NULL, &block, 0, 0), STATUS_ACCESS_VIOLATION);
    attributes.Length = 1;
    assert_int_equal(NtOpenFile(&handle, 0, &attributes, &block, 0, 0), STATUS_INVALID_PARAMETER);
}

/* A poll as the projects declare it, for one socket. */
struct poll_info {
    LARGE_INTEGER timeout;
    ULONG count, exclusive;
    SOCKET s;
    ULONG events;
    NTSTATUS status;
};

enum { POLL_CODE = 0x12024, ANOTHER_CODE = 0x12000 };

static void a_synchronous_device_ends_its_polls_itself(void **state)
{
    (void)state;
    HANDLE handle;
    IO_STATUS_BLOCK block = {0};
    const SOCKET s = tcp_socket();
    struct poll_info info = {.timeout.QuadPart = -10000, .count = 1, .s = s, .events = 1};
    assert_int_equal(open_name(afd_name, FILE_SYNCHRONOUS_IO_NONALERT, &handle), STATUS_SUCCESS);
    const ULONGLONG before = GetTickCount64();
    assert_int_equal(NtDeviceIoControlFile(handle, NULL, NULL, NULL, &block, POLL_CODE, &info,
                                           sizeof info, &info, sizeof info),
                     STATUS_TIMEOUT);
    assert_true(GetTickCount64() >= before + 1);
    assert_int_equal(block.Information, 16);
    assert_int_equal(info.count, 0);
    info.count = 1;
    assert_int_equal(NtDeviceIoControlFile(handle, NULL, NULL, NULL, &block, ANOTHER_CODE, &info,
                                           sizeof info, &info, sizeof info),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_null(CreateIoCompletionPort(handle, NULL, 0, 0));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_true(CloseHandle(handle));
    assert_int_equal(closesocket(s), 0);
}

static void what_is_no_file_is_said_to_be_none(void **state)
{
    (void)state;
    IO_STATUS_BLOCK block;
    struct poll_info info = {.count = 1};
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    assert_int_equal(NtDeviceIoControlFile(event, NULL, NULL, NULL, &block, POLL_CODE, &info,
                                           sizeof info, &info, sizeof info),
                     STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(NtCancelIoFile((HANDLE)0xdead0, &block), STATUS_INVALID_HANDLE);
    assert_int_equal(NtSetIoCompletion(event, NULL, NULL, 0, 0), STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(NtWaitForKeyedEvent(event, &info, FALSE, NULL), STATUS_OBJECT_TYPE_MISMATCH);
    assert_true(CloseHandle(event));
}

static void events_by_their_native_calls(void **state)
{
    (void)state;
    HANDLE event = NULL, again = NULL;
    LONG before = -1;
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    RtlInitUnicodeString(&name, u"\\BaseNamedObjects\\bell");
    InitializeObjectAttributes(&attributes, &name, 0, NULL, NULL);
    assert_int_equal(NtCreateEvent(&event, 0, &attributes, NotificationEvent, FALSE),
                     STATUS_SUCCESS);
    assert_int_equal(NtCreateEvent(&again, 0, &attributes, NotificationEvent, FALSE),
                     STATUS_OBJECT_NAME_COLLISION);
    attributes.Attributes = OBJ_OPENIF;
    assert_int_equal(NtCreateEvent(&again, 0, &attributes, NotificationEvent, FALSE),
                     STATUS_SUCCESS);
    assert_int_equal(NtSetEvent(event, &before), STATUS_SUCCESS);
    assert_int_equal(before, 0);
    assert_int_equal(WaitForSingleObject(again, 0), WAIT_OBJECT_0);
    assert_int_equal(NtResetEvent(again, &before), STATUS_SUCCESS);
    assert_int_equal(before, 1);
    HANDLE both[] = {again, GetCurrentThread()};
    LARGE_INTEGER none = {.QuadPart = 0};
    assert_int_equal(NtWaitForMultipleObjects(1, both, WaitAny, FALSE, &none), STATUS_TIMEOUT);
    assert_int_equal(NtWaitForMultipleObjects(0, both, WaitAny, FALSE, &none),
                     STATUS_INVALID_PARAMETER_1);
    assert_int_equal(NtSetEvent((HANDLE)0xdead0, NULL), STATUS_INVALID_HANDLE);
    assert_int_equal(NtClose(again), STATUS_SUCCESS);
    assert_int_equal(NtClose(event), STATUS_SUCCESS);
}

static void a_socket_is_a_file_of_afds(void **state)
{
    (void)state;
    union {
        UNICODE_STRING name;
        char bytes[256];
    } answer;
    IO_STATUS_BLOCK block;
    ULONG length = 0;
    FILE_FS_DEVICE_INFORMATION device;
    FILE_ACCESS_INFORMATION access;
    const SOCKET s = tcp_socket();
    HANDLE file = (HANDLE)s;
    assert_int_equal(NtQueryObject(file, ObjectNameInformation, &answer, sizeof answer, &length),
                     STATUS_SUCCESS);
    assert_int_equal(answer.name.Length, 22);
    assert_memory_equal(answer.name.Buffer, u"\\Device\\Afd", 24);
    assert_int_equal(length, sizeof answer.name + 24);
    assert_int_equal(NtQueryObject(file, ObjectTypeInformation, &answer, sizeof answer, NULL),
                     STATUS_SUCCESS);
    assert_memory_equal(answer.name.Buffer, u"File", 10);
    assert_int_equal(NtQueryObject(file, ObjectNameInformation, &answer, 16, &length),
                     STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(
        NtQueryVolumeInformationFile(file, &block, &device, sizeof device, FileFsDeviceInformation),
        STATUS_SUCCESS);
    assert_int_equal(device.DeviceType, 0x11);
    assert_int_equal(
        NtQueryInformationFile(file, &block, &access, sizeof access, FileAccessInformation),
        STATUS_SUCCESS);
    assert_int_equal(access.AccessFlags, 0x0012019F);
    assert_int_equal(closesocket(s), 0);
}

static void processes_and_threads_tell_their_numbers(void **state)
{
    (void)state;
    PROCESS_BASIC_INFORMATION process;
    THREAD_BASIC_INFORMATION thread;
    SYSTEM_BASIC_INFORMATION system;
    assert_int_equal(NtQueryInformationProcess(GetCurrentProcess(), ProcessBasicInformation,
                                               &process, sizeof process, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(process.UniqueProcessId, GetCurrentProcessId());
    assert_int_equal(NtQueryInformationThread(GetCurrentThread(), ThreadBasicInformation, &thread,
                                              sizeof thread, NULL),
                     STATUS_SUCCESS);
    assert_ptr_equal(thread.ClientId.UniqueThread, (HANDLE)(ULONG_PTR)GetCurrentThreadId());
    assert_int_equal(
        NtQuerySystemInformation(SystemBasicInformation, &system, sizeof system, NULL),
        STATUS_SUCCESS);
    assert_int_equal(system.NumberOfProcessors, 4);
    assert_int_equal(NtTestAlert(), STATUS_SUCCESS);
}

#define NTDLL_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NTDLL_TEST(the_headers_statuses_are_the_specifications),
        NTDLL_TEST(the_last_status_is_the_failed_calls),
        NTDLL_TEST(names_and_bad_pointers),
        NTDLL_TEST(a_synchronous_device_ends_its_polls_itself),
        NTDLL_TEST(what_is_no_file_is_said_to_be_none),
        NTDLL_TEST(events_by_their_native_calls),
        NTDLL_TEST(a_socket_is_a_file_of_afds),
        NTDLL_TEST(processes_and_threads_tell_their_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
