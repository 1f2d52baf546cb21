/* Loops below Winsock, for the bench: each answers the nanoseconds of one step. */
#ifndef SIM_BENCH_EXECUTIVE_H
#define SIM_BENCH_EXECUTIVE_H

/* An event runs and posts another, while so many wait. */
double executive_event_64(void);
double executive_event_65536(void);

/* A request pends, completes, and its routine runs in an alertable wait; or its packet is taken
 * from a completion port.
 */
double executive_routine(void);
double executive_packet(void);

/* The same packet, taken by another thread that waits for it: two switches. */
double executive_packet_handed_over(void);

#endif
