/* What WSAProviderConfigChange does at the edges: a closed handle, no memory, no network. */
#include "sim/winsock/catalogue.h"
#include "sim/winsock/fixture.h"

static HANDLE notification(void)
{
    HANDLE handle = NULL;
    assert_works(WSAProviderConfigChange(&handle, NULL, NULL));
    assert_non_null(handle);
    return handle;
}

static void closing_the_handle_ends_what_pends(void **state)
{
    (void)state;
    HANDLE handle = notification(), other = notification();
    WSAOVERLAPPED first = {0}, second = {0};
    first.hEvent = WSACreateEvent();
    assert_wsa(WSAProviderConfigChange(&other, &second, NULL), WSA_IO_PENDING);
    assert_wsa(WSAProviderConfigChange(&handle, &first, NULL), WSA_IO_PENDING);
    assert_int_equal(first.Internal, STATUS_PENDING);
    assert_status(handle_close(self, (uint64_t)(uintptr_t)handle), STATUS_SUCCESS);
    assert_int_equal(first.Internal, STATUS_CANCELLED);
    assert_int_equal(second.Internal, STATUS_PENDING);
    catalogue_changed(winsock_attached());
    assert_int_equal(second.Internal, STATUS_SUCCESS);
    assert_int_equal(first.Internal, STATUS_CANCELLED);
    assert_null(winsock_attached()->change_waits);
    assert_wsa(WSAProviderConfigChange(&handle, &first, NULL), WSA_INVALID_HANDLE);
}

static void bad_pointers_and_no_network_are_refused(void **state)
{
    (void)state;
    HANDLE handle = notification(), none = NULL;
    WSAOVERLAPPED overlapped = {0};
    char *odd = (char *)&overlapped + 1;
    overlapped.hEvent = (HANDLE)(uintptr_t)0x7FF0;
    assert_wsa(WSAProviderConfigChange(NULL, NULL, NULL), WSAEFAULT);
    assert_wsa(WSAProviderConfigChange(&handle, (LPWSAOVERLAPPED)(void *)odd, NULL), WSAEFAULT);
    assert_wsa(WSAProviderConfigChange(&handle, &overlapped, NULL), WSA_INVALID_HANDLE);
    afd->network_up = false;
    assert_wsa(WSAProviderConfigChange(&none, NULL, NULL), WSAENETDOWN);
    afd->network_up = true;
    assert_null(none);
    assert_null(winsock_attached()->change_waits);
}

static void a_full_arena_is_an_answer(void **state)
{
    (void)state;
    HANDLE handle = notification(), none = NULL;
    WSAOVERLAPPED overlapped = {0};
    struct arena *arena = &afd->nt->engine->arena;
    while (ARENA_NEW(arena, struct catalogue_entry) != NULL)
        continue;
    while (ARENA_NEW(arena, uint64_t) != NULL)
        continue;
    assert_wsa(WSAProviderConfigChange(&none, NULL, NULL), WSA_NOT_ENOUGH_MEMORY);
    assert_null(none);
    assert_wsa(WSAProviderConfigChange(&handle, &overlapped, NULL), WSA_NOT_ENOUGH_MEMORY);
    assert_int_equal(overlapped.Internal, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(closing_the_handle_ends_what_pends, setup_winsock,
                                        teardown_winsock),
        cmocka_unit_test_setup_teardown(bad_pointers_and_no_network_are_refused, setup_winsock,
                                        teardown_winsock),
        cmocka_unit_test_setup_teardown(a_full_arena_is_an_answer, setup_winsock, teardown_winsock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
