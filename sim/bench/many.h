/* Many connections at once, for the bench. */
#ifndef SIM_BENCH_MANY_H
#define SIM_BENCH_MANY_H

#include <stdbool.h>

/* Connects, accepts and closes so many pairs, all open at once in between. False when a call fails.
 */
bool many_pairs(unsigned pairs);

/* Opens so many sockets. They stay open. False as above. */
bool many_sockets(unsigned count);

/* Opens so many connected pairs, a byte unread at each end. They stay open. False as above. */
bool many_open(unsigned pairs);

#endif
