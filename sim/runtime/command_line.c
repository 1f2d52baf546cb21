/* Command lines, by the rules of the page "Parsing C command-line arguments". */
#include <string.h>

#include "sim/runtime/program.h"

struct text {
    char *at; /* NULL: only counts */
    size_t length, size;
};

static void put(struct text *text, char character)
{
    if (text->at != NULL && text->length < text->size)
        text->at[text->length] = character;
    text->length++;
}

static void put_many(struct text *text, char character, size_t count)
{
    while (count-- > 0)
        put(text, character);
}

/* An argument so that it is read back as it is. */
static void put_argument(struct text *text, const char *argument)
{
    if (argument[0] != '\0' && strpbrk(argument, " \t\"") == NULL) {
        while (*argument != '\0')
            put(text, *argument++);
        return;
    }
    size_t backslashes = 0;
    put(text, '"');
    for (; *argument != '\0'; argument++) {
        if (*argument == '"')
            put_many(text, '\\', backslashes + 1);
        backslashes = *argument == '\\' ? backslashes + 1 : 0;
        put(text, *argument);
    }
    put_many(text, '\\', backslashes);
    put(text, '"');
}

size_t command_line_make(int argc, char *const *argv, char *line, size_t size)
{
    struct text text = {.at = line, .size = size};

    for (int i = 0; i < argc; i++) {
        if (i > 0)
            put(&text, ' ');
        put_argument(&text, argv[i]);
    }
    put(&text, '\0');
    return text.length - 1;
}

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

size_t command_line_name(const char *line, char *name, size_t size)
{
    struct text text = {.at = name, .size = size};
    const char *at = line;
    bool quoted = false;

    for (; *at != '\0' && (quoted || !is_blank(*at)); at++) {
        if (*at == '"')
            quoted = !quoted;
        else
            put(&text, *at);
    }
    put(&text, '\0');
    if (name != NULL && text.length > size && size > 0)
        name[size - 1] = '\0';
    return (size_t)(at - line);
}

/* One argument that is not the first; answers what comes after it. */
static const char *read_argument(const char *at, struct text *text)
{
    bool quoted = false;

    while (*at != '\0' && (quoted || !is_blank(*at))) {
        size_t backslashes = strspn(at, "\\");
        at += backslashes;
        if (*at != '"') {
            put_many(text, '\\', backslashes);
            if (backslashes == 0)
                put(text, *at++);
            continue;
        }
        put_many(text, '\\', backslashes / 2);
        if (backslashes % 2 == 1) {
            put(text, '"');
        } else if (quoted && at[1] == '"') {
            put(text, '"'); /* two quotes within quotes are one */
            at++;
        } else {
            quoted = !quoted;
        }
        at++;
    }
    put(text, '\0');
    return at;
}

/* Both passes: counts, and with room for them writes. */
static int split(const char *line, char **argv, struct text *text)
{
    int count = 0;

    if (argv != NULL)
        argv[count] = text->at;
    count++;
    size_t used = command_line_name(line, text->at, text->size);
    text->length = text->at == NULL ? used + 1 : strlen(text->at) + 1;
    line += used;
    for (;;) {
        while (is_blank(*line))
            line++;
        if (*line == '\0')
            return count;
        if (argv != NULL)
            argv[count] = text->at + text->length;
        count++;
        line = read_argument(line, text);
    }
}

size_t command_line_split(const char *line, void *block, size_t size, int *argc)
{
    struct text text = {0};

    *argc = split(line, NULL, &text);
    size_t pointers = ((size_t)*argc + 1) * sizeof(char *);
    size_t needed = pointers + text.length;
    if (block == NULL || size < needed)
        return needed;
    char **argv = block;
    text = (struct text){.at = (char *)(argv + *argc + 1), .size = text.length};
    split(line, argv, &text);
    argv[*argc] = NULL;
    return needed;
}
