/* Persistent port reservations, whose StartPort is in network byte order, and the interfaces. */
#ifndef BERTH_WIN32_IPHLPAPI_H
#define BERTH_WIN32_IPHLPAPI_H

#include "iptypes.h"
#include "tcpmib.h"
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

BERTH_FUNCTION(ULONG, GetAdaptersAddresses,
               (ULONG Family, ULONG Flags, PVOID Reserved, PIP_ADAPTER_ADDRESSES AdapterAddresses,
                PULONG SizePointer));
BERTH_FUNCTION(DWORD, GetExtendedTcpTable,
               (PVOID pTcpTable, PDWORD pdwSize, BOOL bOrder, ULONG ulAf,
                TCP_TABLE_CLASS TableClass, ULONG Reserved));
BERTH_FUNCTION(DWORD, GetExtendedUdpTable,
               (PVOID pUdpTable, PDWORD pdwSize, BOOL bOrder, ULONG ulAf,
                UDP_TABLE_CLASS TableClass, ULONG Reserved));
BERTH_FUNCTION(DWORD, GetTcpTable, (PMIB_TCPTABLE TcpTable, PULONG SizePointer, BOOL Order));
BERTH_FUNCTION(DWORD, GetUdpTable, (PMIB_UDPTABLE UdpTable, PULONG SizePointer, BOOL Order));
BERTH_FUNCTION(DWORD, GetNumberOfInterfaces, (PDWORD pdwNumIf));
BERTH_FUNCTION(DWORD, GetBestInterface, (ULONG dwDestAddr, PDWORD pdwBestIfIndex));
BERTH_FUNCTION(DWORD, GetBestInterfaceEx, (struct sockaddr * pDestAddr, PDWORD pdwBestIfIndex));
BERTH_FUNCTION(NET_IFINDEX, if_nametoindex, (PCSTR InterfaceName));
BERTH_FUNCTION(PCHAR, if_indextoname, (NET_IFINDEX InterfaceIndex, PCHAR InterfaceName));

#endif
