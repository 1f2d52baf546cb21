#include "sim/iphlpapi/netsh.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct engine engine;
static struct disk disk;
static struct profile profile;
static struct nt *nt;
static struct netsh netsh;
static struct endpoint *holder;
static char output[4096];

static void boot(void)
{
    static const struct uac uac;
    nt = nt_boot(&engine, &disk, &profile, &uac, 1);
    assert_non_null(nt);
    netsh.tcpip = tcpip_boot(nt);
    assert_non_null(netsh.tcpip);
    netsh.profile = &profile;
    netsh.token = token_at_logon(ACCOUNT_BUILTIN_ADMIN, &uac, &profile);
}

static int set_up(void **state)
{
    (void)state;
    profile_default(&profile);
    assert_true(engine_open(&engine, 1, 1 << 24, 0));
    assert_true(disk_open(&disk, 64));
    boot();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tcpip_check(netsh.tcpip);
    disk_close(&disk);
    engine_close(&engine);
    return 0;
}

static void reboot(void)
{
    nt_power_cut(nt);
    engine_power_off(&engine);
    boot();
}

static int run(const char *line)
{
    return netsh_run(&netsh, line, output, sizeof output);
}

#define assert_runs(line)                                                                          \
    do {                                                                                           \
        assert_int_equal(run(line), 0);                                                            \
        assert_string_equal(output, "Ok.\n");                                                      \
    } while (0)

#define assert_refused(line, text)                                                                 \
    do {                                                                                           \
        assert_int_equal(run(line), 1);                                                            \
        assert_non_null(strstr(output, text));                                                     \
    } while (0)

#define assert_shows(line, text)                                                                   \
    do {                                                                                           \
        assert_int_equal(run(line), 0);                                                            \
        assert_string_equal(output, text);                                                         \
    } while (0)

static const char in_use[] =
    "The process cannot access the file because it is being used by another process.\n";
static const char syntax[] = "The syntax supplied for this command is not valid.";
static const char invalid[] = "The parameter is incorrect.\n";

static struct reservation_view acquire(uint32_t first, uint32_t count)
{
    const struct port_range range = {first, count};
    struct reservation_view view;
    holder = endpoint_open(netsh.tcpip, PROTOCOL_TCP, FAMILY_4, 8, ACCOUNT_STANDARD);
    assert_non_null(holder);
    assert_int_equal(reservation_acquire(netsh.tcpip, holder, 8, &range, &view), STATUS_SUCCESS);
    return view;
}

static void create(uint32_t first, uint32_t count)
{
    const struct port_range range = {first, count};
    uint64_t token;
    assert_int_equal(
        persistent_create(netsh.tcpip, PROTOCOL_TCP, &range, &netsh.token, true, &token),
        STATUS_SUCCESS);
}

static void choose_option(const char *question, const char *option)
{
    enum behaviour behaviour = behaviour_find(question);
    assert_int_not_equal(behaviour, BEHAVIOUR_COUNT);
    enum option found = option_find(behaviour, option);
    assert_int_not_equal(found, OPTION_COUNT);
    profile_choose(&profile, found);
}

#define TABLE(rows)                                                                                \
    "Protocol tcp Port Exclusion Ranges\n"                                                         \
    "\n"                                                                                           \
    "Start Port    End Port\n"                                                                     \
    "----------    --------\n" rows "\n"                                                           \
    "* - Administered port exclusions.\n"

static void ranges_are_listed_as_windows_does(void **state)
{
    (void)state;
    static const char show[] = "int ipv4 show excludedportrange protocol=tcp";
    assert_shows(show, TABLE(""));
    assert_runs("int ipv4 add excludedportrange protocol=tcp startport=50000 numberofports=60");
    acquire(80, 1);
    create(81, 2);
    assert_runs("int ipv4 add excludedportrange udp 90 2");
    assert_shows(show, TABLE("        80          80\n"
                             "        81          82\n"
                             "     50000       50059     *\n"));
    assert_shows("netsh interface ipv6 show excludedportrange tcp",
                 TABLE("        80          80\n"
                       "        81          82\n"
                       "     50000       50059     *\n"));
    assert_shows("int ipv4 show excludedportrange tcp store=persistent",
                 TABLE("        81          82\n"
                       "     50000       50059     *\n"));
}

static void who_is_shown_and_starred_is_the_profile(void **state)
{
    (void)state;
    static const char show[] = "int ipv4 show excluded tcp";
    assert_runs("int ipv4 add excludedportrange tcp 50000 60");
    acquire(80, 1);
    create(81, 2);
    choose_option("netsh_shows_runtime", "hidden");
    choose_option("netsh_shows_persistent", "starred");
    assert_shows(show, TABLE("        81          82     *\n"
                             "     50000       50059     *\n"));
    choose_option("netsh_shows_persistent", "hidden");
    choose_option("netsh_star", "none");
    assert_shows(show, TABLE("     50000       50059\n"));
}

static void names_may_be_short_and_values_in_order(void **state)
{
    (void)state;
    assert_runs("NETSH INTERFACE IPV4 ADD EXCLUDEDPORTRANGE TCP 100 1");
    assert_runs("int ipv4 add excludedport tcp start=200 num=1 store=active");
    assert_runs("  int ipv6 add excludedportrange numberofports=1 protocol=tcp startport=300 ");
    assert_runs("int ipv4 add excludedportrange tcp 400 1 persistent");
    assert_runs("int ipv4 delete excludedportrange tcp 400 1");
    assert_shows("int ipv4 sh ex tcp", TABLE("       100         100     *\n"
                                             "       200         200     *\n"
                                             "       300         300     *\n"));
}

