#include "sim/winsock/fixture.h"

#include <mswsock.h>

enum { COUNT_BEFORE = 0x5a5a5a5a };

struct control {
    DWORD code;
    void *in;
    DWORD in_size;
    void *out;
    DWORD out_size;
    DWORD count;
};

/* The error of a control, 0 for none; `count` as the call left it. */
static int run(SOCKET s, struct control *control)
{
    control->count = COUNT_BEFORE;
    WSASetLastError(0);
    int result = WSAIoctl(s, control->code, control->in, control->in_size, control->out,
                          control->out_size, &control->count, NULL, NULL);
    assert_int_equal(result == 0, WSAGetLastError() == 0);
    return WSAGetLastError();
}

static int acquire(SOCKET s, u_short first, u_short count, INET_PORT_RESERVATION_INSTANCE *out)
{
    INET_PORT_RANGE range = {htons(first), count};
    struct control control = {
        SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range, out, sizeof *out, 0};
    return run(s, &control);
}

static int send_token(SOCKET s, DWORD code, ULONG64 token)
{
    struct control control = {code, &token, sizeof token, NULL, 0, 0};
    return run(s, &control);
}

static bool is_free(u_short port)
{
    SOCKET s = tcp();
    INET_PORT_RESERVATION_INSTANCE instance;
    int error = acquire(s, port, 1, &instance);
    closesocket(s);
    return error == 0;
}

static void a_block_is_acquired_used_and_released(void **state)
{
    (void)state;
    SOCKET holder = tcp(), s = tcp();
    INET_PORT_RESERVATION_INSTANCE instance;
    assert_int_equal(acquire(holder, 5000, 20, &instance), 0);
    assert_int_equal(ntohs(instance.StartPort), 5000);
    assert_int_equal(instance.NumberOfPorts, 20);
    assert_true(instance.Token != INVALID_PORT_RESERVATION_TOKEN);
    assert_int_equal(send_token(s, SIO_ASSOCIATE_PORT_RESERVATION, instance.Token), 0);
    assert_works(bind_loopback(s, 0));
    assert_in_range(socket_port(s), 5000, 5019);
    assert_int_equal(send_token(holder, SIO_RELEASE_PORT_RESERVATION, instance.Token), 0);
    assert_int_equal(send_token(holder, SIO_RELEASE_PORT_RESERVATION, instance.Token), WSAEINVAL);
}

static void the_count_says_sixteen_or_none(void **state)
{
    (void)state;
    SOCKET s = tcp();
    INET_PORT_RANGE range = {htons(5000), 1};
    INET_PORT_RESERVATION_INSTANCE instance;
    struct control control = {
        SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range, &instance, sizeof instance, 0};
    assert_int_equal(run(s, &control), 0);
    assert_int_equal(control.count, 16);
    struct control release = {SIO_RELEASE_PORT_RESERVATION, &instance.Token, 8, NULL, 0, 0};
    assert_int_equal(run(s, &release), 0);
    assert_int_equal(release.count, 0);
    assert_int_equal(run(s, &release), WSAEINVAL);
    assert_int_equal(release.count, 0);

    CHOOSE(acquire_bytes_returned, zero);
    assert_int_equal(run(s, &control), 0);
    assert_int_equal(control.count, 0);
    CHOOSE(token_ioctl_bytes_returned, eight);
    assert_int_equal(run(s, &release) == 0 ? release.count : 8, 8);
    assert_int_equal(run(s, &control), 0);
    CHOOSE(token_ioctl_bytes_returned, untouched);
    assert_int_equal(run(s, &release), 0);
    assert_int_equal(release.count, COUNT_BEFORE);
}

