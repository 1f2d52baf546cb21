/* WSAProviderConfigChange: told that a provider was installed or removed. */
#include "conformance/suites/pending.h"

#include "conformance/suites/layer.h"

static const WCHAR path[] = {'x', '.', 'd', 'l', 'l', 0};

/* An entry like the first, under the suite's own id. */
static unsigned install_one(void)
{
    static WSAPROTOCOL_INFOW entries[32];
    DWORD size = sizeof(entries);
    int error = 0;
    if (WSCEnumProtocols(NULL, entries, &size, &error) < 1)
        return (unsigned)error;
    return WSCInstallProvider(&layer_chain_id, path, entries, 1, &error) == 0 ? 0 : (unsigned)error;
}

static unsigned deinstall_one(void)
{
    int error = 0;
    return WSCDeinstallProvider(&layer_chain_id, &error) == 0 ? 0 : (unsigned)error;
}

/* UNSUPPORTED where providers come and go with a restart, as the page allows. */
static HANDLE new_notification(WSAOVERLAPPED *overlapped)
{
    HANDLE handle = NULL;
    WSASetLastError(0);
    const unsigned outcome = winsock_outcome(WSAProviderConfigChange(&handle, overlapped, NULL));
    if (outcome == WSAEOPNOTSUPP)
        UNSUPPORTED_BECAUSE("providers are not installed without a restart: WSAEOPNOTSUPP");
    assert_int_equal(outcome, 0);
    assert_non_null(handle);
    assert_true(handle != INVALID_HANDLE_VALUE);
    return handle;
}

static void begin(struct pending *pending, HANDLE handle, bool event,
                  LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    pending_init(pending, event);
    pending->begun =
        winsock_outcome(WSAProviderConfigChange(&handle, &pending->overlapped, routine));
    assert_int_equal(pending->begun, WSA_IO_PENDING);
    assert_int_equal(pending->overlapped.Internal, IO_IS_PENDING);
}

static void assert_ended(const struct pending *pending)
{
    if (WaitForSingleObject(pending->overlapped.hEvent, PATIENCE_MS) == WAIT_TIMEOUT)
        OBSERVE(provider_change, never);
    assert_int_equal(pending->overlapped.Internal, 0);
    assert_int_equal(pending->overlapped.InternalHigh, 0);
}

static void the_first_call_gives_a_handle_at_once(void)
{
    struct pending pending;
    START_WINSOCK();
    pending_init(&pending, true);
    const HANDLE first = new_notification(NULL), second = new_notification(&pending.overlapped);
    assert_true(first != second);
    assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, 0), WAIT_TIMEOUT);
    assert_true(CloseHandle(first));
    assert_true(CloseHandle(second));
    assert_false(CloseHandle(second));
    pending_end(&pending);
    END_WINSOCK();
}

static void a_change_sets_the_event(void)
{
    struct pending pending;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const HANDLE handle = new_notification(NULL);
    begin(&pending, handle, true, NULL);
    assert_still_pends(&pending);
    assert_int_equal(install_one(), 0);
    assert_ended(&pending);
    OBSERVE(provider_change, told);
    assert_true(ResetEvent(pending.overlapped.hEvent));
    assert_int_equal(deinstall_one(), 0);
    assert_int_equal(WaitForSingleObject(pending.overlapped.hEvent, A_MOMENT_MS), WAIT_TIMEOUT);
    pending_end(&pending);
    begin(&pending, handle, true, NULL);
    assert_still_pends(&pending); /* what was before is no change */
    assert_int_equal(install_one(), 0);
    assert_ended(&pending);
    pending_end(&pending);
    begin(&pending, handle, true, NULL);
    assert_int_equal(deinstall_one(), 0);
    assert_ended(&pending);
    pending_end(&pending);
    assert_true(CloseHandle(handle));
    END_WINSOCK();
}

static void a_change_runs_the_routine(void)
{
    struct pending pending;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const HANDLE handle = new_notification(NULL);
    begin(&pending, handle, false, record_completion);
    assert_no_routine_waits();
    assert_int_equal(install_one(), 0);
    assert_int_equal(pending.calls, 0);
    await_routine(&pending);
    assert_int_equal(pending.error, 0);
    assert_int_equal(pending.transferred, 0);
    assert_int_equal(pending.thread, GetCurrentThreadId());
    assert_true(CloseHandle(handle));
    END_WINSOCK();
}

