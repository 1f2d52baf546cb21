/* WSALookupServiceBegin, Next and End: the name spaces' way to ask for a host's addresses. One
 * answer a question. Pages: WSALookupServiceBegin and its siblings.
 */
#include <string.h>

#include "sim/winsock/addrinfo.h"
#include "sim/winsock/leavings.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/text.h"
#include "sim/winsock/ws2_32.h"

/* A question between Begin and End; of the winsock's list. */
struct query {
    struct query *next;
    struct process *process;
    uint32_t number;
    DWORD flags;
    bool answered;
    GUID service_class;
    bool has_name;
    char name[HOST_NAME_SIZE];
};

_Static_assert(sizeof(WSAQUERYSETA) == sizeof(WSAQUERYSETW), "the two differ in their texts");

static struct query *find(const struct call *call, HANDLE handle)
{
    uint64_t number = (uint64_t)(uintptr_t)handle;
    struct query *query = call->winsock->queries;
    while (query != NULL && (query->number != number || query->process != call->process))
        query = query->next;
    return query;
}

static nt_status begin(const struct call *call, const void *restrictions, bool wide, DWORD flags,
                       LPHANDLE out)
{
    WSAQUERYSETW asked;
    struct winsock *winsock = call->winsock;
    if (!memory_probe(call, restrictions, sizeof asked, ACCESS_READ) ||
        !memory_probe(call, out, sizeof *out, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, &asked, restrictions, sizeof asked);
    if (asked.dwSize != sizeof asked || asked.lpServiceClassId == NULL)
        return STATUS_INVALID_PARAMETER;
    if (!memory_probe(call, asked.lpServiceClassId, sizeof(GUID), ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    struct query *query = ARENA_NEW(&winsock->nt->engine->arena, struct query);
    if (query == NULL)
        return STATUS_WSA_MEMORY;
    memory_read(call, &query->service_class, asked.lpServiceClassId, sizeof(GUID));
    bool read = wide ? names_read_wide(call, asked.lpszServiceInstanceName, query->name,
                                       sizeof query->name, &query->has_name)
                     : names_read(call, (const char *)(const void *)asked.lpszServiceInstanceName,
                                  query->name, sizeof query->name, &query->has_name);
    if (!read) {
        arena_give(&winsock->nt->engine->arena, query, sizeof *query);
        return STATUS_ACCESS_VIOLATION;
    }
    query->process = call->process;
    query->flags = flags;
    query->number = ++winsock->queries_made;
    query->next = winsock->queries;
    winsock->queries = query;
    HANDLE handle = (HANDLE)(uintptr_t)query->number;
    memory_write(call, out, &handle, sizeof handle);
    return STATUS_SUCCESS;
}

/* What the caller's buffer is filled with: the set, the name, the addresses and what they point to.
 */
struct image {
    WSAQUERYSETW set;
    GUID service_class;
    CSADDR_INFO infos[HOST_ADDRESS_MAX];
    SOCKADDR_STORAGE addresses[HOST_ADDRESS_MAX];
    WCHAR name[HOST_NAME_SIZE];
};

static void lay_addresses(struct image *image, const unsigned char *at,
                          const struct resolution *found)
{
    for (uint32_t i = 0; i < found->count; i++) {
        const struct name name = {.address = found->addresses[i]};
        image->infos[i].RemoteAddr.lpSockaddr =
            (LPSOCKADDR)(void *)(at + offsetof(struct image, addresses) +
                                 i * sizeof image->addresses[0]);
        image->infos[i].RemoteAddr.iSockaddrLength =
            names_put(&name, (struct sockaddr *)&image->addresses[i]);
        image->infos[i].LocalAddr = image->infos[i].RemoteAddr;
        image->infos[i].iSocketType = SOCK_STREAM;
        image->infos[i].iProtocol = IPPROTO_TCP;
    }
    image->set.dwNumberOfCsAddrs = found->count;
    image->set.lpcsaBuffer = (LPCSADDR_INFO)(void *)(at + offsetof(struct image, infos));
}

static nt_status next(const struct call *call, HANDLE handle, DWORD flags, LPDWORD size, void *out,
                      bool wide)
{
    struct query *query = find(call, handle);
    struct resolution found;
    DWORD offered, needed = sizeof(struct image);
    struct image image;
    unsigned char *at = out;

    (void)flags;
    if (query == NULL)
        return STATUS_EVENT_HANDLE_INVALID;
    if (query->answered)
        return STATUS_NO_MORE_RESULTS;
    if (!memory_probe(call, size, sizeof offered, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    nt_status status = resolve_name(call->winsock, query->name, &found);
    if (!nt_success(status))
        return STATUS_SERVICE_UNKNOWN;
    memory_read(call, &offered, size, sizeof offered);
    if (offered < needed || !memory_probe(call, out, needed, ACCESS_WRITE)) {
        memory_write(call, size, &needed, sizeof needed);
        return STATUS_ACCESS_VIOLATION;
    }

    memset(&image, 0, sizeof image);
    image.set.dwSize = sizeof image.set;
    image.set.dwNameSpace = NS_DNS;
    image.service_class = query->service_class;
    image.set.lpServiceClassId = (LPGUID)(void *)(at + offsetof(struct image, service_class));
    if ((query->flags & LUP_RETURN_NAME) != 0) {
        image.set.lpszServiceInstanceName = (LPWSTR)(void *)(at + offsetof(struct image, name));
        if (wide)
            text_widen(found.name, image.name);
        else
            strcpy((char *)image.name, found.name);
    }
    if ((query->flags & LUP_RETURN_ADDR) != 0)
        lay_addresses(&image, at, &found);
    memory_write(call, out, &image, sizeof image);
    query->answered = true;
    return STATUS_SUCCESS;
}

static void drop(struct winsock *winsock, struct query *query)
{
    struct query **at = &winsock->queries;
    while (*at != query)
        at = &(*at)->next;
    *at = query->next;
    arena_give(&winsock->nt->engine->arena, query, sizeof *query);
}

static nt_status end(const struct call *call, HANDLE handle)
{
    struct query *query = find(call, handle);
    if (query == NULL)
        return STATUS_EVENT_HANDLE_INVALID;
    drop(call->winsock, query);
    return STATUS_SUCCESS;
}

void queries_drop(struct winsock *winsock, const struct process *process)
{
    struct query *next;
    for (struct query *query = winsock->queries; query != NULL; query = next) {
        next = query->next;
        if (query->process == process)
            drop(winsock, query);
    }
}

INT WSALookupServiceBeginW(LPWSAQUERYSETW lpqsRestrictions, DWORD dwControlFlags,
                           LPHANDLE lphLookup)
{
    if (!call_allowed(CALL_WSALookupServiceBegin, 0))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_WSALookupServiceBegin, 0);
    return call_answer(&call, begin(&call, lpqsRestrictions, true, dwControlFlags, lphLookup));
}

INT WSALookupServiceBeginA(LPWSAQUERYSETA lpqsRestrictions, DWORD dwControlFlags,
                           LPHANDLE lphLookup)
{
    if (!call_allowed(CALL_WSALookupServiceBegin, 0))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_WSALookupServiceBegin, 0);
    return call_answer(&call, begin(&call, lpqsRestrictions, false, dwControlFlags, lphLookup));
}

INT WSALookupServiceNextW(HANDLE hLookup, DWORD dwControlFlags, LPDWORD lpdwBufferLength,
                          LPWSAQUERYSETW lpqsResults)
{
    if (!call_allowed(CALL_WSALookupServiceNext, 0))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_WSALookupServiceNext, (uint64_t)(uintptr_t)hLookup);
    return call_answer(&call,
                       next(&call, hLookup, dwControlFlags, lpdwBufferLength, lpqsResults, true));
}

INT WSALookupServiceNextA(HANDLE hLookup, DWORD dwControlFlags, LPDWORD lpdwBufferLength,
                          LPWSAQUERYSETA lpqsResults)
{
    if (!call_allowed(CALL_WSALookupServiceNext, 0))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_WSALookupServiceNext, (uint64_t)(uintptr_t)hLookup);
    return call_answer(&call,
                       next(&call, hLookup, dwControlFlags, lpdwBufferLength, lpqsResults, false));
}

INT WSALookupServiceEnd(HANDLE hLookup)
{
    if (!call_allowed(CALL_WSALookupServiceEnd, 0))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_WSALookupServiceEnd, (uint64_t)(uintptr_t)hLookup);
    return call_answer(&call, end(&call, hLookup));
}
