// A chat server around select, and three people who talk through it, each on a thread of their own.
// Nobody waits for a clock: each says a line when the line it answers has come.

#define WIN32_LEAN_AND_MEAN
#define _CRT_SECURE_NO_WARNINGS
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma comment(lib, "ws2_32.lib")

#define MAX_GUESTS 16
#define LINE_SIZE 128
#define LOG_LINES 32

struct guest {
    SOCKET socket;
    char name[LINE_SIZE]; // empty until the first line, which is the name
    char input[LINE_SIZE];
    int length; // bytes of `input` that have no end of line yet
};

static struct guest guests[MAX_GUESTS];
static int guest_count;

static void fail(const char *what)
{
    fprintf(stderr, "%s failed: %d\n", what, WSAGetLastError());
    exit(1);
}

static void send_line(SOCKET s, const char *line)
{
    char text[2 * LINE_SIZE + 8];
    int length = _snprintf(text, sizeof(text), "%s\r\n", line);
    for (int sent = 0; sent < length;) {
        int n = send(s, text + sent, length - sent, 0);
        if (n == SOCKET_ERROR)
            return; // who has gone is noticed when he is read from
        sent += n;
    }
}

// ---- The server ---------------------------------------------------------------------------------

static void tell_all(const char *line)
{
    printf("server: %s\n", line);
    for (int i = 0; i < guest_count; i++)
        if (guests[i].name[0] != '\0')
            send_line(guests[i].socket, line);
}

static void say_goodbye(int i)
{
    char line[2 * LINE_SIZE];
    struct guest gone = guests[i];
    guests[i] = guests[--guest_count];
    closesocket(gone.socket);
    if (gone.name[0] == '\0')
        return;
    _snprintf(line, sizeof(line), "* %s has left", gone.name);
    tell_all(line);
}

static void hear_line(struct guest *guest, const char *said)
{
    char line[2 * LINE_SIZE];
    if (guest->name[0] == '\0') {
        strncpy(guest->name, said, sizeof(guest->name) - 1);
        _snprintf(line, sizeof(line), "* %s has come", said);
    } else {
        _snprintf(line, sizeof(line), "%s: %s", guest->name, said);
    }
    tell_all(line);
}

// Takes what has arrived from a guest. False when there will be no more.
static BOOL hear(struct guest *guest)
{
    int n = recv(guest->socket, guest->input + guest->length,
                 (int)sizeof(guest->input) - 1 - guest->length, 0);
    if (n == SOCKET_ERROR)
        return WSAGetLastError() == WSAEWOULDBLOCK;
    if (n == 0)
        return FALSE;
    guest->length += n;
    guest->input[guest->length] = '\0';
    for (;;) {
        char *end = strstr(guest->input, "\r\n");
        if (end == NULL)
            return guest->length < (int)sizeof(guest->input) - 1; // a line too long ends it
        *end = '\0';
        hear_line(guest, guest->input);
        guest->length -= (int)(end + 2 - guest->input);
        memmove(guest->input, end + 2, guest->length + 1);
    }
}

static void let_in(SOCKET listener)
{
    u_long non_blocking = 1;
    SOCKET s = accept(listener, NULL, NULL);
    if (s == INVALID_SOCKET)
        return;
    if (guest_count == MAX_GUESTS) {
        closesocket(s);
        return;
    }
    ioctlsocket(s, FIONBIO, &non_blocking);
    memset(&guests[guest_count], 0, sizeof(guests[0]));
    guests[guest_count++].socket = s;
}

// Serves until everybody who came has left again.
static DWORD WINAPI serve(LPVOID parameter)
{
    SOCKET listener = *(SOCKET *)parameter;
    int served = 0;
    do {
        fd_set readable;
        FD_ZERO(&readable);
        FD_SET(listener, &readable);
        for (int i = 0; i < guest_count; i++)
            FD_SET(guests[i].socket, &readable);
        if (select(0, &readable, NULL, NULL, NULL) == SOCKET_ERROR)
            fail("select");
        for (int i = guest_count - 1; i >= 0; i--)
            if (FD_ISSET(guests[i].socket, &readable) && !hear(&guests[i]))
                say_goodbye(i);
        if (FD_ISSET(listener, &readable)) {
            let_in(listener);
            served++;
        }
    } while (served == 0 || guest_count > 0);
    return (DWORD)served;
}

