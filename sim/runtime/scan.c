/* sscanf and its kin: the host's, with the widths that Windows' conversions have. A long is read as
 * 32 bits, %I64d as 64, and the safe ones' texts end in their buffers.
 */
#include <string.h>

#include "sim/runtime/crt.h"

enum { FORMAT_MAX = 1024, POINTERS_MAX = 32, DIGITS_MAX = 12 };

struct scan {
    char format[FORMAT_MAX]; /* the host's */
    size_t size;
    void *pointers[POINTERS_MAX];
    size_t count;
    bool fits;
};

static void put(struct scan *scan, const char *text, size_t size)
{
    if (size >= FORMAT_MAX - scan->size) {
        scan->fits = false;
        return;
    }
    memcpy(scan->format + scan->size, text, size);
    scan->size += size;
    scan->format[scan->size] = 0;
}

/* One conversion: %, a star or not, a width, a size, the letter. */
struct conversion {
    bool skips;
    const char *width, *size, *letter, *end; /* each ends where the next begins */
};

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static const char *past_set(const char *at)
{
    at++;
    if (*at == '^')
        at++;
    if (*at == ']')
        at++;
    while (*at != 0 && *at != ']')
        at++;
    return *at == ']' ? at + 1 : at;
}

static struct conversion read_conversion(const char *at)
{
    struct conversion out = {.skips = *at == '*'};
    out.width = at += out.skips;
    while (is_digit(*at))
        at++;
    out.size = at;
    if (strncmp(at, "I64", 3) == 0 || strncmp(at, "I32", 3) == 0)
        at += 3;
    while (*at != 0 && strchr("hlLwIjzt", *at) != NULL)
        at++;
    out.letter = at;
    out.end = *at == '[' ? past_set(at) : at + (*at != 0);
    return out;
}

/* The host's size for Windows'. */
static void put_size(struct scan *scan, const struct conversion *conversion)
{
    const char *size = conversion->size;
    size_t length = (size_t)(conversion->letter - size);
    bool whole = *conversion->letter != 0 && strchr("diouxXn", *conversion->letter) != NULL;
    if (length == 3 && memcmp(size, "I64", 3) == 0)
        put(scan, "ll", 2);
    else if (length == 3 && memcmp(size, "I32", 3) == 0)
        return;
    else if (length == 1 && *size == 'I')
        put(scan, "ll", 2);
    else if (length == 1 && (*size == 'l' || *size == 'w') && whole)
        return;
    else
        put(scan, size, length);
}

/* Of the safe ones a text's pointer has its room behind it. */
static void put_room(struct scan *scan, const struct conversion *conversion, uint32_t room)
{
    char digits[DIGITS_MAX];
    size_t at = sizeof digits;
    const char letter = *conversion->letter;
    uint32_t width = letter == 'c' || room == 0 ? room : room - 1;
    if (conversion->size != conversion->width || letter == 'c') {
        put(scan, conversion->width, (size_t)(conversion->size - conversion->width));
        return;
    }
    do {
        digits[--at] = (char)('0' + width % 10);
        width /= 10;
    } while (width > 0);
    put(scan, digits + at, sizeof digits - at);
}

static void put_conversion(struct scan *scan, const struct conversion *conversion, bool safe,
                           va_list *arguments)
{
    const char letter = *conversion->letter;
    bool has_room = safe && !conversion->skips && (letter == 's' || letter == 'c' || letter == '[');
    bool takes = !conversion->skips && letter != '%' && letter != 0;
    put(scan, "%", 1);
    if (conversion->skips)
        put(scan, "*", 1);
    if (takes && scan->count == POINTERS_MAX)
        scan->fits = false;
    else if (takes)
        scan->pointers[scan->count++] = va_arg(*arguments, void *);
    if (has_room)
        put_room(scan, conversion, va_arg(*arguments, uint32_t));
    else
        put(scan, conversion->width, (size_t)(conversion->size - conversion->width));
    put_size(scan, conversion);
    put(scan, conversion->letter, (size_t)(conversion->end - conversion->letter));
}

static bool prepare(struct scan *scan, const char *format, bool safe, va_list *arguments)
{
    scan->size = scan->count = 0;
    scan->format[0] = 0;
    scan->fits = true;
    memset(scan->pointers, 0, sizeof scan->pointers);
    while (*format != 0) {
        if (*format != '%') {
            put(scan, format++, 1);
            continue;
        }
        const struct conversion conversion = read_conversion(format + 1);
        put_conversion(scan, &conversion, safe, arguments);
        format = conversion.end;
    }
    return scan->fits;
}

#define FOUR(p, i) (p)[(i)], (p)[(i) + 1], (p)[(i) + 2], (p)[(i) + 3]
#define ALL_POINTERS(p)                                                                            \
    FOUR(p, 0), FOUR(p, 4), FOUR(p, 8), FOUR(p, 12), FOUR(p, 16), FOUR(p, 20), FOUR(p, 24),        \
        FOUR(p, 28)

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static int scan_text(const char *text, const char *format, bool safe, va_list *arguments)
{
    struct scan scan;
    if (!prepare(&scan, format, safe, arguments))
        return EOF;
    return sscanf(text, scan.format, ALL_POINTERS(scan.pointers));
}

static int scan_stream(FILE *stream, const char *format, bool safe, va_list *arguments)
{
    struct scan scan;
    if (!prepare(&scan, format, safe, arguments))
        return EOF;
    return fscanf(stream, scan.format, ALL_POINTERS(scan.pointers));
}

#define SCAN(last, expression)                                                                     \
    va_list arguments;                                                                             \
    va_start(arguments, last);                                                                     \
    int read = (expression);                                                                       \
    va_end(arguments);                                                                             \
    return read

#define SCAN_COPY(expression)                                                                      \
    va_list own;                                                                                   \
    va_copy(own, arguments);                                                                       \
    int read = (expression);                                                                       \
    va_end(own);                                                                                   \
    return read

int berth_vsscanf(const char *text, const char *format, va_list arguments)
{
    SCAN_COPY(scan_text(text, format, false, &own));
}

int berth_vfscanf(FILE *stream, const char *format, va_list arguments)
{
    SCAN_COPY(scan_stream(stream, format, false, &own));
}

int berth_vscanf(const char *format, va_list arguments)
{
    SCAN_COPY(scan_stream(stdin, format, false, &own));
}

int berth_sscanf(const char *text, const char *format, ...)
{
    SCAN(format, scan_text(text, format, false, &arguments));
}

int berth_fscanf(FILE *stream, const char *format, ...)
{
    SCAN(format, scan_stream(stream, format, false, &arguments));
}

int berth_scanf(const char *format, ...)
{
    SCAN(format, scan_stream(stdin, format, false, &arguments));
}

int berth_sscanf_s(const char *text, const char *format, ...)
{
    SCAN(format, scan_text(text, format, true, &arguments));
}

int berth_fscanf_s(FILE *stream, const char *format, ...)
{
    SCAN(format, scan_stream(stream, format, true, &arguments));
}

int berth_scanf_s(const char *format, ...)
{
    SCAN(format, scan_stream(stdin, format, true, &arguments));
}
