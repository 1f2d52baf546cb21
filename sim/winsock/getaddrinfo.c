/* getaddrinfo and GetAddrInfoW. The error is the result, and the last error too (page:
 * getaddrinfo).
 */
#include "sim/winsock/addrinfo.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/text.h"
#include "sim/winsock/ws2_32.h"

/* Ends such a call: the error, which is the result. */
static int finish(const struct call *call, nt_status status)
{
    int error = 0;
    int result = call_finish(call, status, &error);
    call_return(result, error);
    return error;
}

static bool not_started(enum call_kind kind)
{
    return !call_allowed(kind, 0);
}

_Static_assert(sizeof(ADDRINFOA) == sizeof(ADDRINFOW),
               "the two differ in what canonname points to");

/* The hints, whose names are NULL or an error: so the width does not matter. */
static nt_status take_hints(const struct call *call, const void *hints,
                            struct names_question *question)
{
    ADDRINFOA read;
    if (hints == NULL)
        return STATUS_SUCCESS;
    if (!memory_probe(call, hints, sizeof read, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &read, hints, sizeof read);
    const struct names_hints taken = {
        .flags = read.ai_flags,
        .family = read.ai_family,
        .type = read.ai_socktype,
        .protocol = read.ai_protocol,
        .clean = (read.ai_addrlen == 0 && read.ai_canonname == NULL && read.ai_addr == NULL &&
                  read.ai_next == NULL) ||
                 BEHAVES(call->profile, hints_not_zero, ignores),
    };
    return names_take_hints(question, &taken);
}

/* Makes the list; `wide` says what its names are made of. */
static nt_status build(const struct call *call, const struct names_question *question,
                       const struct names_found *found, bool wide, ADDRINFOA **out)
{
    ADDRINFOA **end = out;
    *out = NULL;
    for (uint32_t i = 0; i < found->count; i++) {
        bool named = i == 0 && found->has_canonical;
        size_t characters = named ? strlen(found->canonical) + 1 : 0;
        struct sockaddr *address;
        void *canonical;
        ADDRINFOA *info = names_node(call, sizeof *info, characters * (wide ? sizeof(WCHAR) : 1),
                                     &address, &canonical);
        if (info == NULL) {
            freeaddrinfo(*out);
            *out = NULL;
            return STATUS_WSA_MEMORY;
        }
        if (named && wide)
            text_widen(found->canonical, canonical);
        else if (named)
            memcpy(canonical, found->canonical, characters);
        info->ai_flags = question->flags & (named ? AI_CANONNAME : 0);
        info->ai_family = found->items[i].name.address.family == FAMILY_4 ? AF_INET : AF_INET6;
        info->ai_socktype = found->items[i].type;
        info->ai_protocol = found->items[i].protocol;
        info->ai_addrlen = (SIZE_T)names_put(&found->items[i].name, address);
        info->ai_canonname = canonical;
        info->ai_addr = address;
        *end = info;
        end = &info->ai_next;
    }
    return STATUS_SUCCESS;
}

static nt_status run(const struct call *call, struct names_question *question, const void *hints,
                     bool wide, void *result)
{
    struct names_found found;
    ADDRINFOA *list = NULL;
    if (!memory_probe(call, result, sizeof list, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memory_write(call, result, &list, sizeof list);
    nt_status status = take_hints(call, hints, question);
    if (nt_success(status))
        status = names_ask(call, question, &found);
    if (nt_success(status))
        status = build(call, question, &found, wide, &list);
    if (nt_success(status))
        memory_write(call, result, &list, sizeof list);
    return status;
}

INT getaddrinfo(PCSTR pNodeName, PCSTR pServiceName, const ADDRINFOA *pHints, PADDRINFOA *ppResult)
{
    struct names_question question = {0};
    if (not_started(CALL_getaddrinfo))
        return WSAGetLastError();
    const struct call call = call_begin(CALL_getaddrinfo, 0);
    if (!names_read(&call, pNodeName, question.node, sizeof question.node, &question.has_node) ||
        !names_read(&call, pServiceName, question.service, sizeof question.service,
                    &question.has_service))
        return finish(&call, STATUS_HOST_NOT_FOUND);
    return finish(&call, run(&call, &question, pHints, false, ppResult));
}

INT GetAddrInfoW(PCWSTR pNodeName, PCWSTR pServiceName, const ADDRINFOW *pHints,
                 PADDRINFOW *ppResult)
{
    struct names_question question = {0};
    if (not_started(CALL_getaddrinfo))
        return WSAGetLastError();
    const struct call call = call_begin(CALL_getaddrinfo, 0);
    if (!names_read_wide(&call, pNodeName, question.node, sizeof question.node,
                         &question.has_node) ||
        !names_read_wide(&call, pServiceName, question.service, sizeof question.service,
                         &question.has_service))
        return finish(&call, STATUS_HOST_NOT_FOUND);
    return finish(&call, run(&call, &question, pHints, true, ppResult));
}

void freeaddrinfo(PADDRINFOA pAddrInfo)
{
    while (pAddrInfo != NULL) {
        ADDRINFOA *next = pAddrInfo->ai_next;
        names_node_free(pAddrInfo, sizeof *pAddrInfo);
        pAddrInfo = next;
    }
}

void FreeAddrInfoW(PADDRINFOW pAddrInfo)
{
    freeaddrinfo((PADDRINFOA)(void *)pAddrInfo);
}
