/* Echo requests, and who is told when addresses change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <icmpapi.h>
#include <iphlpapi.h>

#include "sim/tcpip/interfaces.h"
#include "sim/tcpip/remote.h"
#include "sim/winsock/fixture.h"

static _Alignas(16) unsigned char room[512];
static ICMP_ECHO_REPLY *const reply = (ICMP_ECHO_REPLY *)(void *)room;

static DWORD ping(HANDLE icmp, const char *text, UCHAR ttl)
{
    char data[4] = "ping";
    IP_OPTION_INFORMATION options = {.Ttl = ttl};
    memset(room, 0, sizeof room);
    return IcmpSendEcho(icmp, inet_addr(text), data, sizeof data, &options, room, sizeof room,
                        4000);
}

static void add_host(const uint8_t bytes[4], bool silent)
{
    struct address at = {.family = FAMILY_4};
    memcpy(at.bytes, bytes, 4);
    assert_status(remote_add(afd->tcpip, NULL, &at, silent), STATUS_SUCCESS);
}

static void who_is_there_answers(void **state)
{
    (void)state;
    HANDLE icmp = IcmpCreateFile();
    assert_true(icmp != INVALID_HANDLE_VALUE);
    add_host((const uint8_t[4]){192, 168, 1, 20}, false);
    add_host((const uint8_t[4]){203, 0, 113, 5}, false);
    add_host((const uint8_t[4]){203, 0, 113, 6}, true);
    assert_int_equal(ping(icmp, "127.0.0.1", 0), 1);
    assert_int_equal(reply->Status, IP_SUCCESS);
    assert_int_equal(reply->DataSize, 4);
    assert_memory_equal(reply->Data, "ping", 4);
    assert_int_equal(ping(icmp, "192.168.1.20", 1), 1);
    assert_int_equal(reply->Status, IP_SUCCESS);
    assert_int_equal(reply->Options.Ttl, 64);
    assert_int_equal(ping(icmp, "203.0.113.5", 1), 1);
    assert_int_equal(reply->Status, IP_TTL_EXPIRED_TRANSIT);
    assert_int_equal(reply->Address, inet_addr("192.168.1.1"));
    assert_int_equal(ping(icmp, "203.0.113.5", 2), 1);
    assert_int_equal(reply->Status, IP_SUCCESS);
    assert_int_equal(ping(icmp, "203.0.113.6", 128), 0);
    assert_int_equal(machine.nt->current->last_error, IP_REQ_TIMED_OUT);
    assert_int_equal(ping(icmp, "192.168.1.21", 128), 1);
    assert_int_equal(reply->Status, IP_DEST_HOST_UNREACHABLE);
    assert_true(IcmpCloseHandle(icmp));
    assert_false(IcmpCloseHandle(icmp));
    assert_int_equal(ping(icmp, "127.0.0.1", 0), 0);
    assert_int_equal(machine.nt->current->last_error, ERROR_INVALID_PARAMETER);
}

/* ---- Changes --------------------------------------------------------------------------------- */

static struct {
    int initial, gone, came;
} seen;

static void WINAPI address_changed(PVOID context, PMIB_UNICASTIPADDRESS_ROW row,
                                   MIB_NOTIFICATION_TYPE type)
{
    assert_ptr_equal(context, &seen);
    seen.initial += type == MibInitialNotification && row == NULL;
    seen.gone += type == MibDeleteInstance && row->InterfaceIndex == 2;
    seen.came += type == MibAddInstance && row->InterfaceIndex == 2;
}

static void pull_the_cable(bool in)
{
    tcpip_set_cable(afd->tcpip, in);
    afd_addresses_changed(afd);
    wait_for_time(machine.nt, 1000000, "the test");
}

static void a_callback_runs_at_each_change(void **state)
{
    (void)state;
    HANDLE handle = NULL;
    memset(&seen, 0, sizeof seen);
    assert_int_equal(NotifyUnicastIpAddressChange(AF_UNSPEC, address_changed, &seen, TRUE, &handle),
                     NO_ERROR);
    wait_for_time(machine.nt, 1000000, "the test");
    assert_int_equal(seen.initial, 1);
    pull_the_cable(false);
    assert_int_equal(seen.gone, 3);
    pull_the_cable(true);
    assert_int_equal(seen.came, 3);
    assert_int_equal(CancelMibChangeNotify2(handle), NO_ERROR);
    pull_the_cable(false);
    assert_int_equal(seen.gone, 3);
    pull_the_cable(true);
    assert_int_equal(CancelMibChangeNotify2(handle), ERROR_INVALID_PARAMETER);
}

static void an_overlapped_is_told_once(void **state)
{
    (void)state;
    HANDLE handle = NULL;
    OVERLAPPED overlapped = {0};
    overlapped.hEvent = WSACreateEvent();
    assert_int_equal(NotifyAddrChange(&handle, &overlapped), ERROR_IO_PENDING);
    assert_int_equal(overlapped.Internal, STATUS_PENDING);
    assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 0, FALSE),
                     WSA_WAIT_TIMEOUT);
    pull_the_cable(false);
    assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 0, FALSE), 0);
    assert_int_equal(overlapped.Internal, 0);
    assert_false(CancelIPChangeNotify(&overlapped));
    pull_the_cable(true);
}

static void a_socket_waits_for_its_addresses_to_change(void **state)
{
    (void)state;
    union {
        SOCKET_ADDRESS_LIST list;
        char bytes[128];
    } out;
    DWORD count;
    OVERLAPPED overlapped = {0};
    const SOCKET s = udp();
    WSANETWORKEVENTS events = {0};
    assert_wsa(WSAIoctl(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, &count, &overlapped, NULL),
               WSA_IO_PENDING);
    HANDLE event = WSACreateEvent();
    assert_works(WSAEventSelect(s, event, FD_ADDRESS_LIST_CHANGE));
    assert_wsa(WSAIoctl(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, &count, NULL, NULL),
               WSAEWOULDBLOCK);
    pull_the_cable(false);
    assert_int_equal(overlapped.Internal, 0);
    assert_works(WSAEnumNetworkEvents(s, event, &events));
    assert_int_equal(events.lNetworkEvents, FD_ADDRESS_LIST_CHANGE);
    assert_works(
        WSAIoctl(s, SIO_ADDRESS_LIST_QUERY, NULL, 0, &out, sizeof out, &count, NULL, NULL));
    assert_int_equal(out.list.iAddressCount, 0);
    pull_the_cable(true);
    assert_works(WSAEnumNetworkEvents(s, event, &events));
    assert_int_equal(events.lNetworkEvents, 0);
    assert_works(
        WSAIoctl(s, SIO_ADDRESS_LIST_QUERY, NULL, 0, &out, sizeof out, &count, NULL, NULL));
    assert_int_equal(out.list.iAddressCount, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINSOCK_TEST(who_is_there_answers),
        WINSOCK_TEST(a_callback_runs_at_each_change),
        WINSOCK_TEST(an_overlapped_is_told_once),
        WINSOCK_TEST(a_socket_waits_for_its_addresses_to_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
