/* WSAIoctl's own manners, by codes that have been watched on Windows for long: sizes, counts and
 * what an OVERLAPPED shows afterwards.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

enum { COUNT_BEFORE = 0x5A5A5A5A, CANARY = 0xC7 };

static const DWORD ASKING[] = {FIONREAD, SIOCATMARK};

static unsigned ask(SOCKET s, DWORD code, void *output, DWORD size, DWORD *returned)
{
    *returned = COUNT_BEFORE;
    return winsock_outcome(WSAIoctl(s, code, NULL, 0, output, size, returned, NULL, NULL));
}

static unsigned tell(SOCKET s, DWORD code, void *input, DWORD size, DWORD *returned)
{
    *returned = COUNT_BEFORE;
    return winsock_outcome(WSAIoctl(s, code, input, size, NULL, 0, returned, NULL, NULL));
}

/* ---- FIONREAD and SIOCATMARK ----------------------------------------------------------------- */

static void a_fresh_socket_has_nothing_to_read(void)
{
    const u_long expected[] = {0, TRUE};
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
        u_long words[3] = {7, 7, 7};
        DWORD returned;
        assert_int_equal(ask(s, ASKING[i], &words[1], sizeof(u_long), &returned), 0);
        assert_int_equal(returned, sizeof(u_long));
        assert_int_equal(words[1], expected[i]);
        assert_int_equal(words[0], 7);
        assert_int_equal(words[2], 7);
        assert_int_equal(ask(s, ASKING[i], words, sizeof(words), &returned), 0);
        assert_int_equal(returned, sizeof(u_long));
        assert_int_equal(words[2], 7);
        close_socket(s);
    }
    END_WINSOCK();
}

static void a_short_output_is_a_fault_and_leaves_the_count(void)
{
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
        u_long word = 7;
        DWORD returned;
        assert_int_equal(ask(s, ASKING[i], &word, sizeof(word) - 1, &returned), WSAEFAULT);
        assert_int_equal(returned, COUNT_BEFORE);
        assert_int_equal(word, 7);
        close_socket(s);
    }
    END_WINSOCK();
}

static void a_bad_output_is_a_fault(void)
{
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
        for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
            DWORD returned;
            void *bad = testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(u_long));
            assert_int_equal(ask(s, ASKING[i], bad, sizeof(u_long), &returned), WSAEFAULT);
        }
        close_socket(s);
    }
    END_WINSOCK();
}

/* ---- FIONBIO --------------------------------------------------------------------------------- */

static void fionbio_needs_four_bytes(void)
{
    u_long words[2] = {1, 1};
    DWORD returned;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(tell(s, (DWORD)FIONBIO, words, 3, &returned), WSAEFAULT);
    assert_int_equal(tell(s, (DWORD)FIONBIO, words, 4, &returned), 0);
    assert_int_equal(returned, 0);
    assert_int_equal(tell(s, (DWORD)FIONBIO, words, 5, &returned), 0);
    assert_int_equal(returned, 0);
    close_socket(s);
    END_WINSOCK();
}

static void fionbio_reads_no_bad_memory(void)
{
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_DGRAM);
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        void *bad = testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(u_long));
        DWORD returned;
        if (kind != TESTBED_READ_ONLY)
            assert_int_equal(tell(s, (DWORD)FIONBIO, bad, sizeof(u_long), &returned), WSAEFAULT);
    }
    close_socket(s);
    END_WINSOCK();
}

static void fionbio_ignores_its_output(void)
{
    void *bad = testbed_bad_pointer(TESTBED_NO_ACCESS, 4);
    u_long on = 1;
    DWORD returned = COUNT_BEFORE;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(WSAIoctl(s, (DWORD)FIONBIO, &on, sizeof(on), bad, 4, &returned, NULL, NULL),
                     0);
    assert_int_equal(returned, 0);
    close_socket(s);
    END_WINSOCK();
}

