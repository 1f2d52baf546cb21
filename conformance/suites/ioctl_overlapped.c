/* The three calls with an OVERLAPPED and an event. A stack may finish at once or later; either way
 * the same answer must be there in the end.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

enum { COUNT_BEFORE = 0x5A5A5A5A, PATIENCE_MS = 10000 };

static WSAOVERLAPPED overlapped_with_event(void)
{
    WSAOVERLAPPED overlapped;
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.hEvent = WSACreateEvent();
    assert_true(overlapped.hEvent != WSA_INVALID_EVENT);
    return overlapped;
}

/* The call's outcome once it is known: 0 with `bytes`, or the error it began or ended with. */
static unsigned await(SOCKET s, int result, WSAOVERLAPPED *overlapped, DWORD *bytes)
{
    const unsigned begun = winsock_outcome(result);
    DWORD flags = 1;
    if (begun != 0 && begun != WSA_IO_PENDING)
        return begun;
    assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped->hEvent, TRUE, PATIENCE_MS, FALSE),
                     WSA_WAIT_EVENT_0);
    if (!WSAGetOverlappedResult(s, overlapped, bytes, FALSE, &flags))
        return winsock_outcome(SOCKET_ERROR);
    assert_int_equal(flags, 0);
    return 0;
}

static void an_overlapped_acquire_ends_with_the_block(void)
{
    const USHORT port = free_ports(3);
    START_WINSOCK();
    require_reservations();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const SOCKET s = open_socket(SOCKET_KINDS[i].family, SOCKET_KINDS[i].type);
        WSAOVERLAPPED overlapped = overlapped_with_event();
        INET_PORT_RANGE range = {0, 3};
        INET_PORT_RESERVATION_INSTANCE instance;
        DWORD returned = COUNT_BEFORE;
        DWORD bytes = 0;
        int result;
        range.StartPort = htons(port);
        memset(&instance, 0, sizeof(instance));
        result = reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range),
                                   &instance, sizeof(instance), &returned, &overlapped, NULL);
        if (result == 0)
            OBSERVE(ioctl_pends, at_once);
        else if (WSAGetLastError() == WSA_IO_PENDING)
            OBSERVE(ioctl_pends, later);
        assert_int_equal(await(s, result, &overlapped, &bytes), 0);
        assert_int_equal(bytes, sizeof(instance));
        assert_one_of(returned, 0, sizeof(instance), COUNT_BEFORE);
        assert_true(overlapped.Internal == 0);
        assert_int_equal(instance.StartPort, htons(port));
        assert_int_equal(instance.NumberOfPorts, 3);
        assert_ports_taken(SOCKET_KINDS[i].family, SOCKET_KINDS[i].type, port, 3);
        assert_int_equal(release_block(s, instance.Token), 0);
        assert_true(WSACloseEvent(overlapped.hEvent));
        close_socket(s);
    }
    END_WINSOCK();
}

static unsigned send_token(SOCKET s, DWORD code, ULONG64 token)
{
    WSAOVERLAPPED overlapped = overlapped_with_event();
    DWORD returned = COUNT_BEFORE;
    DWORD bytes = 0;
    const int result =
        reservation_ioctl(s, code, &token, sizeof(token), NULL, 0, &returned, &overlapped, NULL);
    const unsigned outcome = await(s, result, &overlapped, &bytes);
    assert_true(WSACloseEvent(overlapped.hEvent));
    return outcome;
}

static void an_overlapped_associate_ends_with_the_association(void)
{
    const USHORT port = free_ports(2);
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_tcp(port, 2);
    s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(send_token(s, SIO_ASSOCIATE_PORT_RESERVATION, block.token), 0);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_true(lies_in(&block, bound_port(s)));
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

static void an_overlapped_release_ends_with_the_ports_free(void)
{
    const USHORT port = free_ports(2);
    struct block block;
    START_WINSOCK();
    block = hold_udp(port, 2);
    assert_int_equal(send_token(block.s, SIO_RELEASE_PORT_RESERVATION, block.token), 0);
    assert_ports_free(AF_INET, SOCK_DGRAM, port, 2);
    let_go(&block);
    END_WINSOCK();
}

static void an_overlapped_refusal_is_the_same_as_a_plain_one(void)
{
    const USHORT port = free_ports(2);
    struct block block;
    START_WINSOCK();
    block = hold_tcp(port, 2);
    OBSERVE_VALUE(associate_unknown_token,
                  send_token(block.s, SIO_ASSOCIATE_PORT_RESERVATION, ~(ULONG64)0));
    OBSERVE_VALUE(release_unknown, send_token(block.s, SIO_RELEASE_PORT_RESERVATION, ~(ULONG64)0));
    assert_block_held(&block);
    let_go(&block);
    END_WINSOCK();
}

static void an_overlapped_collision_is_the_same_as_a_plain_one(void)
{
    const USHORT port = free_ports(2);
    WSAOVERLAPPED overlapped;
    INET_PORT_RANGE range = {0, 2};
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD returned = COUNT_BEFORE;
    DWORD bytes = 0;
    struct block block;
    int result;
    SOCKET s;
    START_WINSOCK();
    block = hold_udp(port, 2);
    s = open_socket(AF_INET, SOCK_DGRAM);
    overlapped = overlapped_with_event();
    range.StartPort = htons(port);
    result = reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range), &instance,
                               sizeof(instance), &returned, &overlapped, NULL);
    OBSERVE_VALUE(acquire_collision, await(s, result, &overlapped, &bytes));
    assert_block_held(&block);
    assert_true(WSACloseEvent(overlapped.hEvent));
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

