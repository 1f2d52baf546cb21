/* What the protocols have counted since the boot. Pages: GetTcpStatisticsEx, GetUdpStatisticsEx,
 * GetIpStatisticsEx, GetIcmpStatisticsEx. The forms without a family count IPv4.
 */
#include "sim/iphlpapi/help.h"

#include "sim/tcpip/connection.h"
#include "sim/tcpip/pool.h"

static bool is_family(ULONG family)
{
    return family == AF_INET || family == AF_INET6;
}

static enum family family_of(ULONG family)
{
    return family == AF_INET6 ? FAMILY_6 : FAMILY_4;
}

static const struct protocol_counts *counts_of(ULONG family)
{
    return tcpip_counts(winsock_attached()->tcpip, family_of(family));
}

/* ---- TCP ------------------------------------------------------------------------------------- */

enum { RTO_LEAST_MS = 5, RTO_MOST_MS = 0xffffffff };

static void count_connections(ULONG family, MIB_TCPSTATS *out)
{
    const struct tcpip *tcpip = winsock_attached()->tcpip;
    for (uint32_t i = 0; i < tcpip->tuples.size; i++)
        for (const struct tcp *tcp = tcpip->tuples.heads[i]; tcp != NULL; tcp = tcp->next_tuple) {
            const struct endpoint *e = tcp->endpoint != NULL ? tcp->endpoint : tcp->origin;
            if (tcp->local.family != family_of(family) || (e != NULL && e->foreign))
                continue;
            out->dwNumConns++;
            if (tcp->state == TCP_ESTABLISHED || tcp->state == TCP_CLOSE_WAIT)
                out->dwCurrEstab++;
        }
}

ULONG GetTcpStatisticsEx(PMIB_TCPSTATS Statistics, ULONG Family)
{
    if (!help_can_use(Statistics, sizeof *Statistics, ACCESS_WRITE))
        return help_finish("GetTcpStatisticsEx", ERROR_INVALID_PARAMETER);
    if (!is_family(Family))
        return help_finish("GetTcpStatisticsEx", ERROR_NOT_SUPPORTED);
    const struct protocol_counts *counts = counts_of(Family);
    *Statistics = (MIB_TCPSTATS){
        .dwRtoAlgorithm = MIB_TCP_RTO_VANJ,
        .dwRtoMin = RTO_LEAST_MS,
        .dwRtoMax = RTO_MOST_MS,
        .dwMaxConn = MIB_TCP_MAXCONN_DYNAMIC,
        .dwActiveOpens = counts->tcp_active,
        .dwPassiveOpens = counts->tcp_passive,
        .dwAttemptFails = counts->tcp_failed,
        .dwEstabResets = counts->tcp_reset,
        .dwInSegs = counts->segments_in,
        .dwOutSegs = counts->segments_out,
        .dwRetransSegs = counts->segments_again,
        .dwOutRsts = counts->resets_out,
    };
    count_connections(Family, Statistics);
    return help_finish("GetTcpStatisticsEx", NO_ERROR);
}

ULONG GetTcpStatistics(PMIB_TCPSTATS Statistics)
{
    return GetTcpStatisticsEx(Statistics, AF_INET);
}

/* ---- UDP ------------------------------------------------------------------------------------- */

static DWORD count_endpoints(ULONG family)
{
    const struct porttable *bound = &winsock_attached()->tcpip->pools[PROTOCOL_UDP].bound;
    DWORD count = 0;
    for (uint32_t port = porttable_next_bound(bound, 0, PORT_END); port < PORT_END;
         port = porttable_next_bound(bound, port + 1, PORT_END))
        for (const struct endpoint *e = porttable_at(bound, port); e != NULL; e = e->next)
            count += e->family == family_of(family);
    return count;
}

ULONG GetUdpStatisticsEx(PMIB_UDPSTATS Statistics, ULONG Family)
{
    if (!help_can_use(Statistics, sizeof *Statistics, ACCESS_WRITE))
        return help_finish("GetUdpStatisticsEx", ERROR_INVALID_PARAMETER);
    if (!is_family(Family))
        return help_finish("GetUdpStatisticsEx", ERROR_NOT_SUPPORTED);
    const struct protocol_counts *counts = counts_of(Family);
    *Statistics = (MIB_UDPSTATS){
        .dwInDatagrams = counts->datagrams_in,
        .dwNoPorts = counts->datagrams_no_port,
        .dwInErrors = counts->datagrams_dropped,
        .dwOutDatagrams = counts->datagrams_out,
        .dwNumAddrs = count_endpoints(Family),
    };
    return help_finish("GetUdpStatisticsEx", NO_ERROR);
}