static void ioctlsocket_with_a_bad_argument_is_a_fault(void)
{
    const long codes[] = {(long)FIONBIO, FIONREAD, SIOCATMARK};
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    for (int i = 0; i < 3; i++) {
        u_long *bad = testbed_bad_pointer(TESTBED_UNMAPPED, sizeof(u_long));
        assert_fails_with(ioctlsocket(s, codes[i], bad), WSAEFAULT);
    }
    close_socket(s);
    END_WINSOCK();
}

/* ---- SIO_KEEPALIVE_VALS ---------------------------------------------------------------------- */

static void keepalive_values_need_their_structure(void)
{
    struct tcp_keepalive values = {1, 0, 0};
    DWORD returned;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(tell(s, SIO_KEEPALIVE_VALS, &values, sizeof(values), &returned), 0);
    assert_int_equal(returned, 0);
    assert_int_equal(tell(s, SIO_KEEPALIVE_VALS, &values, 0, &returned), WSAEFAULT);
    assert_int_equal(returned, 0);
    assert_int_equal(tell(s, SIO_KEEPALIVE_VALS, &values, sizeof(values) - 1, &returned),
                     WSAEFAULT);
    assert_int_equal(tell(s, SIO_KEEPALIVE_VALS, NULL, sizeof(values), &returned), WSAEFAULT);
    assert_int_equal(returned, 0);
    close_socket(s);
    END_WINSOCK();
}

/* The generic page's example of an option that the protocol does not have. */
static void keepalive_values_are_no_option_of_udp(void)
{
    struct tcp_keepalive values = {1, 0, 0};
    DWORD returned;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(tell(s, SIO_KEEPALIVE_VALS, &values, sizeof(values), &returned),
                     WSAENOPROTOOPT);
    close_socket(s);
    END_WINSOCK();
}

static void an_affinity_needs_its_structure(void)
{
    USHORT processor = 0;
    DWORD returned;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_DGRAM);
    assert_one_of(tell(s, SIO_CPU_AFFINITY, &processor, 1, &returned), WSAEFAULT, WSAEINVAL);
    assert_int_equal(tell(s, SIO_CPU_AFFINITY, &processor, sizeof(processor), &returned), 0);
    close_socket(s);
    END_WINSOCK();
}

/* ---- Extension functions and base handles ---------------------------------------------------- */

static unsigned find_extension(SOCKET s, GUID id, void *output, DWORD size, DWORD *returned)
{
    *returned = COUNT_BEFORE;
    return winsock_outcome(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof(id), output,
                                    size, returned, NULL, NULL));
}

static void connectex_is_found_by_its_guid(void)
{
    const GUID id = WSAID_CONNECTEX;
    LPFN_CONNECTEX connect_ex = NULL;
    DWORD returned;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(find_extension(s, id, &connect_ex, sizeof(connect_ex), &returned), 0);
    assert_int_equal(returned, sizeof(connect_ex));
    assert_true(connect_ex != NULL);
    assert_one_of(find_extension(s, id, &connect_ex, sizeof(connect_ex) - 1, &returned), WSAEFAULT,
                  WSAEINVAL);
    close_socket(s);
    END_WINSOCK();
}

static void a_guid_nobody_knows_is_invalid(void)
{
    GUID id = WSAID_CONNECTEX;
    void *found = NULL;
    DWORD returned;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    id.Data4[7] ^= 1;
    assert_int_equal(find_extension(s, id, &found, sizeof(found), &returned), WSAEINVAL);
    assert_null(found);
    assert_one_of(
        winsock_outcome(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof(id) - 1, &found,
                                 sizeof(found), &returned, NULL, NULL)),
        WSAEFAULT, WSAEINVAL);
    close_socket(s);
    END_WINSOCK();
}

