/* Names: getaddrinfo and its kin, gethostbyname and its kin, lookups that come later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/winsock/fixture.h"

#include "sim/tcpip/remote.h"

#define engine (*winsock_attached()->nt->engine)

static const struct address far_4 = {.family = FAMILY_4, .bytes = {203, 0, 113, 5}};
static const struct address far_6 = {.family = FAMILY_6, .bytes = {0x20, 1, 0x0d, 0xb8, [15] = 5}};

static void add_far_host(void)
{
    assert_status(remote_add(afd->tcpip, "far.example", &far_4, false), STATUS_SUCCESS);
    assert_status(remote_add(afd->tcpip, "far.example", &far_6, false), STATUS_SUCCESS);
}

static int family_at(const ADDRINFOA *list, int index)
{
    while (index-- > 0 && list != NULL)
        list = list->ai_next;
    return list == NULL ? -1 : list->ai_family;
}

static void ipv6_comes_first(void **state)
{
    (void)state;
    ADDRINFOA *list;
    add_far_host();

    assert_int_equal(getaddrinfo("FAR.example", "80", NULL, &list), 0);
    assert_int_equal(family_at(list, 0), AF_INET6);
    assert_int_equal(family_at(list, 1), AF_INET);
    assert_int_equal(family_at(list, 2), -1);
    const SOCKADDR_IN6 *first = (const SOCKADDR_IN6 *)(const void *)list->ai_addr;
    assert_memory_equal(&first->sin6_addr, far_6.bytes, 16);
    assert_int_equal(first->sin6_port, htons(80));
    freeaddrinfo(list);
    arena_check(&engine.arena);
}

static void a_name_of_another_host_takes_time(void **state)
{
    (void)state;
    ADDRINFOA *list;
    add_far_host();

    uint64_t before = engine.now_ns;
    assert_int_equal(getaddrinfo("127.0.0.1", NULL, NULL, &list), 0);
    freeaddrinfo(list);
    assert_int_equal(getaddrinfo("localhost", NULL, NULL, &list), 0);
    freeaddrinfo(list);
    assert_true(engine.now_ns == before);
    assert_int_equal(getaddrinfo("far.example", NULL, NULL, &list), 0);
    freeaddrinfo(list);
    assert_true(engine.now_ns > before);
}

static void without_a_network_only_names_of_this_machine_are_known(void **state)
{
    (void)state;
    ADDRINFOA *list;
    add_far_host();
    afd->network_up = false;

    assert_int_equal(getaddrinfo("far.example", NULL, NULL, &list), WSATRY_AGAIN);
    assert_null(list);
    assert_null(gethostbyname("far.example"));
    assert_int_equal(WSAGetLastError(), WSAENETDOWN);
    assert_non_null(gethostbyname("localhost"));
    assert_int_equal(getaddrinfo("", "0", NULL, &list), 0);
    freeaddrinfo(list);
    afd->network_up = true;
}

static void a_thread_keeps_its_last_answer(void **state)
{
    (void)state;
    add_far_host();

    const struct hostent *host = gethostbyname("far.example");
    assert_non_null(host);
    assert_string_equal(host->h_name, "far.example");
    assert_memory_equal(host->h_addr_list[0], far_4.bytes, 4);
    assert_null(host->h_addr_list[1]);
    assert_ptr_equal(gethostbyname("localhost"), host);
    assert_string_equal(host->h_name, "localhost");
}

static void a_lookup_that_comes_later_signals_its_event(void **state)
{
    (void)state;
    ADDRINFOEXW *list = NULL;
    OVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
    HANDLE handle = NULL;
    add_far_host();

    assert_int_equal(GetAddrInfoExW(u"far.example", u"http", NS_DNS, NULL, NULL, &list, NULL,
                                    &overlapped, NULL, &handle),
                     WSA_IO_PENDING);
    assert_null(list);
    assert_non_null(handle);
    assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 1000, FALSE), 0);
    assert_int_equal(GetAddrInfoExOverlappedResult(&overlapped), 0);
    assert_non_null(list);
    assert_int_equal(list->ai_socktype, SOCK_STREAM);
    assert_int_equal(list->ai_next->ai_family, AF_INET);
    FreeAddrInfoExW(list);
}

static void a_lookup_can_be_cancelled(void **state)
{
    (void)state;
    ADDRINFOEXW *list = NULL;
    OVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
    HANDLE handle = NULL;
    add_far_host();

    assert_int_equal(GetAddrInfoExW(u"far.example", NULL, NS_DNS, NULL, NULL, &list, NULL,
                                    &overlapped, NULL, &handle),
                     WSA_IO_PENDING);
    assert_int_equal(GetAddrInfoExCancel(&handle), 0);
    assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 1000, FALSE), 0);
    assert_int_equal(GetAddrInfoExOverlappedResult(&overlapped), WSA_E_CANCELLED);
    assert_null(list);
    assert_int_equal(GetAddrInfoExCancel(&handle), WSA_INVALID_HANDLE);
}

static struct {
    uint32_t message;
    uint64_t wparam;
    int64_t lparam;
    int count;
} posted;

static bool take_message(struct winsock *winsock, struct process *process, void *window,
                         uint32_t message, uint64_t wparam, int64_t lparam)
{
    (void)winsock;
    (void)process;
    (void)window;
    posted.message = message;
    posted.wparam = wparam;
    posted.lparam = lparam;
    posted.count++;
    return true;
}

static void a_lookup_by_message_fills_the_buffer(void **state)
{
    (void)state;
    char buffer[MAXGETHOSTSTRUCT];
    add_far_host();
    memset(&posted, 0, sizeof posted);
    winsock_attached()->post_message = take_message;

    HANDLE task = WSAAsyncGetHostByName((HWND)1, 0x401, "far.example", buffer, sizeof buffer);
    assert_non_null(task);
    assert_int_equal(posted.count, 0);
    while (posted.count == 0)
        assert_true(engine_step(&engine));
    assert_int_equal(posted.message, 0x401);
    assert_int_equal(posted.wparam, (uintptr_t)task);
    assert_int_equal(WSAGETASYNCERROR(posted.lparam), 0);
    const struct hostent *host = (const struct hostent *)(const void *)buffer;
    assert_string_equal(host->h_name, "far.example");
    assert_memory_equal(host->h_addr_list[0], far_4.bytes, 4);
    assert_true(host->h_name > buffer && host->h_name < buffer + sizeof buffer);
    assert_wsa(WSACancelAsyncRequest(task), WSAEALREADY);
    assert_wsa(WSACancelAsyncRequest((HANDLE)77), WSAEINVAL);
}

static void a_lookup_by_message_says_how_much_room_it_wants(void **state)
{
    (void)state;
    char buffer[8] = "unmoved";
    memset(&posted, 0, sizeof posted);
    winsock_attached()->post_message = take_message;

    assert_non_null(WSAAsyncGetServByName((HWND)1, 0x402, "http", NULL, buffer, sizeof buffer));
    while (posted.count == 0)
        assert_true(engine_step(&engine));
    assert_int_equal(WSAGETASYNCERROR(posted.lparam), WSAENOBUFS);
    assert_true(WSAGETASYNCBUFLEN(posted.lparam) > sizeof(SERVENT));
    assert_string_equal(buffer, "unmoved");
}

static void no_memory_is_an_answer(void **state)
{
    (void)state;
    ADDRINFOA *list;
    add_far_host();
    for (uint64_t n = 1; n < 3; n++) {
        engine.arena.fail_in = n;
        assert_int_equal(getaddrinfo("127.0.0.1", NULL, NULL, &list),
                         n == 1 ? WSA_NOT_ENOUGH_MEMORY : 0);
        freeaddrinfo(list);
        engine.arena.fail_in = 0;
    }
    engine.arena.fail_in = 2; /* the first node is given back */
    assert_int_equal(getaddrinfo("localhost", NULL, NULL, &list), WSA_NOT_ENOUGH_MEMORY);
    assert_null(list);
    arena_check(&engine.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINSOCK_TEST(ipv6_comes_first),
        WINSOCK_TEST(a_name_of_another_host_takes_time),
        WINSOCK_TEST(without_a_network_only_names_of_this_machine_are_known),
        WINSOCK_TEST(a_thread_keeps_its_last_answer),
        WINSOCK_TEST(a_lookup_that_comes_later_signals_its_event),
        WINSOCK_TEST(a_lookup_can_be_cancelled),
        WINSOCK_TEST(a_lookup_by_message_fills_the_buffer),
        WINSOCK_TEST(a_lookup_by_message_says_how_much_room_it_wants),
        WINSOCK_TEST(no_memory_is_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
