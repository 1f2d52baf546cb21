/* <wchar.h> for characters of 16 bits. What is declared here and not in the machine does not link:
 * nothing wide ever reaches the host's C library.
 */
#ifndef BERTH_CRT_WCHAR_H
#define BERTH_CRT_WCHAR_H

#include "crtdefs.h"
#include <stdio.h>

#include "wide_hide.h"
#include_next <wchar.h>
#define BERTH_CRT_SHOW
#include "wide_hide.h"
#undef BERTH_CRT_SHOW
#undef __CORRECT_ISO_CPP_WCHAR_H_PROTO /* <cwchar> adds C++'s overloads itself then */

BERTH_CRT(int, wprintf, (const wchar_t *format, ...));
BERTH_CRT(int, fwprintf, (FILE * stream, const wchar_t *format, ...));
BERTH_CRT(int, swprintf, (wchar_t * buffer, size_t size, const wchar_t *format, ...));
BERTH_CRT(int, vwprintf, (const wchar_t *format, va_list arguments));
BERTH_CRT(int, vfwprintf, (FILE * stream, const wchar_t *format, va_list arguments));
BERTH_CRT(int, vswprintf,
          (wchar_t * buffer, size_t size, const wchar_t *format, va_list arguments));
BERTH_CRT(int, _snwprintf, (wchar_t * buffer, size_t size, const wchar_t *format, ...));
BERTH_CRT(int, _vsnwprintf,
          (wchar_t * buffer, size_t size, const wchar_t *format, va_list arguments));
BERTH_CRT(int, _scwprintf, (const wchar_t *format, ...));
BERTH_CRT(int, swprintf_s, (wchar_t * buffer, size_t size, const wchar_t *format, ...));
BERTH_CRT(int, vswprintf_s,
          (wchar_t * buffer, size_t size, const wchar_t *format, va_list arguments));
BERTH_CRT(int, _snwprintf_s,
          (wchar_t * buffer, size_t size, size_t count, const wchar_t *format, ...));
BERTH_CRT_AS(int, wprintf_s, wprintf, (const wchar_t *format, ...));
BERTH_CRT_AS(int, fwprintf_s, fwprintf, (FILE * stream, const wchar_t *format, ...));
BERTH_CRT(int, fputws, (const wchar_t *text, FILE *stream));
BERTH_CRT(int, _putws, (const wchar_t *text));
BERTH_CRT(wint_t, fputwc, (wchar_t character, FILE *stream));
BERTH_CRT_AS(wint_t, putwc, fputwc, (wchar_t character, FILE *stream));
BERTH_CRT(wint_t, putwchar, (wchar_t character));

BERTH_CRT(size_t, wcslen, (const wchar_t *text));
BERTH_CRT(size_t, wcsnlen, (const wchar_t *text, size_t max));
BERTH_CRT(wchar_t *, wcscpy, (wchar_t * to, const wchar_t *from));
BERTH_CRT(wchar_t *, wcsncpy, (wchar_t * to, const wchar_t *from, size_t count));
BERTH_CRT(wchar_t *, wcscat, (wchar_t * to, const wchar_t *from));
BERTH_CRT(wchar_t *, wcsncat, (wchar_t * to, const wchar_t *from, size_t count));
BERTH_CRT(int, wcscmp, (const wchar_t *a, const wchar_t *b));
BERTH_CRT(int, wcsncmp, (const wchar_t *a, const wchar_t *b, size_t count));
BERTH_CRT(int, _wcsicmp, (const wchar_t *a, const wchar_t *b));
BERTH_CRT(int, _wcsnicmp, (const wchar_t *a, const wchar_t *b, size_t count));
BERTH_CRT(wchar_t *, wcschr, (const wchar_t *text, wchar_t character));
BERTH_CRT(wchar_t *, wcsrchr, (const wchar_t *text, wchar_t character));
BERTH_CRT(wchar_t *, wcsstr, (const wchar_t *text, const wchar_t *part));
BERTH_CRT(wchar_t *, wcspbrk, (const wchar_t *text, const wchar_t *any));
BERTH_CRT(size_t, wcsspn, (const wchar_t *text, const wchar_t *any));
BERTH_CRT(size_t, wcscspn, (const wchar_t *text, const wchar_t *any));
BERTH_CRT(wchar_t *, wcstok, (wchar_t * text, const wchar_t *any, wchar_t **next));
BERTH_CRT_AS(wchar_t *, wcstok_s, wcstok, (wchar_t * text, const wchar_t *any, wchar_t **next));
BERTH_CRT(wchar_t *, _wcsdup, (const wchar_t *text));
BERTH_CRT_AS(wchar_t *, wcsdup, _wcsdup, (const wchar_t *text));
BERTH_CRT_AS(int, wcscoll, wcscmp, (const wchar_t *a, const wchar_t *b));
BERTH_CRT(size_t, wcsxfrm, (wchar_t * to, const wchar_t *from, size_t count));
BERTH_CRT(wchar_t *, wmemchr, (const wchar_t *text, wchar_t character, size_t count));
BERTH_CRT(int, wmemcmp, (const wchar_t *a, const wchar_t *b, size_t count));
BERTH_CRT(wchar_t *, wmemcpy, (wchar_t * to, const wchar_t *from, size_t count));
BERTH_CRT(wchar_t *, wmemmove, (wchar_t * to, const wchar_t *from, size_t count));
BERTH_CRT(wchar_t *, wmemset, (wchar_t * to, wchar_t character, size_t count));
BERTH_CRT(errno_t, wcscpy_s, (wchar_t * to, size_t size, const wchar_t *from));
BERTH_CRT(errno_t, wcscat_s, (wchar_t * to, size_t size, const wchar_t *from));
BERTH_CRT(errno_t, wcsncpy_s, (wchar_t * to, size_t size, const wchar_t *from, size_t count));

