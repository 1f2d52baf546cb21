/* GetTcpTable, GetUdpTable and their extended forms: the IPv4 connections and endpoints of the
 * machine, by local port and then by who is at the other end.
 */
#include "sim/winsock/winsock.h"

#include <string.h>

#include <winsock2.h>

#include <iphlpapi.h>

#include "sim/tcpip/connection.h"
#include "sim/tcpip/pool.h"

enum { RECORD_TABLES = 0x621 };

/* A row of any of the tables: what is in it depends on the table. */
struct row {
    DWORD state, local, local_port, remote, remote_port, owner;
};

struct table {
    bool udp, owners, listeners, connections;
    unsigned char *to; /* NULL while rows are only counted */
    DWORD count;
};

static size_t row_size(const struct table *table)
{
    return sizeof(DWORD) * ((table->udp ? 2u : 5u) + (table->owners ? 1u : 0u));
}

/* The row as the table has it: without state and remote end for UDP, without owner for the basic.
 */
static void pack(const struct table *table, const struct row *row, DWORD out[6])
{
    size_t at = 0;
    if (!table->udp)
        out[at++] = row->state;
    out[at++] = row->local;
    out[at++] = row->local_port;
    if (!table->udp) {
        out[at++] = row->remote;
        out[at++] = row->remote_port;
    }
    if (table->owners)
        out[at] = row->owner;
}

static bool comes_before(const struct table *table, const DWORD *a, const DWORD *b)
{
    size_t local = table->udp ? 0 : 1;
    size_t last = table->udp ? 1 : 4;
    USHORT port_a = ntohs((USHORT)a[local + 1]), port_b = ntohs((USHORT)b[local + 1]);
    if (port_a != port_b)
        return port_a < port_b;
    for (size_t i = local; i <= last; i++)
        if (a[i] != b[i])
            return a[i] < b[i];
    return false;
}

static void add(struct table *table, const struct row *row)
{
    size_t size = row_size(table);
    DWORD packed[6], other[6];
    if (table->to != NULL) {
        pack(table, row, packed);
        DWORD at = table->count;
        for (; at > 0; at--) {
            memcpy(other, table->to + (at - 1) * size, size);
            if (!comes_before(table, packed, other))
                break;
            memcpy(table->to + at * size, other, size);
        }
        memcpy(table->to + at * size, packed, size);
    }
    table->count++;
}

static void add_bound(const struct tcpip *tcpip, struct table *table)
{
    const struct porttable *bound = &tcpip->pools[table->udp ? PROTOCOL_UDP : PROTOCOL_TCP].bound;
    for (uint32_t port = 0; port < PORT_END; port++) {
        port = porttable_next_bound(bound, port, PORT_END);
        if (port == PORT_END)
            break;
        for (const struct endpoint *e = porttable_at(bound, port); e != NULL; e = e->next) {
            struct row row = {.state = MIB_TCP_STATE_LISTEN,
                              .local_port = htons((USHORT)port),
                              .owner = e->process_id};
            memcpy(&row.local, e->address.bytes, sizeof row.local);
            if (e->family == FAMILY_4 && (table->udp || e->listening))
                add(table, &row);
        }
    }
}

static void add_connections(const struct tcpip *tcpip, struct table *table)
{
    for (uint32_t i = 0; i < tcpip->tuples.size; i++)
        for (const struct tcp *tcp = tcpip->tuples.heads[i]; tcp != NULL; tcp = tcp->next_tuple) {
            const struct endpoint *e = tcp->endpoint != NULL ? tcp->endpoint : tcp->origin;
            struct row row = {.state = (DWORD)tcp->state + 1,
                              .local_port = htons(tcp->local.port),
                              .remote_port = htons(tcp->remote.port),
                              .owner = e == NULL ? 0 : e->process_id};
            memcpy(&row.local, tcp->local.bytes, sizeof row.local);
            memcpy(&row.remote, tcp->remote.bytes, sizeof row.remote);
            if (tcp->local.family == FAMILY_4 && (e == NULL || !e->foreign))
                add(table, &row);
        }
}

static void collect(const struct tcpip *tcpip, struct table *table)
{
    table->count = 0;
    if (table->listeners)
        add_bound(tcpip, table);
    if (table->connections)
        add_connections(tcpip, table);
}

