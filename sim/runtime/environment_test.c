#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/runtime/environment.h"

static const char *set_name, *set_value;
static struct environment environment;
static char message[ENVIRONMENT_MESSAGE_SIZE];

static const char *one_variable(const char *name)
{
    return set_name != NULL && strcmp(name, set_name) == 0 ? set_value : NULL;
}

static bool reads(const char *name, const char *value)
{
    set_name = name;
    set_value = value;
    message[0] = '\0';
    return environment_read(&environment, one_variable, message);
}

static void nothing_set_is_seed_1_of_a_standard_user(void **state)
{
    (void)state;
    struct profile profile;
    profile_default(&profile);

    assert_true(reads(NULL, NULL));
    assert_int_equal(environment.seed, 1);
    assert_int_equal(environment.launch.account, BERTH_STANDARD);
    assert_false(environment.launch.run_as);
    assert_null(environment.machine);
    assert_null(environment.trace);
    assert_memory_equal(&environment.profile, &profile, sizeof profile);
}

static void seeds(void **state)
{
    (void)state;
    assert_true(reads("BERTH_SEED", "0x10"));
    assert_int_equal(environment.seed, 16);
    assert_true(reads("BERTH_SEED", "18446744073709551615"));
    assert_true(environment.seed == UINT64_MAX);
    static const char *const bad[] = {"", "-1", " 1", "1 ", "x", "18446744073709551616"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(reads("BERTH_SEED", bad[i]));
        assert_non_null(strstr(message, "BERTH_SEED"));
        assert_non_null(strstr(message, "expected"));
        assert_null(strchr(message, '\n'));
    }
}

static void users(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum berth_account account;
        bool elevated;
    } known[] = {
        {"standard", BERTH_STANDARD, false},   {"admin", BERTH_ADMIN, false},
        {"elevated", BERTH_ADMIN, true},       {"builtin", BERTH_BUILTIN_ADMIN, false},
        {"system", BERTH_LOCAL_SYSTEM, false}, {"network", BERTH_NETWORK_SERVICE, false},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_true(reads("BERTH_USER", known[i].name));
        assert_int_equal(environment.launch.account, known[i].account);
        assert_int_equal(environment.launch.run_as, known[i].elevated);
    }
    assert_false(reads("BERTH_USER", "root"));
    assert_string_equal(message, "BERTH_USER='root': expected standard, admin, elevated, builtin, "
                                 "system or network");
}

static void settings_are_answers_of_the_profile(void **state)
{
    (void)state;
    assert_true(reads("BERTH_SET", "acquire_collision=wsaeacces,automatic_bind = enters"));
    assert_true(BEHAVES(&environment.profile, acquire_collision, wsaeacces));
    assert_true(BEHAVES(&environment.profile, automatic_bind, enters));
    assert_true(reads("BERTH_SET", ""));
    assert_false(reads("BERTH_SET", "acquire_collision=wsaeacces,automatic_bind=perhaps"));
    assert_non_null(strstr(message, "BERTH_SET:2"));
    assert_false(reads("BERTH_SET", "acquire_collision"));
}

static void switches_are_on_or_off(void **state)
{
    (void)state;
    assert_true(reads(NULL, NULL));
    assert_true(environment.ownership);
    assert_false(environment.preemption);
    assert_true(reads("BERTH_PREEMPTION", "on"));
    assert_true(environment.preemption);
    assert_true(reads("BERTH_PREEMPTION", "off"));
    assert_false(environment.preemption);
    assert_true(reads("BERTH_OWNERSHIP", "off"));
    assert_false(environment.ownership);
    assert_false(reads("BERTH_PREEMPTION", "yes"));
    assert_string_equal(message, "BERTH_PREEMPTION='yes': expected on or off");
}

static void files_are_named_and_profiles_read(void **state)
{
    (void)state;
    assert_true(reads("BERTH_MACHINE", "here"));
    assert_string_equal(environment.machine, "here");
    assert_true(reads("BERTH_TRACE", "-"));
    assert_string_equal(environment.trace, "-");
    assert_false(reads("BERTH_MACHINE", ""));
    assert_false(reads("BERTH_TRACE", ""));
    assert_false(reads("BERTH_PROFILE", "/nowhere/profile"));
    assert_non_null(strstr(message, "No such file"));

    const char *path = "environment_test.profile";
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("# as seen somewhere\nacquire_collision = wsaeacces\n", file);
    fclose(file);
    assert_true(reads("BERTH_PROFILE", path));
    assert_true(BEHAVES(&environment.profile, acquire_collision, wsaeacces));
    remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_set_is_seed_1_of_a_standard_user),
        cmocka_unit_test(seeds),
        cmocka_unit_test(users),
        cmocka_unit_test(settings_are_answers_of_the_profile),
        cmocka_unit_test(switches_are_on_or_off),
        cmocka_unit_test(files_are_named_and_profiles_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
