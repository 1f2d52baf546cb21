// A reservation from the command line, in the manner of the samples of Microsoft's reference pages:
// wmain, wprintf, <Windows.h.>, sockaddr_in without struct, the structures as C++ spells them.
#ifndef UNICODE
#define UNICODE
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif

#include <Windows.h.>
#include <winsock2.h>
#include <mstcpip.h>
#include <ws2ipdef.h>
#include <stdio.h>
#include <stdlib.h>

#pragma comment(lib, "ws2_32.lib")

static void usage(WCHAR *name)
{
    wprintf(L"usage: %s <family> <type> <protocol> <first port> <ports>\n", name);
    wprintf(L"   %ws 2 2 17 5000 20 reserves UDP ports 5000 to %d\n", name, 5019);
}

static int failed(const wchar_t *call)
{
    int error = WSAGetLastError();
    WCHAR *text = NULL;

    FormatMessageW(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM |
                       FORMAT_MESSAGE_IGNORE_INSERTS,
                   NULL, error, MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT), (LPWSTR)&text, 0, NULL);
    wprintf(L"%s failed with error = %d: %s", call, error, text);
    LocalFree(text);
    return 1;
}

int wmain(int argc, WCHAR **argv)
{
    INET_PORT_RANGE portRange = {0};
    INET_PORT_RESERVATION_INSTANCE portRes = {{0}};
    WSADATA wsaData = {0};
    sockaddr_in service, sockName;
    int nameLen = sizeof(sockName);
    unsigned long bytes = 0;

    if (argc != 6) {
        usage(argv[0]);
        return 1;
    }
    int iResult = WSAStartup(MAKEWORD(2, 2), &wsaData);
    if (iResult != 0) {
        wprintf(L"WSAStartup failed with error = %d\n", iResult);
        return 1;
    }
    SOCKET sock = socket(_wtoi(argv[1]), _wtoi(argv[2]), _wtoi(argv[3]));
    if (sock == INVALID_SOCKET)
        return failed(L"socket");

    portRange.StartPort = htons((USHORT)_wtoi(argv[4]));
    portRange.NumberOfPorts = (USHORT)_wtoi(argv[5]);
    if (WSAIoctl(sock, SIO_ACQUIRE_PORT_RESERVATION, (LPVOID)&portRange, sizeof(INET_PORT_RANGE),
                 (LPVOID)&portRes, sizeof(INET_PORT_RESERVATION_INSTANCE), (LPDWORD)&bytes, NULL,
                 NULL) != 0)
        return failed(L"SIO_ACQUIRE_PORT_RESERVATION");
    wprintf(L"Starting port = %u, ports = %hu, bytes = %lu\n", htons(portRes.Reservation.StartPort),
            portRes.Reservation.NumberOfPorts, bytes);
    wprintf(L"Token is %S, %I64d\n", portRes.Token.Token != 0 ? "valid" : "invalid",
            portRes.Token.Token != 0 ? 1LL : 0LL);

    if (WSAIoctl(sock, SIO_ASSOCIATE_PORT_RESERVATION, (LPVOID)&portRes.Token, sizeof(ULONG64),
                 NULL, 0, (LPDWORD)&bytes, NULL, NULL) != 0)
        return failed(L"SIO_ASSOCIATE_PORT_RESERVATION");
    service.sin_family = (ADDRESS_FAMILY)_wtoi(argv[1]);
    service.sin_addr.s_addr = INADDR_ANY;
    service.sin_port = 0;
    if (bind(sock, (SOCKADDR *)&service, sizeof(service)) == SOCKET_ERROR)
        return failed(L"bind");
    if (getsockname(sock, (struct sockaddr *)&sockName, &nameLen) == SOCKET_ERROR)
        return failed(L"getsockname");
    wprintf(L"bound to port %u\n", ntohs(sockName.sin_port));

    if (WSAIoctl(sock, SIO_RELEASE_PORT_RESERVATION, (LPVOID)&portRes.Token, sizeof(ULONG64), NULL,
                 0, (LPDWORD)&bytes, NULL, NULL) != 0)
        return failed(L"SIO_RELEASE_PORT_RESERVATION");
    closesocket(sock);
    WSACleanup();
    return 0;
}
