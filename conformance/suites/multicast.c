/* Groups and broadcasts. The groups are of the loopback interface, so that nothing leaves the
 * machine; 239.255.0.0/16 is for local use.
 */
#include "conformance/suites/datagram.h"

/* What some stacks do not answer at all is not waited for as long as the rest. */
enum { SOON_MS = 500 };

#define GROUP_A 0xEFFF2A01u
#define GROUP_B 0xEFFF2A02u

static struct ip_mreq membership(ULONG group)
{
    struct ip_mreq request;
    request.imr_multiaddr.s_addr = htonl(group);
    request.imr_interface.s_addr = htonl(INADDR_LOOPBACK);
    return request;
}

static unsigned change(SOCKET s, int option, ULONG group)
{
    const struct ip_mreq request = membership(group);
    return winsock_outcome(
        setsockopt(s, IPPROTO_IP, option, (const char *)&request, sizeof(request)));
}

static unsigned change_source(SOCKET s, int option, ULONG source)
{
    struct ip_mreq_source request;
    request.imr_multiaddr.s_addr = htonl(GROUP_A);
    request.imr_sourceaddr.s_addr = htonl(source);
    request.imr_interface.s_addr = htonl(INADDR_LOOPBACK);
    return winsock_outcome(
        setsockopt(s, IPPROTO_IP, option, (const char *)&request, sizeof(request)));
}

/* Bound to the wildcard, as a member is. */
static SOCKET member_at(USHORT port)
{
    const SOCKET s = udp_socket();
    set_option(s, SOL_SOCKET, SO_REUSEADDR, 1);
    assert_int_equal(bind_ipv4(s, INADDR_ANY, port), 0);
    set_option(s, SOL_SOCKET, SO_RCVTIMEO, SOON_MS);
    return s;
}

static SOCKET member_of(ULONG group, USHORT port)
{
    const SOCKET s = member_at(port);
    assert_int_equal(change(s, IP_ADD_MEMBERSHIP, group), 0);
    return s;
}

static SOCKET sender_at(ULONG address)
{
    const DWORD local = htonl(INADDR_LOOPBACK);
    const SOCKET s = udp_socket();
    assert_int_equal(bind_ipv4(s, address, 0), 0);
    assert_int_equal(
        setsockopt(s, IPPROTO_IP, IP_MULTICAST_IF, (const char *)&local, sizeof(local)), 0);
    return s;
}

static void say_to_group(SOCKET s, const char *text, ULONG group, USHORT port)
{
    const struct sockaddr_in to = ipv4_address(group, port);
    assert_int_equal(sendto(s, text, (int)strlen(text), 0, address_at(&to), sizeof(to)),
                     strlen(text));
}

static void a_member_hears_its_group(void)
{
    START_WINSOCK();
    const SOCKET member = member_of(GROUP_A, 0), sender = sender_at(INADDR_LOOPBACK);
    say_to_group(sender, "hear", GROUP_A, bound_port(member));
    assert_from(hear(member, "hear"), sender);
    close_socket(member);
    close_socket(sender);
    END_WINSOCK();
}

static void a_member_hears_no_other_group(void)
{
    START_WINSOCK();
    const SOCKET member = member_of(GROUP_A, 0), sender = sender_at(INADDR_LOOPBACK);
    const SOCKET other = member_of(GROUP_B, bound_port(member));
    say_to_group(sender, "other", GROUP_B, bound_port(member));
    say_to_group(sender, "own", GROUP_A, bound_port(member));
    hear(member, "own");
    hear(other, "other");
    hear_nothing(member);
    close_socket(member);
    close_socket(other);
    close_socket(sender);
    END_WINSOCK();
}

static void who_is_no_member_hears_nothing(void)
{
    START_WINSOCK();
    const SOCKET member = member_of(GROUP_A, 0), sender = sender_at(INADDR_LOOPBACK);
    const SOCKET outsider = member_at(bound_port(member));
    say_to_group(sender, "members", GROUP_A, bound_port(member));
    hear(member, "members");
    hear_nothing(outsider);
    close_socket(member);
    close_socket(outsider);
    close_socket(sender);
    END_WINSOCK();
}

