/* A loop of readiness, as wepoll, libuv and mio build theirs on Windows: each socket has a poll of
 * \Device\Afd, which tells a completion port once when the socket is ready, and is asked again.
 * One thread serves an echo to clients that are sockets of the same loop.
 *
 *     epoll_loop [CLIENTS [LINES]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

/* ---- \Device\Afd, of which no header tells ---- */

#define IOCTL_AFD_POLL 0x00012024
#define AFD_RECEIVE 0x001
#define AFD_SEND 0x004
#define AFD_DISCONNECT 0x008
#define AFD_ABORT 0x010
#define AFD_LOCAL_CLOSE 0x020
#define AFD_ACCEPT 0x080
#define AFD_CONNECT_FAIL 0x100
#define BASE_HANDLE 0x48000022 /* SIO_BASE_HANDLE */
#define PENDING 0x103          /* STATUS_PENDING */
#define NO_END ((LONGLONG)0x7FFFFFFFFFFFFFFF)

struct status_block {
    LONG status; /* and four bytes that nobody writes */
    ULONG_PTR information;
};

struct poll_info {
    LARGE_INTEGER timeout;
    ULONG count, exclusive;
    HANDLE handle;
    ULONG events;
    LONG status;
};

struct name {
    USHORT length, room;
    const WCHAR *text;
};

struct attributes {
    ULONG length;
    HANDLE root;
    struct name *name;
    ULONG flags;
    void *descriptor, *quality;
};

typedef LONG(WINAPI *create_file)(HANDLE *, DWORD, struct attributes *, struct status_block *,
                                  LARGE_INTEGER *, ULONG, ULONG, ULONG, ULONG, void *, ULONG);
typedef LONG(WINAPI *device_control)(HANDLE, HANDLE, void *, void *, struct status_block *, ULONG,
                                     void *, ULONG, void *, ULONG);
typedef LONG(WINAPI *cancel_io)(HANDLE, struct status_block *, struct status_block *);

static create_file nt_create_file;
static device_control nt_device_control;
static cancel_io nt_cancel_io;

/* What GetProcAddress finds has the type its name says. */
static void find(void *function, const char *name)
{
    FARPROC found = GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
    if (found == NULL) {
        printf("ntdll has no %s\n", name);
        exit(1);
    }
    memcpy(function, &found, sizeof found);
}

/* ---- The loop ---- */

/* One socket. The block comes first: the port gives back its address. */
struct watch {
    struct status_block block;
    struct poll_info info;
    SOCKET socket;
    ULONG interest; /* 0: watched no more */
    BOOL pending;
    void (*ready)(struct watch *watch, ULONG events);
    int number;         /* a client's */
    int sent, received; /* lines, bytes of the line that comes back */
    char bytes[64];
    int size;
};

static HANDLE afd, port;
static int lines_each = 5, going, served, finished;
static long echoed;

static void loop_open(void)
{
    static const WCHAR device[] = {'\\', 'D', 'e', 'v', 'i', 'c', 'e', '\\',
                                   'A',  'f', 'd', '\\', 'L', 'o', 'o', 'p'};
    struct name name = {sizeof device, sizeof device, device};
    struct attributes attributes = {sizeof attributes, NULL, &name, 0, NULL, NULL};
    struct status_block block;

    find(&nt_create_file, "NtCreateFile");
    find(&nt_device_control, "NtDeviceIoControlFile");
    find(&nt_cancel_io, "NtCancelIoFileEx");
    if (nt_create_file(&afd, SYNCHRONIZE, &attributes, &block, NULL, 0, 3, 1, 0, NULL, 0) != 0) {
        printf("no \\Device\\Afd\n");
        exit(1);
    }
    port = CreateIoCompletionPort(afd, NULL, 0, 0);
    /* The device's own signal would be set for every socket: nobody looks at it. */
    SetFileCompletionNotificationModes(afd, FILE_SKIP_SET_EVENT_ON_HANDLE);
}

/* Asks once: the answer comes through the port, also when it is there at once. */
static void watch_ask(struct watch *w)
{
    SOCKET base = w->socket;
    DWORD bytes;
    WSAIoctl(w->socket, BASE_HANDLE, NULL, 0, &base, sizeof base, &bytes, NULL, NULL);
    memset(&w->info, 0, sizeof w->info);
    w->info.timeout.QuadPart = NO_END;
    w->info.count = 1;
    w->info.handle = (HANDLE)base;
    w->info.events = w->interest | AFD_ABORT | AFD_CONNECT_FAIL | AFD_LOCAL_CLOSE;
    w->block.status = PENDING;
    LONG status = nt_device_control(afd, NULL, NULL, &w->block, &w->block, IOCTL_AFD_POLL, &w->info,
                                    sizeof w->info, &w->info, sizeof w->info);
    w->pending = status == 0 || status == PENDING;
    if (!w->pending)
        printf("a poll was refused: %08lx\n", (unsigned long)status);
    going += w->pending;
}

