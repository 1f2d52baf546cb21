/* The two names of an IPv4 socket, each whole: what a program may rely on. */
#ifndef CONFORMANCE_SUITES_SOCKET_NAMES_H
#define CONFORMANCE_SUITES_SOCKET_NAMES_H

#include "conformance/suites/windows_api.h"

#include "conformance/suites/suite.h"

static inline struct sockaddr_in own_name(SOCKET s)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    memset(&name, 0xCC, sizeof(name));
    assert_int_equal(getsockname(s, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(size, sizeof(name));
    return name;
}

static inline struct sockaddr_in peer_name(SOCKET s)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    memset(&name, 0xCC, sizeof(name));
    assert_int_equal(getpeername(s, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(size, sizeof(name));
    return name;
}

#endif
