/* Socket addresses between the guest's bytes and afd's. */
#ifndef SIM_WINSOCK_NAME_H
#define SIM_WINSOCK_NAME_H

#include <ws2ipdef.h>

#include "sim/winsock/call.h"

struct name {
    struct address address;
    uint16_t port; /* host order */
};

/* Reads an address of `family` for connect and its like. Too long is good.
 *
 *   STATUS_ACCESS_VIOLATION        NULL, unreadable or too short (WSAEFAULT)
 *   STATUS_OBJECT_PATH_SYNTAX_BAD  of another family (WSAEAFNOSUPPORT)
 */
nt_status name_read(const struct call *call, const struct sockaddr *from, int size,
                    enum family family, struct name *out);

/* The same for bind, which the profile has questions about: `bind_short_address` and
 * `bind_wrong_family`.
 */
nt_status name_read_for_bind(const struct call *call, const struct sockaddr *from, int size,
                             enum family family, struct name *out);

/* The address family alone, when two bytes are there; -1 when not. */
int name_family(const struct call *call, const struct sockaddr *from, int size);

/* Writes an address and its size. STATUS_ACCESS_VIOLATION when a pointer is bad or `*size` too
 * small; `*size` is then left alone (winsock-behaviour row 65).
 */
nt_status name_write(const struct call *call, const struct name *name, struct sockaddr *to,
                     int *size);

/* Whether name_write can write a name of `family`: the same answers, and nothing written. */
nt_status name_may_write(const struct call *call, enum family family, const struct sockaddr *to,
                         const int *size);

/* How long a name of a family is. */
int name_size(enum family family);

/* A name as Winsock has it, and its size. */
union name_buffer {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};
int name_encode(const struct name *name, union name_buffer *out);

/* Puts a name among a call's arguments for the record: the first three. */
void name_note(struct call *call, const struct name *name);

#endif
