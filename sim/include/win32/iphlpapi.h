/* The six functions of persistent port reservations. StartPort is in network byte order. */
#ifndef BERTH_WIN32_IPHLPAPI_H
#define BERTH_WIN32_IPHLPAPI_H

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

#endif
