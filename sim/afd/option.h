/* Socket options: what each may be set to, when, and what it answers. Sizes and byte counts are the
 * caller's; here an option is a number.
 */
#ifndef SIM_AFD_OPTION_H
#define SIM_AFD_OPTION_H

#include <stdint.h>

#include "sim/nt/status.h"

struct socket_object;

enum socket_option {
    SOCKET_REUSE_ADDRESS,
    SOCKET_EXCLUSIVE_ADDRESS,
    SOCKET_BROADCAST,
    SOCKET_DEBUG,
    SOCKET_DONT_ROUTE,
    SOCKET_KEEP_ALIVE,
    SOCKET_OOB_INLINE,
    SOCKET_LINGER_ON,
    SOCKET_LINGER_SECONDS,
    SOCKET_RECEIVE_BUFFER,
    SOCKET_SEND_BUFFER,
    SOCKET_RECEIVE_TIMEOUT,
    SOCKET_SEND_TIMEOUT,
    SOCKET_ERROR_CODE,
    SOCKET_RANDOMIZE_PORT,
    SOCKET_PORT_SCALABILITY,
    SOCKET_REUSE_UNICAST_PORT,
    SOCKET_REUSE_MULTICAST_PORT,
    SOCKET_V6_ONLY,
    SOCKET_NO_DELAY,
    SOCKET_ACCEPTS, /* from here on read only, and computed */
    SOCKET_CONNECT_TIME,
    SOCKET_MAX_MESSAGE_SIZE,
    SOCKET_OPTION_COUNT
};

/* The values of a fresh socket. */
void socket_default_options(struct socket_object *socket);

/* Sets an option.
 *
 *   STATUS_INVALID_PARAMETER   SO_REUSEADDR beside SO_EXCLUSIVEADDRUSE or SIO_CPU_AFFINITY, either
 *                              way round; IPV6_V6ONLY on a bound socket; SO_RANDOMIZE_PORT after
 *                              SO_REUSE_UNICASTPORT (`randomize_after_reuse`); after bind
 *                              (`option_after_bind`)
 *   STATUS_INVALID_INFO_CLASS  read only, or not an option of this protocol
 */
nt_status socket_set_option(struct socket_object *socket, enum socket_option option,
                            uint32_t value);

/* STATUS_INVALID_INFO_CLASS when this protocol has no such option. */
nt_status socket_get_option(const struct socket_object *socket, enum socket_option option,
                            uint32_t *value);

#endif
