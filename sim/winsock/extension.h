/* mswsock's functions, found by GUID. */
#ifndef SIM_WINSOCK_EXTENSION_H
#define SIM_WINSOCK_EXTENSION_H

#include <winsock2.h>

typedef void extension_function(void);

/* The function called `id`, or NULL. So far there is ConnectEx. */
extension_function *extension_find(const GUID *id);

#endif
