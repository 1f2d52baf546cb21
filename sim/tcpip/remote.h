/* Scripted hosts beyond the LAN: an address that answers, with ports that do what a test wants. */
#ifndef SIM_TCPIP_REMOTE_H
#define SIM_TCPIP_REMOTE_H

#include <stdbool.h>

#include "sim/tcpip/place.h"

/* The endpoint that listens there, or NULL. */
struct endpoint *remote_find_listener(struct tcpip *tcpip, const struct place *place);

/* Whether a host has the address and refuses what it does not want; else nothing comes back. */
bool remote_answers(struct tcpip *tcpip, const struct place *place);

#endif
