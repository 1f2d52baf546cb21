/* A process that ends in the middle of something leaves nothing in the machine. Found by the fuzz
 * target calls: what a stopped thread held was nobody's.
 */
#include "sim/runtime/test_machine.h"

#include <ws2tcpip.h>

#include <winternl.h>

static HANDLE object; /* what the threads wait for; its handles are closed before its waits end */

static DWORD WINAPI waits(LPVOID parameter)
{
    (void)parameter;
    WaitForSingleObject(object, INFINITE);
    return 0;
}

static DWORD WINAPI waits_in_winsock(LPVOID parameter)
{
    (void)parameter;
    WSAWaitForMultipleEvents(1, &object, FALSE, WSA_INFINITE, FALSE);
    return 0;
}

static DWORD WINAPI waits_below(LPVOID parameter)
{
    (void)parameter;
    NtWaitForSingleObject(object, FALSE, NULL);
    return 0;
}

static DWORD WINAPI waits_for_messages(LPVOID parameter)
{
    (void)parameter;
    MsgWaitForMultipleObjects(1, &object, FALSE, INFINITE, QS_ALLINPUT);
    return 0;
}

static DWORD WINAPI dequeues(LPVOID parameter)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;
    (void)parameter;
    GetQueuedCompletionStatus(object, &bytes, &key, &overlapped, INFINITE);
    return 0;
}

static DWORD WINAPI dequeues_below(LPVOID parameter)
{
    IO_STATUS_BLOCK block;
    PVOID key, context;
    (void)parameter;
    NtRemoveIoCompletion(object, &key, &context, &block, NULL);
    return 0;
}

static DWORD WINAPI reads(LPVOID parameter)
{
    char byte;
    DWORD size;
    (void)parameter;
    ReadFile(object, &byte, 1, &size, NULL);
    return 0;
}

static void leave_a_thread(LPTHREAD_START_ROUTINE routine)
{
    assert_non_null(CreateThread(NULL, 0, routine, NULL, 0, NULL));
    Sleep(1);
}

static void waiting(void)
{
    object = CreateEventA(NULL, TRUE, FALSE, NULL);
    leave_a_thread(waits);
    leave_a_thread(waits_in_winsock);
    leave_a_thread(waits_below);
    leave_a_thread(waits_for_messages);
}

static void dequeuing(void)
{
    object = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 2);
    leave_a_thread(dequeues);
    leave_a_thread(dequeues_below);
}

static void reading(void)
{
    object = (HANDLE)WSASocketW(AF_INET, SOCK_DGRAM, 0, NULL, 0, 0);
    assert_int_equal(bind_port((SOCKET)object, 5000), 0);
    leave_a_thread(reads);
}

static void CALLBACK called(PVOID context, BOOLEAN timed_out)
{
    (void)context;
    (void)timed_out;
    Sleep(INFINITE);
}

static void pooling(void)
{
    HANDLE wait;
    object = CreateEventA(NULL, TRUE, FALSE, NULL);
    assert_true(RegisterWaitForSingleObject(&wait, object, called, NULL, 10, 0));
    assert_true(RegisterWaitForSingleObject(&wait, object, called, NULL, INFINITE, 0));
    Sleep(20);
}

static void CALLBACK moved(DWORD error, DWORD bytes, OVERLAPPED *overlapped)
{
    (void)error;
    (void)bytes;
    (void)overlapped;
    Sleep(INFINITE);
}

/* One packet is taken; what the other says nobody hears. */
static void receiving(void)
{
    static OVERLAPPED overlapped[2];
    static char byte;
    WSABUF buffer = {1, &byte};
    DWORD flags = 0;
    SOCKET s = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind_port(s, 5000), 0);
    assert_true(BindIoCompletionCallback((HANDLE)s, moved, 0));
    for (int i = 0; i < 2; i++)
        WSARecv(s, &buffer, 1, NULL, &flags, &overlapped[i], NULL);
    assert_true(CancelIoEx((HANDLE)s, NULL));
}

static void resolving(void)
{
    ADDRINFOA *found;
    ADDRINFOW *wide;
    assert_int_equal(getaddrinfo("localhost", "80", NULL, &found), 0);
    assert_int_equal(getaddrinfo("127.0.0.1", "80", NULL, &found), 0);
    assert_int_equal(GetAddrInfoW((const WCHAR *)u"localhost", NULL, NULL, &wide), 0);
    freeaddrinfo(found);
}

static void leaves_nothing(void (*part)(void))
{
    struct berth *machine = new_machine(3);
    size_t used = 0;
    assert_true(berth_boot(machine));
    for (int i = 0; i < 6; i++) {
        WSADATA data;
        assert_int_equal(berth_enter(machine, &standard), 0);
        assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
        part();
        berth_leave(machine);
        berth_check(machine);
        if (i == 1)
            used = berth_memory_used(machine);
    }
    assert_int_equal(berth_memory_used(machine), used);
    berth_free(machine);
}

static void threads_that_wait_leave_nothing(void **state)
{
    (void)state;
    leaves_nothing(waiting);
}

static void threads_at_a_port_leave_nothing(void **state)
{
    (void)state;
    leaves_nothing(dequeuing);
}

static void a_thread_that_reads_leaves_nothing(void **state)
{
    (void)state;
    leaves_nothing(reading);
}

static void a_pool_that_waits_leaves_nothing(void **state)
{
    (void)state;
    leaves_nothing(pooling);
}

static void results_nobody_took_leave_nothing(void **state)
{
    (void)state;
    leaves_nothing(receiving);
}

static void addresses_nobody_freed_are_gone_with_the_process(void **state)
{
    (void)state;
    leaves_nothing(resolving);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_that_wait_leave_nothing),
        cmocka_unit_test(threads_at_a_port_leave_nothing),
        cmocka_unit_test(a_thread_that_reads_leaves_nothing),
        cmocka_unit_test(a_pool_that_waits_leaves_nothing),
        cmocka_unit_test(results_nobody_took_leave_nothing),
        cmocka_unit_test(addresses_nobody_freed_are_gone_with_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
