/* TCP/IP's book of ports: endpoints and who holds them, reservations, exclusions, the dynamic
 * ranges.
 *
 * It knows no sockets and no handles: an endpoint has an owner process and an account, given as
 * numbers. Ports are in host byte order everywhere here. Refusals change nothing. The profile's
 * questions are asked here and nowhere above for all that concerns the pool.
 */
#ifndef SIM_TCPIP_TCPIP_H
#define SIM_TCPIP_TCPIP_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nt/nt.h"
#include "sim/nt/status.h"

enum protocol { PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_COUNT, PROTOCOL_RAW = PROTOCOL_COUNT };
enum family { FAMILY_4, FAMILY_6, FAMILY_COUNT };

enum { PORT_END = 65536 };

struct address {
    enum family family;
    uint8_t bytes[16]; /* network order; an IPv4 address in the first four */
    uint32_t scope;    /* IPv6 only */
};

bool address_is_wildcard(const struct address *address);
bool address_equal(const struct address *a, const struct address *b);

struct tcpip;
struct endpoint;
struct reservation;

/* Boots: reads the store, sets persistent reservations and exclusions up, draws the salt of new
 * tokens, the ephemeral cursors and foreign blocks. NULL when the arena is full.
 */
struct tcpip *tcpip_boot(struct nt *nt);

void tcpip_check(const struct tcpip *tcpip);

/* Orderly shutdown: writes what is only written then (some defects). */
void tcpip_shut_down(struct tcpip *tcpip);

/* ---- Endpoints ------------------------------------------------------------------------------ */

/* The options that bind looks at, as they stood when it was called. */
struct endpoint_options {
    bool reuse_address;
    bool exclusive_address;
    bool dual_stack; /* an IPv6 endpoint with IPV6_V6ONLY off */
    bool broadcast;
    bool randomize_port;
    bool reuse_unicast_port;
    bool port_scalability;
    bool reuse_multicast_port;
    bool cpu_affinity;
};

/* An unbound endpoint for `process_id`, running as `account`. NULL when the arena is full. */
struct endpoint *endpoint_open(struct tcpip *tcpip, enum protocol protocol, enum family family,
                               uint32_t process_id, uint32_t account);

/* Unbinds and forgets the endpoint. Reservations acquired on it are not touched: see
 * reservation_holder_closed.
 */
void endpoint_close(struct tcpip *tcpip, struct endpoint *endpoint);

/* Binds to `address` and `port`, 0 for one of the stack's choice.
 *
 *   STATUS_ADDRESS_ALREADY_ASSOCIATED  the endpoint is bound (WSAEINVAL)
 *   STATUS_INVALID_ADDRESS_COMPONENT   the address is not this machine's (WSAEADDRNOTAVAIL)
 *   STATUS_SHARING_VIOLATION           in use (WSAEADDRINUSE)
 *   STATUS_ACCESS_DENIED               held exclusively, reserved for others, or the broadcast
 *                                      address without the option (WSAEACCES)
 *   STATUS_TOO_MANY_ADDRESSES          no port left to choose (WSAENOBUFS)
 *   and the profile's answers to block_exhausted, bind_outside_block, bind_after_release, ...
 * `administrator` says whether the caller's token may use persistent blocks (`bind_privilege`).
 */
nt_status endpoint_bind(struct tcpip *tcpip, struct endpoint *endpoint,
                        const struct address *address, uint16_t port,
                        const struct endpoint_options *options, bool administrator);

/* The same for connect and sendto on an unbound endpoint: wildcard address, port 0, and the
 * profile's `implicit_bind`.
 */
nt_status endpoint_bind_implicitly(struct tcpip *tcpip, struct endpoint *endpoint,
                                   const struct endpoint_options *options, bool administrator);

bool endpoint_is_bound(const struct endpoint *endpoint);
const struct address *endpoint_address(const struct endpoint *endpoint);
uint16_t endpoint_port(const struct endpoint *endpoint); /* 0 while unbound */

/* Changes the options that later binds of others are judged by (`option_after_bind`). */
void endpoint_set_options(struct endpoint *endpoint, const struct endpoint_options *options);

/* Whether a TCP endpoint listens: only connect asks. */
void endpoint_set_listening(struct endpoint *endpoint, bool listening);

/* The listening TCP endpoint a connection to `address`:`port` reaches, or NULL: the most specific,
 * of several the first bound.
 */
struct endpoint *endpoint_find_listener(struct tcpip *tcpip, const struct address *address,
                                        uint16_t port);

/* ---- Runtime reservations ------------------------------------------------------------------- */

struct port_range {
    uint32_t first; /* 1..65535, or 0 for a block of the stack's choice */
    uint32_t count;
};

struct reservation_view {
    struct port_range range;
    uint64_t token;
};

/* Acquires a runtime block for `holder`'s protocol on behalf of `process_id`. It ends with
 * reservation_holder_closed(holder).
 *
 *   STATUS_INVALID_PARAMETER  no ports, or past port 65535, by the profile
 *   STATUS_SHARING_VIOLATION  collides, or no gap is large enough, by the profile
 *   STATUS_INSUFFICIENT_RESOURCES  the arena is full
 */
nt_status reservation_acquire(struct tcpip *tcpip, struct endpoint *holder, uint32_t process_id,
                              const struct port_range *range, struct reservation_view *out);

struct requester {
    uint32_t process_id;
    bool administrator; /* its token may use persistent reservations */
    bool shares_holder; /* decided by afd: it holds a descriptor of the acquiring socket */
};

