/* The files "services" and "protocol" of the machine: rows by name and by number. */
#ifndef SIM_WINSOCK_FILES_H
#define SIM_WINSOCK_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum transports { TRANSPORT_TCP = 1, TRANSPORT_UDP = 2, TRANSPORT_BOTH = 3 };

struct service_row {
    const char *name, *alias; /* "" for none */
    uint16_t port;            /* host order */
    enum transports transports;
};

/* The service of that name, letters of either case, or of that port, over one of the transports;
 * NULL when there is none.
 */
const struct service_row *service_of_name(const char *name, enum transports transports);
const struct service_row *service_of_port(uint16_t port, enum transports transports);

struct protocol_row {
    const char *name, *alias;
    int number;
};

const struct protocol_row *protocol_of_name(const char *name);
const struct protocol_row *protocol_of_number(int number);

/* Whether two names are one: letters of either case, ASCII. */
bool names_equal(const char *a, const char *b);

#endif
