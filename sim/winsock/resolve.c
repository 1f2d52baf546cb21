#include "sim/winsock/resolve.h"

#include <string.h>

#include "sim/tcpip/standing.h"
#include "sim/winsock/files.h"

const char own_name[] = "berth";

struct named_host {
    struct named_host *next;
    struct address addresses[HOST_ADDRESS_MAX];
    uint32_t count;
    char name[HOST_NAME_SIZE];
};

/* As standing.h has them. */
static const struct address own_addresses[] = {
    {FAMILY_6, {0x20, 0x01, 0x0d, 0xb8, [15] = 0x10}, 0},
    {FAMILY_6, {0xfe, 0x80, [15] = 0x10}, 1},
    {FAMILY_4, {192, 168, 1, 10}, 0},
};
static const struct address loopback_addresses[] = {
    {FAMILY_6, {[15] = 1}, 0},
    {FAMILY_4, {127, 0, 0, 1}, 0},
};

bool resolve_is_own(const char *name)
{
    return *name == '\0' || names_equal(name, own_name) || names_equal(name, "..localmachine");
}

static void answer(struct resolution *out, const char *name, const struct address *addresses,
                   uint32_t count)
{
    *out = (struct resolution){.name = name, .count = count};
    memcpy(out->addresses, addresses, count * sizeof *addresses);
}

static struct named_host *find_host(const struct winsock *winsock, const char *name)
{
    for (struct named_host *host = winsock->hosts; host != NULL; host = host->next)
        if (names_equal(host->name, name))
            return host;
    return NULL;
}

nt_status resolve_name(const struct winsock *winsock, const char *name, struct resolution *out)
{
    if (resolve_is_own(name)) {
        answer(out, own_name, own_addresses, sizeof own_addresses / sizeof *own_addresses);
        return STATUS_SUCCESS;
    }
    if (names_equal(name, "localhost")) {
        answer(out, "localhost", loopback_addresses,
               sizeof loopback_addresses / sizeof *loopback_addresses);
        return STATUS_SUCCESS;
    }
    if (!winsock->afd->network_up)
        return STATUS_HOST_DOWN;
    const struct named_host *host = find_host(winsock, name);
    if (host == NULL)
        return STATUS_HOST_NOT_FOUND;
    answer(out, host->name, host->addresses, host->count);
    return STATUS_SUCCESS;
}

static bool is_own_address(const struct address *address)
{
    struct standing standing;
    return !address_is_wildcard(address) && standing_of(address, false, &standing) &&
           standing_locality(address, &standing) == LOCALITY_LOCAL;
}

static bool has_address(const struct named_host *host, const struct address *address)
{
    for (uint32_t i = 0; i < host->count; i++)
        if (address_equal(&host->addresses[i], address))
            return true;
    return false;
}

const char *resolve_address(const struct winsock *winsock, const struct address *address)
{
    if (is_own_address(address))
        return own_name;
    for (const struct named_host *host = winsock->hosts; host != NULL; host = host->next)
        if (has_address(host, address))
            return host->name;
    return NULL;
}

bool resolve_add_host(struct winsock *winsock, const char *name, const struct address *address)
{
    struct named_host *host = find_host(winsock, name);
    if (host == NULL) {
        if (strlen(name) >= HOST_NAME_SIZE)
            return false;
        host = ARENA_NEW(&winsock->nt->engine->arena, struct named_host);
        if (host == NULL)
            return false;
        strcpy(host->name, name);
        host->next = winsock->hosts;
        winsock->hosts = host;
    }
    if (host->count == HOST_ADDRESS_MAX)
        return false;
    /* IPv6 before IPv4, each in the order given. */
    uint32_t at = host->count;
    while (address->family == FAMILY_6 && at > 0 && host->addresses[at - 1].family == FAMILY_4) {
        host->addresses[at] = host->addresses[at - 1];
        at--;
    }
    host->addresses[at] = *address;
    host->count++;
    return true;
}
