/* What a connection has measured (SIO_TCP_INFO). */
#ifndef SIM_TCPIP_TCP_INFO_H
#define SIM_TCPIP_TCP_INFO_H

#include <stdint.h>

#include "sim/tcpip/tcp.h"

/* Why nothing more is sent: there is nothing, the peer's window, or the wire's. */
enum tcp_limit { LIMIT_SENDER, LIMIT_PEER, LIMIT_WIRE, LIMIT_COUNT };

/* Of the times when it was one of them. */
struct tcp_limited {
    uint64_t bytes; /* sent meanwhile */
    uint64_t ns;
    uint32_t times; /* it came from another */
};

struct tcp_info {
    enum tcp_state state;
    uint32_t segment; /* bytes of the largest */
    uint64_t lasted_ns;
    uint32_t round_trip_us, least_us;
    uint32_t in_flight; /* bytes */
    uint32_t congestion_window, send_window, receive_window, receive_buffer;
    uint64_t bytes_out, bytes_in; /* each once */
    uint64_t bytes_again;         /* sent more than once */
    uint64_t bytes_early;         /* came before their turn */
    uint32_t fast_again;          /* times that a loss was found before its time */
    uint32_t duplicates;          /* acknowledgements that say again where the peer stands */
    uint32_t timeouts, syns_again;
    struct tcp_limited limited[LIMIT_COUNT];
};

/* STATUS_INVALID_CONNECTION when there is none. */
nt_status tcp_info(const struct endpoint *endpoint, struct tcp_info *info);

#endif
