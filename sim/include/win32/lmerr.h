/* Errors of the network's own numbers. */
#ifndef BERTH_WIN32_LMERR_H
#define BERTH_WIN32_LMERR_H

#include "winerror.h"

#define NERR_Success 0
#define NERR_BASE 2100
#define MAX_NERR (NERR_BASE + 899)
#define NERR_NetNotStarted (NERR_BASE + 2)
#define NERR_UnknownServer (NERR_BASE + 3)
#define NERR_BufTooSmall (NERR_BASE + 23)
#define NERR_InternalError (NERR_BASE + 40)
#define NERR_InvalidAPI (NERR_BASE + 42)
#define NERR_ServiceNotInstalled (NERR_BASE + 84)
#define NERR_GroupNotFound (NERR_BASE + 120)
#define NERR_UserNotFound (NERR_BASE + 121)
#define NERR_InvalidComputer (NERR_BASE + 251)

#endif
