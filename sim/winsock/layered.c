#include "sim/winsock/layered.h"

#include <string.h>

#include "sim/winsock/leavings.h"
#include "sim/winsock/provider.h"
#include "sim/winsock/ws2_32.h"

static struct layered *layered_of(const struct process *process)
{
    return ((const struct winsock_process *)(const void *)process->winsock)->layered;
}

static struct layered *layered_made(const struct call *call)
{
    struct winsock_process *own = winsock_process(call->process);
    if (own->layered == NULL)
        own->layered = ARENA_NEW(&call->winsock->nt->engine->arena, struct layered);
    return own->layered;
}

/* ---- Loading --------------------------------------------------------------------------------- */

/* The 30 functions lie one behind the other, each a pointer. */
static bool is_complete(const WSPPROC_TABLE *table)
{
    static const unsigned char none[sizeof(void *)];
    const unsigned char *bytes = (const unsigned char *)table;
    for (size_t at = 0; at < sizeof *table; at += sizeof none)
        if (memcmp(bytes + at, none, sizeof none) == 0)
            return false;
    return true;
}

static nt_status start(const struct call *call, const struct catalogue_entry *entry,
                       WSPPROC_TABLE *table)
{
    WSAPROTOCOL_INFOW info = entry->info;
    WSPDATA data;
    memset(&data, 0, sizeof data);
    memset(table, 0, sizeof *table);
    if (program_startup() == NULL)
        return STATUS_PROVIDER_FAILED;
    int error = program_startup()(MAKEWORD(2, 2), &data, &info, *upcall_table(), table);
    if (error != 0)
        return STATUS_PROVIDER_FAILED;
    if (data.wVersion != MAKEWORD(2, 2) && !BEHAVES(call->profile, provider_version, unread))
        return STATUS_INVALID_PROVIDER;
    if (!is_complete(table) && !BEHAVES(call->profile, provider_table_gaps, unread))
        return STATUS_INVALID_PROC_TABLE;
    return STATUS_SUCCESS;
}

static const struct layered_provider *find_provider(const struct process *process, const GUID *id)
{
    const struct layered *layered = layered_of(process);
    struct layered_provider *provider = layered == NULL ? NULL : layered->providers;
    while (provider != NULL && memcmp(&provider->id, id, sizeof *id) != 0)
        provider = provider->next;
    return provider;
}

/* The provider behind a catalogue entry, loaded when it is not yet.
 *
 *   STATUS_PROVIDER_FAILED     nobody's DLL, or WSPStartup failed (WSAEPROVIDERFAILEDINIT)
 *   STATUS_INVALID_PROVIDER    it speaks another version (WSAEINVALIDPROVIDER)
 *   STATUS_INVALID_PROC_TABLE  its table has gaps (WSAEINVALIDPROCTABLE)
 */
