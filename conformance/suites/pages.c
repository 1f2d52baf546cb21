/* Memory that ends at a page without access: a buffer is good to its last byte and no further. */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

enum { PAGE = 4096 };

/* `size` bytes that end where a page without access begins. */
static void *last_bytes(size_t size)
{
    DWORD before = 0;
    char *const pages = VirtualAlloc(NULL, 2 * PAGE, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    assert_non_null(pages);
    assert_true(VirtualProtect(pages + PAGE, PAGE, PAGE_NOACCESS, &before));
    assert_int_equal(before, PAGE_READWRITE);
    return pages + PAGE - size;
}

/* The same bytes, to be read only. */
static void make_read_only(void *bytes)
{
    DWORD before = 0;
    assert_true(VirtualProtect(bytes, 1, PAGE_READONLY, &before));
    assert_int_equal(before, PAGE_READWRITE);
}

static void buffers_may_lie_at_the_end_of_their_page(void)
{
    const USHORT port = free_ports(3);
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    const SOCKET other = tcp_socket();
    INET_PORT_RANGE *const range = last_bytes(sizeof(*range));
    INET_PORT_RESERVATION_INSTANCE *const instance = last_bytes(sizeof(*instance));
    DWORD *const returned = last_bytes(sizeof(*returned));
    ULONG64 *const token = last_bytes(sizeof(*token));
    struct sockaddr_in *const name = last_bytes(sizeof(*name));
    int *const size = last_bytes(sizeof(*size));
    range->StartPort = htons(port);
    range->NumberOfPorts = 2;
    make_read_only(range);
    assert_int_equal(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, range, sizeof(*range),
                                       instance, sizeof(*instance), returned, NULL, NULL),
                     0);
    assert_int_equal(*returned, sizeof(*instance));
    *token = instance->Token;
    make_read_only(token);
    assert_int_equal(reservation_ioctl(s, SIO_ASSOCIATE_PORT_RESERVATION, token, sizeof(*token),
                                       NULL, 0, returned, NULL, NULL),
                     0);
    *name = ipv4_address(INADDR_LOOPBACK, (USHORT)(port + 2));
    make_read_only(name);
    assert_int_equal(bind(other, (const struct sockaddr *)name, sizeof(*name)), 0);
    struct sockaddr_in *const out = last_bytes(sizeof(*out));
    *size = sizeof(*out);
    assert_int_equal(getsockname(other, (struct sockaddr *)out, size), 0);
    assert_int_equal(ntohs(out->sin_port), port + 2);
    *size = sizeof(*out);
    make_read_only(out);
    assert_fails_with(getsockname(other, (struct sockaddr *)out, size), WSAEFAULT);
    close_socket(other);
    close_socket(s);
    END_WINSOCK();
}

/* What a call only reads, it never asks to write. */
static void what_is_only_read_may_lie_in_read_only_memory(void)
{
    const struct sockaddr_in peer = ipv4_address(INADDR_LOOPBACK, free_ports(1));
    DWORD returned = 0;
    START_WINSOCK();
    const SOCKET s = udp_socket();
    u_long *const on = last_bytes(sizeof(*on));
    WSAPROTOCOL_INFOW *const wide = last_bytes(sizeof(*wide));
    WSAPROTOCOL_INFOA *const narrow = last_bytes(sizeof(*narrow));
    struct sockaddr_in *const to = last_bytes(sizeof(*to));
    WSABUF *const buffer = last_bytes(sizeof(*buffer));
    char *const text = last_bytes(5);
    *on = 1;
    *to = peer;
    buffer->len = 5;
    buffer->buf = text;
    assert_int_equal(WSADuplicateSocketW(s, GetCurrentProcessId(), wide), 0);
    assert_int_equal(WSADuplicateSocketA(s, GetCurrentProcessId(), narrow), 0);
    make_read_only(on);
    make_read_only(wide);
    make_read_only(narrow);
    make_read_only(to);
    make_read_only(buffer);
    make_read_only(text);
    const SOCKET one = WSASocketW(0, 0, 0, wide, 0, 0);
    const SOCKET two = WSASocketA(0, 0, 0, narrow, 0, 0);
    assert_true(one != INVALID_SOCKET && two != INVALID_SOCKET);
    assert_int_equal(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, (const char *)on, sizeof(*on)), 0);
    assert_int_equal(WSAIoctl(s, (DWORD)FIONBIO, on, sizeof(*on), NULL, 0, &returned, NULL, NULL),
                     0);
    assert_int_equal(
        WSASendTo(s, buffer, 1, &returned, 0, (const struct sockaddr *)to, sizeof(*to), NULL, NULL),
        0);
    assert_int_equal(returned, 5);
    assert_int_equal(connect(s, (const struct sockaddr *)to, sizeof(*to)), 0);
    assert_int_equal(sendto(s, text, 5, 0, NULL, 0), 5);
    close_socket(one);
    close_socket(two);
    close_socket(s);
    END_WINSOCK();
}