ULONG GetUdpStatistics(PMIB_UDPSTATS Stats)
{
    return GetUdpStatisticsEx(Stats, AF_INET);
}

/* ---- IP and ICMP ----------------------------------------------------------------------------- */

enum { DEFAULT_TTL = 128, REASSEMBLY_S = 60, ROUTES_4 = 11, ROUTES_6 = 9 };

ULONG GetIpStatisticsEx(PMIB_IPSTATS Statistics, ULONG Family)
{
    if (!help_can_use(Statistics, sizeof *Statistics, ACCESS_WRITE))
        return help_finish("GetIpStatisticsEx", ERROR_INVALID_PARAMETER);
    if (!is_family(Family))
        return help_finish("GetIpStatisticsEx", ERROR_NOT_SUPPORTED);
    const struct protocol_counts *counts = counts_of(Family);
    DWORD in = counts->segments_in + counts->datagrams_in + counts->datagrams_no_port +
               counts->datagrams_dropped + counts->echo_replies_in;
    *Statistics = (MIB_IPSTATS){
        .dwForwarding = MIB_IP_NOT_FORWARDING,
        .dwDefaultTTL = DEFAULT_TTL,
        .dwInReceives = in,
        .dwInDelivers = in,
        .dwOutRequests = counts->segments_out + counts->datagrams_out + counts->echoes_out,
        .dwReasmTimeout = REASSEMBLY_S,
        .dwNumIf = INTERFACE_COUNT,
        .dwNumRoutes = Family == AF_INET ? ROUTES_4 : ROUTES_6,
    };
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++)
        for (uint32_t k = 0; k < interfaces[i].address_count; k++)
            Statistics->dwNumAddr += help_wants(Family, &interfaces[i].addresses[k]);
    return help_finish("GetIpStatisticsEx", NO_ERROR);
}

ULONG GetIpStatistics(PMIB_IPSTATS Statistics)
{
    return GetIpStatisticsEx(Statistics, AF_INET);
}

ULONG GetIcmpStatistics(PMIB_ICMP Statistics)
{
    if (!help_can_use(Statistics, sizeof *Statistics, ACCESS_WRITE))
        return help_finish("GetIcmpStatistics", ERROR_INVALID_PARAMETER);
    const struct protocol_counts *counts = counts_of(AF_INET);
    memset(Statistics, 0, sizeof *Statistics);
    Statistics->stats.icmpOutStats.dwMsgs = counts->echoes_out;
    Statistics->stats.icmpOutStats.dwEchos = counts->echoes_out;
    Statistics->stats.icmpInStats.dwMsgs = counts->echo_replies_in;
    Statistics->stats.icmpInStats.dwEchoReps = counts->echo_replies_in;
    return help_finish("GetIcmpStatistics", NO_ERROR);
}

ULONG GetIcmpStatisticsEx(PMIB_ICMP_EX Statistics, ULONG Family)
{
    static const uint8_t request[] = {8, 128}, reply[] = {0, 129};
    if (!help_can_use(Statistics, sizeof *Statistics, ACCESS_WRITE))
        return help_finish("GetIcmpStatisticsEx", ERROR_INVALID_PARAMETER);
    if (!is_family(Family))
        return help_finish("GetIcmpStatisticsEx", ERROR_NOT_SUPPORTED);
    const struct protocol_counts *counts = counts_of(Family);
    memset(Statistics, 0, sizeof *Statistics);
    Statistics->icmpOutStats.dwMsgs = counts->echoes_out;
    Statistics->icmpOutStats.rgdwTypeCount[request[Family == AF_INET6]] = counts->echoes_out;
    Statistics->icmpInStats.dwMsgs = counts->echo_replies_in;
    Statistics->icmpInStats.rgdwTypeCount[reply[Family == AF_INET6]] = counts->echo_replies_in;
    return help_finish("GetIcmpStatisticsEx", NO_ERROR);
}