static bool can_use(const void *address, size_t size, enum access access)
{
    const struct process *process = winsock_attached()->nt->current->process;
    return address != NULL && userspace_probe(&process->userspace, address, size, access);
}

static DWORD finish(const char *call, DWORD error)
{
    const struct winsock *winsock = winsock_attached();
    struct engine *engine = winsock->nt->engine;
    const struct thread *thread = winsock->nt->current;
    engine_record(engine, &(const struct record){
                              .kind = RECORD_TABLES, .result = error, .actor = thread->id});
    if (engine->sink != NULL)
        engine_trace(engine, "%u.%u %s = %u", thread->process->id, thread->id, call, error);
    return error;
}

static DWORD tell(struct table *table, void *to, PDWORD size)
{
    const struct tcpip *tcpip = winsock_attached()->tcpip;
    if (!can_use(size, sizeof *size, ACCESS_WRITE))
        return ERROR_INVALID_PARAMETER;
    collect(tcpip, table);
    DWORD needed = (DWORD)(sizeof(DWORD) + table->count * row_size(table));
    DWORD offered = *size;
    *size = needed;
    if (to == NULL || offered < needed)
        return ERROR_INSUFFICIENT_BUFFER;
    if (!can_use(to, needed, ACCESS_WRITE))
        return ERROR_INVALID_PARAMETER;
    table->to = (unsigned char *)to + sizeof(DWORD);
    collect(tcpip, table);
    memcpy(to, &table->count, sizeof table->count);
    return NO_ERROR;
}

DWORD GetExtendedTcpTable(PVOID pTcpTable, PDWORD pdwSize, BOOL bOrder, ULONG ulAf,
                          TCP_TABLE_CLASS TableClass, ULONG Reserved)
{
    static const struct {
        bool owners, listeners, connections;
    } classes[] = {
        [TCP_TABLE_BASIC_LISTENER] = {false, true, false},
        [TCP_TABLE_BASIC_CONNECTIONS] = {false, false, true},
        [TCP_TABLE_BASIC_ALL] = {false, true, true},
        [TCP_TABLE_OWNER_PID_LISTENER] = {true, true, false},
        [TCP_TABLE_OWNER_PID_CONNECTIONS] = {true, false, true},
        [TCP_TABLE_OWNER_PID_ALL] = {true, true, true},
    };
    (void)bOrder; /* in order always */
    if (Reserved != 0 || (unsigned)TableClass >= sizeof classes / sizeof *classes)
        return finish("GetExtendedTcpTable", ERROR_INVALID_PARAMETER);
    if (ulAf != AF_INET)
        return finish("GetExtendedTcpTable", ERROR_NOT_SUPPORTED);
    struct table table = {.owners = classes[TableClass].owners,
                          .listeners = classes[TableClass].listeners,
                          .connections = classes[TableClass].connections};
    return finish("GetExtendedTcpTable", tell(&table, pTcpTable, pdwSize));
}

DWORD GetExtendedUdpTable(PVOID pUdpTable, PDWORD pdwSize, BOOL bOrder, ULONG ulAf,
                          UDP_TABLE_CLASS TableClass, ULONG Reserved)
{
    (void)bOrder;
    if (Reserved != 0 || (unsigned)TableClass > UDP_TABLE_OWNER_PID)
        return finish("GetExtendedUdpTable", ERROR_INVALID_PARAMETER);
    if (ulAf != AF_INET)
        return finish("GetExtendedUdpTable", ERROR_NOT_SUPPORTED);
    struct table table = {
        .udp = true, .owners = TableClass == UDP_TABLE_OWNER_PID, .listeners = true};
    return finish("GetExtendedUdpTable", tell(&table, pUdpTable, pdwSize));
}

DWORD GetTcpTable(PMIB_TCPTABLE TcpTable, PULONG SizePointer, BOOL Order)
{
    return GetExtendedTcpTable(TcpTable, SizePointer, Order, AF_INET, TCP_TABLE_BASIC_ALL, 0);
}

DWORD GetUdpTable(PMIB_UDPTABLE UdpTable, PULONG SizePointer, BOOL Order)
{
    return GetExtendedUdpTable(UdpTable, SizePointer, Order, AF_INET, UDP_TABLE_BASIC, 0);
}