BERTH_CRT(int, _wtoi, (const wchar_t *text));
BERTH_CRT_AS(int, _wtol, _wtoi, (const wchar_t *text));
BERTH_CRT(long long, _wtoi64, (const wchar_t *text));
BERTH_CRT(double, _wtof, (const wchar_t *text));
BERTH_CRT(double, wcstod, (const wchar_t *text, wchar_t **end));
BERTH_CRT(long, wcstol, (const wchar_t *text, wchar_t **end, int base));
BERTH_CRT(unsigned long, wcstoul, (const wchar_t *text, wchar_t **end, int base));
BERTH_CRT(long long, wcstoll, (const wchar_t *text, wchar_t **end, int base));
BERTH_CRT(unsigned long long, wcstoull, (const wchar_t *text, wchar_t **end, int base));
BERTH_CRT_AS(long long, _wcstoi64, wcstoll, (const wchar_t *text, wchar_t **end, int base));
BERTH_CRT_AS(unsigned long long, _wcstoui64, wcstoull,
             (const wchar_t *text, wchar_t **end, int base));

static inline wchar_t *_wcsupr(wchar_t *text)
{
    for (wchar_t *at = text; *at != 0; at++)
        if (*at >= L'a' && *at <= L'z')
            *at = (wchar_t)(*at - L'a' + L'A');
    return text;
}
static inline wchar_t *_wcslwr(wchar_t *text)
{
    for (wchar_t *at = text; *at != 0; at++)
        if (*at >= L'A' && *at <= L'Z')
            *at = (wchar_t)(*at - L'A' + L'a');
    return text;
}

/* What C++'s <cwchar> asks for by name and nobody here has called yet. */
BERTH_CRT(float, wcstof, (const wchar_t *text, wchar_t **end));
BERTH_CRT(long double, wcstold, (const wchar_t *text, wchar_t **end));
BERTH_CRT(int, fwscanf, (FILE * stream, const wchar_t *format, ...));
BERTH_CRT(int, wscanf, (const wchar_t *format, ...));
BERTH_CRT(int, swscanf, (const wchar_t *text, const wchar_t *format, ...));
BERTH_CRT(int, swscanf_s, (const wchar_t *text, const wchar_t *format, ...));
BERTH_CRT(int, vfwscanf, (FILE * stream, const wchar_t *format, va_list arguments));
BERTH_CRT(int, vwscanf, (const wchar_t *format, va_list arguments));
BERTH_CRT(int, vswscanf, (const wchar_t *text, const wchar_t *format, va_list arguments));
BERTH_CRT(wint_t, fgetwc, (FILE * stream));
BERTH_CRT_AS(wint_t, getwc, fgetwc, (FILE * stream));
BERTH_CRT(wint_t, getwchar, (void));
BERTH_CRT(wint_t, ungetwc, (wint_t character, FILE *stream));
BERTH_CRT(wchar_t *, fgetws, (wchar_t * text, int size, FILE *stream));
BERTH_CRT(size_t, mbrlen, (const char *text, size_t size, mbstate_t *state));
BERTH_CRT(size_t, mbrtowc, (wchar_t * to, const char *text, size_t size, mbstate_t *state));
BERTH_CRT(size_t, wcrtomb, (char *to, wchar_t character, mbstate_t *state));
BERTH_CRT(size_t, mbsrtowcs, (wchar_t * to, const char **text, size_t size, mbstate_t *state));
BERTH_CRT(size_t, wcsrtombs, (char *to, const wchar_t **text, size_t size, mbstate_t *state));
BERTH_CRT(size_t, wcsftime,
          (wchar_t * to, size_t size, const wchar_t *format, const struct tm *time));

#if defined(__cplusplus)
inline int swprintf(wchar_t *buffer, const wchar_t *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int written = vswprintf(buffer, SIZE_MAX / 4, format, arguments);
    va_end(arguments);
    return written;
}
template <size_t size> inline int swprintf_s(wchar_t (&buffer)[size], const wchar_t *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int written = vswprintf_s(buffer, size, format, arguments);
    va_end(arguments);
    return written;
}
template <size_t size> inline errno_t wcscpy_s(wchar_t (&to)[size], const wchar_t *from)
{
    return wcscpy_s(to, size, from);
}
template <size_t size> inline errno_t wcscat_s(wchar_t (&to)[size], const wchar_t *from)
{
    return wcscat_s(to, size, from);
}
#endif

#endif
