/* Every account, manifest, way to start and setting of UAC, and who may reserve. */
#include "sim/nt/fixture.h"

static struct profile profile;

static int default_profile(void **state)
{
    (void)state;
    profile_default(&profile);
    return 0;
}

/* Which token a start gives, or why none. */
enum outcome {
    P, /* the parent's token */
    E, /* elevated: an administrator's full token */
    N, /* STATUS_ELEVATION_REQUIRED: it needs more */
    R  /* STATUS_CONSENT_REFUSED */
};

static const char *const outcome_names[] = {"the parent's token", "elevated", "elevation required",
                                            "consent refused"};

static const char *const account_names[ACCOUNT_COUNT] = {
    "standard", "other standard", "administrator", "built-in", "LocalSystem", "NetworkService"};
static const char *const level_names[] = {"asInvoker", "highestAvailable", "requireAdministrator"};

struct expected {
    enum account account;
    enum execution_level level;
    /* By CreateProcess; as administrator, the user says no; and says yes. */
    enum outcome asks[3], never_notify[3];
};

/* clang-format off */
static const struct expected expected[] = {
    {ACCOUNT_STANDARD,        AS_INVOKER,            {P, R, E}, {P, R, E}},
    {ACCOUNT_STANDARD,        HIGHEST_AVAILABLE,     {P, R, E}, {P, R, E}},
    {ACCOUNT_STANDARD,        REQUIRE_ADMINISTRATOR, {N, R, E}, {N, R, E}},
    {ACCOUNT_OTHER_STANDARD,  AS_INVOKER,            {P, R, E}, {P, R, E}},
    {ACCOUNT_OTHER_STANDARD,  HIGHEST_AVAILABLE,     {P, R, E}, {P, R, E}},
    {ACCOUNT_OTHER_STANDARD,  REQUIRE_ADMINISTRATOR, {N, R, E}, {N, R, E}},
    {ACCOUNT_ADMIN,           AS_INVOKER,            {P, R, E}, {P, E, E}},
    {ACCOUNT_ADMIN,           HIGHEST_AVAILABLE,     {N, R, E}, {N, E, E}},
    {ACCOUNT_ADMIN,           REQUIRE_ADMINISTRATOR, {N, R, E}, {N, E, E}},
    {ACCOUNT_BUILTIN_ADMIN,   AS_INVOKER,            {P, P, P}, {P, P, P}},
    {ACCOUNT_BUILTIN_ADMIN,   HIGHEST_AVAILABLE,     {P, P, P}, {P, P, P}},
    {ACCOUNT_BUILTIN_ADMIN,   REQUIRE_ADMINISTRATOR, {P, P, P}, {P, P, P}},
    {ACCOUNT_LOCAL_SYSTEM,    AS_INVOKER,            {P, P, P}, {P, P, P}},
    {ACCOUNT_LOCAL_SYSTEM,    HIGHEST_AVAILABLE,     {P, P, P}, {P, P, P}},
    {ACCOUNT_LOCAL_SYSTEM,    REQUIRE_ADMINISTRATOR, {P, P, P}, {P, P, P}},
    {ACCOUNT_NETWORK_SERVICE, AS_INVOKER,            {P, N, N}, {P, N, N}},
    {ACCOUNT_NETWORK_SERVICE, HIGHEST_AVAILABLE,     {P, N, N}, {P, N, N}},
    {ACCOUNT_NETWORK_SERVICE, REQUIRE_ADMINISTRATOR, {N, N, N}, {N, N, N}},
};
/* clang-format on */

_Static_assert(sizeof expected / sizeof expected[0] == ACCOUNT_COUNT * 3, "a row is missing");

static bool same_token(const struct token *a, const struct token *b)
{
    return a->account == b->account && a->elevation == b->elevation &&
           a->administrator == b->administrator;
}

