#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/winsock/winsock.h"

#include <iphlpapi.h>

static struct engine engine;
static struct disk disk;
static struct profile profile;
static struct nt *nt;
static struct tcpip *tcpip;
static struct process *process;

static void enter(bool administrator)
{
    const struct token token = {
        .account = ACCOUNT_ADMIN,
        .elevation = administrator ? ELEVATION_FULL : ELEVATION_LIMITED,
        .administrator = administrator,
    };
    process = process_create(nt, &token, NULL, false);
    assert_non_null(process);
    assert_non_null(thread_borrow(process));
}

static int set_up(void **state)
{
    static const struct uac uac;
    (void)state;
    profile_default(&profile);
    assert_true(engine_open(&engine, 1, 1 << 24, 0));
    assert_true(disk_open(&disk, 64));
    nt = nt_boot(&engine, &disk, &profile, &uac, 1);
    assert_non_null(nt);
    tcpip = tcpip_boot(nt);
    assert_non_null(tcpip);
    struct afd *afd = afd_boot(nt, tcpip);
    assert_non_null(afd);
    struct winsock *winsock = winsock_boot(afd);
    assert_non_null(winsock);
    winsock_attach(winsock);
    enter(true);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tcpip_check(tcpip);
    winsock_attach(NULL);
    nt_power_cut(nt);
    disk_close(&disk);
    engine_close(&engine);
    return 0;
}

static void choose_option(const char *question, const char *option)
{
    enum behaviour behaviour = behaviour_find(question);
    assert_int_not_equal(behaviour, BEHAVIOUR_COUNT);
    enum option found = option_find(behaviour, option);
    assert_int_not_equal(found, OPTION_COUNT);
    profile_choose(&profile, found);
}

/* In network order on any host. */
static USHORT network(unsigned port)
{
    const unsigned char bytes[2] = {(unsigned char)(port >> 8), (unsigned char)port};
    USHORT order;
    memcpy(&order, bytes, sizeof order);
    return order;
}

struct found {
    unsigned first, count, entries;
};

static void note(void *context, const struct pool_entry *entry)
{
    struct found *found = context;
    found->first = entry->range.first;
    found->count = entry->range.count;
    found->entries++;
}

static struct found in_pool(enum protocol protocol)
{
    struct found found = {0};
    pool_visit(tcpip, protocol, note, &found);
    return found;
}

static void a_block_is_created_found_and_deleted(void **state)
{
    (void)state;
    ULONG64 token = 0, again = 0;
    assert_int_equal(CreatePersistentTcpPortReservation(network(5000), 20, &token), NO_ERROR);
    assert_int_not_equal(token, 0);
    assert_int_equal(in_pool(PROTOCOL_TCP).first, 5000);
    assert_int_equal(in_pool(PROTOCOL_TCP).count, 20);
    assert_int_equal(LookupPersistentTcpPortReservation(network(5000), 20, &again), NO_ERROR);
    assert_int_equal(again, token);
    assert_int_equal(LookupPersistentUdpPortReservation(network(5000), 20, &again),
                     ERROR_NOT_FOUND);
    assert_int_equal(DeletePersistentUdpPortReservation(network(5000), 20), ERROR_NOT_FOUND);
    assert_int_equal(CreatePersistentUdpPortReservation(network(5000), 20, &token), NO_ERROR);
    assert_int_equal(LookupPersistentUdpPortReservation(network(5000), 20, &again), NO_ERROR);
    assert_int_equal(DeletePersistentTcpPortReservation(network(5000), 20), NO_ERROR);
    assert_int_equal(in_pool(PROTOCOL_TCP).entries, 0);
    assert_int_equal(in_pool(PROTOCOL_UDP).entries, 1);
    assert_int_equal(DeletePersistentUdpPortReservation(network(5000), 20), NO_ERROR);
    assert_int_equal(DeletePersistentUdpPortReservation(network(5000), 20), ERROR_NOT_FOUND);
}

