/* Layered providers: loading, dispatch, upcalls. The provider is layer.c. */
#include "conformance/suites/afd.h"
#include "conformance/suites/layer.h"
#include "conformance/suites/suite.h"

static SOCKET open_layered(BOOL ifs)
{
    assert_int_equal(layer_install(ifs), 0);
    const SOCKET s = udp_socket();
    assert_true(s != INVALID_SOCKET);
    assert_int_equal(layer.sockets, 1);
    return s;
}

static void the_first_socket_loads_the_provider(void)
{
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    assert_int_equal(layer_install(TRUE), 0);
    assert_int_equal(layer.startups, 0);
    const SOCKET first = udp_socket();
    const SOCKET second = udp_socket();
    assert_int_equal(layer.startups, 1);
    assert_int_equal(layer.sockets, 2);
    assert_int_equal(layer.asked_version, MAKEWORD(2, 2));
    assert_int_equal(layer.entry.ProtocolChain.ChainLen, 2);
    assert_memory_equal(&layer.entry.ProviderId, &layer_chain_id, sizeof(GUID));
    const SOCKET stream = tcp_socket();
    assert_int_equal(layer.sockets, 2);
    assert_int_equal(closesocket(first), 0);
    assert_int_equal(closesocket(second), 0);
    assert_int_equal(closesocket(stream), 0);
    assert_int_equal(layer.closes, 2);
    END_WINSOCK();
}

static unsigned opened_with(enum layer_fault fault)
{
    assert_int_equal(layer_install(TRUE), 0);
    layer.fault = fault;
    const SOCKET s = udp_socket();
    return s != INVALID_SOCKET ? 0 : (unsigned)WSAGetLastError();
}

static void another_version_is_refused(void)
{
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    OBSERVE_VALUE(provider_version, opened_with(LAYER_OLD_VERSION));
    END_WINSOCK();
}

static void a_table_with_a_gap_is_refused(void)
{
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    OBSERVE_VALUE(provider_table_gaps, opened_with(LAYER_TABLE_WITH_A_GAP));
    END_WINSOCK();
}

static void a_startup_that_fails_is_tried_again(void)
{
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    assert_int_equal(opened_with(LAYER_FAILS), WSAEPROVIDERFAILEDINIT);
    layer.fault = LAYER_SOUND;
    assert_true(udp_socket() != INVALID_SOCKET);
    assert_int_equal(layer.startups, 2);
    END_WINSOCK();
}

static void calls_go_to_the_provider_of(BOOL ifs)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    START_WINSOCK();
    const SOCKET s = open_layered(ifs);
    assert_int_equal(s == layer.last_lower, ifs);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_equal(layer.binds, 1);
    assert_int_equal(getsockname(s, (struct sockaddr *)&name, &size), 0);
    assert_int_not_equal(name.sin_port, 0);
    assert_fails_with(bind_loopback(s, 0) == 0 ? 0 : SOCKET_ERROR, WSAEINVAL);
    assert_int_equal(layer.binds, 2);
    assert_int_equal(closesocket(s), 0);
    assert_int_equal(layer.closes, 1);
    assert_fails_with(closesocket(s), WSAENOTSOCK);
    assert_int_equal(layer.closes, 1);
    END_WINSOCK();
}

static void a_handle_of_the_systems_is_the_providers(void)
{
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    calls_go_to_the_provider_of(TRUE);
}

static void a_handle_made_for_the_provider_is_its_own(void)
{
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    calls_go_to_the_provider_of(FALSE);
}

static void a_number_given_again_is_its_new_owners(void)
{
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_layered(TRUE);
    assert_true(CloseHandle((HANDLE)s));
    const SOCKET other = tcp_socket();
    if (other != s)
        SKIP_BECAUSE("the number is not given again at once");
    assert_int_equal(bind_loopback(other, 0), 0);
    assert_int_equal(layer.binds, 0);
    assert_int_equal(closesocket(other), 0);
    assert_int_equal(layer.closes, 0);
    END_WINSOCK();
}

