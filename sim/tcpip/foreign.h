/* Other people's blocks: 100 ports each in the dynamic ranges, elsewhere after each boot, as
 * Hyper-V's and WinNAT's were seen (observed-behaviour 2.3).
 */
#ifndef SIM_TCPIP_FOREIGN_H
#define SIM_TCPIP_FOREIGN_H

#include <stdbool.h>

struct tcpip;

enum { FOREIGN_BLOCKS = 4, FOREIGN_PORTS = 100 };

/* Places FOREIGN_BLOCKS blocks for each protocol where nothing is taken; fewer, when there is no
 * gap. Nothing is done unless `foreign_blocks` says so. False when the arena is full.
 */
bool foreign_boot(struct tcpip *tcpip);

#endif
