/* The compiler's own program between gcc's two passes (-no-integrated-cpp -B): a long has 32 bits
 * on Windows, and the host's has 64. Called as cc1 or cc1plus, it goes over what was preprocessed,
 * makes an int of each long that the program itself says, takes the L from constants, and then runs
 * the real one, which BERTH_NARROW_CC1 or BERTH_NARROW_CC1PLUS names.
 *
 * What system headers say stays: there the host's library is declared, and Windows' with its own
 * types.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct text {
    char *bytes;
    size_t size;
};

/* One token that matters: a word or a number. */
struct token {
    char *at;
    size_t size;
};

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "narrow: %s '%s'\n", what, name);
    exit(4);
}

/* ---- The declaration that a long stands in --------------------------------------------------- */

enum { GROUP_MAX = 32 };

/* The words of a declaration's beginning, as many as have come without anything between. */
struct group {
    struct token words[GROUP_MAX];
    size_t count;
};

static bool is(const struct token *token, const char *word)
{
    return token->size == strlen(word) && memcmp(token->at, word, token->size) == 0;
}

static bool goes_with_long(const struct token *token)
{
    static const char *const words[] = {
        "long",     "int",           "unsigned",      "signed",   "double",     "const",
        "volatile", "static",        "extern",        "register", "typedef",    "inline",
        "mutable",  "constexpr",     "__extension__", "_Atomic",  "__restrict", "__inline",
        "__signed", "__signed__",    "__const",       "auto",     "_Complex",   "thread_local",
        "__thread", "_Thread_local", "virtual",       "explicit", "friend",     "constinit",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is(token, words[i]))
            return true;
    return false;
}

/* A group is whole: its one long, if it is one and no long double, becomes an int. */
static void narrow_group(struct group *group)
{
    struct token *only = NULL;
    size_t longs = 0;
    bool has_int = false, is_double = false;
    for (size_t i = 0; i < group->count; i++) {
        struct token *word = &group->words[i];
        if (is(word, "long")) {
            longs++;
            only = word;
        }
        has_int = has_int || is(word, "int");
        is_double = is_double || is(word, "double");
    }
    if (longs == 1 && !is_double)
        memcpy(only->at, has_int ? "    " : "int ", 4);
    group->count = 0;
}

static void add_word(struct group *group, const struct token *token)
{
    if (!goes_with_long(token)) {
        narrow_group(group);
        return;
    }
    if (group->count < GROUP_MAX)
        group->words[group->count++] = *token;
}

/* ---- Constants ------------------------------------------------------------------------------- */

static bool is_floating(const struct token *token)
{
    bool hex = token->size > 1 && token->at[0] == '0' && (token->at[1] | 32) == 'x';
    for (size_t i = 0; i < token->size; i++) {
        char letter = (char)(token->at[i] | 32);
        if (token->at[i] == '.' || letter == 'p' || (!hex && letter == 'e'))
            return true;
    }
    return false;
}

/* Whether 32 bits hold it. */
static bool is_small(const struct token *token, size_t digits)
{
    char plain[72];
    size_t count = 0;
    for (size_t i = 0; i < digits && count < sizeof plain - 1; i++)
        if (token->at[i] != '\'')
            plain[count++] = token->at[i];
    plain[count] = 0;
    bool binary = count > 2 && plain[0] == '0' && (plain[1] | 32) == 'b';
    return strtoull(binary ? plain + 2 : plain, NULL, binary ? 2 : 0) <= 0xFFFFFFFFu;
}

static void narrow_number(const struct token *token)
{
    size_t digits = token->size, longs = 0;
    while (digits > 0 && strchr("uUlL", token->at[digits - 1]) != NULL)
        longs += (token->at[--digits] | 32) == 'l';
    if (longs != 1 || is_floating(token) || !is_small(token, digits))
        return;
    char suffix[4] = "   ";
    if (token->size - digits > 1)
        suffix[0] = 'U';
    memcpy(token->at + digits, suffix, token->size - digits);
}

/* ---- The text -------------------------------------------------------------------------------- */

static bool in_word(char letter)
{
    return isalnum((unsigned char)letter) || letter == '_' || letter == '$' ||
           ((unsigned char)letter & 0x80) != 0;
}

static char *past_raw_string(char *at, const char *end)
{
    char close[24] = ")";
    char *open = memchr(at, '(', (size_t)(end - at));
    if (open == NULL || open - at > 17)
        return at + 1;
    memcpy(close + 1, at + 1, (size_t)(open - at - 1));
    close[open - at] = '"';
    close[open - at + 1] = 0;
    char *found = strstr(open, close);
    return found != NULL ? found + strlen(close) : (char *)(size_t)end;
}

