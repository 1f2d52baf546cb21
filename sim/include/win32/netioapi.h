/* Interfaces, addresses, routes and neighbours of both families, and who is told when they change.
 * Tables come in memory of their own: FreeMibTable.
 */
#ifndef BERTH_WIN32_NETIOAPI_H
#define BERTH_WIN32_NETIOAPI_H

#include "ifdef.h"
#include "nldef.h"
#include "windows.h"
#include "ws2ipdef.h"

#ifndef ANY_SIZE
#define ANY_SIZE 1
#endif
#define NETIO_STATUS DWORD
#define NETIOAPI_API_ WINAPI
#define NETIOAPI_API DWORD WINAPI
#ifndef IF_NAMESIZE
#define IF_NAMESIZE 256
#endif

typedef enum _MIB_NOTIFICATION_TYPE {
    MibParameterNotification,
    MibAddInstance,
    MibDeleteInstance,
    MibInitialNotification
} MIB_NOTIFICATION_TYPE,
    *PMIB_NOTIFICATION_TYPE;

typedef enum _MIB_IF_TABLE_LEVEL {
    MibIfTableNormal,
    MibIfTableRaw,
    MibIfTableNormalWithoutStatistics
} MIB_IF_TABLE_LEVEL,
    *PMIB_IF_TABLE_LEVEL;

typedef struct _MIB_IF_ROW2 {
    NET_LUID InterfaceLuid;
    NET_IFINDEX InterfaceIndex;
    GUID InterfaceGuid;
    WCHAR Alias[IF_MAX_STRING_SIZE + 1];
    WCHAR Description[IF_MAX_STRING_SIZE + 1];
    ULONG PhysicalAddressLength;
    UCHAR PhysicalAddress[IF_MAX_PHYS_ADDRESS_LENGTH];
    UCHAR PermanentPhysicalAddress[IF_MAX_PHYS_ADDRESS_LENGTH];
    ULONG Mtu;
    IFTYPE Type;
    TUNNEL_TYPE TunnelType;
    NDIS_MEDIUM MediaType;
    NDIS_PHYSICAL_MEDIUM PhysicalMediumType;
    NET_IF_ACCESS_TYPE AccessType;
    NET_IF_DIRECTION_TYPE DirectionType;
    struct {
        BOOLEAN HardwareInterface : 1;
        BOOLEAN FilterInterface : 1;
        BOOLEAN ConnectorPresent : 1;
        BOOLEAN NotAuthenticated : 1;
        BOOLEAN NotMediaConnected : 1;
        BOOLEAN Paused : 1;
        BOOLEAN LowPower : 1;
        BOOLEAN EndPointInterface : 1;
    } InterfaceAndOperStatusFlags;
    IF_OPER_STATUS OperStatus;
    NET_IF_ADMIN_STATUS AdminStatus;
    NET_IF_MEDIA_CONNECT_STATE MediaConnectState;
    NET_IF_NETWORK_GUID NetworkGuid;
    NET_IF_CONNECTION_TYPE ConnectionType;
    ULONG64 TransmitLinkSpeed;
    ULONG64 ReceiveLinkSpeed;
    ULONG64 InOctets;
    ULONG64 InUcastPkts;
    ULONG64 InNUcastPkts;
    ULONG64 InDiscards;
    ULONG64 InErrors;
    ULONG64 InUnknownProtos;
    ULONG64 InUcastOctets;
    ULONG64 InMulticastOctets;
    ULONG64 InBroadcastOctets;
    ULONG64 OutOctets;
    ULONG64 OutUcastPkts;
    ULONG64 OutNUcastPkts;
    ULONG64 OutDiscards;
    ULONG64 OutErrors;
    ULONG64 OutUcastOctets;
    ULONG64 OutMulticastOctets;
    ULONG64 OutBroadcastOctets;
    ULONG64 OutQLen;
} MIB_IF_ROW2, *PMIB_IF_ROW2;

