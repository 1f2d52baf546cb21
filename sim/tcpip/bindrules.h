/* Whether two endpoints may hold one port: the tables of spec/bind_matrix.def, those of Windows XP,
 * and the options that share a port on purpose.
 */
#ifndef SIM_TCPIP_BINDRULES_H
#define SIM_TCPIP_BINDRULES_H

#include <stdbool.h>

#include "sim/tcpip/standing.h"
#include "sim/tcpip/tcpip.h"
#include "spec/spec.h"

/* A would-be holder of a port. */
struct claim {
    struct standing standing;
    const struct endpoint_options *options;
    uint32_t account;
    enum protocol protocol;
};

/* What the second gets when the first holds the port already.
 *
 *   STATUS_SUCCESS            they do not meet, or may share
 *   STATUS_SHARING_VIOLATION  in use
 *   STATUS_ACCESS_DENIED      held exclusively, or taken over against its holder's will
 */
nt_status bindrules_judge(const struct profile *profile, const struct claim *first,
                          const struct claim *second);

/* Whether the two stand in each other's way at all, whatever their options. */
bool bindrules_meet(const struct profile *profile, const struct standing *first,
                    const struct standing *second);

#endif
