/* Who may bind a port that somebody holds: the tables of SO_REUSEADDR and SO_EXCLUSIVEADDRUSE, cell
 * by cell, for the same and for another user, TCP and UDP; and the two families together.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/suite.h"

enum hold { DEFAULT, REUSE, EXCLUSIVE };
enum place { W, S };
enum { OK = 0, USE = WSAEADDRINUSE, ACC = WSAEACCES, COLUMNS = 6 };

static const char *const hold_names[] = {"default", "SO_REUSEADDR", "SO_EXCLUSIVEADDRUSE"};
static const char *const place_names[] = {"wildcard", "specific"};

static const struct row {
    enum hold hold;
    enum place place;
    unsigned same_user[COLUMNS], other_user[COLUMNS];
} rows[] = {
#define BIND_ROW(hold, place, a, b, c, d, e, f, g, h, i, j, k, l)                                  \
    {hold, place, {a, b, c, d, e, f}, {g, h, i, j, k, l}},
#include "spec/bind_matrix.def"
#undef BIND_ROW
};

enum { ROWS = sizeof rows / sizeof *rows };

static void set_hold(SOCKET s, enum hold hold)
{
    const BOOL on = TRUE;
    if (hold == REUSE)
        setsockopt(s, SOL_SOCKET, SO_REUSEADDR, (const char *)&on, sizeof on);
    if (hold == EXCLUSIVE)
        setsockopt(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (const char *)&on, sizeof on);
}

static unsigned bind_cell(SOCKET s, enum hold hold, enum place place, USHORT port)
{
    set_hold(s, hold);
    return bind_ipv4(s, place == W ? INADDR_ANY : INADDR_LOOPBACK, port);
}

static SOCKET socket_of(int type)
{
    return type == SOCK_STREAM ? tcp_socket() : udp_socket();
}

static void judge_cell(int type, const char *whose, const struct row *row, int column,
                       unsigned want, unsigned got)
{
    if (got != want)
        fail_msg("%s, %s: first %s %s, then %s %s: %u, expected %u",
                 type == SOCK_STREAM ? "TCP" : "UDP", whose, hold_names[row->hold],
                 place_names[row->place], hold_names[column / 2], place_names[column % 2], got,
                 want);
}

static void judge_same_user(int type)
{
    const USHORT port = testbed_ports(1);
    for (int i = 0; i < ROWS; i++) {
        for (int column = 0; column < COLUMNS; column++) {
            const SOCKET first = socket_of(type);
            const SOCKET second = socket_of(type);
            assert_int_equal(bind_cell(first, rows[i].hold, rows[i].place, port), 0);
            const unsigned got =
                bind_cell(second, (enum hold)(column / 2), (enum place)(column % 2), port);
            closesocket(first);
            closesocket(second);
            judge_cell(type, "same user", &rows[i], column, rows[i].same_user[column], got);
        }
    }
}

static void the_same_users_second_tcp_bind_follows_the_table(void)
{
    START_WINSOCK();
    judge_same_user(SOCK_STREAM);
    WSACleanup();
}

static void the_same_users_second_udp_bind_follows_the_table(void)
{
    START_WINSOCK();
    judge_same_user(SOCK_DGRAM);
    WSACleanup();
}

/* ---- Another user ---------------------------------------------------------------------------- */

struct holding {
    int type;
    enum hold hold;
    enum place place;
    USHORT port;
};

/* Binds what it is told, one holding after the other, until it is told type 0. */
static int holder(void)
{
    struct holding holding;
    if (winsock_start() != 0)
        return 1;
    while (testbed_hear_parent(&holding, sizeof holding) && holding.type != 0) {
        const SOCKET s = socket_of(holding.type);
        const unsigned bound = bind_cell(s, holding.hold, holding.place, holding.port);
        if (!testbed_tell_parent(&bound, sizeof bound))
            return 1;
        /* Held until the case has tried. */
        if (!testbed_hear_parent(&holding, sizeof holding))
            return 1;
        closesocket(s);
        if (!testbed_tell_parent(&bound, sizeof bound))
            return 1;
    }
    WSACleanup();
    return 0;
}

