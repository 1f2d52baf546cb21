#include "conformance/runner/compare.h"

#include <string.h>

#include "conformance/runner/text.h"

/* The string after `key` in a line of ours: "" where the key is not there or its value is null. */
static bool find_string(const char *line, const char *key, char *value, size_t size)
{
    const char *at = strstr(line, key);
    value[0] = '\0';
    if (at == NULL)
        return false;
    at += strlen(key);
    if (*at != '"')
        return true;
    const size_t length = strcspn(at + 1, "\"");
    snprintf(value, size, "%.*s", (int)length, at + 1);
    return true;
}

static bool read_clause(struct results *results, const char *line)
{
    char id[CLAUSE_ID_SIZE * 2];
    char verdict[32];
    if (!find_string(line, "{\"id\": ", id, sizeof id))
        return true;
    const enum clause clause = clause_find(id);
    if (clause == CLAUSE_NONE || !find_string(line, "\"verdict\": ", verdict, sizeof verdict))
        return false;
    results->verdicts[clause] = verdict_find(verdict);
    return verdict[0] == '\0' || results->verdicts[clause] != VERDICT_NONE;
}

static bool read_behaviour(struct results *results, const char *line)
{
    char name[64];
    char option[64];
    if (!find_string(line, "{\"name\": ", name, sizeof name))
        return true;
    const enum behaviour behaviour = behaviour_find(name);
    if (behaviour == BEHAVIOUR_COUNT || !find_string(line, "\"observed\": ", option, sizeof option))
        return false;
    if (option[0] != '\0')
        results->observed[behaviour] = option_find(behaviour, option);
    return option[0] == '\0' || results->observed[behaviour] != OPTION_COUNT;
}

static bool read_lines(struct results *results, char *text, unsigned *line)
{
    for (*line = 1; *text != '\0'; ++*line) {
        const size_t length = strcspn(text, "\n");
        char *next = text + length + (text[length] != '\0');
        text[length] = '\0';
        if (results->target[0] == '\0')
            find_string(text, "\"target\": ", results->target, sizeof results->target);
        if (!read_clause(results, text) || !read_behaviour(results, text))
            return false;
        text = next;
    }
    return results->target[0] != '\0';
}

bool results_read(struct results *results, const char *path, char *message, size_t message_size)
{
    struct text text;
    unsigned line;
    memset(results, 0, sizeof *results);
    results->path = path;
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++)
        results->observed[behaviour] = OPTION_COUNT;
    if (!text_read_file(&text, path, "results of --json", message, message_size))
        return false;
    const bool read = text.length > 0 && read_lines(results, text.bytes, &line);
    if (!read)
        snprintf(message, message_size,
                 "%s:%u: no results of this suite, expected what --json wrote", path,
                 text.length > 0 ? line : 1);
    text_free(&text);
    return read;
}

/* PASS and OBSERVED are one: which of them is said by the clause, not by the stack. */
static enum verdict plain(enum verdict verdict)
{
    if (verdict == VERDICT_SKIPPED)
        return VERDICT_NONE;
    return verdict == VERDICT_OBSERVED ? VERDICT_PASS : verdict;
}

bool comparison_differs(const struct comparison *comparison, enum clause clause)
{
    const enum verdict one = plain(comparison->sides[0].verdicts[clause]);
    const enum verdict other = plain(comparison->sides[1].verdicts[clause]);
    return one != other && one != VERDICT_NONE && other != VERDICT_NONE;
}

bool comparison_expects(const struct comparison *comparison, enum clause clause)
{
    const enum verdict expected = comparison->expectations->clauses[clause].verdict;
    return expected != VERDICT_NONE && expected == comparison->sides[1].verdicts[clause];
}

bool comparison_answers_differ(const struct comparison *comparison, enum behaviour behaviour)
{
    const enum option one = comparison->sides[0].observed[behaviour];
    const enum option other = comparison->sides[1].observed[behaviour];
    return one != other && one != OPTION_COUNT && other != OPTION_COUNT;
}

static unsigned write_clauses(const struct comparison *comparison, FILE *out)
{
    unsigned unexpected = 0;
    for (int i = CLAUSE_NONE + 1; i < CLAUSE_COUNT; i++) {
        const enum clause clause = (enum clause)i;
        char id[CLAUSE_ID_SIZE];
        if (!comparison_differs(comparison, clause))
            continue;
        const bool expected = comparison_expects(comparison, clause);
        fprintf(out, "%-10s %-12s %-12s %s\n", clause_id(clause, id),
                verdict_name(comparison->sides[0].verdicts[clause]),
                verdict_name(comparison->sides[1].verdicts[clause]),
                expected ? comparison->expectations->clauses[clause].reason
                         : spec_clauses[clause].statement);
        unexpected += !expected;
    }
    return unexpected;
}

static unsigned write_answers(const struct comparison *comparison, FILE *out)
{
    unsigned different = 0;
    for (int i = 0; i < BEHAVIOUR_COUNT; i++) {
        if (!comparison_answers_differ(comparison, (enum behaviour)i))
            continue;
        fprintf(out, "%s: %s, %s\n", spec_behaviours[i].name,
                spec_options[comparison->sides[0].observed[i]].name,
                spec_options[comparison->sides[1].observed[i]].name);
        different++;
    }
    return different;
}

bool comparison_write(const struct comparison *comparison, FILE *out)
{
    fprintf(out, "%-10s %-12s %s\n", "clause", comparison->sides[0].target,
            comparison->sides[1].target);
    const unsigned clauses = write_clauses(comparison, out);
    const unsigned answers = write_answers(comparison, out);
    fprintf(out, "%u clauses differ unexpectedly, %u questions are answered differently\n", clauses,
            answers);
    return clauses + answers == 0;
}
