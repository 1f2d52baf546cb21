#include "sim/bench/echo.h"

#include <winsock2.h>

#include <mswsock.h>
#include <stdbool.h>
#include <windows.h>

#include "sim/bench/host.h"

enum { PORT = 7007 };

static struct sockaddr_in loopback(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static SOCKET listening(void)
{
    const struct sockaddr_in address = loopback();
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    bool good = s != INVALID_SOCKET &&
                bind(s, (const struct sockaddr *)&address, sizeof address) == 0 &&
                listen(s, SOMAXCONN) == 0;
    return good ? s : INVALID_SOCKET;
}

static SOCKET connected(void)
{
    const struct sockaddr_in address = loopback();
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    bool good =
        s != INVALID_SOCKET && connect(s, (const struct sockaddr *)&address, sizeof address) == 0;
    return good ? s : INVALID_SOCKET;
}

/* ---- Blocking -------------------------------------------------------------------------------- */

static DWORD WINAPI echo(LPVOID parameter)
{
    SOCKET s = accept(*(const SOCKET *)parameter, NULL, NULL);
    char byte;
    while (recv(s, &byte, 1, 0) == 1)
        send(s, &byte, 1, 0);
    closesocket(s);
    return 0;
}

double echo_blocking(unsigned rounds)
{
    SOCKET listener = listening();
    HANDLE server = CreateThread(NULL, 0, echo, &listener, 0, NULL);
    SOCKET client = connected();
    char byte = 'x';
    if (listener == INVALID_SOCKET || client == INVALID_SOCKET || server == NULL)
        return -1;
    uint64_t start = host_now_ns();
    for (unsigned i = 0; i < rounds; i++)
        if (send(client, &byte, 1, 0) != 1 || recv(client, &byte, 1, 0) != 1)
            return -1;
    double elapsed = (double)(host_now_ns() - start);
    closesocket(client);
    WaitForSingleObject(server, INFINITE);
    CloseHandle(server);
    closesocket(listener);
    return elapsed / rounds;
}

/* ---- A completion port ----------------------------------------------------------------------- */

enum { ROOM = sizeof(struct sockaddr_in) + 16 };

/* One operation at a time on each side, as a server's session has. */
struct side {
    SOCKET s;
    HANDLE port;
    OVERLAPPED overlapped;
    WSABUF buffer;
    char byte;
};

static bool take(HANDLE port, DWORD *bytes)
{
    ULONG_PTR key;
    LPOVERLAPPED overlapped;
    return GetQueuedCompletionStatus(port, bytes, &key, &overlapped, INFINITE) != 0;
}

static bool is_started(int result)
{
    return result == 0 || WSAGetLastError() == WSA_IO_PENDING;
}

static bool receive(struct side *side)
{
    DWORD bytes = 0, flags = 0;
    int result = WSARecv(side->s, &side->buffer, 1, NULL, &flags, &side->overlapped, NULL);
    return is_started(result) && take(side->port, &bytes) && bytes == 1;
}

static bool transmit(struct side *side)
{
    DWORD bytes = 0;
    int result = WSASend(side->s, &side->buffer, 1, NULL, 0, &side->overlapped, NULL);
    return is_started(result) && take(side->port, &bytes) && bytes == 1;
}

static bool open_side(struct side *side, SOCKET s)
{
    *side = (struct side){.s = s};
    side->buffer = (WSABUF){1, &side->byte};
    side->port = CreateIoCompletionPort((HANDLE)s, NULL, 1, 0);
    return s != INVALID_SOCKET && side->port != NULL;
}

static bool accept_overlapped(SOCKET listener, SOCKET acceptor)
{
    char addresses[2 * ROOM];
    OVERLAPPED overlapped = {0};
    DWORD bytes, flags;
    BOOL done = AcceptEx(listener, acceptor, addresses, 0, ROOM, ROOM, &bytes, &overlapped);
    return (done || WSAGetLastError() == WSA_IO_PENDING) &&
           WSAGetOverlappedResult(listener, &overlapped, &bytes, TRUE, &flags);
}

static DWORD WINAPI echo_overlapped(LPVOID parameter)
{
    struct side side;
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (accept_overlapped(*(const SOCKET *)parameter, s) && open_side(&side, s)) {
        while (receive(&side) && transmit(&side))
            continue;
        CloseHandle(side.port);
    }
    closesocket(s);
    return 0;
}

double echo_port(unsigned rounds)
{
    struct side side;
    SOCKET listener = listening();
    HANDLE server = CreateThread(NULL, 0, echo_overlapped, &listener, 0, NULL);
    SOCKET client = connected();
    if (listener == INVALID_SOCKET || server == NULL || !open_side(&side, client))
        return -1;
    uint64_t start = host_now_ns();
    for (unsigned i = 0; i < rounds; i++)
        if (!transmit(&side) || !receive(&side))
            return -1;
    double elapsed = (double)(host_now_ns() - start);
    closesocket(client);
    WaitForSingleObject(server, INFINITE);
    CloseHandle(server);
    CloseHandle(side.port);
    closesocket(listener);
    return elapsed / rounds;
}