static enum outcome start(enum account account, enum execution_level level, bool run_as,
                          bool consent, bool never_notify)
{
    const struct uac uac = {.never_notify = never_notify};
    const struct launch launch = {
        .parent = token_at_logon(account, &uac, &profile),
        .level = level,
        .run_as = run_as,
        .consent = consent,
    };
    const struct token before = {.account = ACCOUNT_COUNT};
    struct token token = before;

    nt_status status = token_for_launch(&launch, &uac, &profile, &token);
    if (!nt_success(status)) {
        assert_true(same_token(&token, &before));
        if (status == STATUS_CONSENT_REFUSED)
            return R;
        assert_status(status, STATUS_ELEVATION_REQUIRED);
        return N;
    }
    if (same_token(&token, &launch.parent))
        return P;
    assert_int_equal(token.account, ACCOUNT_ADMIN);
    assert_int_equal(token.elevation, ELEVATION_FULL);
    assert_true(token.administrator);
    return E;
}

static void expect(const struct expected *row, bool run_as, bool consent, bool never_notify)
{
    enum outcome got = start(row->account, row->level, run_as, consent, never_notify);
    const enum outcome *outcomes = never_notify ? row->never_notify : row->asks;
    enum outcome want = outcomes[!run_as ? 0 : consent ? 2 : 1];
    if (got != want)
        fail_msg("%s, %s, %s, %s, %s: %s, not %s", account_names[row->account],
                 level_names[row->level], run_as ? "runas" : "CreateProcess",
                 consent ? "yes" : "no", never_notify ? "never notify" : "always",
                 outcome_names[got], outcome_names[want]);
}

