/* Whose WSPStartup is it? A program that has one is a provider's DLL; else the name is the base
 * provider's.
 */
#include "sim/winsock/provider.h"

#if defined(_WIN32)

/* The simulator as a Windows program runs no such programs. */
int WSPStartup(WORD wVersionRequested, LPWSPDATA lpWSPData, LPWSAPROTOCOL_INFOW lpProtocolInfo,
               WSPUPCALLTABLE UpcallTable, LPWSPPROC_TABLE lpProcTable)
{
    return base_startup(wVersionRequested, lpWSPData, lpProtocolInfo, UpcallTable, lpProcTable);
}

LPWSPSTARTUP program_startup(void)
{
    return NULL;
}

#else

/* The linker takes the program's own instead, when there is one. */
__attribute__((weak)) int WSPStartup(WORD wVersionRequested, LPWSPDATA lpWSPData,
                                     LPWSAPROTOCOL_INFOW lpProtocolInfo, WSPUPCALLTABLE UpcallTable,
                                     LPWSPPROC_TABLE lpProcTable)
{
    return base_startup(wVersionRequested, lpWSPData, lpProtocolInfo, UpcallTable, lpProcTable);
}

/* The weak function above by a name that nobody takes. */
extern int own_startup(WORD wVersionRequested, LPWSPDATA lpWSPData,
                       LPWSAPROTOCOL_INFOW lpProtocolInfo, WSPUPCALLTABLE UpcallTable,
                       LPWSPPROC_TABLE lpProcTable) __attribute__((alias("berth_WSPStartup")));

LPWSPSTARTUP program_startup(void)
{
    return WSPStartup == own_startup ? NULL : WSPStartup;
}

#endif
