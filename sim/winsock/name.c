#include "sim/winsock/name.h"

#include <string.h>

#include "sim/winsock/memory.h"

int name_size(enum family family)
{
    return family == FAMILY_4 ? (int)sizeof(SOCKADDR_IN) : (int)sizeof(SOCKADDR_IN6);
}

static int number_of(enum family family)
{
    return family == FAMILY_4 ? AF_INET : AF_INET6;
}

int name_family(const struct call *call, const struct sockaddr *from, int size)
{
    ADDRESS_FAMILY family;
    if (size < (int)sizeof family || !memory_probe(call, from, sizeof family, ACCESS_READ))
        return -1;
    memory_read(call, &family, from, sizeof family);
    return family;
}

static struct name name_of_4(const SOCKADDR_IN *from)
{
    struct name name = {.address.family = FAMILY_4, .port = ntohs(from->sin_port)};
    memcpy(name.address.bytes, &from->sin_addr, 4);
    return name;
}

static struct name name_of_6(const SOCKADDR_IN6 *from)
{
    struct name name = {
        .address = {.family = FAMILY_6, .scope = from->sin6_scope_id},
        .port = ntohs(from->sin6_port),
    };
    memcpy(name.address.bytes, &from->sin6_addr, 16);
    return name;
}

/* Reads an address of which `size` bytes are there; the rest is zero. */
static nt_status read_bytes(const struct call *call, const struct sockaddr *from, int size,
                            enum family family, struct name *out)
{
    union {
        SOCKADDR any;
        SOCKADDR_IN in;
        SOCKADDR_IN6 in6;
    } address;
    size_t bytes = (size_t)(size < name_size(family) ? size : name_size(family));

    if (!memory_probe(call, from, bytes, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    memset(&address, 0, sizeof address);
    memory_read(call, &address, from, bytes);
    if (address.any.sa_family != number_of(family))
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    *out = family == FAMILY_4 ? name_of_4(&address.in) : name_of_6(&address.in6);
    return STATUS_SUCCESS;
}

nt_status name_read(const struct call *call, const struct sockaddr *from, int size,
                    enum family family, struct name *out)
{
    if (size < name_size(family))
        return STATUS_ACCESS_VIOLATION;
    return read_bytes(call, from, size, family, out);
}

/* A NULL or empty address cannot be read past its end: nothing of it is there. */
nt_status name_read_for_bind(const struct call *call, const struct sockaddr *from, int size,
                             enum family family, struct name *out)
{
    bool accepts = BEHAVES(call->profile, bind_short_address, accepts) && from != NULL &&
                   size >= (int)sizeof(ADDRESS_FAMILY);
    bool is_short = from == NULL || size < name_size(family);
    if (is_short && !accepts)
        return BEHAVES(call->profile, bind_short_address, accepts)
                   ? STATUS_ACCESS_VIOLATION
                   : nt_status_from_wsa(BEHAVIOUR_VALUE(call->profile, bind_short_address));
    nt_status status = read_bytes(call, from, size, family, out);
    if (status == STATUS_OBJECT_PATH_SYNTAX_BAD)
        return nt_status_from_wsa(BEHAVIOUR_VALUE(call->profile, bind_wrong_family));
    return status;
}

int name_encode(const struct name *name, union name_buffer *out)
{
    memset(out, 0, sizeof *out);
    if (name->address.family == FAMILY_4) {
        out->in.sin_family = AF_INET;
        out->in.sin_port = htons(name->port);
        memcpy(&out->in.sin_addr, name->address.bytes, 4);
    } else {
        out->in6.sin6_family = AF_INET6;
        out->in6.sin6_port = htons(name->port);
        out->in6.sin6_scope_id = name->address.scope;
        memcpy(&out->in6.sin6_addr, name->address.bytes, 16);
    }
    return name_size(name->address.family);
}

nt_status name_may_write(const struct call *call, enum family family, const struct sockaddr *to,
                         const int *size)
{
    int offered;
    if (!memory_probe(call, size, sizeof *size, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &offered, size, sizeof offered);
    bool good = offered >= name_size(family) &&
                memory_probe(call, to, (size_t)name_size(family), ACCESS_WRITE);
    return good ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

nt_status name_write(const struct call *call, const struct name *name, struct sockaddr *to,
                     int *size)
{
    union name_buffer address;
    nt_status status = name_may_write(call, name->address.family, to, size);
    if (!nt_success(status))
        return status;
    int written = name_encode(name, &address);
    memory_write(call, to, &address, (size_t)written);
    memory_write(call, size, &written, sizeof written);
    return STATUS_SUCCESS;
}

/* The ports and the family of a name; the address itself is too long for the record's numbers and
 * goes in folded.
 */
void name_note(struct call *call, const struct name *name)
{
    uint64_t low, high;
    memcpy(&low, name->address.bytes, sizeof low);
    memcpy(&high, name->address.bytes + 8, sizeof high);
    call->arguments[0] = (uint64_t)name->address.family << 32 | name->port;
    call->arguments[1] = low;
    call->arguments[2] = high;
}
