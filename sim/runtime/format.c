#include "sim/runtime/format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/runtime/utf.h"

enum { NO_PRECISION = -1, POINTER_DIGITS = 16, DIGITS_SIZE = 80, REAL_SIZE = 1024 };

enum text_kind { TEXT_OWN, TEXT_NARROW, TEXT_WIDE };

struct conversion {
    bool left, plus, space, alternate, zero;
    int width;
    int precision; /* or NO_PRECISION */
    int bits;      /* of a whole number */
    bool long_real;
    enum text_kind text;
    char letter;
};

/* Where in the format string we are. */
struct reader {
    const char *narrow;
    const uint16_t *wide; /* one of the two is NULL */
};

/* va_list may be an array, which functions cannot hand on by address. */
struct arguments {
    va_list list;
};

static uint16_t peek(const struct reader *reader, size_t at)
{
    return reader->wide != NULL ? reader->wide[at] : (unsigned char)reader->narrow[at];
}

static void skip(struct reader *reader, size_t units)
{
    if (reader->wide != NULL)
        reader->wide += units;
    else
        reader->narrow += units;
}

static void put(struct format_out *out, uint16_t unit)
{
    out->put(out, unit);
    out->count++;
}

static void put_times(struct format_out *out, char byte, int times)
{
    for (; times > 0; times--)
        put(out, (uint16_t)byte);
}

static void put_bytes(struct format_out *out, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        put(out, (unsigned char)bytes[i]);
}

static void put_character(struct format_out *out, uint32_t character)
{
    char bytes[4];
    uint16_t units[2];

    if (!out->wide) {
        put_bytes(out, bytes, utf8_write(character, bytes));
        return;
    }
    size_t count = utf16_write(character, units);
    for (size_t i = 0; i < count; i++)
        put(out, units[i]);
}

/* ---- Reading a conversion -------------------------------------------------------------------- */

static void read_flags(struct reader *reader, struct conversion *conversion)
{
    for (;; skip(reader, 1)) {
        switch (peek(reader, 0)) {
        case '-':
            conversion->left = true;
            continue;
        case '+':
            conversion->plus = true;
            continue;
        case ' ':
            conversion->space = true;
            continue;
        case '#':
            conversion->alternate = true;
            continue;
        case '0':
            conversion->zero = true;
            continue;
        default:
            return;
        }
    }
}

static int read_number(struct reader *reader, struct arguments *arguments)
{
    enum { LARGEST = 1 << 20 };
    int number = 0;

    if (peek(reader, 0) == '*') {
        skip(reader, 1);
        return va_arg(arguments->list, int);
    }
    for (; peek(reader, 0) >= '0' && peek(reader, 0) <= '9'; skip(reader, 1))
        if (number < LARGEST)
            number = number * 10 + (peek(reader, 0) - '0');
    return number;
}

static void read_width(struct reader *reader, struct conversion *conversion,
                       struct arguments *arguments)
{
    conversion->width = read_number(reader, arguments);
    if (conversion->width < 0) {
        conversion->left = true;
        conversion->width = -conversion->width;
    }
    conversion->precision = NO_PRECISION;
    if (peek(reader, 0) != '.')
        return;
    skip(reader, 1);
    conversion->precision = read_number(reader, arguments);
    if (conversion->precision < 0)
        conversion->precision = NO_PRECISION;
}

static bool reads(struct reader *reader, const char *word)
{
    size_t size = strlen(word);
    for (size_t i = 0; i < size; i++)
        if (peek(reader, i) != (unsigned char)word[i])
            return false;
    skip(reader, size);
    return true;
}

static void read_size(struct reader *reader, struct conversion *conversion)
{
    static const struct {
        const char *word;
        int bits;
        enum text_kind text;
    } sizes[] = {
        {"I64", 64, TEXT_OWN},  {"I32", 32, TEXT_OWN}, {"I", 64, TEXT_OWN},  {"hh", 8, TEXT_NARROW},
        {"h", 16, TEXT_NARROW}, {"ll", 64, TEXT_WIDE}, {"l", 32, TEXT_WIDE}, {"w", 32, TEXT_WIDE},
        {"j", 64, TEXT_OWN},    {"z", 64, TEXT_OWN},   {"t", 64, TEXT_OWN},
    };

    conversion->bits = 32;
    conversion->text = TEXT_OWN;
    if (reads(reader, "L")) {
        conversion->long_real = true;
        return;
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (!reads(reader, sizes[i].word))
            continue;
        conversion->bits = sizes[i].bits;
        conversion->text = sizes[i].text;
        return;
    }
}

/* ---- Text ------------------------------------------------------------------------------------ */

