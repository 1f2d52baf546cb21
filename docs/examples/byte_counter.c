/* A layered provider that counts the bytes of TCP, with handles of the system's (IFS), and a
 * program that installs it and uses it. On Windows the first part is a DLL; here the program that
 * has a WSPStartup is the DLL.
 */
#include <sporder.h>
#include <stdio.h>
#include <winsock2.h>
#include <ws2spi.h>
#include <ws2tcpip.h>

#pragma comment(lib, "ws2_32.lib")

/* ---- The provider -------------------------------------------------------------------------- */

static WSPUPCALLTABLE upcalls;
static WSPPROC_TABLE below; /* the provider under this one */
static WSAPROTOCOL_INFOW below_info;
static DWORD own_entry; /* in the catalogue */
static unsigned long sent, received;

static SOCKET keep(SOCKET s, LPINT error)
{
    return s == INVALID_SOCKET ? s : upcalls.lpWPUModifyIFSHandle(own_entry, s, error);
}

static SOCKET WSPAPI counting_socket(int af, int type, int protocol, LPWSAPROTOCOL_INFOW info,
                                     GROUP g, DWORD flags, LPINT error)
{
    (void)info;
    return keep(below.lpWSPSocket(af, type, protocol, &below_info, g, flags, error), error);
}

static SOCKET WSPAPI counting_accept(SOCKET s, struct sockaddr *address, LPINT length,
                                     LPCONDITIONPROC condition, DWORD_PTR data, LPINT error)
{
    return keep(below.lpWSPAccept(s, address, length, condition, data, error), error);
}

static int WSPAPI counting_send(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD done, DWORD flags,
                                LPWSAOVERLAPPED overlapped,
                                LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, LPWSATHREADID thread,
                                LPINT error)
{
    int result =
        below.lpWSPSend(s, buffers, count, done, flags, overlapped, routine, thread, error);
    if (result == 0 && done != NULL)
        sent += *done;
    return result;
}

static int WSPAPI counting_receive(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD done,
                                   LPDWORD flags, LPWSAOVERLAPPED overlapped,
                                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, LPWSATHREADID thread,
                                   LPINT error)
{
    int result =
        below.lpWSPRecv(s, buffers, count, done, flags, overlapped, routine, thread, error);
    if (result == 0 && done != NULL)
        received += *done;
    return result;
}

static WSAPROTOCOL_INFOW catalogue[64];

static const WSAPROTOCOL_INFOW *find_entry(DWORD id)
{
    DWORD size = sizeof catalogue;
    int error, i;
    int count = WSCEnumProtocols(NULL, catalogue, &size, &error);
    for (i = 0; i < count; i++)
        if (catalogue[i].dwCatalogEntryId == id)
            return &catalogue[i];
    return NULL;
}

/* The WSPStartup of the entry under this one in the chain. */
static LPWSPSTARTUP find_below(const WSAPROTOCOL_INFOW *chain)
{
    WCHAR path[MAX_PATH], full[MAX_PATH];
    int length = MAX_PATH, error;
    const WSAPROTOCOL_INFOW *entry = find_entry(chain->ProtocolChain.ChainEntries[1]);
    if (entry == NULL)
        return NULL;
    below_info = *entry;
    if (WSCGetProviderPath(&below_info.ProviderId, path, &length, &error) != 0)
        return NULL;
    ExpandEnvironmentStringsW(path, full, MAX_PATH);
    return (LPWSPSTARTUP)(void (*)(void))GetProcAddress(LoadLibraryW(full), "WSPStartup");
}

