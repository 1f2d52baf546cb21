/* scanf's language as Microsoft's C runtime reads it (page: Format specification fields: scanf and
 * wscanf functions): I64, I32, I and w are sizes; the _s kind wants the size of each text after it,
 * in characters, and a text that does not fit is empty and ends the scan. A long has 32 bits, but
 * for a program whose compiler has the host's.
 *
 * Wide text is scanned as UTF-8, and its texts are widened when they are stored.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/runtime/crt.h"

enum { SCAN_NUMBER_MAX = 128, NO_WIDTH = -1, END = -1 };

/* Where characters come from: a text, or a stream. */
struct source {
    const char *text;
    FILE *stream;
    long taken;
};

/* One conversion of the format. */
struct directive {
    char kind;
    int width;
    unsigned bytes; /* of an integer, or of a floating point number */
    bool skip, wide, is_long;
    const char *set, *set_end; /* of %[ */
    bool inverted;
};

struct scan {
    struct source source;
    bool secure, wide; /* %s is of wide text */
    bool long_64;
    va_list arguments;
    int stored;
    bool any;   /* a conversion was tried on something that was there */
    bool ended; /* there was nothing for one */
};

/* ---- Characters ------------------------------------------------------------------------------ */

static int next(struct source *source)
{
    int character = source->stream != NULL  ? getc(source->stream)
                    : *source->text != '\0' ? (unsigned char)*source->text++
                                            : END;
    if (character == EOF)
        return END;
    source->taken++;
    return character;
}

static void back(struct source *source, int character)
{
    if (character == END)
        return;
    source->taken--;
    if (source->stream != NULL)
        ungetc(character, source->stream);
    else
        source->text--;
}

static bool is_blank(int character)
{
    return character == ' ' || (character >= '\t' && character <= '\r');
}

static int skip_blanks(struct source *source)
{
    int character;
    do
        character = next(source);
    while (is_blank(character));
    back(source, character);
    return character;
}

/* ---- The format ------------------------------------------------------------------------------ */

static const char *read_size(const char *at, struct directive *directive)
{
    static const struct {
        const char *name;
        unsigned bytes;
    } sizes[] = {{"I64", 8}, {"I32", 4}, {"hh", 1}, {"ll", 8}, {"I", 8}, {"h", 2},
                 {"l", 8},   {"L", 16},  {"w", 8},  {"z", 8},  {"j", 8}, {"t", 8}};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t length = strlen(sizes[i].name);
        if (strncmp(at, sizes[i].name, length) != 0)
            continue;
        directive->bytes = sizes[i].bytes;
        directive->is_long = sizes[i].name[0] == 'l' && length == 1;
        if (sizes[i].name[0] == 'l' || sizes[i].name[0] == 'w')
            directive->wide = true;
        if (sizes[i].name[0] == 'h')
            directive->wide = false;
        return at + length;
    }
    return at;
}

static const char *read_set(const char *at, struct directive *directive)
{
    directive->inverted = *at == '^';
    if (directive->inverted)
        at++;
    directive->set = at;
    if (*at == ']')
        at++;
    while (*at != '\0' && *at != ']')
        at++;
    directive->set_end = at;
    return *at == ']' ? at + 1 : at;
}

/* What stands after a %; answers where the format goes on. */
static const char *read_directive(const struct scan *scan, const char *at,
                                  struct directive *directive)
{
    *directive = (struct directive){.width = NO_WIDTH, .wide = scan->wide};
    if (*at == '*') {
        directive->skip = true;
        at++;
    }
    for (; *at >= '0' && *at <= '9'; at++)
        directive->width = (directive->width == NO_WIDTH ? 0 : directive->width) * 10 + (*at - '0');
    at = read_size(at, directive);
    directive->kind = *at;
    if (*at == '\0')
        return at;
    at++;
    if (directive->kind == 'S' || directive->kind == 'C') {
        directive->wide = !scan->wide;
        directive->kind = directive->kind == 'S' ? 's' : 'c';
    }
    return directive->kind == '[' ? read_set(at, directive) : at;
}

static bool in_set(const struct directive *directive, int character)
{
    bool found = false;
    for (const char *at = directive->set; at < directive->set_end && !found; at++) {
        if (at + 2 < directive->set_end && at[1] == '-') {
            found = character >= (unsigned char)at[0] && character <= (unsigned char)at[2];
            at += 2;
        } else {
            found = character == (unsigned char)*at;
        }
    }
    return found != directive->inverted;
}

/* ---- Numbers --------------------------------------------------------------------------------- */

static int digit_of(int character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    if (character >= 'a' && character <= 'z')
        return character - 'a' + 10;
    return character >= 'A' && character <= 'Z' ? character - 'A' + 10 : 99;
}

static void store_integer(struct scan *scan, const struct directive *directive,
                          unsigned long long value)
{
    void *to = va_arg(scan->arguments, void *);
    if (directive->bytes == 1)
        *(unsigned char *)to = (unsigned char)value;
    else if (directive->bytes == 2)
        *(unsigned short *)to = (unsigned short)value;
    else if (directive->bytes == 8)
        *(unsigned long long *)to = value;
    else
        *(unsigned *)to = (unsigned)value;
}