static void the_base_handle_is_the_socket(void)
{
    SOCKET base = INVALID_SOCKET;
    DWORD returned;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(ask(s, SIO_BASE_HANDLE, &base, sizeof(base), &returned), 0);
    assert_int_equal(returned, sizeof(base));
    assert_true(base == s);
    base = INVALID_SOCKET;
    assert_int_not_equal(ask(s, SIO_BASE_HANDLE, &base, sizeof(base) - 1, &returned), 0);
    assert_true(base == INVALID_SOCKET);
    close_socket(s);
    END_WINSOCK();
}

/* ---- What an OVERLAPPED shows ---------------------------------------------------------------- */

static WSAOVERLAPPED marked_overlapped(void)
{
    WSAOVERLAPPED overlapped;
    memset(&overlapped, CANARY, sizeof(overlapped));
    overlapped.hEvent = WSACreateEvent();
    assert_true(overlapped.hEvent != WSA_INVALID_EVENT);
    return overlapped;
}

static bool is_marked(const WSAOVERLAPPED *overlapped)
{
    WSAOVERLAPPED marked;
    memset(&marked, CANARY, sizeof(marked));
    return overlapped->Internal == marked.Internal &&
           overlapped->InternalHigh == marked.InternalHigh;
}

/* The status, which is a part of Internal only: nobody promises the bytes above it. */
static ULONG status_of(const WSAOVERLAPPED *overlapped)
{
    return (ULONG)overlapped->Internal;
}

/* Answered without the kernel: the count is the caller's to read, the structure says zero bytes. */
static void what_winsock_answers_itself_is_there_at_once(void)
{
    START_WINSOCK();
    for (int i = 0; i < 2; i++) {
        const SOCKET s = open_socket(AF_INET, SOCK_STREAM);
        WSAOVERLAPPED overlapped = marked_overlapped();
        u_long word = 7;
        DWORD returned = COUNT_BEFORE;
        assert_int_equal(
            WSAIoctl(s, ASKING[i], NULL, 0, &word, sizeof(word), &returned, &overlapped, NULL), 0);
        assert_int_equal(returned, sizeof(word));
        assert_int_equal(status_of(&overlapped), 0);
        assert_int_equal(overlapped.InternalHigh, 0);
        assert_int_equal(word, i);
        assert_true(WSACloseEvent(overlapped.hEvent));
        close_socket(s);
    }
    END_WINSOCK();
}

static void a_refused_guid_does_not_touch_the_overlapped(void)
{
    GUID id = WSAID_CONNECTEX;
    WSAOVERLAPPED overlapped;
    void *found = NULL;
    DWORD returned = COUNT_BEFORE;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    overlapped = marked_overlapped();
    id.Data1 ^= 1;
    assert_fails_with(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof(id), &found,
                               sizeof(found), &returned, &overlapped, NULL),
                      WSAEINVAL);
    assert_int_equal(returned, COUNT_BEFORE);
    assert_true(is_marked(&overlapped));
    assert_true(WSACloseEvent(overlapped.hEvent));
    close_socket(s);
    END_WINSOCK();
}

static void the_base_handle_is_not_to_be_had_overlapped(void)
{
    WSAOVERLAPPED overlapped;
    SOCKET base = INVALID_SOCKET;
    DWORD returned = COUNT_BEFORE;
    DWORD bytes = 0;
    DWORD flags = 0;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    overlapped = marked_overlapped();
    assert_fails_with(
        WSAIoctl(s, SIO_BASE_HANDLE, NULL, 0, &base, sizeof(base), &returned, &overlapped, NULL),
        WSA_IO_PENDING);
    assert_int_equal(WSAWaitForMultipleEvents(1, &overlapped.hEvent, TRUE, 10000, FALSE),
                     WSA_WAIT_EVENT_0);
    assert_false(WSAGetOverlappedResult(s, &overlapped, &bytes, FALSE, &flags));
    assert_int_equal(WSAGetLastError(), WSAEOPNOTSUPP);
    assert_true(base == INVALID_SOCKET);
    assert_true(WSACloseEvent(overlapped.hEvent));
    close_socket(s);
    END_WINSOCK();
}

