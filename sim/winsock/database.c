/* gethostbyname and its kin of Winsock 1.1: hosts, services and protocols by name and number. The
 * results lie in the thread's answers.
 */
#include "sim/winsock/database.h"

#include <string.h>

#include "sim/winsock/answers.h"
#include "sim/winsock/files.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/resolve.h"
#include "sim/winsock/text.h"

/* The guest's text, cut to fit; false when it is not there. */
static bool database_read_text(const struct call *call, const char *from, char *to, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!memory_probe(call, from + i, 1, ACCESS_READ))
            return false;
        memory_read(call, to + i, from + i, 1);
        if (to[i] == '\0')
            return true;
    }
    to[size - 1] = '\0';
    return true;
}

/* A name and perhaps an alias into the thread's text. */
static char *keep_names(struct answers *answers, const char *name, const char *alias,
                        char ***aliases)
{
    size_t size = strlen(name) + 1;
    memcpy(answers->text, name, size);
    answers->aliases[0] = answers->aliases[1] = NULL;
    if (*alias != '\0') {
        strcpy(answers->text + size, alias);
        answers->aliases[0] = answers->text + size;
    }
    *aliases = answers->aliases;
    return answers->text;
}

/* ---- Hosts ----------------------------------------------------------------------------------- */

static nt_status keep_host(struct answers *answers, const struct resolution *found,
                           enum family family)
{
    HOSTENT *host = &answers->host;
    int count = 0;
    for (uint32_t i = 0; i < found->count; i++) {
        if (found->addresses[i].family != family)
            continue;
        memcpy(answers->bytes[count], found->addresses[i].bytes, 16);
        answers->addresses[count] = (char *)answers->bytes[count];
        count++;
    }
    if (count == 0)
        return STATUS_NO_DATA;
    answers->addresses[count] = NULL;
    host->h_name = keep_names(answers, found->name, "", &host->h_aliases);
    host->h_addrtype = family == FAMILY_4 ? AF_INET : AF_INET6;
    host->h_length = family == FAMILY_4 ? 4 : 16;
    host->h_addr_list = answers->addresses;
    return STATUS_SUCCESS;
}

nt_status database_host_by_name(const struct call *call, const char *name, HOSTENT **out)
{
    char text[HOST_NAME_SIZE];
    unsigned char number[4];
    const char *end;
    struct resolution found = {.name = text};

    if (name == NULL)
        text[0] = '\0';
    else if (!database_read_text(call, name, text, sizeof text))
        return STATUS_ACCESS_VIOLATION;
    struct answers *answers = answers_of(call);
    if (answers == NULL)
        return STATUS_WSA_MEMORY;

    nt_status status = STATUS_SUCCESS;
    if (text_read_4(text, false, number, &end) && *end == '\0') {
        if (!BEHAVES(call->profile, hostbyname_numeric, resolves))
            return STATUS_HOST_NOT_FOUND;
        found.addresses[0] = (struct address){.family = FAMILY_4};
        memcpy(found.addresses[0].bytes, number, sizeof number);
        found.count = 1;
    } else {
        status = resolve_name(call->winsock, text, &found);
    }
    if (!nt_success(status))
        return status;
    *out = &answers->host;
    return keep_host(answers, &found, FAMILY_4);
}

