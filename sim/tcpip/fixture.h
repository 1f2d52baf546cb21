/* A machine that is all TCP/IP, for the unit tests of this folder. Each test opens one, and closes
 * it at its end; `fixture_close` and each snapshot check the whole invariant.
 */
#ifndef SIM_TCPIP_FIXTURE_H
#define SIM_TCPIP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/nt/nt.h"
#include "sim/tcpip/endpoint.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/reservation.h"
#include "sim/tcpip/tcpip.h"

enum {
    OWNER = 4,    /* a process */
    STRANGER = 8, /* another one */
    SNAPSHOT_SIZE = 1 << 14
};

struct fixture {
    struct engine engine;
    struct disk disk;
    struct profile profile;
    struct nt nt;
    struct tcpip *tcpip;
    char before[SNAPSHOT_SIZE], after[SNAPSHOT_SIZE];
};

static struct fixture f; /* the one under test */

static const struct endpoint_options plain;
static const struct endpoint_options reuse = {.reuse_address = true};
static const struct endpoint_options exclusive = {.exclusive_address = true};
static const struct endpoint_options dual = {.dual_stack = true};

static const struct token administrator = {
    .account = ACCOUNT_ADMIN, .elevation = ELEVATION_FULL, .administrator = true};
static const struct token standard_user = {.account = ACCOUNT_STANDARD,
                                           .elevation = ELEVATION_DEFAULT};
static const struct requester owner = {.process_id = OWNER};
static const struct requester elevated = {.process_id = OWNER, .administrator = true};
static const struct requester stranger = {.process_id = STRANGER};

/* Makes the machine answer a question so. */
#define CHOOSE(question, option) profile_choose(&f.profile, OPTION_##question##_##option)

#define assert_status(actual, expected)                                                            \
    assert_string_equal(nt_status_name(actual), nt_status_name(expected))

static inline bool fixture_boot(void)
{
    const uint64_t boots = f.nt.boots + 1;

    f.nt = (struct nt){.engine = &f.engine, .profile = &f.profile, .disk = &f.disk, .boots = boots};
    f.tcpip = tcpip_boot(&f.nt);
    return f.tcpip != NULL;
}

/* A machine at its default profile, before its first boot. */
static inline void fixture_open_unbooted(void)
{
    memset(&f, 0, sizeof f);
    assert_true(engine_open(&f.engine, 1, 64 << 20, 0xa5));
    assert_true(disk_open(&f.disk, 64));
    profile_default(&f.profile);
}

static inline void fixture_open(void)
{
    fixture_open_unbooted();
    assert_true(fixture_boot());
}

/* Everything volatile goes; what stood in `f.tcpip` is no more. */
static inline void fixture_cut_power(void)
{
    tcpip_check(f.tcpip);
    engine_power_off(&f.engine);
    f.disk.powered = true;
    assert_true(fixture_boot());
    tcpip_check(f.tcpip);
}

static inline void fixture_reboot(void)
{
    tcpip_shut_down(f.tcpip);
    fixture_cut_power();
}

static inline void fixture_close(void)
{
    tcpip_check(f.tcpip);
    disk_close(&f.disk);
    engine_close(&f.engine);
}

/* ---- Addresses and endpoints ------------------------------------------------------------------
 */

static inline struct address ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
    return (struct address){.family = FAMILY_4, .bytes = {a, b, c, d}};
}

static inline struct address mapped(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
    return (struct address){.family = FAMILY_6, .bytes = {[10] = 0xff, [11] = 0xff, a, b, c, d}};
}

static inline struct address any4(void)
{
    return ip4(0, 0, 0, 0);
}

static inline struct address loopback4(void)
{
    return ip4(127, 0, 0, 1);
}

static inline struct address any6(void)
{
    return (struct address){.family = FAMILY_6};
}

static inline struct address loopback6(void)
{
    return (struct address){.family = FAMILY_6, .bytes = {[15] = 1}};
}

static inline struct endpoint *open_as(enum protocol protocol, enum family family,
                                       uint32_t process_id, uint32_t account)
{
    struct endpoint *e = endpoint_open(f.tcpip, protocol, family, process_id, account);
    assert_non_null(e);
    return e;
}

