/* A port pool drawn as inline SVG: a track for each protocol, and beside it what stands there. */
#ifndef CONFORMANCE_REPORT_POOL_PICTURE_H
#define CONFORMANCE_REPORT_POOL_PICTURE_H

#include <stdio.h>

/* `pool`: lines of "PROTOCOL KIND FIRST [COUNT]", as testbed_describe_pool writes them. Lines that
 * are none of these are left out.
 */
void pool_picture(const char *pool, FILE *out);

#endif