nt_status database_host_by_address(const struct call *call, const char *address, int size, int type,
                                   HOSTENT **out)
{
    struct resolution found = {.count = 1};
    struct address *wanted = &found.addresses[0];
    if (type != AF_INET && type != AF_INET6)
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    int needed = type == AF_INET ? 4 : 16;
    if (size < needed || !memory_probe(call, address, (size_t)needed, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    struct answers *answers = answers_of(call);
    if (answers == NULL)
        return STATUS_WSA_MEMORY;
    wanted->family = type == AF_INET ? FAMILY_4 : FAMILY_6;
    memory_read(call, wanted->bytes, address, (size_t)needed);
    found.name = resolve_address(call->winsock, wanted);
    if (found.name == NULL)
        return STATUS_HOST_NOT_FOUND;
    *out = &answers->host;
    return keep_host(answers, &found, wanted->family);
}

struct hostent *gethostbyname(const char *name)
{
    HOSTENT *host = NULL;
    if (!call_allowed(CALL_gethostbyname, 0))
        return NULL;
    const struct call call = call_begin(CALL_gethostbyname, 0);
    return call_answer(&call, database_host_by_name(&call, name, &host)) == 0 ? host : NULL;
}

struct hostent *gethostbyaddr(const char *addr, int len, int type)
{
    HOSTENT *host = NULL;
    if (!call_allowed(CALL_gethostbyaddr, 0))
        return NULL;
    const struct call call = call_begin(CALL_gethostbyaddr, 0);
    return call_answer(&call, database_host_by_address(&call, addr, len, type, &host)) == 0 ? host
                                                                                            : NULL;
}

/* ---- Services -------------------------------------------------------------------------------- */

/* Which transports a protocol's name means: all of them for NULL or "", none for an unknown one. */
static bool read_transports(const struct call *call, const char *name, unsigned *out)
{
    char text[16] = "";
    *out = TRANSPORT_BOTH;
    if (name != NULL && !database_read_text(call, name, text, sizeof text))
        return false;
    if (names_equal(text, "tcp"))
        *out = TRANSPORT_TCP;
    else if (names_equal(text, "udp"))
        *out = TRANSPORT_UDP;
    else if (text[0] != '\0')
        *out = 0;
    return true;
}

static nt_status keep_service(const struct call *call, const struct service_row *row,
                              unsigned transports, SERVENT **out)
{
    struct answers *answers = answers_of(call);
    if (answers == NULL)
        return STATUS_WSA_MEMORY;
    if (row == NULL)
        return STATUS_NO_DATA;
    SERVENT *service = &answers->service;
    char *protocol = answers->text + ANSWER_TEXT_SIZE - 4;
    service->s_name = keep_names(answers, row->name, row->alias, &service->s_aliases);
    service->s_port =
        (short)(BEHAVES(call->profile, service_port_order, host) ? row->port : htons(row->port));
    strcpy(protocol, (row->transports & transports & TRANSPORT_TCP) != 0 ? "tcp" : "udp");
    service->s_proto = protocol;
    *out = service;
    return STATUS_SUCCESS;
}

nt_status database_service_by_name(const struct call *call, const char *name, const char *protocol,
                                   SERVENT **out)
{
    char text[HOST_NAME_SIZE];
    unsigned transports;
    if (name == NULL || !database_read_text(call, name, text, sizeof text) ||
        !read_transports(call, protocol, &transports))
        return STATUS_ACCESS_VIOLATION;
    const struct service_row *row =
        *text == '\0' ? NULL : service_of_name(text, (enum transports)transports);
    return keep_service(call, row, transports, out);
}

nt_status database_service_by_port(const struct call *call, int port, const char *protocol,
                                   SERVENT **out)
{
    unsigned transports;
    if (!read_transports(call, protocol, &transports))
        return STATUS_ACCESS_VIOLATION;
    return keep_service(call, service_of_port(ntohs((u_short)port), (enum transports)transports),
                        transports, out);
}

struct servent *getservbyname(const char *name, const char *proto)
{
    SERVENT *service = NULL;
    if (!call_allowed(CALL_getservbyname, 0))
        return NULL;
    const struct call call = call_begin(CALL_getservbyname, 0);
    nt_status status = database_service_by_name(&call, name, proto, &service);
    return call_answer(&call, status) == 0 ? service : NULL;
}

struct servent *getservbyport(int port, const char *proto)
{
    SERVENT *service = NULL;
    if (!call_allowed(CALL_getservbyport, 0))
        return NULL;
    struct call call = call_begin(CALL_getservbyport, 0);
    call.arguments[0] = (uint32_t)port;
    nt_status status = database_service_by_port(&call, port, proto, &service);
    return call_answer(&call, status) == 0 ? service : NULL;
}

/* ---- Protocols ------------------------------------------------------------------------------- */

static nt_status keep_protocol(const struct call *call, const struct protocol_row *row,
                               PROTOENT **out)
{
    struct answers *answers = answers_of(call);
    if (answers == NULL)
        return STATUS_WSA_MEMORY;
    if (row == NULL)
        return STATUS_NO_DATA;
    PROTOENT *protocol = &answers->protocol;
    protocol->p_name = keep_names(answers, row->name, row->alias, &protocol->p_aliases);
    protocol->p_proto = (short)row->number;
    *out = protocol;
    return STATUS_SUCCESS;
}

nt_status database_protocol_by_name(const struct call *call, const char *name, PROTOENT **out)
{
    char text[HOST_NAME_SIZE];
    if (name == NULL || !database_read_text(call, name, text, sizeof text))
        return STATUS_ACCESS_VIOLATION;
    return keep_protocol(call, protocol_of_name(text), out);
}

nt_status database_protocol_by_number(const struct call *call, int number, PROTOENT **out)
{
    return keep_protocol(call, protocol_of_number(number), out);
}

struct protoent *getprotobyname(const char *name)
{
    PROTOENT *protocol = NULL;
    if (!call_allowed(CALL_getprotobyname, 0))
        return NULL;
    const struct call call = call_begin(CALL_getprotobyname, 0);
    return call_answer(&call, database_protocol_by_name(&call, name, &protocol)) == 0 ? protocol
                                                                                      : NULL;
}

struct protoent *getprotobynumber(int number)
{
    PROTOENT *protocol = NULL;
    if (!call_allowed(CALL_getprotobynumber, 0))
        return NULL;
    struct call call = call_begin(CALL_getprotobynumber, 0);
    call.arguments[0] = (uint32_t)number;
    return call_answer(&call, database_protocol_by_number(&call, number, &protocol)) == 0 ? protocol
                                                                                          : NULL;
}