static void every_member_gets_a_copy(void)
{
    START_WINSOCK();
    const SOCKET first = member_of(GROUP_A, 0), sender = sender_at(INADDR_LOOPBACK);
    const SOCKET second = member_of(GROUP_A, bound_port(first));
    say_to_group(sender, "all", GROUP_A, bound_port(first));
    hear(first, "all");
    hear(second, "all");
    close_socket(first);
    close_socket(second);
    close_socket(sender);
    END_WINSOCK();
}

static void who_has_left_hears_nothing(void)
{
    START_WINSOCK();
    const SOCKET member = member_of(GROUP_A, 0), sender = sender_at(INADDR_LOOPBACK);
    say_to_group(sender, "before", GROUP_A, bound_port(member));
    hear(member, "before");
    assert_int_equal(change(member, IP_DROP_MEMBERSHIP, GROUP_A), 0);
    say_to_group(sender, "after", GROUP_A, bound_port(member));
    say(sender, "to you", bound_port(member));
    hear(member, "to you");
    hear_nothing(member);
    assert_int_equal(change(member, IP_ADD_MEMBERSHIP, GROUP_A), 0);
    say_to_group(sender, "again", GROUP_A, bound_port(member));
    hear(member, "again");
    close_socket(member);
    close_socket(sender);
    END_WINSOCK();
}

static void who_leaves_must_have_joined(void)
{
    START_WINSOCK();
    const SOCKET s = member_of(GROUP_A, 0);
    OBSERVE_VALUE(leave_no_member, change(s, IP_DROP_MEMBERSHIP, GROUP_B));
    assert_int_equal(change(s, IP_DROP_MEMBERSHIP, GROUP_A), 0);
    OBSERVE_VALUE(leave_no_member, change(s, IP_DROP_MEMBERSHIP, GROUP_A));
    close_socket(s);
    END_WINSOCK();
}

static void joining_twice(void)
{
    START_WINSOCK();
    const SOCKET s = member_of(GROUP_A, 0);
    OBSERVE_VALUE(join_twice, change(s, IP_ADD_MEMBERSHIP, GROUP_A));
    close_socket(s);
    END_WINSOCK();
}

static void only_groups_are_joined(void)
{
    START_WINSOCK();
    const SOCKET s = member_at(0);
    OBSERVE_VALUE(join_no_group, change(s, IP_ADD_MEMBERSHIP, INADDR_LOOPBACK));
    close_socket(s);
    END_WINSOCK();
}

static void a_membership_has_its_size(void)
{
    const struct ip_mreq request = membership(GROUP_A);
    START_WINSOCK();
    const SOCKET s = member_at(0);
    assert_fails_with(setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, (const char *)&request, 4),
                      WSAEFAULT);
    assert_fails_with(setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, NULL, sizeof(request)),
                      WSAEFAULT);
    assert_int_equal(change(s, IP_ADD_MEMBERSHIP, GROUP_A), 0);
    close_socket(s);
    END_WINSOCK();
}

/* The two sockets of the page: ON wants what this machine sends, OFF does not. */
static void who_loops_is_the_receivers_choice(void)
{
    const BOOL off = FALSE;
    START_WINSOCK();
    const SOCKET on = member_of(GROUP_A, 0), deaf = member_of(GROUP_A, bound_port(on));
    const DWORD local = htonl(INADDR_LOOPBACK);
    const SOCKET both[2] = {on, deaf};
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            setsockopt(both[i], IPPROTO_IP, IP_MULTICAST_IF, (const char *)&local, sizeof(local)),
            0);
    assert_int_equal(setsockopt(deaf, IPPROTO_IP, IP_MULTICAST_LOOP, (const char *)&off, 4), 0);
    say_to_group(deaf, "from off", GROUP_A, bound_port(on));
    hear(on, "from off");
    say_to_group(on, "from on", GROUP_A, bound_port(on));
    hear(on, "from on");
    hear_nothing(deaf);
    close_socket(on);
    close_socket(deaf);
    END_WINSOCK();
}

static void a_source_may_be_chosen(void)
{
    START_WINSOCK();
    const SOCKET member = member_at(0);
    const SOCKET liked = sender_at(INADDR_LOOPBACK), other = sender_at(INADDR_LOOPBACK + 1);
    assert_int_equal(change_source(member, IP_ADD_SOURCE_MEMBERSHIP, INADDR_LOOPBACK), 0);
    say_to_group(other, "no", GROUP_A, bound_port(member));
    say_to_group(liked, "yes", GROUP_A, bound_port(member));
    assert_from(hear(member, "yes"), liked);
    hear_nothing(member);
    assert_int_equal(change_source(member, IP_DROP_SOURCE_MEMBERSHIP, INADDR_LOOPBACK), 0);
    say_to_group(liked, "gone", GROUP_A, bound_port(member));
    say(liked, "to you", bound_port(member));
    hear(member, "to you");
    close_socket(member);
    close_socket(liked);
    close_socket(other);
    END_WINSOCK();
}