static bool scan_integer(struct scan *scan, struct directive *directive)
{
    struct source *source = &scan->source;
    int base = directive->kind == 'o' ? 8 : 10, left = directive->width, digits = 0;
    unsigned long long value = 0;

    if (directive->kind == 'x' || directive->kind == 'X' || directive->kind == 'p')
        base = 16;
    if (directive->kind == 'p')
        directive->bytes = sizeof(void *);
    if (directive->is_long && !scan->long_64)
        directive->bytes = 4;
    int character = left == 0 ? END : next(source);
    bool negative = character == '-';
    if (negative || character == '+') {
        character = --left == 0 ? END : next(source);
    }
    if (character == '0' && (base == 16 || directive->kind == 'i')) {
        digits = 1;
        character = --left == 0 ? END : next(source);
        if (directive->kind == 'i')
            base = 8;
        if (character == 'x' || character == 'X') {
            base = 16;
            character = --left == 0 ? END : next(source);
        }
    }
    while (digit_of(character) < base) {
        value = value * (unsigned)base + (unsigned)digit_of(character);
        digits++;
        character = --left == 0 ? END : next(source);
    }
    back(source, character);
    if (digits == 0)
        return false;
    if (!directive->skip)
        store_integer(scan, directive, negative ? 0 - value : value);
    return true;
}

static bool scan_real(struct scan *scan, const struct directive *directive)
{
    struct source *source = &scan->source;
    char text[SCAN_NUMBER_MAX];
    size_t count = 0;
    size_t room = directive->width > 0 && directive->width < SCAN_NUMBER_MAX
                      ? (size_t)directive->width
                      : SCAN_NUMBER_MAX - 1;
    char *end;
    int character = END;

    while (count < room) {
        character = next(source);
        bool is_sign = character == '+' || character == '-';
        bool after_exponent = count > 0 && (text[count - 1] | 0x20) == 'e';
        if (character == END || (is_sign && count > 0 && !after_exponent) ||
            strchr("+-.0123456789eE", character) == NULL)
            break;
        text[count++] = (char)character;
        character = END;
    }
    back(source, character);
    text[count] = '\0';
    double value = strtod(text, &end);
    if (end == text)
        return false;
    if (directive->skip)
        return true;
    void *to = va_arg(scan->arguments, void *);
    if (directive->bytes >= 8) /* a long double is a double there */
        *(double *)to = value;
    else
        *(float *)to = (float)value;
    return true;
}

/* ---- Texts ----------------------------------------------------------------------------------- */

static bool takes(const struct directive *directive, int character)
{
    if (character == END)
        return false;
    if (directive->kind == 's')
        return !is_blank(character);
    return directive->kind == 'c' || in_set(directive, character);
}

/* Where a text is stored: characters of one byte or two. */
struct target {
    char *narrow;
    wide *wide;
    size_t room, count;
    bool full;
};

/* Bytes of UTF-8 that belong to a character, after its first. */
static int more_bytes(int first)
{
    return first < 0xC0 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
}

static void put(struct target *target, struct source *source, int character)
{
    if (target->count >= target->room) {
        target->full = true;
        return;
    }
    if (target->wide == NULL) {
        if (target->narrow != NULL)
            target->narrow[target->count] = (char)character;
        target->count++;
        return;
    }
    char bytes[5] = {(char)character};
    for (int i = 0; i < more_bytes(character); i++)
        bytes[i + 1] = (char)next(source);
    wide units[3] = {0};
    size_t count = berth_mbstowcs(units, bytes, 3);
    for (size_t i = 0; i < count && target->count < target->room; i++)
        target->wide[target->count++] = units[i];
}

static bool scan_text(struct scan *scan, const struct directive *directive)
{
    struct source *source = &scan->source;
    bool ends = directive->kind != 'c'; /* with a 0 */
    int left = directive->width == NO_WIDTH ? (ends ? -1 : 1) : directive->width;
    struct target target = {.room = SIZE_MAX};
    int taken = 0;

    if (!directive->skip) {
        void *to = va_arg(scan->arguments, void *);
        target.narrow = directive->wide ? NULL : to;
        target.wide = directive->wide ? to : NULL;
        if (scan->secure)
            target.room = va_arg(scan->arguments, unsigned);
        if (scan->secure && ends && target.room > 0)
            target.room--;
    }
    int character = END;
    while (left-- != 0 && takes(directive, character = next(source)) && !target.full) {
        put(&target, source, character);
        taken++;
        character = END;
    }
    back(source, character);
    if (target.full)
        target.count = 0;
    if (ends && target.narrow != NULL)
        target.narrow[target.count] = '\0';
    if (ends && target.wide != NULL)
        target.wide[target.count] = 0;
    return taken > 0 && !target.full && (ends || left < 0);
}

/* ---- All of it ------------------------------------------------------------------------------- */

