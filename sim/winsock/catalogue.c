#include "sim/winsock/catalogue.h"

#include <string.h>

#include "sim/winsock/memory.h"
#include "sim/winsock/text.h"
#include "sim/winsock/ws2_32.h"

struct catalogue {
    struct catalogue_entry *entries;
    DWORD last_id;
    uint32_t layered; /* entries of layered providers */
};

static const char base_path[] = "%SystemRoot%\\system32\\mswsock.dll";

static struct catalogue_entry **end_of(struct catalogue *catalogue)
{
    struct catalogue_entry **end = &catalogue->entries;
    while (*end != NULL)
        end = &(*end)->next;
    return end;
}

static bool add_base(struct arena *arena, struct catalogue *catalogue)
{
    for (int family = 0; family < FAMILY_COUNT; family++)
        for (int protocol = PROTOCOL_TCP; protocol <= PROTOCOL_RAW; protocol++) {
            const struct socket_kind kind = {.family = (enum family)family,
                                             .protocol = (enum protocol)protocol};
            struct catalogue_entry *entry = ARENA_NEW(arena, struct catalogue_entry);
            if (entry == NULL)
                return false;
            protocol_describe(&kind, &entry->info);
            text_widen(base_path, entry->path);
            *end_of(catalogue) = entry;
            catalogue->last_id = entry->info.dwCatalogEntryId;
        }
    return true;
}

/* A catalogue that does not fit is no catalogue: what it has so far is given back. */
static void give_back(struct arena *arena, struct catalogue *catalogue)
{
    for (struct catalogue_entry *entry = catalogue->entries; entry != NULL;) {
        struct catalogue_entry *next = entry->next;
        arena_give(arena, entry, sizeof *entry);
        entry = next;
    }
    arena_give(arena, catalogue, sizeof *catalogue);
}

static struct catalogue *catalogue_of(struct winsock *winsock)
{
    struct arena *arena = &winsock->nt->engine->arena;
    if (winsock->catalogue != NULL)
        return winsock->catalogue;
    struct catalogue *catalogue = ARENA_NEW(arena, struct catalogue);
    if (catalogue == NULL)
        return NULL;
    if (!add_base(arena, catalogue)) {
        give_back(arena, catalogue);
        return NULL;
    }
    winsock->catalogue = catalogue;
    return catalogue;
}

/* The entries in their order; NULL when the arena is full. Made at the first look. */
static struct catalogue_entry *catalogue_entries(struct winsock *winsock)
{
    struct catalogue *catalogue = catalogue_of(winsock);
    return catalogue == NULL ? NULL : catalogue->entries;
}

bool catalogue_is_layered(const struct winsock *winsock)
{
    return winsock->catalogue != NULL && winsock->catalogue->layered > 0;
}

const struct catalogue_entry *catalogue_find(struct winsock *winsock, DWORD id)
{
    struct catalogue_entry *entry = catalogue_entries(winsock);
    while (entry != NULL && entry->info.dwCatalogEntryId != id)
        entry = entry->next;
    return entry;
}

static const struct catalogue_entry *catalogue_find_provider(struct winsock *winsock,
                                                             const GUID *id)
{
    struct catalogue_entry *entry = catalogue_entries(winsock);
    while (entry != NULL && memcmp(&entry->info.ProviderId, id, sizeof *id) != 0)
        entry = entry->next;
    return entry;
}

static bool matches(const WSAPROTOCOL_INFOW *info, const struct socket_request *request)
{
    int family = request->family == AF_UNSPEC ? AF_INET : request->family;
    if (info->ProtocolChain.ChainLen == LAYERED_PROTOCOL || info->iAddressFamily != family)
        return false;
    if (request->type != 0 && info->iSocketType != request->type)
        return false;
    if (request->protocol == 0)
        return (info->dwProviderFlags & PFL_MATCHES_PROTOCOL_ZERO) != 0;
    return request->protocol >= info->iProtocol &&
           request->protocol <= info->iProtocol + info->iProtocolMaxOffset;
}

