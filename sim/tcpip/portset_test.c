#include "sim/tcpip/portset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct portset set;

static int empty_the_set(void **state)
{
    (void)state;
    memset(&set, 0, sizeof set);
    return 0;
}

static unsigned count_ports(void)
{
    unsigned count = 0;
    for (uint32_t port = 0; port < PORT_END; port++)
        count += portset_has(&set, port);
    return count;
}

static void a_port_added_is_in_and_its_neighbours_are_not(void **state)
{
    (void)state;
    static const uint32_t ports[] = {0, 1, 63, 64, 127, 128, 4095, 4096, 65534, 65535};

    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        memset(&set, 0, sizeof set);
        portset_add(&set, ports[i]);
        portset_check(&set);
        assert_true(portset_has(&set, ports[i]));
        assert_int_equal(count_ports(), 1);
        portset_remove(&set, ports[i]);
        portset_check(&set);
        assert_int_equal(count_ports(), 0);
    }
}

static void a_range_has_its_first_port_and_not_its_end(void **state)
{
    (void)state;
    static const struct {
        uint32_t first, end;
    } rows[] = {{0, 1},         {0, 64},        {1, 64},      {63, 65},
                {64, 128},      {100, 100},     {100, 1000},  {0, PORT_END},
                {65535, 65536}, {65472, 65536}, {4096, 8192}, {49152, 65536}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        memset(&set, 0, sizeof set);
        portset_add_range(&set, rows[i].first, rows[i].end);
        portset_check(&set);
        assert_int_equal(count_ports(), rows[i].end - rows[i].first);
        if (rows[i].first < rows[i].end) {
            assert_true(portset_has(&set, rows[i].first));
            assert_true(portset_has(&set, rows[i].end - 1));
        }

        memset(&set, 0, sizeof set);
        portset_add_range(&set, 0, PORT_END);
        portset_remove_range(&set, rows[i].first, rows[i].end);
        portset_check(&set);
        assert_int_equal(count_ports(), PORT_END - (rows[i].end - rows[i].first));
    }
}

static void the_next_port_out_skips_what_is_in(void **state)
{
    (void)state;
    assert_int_equal(portset_next_out(&set, 0, PORT_END), 0);
    assert_int_equal(portset_next_out(&set, 100, 100), 100);

    portset_add_range(&set, 100, 50000);

    assert_int_equal(portset_next_out(&set, 99, PORT_END), 99);
    assert_int_equal(portset_next_out(&set, 100, PORT_END), 50000);
    assert_int_equal(portset_next_out(&set, 49999, PORT_END), 50000);
    assert_int_equal(portset_next_out(&set, 100, 50000), 50000);
    assert_int_equal(portset_next_out(&set, 100, 40000), 40000);
}

static void the_next_port_out_of_a_full_set_is_the_end(void **state)
{
    (void)state;
    portset_add_range(&set, 0, PORT_END);

    assert_int_equal(portset_next_out(&set, 0, PORT_END), PORT_END);
    assert_int_equal(portset_next_out(&set, 65535, PORT_END), PORT_END);
    portset_remove(&set, 65535);
    assert_int_equal(portset_next_out(&set, 0, PORT_END), 65535);
    assert_int_equal(portset_next_out(&set, 0, 65535), 65535);
    assert_int_equal(portset_next_out(&set, 0, 65534), 65534);
}

static void the_next_port_in_skips_what_is_out(void **state)
{
    (void)state;
    assert_int_equal(portset_next_in(&set, 0, PORT_END), PORT_END);

    portset_add(&set, 64);
    portset_add(&set, 1000);

    assert_int_equal(portset_next_in(&set, 0, PORT_END), 64);
    assert_int_equal(portset_next_in(&set, 64, PORT_END), 64);
    assert_int_equal(portset_next_in(&set, 65, PORT_END), 1000);
    assert_int_equal(portset_next_in(&set, 65, 1000), 1000);
    assert_int_equal(portset_next_in(&set, 65, 999), 999);
    assert_int_equal(portset_next_in(&set, 1001, PORT_END), PORT_END);
}

static void a_run_is_the_lowest_gap_that_is_large_enough(void **state)
{
    (void)state;
    portset_add_range(&set, 0, 1000);
    portset_add(&set, 1010);
    portset_add(&set, 1030);
    portset_add_range(&set, 1100, PORT_END);

    assert_int_equal(portset_find_run(&set, 0, PORT_END, 1), 1000);
    assert_int_equal(portset_find_run(&set, 0, PORT_END, 10), 1000);
    assert_int_equal(portset_find_run(&set, 0, PORT_END, 11), 1011);
    assert_int_equal(portset_find_run(&set, 0, PORT_END, 19), 1011);
    assert_int_equal(portset_find_run(&set, 0, PORT_END, 20), 1031);
    assert_int_equal(portset_find_run(&set, 0, PORT_END, 69), 1031);
    assert_int_equal(portset_find_run(&set, 0, PORT_END, 70), PORT_END);
}

static void a_run_stays_inside_its_range(void **state)
{
    (void)state;
    assert_int_equal(portset_find_run(&set, 100, 110, 10), 100);
    assert_int_equal(portset_find_run(&set, 100, 110, 11), PORT_END);
    assert_int_equal(portset_find_run(&set, 65526, PORT_END, 10), 65526);
    assert_int_equal(portset_find_run(&set, 65526, PORT_END, 11), PORT_END);
    portset_add(&set, 100);
    assert_int_equal(portset_find_run(&set, 100, 110, 9), 101);
    assert_int_equal(portset_find_run(&set, 100, 110, 10), PORT_END);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_port_added_is_in_and_its_neighbours_are_not, empty_the_set),
        cmocka_unit_test_setup(a_range_has_its_first_port_and_not_its_end, empty_the_set),
        cmocka_unit_test_setup(the_next_port_out_skips_what_is_in, empty_the_set),
        cmocka_unit_test_setup(the_next_port_out_of_a_full_set_is_the_end, empty_the_set),
        cmocka_unit_test_setup(the_next_port_in_skips_what_is_out, empty_the_set),
        cmocka_unit_test_setup(a_run_is_the_lowest_gap_that_is_large_enough, empty_the_set),
        cmocka_unit_test_setup(a_run_stays_inside_its_range, empty_the_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
