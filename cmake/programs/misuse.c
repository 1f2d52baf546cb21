/* What programs do wrong with I/O that pends, one mistake a run: `misuse KIND`. With "nothing",
 * "polled", "packet", "packet and result", "send read" and "routine" there is none, and nothing may
 * be reported. C and C++.
 */
#include <winsock2.h>

#include <malloc.h>
#include <mswsock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ws2tcpip.h>

#ifdef __cplusplus
#include <vector>
#endif

enum { SIZE = 64, LONG_SIZE = 1 << 20 };

static SOCKET bound_socket(int type)
{
    SOCKET s = WSASocketW(AF_INET, type, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
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

static void begin_receive(SOCKET s, char *bytes, OVERLAPPED *overlapped)
{
    DWORD flags = 0;
    WSABUF buffer = {SIZE, bytes};
    if (WSARecv(s, &buffer, 1, NULL, &flags, overlapped, NULL) != 0 &&
        WSAGetLastError() != WSA_IO_PENDING)
        printf("WSARecv fails with %d\n", WSAGetLastError());
}

static void collect(SOCKET s, OVERLAPPED *overlapped)
{
    DWORD bytes = 0, flags = 0;
    WSAGetOverlappedResult(s, overlapped, &bytes, TRUE, &flags);
}

static const char *kind;
static SOCKET s;
static OVERLAPPED overlapped;
static char *memory;

static int is(const char *name)
{
    return strcmp(kind, name) == 0;
}

/* ---- Memory -------------------------------------------------------------------------------- */

struct operation {
    int number;
    OVERLAPPED overlapped;
    char bytes[SIZE];
};

static void allocate(void)
{
    if (is("HeapFree") || is("HeapReAlloc"))
        memory = (char *)HeapAlloc(GetProcessHeap(), 0, SIZE);
    else if (is("LocalFree"))
        memory = (char *)LocalAlloc(0, SIZE);
    else if (is("GlobalFree"))
        memory = (char *)GlobalAlloc(0, SIZE);
    else if (is("VirtualFree"))
        memory = (char *)VirtualAlloc(NULL, SIZE, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    else if (is("_aligned_free"))
        memory = (char *)_aligned_malloc(SIZE, 256);
#ifdef __cplusplus
    else if (is("delete"))
        memory = (char *)::operator new(SIZE);
    else if (is("delete[]"))
        memory = new char[SIZE];
#endif
    else
        memory = (char *)malloc(SIZE);
    memset(memory, 0, SIZE);
}

static void give_back(void)
{
    if (is("free"))
        free(memory);
    if (is("realloc"))
        memory = (char *)realloc(memory, SIZE * 100);
    if (is("_aligned_free"))
        _aligned_free(memory);
    if (is("HeapFree"))
        HeapFree(GetProcessHeap(), 0, memory);
    if (is("HeapReAlloc"))
        memory = (char *)HeapReAlloc(GetProcessHeap(), 0, memory, SIZE * 100);
    if (is("LocalFree"))
        LocalFree(memory);
    if (is("GlobalFree"))
        GlobalFree(memory);
    if (is("VirtualFree"))
        VirtualFree(memory, 0, MEM_RELEASE);
#ifdef __cplusplus
    if (is("delete"))
        ::operator delete(memory);
    if (is("delete[]"))
        delete[] memory;
#endif
}

/* ---- Mistakes of their own ----------------------------------------------------------------- */

#ifdef __cplusplus
static void whole_objects(void)
{
    if (is("object")) {
        operation *one = new operation();
        begin_receive(s, one->bytes, &one->overlapped);
        delete one;
    } else {
        std::vector<char> bytes(SIZE);
        begin_receive(s, bytes.data(), &overlapped);
    }
    CancelIo((HANDLE)s);
}
#else
static void whole_objects(void)
{
    struct operation *one = (struct operation *)calloc(1, sizeof *one);
    begin_receive(s, one->bytes, &one->overlapped);
    free(one);
    CancelIo((HANDLE)s);
}
#endif

static __declspec(noinline) void begin_on_the_stack(SOCKET on)
{
    char below[4096];
    OVERLAPPED mine = {0};
    memset(below, 1, sizeof below);
    begin_receive(on, memory, &mine);
    memory[SIZE - 1] = (char)(below[17] - 1);
}

static DWORD WINAPI begin_and_end(LPVOID of)
{
    OVERLAPPED mine = {0};
    begin_receive(*(SOCKET *)of, memory, &mine);
    return 0;
}

static DWORD WINAPI write_there(LPVOID bytes)
{
    GetTickCount();
    ((char *)bytes)[7] = 'x';
    Sleep(1);
    return 0;
}

static void on_stacks(void)
{
    if (is("returned")) {
        begin_on_the_stack(s);
        GetTickCount();
        Sleep(1);
    } else {
        CreateIoCompletionPort((HANDLE)s, NULL, 0, 0);
        WaitForSingleObject(CreateThread(NULL, 0, begin_and_end, &s, 0, NULL), INFINITE);
    }
}

/* A send that pends, for nobody receives. */
static void send_long(void)
{
    SOCKET listener = bound_socket(SOCK_STREAM);
    SOCKET client = bound_socket(SOCK_STREAM);
    struct sockaddr_in name;
    int size = sizeof name;
    char *bytes = (char *)calloc(1, LONG_SIZE);
    WSABUF buffer = {LONG_SIZE, bytes};
    listen(listener, 1);
    getsockname(listener, (struct sockaddr *)&name, &size);
    connect(client, (struct sockaddr *)&name, size);
    SOCKET server = accept(listener, NULL, NULL);
    for (int sent = 0; sent < 2 && !is("leak"); sent++)
        WSASend(client, &buffer, 1, NULL, 0, &overlapped, NULL);
    if (is("send"))
        bytes[LONG_SIZE - 1] = 'x';
    if (is("send read"))
        printf("%d, ", bytes[LONG_SIZE - 1]); /* which is allowed */
    Sleep(1);
    if (!is("leak")) {
        closesocket(server);
        collect(client, &overlapped);
    }
    closesocket(client);
    closesocket(listener);
}

static void CALLBACK routine(DWORD error, DWORD bytes, OVERLAPPED *of, DWORD flags)
{
    (void)error;
    (void)bytes;
    (void)of;
    (void)flags;
}

static void tell_otherwise(void)
{
    DWORD bytes = 0, flags = 0;
    ULONG_PTR key = 0;
    OVERLAPPED *which = NULL;
    WSABUF buffer = {SIZE, memory};
    HANDLE port = NULL;

    if (is("packet") || is("packet and result") || is("packet not taken"))
        port = CreateIoCompletionPort((HANDLE)s, NULL, 0, 0);
    WSARecv(s, &buffer, 1, NULL, &flags, &overlapped,
            port == NULL && !is("polled") ? routine : NULL);
    send_to_itself(s, "one");
    if (is("packet and result"))
        collect(s, &overlapped);
    if (is("packet") || is("packet and result"))
        GetQueuedCompletionStatus(port, &bytes, &key, &which, INFINITE);
    while (is("polled") && !HasOverlappedIoCompleted(&overlapped))
        Sleep(1);
    if (is("routine"))
        SleepEx(10, TRUE);
    Sleep(10);
}

/* ---- The common course --------------------------------------------------------------------- */

static __declspec(noinline) void clear(OVERLAPPED *it)
{
    memset(it, 0, sizeof *it);
}

static void receive(void)
{
    overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    begin_receive(s, memory, &overlapped);
    if (is("write")) {
        memory[3] = 'x';
        Sleep(0);
    }
    if (is("thread"))
        WaitForSingleObject(CreateThread(NULL, 0, write_there, memory, 0, NULL), INFINITE);
    if (is("overlapped"))
        overlapped.Offset = 4711;
    if (is("cleared"))
        clear(&overlapped);
    give_back();
    if (is("reuse")) {
        static char other[SIZE];
        begin_receive(s, other, &overlapped);
        send_to_itself(s, "one");
    }
    send_to_itself(s, "two");
    if (is("uncollected") || is("cleared"))
        Sleep(10);
    else
        collect(s, &overlapped);
}

int main(int argc, char **argv)
{
    WSADATA data;

    kind = argc > 1 ? argv[1] : "nothing";
    if (is("early"))
        socket(AF_INET, SOCK_STREAM, 0);
    WSAStartup(MAKEWORD(2, 2), &data);
    allocate();
    s = bound_socket(SOCK_DGRAM);
    if (is("object") || is("vector"))
        whole_objects();
    else if (is("returned") || is("ended"))
        on_stacks();
    else if (is("send") || is("send read") || is("leak"))
        send_long();
    else if (is("packet") || is("packet and result") || is("packet not taken") || is("routine") ||
             is("routine not run") || is("polled"))
        tell_otherwise();
    else
        receive();
    closesocket(s);
    if (is("closed"))
        send(s, "x", 1, 0);
    WSACleanup();
    if (is("late"))
        socket(AF_INET, SOCK_STREAM, 0);
    printf("done\n");
    return 0;
}