static void the_context_of_a_handle_is_kept(void)
{
    DWORD_PTR context = 1;
    int error = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_layered(FALSE);
    assert_int_equal(layer.upcalls.lpWPUQuerySocketHandleContext(s, &context, &error), 0);
    if (context == 0)
        OBSERVE(handle_context, lost);
    OBSERVE(handle_context, kept);
    assert_true(context == layer.last_lower);
    END_WINSOCK();
}

static void upcalls_know_which_handles_are_theirs(void)
{
    DWORD_PTR context = 1;
    int error = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_layered(FALSE);
    const SOCKET other = tcp_socket();
    assert_int_equal(layer.upcalls.lpWPUQuerySocketHandleContext(other, &context, &error),
                     SOCKET_ERROR);
    assert_int_equal(error, WSAENOTSOCK);
    assert_int_equal(layer.upcalls.lpWPUCloseSocketHandle(other, &error), SOCKET_ERROR);
    assert_int_equal(error, WSAENOTSOCK);
    assert_true(layer.upcalls.lpWPUCreateSocketHandle(0xFFFF, 0, &error) == INVALID_SOCKET);
    assert_int_equal(error, WSAEINVAL);
    assert_int_equal(closesocket(s), 0);
    assert_int_equal(closesocket(other), 0);
    END_WINSOCK();
}

static void the_base_handle_is_the_lower_socket(void)
{
    SOCKET base = INVALID_SOCKET;
    DWORD count = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_layered(FALSE);
    assert_int_equal(WSAIoctl(s, SIO_BASE_HANDLE, NULL, 0, &base, sizeof(base), &count, NULL, NULL),
                     0);
    assert_true(base == layer.last_lower);
    assert_true(base != s);
    assert_int_equal(layer.ioctls, 1);
    END_WINSOCK();
}

/* A handle made for the provider is no socket of the kernel's: who polls asks for the base. */
static void the_base_handle_is_polled_and_not_the_providers(void)
{
    SOCKET base = INVALID_SOCKET;
    DWORD count = 0;
    struct poll_call poll;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_layered(FALSE);
    const HANDLE afd = open_afd();
    poll_prepare(&poll);
    poll_add(&poll, s, POLL_SEND);
    assert_int_equal(poll_start(&poll, afd), NT_INVALID_HANDLE);
    assert_int_equal(WSAIoctl(s, SIO_BASE_HANDLE, NULL, 0, &base, sizeof(base), &count, NULL, NULL),
                     0);
    assert_int_equal(polled_now(afd, base), POLL_SEND);
    poll_close(&poll);
    assert_true(CloseHandle(afd));
    assert_int_equal(closesocket(s), 0);
    END_WINSOCK();
}

static void an_error_of_the_provider_is_the_last_error(void)
{
    INET_PORT_RANGE range = {0, 0};
    INET_PORT_RESERVATION_INSTANCE instance;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_layered(TRUE);
    WSASetLastError(0);
    assert_fails_with(WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range), &instance,
                               sizeof(instance), NULL, NULL, NULL),
                      WSAEFAULT);
    assert_int_equal(layer.ioctls, 1);
    END_WINSOCK();
}

static void the_last_cleanup_ends_the_provider(void)
{
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    START_WINSOCK();
    open_layered(TRUE);
    END_WINSOCK();
    assert_int_equal(layer.cleanups, 0);
    END_WINSOCK();
    if (layer.cleanups == 0)
        OBSERVE(provider_cleanup, forgotten);
    OBSERVE(provider_cleanup, called);
    assert_int_equal(layer.cleanups, 1);
    START_WINSOCK();
    assert_true(udp_socket() != INVALID_SOCKET);
    assert_int_equal(layer.startups, 2);
    END_WINSOCK();
}

