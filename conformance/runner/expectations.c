#include "conformance/runner/expectations.h"

#include <stdlib.h>

#include "conformance/runner/text.h"

enum { WORD_SIZE = 32 };

struct reader {
    struct expectations *expectations;
    unsigned line;
    char *message;
    size_t message_size;
};

static bool refuse(const struct reader *reader, const char *what, const char *word,
                   const char *expected)
{
    snprintf(reader->message, reader->message_size, "%s:%u: %s \"%s\", expected %s",
             reader->expectations->path, reader->line, what, word, expected);
    return false;
}

/* Takes a word of printable letters, cut to fit; answers what follows its blanks. */
static const char *take_word(const char *line, char word[WORD_SIZE])
{
    size_t length = strcspn(line, " \t");
    for (size_t i = 0; i < length && i < WORD_SIZE - 1; i++)
        word[i] = (char)(line[i] >= ' ' && line[i] <= '~' ? line[i] : '?');
    word[length < WORD_SIZE - 1 ? length : WORD_SIZE - 1] = '\0';
    line += length;
    return line + strspn(line, " \t");
}

/* `line` ends where the text says, without blanks at its ends. */
static bool read_line(struct reader *reader, const char *line)
{
    char id[WORD_SIZE];
    char name[WORD_SIZE];
    const char *rest = take_word(line, id);
    const char *reason = take_word(rest, name);

    enum clause clause = clause_find(id);
    if (clause == CLAUSE_NONE)
        return refuse(reader, "unknown clause", id, "an id of spec/clauses.def");
    if (spec_clauses[clause].state != TESTED)
        return refuse(reader, "no case judges", id, "a clause that is TESTED");
    size_t end = strlen(name);
    bool sometimes = end > 0 && name[end - 1] == '?';
    if (sometimes)
        name[end - 1] = '\0';
    enum verdict verdict = verdict_find(name);
    if (verdict != VERDICT_FAIL && verdict != VERDICT_UNSUPPORTED && verdict != VERDICT_SKIPPED)
        return refuse(reader, "no such verdict", name,
                      "FAIL, UNSUPPORTED or SKIPPED, perhaps with a ?");
    if (*reason == '\0')
        return refuse(reader, "no reason for", id, "CLAUSE VERDICT REASON");
    struct expectation *expectation = &reader->expectations->clauses[clause];
    if (expectation->verdict != VERDICT_NONE)
        return refuse(reader, "listed again", id, "each clause once");
    *expectation = (struct expectation){
        .verdict = verdict, .sometimes = sometimes, .line = reader->line};
    expectation->reason = text_copy(reason);
    return true;
}

static bool read_lines(struct reader *reader, char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        char *next = text + length + (text[length] != '\0');
        text[length] = '\0';
        reader->line++;
        text += strspn(text, " \t");
        text[strcspn(text, "\r")] = '\0';
        if (*text != '\0' && *text != '#' && !read_line(reader, text))
            return false;
        text = next;
    }
    return true;
}

bool expectations_read(struct expectations *expectations, const char *path, char *message,
                       size_t message_size)
{
    *expectations = (struct expectations){.path = path};
    if (path == NULL)
        return true;
    struct text text;
    struct reader reader = {expectations, 0, message, message_size};
    if (!text_read_file(&text, path, "a list of expectations", message, message_size))
        return false;
    bool read = read_lines(&reader, text.bytes);
    text_free(&text);
    return read;
}

void expectations_free(struct expectations *expectations)
{
    for (int clause = 0; clause < CLAUSE_COUNT; clause++)
        free(expectations->clauses[clause].reason);
    *expectations = (struct expectations){0};
}

/* Whether all cases of the clause ran: a part of them may miss the one that fails. */
static bool was_judged(const struct run *run, enum clause clause)
{
    bool judged = false;
    for (size_t i = 0; i < run->count; i++) {
        if (!run_cites(run->outcomes[i].test, clause))
            continue;
        if (!run->outcomes[i].chosen)
            return false;
        judged = true;
    }
    return judged;
}

enum expectation_state expectations_state(const struct expectations *expectations,
                                          const struct run *run, enum clause clause)
{
    enum verdict expected = expectations->clauses[clause].verdict;
    if (expected == VERDICT_NONE)
        return NOT_LISTED;
    bool judged = run->verdicts[clause] != VERDICT_NONE;
    if (run->verdicts[clause] == expected || (expectations->clauses[clause].sometimes && judged))
        return CAME_TRUE;
    return was_judged(run, clause) ? STALE : NOT_JUDGED;
}

bool expectations_cover(const struct expectations *expectations, const struct suite_case *test)
{
    for (size_t i = 0; i < CASE_CLAUSES_MAX && test->clauses[i] != CLAUSE_NONE; i++)
        if (expectations->clauses[test->clauses[i]].verdict != VERDICT_FAIL)
            return false;
    return true;
}

bool expectations_judge(const struct expectations *expectations, const struct run *run, FILE *out)
{
    bool well = true;
    for (int i = CLAUSE_NONE + 1; i < CLAUSE_COUNT; i++) {
        enum clause clause = (enum clause)i;
        char id[CLAUSE_ID_SIZE];
        const struct expectation *expected = &expectations->clauses[clause];
        enum verdict verdict = run->verdicts[clause];
        enum expectation_state state = expectations_state(expectations, run, clause);
        clause_id(clause, id);
        if (state == STALE)
            fprintf(out, "%s:%u: stale: %s was to be %s (%s), and is %s\n", expectations->path,
                    expected->line, id, verdict_name(expected->verdict), expected->reason,
                    verdict_name(verdict));
        bool unexpected = state != CAME_TRUE && state != STALE &&
                          (verdict == VERDICT_FAIL || verdict == VERDICT_UNSUPPORTED);
        if (unexpected)
            fprintf(out, "%s is %s, which was not expected\n", id, verdict_name(verdict));
        well = well && state != STALE && !unexpected;
    }
    return well;
}
