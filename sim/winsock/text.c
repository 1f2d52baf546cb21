#include "sim/winsock/text.h"

#include <string.h>

/* ---- Writing --------------------------------------------------------------------------------- */

size_t text_write_number(uint32_t number, char *out)
{
    char digits[10];
    size_t count = 0, length = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0)
        out[length++] = digits[--count];
    out[length] = '\0';
    return length;
}

size_t text_write_4(const unsigned char bytes[4], char *out)
{
    size_t length = 0;
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            out[length++] = '.';
        length += text_write_number(bytes[i], out + length);
    }
    return length;
}

static size_t write_hexadecimal(unsigned word, char *out)
{
    size_t length = 0;
    for (int shift = 12; shift >= 0; shift -= 4) {
        unsigned digit = word >> shift & 0xf;
        if (digit != 0 || length > 0 || shift == 0)
            out[length++] = "0123456789abcdef"[digit];
    }
    return length;
}

/* Whether the last two words are an IPv4 address to the reader: mapped, compatible or translated
 * ones, and ISATAP's. Page: RtlIpv6AddressToString.
 */
static bool ends_as_ipv4(const unsigned words[8])
{
    if (words[5] == 0x5efe && (words[4] == 0 || words[4] == 0x200))
        return true;
    if ((words[0] | words[1] | words[2] | words[3]) != 0 || words[6] == 0)
        return false;
    return (words[4] == 0 && (words[5] == 0 || words[5] == 0xffff)) ||
           (words[4] == 0xffff && words[5] == 0);
}

/* The first of the longest runs of zero words, which must be two at least. */
static int find_zeroes(const unsigned words[8], int count, int *length)
{
    int best = -1;
    *length = 1;
    for (int i = 0; i < count; i++) {
        int run = 0;
        while (i + run < count && words[i + run] == 0)
            run++;
        if (run > *length) {
            *length = run;
            best = i;
        }
    }
    return best;
}

size_t text_write_6(const unsigned char bytes[16], char *out)
{
    unsigned words[8];
    for (int i = 0; i < 8; i++)
        words[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];

    bool ipv4 = ends_as_ipv4(words);
    int count = ipv4 ? 6 : 8;
    int zeroes;
    int gap = find_zeroes(words, count, &zeroes);
    size_t length = 0;
    for (int i = 0; i < count; i++) {
        if (i == gap) {
            out[length++] = ':';
            i += zeroes - 1;
            if (i + 1 == 8)
                out[length++] = ':';
            continue;
        }
        if (i > 0)
            out[length++] = ':';
        length += write_hexadecimal(words[i], out + length);
    }
    if (ipv4) {
        out[length++] = ':';
        length += text_write_4(bytes + 12, out + length);
    }
    out[length] = '\0';
    return length;
}

size_t text_write_name(const struct text_name *name, char out[TEXT_SIZE])
{
    bool is_4 = name->family == AF_INET;
    bool brackets = !is_4 && name->port != 0;
    size_t length = 0;
    if (brackets)
        out[length++] = '[';
    length +=
        is_4 ? text_write_4(name->bytes, out + length) : text_write_6(name->bytes, out + length);
    if (!is_4 && name->scope != 0) {
        out[length++] = '%';
        length += text_write_number(name->scope, out + length);
    }
    if (brackets)
        out[length++] = ']';
    if (name->port != 0) {
        out[length++] = ':';
        length += text_write_number(name->port, out + length);
    }
    return length;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

/* A number as C writes it: decimal, octal after 0, hexadecimal after 0x. Moves `*text` behind it.
 * False when there is none or it has more than 32 bits.
 */
static bool read_number(const char **text, unsigned long long *out)
{
    int base = 10;
    const char *at = *text;
    if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X')) {
        base = 16;
        at += 2;
    } else if (at[0] == '0') {
        base = 8;
    }
    const char *start = at;
    unsigned long long number = 0;
    for (; digit_of(*at) < base; at++) {
        number = number * (unsigned)base + (unsigned)digit_of(*at);
        if (number > 0xffffffff)
            return false;
    }
    *text = at;
    *out = number;
    return at > start;
}

bool text_read_number(const char *text, uint32_t most, uint32_t *out)
{
    unsigned long long number;
    if (!read_number(&text, &number) || *text != '\0' || number > most)
        return false;
    *out = (uint32_t)number;
    return true;
}

static bool read_loose(const char *text, unsigned char out[4], const char **end)
{
    unsigned long long parts[4];
    int count = 0;
    bool good = true;

    for (;;) {
        good = read_number(&text, &parts[count++]);
        if (!good || *text != '.' || count == 4)
            break;
        text++;
    }
    *end = text;
    if (!good)
        return false;

    unsigned long long address = 0;
    for (int i = 0; i < count - 1; i++) {
        if (parts[i] > 255)
            return false;
        address |= parts[i] << (24 - 8 * i);
    }
    if (parts[count - 1] >= 1ull << (8 * (5 - count)))
        return false;
    address |= parts[count - 1];
    for (int i = 0; i < 4; i++)
        out[i] = (unsigned char)(address >> (24 - 8 * i));
    return true;
}

