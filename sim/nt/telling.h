/* What the guest is told of a request when it begins and when it ends: its OVERLAPPED, an event, a
 * packet or a routine. Inside nt only; request.h has what the floors above call.
 */
#ifndef SIM_NT_TELLING_H
#define SIM_NT_TELLING_H

#include "sim/nt/request.h"

/* The block becomes {STATUS_PENDING, as it was}, the event or else the file unsignaled. */
void telling_begins(struct request *request);

/* The block has the result, the event or else the file is signaled. Whether the request's routine,
 * or else its packet, has the request now; else nobody needs it any more.
 */
bool telling_ends(struct request *request);

/* It was refused while its caller was in the call, who tells himself. */
void telling_refusal(struct request *request);

#endif
