/* Who may do what: Create, Delete and associate-persistent want an elevated administrator; Lookup
 * and everything about runtime blocks want nobody in particular.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/persistent.h"
#include "conformance/suites/suite.h"
#include "conformance/suites/worker.h"

#ifndef ERROR_ELEVATION_REQUIRED
#define ERROR_ELEVATION_REQUIRED 740L
#endif

static const char WORKER[] = "privileges.worker";

static ULONG64 created(enum block_protocol protocol, unsigned first, unsigned count)
{
    ULONG64 token = 0;
    assert_int_equal(create_block(protocol, first, count, &token), ERROR_SUCCESS);
    return token;
}

static void removed(enum block_protocol protocol, unsigned first, unsigned count)
{
    assert_int_equal(delete_block(protocol, first, count), ERROR_SUCCESS);
}

/* What a process gets from the three things that want an administrator. */
struct rights {
    unsigned create, delete, associate;
    unsigned port; /* that the associated socket drew */
};

/* The worker tries a block of its own making at `first` + 5, and the case's block of four at
 * `first`, whose token it is told. Afterwards the pool is as the case left it, but for what the
 * worker deleted.
 */
static struct rights try_rights(struct testbed_child *worker, enum block_protocol protocol,
                                unsigned first, ULONG64 token)
{
    struct rights rights;
    memset(&rights, 0, sizeof(rights));
    rights.create = worker_block(worker, WORKER_CREATE, protocol, first + 5, 1).error;
    if (rights.create == 0)
        assert_int_equal(delete_block(protocol, first + 5, 1), ERROR_SUCCESS);
    assert_int_equal(looked_up(protocol, first + 5, 1), ERROR_NOT_FOUND);
    assert_int_equal(probe_block(protocol, first + 5, 1), 0);

    assert_int_equal(worker_open(worker, 0, protocol), 0);
    rights.associate = worker_uses_token(worker, WORKER_ASSOCIATE, 0, token);
    if (rights.associate == 0)
        rights.port = worker_binds(worker, 0, 0).port;
    assert_int_equal(worker_does(worker, WORKER_CLOSE, 0).error, 0);

    rights.delete = worker_block(worker, WORKER_DELETE, protocol, first, 4).error;
    assert_int_equal(looked_up(protocol, first, 4),
                     rights.delete == 0 ? ERROR_NOT_FOUND : ERROR_SUCCESS);
    return rights;
}

enum { RIGHTS_SPAN = 6 };

/* The rights of a started worker, which then leaves. */
static struct rights rights_of(struct testbed_child *worker, enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(RIGHTS_SPAN);
    const ULONG64 token = created(protocol, first, 4);
    const struct rights rights = try_rights(worker, protocol, first, token);
    if (rights.delete != 0)
        removed(protocol, first, 4);
    if (rights.associate == 0)
        assert_true(in_block(rights.port, first, 4));
    worker_leaves(worker);
    return rights;
}

static void assert_has_none(const struct rights *rights)
{
    OBSERVE_VALUE(create_unelevated, rights->create);
    OBSERVE_VALUE(create_unelevated, rights->delete);
    OBSERVE_VALUE(associate_persistent_unelevated, rights->associate);
    assert_int_equal(rights->create, ERROR_ACCESS_DENIED);
    assert_int_equal(rights->delete, ERROR_ACCESS_DENIED);
    assert_int_equal(rights->associate, WSAEACCES);
}

static void assert_has_all(const struct rights *rights)
{
    assert_int_equal(rights->create, ERROR_SUCCESS);
    assert_int_equal(rights->associate, 0);
    assert_int_equal(rights->delete, ERROR_SUCCESS);
}

/* ---- Users ----------------------------------------------------------------------------------- */

static void a_standard_user_may_not(enum block_protocol protocol)
{
    const struct rights rights = rights_of(start_worker(WORKER, TESTBED_STANDARD), protocol);
    assert_has_none(&rights);
}
FOR_TCP_AND_UDP(a_standard_user_may_not)

static void another_standard_user_may_not_either(void)
{
    const struct rights rights = rights_of(start_worker(WORKER, TESTBED_OTHER_STANDARD), TCP_BLOCK);
    assert_has_none(&rights);
}

/* An administrator's everyday token is refused with the codes that a standard user gets. */
static void a_filtered_administrator_may_not(enum block_protocol protocol)
{
    const struct rights rights = rights_of(start_worker(WORKER, TESTBED_FILTERED_ADMIN), protocol);
    if (rights.create == ERROR_SUCCESS || rights.delete == ERROR_SUCCESS)
        OBSERVE(create_unelevated, filtered_granted);
    assert_has_none(&rights);
}
FOR_TCP_AND_UDP(a_filtered_administrator_may_not)

