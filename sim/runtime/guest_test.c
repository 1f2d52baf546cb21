#include "sim/runtime/test_machine.h"

static void a_spawned_process_has_handles_and_a_last_error_of_its_own(void **state)
{
    (void)state;
    struct berth *machine = new_machine(1);
    struct berth_process *first, *second;
    WSADATA data;

    assert_true(berth_boot(machine));
    assert_int_equal(berth_spawn(machine, &elevated, &first), 0);
    assert_int_equal(berth_spawn(machine, &standard, &second), 0);
    berth_switch(machine, first);
    assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
    DWORD first_id = GetCurrentProcessId();
    SOCKET s = tcp_socket();
    acquire(s, 6000, 10);
    SetLastError(1234);

    berth_switch(machine, second);
    assert_int_not_equal(GetCurrentProcessId(), first_id);
    assert_int_equal(GetLastError(), 0);
    assert_int_equal(WSAStartup(MAKEWORD(2, 2), &data), 0);
    assert_int_equal(create(100, 1), ERROR_ACCESS_DENIED);
    assert_int_equal(bind_port(tcp_socket(), 6005), SOCKET_ERROR);
    berth_check(machine);

    berth_switch(machine, first);
    assert_int_equal(GetLastError(), 1234);
    assert_int_equal(create(100, 1), 0);
    berth_switch(machine, second);
    berth_kill(machine, first);
    assert_int_equal(bind_port(tcp_socket(), 6005), 0);
    berth_check(machine);
    berth_kill(machine, second);
    assert_false(pool_has(machine, "bound"));
    berth_check(machine);
    berth_free(machine);
}

static void a_start_that_windows_refuses_gives_its_error(void **state)
{
    (void)state;
    struct berth *machine = new_machine(1);
    struct berth_launch launch = {.account = BERTH_ADMIN, .run_as = true, .consent = false};

    assert_true(berth_boot(machine));
    assert_int_equal(berth_enter(machine, &launch), ERROR_CANCELLED);
    launch.run_as = false;
    launch.level = BERTH_REQUIRE_ADMINISTRATOR;
    assert_int_equal(berth_enter(machine, &launch), ERROR_ELEVATION_REQUIRED);
    assert_int_equal(berth_process_id(machine), 0);
    berth_check(machine);
    berth_free(machine);
}

struct pipe {
    struct berth *machine;
    uint32_t to_child, to_parent;
};

static void answer_numbers(void *context)
{
    struct pipe *pipe = context;

    for (uint32_t seen = 0; seen < 3; seen++) {
        berth_sleep_on(pipe->machine, &pipe->to_child, seen);
        pipe->to_parent = pipe->to_child;
        berth_wake(pipe->machine);
    }
    berth_exit(pipe->machine, 42);
}

static void processes_talk_and_end(void **state)
{
    (void)state;
    struct berth *machine = new_machine(1);
    struct pipe pipe = {.machine = machine};
    uint32_t id;

    boot_and_enter(machine, &standard);
    assert_int_equal(berth_start(machine, &standard, answer_numbers, &pipe, &id), 0);
    assert_int_not_equal(id, berth_process_id(machine));
    for (uint32_t i = 1; i <= 3; i++) {
        pipe.to_child = i;
        berth_wake(machine);
        assert_true(berth_sleep_on_process(machine, &pipe.to_parent, i - 1, id));
        assert_int_equal(pipe.to_parent, i);
    }
    assert_false(berth_sleep_on_process(machine, &pipe.to_parent, 3, id));
    assert_int_equal(berth_wait(machine, id), 42);

    pipe.to_child = pipe.to_parent = 0;
    assert_int_equal(berth_start(machine, &standard, answer_numbers, &pipe, &id), 0);
    berth_terminate(machine, id);
    assert_int_equal(berth_wait(machine, id), 1);
    berth_check(machine);
    berth_leave(machine);

    /* From outside too. */
    pipe.to_child = 3;
    assert_int_equal(berth_start(machine, &standard, answer_numbers, &pipe, &id), 0);
    assert_int_equal(berth_wait(machine, id), 42);
    berth_check(machine);
    berth_free(machine);
}

static jmp_buf stuck;
static char stuck_report[1024];

static void note_deadlock(void *context, const char *report)
{
    assert_ptr_equal(context, stuck_report);
    snprintf(stuck_report, sizeof stuck_report, "%s", report);
    longjmp(stuck, 1);
}

