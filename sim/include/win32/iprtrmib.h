/* All of the tables: in the SDK the router's interface to them. */
#ifndef BERTH_WIN32_IPRTRMIB_H
#define BERTH_WIN32_IPRTRMIB_H

#include "ipifcons.h"
#include "ipmib.h"
#include "tcpmib.h"
#include "udpmib.h"

#endif
