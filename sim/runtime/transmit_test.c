/* TransmitFile and TransmitPackets past what the suite judges: handles, rights, flags, cancelling.
 */
#include "sim/runtime/test_guest.h"

#include <mswsock.h>

static SOCKET listener, client, server;
static HANDLE file;

static SOCKET accept_one(void)
{
    SOCKET s = accept(listener, NULL, NULL);
    assert_int_not_equal(s, INVALID_SOCKET);
    return s;
}

static int connect_to_listener(SOCKET s)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_port = htons((USHORT)port_of(listener));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connect(s, (const struct sockaddr *)&address, sizeof address);
}

static HANDLE make_file(DWORD access, DWORD flags)
{
    DWORD count;
    HANDLE made = CreateFileA("x", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    assert_true(WriteFile(made, "0123456789", 10, &count, NULL));
    CloseHandle(made);
    made = CreateFileA("x", access, FILE_SHARE_READ, NULL, OPEN_EXISTING, flags, NULL);
    assert_ptr_not_equal(made, INVALID_HANDLE_VALUE);
    return made;
}

static int enter(void **state)
{
    (void)state;
    enter_machine(9);
    listener = tcp_socket();
    client = tcp_socket();
    assert_int_equal(bind_port(listener, 0), 0);
    assert_int_equal(listen(listener, 5), 0);
    assert_int_equal(connect_to_listener(client), 0);
    server = accept_one();
    file = make_file(GENERIC_READ, 0);
    return 0;
}

#define GUEST_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

static void expect(SOCKET s, const char *text)
{
    char got[64];
    int done = 0, size = (int)strlen(text);
    while (done < size) {
        int count = recv(s, got + done, (int)sizeof got - done, 0);
        assert_true(count > 0);
        done += count;
    }
    assert_int_equal(done, size);
    assert_memory_equal(got, text, done);
}

static DWORD transmit(HANDLE handle, DWORD size, OVERLAPPED *overlapped, DWORD flags)
{
    return TransmitFile(client, handle, size, 0, overlapped, NULL, flags)
               ? 0
               : (DWORD)WSAGetLastError();
}

static LPFN_TRANSMITPACKETS find_transmitpackets(void)
{
    GUID id = WSAID_TRANSMITPACKETS;
    LPFN_TRANSMITPACKETS function = NULL;
    DWORD size;
    assert_int_equal(WSAIoctl(client, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function,
                              sizeof function, &size, NULL, NULL),
                     0);
    return function;
}

/* ---- Handles and rights ---------------------------------------------------------------------- */

static void only_a_file_that_may_be_read_is_sent(void **state)
{
    (void)state;
    HANDLE from, to,
        folder = CreateFileA("C:\\Berth", GENERIC_READ, 7, NULL, OPEN_EXISTING,
                             FILE_FLAG_BACKUP_SEMANTICS, NULL);
    assert_true(CreatePipe(&from, &to, NULL, 0));
    assert_int_equal(transmit((HANDLE)client, 0, NULL, 0), WSAENOTSOCK);
    assert_int_equal(transmit(from, 0, NULL, 0), WSAENOTSOCK);
    assert_int_equal(transmit(folder, 0, NULL, 0), WSAENOTSOCK);
    CloseHandle(file);
    file = make_file(GENERIC_WRITE, 0);
    assert_int_equal(transmit(file, 0, NULL, 0), WSAEACCES);
    assert_int_equal(send(client, "x", 1, 0), 1);
    expect(server, "x");
    CloseHandle(from);
    CloseHandle(to);
    CloseHandle(folder);
}

static void a_file_opened_overlapped_has_no_position(void **state)
{
    (void)state;
    OVERLAPPED at = {.Offset = 7};
    DWORD bytes;
    CloseHandle(file);
    file = make_file(GENERIC_READ, FILE_FLAG_OVERLAPPED);
    assert_int_equal(transmit(file, 2, &at, 0), WSA_IO_PENDING);
    assert_true(GetOverlappedResult((HANDLE)client, &at, &bytes, TRUE));
    assert_int_equal(bytes, 2);
    assert_int_equal(transmit(file, 2, NULL, 0), 0);
    assert_int_equal(transmit(file, 2, NULL, 0), 0);
    expect(server, "780101");
}

static void a_refusal_leaves_the_position(void **state)
{
    (void)state;
    OVERLAPPED far = {.OffsetHigh = 0xF0000000};
    assert_int_equal(SetFilePointer(file, 4, NULL, FILE_BEGIN), 4);
    assert_int_equal(transmit(file, 2, &far, 0), WSAEINVAL);
    assert_int_equal(transmit(file, 2, NULL, 0x80), WSAEINVAL);
    assert_int_equal(shutdown(client, SD_SEND), 0);
    assert_int_equal(transmit(file, 2, NULL, 0), WSAESHUTDOWN);
    assert_int_equal(SetFilePointer(file, 0, NULL, FILE_CURRENT), 4);
}

static void a_full_arena_sends_nothing(void **state)
{
    (void)state;
    for (uint64_t n = 1; n <= 4; n++) {
        OVERLAPPED overlapped = {0};
        berth_fail_allocation(machine, n);
        DWORD error = transmit(file, 0, &overlapped, 0);
        berth_fail_allocation(machine, 0);
        assert_int_equal(error, WSAENOBUFS);
    }
    assert_int_equal(transmit(file, 0, NULL, 0), 0);
    expect(server, "0123456789");
}

static void too_much_at_once_is_refused(void **state)
{
    (void)state;
    TRANSMIT_PACKETS_ELEMENT elements[3];
    char *memory = VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    for (int i = 0; i < 3; i++)
        elements[i] = (TRANSMIT_PACKETS_ELEMENT){.dwElFlags = TP_ELEMENT_FILE, .hFile = file};
    elements[1].dwElFlags = 8;
    assert_false(find_transmitpackets()(client, elements, 3, 0, NULL, 0));
    assert_int_equal(WSAGetLastError(), WSAEINVAL);
    elements[1] = (TRANSMIT_PACKETS_ELEMENT){
        .dwElFlags = TP_ELEMENT_MEMORY, .pBuffer = memory, .cLength = 5000};
    assert_false(find_transmitpackets()(client, elements, 3, 0, NULL, 0));
    assert_int_equal(WSAGetLastError(), WSAEFAULT);
    elements[1] = (TRANSMIT_PACKETS_ELEMENT){
        .dwElFlags = TP_ELEMENT_FILE, .hFile = file, .nFileOffset.QuadPart = -2};
    assert_false(find_transmitpackets()(client, elements, 3, 0, NULL, 0));
    assert_int_equal(WSAGetLastError(), WSAEINVAL);
    VirtualFree(memory, 0, MEM_RELEASE);
}

/* ---- Ending and using again ------------------------------------------------------------------ */

static BOOL connectex(SOCKET s, OVERLAPPED *overlapped)
{
    GUID id = WSAID_CONNECTEX;
    LPFN_CONNECTEX function = NULL;
    DWORD size;
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_port = htons((USHORT)port_of(listener));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function,
                              sizeof function, &size, NULL, NULL),
                     0);
    return function(s, (const struct sockaddr *)&address, sizeof address, NULL, 0, NULL,
                    overlapped);
}

