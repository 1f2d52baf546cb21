/* A Windows program. */
#include <WinSock2.h>
#include <iphlpapi.h>
#include <stdio.h>

int wmain(int argc, WCHAR **argv)
{
    ULONG64 token = 0;
    ULONG error = CreatePersistentUdpPortReservation(htons(5000), 10, &token);

    wprintf(L"%s: %lu %d, %d\n", argc > 1 ? argv[1] : L"nobody", error, token != 0, argc);
    return (int)error;
}