static void the_first_entry_that_fits_makes_the_socket(void)
{
    static WSAPROTOCOL_INFOW entries[32];
    DWORD size = sizeof(entries), base = 0;
    int error = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    assert_int_equal(layer_install(TRUE), 0);
    const int count = WSCEnumProtocols(NULL, entries, &size, &error);
    for (int i = 0; i < count; i++)
        if (entries[i].ProtocolChain.ChainLen == BASE_PROTOCOL &&
            entries[i].iAddressFamily == AF_INET && entries[i].iProtocol == IPPROTO_UDP)
            base = entries[i].dwCatalogEntryId;
    assert_int_equal(WSCWriteProviderOrder(&base, 1), 0);
    assert_true(udp_socket() != INVALID_SOCKET);
    assert_int_equal(layer.startups, 0);
    END_WINSOCK();
}

static void the_upcalls_make_events(void)
{
    int error = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    open_layered(TRUE);
    const WSAEVENT event = layer.upcalls.lpWPUCreateEvent(&error);
    assert_true(event != WSA_INVALID_EVENT);
    assert_int_equal(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
    assert_int_equal(layer.upcalls.lpWPUSetEvent(event, &error), TRUE);
    assert_int_equal(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
    assert_int_equal(layer.upcalls.lpWPUResetEvent(event, &error), TRUE);
    assert_int_equal(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
    assert_int_equal(layer.upcalls.lpWPUCloseEvent(event, &error), TRUE);
    assert_int_equal(layer.upcalls.lpWPUSetEvent(event, &error), FALSE);
    assert_int_equal(error, WSA_INVALID_HANDLE);
    END_WINSOCK();
}

static void the_upcalls_know_paths_and_sets(void)
{
    WCHAR one[64], other[64];
    int length = 64, length_2 = 64, error = 0;
    fd_set set;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_layered(TRUE);
    assert_int_equal(layer.upcalls.lpWPUGetProviderPath(&layer_chain_id, one, &length, &error), 0);
    assert_int_equal(WSCGetProviderPath(&layer_chain_id, other, &length_2, &error), 0);
    assert_int_equal(length, length_2);
    assert_memory_equal(one, other, (size_t)length * sizeof(one[0]));
    FD_ZERO(&set);
    assert_int_equal(layer.upcalls.lpWPUFDIsSet(s, &set), 0);
    FD_SET(s, &set);
    assert_int_not_equal(layer.upcalls.lpWPUFDIsSet(s, &set), 0);
    END_WINSOCK();
}

static void nobody_hooks_blocking_calls(void)
{
    LPBLOCKINGCALLBACK callback = (LPBLOCKINGCALLBACK)(void (*)(void))nobody_hooks_blocking_calls;
    DWORD_PTR context = 1;
    int error = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    open_layered(TRUE);
    assert_int_equal(layer.upcalls.lpWPUQueryBlockingCallback(layer.entry.dwCatalogEntryId,
                                                              &callback, &context, &error),
                     0);
    assert_true(callback == NULL);
    END_WINSOCK();
}

/* ---- Threads and completion ------------------------------------------------------------------ */

static DWORD_PTR apc_context;
static DWORD apc_thread;

static void CALLBACK note_apc(DWORD_PTR context)
{
    apc_context = context;
    apc_thread = GetCurrentThreadId();
}

static void a_routine_runs_in_the_callers_next_alertable_wait(void)
{
    u_long argument = 0;
    DWORD count = 0;
    int error = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_layered(TRUE);
    assert_int_equal(
        WSAIoctl(s, FIONREAD, NULL, 0, &argument, sizeof(argument), &count, NULL, NULL), 0);
    assert_true(layer.caller_is_there);
    apc_context = 0;
    /* What is used now is a copy: the call that gave it has long returned. */
    assert_int_equal(layer.upcalls.lpWPUQueueApc(&layer.caller, note_apc, 77, &error), 0);
    if (apc_context != 0)
        OBSERVE(provider_apc, at_once);
    OBSERVE(provider_apc, queued);
    Sleep(1);
    assert_int_equal(apc_context, 0);
    assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(apc_context, 77);
    assert_int_equal(apc_thread, GetCurrentThreadId());
    END_WINSOCK();
}

static void no_thread_gets_no_routine(void)
{
    WSATHREADID nobody;
    int error = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    open_layered(TRUE);
    memset(&nobody, 0, sizeof(nobody));
    assert_int_equal(layer.upcalls.lpWPUQueueApc(&nobody, note_apc, 1, &error), SOCKET_ERROR);
    assert_int_equal(error, WSAEFAULT);
    assert_int_equal(layer.upcalls.lpWPUQueueApc(NULL, note_apc, 1, &error), SOCKET_ERROR);
    assert_int_equal(error, WSAEFAULT);
    END_WINSOCK();
}

static void a_provider_opens_its_own_thread(void)
{
    WSATHREADID own;
    int error = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    open_layered(TRUE);
    assert_int_equal(layer.upcalls.lpWPUOpenCurrentThread(&own, &error), 0);
    apc_context = 0;
    assert_int_equal(layer.upcalls.lpWPUQueueApc(&own, note_apc, 5, &error), 0);
    assert_int_equal(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    assert_int_equal(apc_context, 5);
    assert_int_equal(layer.upcalls.lpWPUCloseThread(&own, &error), 0);
    assert_int_equal(layer.upcalls.lpWPUQueueApc(&own, note_apc, 6, &error), SOCKET_ERROR);
    END_WINSOCK();
}

static void a_provider_completes_what_is_on_its_own_handles(void)
{
    OVERLAPPED overlapped;
    int error = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const SOCKET s = open_layered(FALSE);
    const SOCKET other = tcp_socket();
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.hEvent = WSACreateEvent();
    overlapped.Internal = WSS_OPERATION_IN_PROGRESS;
    const int refused = WPUCompleteOverlappedRequest(other, &overlapped, 0, 9, &error);
    OBSERVE_VALUE(complete_request, refused == 0 ? 0 : error);
    assert_int_equal(overlapped.Internal, WSS_OPERATION_IN_PROGRESS);
    assert_int_equal(WPUCompleteOverlappedRequest(s, &overlapped, 0, 9, &error), 0);
    assert_int_equal(overlapped.InternalHigh, 9);
    assert_int_equal(overlapped.Internal, 0);
    assert_int_equal(WaitForSingleObject(overlapped.hEvent, 0), WAIT_OBJECT_0);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(the_first_socket_loads_the_provider, LSP_001, SPI_026),
    CASE(another_version_is_refused, LSP_002),
    CASE(a_table_with_a_gap_is_refused, LSP_003),
    CASE(a_startup_that_fails_is_tried_again, LSP_004),
    CASE(a_handle_of_the_systems_is_the_providers, LSP_005, SPI_025),
    CASE(a_handle_made_for_the_provider_is_its_own, LSP_006, LSP_008),
    CASE(a_number_given_again_is_its_new_owners, LSP_019),
    CASE(the_context_of_a_handle_is_kept, LSP_007),
    CASE(upcalls_know_which_handles_are_theirs, LSP_009, LSP_010),
    CASE(the_base_handle_is_the_lower_socket, LSP_011),
    CASE(the_base_handle_is_polled_and_not_the_providers, AFD_033),
    CASE(an_error_of_the_provider_is_the_last_error, SPI_005),
    CASE(the_last_cleanup_ends_the_provider, LSP_012, SPI_026),
    CASE(the_first_entry_that_fits_makes_the_socket, LSP_013),
    CASE(the_upcalls_make_events, LSP_014),
    CASE(the_upcalls_know_paths_and_sets, LSP_015, LSP_016),
    CASE(nobody_hooks_blocking_calls, SPI_030),
    CASE(a_routine_runs_in_the_callers_next_alertable_wait, SPI_003, SPI_004, SPI_015, SPI_018),
    CASE(no_thread_gets_no_routine, SPI_016),
    CASE(a_provider_opens_its_own_thread, SPI_020),
    CASE(a_provider_completes_what_is_on_its_own_handles, SPI_021, SPI_022),
    END_OF_CASES,
};
// clang-format on

const struct suite layered_suite = {
    .name = "layered",
    .about = "layered providers: loading, dispatch, upcalls",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