static unsigned bind_beside(struct testbed_child *child, const struct holding *holding, int column)
{
    unsigned bound = 1;
    unsigned gone;
    assert_true(testbed_tell(child, holding, sizeof *holding));
    assert_true(testbed_hear(child, &bound, sizeof bound));
    assert_int_equal(bound, 0);
    const SOCKET second = socket_of(holding->type);
    const unsigned got =
        bind_cell(second, (enum hold)(column / 2), (enum place)(column % 2), holding->port);
    closesocket(second);
    assert_true(testbed_tell(child, holding, sizeof *holding));
    assert_true(testbed_hear(child, &gone, sizeof gone));
    return got;
}

static void judge_beside(enum testbed_user user, int type, const char *whose, bool same)
{
    const struct testbed_start start = {.program = "holder", .user = user};
    const struct holding end = {.type = 0};
    unsigned long error = 0;
    struct testbed_child *child = testbed_start(&start, &error);
    REQUIRE_TESTBED(child != NULL);

    for (int i = 0; i < ROWS; i++) {
        for (int column = 0; column < COLUMNS; column++) {
            const struct holding holding = {type, rows[i].hold, rows[i].place, testbed_ports(1)};
            const unsigned got = bind_beside(child, &holding, column);
            judge_cell(type, whose, &rows[i], column,
                       same ? rows[i].same_user[column] : rows[i].other_user[column], got);
        }
    }
    assert_true(testbed_tell(child, &end, sizeof end));
    assert_int_equal(testbed_wait(child), 0);
}

static void another_users_second_tcp_bind_follows_the_table(void)
{
    START_WINSOCK();
    judge_beside(TESTBED_OTHER_STANDARD, SOCK_STREAM, "another user", false);
    judge_same_user(SOCK_STREAM);
    OBSERVE(second_bind, windows_2003);
    WSACleanup();
}

static void another_users_second_udp_bind_follows_the_table(void)
{
    START_WINSOCK();
    judge_beside(TESTBED_OTHER_STANDARD, SOCK_DGRAM, "another user", false);
    WSACleanup();
}

static void another_process_of_the_same_user_is_the_same_user(void)
{
    START_WINSOCK();
    judge_beside(TESTBED_STANDARD, SOCK_STREAM, "another process", true);
    WSACleanup();
}

/* ---- Two families ---------------------------------------------------------------------------- */

/* What a row binds: an address and how. */
enum what { ANY4, LOOP4, ANY6, ANY6_DUAL, LOOP6, LOOP6_DUAL, MAPPED_ANY, MAPPED_LOOP };

static SOCKET open_what(enum what what)
{
    if (what == ANY4 || what == LOOP4)
        return tcp_socket();
    const SOCKET s = socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP);
    const DWORD off = 0;
    if (what != ANY6 && what != LOOP6)
        setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, (const char *)&off, sizeof off);
    return s;
}

static unsigned bind_what(SOCKET s, enum what what, USHORT port)
{
    struct sockaddr_in6 name = ipv6_loopback(port);
    if (what == ANY4 || what == LOOP4)
        return bind_ipv4(s, what == ANY4 ? INADDR_ANY : INADDR_LOOPBACK, port);
    if (what == ANY6 || what == ANY6_DUAL)
        name.sin6_addr.s6_addr[15] = 0;
    if (what == MAPPED_ANY || what == MAPPED_LOOP) {
        name.sin6_addr.s6_addr[10] = 0xFF;
        name.sin6_addr.s6_addr[11] = 0xFF;
        name.sin6_addr.s6_addr[12] = what == MAPPED_LOOP ? 127 : 0;
        name.sin6_addr.s6_addr[15] = what == MAPPED_LOOP ? 1 : 0;
    }
    return winsock_outcome(bind(s, (const struct sockaddr *)&name, sizeof name));
}