typedef struct _MIB_IPINTERFACE_ROW {
    ADDRESS_FAMILY Family;
    NET_LUID InterfaceLuid;
    NET_IFINDEX InterfaceIndex;
    ULONG MaxReassemblySize;
    ULONG64 InterfaceIdentifier;
    ULONG MinRouterAdvertisementInterval;
    ULONG MaxRouterAdvertisementInterval;
    BOOLEAN AdvertisingEnabled;
    BOOLEAN ForwardingEnabled;
    BOOLEAN WeakHostSend;
    BOOLEAN WeakHostReceive;
    BOOLEAN UseAutomaticMetric;
    BOOLEAN UseNeighborUnreachabilityDetection;
    BOOLEAN ManagedAddressConfigurationSupported;
    BOOLEAN OtherStatefulConfigurationSupported;
    BOOLEAN AdvertiseDefaultRoute;
    NL_ROUTER_DISCOVERY_BEHAVIOR RouterDiscoveryBehavior;
    ULONG DadTransmits;
    ULONG BaseReachableTime;
    ULONG RetransmitTime;
    ULONG PathMtuDiscoveryTimeout;
    NL_LINK_LOCAL_ADDRESS_BEHAVIOR LinkLocalAddressBehavior;
    ULONG LinkLocalAddressTimeout;
    ULONG ZoneIndices[ScopeLevelCount];
    ULONG SitePrefixLength;
    ULONG Metric;
    ULONG NlMtu;
    BOOLEAN Connected;
    BOOLEAN SupportsWakeUpPatterns;
    BOOLEAN SupportsNeighborDiscovery;
    BOOLEAN SupportsRouterDiscovery;
    ULONG ReachableTime;
    NL_INTERFACE_OFFLOAD_ROD TransmitOffload;
    NL_INTERFACE_OFFLOAD_ROD ReceiveOffload;
    BOOLEAN DisableDefaultRoutes;
} MIB_IPINTERFACE_ROW, *PMIB_IPINTERFACE_ROW;

typedef struct _MIB_UNICASTIPADDRESS_ROW {
    SOCKADDR_INET Address;
    NET_LUID InterfaceLuid;
    NET_IFINDEX InterfaceIndex;
    NL_PREFIX_ORIGIN PrefixOrigin;
    NL_SUFFIX_ORIGIN SuffixOrigin;
    ULONG ValidLifetime;
    ULONG PreferredLifetime;
    UINT8 OnLinkPrefixLength;
    BOOLEAN SkipAsSource;
    NL_DAD_STATE DadState;
    SCOPE_ID ScopeId;
    LARGE_INTEGER CreationTimeStamp;
} MIB_UNICASTIPADDRESS_ROW, *PMIB_UNICASTIPADDRESS_ROW;

typedef struct _MIB_ANYCASTIPADDRESS_ROW {
    SOCKADDR_INET Address;
    NET_LUID InterfaceLuid;
    NET_IFINDEX InterfaceIndex;
    SCOPE_ID ScopeId;
} MIB_ANYCASTIPADDRESS_ROW, *PMIB_ANYCASTIPADDRESS_ROW;

typedef struct _MIB_MULTICASTIPADDRESS_ROW {
    SOCKADDR_INET Address;
    NET_IFINDEX InterfaceIndex;
    NET_LUID InterfaceLuid;
    SCOPE_ID ScopeId;
} MIB_MULTICASTIPADDRESS_ROW, *PMIB_MULTICASTIPADDRESS_ROW;

typedef struct _IP_ADDRESS_PREFIX {
    SOCKADDR_INET Prefix;
    UINT8 PrefixLength;
} IP_ADDRESS_PREFIX, *PIP_ADDRESS_PREFIX;

typedef struct _MIB_IPFORWARD_ROW2 {
    NET_LUID InterfaceLuid;
    NET_IFINDEX InterfaceIndex;
    IP_ADDRESS_PREFIX DestinationPrefix;
    SOCKADDR_INET NextHop;
    UCHAR SitePrefixLength;
    ULONG ValidLifetime;
    ULONG PreferredLifetime;
    ULONG Metric;
    NL_ROUTE_PROTOCOL Protocol;
    BOOLEAN Loopback;
    BOOLEAN AutoconfigureAddress;
    BOOLEAN Publish;
    BOOLEAN Immortal;
    ULONG Age;
    NL_ROUTE_ORIGIN Origin;
} MIB_IPFORWARD_ROW2, *PMIB_IPFORWARD_ROW2;

typedef struct _MIB_IPNET_ROW2 {
    SOCKADDR_INET Address;
    NET_IFINDEX InterfaceIndex;
    NET_LUID InterfaceLuid;
    UCHAR PhysicalAddress[IF_MAX_PHYS_ADDRESS_LENGTH];
    ULONG PhysicalAddressLength;
    NL_NEIGHBOR_STATE State;
    __extension__ union {
        __extension__ struct {
            BOOLEAN IsRouter : 1;
            BOOLEAN IsUnreachable : 1;
        };
        UCHAR Flags;
    };
    union {
        ULONG LastReachable;
        ULONG LastUnreachable;
    } ReachabilityTime;
} MIB_IPNET_ROW2, *PMIB_IPNET_ROW2;

#define BERTH_MIB_TABLE(table, row)                                                                \
    typedef struct _##table {                                                                      \
        ULONG NumEntries;                                                                          \
        row Table[ANY_SIZE];                                                                       \
    } table, *P##table
