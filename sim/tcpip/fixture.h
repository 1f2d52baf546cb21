/* A machine that is all TCP/IP, for the unit tests of this folder. Each test opens one, and closes
 * it at its end; `fixture_close` and each snapshot check the whole invariant.
 */
#ifndef SIM_TCPIP_FIXTURE_H
#define SIM_TCPIP_FIXTURE_H

#include "sim/tcpip/fixture_calls.h"
#include "sim/tcpip/fixture_machine.h"
#include "sim/tcpip/fixture_snapshot.h"

#endif
