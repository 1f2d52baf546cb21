/* The test bed's other hosts, in the simulator. */
#include <string.h>

#include "conformance/testbed/sim.h"

static struct berth_address address_of(const struct testbed_host *host)
{
    struct berth_address address = {.ipv6 = host->ipv6};

    memcpy(address.bytes, host->bytes, sizeof address.bytes);
    return address;
}

bool testbed_remote_host(const char *name, const struct testbed_host *host, bool silent)
{
    const struct berth_address address = address_of(host);
    return berth_add_host(sim_machine(), name, &address, silent) ||
           sim_cannot("no host can have this address");
}

bool testbed_remote_port(const struct testbed_host *host, bool udp, unsigned short port,
                         const char *script)
{
    const struct berth_address address = address_of(host);
    return berth_host_port(sim_machine(), &address, udp ? BERTH_UDP : BERTH_TCP, port, script) ||
           sim_cannot("no such host, or no such script");
}

bool testbed_remote_connect(const struct testbed_host *host, unsigned short from,
                            unsigned short port, const char *script)
{
    const struct testbed_addresses *own = testbed_addresses();
    const struct berth_address address = address_of(host);
    struct berth_address to = {.ipv6 = host->ipv6};

    if (host->ipv6)
        memcpy(to.bytes, own->global_6, sizeof own->global_6);
    else
        memcpy(to.bytes, own->lan, sizeof own->lan);
    return berth_host_connect(sim_machine(), &address, from, &to, port, script) ||
           sim_cannot("no such host, or no such script");
}

bool testbed_remote_cut(const struct testbed_host *host, bool cut)
{
    const struct berth_address address = address_of(host);
    berth_partition(sim_machine(), &address, cut);
    return true;
}

bool testbed_wire(unsigned loss, unsigned duplication, unsigned reordering, bool loopback)
{
    const struct berth_wire wire = {
        .loss = loss, .duplication = duplication, .reordering = reordering, .loopback = loopback};
    berth_set_wire(sim_machine(), &wire);
    return true;
}
