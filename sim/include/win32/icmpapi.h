/* Echo requests: what ping is made of. */
#ifndef BERTH_WIN32_ICMPAPI_H
#define BERTH_WIN32_ICMPAPI_H

#include "ipexport.h"
#include "winternl.h"
#include "ws2ipdef.h"

/* The SDK's form with PIO_APC_ROUTINE_DEFINED; without it the routine is a FARPROC. */
#if defined(PIO_APC_ROUTINE_DEFINED)
#define BERTH_ICMP_ROUTINE PIO_APC_ROUTINE
#else
#define BERTH_ICMP_ROUTINE FARPROC
#endif

/* clang-format off */
BERTH_FUNCTION(HANDLE, IcmpCreateFile, (void));
BERTH_FUNCTION(HANDLE, Icmp6CreateFile, (void));
BERTH_FUNCTION(BOOL, IcmpCloseHandle, (HANDLE IcmpHandle));
BERTH_FUNCTION(DWORD, IcmpSendEcho,
               (HANDLE IcmpHandle, IPAddr DestinationAddress, LPVOID RequestData, WORD RequestSize,
                PIP_OPTION_INFORMATION RequestOptions, LPVOID ReplyBuffer, DWORD ReplySize,
                DWORD Timeout));
BERTH_FUNCTION(DWORD, IcmpSendEcho2,
               (HANDLE IcmpHandle, HANDLE Event, BERTH_ICMP_ROUTINE ApcRoutine, PVOID ApcContext,
                IPAddr DestinationAddress, LPVOID RequestData, WORD RequestSize,
                PIP_OPTION_INFORMATION RequestOptions, LPVOID ReplyBuffer, DWORD ReplySize,
                DWORD Timeout));
BERTH_FUNCTION(DWORD, IcmpSendEcho2Ex,
               (HANDLE IcmpHandle, HANDLE Event, BERTH_ICMP_ROUTINE ApcRoutine, PVOID ApcContext,
                IPAddr SourceAddress, IPAddr DestinationAddress, LPVOID RequestData,
                WORD RequestSize, PIP_OPTION_INFORMATION RequestOptions, LPVOID ReplyBuffer,
                DWORD ReplySize, DWORD Timeout));
BERTH_FUNCTION(DWORD, Icmp6SendEcho2,
               (HANDLE IcmpHandle, HANDLE Event, BERTH_ICMP_ROUTINE ApcRoutine, PVOID ApcContext,
                struct sockaddr_in6 *SourceAddress, struct sockaddr_in6 *DestinationAddress,
                LPVOID RequestData, WORD RequestSize, PIP_OPTION_INFORMATION RequestOptions,
                LPVOID ReplyBuffer, DWORD ReplySize, DWORD Timeout));
BERTH_FUNCTION(DWORD, IcmpParseReplies, (LPVOID ReplyBuffer, DWORD ReplySize));
BERTH_FUNCTION(DWORD, Icmp6ParseReplies, (LPVOID ReplyBuffer, DWORD ReplySize));
/* clang-format on */

#endif