const struct catalogue_entry *catalogue_match(struct winsock *winsock,
                                              const struct socket_request *request)
{
    struct catalogue_entry *entry = catalogue_entries(winsock);
    while (entry != NULL && !matches(&entry->info, request))
        entry = entry->next;
    return entry;
}

/* ---- Enumerating ----------------------------------------------------------------------------- */

struct wanted {
    LPINT protocols; /* the guest's list, or NULL */
    bool all;        /* hidden and layered ones too: WSCEnumProtocols */
};

static bool in_list(const struct call *call, LPINT protocols, INT protocol)
{
    for (size_t i = 0; protocols != NULL; i++) {
        INT listed = 0;
        if (!memory_probe(call, protocols + i, sizeof listed, ACCESS_READ))
            return false;
        memory_read(call, &listed, protocols + i, sizeof listed);
        if (listed == protocol)
            return true;
        if (listed == 0)
            return false;
    }
    return true;
}

static bool is_shown(const struct call *call, const WSAPROTOCOL_INFOW *info,
                     const struct wanted *wanted)
{
    if (!in_list(call, wanted->protocols, info->iProtocol))
        return false;
    if (wanted->all)
        return true;
    if (info->ProtocolChain.ChainLen == LAYERED_PROTOCOL)
        return BEHAVES(call->profile, enum_protocols, with_layered);
    return (info->dwProviderFlags & PFL_HIDDEN) == 0 ||
           BEHAVES(call->profile, enum_protocols, with_hidden);
}

/* How many entries were told, or -1 and the status. */
static int enumerate(const struct call *call, const struct wanted *wanted, void *buffer,
                     LPDWORD length, bool wide, nt_status *status)
{
    size_t each = wide ? sizeof(WSAPROTOCOL_INFOW) : sizeof(WSAPROTOCOL_INFOA);
    unsigned char *at = buffer;
    DWORD offered, needed = 0;
    int count = 0;

    *status = STATUS_ACCESS_VIOLATION;
    if (!memory_probe(call, length, sizeof offered, ACCESS_WRITE))
        return -1;
    memory_read(call, &offered, length, sizeof offered);
    struct catalogue_entry *entries = catalogue_entries(call->winsock);
    for (struct catalogue_entry *entry = entries; entry != NULL; entry = entry->next)
        needed += is_shown(call, &entry->info, wanted) ? (DWORD)each : 0;
    *status = STATUS_INSUFFICIENT_RESOURCES; /* WSAENOBUFS, as a full arena has it too */
    if (entries == NULL)
        return -1;
    if (offered < needed || buffer == NULL) {
        if (!BEHAVES(call->profile, enum_protocols, no_size))
            memory_write(call, length, &needed, sizeof needed);
        return -1;
    }
    if (needed > 0 && !memory_probe(call, buffer, needed, ACCESS_WRITE)) {
        *status = STATUS_ACCESS_VIOLATION;
        return -1;
    }
    for (struct catalogue_entry *entry = entries; entry != NULL; entry = entry->next) {
        WSAPROTOCOL_INFOA narrow;
        if (!is_shown(call, &entry->info, wanted))
            continue;
        protocol_narrow(&entry->info, &narrow);
        memory_write(call, at, wide ? (const void *)&entry->info : &narrow, each);
        at += each;
        count++;
    }
    *status = STATUS_SUCCESS;
    return count;
}

static int enumerate_for_programs(LPINT protocols, void *buffer, LPDWORD length, bool wide)
{
    const struct wanted wanted = {protocols, false};
    nt_status status;
    if (!call_allowed(CALL_WSAEnumProtocols, 0))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_WSAEnumProtocols, 0);
    int count = enumerate(&call, &wanted, buffer, length, wide, &status);
    return call_answer(&call, status) == 0 ? count : SOCKET_ERROR;
}

int WSAEnumProtocolsW(LPINT lpiProtocols, LPWSAPROTOCOL_INFOW lpProtocolBuffer,
                      LPDWORD lpdwBufferLength)
{
    return enumerate_for_programs(lpiProtocols, lpProtocolBuffer, lpdwBufferLength, true);
}