static void sizes_are_judged_as_the_profile_says(void **state)
{
    (void)state;
    SOCKET s = tcp();
    INET_PORT_RANGE ranges[2] = {{htons(5000), 1}, {0, 0}};
    INET_PORT_RESERVATION_INSTANCE instance;
    struct control control = {
        SIO_ACQUIRE_PORT_RESERVATION, ranges, 3, &instance, sizeof instance, 0};
    assert_int_equal(run(s, &control), WSAEFAULT);
    assert_int_equal(control.count, 0);
    CHOOSE(short_input, wsaeinval);
    assert_int_equal(run(s, &control), WSAEINVAL);
    control.in_size = 8;
    CHOOSE(acquire_oversize_input, wsaeinval);
    assert_int_equal(run(s, &control), WSAEINVAL);
    assert_true(is_free(5000));
    control.in_size = 4;
    control.out_size = 15;
    assert_int_equal(run(s, &control), WSAEINVAL);
    assert_int_equal(control.count, 0);
    CHOOSE(acquire_short_output, wsaefault);
    CHOOSE(acquire_short_output_count, untouched);
    assert_int_equal(run(s, &control), WSAEFAULT);
    assert_int_equal(control.count, COUNT_BEFORE);
    assert_true(is_free(5000));
}

static void the_defects_of_sizes_grant_or_leak(void **state)
{
    (void)state;
    SOCKET s = tcp();
    INET_PORT_RANGE range = {htons(5000), 1};
    unsigned char out[16];
    struct control control = {SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof range, out, 6, 0};
    CHOOSE(acquire_short_output_block, leaks);
    assert_int_equal(run(s, &control), WSAEINVAL);
    assert_false(is_free(5000));

    range.StartPort = htons(5001);
    memset(out, 0xcc, sizeof out);
    CHOOSE(acquire_short_output, grants);
    assert_int_equal(run(s, &control), 0);
    assert_int_equal(out[1], 5001 & 0xff);
    assert_int_equal(out[6], 0xcc);

    ULONG64 token = 0;
    INET_PORT_RESERVATION_INSTANCE instance;
    assert_int_equal(acquire(s, 5002, 1, &instance), 0);
    token = instance.Token;
    CHOOSE(short_input, accepts);
    struct control release = {SIO_RELEASE_PORT_RESERVATION, &token, 7, NULL, 0, 0};
    assert_int_equal(run(s, &release), 0);
    assert_int_equal(acquire(s, 5002, 1, &instance), 0);
    token = instance.Token;
    CHOOSE(token_oversize_input, wsaeinval);
    release.in_size = 9;
    assert_int_equal(run(s, &release), WSAEINVAL);
}

static void an_unused_output_is_ignored_refused_or_written(void **state)
{
    (void)state;
    SOCKET s = tcp();
    INET_PORT_RESERVATION_INSTANCE instance;
    ULONG64 out = 7;
    assert_int_equal(acquire(s, 5000, 1, &instance), 0);
    struct control control = {SIO_ASSOCIATE_PORT_RESERVATION, &instance.Token, 8, &out, 8, 0};
    assert_int_equal(run(s, &control), 0);
    assert_true(out == 7);
    CHOOSE(token_ioctl_output, wsaefault);
    assert_int_equal(run(s, &control), WSAEFAULT);
    control.out_size = 0;
    CHOOSE(token_ioctl_writes, writes);
    assert_int_equal(run(s, &control), 0);
    assert_true(out == instance.Token);
}

/* Every kind of bad pointer for `size` bytes: the last is bad only to write to. */
enum { BAD_POINTERS = 6 };
static void bad_pointers(void *out[BAD_POINTERS], size_t size)
{
    char *page = bad_page();
    out[0] = NULL;
    out[1] = (void *)(uintptr_t)1;
    out[2] = page;
    out[3] = page - size + 1;
    out[4] = (void *)(uintptr_t)0xffff800000000000ull;
    out[5] = page + PAGE_SIZE_BYTES;
}