/* The other side ends first, so that no TIME_WAIT is left here. */
static void a_socket_that_was_reused_connects_again(void **state)
{
    (void)state;
    OVERLAPPED overlapped = {0};
    DWORD bytes;
    char byte;
    assert_int_equal(shutdown(server, SD_SEND), 0);
    assert_int_equal(recv(client, &byte, 1, 0), 0);
    assert_int_equal(transmit(file, 3, NULL, TF_DISCONNECT | TF_REUSE_SOCKET), 0);
    expect(server, "012");
    assert_int_equal(closesocket(server), 0);
    assert_int_equal(bind_port(client, 0), 0);
    assert_false(connectex(client, &overlapped));
    assert_int_equal(WSAGetLastError(), WSA_IO_PENDING);
    assert_true(GetOverlappedResult((HANDLE)client, &overlapped, &bytes, TRUE));
    server = accept_one();
    assert_int_equal(transmit(file, 2, NULL, 0), 0);
    expect(server, "34");
}

static void tf_reuse_socket_alone_says_nothing(void **state)
{
    (void)state;
    assert_int_equal(transmit(file, 3, NULL, TF_REUSE_SOCKET), 0);
    assert_int_equal(transmit(file, 3, NULL, TF_WRITE_BEHIND), 0);
    expect(server, "012345");
}

