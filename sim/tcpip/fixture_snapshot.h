/* The whole state as text, so that what a refusal left behind can be compared. */
#ifndef SIM_TCPIP_FIXTURE_SNAPSHOT_H
#define SIM_TCPIP_FIXTURE_SNAPSHOT_H

#include "sim/tcpip/fixture_machine.h"

/* ---- The whole state, as text ---------------------------------------------------------------- */

static inline size_t append(char *text, size_t used, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int more = vsnprintf(text + used, SNAPSHOT_SIZE - used, format, arguments);
    va_end(arguments);
    assert_true(more >= 0 && used + (size_t)more < SNAPSHOT_SIZE);
    return used + (size_t)more;
}

struct listing {
    char *text;
    size_t used;
};

static inline void list_entry(void *context, const struct pool_entry *entry)
{
    struct listing *listing = context;
    listing->used = append(listing->text, listing->used, "block %u %u kind %d%s%s%s %llx of %u\n",
                           (unsigned)entry->range.first, (unsigned)entry->range.count,
                           (int)entry->kind, entry->stored ? " stored" : "",
                           entry->family_4 ? " 4" : "", entry->family_6 ? " 6" : "",
                           (unsigned long long)entry->token, (unsigned)entry->process_id);
}

static inline void list_bound(void *context, const struct bound_port *bound)
{
    struct listing *listing = context;
    listing->used =
        append(listing->text, listing->used, "bound %u family %d %u of %u%s\n",
               (unsigned)bound->port, (int)bound->address.family, (unsigned)bound->address.bytes[3],
               (unsigned)bound->process_id, bound->dual_stack ? " dual" : "");
}

/* Pools, bound endpoints, cursors, ranges, and how often chance and the disk were asked. */
static inline void snapshot(char *text)
{
    struct listing listing = {.text = text};

    tcpip_check(f.tcpip);
    for (enum protocol p = 0; p < PROTOCOL_COUNT; p++) {
        const struct pool *pool = &f.tcpip->pools[p];
        listing.used = append(text, listing.used, "protocol %d cursor %u dynamic %u %u %u %u\n",
                              (int)p, (unsigned)pool->cursor, (unsigned)pool->dynamic[0].first,
                              (unsigned)pool->dynamic[0].count, (unsigned)pool->dynamic[1].first,
                              (unsigned)pool->dynamic[1].count);
        pool_visit(f.tcpip, p, list_entry, &listing);
        bound_visit(f.tcpip, p, list_bound, &listing);
    }
    listing.used = append(text, listing.used, "issued %llu drawn %llx %llx %llx writes %llu\n",
                          (unsigned long long)f.tcpip->tokens.issued,
                          (unsigned long long)f.engine.choices.streams[CHOICE_PORT],
                          (unsigned long long)f.engine.choices.streams[CHOICE_BLOCK],
                          (unsigned long long)f.engine.choices.streams[CHOICE_TOKEN],
                          (unsigned long long)f.disk.writes);
}

/* Whatever `call` does, it is refused with `expected` and changes nothing. */
#define assert_refused(call, expected)                                                             \
    do {                                                                                           \
        snapshot(f.before);                                                                        \
        assert_status(call, expected);                                                             \
        snapshot(f.after);                                                                         \
        assert_string_equal(f.after, f.before);                                                    \
    } while (0)

/* How many blocks of that kind a protocol has. */
struct tally {
    enum entry_kind kind;
    unsigned count;
    struct pool_entry last;
};

static inline void tally_entry(void *context, const struct pool_entry *entry)
{
    struct tally *tally = context;
    if (entry->kind != tally->kind)
        return;
    tally->count++;
    tally->last = *entry;
}

static inline struct tally count_blocks(enum protocol protocol, enum entry_kind kind)
{
    struct tally tally = {.kind = kind};
    pool_visit(f.tcpip, protocol, tally_entry, &tally);
    return tally;
}

#endif