static void bad_pointers_are_refused_and_reserve_nothing(void **state)
{
    (void)state;
    SOCKET s = tcp();
    INET_PORT_RANGE range = {htons(5000), 1};
    INET_PORT_RESERVATION_INSTANCE instance;
    void *bad_in[BAD_POINTERS], *bad_out[BAD_POINTERS], *bad_count[BAD_POINTERS];
    bad_pointers(bad_in, 4);
    bad_pointers(bad_out, 16);
    bad_pointers(bad_count, 4);
    for (int i = 0; i < BAD_POINTERS; i++) {
        struct control from = {SIO_ACQUIRE_PORT_RESERVATION, bad_in[i], 4, &instance, 16, 0};
        struct control to = {SIO_ACQUIRE_PORT_RESERVATION, &range, 4, bad_out[i], 16, 0};
        struct control token = {SIO_ASSOCIATE_PORT_RESERVATION, bad_in[i], 8, NULL, 0, 0};
        if (i < 5) {
            assert_int_equal(run(s, &from), WSAEFAULT);
            assert_int_equal(from.count, 0);
            assert_int_equal(run(s, &token), WSAEFAULT);
        }
        assert_int_equal(run(s, &to), WSAEFAULT);
        assert_wsa(WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, 4, &instance, 16, bad_count[i],
                            NULL, NULL),
                   WSAEFAULT);
        assert_true(is_free(5000));
    }
}

static void the_defects_of_pointers(void **state)
{
    (void)state;
    SOCKET s = tcp();
    INET_PORT_RANGE range = {htons(5000), 1};
    INET_PORT_RESERVATION_INSTANCE instance;
    char *page = bad_page();
    struct control read_only = {SIO_ACQUIRE_PORT_RESERVATION, &range, 4,
                                page + PAGE_SIZE_BYTES,       16,     0};
    struct control straddles = {SIO_ACQUIRE_PORT_RESERVATION, &range, 4, page - 15, 16, 0};
    CHOOSE(acquire_bad_pointer, wsaeinval);
    assert_int_equal(run(s, &straddles), WSAEINVAL);
    CHOOSE(refused_pointer_block, leaks);
    assert_int_equal(run(s, &straddles), WSAEINVAL);
    assert_false(is_free(5000));
    range.StartPort = htons(5001);
    CHOOSE(pointer_probe, first_byte);
    assert_int_equal(run(s, &straddles), 0);
    range.StartPort = htons(5002);
    CHOOSE(pointer_probe, ignores_protection);
    assert_int_equal(run(s, &read_only), 0);
    CHOOSE(null_bytes_returned, accepted);
    assert_works(WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &(INET_PORT_RANGE){0, 1}, 4, &instance,
                          16, NULL, NULL, NULL));
    CHOOSE(release_bad_pointer, wsaeinval);
    struct control release = {SIO_RELEASE_PORT_RESERVATION, page, 8, NULL, 0, 0};
    assert_int_equal(run(s, &release), WSAEINVAL);
}

static void the_socket_is_looked_up_before_the_count(void **state)
{
    (void)state;
    SOCKET closed = tcp();
    closesocket(closed);
    assert_wsa(WSAIoctl(closed, SIO_ACQUIRE_PORT_RESERVATION, NULL, 0, NULL, 0, NULL, NULL, NULL),
               WSAENOTSOCK);
    CHOOSE(bad_socket_null_count, wsaefault);
    assert_wsa(WSAIoctl(closed, SIO_ACQUIRE_PORT_RESERVATION, NULL, 0, NULL, 0, NULL, NULL, NULL),
               WSAEFAULT);
    assert_wsa(WSAIoctl(tcp(), 0xdeadbeef, NULL, 0, NULL, 0, NULL, NULL, NULL), WSAEFAULT);
}

