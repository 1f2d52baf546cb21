/* setsockopt and getsockopt: levels, names, sizes. What an option means, afd knows. */
#ifndef SIM_WINSOCK_OPTIONS_H
#define SIM_WINSOCK_OPTIONS_H

#include "sim/winsock/call.h"

/* The socket is looked at first, then the pointers, then the option (winsock-behaviour row 242). */
nt_status options_set(struct call *call, int level, int name, const char *value, int size);
nt_status options_get(struct call *call, int level, int name, char *value, int *size);

#endif
