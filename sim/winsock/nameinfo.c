/* getnameinfo and GetNameInfoW: a socket address' host and service. Page: getnameinfo. */
#include "sim/winsock/addrinfo.h"
#include "sim/winsock/answers.h"
#include "sim/winsock/files.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/text.h"

struct parts {
    char host[HOST_NAME_SIZE], service[NI_MAXSERV];
    bool wants_host, wants_service;
};

static nt_status find_host(const struct call *call, const struct name *name, int flags, char *out)
{
    const char *found = NULL;
    if ((flags & NI_NUMERICHOST) == 0)
        found = resolve_address(call->winsock, &name->address);
    if (found != NULL) {
        strcpy(out, found);
        char *dot = (flags & NI_NOFQDN) != 0 && found != own_name ? strchr(out, '.') : NULL;
        if (dot != NULL)
            *dot = '\0';
        return STATUS_SUCCESS;
    }
    if ((flags & NI_NAMEREQD) != 0 && (flags & NI_NUMERICHOST) == 0)
        return STATUS_HOST_NOT_FOUND;
    struct text_name number = {
        .family = name->address.family == FAMILY_4 ? AF_INET : AF_INET6,
        .scope = name->address.scope,
    };
    memcpy(number.bytes, name->address.bytes, sizeof number.bytes);
    text_write_name(&number, out);
    return STATUS_SUCCESS;
}

static void find_service(const struct name *name, int flags, char *out)
{
    const struct service_row *row = NULL;
    if ((flags & NI_NUMERICSERV) == 0)
        row = service_of_port(name->port, (flags & NI_DGRAM) != 0 ? TRANSPORT_UDP : TRANSPORT_TCP);
    if (row != NULL)
        strcpy(out, row->name);
    else
        text_write_number(name->port, out);
}

static nt_status ask(const struct call *call, const SOCKADDR *address, int size, int flags,
                     struct parts *out)
{
    struct name name;
    if (!out->wants_host && !out->wants_service)
        return STATUS_HOST_NOT_FOUND;
    if (address == NULL || size < (int)sizeof(ADDRESS_FAMILY))
        return STATUS_ACCESS_VIOLATION;
    int family = name_family(call, address, size);
    if (family != AF_INET && family != AF_INET6)
        return family < 0 ? STATUS_ACCESS_VIOLATION : STATUS_OBJECT_PATH_SYNTAX_BAD;
    nt_status status =
        name_read(call, address, size, family == AF_INET ? FAMILY_4 : FAMILY_6, &name);
    if (nt_success(status) && out->wants_host)
        status = find_host(call, &name, flags, out->host);
    if (nt_success(status) && out->wants_service)
        find_service(&name, flags, out->service);
    return status;
}

/* Writes one part, as wide or narrow text. */
static nt_status put(const struct call *call, const char *text, void *to, DWORD size, bool wide)
{
    WCHAR copy[HOST_NAME_SIZE];
    size_t characters = strlen(text) + 1;
    size_t bytes = characters * (wide ? sizeof *copy : 1);
    if (size < characters)
        return nt_status_from_wsa(BEHAVIOUR_VALUE(call->profile, getnameinfo_short_buffer));
    if (!memory_probe(call, to, bytes, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    if (wide)
        text_widen(text, copy);
    memory_write(call, to, wide ? (const void *)copy : text, bytes);
    return STATUS_SUCCESS;
}

struct buffers {
    void *host, *service;
    DWORD host_size, service_size;
    bool wide;
};

static INT run(const SOCKADDR *address, int size, const struct buffers *to, INT flags)
{
    struct parts parts = {
        .wants_host = to->host != NULL,
        .wants_service = to->service != NULL,
    };
    int error = 0;

    if (!call_allowed(CALL_getnameinfo, 0))
        return WSAGetLastError();
    struct call call = call_begin(CALL_getnameinfo, 0);
    call.arguments[0] = (uint32_t)flags;
    bool no_room =
        (parts.wants_host && to->host_size == 0) || (parts.wants_service && to->service_size == 0);
    nt_status status =
        no_room ? STATUS_INVALID_PARAMETER : ask(&call, address, size, flags, &parts);
    if (nt_success(status) && parts.wants_host)
        status = put(&call, parts.host, to->host, to->host_size, to->wide);
    if (nt_success(status) && parts.wants_service)
        status = put(&call, parts.service, to->service, to->service_size, to->wide);
    int result = call_finish(&call, status, &error);
    call_return(result, error);
    return error;
}

INT getnameinfo(const SOCKADDR *pSockaddr, int SockaddrLength, PCHAR pNodeBuffer,
                DWORD NodeBufferSize, PCHAR pServiceBuffer, DWORD ServiceBufferSize, INT Flags)
{
    const struct buffers to = {pNodeBuffer, pServiceBuffer, NodeBufferSize, ServiceBufferSize,
                               false};
    return run(pSockaddr, SockaddrLength, &to, Flags);
}

INT GetNameInfoW(const SOCKADDR *pSockaddr, int SockaddrLength, PWCHAR pNodeBuffer,
                 DWORD NodeBufferSize, PWCHAR pServiceBuffer, DWORD ServiceBufferSize, INT Flags)
{
    const struct buffers to = {pNodeBuffer, pServiceBuffer, NodeBufferSize, ServiceBufferSize,
                               true};
    return run(pSockaddr, SockaddrLength, &to, Flags);
}

/* ---- What the errors mean -------------------------------------------------------------------- */

static const char *text_of(int error)
{
    switch (error) {
#define STATUS(name, value, wsa_error, win32_error, evidence)
#define WSA_ERROR(name, value, text)                                                               \
    case value:                                                                                    \
        return text;
#define WIN32_ERROR(name, value, text)
#include "spec/errors.def"
#undef STATUS
#undef WSA_ERROR
#undef WIN32_ERROR
    default:
        return "Unknown error";
    }
}

/* The SDK's is an inline function with a static buffer; this one's text is nobody's to write. */
char *gai_strerrorA(int ecode)
{
    return (char *)text_of(ecode);
}

WCHAR *gai_strerrorW(int ecode)
{
    const struct call call = call_begin(CALL_getnameinfo, 0);
    struct answers *answers = answers_of(&call);
    if (answers == NULL)
        return NULL;
    text_widen(text_of(ecode), answers->wide);
    return answers->wide;
}

/* ---- The machine's own name ------------------------------------------------------------------ */

int gethostname(char *name, int namelen)
{
    if (!call_allowed(CALL_gethostname, 0))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_gethostname, 0);
    size_t size = strlen(own_name) + 1;
    if (namelen < (int)size || !memory_probe(&call, name, size, ACCESS_WRITE))
        return call_answer(&call, STATUS_ACCESS_VIOLATION);
    memory_write(&call, name, own_name, size);
    return call_answer(&call, STATUS_SUCCESS);
}

int GetHostNameW(PWSTR name, int namelen)
{
    if (!call_allowed(CALL_gethostname, 0))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_gethostname, 0);
    if (namelen < (int)strlen(own_name) + 1)
        return call_answer(&call, STATUS_ACCESS_VIOLATION);
    return call_answer(&call, put(&call, own_name, name, (DWORD)namelen, true));
}
