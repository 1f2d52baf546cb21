/* What a stack may lack altogether, as the pages allow: a case that meets it ends UNSUPPORTED. In a
 * testbed_program and on other threads these change nothing: the case judges what it is told.
 */
#ifndef CONFORMANCE_SUPPORT_H
#define CONFORMANCE_SUPPORT_H

#include <stdbool.h>

/* The outcome of a reservation ioctl, unless it is WSAEOPNOTSUPP on a stack that answers so to a
 * plain acquire on a plain TCP socket, too.
 */
unsigned unless_unsupported(unsigned outcome);

/* The same where a case would wait for what such a stack never ends. */
void require_reservations(void);

/* Whether iphlpapi.dll has the six functions; where not, they must not be called. */
bool persistent_functions_exist(void);

/* The answer of one of the six, unless it is ERROR_PROC_NOT_FOUND and they are not there. */
unsigned long unless_missing(unsigned long answer);

#define REQUIRE_PERSISTENT_FUNCTIONS()                                                             \
    unless_missing(persistent_functions_exist() ? 0 : ERROR_PROC_NOT_FOUND)

#endif