static void unknown_codes_are_refused(void **state)
{
    (void)state;
    static const DWORD codes[] = {0xdeadbeef, FIOASYNC, 0x667e, SIO_FLUSH, 0xd8000064, 0x98ff0064};
    SOCKET s = tcp();
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct control control = {codes[i], NULL, 0, NULL, 0, 0};
        assert_int_equal(run(s, &control), WSAEOPNOTSUPP);
        assert_int_equal(control.count, 0);
    }
    CHOOSE(unknown_ioctl, accepted);
    struct control control = {0xdeadbeef, NULL, 0, NULL, 0, 0};
    assert_int_equal(run(s, &control), 0);
}

static void the_defects_of_codes_and_byte_order(void **state)
{
    (void)state;
    SOCKET s = tcp();
    INET_PORT_RANGE range = {htons(5000), 3};
    INET_PORT_RESERVATION_INSTANCE instance;
    struct control control = {0xd8000064, &range, sizeof range, &instance, sizeof instance, 0};
    CHOOSE(acquire_code_with_output_bit, acquires);
    assert_int_equal(run(s, &control), 0);
    CHOOSE(start_port_order, host);
    assert_int_equal(acquire(s, 6000, 1, &instance), 0); /* it really takes the swapped number */
    assert_int_equal(instance.StartPort, htons(6000));
    assert_false(is_free(6000));
    CHOOSE(start_port_order, network);
    assert_true(is_free(6000));
    CHOOSE(count_order, network);
    assert_int_equal(acquire(s, 5100, 3, &instance), 0);
    assert_int_equal(instance.NumberOfPorts, 0x0300);
    CHOOSE(instance_padding, token_only);
    instance.StartPort = 1;
    assert_int_equal(acquire(s, 5200, 1, &instance), 0);
    assert_int_equal(instance.StartPort, 1);
}

static void other_sockets_and_modes_are_refused_before_the_buffers(void **state)
{
    (void)state;
    SOCKET raw = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    assert_true(raw != INVALID_SOCKET);
    struct control control = {SIO_ACQUIRE_PORT_RESERVATION, NULL, 0, NULL, 0, 0};
    assert_int_equal(run(raw, &control), WSAEOPNOTSUPP);
    afd->network_up = false;
    assert_int_equal(run(raw, &control), WSAENETDOWN);
    afd->network_up = true;
}

static void fionbio_and_fionread(void **state)
{
    (void)state;
    SOCKET s = tcp();
    u_long value = 7;
    unsigned char byte = 1;
    struct control short_in = {(DWORD)FIONBIO, &byte, 1, NULL, 0, 0};
    struct control short_out = {FIONREAD, NULL, 0, &byte, 3, 0};
    assert_works(ioctlsocket(s, FIONREAD, &value));
    assert_int_equal(value, 0);
    assert_works(ioctlsocket(s, SIOCATMARK, &value));
    assert_int_equal(value, 1);
    assert_works(ioctlsocket(s, FIONBIO, &value));
    assert_true(socket_find(self, s)->non_blocking);
    assert_wsa(ioctlsocket(s, FIONBIO, (u_long *)(uintptr_t)1), WSAEFAULT);
    assert_int_equal(run(s, &short_in), WSAEFAULT);
    assert_int_equal(run(s, &short_out), WSAEFAULT);
    assert_int_equal(short_out.count, COUNT_BEFORE);
}

static void base_handle_keepalive_and_affinity(void **state)
{
    (void)state;
    SOCKET s = tcp(), d = udp(), base = 0;
    struct tcp_keepalive values = {1, 2, 3};
    USHORT processor = 0;
    struct control handle = {SIO_BASE_HANDLE, NULL, 0, &base, sizeof base, 0};
    struct control alive = {SIO_KEEPALIVE_VALS, &values, sizeof values, NULL, 0, 0};
    struct control affinity = {SIO_CPU_AFFINITY, &processor, sizeof processor, NULL, 0, 0};
    assert_int_equal(run(s, &handle), 0);
    assert_true(base == s);
    assert_int_equal(handle.count, sizeof base);
    assert_int_equal(run(s, &alive), 0);
    assert_int_equal(alive.count, 0);
    assert_int_equal(run(d, &alive), WSAENOPROTOOPT);
    alive.in_size = 0;
    assert_int_equal(run(s, &alive), WSAEFAULT);
    assert_int_equal(run(d, &affinity), 0);
    assert_works(bind_loopback(d, 0));
    assert_int_equal(run(d, &affinity), WSAEINVAL);
}

