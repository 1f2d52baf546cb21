#include "sim/afd/fixture.h"

static nt_status try_acquire(struct socket_object *socket, uint32_t first)
{
    const struct port_range range = {first, 2};
    struct reservation_view view;
    return socket_acquire(socket, self, &range, &view);
}

static void an_associated_socket_binds_in_the_block(void **state)
{
    (void)state;
    struct socket_object *holder = open_socket(FAMILY_4, PROTOCOL_TCP);
    struct socket_object *socket = open_socket(FAMILY_4, PROTOCOL_TCP);
    uint64_t token = acquire_token(holder, 7000, 2);
    assert_status(socket_associate(socket, self, token), STATUS_SUCCESS);
    assert_int_equal(socket->state, SOCKET_UNBOUND);
    assert_status(bind_to(socket, 0), STATUS_SUCCESS);
    assert_in_range(endpoint_port(socket->endpoint), 7000, 7001);
    assert_status(socket_release(holder, self, token), STATUS_SUCCESS);
    assert_status(socket_release(holder, self, token), STATUS_INVALID_PARAMETER);
}

static void closing_the_holder_ends_the_block(void **state)
{
    (void)state;
    uint64_t holder = open_handle(FAMILY_4, PROTOCOL_TCP);
    acquire_token(socket_find(self, holder), 7000, 1);
    assert_true(is_reserved(7000));
    socket_close(self, holder);
    assert_false(is_reserved(7000));
}

/* A process acquires port 7000 and ends. */
static void let_a_holder_end(void)
{
    struct process *other = new_process(NULL, false);
    const struct socket_opening opening = {.kind = {FAMILY_4, PROTOCOL_TCP, 0}};
    const struct port_range range = {7000, 1};
    struct reservation_view view;
    uint64_t handle;
    assert_status(socket_open(afd, other, &opening, &handle), STATUS_SUCCESS);
    assert_status(socket_acquire(socket_find(other, handle), other, &range, &view), STATUS_SUCCESS);
    assert_true(is_reserved(7000));
    process_end(other, 0);
}

static void the_end_of_the_process_ends_the_block(void **state)
{
    (void)state;
    let_a_holder_end();
    assert_false(is_reserved(7000));
}

static void the_defect_of_process_exit_orphans_the_block(void **state)
{
    (void)state;
    CHOOSE(process_exit, survives);
    let_a_holder_end();
    assert_true(is_reserved(7000));
}

static void the_defect_of_socket_close_keeps_the_block(void **state)
{
    (void)state;
    CHOOSE(socket_close, survives);
    uint64_t holder = open_handle(FAMILY_4, PROTOCOL_TCP);
    acquire_token(socket_find(self, holder), 7000, 1);
    socket_close(self, holder);
    assert_true(is_reserved(7000));
}

static uint64_t duplicate_for(struct socket_object *socket, struct process *process)
{
    uint32_t ticket;
    uint64_t handle;
    assert_status(socket_duplicate(socket, process->id, &ticket), STATUS_SUCCESS);
    assert_status(socket_claim(afd, process, ticket, &handle), STATUS_SUCCESS);
    return handle;
}

static void a_duplicate_keeps_the_block_or_does_not(void **state)
{
    (void)state;
    for (int ends = 0; ends < 2; ends++) {
        uint64_t holder = open_handle(FAMILY_4, PROTOCOL_TCP);
        uint64_t duplicate = duplicate_for(socket_find(self, holder), self);
        acquire_token(socket_find(self, holder), 7000, 1);
        socket_close(self, holder);
        assert_int_equal(is_reserved(7000), !ends);
        socket_close(self, duplicate);
        assert_false(is_reserved(7000));
        CHOOSE(duplicated_acquirer, ends);
    }
}

static void an_inherited_handle_keeps_the_block_or_does_not(void **state)
{
    (void)state;
    for (int ends = 0; ends < 2; ends++) {
        uint64_t holder = open_handle(FAMILY_4, PROTOCOL_TCP);
        acquire_token(socket_find(self, holder), 7000, 1);
        struct process *child = new_process(self, true);
        assert_non_null(socket_find(child, holder));
        socket_close(self, holder);
        assert_int_equal(is_reserved(7000), !ends);
        process_end(child, 0);
        assert_false(is_reserved(7000));
        CHOOSE(inherited_acquirer, ends);
    }
}

static void another_process_needs_a_share_in_the_holder(void **state)
{
    (void)state;
    struct process *other = new_process(NULL, false);
    struct socket_object *holder = open_socket(FAMILY_4, PROTOCOL_UDP);
    const struct socket_opening opening = {.kind = {FAMILY_4, PROTOCOL_UDP, 0}};
    uint64_t token = acquire_token(holder, 7000, 2);
    uint64_t handle;
    assert_status(socket_open(afd, other, &opening, &handle), STATUS_SUCCESS);
    struct socket_object *socket = socket_find(other, handle);
    assert_status(socket_associate(socket, other, token), STATUS_ACCESS_DENIED);
    duplicate_for(holder, other);
    assert_status(socket_associate(socket, other, token), STATUS_SUCCESS);
    CHOOSE(associate_from_duplicate, wsaeacces);
    assert_status(socket_open(afd, other, &opening, &handle), STATUS_SUCCESS);
    assert_status(socket_associate(socket_find(other, handle), other, token), STATUS_ACCESS_DENIED);
}

