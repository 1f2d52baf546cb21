/* The machine's interfaces, addresses, routes, connections and counters; persistent port
 * reservations, whose StartPort is in network byte order.
 */
#ifndef BERTH_WIN32_IPHLPAPI_H
#define BERTH_WIN32_IPHLPAPI_H

#include "ipexport.h"
#include "iprtrmib.h"
#include "iptypes.h"
#include "netioapi.h"
#include "windef.h"
#include "winerror.h"

BERTH_FUNCTION(ULONG, CreatePersistentTcpPortReservation,
               (USHORT StartPort, USHORT NumberOfPorts, PULONG64 Token));
BERTH_FUNCTION(ULONG, CreatePersistentUdpPortReservation,
               (USHORT StartPort, USHORT NumberOfPorts, PULONG64 Token));
BERTH_FUNCTION(ULONG, DeletePersistentTcpPortReservation, (USHORT StartPort, USHORT NumberOfPorts));
BERTH_FUNCTION(ULONG, DeletePersistentUdpPortReservation, (USHORT StartPort, USHORT NumberOfPorts));
BERTH_FUNCTION(ULONG, LookupPersistentTcpPortReservation,
               (USHORT StartPort, USHORT NumberOfPorts, PULONG64 Token));
BERTH_FUNCTION(ULONG, LookupPersistentUdpPortReservation,
               (USHORT StartPort, USHORT NumberOfPorts, PULONG64 Token));

/* clang-format off */
BERTH_FUNCTION(ULONG, GetAdaptersAddresses,
               (ULONG Family, ULONG Flags, PVOID Reserved, PIP_ADAPTER_ADDRESSES AdapterAddresses,
                PULONG SizePointer));
BERTH_FUNCTION(ULONG, GetAdaptersInfo, (PIP_ADAPTER_INFO AdapterInfo, PULONG SizePointer));
BERTH_FUNCTION(DWORD, GetPerAdapterInfo,
               (ULONG IfIndex, PIP_PER_ADAPTER_INFO pPerAdapterInfo, PULONG pOutBufLen));
BERTH_FUNCTION(DWORD, GetNetworkParams, (PFIXED_INFO pFixedInfo, PULONG pOutBufLen));
BERTH_FUNCTION(DWORD, GetInterfaceInfo, (PIP_INTERFACE_INFO pIfTable, PULONG dwOutBufLen));
BERTH_FUNCTION(DWORD, GetUniDirectionalAdapterInfo,
               (PIP_UNIDIRECTIONAL_ADAPTER_ADDRESS pIPIfInfo, PULONG dwOutBufLen));
BERTH_FUNCTION(DWORD, GetAdapterIndex, (LPWSTR AdapterName, PULONG IfIndex));
BERTH_FUNCTION(DWORD, GetNumberOfInterfaces, (PDWORD pdwNumIf));
BERTH_FUNCTION(DWORD, GetFriendlyIfIndex, (DWORD IfIndex));
BERTH_FUNCTION(DWORD, GetIfEntry, (PMIB_IFROW pIfRow));
BERTH_FUNCTION(DWORD, GetIfTable, (PMIB_IFTABLE pIfTable, PULONG pdwSize, BOOL bOrder));
BERTH_FUNCTION(DWORD, GetIpAddrTable, (PMIB_IPADDRTABLE pIpAddrTable, PULONG pdwSize, BOOL bOrder));
BERTH_FUNCTION(DWORD, GetIpForwardTable,
               (PMIB_IPFORWARDTABLE pIpForwardTable, PULONG pdwSize, BOOL bOrder));
BERTH_FUNCTION(ULONG, GetIpNetTable, (PMIB_IPNETTABLE IpNetTable, PULONG SizePointer, BOOL Order));
BERTH_FUNCTION(DWORD, GetBestInterface, (IPAddr dwDestAddr, PDWORD pdwBestIfIndex));
BERTH_FUNCTION(DWORD, GetBestInterfaceEx, (struct sockaddr * pDestAddr, PDWORD pdwBestIfIndex));
BERTH_FUNCTION(DWORD, GetBestRoute,
               (DWORD dwDestAddr, DWORD dwSourceAddr, PMIB_IPFORWARDROW pBestRoute));
BERTH_FUNCTION(DWORD, SendARP, (IPAddr DestIP, IPAddr SrcIP, PVOID pMacAddr, PULONG PhyAddrLen));
BERTH_FUNCTION(ULONG, ResolveNeighbor,
               (SOCKADDR *NetworkAddress, PVOID PhysicalAddress, PULONG PhysicalAddressLength));
BERTH_FUNCTION(BOOL, GetRTTAndHopCount,
               (IPAddr DestIpAddress, PULONG HopCount, ULONG MaxHops, PULONG RTT));
BERTH_FUNCTION(DWORD, GetIpErrorString, (IP_STATUS ErrorCode, PWSTR Buffer, PDWORD Size));

