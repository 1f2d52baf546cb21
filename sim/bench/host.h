/* What the bench asks of the host: its clock, its own sockets, and to run the suite. In a file of
 * its own, since the host's socket headers and Windows' cannot meet.
 */
#ifndef SIM_BENCH_HOST_H
#define SIM_BENCH_HOST_H

#include <stdbool.h>
#include <stdint.h>

/* The time this thread has run, for loops that never wait: other programs' share of the machine
 * does not count. And the time of the clock on the wall.
 */
uint64_t host_now_ns(void);
uint64_t host_wall_ns(void);

/* Makes `rounds` rounds of socket, bind to a free port of the loopback address, close. False when
 * the host refuses.
 */
bool host_cycle(unsigned rounds);

/* `rounds` rounds of socket, setsockopt, bind, getsockname, close: five calls each. */
enum { HOST_MIX_CALLS = 5 };
bool host_mix(unsigned rounds);

/* `rounds` rounds of a timer that is set to be due at once and waited for; of a counter that is
 * raised and read. False when the host has no such thing.
 */
bool host_timer(unsigned rounds);
bool host_counter(unsigned rounds);

/* `rounds` round trips of one byte over TCP on loopback between two threads, with calls that block;
 * and with epoll. Measured on the wall: the two run at once.
 */
bool host_echo(unsigned rounds);
bool host_echo_epoll(unsigned rounds);

/* Connects, accepts and closes `pairs` pairs over TCP on loopback, all open at once in between.
 * False when the host has too few descriptors.
 */
bool host_pairs(unsigned pairs);

/* Runs the program `name` that lies beside this one, its output thrown away. False when there is no
 * such program; `exit_code` gets its exit code.
 */
bool host_run_beside(const char *name, int *exit_code);

#endif
