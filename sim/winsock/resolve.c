#include "sim/winsock/resolve.h"

#include <string.h>

#include "sim/tcpip/interfaces.h"
#include "sim/tcpip/remote.h"
#include "sim/tcpip/standing.h"
#include "sim/winsock/files.h"

const char own_name[] = "berth";

/* Whether the name is another name for this machine: "", "..localmachine" or its own. */
static bool resolve_is_own(const char *name)
{
    return *name == '\0' || names_equal(name, own_name) || names_equal(name, "..localmachine");
}

static void answer(struct resolution *out, const char *name, uint32_t index)
{
    const struct interface *interface = interface_find(index);
    *out = (struct resolution){.name = name, .count = interface->address_count};
    memcpy(out->addresses, interface->addresses, out->count * sizeof *out->addresses);
}

/* IPv6 before IPv4, each in the order the host got them. */
static void answer_remote(const struct winsock *winsock, const char *name, struct resolution *out)
{
    struct address address;
    *out = (struct resolution){0};
    for (int family = FAMILY_6; family >= FAMILY_4; family--)
        for (uint32_t i = 0; remote_resolve(winsock->tcpip, name, i, &address); i++) {
            if (address.family != (enum family)family || out->count == HOST_ADDRESS_MAX)
                continue;
            out->addresses[out->count++] = address;
            out->name = remote_name(winsock->tcpip, &address);
        }
}

nt_status resolve_name(const struct winsock *winsock, const char *name, struct resolution *out)
{
    if (resolve_is_own(name)) {
        answer(out, own_name, INTERFACE_LAN);
        return STATUS_SUCCESS;
    }
    if (names_equal(name, "localhost")) {
        answer(out, "localhost", INTERFACE_LOOPBACK);
        return STATUS_SUCCESS;
    }
    if (!winsock->afd->network_up)
        return STATUS_HOST_DOWN;
    answer_remote(winsock, name, out);
    return out->count > 0 ? STATUS_SUCCESS : STATUS_HOST_NOT_FOUND;
}

static bool is_own_address(const struct address *address)
{
    struct standing standing;
    return !address_is_wildcard(address) && standing_of(address, false, &standing) &&
           standing_locality(address, &standing) == LOCALITY_LOCAL;
}

const char *resolve_address(const struct winsock *winsock, const struct address *address)
{
    return is_own_address(address) ? own_name : remote_name(winsock->tcpip, address);
}
