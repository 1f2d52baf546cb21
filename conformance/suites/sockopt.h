/* Options by their bytes, as setsockopt and getsockopt see them. */
#ifndef CONFORMANCE_SOCKOPT_H
#define CONFORMANCE_SOCKOPT_H

#include "conformance/suites/stream.h"

#ifndef SO_BSP_STATE
#define SO_BSP_STATE 0x1009
#endif
#ifndef SO_CONNECT_TIME
#define SO_CONNECT_TIME 0x700C
#endif
#ifndef SO_OPENTYPE
#define SO_OPENTYPE 0x7008
#endif
#ifndef IP_MTU_DISCOVER
#define IP_MTU_DISCOVER 71
#endif
#ifndef IP_MTU
#define IP_MTU 73
#endif
#ifndef IP_RECVTTL
#define IP_RECVTTL 21
#endif
#ifndef IP_RECVTOS
#define IP_RECVTOS 40
#endif

/* A number that is no level and no option. */
enum { UNHEARD_OF_LEVEL = 0x8000, UNHEARD_OF = -1 };

static inline unsigned put(SOCKET s, int level, int name, const void *value, int size)
{
    return winsock_outcome(setsockopt(s, level, name, value, size));
}

static inline unsigned put_number(SOCKET s, int level, int name, DWORD value)
{
    return put(s, level, name, &value, sizeof(value));
}

/* 0 or the error; `*value` keeps what was in its bytes where nothing is written. */
static inline unsigned get(SOCKET s, int level, int name, DWORD *value, int *size)
{
    return winsock_outcome(getsockopt(s, level, name, (char *)value, size));
}

/* The number that getsockopt writes into four bytes of zeros, and how many it says it wrote. */
static inline DWORD number_of(SOCKET s, int level, int name, int expected_size)
{
    DWORD value = 0;
    int size = sizeof(value);
    assert_int_equal(get(s, level, name, &value, &size), 0);
    assert_int_equal(size, expected_size);
    return value;
}

/* The same however many bytes were written. */
static inline DWORD low_byte_of(SOCKET s, int level, int name)
{
    DWORD value = 0;
    int size = sizeof(value);
    assert_int_equal(get(s, level, name, &value, &size), 0);
    return value & 0xFF;
}

static inline unsigned get_outcome(SOCKET s, int level, int name)
{
    DWORD value = 0;
    int size = sizeof(value);
    return get(s, level, name, &value, &size);
}

#endif