// ---- The people ---------------------------------------------------------------------------------

struct answer {
    const char *to;
    const char *line; // NULL to leave
};

struct person {
    const char *name;
    const struct answer *answers; // in the order in which they will be given
    unsigned short port;
    HANDLE welcome; // set when he has been let in
    char log[LOG_LINES][LINE_SIZE];
    int lines;
};

static const struct answer anna[] = {
    {"* cleo has come", "hello, everybody"},
    {"cleo: who keeps the minutes?", "ben does"},
    {"ben: all right", "then that is settled"},
    {"* cleo has left", NULL},
};
static const struct answer ben[] = {
    {"anna: hello, everybody", "hello, anna"},
    {"anna: ben does", "all right"},
    {"* anna has left", NULL},
};
static const struct answer cleo[] = {
    {"ben: hello, anna", "who keeps the minutes?"},
    {"anna: then that is settled", NULL},
};

static struct person people[] = {
    {"anna", anna, 0, NULL, {{0}}, 0},
    {"ben", ben, 0, NULL, {{0}}, 0},
    {"cleo", cleo, 0, NULL, {{0}}, 0},
};

#define PEOPLE ((int)(sizeof(people) / sizeof(people[0])))

// Reads one line. False at the end of the connection.
static BOOL read_line(SOCKET s, char *line)
{
    int length = 0;
    char c;
    while (recv(s, &c, 1, 0) == 1) {
        if (c == '\n') {
            line[length] = '\0';
            return TRUE;
        }
        if (c != '\r' && length < LINE_SIZE - 1)
            line[length++] = c;
    }
    return FALSE;
}

static DWORD WINAPI talk(LPVOID parameter)
{
    struct person *me = (struct person *)parameter;
    const struct answer *next = me->answers;
    struct sockaddr_in server;
    char *line = me->log[0];
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    memset(&server, 0, sizeof(server));
    server.sin_family = AF_INET;
    server.sin_port = htons(me->port);
    inet_pton(AF_INET, "127.0.0.1", &server.sin_addr);
    if (connect(s, (struct sockaddr *)&server, sizeof(server)) == SOCKET_ERROR)
        fail("connect");
    send_line(s, me->name);
    while (me->lines < LOG_LINES && read_line(s, line)) {
        if (me->lines++ == 0)
            SetEvent(me->welcome);
        if (strcmp(line, next->to) == 0) {
            if (next->line == NULL)
                break;
            send_line(s, next->line);
            next++;
        }
        line = me->log[me->lines];
    }
    shutdown(s, SD_SEND);
    closesocket(s);
    return 0;
}

int main(void)
{
    WSADATA data;
    struct sockaddr_in address;
    int size = sizeof(address);
    HANDLE threads[PEOPLE + 1];
    DWORD served;

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof(address)) == SOCKET_ERROR)
        fail("bind");
    if (listen(listener, SOMAXCONN) == SOCKET_ERROR)
        fail("listen");
    if (getsockname(listener, (struct sockaddr *)&address, &size) == SOCKET_ERROR)
        fail("getsockname");

    threads[PEOPLE] = CreateThread(NULL, 0, serve, &listener, 0, NULL);
    for (int i = 0; i < PEOPLE; i++) {
        people[i].port = ntohs(address.sin_port);
        people[i].welcome = CreateEvent(NULL, TRUE, FALSE, NULL);
        threads[i] = CreateThread(NULL, 0, talk, &people[i], 0, NULL);
        WaitForSingleObject(people[i].welcome, INFINITE);
    }
    WaitForMultipleObjects(PEOPLE + 1, threads, TRUE, INFINITE);

    GetExitCodeThread(threads[PEOPLE], &served);
    printf("%lu people were served\n", served);
    for (int i = 0; i < PEOPLE; i++) {
        printf("\n%s heard:\n", people[i].name);
        for (int j = 0; j < people[i].lines; j++)
            printf("    %s\n", people[i].log[j]);
        CloseHandle(people[i].welcome);
        CloseHandle(threads[i]);
    }
    CloseHandle(threads[PEOPLE]);
    closesocket(listener);
    WSACleanup();
    return 0;
}