static void sources_are_lists_of_their_own(void)
{
    START_WINSOCK();
    const SOCKET whole = member_of(GROUP_A, 0), some = member_at(0);
    assert_int_equal(change_source(whole, IP_UNBLOCK_SOURCE, INADDR_LOOPBACK), WSAEINVAL);
    assert_int_equal(change_source(whole, IP_DROP_SOURCE_MEMBERSHIP, INADDR_LOOPBACK), WSAEINVAL);
    assert_int_equal(change_source(some, IP_ADD_SOURCE_MEMBERSHIP, INADDR_LOOPBACK), 0);
    assert_int_equal(change_source(some, IP_UNBLOCK_SOURCE, INADDR_LOOPBACK), WSAEINVAL);
    close_socket(whole);
    close_socket(some);
    END_WINSOCK();
}

static void a_source_is_listed_once(void)
{
    START_WINSOCK();
    const SOCKET whole = member_of(GROUP_A, 0), some = member_at(0);
    assert_int_equal(change_source(whole, IP_ADD_SOURCE_MEMBERSHIP, INADDR_LOOPBACK),
                     WSAEADDRNOTAVAIL);
    assert_int_equal(change_source(whole, IP_BLOCK_SOURCE, INADDR_LOOPBACK), 0);
    assert_int_equal(change_source(whole, IP_BLOCK_SOURCE, INADDR_LOOPBACK), WSAEADDRNOTAVAIL);
    assert_int_equal(change_source(some, IP_ADD_SOURCE_MEMBERSHIP, INADDR_LOOPBACK), 0);
    assert_int_equal(change_source(some, IP_ADD_SOURCE_MEMBERSHIP, INADDR_LOOPBACK),
                     WSAEADDRNOTAVAIL);
    assert_int_equal(change_source(some, IP_DROP_SOURCE_MEMBERSHIP, INADDR_LOOPBACK), 0);
    assert_int_equal(change_source(some, IP_DROP_SOURCE_MEMBERSHIP, INADDR_LOOPBACK),
                     WSAEADDRNOTAVAIL);
    close_socket(whole);
    close_socket(some);
    END_WINSOCK();
}

static void a_source_may_be_blocked(void)
{
    START_WINSOCK();
    const SOCKET member = member_of(GROUP_A, 0);
    const SOCKET liked = sender_at(INADDR_LOOPBACK), pest = sender_at(INADDR_LOOPBACK + 1);
    assert_int_equal(change_source(member, IP_BLOCK_SOURCE, INADDR_LOOPBACK + 1), 0);
    say_to_group(pest, "no", GROUP_A, bound_port(member));
    say_to_group(liked, "yes", GROUP_A, bound_port(member));
    hear(member, "yes");
    assert_int_equal(change_source(member, IP_UNBLOCK_SOURCE, INADDR_LOOPBACK + 1), 0);
    say_to_group(pest, "again", GROUP_A, bound_port(member));
    hear(member, "again");
    close_socket(member);
    close_socket(liked);
    close_socket(pest);
    END_WINSOCK();
}

static void a_group_is_joined_by_its_address_too(void)
{
    struct group_req request;
    START_WINSOCK();
    const SOCKET member = member_at(0), sender = sender_at(INADDR_LOOPBACK);
    const struct sockaddr_in group = ipv4_address(GROUP_A, 0);
    memset(&request, 0, sizeof(request));
    request.gr_interface = 1; /* the loopback interface has the first index */
    memcpy(&request.gr_group, &group, sizeof(group));
    assert_int_equal(
        setsockopt(member, IPPROTO_IP, MCAST_JOIN_GROUP, (const char *)&request, sizeof(request)),
        0);
    say_to_group(sender, "one", GROUP_A, bound_port(member));
    hear(member, "one");
    assert_int_equal(
        setsockopt(member, IPPROTO_IP, MCAST_LEAVE_GROUP, (const char *)&request, sizeof(request)),
        0);
    say_to_group(sender, "two", GROUP_A, bound_port(member));
    say(sender, "to you", bound_port(member));
    hear(member, "to you");
    close_socket(member);
    close_socket(sender);
    END_WINSOCK();
}

