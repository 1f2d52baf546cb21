/* Text of 16-bit characters: the part of the C library that the host has for its own width only. */
#include "sim/runtime/crt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/runtime/utf.h"

enum { NUMBER_SIZE = 128, BASE_MAX = 36 };

size_t berth_wcslen(const wide *text)
{
    size_t length = 0;
    while (text[length] != 0)
        length++;
    return length;
}

size_t berth_wcsnlen(const wide *text, size_t max)
{
    size_t length = 0;
    while (length < max && text[length] != 0)
        length++;
    return length;
}

wide *berth_wmemcpy(wide *to, const wide *from, size_t count)
{
    return memcpy(to, from, count * sizeof *to);
}

wide *berth_wmemmove(wide *to, const wide *from, size_t count)
{
    return memmove(to, from, count * sizeof *to);
}

wide *berth_wmemset(wide *to, wide character, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = character;
    return to;
}

int berth_wmemcmp(const wide *a, const wide *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

wide *berth_wmemchr(const wide *text, wide character, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text[i] == character)
            return (wide *)text + i;
    return NULL;
}

wide *berth_wcscpy(wide *to, const wide *from)
{
    return berth_wmemcpy(to, from, berth_wcslen(from) + 1);
}

wide *berth_wcsncpy(wide *to, const wide *from, size_t count)
{
    size_t length = berth_wcsnlen(from, count);
    berth_wmemcpy(to, from, length);
    berth_wmemset(to + length, 0, count - length);
    return to;
}

wide *berth_wcscat(wide *to, const wide *from)
{
    berth_wcscpy(to + berth_wcslen(to), from);
    return to;
}

wide *berth_wcsncat(wide *to, const wide *from, size_t count)
{
    size_t length = berth_wcsnlen(from, count);
    wide *end = to + berth_wcslen(to);
    berth_wmemcpy(end, from, length);
    end[length] = 0;
    return to;
}

int berth_wcsncmp(const wide *a, const wide *b, size_t count)
{
    for (; count > 0; count--, a++, b++) {
        if (*a != *b)
            return *a < *b ? -1 : 1;
        if (*a == 0)
            return 0;
    }
    return 0;
}

int berth_wcscmp(const wide *a, const wide *b)
{
    return berth_wcsncmp(a, b, SIZE_MAX);
}

/* Letters of ASCII: what the "C" locale knows. */
static wide lower(wide character)
{
    return character >= 'A' && character <= 'Z' ? (wide)(character - 'A' + 'a') : character;
}

int berth__wcsnicmp(const wide *a, const wide *b, size_t count)
{
    for (; count > 0; count--, a++, b++) {
        if (lower(*a) != lower(*b))
            return lower(*a) < lower(*b) ? -1 : 1;
        if (*a == 0)
            return 0;
    }
    return 0;
}

int berth__wcsicmp(const wide *a, const wide *b)
{
    return berth__wcsnicmp(a, b, SIZE_MAX);
}

wide *berth_wcschr(const wide *text, wide character)
{
    return berth_wmemchr(text, character, berth_wcslen(text) + 1);
}

wide *berth_wcsrchr(const wide *text, wide character)
{
    for (size_t i = berth_wcslen(text) + 1; i > 0; i--)
        if (text[i - 1] == character)
            return (wide *)text + i - 1;
    return NULL;
}

wide *berth_wcsstr(const wide *text, const wide *part)
{
    size_t length = berth_wcslen(part);
    for (;; text++) {
        if (berth_wcsncmp(text, part, length) == 0)
            return (wide *)text;
        if (*text == 0)
            return NULL;
    }
}

static size_t span(const wide *text, const wide *any, int while_found)
{
    size_t length = 0;
    while (text[length] != 0 &&
           (berth_wmemchr(any, text[length], berth_wcslen(any)) != NULL) == while_found)
        length++;
    return length;
}

size_t berth_wcsspn(const wide *text, const wide *any)
{
    return span(text, any, 1);
}

size_t berth_wcscspn(const wide *text, const wide *any)
{
    return span(text, any, 0);
}

wide *berth_wcspbrk(const wide *text, const wide *any)
{
    text += span(text, any, 0);
    return *text != 0 ? (wide *)text : NULL;
}

wide *berth_wcstok(wide *text, const wide *any, wide **next)
{
    if (text == NULL)
        text = *next;
    if (text == NULL)
        return NULL;
    text += span(text, any, 1);
    wide *end = text + span(text, any, 0);
    *next = *end != 0 ? end + 1 : end;
    if (end == text)
        return NULL;
    *end = 0;
    return text;
}

wide *berth__wcsdup(const wide *text)
{
    size_t count = berth_wcslen(text) + 1;
    wide *copy = malloc(count * sizeof *copy);
    return copy == NULL ? NULL : berth_wmemcpy(copy, text, count);
}

size_t berth_wcsxfrm(wide *to, const wide *from, size_t count)
{
    size_t length = berth_wcslen(from);
    if (length < count)
        berth_wcscpy(to, from);
    return length;
}

/* ---- Checked copies -------------------------------------------------------------------------- */

static const size_t truncate = SIZE_MAX; /* _TRUNCATE */

int berth_wcsncpy_s(wide *to, size_t size, const wide *from, size_t count)
{
    if (to == NULL || size == 0)
        return EINVAL;
    to[0] = 0;
    if (from == NULL)
        return EINVAL;
    size_t length = berth_wcsnlen(from, count == truncate ? size : count);
    if (length >= size && count != truncate)
        return ERANGE;
    int cut = length >= size;
    if (cut)
        length = size - 1;
    berth_wmemcpy(to, from, length);
    to[length] = 0;
    return cut ? 80 : 0; /* STRUNCATE */
}

