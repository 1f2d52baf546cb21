/* One byte there and back over a TCP connection on loopback, between two simulated threads: the
 * nanoseconds of a round trip. The machine runs, and the caller is a process of it.
 */
#ifndef SIM_BENCH_ECHO_H
#define SIM_BENCH_ECHO_H

/* With send and recv that block. Negative when a call fails. */
double echo_blocking(unsigned rounds);

/* With AcceptEx, and overlapped receives and sends, both told through a completion port. */
double echo_port(unsigned rounds);

#endif
