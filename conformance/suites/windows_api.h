/* The one header through which the suites see Windows: Winsock and its neighbours in the order that
 * the SDK wants, the constants that older SDKs lack, and the few calls every suite makes.
 *
 * The helpers keep no state, assert nothing and may be used by a testbed_program too; in a case
 * they end it where the stack has no reservations at all (support.h). Ports and addresses are in
 * host byte order here; the helpers swap. An outcome is 0 or the Winsock error.
 */
#ifndef CONFORMANCE_WINDOWS_API_H
#define CONFORMANCE_WINDOWS_API_H

#include <stdbool.h>
#include <string.h>

#include <winsock2.h>

#include <ws2tcpip.h>

#include <mstcpip.h>

#include <mswsock.h>
#include <windows.h>

#include <iphlpapi.h>
#include <ws2spi.h>

#include "conformance/suites/support.h"

#ifndef SO_RANDOMIZE_PORT
#define SO_RANDOMIZE_PORT 0x3005
#endif
#ifndef SO_PORT_SCALABILITY
#define SO_PORT_SCALABILITY 0x3006
#endif
#ifndef SO_REUSE_UNICASTPORT
#define SO_REUSE_UNICASTPORT 0x3007
#endif
#ifndef SO_REUSE_MULTICASTPORT
#define SO_REUSE_MULTICASTPORT 0x3008
#endif
#ifndef SIO_CPU_AFFINITY
#define SIO_CPU_AFFINITY _WSAIOW(IOC_VENDOR, 21)
#endif
#ifndef INVALID_PORT_RESERVATION_TOKEN
#define INVALID_PORT_RESERVATION_TOKEN ((ULONG64)0)
#endif

#define START_WINSOCK() assert_int_equal(winsock_start(), 0)

static inline unsigned winsock_start(void)
{
    WSADATA data;
    return (unsigned)WSAStartup(MAKEWORD(2, 2), &data);
}

/* What a call that failed and left no error has for an outcome. */
#define FAILED_WITHOUT_A_CODE 0xFFFFFFFFu

/* 0, or the last error when a call answered SOCKET_ERROR. */
static inline unsigned winsock_outcome(int result)
{
    const unsigned error = (unsigned)WSAGetLastError();
    if (result == 0)
        return 0;
    return error == 0 ? FAILED_WITHOUT_A_CODE : error;
}

static inline SOCKET tcp_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
}

static inline SOCKET udp_socket(void)
{
    return socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
}

static inline struct sockaddr_in ipv4_address(ULONG address, USHORT port)
{
    struct sockaddr_in name;
    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(address);
    name.sin_port = htons(port);
    return name;
}

/* ::1, so that no helper needs the SDK's in6addr_loopback, which is a variable. */
static inline struct sockaddr_in6 ipv6_loopback(USHORT port)
{
    struct sockaddr_in6 name;
    memset(&name, 0, sizeof(name));
    name.sin6_family = AF_INET6;
    name.sin6_addr.s6_addr[15] = 1;
    name.sin6_port = htons(port);
    return name;
}

static inline unsigned bind_ipv4(SOCKET s, ULONG address, USHORT port)
{
    const struct sockaddr_in name = ipv4_address(address, port);
    return winsock_outcome(bind(s, (const struct sockaddr *)&name, sizeof(name)));
}

/* To 127.0.0.1, where no firewall asks. */
static inline unsigned bind_loopback(SOCKET s, USHORT port)
{
    return bind_ipv4(s, INADDR_LOOPBACK, port);
}

static inline unsigned bind_ipv6_loopback(SOCKET s, USHORT port)
{
    const struct sockaddr_in6 name = ipv6_loopback(port);
    return winsock_outcome(bind(s, (const struct sockaddr *)&name, sizeof(name)));
}

/* The port of a bound socket of either family; 0 when it is not bound. */
static inline USHORT bound_port(SOCKET s)
{
    struct sockaddr_storage name;
    int size = sizeof(name);
    memset(&name, 0, sizeof(name));
    if (getsockname(s, (struct sockaddr *)&name, &size) != 0)
        return 0;
    if (name.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)(const void *)&name)->sin6_port);
    return ntohs(((const struct sockaddr_in *)(const void *)&name)->sin_port);
}

/* WSAIoctl with one of the three codes, or one that stands for it. */
static inline int reservation_ioctl(SOCKET s, DWORD code, void *input, DWORD input_size,
                                    void *output, DWORD output_size, DWORD *returned,
                                    WSAOVERLAPPED *overlapped,
                                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    const int result =
        WSAIoctl(s, code, input, input_size, output, output_size, returned, overlapped, routine);
    const int error = WSAGetLastError();
    int type;
    int size = sizeof(type);
    if (result == 0 || error != WSAEOPNOTSUPP)
        return result;
    if (getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&type, &size) == 0)
        unless_unsupported((unsigned)error);
    WSASetLastError(error);
    return result;
}

/* Acquires `count` ports from `first` on; `first` 0 leaves the place to the system. */
static inline unsigned acquire_block(SOCKET s, USHORT first, USHORT count,
                                     INET_PORT_RESERVATION_INSTANCE *instance)
{
    INET_PORT_RANGE range;
    DWORD returned = 0;
    range.StartPort = htons(first);
    range.NumberOfPorts = count;
    return winsock_outcome(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range),
                                             instance, sizeof(*instance), &returned, NULL, NULL));
}

static inline unsigned associate_block(SOCKET s, ULONG64 token)
{
    DWORD returned = 0;
    return winsock_outcome(reservation_ioctl(s, SIO_ASSOCIATE_PORT_RESERVATION, &token,
                                             sizeof(token), NULL, 0, &returned, NULL, NULL));
}

static inline unsigned release_block(SOCKET s, ULONG64 token)
{
    DWORD returned = 0;
    return winsock_outcome(reservation_ioctl(s, SIO_RELEASE_PORT_RESERVATION, &token, sizeof(token),
                                             NULL, 0, &returned, NULL, NULL));
}

/* What acquiring the one port `port` on a new socket of that kind gets, and gives back at once: 0
 * when nobody has it, in that protocol.
 */
static inline unsigned probe_port(int family, int type, USHORT port)
{
    const SOCKET s = socket(family, type, type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP);
    INET_PORT_RESERVATION_INSTANCE instance;
    const unsigned answer = acquire_block(s, port, 1, &instance);
    if (answer == 0)
        release_block(s, instance.Token);
    closesocket(s);
    return answer;
}

#endif
