/* The test bed's other hosts: a real machine's network has none that do as they are told. */
#include "conformance/testbed/win32.h"

static bool no_hosts(void)
{
    return win32_cannot("no host of this network plays scripts");
}

bool testbed_remote_host(const char *name, const struct testbed_host *host, bool silent)
{
    (void)name;
    (void)host;
    (void)silent;
    return no_hosts();
}

bool testbed_remote_port(const struct testbed_host *host, bool udp, unsigned short port,
                         const char *script)
{
    (void)host;
    (void)udp;
    (void)port;
    (void)script;
    return no_hosts();
}

bool testbed_remote_connect(const struct testbed_host *host, unsigned short from,
                            unsigned short port, const char *script)
{
    (void)host;
    (void)from;
    (void)port;
    (void)script;
    return no_hosts();
}

bool testbed_remote_cut(const struct testbed_host *host, bool cut)
{
    (void)host;
    (void)cut;
    return no_hosts();
}

bool testbed_wire(unsigned loss, unsigned duplication, unsigned reordering, bool loopback)
{
    (void)loss;
    (void)duplication;
    (void)reordering;
    (void)loopback;
    return win32_cannot("the packets of a real network go their own way");
}
