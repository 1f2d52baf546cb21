/* What a restart leaves: persistent blocks, under tokens that have to be looked up again; of
 * runtime blocks, nothing. A power cut or a crash is a restart that nobody announced.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/persistent.h"
#include "conformance/suites/suite.h"

static ULONG64 created(enum block_protocol protocol, unsigned first, unsigned count)
{
    ULONG64 token = 0;
    assert_int_equal(create_block(protocol, first, count, &token), ERROR_SUCCESS);
    return token;
}

static void removed(enum block_protocol protocol, unsigned first, unsigned count)
{
    assert_int_equal(delete_block(protocol, first, count), ERROR_SUCCESS);
}

/* ---- Persistent blocks ----------------------------------------------------------------------- */

struct stored_block {
    enum block_protocol protocol;
    unsigned at, count;
};

/* Neighbours, the same numbers in both protocols, and counts of one and of two bytes. */
// clang-format off
static const struct stored_block stored_blocks[] = {
    {TCP_BLOCK,   0,  20},
    {TCP_BLOCK,  20,   1},
    {UDP_BLOCK,   0,  20},
    {UDP_BLOCK,  25,   1},
    {UDP_BLOCK,  30, 257},
    {TCP_BLOCK,  30, 256},
};
// clang-format on

enum {
    STORED_BLOCKS = sizeof(stored_blocks) / sizeof(stored_blocks[0]),
    STORED_SPAN = 300,
    OLD_TOKENS = 12
};

/* What the second function of a case knows of the first. */
struct kept {
    unsigned first;
    bool granted[6]; /* of the edge blocks */
    unsigned token_count;
    ULONG64 tokens[OLD_TOKENS];
};

static void keep(const struct kept *kept)
{
    memcpy(testbed_kept(), kept, sizeof(*kept));
}

static struct kept what_was_kept(void)
{
    struct kept kept;
    memcpy(&kept, testbed_kept(), sizeof(kept));
    return kept;
}

static void create_the_stored_blocks(void)
{
    struct kept kept;
    memset(&kept, 0, sizeof(kept));
    kept.first = free_range(STORED_SPAN);
    for (unsigned i = 0; i < STORED_BLOCKS; i++) {
        const struct stored_block *block = &stored_blocks[i];
        kept.tokens[i] = created(block->protocol, kept.first + block->at, block->count);
    }
    keep(&kept);
}

static unsigned stored_blocks_found(unsigned first)
{
    unsigned found = 0;
    for (unsigned i = 0; i < STORED_BLOCKS; i++) {
        const struct stored_block *block = &stored_blocks[i];
        found += looked_up(block->protocol, first + block->at, block->count) == ERROR_SUCCESS;
    }
    return found;
}

/* The block is the one it was, to the port, and does what a block does. */
static void assert_block_is_whole(enum block_protocol protocol, unsigned first, unsigned count)
{
    ULONG64 token = 0;
    assert_int_equal(looked_up(protocol, first, count + 1), ERROR_NOT_FOUND);
    assert_int_equal(looked_up(protocol, first + 1, count), ERROR_NOT_FOUND);
    assert_true(probe_block(protocol, first, 1) != 0);
    assert_true(probe_block(protocol, first + count - 1, 1) != 0);
    OBSERVE_VALUE(persistent_outsider_bind, probe_bind(protocol, first));

    assert_int_equal(lookup_block(protocol, first, count, &token), ERROR_SUCCESS);
    assert_true(token != INVALID_PORT_RESERVATION_TOKEN);
    const SOCKET s = block_socket(protocol);
    assert_int_equal(associate_block(s, token), 0);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_true(in_block(bound_port(s), first, count));
    assert_int_equal(closesocket(s), 0);
}