/* Ties an unbound endpoint to the reservation called `token`.
 *
 *   STATUS_INVALID_PARAMETER  bound already, token 0, unknown or released, by the profile
 *   STATUS_ACCESS_DENIED      another process' runtime token, or a persistent one without the right
 */
nt_status reservation_associate(struct tcpip *tcpip, struct endpoint *endpoint,
                                const struct requester *requester, uint64_t token);

/* Drops the association, if there is one: for a bind that is refused above, under the profile's
 * `refused_bind = drops_association`.
 */
void endpoint_dissociate(struct endpoint *endpoint);

/* Gives a runtime block back through `through`, any endpoint of the process.
 *
 *   STATUS_INVALID_PARAMETER  unknown, released, 0 or persistent token
 *   STATUS_ACCESS_DENIED      another process' token
 */
nt_status reservation_release(struct tcpip *tcpip, struct endpoint *through,
                              const struct requester *requester, uint64_t token);

/* The acquiring socket is closed: its blocks end. `process_ended` when the process went with it. */
void reservation_holder_closed(struct tcpip *tcpip, struct endpoint *holder, bool process_ended);

/* A process ended; its sockets have been closed before. Ends the blocks that a defect let live
 * until then (`socket_close = survives`).
 */
void reservation_process_ended(struct tcpip *tcpip, uint32_t process_id);

/* The holder of the runtime reservation called `token`, or NULL: for requester.shares_holder. */
struct endpoint *reservation_holder(struct tcpip *tcpip, uint64_t token);

/* The process that acquired the runtime reservation called `token`, or 0 when there is none. */
uint32_t reservation_owner(struct tcpip *tcpip, uint64_t token);

/* ---- The persistent store: Create, Delete, Lookup, netsh's exclusions ------------------------ */

/* Statuses are those whose Win32 errors the pages list; the questions create_..., delete_... and
 * lookup_... have others. The value is on the disk before success is answered. `want_token` false
 * is a NULL Token (`create_null_token`).
 *
 *   STATUS_INVALID_PARAMETER (87)   no ports, port 0, or past port 65535
 *   STATUS_ACCESS_DENIED (5)        the token is no administrator's
 *   STATUS_SHARING_VIOLATION (32)   Create: one of the ports is reserved, excluded or in use
 *   STATUS_NOT_FOUND (1168)         Delete and Lookup: no such block
 *   STATUS_INSUFFICIENT_RESOURCES   the arena or the disk is full
 */
nt_status persistent_create(struct tcpip *tcpip, enum protocol protocol,
                            const struct port_range *range, const struct token *token,
                            bool want_token, uint64_t *out);
nt_status persistent_delete(struct tcpip *tcpip, enum protocol protocol,
                            const struct port_range *range, const struct token *token);
nt_status persistent_lookup(struct tcpip *tcpip, enum protocol protocol,
                            const struct port_range *range, const struct token *token,
                            bool want_token, uint64_t *out);

enum store { STORE_ACTIVE, STORE_PERSISTENT };

/* netsh's `add` and `delete excludedportrange`; `family` matters only under `netsh_families =
 * apart`. Deleting from the active store alone leaves what is stored, until the next boot.
 *
 *   STATUS_INVALID_PARAMETER       no ports, port 0, or past port 65535
 *   STATUS_SHARING_VIOLATION       add: one of the ports is reserved or excluded; `netsh_in_use`
 *   STATUS_NOT_FOUND               delete: no such exclusion in that store
 *   STATUS_ACCESS_DENIED           delete: those ports are a block of another kind
 *   STATUS_INSUFFICIENT_RESOURCES  the arena or the disk is full
 */
nt_status exclusion_add(struct tcpip *tcpip, enum family family, enum protocol protocol,
                        const struct port_range *range, enum store store);
nt_status exclusion_delete(struct tcpip *tcpip, enum family family, enum protocol protocol,
                           const struct port_range *range, enum store store);

enum entry_kind { ENTRY_RUNTIME, ENTRY_PERSISTENT, ENTRY_EXCLUSION, ENTRY_FOREIGN };

struct pool_entry {
    struct port_range range;
    enum entry_kind kind;
    bool stored; /* on the disk */
    bool family_4, family_6;
    uint64_t token; /* 0 for exclusions, foreign blocks, and what nobody looked up since the boot */
    uint32_t process_id; /* of the acquirer; 0 unless ENTRY_RUNTIME */
};

typedef void pool_visitor(void *context, const struct pool_entry *entry);

/* Every reservation, exclusion and foreign block of a protocol, by first port, then in the order
 * made. For netsh's listing, the report's picture and the fuzzers' comparison.
 */
void pool_visit(const struct tcpip *tcpip, enum protocol protocol, pool_visitor *visit,
                void *context);

struct bound_port {
    const struct endpoint *endpoint;
    struct address address;
    uint16_t port;
    uint32_t process_id;
    bool dual_stack;
};

typedef void bound_visitor(void *context, const struct bound_port *bound);

/* Every bound endpoint of a protocol, by port, then in the order bound. */
void bound_visit(const struct tcpip *tcpip, enum protocol protocol, bound_visitor *visit,
                 void *context);

/* ---- Dynamic ranges -------------------------------------------------------------------------- */

/* Where automatic choice and wildcard blocks look for ports. */
struct port_range dynamic_range(const struct tcpip *tcpip, enum family family,
                                enum protocol protocol);

/* STATUS_INVALID_PARAMETER outside the documented limits: a start of at least 1025, at least 255
 * ports, no port past 65535 (KB 929851).
 */
nt_status dynamic_range_set(struct tcpip *tcpip, enum family family, enum protocol protocol,
                            const struct port_range *range, enum store store);

#endif