int WSAEnumProtocolsA(LPINT lpiProtocols, LPWSAPROTOCOL_INFOA lpProtocolBuffer,
                      LPDWORD lpdwBufferLength)
{
    return enumerate_for_programs(lpiProtocols, lpProtocolBuffer, lpdwBufferLength, false);
}

int WSPAPI WSCEnumProtocols(LPINT lpiProtocols, LPWSAPROTOCOL_INFOW lpProtocolBuffer,
                            LPDWORD lpdwBufferLength, LPINT lpErrno)
{
    const struct wanted wanted = {lpiProtocols, true};
    nt_status status;
    const struct call call = call_begin(CALL_WSCEnumProtocols, 0);
    int count = enumerate(&call, &wanted, lpProtocolBuffer, lpdwBufferLength, true, &status);
    return call_finish(&call, status, lpErrno) == 0 ? count : SOCKET_ERROR;
}

/* ---- Installing ------------------------------------------------------------------------------ */

struct installation {
    GUID id;
    const WCHAR *path; /* the guest's */
    const WSAPROTOCOL_INFOW *infos;
    DWORD count;
};

static bool read_path(const struct call *call, const WCHAR *from, WCHAR to[CATALOGUE_PATH_SIZE])
{
    for (size_t i = 0; i < CATALOGUE_PATH_SIZE; i++) {
        if (!memory_probe(call, from + i, sizeof *from, ACCESS_READ))
            return false;
        memory_read(call, to + i, from + i, sizeof *from);
        if (to[i] == 0)
            return i > 0;
    }
    return false;
}