static const struct pair {
    const char *name;
    enum what first;
    enum hold first_hold;
    enum what second;
    enum hold second_hold;
    unsigned want;
} pairs[] = {
    /* clang-format off */
    {"wildcard4 exclusive, loopback4",              ANY4, EXCLUSIVE, LOOP4, DEFAULT, ACC},
    {"dual wildcard exclusive, loopback4",          ANY6_DUAL, EXCLUSIVE, LOOP4, DEFAULT, ACC},
    {"wildcard4, loopback4 exclusive",              ANY4, DEFAULT, LOOP4, EXCLUSIVE, OK},
    {"wildcard4 exclusive, loopback4 exclusive",    ANY4, EXCLUSIVE, LOOP4, EXCLUSIVE, ACC},
    {"loopback4 exclusive, wildcard4",              LOOP4, EXCLUSIVE, ANY4, DEFAULT, OK},
    {"loopback4, wildcard4 exclusive",              LOOP4, DEFAULT, ANY4, EXCLUSIVE, USE},
    {"dual loopback6, wildcard4 exclusive",         LOOP6_DUAL, DEFAULT, ANY4, EXCLUSIVE, OK},
    {"loopback6 exclusive, loopback4 exclusive",    LOOP6, EXCLUSIVE, LOOP4, EXCLUSIVE, OK},
    {"mapped loopback, wildcard4 exclusive",        MAPPED_LOOP, DEFAULT, ANY4, EXCLUSIVE, USE},
    {"dual wildcard exclusive, wildcard4",          ANY6_DUAL, EXCLUSIVE, ANY4, DEFAULT, ACC},
    {"dual wildcard, wildcard4 exclusive",          ANY6_DUAL, DEFAULT, ANY4, EXCLUSIVE, OK},
    {"wildcard4, wildcard4 exclusive",              ANY4, DEFAULT, ANY4, EXCLUSIVE, USE},
    {"dual wildcard, wildcard4",                    ANY6_DUAL, DEFAULT, ANY4, DEFAULT, OK},
    {"mapped wildcard, wildcard4",                  MAPPED_ANY, DEFAULT, ANY4, DEFAULT, USE},
    {"mapped loopback, loopback4",                  MAPPED_LOOP, DEFAULT, LOOP4, DEFAULT, USE},
    {"loopback4, mapped loopback",                  LOOP4, DEFAULT, MAPPED_LOOP, DEFAULT, USE},
    {"loopback4 exclusive, loopback4",              LOOP4, EXCLUSIVE, LOOP4, DEFAULT, USE},
    {"loopback4, loopback4 exclusive",              LOOP4, DEFAULT, LOOP4, EXCLUSIVE, USE},
    {"wildcard6, wildcard4",                        ANY6, DEFAULT, ANY4, DEFAULT, OK},
    {"wildcard4, wildcard6",                        ANY4, DEFAULT, ANY6, DEFAULT, OK},
    {"wildcard6 exclusive, wildcard4 exclusive",    ANY6, EXCLUSIVE, ANY4, EXCLUSIVE, OK},
    {"dual wildcard exclusive, wildcard4 reuse",    ANY6_DUAL, EXCLUSIVE, ANY4, REUSE, ACC},
    {"wildcard6, wildcard6",                        ANY6, DEFAULT, ANY6, DEFAULT, USE},
    {"loopback6, loopback6",                        LOOP6, DEFAULT, LOOP6, DEFAULT, USE},
    {"loopback6, loopback6 reuse",                  LOOP6, DEFAULT, LOOP6, REUSE, ACC},
    {"loopback6 reuse, loopback6 reuse",            LOOP6, REUSE, LOOP6, REUSE, OK},
    {"wildcard6, loopback6",                        ANY6, DEFAULT, LOOP6, DEFAULT, OK},
    {"wildcard6 exclusive, loopback6",              ANY6, EXCLUSIVE, LOOP6, DEFAULT, ACC},
    {"loopback6, loopback4",                        LOOP6, DEFAULT, LOOP4, DEFAULT, OK},
    /* clang-format on */
};