static void an_elevated_administrator_may(enum block_protocol protocol)
{
    const struct rights rights = rights_of(start_worker(WORKER, TESTBED_ELEVATED_ADMIN), protocol);
    assert_has_all(&rights);
}
FOR_TCP_AND_UDP(an_elevated_administrator_may)

static void the_builtin_administrator_may_without_asking(enum block_protocol protocol)
{
    const struct rights rights = rights_of(start_worker(WORKER, TESTBED_BUILTIN_ADMIN), protocol);
    assert_has_all(&rights);
}
FOR_TCP_AND_UDP(the_builtin_administrator_may_without_asking)

/* The pages speak of users who log on: of services they say nothing, but one answer it must be. */
static void localsystem_gets_one_answer(void)
{
    const struct rights rights = rights_of(start_worker(WORKER, TESTBED_LOCAL_SYSTEM), TCP_BLOCK);
    OBSERVE_VALUE(local_system, rights.create);
    OBSERVE_VALUE(local_system, rights.delete);
    assert_int_equal(rights.associate, rights.create == 0 ? 0 : WSAEACCES);
}

static void networkservice_gets_one_answer(void)
{
    struct testbed_child *worker = start_worker(WORKER, TESTBED_NETWORK_SERVICE);
    const struct rights rights = rights_of(worker, TCP_BLOCK);
    OBSERVE_VALUE(network_service, rights.create);
    OBSERVE_VALUE(network_service, rights.delete);
    assert_int_equal(rights.associate, rights.create == 0 ? 0 : WSAEACCES);
}

/* ---- Manifests and consent ------------------------------------------------------------------- */

static struct testbed_start start_as(enum testbed_user user, enum testbed_manifest manifest,
                                     bool run_as)
{
    struct testbed_start start;
    memset(&start, 0, sizeof(start));
    start.program = WORKER;
    start.user = user;
    start.manifest = manifest;
    start.run_as = run_as;
    return start;
}

/* The error of a start that must be refused; 0 when it was not. */
static unsigned long start_error(const struct testbed_start *start)
{
    unsigned long error = 0;
    struct testbed_child *worker = testbed_start(start, &error);
    if (worker != NULL)
        worker_leaves(worker);
    else if (error == 0)
        SKIP_BECAUSE(testbed_reason());
    return error;
}

static void run_as_administrator_elevates(void)
{
    const struct testbed_start start = start_as(TESTBED_FILTERED_ADMIN, TESTBED_AS_INVOKER, true);
    const struct rights rights = rights_of(start_worker_as(&start), TCP_BLOCK);
    assert_has_all(&rights);
}

static void the_manifest_and_run_as_elevate(void)
{
    const struct testbed_start start =
        start_as(TESTBED_FILTERED_ADMIN, TESTBED_REQUIRE_ADMINISTRATOR, true);
    const struct rights rights = rights_of(start_worker_as(&start), TCP_BLOCK);
    assert_has_all(&rights);
}

static void a_plain_start_does_not_elevate(enum testbed_user user)
{
    const struct testbed_start start = start_as(user, TESTBED_REQUIRE_ADMINISTRATOR, false);
    OBSERVE_VALUE(require_administrator, start_error(&start));
}

static void a_plain_start_that_requires_an_administrator_is_refused(void)
{
    a_plain_start_does_not_elevate(TESTBED_FILTERED_ADMIN);
    a_plain_start_does_not_elevate(TESTBED_STANDARD);
}

static void a_start_without_consent_is_refused(void)
{
    struct testbed_start start = start_as(TESTBED_FILTERED_ADMIN, TESTBED_AS_INVOKER, true);
    start.refuse_consent = true;
    assert_int_equal(start_error(&start), ERROR_CANCELLED);
    start.manifest = TESTBED_REQUIRE_ADMINISTRATOR;
    assert_int_equal(start_error(&start), ERROR_CANCELLED);
    start.user = TESTBED_STANDARD;
    assert_int_equal(start_error(&start), ERROR_CANCELLED);
}

/* One who has the right already is not asked, whatever the manifest says. */
static void a_manifest_changes_nothing_for_one_who_is_elevated(void)
{
    static const enum testbed_user users[] = {TESTBED_ELEVATED_ADMIN, TESTBED_BUILTIN_ADMIN};
    static const enum testbed_manifest manifests[] = {TESTBED_AS_INVOKER, TESTBED_HIGHEST_AVAILABLE,
                                                      TESTBED_REQUIRE_ADMINISTRATOR};

    for (unsigned i = 0; i < 2; i++)
        for (unsigned j = 0; j < 3; j++) {
            const struct testbed_start start = start_as(users[i], manifests[j], false);
            const struct rights rights = rights_of(start_worker_as(&start), TCP_BLOCK);
            assert_has_all(&rights);
        }
}

