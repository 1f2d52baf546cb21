/* Which connection a segment belongs to: a hash table of local and remote place. Nothing ever
 * depends on the order within it.
 */
#ifndef SIM_TCPIP_TUPLES_H
#define SIM_TCPIP_TUPLES_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct place;
struct tcp;

struct tcp_list {
    struct tcp *first, *last; /* by `next` and `previous` */
    uint32_t count;
};

struct tuples {
    struct tcp **heads; /* chains by `next_tuple` */
    uint32_t size;      /* a power of two, or 0 */
    uint32_t count;
};

/* False when the arena is full. The tuple must not be there. */
bool tuples_add(struct tuples *tuples, struct arena *arena, struct tcp *tcp);
void tuples_remove(struct tuples *tuples, struct tcp *tcp);

/* The connection that has these ends, or NULL. */
struct tcp *tuples_find(const struct tuples *tuples, const struct place *local,
                        const struct place *remote);

/* Each connection once, in an order that depends on their places alone. */
typedef void tuple_visitor(struct tcp *tcp);
void tuples_visit(const struct tuples *tuples, tuple_visitor *visit);

#endif