/* Puts `size` units or bytes of text, made into the kind of the output; how many there are when
 * `out` is NULL.
 */
static size_t put_text(struct format_out *out, bool to_wide, const void *text, bool wide,
                       size_t size)
{
    size_t count = 0;

    for (size_t at = 0, used = 0; at < size; at += used) {
        char bytes[4];
        uint16_t units[2];
        uint32_t character = wide ? utf16_read((const uint16_t *)text + at, size - at, &used)
                                  : utf8_read((const char *)text + at, size - at, &used);
        if (wide == to_wide) {
            /* Its own kind goes through as it is, malformed or not. */
            for (size_t i = at; out != NULL && i < at + used; i++)
                put(out, wide ? ((const uint16_t *)text)[i] : ((const unsigned char *)text)[i]);
            count += used;
            continue;
        }
        count += to_wide ? utf16_write(character, units) : utf8_write(character, bytes);
        if (out != NULL)
            put_character(out, character);
    }
    return count;
}

static void put_padded_text(struct format_out *out, const struct conversion *conversion,
                            const void *text, bool wide, size_t size)
{
    int padding = conversion->width - (int)put_text(NULL, out->wide, text, wide, size);

    if (!conversion->left)
        put_times(out, conversion->zero ? '0' : ' ', padding);
    put_text(out, out->wide, text, wide, size);
    if (conversion->left)
        put_times(out, ' ', padding);
}

static bool is_wide(const struct format_out *out, const struct conversion *conversion)
{
    if (conversion->text != TEXT_OWN)
        return conversion->text == TEXT_WIDE;
    return (conversion->letter == 's' || conversion->letter == 'c') ? out->wide : !out->wide;
}

static void print_string(struct format_out *out, const struct conversion *conversion,
                         struct arguments *arguments)
{
    bool wide = is_wide(out, conversion);
    const void *text = va_arg(arguments->list, const void *);
    size_t max = conversion->precision == NO_PRECISION ? SIZE_MAX : (size_t)conversion->precision;
    size_t size = 0;

    if (text == NULL) {
        text = "(null)";
        wide = false;
    }
    while (size < max && (wide ? ((const uint16_t *)text)[size] : ((const char *)text)[size]) != 0)
        size++;
    put_padded_text(out, conversion, text, wide, size);
}

static void print_character(struct format_out *out, const struct conversion *conversion,
                            struct arguments *arguments)
{
    int value = va_arg(arguments->list, int);
    uint16_t unit = (uint16_t)value;
    char byte = (char)value;

    if (is_wide(out, conversion))
        put_padded_text(out, conversion, &unit, true, 1);
    else
        put_padded_text(out, conversion, &byte, false, 1);
}

/* ---- Numbers --------------------------------------------------------------------------------- */

/* A number's digits, sign or prefix before them, zeros and blanks where they belong. */
static void put_number(struct format_out *out, const struct conversion *conversion,
                       const char *prefix, const char *digits, size_t size)
{
    int zeros = conversion->precision > (int)size ? conversion->precision - (int)size : 0;
    int padding = conversion->width - (int)strlen(prefix) - zeros - (int)size;

    if (conversion->zero && !conversion->left && conversion->precision == NO_PRECISION &&
        padding > 0) {
        zeros += padding;
        padding = 0;
    }
    if (!conversion->left)
        put_times(out, ' ', padding);
    put_bytes(out, prefix, strlen(prefix));
    put_times(out, '0', zeros);
    put_bytes(out, digits, size);
    if (conversion->left)
        put_times(out, ' ', padding);
}

static const char *sign_of(const struct conversion *conversion, bool negative)
{
    return negative ? "-" : conversion->plus ? "+" : conversion->space ? " " : "";
}

/* Writes digits so that they end at `end`; answers where they begin. */
static char *write_digits(char *end, uint64_t value, unsigned base, const char *alphabet)
{
    for (; value > 0; value /= base)
        *--end = alphabet[value % base];
    return end;
}

static void print_whole(struct format_out *out, struct conversion *conversion,
                        struct arguments *arguments)
{
    char letter = conversion->letter;
    bool is_signed = letter == 'd' || letter == 'i';
    unsigned base = letter == 'o' ? 8 : letter == 'x' || letter == 'X' ? 16 : 10;
    uint64_t value = conversion->bits == 64 ? va_arg(arguments->list, uint64_t)
                                            : va_arg(arguments->list, uint32_t);
    int unused = 64 - conversion->bits;
    char digits[DIGITS_SIZE];
    char *end = digits + sizeof digits;