/* For a standard user the highest available is what he has. */
static void highestavailable_gives_a_standard_user_nothing(void)
{
    const struct testbed_start start = start_as(TESTBED_STANDARD, TESTBED_HIGHEST_AVAILABLE, false);
    const struct rights rights = rights_of(start_worker_as(&start), TCP_BLOCK);
    assert_has_none(&rights);
}

/* A plain start cannot ask; where it is refused for that, the shell's can. */
static void highestavailable_gives_an_administrator_one_answer(void)
{
    struct testbed_start start = start_as(TESTBED_FILTERED_ADMIN, TESTBED_HIGHEST_AVAILABLE, false);
    const unsigned long error = start_error(&start);
    if (error != 0)
        assert_int_equal(error, ERROR_ELEVATION_REQUIRED);
    start.run_as = error != 0;
    const struct rights rights = rights_of(start_worker_as(&start), TCP_BLOCK);
    OBSERVE_VALUE(highest_available, rights.create);
    OBSERVE_VALUE(highest_available, rights.delete);
    assert_int_equal(rights.associate, rights.create == 0 ? 0 : WSAEACCES);
}

static void never_notify_still_splits_the_token(void)
{
    REQUIRE_TESTBED(testbed_never_notify(true));
    const struct rights rights = rights_of(start_worker(WORKER, TESTBED_FILTERED_ADMIN), TCP_BLOCK);
    REQUIRE_TESTBED(testbed_never_notify(false));
    if (rights.create == ERROR_SUCCESS)
        OBSERVE(never_notify, full_token);
    OBSERVE(never_notify, split_token);
    assert_has_none(&rights);
}

/* ---- What everybody may ---------------------------------------------------------------------- */

static void a_standard_user_may_look_up(enum block_protocol protocol)
{
    START_WINSOCK();
    const unsigned first = free_range(4);
    created(protocol, first, 4);

    struct testbed_child *worker = start_worker(WORKER, TESTBED_STANDARD);
    const struct worker_answer answer = worker_block(worker, WORKER_LOOKUP, protocol, first, 4);
    OBSERVE_VALUE(lookup_unelevated, answer.error);
    if (answer.error == 0)
        assert_true(answer.token != INVALID_PORT_RESERVATION_TOKEN);
    worker_leaves(worker);

    removed(protocol, first, 4);
}
FOR_TCP_AND_UDP(a_standard_user_may_look_up)

static void a_standard_user_may_do_all_at_run_time(enum block_protocol protocol)
{
    const unsigned first = free_range(4);
    struct testbed_child *worker = start_worker(WORKER, TESTBED_STANDARD);
    assert_int_equal(worker_open(worker, 0, protocol), 0);
    assert_int_equal(worker_open(worker, 1, protocol), 0);

    const struct worker_answer block = worker_acquires(worker, 0, first, 4);
    if (block.error == WSAEACCES)
        OBSERVE(acquire_privilege, administrator);
    assert_int_equal(block.error, 0);
    assert_int_equal(worker_uses_token(worker, WORKER_ASSOCIATE, 1, block.token), 0);
    const struct worker_answer bound = worker_binds(worker, 1, 0);
    assert_int_equal(bound.error, 0);
    assert_true(in_block(bound.port, first, 4));
    assert_int_equal(worker_does(worker, WORKER_CLOSE, 1).error, 0);
    OBSERVE(acquire_privilege, none);

    const unsigned released = worker_uses_token(worker, WORKER_RELEASE, 0, block.token);
    if (released == WSAEACCES)
        OBSERVE(release_privilege, administrator);
    assert_int_equal(released, 0);
    OBSERVE(release_privilege, none);
    worker_leaves(worker);
}
FOR_TCP_AND_UDP(a_standard_user_may_do_all_at_run_time)

/* The first port from 1000 down that nobody has. */
static void a_standard_user_gets_one_answer_below_1024(enum block_protocol protocol)
{
    START_WINSOCK();
    unsigned port = 1000;
    while (port > 600 && probe_block(protocol, port, 1) != 0)
        port--;

    struct testbed_child *worker = start_worker(WORKER, TESTBED_STANDARD);
    assert_int_equal(worker_open(worker, 0, protocol), 0);
    OBSERVE_VALUE(acquire_low_port, worker_acquires(worker, 0, port, 1).error);
    worker_leaves(worker);
}
FOR_TCP_AND_UDP(a_standard_user_gets_one_answer_below_1024)

/* ---- Open points ----------------------------------------------------------------------------- */

