/* What a thread was answered last by the calls whose result is Winsock's own memory: inet_ntoa,
 * gethostbyname and their kin. The thread's next such call overwrites it (page: gethostbyname).
 */
#ifndef SIM_WINSOCK_ANSWERS_H
#define SIM_WINSOCK_ANSWERS_H

#include <winsock2.h>

#include "sim/winsock/call.h"

enum { ANSWER_LIST_MAX = 9, ANSWER_TEXT_SIZE = 512 };

struct answers {
    struct answers *next;
    uint32_t thread_id;
    char dotted[16];
    HOSTENT host;
    SERVENT service;
    PROTOENT protocol;
    char *aliases[2];
    char *addresses[ANSWER_LIST_MAX];
    unsigned char bytes[ANSWER_LIST_MAX - 1][16];
    char text[ANSWER_TEXT_SIZE];
    WCHAR wide[ANSWER_TEXT_SIZE];
};

/* The running thread's; NULL when the arena is full. */
struct answers *answers_of(const struct call *call);

#endif
