#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "spec/spec.h"

static struct profile profile;
static char message[256];

static int start_at_the_default(void **state)
{
    (void)state;
    profile_default(&profile);
    memset(message, 'x', sizeof message);
    return 0;
}

static bool reads(const char *text)
{
    return profile_read(&profile, "my.profile", text, message, sizeof message);
}

/* Refused with this message, and the profile as it was. */
static void assert_refused(const char *text, const char *expected)
{
    const struct profile before = profile;

    assert_false(reads(text));
    assert_string_equal(message, expected);
    assert_memory_equal(&profile, &before, sizeof profile);
}

static void the_default_is_each_first_option(void **state)
{
    (void)state;
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++)
        assert_int_equal(profile.chosen[behaviour], spec_behaviours[behaviour].first);
}

static void a_choice_changes_its_question_alone(void **state)
{
    (void)state;
    struct profile before = profile;

    profile_choose(&profile, OPTION_short_input_wsaeinval);

    assert_true(BEHAVES(&profile, short_input, wsaeinval));
    assert_false(BEHAVES(&profile, short_input, wsaefault));
    assert_int_equal(BEHAVIOUR_VALUE(&profile, short_input), 10022);
    before.chosen[BEHAVIOUR_short_input] = OPTION_short_input_wsaeinval;
    assert_memory_equal(&profile, &before, sizeof profile);
}

static void lines_are_read_whatever_their_blanks(void **state)
{
    (void)state;
    assert_true(reads("# what a machine answered\r\n\r\n"
                      "short_input=wsaeinval\n"
                      "\t token_values \t=  sequential  # seen twice\r\n"
                      "acquire_zero_count = wsaeopnotsupp"));

    assert_true(BEHAVES(&profile, short_input, wsaeinval));
    assert_true(BEHAVES(&profile, token_values, sequential));
    assert_true(BEHAVES(&profile, acquire_zero_count, wsaeopnotsupp));
    assert_true(BEHAVES(&profile, block_end, included));
}

static void nothing_is_a_profile(void **state)
{
    (void)state;
    const struct profile before = profile;

    assert_true(reads(""));
    assert_true(reads("\n#\n"));
    assert_memory_equal(&profile, &before, sizeof profile);
}

static void a_bad_line_is_named_and_nothing_is_taken(void **state)
{
    (void)state;
    assert_refused("short_input = wsaeinval\nshort_inputs = wsaeinval\n",
                   "my.profile:2: unknown question \"short_inputs\", expected a row of "
                   "spec/behaviours.def");
    assert_refused("\n\nshort_input = zero\n",
                   "my.profile:3: unknown option \"zero\", expected one of wsaefault, wsaeinval, "
                   "accepts");
    assert_refused("short_input wsaeinval",
                   "my.profile:1: no answer in \"short_input wsaeinval\", expected question = "
                   "option");
    assert_refused("short_input = # forgotten\n",
                   "my.profile:1: unknown option \"\", expected one of wsaefault, wsaeinval, "
                   "accepts");
    assert_refused("= wsaeinval\n",
                   "my.profile:1: unknown question \"\", expected a row of spec/behaviours.def");
    assert_refused("short_input = wsaeinval\nshort_input = wsaefault\n",
                   "my.profile:2: answered again \"short_input\", expected it once, as on line 1");
}

static void a_message_is_one_printable_line(void **state)
{
    (void)state;
    assert_refused("a\vb\033[31m\xff = x",
                   "my.profile:1: unknown question \"a?b?[31m?\", expected a row of "
                   "spec/behaviours.def");
}

static void a_message_is_cut_to_fit(void **state)
{
    (void)state;
    char small[16];

    assert_false(profile_read(&profile, "my.profile", "x", small, sizeof small));
    assert_string_equal(small, "my.profile:1: n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_default_is_each_first_option, start_at_the_default),
        cmocka_unit_test_setup(a_choice_changes_its_question_alone, start_at_the_default),
        cmocka_unit_test_setup(lines_are_read_whatever_their_blanks, start_at_the_default),
        cmocka_unit_test_setup(nothing_is_a_profile, start_at_the_default),
        cmocka_unit_test_setup(a_bad_line_is_named_and_nothing_is_taken, start_at_the_default),
        cmocka_unit_test_setup(a_message_is_one_printable_line, start_at_the_default),
        cmocka_unit_test_setup(a_message_is_cut_to_fit, start_at_the_default),
    };
    return cmocka_run_group_tests_name("profile", tests, NULL, NULL) == 0 ? 0 : 1;
}