static nt_status layered_load(const struct call *call, const struct catalogue_entry *entry,
                              const struct layered_provider **out)
{
    WSPPROC_TABLE table;
    struct arena *arena = &call->winsock->nt->engine->arena;
    *out = find_provider(call->process, &entry->info.ProviderId);
    if (*out != NULL)
        return STATUS_SUCCESS;
    struct layered *layered = layered_made(call);
    struct layered_provider *provider = ARENA_NEW(arena, struct layered_provider);
    if (layered == NULL || provider == NULL) {
        arena_give(arena, provider, sizeof *provider);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    provider->id = entry->info.ProviderId;
    nt_status status = start(call, entry, &table);
    if (!nt_success(status)) {
        arena_give(arena, provider, sizeof *provider);
        return status;
    }
    provider->table = table;
    provider->next = layered->providers;
    layered->providers = provider;
    *out = provider;
    return STATUS_SUCCESS;
}

const struct layered_provider *layered_loaded(const struct call *call, DWORD catalogue_id)
{
    const struct catalogue_entry *entry = catalogue_find(call->winsock, catalogue_id);
    return entry == NULL ? NULL : find_provider(call->process, &entry->info.ProviderId);
}

/* ---- Sockets --------------------------------------------------------------------------------- */

struct layered_socket *layered_find(const struct process *process, uint64_t handle)
{
    const struct layered *layered = layered_of(process);
    struct layered_socket *socket = layered == NULL ? NULL : layered->sockets;
    while (socket != NULL && socket->handle != handle)
        socket = socket->next;
    return socket;
}

struct layered_socket *layered_add(const struct call *call, uint64_t handle,
                                   const struct layered_provider *provider)
{
    struct layered *layered = layered_made(call);
    if (layered == NULL)
        return NULL;
    layered_remove(call, handle);
    struct layered_socket *socket =
        ARENA_NEW(&call->winsock->nt->engine->arena, struct layered_socket);
    if (socket == NULL)
        return NULL;
    socket->handle = handle;
    socket->provider = provider;
    socket->next = layered->sockets;
    layered->sockets = socket;
    return socket;
}

void layered_remove(const struct call *call, uint64_t handle)
{
    struct layered *layered = layered_of(call->process);
    struct layered_socket **at = layered == NULL ? NULL : &layered->sockets;
    while (at != NULL && *at != NULL && (*at)->handle != handle)
        at = &(*at)->next;
    if (at == NULL || *at == NULL)
        return;
    struct layered_socket *socket = *at;
    *at = socket->next;
    arena_give(&call->winsock->nt->engine->arena, socket, sizeof *socket);
}

void layered_cleanup(const struct call *call)
{
    struct winsock_process *own = winsock_process(call->process);
    struct arena *arena = &call->winsock->nt->engine->arena;
    if (own->layered == NULL)
        return;
    while (own->layered->providers != NULL) {
        struct layered_provider *provider = own->layered->providers;
        int error;
        if (!BEHAVES(call->profile, provider_cleanup, forgotten))
            provider->table.lpWSPCleanup(&error);
        own->layered->providers = provider->next;
        arena_give(arena, provider, sizeof *provider);
    }
    while (own->layered->sockets != NULL) {
        const struct layered_socket *socket = own->layered->sockets;
        if (socket->made_here)
            handle_close(call->process, socket->handle);
        layered_remove(call, socket->handle);
    }
    arena_give(arena, own->layered, sizeof *own->layered);
    own->layered = NULL;
}

void layered_drop(struct winsock *winsock, struct process *process)
{
    struct winsock_process *own = winsock_process(process);
    struct arena *arena = &winsock->nt->engine->arena;
    if (own->layered == NULL)
        return;
    while (own->layered->providers != NULL) {
        struct layered_provider *provider = own->layered->providers;
        own->layered->providers = provider->next;
        arena_give(arena, provider, sizeof *provider);
    }
    while (own->layered->sockets != NULL) {
        struct layered_socket *socket = own->layered->sockets;
        own->layered->sockets = socket->next;
        arena_give(arena, socket, sizeof *socket);
    }
    arena_give(arena, own->layered, sizeof *own->layered);
    own->layered = NULL;
}

/* ---- Whom a call goes to --------------------------------------------------------------------- */

const WSPPROC_TABLE *provider_for(SOCKET s)
{
    const struct winsock *winsock = winsock_attached();
    const struct layered_socket *socket = layered_find(winsock->nt->current->process, s);
    return socket == NULL ? winsock->provider : &socket->provider->table;
}

static const WSPPROC_TABLE *table_of(const struct call *call, const struct catalogue_entry *entry,
                                     nt_status *status)
{
    const struct layered_provider *provider;
    *status = STATUS_SUCCESS;
    if (entry == NULL || entry->info.dwCatalogEntryId < CATALOGUE_LAYERED_FIRST)
        return call->winsock->provider;
    *status = layered_load(call, entry, &provider);
    return nt_success(*status) ? &provider->table : NULL;
}

const WSPPROC_TABLE *provider_of_new(const struct call *call, const struct socket_request *request,
                                     const WSAPROTOCOL_INFOW *info, WSAPROTOCOL_INFOW *entry_info,
                                     nt_status *status)
{
    const struct catalogue_entry *entry = NULL;
    *status = STATUS_SUCCESS;
    memset(entry_info, 0, sizeof *entry_info);
    if (!catalogue_is_layered(call->winsock))
        return call->winsock->provider;
    if (info != NULL)
        entry = catalogue_find(call->winsock, info->dwCatalogEntryId);
    else
        entry = catalogue_match(call->winsock, request);
    if (entry != NULL)
        *entry_info = entry->info;
    return table_of(call, entry, status);
}

const WSPPROC_TABLE *provider_of_info(const WSAPROTOCOL_INFOW *info, int family)
{
    struct winsock *winsock = winsock_attached();
    const struct socket_request request = {.family = family};
    nt_status status;
    if (!catalogue_is_layered(winsock))
        return winsock->provider;
    const struct call call = call_begin(CALL_WSAAddressToString, 0);
    const struct catalogue_entry *entry = info != NULL
                                              ? catalogue_find(winsock, info->dwCatalogEntryId)
                                              : catalogue_match(winsock, &request);
    const WSPPROC_TABLE *table = table_of(&call, entry, &status);
    return table != NULL ? table : winsock->provider;
}
