/* A program with functions and variables of its own that are called as ours inside are, and with an
 * inet_pton of its own, as programs have that are built for older systems too. C and C++.
 */
#include <winsock2.h>

#include <stdio.h>
#include <string.h>
#include <ws2tcpip.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef OWN_FUNCTIONS
int choose(int of)
{
    return of - 1;
}
const char *wait_for(int answer)
{
    return answer == 0 ? "nothing" : "something";
}
unsigned short port_of(const struct sockaddr_in *name)
{
    return ntohs(name->sin_port);
}
int connect_to(SOCKET s, const struct sockaddr_in *name)
{
    return connect(s, (const struct sockaddr *)name, sizeof *name);
}
void *endpoint_new(void)
{
    static int endpoint;
    return &endpoint;
}
void check_failed(const char *what)
{
    printf("own check_failed: %s\n", what);
}
int list_insert(int *list, int count, int value)
{
    list[count] = value;
    return count + 1;
}

/* What Unix has and Windows has not is a program's to define, in its own way. */
static int pipe(SOCKET ends[2])
{
    return ends[0] == ends[1];
}
static char *strndup(const char *text, int size)
{
    static char copy[8];
    memcpy(copy, text, (size_t)size);
    return copy;
}
static long setenv(const char *name)
{
    return name[0];
}
static int getline(char *line)
{
    return line[0];
}
static long long timegm(long long seconds)
{
    return seconds;
}
static unsigned short be16toh(unsigned short of)
{
    return ntohs(of);
}
static unsigned char index(int of)
{
    return (unsigned char)of;
}
static int own_unix(void)
{
    SOCKET ends[2] = {1, 1};
    char line[2] = "l";
    return pipe(ends) == 1 && strndup("text", 2)[1] == 'e' && setenv("n") == 'n' &&
           getline(line) == 'l' && timegm(5) == 5 && be16toh(htons(9)) == 9 && index(258) == 2;
}

int endpoint_close, thread_create[3] = {1, 2, 3}, machine_running = 4;
#endif

/* Windows' declaration, our own definition: it goes before the library's. */
int WSAAPI inet_pton(int family, const char *text, void *out)
{
    (void)family;
    (void)text;
    ((struct in_addr *)out)->s_addr = htonl(INADDR_LOOPBACK);
    return 77;
}
#ifdef __cplusplus
}
#endif

int main(void)
{
    WSADATA data;
    struct sockaddr_in name = {0};
    int size = sizeof name;
    char byte = 0;

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
    SOCKET client = socket(AF_INET, SOCK_STREAM, 0);
    name.sin_family = AF_INET;
    printf("inet_pton: %d\n", inet_pton(AF_INET, "nonsense", &name.sin_addr));
    if (bind(listener, (struct sockaddr *)&name, sizeof name) != 0 || listen(listener, 5) != 0 ||
        getsockname(listener, (struct sockaddr *)&name, &size) != 0)
        return 2;
#ifdef OWN_FUNCTIONS
    int list[2] = {0, 0};
    if (!own_unix() || choose(3) != 2 || port_of(&name) == 0 || wait_for(0)[0] != 'n' ||
        endpoint_new() == NULL || list_insert(list, 1, 5) != 2 || list[1] != 5 ||
        endpoint_close != 0 || thread_create[2] != 3 || machine_running != 4)
        return 3;
    check_failed("as it should");
    int connected = connect_to(client, &name);
#else
    printf("own check_failed: as it should\n");
    int connected = connect(client, (struct sockaddr *)&name, sizeof name);
#endif
    SOCKET server = accept(listener, NULL, NULL);
    send(client, "x", 1, 0);
    printf("connected: %d, received: %d, ", connected, recv(server, &byte, 1, 0));
    printf("byte: %c\n", byte);
    closesocket(client);
    closesocket(server);
    closesocket(listener);
    return WSACleanup();
}
