/* An echo server on a completion port, and its clients: a few AcceptEx wait for connections, four
 * workers take what completes, and each client sends its lines and reads them back.
 *
 *     iocp_echo [CLIENTS [LINES]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>

#define WORKERS 4
#define ACCEPTS 3 /* AcceptEx calls that wait at a time */
#define ADDRESS_SIZE (sizeof(struct sockaddr_in) + 16)
#define CLIENTS_MAX 64

enum operation { ACCEPTING, RECEIVING, SENDING };

/* One for each connection, from its AcceptEx on. The OVERLAPPED comes first: the port gives back
 * its address.
 */
struct connection {
    OVERLAPPED overlapped;
    enum operation operation;
    SOCKET socket;
    WSABUF buffer;
    char bytes[512];
    DWORD size, sent; /* of the bytes that go back */
};

static HANDLE port;
static SOCKET listener;
static LPFN_ACCEPTEX accept_ex;
static volatile LONG served, echoed, dropped;

static void drop(struct connection *c)
{
    if (c->socket != INVALID_SOCKET)
        closesocket(c->socket);
    free(c);
}

static BOOL begin_accept(void)
{
    DWORD received;
    struct connection *c = calloc(1, sizeof *c);
    if (c == NULL)
        return FALSE;
    c->operation = ACCEPTING;
    c->socket = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (c->socket == INVALID_SOCKET) {
        free(c);
        return FALSE;
    }
    if (!accept_ex(listener, c->socket, c->bytes, 0, ADDRESS_SIZE, ADDRESS_SIZE, &received,
                   &c->overlapped) &&
        WSAGetLastError() != ERROR_IO_PENDING) {
        drop(c);
        return FALSE;
    }
    return TRUE;
}

static void begin_receive(struct connection *c)
{
    DWORD flags = 0;
    memset(&c->overlapped, 0, sizeof c->overlapped);
    c->operation = RECEIVING;
    c->buffer.buf = c->bytes;
    c->buffer.len = sizeof c->bytes;
    if (WSARecv(c->socket, &c->buffer, 1, NULL, &flags, &c->overlapped, NULL) != 0 &&
        WSAGetLastError() != WSA_IO_PENDING) {
        InterlockedIncrement(&dropped);
        drop(c);
    }
}

static void begin_send(struct connection *c)
{
    memset(&c->overlapped, 0, sizeof c->overlapped);
    c->operation = SENDING;
    c->buffer.buf = c->bytes + c->sent;
    c->buffer.len = c->size - c->sent;
    if (WSASend(c->socket, &c->buffer, 1, NULL, 0, &c->overlapped, NULL) != 0 &&
        WSAGetLastError() != WSA_IO_PENDING) {
        InterlockedIncrement(&dropped);
        drop(c);
    }
}

static void accepted(struct connection *c)
{
    InterlockedIncrement(&served);
    setsockopt(c->socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof listener);
    if (CreateIoCompletionPort((HANDLE)c->socket, port, (ULONG_PTR)c->socket, 0) != port) {
        InterlockedIncrement(&dropped);
        drop(c);
    } else {
        begin_receive(c);
    }
    begin_accept();
}

static void completed(struct connection *c, DWORD size)
{
    switch (c->operation) {
    case ACCEPTING:
        accepted(c);
        break;
    case RECEIVING:
        if (size == 0) { /* the client has said all */
            drop(c);
            break;
        }
        c->size = size;
        c->sent = 0;
        begin_send(c);
        break;
    case SENDING:
        InterlockedExchangeAdd(&echoed, (LONG)size);
        c->sent += size;
        if (c->sent < c->size)
            begin_send(c);
        else
            begin_receive(c);
        break;
    }
}

static DWORD WINAPI work(LPVOID parameter)
{
    (void)parameter;
    for (;;) {
        DWORD size = 0;
        ULONG_PTR key = 0;
        OVERLAPPED *overlapped = NULL;
        BOOL good = GetQueuedCompletionStatus(port, &size, &key, &overlapped, INFINITE);
        struct connection *c = (struct connection *)overlapped;
        if (overlapped == NULL)
            return 0; /* told to leave, or the port is gone */
        if (good) {
            completed(c, size);
        } else {
            if (c->operation != ACCEPTING)
                InterlockedIncrement(&dropped);
            drop(c);
        }
    }
}

