/* Associating a socket with a block, and what its bind then gets. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

/* ---- What associate does --------------------------------------------------------------------- */

static void an_associated_sockets_port_comes_from_the_block(void)
{
    const USHORT first = free_ports(5);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct socket_kind *kind = &SOCKET_KINDS[i];
        const struct block block = hold(kind->family, kind->type, first, 5);
        for (int k = 0; k < 8; k++) {
            const SOCKET s = associated_socket(&block);
            assert_int_equal(bind_by_family(s, kind->family, 0), 0);
            if (lies_in(&block, bound_port(s)))
                OBSERVE(associated_bind, block);
            else
                OBSERVE(associated_bind, dynamic_range);
            close_socket(s);
        }
        let_go(&block);
    }
    END_WINSOCK();
}

static void a_wildcard_address_gets_a_port_of_the_block_too(void)
{
    const USHORT first = free_ports(2);
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const struct block block = hold(AF_INET, SOCKET_KINDS[i].type, first, 2);
        const SOCKET s = associated_socket(&block);
        assert_int_equal(bind_ipv4(s, INADDR_ANY, 0), 0);
        assert_true(lies_in(&block, bound_port(s)));
        close_socket(s);
        let_go(&block);
    }
    END_WINSOCK();
}

static void associate_does_not_bind(void)
{
    const USHORT first = free_ports(1);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct block block = hold(SOCKET_KINDS[i].family, SOCKET_KINDS[i].type, first, 1);
        const SOCKET s = associated_socket(&block);
        struct sockaddr_storage name;
        int size = sizeof(name);
        const int result = getsockname(s, (struct sockaddr *)&name, &size);
        if (result == 0)
            OBSERVE(associate_binds, at_once);
        assert_int_equal(WSAGetLastError(), WSAEINVAL);
        OBSERVE(associate_binds, later);
        close_socket(s);
        let_go(&block);
    }
    END_WINSOCK();
}

/* Of several sockets that wait for the one port, any may have it. */
static void an_association_uses_no_port_up(void)
{
    const USHORT first = free_ports(1);
    struct block block;
    SOCKET waiting[3];
    START_WINSOCK();
    block = hold_tcp(first, 1);
    for (int i = 0; i < 3; i++)
        waiting[i] = associated_socket(&block);
    assert_int_equal(bind_loopback(waiting[2], 0), 0);
    assert_int_equal(bound_port(waiting[2]), first);
    for (int i = 0; i < 3; i++)
        close_socket(waiting[i]);
    let_go(&block);
    END_WINSOCK();
}

static void an_unassociated_socket_stays_out_of_the_block(void)
{
    const USHORT first = free_ports(4);
    struct block block;
    START_WINSOCK();
    block = hold_udp(first, 4);
    for (int i = 0; i < 4; i++) {
        const SOCKET s = open_socket(AF_INET, SOCK_DGRAM);
        assert_int_equal(bind_loopback(s, 0), 0);
        assert_false(lies_in(&block, bound_port(s)));
        close_socket(s);
    }
    let_go(&block);
    END_WINSOCK();
}

static void several_sockets_may_share_a_block(void)
{
    const USHORT first = free_ports(3);
    struct block block;
    SOCKET s[3];
    START_WINSOCK();
    block = hold_udp(first, 3);
    for (int i = 0; i < 3; i++)
        s[i] = associated_socket(&block);
    for (int i = 0; i < 3; i++)
        assert_int_equal(bind_loopback(s[i], 0), 0);
    assert_int_equal(bound_port(s[0]) + bound_port(s[1]) + bound_port(s[2]), 3 * first + 3);
    for (int i = 0; i < 3; i++) {
        assert_true(lies_in(&block, bound_port(s[i])));
        close_socket(s[i]);
    }
    let_go(&block);
    END_WINSOCK();
}

static void two_blocks_serve_their_own_sockets(void)
{
    const USHORT first = free_ports(4);
    struct block blocks[2];
    START_WINSOCK();
    blocks[0] = hold_tcp(first, 2);
    blocks[1] = hold_tcp((USHORT)(first + 2), 2);
    for (int i = 0; i < 6; i++) {
        const SOCKET s = bound_in_block(&blocks[i % 2]);
        close_socket(s);
    }
    let_go(&blocks[0]);
    let_go(&blocks[1]);
    END_WINSOCK();
}

/* ---- The block used up ----------------------------------------------------------------------- */

static void bind_fails_when_the_block_is_used_up(void)
{
    const USHORT first = free_ports(3);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct socket_kind *kind = &SOCKET_KINDS[i];
        const struct block block = hold(kind->family, kind->type, first, 3);
        SOCKET users[3];
        SOCKET late;
        for (int k = 0; k < 3; k++)
            users[k] = bound_in_block(&block);
        late = associated_socket(&block);
        OBSERVE_VALUE(block_exhausted, bind_by_family(late, kind->family, 0));
        assert_int_equal(bound_port(late), 0);
        close_socket(late);
        for (int k = 0; k < 3; k++)
            close_socket(users[k]);
        let_go(&block);
    }
    END_WINSOCK();
}

