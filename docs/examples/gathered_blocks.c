/* A program that wants many ports of its own: reserves blocks of the system's choice on one socket
 * until it has enough, and asks for half as many whenever there is no room for so many in a row.
 *
 *     gathered_blocks PORTS [BLOCK]
 */
#include <stdio.h>
#include <stdlib.h>
#include <winsock2.h>
#include <mstcpip.h>

#define HALVINGS_MAX 5

int main(int argc, char **argv)
{
    unsigned wanted = argc > 1 ? (unsigned)atoi(argv[1]) : 2000;
    unsigned length = argc > 2 ? (unsigned)atoi(argv[2]) : 1024;
    unsigned gathered = 0, halvings = 0;
    WSADATA data;
    SOCKET s;

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    if (s == INVALID_SOCKET) {
        printf("socket: %d\n", WSAGetLastError());
        return 1;
    }
    while (gathered < wanted) {
        INET_PORT_RANGE range = {0, (USHORT)length};
        INET_PORT_RESERVATION_INSTANCE block = {0};
        DWORD size = 0;

        if (WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range, &block, sizeof block,
                     &size, NULL, NULL) != 0) {
            int error = WSAGetLastError();
            if (length == 1 || halvings == HALVINGS_MAX) {
                printf("%u ports of %u, then %d\n", gathered, wanted, error);
                closesocket(s);
                WSACleanup();
                return 2;
            }
            printf("no %u in a row: %d\n", length, error);
            length /= 2;
            halvings++;
            continue;
        }
        printf("block of %u, token %s\n", block.NumberOfPorts, block.Token != 0 ? "given" : "none");
        gathered += block.NumberOfPorts;
    }
    printf("gathered %u\n", gathered);
    closesocket(s); /* and all its blocks are free again */
    WSACleanup();
    return 0;
}