/* Past a literal that begins at `at`; of a line that does not end it, to its end. */
static char *past_literal(char *at, const char *end)
{
    const char quote = *at++;
    while (at < end && *at != quote && *at != '\n')
        at += *at == '\\' && at + 1 < end ? 2 : 1;
    return at < end ? at + 1 : at;
}

static char *past_number(char *at, const char *end)
{
    while (at < end) {
        bool sign = (*at == '+' || *at == '-') && strchr("eEpP", at[-1]) != NULL;
        bool separator = *at == '\'' && at + 1 < end && isalnum((unsigned char)at[1]);
        if (!in_word(*at) && *at != '.' && !sign && !separator)
            break;
        at++;
    }
    return at;
}

/* A sign of hexadecimal digits is none: 0xE+1 is a sum that -E leaves as one number, if ever. */
static char *past_token(char *at, const char *end, struct group *group)
{
    struct token token = {at, 0};
    if (isdigit((unsigned char)*at)) {
        char *next = past_number(at, end);
        token.size = (size_t)(next - at);
        narrow_group(group);
        narrow_number(&token);
        return next;
    }
    if (in_word(*at)) {
        char *next = at;
        while (next < end && in_word(*next))
            next++;
        token.size = (size_t)(next - at);
        add_word(group, &token);
        bool raw = next < end && *next == '"' && next[-1] == 'R' && token.size <= 3;
        return raw ? past_raw_string(next, end) : next;
    }
    narrow_group(group);
    return *at == '"' || *at == '\'' ? past_literal(at, end) : at + 1;
}

/* `# 1 "name" 1 3`: whether a system header's text follows. */
static bool says_system(const char *line, const char *end)
{
    const char *name = memchr(line, '"', (size_t)(end - line));
    if (name == NULL)
        return false;
    const char *flags = end;
    while (flags > name && *flags != '"')
        flags--;
    for (; flags < end; flags++)
        if (*flags == '3')
            return true;
    return false;
}

static void narrow(struct text *text)
{
    struct group group = {.count = 0};
    bool system = false, line_begins = true;
    char *at = text->bytes;
    const char *const end = at + text->size;
    while (at < end) {
        if (line_begins && *at == '#') {
            char *next = memchr(at, '\n', (size_t)(end - at));
            next = next != NULL ? next : text->bytes + text->size;
            if (at + 2 < end && at[1] == ' ' && isdigit((unsigned char)at[2]))
                system = says_system(at, next);
            at = next;
            continue;
        }
        if (isspace((unsigned char)*at)) {
            line_begins = *at++ == '\n';
            continue;
        }
        if (system) {
            char *next = memchr(at, '\n', (size_t)(end - at));
            at = next != NULL ? next : text->bytes + text->size;
            narrow_group(&group);
            continue;
        }
        line_begins = false;
        at = past_token(at, end, &group);
    }
    narrow_group(&group);
}

/* ---- The file -------------------------------------------------------------------------------- */

static struct text read_file(const char *name)
{
    struct text text = {NULL, 0};
    FILE *file = fopen(name, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        fail("cannot read", name);
    long size = ftell(file);
    rewind(file);
    text.bytes = size >= 0 ? malloc((size_t)size + 1) : NULL;
    if (text.bytes == NULL || fread(text.bytes, 1, (size_t)size, file) != (size_t)size)
        fail("cannot read", name);
    text.size = (size_t)size;
    text.bytes[size] = 0;
    fclose(file);
    return text;
}

static void write_file(const char *name, const struct text *text)
{
    FILE *file = fopen(name, "wb");
    if (file == NULL || fwrite(text->bytes, 1, text->size, file) != text->size || fclose(file) != 0)
        fail("cannot write", name);
}

static bool is_preprocessed(const char *name)
{
    size_t size = strlen(name);
    return (size > 2 && strcmp(name + size - 2, ".i") == 0) ||
           (size > 3 && strcmp(name + size - 3, ".ii") == 0);
}

int main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/');
    bool plus = strcmp(slash != NULL ? slash + 1 : argv[0], "cc1plus") == 0;
    const char *variable = plus ? "BERTH_NARROW_CC1PLUS" : "BERTH_NARROW_CC1";
    char *real = getenv(variable);
    bool second = false;
    if (real == NULL || *real == 0)
        fail("not set:", variable);
    for (int i = 1; i < argc; i++)
        second = second || strcmp(argv[i], "-fpreprocessed") == 0;
    for (int i = 1; second && i < argc; i++) {
        if (!is_preprocessed(argv[i]) || strcmp(argv[i - 1], "-o") == 0)
            continue;
        struct text text = read_file(argv[i]);
        narrow(&text);
        write_file(argv[i], &text);
        free(text.bytes);
        break;
    }
    argv[0] = real;
    execvp(real, argv);
    fail("cannot run", real);
    return 4;
}