/* Found by the fuzzer: who acquired last used to hide that the earlier block is shared too. */
static void two_acquirers_of_one_socket_share_both_blocks(void **state)
{
    (void)state;
    struct process *other = new_process(NULL, false);
    struct socket_object *holder = open_socket(FAMILY_4, PROTOCOL_UDP);
    struct socket_object *theirs = socket_find(other, duplicate_for(holder, other));
    const struct port_range range = {7000, 2};
    struct reservation_view view;
    assert_status(socket_acquire(theirs, other, &range, &view), STATUS_SUCCESS);
    uint64_t mine = acquire_token(holder, 7010, 2);
    assert_status(socket_associate(open_socket(FAMILY_4, PROTOCOL_UDP), self, view.token),
                  STATUS_SUCCESS);
    assert_status(socket_associate(open_socket(FAMILY_4, PROTOCOL_UDP), self, mine),
                  STATUS_SUCCESS);
    assert_status(socket_release(holder, self, view.token), STATUS_SUCCESS);
}

static void standard_users_reserve_unless_the_profile_forbids(void **state)
{
    (void)state;
    struct socket_object *socket = open_socket(FAMILY_4, PROTOCOL_TCP);
    self->token = (struct token){.account = ACCOUNT_STANDARD, .elevation = ELEVATION_DEFAULT};
    uint64_t token = acquire_token(socket, 7000, 1);
    assert_status(try_acquire(socket, 600), STATUS_SUCCESS);
    CHOOSE(acquire_low_port, wsaeacces);
    assert_status(try_acquire(socket, 1022), STATUS_ACCESS_DENIED);
    assert_status(try_acquire(socket, 1024), STATUS_SUCCESS);
    CHOOSE(acquire_privilege, administrator);
    assert_status(try_acquire(socket, 7100), STATUS_ACCESS_DENIED);
    assert_status(socket_associate(socket, self, token), STATUS_ACCESS_DENIED);
    CHOOSE(release_privilege, administrator);
    assert_status(socket_release(socket, self, token), STATUS_ACCESS_DENIED);
    self->token = elevated;
    assert_status(socket_release(socket, self, token), STATUS_SUCCESS);
}

static void a_bound_socket_may_acquire_or_not(void **state)
{
    (void)state;
    struct socket_object *socket = open_socket(FAMILY_4, PROTOCOL_TCP);
    assert_status(bind_to(socket, 7000), STATUS_SUCCESS);
    assert_status(try_acquire(socket, 7100), STATUS_SUCCESS);
    CHOOSE(acquire_on_bound_socket, wsaeinval);
    assert_status(try_acquire(socket, 7200), STATUS_INVALID_PARAMETER);
}

static void who_may_reserve_at_all(void **state)
{
    (void)state;
    struct socket_object *stream = open_socket(FAMILY_4, PROTOCOL_TCP);
    struct socket_object *raw = open_socket(FAMILY_4, PROTOCOL_RAW);
    assert_status(socket_may_reserve(stream), STATUS_SUCCESS);
    assert_status(socket_may_reserve(raw), STATUS_NOT_SUPPORTED);
    CHOOSE(unsupported_socket, wsaenoprotoopt);
    assert_status(socket_may_reserve(raw), STATUS_INVALID_INFO_CLASS);
    stream->non_blocking = true;
    assert_status(socket_may_reserve(stream), STATUS_SUCCESS);
    CHOOSE(nonblocking_ioctl, wsaewouldblock);
    assert_status(socket_may_reserve(stream), STATUS_DEVICE_NOT_READY);
    stream->non_blocking = false;
    afd->network_up = false;
    assert_status(socket_may_reserve(stream), STATUS_HOST_DOWN);
    CHOOSE(network_down, works);
    assert_status(socket_may_reserve(stream), STATUS_SUCCESS);
    afd->network_up = true;
}

static void the_defect_of_the_raw_socket_gets_a_block(void **state)
{
    (void)state;
    CHOOSE(unsupported_socket, grants);
    struct socket_object *raw = open_socket(FAMILY_4, PROTOCOL_RAW);
    assert_status(socket_may_reserve(raw), STATUS_SUCCESS);
    acquire_token(raw, 7000, 1);
    assert_true(is_reserved(7000));
}

static void the_defects_of_associate_show_on_the_socket(void **state)
{
    (void)state;
    CHOOSE(associate_changes_socket, sets_exclusive);
    CHOOSE(associate_binds, at_once);
    struct socket_object *socket = open_socket(FAMILY_4, PROTOCOL_TCP);
    uint64_t token = acquire_token(socket, 7000, 1);
    uint32_t exclusive;
    assert_status(socket_associate(socket, self, token), STATUS_SUCCESS);
    assert_status(socket_get_option(socket, SOCKET_EXCLUSIVE_ADDRESS, &exclusive), STATUS_SUCCESS);
    assert_int_equal(exclusive, 1);
    assert_int_equal(socket->state, SOCKET_BOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SOCKET_TEST(an_associated_socket_binds_in_the_block),
        SOCKET_TEST(closing_the_holder_ends_the_block),
        SOCKET_TEST(the_end_of_the_process_ends_the_block),
        SOCKET_TEST(the_defect_of_process_exit_orphans_the_block),
        SOCKET_TEST(the_defect_of_socket_close_keeps_the_block),
        SOCKET_TEST(a_duplicate_keeps_the_block_or_does_not),
        SOCKET_TEST(an_inherited_handle_keeps_the_block_or_does_not),
        SOCKET_TEST(another_process_needs_a_share_in_the_holder),
        SOCKET_TEST(two_acquirers_of_one_socket_share_both_blocks),
        SOCKET_TEST(standard_users_reserve_unless_the_profile_forbids),
        SOCKET_TEST(a_bound_socket_may_acquire_or_not),
        SOCKET_TEST(who_may_reserve_at_all),
        SOCKET_TEST(the_defect_of_the_raw_socket_gets_a_block),
        SOCKET_TEST(the_defects_of_associate_show_on_the_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