/* False when the scan ends here. */
static bool convert(struct scan *scan, struct directive *directive)
{
    bool done;

    if (directive->kind == 'n') {
        if (!directive->skip)
            store_integer(scan, directive, (unsigned long long)scan->source.taken);
        return true;
    }
    int first = directive->kind != 'c' && directive->kind != '[' ? skip_blanks(&scan->source)
                                                                 : next(&scan->source);
    if (directive->kind == 'c' || directive->kind == '[')
        back(&scan->source, first);
    scan->ended = first == END;
    if (first == END)
        return false;
    scan->any = true;
    if (directive->kind == '%')
        return next(&scan->source) == '%';
    if (strchr("diouxXp", directive->kind) != NULL)
        done = scan_integer(scan, directive);
    else if (strchr("aAeEfFgG", directive->kind) != NULL)
        done = scan_real(scan, directive);
    else if (strchr("sc[", directive->kind) != NULL)
        done = scan_text(scan, directive);
    else
        return false;
    if (done && !directive->skip)
        scan->stored++;
    return done;
}

static int run(struct scan *scan, const char *format)
{
    struct directive directive;

    while (*format != '\0') {
        if (is_blank((unsigned char)*format)) {
            skip_blanks(&scan->source);
            format++;
        } else if (*format != '%') {
            int character = next(&scan->source);
            if (character != (unsigned char)*format) {
                back(&scan->source, character);
                scan->any |= character != END;
                scan->ended = character == END;
                break;
            }
            scan->any = true;
            format++;
        } else {
            format = read_directive(scan, format + 1, &directive);
            if (directive.kind == '\0' || !convert(scan, &directive))
                break;
        }
    }
    return scan->stored == 0 && !scan->any && scan->ended ? EOF : scan->stored;
}

/* ---- By the C library's names ---------------------------------------------------------------- */

enum { SECURE = 1, LONG_64 = 2 };

static int scan_all(const struct source *source, unsigned how, const char *format,
                    va_list arguments)
{
    struct scan scan = {
        .source = *source, .secure = (how & SECURE) != 0, .long_64 = (how & LONG_64) != 0};

    va_copy(scan.arguments, arguments);
    int stored = run(&scan, format);
    va_end(scan.arguments);
    return stored;
}

/* The six of one kind. */
#define SCANNERS(text_name, file_name, standard_name, how)                                         \
    int berth_v##text_name(const char *text, const char *format, va_list arguments)                \
    {                                                                                              \
        return scan_all(&(struct source){.text = text}, how, format, arguments);                   \
    }                                                                                              \
    int berth_v##file_name(FILE *stream, const char *format, va_list arguments)                    \
    {                                                                                              \
        return scan_all(&(struct source){.stream = stream}, how, format, arguments);               \
    }                                                                                              \
    int berth_v##standard_name(const char *format, va_list arguments)                              \
    {                                                                                              \
        return berth_v##file_name(stdin, format, arguments);                                       \
    }                                                                                              \
    VARIADIC(text_name, (const char *text, const char *format, ...),                               \
             berth_v##text_name(text, format, arguments))                                          \
    VARIADIC(file_name, (FILE * stream, const char *format, ...),                                  \
             berth_v##file_name(stream, format, arguments))                                        \
    VARIADIC(standard_name, (const char *format, ...), berth_v##standard_name(format, arguments))

#define VARIADIC(name, parameters, call)                                                           \
    int berth_##name parameters                                                                    \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        int stored = call;                                                                         \
        va_end(arguments);                                                                         \
        return stored;                                                                             \
    }

SCANNERS(sscanf, fscanf, scanf, 0)
SCANNERS(sscanf_s, fscanf_s, scanf_s, SECURE)
SCANNERS(sscanf_64, fscanf_64, scanf_64, LONG_64)
SCANNERS(sscanf_s_64, fscanf_s_64, scanf_s_64, SECURE | LONG_64)

/* UTF-8 of it, in host memory. */
static char *narrow(const wide *text)
{
    size_t size = berth_wcstombs(NULL, text, 0) + 1;
    char *bytes = malloc(size);
    if (bytes != NULL)
        berth_wcstombs(bytes, text, size);
    return bytes;
}

static int scan_wide(const wide *text, const wide *format, bool secure, va_list arguments)
{
    char *bytes = narrow(text);
    char *narrow_format = narrow(format);
    struct scan scan = {.source = {.text = bytes}, .secure = secure, .wide = true};
    int stored = EOF;

    if (bytes != NULL && narrow_format != NULL) {
        va_copy(scan.arguments, arguments);
        stored = run(&scan, narrow_format);
        va_end(scan.arguments);
    }
    free(bytes);
    free(narrow_format);
    return stored;
}

int berth_vswscanf(const wide *text, const wide *format, va_list arguments)
{
    return scan_wide(text, format, false, arguments);
}

VARIADIC(swscanf, (const wide *text, const wide *format, ...),
         scan_wide(text, format, false, arguments))
VARIADIC(swscanf_s, (const wide *text, const wide *format, ...),
         scan_wide(text, format, true, arguments))
