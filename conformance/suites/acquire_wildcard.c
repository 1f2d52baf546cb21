/* Blocks whose place the system chooses. Nothing is said of the place, but that it was free. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

static bool overlap(const struct block *a, const struct block *b)
{
    return a->first < b->first + b->count && b->first < a->first + a->count;
}

static void assert_sensible(const struct block *block, USHORT count)
{
    assert_int_equal(block->count, count);
    assert_true(block->first > 1024);
    assert_true((unsigned long)block->first + count <= 65536);
}

/* How many sockets can be bound from the block, up to one more than it should have. */
static USHORT draw_all(const struct block *block)
{
    SOCKET sockets[12];
    USHORT opened = 0;
    USHORT bound = 0;
    while (opened <= block->count && opened < 12) {
        sockets[opened] = associated_socket(block);
        opened++;
        if (bind_by_family(sockets[opened - 1], block->family, 0) != 0)
            break;
        if (lies_in(block, bound_port(sockets[opened - 1])))
            bound++;
    }
    for (USHORT i = 0; i < opened; i++)
        close_socket(sockets[i]);
    return bound;
}

static void the_system_picks_a_block_of_the_size_asked_for(void)
{
    const USHORT counts[] = {1, 2, 5, 10};
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        for (int k = 0; k < 4; k++) {
            const struct block block =
                hold(SOCKET_KINDS[i].family, SOCKET_KINDS[i].type, 0, counts[k]);
            USHORT drawn;
            assert_sensible(&block, counts[k]);
            drawn = draw_all(&block);
            if (drawn + 1 == counts[k])
                OBSERVE(wildcard_count, one_fewer);
            assert_int_equal(drawn, counts[k]);
            OBSERVE(wildcard_count, exact);
            let_go(&block);
        }
    }
    END_WINSOCK();
}

static void a_wildcard_block_is_reserved_to_its_last_port(void)
{
    const USHORT counts[] = {1, 2, 3, 64};
    START_WINSOCK();
    for (int i = 0; i < 4; i++) {
        const struct block block = hold_tcp(0, counts[i]);
        const USHORT last = (USHORT)(block.first + counts[i] - 1);
        assert_sensible(&block, counts[i]);
        if (probe_port(AF_INET, SOCK_STREAM, last) == 0)
            OBSERVE(wildcard_count, one_fewer);
        assert_block_held(&block);
        let_go(&block);
        assert_ports_free(AF_INET, SOCK_STREAM, block.first, counts[i]);
    }
    END_WINSOCK();
}

enum { MANY = 24 };

static void wildcard_blocks_do_not_overlap(void)
{
    struct block blocks[MANY];
    START_WINSOCK();
    for (int i = 0; i < MANY; i++) {
        blocks[i] = hold_udp(0, (USHORT)(i % 7 + 1));
        assert_sensible(&blocks[i], (USHORT)(i % 7 + 1));
        for (int k = 0; k < i; k++)
            assert_false(overlap(&blocks[i], &blocks[k]));
    }
    for (int i = 0; i < MANY; i++)
        let_go(&blocks[i]);
    END_WINSOCK();
}

/* A port in use where the system put a block before: the next block lies elsewhere. */
static void a_wildcard_block_keeps_off_ports_in_use(void)
{
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct socket_kind *kind = &SOCKET_KINDS[i];
        for (USHORT offset = 0; offset < 4; offset++) {
            struct block block = hold(kind->family, kind->type, 0, 4);
            const USHORT used = (USHORT)(block.first + offset);
            const SOCKET user = open_socket(kind->family, kind->type);
            let_go(&block);
            assert_int_equal(bind_by_family(user, kind->family, used), 0);
            block = hold(kind->family, kind->type, 0, 4);
            if (lies_in(&block, used))
                OBSERVE(wildcard_place, over_bound_ports);
            let_go(&block);
            close_socket(user);
        }
    }
    END_WINSOCK();
}

static void a_wildcard_block_fits_the_gap_it_is_put_in(void)
{
    struct block before;
    struct block between;
    struct block after;
    START_WINSOCK();
    before = hold_tcp(0, 3);
    between = hold_tcp(0, 3);
    after = hold_tcp(0, 3);
    let_go(&between);
    between = hold_tcp(0, 4);
    assert_sensible(&between, 4);
    assert_false(overlap(&between, &before));
    assert_false(overlap(&between, &after));
    assert_block_held(&between);
    let_go(&before);
    let_go(&between);
    let_go(&after);
    END_WINSOCK();
}

static void wildcard_blocks_come_and_go_without_overlapping(void)
{
    struct block blocks[MANY];
    START_WINSOCK();
    for (int i = 0; i < MANY; i++)
        blocks[i] = hold_tcp(0, 3);
    for (int round = 1; round < 4; round++) {
        for (int i = round; i < MANY; i += round + 1)
            let_go(&blocks[i]);
        for (int i = round; i < MANY; i += round + 1)
            blocks[i] = hold_tcp(0, (USHORT)(round + 1));
        for (int i = 0; i < MANY; i++)
            for (int k = 0; k < i; k++)
                assert_false(overlap(&blocks[i], &blocks[k]));
    }
    for (int i = 0; i < MANY; i++)
        let_go(&blocks[i]);
    END_WINSOCK();
}

