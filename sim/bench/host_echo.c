/* The host's own echo: two threads, one connection, a byte there and back. */
#include "sim/bench/host.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct pair {
    int client, server;
};

static bool connect_pair(struct pair *pair)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    pair->client = socket(AF_INET, SOCK_STREAM, 0);
    bool good = listener >= 0 && pair->client >= 0 &&
                bind(listener, (const struct sockaddr *)&address, size) == 0 &&
                listen(listener, 1) == 0 &&
                getsockname(listener, (struct sockaddr *)&address, &size) == 0 &&
                connect(pair->client, (const struct sockaddr *)&address, size) == 0;
    pair->server = good ? accept(listener, NULL, NULL) : -1;
    close(listener);
    if (pair->server < 0)
        return false;
    setsockopt(pair->client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(pair->server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return true;
}

static bool run(unsigned rounds, void *(*serve)(void *), bool (*ask)(int s, unsigned rounds))
{
    struct pair pair;
    pthread_t server;
    if (!connect_pair(&pair))
        return false;
    if (pthread_create(&server, NULL, serve, &pair.server) != 0)
        return false;
    bool good = ask(pair.client, rounds);
    close(pair.client);
    pthread_join(server, NULL);
    return good;
}

/* ---- Blocking -------------------------------------------------------------------------------- */

static void *echo(void *parameter)
{
    int s = *(const int *)parameter;
    char byte;
    while (read(s, &byte, 1) == 1)
        if (write(s, &byte, 1) != 1)
            break;
    close(s);
    return NULL;
}

static bool ask(int s, unsigned rounds)
{
    char byte = 'x';
    for (unsigned i = 0; i < rounds; i++)
        if (write(s, &byte, 1) != 1 || read(s, &byte, 1) != 1)
            return false;
    return true;
}

bool host_echo(unsigned rounds)
{
    return run(rounds, echo, ask);
}

/* ---- epoll ----------------------------------------------------------------------------------- */

static int watch(int s)
{
    int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = s};
    if (epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, s, &event) != 0) {
        close(epoll);
        return -1;
    }
    return epoll;
}

static bool await_byte(int epoll, char *byte)
{
    struct epoll_event event;
    return epoll_wait(epoll, &event, 1, -1) == 1 && read(event.data.fd, byte, 1) == 1;
}

static void *echo_epoll(void *parameter)
{
    int s = *(const int *)parameter;
    int epoll = watch(s);
    char byte;
    while (epoll >= 0 && await_byte(epoll, &byte))
        if (write(s, &byte, 1) != 1)
            break;
    close(epoll);
    close(s);
    return NULL;
}

static bool ask_epoll(int s, unsigned rounds)
{
    int epoll = watch(s);
    char byte = 'x';
    bool good = epoll >= 0;
    for (unsigned i = 0; good && i < rounds; i++)
        good = write(s, &byte, 1) == 1 && await_byte(epoll, &byte);
    close(epoll);
    return good;
}

bool host_echo_epoll(unsigned rounds)
{
    return run(rounds, echo_epoll, ask_epoll);
}

/* ---- Many pairs ------------------------------------------------------------------------------ */

enum { HOST_PAIRS_MAX = 4096 };

static int connect_to(int listener)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (s >= 0 && getsockname(listener, (struct sockaddr *)&address, &size) == 0 &&
        connect(s, (struct sockaddr *)&address, sizeof address) == 0)
        return s;
    if (s >= 0)
        close(s);
    return -1;
}

bool host_pairs(unsigned pairs)
{
    static int all[2 * HOST_PAIRS_MAX];
    unsigned count = 0;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    bool good = pairs <= HOST_PAIRS_MAX && listener >= 0 && listen(listener, HOST_PAIRS_MAX) == 0;

    for (unsigned i = 0; i < pairs && good; i++) {
        all[count] = connect_to(listener);
        good = all[count] >= 0;
        count += good;
    }
    for (unsigned i = 0; i < pairs && good; i++) {
        all[count] = accept(listener, NULL, NULL);
        good = all[count] >= 0;
        count += good;
    }
    while (count > 0)
        close(all[--count]);
    if (listener >= 0)
        close(listener);
    return good;
}