static inline struct endpoint *tcp(void)
{
    return open_as(PROTOCOL_TCP, FAMILY_4, OWNER, ACCOUNT_STANDARD);
}

static inline struct endpoint *udp(void)
{
    return open_as(PROTOCOL_UDP, FAMILY_4, OWNER, ACCOUNT_STANDARD);
}

static inline struct endpoint *tcp6(void)
{
    return open_as(PROTOCOL_TCP, FAMILY_6, OWNER, ACCOUNT_STANDARD);
}

static inline struct endpoint *strange_tcp(void)
{
    return open_as(PROTOCOL_TCP, FAMILY_4, STRANGER, ACCOUNT_STANDARD);
}

static inline nt_status bind_with(struct endpoint *e, struct address address, uint16_t port,
                                  const struct endpoint_options *options)
{
    return endpoint_bind(f.tcpip, e, &address, port, options, true);
}

/* To the wildcard address, without options. */
static inline nt_status bind_port(struct endpoint *e, uint16_t port)
{
    struct address wildcard = {.family = (enum family)e->family};
    return bind_with(e, wildcard, port, &plain);
}

/* A fresh endpoint bound so, or NULL when the bind is refused. */
static inline struct endpoint *bound_with(struct endpoint *e, struct address address, uint16_t port,
                                          const struct endpoint_options *options)
{
    assert_status(bind_with(e, address, port, options), STATUS_SUCCESS);
    return e;
}

static inline struct endpoint *bound_tcp(uint16_t port)
{
    return bound_with(tcp(), any4(), port, &plain);
}

/* What a fresh TCP endpoint of a process gets for bind to the wildcard address and that port. */
static inline nt_status try_port(uint32_t process_id, uint16_t port)
{
    struct endpoint *e = open_as(PROTOCOL_TCP, FAMILY_4, process_id, ACCOUNT_STANDARD);
    nt_status status = bind_port(e, port);
    endpoint_close(f.tcpip, e);
    return status;
}

static inline nt_status acquire(struct endpoint *holder, uint32_t first, uint32_t count,
                                struct reservation_view *out)
{
    const struct port_range range = {first, count};
    return reservation_acquire(f.tcpip, holder, holder->process_id, &range, out);
}

/* The token of a block just acquired. */
static inline uint64_t acquired(struct endpoint *holder, uint32_t first, uint32_t count)
{
    struct reservation_view view = {{0, 0}, 0};
    assert_status(acquire(holder, first, count, &view), STATUS_SUCCESS);
    return view.token;
}

static inline struct endpoint *associated(struct endpoint *e, uint64_t token)
{
    assert_status(reservation_associate(f.tcpip, e, &elevated, token), STATUS_SUCCESS);
    return e;
}

static inline nt_status create(enum protocol protocol, uint32_t first, uint32_t count,
                               uint64_t *token)
{
    const struct port_range range = {first, count};
    return persistent_create(f.tcpip, protocol, &range, &administrator, true, token);
}

static inline uint64_t created(enum protocol protocol, uint32_t first, uint32_t count)
{
    uint64_t token = 0;
    assert_status(create(protocol, first, count, &token), STATUS_SUCCESS);
    return token;
}

static inline nt_status delete_range(enum protocol protocol, uint32_t first, uint32_t count)
{
    const struct port_range range = {first, count};
    return persistent_delete(f.tcpip, protocol, &range, &administrator);
}

static inline nt_status look_up(enum protocol protocol, uint32_t first, uint32_t count,
                                uint64_t *token)
{
    const struct port_range range = {first, count};
    return persistent_lookup(f.tcpip, protocol, &range, &standard_user, true, token);
}

static inline nt_status exclude(enum protocol protocol, uint32_t first, uint32_t count,
                                enum store store)
{
    const struct port_range range = {first, count};
    return exclusion_add(f.tcpip, FAMILY_4, protocol, &range, store);
}

static inline nt_status set_dynamic(enum protocol protocol, uint32_t first, uint32_t count)
{
    const struct port_range range = {first, count};
    return dynamic_range_set(f.tcpip, FAMILY_4, protocol, &range, STORE_ACTIVE);
}

/* ---- The whole state, as text ------------------------------------------------------------------
 */

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