/* Each byte short of good memory makes a bad pointer, at either end. */
static void a_buffer_is_bad_by_one_byte(void)
{
    const struct sockaddr_in good = ipv4_address(INADDR_LOOPBACK, free_ports(1));
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    for (size_t missing = 1; missing < sizeof(good); missing++) {
        const char *const name = last_bytes(sizeof(good) - missing);
        assert_fails_with(bind(s, (const struct sockaddr *)(const void *)name, sizeof(good)),
                          WSAEFAULT);
    }
    char *const pages = VirtualAlloc(NULL, 2 * PAGE, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    DWORD before = 0;
    assert_non_null(pages);
    assert_true(VirtualProtect(pages, PAGE, PAGE_NOACCESS, &before));
    memcpy(pages + PAGE, &good, sizeof(good));
    assert_fails_with(
        bind(s, (const struct sockaddr *)(const void *)(pages + PAGE - 1), sizeof(good)),
        WSAEFAULT);
    assert_int_equal(bind(s, (const struct sockaddr *)(const void *)(pages + PAGE), sizeof(good)),
                     0);
    close_socket(s);
    END_WINSOCK();
}

static void a_page_has_the_protection_it_was_given_last(void)
{
    DWORD before = 0;
    char *const pages = VirtualAlloc(NULL, 3 * PAGE, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    assert_non_null(pages);
    memset(pages, 1, 3 * PAGE);
    assert_true(VirtualProtect(pages + PAGE + 10, 1, PAGE_READONLY, &before));
    assert_int_equal(before, PAGE_READWRITE);
    assert_int_equal(pages[PAGE + 100], 1);
    pages[PAGE - 1] = pages[2 * PAGE] = 2;
    assert_true(VirtualProtect(pages + PAGE - 1, 2, PAGE_NOACCESS, &before));
    assert_int_equal(before, PAGE_READWRITE);
    assert_true(VirtualProtect(pages + PAGE, 1, PAGE_READWRITE, &before));
    assert_int_equal(before, PAGE_NOACCESS);
    assert_int_equal(pages[PAGE], 1);
    assert_false(VirtualProtect(pages, 1, PAGE_READONLY, (PDWORD)(void *)pages));
    assert_int_equal(GetLastError(), ERROR_NOACCESS);
    SetLastError(0);
    assert_false(VirtualProtect(pages, 0, PAGE_READONLY, &before));
    assert_int_not_equal(GetLastError(), 0);
    SetLastError(0);
    assert_false(VirtualProtect(pages, 1, 0x12345, &before));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    SetLastError(0);
    assert_false(VirtualFree(pages, 1, MEM_RELEASE));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_false(VirtualFree(pages + PAGE, 0, MEM_RELEASE));
    assert_true(VirtualFree(pages, 0, MEM_RELEASE));
    SetLastError(0);
    assert_false(VirtualFree(pages, 0, MEM_RELEASE));
    assert_int_equal(GetLastError(), ERROR_INVALID_ADDRESS);
    SetLastError(0);
    assert_null(VirtualAlloc(NULL, 0, MEM_COMMIT, PAGE_READWRITE));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

static void pages_are_zero_and_may_be_read_only_from_the_start(void)
{
    const char *const pages = VirtualAlloc(NULL, PAGE, MEM_COMMIT | MEM_RESERVE, PAGE_READONLY);
    const INET_PORT_RANGE range = {htons(free_ports(1)), 1};
    DWORD returned = 0;
    assert_non_null(pages);
    for (int i = 0; i < PAGE; i++)
        assert_int_equal(pages[i], 0);
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_fails_with(reservation_ioctl(s, SIO_ACQUIRE_PORT_RESERVATION, (void *)(ULONG_PTR)&range,
                                        sizeof(range), (void *)(ULONG_PTR)pages,
                                        sizeof(INET_PORT_RESERVATION_INSTANCE), &returned, NULL,
                                        NULL),
                      WSAEFAULT);
    close_socket(s);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(buffers_may_lie_at_the_end_of_their_page, ACQ_003, ACQ_006, ASSOC_008, BIND_014),
    CASE(what_is_only_read_may_lie_in_read_only_memory, BIND_025, SHR_003),
    CASE(a_buffer_is_bad_by_one_byte, BIND_014),
    CASE(a_page_has_the_protection_it_was_given_last, ERR_005),
    CASE(pages_are_zero_and_may_be_read_only_from_the_start, ERR_005),
    END_OF_CASES,
};
// clang-format on

const struct suite pages_suite = {
    .name = "pages",
    .about = "Buffers at the edges of memory",
    .user = TESTBED_STANDARD,
    .cases = cases,
};