static void a_socket_that_found_the_block_used_up_may_bind_later(void)
{
    const USHORT first = free_ports(2);
    struct block block;
    SOCKET users[2];
    SOCKET late;
    USHORT freed;
    START_WINSOCK();
    block = hold_tcp(first, 2);
    users[0] = bound_in_block(&block);
    users[1] = bound_in_block(&block);
    late = associated_socket(&block);
    assert_int_not_equal(bind_loopback(late, 0), 0);
    freed = bound_port(users[0]);
    close_socket(users[0]);
    assert_int_equal(bind_loopback(late, 0), 0);
    assert_int_equal(bound_port(late), freed);
    close_socket(users[1]);
    close_socket(late);
    let_go(&block);
    END_WINSOCK();
}

/* Whichever port comes free, the next socket gets it: it is the only one. */
static void the_one_free_port_is_found_wherever_it_is(void)
{
    const USHORT first = free_ports(6);
    const int order[] = {5, 0, 3, 1, 4, 2, 0, 5};
    struct block block;
    SOCKET users[6];
    START_WINSOCK();
    block = hold_udp(first, 6);
    for (int i = 0; i < 6; i++)
        users[i] = bound_in_block(&block);
    for (int i = 0; i < 8; i++) {
        SOCKET *user = &users[order[i]];
        const USHORT freed = bound_port(*user);
        close_socket(*user);
        *user = bound_in_block(&block);
        assert_int_equal(bound_port(*user), freed);
    }
    for (int i = 0; i < 6; i++)
        close_socket(users[i]);
    let_go(&block);
    END_WINSOCK();
}

static unsigned bind_to_text(SOCKET s, const char *address)
{
    struct sockaddr_in name = ipv4_address(0, 0);
    name.sin_addr.s_addr = inet_addr(address);
    return winsock_outcome(bind(s, (const struct sockaddr *)&name, sizeof(name)));
}

/* Whether a port counts for each address or for all, it counts for every port alike. */
static void another_address_has_the_whole_block_or_nothing(void)
{
    const char *second = testbed_second_address();
    const USHORT first = free_ports(2);
    struct block block;
    SOCKET users[2];
    SOCKET others[3];
    unsigned outcome;
    REQUIRE_TESTBED(second);
    START_WINSOCK();
    block = hold_udp(first, 2);
    for (int i = 0; i < 2; i++)
        users[i] = bound_in_block(&block);
    for (int i = 0; i < 3; i++)
        others[i] = associated_socket(&block);
    outcome = bind_to_text(others[0], second);
    if (outcome == 0) {
        assert_int_equal(bind_to_text(others[1], second), 0);
        assert_int_equal(bound_port(others[0]) + bound_port(others[1]), 2 * first + 1);
    }
    OBSERVE_VALUE(block_exhausted, bind_to_text(others[2], second));
    for (int i = 0; i < 2; i++)
        close_socket(users[i]);
    for (int i = 0; i < 3; i++)
        close_socket(others[i]);
    let_go(&block);
    END_WINSOCK();
}

static void a_used_up_block_does_not_keep_others_from_binding(void)
{
    const USHORT first = free_ports(1);
    struct block block;
    SOCKET user;
    SOCKET outsider;
    START_WINSOCK();
    block = hold_udp(first, 1);
    user = bound_in_block(&block);
    outsider = open_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(bind_loopback(outsider, 0), 0);
    assert_int_not_equal(bound_port(outsider), first);
    close_socket(outsider);
    close_socket(user);
    let_go(&block);
    END_WINSOCK();
}

/* ---- What associate leaves alone ------------------------------------------------------------- */

struct socket_option {
    int level;
    int name;
};

static const struct socket_option OPTIONS[] = {
    {SOL_SOCKET, SO_REUSEADDR}, {SOL_SOCKET, SO_EXCLUSIVEADDRUSE},
    {SOL_SOCKET, SO_KEEPALIVE}, {SOL_SOCKET, SO_BROADCAST},
    {SOL_SOCKET, SO_TYPE},      {SOL_SOCKET, SO_ERROR},
};

enum { OPTION_ROWS = sizeof(OPTIONS) / sizeof(OPTIONS[0]) };

/* -1 for an option that the socket does not have. */
static int option_value(SOCKET s, const struct socket_option *option)
{
    int value = 0;
    int size = sizeof(value);
    if (getsockopt(s, option->level, option->name, (char *)&value, &size) != 0)
        return -1;
    return size == 1 ? *(const char *)&value : value;
}

static void associate_changes_no_option(void)
{
    const USHORT first = free_ports(1);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct block block = hold(SOCKET_KINDS[i].family, SOCKET_KINDS[i].type, first, 1);
        const SOCKET s = open_socket(block.family, block.type);
        int before[OPTION_ROWS];
        for (int k = 0; k < OPTION_ROWS; k++)
            before[k] = option_value(s, &OPTIONS[k]);
        assert_int_equal(associate_block(s, block.token), 0);
        if (option_value(s, &OPTIONS[1]) != before[1])
            OBSERVE(associate_changes_socket, sets_exclusive);
        for (int k = 0; k < OPTION_ROWS; k++)
            assert_int_equal(option_value(s, &OPTIONS[k]), before[k]);
        OBSERVE(associate_changes_socket, nothing);
        close_socket(s);
        let_go(&block);
    }
    END_WINSOCK();
}