/* Begun, as the structure says, and refused: it will not end (seen on Windows). */
static void what_the_kernel_refuses_leaves_the_overlapped_pending(void)
{
    const ULONG pending = 0x103;
    struct tcp_keepalive values = {1, 0, 0};
    WSAOVERLAPPED overlapped;
    ULONG_PTR high;
    DWORD returned = COUNT_BEFORE;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET, SOCK_STREAM);
    overlapped = marked_overlapped();
    high = (ULONG_PTR)overlapped.InternalHigh;
    assert_fails_with(WSAIoctl(s, SIO_KEEPALIVE_VALS, &values, sizeof(values) - 1, NULL, 0,
                               &returned, &overlapped, NULL),
                      WSAEFAULT);
    assert_int_equal(returned, COUNT_BEFORE);
    assert_int_equal(status_of(&overlapped), pending);
    assert_true((ULONG_PTR)overlapped.InternalHigh == high);
    assert_true(WSACloseEvent(overlapped.hEvent));
    close_socket(s);
    END_WINSOCK();
}

static void what_the_kernel_answers_at_once_is_a_success(void)
{
    struct tcp_keepalive values = {1, 1000, 1000};
    WSAOVERLAPPED overlapped;
    DWORD returned = COUNT_BEFORE;
    SOCKET s;
    START_WINSOCK();
    s = open_socket(AF_INET6, SOCK_STREAM);
    overlapped = marked_overlapped();
    assert_int_equal(WSAIoctl(s, SIO_KEEPALIVE_VALS, &values, sizeof(values), NULL, 0, &returned,
                              &overlapped, NULL),
                     0);
    assert_int_equal(status_of(&overlapped), 0);
    assert_int_equal(overlapped.InternalHigh, 0);
    assert_int_equal(WaitForSingleObject(overlapped.hEvent, 0), WAIT_OBJECT_0);
    assert_true(WSACloseEvent(overlapped.hEvent));
    close_socket(s);
    END_WINSOCK();
}

static const struct suite_case cases[] = {
    CASE(a_fresh_socket_has_nothing_to_read, IOCTL_001, IOCTL_014),
    CASE(a_short_output_is_a_fault_and_leaves_the_count, IOCTL_002),
    CASE(a_bad_output_is_a_fault, IOCTL_002),
    CASE(fionbio_needs_four_bytes, IOCTL_001, IOCTL_002),
    CASE(fionbio_reads_no_bad_memory, IOCTL_002),
    CASE(fionbio_ignores_its_output, IOCTL_002, IOCTL_014),
    CASE(ioctlsocket_with_a_bad_argument_is_a_fault, IOCTL_002),
    CASE(keepalive_values_need_their_structure, IOCTL_001, IOCTL_002),
    CASE(keepalive_values_are_no_option_of_udp, IOCTL_005),
    CASE(an_affinity_needs_its_structure, IOCTL_002),
    CASE(connectex_is_found_by_its_guid, IOCTL_001, IOCTL_014),
    CASE(a_guid_nobody_knows_is_invalid, IOCTL_003),
    CASE(the_base_handle_is_the_socket, IOCTL_001, IOCTL_014),
    CASE(what_winsock_answers_itself_is_there_at_once, IOCTL_001),
    CASE(a_refused_guid_does_not_touch_the_overlapped, IOCTL_003),
    CASE(the_base_handle_is_not_to_be_had_overlapped, IOCTL_004),
    CASE(what_the_kernel_refuses_leaves_the_overlapped_pending, IOCTL_002),
    CASE(what_the_kernel_answers_at_once_is_a_success, IOCTL_001),
    END_OF_CASES,
};

const struct suite ioctl_codes_suite = {
    .name = "ioctl_codes",
    .about = "WSAIoctl itself, by codes that are well known",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