BERTH_MIB_TABLE(MIB_IF_TABLE2, MIB_IF_ROW2);
BERTH_MIB_TABLE(MIB_IPINTERFACE_TABLE, MIB_IPINTERFACE_ROW);
BERTH_MIB_TABLE(MIB_UNICASTIPADDRESS_TABLE, MIB_UNICASTIPADDRESS_ROW);
BERTH_MIB_TABLE(MIB_ANYCASTIPADDRESS_TABLE, MIB_ANYCASTIPADDRESS_ROW);
BERTH_MIB_TABLE(MIB_MULTICASTIPADDRESS_TABLE, MIB_MULTICASTIPADDRESS_ROW);
BERTH_MIB_TABLE(MIB_IPFORWARD_TABLE2, MIB_IPFORWARD_ROW2);
BERTH_MIB_TABLE(MIB_IPNET_TABLE2, MIB_IPNET_ROW2);

typedef VOID(NETIOAPI_API_ *PIPINTERFACE_CHANGE_CALLBACK)(PVOID CallerContext,
                                                          PMIB_IPINTERFACE_ROW Row,
                                                          MIB_NOTIFICATION_TYPE NotificationType);
typedef VOID(NETIOAPI_API_ *PUNICAST_IPADDRESS_CHANGE_CALLBACK)(
    PVOID CallerContext, PMIB_UNICASTIPADDRESS_ROW Row, MIB_NOTIFICATION_TYPE NotificationType);
typedef VOID(NETIOAPI_API_ *PSTABLE_UNICAST_IPADDRESS_TABLE_CALLBACK)(
    PVOID CallerContext, PMIB_UNICASTIPADDRESS_TABLE AddressTable);
typedef VOID(NETIOAPI_API_ *PIPFORWARD_CHANGE_CALLBACK)(PVOID CallerContext,
                                                        PMIB_IPFORWARD_ROW2 Row,
                                                        MIB_NOTIFICATION_TYPE NotificationType);

/* clang-format off */
BERTH_FUNCTION(DWORD, GetIfEntry2, (PMIB_IF_ROW2 Row));
BERTH_FUNCTION(DWORD, GetIfTable2, (PMIB_IF_TABLE2 *Table));
BERTH_FUNCTION(DWORD, GetIfTable2Ex, (MIB_IF_TABLE_LEVEL Level, PMIB_IF_TABLE2 *Table));
BERTH_FUNCTION(DWORD, GetIpInterfaceEntry, (PMIB_IPINTERFACE_ROW Row));
BERTH_FUNCTION(DWORD, GetIpInterfaceTable, (ADDRESS_FAMILY Family, PMIB_IPINTERFACE_TABLE *Table));
BERTH_FUNCTION(VOID, InitializeIpInterfaceEntry, (PMIB_IPINTERFACE_ROW Row));
BERTH_FUNCTION(DWORD, SetIpInterfaceEntry, (PMIB_IPINTERFACE_ROW Row));
BERTH_FUNCTION(DWORD, GetUnicastIpAddressEntry, (PMIB_UNICASTIPADDRESS_ROW Row));
BERTH_FUNCTION(DWORD, GetUnicastIpAddressTable,
               (ADDRESS_FAMILY Family, PMIB_UNICASTIPADDRESS_TABLE *Table));
BERTH_FUNCTION(VOID, InitializeUnicastIpAddressEntry, (PMIB_UNICASTIPADDRESS_ROW Row));
BERTH_FUNCTION(DWORD, CreateUnicastIpAddressEntry, (const MIB_UNICASTIPADDRESS_ROW *Row));
BERTH_FUNCTION(DWORD, SetUnicastIpAddressEntry, (const MIB_UNICASTIPADDRESS_ROW *Row));
BERTH_FUNCTION(DWORD, DeleteUnicastIpAddressEntry, (const MIB_UNICASTIPADDRESS_ROW *Row));
BERTH_FUNCTION(DWORD, GetAnycastIpAddressTable,
               (ADDRESS_FAMILY Family, PMIB_ANYCASTIPADDRESS_TABLE *Table));
BERTH_FUNCTION(DWORD, GetMulticastIpAddressTable,
               (ADDRESS_FAMILY Family, PMIB_MULTICASTIPADDRESS_TABLE *Table));
BERTH_FUNCTION(DWORD, GetBestRoute2,
               (NET_LUID *InterfaceLuid, NET_IFINDEX InterfaceIndex,
                const SOCKADDR_INET *SourceAddress, const SOCKADDR_INET *DestinationAddress,
                ULONG AddressSortOptions, PMIB_IPFORWARD_ROW2 BestRoute,
                SOCKADDR_INET *BestSourceAddress));
