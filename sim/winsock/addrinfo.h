/* What getaddrinfo and its four forms are asked and answer, before it takes a caller's shape. */
#ifndef SIM_WINSOCK_ADDRINFO_H
#define SIM_WINSOCK_ADDRINFO_H

#include <ws2tcpip.h>

#include "sim/winsock/name.h"
#include "sim/winsock/resolve.h"

enum { FOUND_MAX = 2 * HOST_ADDRESS_MAX };

struct names_question {
    bool has_node, has_service;
    char node[HOST_NAME_SIZE], service[NI_MAXSERV];
    int flags, family, type, protocol;
};

struct names_found {
    struct {
        int type, protocol;
        struct name name;
    } items[FOUND_MAX];
    uint32_t count;
    bool has_canonical; /* to be told with the first item */
    char canonical[HOST_NAME_SIZE];
};

/* Answers a question. Takes virtual time when other hosts' names are asked for. Page: getaddrinfo.
 *
 *   STATUS_HOST_NOT_FOUND             no node and no service; no such host; no number though
 *                                     AI_NUMERICHOST or AI_NUMERICSERV wants one
 *   STATUS_INVALID_PARAMETER          AI_CANONNAME without a node
 *   STATUS_OBJECT_PATH_SYNTAX_BAD     a family but the three
 *   STATUS_SOCKET_TYPE_NOT_SUPPORTED  a type nobody knows
 *   STATUS_TYPE_NOT_FOUND             no such service for the type
 *   STATUS_NO_DATA                    the host has no address of the family
 *   STATUS_TRY_AGAIN                  the network is down
 */
nt_status names_ask(const struct call *call, const struct names_question *question,
                    struct names_found *found);

/* Reads the hints' numbers, from wherever they stand. */
struct names_hints {
    int flags, family, type, protocol;
    bool clean; /* what must be zero is */
};
nt_status names_take_hints(struct names_question *question, const struct names_hints *hints);

/* Ends such a call: the error, which is the result and the last error too. */
int names_finish(const struct call *call, nt_status status);

/* Copies the guest's text, ASCII only; false for a bad pointer. */
bool names_read(const struct call *call, const char *from, char *to, size_t size, bool *has);
bool names_read_wide(const struct call *call, const WCHAR *from, char *to, size_t size, bool *has);

/* The guest's names of a node and of a service, of WCHARs when `wide`; false for a bad pointer. */
bool names_read_question(const struct call *call, const void *node, const void *service, bool wide,
                         struct names_question *question);

/* What was found, in a caller's shape: a list of nodes of `node_size` bytes that begin as ADDRINFOA
 * does, their names of WCHARs when `wide`.
 */
struct names_answer {
    const struct names_question *question;
    const struct names_found *found;
    size_t node_size;
    bool wide;
};

/* The node of item `index`, linked to no other: a block of its own, for each is given back alone.
 * NULL when the arena is full.
 */
void *names_node(const struct call *call, const struct names_answer *answer, uint32_t index);
void names_node_free(void *node, size_t node_size);

/* Writes a found name as a socket address; answers its size. */
int names_put(const struct name *name, struct sockaddr *to);

#endif
