/* Datagrams as such: their bounds, what is cut, what is peeked at, what is gathered and scattered.
 */
#include "conformance/suites/datagram.h"

static void a_receive_gives_one_datagram(void)
{
    char got[64];
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    say(a, "one", bound_port(b));
    say(a, "", bound_port(b));
    say(a, "three", bound_port(b));
    assert_int_equal(recv(b, got, sizeof(got), 0), 3);
    assert_memory_equal(got, "one", 3);
    assert_int_equal(recv(b, got, sizeof(got), 0), 0);
    assert_int_equal(recv(b, got, sizeof(got), 0), 5);
    assert_memory_equal(got, "three", 5);
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void an_empty_datagram_has_a_sender(void)
{
    struct sockaddr_in from;
    int size = sizeof(from);
    char got[8];
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    memset(&from, 0xCC, sizeof(from));
    assert_int_equal(send_datagram(a, NULL, 0, bound_port(b)), 0);
    assert_int_equal(recvfrom(b, got, sizeof(got), 0, (struct sockaddr *)&from, &size), 0);
    assert_int_equal(size, sizeof(from));
    assert_int_equal(from.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    assert_int_equal(from.sin_port, htons(bound_port(a)));
    say(a, "after it", bound_port(b));
    hear(b, "after it");
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void an_empty_receive_takes_a_datagram(void)
{
    char got[8];
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    say(a, "first", bound_port(b));
    say(a, "second", bound_port(b));
    assert_fails_with(recv(b, got, 0, 0), WSAEMSGSIZE);
    hear(b, "second");
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void a_datagram_too_long_for_the_buffer_is_cut(void)
{
    char got[8] = "........";
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    say(a, "abcdefghij", bound_port(b));
    say(a, "next", bound_port(b));
    assert_fails_with(recv(b, got, 4, 0), WSAEMSGSIZE);
    assert_memory_equal(got, "abcd....", 8);
    hear(b, "next");
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void a_cut_datagram_still_has_a_sender(void)
{
    char got[8];
    struct sockaddr_in from;
    int size = sizeof(from);
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    memset(&from, 0xCC, sizeof(from));
    say(a, "abcdefghij", bound_port(b));
    assert_fails_with(recvfrom(b, got, 4, 0, (struct sockaddr *)&from, &size), WSAEMSGSIZE);
    assert_int_equal(size, sizeof(from));
    assert_int_equal(from.sin_port, htons(bound_port(a)));
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

/* As WSARecvFrom tells it. */
static void a_cut_datagram_is_partial(void)
{
    char got[8] = "........";
    WSABUF buffer = {4, got};
    DWORD count = 0xdead;
    DWORD flags = 0;
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    say(a, "abcdefghij", bound_port(b));
    assert_fails_with(WSARecvFrom(b, &buffer, 1, &count, &flags, NULL, NULL, NULL, NULL),
                      WSAEMSGSIZE);
    assert_memory_equal(got, "abcd....", 8);
    assert_int_equal(flags & MSG_PARTIAL, MSG_PARTIAL);
    flags = 0;
    buffer.len = 8;
    say(a, "abcd", bound_port(b));
    assert_int_equal(WSARecvFrom(b, &buffer, 1, &count, &flags, NULL, NULL, NULL, NULL), 0);
    assert_int_equal(count, 4);
    assert_int_equal(flags, 0);
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void a_cut_datagram_says_what_was_stored(void)
{
    char got[8];
    WSABUF buffer = {4, got};
    DWORD count = 0xdead;
    DWORD flags = 0;
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    say(a, "abcdefghij", bound_port(b));
    assert_fails_with(WSARecvFrom(b, &buffer, 1, &count, &flags, NULL, NULL, NULL, NULL),
                      WSAEMSGSIZE);
    if (count == 4)
        OBSERVE(datagram_cut_count, stored);
    else if (count == 0xdead)
        OBSERVE(datagram_cut_count, untouched);
    else
        OBSERVE(datagram_cut_count, zero);
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void peeking_leaves_the_datagram(void)
{
    char got[8];
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    say(a, "peek", bound_port(b));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(recv(b, got, sizeof(got), MSG_PEEK), 4);
        assert_memory_equal(got, "peek", 4);
    }
    hear(b, "peek");
    hear_nothing(b);
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void peeking_tells_the_sender(void)
{
    char got[8];
    struct sockaddr_in from;
    int size = sizeof(from);
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    memset(&from, 0xCC, sizeof(from));
    say(a, "peek", bound_port(b));
    assert_int_equal(recvfrom(b, got, sizeof(got), MSG_PEEK, (struct sockaddr *)&from, &size), 4);
    assert_int_equal(from.sin_port, htons(bound_port(a)));
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void peeking_into_a_short_buffer_loses_nothing(void)
{
    char got[4];
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    say(a, "abcdefghij", bound_port(b));
    assert_fails_with(recv(b, got, sizeof(got), MSG_PEEK), WSAEMSGSIZE);
    assert_memory_equal(got, "abcd", 4);
    hear(b, "abcdefghij");
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void buffers_are_gathered_into_one_datagram(void)
{
    char parts[3][4] = {"ab", "", "cde"};
    WSABUF buffers[3] = {{2, parts[0]}, {0, parts[1]}, {3, parts[2]}};
    DWORD sent = 0;
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    const struct sockaddr_in to = ipv4_address(INADDR_LOOPBACK, bound_port(b));
    assert_int_equal(WSASendTo(a, buffers, 3, &sent, 0, address_at(&to), sizeof(to), NULL, NULL),
                     0);
    assert_int_equal(sent, 5);
    hear(b, "abcde");
    hear_nothing(b);
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void a_datagram_is_scattered_over_buffers(void)
{
    char parts[3][4];
    WSABUF buffers[3] = {{2, parts[0]}, {0, parts[1]}, {4, parts[2]}};
    DWORD count = 0;
    DWORD flags = 0;
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    memset(parts, '.', sizeof(parts));
    say(a, "abcde", bound_port(b));
    assert_int_equal(WSARecvFrom(b, buffers, 3, &count, &flags, NULL, NULL, NULL, NULL), 0);
    assert_int_equal(count, 5);
    assert_memory_equal(parts, "ab......cde.", 12);
    say(a, "abcdefgh", bound_port(b));
    assert_fails_with(WSARecvFrom(b, buffers, 3, &count, &flags, NULL, NULL, NULL, NULL),
                      WSAEMSGSIZE);
    assert_memory_equal(parts, "ab......cdef", 12);
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void the_sender_is_told_if_there_is_room(void)
{
    struct sockaddr_storage from;
    char got[8];
    int size = sizeof(from);
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    memset(&from, 0xCC, sizeof(from));
    say(a, "one", bound_port(b));
    assert_int_equal(recvfrom(b, got, sizeof(got), 0, (struct sockaddr *)&from, &size), 3);
    assert_int_equal(size, sizeof(struct sockaddr_in));
    const struct sockaddr_in *name = (const struct sockaddr_in *)(const void *)&from;
    assert_int_equal(name->sin_family, AF_INET);
    assert_int_equal(name->sin_port, htons(bound_port(a)));
    assert_int_equal(name->sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    say(a, "two", bound_port(b));
    assert_int_equal(recvfrom(b, got, sizeof(got), 0, NULL, NULL), 3);
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void too_little_room_for_the_sender_is_a_fault(void)
{
    struct sockaddr_in from;
    char got[8];
    int size = sizeof(from) - 1;
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    say(a, "six", bound_port(b));
    assert_fails_with(recvfrom(b, got, sizeof(got), 0, (struct sockaddr *)&from, &size), WSAEFAULT);
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void datagrams_of_one_sender_keep_their_order(void)
{
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    for (int i = 0; i < 26; i++) {
        const char text[] = {(char)('a' + i), '\0'};
        say(a, text, bound_port(b));
    }
    for (int i = 0; i < 26; i++) {
        const char text[] = {(char)('a' + i), '\0'};
        hear(b, text);
    }
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void urgency_is_for_streams(void)
{
    char got[8];
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    const struct sockaddr_in to = ipv4_address(INADDR_LOOPBACK, bound_port(b));
    assert_fails_with(sendto(a, "x", 1, MSG_OOB, address_at(&to), sizeof(to)), WSAEOPNOTSUPP);
    say(a, "still here", bound_port(b));
    assert_becomes(b, SET_READ);
    assert_fails_with(recv(b, got, sizeof(got), MSG_OOB), WSAEOPNOTSUPP);
    hear(b, "still here");
    close_socket(a);
    close_socket(b);
    END_WINSOCK();
}

static void a_datagram_sent_to_oneself_arrives(void)
{
    START_WINSOCK();
    const SOCKET s = datagram_socket();
    say(s, "me", bound_port(s));
    assert_from(hear(s, "me"), s);
    close_socket(s);
    END_WINSOCK();
}

static void what_was_not_read_goes_with_its_socket(void)
{
    START_WINSOCK();
    const SOCKET a = datagram_socket(), b = datagram_socket();
    const USHORT port = bound_port(b);
    say(a, "old", port);
    assert_becomes(b, SET_READ);
    close_socket(b);
    const SOCKET c = udp_socket();
    assert_int_equal(bind_loopback(c, port), 0);
    say(a, "new", port);
    hear(c, "new");
    close_socket(a);
    close_socket(c);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_receive_gives_one_datagram, UDP_001),
    CASE(an_empty_datagram_has_a_sender, UDP_002),
    CASE(an_empty_receive_takes_a_datagram, UDP_003, UDP_004),
    CASE(a_datagram_too_long_for_the_buffer_is_cut, UDP_003, UDP_004),
    CASE(a_cut_datagram_still_has_a_sender, UDP_005),
    CASE(a_cut_datagram_is_partial, UDP_006),
    CASE(a_cut_datagram_says_what_was_stored, UDP_007),
    CASE(peeking_leaves_the_datagram, UDP_008),
    CASE(peeking_tells_the_sender, UDP_008, UDP_012),
    CASE(peeking_into_a_short_buffer_loses_nothing, UDP_009),
    CASE(buffers_are_gathered_into_one_datagram, UDP_010),
    CASE(a_datagram_is_scattered_over_buffers, UDP_011),
    CASE(the_sender_is_told_if_there_is_room, UDP_012),
    CASE(too_little_room_for_the_sender_is_a_fault, UDP_013),
    CASE(datagrams_of_one_sender_keep_their_order, UDP_014),
    CASE(urgency_is_for_streams, UDP_015),
    CASE(a_datagram_sent_to_oneself_arrives, UDP_016),
    CASE(what_was_not_read_goes_with_its_socket, UDP_017),
    END_OF_CASES,
};
// clang-format on

const struct suite datagram_suite = {
    .name = "datagram",
    .about = "Datagrams: bounds, cutting, peeking, gathering",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