static void nothing_is_sent_behind_tf_disconnect(void **state)
{
    (void)state;
    char byte;
    assert_int_equal(transmit(file, 3, NULL, TF_DISCONNECT), 0);
    assert_int_equal(send(client, "x", 1, 0), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAESHUTDOWN);
    expect(server, "012");
    assert_int_equal(recv(server, &byte, 1, 0), 0);
    assert_int_equal(send(server, "y", 1, 0), 1);
    assert_int_equal(recv(client, &byte, 1, 0), 1);
}

/* The peer does not close its side: the request pends until it is cancelled. */
static void waiting_for_the_other_side_can_be_cancelled(void **state)
{
    (void)state;
    OVERLAPPED overlapped = {0};
    DWORD bytes;
    char byte;
    assert_int_equal(transmit(file, 3, &overlapped, TF_DISCONNECT | TF_REUSE_SOCKET),
                     WSA_IO_PENDING);
    expect(server, "012");
    assert_int_equal(recv(server, &byte, 1, 0), 0);
    Sleep(100);
    assert_false(HasOverlappedIoCompleted(&overlapped));
    assert_true(CancelIoEx((HANDLE)client, &overlapped));
    assert_false(GetOverlappedResult((HANDLE)client, &overlapped, &bytes, TRUE));
    assert_int_equal(GetLastError(), ERROR_OPERATION_ABORTED);
}

static DWORD WINAPI take_all(LPVOID count)
{
    char bytes[1000];
    int got;
    while ((got = recv(server, bytes, sizeof bytes, 0)) > 0)
        *(DWORD *)count += (DWORD)got;
    closesocket(server);
    return 0;
}

/* The send has to wait for room, and then for the end of the connection. */
static void a_large_file_is_sent_whole_before_the_socket_is_free(void **state)
{
    (void)state;
    enum { SIZE = 300000 };
    static char large[SIZE];
    DWORD count = 0;
    CloseHandle(file);
    file = CreateFileA("l", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    assert_true(WriteFile(file, large, SIZE, &count, NULL));
    assert_int_equal(SetFilePointer(file, 0, NULL, FILE_BEGIN), 0);
    count = 0;
    HANDLE thread = CreateThread(NULL, 0, take_all, &count, 0, NULL);
    assert_int_equal(transmit(file, 0, NULL, TF_DISCONNECT | TF_REUSE_SOCKET), 0);
    assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
    assert_int_equal(count, SIZE);
    assert_int_equal(bind_port(client, 0), 0);
    CloseHandle(thread);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(only_a_file_that_may_be_read_is_sent),
        GUEST_TEST(a_file_opened_overlapped_has_no_position),
        GUEST_TEST(a_refusal_leaves_the_position),
        GUEST_TEST(a_full_arena_sends_nothing),
        GUEST_TEST(too_much_at_once_is_refused),
        GUEST_TEST(a_socket_that_was_reused_connects_again),
        GUEST_TEST(tf_reuse_socket_alone_says_nothing),
        GUEST_TEST(nothing_is_sent_behind_tf_disconnect),
        GUEST_TEST(waiting_for_the_other_side_can_be_cancelled),
        GUEST_TEST(a_large_file_is_sent_whole_before_the_socket_is_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