/* ---- Clients ---- */

struct client {
    int number, lines;
    struct sockaddr_in server;
    int echoed; /* lines that came back as they went */
};

static BOOL receive_all(SOCKET s, char *bytes, int size)
{
    int have = 0;
    while (have < size) {
        int got = recv(s, bytes + have, size - have, 0);
        if (got <= 0)
            return FALSE;
        have += got;
    }
    return TRUE;
}

static DWORD WINAPI talk(LPVOID parameter)
{
    struct client *client = parameter;
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (s == INVALID_SOCKET)
        return 1;
    if (connect(s, (struct sockaddr *)&client->server, sizeof client->server) != 0) {
        closesocket(s);
        return 2;
    }
    for (int i = 0; i < client->lines; i++) {
        char line[64], answer[64];
        int size = sprintf(line, "client %d, line %d\n", client->number, i);
        if (send(s, line, size, 0) != size || !receive_all(s, answer, size))
            break;
        if (memcmp(line, answer, (size_t)size) == 0)
            client->echoed++;
    }
    shutdown(s, SD_SEND);
    closesocket(s);
    return 0;
}

/* ---- The program ---- */

static BOOL open_server(struct sockaddr_in *name)
{
    GUID id = WSAID_ACCEPTEX;
    DWORD returned;
    int size = sizeof *name;

    listener = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    memset(name, 0, sizeof *name);
    name->sin_family = AF_INET;
    name->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener == INVALID_SOCKET ||
        bind(listener, (struct sockaddr *)name, sizeof *name) != 0 ||
        listen(listener, SOMAXCONN) != 0 ||
        getsockname(listener, (struct sockaddr *)name, &size) != 0 ||
        WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &accept_ex,
                 sizeof accept_ex, &returned, NULL, NULL) != 0)
        return FALSE;
    port = CreateIoCompletionPort((HANDLE)listener, NULL, 0, WORKERS);
    if (port == NULL)
        return FALSE;
    for (int i = 0; i < ACCEPTS; i++)
        if (!begin_accept())
            return FALSE;
    return TRUE;
}

int main(int argc, char **argv)
{
    static struct client clients[CLIENTS_MAX];
    HANDLE workers[WORKERS], talkers[CLIENTS_MAX];
    struct sockaddr_in name;
    int count = argc > 1 ? atoi(argv[1]) : 8;
    int lines = argc > 2 ? atoi(argv[2]) : 25;
    WSADATA data;

    if (count < 1 || count > CLIENTS_MAX || WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    if (!open_server(&name)) {
        printf("no server: %d\n", WSAGetLastError());
        return 1;
    }
    for (int i = 0; i < WORKERS; i++)
        workers[i] = CreateThread(NULL, 0, work, NULL, 0, NULL);
    for (int i = 0; i < count; i++) {
        clients[i].number = i;
        clients[i].lines = lines;
        clients[i].server = name;
        talkers[i] = CreateThread(NULL, 0, talk, &clients[i], 0, NULL);
    }
    WaitForMultipleObjects((DWORD)count, talkers, TRUE, INFINITE);
    for (int i = 0; i < count; i++) {
        printf("client %d: %d of %d lines came back\n", i, clients[i].echoed, lines);
        CloseHandle(talkers[i]);
    }
    closesocket(listener); /* its accepts end, cancelled; the workers give them back */
    Sleep(200);
    for (int i = 0; i < WORKERS; i++)
        PostQueuedCompletionStatus(port, 0, 0, NULL);
    WaitForMultipleObjects(WORKERS, workers, TRUE, INFINITE);
    for (int i = 0; i < WORKERS; i++)
        CloseHandle(workers[i]);
    CloseHandle(port);
    printf("served %ld clients, echoed %ld bytes, dropped %ld\n", (long)served, (long)echoed,
           (long)dropped);
    WSACleanup();
    return 0;
}
