/* For the tests of what waits: connected pairs, and operations begun on them. */
#ifndef SIM_AFD_FIXTURE_IO_H
#define SIM_AFD_FIXTURE_IO_H

#include "sim/afd/fixture.h"

struct pair {
    struct socket_object *listener, *client, *server;
    uint64_t listener_handle, client_handle, server_handle;
};

static inline struct socket_object *open_as(enum protocol protocol, uint64_t *handle)
{
    *handle = open_handle(FAMILY_4, protocol);
    return socket_find(self, *handle);
}

static inline struct socket_object *open_listener(uint64_t *handle, uint16_t port)
{
    struct socket_object *listener = open_as(PROTOCOL_TCP, handle);
    assert_status(bind_to(listener, port), STATUS_SUCCESS);
    assert_status(socket_listen(listener, self, 5), STATUS_SUCCESS);
    return listener;
}

static inline uint64_t accept_one(struct socket_object *listener)
{
    struct io io;
    io_begin(&io, listener, IO_ACCEPT, "accept");
    nt_status status = socket_accept(&io);
    if (status == STATUS_PENDING)
        status = io_wait(&io, 0, false);
    assert_status(status, STATUS_SUCCESS);
    uint64_t handle = io.request.information;
    io_end(&io);
    return handle;
}

static inline struct pair connected_pair(uint16_t port)
{
    struct pair pair;
    pair.listener = open_listener(&pair.listener_handle, port);
    pair.client = open_as(PROTOCOL_TCP, &pair.client_handle);
    assert_status(connect_to(pair.client, &loopback_4, port), STATUS_SUCCESS);
    pair.server_handle = accept_one(pair.listener);
    pair.server = socket_find(self, pair.server_handle);
    assert_non_null(pair.server);
    return pair;
}

static inline void close_pair(const struct pair *pair)
{
    assert_status(socket_close(self, pair->client_handle), STATUS_SUCCESS);
    assert_status(socket_close(self, pair->server_handle), STATUS_SUCCESS);
    assert_status(socket_close(self, pair->listener_handle), STATUS_SUCCESS);
}

/* A synchronous call: what it answers, and how many bytes. */
struct result {
    nt_status status;
    uint64_t bytes;
};

static inline struct result move(struct socket_object *socket, enum io_kind kind, void *bytes,
                                 uint32_t size, unsigned flags)
{
    struct io io;
    const struct io_buffer buffer = {bytes, size};
    io_begin(&io, socket, kind, kind == IO_SEND ? "send" : "recv");
    io.flags = flags;
    assert_true(io_set_buffers(&io, &buffer, 1));
    nt_status status = kind == IO_SEND ? socket_send(&io, self) : socket_receive(&io);
    if (status == STATUS_PENDING)
        status = io_wait(&io, 0, false);
    struct result result = {status, io.request.information};
    io_end(&io);
    return result;
}

static inline struct result send_text(struct socket_object *socket, const char *text)
{
    char bytes[256];
    size_t size = strlen(text);
    assert_true(size <= sizeof bytes);
    memcpy(bytes, text, size);
    return move(socket, IO_SEND, bytes, (uint32_t)size, 0);
}

#define assert_receives(socket, text)                                                              \
    do {                                                                                           \
        char got_[256];                                                                            \
        struct result result_ = move((socket), IO_RECEIVE, got_, sizeof got_, 0);                  \
        assert_status(result_.status, STATUS_SUCCESS);                                             \
        assert_int_equal(result_.bytes, strlen(text));                                             \
        assert_memory_equal(got_, (text), strlen(text));                                           \
    } while (0)

/* An overlapped operation with an event, as a program has it. */
struct overlapped {
    struct io_status block;
    struct object *event;
    struct io *io;
    char bytes[64];
};

static inline nt_status begin(struct overlapped *overlapped, struct socket_object *socket,
                              enum io_kind kind, uint32_t size, unsigned flags)
{
    overlapped->block = (struct io_status){0, 4711};
    overlapped->event = event_create(machine.nt, true, false);
    assert_non_null(overlapped->event);
    const struct request_delivery delivery = {.block = &overlapped->block,
                                              .event = overlapped->event};
    const struct io_buffer buffer = {overlapped->bytes, size};
    overlapped->io = io_new(socket, kind, "WSARecv", &delivery);
    assert_non_null(overlapped->io);
    overlapped->io->flags = flags;
    assert_true(io_set_buffers(overlapped->io, &buffer, 1));
    nt_status status =
        kind == IO_SEND ? socket_send(overlapped->io, self) : socket_receive(overlapped->io);
    if (!nt_success(status) && status != STATUS_BUFFER_OVERFLOW)
        io_end(overlapped->io);
    return status;
}

static inline nt_status finish(struct overlapped *overlapped)
{
    assert_status(
        wait_for_objects(machine.nt, &overlapped->event, 1, false, UINT64_MAX, "a test", NULL),
        STATUS_SUCCESS);
    object_release(overlapped->event);
    return (nt_status)overlapped->block.status;
}

static inline void let_events_run(void)
{
    wait_for_time(machine.nt, 1000000000, "a test");
}

#endif