static void every_start_gets_its_token(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        for (int bits = 0; bits < 8; bits++)
            expect(&expected[i], (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
}

static void only_the_administrators_token_is_split(void **state)
{
    (void)state;
    static const struct {
        enum account account;
        enum elevation_type elevation;
        bool administrator;
    } rows[] = {
        {ACCOUNT_STANDARD, ELEVATION_DEFAULT, false},
        {ACCOUNT_OTHER_STANDARD, ELEVATION_DEFAULT, false},
        {ACCOUNT_ADMIN, ELEVATION_LIMITED, false},
        {ACCOUNT_BUILTIN_ADMIN, ELEVATION_DEFAULT, true},
        {ACCOUNT_LOCAL_SYSTEM, ELEVATION_DEFAULT, true},
        {ACCOUNT_NETWORK_SERVICE, ELEVATION_DEFAULT, false},
    };
    for (int never_notify = 0; never_notify < 2; never_notify++) {
        const struct uac uac = {.never_notify = never_notify != 0};
        for (size_t i = 0; i < ACCOUNT_COUNT; i++) {
            struct token token = token_at_logon(rows[i].account, &uac, &profile);
            assert_int_equal(token.account, rows[i].account);
            assert_int_equal(token.elevation, rows[i].elevation);
            assert_int_equal(token.administrator, rows[i].administrator);
        }
    }
}

static void an_elevated_parent_hands_its_token_on(void **state)
{
    (void)state;
    const struct uac uac = {0};
    for (int level = AS_INVOKER; level <= REQUIRE_ADMINISTRATOR; level++)
        for (int run_as = 0; run_as < 2; run_as++) {
            const struct launch launch = {
                .parent = {ACCOUNT_ADMIN, ELEVATION_FULL, true},
                .level = (enum execution_level)level,
                .run_as = run_as != 0,
            };
            struct token token;
            assert_status(token_for_launch(&launch, &uac, &profile, &token), STATUS_SUCCESS);
            assert_true(same_token(&token, &launch.parent));
        }
}

static const struct token logged_on[ACCOUNT_COUNT] = {
    {ACCOUNT_STANDARD, ELEVATION_DEFAULT, false},
    {ACCOUNT_OTHER_STANDARD, ELEVATION_DEFAULT, false},
    {ACCOUNT_ADMIN, ELEVATION_LIMITED, false},
    {ACCOUNT_BUILTIN_ADMIN, ELEVATION_DEFAULT, true},
    {ACCOUNT_LOCAL_SYSTEM, ELEVATION_DEFAULT, true},
    {ACCOUNT_NETWORK_SERVICE, ELEVATION_DEFAULT, false},
};
static const struct token elevated = {ACCOUNT_ADMIN, ELEVATION_FULL, true};

/* The accounts, least first, as the bits of a number, and bit 6 for the elevated administrator. */
static unsigned who_may_reserve(void)
{
    unsigned who = token_may_reserve(&elevated, &profile) ? 1u << ACCOUNT_COUNT : 0;
    for (int i = 0; i < ACCOUNT_COUNT; i++)
        if (token_may_reserve(&logged_on[i], &profile))
            who |= 1u << i;
    return who;
}

static void who_may_reserve_is_the_profiles_to_say(void **state)
{
    (void)state;
    const unsigned by_default =
        1u << ACCOUNT_BUILTIN_ADMIN | 1u << ACCOUNT_LOCAL_SYSTEM | 1u << ACCOUNT_COUNT;
    assert_int_equal(who_may_reserve(), by_default);

    profile_choose(&profile, OPTION_local_system_access_denied);
    assert_int_equal(who_may_reserve(), by_default & ~(1u << ACCOUNT_LOCAL_SYSTEM));

    profile_default(&profile);
    profile_choose(&profile, OPTION_network_service_granted);
    assert_int_equal(who_may_reserve(), by_default | 1u << ACCOUNT_NETWORK_SERVICE);

    profile_default(&profile);
    profile_choose(&profile, OPTION_create_unelevated_filtered_granted);
    assert_int_equal(who_may_reserve(), by_default | 1u << ACCOUNT_ADMIN);
}

static void before_windows_8_never_notify_switched_uac_off(void **state)
{
    (void)state;
    profile_choose(&profile, OPTION_never_notify_full_token);
    const struct uac off = {.never_notify = true}, on = {0};

    struct token token = token_at_logon(ACCOUNT_ADMIN, &off, &profile);
    assert_int_equal(token.elevation, ELEVATION_DEFAULT);
    assert_true(token_may_reserve(&token, &profile));
    assert_int_equal(start(ACCOUNT_ADMIN, REQUIRE_ADMINISTRATOR, false, false, true), P);
    assert_int_equal(start(ACCOUNT_STANDARD, REQUIRE_ADMINISTRATOR, false, false, true), P);

    token = token_at_logon(ACCOUNT_ADMIN, &on, &profile);
    assert_int_equal(token.elevation, ELEVATION_LIMITED);
}

static void highest_available_may_not_be_enough(void **state)
{
    (void)state;
    profile_choose(&profile, OPTION_highest_available_access_denied);
    assert_int_equal(start(ACCOUNT_ADMIN, HIGHEST_AVAILABLE, false, false, false), P);
    assert_int_equal(start(ACCOUNT_ADMIN, HIGHEST_AVAILABLE, true, true, false), P);
    assert_int_equal(start(ACCOUNT_ADMIN, REQUIRE_ADMINISTRATOR, true, true, false), E);
    assert_int_equal(start(ACCOUNT_STANDARD, HIGHEST_AVAILABLE, true, true, false), E);
}

static void a_wrong_machine_starts_what_wants_an_administrator(void **state)
{
    (void)state;
    profile_choose(&profile, OPTION_require_administrator_starts);
    assert_int_equal(start(ACCOUNT_ADMIN, REQUIRE_ADMINISTRATOR, false, false, false), P);
    assert_int_equal(start(ACCOUNT_STANDARD, REQUIRE_ADMINISTRATOR, false, false, false), P);
    assert_int_equal(start(ACCOUNT_ADMIN, REQUIRE_ADMINISTRATOR, true, false, false), R);
    assert_int_equal(start(ACCOUNT_ADMIN, HIGHEST_AVAILABLE, false, false, false), N);
}

#define PROFILE_TEST(name) cmocka_unit_test_setup(name, default_profile)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROFILE_TEST(every_start_gets_its_token),
        PROFILE_TEST(only_the_administrators_token_is_split),
        PROFILE_TEST(an_elevated_parent_hands_its_token_on),
        PROFILE_TEST(who_may_reserve_is_the_profiles_to_say),
        PROFILE_TEST(before_windows_8_never_notify_switched_uac_off),
        PROFILE_TEST(highest_available_may_not_be_enough),
        PROFILE_TEST(a_wrong_machine_starts_what_wants_an_administrator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
