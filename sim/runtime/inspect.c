/* What berth.h shows of a machine, and the knobs on its outside. */
#include "sim/runtime/machine.h"
#include "sim/winsock/winsock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/engine/check.h"
#include "sim/iphlpapi/netsh.h"

struct text {
    char *output;
    size_t size, length;
    const char *protocol;
    uint32_t bound_first, bound_count; /* the run of bound ports that goes on */
};

static void add_line(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Whole lines only: one that does not fit is left out. */
static void add_line(struct text *text, const char *format, ...)
{
    va_list arguments;

    if (text->length >= text->size)
        return;
    va_start(arguments, format);
    int length =
        vsnprintf(text->output + text->length, text->size - text->length, format, arguments);
    va_end(arguments);
    ASSERT(length >= 0);
    if ((size_t)length < text->size - text->length)
        text->length += (size_t)length;
    text->output[text->length] = '\0';
}

static void add_entry(void *context, const struct pool_entry *entry)
{
    static const char *const kinds[] = {
        [ENTRY_RUNTIME] = "reserved",
        [ENTRY_PERSISTENT] = "persistent",
        [ENTRY_EXCLUSION] = "excluded",
        [ENTRY_FOREIGN] = "foreign",
    };
    struct text *text = context;

    add_line(text, "%s %s %u %u\n", text->protocol, kinds[entry->kind], entry->range.first,
             entry->range.count);
}

static void end_bound_run(struct text *text)
{
    if (text->bound_count == 1)
        add_line(text, "%s bound %u\n", text->protocol, text->bound_first);
    else if (text->bound_count > 1)
        add_line(text, "%s bound %u %u\n", text->protocol, text->bound_first, text->bound_count);
    text->bound_count = 0;
}

/* Several sockets may hold one port; it is told once. */
static void add_bound(void *context, const struct bound_port *bound)
{
    struct text *text = context;
    uint32_t next = text->bound_first + text->bound_count;

    if (text->bound_count > 0 && bound->port == next - 1)
        return;
    if (text->bound_count > 0 && bound->port == next) {
        text->bound_count++;
        return;
    }
    end_bound_run(text);
    text->bound_first = bound->port;
    text->bound_count = 1;
}

size_t berth_describe_pool(struct berth *machine, char *output, size_t size)
{
    static const char *const protocols[] = {"tcp", "udp"};
    struct text text = {.output = output, .size = size};

    if (size > 0)
        output[0] = '\0';
    if (machine->nt == NULL)
        return 0;
    for (int protocol = 0; protocol < PROTOCOL_COUNT; protocol++) {
        text.protocol = protocols[protocol];
        struct port_range range = dynamic_range(machine->tcpip, FAMILY_4, protocol);
        add_line(&text, "%s dynamic %u %u\n", text.protocol, range.first, range.count);
        pool_visit(machine->tcpip, protocol, add_entry, &text);
        bound_visit(machine->tcpip, protocol, add_bound, &text);
        end_bound_run(&text);
    }
    return text.length;
}

int berth_netsh(struct berth *machine, const char *line, char *output, size_t size)
{
    ASSERT(machine->nt != NULL);
    const struct thread *current = machine->nt->current;
    const struct netsh netsh = {
        .tcpip = machine->tcpip,
        .profile = &machine->in_force,
        .token = current != NULL
                     ? current->process->token
                     : token_at_logon(ACCOUNT_LOCAL_SYSTEM, &machine->uac, &machine->in_force),
    };

    int exit_code = netsh_run(&netsh, line, output, size);
    machine_record(machine, RECORD_NETSH, current != NULL ? current->process->id : 0, strlen(line),
                   (uint32_t)exit_code);
    engine_trace(&machine->engine, "netsh %s: %d", line, exit_code);
    return exit_code;
}

/* A DWORD under the key, as regedit would write it. The boot takes the latest of several. */
bool berth_set_max_user_port(struct berth *machine, uint16_t port)
{
    static const char name[] = "MaxUserPort";
    struct registry_value value = {
        .key = REGISTRY_TCPIP,
        .slot = REGISTRY_NO_SLOT,
        .name_size = sizeof name - 1,
        .data_size = 4,
        .data = {(unsigned char)(port & 0xff), (unsigned char)(port >> 8)},
    };

    if (!berth_has_power(machine))
        return false;
    memcpy(value.name, name, value.name_size);
    return registry_write(&machine->nt->registry, &value) == STATUS_SUCCESS;
}

void berth_slow_reservations(struct berth *machine, uint64_t delay_ns)
{
    ASSERT(machine->winsock != NULL);
    machine->winsock->slow_ns = delay_ns;
}

void berth_set_network(struct berth *machine, bool up)
{
    ASSERT(machine->nt != NULL);
    afd_set_network(machine->afd, up);
    machine_record(machine, RECORD_NETWORK, up, 0, 0);
    engine_trace(&machine->engine, "network %s", up ? "up" : "down");
}