static void the_store_named_is_the_store_used(void **state)
{
    (void)state;
    static const char show[] = "int ipv4 show excludedportrange tcp";
    assert_runs("int ipv4 add excludedportrange tcp 100 1 store=active");
    assert_runs("int ipv4 add excludedportrange tcp 200 1 store=persistent");
    assert_runs("int ipv4 add excludedportrange tcp 300 1");
    reboot();
    assert_shows(show, TABLE("       200         200     *\n"
                             "       300         300     *\n"));
    choose_option("netsh_default_store", "active");
    assert_runs("int ipv4 add excludedportrange tcp 400 1");
    reboot();
    assert_shows(show, TABLE("       200         200     *\n"
                             "       300         300     *\n"));
}

static void a_bad_line_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    static const char *const unknown[] = {
        "",
        "netsh",
        "int",
        "int ipv4",
        "int ipv5 show excludedportrange tcp",
        "int ipv4 set excludedportrange tcp 1 1",
        "int ipv4 add dynamicportrange tcp 1 1",
        "winsock reset",
        "int ipv4 show excludedportrange tcp a b c d e f g h i j k l m n o p",
        "int ipv4 show excludedportrangeexcludedportrangeexcludedportrangeexcludedportrange tcp",
    };
    static const char *const bad[] = {
        "int ipv4 show excludedportrange",
        "int ipv4 show excludedportrange icmp",
        "int ipv4 show excludedportrange tcp startport=1",
        "int ipv4 add excludedportrange tcp 100",
        "int ipv4 add excludedportrange tcp 100 1 2",
        "int ipv4 add excludedportrange tcp hundred 1",
        "int ipv4 add excludedportrange tcp 100 -1",
        "int ipv4 add excludedportrange tcp 100 99999999999",
        "int ipv4 add excludedportrange tcp 100 1 store=both",
        "int ipv4 add excludedportrange tcp protocol=tcp 100 1",
        "int ipv4 set dynamicport tcp",
    };
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        assert_refused(unknown[i], "The following command was not found: ");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(bad[i], syntax);
    assert_shows("int ipv4 show excludedportrange tcp", TABLE(""));
}

static void what_the_stack_refuses_is_said_in_words(void **state)
{
    (void)state;
    acquire(80, 1);
    assert_refused("int ipv4 add excludedportrange tcp 80 1", in_use);
    assert_refused("int ipv4 add excludedportrange tcp 0 1", invalid);
    assert_refused("int ipv4 add excludedportrange tcp 100 0", invalid);
    assert_refused("int ipv4 add excludedportrange tcp 65535 2", invalid);
    assert_runs("int ipv4 add excludedportrange tcp 65535 1");
    assert_int_equal(run("int ipv4 delete excludedportrange tcp 65000 1"), 1);
    assert_int_equal(run("int ipv4 delete excludedportrange tcp 80 1"), 1);
    assert_string_equal(output, "Access is denied.\n");
}

static void changes_need_elevation_and_showing_does_not(void **state)
{
    (void)state;
    static const struct uac uac;
    static const char *const changes[] = {
        "int ipv4 add excludedportrange tcp 200 1",
        "int ipv4 delete excludedportrange tcp 100 1",
        "int ipv4 set dynamicport tcp 10000 1000",
    };
    assert_runs("int ipv4 add excludedportrange tcp 100 1");
    netsh.token = token_at_logon(ACCOUNT_ADMIN, &uac, &profile);
    for (size_t i = 0; i < 3; i++)
        assert_refused(changes[i],
                       "The requested operation requires elevation (Run as administrator).\n");
    assert_shows("int ipv4 show excludedportrange tcp", TABLE("       100         100     *\n"));
}

static void the_dynamic_range_is_set_and_shown(void **state)
{
    (void)state;
    assert_shows("int ipv4 show dynamicport tcp", "Protocol tcp Dynamic Port Range\n"
                                                  "---------------------------------\n"
                                                  "Start Port      : 49152\n"
                                                  "Number of Ports : 16384\n");
    assert_runs("int ipv4 set dynamicportrange protocol=udp startport=10000 numberofports=255");
    assert_refused("int ipv4 set dynamicport tcp start=10000 num=254", invalid);
    assert_refused("int ipv4 set dynamicport tcp start=1024 num=1000", invalid);
    assert_refused("int ipv4 set dynamicport tcp start=65000 num=1000", invalid);
    assert_shows("int ipv4 show dynamicportrange udp", "Protocol udp Dynamic Port Range\n"
                                                       "---------------------------------\n"
                                                       "Start Port      : 10000\n"
                                                       "Number of Ports : 255\n");
}

static void output_is_cut_to_fit(void **state)
{
    (void)state;
    char small[10];
    memset(small, 'x', sizeof small);
    assert_int_equal(
        netsh_run(&netsh, "int ipv4 show excludedportrange tcp", small, sizeof small - 1), 0);
    assert_string_equal(small, "Protocol");
    assert_int_equal(small[9], 'x');
    assert_int_equal(netsh_run(&netsh, "int ipv4 show excludedportrange tcp", NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ranges_are_listed_as_windows_does, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_shown_and_starred_is_the_profile, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_may_be_short_and_values_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_store_named_is_the_store_used, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_line_is_refused_and_changes_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_the_stack_refuses_is_said_in_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changes_need_elevation_and_showing_does_not, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_dynamic_range_is_set_and_shown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(output_is_cut_to_fit, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