/* Four decimal numbers without zeros in front. */
static bool read_strict(const char *text, unsigned char out[4], const char **end)
{
    for (int i = 0; i < 4; i++) {
        int number = 0;
        const char *start = text;
        for (; *text >= '0' && *text <= '9' && text - start < 3; text++)
            number = number * 10 + (*text - '0');
        bool goes_on = i == 3 ? digit_of(*text) < 10 : *text != '.';
        *end = text;
        if (text == start || number > 255 || goes_on || (*start == '0' && text - start > 1))
            return false;
        out[i] = (unsigned char)number;
        if (i < 3)
            text++;
    }
    return true;
}

bool text_read_4(const char *text, bool strict, unsigned char out[4], const char **end)
{
    return strict ? read_strict(text, out, end) : read_loose(text, out, end);
}

struct groups {
    unsigned char bytes[16];
    int size; /* of the bytes read */
    int gap;  /* where :: stood, in bytes; -1 for nowhere */
};

/* Up to four hexadecimal digits. */
static bool read_group(const char **text, struct groups *groups)
{
    int number = 0, digits = 0;
    for (; digit_of(**text) < 16; (*text)++) {
        if (++digits > 4)
            return false;
        number = number * 16 + digit_of(**text);
    }
    if (digits == 0 || groups->size > 14)
        return false;
    groups->bytes[groups->size++] = (unsigned char)(number >> 8);
    groups->bytes[groups->size++] = (unsigned char)number;
    return true;
}

/* Moves over what stands between two groups; false where the address ends. */
static bool read_separator(const char **text, struct groups *groups)
{
    const char *at = *text;
    if (at[0] != ':')
        return false;
    if (at[1] == ':') {
        if (groups->gap >= 0)
            return false;
        groups->gap = groups->size;
        *text += 2;
        return digit_of(**text) < 16;
    }
    if (groups->size == 0 || groups->size == 16 || digit_of(at[1]) == 16)
        return false;
    *text += 1;
    return true;
}

static bool read_groups(const char *text, struct groups *groups, const char **end)
{
    bool more = digit_of(*text) < 16 || read_separator(&text, groups);
    while (more) {
        const char *after;
        if (groups->size <= 12 && read_strict(text, groups->bytes + groups->size, &after)) {
            groups->size += 4;
            text = after;
            break;
        }
        if (!read_group(&text, groups)) {
            *end = text;
            return false;
        }
        more = read_separator(&text, groups);
    }
    *end = text;
    return groups->gap >= 0 ? groups->size <= 14 : groups->size == 16;
}

bool text_read_6(const char *text, unsigned char out[16], const char **end)
{
    struct groups groups = {.gap = -1};
    if (!read_groups(text, &groups, end))
        return false;
    size_t before = (size_t)(groups.gap >= 0 ? groups.gap : groups.size);
    size_t after = (size_t)groups.size - before;
    memset(out, 0, 16);
    memcpy(out, groups.bytes, before);
    memcpy(out + 16 - after, groups.bytes + before, after);
    return true;
}

/* A port at the end of a text. Page: WSAStringToAddress. */
static bool read_port(const char *text, uint16_t *port)
{
    uint32_t number;
    if (!text_read_number(text, 0xffff, &number))
        return false;
    *port = (uint16_t)number;
    return true;
}

static bool read_scope(const char **text, uint32_t *scope)
{
    unsigned long long number = 0;
    const char *at = *text;
    for (; *at >= '0' && *at <= '9'; at++) {
        number = number * 10 + (unsigned)(*at - '0');
        if (number > 0xffffffff)
            return false;
    }
    bool any = at > *text;
    *text = at;
    *scope = (uint32_t)number;
    return any;
}

bool text_read_name(const char *text, int family, bool strict, struct text_name *out)
{
    *out = (struct text_name){.family = family};
    if (family == AF_INET) {
        if (!text_read_4(text, strict, out->bytes, &text))
            return false;
        return *text == '\0' || (*text == ':' && read_port(text + 1, &out->port));
    }
    bool brackets = *text == '[';
    if (!text_read_6(text + brackets, out->bytes, &text))
        return false;
    if (*text == '%') {
        text++;
        if (!read_scope(&text, &out->scope))
            return false;
    }
    if (brackets && *text++ != ']')
        return false;
    return *text == '\0' || (brackets && *text == ':' && read_port(text + 1, &out->port));
}

/* ---- Widths ---------------------------------------------------------------------------------- */

bool text_narrow(const WCHAR *wide, char *narrow, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        narrow[i] = wide[i] < 0x80 ? (char)wide[i] : '?';
        if (wide[i] == 0)
            return true;
    }
    narrow[size - 1] = '\0';
    return false;
}

void text_widen(const char *narrow, WCHAR *wide)
{
    size_t i = 0;
    do
        wide[i] = (unsigned char)narrow[i];
    while (narrow[i++] != '\0');
}