    value =
        is_signed ? (uint64_t)((int64_t)(value << unused) >> unused) : value << unused >> unused;
    bool negative = is_signed && (int64_t)value < 0;
    char *first = write_digits(end, negative ? 0 - value : value, base,
                               letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef");
    if (first == end && (conversion->precision != 0 || (letter == 'o' && conversion->alternate)))
        *--first = '0';
    else if (letter == 'o' && conversion->alternate && *first != '0')
        *--first = '0';
    const char *prefix = is_signed ? sign_of(conversion, negative) : "";
    if (base == 16 && conversion->alternate && value != 0)
        prefix = letter == 'X' ? "0X" : "0x";
    put_number(out, conversion, prefix, first, (size_t)(end - first));
}

static void print_pointer(struct format_out *out, struct conversion *conversion,
                          struct arguments *arguments)
{
    char digits[DIGITS_SIZE];
    char *end = digits + sizeof digits;

    uint64_t value = (uint64_t)(uintptr_t)va_arg(arguments->list, void *);
    char *first = write_digits(end, value, 16, "0123456789ABCDEF");
    while (end - first < POINTER_DIGITS)
        *--first = '0';
    conversion->precision = NO_PRECISION;
    put_number(out, conversion, "", first, (size_t)(end - first));
}

/* The host knows how to round; the sign, the zeros and what is no number are Windows' way. */
static void print_real(struct format_out *out, struct conversion *conversion,
                       struct arguments *arguments)
{
    enum { PRECISION_MAX = 512, HEXADECIMAL_DIGITS = 13 };
    char format[] = {'%', '#', '.', '*', conversion->letter, '\0'};
    char digits[REAL_SIZE];
    double value = conversion->long_real ? (double)va_arg(arguments->list, long double)
                                         : va_arg(arguments->list, double);
    bool hexadecimal = conversion->letter == 'a' || conversion->letter == 'A';
    int precision = conversion->precision;

    if (precision == NO_PRECISION)
        precision = hexadecimal ? HEXADECIMAL_DIGITS : 6;
    if (precision > PRECISION_MAX)
        precision = PRECISION_MAX;
    if (isnan(value))
        snprintf(digits, sizeof digits, signbit(value) ? "nan(ind)" : "nan");
    else if (conversion->alternate)
        snprintf(digits, sizeof digits, format, precision, fabs(value));
    else {
        memmove(format + 1, format + 2, sizeof format - 2);
        snprintf(digits, sizeof digits, format, precision, fabs(value));
    }
    char prefix[4] = {0};
    snprintf(prefix, sizeof prefix, "%s", sign_of(conversion, signbit(value) != 0));
    conversion->precision = NO_PRECISION;
    conversion->zero = conversion->zero && isfinite(value);
    bool has_prefix = hexadecimal && isfinite(value);
    if (has_prefix)
        memcpy(prefix + strlen(prefix), digits, 2); /* "0x": there is room beside the sign */
    put_number(out, conversion, prefix, digits + (has_prefix ? 2 : 0),
               strlen(digits) - (has_prefix ? 2 : 0));
}

static void print_conversion(struct format_out *out, struct conversion *conversion,
                             struct arguments *arguments)
{
    switch (conversion->letter) {
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        print_whole(out, conversion, arguments);
        return;
    case 'p':
        print_pointer(out, conversion, arguments);
        return;
    case 's':
    case 'S':
        print_string(out, conversion, arguments);
        return;
    case 'c':
    case 'C':
        print_character(out, conversion, arguments);
        return;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'a':
    case 'A':
        print_real(out, conversion, arguments);
        return;
    case 'n':
        /* Off by default in Windows' runtime: the argument is passed over, nothing is written. */
        (void)va_arg(arguments->list, void *);
        return;
    default:
        put(out, (unsigned char)conversion->letter);
    }
}

void format_print(struct format_out *out, const void *format, va_list list)
{
    struct reader reader = {.narrow = out->wide ? NULL : format, .wide = out->wide ? format : NULL};
    struct arguments arguments;

    va_copy(arguments.list, list);
    for (uint16_t unit = peek(&reader, 0); unit != 0; unit = peek(&reader, 0)) {
        struct conversion conversion = {0};
        skip(&reader, 1);
        if (unit != '%') {
            put(out, unit);
            continue;
        }
        read_flags(&reader, &conversion);
        read_width(&reader, &conversion, &arguments);
        read_size(&reader, &conversion);
        conversion.letter = (char)peek(&reader, 0);
        if (conversion.letter == '\0')
            break;
        skip(&reader, 1);
        print_conversion(out, &conversion, &arguments);
    }
    va_end(arguments.list);
}