int berth_wcscpy_s(wide *to, size_t size, const wide *from)
{
    return berth_wcsncpy_s(to, size, from, truncate - 1);
}

int berth_wcscat_s(wide *to, size_t size, const wide *from)
{
    size_t length = to == NULL ? 0 : berth_wcsnlen(to, size);
    if (to == NULL || length == size)
        return EINVAL;
    int error = berth_wcscpy_s(to + length, size - length, from);
    if (error != 0)
        to[0] = 0;
    return error;
}

int berth_strncpy_s(char *to, size_t size, const char *from, size_t count)
{
    if (to == NULL || size == 0)
        return EINVAL;
    to[0] = '\0';
    if (from == NULL)
        return EINVAL;
    size_t length = 0;
    while (length < count && length < size && from[length] != '\0')
        length++;
    if (length >= size && count != truncate)
        return ERANGE;
    int cut = length >= size;
    if (cut)
        length = size - 1;
    memcpy(to, from, length);
    to[length] = '\0';
    return cut ? 80 : 0; /* STRUNCATE */
}

int berth_strcpy_s(char *to, size_t size, const char *from)
{
    return berth_strncpy_s(to, size, from, truncate - 1);
}

int berth_strcat_s(char *to, size_t size, const char *from)
{
    size_t length = 0;
    while (to != NULL && length < size && to[length] != '\0')
        length++;
    if (to == NULL || length == size)
        return EINVAL;
    int error = berth_strcpy_s(to + length, size - length, from);
    if (error != 0)
        to[0] = '\0';
    return error;
}

/* ---- Numbers --------------------------------------------------------------------------------- */

/* The ASCII at the start of a wide text, for the host to read a number from. */
static void narrow_number(const wide *text, char out[NUMBER_SIZE])
{
    size_t length = 0;
    for (; length < NUMBER_SIZE - 1 && text[length] > 0 && text[length] < 0x80; length++)
        out[length] = (char)text[length];
    out[length] = '\0';
}

long long berth_wcstoll(const wide *text, wide **end, int base)
{
    char digits[NUMBER_SIZE], *last;
    narrow_number(text, digits);
    long long number = strtoll(digits, &last, base);
    if (end != NULL)
        *end = (wide *)text + (last - digits);
    return number;
}

unsigned long long berth_wcstoull(const wide *text, wide **end, int base)
{
    char digits[NUMBER_SIZE], *last;
    narrow_number(text, digits);
    unsigned long long number = strtoull(digits, &last, base);
    if (end != NULL)
        *end = (wide *)text + (last - digits);
    return number;
}

/* A long has 32 bits on Windows: what does not fit is the nearest that does. */
long berth_wcstol(const wide *text, wide **end, int base)
{
    long long number = berth_wcstoll(text, end, base);
    if (number >= INT32_MIN && number <= INT32_MAX)
        return (long)number;
    errno = ERANGE;
    return number < 0 ? INT32_MIN : INT32_MAX;
}

unsigned long berth_wcstoul(const wide *text, wide **end, int base)
{
    unsigned long long number = berth_wcstoull(text, end, base);
    if (number <= UINT32_MAX || number > UINT64_MAX - UINT32_MAX)
        return (uint32_t)number;
    errno = ERANGE;
    return UINT32_MAX;
}

int berth__wtoi(const wide *text)
{
    return (int)berth_wcstol(text, NULL, 10);
}

long long berth__wtoi64(const wide *text)
{
    return berth_wcstoll(text, NULL, 10);
}

double berth_wcstod(const wide *text, wide **end)
{
    char digits[NUMBER_SIZE], *last;
    narrow_number(text, digits);
    double number = strtod(digits, &last);
    if (end != NULL)
        *end = (wide *)text + (last - digits);
    return number;
}

double berth__wtof(const wide *text)
{
    return berth_wcstod(text, NULL);
}

char *berth__itoa(int value, char *text, int base)
{
    char digits[40], *first = digits + sizeof digits;
    uint32_t rest = base == 10 && value < 0 ? 0u - (uint32_t)value : (uint32_t)value;

    if (base < 2 || base > BASE_MAX) {
        text[0] = '\0';
        return text;
    }
    *--first = '\0';
    do {
        *--first = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % (uint32_t)base];
        rest /= (uint32_t)base;
    } while (rest > 0);
    if (base == 10 && value < 0)
        *--first = '-';
    return strcpy(text, first);
}

wide *berth__itow(int value, wide *text, int base)
{
    char digits[40];
    berth__itoa(value, digits, base);
    for (size_t i = 0; i <= strlen(digits); i++)
        text[i] = (unsigned char)digits[i];
    return text;
}

/* ---- Narrow and wide ------------------------------------------------------------------------- */

size_t berth_mbstowcs(wide *to, const char *from, size_t count)
{
    size_t length = strlen(from), written = 0;

    for (size_t at = 0, used = 0; at < length; at += used) {
        wide units[2];
        size_t size = utf16_write(utf8_read(from + at, length - at, &used), units);
        if (to != NULL && written + size > count)
            return written;
        if (to != NULL)
            berth_wmemcpy(to + written, units, size);
        written += size;
    }
    if (to != NULL && written < count)
        to[written] = 0;
    return written;
}

size_t berth_wcstombs(char *to, const wide *from, size_t count)
{
    size_t length = berth_wcslen(from), written = 0;

    for (size_t at = 0, used = 0; at < length; at += used) {
        char bytes[4];
        size_t size = utf8_write(utf16_read(from + at, length - at, &used), bytes);
        if (to != NULL && written + size > count)
            return written;
        if (to != NULL)
            memcpy(to + written, bytes, size);
        written += size;
    }
    if (to != NULL && written < count)
        to[written] = '\0';
    return written;
}
