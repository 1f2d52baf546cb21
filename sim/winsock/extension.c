#include "sim/winsock/extension.h"

#include <string.h>

extension_function *extension_find(const GUID *id)
{
    static const struct {
        GUID id;
        extension_function *function;
    } functions[] = {
        {WSAID_ACCEPTEX, (extension_function *)AcceptEx},
        {WSAID_GETACCEPTEXSOCKADDRS, (extension_function *)GetAcceptExSockaddrs},
        {WSAID_CONNECTEX, (extension_function *)extension_connect},
        {WSAID_DISCONNECTEX, (extension_function *)extension_disconnect},
        {WSAID_TRANSMITFILE, (extension_function *)TransmitFile},
        {WSAID_TRANSMITPACKETS, (extension_function *)extension_transmit_packets},
        {WSAID_WSARECVMSG, (extension_function *)extension_receive_message},
        {WSAID_WSASENDMSG, (extension_function *)WSASendMsg},
        {WSAID_WSAPOLL, (extension_function *)WSAPoll},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (memcmp(id, &functions[i].id, sizeof *id) == 0)
            return functions[i].function;
    return NULL;
}
