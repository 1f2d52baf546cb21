/* What ws2_32's entry points share, and those that need no provider. */
#include "sim/winsock/ws2_32.h"

#include "sim/winsock/memory.h"

const WSPPROC_TABLE *provider_for(SOCKET s)
{
    (void)s;
    return winsock_attached()->provider;
}

int gethostname(char *name, int namelen)
{
    static const char own[] = "berth";
    if (!call_allowed(CALL_gethostname, 0))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_gethostname, 0);
    if (namelen < (int)sizeof own || !memory_probe(&call, name, sizeof own, ACCESS_WRITE))
        return call_answer(&call, STATUS_ACCESS_VIOLATION);
    memory_write(&call, name, own, sizeof own);
    return call_answer(&call, STATUS_SUCCESS);
}
