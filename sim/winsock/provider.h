/* The base provider: WSPStartup's table. */
#ifndef SIM_WINSOCK_PROVIDER_H
#define SIM_WINSOCK_PROVIDER_H

#include "sim/winsock/call.h"

/* Constant, for all machines. */
const WSPPROC_TABLE *provider_table(void);

#endif