static void errors_are_values_and_leave_the_last_error_alone(void **state)
{
    (void)state;
    ULONG64 token = 77;
    nt->current->last_error = 4321;
    assert_int_equal(CreatePersistentTcpPortReservation(0, 20, &token), ERROR_INVALID_PARAMETER);
    assert_int_equal(CreatePersistentTcpPortReservation(network(65535), 2, &token),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(CreatePersistentTcpPortReservation(network(80), 2, &token), NO_ERROR);
    token = 77;
    assert_int_equal(CreatePersistentTcpPortReservation(network(81), 2, &token),
                     ERROR_SHARING_VIOLATION);
    assert_int_equal(LookupPersistentTcpPortReservation(network(81), 1, &token), ERROR_NOT_FOUND);
    thread_return(nt);
    enter(false);
    nt->current->last_error = 4321;
    assert_int_equal(CreatePersistentUdpPortReservation(network(80), 2, &token),
                     ERROR_ACCESS_DENIED);
    assert_int_equal(DeletePersistentTcpPortReservation(network(80), 2), ERROR_ACCESS_DENIED);
    assert_int_equal(token, 77);
    assert_int_equal(nt->current->last_error, 4321);
}

static void a_failing_lookup_may_clear_the_token(void **state)
{
    (void)state;
    ULONG64 token = 77;
    choose_option("lookup_failure_token", "zero");
    assert_int_equal(LookupPersistentTcpPortReservation(network(81), 1, &token), ERROR_NOT_FOUND);
    assert_int_equal(token, 0);
}

static void the_start_may_be_taken_for_the_hosts_order(void **state)
{
    (void)state;
    ULONG64 token;
    choose_option("persistent_start_order", "host");
    assert_int_equal(CreatePersistentTcpPortReservation(network(0x1234), 1, &token), NO_ERROR);
    assert_int_equal(in_pool(PROTOCOL_TCP).first, 0x3412);
}

static void a_token_that_cannot_be_written_is_refused(void **state)
{
    (void)state;
    assert_int_equal(CreatePersistentTcpPortReservation(network(80), 2, NULL),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(LookupPersistentTcpPortReservation(network(80), 2, NULL),
                     ERROR_INVALID_PARAMETER);
    choose_option("create_null_token", "noaccess");
    assert_int_equal(CreatePersistentTcpPortReservation(network(80), 2, NULL), ERROR_NOACCESS);

    ULONG64 *page = userspace_allocate(&process->userspace, sizeof *page);
    assert_non_null(page);
    assert_int_equal(userspace_protect(&process->userspace, page, sizeof *page, PAGE_STATE_READ),
                     STATUS_SUCCESS);
    assert_int_equal(CreatePersistentTcpPortReservation(network(80), 2, page), ERROR_NOACCESS);
    assert_int_equal(LookupPersistentTcpPortReservation(network(80), 2, page), ERROR_NOACCESS);
    assert_int_equal(in_pool(PROTOCOL_TCP).entries, 0);
}

static void keep_line(void *context, const char *line)
{
    strncpy(context, line, 255);
}

static void every_call_is_recorded_and_traced(void **state)
{
    (void)state;
    char line[256] = "";
    ULONG64 token;
    engine.sink = keep_line;
    engine.sink_context = line;
    uint64_t before = engine.fingerprint;
    assert_int_equal(LookupPersistentTcpPortReservation(network(81), 1, &token), ERROR_NOT_FOUND);
    assert_int_not_equal(engine.fingerprint, before);
    assert_non_null(strstr(line, "LookupPersistentTcpPortReservation"));
    assert_non_null(strstr(line, "1168 STATUS_NOT_FOUND"));
    engine.sink = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_block_is_created_found_and_deleted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(errors_are_values_and_leave_the_last_error_alone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_failing_lookup_may_clear_the_token, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_start_may_be_taken_for_the_hosts_order, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_token_that_cannot_be_written_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(every_call_is_recorded_and_traced, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
