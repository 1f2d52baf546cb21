#include "sim/winsock/files.h"

static const struct service_row services[] = {
#define SERVICE(name, port, transports, alias) {name, alias, port, TRANSPORT_##transports},
#include "sim/winsock/services.def"
#undef SERVICE
};

static const struct protocol_row protocols[] = {
#define PROTOCOL(name, number, alias) {name, alias, number},
#include "sim/winsock/protocols.def"
#undef PROTOCOL
};

enum {
    SERVICES = sizeof services / sizeof *services,
    PROTOCOLS = sizeof protocols / sizeof *protocols
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool names_equal(const char *a, const char *b)
{
    for (; lower(*a) == lower(*b); a++, b++)
        if (*a == '\0')
            return true;
    return false;
}

const struct service_row *service_of_name(const char *name, enum transports transports)
{
    for (int i = 0; i < SERVICES; i++)
        if ((services[i].transports & transports) != 0 &&
            (names_equal(services[i].name, name) || names_equal(services[i].alias, name)))
            return &services[i];
    return NULL;
}

const struct service_row *service_of_port(uint16_t port, enum transports transports)
{
    for (int i = 0; i < SERVICES; i++)
        if ((services[i].transports & transports) != 0 && services[i].port == port)
            return &services[i];
    return NULL;
}

const struct protocol_row *protocol_of_name(const char *name)
{
    for (int i = 0; i < PROTOCOLS; i++)
        if (names_equal(protocols[i].name, name) || names_equal(protocols[i].alias, name))
            return &protocols[i];
    return NULL;
}

const struct protocol_row *protocol_of_number(int number)
{
    for (int i = 0; i < PROTOCOLS; i++)
        if (protocols[i].number == number)
            return &protocols[i];
    return NULL;
}
