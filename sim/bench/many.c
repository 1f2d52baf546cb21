#include "sim/bench/many.h"

#include <winsock2.h>

#include <windows.h>

enum { PORT = 7007, FIRST_PORT = 1025, PORTS_OF_AN_ADDRESS = 60000 };

static struct sockaddr_in loopback(unsigned host, unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((USHORT)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
    return address;
}

static SOCKET stream(void)
{
    return socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
}

static SOCKET listening(void)
{
    const struct sockaddr_in address = loopback(0, PORT);
    SOCKET s = stream();
    bool good = s != INVALID_SOCKET &&
                bind(s, (const struct sockaddr *)&address, sizeof address) == 0 &&
                listen(s, SOMAXCONN) == 0;
    return good ? s : INVALID_SOCKET;
}

static bool connects(SOCKET s)
{
    const struct sockaddr_in address = loopback(0, PORT);
    return connect(s, (const struct sockaddr *)&address, sizeof address) == 0;
}

bool many_pairs(unsigned pairs)
{
    SOCKET listener = listening();
    SOCKET *all = HeapAlloc(GetProcessHeap(), 0, 2 * pairs * sizeof *all);
    bool good = listener != INVALID_SOCKET && all != NULL;

    for (unsigned i = 0; i < pairs && good; i++) {
        all[i] = stream();
        good = all[i] != INVALID_SOCKET && connects(all[i]);
    }
    for (unsigned i = 0; i < pairs && good; i++) {
        all[pairs + i] = accept(listener, NULL, NULL);
        good = all[pairs + i] != INVALID_SOCKET;
    }
    for (unsigned i = 0; i < 2 * pairs && good; i++)
        good = closesocket(all[i]) == 0;
    HeapFree(GetProcessHeap(), 0, all);
    return good && closesocket(listener) == 0;
}

/* A port is of one address: automatic choice would be at its end after 16,384. */
static bool binds(SOCKET s, unsigned number)
{
    unsigned host = 1 + number / PORTS_OF_AN_ADDRESS;
    const struct sockaddr_in address = loopback(host, FIRST_PORT + number % PORTS_OF_AN_ADDRESS);
    return bind(s, (const struct sockaddr *)&address, sizeof address) == 0;
}

bool many_sockets(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (stream() == INVALID_SOCKET)
            return false;
    return true;
}

bool many_open(unsigned pairs)
{
    SOCKET listener = listening();

    if (listener == INVALID_SOCKET)
        return false;
    for (unsigned i = 0; i < pairs; i++) {
        SOCKET client = stream();
        if (client == INVALID_SOCKET || !binds(client, i) || !connects(client))
            return false;
        SOCKET server = accept(listener, NULL, NULL);
        if (server == INVALID_SOCKET || send(client, "c", 1, 0) != 1 ||
            send(server, "s", 1, 0) != 1)
            return false;
    }
    Sleep(1);
    return true;
}