BERTH_FUNCTION(DWORD, GetExtendedTcpTable,
               (PVOID pTcpTable, PDWORD pdwSize, BOOL bOrder, ULONG ulAf,
                TCP_TABLE_CLASS TableClass, ULONG Reserved));
BERTH_FUNCTION(DWORD, GetExtendedUdpTable,
               (PVOID pUdpTable, PDWORD pdwSize, BOOL bOrder, ULONG ulAf,
                UDP_TABLE_CLASS TableClass, ULONG Reserved));
BERTH_FUNCTION(DWORD, GetTcpTable, (PMIB_TCPTABLE TcpTable, PULONG SizePointer, BOOL Order));
BERTH_FUNCTION(ULONG, GetTcpTable2, (PMIB_TCPTABLE2 TcpTable, PULONG SizePointer, BOOL Order));
BERTH_FUNCTION(ULONG, GetTcp6Table, (PMIB_TCP6TABLE TcpTable, PULONG SizePointer, BOOL Order));
BERTH_FUNCTION(ULONG, GetTcp6Table2, (PMIB_TCP6TABLE2 TcpTable, PULONG SizePointer, BOOL Order));
BERTH_FUNCTION(DWORD, GetUdpTable, (PMIB_UDPTABLE UdpTable, PULONG SizePointer, BOOL Order));
BERTH_FUNCTION(ULONG, GetUdp6Table, (PMIB_UDP6TABLE Udp6Table, PULONG SizePointer, BOOL Order));
BERTH_FUNCTION(DWORD, SetTcpEntry, (PMIB_TCPROW pTcpRow));

BERTH_FUNCTION(ULONG, GetIpStatistics, (PMIB_IPSTATS Statistics));
BERTH_FUNCTION(ULONG, GetIpStatisticsEx, (PMIB_IPSTATS Statistics, ULONG Family));
BERTH_FUNCTION(ULONG, GetIcmpStatistics, (PMIB_ICMP Statistics));
BERTH_FUNCTION(ULONG, GetIcmpStatisticsEx, (PMIB_ICMP_EX Statistics, ULONG Family));
BERTH_FUNCTION(ULONG, GetTcpStatistics, (PMIB_TCPSTATS Statistics));
BERTH_FUNCTION(ULONG, GetTcpStatisticsEx, (PMIB_TCPSTATS Statistics, ULONG Family));
BERTH_FUNCTION(ULONG, GetUdpStatistics, (PMIB_UDPSTATS Stats));
BERTH_FUNCTION(ULONG, GetUdpStatisticsEx, (PMIB_UDPSTATS Statistics, ULONG Family));

BERTH_FUNCTION(DWORD, NotifyAddrChange, (PHANDLE Handle, LPOVERLAPPED overlapped));
BERTH_FUNCTION(DWORD, NotifyRouteChange, (PHANDLE Handle, LPOVERLAPPED overlapped));
BERTH_FUNCTION(BOOL, CancelIPChangeNotify, (LPOVERLAPPED notifyOverlapped));

/* What would change the machine, which stays as it is. */
BERTH_FUNCTION(DWORD, SetIfEntry, (PMIB_IFROW pIfRow));
BERTH_FUNCTION(DWORD, CreateIpForwardEntry, (PMIB_IPFORWARDROW pRoute));
BERTH_FUNCTION(DWORD, SetIpForwardEntry, (PMIB_IPFORWARDROW pRoute));
BERTH_FUNCTION(DWORD, DeleteIpForwardEntry, (PMIB_IPFORWARDROW pRoute));
BERTH_FUNCTION(DWORD, SetIpStatistics, (PMIB_IPSTATS pIpStats));
BERTH_FUNCTION(DWORD, SetIpTTL, (UINT nTTL));
BERTH_FUNCTION(DWORD, CreateIpNetEntry, (PMIB_IPNETROW pArpEntry));
BERTH_FUNCTION(DWORD, SetIpNetEntry, (PMIB_IPNETROW pArpEntry));
BERTH_FUNCTION(DWORD, DeleteIpNetEntry, (PMIB_IPNETROW pArpEntry));
BERTH_FUNCTION(DWORD, FlushIpNetTable, (DWORD dwIfIndex));
BERTH_FUNCTION(DWORD, AddIPAddress, (IPAddr Address, IPMask IpMask, DWORD IfIndex,
                PULONG NTEContext, PULONG NTEInstance));
BERTH_FUNCTION(DWORD, DeleteIPAddress, (ULONG NTEContext));
BERTH_FUNCTION(DWORD, IpReleaseAddress, (PIP_ADAPTER_INDEX_MAP AdapterInfo));
BERTH_FUNCTION(DWORD, IpRenewAddress, (PIP_ADAPTER_INDEX_MAP AdapterInfo));
/* clang-format on */

#endif
