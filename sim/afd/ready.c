/* Readiness as levels: what select, WSAPoll and AFD_POLL see. Who waits for it is poll.c's. */
#include "sim/afd/ready.h"

#include "sim/afd/waits.h"
#include "sim/tcpip/udp.h"

static uint32_t ready_stream(const struct socket_object *socket)
{
    struct tcp_view view;
    tcp_look(socket->endpoint, &view);
    uint32_t ready = READY_CONNECTED;
    if (view.readable_all > 0)
        ready |= READY_RECEIVE;
    if (view.urgent > 0)
        ready |= READY_URGENT;
    if (view.peer_closed)
        ready |= READY_PEER_CLOSED;
    if (view.aborted != STATUS_SUCCESS)
        ready |= READY_ABORTED;
    if (view.send_buffered == 0 || view.send_buffered < socket->values[SOCKET_SEND_BUFFER])
        ready |= READY_SEND;
    return ready;
}

static uint32_t ready_datagram(const struct socket_object *socket)
{
    struct udp_view view = {0};
    if (socket->endpoint != NULL && socket->kind.protocol == PROTOCOL_UDP)
        udp_look(socket->endpoint, &view);
    return READY_SEND | (view.datagrams > 0 || view.error ? READY_RECEIVE : 0);
}

uint32_t socket_ready(const struct socket_object *socket)
{
    struct tcp_peer peer;
    if (socket->state == SOCKET_CLOSED)
        return READY_CLOSED;
    if (socket->kind.protocol != PROTOCOL_TCP)
        return ready_datagram(socket);
    if (socket->state == SOCKET_CONNECTED)
        return ready_stream(socket);
    if (socket->state == SOCKET_LISTENING)
        return tcp_incoming(socket->endpoint, &peer) ? READY_ACCEPT : 0;
    return socket->connect_failed ? READY_CONNECT_FAILED : 0;
}
