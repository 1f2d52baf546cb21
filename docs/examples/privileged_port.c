/* A client whose server answers low ports only: reserves the first free port of 600 to 1023 for its
 * socket and connects from it, without a bind of its own. Some file servers ask for that.
 *
 * A port somebody has is WSAEADDRINUSE, and the next one is tried; anything else ends the search.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mstcpip.h>
#include <stdio.h>

#pragma comment(lib, "ws2_32.lib")

#define FIRST_PORT 600
#define LAST_PORT 1023

static unsigned short next_port = FIRST_PORT;

/* Takes a port of the range for the socket; 0 or the error. */
static int reserve_low_port(SOCKET s, unsigned short *port)
{
    INET_PORT_RESERVATION_INSTANCE reserved = {0};
    INET_PORT_RANGE range = {0};
    DWORD size;
    int tries;

    for (tries = 0; tries <= LAST_PORT - FIRST_PORT; tries++) {
        *port = next_port;
        next_port = next_port == LAST_PORT ? FIRST_PORT : (unsigned short)(next_port + 1);
        range.StartPort = htons(*port);
        range.NumberOfPorts = 1;
        if (WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range, &reserved,
                     sizeof reserved, &size, NULL, NULL) == 0)
            break;
        if (WSAGetLastError() != WSAEADDRINUSE)
            return WSAGetLastError();
        printf("port %u is taken\n", *port);
    }
    if (tries > LAST_PORT - FIRST_PORT)
        return WSAEADDRINUSE;
    if (WSAIoctl(s, SIO_ASSOCIATE_PORT_RESERVATION, &reserved.Token, sizeof reserved.Token, NULL, 0,
                 &size, NULL, NULL) != 0)
        return WSAGetLastError();
    return 0;
}

static SOCKET start_server(struct sockaddr_in *address)
{
    SOCKET server = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address->sin_port = htons(2049);
    if (bind(server, (struct sockaddr *)address, sizeof *address) != 0 || listen(server, 5) != 0) {
        printf("the server does not start: %d\n", WSAGetLastError());
        exit(1);
    }
    return server;
}

static int mount_once(const struct sockaddr_in *server)
{
    struct sockaddr_in local;
    int size = sizeof local, error;
    unsigned short port;
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

    error = reserve_low_port(s, &port);
    if (error != 0) {
        printf("no low port: %d\n", error);
        return 1;
    }
    if (connect(s, (const struct sockaddr *)server, sizeof *server) != 0) {
        printf("connect: %d\n", WSAGetLastError());
        return 1;
    }
    getsockname(s, (struct sockaddr *)&local, &size);
    printf("reserved %u, connected from %u\n", port, ntohs(local.sin_port));
    return ntohs(local.sin_port) == port ? 0 : 1;
}

int main(void)
{
    INET_PORT_RANGE range = {htons(601), 2};
    INET_PORT_RESERVATION_INSTANCE others;
    struct sockaddr_in address;
    WSADATA data;
    DWORD size;
    SOCKET other;
    int i, failures = 0;

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    start_server(&address);

    /* Somebody else's, in the middle. */
    other = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (WSAIoctl(other, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range, &others, sizeof others,
                 &size, NULL, NULL) != 0)
        return 1;
    for (i = 0; i < 3; i++)
        failures += mount_once(&address);
    WSACleanup();
    return failures;
}