static struct watch *watch_new(SOCKET s, ULONG interest, void (*ready)(struct watch *, ULONG))
{
    struct watch *w = calloc(1, sizeof *w);
    u_long on = 1;
    if (w == NULL)
        exit(1);
    ioctlsocket(s, FIONBIO, &on);
    w->socket = s;
    w->interest = interest;
    w->ready = ready;
    watch_ask(w);
    return w;
}

/* Takes what is ready, calls who waits for it, and asks again: what stays so is told again. */
static void loop_turn(void)
{
    OVERLAPPED_ENTRY entries[16];
    ULONG count = 0;
    if (!GetQueuedCompletionStatusEx(port, entries, 16, &count, INFINITE, FALSE))
        exit(1);
    for (ULONG i = 0; i < count; i++) {
        struct watch *w = (struct watch *)(void *)entries[i].lpOverlapped;
        w->pending = FALSE;
        going--;
        if (w->block.status == 0 && w->info.count == 1)
            w->ready(w, w->info.events);
        else
            w->interest = 0; /* cancelled */
        if (w->interest != 0)
            watch_ask(w);
        else
            free(w);
    }
}

/* ---- The server ---- */

static void serve(struct watch *w, ULONG events)
{
    char bytes[256];
    (void)events;
    int size = recv(w->socket, bytes, sizeof bytes, 0);
    if (size > 0) {
        send(w->socket, bytes, size, 0);
        echoed += size;
    } else if (size == 0 || WSAGetLastError() != WSAEWOULDBLOCK) {
        closesocket(w->socket);
        w->interest = 0;
    }
}

static void accept_one(struct watch *w, ULONG events)
{
    if ((events & AFD_LOCAL_CLOSE) != 0) {
        printf("the listener was closed, says its poll\n");
        w->interest = 0;
        return;
    }
    SOCKET s = accept(w->socket, NULL, NULL);
    if (s == INVALID_SOCKET)
        return;
    served++;
    watch_new(s, AFD_RECEIVE | AFD_DISCONNECT, serve);
}

/* ---- Clients ---- */

static void client_says(struct watch *w)
{
    w->size = sprintf(w->bytes, "client %d, line %d\n", w->number, w->sent);
    w->received = 0;
    w->interest = AFD_RECEIVE | AFD_DISCONNECT;
    send(w->socket, w->bytes, w->size, 0);
}

static void client_ready(struct watch *w, ULONG events)
{
    char bytes[64];
    if ((events & AFD_CONNECT_FAIL) != 0) {
        w->interest = 0;
        return;
    }
    if ((events & AFD_SEND) != 0) { /* connected */
        client_says(w);
        return;
    }
    int size = recv(w->socket, bytes, w->size - w->received, 0);
    if (size <= 0 || memcmp(bytes, w->bytes + w->received, (size_t)size) != 0) {
        w->interest = 0;
        closesocket(w->socket);
        return;
    }
    w->received += size;
    if (w->received < w->size)
        return;
    if (++w->sent < lines_each) {
        client_says(w);
        return;
    }
    finished++;
    closesocket(w->socket);
    w->interest = 0;
}

static void client_start(int number, const struct sockaddr_in *server)
{
    u_long on = 1;
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    ioctlsocket(s, FIONBIO, &on);
    connect(s, (const struct sockaddr *)server, sizeof *server);
    watch_new(s, AFD_SEND, client_ready)->number = number;
}

/* ---- The program ---- */

static void never(struct watch *w, ULONG events)
{
    (void)w;
    printf("a socket nobody writes to: %lx\n", (unsigned long)events);
}

int main(int argc, char **argv)
{
    int clients = argc > 1 ? atoi(argv[1]) : 6;
    struct sockaddr_in name;
    int size = sizeof name;
    struct status_block block;
    WSADATA data;

    lines_each = argc > 2 ? atoi(argv[2]) : lines_each;
    if (clients < 1 || lines_each < 1 || WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    loop_open();
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&name, sizeof name) != 0 ||
        listen(listener, SOMAXCONN) != 0 ||
        getsockname(listener, (struct sockaddr *)&name, &size) != 0)
        return 1;
    watch_new(listener, AFD_ACCEPT, accept_one);
    SOCKET quiet = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    struct watch *idle = watch_new(quiet, AFD_RECEIVE, never);

    for (int i = 0; i < clients; i++)
        client_start(i, &name);
    while (going > 2) /* the listener's poll and the idle one stay */
        loop_turn();
    printf("%d of %d clients got %d lines back\n", finished, clients, lines_each);
    printf("served %d, echoed %ld bytes\n", served, echoed);

    printf("cancelled: %s\n", nt_cancel_io(afd, &idle->block, &block) == 0 ? "yes" : "no");
    loop_turn();
    closesocket(quiet);
    closesocket(listener);
    while (going > 0)
        loop_turn();
    CloseHandle(port);
    CloseHandle(afd);
    WSACleanup();
    return 0;
}