/* Seen on Windows: the command pends, and what is wrong with it comes with its end. */
static void a_code_nobody_knows_fails_in_the_end(void)
{
    WSAOVERLAPPED overlapped;
    DWORD returned = COUNT_BEFORE;
    DWORD bytes = COUNT_BEFORE;
    int result;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    overlapped = overlapped_with_event();
    result = WSAIoctl(s, 0xDEADBEEFu, NULL, 0, NULL, 0, &returned, &overlapped, NULL);
    assert_int_equal(result, SOCKET_ERROR);
    if (WSAGetLastError() == WSA_IO_PENDING)
        assert_int_equal(returned, COUNT_BEFORE);
    OBSERVE_VALUE(unknown_ioctl, await(s, result, &overlapped, &bytes));
    assert_int_equal(overlapped.InternalHigh, 0);
    assert_true(WSACloseEvent(overlapped.hEvent));
    close_socket(s);
    END_WINSOCK();
}

/* An event that was left set does not tell of a request that has only begun. */
static void the_event_is_set_at_the_end_not_before(void)
{
    const USHORT port = free_ports(1);
    WSAOVERLAPPED overlapped;
    ULONG64 token;
    DWORD returned = 0;
    DWORD bytes = 0;
    struct block block;
    int result;
    START_WINSOCK();
    block = hold_tcp(port, 1);
    token = block.token;
    overlapped = overlapped_with_event();
    assert_int_equal(WaitForSingleObject(overlapped.hEvent, 0), WAIT_TIMEOUT);
    result = reservation_ioctl(block.s, SIO_RELEASE_PORT_RESERVATION, &token, sizeof(token), NULL,
                               0, &returned, &overlapped, NULL);
    if (result == 0)
        assert_int_equal(WaitForSingleObject(overlapped.hEvent, 0), WAIT_OBJECT_0);
    assert_int_equal(await(block.s, result, &overlapped, &bytes), 0);
    assert_ports_free(AF_INET, SOCK_STREAM, port, 1);
    assert_true(WSACloseEvent(overlapped.hEvent));
    let_go(&block);
    END_WINSOCK();
}

/* Without an event nothing is signaled, and the structure alone tells of the end. */
static void a_request_without_an_event_ends_too(void)
{
    const USHORT port = free_ports(1);
    WSAOVERLAPPED overlapped;
    INET_PORT_RANGE range = {0, 1};
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD returned = 0;
    DWORD bytes = 0;
    DWORD flags = 0;
    unsigned outcome;
    SOCKET s;
    START_WINSOCK();
    require_reservations();
    s = open_socket(AF_INET, SOCK_STREAM);
    memset(&overlapped, 0, sizeof(overlapped));
    range.StartPort = htons(port);
    outcome = winsock_outcome(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range,
                                                sizeof(range), &instance, sizeof(instance),
                                                &returned, &overlapped, NULL));
    assert_one_of(outcome, 0, WSA_IO_PENDING);
    for (int i = 0;
         i < PATIENCE_MS && !WSAGetOverlappedResult(s, &overlapped, &bytes, FALSE, &flags); i++) {
        assert_int_equal(WSAGetLastError(), WSA_IO_INCOMPLETE);
        Sleep(1);
    }
    assert_int_equal(bytes, sizeof(instance));
    assert_int_equal(instance.StartPort, htons(port));
    close_socket(s);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(an_overlapped_acquire_ends_with_the_block, ACQ_011, ERR_003, IOCTL_016),
    CASE(an_overlapped_associate_ends_with_the_association, ERR_015),
    CASE(an_overlapped_release_ends_with_the_ports_free, ERR_027),
    CASE(an_overlapped_refusal_is_the_same_as_a_plain_one, ERR_014, ERR_026, ASSOC_022, REL_013),
    CASE(an_overlapped_collision_is_the_same_as_a_plain_one, ERR_002, ACQ_026),
    CASE(a_code_nobody_knows_fails_in_the_end, IOCTL_003, IOCTL_004),
    CASE(the_event_is_set_at_the_end_not_before, ERR_027),
    CASE(a_request_without_an_event_ends_too, ERR_003),
    END_OF_CASES,
};

const struct suite ioctl_overlapped_suite = {
    .name = "ioctl_overlapped",
    .about = "the three calls with an OVERLAPPED and an event",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
