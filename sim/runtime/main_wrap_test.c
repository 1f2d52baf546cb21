/* A Winsock program with a main of its own: that it runs inside is the test. */
#include <winsock2.h>

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    WSADATA data;

    if (argc != 3 || strcmp(argv[2], "two") != 0)
        return 10;
    if (GetCurrentProcessId() % 4 != 0 || WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 11;
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (s == INVALID_SOCKET || bind(s, (const struct sockaddr *)&address, sizeof address) != 0)
        return 12;
    int size = sizeof address;
    if (getsockname(s, (struct sockaddr *)&address, &size) != 0 || ntohs(address.sin_port) < 49152)
        return 13;
    return closesocket(s) == 0 && WSACleanup() == 0 ? 0 : 14;
}
