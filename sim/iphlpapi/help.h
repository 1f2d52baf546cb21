/* What the functions of iphlpapi share: guests' memory, the interfaces as they see them, the end of
 * a call.
 */
#ifndef SIM_IPHLPAPI_HELP_H
#define SIM_IPHLPAPI_HELP_H

#include "sim/winsock/winsock.h"

#include <string.h>

#include <winsock2.h>

#include <iphlpapi.h>

#include "sim/tcpip/interfaces.h"

/* Every call ends here: the error is the result, and the last error is left alone. */
DWORD help_finish(const char *call, DWORD error);

/* Whether the running process may use the memory; NULL is nobody's. */
bool help_can_use(const void *address, size_t size, enum access access);

/* A table that the caller has room for, who says how much in *size and is told what it takes.
 * NO_ERROR when it can be written now. ERROR_INVALID_PARAMETER     *size cannot be written, or the
 * table `too_small`                 no table, or too small a one: *size is what it takes
 */
DWORD help_room(const void *table, ULONG *size, ULONG needed, DWORD too_small);

/* Memory that is the guest's until FreeMibTable. NULL when the machine has none. */
void *help_table(size_t size);

bool help_is_up(const struct interface *interface);
NET_LUID help_luid(const struct interface *interface);
GUID help_guid(const struct interface *interface);
const struct interface *help_find_luid(const NET_LUID *luid);

/* The interface that a row's LUID or, when that is 0, its index names; NULL for none. */
const struct interface *help_find_row(const NET_LUID *luid, NET_IFINDEX index);

/* Narrow to wide: letters of ASCII. */
void help_widen(const char *from, WCHAR *to);

/* The address with its scope in a structure that holds either family's. Answers its size. */
int help_put_address(const struct address *from, SOCKADDR_INET *to);

/* False when the family is none of these two. */
bool help_take_address(const SOCKADDR_INET *from, struct address *out);

/* IPv4 as the old tables have it: network order in a DWORD. */
DWORD help_dword(const struct address *address);
struct address help_from_dword(DWORD in);

/* AF_INET, AF_INET6 or AF_UNSPEC: whether an address counts. */
static inline bool help_wants(ULONG family, const struct address *address)
{
    return family == AF_UNSPEC || family == (address->family == FAMILY_4 ? AF_INET : AF_INET6);
}

static inline bool help_is_family(ULONG family)
{
    return family == AF_UNSPEC || family == AF_INET || family == AF_INET6;
}

#endif
