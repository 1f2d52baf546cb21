/* What programs do wrong with I/O that pends, one mistake a run: `misuse KIND`. With "nothing"
 * there is none, and nothing may be reported.
 */
#include <winsock2.h>

#include <mswsock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ws2tcpip.h>

static SOCKET bound_socket(void)
{
    SOCKET s = WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED);
    struct sockaddr_in name = {0};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(s, (struct sockaddr *)&name, sizeof name);
    return s;
}

static void send_to_itself(SOCKET s, const char *text)
{
    struct sockaddr_in name;
    int size = sizeof name;
    getsockname(s, (struct sockaddr *)&name, &size);
    sendto(s, text, (int)strlen(text), 0, (struct sockaddr *)&name, size);
}

static void begin_receive(SOCKET s, WSABUF *buffer, OVERLAPPED *overlapped)
{
    DWORD flags = 0;
    if (WSARecv(s, buffer, 1, NULL, &flags, overlapped, NULL) != 0 &&
        WSAGetLastError() != WSA_IO_PENDING)
        printf("WSARecv fails with %d\n", WSAGetLastError());
}

static void collect(SOCKET s, OVERLAPPED *overlapped)
{
    DWORD bytes = 0, flags = 0;
    WSAGetOverlappedResult(s, overlapped, &bytes, TRUE, &flags);
}

static char *memory;

int main(int argc, char **argv)
{
    const char *kind = argc > 1 ? argv[1] : "nothing";
    WSADATA data;
    OVERLAPPED overlapped = {0};

    if (strcmp(kind, "early") == 0)
        socket(AF_INET, SOCK_STREAM, 0);
    WSAStartup(MAKEWORD(2, 2), &data);
    overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    memory = malloc(64);
    memset(memory, 0, 64);
    WSABUF buffer = {64, memory};
    SOCKET s = bound_socket();
    begin_receive(s, &buffer, &overlapped);

    if (strcmp(kind, "write") == 0)
        memory[3] = 'x';
    if (strcmp(kind, "overlapped") == 0)
        overlapped.Offset = 4711;
    if (strcmp(kind, "free") == 0)
        free(memory);
    if (strcmp(kind, "reuse") == 0) {
        static char other[64];
        WSABUF second = {sizeof other, other};
        begin_receive(s, &second, &overlapped);
        send_to_itself(s, "one");
    }
    send_to_itself(s, "two");
    if (strcmp(kind, "uncollected") == 0)
        Sleep(10);
    else
        collect(s, &overlapped);
    if (strcmp(kind, "leak") != 0)
        closesocket(s);
    if (strcmp(kind, "closed") == 0)
        send(s, "x", 1, 0);
    WSACleanup();
    if (strcmp(kind, "late") == 0)
        socket(AF_INET, SOCK_STREAM, 0);
    printf("done\n");
    return 0;
}
