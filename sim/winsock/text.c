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
