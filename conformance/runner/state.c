/* Lines: "case NAME VERDICT", "message HEX", "kept HEX" of the case before, "observed QUESTION
 * OPTION CASE". Bytes are written in hex, since a message may hold anything.
 */
#include "conformance/runner/state.h"

#include <stdlib.h>

#include "conformance/runner/text.h"

static const char first_line[] = "berth-conformance state 1";

static void write_hex(const char *word, const void *bytes, size_t size, FILE *out)
{
    fprintf(out, "%s ", word);
    for (size_t i = 0; i < size; i++)
        fprintf(out, "%02x", ((const unsigned char *)bytes)[i]);
    fprintf(out, "\n");
}

void state_write(const struct run *run, FILE *out)
{
    fprintf(out, "%s\n", first_line);
    for (size_t i = 0; i < run->count; i++) {
        const struct outcome *outcome = &run->outcomes[i];
        if (!outcome->chosen)
            continue;
        fprintf(out, "case %s %s\n", outcome->test->name, verdict_name(outcome->verdict));
        if (outcome->message != NULL)
            write_hex("message", outcome->message, strlen(outcome->message), out);
        if (outcome->kept != NULL)
            write_hex("kept", outcome->kept, TESTBED_KEPT_SIZE, out);
    }
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++)
        if (run->observed[behaviour] != OPTION_COUNT)
            fprintf(out, "observed %s %s %s\n", spec_behaviours[behaviour].name,
                    spec_options[run->observed[behaviour]].name, run->observed_by[behaviour]);
}

static struct outcome *outcome_of(struct run *run, const char *name)
{
    for (size_t i = 0; i < run->count; i++)
        if (strcmp(run->outcomes[i].test->name, name) == 0)
            return &run->outcomes[i];
    return NULL;
}

/* The bytes that the digits spell, and a NUL; the caller frees them. NULL where they spell none. */
static char *read_hex(const char *digits, size_t *size)
{
    *size = strlen(digits) / 2;
    char *bytes = calloc(*size < TESTBED_KEPT_SIZE ? TESTBED_KEPT_SIZE : *size + 1, 1);
    if (bytes == NULL)
        abort();
    for (size_t i = 0; i < *size; i++) {
        unsigned byte;
        if (sscanf(digits + 2 * i, "%2x", &byte) != 1) {
            free(bytes);
            return NULL;
        }
        bytes[i] = (char)byte;
    }
    return bytes;
}

static bool read_case(struct run *run, char *name, struct outcome **current)
{
    char *verdict = strchr(name, ' ');
    if (verdict == NULL)
        return false;
    *verdict++ = '\0';
    *current = outcome_of(run, name);
    if (*current == NULL || !(*current)->chosen)
        return false;
    (*current)->verdict = verdict_find(verdict);
    return true;
}

static bool read_observed(struct run *run, const char *words)
{
    char question[64];
    char option[64];
    char name[128];
    if (sscanf(words, "%63s %63s %127s", question, option, name) != 3)
        return false;
    enum behaviour behaviour = behaviour_find(question);
    const struct outcome *by = outcome_of(run, name);
    if (behaviour == BEHAVIOUR_COUNT || by == NULL)
        return false;
    run->observed[behaviour] = option_find(behaviour, option);
    run->observed_by[behaviour] = by->test->name;
    return run->observed[behaviour] != OPTION_COUNT;
}

static bool read_bytes(struct outcome *outcome, const char *digits, bool message)
{
    size_t size;
    char *bytes = outcome == NULL ? NULL : read_hex(digits, &size);
    if (bytes == NULL)
        return false;
    if (!message && size != TESTBED_KEPT_SIZE) {
        free(bytes);
        return false;
    }
    if (message) {
        free(outcome->message);
        outcome->message = bytes;
    } else {
        free(outcome->kept);
        outcome->kept = bytes;
    }
    return true;
}

static bool read_line(struct run *run, char *line, struct outcome **current)
{
    char *rest = strchr(line, ' ');
    if (rest == NULL)
        return false;
    *rest++ = '\0';
    if (strcmp(line, "case") == 0)
        return read_case(run, rest, current);
    if (strcmp(line, "observed") == 0)
        return read_observed(run, rest);
    if (strcmp(line, "message") == 0 || strcmp(line, "kept") == 0)
        return read_bytes(*current, rest, line[0] == 'm');
    return false;
}

static bool read_lines(struct run *run, char *text, unsigned *line)
{
    struct outcome *current = NULL;
    for (*line = 1; *text != '\0'; ++*line) {
        size_t length = strcspn(text, "\r\n");
        char *next = text + length + strspn(text + length, "\r\n");
        text[length] = '\0';
        if (*line == 1 ? strcmp(text, first_line) != 0 : !read_line(run, text, &current))
            return false;
        text = next;
    }
    return *line > 1;
}

bool state_read(struct run *run, const char *path, char *message, size_t message_size)
{
    FILE *file = path == NULL ? NULL : fopen(path, "rb");
    struct text text;
    unsigned line = 1;
    if (file == NULL)
        return true;
    fclose(file);
    run_forget(run);
    if (!text_read_file(&text, path, "a state", message, message_size))
        return false;
    run->resumed = text.length > 0 && read_lines(run, text.bytes, &line);
    text_free(&text);
    if (!run->resumed)
        snprintf(message, message_size,
                 "%s:%u: not what this command wrote before the restart, expected its lines", path,
                 line);
    return run->resumed;
}
