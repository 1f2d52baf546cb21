/* Connections in the few words a test needs: an owner that counts what it is told, time that
 * passes, a pair that is connected.
 */
#ifndef SIM_TCPIP_FIXTURE_STREAM_H
#define SIM_TCPIP_FIXTURE_STREAM_H

#include "sim/tcpip/connection.h"
#include "sim/tcpip/fixture.h"
#include "sim/tcpip/tcp.h"
#include "sim/tcpip/wire.h"

/* How often an owner was told what. */
struct heard {
    unsigned connected, incoming, readable, writable, aborted;
    nt_status status; /* with which the last of connected and aborted came */
};

static inline void hear_connected(void *who, nt_status status)
{
    struct heard *heard = who;
    heard->connected++;
    heard->status = status;
}

static inline void hear_incoming(void *who)
{
    ((struct heard *)who)->incoming++;
}

static inline void hear_readable(void *who)
{
    ((struct heard *)who)->readable++;
}

static inline void hear_writable(void *who)
{
    ((struct heard *)who)->writable++;
}

static inline void hear_aborted(void *who, nt_status status)
{
    struct heard *heard = who;
    heard->aborted++;
    heard->status = status;
}

static const struct endpoint_listener hears_all = {.connected = hear_connected,
                                                   .incoming = hear_incoming,
                                                   .readable = hear_readable,
                                                   .writable = hear_writable,
                                                   .aborted = hear_aborted};

/* Two ends of a connection and whose connection it was made to. */
struct pair {
    struct endpoint *listener, *client, *server;
    struct heard heard_listener, heard_client, heard_server;
};

static struct pair p;

/* Runs all events that are due within so many milliseconds from now. */
static inline void pass_ms(uint64_t ms)
{
    uint64_t end = f.engine.now_ns + ms * 1000000;
    while (engine_next_due(&f.engine) <= end)
        engine_step(&f.engine);
    f.engine.now_ns = end;
    tcpip_check(f.tcpip);
    engine_check(&f.engine);
}

/* Long enough for what is on the wire, too short for any timer. */
static inline void settle(void)
{
    pass_ms(5);
}

static inline struct tcp_view look(const struct endpoint *e)
{
    struct tcp_view view;
    tcp_look(e, &view);
    return view;
}

static inline void listen_at(struct address address, uint16_t port, int backlog)
{
    p.listener = bound_with(tcp(), address, port, &plain);
    assert_status(tcp_listen(p.listener, backlog), STATUS_SUCCESS);
    endpoint_set_listener(p.listener, &hears_all, &p.heard_listener);
}

static inline struct endpoint *client_of(struct heard *heard)
{
    struct endpoint *e = tcp();
    assert_status(endpoint_bind_implicitly(f.tcpip, e, &plain, false), STATUS_SUCCESS);
    endpoint_set_listener(e, &hears_all, heard);
    return e;
}

static inline struct endpoint *accepted(struct heard *heard)
{
    struct endpoint *e = tcp_accept(p.listener, OWNER, ACCOUNT_STANDARD);
    if (e != NULL)
        endpoint_set_listener(e, &hears_all, heard);
    return e;
}

static inline void connect_pair(void)
{
    struct address address = loopback4();
    if (p.listener == NULL)
        listen_at(any4(), 5000, 5);
    p.client = client_of(&p.heard_client);
    assert_status(tcp_connect(p.client, &address, 5000), STATUS_PENDING);
    settle();
    p.server = accepted(&p.heard_server);
    assert_non_null(p.server);
    assert_int_equal(look(p.client).state, TCP_ESTABLISHED);
    assert_int_equal(look(p.server).state, TCP_ESTABLISHED);
}

static inline void send_text(struct endpoint *e, const char *text)
{
    assert_status(tcp_send(e, text, (uint32_t)strlen(text), false), STATUS_SUCCESS);
}

/* What one receive of up to `size` bytes gives, as text. */
static inline const char *received_up_to(struct endpoint *e, uint32_t size, unsigned flags)
{
    static char text[256];
    uint32_t got;

    assert_true(size < sizeof text);
    nt_status status = tcp_receive(e, text, size, flags, &got);
    if (status != STATUS_SUCCESS)
        return nt_status_name(status);
    text[got] = 0;
    return got == 0 ? "end" : text;
}

static inline const char *received(struct endpoint *e)
{
    return received_up_to(e, 255, 0);
}

static inline int open_stream(void **state)
{
    (void)state;
    fixture_open();
    p = (struct pair){0};
    return 0;
}

static inline int close_stream(void **state)
{
    (void)state;
    fixture_close();
    return 0;
}

#define STREAM_TEST(name) cmocka_unit_test_setup_teardown(name, open_stream, close_stream)

#endif