/* An elevated process associates; a plain one binds, through a descriptor it was given. */
static void bind_may_ask_for_the_right_of_associate(void)
{
    START_WINSOCK();
    const unsigned first = free_range(4);
    const ULONG64 token = created(TCP_BLOCK, first, 4);
    const SOCKET s = tcp_socket();
    assert_int_equal(associate_block(s, token), 0);

    struct testbed_child *worker = start_worker(WORKER, TESTBED_STANDARD);
    assert_int_equal(worker_adopts(worker, 0, s), 0);
    const struct worker_answer bound = worker_binds(worker, 0, 0);
    if (bound.error == 0) {
        assert_true(in_block(bound.port, first, 4));
        OBSERVE(bind_privilege, unchecked);
    } else {
        assert_int_equal(bound.error, WSAEACCES);
        OBSERVE(bind_privilege, checked);
    }
    worker_leaves(worker);
    assert_int_equal(closesocket(s), 0);
    removed(TCP_BLOCK, first, 4);
}

/* A call that is wrong twice: in its parameters, and in who calls. */
static void create_and_delete_check_in_one_order(enum block_protocol protocol)
{
    const unsigned first = free_range(1);
    struct testbed_child *worker = start_worker(WORKER, TESTBED_STANDARD);
    for (unsigned i = 0; i < 2; i++) {
        const enum deed deed = i == 0 ? WORKER_CREATE : WORKER_DELETE;
        OBSERVE_VALUE(check_order, worker_block(worker, deed, protocol, 0, 0).error);
        OBSERVE_VALUE(check_order, worker_block(worker, deed, protocol, 0, 1).error);
        OBSERVE_VALUE(check_order, worker_block(worker, deed, protocol, first, 0).error);
    }
    worker_leaves(worker);
}
FOR_TCP_AND_UDP(create_and_delete_check_in_one_order)

// clang-format off
static const struct suite_case cases[] = {
    CASE(tcp_a_standard_user_may_not, PRIV_001, PRIV_002, CRT_008, DEL_007, ASSOC_017),
    CASE(udp_a_standard_user_may_not, PRIV_001, PRIV_002, CRT_017, DEL_007, ASSOC_017),
    CASE(another_standard_user_may_not_either, PRIV_001, PRIV_002, ASSOC_017),
    CASE(tcp_a_filtered_administrator_may_not, PRIV_003, PRIV_006, PRIV_008, CRT_008, DEL_007),
    CASE(udp_a_filtered_administrator_may_not, PRIV_003, PRIV_006, PRIV_008, CRT_017, DEL_007),
    CASE(tcp_an_elevated_administrator_may, PRIV_001, PRIV_004, PRIV_008),
    CASE(udp_an_elevated_administrator_may, PRIV_001, PRIV_004, PRIV_008),
    CASE(tcp_the_builtin_administrator_may_without_asking, PRIV_001, PRIV_005),
    CASE(udp_the_builtin_administrator_may_without_asking, PRIV_001, PRIV_005),
    CASE(localsystem_gets_one_answer, PRIV_013),
    CASE(networkservice_gets_one_answer, PRIV_013),
    CASE(run_as_administrator_elevates, PRIV_004, PRIV_008),
    CASE(the_manifest_and_run_as_elevate, PRIV_003),
    CASE(a_plain_start_that_requires_an_administrator_is_refused, PRIV_003),
    CASE(a_start_without_consent_is_refused, PRIV_004),
    CASE(a_manifest_changes_nothing_for_one_who_is_elevated, PRIV_004, PRIV_005),
    CASE(highestavailable_gives_a_standard_user_nothing, PRIV_002, PRIV_007),
    CASE(highestavailable_gives_an_administrator_one_answer, PRIV_007),
    CASE(never_notify_still_splits_the_token, PRIV_009),
    CASE(tcp_a_standard_user_may_look_up, PRIV_011, LKP_009),
    CASE(udp_a_standard_user_may_look_up, PRIV_011, LKP_009),
    CASE(tcp_a_standard_user_may_do_all_at_run_time, PRIV_010, ASSOC_018),
    CASE(udp_a_standard_user_may_do_all_at_run_time, PRIV_010, ASSOC_018),
    CASE(tcp_a_standard_user_gets_one_answer_below_1024, PRIV_012),
    CASE(udp_a_standard_user_gets_one_answer_below_1024, PRIV_012),
    CASE(bind_may_ask_for_the_right_of_associate, PRIV_014),
    CASE(tcp_create_and_delete_check_in_one_order, DEL_013),
    CASE(udp_create_and_delete_check_in_one_order, DEL_013),
    END_OF_CASES,
};

static const struct testbed_program programs[] = {
    {WORKER, worker_run},
    {NULL, NULL},
};
// clang-format on

const struct suite privileges_suite = {
    .name = "privileges",
    .about = "Users, UAC's two tokens, manifests and consent",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
    .programs = programs,
};