static void assert_the_stored_blocks_are_whole(void)
{
    const unsigned first = what_was_kept().first;
    for (unsigned i = 0; i < STORED_BLOCKS; i++) {
        const struct stored_block *block = &stored_blocks[i];
        assert_block_is_whole(block->protocol, first + block->at, block->count);
    }
    for (unsigned i = 0; i < 2; i++) {
        const enum block_protocol protocol = i == 0 ? TCP_BLOCK : UDP_BLOCK;
        assert_int_equal(probe_block(protocol, first + 21, 4), 0);
        assert_int_equal(probe_block(protocol, first + 26, 4), 0);
        assert_int_equal(probe_block(protocol, first + 287, 1), 0);
    }
    assert_int_equal(probe_bind(UDP_BLOCK, first + 20), 0);
    assert_int_equal(probe_bind(TCP_BLOCK, first + 286), 0);
}

static void remove_the_stored_blocks(void)
{
    const unsigned first = what_was_kept().first;
    for (unsigned i = 0; i < STORED_BLOCKS; i++) {
        const struct stored_block *block = &stored_blocks[i];
        removed(block->protocol, first + block->at, block->count);
        assert_int_equal(looked_up(block->protocol, first + block->at, block->count),
                         ERROR_NOT_FOUND);
    }
    assert_int_equal(probe_block(TCP_BLOCK, first, STORED_SPAN), 0);
    assert_int_equal(probe_block(UDP_BLOCK, first, STORED_SPAN), 0);
}

static void persistent_blocks_survive_a_restart(void)
{
    START_WINSOCK();
    if (stored_blocks_found(what_was_kept().first) < STORED_BLOCKS)
        OBSERVE(persistent_restart, lost);
    OBSERVE(persistent_restart, survives);
    assert_the_stored_blocks_are_whole();
    remove_the_stored_blocks();
}

/* Create answers when the block is stored, not when somebody shuts down. */
static void check_an_unannounced_restart(void)
{
    START_WINSOCK();
    if (stored_blocks_found(what_was_kept().first) < STORED_BLOCKS)
        OBSERVE(persistent_restart, lost_by_power_cut);
    assert_the_stored_blocks_are_whole();
    remove_the_stored_blocks();
}

static void persistent_blocks_survive_a_power_cut(void)
{
    check_an_unannounced_restart();
}

static void persistent_blocks_survive_a_crash(void)
{
    check_an_unannounced_restart();
}

/* The ends of the numbers. Who holds one already is somebody else, and then the block is not ours
 * to speak of.
 */
static const struct stored_block edge_blocks[] = {{TCP_BLOCK, 65535, 1}, {UDP_BLOCK, 65535, 1},
                                                  {TCP_BLOCK, 1, 1},     {UDP_BLOCK, 1, 1},
                                                  {TCP_BLOCK, 2, 5},     {UDP_BLOCK, 2, 5}};

enum { EDGE_BLOCKS = sizeof(edge_blocks) / sizeof(edge_blocks[0]) };

static void create_the_edge_blocks(void)
{
    struct kept kept;
    memset(&kept, 0, sizeof(kept));
    for (unsigned i = 0; i < EDGE_BLOCKS; i++) {
        const struct stored_block *block = &edge_blocks[i];
        ULONG64 token = 0;
        const ULONG answer = create_block(block->protocol, block->at, block->count, &token);
        kept.granted[i] = answer == ERROR_SUCCESS;
        assert_int_not_equal(answer, ERROR_INVALID_PARAMETER);
    }
    keep(&kept);
}

static void the_first_and_the_last_port_survive_a_restart(void)
{
    START_WINSOCK();
    const struct kept kept = what_was_kept();
    for (unsigned i = 0; i < EDGE_BLOCKS; i++) {
        const struct stored_block *block = &edge_blocks[i];
        if (!kept.granted[i])
            continue;
        assert_int_equal(looked_up(block->protocol, block->at, block->count), ERROR_SUCCESS);
        assert_true(probe_block(block->protocol, block->at, block->count) != 0);
        removed(block->protocol, block->at, block->count);
    }
}

enum { MANY_BLOCKS = 150 };

static unsigned many_count(unsigned i)
{
    return 1 + i % 3;
}

static enum block_protocol many_protocol(unsigned i)
{
    return i % 2 == 0 ? TCP_BLOCK : UDP_BLOCK;
}

