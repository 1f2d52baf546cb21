#include "sim/iphlpapi/help.h"

enum { RECORD_ADAPTERS = 0x620 };

DWORD help_finish(const char *call, DWORD error)
{
    const struct winsock *winsock = winsock_attached();
    struct engine *engine = winsock->nt->engine;
    const struct thread *thread = winsock->nt->current;
    engine_record(engine, &(const struct record){
                              .kind = RECORD_ADAPTERS, .result = error, .actor = thread->id});
    if (engine->sink != NULL)
        engine_trace(engine, "%u.%u %s = %u", thread->process->id, thread->id, call, error);
    return error;
}

bool help_can_use(const void *address, size_t size, enum access access)
{
    const struct process *process = winsock_attached()->nt->current->process;
    return address != NULL && userspace_probe(&process->userspace, address, size, access);
}

DWORD help_room(const void *table, ULONG *size, ULONG needed, DWORD too_small)
{
    if (!help_can_use(size, sizeof *size, ACCESS_WRITE))
        return ERROR_INVALID_PARAMETER;
    ULONG offered = *size;
    *size = needed;
    if (table == NULL || offered < needed)
        return too_small;
    return help_can_use(table, needed, ACCESS_WRITE) ? NO_ERROR : ERROR_INVALID_PARAMETER;
}

/* ---- Tables of the guest's own --------------------------------------------------------------- */

struct owned_table {
    _Alignas(16) size_t size; /* of all */
};

void *help_table(size_t size)
{
    struct arena *arena = &winsock_attached()->nt->engine->arena;
    struct owned_table *table = arena_take(arena, sizeof *table + size);
    if (table == NULL)
        return NULL;
    memset(table, 0, sizeof *table + size);
    table->size = sizeof *table + size;
    return table + 1;
}

VOID FreeMibTable(PVOID Memory)
{
    if (Memory == NULL)
        return;
    struct owned_table *table = (struct owned_table *)Memory - 1;
    arena_give(&winsock_attached()->nt->engine->arena, table, table->size);
}

/* ---- Interfaces ------------------------------------------------------------------------------ */

bool help_is_up(const struct interface *interface)
{
    return afd_interface_is_up(winsock_attached()->afd, interface->index);
}

NET_LUID help_luid(const struct interface *interface)
{
    NET_LUID luid = {.Value = 0};
    luid.Info.IfType = interface->type;
    luid.Info.NetLuidIndex = interface->luid_number;
    return luid;
}

static unsigned digit_of(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10;
}

static uint32_t number_of(const char *text, int digits)
{
    uint32_t number = 0;
    for (int i = 0; i < digits; i++)
        number = number << 4 | digit_of(text[i]);
    return number;
}

/* From "{01234567-0123-0123-0123-0123456789AB}". */
GUID help_guid(const struct interface *interface)
{
    const char *text = interface->id + 1;
    GUID guid = {.Data1 = number_of(text, 8),
                 .Data2 = (UINT16)number_of(text + 9, 4),
                 .Data3 = (UINT16)number_of(text + 14, 4)};
    for (int i = 0; i < 8; i++)
        guid.Data4[i] = (UINT8)number_of(text + (i < 2 ? 19 : 20) + 2 * i, 2);
    return guid;
}

const struct interface *help_find_luid(const NET_LUID *luid)
{
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++)
        if (help_luid(&interfaces[i]).Value == luid->Value)
            return &interfaces[i];
    return NULL;
}

const struct interface *help_find_row(const NET_LUID *luid, NET_IFINDEX index)
{
    return luid->Value != 0 ? help_find_luid(luid) : interface_find(index);
}

/* ---- Text and addresses ---------------------------------------------------------------------- */

void help_widen(const char *from, WCHAR *to)
{
    do
        *to++ = (WCHAR)(unsigned char)*from;
    while (*from++ != '\0');
}

int help_put_address(const struct address *from, SOCKADDR_INET *to)
{
    memset(to, 0, sizeof *to);
    if (from->family == FAMILY_4) {
        to->Ipv4.sin_family = AF_INET;
        memcpy(&to->Ipv4.sin_addr, from->bytes, 4);
        return (int)sizeof to->Ipv4;
    }
    to->Ipv6.sin6_family = AF_INET6;
    to->Ipv6.sin6_scope_id = from->scope;
    memcpy(&to->Ipv6.sin6_addr, from->bytes, 16);
    return (int)sizeof to->Ipv6;
}

bool help_take_address(const SOCKADDR_INET *from, struct address *out)
{
    if (from->si_family == AF_INET) {
        *out = (struct address){.family = FAMILY_4};
        memcpy(out->bytes, &from->Ipv4.sin_addr, 4);
        return true;
    }
    *out = (struct address){.family = FAMILY_6, .scope = from->Ipv6.sin6_scope_id};
    memcpy(out->bytes, &from->Ipv6.sin6_addr, 16);
    return from->si_family == AF_INET6;
}

DWORD help_dword(const struct address *address)
{
    DWORD out;
    memcpy(&out, address->bytes, sizeof out);
    return out;
}

struct address help_from_dword(DWORD in)
{
    struct address address = {.family = FAMILY_4};
    memcpy(address.bytes, &in, sizeof in);
    return address;
}