/* Says where this stack puts wildcard blocks, as far as eight of them tell. */
static void wildcard_blocks_lie_in_one_of_two_places(void)
{
    const USHORT dynamic_first = 49152;
    struct block blocks[8];
    bool rising = true;
    bool inside = true;
    START_WINSOCK();
    for (int i = 0; i < 8; i++) {
        blocks[i] = hold_udp(0, 2);
        inside = inside && blocks[i].first >= dynamic_first;
        rising = rising && (i == 0 || blocks[i].first > blocks[i - 1].first);
    }
    if (inside)
        OBSERVE(wildcard_place, dynamic_range);
    else
        OBSERVE(wildcard_place, anywhere);
    if (rising)
        OBSERVE(wildcard_order, lowest);
    else
        OBSERVE(wildcard_order, random);
    for (int i = 0; i < 8; i++)
        let_go(&blocks[i]);
    END_WINSOCK();
}

/* Fewer than five such blocks fit, wherever they may lie. */
static void a_wildcard_block_that_fits_nowhere_is_refused(void)
{
    const USHORT count = 16000;
    struct block blocks[5];
    unsigned outcome = 0;
    int held = 0;
    START_WINSOCK();
    while (held < 5) {
        INET_PORT_RESERVATION_INSTANCE instance;
        const SOCKET s = open_socket(AF_INET, SOCK_DGRAM);
        struct block *block = &blocks[held];
        memset(&instance, 0, sizeof(instance));
        outcome = acquire_block(s, 0, count, &instance);
        if (outcome != 0) {
            close_socket(s);
            break;
        }
        *block = (struct block){s, AF_INET, SOCK_DGRAM, 0, instance.NumberOfPorts, instance.Token};
        block->first = ntohs(instance.StartPort);
        assert_sensible(block, count);
        for (int i = 0; i < held; i++)
            assert_false(overlap(block, &blocks[i]));
        held++;
    }
    OBSERVE_VALUE(wildcard_exhausted, outcome);
    for (int i = 0; i < held; i++)
        let_go(&blocks[i]);
    END_WINSOCK();
}

static void a_wildcard_block_as_large_as_the_protocol_is_refused(void)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    assert_one_of(acquire_block(s, 0, 65535, &instance), WSAEADDRINUSE, WSAENOBUFS, WSAEINVAL);
    assert_int_equal(acquire_block(s, 0, 1, &instance), 0);
    close_socket(s);
    END_WINSOCK();
}

/* A socket in the middle leaves no room for a block of the whole range around it. */
static void a_wildcard_block_has_no_hole(void)
{
    const USHORT middle = 57345;
    INET_PORT_RESERVATION_INSTANCE instance;
    SOCKET user;
    SOCKET s;
    unsigned outcome;
    START_WINSOCK();
    user = open_socket(AF_INET, SOCK_DGRAM);
    s = open_socket(AF_INET, SOCK_DGRAM);
    if (bind_loopback(user, middle) != 0)
        SKIP_BECAUSE("somebody has the port in the middle of the dynamic range");
    memset(&instance, 0, sizeof(instance));
    outcome = acquire_block(s, 0, 12000, &instance);
    if (outcome == 0) {
        const USHORT first = ntohs(instance.StartPort);
        assert_int_equal(instance.NumberOfPorts, 12000);
        if (middle >= first && middle - first < 12000)
            OBSERVE(wildcard_exhausted, grants);
    } else {
        OBSERVE_VALUE(wildcard_exhausted, outcome);
    }
    close_socket(s);
    close_socket(user);
    END_WINSOCK();
}

static void a_refused_wildcard_block_leaves_nothing(void)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    struct block block;
    SOCKET s;
    START_WINSOCK();
    block = hold_tcp(0, 8);
    let_go(&block);
    s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_not_equal(acquire_block(s, 0, 65535, &instance), 0);
    assert_ports_free(AF_INET, SOCK_STREAM, block.first, 8);
    close_socket(s);
    END_WINSOCK();
}

static void wildcard_blocks_are_for_run_time_only(void)
{
    ULONG64 token = 0;
    struct block block;
    START_WINSOCK();
    REQUIRE_PERSISTENT_FUNCTIONS();
    assert_int_equal(CreatePersistentTcpPortReservation(0, 4, &token), ERROR_INVALID_PARAMETER);
    assert_int_equal(CreatePersistentUdpPortReservation(0, 4, &token), ERROR_INVALID_PARAMETER);
    block = hold_tcp(0, 4);
    assert_sensible(&block, 4);
    let_go(&block);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(the_system_picks_a_block_of_the_size_asked_for, ACQ_012, ACQ_016, ASSOC_005),
    CASE(a_wildcard_block_is_reserved_to_its_last_port, ACQ_012, ACQ_016),
    CASE(wildcard_blocks_do_not_overlap, ACQ_012, ACQ_026),
    CASE(a_wildcard_block_keeps_off_ports_in_use, ACQ_012),
    CASE(a_wildcard_block_fits_the_gap_it_is_put_in, ACQ_012, ACQ_016),
    CASE(wildcard_blocks_come_and_go_without_overlapping, ACQ_012, ACQ_026),
    CASE(wildcard_blocks_lie_in_one_of_two_places, ACQ_012),
    CASE(a_wildcard_block_that_fits_nowhere_is_refused, ACQ_012, ACQ_016),
    CASE(a_wildcard_block_as_large_as_the_protocol_is_refused, ACQ_012, ACQ_016),
    CASE(a_wildcard_block_has_no_hole, ACQ_016),
    CASE(a_refused_wildcard_block_leaves_nothing, ACQ_012, ACQ_026),
    CASE(wildcard_blocks_are_for_run_time_only, ACQ_015),
    END_OF_CASES,
};

const struct suite acquire_wildcard_suite = {
    .name = "acquire_wildcard",
    .about = "blocks whose place the system chooses",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