/* ---- Overlapped ------------------------------------------------------------------------------ */

static bool is_signaled(WSAEVENT event)
{
    return WSAWaitForMultipleEvents(1, &event, FALSE, 0, FALSE) == WSA_WAIT_EVENT_0;
}

static void an_overlapped_acquire_completes_at_once(void **state)
{
    (void)state;
    SOCKET s = tcp();
    INET_PORT_RANGE range = {htons(5000), 1};
    INET_PORT_RESERVATION_INSTANCE instance;
    WSAOVERLAPPED overlapped;
    DWORD count = COUNT_BEFORE, bytes = 0, flags = 9;
    memset(&overlapped, 0xcc, sizeof overlapped);
    overlapped.hEvent = WSACreateEvent();
    assert_works(WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, 4, &instance, 16, &count,
                          &overlapped, NULL));
    assert_int_equal(count, 16);
    assert_int_equal(overlapped.Internal, 0);
    assert_int_equal(overlapped.InternalHigh, 16);
    assert_true(is_signaled(overlapped.hEvent));
    assert_true(WSAGetOverlappedResult(s, &overlapped, &bytes, TRUE, &flags));
    assert_int_equal(bytes, 16);
    assert_int_equal(flags, 0);

    /* A refusal starts nothing: the event, reset when the call began, stays so. */
    count = COUNT_BEFORE;
    assert_wsa(WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, 4, &instance, 16, &count,
                        &overlapped, NULL),
               WSAEADDRINUSE);
    assert_int_equal(count, COUNT_BEFORE);
    assert_int_equal(overlapped.Internal, STATUS_PENDING);
    assert_false(is_signaled(overlapped.hEvent));
}

static void an_unknown_code_is_pending_before_it_fails(void **state)
{
    (void)state;
    SOCKET s = tcp();
    WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
    DWORD count = COUNT_BEFORE, bytes = COUNT_BEFORE, flags;
    assert_wsa(WSAIoctl(s, 0xdeadbeef, NULL, 0, NULL, 0, &count, &overlapped, NULL),
               WSA_IO_PENDING);
    assert_int_equal(count, COUNT_BEFORE);
    assert_int_equal(overlapped.Internal, STATUS_NOT_SUPPORTED);
    assert_true(is_signaled(overlapped.hEvent));
    assert_false(WSAGetOverlappedResult(s, &overlapped, &bytes, FALSE, &flags));
    assert_int_equal(WSAGetLastError(), WSAEOPNOTSUPP);
    assert_int_equal(bytes, COUNT_BEFORE);
}

static void nobody(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    (void)error;
    (void)bytes;
    (void)overlapped;
    (void)flags;
    fail();
}

static void a_socket_without_the_attribute_ignores_the_structure(void **state)
{
    (void)state;
    SOCKET s = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0);
    INET_PORT_RANGE range = {htons(5000), 1};
    INET_PORT_RESERVATION_INSTANCE instance;
    WSAOVERLAPPED overlapped, before;
    DWORD count = 0;
    memset(&overlapped, 0xcc, sizeof overlapped);
    overlapped.hEvent = WSACreateEvent();
    before = overlapped;
    assert_works(WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, 4, &instance, 16, &count,
                          &overlapped, nobody));
    assert_int_equal(count, 16);
    assert_memory_equal(&overlapped, &before, sizeof before);
    assert_false(is_signaled(overlapped.hEvent));

    CHOOSE(nonoverlapped_socket, used);
    range.StartPort = htons(5001);
    assert_works(WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, 4, &instance, 16, &count,
                          &overlapped, NULL));
    assert_int_equal(overlapped.InternalHigh, 16);
    assert_true(is_signaled(overlapped.hEvent));
}