BERTH_FUNCTION(DWORD, GetIpForwardEntry2, (PMIB_IPFORWARD_ROW2 Row));
BERTH_FUNCTION(DWORD, GetIpForwardTable2, (ADDRESS_FAMILY Family, PMIB_IPFORWARD_TABLE2 *Table));
BERTH_FUNCTION(VOID, InitializeIpForwardEntry, (PMIB_IPFORWARD_ROW2 Row));
BERTH_FUNCTION(DWORD, CreateIpForwardEntry2, (const MIB_IPFORWARD_ROW2 *Row));
BERTH_FUNCTION(DWORD, SetIpForwardEntry2, (const MIB_IPFORWARD_ROW2 *Route));
BERTH_FUNCTION(DWORD, DeleteIpForwardEntry2, (const MIB_IPFORWARD_ROW2 *Row));
BERTH_FUNCTION(DWORD, GetIpNetEntry2, (PMIB_IPNET_ROW2 Row));
BERTH_FUNCTION(DWORD, GetIpNetTable2, (ADDRESS_FAMILY Family, PMIB_IPNET_TABLE2 *Table));
BERTH_FUNCTION(DWORD, ResolveIpNetEntry2,
               (PMIB_IPNET_ROW2 Row, const SOCKADDR_INET *SourceAddress));
BERTH_FUNCTION(DWORD, FlushIpNetTable2, (ADDRESS_FAMILY Family, NET_IFINDEX InterfaceIndex));
BERTH_FUNCTION(DWORD, NotifyIpInterfaceChange,
               (ADDRESS_FAMILY Family, PIPINTERFACE_CHANGE_CALLBACK Callback, PVOID CallerContext,
                BOOLEAN InitialNotification, HANDLE *NotificationHandle));
BERTH_FUNCTION(DWORD, NotifyUnicastIpAddressChange,
               (ADDRESS_FAMILY Family, PUNICAST_IPADDRESS_CHANGE_CALLBACK Callback,
                PVOID CallerContext, BOOLEAN InitialNotification, HANDLE *NotificationHandle));
BERTH_FUNCTION(DWORD, NotifyRouteChange2,
               (ADDRESS_FAMILY AddressFamily, PIPFORWARD_CHANGE_CALLBACK Callback,
                PVOID CallerContext, BOOLEAN InitialNotification, HANDLE *NotificationHandle));
BERTH_FUNCTION(DWORD, CancelMibChangeNotify2, (HANDLE NotificationHandle));
BERTH_FUNCTION(VOID, FreeMibTable, (PVOID Memory));

BERTH_FUNCTION(DWORD, ConvertInterfaceNameToLuidA,
               (const CHAR *InterfaceName, NET_LUID *InterfaceLuid));
BERTH_FUNCTION(DWORD, ConvertInterfaceNameToLuidW,
               (const WCHAR *InterfaceName, NET_LUID *InterfaceLuid));
BERTH_FUNCTION(DWORD, ConvertInterfaceLuidToNameA,
               (const NET_LUID *InterfaceLuid, PSTR InterfaceName, SIZE_T Length));
BERTH_FUNCTION(DWORD, ConvertInterfaceLuidToNameW,
               (const NET_LUID *InterfaceLuid, PWSTR InterfaceName, SIZE_T Length));
BERTH_FUNCTION(DWORD, ConvertInterfaceLuidToIndex,
               (const NET_LUID *InterfaceLuid, PNET_IFINDEX InterfaceIndex));
BERTH_FUNCTION(DWORD, ConvertInterfaceIndexToLuid,
               (NET_IFINDEX InterfaceIndex, PNET_LUID InterfaceLuid));
BERTH_FUNCTION(DWORD, ConvertInterfaceLuidToAlias,
               (const NET_LUID *InterfaceLuid, PWSTR InterfaceAlias, SIZE_T Length));
BERTH_FUNCTION(DWORD, ConvertInterfaceAliasToLuid,
               (const WCHAR *InterfaceAlias, PNET_LUID InterfaceLuid));
BERTH_FUNCTION(DWORD, ConvertInterfaceLuidToGuid,
               (const NET_LUID *InterfaceLuid, GUID *InterfaceGuid));
BERTH_FUNCTION(DWORD, ConvertInterfaceGuidToLuid,
               (const GUID *InterfaceGuid, PNET_LUID InterfaceLuid));
BERTH_FUNCTION(NET_IFINDEX, if_nametoindex, (PCSTR InterfaceName));
BERTH_FUNCTION(PCHAR, if_indextoname, (NET_IFINDEX InterfaceIndex, PCHAR InterfaceName));
BERTH_FUNCTION(DWORD, ConvertLengthToIpv4Mask, (ULONG MaskLength, PULONG Mask));
BERTH_FUNCTION(DWORD, ConvertIpv4MaskToLength, (ULONG Mask, PUINT8 MaskLength));
BERTH_FUNCTION(NET_IF_COMPARTMENT_ID, GetCurrentThreadCompartmentId, (void));
BERTH_FUNCTION(DWORD, SetCurrentThreadCompartmentId, (NET_IF_COMPARTMENT_ID CompartmentId));
/* clang-format on */

#endif
