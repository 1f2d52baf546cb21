/* WSPStartup for programs that have none: the base provider's. The linker takes this file only when
 * nobody else has the name, and with it the mark that says so.
 */
#include "sim/winsock/provider.h"

extern const char berth_own_startup;
const char berth_own_startup = 1;

int WSPStartup(WORD wVersionRequested, LPWSPDATA lpWSPData, LPWSAPROTOCOL_INFOW lpProtocolInfo,
               WSPUPCALLTABLE UpcallTable, LPWSPPROC_TABLE lpProcTable)
{
    return base_startup(wVersionRequested, lpWSPData, lpProtocolInfo, UpcallTable, lpProcTable);
}