static void a_routine_alone_is_ignored_or_refused(void **state)
{
    (void)state;
    SOCKET s = tcp();
    INET_PORT_RANGE range = {htons(5000), 1};
    INET_PORT_RESERVATION_INSTANCE instance;
    DWORD count;
    assert_works(
        WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, 4, &instance, 16, &count, NULL, nobody));
    CHOOSE(routine_without_overlapped, wsaeinval);
    range.StartPort = htons(5001);
    assert_wsa(
        WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, 4, &instance, 16, &count, NULL, nobody),
        WSAEINVAL);
    assert_true(is_free(5001));
}

static void connectex_is_found_and_pends(void **state)
{
    (void)state;
    SOCKET listener = tcp(), s = tcp();
    GUID id = WSAID_CONNECTEX, unknown = {0};
    LPFN_CONNECTEX connect_ex = NULL;
    struct control control = {
        SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &connect_ex, sizeof connect_ex, 0};
    SOCKADDR_IN peer = loopback(7000);
    WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
    assert_int_equal(run(s, &control), 0);
    assert_non_null(connect_ex);
    control.in = &unknown;
    assert_int_equal(run(s, &control), WSAEINVAL);
    assert_int_equal(control.count, COUNT_BEFORE);

    const struct sockaddr *name = (const struct sockaddr *)&peer;
    assert_works(bind_loopback(listener, 7000));
    assert_works(listen(listener, SOMAXCONN));
    assert_false(connect_ex(s, name, sizeof peer, NULL, 0, NULL, NULL));
    assert_int_equal(WSAGetLastError(), WSA_INVALID_PARAMETER);
    assert_false(connect_ex(s, name, sizeof peer, NULL, 0, NULL, &overlapped));
    assert_int_equal(WSAGetLastError(), WSAEINVAL);
    assert_int_equal(overlapped.Internal, STATUS_PENDING);
    assert_works(bind_loopback(s, 0));
    assert_false(connect_ex(s, name, sizeof peer, NULL, 0, NULL, &overlapped));
    assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
    assert_int_equal(overlapped.Internal, STATUS_PENDING);
    DWORD bytes, flags;
    assert_true(WSAGetOverlappedResult(s, &overlapped, &bytes, TRUE, &flags));
    assert_true(is_signaled(overlapped.hEvent));
    assert_int_equal(overlapped.Internal, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WINSOCK_TEST(a_block_is_acquired_used_and_released),
        WINSOCK_TEST(the_count_says_sixteen_or_none),
        WINSOCK_TEST(sizes_are_judged_as_the_profile_says),
        WINSOCK_TEST(the_defects_of_sizes_grant_or_leak),
        WINSOCK_TEST(an_unused_output_is_ignored_refused_or_written),
        WINSOCK_TEST(bad_pointers_are_refused_and_reserve_nothing),
        WINSOCK_TEST(the_defects_of_pointers),
        WINSOCK_TEST(the_socket_is_looked_up_before_the_count),
        WINSOCK_TEST(unknown_codes_are_refused),
        WINSOCK_TEST(the_defects_of_codes_and_byte_order),
        WINSOCK_TEST(other_sockets_and_modes_are_refused_before_the_buffers),
        WINSOCK_TEST(fionbio_and_fionread),
        WINSOCK_TEST(base_handle_keepalive_and_affinity),
        WINSOCK_TEST(an_overlapped_acquire_completes_at_once),
        WINSOCK_TEST(an_unknown_code_is_pending_before_it_fails),
        WINSOCK_TEST(a_socket_without_the_attribute_ignores_the_structure),
        WINSOCK_TEST(a_routine_alone_is_ignored_or_refused),
        WINSOCK_TEST(connectex_is_found_and_pends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