static void options_set_before_associate_last(void)
{
    const USHORT first = free_ports(1);
    const BOOL on = TRUE;
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_udp(first, 1);
    s = open_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(setsockopt(s, SOL_SOCKET, SO_BROADCAST, (const char *)&on, sizeof(on)), 0);
    assert_int_equal(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, (const char *)&on, sizeof(on)), 0);
    assert_int_equal(associate_block(s, block.token), 0);
    assert_int_not_equal(option_value(s, &OPTIONS[3]), 0);
    assert_int_not_equal(option_value(s, &OPTIONS[0]), 0);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_equal(bound_port(s), first);
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

/* ---- Too late -------------------------------------------------------------------------------- */

static void a_bound_socket_cannot_be_associated(void)
{
    const USHORT first = free_ports(3);
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct socket_kind *kind = &SOCKET_KINDS[i];
        const struct block block = hold(kind->family, kind->type, first, 2);
        const SOCKET chosen = open_socket(kind->family, kind->type);
        const SOCKET given = open_socket(kind->family, kind->type);
        assert_int_equal(bind_by_family(chosen, kind->family, (USHORT)(first + 2)), 0);
        assert_int_equal(bind_by_family(given, kind->family, 0), 0);
        OBSERVE_VALUE(associate_after_bind, associate_block(chosen, block.token));
        OBSERVE_VALUE(associate_after_bind, associate_block(given, block.token));
        assert_int_equal(bound_port(chosen), first + 2);
        assert_false(lies_in(&block, bound_port(given)));
        close_socket(chosen);
        close_socket(given);
        let_go(&block);
    }
    END_WINSOCK();
}

static void a_socket_bound_in_the_block_cannot_be_associated_again(void)
{
    const USHORT first = free_ports(2);
    struct block block;
    SOCKET s;
    USHORT port;
    START_WINSOCK();
    block = hold_tcp(first, 2);
    s = bound_in_block(&block);
    port = bound_port(s);
    OBSERVE_VALUE(associate_after_bind, associate_block(s, block.token));
    assert_int_equal(bound_port(s), port);
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

static void a_listening_socket_cannot_be_associated(void)
{
    const USHORT first = free_ports(1);
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_tcp(first, 1);
    s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_equal(listen(s, 1), 0);
    OBSERVE_VALUE(associate_listening, associate_block(s, block.token));
    assert_int_not_equal(bound_port(s), first);
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

/* connect bound the socket on the way. */
static void a_connected_socket_cannot_be_associated(void)
{
    const USHORT first = free_ports(2);
    const struct sockaddr_in peer = ipv4_address(INADDR_LOOPBACK, (USHORT)(first + 1));
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_udp(first, 1);
    s = open_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(connect(s, (const struct sockaddr *)&peer, sizeof(peer)), 0);
    assert_one_of(associate_block(s, block.token), WSAEINVAL, WSAEISCONN, WSAEACCES);
    assert_int_not_equal(bound_port(s), first);
    close_socket(s);
    let_go(&block);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(an_associated_sockets_port_comes_from_the_block, ASSOC_001, ASSOC_002, ASSOC_005, ERR_013,
         ACQ_023),
    CASE(a_wildcard_address_gets_a_port_of_the_block_too, ASSOC_005),
    CASE(associate_does_not_bind, ASSOC_004),
    CASE(an_association_uses_no_port_up, ASSOC_004, ASSOC_019),
    CASE(an_unassociated_socket_stays_out_of_the_block, ASSOC_002),
    CASE(several_sockets_may_share_a_block, ASSOC_019),
    CASE(two_blocks_serve_their_own_sockets, ASSOC_002, ASSOC_005),
    CASE(bind_fails_when_the_block_is_used_up, ASSOC_006, ASSOC_007),
    CASE(a_socket_that_found_the_block_used_up_may_bind_later, ASSOC_006, ASSOC_019),
    CASE(the_one_free_port_is_found_wherever_it_is, ASSOC_005, ASSOC_006),
    CASE(another_address_has_the_whole_block_or_nothing, ASSOC_005, ASSOC_006),
    CASE(a_used_up_block_does_not_keep_others_from_binding, ASSOC_006),
    CASE(associate_changes_no_option, ASSOC_020),
    CASE(options_set_before_associate_last, ASSOC_020),
    CASE(a_bound_socket_cannot_be_associated, ASSOC_003, ERR_020),
    CASE(a_socket_bound_in_the_block_cannot_be_associated_again, ASSOC_003),
    CASE(a_listening_socket_cannot_be_associated, ASSOC_003, ASSOC_022),
    CASE(a_connected_socket_cannot_be_associated, ASSOC_003, ASSOC_022),
    END_OF_CASES,
};

const struct suite associate_suite = {
    .name = "associate",
    .about = "associated sockets and where their ports come from",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
