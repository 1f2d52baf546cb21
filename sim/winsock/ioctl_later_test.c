/* Control codes that pend, and those that tell of addresses. */
#include "sim/winsock/fixture.h"

#include <ws2spi.h>

enum { COUNT_BEFORE = 0x5A5A5A5A };

static int acquire_later(SOCKET s, INET_PORT_RESERVATION_INSTANCE *instance, DWORD *count,
                         LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    INET_PORT_RANGE range = {htons(6000), 2};
    return WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range, instance,
                    sizeof *instance, count, overlapped, routine);
}

static void an_acquire_that_pends_is_told_with_its_block(void **state)
{
    (void)state;
    CHOOSE(ioctl_pends, later);
    SOCKET s = tcp();
    WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
    INET_PORT_RESERVATION_INSTANCE instance = {0};
    DWORD count = COUNT_BEFORE, bytes, flags;
    assert_wsa(acquire_later(s, &instance, &count, &overlapped, NULL), WSA_IO_PENDING);
    assert_int_equal(count, COUNT_BEFORE);
    assert_int_equal(overlapped.Internal, STATUS_PENDING);
    assert_int_equal(instance.Token, 0);
    assert_false(is_reserved(6000));
    assert_true(WSAGetOverlappedResult(s, &overlapped, &bytes, TRUE, &flags));
    assert_int_equal(bytes, 16);
    assert_int_equal(ntohs(instance.StartPort), 6000);
    assert_true(is_reserved(6000));

    /* A caller who waits does not see that it takes a while. */
    ULONG64 token = instance.Token;
    assert_works(WSAIoctl(s, SIO_RELEASE_PORT_RESERVATION, &token, 8, NULL, 0, &count, NULL, NULL));
    assert_int_equal(count, 0);
    assert_false(is_reserved(6000));
}

static struct {
    int calls;
    DWORD error, bytes;
} told;

static void CALLBACK tell(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    (void)overlapped;
    assert_int_equal(flags, 0);
    told.calls++;
    told.error = error;
    told.bytes = bytes;
}

static void a_routine_is_queued_to_the_thread_that_was_named(void **state)
{
    (void)state;
    CHOOSE(ioctl_pends, later);
    SOCKET s = tcp();
    WSAOVERLAPPED overlapped = {0};
    INET_PORT_RESERVATION_INSTANCE instance;
    INET_PORT_RANGE range = {htons(6000), 2};
    WSATHREADID id = {.Reserved = machine.nt->current->id};
    const WSPPROC_TABLE *table = winsock_attached()->provider;
    DWORD count;
    int error = 0;
    memset(&told, 0, sizeof told);
    assert_int_equal(table->lpWSPIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range,
                                       &instance, sizeof instance, &count, &overlapped, tell, &id,
                                       &error),
                     SOCKET_ERROR);
    assert_int_equal(error, WSA_IO_PENDING);
    memset(&id, 0xcc, sizeof id); /* SPI-004: a copy was kept */
    wait_for_time(machine.nt, 1000000, "the test");
    assert_int_equal(told.calls, 0);
    assert_true(apc_deliver(machine.nt));
    assert_int_equal(told.calls, 1);
    assert_int_equal(told.error, 0);
    assert_int_equal(told.bytes, 16);

    id.Reserved = 4711;
    error = 0;
    assert_int_equal(table->lpWSPIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range,
                                       &instance, sizeof instance, &count, &overlapped, tell, &id,
                                       &error),
                     SOCKET_ERROR);
    assert_int_equal(error, WSAEFAULT);
}

