/* A persistent reservation from the command line.
 *
 *     reservation create|delete|lookup PORT COUNT      prints error and token
 *     reservation hang PORT COUNT                      creates single ports, one after the other,
 *                                                      says which exist, and never ends
 */
#include <stdio.h>
#include <stdlib.h>
#include <winsock2.h>
#include <iphlpapi.h>

int main(int argc, char **argv)
{
    ULONG64 token = 0;
    ULONG error = 0;

    if (argc != 4)
        return 100;
    USHORT port = (USHORT)atoi(argv[2]), count = (USHORT)atoi(argv[3]);
    switch (argv[1][0]) {
    case 'c':
        error = CreatePersistentTcpPortReservation(htons(port), count, &token);
        break;
    case 'd':
        error = DeletePersistentTcpPortReservation(htons(port), count);
        break;
    case 'l':
        error = LookupPersistentTcpPortReservation(htons(port), count, &token);
        break;
    default:
        for (unsigned i = 0; error == 0 && i < count; i++) {
            error = CreatePersistentTcpPortReservation(htons((USHORT)(port + i)), 1, &token);
            if (error == 0)
                printf("%u\n", port + i);
            fflush(stdout);
        }
        printf("error %lu\n", error);
        fflush(stdout);
        for (;;)
            usleep(1000);
    }
    printf("%lu %I64u\n", error, token);
    return (int)error;
}