int WSPAPI WSPStartup(WORD version, LPWSPDATA data, LPWSAPROTOCOL_INFOW info, WSPUPCALLTABLE table,
                      LPWSPPROC_TABLE functions)
{
    LPWSPSTARTUP startup = find_below(info);
    int error = startup == NULL ? WSAEPROVIDERFAILEDINIT
                                : startup(version, data, &below_info, table, &below);
    if (error != 0)
        return error;
    upcalls = table;
    own_entry = info->dwCatalogEntryId;
    *functions = below;
    functions->lpWSPSocket = counting_socket;
    functions->lpWSPAccept = counting_accept;
    functions->lpWSPSend = counting_send;
    functions->lpWSPRecv = counting_receive;
    return 0;
}

/* ---- The installer ------------------------------------------------------------------------- */

static GUID protocol_id = {
    0x1a1f8b50, 0x5f0c, 0x4c1e, {0x9a, 0x31, 0x50, 0x3b, 0x11, 0x22, 0x33, 1}};
static GUID chain_id = {0x1a1f8b50, 0x5f0c, 0x4c1e, {0x9a, 0x31, 0x50, 0x3b, 0x11, 0x22, 0x33, 2}};

static DWORD id_of(const GUID *provider)
{
    DWORD size = sizeof catalogue;
    int error, i;
    int count = WSCEnumProtocols(NULL, catalogue, &size, &error);
    for (i = 0; i < count; i++)
        if (provider == NULL
                ? catalogue[i].iAddressFamily == AF_INET && catalogue[i].iProtocol == IPPROTO_TCP
                : memcmp(&catalogue[i].ProviderId, provider, sizeof *provider) == 0)
            return catalogue[i].dwCatalogEntryId;
    return 0;
}

/* An entry that stands for the layer, then a chain of the layer over TCP, put first. */
static int install(void)
{
    static const WCHAR path[] = L"%SystemRoot%\\system32\\byte_counter.dll";
    DWORD base = id_of(NULL), first;
    WSAPROTOCOL_INFOW made = *find_entry(base);
    int error = 0;

    wcscpy(made.szProtocol, L"Byte counter");
    made.ProtocolChain.ChainLen = LAYERED_PROTOCOL;
    made.dwProviderFlags |= PFL_HIDDEN;
    if (WSCInstallProvider(&protocol_id, path, &made, 1, &error) != 0)
        return error;
    wcscpy(made.szProtocol, L"Byte counter over TCP");
    made.dwProviderFlags &= ~(DWORD)PFL_HIDDEN;
    made.ProtocolChain.ChainLen = 2;
    made.ProtocolChain.ChainEntries[0] = id_of(&protocol_id);
    made.ProtocolChain.ChainEntries[1] = base;
    if (WSCInstallProvider(&chain_id, path, &made, 1, &error) != 0)
        return error;
    first = id_of(&chain_id);
    return WSCWriteProviderOrder(&first, 1);
}

/* ---- A program that knows nothing of it ---------------------------------------------------- */

static void talk(void)
{
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    SOCKET client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    struct sockaddr_in name = {0};
    int size = sizeof name;
    char text[64];

    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener, (struct sockaddr *)&name, sizeof name);
    listen(listener, 1);
    getsockname(listener, (struct sockaddr *)&name, &size);
    connect(client, (struct sockaddr *)&name, size);
    SOCKET server = accept(listener, NULL, NULL);
    send(client, "Hello", 5, 0);
    printf("the server got %d bytes\n", recv(server, text, sizeof text, 0));
    send(server, "Hello yourself", 14, 0);
    printf("the client got %d bytes\n", recv(client, text, sizeof text, 0));
    closesocket(server);
    closesocket(client);
    closesocket(listener);
}

int main(void)
{
    WSADATA data;
    int error;

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    talk();
    printf("without the layer: %lu sent, %lu received\n", sent, received);
    error = install();
    if (error != 0) {
        printf("not installed: %d\n", error);
        return 1;
    }
    talk();
    printf("with the layer: %lu sent, %lu received\n", sent, received);
    WSCDeinstallProvider(&chain_id, &error);
    WSCDeinstallProvider(&protocol_id, &error);
    WSACleanup();
    return 0;
}