static void what_was_refused_is_no_change(void)
{
    struct pending pending;
    DWORD first = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const HANDLE handle = new_notification(NULL);
    assert_int_equal(install_one(), 0);
    begin(&pending, handle, true, NULL);
    assert_int_equal(install_one(), WSAEINVAL);
    assert_int_not_equal(WSCWriteProviderOrder(&first, 1), 0);
    if (WaitForSingleObject(pending.overlapped.hEvent, 0) == WAIT_OBJECT_0)
        OBSERVE(provider_change, at_refusals);
    assert_still_pends(&pending);
    assert_int_equal(deinstall_one(), 0);
    assert_ended(&pending);
    pending_end(&pending);
    assert_true(CloseHandle(handle));
    END_WINSOCK();
}

static int run_installer(void)
{
    unsigned answer = winsock_start();
    if (answer == 0)
        answer = install_one();
    return testbed_tell_parent(&answer, sizeof(answer)) ? 0 : 1;
}

static void another_process_change_is_told(void)
{
    const struct testbed_start start = {.program = "changer", .user = TESTBED_ELEVATED_ADMIN};
    struct pending pending;
    unsigned answer = 1;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const HANDLE handle = new_notification(NULL);
    begin(&pending, handle, true, NULL);
    REQUIRE_TESTBED(testbed_ask(&start, NULL, 0, &answer, sizeof(answer)));
    assert_int_equal(answer, 0);
    if (WaitForSingleObject(pending.overlapped.hEvent, PATIENCE_MS) == WAIT_TIMEOUT &&
        deinstall_one() == 0 &&
        WaitForSingleObject(pending.overlapped.hEvent, PATIENCE_MS) == WAIT_OBJECT_0)
        OBSERVE(provider_change, of_the_process);
    assert_ended(&pending);
    pending_end(&pending);
    assert_true(CloseHandle(handle));
    END_WINSOCK();
}

static volatile LONG returned;

static DWORD WINAPI wait_for_a_change(void *context)
{
    HANDLE handle = (HANDLE)context;
    const unsigned outcome = winsock_outcome(WSAProviderConfigChange(&handle, NULL, NULL));
    returned = 1;
    return outcome;
}

static void without_an_overlapped_the_call_waits(void)
{
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const HANDLE handle = new_notification(NULL);
    returned = 0;
    const HANDLE thread = start_thread(wait_for_a_change, handle);
    Sleep(A_MOMENT_MS);
    assert_int_equal(returned, 0);
    assert_int_equal(install_one(), 0);
    assert_int_equal(join_thread(thread), 0);
    assert_true(CloseHandle(handle));
    END_WINSOCK();
}

static void what_is_no_notification_is_refused(void)
{
    WSAOVERLAPPED overlapped;
    HANDLE handle = NULL;
    memset(&overlapped, 0, sizeof(overlapped));
    OBSERVE_VALUE(not_started, winsock_outcome(WSAProviderConfigChange(&handle, NULL, NULL)));
    assert_null(handle);
    START_WINSOCK();
    assert_true(CloseHandle(new_notification(NULL)));
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL), none = (HANDLE)(ULONG_PTR)0x7FF0;
    const SOCKET s = udp_socket();
    HANDLE socket_handle = (HANDLE)s;
    assert_fails_with(WSAProviderConfigChange(&event, &overlapped, NULL), WSA_INVALID_HANDLE);
    assert_fails_with(WSAProviderConfigChange(&none, &overlapped, NULL), WSA_INVALID_HANDLE);
    assert_fails_with(WSAProviderConfigChange(&socket_handle, &overlapped, NULL),
                      WSA_INVALID_HANDLE);
    assert_true(CloseHandle(event));
    close_socket(s);
    END_WINSOCK();
}

static const struct testbed_program programs[] = {{"changer", run_installer}, {NULL, NULL}};

static const struct suite_case cases[] = {
    CASE(the_first_call_gives_a_handle_at_once, CAT_018),
    CASE(a_change_sets_the_event, CAT_019),
    CASE(a_change_runs_the_routine, CAT_019),
    CASE(what_was_refused_is_no_change, CAT_019),
    CASE(another_process_change_is_told, CAT_019),
    CASE(without_an_overlapped_the_call_waits, CAT_020),
    CASE(what_is_no_notification_is_refused, CAT_021),
    END_OF_CASES,
};

const struct suite catalogue_change_suite = {
    .name = "catalogue_change",
    .about = "being told that a provider was installed or removed",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
    .programs = programs,
};
