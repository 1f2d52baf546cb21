/* What ws2_32's entry points share,  */
#include "sim/winsock/ws2_32.h"

const WSPPROC_TABLE *provider_for(SOCKET s)
{
    (void)s;
    return winsock_attached()->provider;
}

const WSPPROC_TABLE *provider_of_info(const WSAPROTOCOL_INFOW *info)
{
    (void)info;
    return winsock_attached()->provider;
}