static void closing_the_socket_cancels_what_pends_and_takes_nothing(void **state)
{
    (void)state;
    CHOOSE(ioctl_pends, later);
    SOCKET s = tcp();
    WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
    INET_PORT_RESERVATION_INSTANCE instance = {0};
    DWORD count;
    assert_wsa(acquire_later(s, &instance, &count, &overlapped, NULL), WSA_IO_PENDING);
    assert_works(closesocket(s));
    assert_true(WSAWaitForMultipleEvents(1, &overlapped.hEvent, FALSE, 0, FALSE) ==
                WSA_WAIT_EVENT_0);
    assert_int_equal(overlapped.Internal, STATUS_CANCELLED);
    wait_for_time(machine.nt, 1000000, "the test");
    assert_int_equal(instance.Token, 0);
    assert_false(is_reserved(6000));
}

static void flushing_cancels_where_the_profile_says_so(void **state)
{
    (void)state;
    SOCKET s = tcp();
    WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
    DWORD count;
    assert_wsa(WSAIoctl(s, SIO_FLUSH, NULL, 0, NULL, 0, &count, NULL, NULL), WSAEOPNOTSUPP);
    assert_wsa(WSAIoctl(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, &count, &overlapped, NULL),
               WSA_IO_PENDING);
    CHOOSE(sio_flush, cancels);
    assert_works(WSAIoctl(s, SIO_FLUSH, NULL, 0, NULL, 0, &count, NULL, NULL));
    assert_int_equal(overlapped.Internal, STATUS_CANCELLED);
    u_long on = 1;
    assert_works(ioctlsocket(s, FIONBIO, &on));
    assert_wsa(WSAIoctl(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, &count, NULL, NULL),
               WSAEWOULDBLOCK);
}

static void addresses_and_routes_can_be_asked_for(void **state)
{
    (void)state;
    SOCKET s = tcp();
    union {
        SOCKET_ADDRESS_LIST list;
        SOCKADDR_IN name;
        char bytes[256];
    } out;
    SOCKADDR_IN target = loopback(0), none = {.sin_family = AF_INET};
    DWORD count = COUNT_BEFORE;
    assert_wsa(WSAIoctl(s, SIO_ADDRESS_LIST_QUERY, NULL, 0, NULL, 0, &count, NULL, NULL),
               WSAEFAULT);
    DWORD needed = count;
    assert_int_equal(needed, SIZEOF_SOCKET_ADDRESS_LIST(1) + sizeof(SOCKADDR_IN));
    assert_wsa(WSAIoctl(s, SIO_ADDRESS_LIST_QUERY, NULL, 0, &out, 1, &count, NULL, NULL),
               WSAEINVAL);
    assert_int_equal(count, 0);
    assert_works(
        WSAIoctl(s, SIO_ADDRESS_LIST_QUERY, NULL, 0, &out, sizeof out, &count, NULL, NULL));
    assert_int_equal(count, needed);
    assert_int_equal(out.list.iAddressCount, 1);
    assert_int_equal(out.list.Address[0].lpSockaddr->sa_family, AF_INET);

    count = COUNT_BEFORE;
    assert_wsa(WSAIoctl(s, SIO_ROUTING_INTERFACE_QUERY, &none, sizeof none, &out, sizeof out,
                        &count, NULL, NULL),
               WSAEINVAL);
    assert_int_equal(count, COUNT_BEFORE);
    assert_wsa(WSAIoctl(s, SIO_ROUTING_INTERFACE_QUERY, &target, sizeof target, &out, 15, &count,
                        NULL, NULL),
               WSAEFAULT);
    assert_int_equal(count, 16);
    assert_works(WSAIoctl(s, SIO_ROUTING_INTERFACE_QUERY, &target, sizeof target, &out, sizeof out,
                          &count, NULL, NULL));
    assert_int_equal(ntohl(out.name.sin_addr.s_addr), INADDR_LOOPBACK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINSOCK_TEST(an_acquire_that_pends_is_told_with_its_block),
        WINSOCK_TEST(a_routine_is_queued_to_the_thread_that_was_named),
        WINSOCK_TEST(closing_the_socket_cancels_what_pends_and_takes_nothing),
        WINSOCK_TEST(flushing_cancels_where_the_profile_says_so),
        WINSOCK_TEST(addresses_and_routes_can_be_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
