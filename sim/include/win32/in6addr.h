/* IPv6 addresses: see inaddr.h. */
#include "inaddr.h"
