/* A server with a socket for each processor, all on one port: reserves the port through the first
 * socket, lets every socket use the reservation, and binds them all to it. QUIC servers do so.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mstcpip.h>
#include <stdio.h>

#define PROCESSORS 4
#define PORT 4433

static int control(SOCKET s, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size)
{
    DWORD size;
    return WSAIoctl(s, code, in, in_size, out, out_size, &size, NULL, NULL) == 0
               ? 0
               : WSAGetLastError();
}

static int open_socket(SOCKET *s, USHORT processor)
{
    DWORD off = 0;

    *s = WSASocketW(AF_INET6, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (*s == INVALID_SOCKET)
        return WSAGetLastError();
    if (setsockopt(*s, IPPROTO_IPV6, IPV6_V6ONLY, (const char *)&off, sizeof off) != 0)
        return WSAGetLastError();
    return control(*s, SIO_CPU_AFFINITY, &processor, sizeof processor, NULL, 0);
}

static int bind_socket(SOCKET s, ULONG64 token)
{
    struct sockaddr_in6 address = {0};
    int error = control(s, SIO_ASSOCIATE_PORT_RESERVATION, &token, sizeof token, NULL, 0);

    if (error != 0)
        return error;
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(PORT);
    return bind(s, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : WSAGetLastError();
}

int main(void)
{
    INET_PORT_RANGE range = {htons(PORT), 1};
    INET_PORT_RESERVATION_INSTANCE reserved;
    SOCKET sockets[PROCESSORS], stranger;
    WSADATA data;
    int error;
    USHORT i;

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    for (i = 0; i < PROCESSORS; i++) {
        error = open_socket(&sockets[i], i);
        if (error == 0 && i == 0)
            error = control(sockets[0], SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range,
                            &reserved, sizeof reserved);
        if (error == 0)
            error = bind_socket(sockets[i], reserved.Token);
        printf("socket %u: %d\n", i, error);
        if (error != 0)
            return 1;
    }

    /* Another server wants the same port. */
    if (open_socket(&stranger, 0) != 0)
        return 1;
    error = control(stranger, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range, &reserved,
                    sizeof reserved);
    printf("a second server: %d\n", error);

    for (i = PROCESSORS; i > 0; i--)
        closesocket(sockets[i - 1]);
    error = control(stranger, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range, &reserved,
                    sizeof reserved);
    printf("after the first has gone: %d\n", error);
    WSACleanup();
    return error;
}