static nt_status read_guid(const struct call *call, LPGUID from, GUID *to)
{
    if (from == NULL || !memory_probe(call, from, sizeof *to, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    memory_read(call, to, from, sizeof *to);
    return STATUS_SUCCESS;
}

/* Page: WSCInstallProvider; the catalogue lies in a part of the registry that others only read. */
static nt_status may_write(const struct call *call)
{
    bool may =
        call->process->token.administrator || BEHAVES(call->profile, install_privilege, anybody);
    return may ? STATUS_SUCCESS : STATUS_NO_RECOVERY;
}

static void remove_entries(struct winsock *winsock, const GUID *id)
{
    struct catalogue *catalogue = winsock->catalogue;
    struct catalogue_entry **at = &catalogue->entries;
    while (*at != NULL) {
        struct catalogue_entry *entry = *at;
        if (memcmp(&entry->info.ProviderId, id, sizeof *id) != 0) {
            at = &entry->next;
            continue;
        }
        *at = entry->next;
        catalogue->layered--;
        arena_give(&winsock->nt->engine->arena, entry, sizeof *entry);
    }
}

/* All entries or none. */
static nt_status add_entries(const struct call *call, const struct installation *what)
{
    struct winsock *winsock = call->winsock;
    struct catalogue *catalogue = winsock->catalogue;
    for (DWORD i = 0; i < what->count; i++) {
        struct catalogue_entry *entry =
            ARENA_NEW(&winsock->nt->engine->arena, struct catalogue_entry);
        if (entry == NULL) {
            remove_entries(winsock, &what->id);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        memory_read(call, &entry->info, &what->infos[i], sizeof entry->info);
        entry->info.ProviderId = what->id;
        entry->info.dwCatalogEntryId = ++catalogue->last_id;
        read_path(call, what->path, entry->path);
        *end_of(catalogue) = entry;
        catalogue->layered++;
    }
    return STATUS_SUCCESS;
}

static nt_status install(const struct call *call, LPGUID id, const WCHAR *path,
                         const WSAPROTOCOL_INFOW *infos, DWORD count)
{
    WCHAR copy[CATALOGUE_PATH_SIZE];
    struct installation what = {.path = path, .infos = infos, .count = count};
    nt_status status = read_guid(call, id, &what.id);
    if (!nt_success(status))
        return status;
    if (path == NULL || infos == NULL ||
        (count > 0 && !memory_probe(call, infos, count * sizeof *infos, ACCESS_READ)))
        return STATUS_ACCESS_VIOLATION;
    if (count == 0 || !read_path(call, path, copy))
        return STATUS_INVALID_PARAMETER;
    status = may_write(call);
    if (!nt_success(status))
        return status;
    if (catalogue_entries(call->winsock) == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (catalogue_find_provider(call->winsock, &what.id) != NULL)
        return STATUS_INVALID_PARAMETER;
    return add_entries(call, &what);
}

int WSPAPI WSCInstallProvider(LPGUID lpProviderId, const WCHAR *lpszProviderDllPath,
                              const LPWSAPROTOCOL_INFOW lpProtocolInfoList, DWORD dwNumberOfEntries,
                              LPINT lpErrno)
{
    struct call call = call_begin(CALL_WSCInstallProvider, 0);
    call.arguments[0] = dwNumberOfEntries;
    nt_status status =
        install(&call, lpProviderId, lpszProviderDllPath, lpProtocolInfoList, dwNumberOfEntries);
    if (nt_success(status) || BEHAVES(call.profile, provider_change, at_refusals))
        catalogue_changed(call.winsock);
    return call_finish(&call, status, lpErrno);
}

/* The base provider's entries are the system's: they cannot be taken out here. */
static bool is_base(const struct catalogue_entry *entry)
{
    return entry->info.dwCatalogEntryId < CATALOGUE_LAYERED_FIRST;
}

static nt_status deinstall(const struct call *call, LPGUID id)
{
    GUID guid;
    nt_status status = read_guid(call, id, &guid);
    if (nt_success(status))
        status = may_write(call);
    if (!nt_success(status))
        return status;
    const struct catalogue_entry *entry = catalogue_find_provider(call->winsock, &guid);
    if (entry == NULL || is_base(entry))
        return STATUS_INVALID_PARAMETER;
    if (!BEHAVES(call->profile, deinstall, nothing))
        remove_entries(call->winsock, &guid);
    catalogue_changed(call->winsock);
    return STATUS_SUCCESS;
}

int WSPAPI WSCDeinstallProvider(LPGUID lpProviderId, LPINT lpErrno)
{
    const struct call call = call_begin(CALL_WSCDeinstallProvider, 0);
    return call_finish(&call, deinstall(&call, lpProviderId), lpErrno);
}

static nt_status update(const struct call *call, LPGUID id, const WCHAR *path,
                        const WSAPROTOCOL_INFOW *infos, DWORD count)
{
    WCHAR copy[CATALOGUE_PATH_SIZE];
    GUID guid;
    nt_status status = read_guid(call, id, &guid);
    if (!nt_success(status))
        return status;
    if (path == NULL || infos == NULL ||
        (count > 0 && !memory_probe(call, infos, count * sizeof *infos, ACCESS_READ)))
        return STATUS_ACCESS_VIOLATION;
    if (count == 0 || !read_path(call, path, copy))
        return STATUS_INVALID_PARAMETER;
    status = may_write(call);
    if (!nt_success(status))
        return status;
    const struct catalogue_entry *found = catalogue_find_provider(call->winsock, &guid);
    if (found == NULL || is_base(found))
        return STATUS_INVALID_PARAMETER;

    DWORD next = 0;
    for (struct catalogue_entry *entry = call->winsock->catalogue->entries;
         entry != NULL && next < count; entry = entry->next) {
        DWORD own = entry->info.dwCatalogEntryId;
        if (memcmp(&entry->info.ProviderId, &guid, sizeof guid) != 0)
            continue;
        memory_read(call, &entry->info, &infos[next++], sizeof entry->info);
        entry->info.ProviderId = guid;
        entry->info.dwCatalogEntryId = own;
        memcpy(entry->path, copy, sizeof copy);
    }
    return STATUS_SUCCESS;
}

int WSPAPI WSCUpdateProvider(LPGUID lpProviderId, const WCHAR *lpszProviderDllPath,
                             const LPWSAPROTOCOL_INFOW lpProtocolInfoList, DWORD dwNumberOfEntries,
                             LPINT lpErrno)
{
    const struct call call = call_begin(CALL_WSCUpdateProvider, 0);
    return call_finish(
        &call,
        update(&call, lpProviderId, lpszProviderDllPath, lpProtocolInfoList, dwNumberOfEntries),
        lpErrno);
}

/* ---- Paths and order ------------------------------------------------------------------------- */

/* A provider's path into the guest's buffer; `*size` says how many characters it has.
 *
 *   STATUS_INVALID_PARAMETER  no such provider
 *   STATUS_ACCESS_VIOLATION   a bad pointer, or too little room
 */
static nt_status catalogue_path(const struct call *call, LPGUID id, WCHAR *to, LPINT size)
{
    GUID guid;
    INT offered, needed = 1;
    nt_status status = read_guid(call, id, &guid);
    if (!nt_success(status))
        return status;
    if (!memory_probe(call, size, sizeof offered, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    const struct catalogue_entry *entry = catalogue_find_provider(call->winsock, &guid);
    if (entry == NULL)
        return STATUS_INVALID_PARAMETER;
    while (entry->path[needed - 1] != 0)
        needed++;
    memory_read(call, &offered, size, sizeof offered);
    memory_write(call, size, &needed, sizeof needed);
    if (offered < needed || !memory_probe(call, to, (size_t)needed * sizeof *to, ACCESS_WRITE))
        return STATUS_ACCESS_VIOLATION;
    memory_write(call, to, entry->path, (size_t)needed * sizeof *to);
    return STATUS_SUCCESS;
}

int WSPAPI WSCGetProviderPath(LPGUID lpProviderId, WCHAR *lpszProviderDllPath,
                              LPINT lpProviderDllPathLen, LPINT lpErrno)
{
    const struct call call = call_begin(CALL_WSCGetProviderPath, 0);
    return call_finish(
        &call, catalogue_path(&call, lpProviderId, lpszProviderDllPath, lpProviderDllPathLen),
        lpErrno);
}

/* Moves the entry with that id to `*at`; answers where the next one goes, NULL for no entry. */
static struct catalogue_entry **move(DWORD id, struct catalogue_entry **at)
{
    struct catalogue_entry **from = at;
    while (*from != NULL && (*from)->info.dwCatalogEntryId != id)
        from = &(*from)->next;
    struct catalogue_entry *entry = *from;
    if (entry == NULL)
        return NULL;
    *from = entry->next;
    entry->next = *at;
    *at = entry;
    return &entry->next;
}

static nt_status order(const struct call *call, LPDWORD ids, DWORD count)
{
    if (ids == NULL || count == 0 || !memory_probe(call, ids, count * sizeof *ids, ACCESS_READ))
        return STATUS_INVALID_PARAMETER;
    nt_status status = may_write(call);
    if (!nt_success(status))
        return status;
    if (catalogue_entries(call->winsock) == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (DWORD i = 0; i < count; i++) {
        DWORD id;
        memory_read(call, &id, ids + i, sizeof id);
        if (catalogue_find(call->winsock, id) == NULL)
            return STATUS_INVALID_PARAMETER;
    }
    struct catalogue_entry **at = &call->winsock->catalogue->entries;
    for (DWORD i = 0; i < count && at != NULL; i++) {
        DWORD id;
        memory_read(call, &id, ids + i, sizeof id);
        at = BEHAVES(call->profile, provider_order, ignored) ? at : move(id, at);
    }
    return STATUS_SUCCESS;
}

/* The error is the result. Entries that are not told keep their order behind those that are. */
int WSPAPI WSCWriteProviderOrder(LPDWORD lpwdCatalogEntryId, DWORD dwNumberOfEntries)
{
    struct call call = call_begin(CALL_WSCWriteProviderOrder, 0);
    int error = 0;
    call.arguments[0] = dwNumberOfEntries;
    call_finish(&call, order(&call, lpwdCatalogEntryId, dwNumberOfEntries), &error);
    return error;
}