static void the_families_meet_as_observed(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const SOCKET first = open_what(pairs[i].first);
        const SOCKET second = open_what(pairs[i].second);
        set_hold(first, pairs[i].first_hold);
        set_hold(second, pairs[i].second_hold);
        assert_int_equal(bind_what(first, pairs[i].first, port), 0);
        const unsigned got = bind_what(second, pairs[i].second, port);
        closesocket(first);
        closesocket(second);
        if (got != pairs[i].want)
            fail_msg("%s: %u, expected %u", pairs[i].name, got, pairs[i].want);
    }
    OBSERVE(dual_stack_conflict, both);
    WSACleanup();
}

static void an_exclusive_dual_stack_bind_is_checked_in_both_families(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET first = open_what(LOOP4);
    const SOCKET second = open_what(ANY6_DUAL);

    assert_int_equal(bind_what(first, LOOP4, port), 0);
    set_hold(second, EXCLUSIVE);
    OBSERVE_VALUE(dual_stack_over_bound, bind_what(second, ANY6_DUAL, port));
    closesocket(first);
    assert_int_equal(bind_what(second, ANY6_DUAL, port), 0);
    closesocket(second);
    WSACleanup();
}

static void two_different_addresses_never_collide(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    enum { SECOND_LOOPBACK = 0x7F000002 };
    REQUIRE_TESTBED(testbed_second_address() != NULL);
    for (int hold = DEFAULT; hold <= EXCLUSIVE; hold++) {
        const SOCKET first = tcp_socket();
        const SOCKET second = tcp_socket();
        set_hold(first, (enum hold)hold);
        set_hold(second, (enum hold)hold);
        assert_int_equal(bind_loopback(first, port), 0);
        assert_int_equal(bind_ipv4(second, SECOND_LOOPBACK, port), 0);
        closesocket(first);
        closesocket(second);
    }
    WSACleanup();
}

static void every_holder_of_a_port_has_a_say(void)
{
    START_WINSOCK();
    const USHORT port = testbed_ports(1);
    const SOCKET wildcard = tcp_socket();
    const SOCKET specific = tcp_socket();
    const SOCKET third = tcp_socket();

    assert_int_equal(bind_ipv4(wildcard, INADDR_ANY, port), 0);
    assert_int_equal(bind_loopback(specific, port), 0);
    assert_int_equal(bind_loopback(third, port), WSAEADDRINUSE);
    assert_int_equal(bind_ipv4(third, INADDR_ANY, port), WSAEADDRINUSE);
    closesocket(specific);
    assert_int_equal(bind_loopback(third, port), 0);
    closesocket(third);
    closesocket(wildcard);
    WSACleanup();
}

static const struct testbed_program programs[] = {
    {"holder", holder},
    {NULL, NULL},
};

static const struct suite_case cases[] = {
    CASE(the_same_users_second_tcp_bind_follows_the_table, OPT_002, BIND_012, BIND_010),
    CASE(the_same_users_second_udp_bind_follows_the_table, OPT_002, BIND_012, BIND_010),
    CASE(another_users_second_tcp_bind_follows_the_table, OPT_002, BIND_012),
    CASE(another_users_second_udp_bind_follows_the_table, OPT_002, BIND_012),
    CASE(another_process_of_the_same_user_is_the_same_user, OPT_002),
    CASE(the_families_meet_as_observed, OPT_003, OPT_004),
    CASE(an_exclusive_dual_stack_bind_is_checked_in_both_families, OPT_003),
    CASE(two_different_addresses_never_collide, OPT_002, BIND_010),
    CASE(every_holder_of_a_port_has_a_say, OPT_002, BIND_010),
    END_OF_CASES,
};

const struct suite bind_matrix_suite = {
    .name = "bind_matrix",
    .about = "who may bind a port that somebody holds",
    .user = TESTBED_STANDARD,
    .cases = cases,
    .programs = programs,
};