static void create_many_and_delete_every_third(void)
{
    struct kept kept;
    memset(&kept, 0, sizeof(kept));
    kept.first = free_range(4 * MANY_BLOCKS);
    for (unsigned k = 0; k < MANY_BLOCKS; k++) {
        const unsigned i = 37 * k % MANY_BLOCKS; /* each once, up and down */
        created(many_protocol(i), kept.first + 4 * i, many_count(i));
    }
    for (unsigned i = 0; i < MANY_BLOCKS; i += 3)
        removed(many_protocol(i), kept.first + 4 * i, many_count(i));
    keep(&kept);
}

static void of_many_blocks_those_not_deleted_survive(void)
{
    static ULONG64 tokens[MANY_BLOCKS];
    START_WINSOCK();
    const unsigned first = what_was_kept().first;
    for (unsigned i = 0; i < MANY_BLOCKS; i++) {
        const bool deleted = i % 3 == 0;
        const unsigned at = first + 4 * i;
        const enum block_protocol protocol = many_protocol(i);
        tokens[i] = 0;
        assert_int_equal(lookup_block(protocol, at, many_count(i), &tokens[i]),
                         deleted ? ERROR_NOT_FOUND : ERROR_SUCCESS);
        assert_true((probe_block(protocol, at, many_count(i)) == 0) == deleted);
        assert_int_equal(probe_block(protocol, at + many_count(i), 4 - many_count(i)), 0);
        for (unsigned j = 0; j < i; j++)
            if (!deleted && many_protocol(j) == protocol)
                assert_true(tokens[j] != tokens[i]);
    }
    for (unsigned i = 0; i < MANY_BLOCKS; i++)
        if (i % 3 != 0)
            removed(many_protocol(i), first + 4 * i, many_count(i));
}

/* New blocks take the places of deleted ones, in the store too, and no other's. */
static void create_many_delete_some_and_create_others(void)
{
    create_many_and_delete_every_third();
    const unsigned first = what_was_kept().first;
    for (unsigned i = 0; i < MANY_BLOCKS; i += 3)
        created(the_other_protocol(many_protocol(i)), first + 4 * i, 2);
}

static void of_many_blocks_the_kept_and_the_later_survive(void)
{
    START_WINSOCK();
    const unsigned first = what_was_kept().first;
    for (unsigned i = 0; i < MANY_BLOCKS; i++) {
        const bool later = i % 3 == 0;
        const enum block_protocol own = many_protocol(i);
        const enum block_protocol protocol = later ? the_other_protocol(own) : own;
        const unsigned count = later ? 2 : many_count(i);
        assert_int_equal(looked_up(protocol, first + 4 * i, count), ERROR_SUCCESS);
        assert_int_equal(probe_block(the_other_protocol(protocol), first + 4 * i, count), 0);
        removed(protocol, first + 4 * i, count);
    }
}

/* ---- Deleted blocks -------------------------------------------------------------------------- */

static void create_two_and_delete_one(void)
{
    struct kept kept;
    memset(&kept, 0, sizeof(kept));
    kept.first = free_range(20);
    for (unsigned i = 0; i < 2; i++) {
        const enum block_protocol protocol = i == 0 ? TCP_BLOCK : UDP_BLOCK;
        created(protocol, kept.first, 10);
        created(protocol, kept.first + 10, 10);
        removed(protocol, kept.first, 10);
    }
    keep(&kept);
}

static void check_the_deleted_blocks(void)
{
    START_WINSOCK();
    const unsigned first = what_was_kept().first;
    for (unsigned i = 0; i < 2; i++) {
        const enum block_protocol protocol = i == 0 ? TCP_BLOCK : UDP_BLOCK;
        if (looked_up(protocol, first, 10) != ERROR_NOT_FOUND ||
            probe_block(protocol, first, 10) != 0)
            OBSERVE(deleted_restart, returns);
        OBSERVE(deleted_restart, stays_gone);
        assert_int_equal(looked_up(protocol, first + 10, 10), ERROR_SUCCESS);
        removed(protocol, first + 10, 10);
    }
}

