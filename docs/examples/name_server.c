// A name server over UDP. It waits for its socket with WSAEventSelect; its clients, each on a
// thread of its own, ask again when no answer has come in time. One request is lost on the way, as
// happens.

#define WIN32_LEAN_AND_MEAN
#define _CRT_SECURE_NO_WARNINGS
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma comment(lib, "ws2_32.lib")

#define MAX_NAMES 16
#define TEXT_SIZE 128
#define ANSWER_MS 300 // how long a client waits for an answer
#define TRIES 20

static void fail(const char *what)
{
    fprintf(stderr, "%s failed: %d\n", what, WSAGetLastError());
    exit(1);
}

static SOCKET open_socket(u_short port)
{
    struct sockaddr_in name;
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    if (s == INVALID_SOCKET)
        fail("socket");
    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    name.sin_port = htons(port);
    if (bind(s, (struct sockaddr *)&name, sizeof(name)) == SOCKET_ERROR)
        fail("bind");
    return s;
}

// ---- The server ---------------------------------------------------------------------------------

struct entry {
    char name[TEXT_SIZE];
    char value[TEXT_SIZE];
};

static struct entry entries[MAX_NAMES];
static int entry_count;
static int lost; // requests that were lost on purpose
static WSAEVENT stop;

static struct entry *find(const char *name)
{
    for (int i = 0; i < entry_count; i++)
        if (strcmp(entries[i].name, name) == 0)
            return &entries[i];
    return NULL;
}

static void set_entry(const char *name, const char *value)
{
    struct entry *entry = find(name);
    if (entry == NULL && entry_count < MAX_NAMES)
        entry = &entries[entry_count++];
    if (entry == NULL)
        return;
    strcpy(entry->name, name);
    strcpy(entry->value, value);
}

// "SET name value" or "GET name". The answer; FALSE when the request is lost.
static BOOL serve(const char *request, char *answer)
{
    char name[TEXT_SIZE], value[TEXT_SIZE];
    if (sscanf(request, "SET %127s %127s", name, value) == 2) {
        set_entry(name, value);
        strcpy(answer, "OK");
        return TRUE;
    }
    if (sscanf(request, "GET %127s", name) != 1) {
        strcpy(answer, "WHAT?");
        return TRUE;
    }
    if (strcmp(name, "printer") == 0 && lost == 0) {
        lost++;
        return FALSE;
    }
    struct entry *entry = find(name);
    strcpy(answer, entry != NULL ? entry->value : "NOBODY");
    return TRUE;
}

// All that waits: one event may stand for several datagrams.
static void serve_all(SOCKET s)
{
    for (;;) {
        char request[TEXT_SIZE], answer[TEXT_SIZE];
        struct sockaddr_in from;
        int size = sizeof(from);
        int n = recvfrom(s, request, sizeof(request) - 1, 0, (struct sockaddr *)&from, &size);
        if (n == SOCKET_ERROR && WSAGetLastError() == WSAECONNRESET)
            continue; // a client has gone before its answer came
        if (n == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK)
            return;
        if (n == SOCKET_ERROR)
            fail("recvfrom");
        request[n] = '\0';
        if (!serve(request, answer)) {
            printf("server: %s -> (lost)\n", request);
            continue;
        }
        printf("server: %s -> %s\n", request, answer);
        sendto(s, answer, (int)strlen(answer), 0, (struct sockaddr *)&from, size);
    }
}

static DWORD WINAPI run_server(LPVOID parameter)
{
    SOCKET s = *(SOCKET *)parameter;
    WSAEVENT events[2] = {WSACreateEvent(), stop};
    WSANETWORKEVENTS what;

    if (WSAEventSelect(s, events[0], FD_READ) == SOCKET_ERROR)
        fail("WSAEventSelect");
    for (;;) {
        DWORD which = WSAWaitForMultipleEvents(2, events, FALSE, 1000, FALSE);
        if (which == WSA_WAIT_TIMEOUT)
            continue; // nobody asked for a second
        if (which != WSA_WAIT_EVENT_0)
            break;
        if (WSAEnumNetworkEvents(s, events[0], &what) == SOCKET_ERROR)
            fail("WSAEnumNetworkEvents");
        if (what.lNetworkEvents & FD_READ)
            serve_all(s);
    }
    WSACloseEvent(events[0]);
    return 0;
}

// ---- The clients --------------------------------------------------------------------------------

struct client {
    const char *name;
    const char *requests[3];
    u_short port; // the server's
    HANDLE turn, next;
    char heard[3][TEXT_SIZE];
    int repeated;
};

// Sends until an answer comes.
static void ask(struct client *client, SOCKET s, const char *request, char *answer)
{
    for (int i = 0; i < TRIES; i++) {
        if (i > 0)
            client->repeated++;
        if (send(s, request, (int)strlen(request), 0) == SOCKET_ERROR)
            fail("send");
        int n = recv(s, answer, TEXT_SIZE - 1, 0);
        if (n >= 0) {
            answer[n] = '\0';
            return;
        }
        if (WSAGetLastError() != WSAETIMEDOUT)
            fail("recv");
    }
    strcpy(answer, "(no answer)");
}

static DWORD WINAPI run_client(LPVOID parameter)
{
    struct client *client = parameter;
    DWORD wait = ANSWER_MS;
    struct sockaddr_in server;
    SOCKET s = open_socket(0);

    memset(&server, 0, sizeof(server));
    server.sin_family = AF_INET;
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.sin_port = htons(client->port);
    if (connect(s, (struct sockaddr *)&server, sizeof(server)) == SOCKET_ERROR)
        fail("connect");
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (const char *)&wait, sizeof(wait));
    WaitForSingleObject(client->turn, INFINITE);
    for (int i = 0; i < 3; i++)
        ask(client, s, client->requests[i], client->heard[i]);
    SetEvent(client->next);
    closesocket(s);
    return 0;
}

static struct client clients[] = {
    {.name = "host", .requests = {"SET router 10.0.0.1", "SET printer 10.0.0.7", "GET router"}},
    {.name = "guest", .requests = {"GET printer", "GET scanner", "SET guest 10.0.0.99"}},
    {.name = "host again", .requests = {"SET router 10.0.0.2", "GET router", "GET guest"}},
};

#define CLIENTS (sizeof(clients) / sizeof(clients[0]))

int main(void)
{
    WSADATA data;
    HANDLE threads[CLIENTS], server;
    struct sockaddr_in name;
    int size = sizeof(name);

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    SOCKET s = open_socket(0);
    if (getsockname(s, (struct sockaddr *)&name, &size) == SOCKET_ERROR)
        fail("getsockname");
    stop = WSACreateEvent();
    server = CreateThread(NULL, 0, run_server, &s, 0, NULL);

    HANDLE turn = CreateEvent(NULL, TRUE, TRUE, NULL);
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i].port = ntohs(name.sin_port);
        clients[i].turn = turn;
        turn = clients[i].next = CreateEvent(NULL, TRUE, FALSE, NULL);
        threads[i] = CreateThread(NULL, 0, run_client, &clients[i], 0, NULL);
    }
    WaitForMultipleObjects(CLIENTS, threads, TRUE, INFINITE);
    WSASetEvent(stop);
    WaitForSingleObject(server, INFINITE);

    for (size_t i = 0; i < CLIENTS; i++) {
        printf("\n%s heard:\n", clients[i].name);
        for (int j = 0; j < 3; j++)
            printf("    %s\n", clients[i].heard[j]);
        if (clients[i].repeated > 0)
            printf("    and asked again\n");
    }
    closesocket(s);
    WSACloseEvent(stop);
    WSACleanup();
    return 0;
}