static void ipv6_has_groups_as_well(void)
{
    static const unsigned char group[16] = {0xFF, 0x01, 0, 0, 0, 0, 0,    0,
                                            0,    0,    0, 0, 0, 0, 0x2A, 1};
    struct ipv6_mreq request;
    char got[8];
    START_WINSOCK();
    const SOCKET member = open_socket(AF_INET6, SOCK_DGRAM);
    struct sockaddr_in6 name = ipv6_loopback(0);
    memset(&name.sin6_addr, 0, sizeof(name.sin6_addr));
    assert_int_equal(bind(member, address_at(&name), sizeof(name)), 0);
    set_option(member, SOL_SOCKET, SO_RCVTIMEO, SOON_MS);
    set_option(member, IPPROTO_IPV6, IPV6_MULTICAST_IF, 1);
    memcpy(&request.ipv6mr_multiaddr, group, sizeof(group));
    request.ipv6mr_interface = 1;
    assert_int_equal(setsockopt(member, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, (const char *)&request,
                                sizeof(request)),
                     0);
    memcpy(&name.sin6_addr, group, sizeof(group));
    name.sin6_port = htons(bound_port(member));
    assert_int_equal(sendto(member, "six", 3, 0, address_at(&name), sizeof(name)), 3);
    assert_int_equal(recv(member, got, sizeof(got), 0), 3);
    assert_memory_equal(got, "six", 3);
    close_socket(member);
    END_WINSOCK();
}

static void a_broadcast_wants_permission(void)
{
    START_WINSOCK();
    const SOCKET s = member_at(0);
    const struct sockaddr_in all = ipv4_address(INADDR_BROADCAST, 9);
    assert_fails_with(sendto(s, "x", 1, 0, address_at(&all), sizeof(all)), WSAEACCES);
    assert_fails_with(connect(s, address_at(&all), sizeof(all)), WSAEACCES);
    close_socket(s);
    END_WINSOCK();
}

static void a_broadcast_reaches_all_who_listen(void)
{
    const struct testbed_addresses *addresses = testbed_addresses();
    struct sockaddr_in to = ipv4_address(INADDR_BROADCAST, 0);
    char got[8];
    REQUIRE_TESTBED(addresses != NULL);
    START_WINSOCK();
    const SOCKET first = member_at(0), sender = member_at(0);
    const SOCKET second = member_at(bound_port(first));
    set_option(sender, SOL_SOCKET, SO_BROADCAST, 1);
    memcpy(&to.sin_addr, addresses->lan_broadcast, 4);
    to.sin_port = htons(bound_port(first));
    assert_int_equal(sendto(sender, "all", 3, 0, address_at(&to), sizeof(to)), 3);
    assert_int_equal(recv(first, got, sizeof(got), 0), 3);
    assert_int_equal(recv(second, got, sizeof(got), 0), 3);
    close_socket(first);
    close_socket(second);
    close_socket(sender);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(a_member_hears_its_group, MCAST_001, MCAST_002),
    CASE(a_member_hears_no_other_group, MCAST_003),
    CASE(who_is_no_member_hears_nothing, MCAST_004),
    CASE(every_member_gets_a_copy, MCAST_005),
    CASE(who_has_left_hears_nothing, MCAST_006),
    CASE(who_leaves_must_have_joined, MCAST_007),
    CASE(joining_twice, MCAST_008),
    CASE(only_groups_are_joined, MCAST_009),
    CASE(a_membership_has_its_size, MCAST_010),
    CASE(who_loops_is_the_receivers_choice, MCAST_011),
    CASE(a_source_may_be_chosen, MCAST_012),
    CASE(a_source_may_be_blocked, MCAST_013),
    CASE(sources_are_lists_of_their_own, MCAST_018),
    CASE(a_source_is_listed_once, MCAST_019),
    CASE(a_group_is_joined_by_its_address_too, MCAST_014),
    CASE(ipv6_has_groups_as_well, MCAST_015),
    CASE(a_broadcast_wants_permission, MCAST_016),
    CASE(a_broadcast_reaches_all_who_listen, MCAST_017),
    END_OF_CASES,
};
// clang-format on

const struct suite multicast_suite = {
    .name = "multicast",
    .about = "Groups and broadcasts",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
