/* Addresses, endpoints and calls in the few words a test needs. */
#ifndef SIM_TCPIP_FIXTURE_CALLS_H
#define SIM_TCPIP_FIXTURE_CALLS_H

#include "sim/tcpip/fixture_machine.h"

/* ---- Addresses and endpoints ----------------------------------------------------------------- */

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

/* The same on a holder that is closed again, which ends the block. */
static inline nt_status try_acquire(uint32_t first, uint32_t count, struct reservation_view *view)
{
    struct endpoint *holder = tcp();
    nt_status status = acquire(holder, first, count, view);
    reservation_holder_closed(f.tcpip, holder, false);
    endpoint_close(f.tcpip, holder);
    return status;
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

static inline nt_status store_dynamic(enum family family, enum protocol protocol, uint32_t first,
                                      uint32_t count)
{
    const struct port_range range = {first, count};
    return dynamic_range_set(f.tcpip, family, protocol, &range, STORE_PERSISTENT);
}

#endif
