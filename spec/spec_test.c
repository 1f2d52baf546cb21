#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spec/spec.h"

/* The clauses of the fact base; those of the files a subject follow them. */
enum { FACT_BASE = 385 };

static void clauses_are_the_fact_bases(void **state)
{
    (void)state;
    static const struct {
        const char *group;
        unsigned count;
    } groups[] = {{"LAY", 18}, {"ACQ", 28}, {"ASSOC", 22}, {"REL", 16},  {"ERR", 38},
                  {"CRT", 28}, {"DEL", 13}, {"LKP", 13},   {"BIND", 29}, {"IOCTL", 17},
                  {"SPI", 30}, {"OVL", 41}, {"CAN", 26},   {"PRIV", 14}, {"LIFE", 10},
                  {"BOOT", 6}, {"SHR", 7},  {"OPT", 13},   {"NETSH", 9}, {"KRN", 7}};
    enum clause clause = CLAUSE_NONE;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        size_t length = strlen(groups[i].group);
        for (unsigned number = 1; number <= groups[i].count; number++) {
            clause++;
            assert_in_range(clause, 1, CLAUSE_COUNT - 1);
            const char *id = spec_clauses[clause].id;
            if (strncmp(id, groups[i].group, length) != 0 || id[length] != '_')
                fail_msg("%s stands where %s has number %u", id, groups[i].group, number);
            assert_int_equal(strtoul(id + length + 1, NULL, 10), number);
            assert_int_equal(strlen(id), length + 4);
        }
    }

    assert_int_equal(clause, FACT_BASE);
}

static void strengths_are_the_fact_bases(void **state)
{
    (void)state;
    unsigned counts[IMPLEMENTATION_DEFINED + 1] = {0};
    for (int clause = CLAUSE_NONE + 1; clause <= FACT_BASE; clause++)
        counts[spec_clauses[clause].strength]++;

    assert_int_equal(counts[MUST], 285);
    assert_int_equal(counts[IMPLEMENTATION_DEFINED], 75);
    assert_int_equal(counts[MAY], 19);
    assert_int_equal(counts[MUST_NOT], 6);
}

static void a_clause_without_a_test_says_why(void **state)
{
    (void)state;
    for (int clause = CLAUSE_NONE + 1; clause < CLAUSE_COUNT; clause++) {
        const struct clause_row *row = &spec_clauses[clause];
        if ((row->state == TESTED) != (row->reason[0] == '\0'))
            fail_msg("%s is %s and its reason is \"%s\"", row->id, clause_state_name(row->state),
                     row->reason);
        if (row->source[0] == '\0' || row->statement[0] == '\0')
            fail_msg("%s lacks its source or its statement", row->id);
    }
}

static void clauses_are_found_by_either_spelling(void **state)
{
    (void)state;
    char id[CLAUSE_ID_SIZE];

    assert_int_equal(clause_find("ACQ-007"), CLAUSE_ACQ_007);
    assert_int_equal(clause_find("ACQ_007"), CLAUSE_ACQ_007);
    assert_int_equal(clause_find("ACQ_7"), CLAUSE_NONE);
    assert_int_equal(clause_find(""), CLAUSE_NONE);
    assert_string_equal(clause_id(CLAUSE_NETSH_009, id), "NETSH-009");
    assert_string_equal(clause_id(CLAUSE_NONE, id), "");
}

static void names_are_the_words_of_the_tables(void **state)
{
    (void)state;
    assert_string_equal(strength_name(MUST), "MUST");
    assert_string_equal(strength_name(MUST_NOT), "MUST-NOT");
    assert_string_equal(strength_name(MAY), "MAY");
    assert_string_equal(strength_name(IMPLEMENTATION_DEFINED), "IMPLEMENTATION-DEFINED");
    assert_string_equal(clause_state_name(TESTED), "TESTED");
    assert_string_equal(clause_state_name(PLANNED), "PLANNED");
    assert_string_equal(clause_state_name(NOT_TESTABLE), "NOT_TESTABLE");
}

static void a_question_has_an_allowed_default(void **state)
{
    (void)state;
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++) {
        const struct behaviour_row *row = &spec_behaviours[behaviour];
        if (row->option_count < 2)
            fail_msg("%s has fewer than two options", row->name);
        if (spec_options[row->first].kind != ALLOWED)
            fail_msg("%s has a DEFECT for its default", row->name);
        if (behaviour_find(row->name) != (enum behaviour)behaviour)
            fail_msg("%s stands twice", row->name);
        for (unsigned i = 0; i < row->option_count; i++)
            assert_int_equal(spec_options[row->first + i].behaviour, behaviour);
    }
    assert_true(BEHAVIOUR_COUNT >= 60);
}

static void a_defect_names_a_tested_clause(void **state)
{
    (void)state;
    unsigned defects = 0;
    for (int option = 0; option < OPTION_COUNT; option++) {
        const struct option_row *row = &spec_options[option];
        const char *question = spec_behaviours[row->behaviour].name;
        if (row->kind == ALLOWED && row->clause != CLAUSE_NONE)
            fail_msg("%s = %s is allowed and names %s", question, row->name,
                     spec_clauses[row->clause].id);
        if (row->kind == DEFECT && row->clause == CLAUSE_NONE)
            fail_msg("%s = %s names no clause", question, row->name);
        if (row->kind == DEFECT && spec_clauses[row->clause].state != TESTED)
            fail_msg("%s = %s names %s, which has no test", question, row->name,
                     spec_clauses[row->clause].id);
        defects += row->kind == DEFECT;
    }
    assert_true(defects >= 60);
}

static void options_are_told_apart(void **state)
{
    (void)state;
    for (int option = 0; option < OPTION_COUNT; option++) {
        const struct option_row *row = &spec_options[option];
        const char *question = spec_behaviours[row->behaviour].name;
        if (option_find(row->behaviour, row->name) != (enum option)option)
            fail_msg("%s has two options called %s", question, row->name);
        if (row->value != NO_VALUE &&
            option_of_value(row->behaviour, row->value) != (enum option)option)
            fail_msg("%s has two options of value %u", question, (unsigned)row->value);
    }

    assert_int_equal(option_of_value(BEHAVIOUR_short_input, 10014), OPTION_short_input_wsaefault);
    assert_int_equal(option_of_value(BEHAVIOUR_short_input, 1), OPTION_COUNT);
    assert_int_equal(option_of_value(BEHAVIOUR_token_values, NO_VALUE), OPTION_COUNT);
    assert_int_equal(option_find(BEHAVIOUR_short_input, "zero"), OPTION_COUNT);
    assert_int_equal(behaviour_find("no_such_question"), BEHAVIOUR_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clauses_are_the_fact_bases),
        cmocka_unit_test(strengths_are_the_fact_bases),
        cmocka_unit_test(a_clause_without_a_test_says_why),
        cmocka_unit_test(clauses_are_found_by_either_spelling),
        cmocka_unit_test(names_are_the_words_of_the_tables),
        cmocka_unit_test(a_question_has_an_allowed_default),
        cmocka_unit_test(a_defect_names_a_tested_clause),
        cmocka_unit_test(options_are_told_apart),
    };
    return cmocka_run_group_tests_name("spec", tests, NULL, NULL) == 0 ? 0 : 1;
}
