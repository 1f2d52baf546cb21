#define _GNU_SOURCE /* readlink, clock_gettime */

#include "sim/bench/host.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#if defined(__linux__)
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#endif
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, EXIT_NO_PROGRAM = 127 };

static uint64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t host_now_ns(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

uint64_t host_wall_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static bool bind_loopback(int s)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    return bind(s, (const struct sockaddr *)&address, sizeof address) == 0;
}

bool host_cycle(unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        int s = socket(AF_INET, SOCK_STREAM, 0);
        if (s < 0)
            return false;
        bool bound = bind_loopback(s);
        close(s);
        if (!bound)
            return false;
    }
    return true;
}

static bool mix_once(int s)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    int on = 1;

    return setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 && bind_loopback(s) &&
           getsockname(s, (struct sockaddr *)&address, &size) == 0;
}

bool host_mix(unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        int s = socket(AF_INET, SOCK_STREAM, 0);
        if (s < 0)
            return false;
        bool done = mix_once(s);
        close(s);
        if (!done)
            return false;
    }
    return true;
}

#if defined(__linux__)
bool host_timer(unsigned rounds)
{
    const struct itimerspec soon = {.it_value.tv_nsec = 1};
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    uint64_t expired;
    bool done = timer >= 0;

    for (unsigned i = 0; i < rounds && done; i++)
        done = timerfd_settime(timer, 0, &soon, NULL) == 0 &&
               read(timer, &expired, sizeof expired) == sizeof expired;
    if (timer >= 0)
        close(timer);
    return done;
}

bool host_counter(unsigned rounds)
{
    int counter = eventfd(0, 0);
    uint64_t one = 1;
    bool done = counter >= 0;

    for (unsigned i = 0; i < rounds && done; i++)
        done = write(counter, &one, sizeof one) == sizeof one &&
               read(counter, &one, sizeof one) == sizeof one;
    if (counter >= 0)
        close(counter);
    return done;
}
#else
bool host_timer(unsigned rounds)
{
    (void)rounds;
    return true;
}

bool host_counter(unsigned rounds)
{
    (void)rounds;
    return true;
}
#endif

static void run_quietly(const char *path)
{
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) {
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
    }
    execl(path, path, (char *)NULL);
    _exit(EXIT_NO_PROGRAM);
}

bool host_run_beside(const char *name, int *exit_code)
{
    char path[PATH_SIZE];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return false;
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    size_t room = sizeof path - (size_t)(slash + 1 - path);
    if (slash == NULL || (size_t)snprintf(slash + 1, room, "%s", name) >= room)
        return false;
    if (access(path, X_OK) != 0)
        return false;

    pid_t child = fork();
    if (child == 0)
        run_quietly(path);
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return false;
    *exit_code = WEXITSTATUS(status);
    return *exit_code != EXIT_NO_PROGRAM;
}
