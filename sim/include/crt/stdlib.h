/* <stdlib.h>: the host's, and Windows' conversions. */
#ifndef BERTH_CRT_STDLIB_H
#define BERTH_CRT_STDLIB_H

#include "crtdefs.h"

#include "posix_hide.h"
#include_next <stdlib.h>
#define BERTH_CRT_SHOW
#include "posix_hide.h"
#undef BERTH_CRT_SHOW

#include <wchar.h>

#if defined(__cplusplus)
#define BERTH_CRT_THROW __THROW
#else
#define BERTH_CRT_THROW
#endif

/* The host's declarations stand, for <cstdlib> wants them; they are bound anew before any use. */
BERTH_CRT(size_t, mbstowcs, (wchar_t * to, const char *from, size_t count) BERTH_CRT_THROW);
BERTH_CRT(size_t, wcstombs, (char *to, const wchar_t *from, size_t count)BERTH_CRT_THROW);
BERTH_CRT(int, mbtowc, (wchar_t * to, const char *text, size_t size) BERTH_CRT_THROW);
BERTH_CRT(int, wctomb, (char *to, wchar_t character)BERTH_CRT_THROW);

/* Memory that is the provider's is not to be given back: see sim/winsock/ownership.h. */
BERTH_CRT_AS(void, free, crt_free, (void *memory)BERTH_CRT_THROW);
BERTH_CRT_AS(void *, realloc, crt_realloc, (void *memory, size_t size)BERTH_CRT_THROW);
BERTH_CRT(void *, _aligned_malloc, (size_t size, size_t alignment));
BERTH_CRT(void, _aligned_free, (void *memory));
BERTH_CRT_AS(__attribute__((noreturn)) void, abort, crt_abort, (void)BERTH_CRT_THROW);
BERTH_CRT(char *, getenv, (const char *name)BERTH_CRT_THROW);

BERTH_CRT(char *, _itoa, (int value, char *text, int base));
BERTH_CRT(wchar_t *, _itow, (int value, wchar_t *text, int base));
#define itoa _itoa
#define __max(a, b) (((a) > (b)) ? (a) : (b))
#define __min(a, b) (((a) < (b)) ? (a) : (b))
#define _MAX_DRIVE 3
#define _MAX_DIR 256
#define _MAX_FNAME 256
#define _MAX_EXT 256

static inline char *_ui64toa(unsigned long long value, char *text, int base)
{
    char reversed[65];
    size_t count = 0, i = 0;
    do {
        reversed[count++] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % (unsigned)base];
        value /= (unsigned)base;
    } while (value != 0);
    while (count > 0)
        text[i++] = reversed[--count];
    text[i] = '\0';
    return text;
}
static inline char *_i64toa(long long value, char *text, int base)
{
    if (value >= 0 || base != 10)
        return _ui64toa((unsigned long long)value, text, base);
    text[0] = '-';
    _ui64toa(0 - (unsigned long long)value, text + 1, base);
    return text;
}
/* A long has 32 bits there. */
static inline char *_ultoa(unsigned long value, char *text, int base)
{
    return _ui64toa((unsigned)value, text, base);
}
static inline char *_ltoa(long value, char *text, int base)
{
    return base == 10 ? _i64toa((int)value, text, base) : _ui64toa((unsigned)value, text, base);
}
#define ltoa _ltoa
#define ultoa _ultoa
/* 22 is EINVAL, 34 ERANGE, as on Windows. */
static inline errno_t _itoa_s(int value, char *text, size_t size, int base)
{
    char whole[66];
    if (text == NULL || size == 0 || base < 2 || base > 36)
        return 22;
    if (base == 10)
        _i64toa(value, whole, base);
    else
        _ui64toa((unsigned)value, whole, base);
    for (size_t i = 0; i < size; i++) {
        text[i] = whole[i];
        if (whole[i] == '\0')
            return 0;
    }
    text[0] = '\0';
    return 34;
}
#define _byteswap_ushort __builtin_bswap16
#define _byteswap_ulong __builtin_bswap32
#define _byteswap_uint64 __builtin_bswap64
static inline unsigned _rotl(unsigned value, int shift)
{
    return value << (shift & 31) | value >> (-shift & 31);
}
static inline unsigned _rotr(unsigned value, int shift)
{
    return value >> (shift & 31) | value << (-shift & 31);
}
static inline unsigned long long _rotl64(unsigned long long value, int shift)
{
    return value << (shift & 63) | value >> (-shift & 63);
}
static inline unsigned long long _rotr64(unsigned long long value, int shift)
{
    return value >> (shift & 63) | value << (-shift & 63);
}
/* The process' own variables; an empty value takes one away. */
BERTH_CRT_AS(int, berth_set_variable, SetEnvironmentVariableA,
             (const char *name, const char *value));
static inline errno_t _putenv_s(const char *name, const char *value)
{
    if (name == NULL || value == NULL || *name == '\0')
        return 22;
    berth_set_variable(name, *value == '\0' ? NULL : value);
    return 0;
}
static inline errno_t getenv_s(size_t *needed, char *buffer, size_t size, const char *name)
{
    const char *value = getenv(name);
    size_t length = 0;
    while (value != NULL && value[length] != '\0')
        length++;
    *needed = value == NULL ? 0 : length + 1;
    if (size > 0)
        buffer[0] = '\0';
    if (value == NULL || size == 0)
        return 0;
    if (length >= size)
        return 34;
    for (size_t i = 0; i <= length; i++)
        buffer[i] = value[i];
    return 0;
}
static inline errno_t _dupenv_s(char **buffer, size_t *size, const char *name)
{
    size_t needed = 0;
    getenv_s(&needed, NULL, 0, name);
    *buffer = needed == 0 ? NULL : (char *)malloc(needed);
    if (size != NULL)
        *size = needed;
    return *buffer == NULL ? 0 : getenv_s(&needed, *buffer, needed, name);
}
#define _atoi64 atoll
#define _strtoi64 strtoll
#define _strtoui64 strtoull

/* Macros would break the host's own headers: in C++ they are functions, less special than std's. */
#if defined(__cplusplus) && __cplusplus >= 201103L && !defined(NOMINMAX)
extern "C++" {
template <class A, class B> constexpr auto max(const A &a, const B &b) -> decltype(a > b ? a : b)
{
    return a > b ? a : b;
}
template <class A, class B> constexpr auto min(const A &a, const B &b) -> decltype(a < b ? a : b)
{
    return a < b ? a : b;
}
}
#endif
#if !defined(__cplusplus) && !defined(NOMINMAX)
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#endif

#endif
