/* GetTcpTable, GetUdpTable and their kin: the connections and endpoints of the machine, in order of
 * local port, local address, remote port and remote address. A dual-stack wildcard is in the tables
 * of both families. Pages: GetExtendedTcpTable, GetExtendedUdpTable, GetTcpTable2, GetTcp6Table.
 */
#include "sim/iphlpapi/help.h"

#include "sim/tcpip/connection.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/segment.h"

/* What every row says, of whichever kind. */
struct entry {
    DWORD state, owner;
    struct address local, remote;
    DWORD local_port, remote_port; /* network order */
};

union row {
    MIB_TCPROW tcp;
    MIB_TCPROW2 tcp_2;
    MIB_TCPROW_OWNER_PID tcp_pid;
    MIB_TCPROW_OWNER_MODULE tcp_module;
    MIB_TCP6ROW tcp6;
    MIB_TCP6ROW2 tcp6_2;
    MIB_TCP6ROW_OWNER_PID tcp6_pid;
    MIB_TCP6ROW_OWNER_MODULE tcp6_module;
    MIB_UDPROW udp;
    MIB_UDPROW_OWNER_PID udp_pid;
    MIB_UDPROW_OWNER_MODULE udp_module;
    MIB_UDP6ROW udp6;
    MIB_UDP6ROW_OWNER_PID udp6_pid;
    MIB_UDP6ROW_OWNER_MODULE udp6_module;
};

/* Where a row has what; the remote end of a datagram endpoint is its local one again. */
struct shape {
    size_t size, first; /* of a row; where the first one begins */
    size_t local, local_port, remote, remote_port;
    size_t state, local_scope, remote_scope, owner;
};

enum kind { BASIC, OWNER_PID, OWNER_MODULE, SECOND, KIND_COUNT };
enum { NONE = 0xffff };

/* clang-format off */
#define FIRST(row, whole) sizeof(row), offsetof(whole, table)
#define TCP_4(row, whole, owner)                                                                   \
    {FIRST(row, whole), offsetof(row, dwLocalAddr), offsetof(row, dwLocalPort),                    \
     offsetof(row, dwRemoteAddr), offsetof(row, dwRemotePort), offsetof(row, dwState), NONE, NONE, \
     owner}
#define TCP_6(row, whole, local, remote, state, owner)                                             \
    {FIRST(row, whole), offsetof(row, local), offsetof(row, dwLocalPort), offsetof(row, remote),   \
     offsetof(row, dwRemotePort), offsetof(row, state), offsetof(row, dwLocalScopeId),             \
     offsetof(row, dwRemoteScopeId), owner}
#define UDP_4(row, whole, owner)                                                                   \
    {FIRST(row, whole), offsetof(row, dwLocalAddr), offsetof(row, dwLocalPort),                    \
     offsetof(row, dwLocalAddr), offsetof(row, dwLocalPort), NONE, NONE, NONE, owner}
#define UDP_6(row, whole, local, owner)                                                            \
    {FIRST(row, whole), offsetof(row, local), offsetof(row, dwLocalPort), offsetof(row, local),    \
     offsetof(row, dwLocalPort), NONE, offsetof(row, dwLocalScopeId), NONE, owner}
#define OWNER(row) offsetof(row, dwOwningPid)

static const struct shape tcp_shapes[2][KIND_COUNT] = {
    {TCP_4(MIB_TCPROW, MIB_TCPTABLE, NONE),
     TCP_4(MIB_TCPROW_OWNER_PID, MIB_TCPTABLE_OWNER_PID, OWNER(MIB_TCPROW_OWNER_PID)),
     TCP_4(MIB_TCPROW_OWNER_MODULE, MIB_TCPTABLE_OWNER_MODULE, OWNER(MIB_TCPROW_OWNER_MODULE)),
     TCP_4(MIB_TCPROW2, MIB_TCPTABLE2, OWNER(MIB_TCPROW2))},
    {TCP_6(MIB_TCP6ROW, MIB_TCP6TABLE, LocalAddr, RemoteAddr, State, NONE),
     TCP_6(MIB_TCP6ROW_OWNER_PID, MIB_TCP6TABLE_OWNER_PID, ucLocalAddr, ucRemoteAddr, dwState,
           OWNER(MIB_TCP6ROW_OWNER_PID)),
     TCP_6(MIB_TCP6ROW_OWNER_MODULE, MIB_TCP6TABLE_OWNER_MODULE, ucLocalAddr, ucRemoteAddr, dwState,
           OWNER(MIB_TCP6ROW_OWNER_MODULE)),
     TCP_6(MIB_TCP6ROW2, MIB_TCP6TABLE2, LocalAddr, RemoteAddr, State, OWNER(MIB_TCP6ROW2))},
};

