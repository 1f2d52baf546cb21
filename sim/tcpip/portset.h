/* A set of ports, as one bit each, with a summary that skips what is full.
 *
 * Ranges are half open: `first` up to but without `end`, both at most PORT_END. Zeroed memory is
 * the empty set.
 */
#ifndef SIM_TCPIP_PORTSET_H
#define SIM_TCPIP_PORTSET_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/tcpip/tcpip.h"

enum { PORTSET_WORDS = PORT_END / 64, PORTSET_SUMMARY_WORDS = PORTSET_WORDS / 64 };

struct portset {
    uint64_t words[PORTSET_WORDS];
    uint64_t full[PORTSET_SUMMARY_WORDS]; /* a bit a word: all its ports are in the set */
};

bool portset_has(const struct portset *set, uint32_t port);
void portset_add(struct portset *set, uint32_t port);
void portset_remove(struct portset *set, uint32_t port);

/* Adds, or removes, every port of a range. */
void portset_add_range(struct portset *set, uint32_t first, uint32_t end);
void portset_remove_range(struct portset *set, uint32_t first, uint32_t end);

/* The lowest port of the range that is not in the set, or `end`. */
uint32_t portset_next_out(const struct portset *set, uint32_t first, uint32_t end);

/* The lowest port of the range that is in the set, or `end`. */
uint32_t portset_next_in(const struct portset *set, uint32_t first, uint32_t end);

/* The lowest start of `count` ports in a row, all in the range and none in the set; or PORT_END.
 * `count` is at least 1.
 */
uint32_t portset_find_run(const struct portset *set, uint32_t first, uint32_t end, uint32_t count);

void portset_check(const struct portset *set);

#endif