static void a_deleted_block_stays_gone_after_a_restart(void)
{
    check_the_deleted_blocks();
}

static void a_deleted_block_stays_gone_after_a_power_cut(void)
{
    check_the_deleted_blocks();
}

/* ---- Tokens ---------------------------------------------------------------------------------- */

enum { TOKEN_BLOCKS = 6, RUNTIME_BLOCKS = 3, TOKEN_SPAN = TOKEN_BLOCKS + RUNTIME_BLOCKS };

/* One block is deleted again, so that tokens that start over would meet others. Runtime blocks come
 * last; they end with the machine.
 */
static void leave_tokens_behind(void)
{
    START_WINSOCK();
    struct kept kept;
    memset(&kept, 0, sizeof(kept));
    kept.first = free_range(TOKEN_SPAN);
    for (unsigned i = 0; i < TOKEN_BLOCKS; i++)
        kept.tokens[i] = created(TCP_BLOCK, kept.first + i, 1);
    removed(TCP_BLOCK, kept.first, 1);
    for (unsigned i = TOKEN_BLOCKS; i < TOKEN_SPAN; i++) {
        INET_PORT_RESERVATION_INSTANCE instance;
        const SOCKET s = tcp_socket();
        assert_int_equal(acquire_block(s, (USHORT)(kept.first + i), 1, &instance), 0);
        kept.tokens[i] = instance.Token;
    }
    kept.token_count = TOKEN_SPAN;
    keep(&kept);
}

static void remove_the_token_blocks(unsigned first)
{
    for (unsigned i = 1; i < TOKEN_BLOCKS; i++)
        removed(TCP_BLOCK, first + i, 1);
}

/* Whether a socket associated with the token draws that very port. */
static bool draws(ULONG64 token, unsigned port)
{
    const SOCKET s = tcp_socket();
    const bool drawn =
        associate_block(s, token) == 0 && bind_loopback(s, 0) == 0 && bound_port(s) == port;
    assert_int_equal(closesocket(s), 0);
    return drawn;
}

static void the_tokens_of_the_next_boot_draw_from_their_blocks(void)
{
    START_WINSOCK();
    const struct kept kept = what_was_kept();
    unsigned changed = 0;
    for (unsigned i = 1; i < TOKEN_BLOCKS; i++) {
        ULONG64 token = 0;
        assert_int_equal(lookup_block(TCP_BLOCK, kept.first + i, 1, &token), ERROR_SUCCESS);
        assert_true(draws(token, kept.first + i));
        changed += !draws(kept.tokens[i], kept.first + i);
    }
    if (changed > 0)
        OBSERVE(token_restart, changes);
    else
        OBSERVE(token_restart, same);
    remove_the_token_blocks(kept.first);
}

/* Blocks of this boot, persistent and runtime, are what a stale token might meet. One that still
 * draws from its own block is not stale.
 */
static void a_token_of_the_last_boot_names_nobodys_block(void)
{
    START_WINSOCK();
    const struct kept kept = what_was_kept();
    SOCKET holders[RUNTIME_BLOCKS];
    for (unsigned i = 0; i < RUNTIME_BLOCKS; i++) {
        const unsigned port = kept.first + TOKEN_BLOCKS + i;
        INET_PORT_RESERVATION_INSTANCE instance;
        holders[i] = tcp_socket();
        assert_int_equal(acquire_block(holders[i], (USHORT)port, 1, &instance), 0);
    }
    for (unsigned i = 0; i < kept.token_count; i++) {
        const bool lives = i > 0 && i < TOKEN_BLOCKS;
        if (lives && draws(kept.tokens[i], kept.first + i))
            continue;
        const SOCKET s = tcp_socket();
        OBSERVE_VALUE(stale_token, associate_block(s, kept.tokens[i]));
        assert_int_equal(closesocket(s), 0);
    }
    for (unsigned i = 0; i < RUNTIME_BLOCKS; i++)
        assert_int_equal(closesocket(holders[i]), 0);
    remove_the_token_blocks(kept.first);
}

