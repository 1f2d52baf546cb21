/* getaddrinfo and GetAddrInfoW. The error is the result, and the last error too (page:
 * getaddrinfo).
 */
#include "sim/winsock/addrinfo.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/text.h"
#include "sim/winsock/ws2_32.h"

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

static nt_status build(const struct call *call, const struct names_answer *answer, ADDRINFOA **out)
{
    ADDRINFOA **end = out;
    *out = NULL;
    for (uint32_t i = 0; i < answer->found->count; i++) {
        ADDRINFOA *node = names_node(call, answer, i);
        if (node == NULL) {
            freeaddrinfo(*out);
            *out = NULL;
            return STATUS_WSA_MEMORY;
        }
        *end = node;
        end = &node->ai_next;
    }
    return STATUS_SUCCESS;
}

static nt_status run(const struct call *call, struct names_question *question, const void *hints,
                     bool wide, void *result)
{
    struct names_found found;
    const struct names_answer answer = {question, &found, sizeof(ADDRINFOA), wide};
    ADDRINFOA *list = NULL;
    if (!memory_probe(call, result, sizeof list, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memory_write(call, result, &list, sizeof list);
    nt_status status = take_hints(call, hints, question);
    if (nt_success(status))
        status = names_ask(call, question, &found);
    if (nt_success(status))
        status = build(call, &answer, &list);
    if (nt_success(status))
        memory_write(call, result, &list, sizeof list);
    return status;
}

/* All are of CHARs, or of WCHARs when `wide`. */
static INT get(const void *node, const void *service, const void *hints, bool wide, void *result)
{
    struct names_question question = {0};
    if (!call_allowed(CALL_getaddrinfo, 0))
        return WSAGetLastError();
    const struct call call = call_begin(CALL_getaddrinfo, 0);
    if (!names_read_question(&call, node, service, wide, &question))
        return names_finish(&call, STATUS_HOST_NOT_FOUND);
    return names_finish(&call, run(&call, &question, hints, wide, result));
}

INT getaddrinfo(PCSTR pNodeName, PCSTR pServiceName, const ADDRINFOA *pHints, PADDRINFOA *ppResult)
{
    return get(pNodeName, pServiceName, pHints, false, ppResult);
}

INT GetAddrInfoW(PCWSTR pNodeName, PCWSTR pServiceName, const ADDRINFOW *pHints,
                 PADDRINFOW *ppResult)
{
    return get(pNodeName, pServiceName, pHints, true, ppResult);
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
