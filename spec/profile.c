#include "spec/spec.h"

#include <stdio.h>
#include <string.h>

/* Longest word that a message quotes; longer ones are cut. */
enum { WORD_SIZE = 64 };

struct reader {
    const char *name;
    unsigned line;
    char *message;
    size_t message_size;
    unsigned answered_at[BEHAVIOUR_COUNT]; /* the line, 0 for none */
};

void profile_default(struct profile *profile)
{
    for (int behaviour = 0; behaviour < BEHAVIOUR_COUNT; behaviour++)
        profile->chosen[behaviour] = (uint16_t)spec_behaviours[behaviour].first;
}

void profile_choose(struct profile *profile, enum option option)
{
    profile->chosen[spec_options[option].behaviour] = (uint16_t)option;
}

static bool is_blank(char letter)
{
    return letter == ' ' || letter == '\t' || letter == '\r';
}

/* Copies [from, end) without blanks at its ends, in letters that any terminal takes. */
static void take_word(char word[WORD_SIZE], const char *from, const char *end)
{
    while (from < end && is_blank(*from))
        from++;
    while (from < end && is_blank(end[-1]))
        end--;
    size_t length = (size_t)(end - from);
    if (length > WORD_SIZE - 1)
        length = WORD_SIZE - 1;
    for (size_t i = 0; i < length; i++)
        word[i] = (char)(from[i] >= ' ' && from[i] <= '~' ? from[i] : '?');
    word[length] = '\0';
}

static bool refuse(const struct reader *reader, const char *what, const char *word,
                   const char *expected)
{
    snprintf(reader->message, reader->message_size, "%s:%u: %s \"%s\", expected %s", reader->name,
             reader->line, what, word, expected);
    return false;
}

static void list_options(enum behaviour behaviour, char *out, size_t size)
{
    const struct behaviour_row *row = &spec_behaviours[behaviour];
    size_t used = (size_t)snprintf(out, size, "one of");
    for (unsigned i = 0; i < row->option_count && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s %s", i == 0 ? "" : ",",
                                 spec_options[row->first + i].name);
}

static bool read_line(struct reader *reader, const char *line, const char *end,
                      struct profile *profile)
{
    const char *comment = memchr(line, '#', (size_t)(end - line));
    if (comment != NULL)
        end = comment;
    char whole[WORD_SIZE];
    take_word(whole, line, end);
    if (whole[0] == '\0')
        return true;

    const char *equals = memchr(line, '=', (size_t)(end - line));
    if (equals == NULL)
        return refuse(reader, "no answer in", whole, "question = option");
    char question[WORD_SIZE];
    char answer[WORD_SIZE];
    take_word(question, line, equals);
    take_word(answer, equals + 1, end);

    enum behaviour behaviour = behaviour_find(question);
    if (behaviour == BEHAVIOUR_COUNT)
        return refuse(reader, "unknown question", question, "a row of spec/behaviours.def");
    enum option option = option_find(behaviour, answer);
    if (option == OPTION_COUNT) {
        char options[512];
        list_options(behaviour, options, sizeof options);
        return refuse(reader, "unknown option", answer, options);
    }
    if (reader->answered_at[behaviour] != 0) {
        char once[64];
        snprintf(once, sizeof once, "it once, as on line %u", reader->answered_at[behaviour]);
        return refuse(reader, "answered again", question, once);
    }
    reader->answered_at[behaviour] = reader->line;
    profile_choose(profile, option);
    return true;
}

bool profile_read(struct profile *profile, const char *name, const char *text, char *message,
                  size_t message_size)
{
    struct reader reader = {.name = name, .message = message, .message_size = message_size};
    struct profile read = *profile;
    while (*text != '\0') {
        const char *end = strchr(text, '\n');
        if (end == NULL)
            end = text + strlen(text);
        reader.line++;
        if (!read_line(&reader, text, end, &read))
            return false;
        text = *end == '\n' ? end + 1 : end;
    }
    *profile = read;
    return true;
}
