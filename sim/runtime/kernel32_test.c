#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <winsock2.h>

#include <bcrypt.h>
#include <ntsecapi.h>
#include <wincrypt.h>
#include <winreg.h>

#include "berth/berth.h"

static struct berth *machine;

static int enter(void **state)
{
    const struct berth_config config = {.seed = 3};
    const struct berth_launch launch = {.account = BERTH_STANDARD};
    (void)state;

    machine = berth_new(&config);
    return machine == NULL || !berth_boot(machine) || berth_enter(machine, &launch) != 0;
}

static int leave(void **state)
{
    (void)state;
    berth_check(machine);
    berth_leave(machine);
    berth_check(machine);
    berth_free(machine);
    return 0;
}

static HANDLE new_event(bool manual, bool signaled)
{
    HANDLE event = CreateEventA(NULL, manual, signaled, NULL);
    assert_non_null(event);
    return event;
}

static void a_manual_event_stays_and_an_automatic_one_goes(void **state)
{
    (void)state;
    HANDLE manual = new_event(true, true), automatic = new_event(false, true);

    for (int i = 0; i < 2; i++)
        assert_int_equal(WaitForSingleObject(manual, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(automatic, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(automatic, 0), WAIT_TIMEOUT);
    assert_true(ResetEvent(manual));
    assert_int_equal(WaitForSingleObject(manual, 0), WAIT_TIMEOUT);
    assert_true(SetEvent(automatic));
    assert_int_equal(WaitForSingleObject(automatic, 0), WAIT_OBJECT_0);
    assert_true(CloseHandle(manual));
    assert_false(CloseHandle(manual));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_int_equal(WaitForSingleObject(manual, 0), WAIT_FAILED);
}

static void a_wait_takes_virtual_time(void **state)
{
    (void)state;
    HANDLE event = new_event(true, false);
    ULONGLONG before = GetTickCount64();

    assert_int_equal(WaitForSingleObject(event, 5000), WAIT_TIMEOUT);
    assert_int_equal(GetTickCount64() - before, 5000);
    Sleep(86400 * 1000);
    assert_int_equal(GetTickCount64() - before, 5000 + 86400 * 1000);
}

struct relay {
    HANDLE from, to;
    DWORD thread_id;
};

static DWORD WINAPI run_relay(LPVOID parameter)
{
    struct relay *relay = parameter;

    relay->thread_id = GetCurrentThreadId();
    SetLastError(77);
    if (WaitForSingleObject(relay->from, INFINITE) != WAIT_OBJECT_0)
        return 1;
    SetEvent(relay->to);
    if (relay->to == relay->from)
        ExitThread(9);
    return 7;
}

static void threads_hand_events_on(void **state)
{
    (void)state;
    enum { LENGTH = 20 };
    struct relay relays[LENGTH];
    HANDLE threads[LENGTH];
    DWORD ids[LENGTH];
    HANDLE first = new_event(false, false), at = first;

    for (int i = 0; i < LENGTH; i++) {
        relays[i] = (struct relay){.from = at, .to = new_event(false, false)};
        at = relays[i].to;
        threads[i] = CreateThread(NULL, 0, run_relay, &relays[i], 0, &ids[i]);
        assert_non_null(threads[i]);
    }
    SetLastError(5);
    assert_int_equal(WaitForMultipleObjects(LENGTH, threads, FALSE, 100), WAIT_TIMEOUT);
    assert_true(SetEvent(first));
    assert_int_equal(WaitForSingleObject(at, INFINITE), WAIT_OBJECT_0);
    assert_int_equal(WaitForMultipleObjects(LENGTH, threads, TRUE, INFINITE), WAIT_OBJECT_0);
    assert_int_equal(GetLastError(), 5);
    for (int i = 0; i < LENGTH; i++) {
        assert_int_equal(relays[i].thread_id, ids[i]);
        assert_int_not_equal(ids[i], GetCurrentThreadId());
        assert_true(CloseHandle(threads[i]));
    }
}

static void any_of_several_is_told_by_its_place(void **state)
{
    (void)state;
    HANDLE events[3] = {new_event(false, false), new_event(false, true), new_event(false, true)};

    assert_int_equal(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_OBJECT_0 + 1);
    assert_int_equal(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_OBJECT_0 + 2);
    assert_int_equal(WaitForMultipleObjects(3, events, FALSE, 0), WAIT_TIMEOUT);
    assert_int_equal(WaitForMultipleObjects(0, events, FALSE, 0), WAIT_FAILED);
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    events[2] = events[0];
    assert_int_equal(WaitForMultipleObjects(3, events, TRUE, 0), WAIT_FAILED);
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

static void handles_tell_whether_they_are_inherited(void **state)
{
    (void)state;
    SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
    HANDLE event = CreateEventA(&inherited, TRUE, FALSE, NULL);
    DWORD flags;

    assert_true(GetHandleInformation(event, &flags));
    assert_int_equal(flags, HANDLE_FLAG_INHERIT);
    assert_true(SetHandleInformation(event, HANDLE_FLAG_INHERIT, 0));
    assert_true(GetHandleInformation(event, &flags));
    assert_int_equal(flags, 0);
    assert_false(GetHandleInformation(INVALID_HANDLE_VALUE, &flags));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_false(GetHandleInformation(event, NULL));
    assert_int_equal(GetLastError(), ERROR_NOACCESS);
}

static void pages_change_their_protection(void **state)
{
    (void)state;
    DWORD before;
    char *pages = VirtualAlloc(NULL, 8192, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);

    assert_non_null(pages);
    memset(pages, 1, 8192);
    assert_true(VirtualProtect(pages + 4096, 1, PAGE_READONLY, &before));
    assert_int_equal(before, PAGE_READWRITE);
    assert_int_equal(pages[5000], 1);
    assert_true(VirtualProtect(pages + 4096, 1, PAGE_NOACCESS, &before));
    assert_int_equal(before, PAGE_READONLY);
    assert_false(VirtualProtect(pages, 1, PAGE_READONLY, (PDWORD)(pages + 4096)));
    assert_int_equal(GetLastError(), ERROR_NOACCESS);
    assert_false(VirtualProtect(&machine, 1, PAGE_READONLY, &before));
    assert_int_equal(GetLastError(), ERROR_INVALID_ADDRESS);
    assert_false(VirtualFree(pages, 1, MEM_RELEASE));
    assert_true(VirtualFree(pages, 0, MEM_RELEASE));
    assert_false(VirtualFree(pages, 0, MEM_RELEASE));
    assert_null(VirtualAlloc(NULL, 0, MEM_COMMIT, PAGE_READWRITE));
}

static void procedures_are_found_by_name(void **state)
{
    (void)state;
    typedef u_short(WINAPI * swap)(u_short);
    HMODULE winsock = LoadLibraryA("Ws2_32.dll");

    assert_non_null(winsock);
    assert_ptr_equal(GetModuleHandleA("ws2_32"), winsock);
    assert_ptr_equal(GetModuleHandleW(u"WS2_32.dll"), winsock);
    assert_int_equal(((swap)(void (*)(void))GetProcAddress(winsock, "htons"))(0x1234), 0x3412);
    assert_null(GetProcAddress(winsock, "CreatePersistentTcpPortReservation"));
    assert_int_equal(GetLastError(), ERROR_PROC_NOT_FOUND);
    assert_non_null(
        GetProcAddress(LoadLibraryA("IPHLPAPI.DLL"), "LookupPersistentUdpPortReservation"));
    assert_null(LoadLibraryA("d3d9.dll"));
    assert_int_equal(GetLastError(), ERROR_MOD_NOT_FOUND);
}

static void the_same_object_has_several_handles(void **state)
{
    (void)state;
    HANDLE copy, event = CreateEventA(NULL, TRUE, FALSE, NULL),
                 other = CreateMutexA(NULL, FALSE, NULL);
    assert_true(DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &copy, 0, FALSE,
                                DUPLICATE_SAME_ACCESS));
    assert_true(CompareObjectHandles(event, copy));
    assert_false(CompareObjectHandles(event, other));
    assert_int_equal(GetLastError(), ERROR_NOT_SAME_OBJECT);
    assert_false(CompareObjectHandles(event, (HANDLE)0xdead0));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_ptr_not_equal(EncodePointer(event), event);
    assert_ptr_equal(DecodePointer(EncodePointer(event)), event);
    CloseHandle(copy);
    CloseHandle(event);
    CloseHandle(other);
}

static void a_registry_without_keys_and_random_bytes(void **state)
{
    (void)state;
    HKEY key;
    HCRYPTPROV provider;
    BYTE bytes[64] = {0}, none[64] = {0};
    assert_int_equal(RegOpenKeyExA(HKEY_LOCAL_MACHINE, "SOFTWARE", 0, KEY_READ, &key),
                     ERROR_FILE_NOT_FOUND);
    assert_int_equal(RegOpenKeyExA(HKEY_LOCAL_MACHINE, NULL, 0, KEY_READ, &key), ERROR_SUCCESS);
    assert_int_equal(RegCloseKey(key), ERROR_SUCCESS);
    assert_int_equal(RegCloseKey((HKEY)0x1234), ERROR_INVALID_HANDLE);
    assert_true(CryptAcquireContextA(&provider, NULL, NULL, PROV_RSA_FULL, CRYPT_VERIFYCONTEXT));
    assert_true(CryptGenRandom(provider, sizeof bytes, bytes));
    assert_memory_not_equal(bytes, none, sizeof bytes);
    assert_false(CryptGenRandom(provider + 1, sizeof bytes, bytes));
    assert_true(CryptReleaseContext(provider, 0));
    assert_true(RtlGenRandom(none, sizeof none));
    assert_memory_not_equal(bytes, none, sizeof bytes);
    assert_int_equal(BCryptGenRandom(NULL, bytes, sizeof bytes, 0), (NTSTATUS)0xC0000008);
    assert_int_equal(BCryptGenRandom(NULL, bytes, sizeof bytes, BCRYPT_USE_SYSTEM_PREFERRED_RNG),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_manual_event_stays_and_an_automatic_one_goes, enter,
                                        leave),
        cmocka_unit_test_setup_teardown(a_wait_takes_virtual_time, enter, leave),
        cmocka_unit_test_setup_teardown(threads_hand_events_on, enter, leave),
        cmocka_unit_test_setup_teardown(any_of_several_is_told_by_its_place, enter, leave),
        cmocka_unit_test_setup_teardown(handles_tell_whether_they_are_inherited, enter, leave),
        cmocka_unit_test_setup_teardown(pages_change_their_protection, enter, leave),
        cmocka_unit_test_setup_teardown(procedures_are_found_by_name, enter, leave),
        cmocka_unit_test_setup_teardown(the_same_object_has_several_handles, enter, leave),
        cmocka_unit_test_setup_teardown(a_registry_without_keys_and_random_bytes, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
