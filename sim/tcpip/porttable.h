/* Which endpoints are bound to a port: two levels, the second taken when first needed, kept until
 * power off. Endpoints of one port are in the order bound.
 */
#ifndef SIM_TCPIP_PORTTABLE_H
#define SIM_TCPIP_PORTTABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tcpip/tcpip.h"

struct arena;

enum { PORTTABLE_PAGE = 128, PORTTABLE_PAGES = PORT_END / PORTTABLE_PAGE };

struct porttable {
    struct endpoint **pages[PORTTABLE_PAGES]; /* each of PORTTABLE_PAGE heads, or NULL */
    uint64_t present[PORTTABLE_PAGES / 64];   /* a bit a page that is not NULL */
    uint32_t count;                           /* endpoints in the table */
};

/* The first endpoint bound to the port, or NULL; the others hang on its `next`. */
struct endpoint *porttable_at(const struct porttable *table, uint32_t port);

/* Makes place for endpoints of that port. False when the arena is full. */
bool porttable_reserve(struct porttable *table, struct arena *arena, uint32_t port);

/* Adds an endpoint last on its port, for which place was made; removes one. */
void porttable_add(struct porttable *table, struct endpoint *endpoint);
void porttable_remove(struct porttable *table, struct endpoint *endpoint);

/* The lowest port from `first` up to but without `end` that has an endpoint, or `end`. */
uint32_t porttable_next_bound(const struct porttable *table, uint32_t first, uint32_t end);

/* The same for endpoints that are not overlooked. */
uint32_t porttable_next_used(const struct porttable *table, uint32_t first, uint32_t end);

void porttable_check(const struct porttable *table, enum protocol protocol);

#endif
