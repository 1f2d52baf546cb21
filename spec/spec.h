/* What Berth's specification says, as C: every clause, every open question with its options, and a
 * profile, which picks one option of each question.
 *
 * The rows stand in clauses.def, behaviours.def and errors.def; nothing here repeats them. A name
 * that has no row does not compile. The tables are constant and live for the whole program.
 */
#ifndef SPEC_SPEC_H
#define SPEC_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How firmly the documentation speaks. */
enum strength { MUST, MUST_NOT, MAY, IMPLEMENTATION_DEFINED };

/* Where a clause stands: judged by a test, waiting for a later part of the suite, or beyond any
 * test, with the reason in its row.
 */
enum clause_state { TESTED, PLANNED, NOT_TESTABLE };

enum clause {
    CLAUSE_NONE,
#define CLAUSE(id, strength, state, source, statement, reason) CLAUSE_##id,
#include "spec/clauses.def"
#undef CLAUSE
    CLAUSE_COUNT
};

struct clause_row {
    const char *id; /* "ACQ_007", as cases cite it; people read clause_id() */
    enum strength strength;
    enum clause_state state;
    const char *source;    /* page and section, or the observation */
    const char *statement; /* one testable sentence */
    const char *reason; /* "" when TESTED; else what the clause waits for, or why no test can be */
};

/* Row CLAUSE_NONE is all empty strings. */
extern const struct clause_row spec_clauses[CLAUSE_COUNT];

const char *strength_name(enum strength strength);
const char *clause_state_name(enum clause_state state);

/* The clause called `id` ("ACQ-007", or "ACQ_007"), or CLAUSE_NONE. */
enum clause clause_find(const char *id);

/* Writes the id as people read it, "ACQ-007", to `out` and returns it; "" for CLAUSE_NONE. */
enum { CLAUSE_ID_SIZE = 12 };
const char *clause_id(enum clause clause, char out[CLAUSE_ID_SIZE]);

enum behaviour {
#define QUESTION(name, reference, text) BEHAVIOUR_##name,
#define OPTION(question, name, value, kind, clause, evidence)
#include "spec/behaviours.def"
#undef QUESTION
#undef OPTION
    BEHAVIOUR_COUNT
};

enum option {
#define QUESTION(name, reference, text)
#define OPTION(question, name, value, kind, clause, evidence) OPTION_##question##_##name,
#include "spec/behaviours.def"
#undef QUESTION
#undef OPTION
    OPTION_COUNT
};

enum option_kind { ALLOWED, DEFECT };

/* An option that is told by what happened rather than by a number. */
#define NO_VALUE UINT32_MAX

struct option_row {
    enum behaviour behaviour;
    const char *name;
    uint32_t value; /* the error the caller sees, 0 for success; or NO_VALUE */
    enum option_kind kind;
    enum clause clause;   /* the clause a DEFECT must turn red; CLAUSE_NONE when ALLOWED */
    const char *evidence; /* a page, a sighting, or that it is plausible and nobody published it */
};

struct behaviour_row {
    const char *name;
    const char *reference; /* the entry of the fact base, "X-23", or a clause */
    const char *text;      /* the question */
    enum option first;     /* the default; the options of a question stand together */
    unsigned option_count;
};

extern const struct behaviour_row spec_behaviours[BEHAVIOUR_COUNT];
extern const struct option_row spec_options[OPTION_COUNT];

/* The question called `name`, or BEHAVIOUR_COUNT. */
enum behaviour behaviour_find(const char *name);

/* The option of `behaviour` called `name`, or OPTION_COUNT. */
enum option option_find(enum behaviour behaviour, const char *name);

/* The option of `behaviour` that the number `value` stands for, or OPTION_COUNT. */
enum option option_of_value(enum behaviour behaviour, uint32_t value);

/* One answer to every question. Zeroed memory is not a profile: start with profile_default(). */
struct profile {
    uint16_t chosen[BEHAVIOUR_COUNT]; /* enum option */
};

/* Every question at its default, the first option of its rows. */
void profile_default(struct profile *profile);

/* Chooses an option. The option must belong to a question; the caller has checked. */
void profile_choose(struct profile *profile, enum option option);

/* Reads a profile: lines of `question = option`, `#` comments, blank lines. Questions that are not
 * named keep what `profile` holds. On the first bad line returns false, leaves `profile` as it was
 * and writes one line, "NAME:LINE: what, what was expected", to `message`.
 */
bool profile_read(struct profile *profile, const char *name, const char *text, char *message,
                  size_t message_size);

/* Whether the profile answers `question` with `option`; a name without a row does not compile. */
#define BEHAVES(profile, question, option)                                                         \
    ((profile)->chosen[BEHAVIOUR_##question] == OPTION_##question##_##option)

/* The number the profile's answer to `question` stands for. */
#define BEHAVIOUR_VALUE(profile, question)                                                         \
    (spec_options[(profile)->chosen[BEHAVIOUR_##question]].value)

#endif
