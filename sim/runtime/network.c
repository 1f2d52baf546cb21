/* The network beyond the machine, for berth.h. */
#include <string.h>

#include "sim/engine/check.h"
#include "sim/runtime/machine.h"
#include "sim/tcpip/interfaces.h"
#include "sim/tcpip/remote.h"
#include "sim/tcpip/wire.h"

enum { HOST_TTL = 64 };

static struct address address_from(const struct berth_address *from)
{
    struct address address = {.family = from->ipv6 ? FAMILY_6 : FAMILY_4};

    memcpy(address.bytes, from->bytes, from->ipv6 ? 16 : 4);
    if (from->ipv6 && from->bytes[0] == 0xfe && (from->bytes[1] & 0xc0) == 0x80)
        address.scope = INTERFACE_LAN;
    return address;
}

/* Each change of the world outside is part of the run. */
static bool noted(struct berth *machine, const char *what, uint32_t port, nt_status status)
{
    machine_record(machine, RECORD_OUTSIDE, port, (unsigned char)what[0], status);
    engine_trace(&machine->engine, "outside: %s %u: %s", what, (unsigned)port,
                 nt_status_name(status));
    return nt_success(status);
}

bool berth_add_host(struct berth *machine, const char *name, const struct berth_address *address,
                    bool silent)
{
    const struct address at = address_from(address);

    ASSERT(machine->tcpip != NULL);
    return noted(machine, "host", 0, remote_add(machine->tcpip, name, &at, silent));
}

bool berth_host_port(struct berth *machine, const struct berth_address *host,
                     enum berth_protocol protocol, uint16_t port, const char *script)
{
    const struct address at = address_from(host);
    enum protocol of = protocol == BERTH_TCP ? PROTOCOL_TCP : PROTOCOL_UDP;

    ASSERT(machine->tcpip != NULL);
    return noted(machine, "port", port, remote_script(machine->tcpip, &at, of, port, script));
}

bool berth_host_connect(struct berth *machine, const struct berth_address *host, uint16_t from,
                        const struct berth_address *to, uint16_t port, const char *script)
{
    const struct address at = address_from(host), target = address_from(to);

    ASSERT(machine->tcpip != NULL);
    return noted(machine, "connect", port,
                 remote_connect(machine->tcpip, &at, from, &target, port, script));
}

bool berth_host_send(struct berth *machine, const struct berth_address *host, uint16_t from,
                     const struct berth_address *to, uint16_t port, const void *bytes,
                     uint32_t size)
{
    const struct address at = address_from(host);
    const struct udp_sending sending = {.bytes = bytes,
                                        .size = size,
                                        .to = address_from(to),
                                        .port = port,
                                        .ttl = HOST_TTL,
                                        .loop = true};

    ASSERT(machine->tcpip != NULL);
    return noted(machine, "send", port, remote_send(machine->tcpip, &at, from, &sending));
}

void berth_set_wire(struct berth *machine, const struct berth_wire *wire)
{
    const struct wire_faults faults = {
        .loss = wire->loss,
        .duplication = wire->duplication,
        .reordering = wire->reordering,
        .delay = wire->delay,
        .delay_ns = wire->delay_ns,
        .loopback = wire->loopback,
    };

    ASSERT(machine->tcpip != NULL);
    wire_set_faults(machine->tcpip, &faults);
    noted(machine, "wire", 0, STATUS_SUCCESS);
}

void berth_set_latency(struct berth *machine, bool loopback, uint64_t fixed_ns, uint64_t jitter_ns)
{
    const struct wire_latency latency = {.fixed_ns = fixed_ns, .jitter_ns = jitter_ns};

    ASSERT(machine->tcpip != NULL);
    wire_set_latency(machine->tcpip, loopback ? INTERFACE_LOOPBACK : INTERFACE_LAN, &latency);
    noted(machine, "latency", loopback, STATUS_SUCCESS);
}

void berth_partition(struct berth *machine, const struct berth_address *host, bool apart)
{
    struct address at = {0};

    ASSERT(machine->tcpip != NULL);
    if (host != NULL)
        at = address_from(host);
    wire_partition(machine->tcpip, host != NULL ? &at : NULL, apart);
    noted(machine, "apart", apart, STATUS_SUCCESS);
}

void berth_set_cable(struct berth *machine, bool in)
{
    ASSERT(machine->tcpip != NULL);
    tcpip_set_cable(machine->tcpip, in);
    noted(machine, "cable", in, STATUS_SUCCESS);
    afd_addresses_changed(machine->afd);
}