static void a_deadlock_is_told_with_who_waits(void **state)
{
    (void)state;
    struct berth *machine = new_machine(1);
    struct pipe pipe = {.machine = machine};
    uint32_t id;

    berth_on_deadlock(machine, note_deadlock, stuck_report);
    for (int i = 0; i < 2; i++) {
        boot_and_enter(machine, &standard);
        assert_int_equal(berth_start(machine, &standard, answer_numbers, &pipe, &id), 0);
        stuck_report[0] = '\0';
        if (setjmp(stuck) == 0) {
            WaitForSingleObject(CreateEventA(NULL, TRUE, FALSE, NULL), INFINITE);
            fail_msg("went on");
        }
        assert_non_null(strstr(stuck_report, "WaitForSingleObject"));
        assert_non_null(strstr(stuck_report, "a pipe"));
        berth_off(machine, BERTH_POWER_CUT);
    }
    boot_and_enter(machine, &standard);
    berth_check(machine);
    berth_free(machine);
}

static void keep_line(void *context, const char *line)
{
    char *last = context;
    snprintf(last, 256, "%s", line);
}

static void the_trace_tells_each_call(void **state)
{
    (void)state;
    struct berth *machine = new_machine(1);
    char last[256] = "";

    boot_and_enter(machine, &standard);
    berth_trace(machine, keep_line, last);
    assert_int_equal(create(100, 1), ERROR_ACCESS_DENIED);
    assert_non_null(strstr(last, "CreatePersistentTcpPortReservation"));
    assert_non_null(strstr(last, "STATUS_ACCESS_DENIED"));
    berth_free(machine);
}

static void netsh_has_the_rights_of_who_runs_it(void **state)
{
    (void)state;
    static const char add[] = "int ipv4 add excludedportrange tcp 7000 10";
    struct berth *machine = new_machine(1);
    char output[1024];

    boot_and_enter(machine, &standard);
    assert_int_equal(berth_netsh(machine, add, output, sizeof output), 1);
    berth_leave(machine);
    assert_int_equal(berth_enter(machine, &elevated), 0);
    assert_int_equal(berth_netsh(machine, add, output, sizeof output), 0);
    assert_true(pool_has(machine, "tcp excluded 7000 10\n"));
    berth_off(machine, BERTH_CRASH);
    boot_and_enter(machine, &standard);
    assert_true(pool_has(machine, "tcp excluded 7000 10\n"));
    berth_free(machine);
}

static void the_network_can_fail(void **state)
{
    (void)state;
    struct berth *machine = new_machine(1);

    boot_and_enter(machine, &standard);
    SOCKET s = tcp_socket();
    berth_set_network(machine, false);
    assert_int_equal(bind_port(s, 0), SOCKET_ERROR);
    assert_int_equal(WSAGetLastError(), WSAENETDOWN);
    berth_set_network(machine, true);
    assert_int_equal(bind_port(s, 0), 0);
    assert_int_not_equal(port_of(s), 0);
    berth_free(machine);
}

static void max_user_port_moves_the_dynamic_range_at_the_next_boot(void **state)
{
    (void)state;
    struct berth *machine = new_machine(1);

    boot_and_enter(machine, &standard);
    assert_true(berth_set_max_user_port(machine, 60000));
    assert_true(berth_set_max_user_port(machine, 55000));
    assert_true(pool_has(machine, "tcp dynamic 49152 16384\n"));
    berth_off(machine, BERTH_SHUT_DOWN);
    assert_false(berth_set_max_user_port(machine, 1));
    boot_and_enter(machine, &standard);
    SOCKET s = tcp_socket();
    assert_int_equal(bind_port(s, 0), 0);
    berth_free(machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spawned_process_has_handles_and_a_last_error_of_its_own),
        cmocka_unit_test(a_start_that_windows_refuses_gives_its_error),
        cmocka_unit_test(processes_talk_and_end),
        cmocka_unit_test(a_deadlock_is_told_with_who_waits),
        cmocka_unit_test(the_trace_tells_each_call),
        cmocka_unit_test(netsh_has_the_rights_of_who_runs_it),
        cmocka_unit_test(the_network_can_fail),
        cmocka_unit_test(max_user_port_moves_the_dynamic_range_at_the_next_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