static const struct shape udp_shapes[2][SECOND] = {
    {UDP_4(MIB_UDPROW, MIB_UDPTABLE, NONE),
     UDP_4(MIB_UDPROW_OWNER_PID, MIB_UDPTABLE_OWNER_PID, OWNER(MIB_UDPROW_OWNER_PID)),
     UDP_4(MIB_UDPROW_OWNER_MODULE, MIB_UDPTABLE_OWNER_MODULE, OWNER(MIB_UDPROW_OWNER_MODULE))},
    {UDP_6(MIB_UDP6ROW, MIB_UDP6TABLE, dwLocalAddr, NONE),
     UDP_6(MIB_UDP6ROW_OWNER_PID, MIB_UDP6TABLE_OWNER_PID, ucLocalAddr,
           OWNER(MIB_UDP6ROW_OWNER_PID)),
     UDP_6(MIB_UDP6ROW_OWNER_MODULE, MIB_UDP6TABLE_OWNER_MODULE, ucLocalAddr,
           OWNER(MIB_UDP6ROW_OWNER_MODULE))},
};
/* clang-format on */

struct table {
    const struct shape *shape;
    enum family family;
    bool udp, listeners, connections;
    unsigned char *to; /* the first row; NULL while rows are only counted */
    DWORD count;
};

/* ---- Rows ------------------------------------------------------------------------------------ */

static void put(union row *row, size_t at, const void *bytes, size_t size)
{
    if (at != NONE)
        memcpy((unsigned char *)row + at, bytes, size);
}

static void pack(const struct table *table, const struct entry *entry, union row *row)
{
    const struct shape *shape = table->shape;
    size_t size = table->family == FAMILY_4 ? 4 : 16;

    memset(row, 0, sizeof *row);
    put(row, shape->local, entry->local.bytes, size);
    put(row, shape->local_port, &entry->local_port, sizeof(DWORD));
    if (!table->udp) {
        put(row, shape->remote, entry->remote.bytes, size);
        put(row, shape->remote_port, &entry->remote_port, sizeof(DWORD));
    }
    put(row, shape->state, &entry->state, sizeof(DWORD));
    put(row, shape->local_scope, &entry->local.scope, sizeof(DWORD));
    put(row, shape->remote_scope, &entry->remote.scope, sizeof(DWORD));
    put(row, shape->owner, &entry->owner, sizeof(DWORD));
}

/* Below 0 when `a` comes before. In network order bytes compare as numbers do. */
static int compare(const struct table *table, const union row *a, const union row *b)
{
    const struct shape *shape = table->shape;
    const unsigned char *x = (const unsigned char *)a, *y = (const unsigned char *)b;
    size_t size = table->family == FAMILY_4 ? 4 : 16;
    int order = memcmp(x + shape->local_port, y + shape->local_port, sizeof(USHORT));

    if (order == 0)
        order = memcmp(x + shape->local, y + shape->local, size);
    if (order == 0)
        order = memcmp(x + shape->remote_port, y + shape->remote_port, sizeof(USHORT));
    return order != 0 ? order : memcmp(x + shape->remote, y + shape->remote, size);
}

static void add(struct table *table, const struct entry *entry)
{
    const size_t size = table->shape->size;
    union row row, other;

    if (table->to != NULL) {
        DWORD at = table->count;
        pack(table, entry, &row);
        for (; at > 0; at--) {
            memcpy(&other, table->to + (at - 1) * size, size);
            if (compare(table, &row, &other) >= 0)
                break;
            memcpy(table->to + at * size, &other, size);
        }
        memcpy(table->to + at * size, &row, size);
    }
    table->count++;
}

static void add_endpoint(struct table *table, const struct endpoint *e)
{
    struct entry entry = {.state = MIB_TCP_STATE_LISTEN,
                          .owner = e->process_id,
                          .local = {.family = table->family},
                          .remote = {.family = table->family},
                          .local_port = htons(e->port)};
    bool dual = e->standing.dual;

    if (!table->udp && !e->listening)
        return;
    if (e->standing.family != table->family && !dual)
        return;
    memcpy(entry.local.bytes, e->standing.bytes, sizeof entry.local.bytes);
    entry.local.scope = table->family == FAMILY_6 ? e->address.scope : 0;
    add(table, &entry);
}

