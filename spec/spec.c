#include "spec/spec.h"

#include <string.h>

/* clang-format off */
const struct clause_row spec_clauses[CLAUSE_COUNT] = {
    [CLAUSE_NONE] = {"", MUST, NOT_TESTABLE, "", "", ""},
#define CLAUSE(id, strength, state, source, statement, reason)                                     \
    [CLAUSE_##id] = {#id, strength, state, source, statement, reason},
#include "spec/clauses.def"
#undef CLAUSE
};

#define CLAUSE(id, strength, state, source, statement, reason)                                     \
    _Static_assert(sizeof(#id) <= CLAUSE_ID_SIZE, #id " is longer than a clause's id may be");
#include "spec/clauses.def"
#undef CLAUSE

/* FIRST_question is the first option of a question, and takes no number for itself. */
enum first_option {
#define QUESTION(name, reference, text) FIRST_##name, BEFORE_##name = FIRST_##name - 1,
#define OPTION(question, name, value, kind, clause, evidence) PLACE_##question##_##name,
#include "spec/behaviours.def"
#undef QUESTION
#undef OPTION
};

/* A struct of one byte for each option of a question, so that its size counts them. */
struct before_the_first_question {
    char nothing;
#define QUESTION(name, reference, text) }; struct options_of_##name {
#define OPTION(question, name, value, kind, clause, evidence) char question##_##name;
#include "spec/behaviours.def"
#undef QUESTION
#undef OPTION
};

/* An option that does not stand with its question is no member of the question's struct. */
#define QUESTION(name, reference, text)
#define OPTION(question, name, value, kind, clause, evidence)                                      \
    _Static_assert((size_t)OPTION_##question##_##name ==                                           \
                       (size_t)FIRST_##question +                                                  \
                           offsetof(struct options_of_##question, question##_##name),              \
                   #question " and its option " #name " stand apart");
#include "spec/behaviours.def"
#undef QUESTION
#undef OPTION

const struct behaviour_row spec_behaviours[BEHAVIOUR_COUNT] = {
#define QUESTION(name, reference, text)                                                            \
    [BEHAVIOUR_##name] = {#name, reference, text, (enum option)FIRST_##name,                       \
                          (unsigned)sizeof(struct options_of_##name)},
#define OPTION(question, name, value, kind, clause, evidence)
#include "spec/behaviours.def"
#undef QUESTION
#undef OPTION
};

const struct option_row spec_options[OPTION_COUNT] = {
#define QUESTION(name, reference, text)
#define OPTION(question, name, value, kind, clause, evidence)                                      \
    [OPTION_##question##_##name] = {BEHAVIOUR_##question, #name, value, kind, CLAUSE_##clause,     \
                                    evidence},
#include "spec/behaviours.def"
#undef QUESTION
#undef OPTION
};
/* clang-format on */

const char *strength_name(enum strength strength)
{
    switch (strength) {
    case MUST:
        return "MUST";
    case MUST_NOT:
        return "MUST-NOT";
    case MAY:
        return "MAY";
    case IMPLEMENTATION_DEFINED:
        return "IMPLEMENTATION-DEFINED";
    }
    return "";
}

const char *clause_state_name(enum clause_state state)
{
    switch (state) {
    case TESTED:
        return "TESTED";
    case PLANNED:
        return "PLANNED";
    case NOT_TESTABLE:
        return "NOT_TESTABLE";
    }
    return "";
}

const char *clause_id(enum clause clause, char out[CLAUSE_ID_SIZE])
{
    size_t length = strlen(spec_clauses[clause].id);
    for (size_t i = 0; i <= length; i++) {
        char letter = spec_clauses[clause].id[i];
        out[i] = (char)(letter == '_' ? '-' : letter);
    }
    return out;
}

enum clause clause_find(const char *id)
{
    char dashed[CLAUSE_ID_SIZE];
    for (int clause = CLAUSE_NONE + 1; clause < CLAUSE_COUNT; clause++) {
        if (strcmp(id, spec_clauses[clause].id) == 0)
            return (enum clause)clause;
        if (strcmp(id, clause_id((enum clause)clause, dashed)) == 0)
            return (enum clause)clause;
    }
    return CLAUSE_NONE;
}

enum behaviour behaviour_find(const char *name)
{
    int behaviour = 0;
    while (behaviour < BEHAVIOUR_COUNT && strcmp(name, spec_behaviours[behaviour].name) != 0)
        behaviour++;
    return (enum behaviour)behaviour;
}

enum option option_find(enum behaviour behaviour, const char *name)
{
    const struct behaviour_row *row = &spec_behaviours[behaviour];
    for (unsigned i = 0; i < row->option_count; i++)
        if (strcmp(name, spec_options[row->first + i].name) == 0)
            return (enum option)(row->first + i);
    return OPTION_COUNT;
}

enum option option_of_value(enum behaviour behaviour, uint32_t value)
{
    const struct behaviour_row *row = &spec_behaviours[behaviour];
    if (value == NO_VALUE)
        return OPTION_COUNT;
    for (unsigned i = 0; i < row->option_count; i++)
        if (spec_options[row->first + i].value == value)
            return (enum option)(row->first + i);
    return OPTION_COUNT;
}