/* ---- Runtime blocks -------------------------------------------------------------------------- */

static void acquire_a_block_of_each_protocol(void)
{
    START_WINSOCK();
    struct kept kept;
    memset(&kept, 0, sizeof(kept));
    kept.first = free_range(20);
    for (unsigned i = 0; i < 2; i++) {
        const SOCKET s = block_socket(i == 0 ? TCP_BLOCK : UDP_BLOCK);
        const SOCKET user = block_socket(i == 0 ? TCP_BLOCK : UDP_BLOCK);
        INET_PORT_RESERVATION_INSTANCE instance;
        assert_int_equal(acquire_block(s, (USHORT)(kept.first + 10 * i), 10, &instance), 0);
        assert_int_equal(associate_block(user, instance.Token), 0);
        assert_int_equal(bind_loopback(user, 0), 0);
    }
    keep(&kept);
}

static void check_the_runtime_blocks_are_gone(void)
{
    START_WINSOCK();
    for (unsigned i = 0; i < 2; i++) {
        const enum block_protocol protocol = i == 0 ? TCP_BLOCK : UDP_BLOCK;
        const unsigned first = what_was_kept().first + 10 * i;
        if (probe_block(protocol, first, 10) != 0 || looked_up(protocol, first, 10) == 0)
            OBSERVE(runtime_restart, survives);
        OBSERVE(runtime_restart, ends);
        for (unsigned port = first; port < first + 10; port++)
            assert_int_equal(probe_bind(protocol, port), 0);
    }
}

static void a_restart_ends_runtime_blocks(void)
{
    check_the_runtime_blocks_are_gone();
}

static void a_power_cut_ends_runtime_blocks(void)
{
    check_the_runtime_blocks_are_gone();
}

// clang-format off
static const struct suite_case cases[] = {
    REBOOT_CASE(create_the_stored_blocks, TESTBED_RESTART,
                persistent_blocks_survive_a_restart, BOOT_001, BOOT_003, CRT_021),
    REBOOT_CASE(create_the_stored_blocks, TESTBED_POWER_CUT,
                persistent_blocks_survive_a_power_cut, BOOT_001, CRT_021),
    REBOOT_CASE(create_the_stored_blocks, TESTBED_CRASH,
                persistent_blocks_survive_a_crash, BOOT_001, CRT_021),
    REBOOT_CASE(create_the_edge_blocks, TESTBED_RESTART,
                the_first_and_the_last_port_survive_a_restart, BOOT_001),
    REBOOT_CASE(create_many_and_delete_every_third, TESTBED_RESTART,
                of_many_blocks_those_not_deleted_survive, BOOT_001, CRT_022),
    REBOOT_CASE(create_many_delete_some_and_create_others, TESTBED_RESTART,
                of_many_blocks_the_kept_and_the_later_survive, BOOT_001, CRT_022),
    REBOOT_CASE(create_two_and_delete_one, TESTBED_RESTART,
                a_deleted_block_stays_gone_after_a_restart, CRT_022),
    REBOOT_CASE(create_two_and_delete_one, TESTBED_POWER_CUT,
                a_deleted_block_stays_gone_after_a_power_cut, CRT_022),
    REBOOT_CASE(leave_tokens_behind, TESTBED_RESTART,
                the_tokens_of_the_next_boot_draw_from_their_blocks, BOOT_002, BOOT_003),
    REBOOT_CASE(leave_tokens_behind, TESTBED_RESTART,
                a_token_of_the_last_boot_names_nobodys_block, BOOT_004),
    REBOOT_CASE(acquire_a_block_of_each_protocol, TESTBED_RESTART,
                a_restart_ends_runtime_blocks, BOOT_005),
    REBOOT_CASE(acquire_a_block_of_each_protocol, TESTBED_POWER_CUT,
                a_power_cut_ends_runtime_blocks, BOOT_005),
    END_OF_CASES,
};
// clang-format on

const struct suite boot_suite = {
    .name = "boot",
    .about = "What a restart, a power cut or a crash leaves",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