static void add_bound(const struct tcpip *tcpip, struct table *table)
{
    const struct porttable *bound = &tcpip->pools[table->udp ? PROTOCOL_UDP : PROTOCOL_TCP].bound;

    for (uint32_t port = porttable_next_bound(bound, 0, PORT_END); port < PORT_END;
         port = porttable_next_bound(bound, port + 1, PORT_END))
        for (const struct endpoint *e = porttable_at(bound, port); e != NULL; e = e->next)
            add_endpoint(table, e);
}

/* Nobody owns a connection whose end is only waited for. */
static void add_connection(struct table *table, const struct tcp *tcp)
{
    const struct endpoint *e = tcp->endpoint != NULL ? tcp->endpoint : tcp->origin;
    bool owned = e != NULL && tcp->state != TCP_TIME_WAIT;
    const struct entry entry = {.state = (DWORD)tcp->state + 1,
                                .owner = owned ? e->process_id : 0,
                                .local = place_address(&tcp->local, table->family),
                                .remote = place_address(&tcp->remote, table->family),
                                .local_port = htons(tcp->local.port),
                                .remote_port = htons(tcp->remote.port)};

    if (tcp->local.family == table->family && (e == NULL || !e->foreign))
        add(table, &entry);
}

static void collect(const struct tcpip *tcpip, struct table *table)
{
    table->count = 0;
    if (table->listeners)
        add_bound(tcpip, table);
    for (uint32_t i = 0; table->connections && i < tcpip->tuples.size; i++)
        for (const struct tcp *tcp = tcpip->tuples.heads[i]; tcp != NULL; tcp = tcp->next_tuple)
            add_connection(table, tcp);
}

/* ---- The calls ------------------------------------------------------------------------------- */

static DWORD tell(const char *call, struct table *table, void *to, PDWORD size)
{
    const struct tcpip *tcpip = winsock_attached()->tcpip;

    collect(tcpip, table);
    DWORD needed = (DWORD)(table->shape->first + table->count * table->shape->size);
    DWORD error = help_room(to, size, needed, ERROR_INSUFFICIENT_BUFFER);
    if (error != NO_ERROR)
        return help_finish(call, error);
    table->to = (unsigned char *)to + table->shape->first;
    collect(tcpip, table);
    memcpy(to, &table->count, sizeof table->count);
    return help_finish(call, NO_ERROR);
}

DWORD GetExtendedTcpTable(PVOID pTcpTable, PDWORD pdwSize, BOOL bOrder, ULONG ulAf,
                          TCP_TABLE_CLASS TableClass, ULONG Reserved)
{
    static const struct {
        enum kind kind;
        bool listeners, connections;
    } classes[] = {
        [TCP_TABLE_BASIC_LISTENER] = {BASIC, true, false},
        [TCP_TABLE_BASIC_CONNECTIONS] = {BASIC, false, true},
        [TCP_TABLE_BASIC_ALL] = {BASIC, true, true},
        [TCP_TABLE_OWNER_PID_LISTENER] = {OWNER_PID, true, false},
        [TCP_TABLE_OWNER_PID_CONNECTIONS] = {OWNER_PID, false, true},
        [TCP_TABLE_OWNER_PID_ALL] = {OWNER_PID, true, true},
        [TCP_TABLE_OWNER_MODULE_LISTENER] = {OWNER_MODULE, true, false},
        [TCP_TABLE_OWNER_MODULE_CONNECTIONS] = {OWNER_MODULE, false, true},
        [TCP_TABLE_OWNER_MODULE_ALL] = {OWNER_MODULE, true, true},
    };
    (void)bOrder; /* in order always */
    if (Reserved != 0 || (unsigned)TableClass >= sizeof classes / sizeof *classes ||
        (ulAf != AF_INET && ulAf != AF_INET6))
        return help_finish("GetExtendedTcpTable", ERROR_INVALID_PARAMETER);
    struct table table = {.shape = &tcp_shapes[ulAf == AF_INET6][classes[TableClass].kind],
                          .family = ulAf == AF_INET6 ? FAMILY_6 : FAMILY_4,
                          .listeners = classes[TableClass].listeners,
                          .connections = classes[TableClass].connections};
    return tell("GetExtendedTcpTable", &table, pTcpTable, pdwSize);
}

