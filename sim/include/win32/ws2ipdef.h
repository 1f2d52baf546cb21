/* IPv6 socket addresses and the options of the IP levels. */
#ifndef BERTH_WIN32_WS2IPDEF_H
#define BERTH_WIN32_WS2IPDEF_H

#include "ws2def.h"

typedef struct {
    union {
        struct {
            ULONG Zone : 28;
            ULONG Level : 4;
        } Fields;
        ULONG Value;
    } Zone;
} SCOPE_ID, *PSCOPE_ID;

typedef struct sockaddr_in6 {
    ADDRESS_FAMILY sin6_family;
    USHORT sin6_port; /* network order */
    ULONG sin6_flowinfo;
    IN6_ADDR sin6_addr;
    __extension__ union {
        ULONG sin6_scope_id;
        SCOPE_ID sin6_scope_struct;
    };
} SOCKADDR_IN6, *PSOCKADDR_IN6, *LPSOCKADDR_IN6;

#define INET_ADDRSTRLEN 22
#define INET6_ADDRSTRLEN 65

#define IP_OPTIONS 1
#define IP_HDRINCL 2
#define IP_TOS 3
#define IP_TTL 4
#define IPV6_HOPLIMIT 21
#define IPV6_V6ONLY 27
#define IPV6_UNICAST_HOPS 4

#endif