DWORD GetExtendedUdpTable(PVOID pUdpTable, PDWORD pdwSize, BOOL bOrder, ULONG ulAf,
                          UDP_TABLE_CLASS TableClass, ULONG Reserved)
{
    (void)bOrder;
    if (Reserved != 0 || (unsigned)TableClass > UDP_TABLE_OWNER_MODULE ||
        (ulAf != AF_INET && ulAf != AF_INET6))
        return help_finish("GetExtendedUdpTable", ERROR_INVALID_PARAMETER);
    struct table table = {.shape = &udp_shapes[ulAf == AF_INET6][TableClass],
                          .family = ulAf == AF_INET6 ? FAMILY_6 : FAMILY_4,
                          .udp = true,
                          .listeners = true};
    return tell("GetExtendedUdpTable", &table, pUdpTable, pdwSize);
}

static DWORD tell_tcp(const char *call, void *to, PULONG size, enum family family, enum kind kind)
{
    struct table table = {.shape = &tcp_shapes[family == FAMILY_6][kind],
                          .family = family,
                          .listeners = true,
                          .connections = true};
    return tell(call, &table, to, size);
}

DWORD GetTcpTable(PMIB_TCPTABLE TcpTable, PULONG SizePointer, BOOL Order)
{
    (void)Order;
    return tell_tcp("GetTcpTable", TcpTable, SizePointer, FAMILY_4, BASIC);
}

ULONG GetTcpTable2(PMIB_TCPTABLE2 TcpTable, PULONG SizePointer, BOOL Order)
{
    (void)Order;
    return tell_tcp("GetTcpTable2", TcpTable, SizePointer, FAMILY_4, SECOND);
}

ULONG GetTcp6Table(PMIB_TCP6TABLE TcpTable, PULONG SizePointer, BOOL Order)
{
    (void)Order;
    return tell_tcp("GetTcp6Table", TcpTable, SizePointer, FAMILY_6, BASIC);
}

ULONG GetTcp6Table2(PMIB_TCP6TABLE2 TcpTable, PULONG SizePointer, BOOL Order)
{
    (void)Order;
    return tell_tcp("GetTcp6Table2", TcpTable, SizePointer, FAMILY_6, SECOND);
}

DWORD GetUdpTable(PMIB_UDPTABLE UdpTable, PULONG SizePointer, BOOL Order)
{
    return GetExtendedUdpTable(UdpTable, SizePointer, Order, AF_INET, UDP_TABLE_BASIC, 0);
}

ULONG GetUdp6Table(PMIB_UDP6TABLE Udp6Table, PULONG SizePointer, BOOL Order)
{
    return GetExtendedUdpTable(Udp6Table, SizePointer, Order, AF_INET6, UDP_TABLE_BASIC, 0);
}

/* ---- Ending a connection --------------------------------------------------------------------- */

static struct place place_in_row(DWORD address, DWORD port)
{
    const struct address in = help_from_dword(address);
    return place_of(&in, ntohs((u_short)port));
}

/* Deletes a connection, the only thing that can be set (SetTcpEntry page): its peer is reset, its
 * owner finds it aborted.
 */
DWORD SetTcpEntry(PMIB_TCPROW pTcpRow)
{
    const struct winsock *winsock = winsock_attached();
    if (!help_can_use(pTcpRow, sizeof *pTcpRow, ACCESS_READ) ||
        pTcpRow->dwState != MIB_TCP_STATE_DELETE_TCB)
        return help_finish("SetTcpEntry", ERROR_INVALID_PARAMETER);
    if (!winsock->nt->current->process->token.administrator)
        return help_finish("SetTcpEntry", ERROR_ACCESS_DENIED);
    const struct place local = place_in_row(pTcpRow->dwLocalAddr, pTcpRow->dwLocalPort);
    const struct place remote = place_in_row(pTcpRow->dwRemoteAddr, pTcpRow->dwRemotePort);
    struct tcp *tcp = tuples_find(&winsock->tcpip->tuples, &local, &remote);
    if (tcp == NULL)
        return help_finish("SetTcpEntry", ERROR_MR_MID_NOT_FOUND);
    tcp_pin(tcp);
    if (tcp->state != TCP_SYN_SENT && tcp->state != TCP_TIME_WAIT)
        tcp_send_control(tcp, SEGMENT_RST, tcp->snd_nxt);
    tcp_lose(tcp, STATUS_CONNECTION_ABORTED);
    tcp_unpin(tcp);
    return help_finish("SetTcpEntry", NO_ERROR);
}
