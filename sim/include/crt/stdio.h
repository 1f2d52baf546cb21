/* <stdio.h>: the host's, but what prints prints as Windows' does: %I64d, %ws, %S, a long of 32
 * bits, pointers as sixteen digits.
 */
#ifndef BERTH_CRT_STDIO_H
#define BERTH_CRT_STDIO_H

#include "crtdefs.h"

#define printf berth_host_printf
#define fprintf berth_host_fprintf
#define sprintf berth_host_sprintf
#define snprintf berth_host_snprintf
#define vprintf berth_host_vprintf
#define vfprintf berth_host_vfprintf
#define vsprintf berth_host_vsprintf
#define vsnprintf berth_host_vsnprintf
#define sscanf berth_host_sscanf
#define fscanf berth_host_fscanf
#define scanf berth_host_scanf
#define vsscanf berth_host_vsscanf
#define vfscanf berth_host_vfscanf
#define vscanf berth_host_vscanf
#include "posix_hide.h"
#include_next <stdio.h>
#define BERTH_CRT_SHOW
#include "posix_hide.h"
#undef BERTH_CRT_SHOW
#undef printf
#undef fprintf
#undef sprintf
#undef snprintf
#undef vprintf
#undef vfprintf
#undef vsprintf
#undef vsnprintf

#undef sscanf
#undef fscanf
#undef scanf
#undef vsscanf
#undef vfscanf
#undef vscanf

/* Some compilers have the host's long. */
#if defined(BERTH_LONG_32)
#define BERTH_CRT_SCAN(name, parameters) BERTH_CRT_AS(int, name, name, parameters)
#else
#define BERTH_CRT_SCAN(name, parameters) BERTH_CRT_AS(int, name, name##_64, parameters)
#endif
BERTH_CRT_SCAN(sscanf, (const char *text, const char *format, ...));
BERTH_CRT_SCAN(fscanf, (FILE * stream, const char *format, ...));
BERTH_CRT_SCAN(scanf, (const char *format, ...));
BERTH_CRT_SCAN(vsscanf, (const char *text, const char *format, va_list arguments));
BERTH_CRT_SCAN(vfscanf, (FILE * stream, const char *format, va_list arguments));
BERTH_CRT_SCAN(vscanf, (const char *format, va_list arguments));
BERTH_CRT_SCAN(sscanf_s, (const char *text, const char *format, ...));
BERTH_CRT_SCAN(fscanf_s, (FILE * stream, const char *format, ...));
BERTH_CRT_SCAN(scanf_s, (const char *format, ...));
BERTH_CRT_SCAN(vsscanf_s, (const char *text, const char *format, va_list arguments));
BERTH_CRT_SCAN(vfscanf_s, (FILE * stream, const char *format, va_list arguments));

BERTH_CRT(int, printf, (const char *format, ...));
BERTH_CRT(int, fprintf, (FILE * stream, const char *format, ...));
BERTH_CRT(int, sprintf, (char *buffer, const char *format, ...));
BERTH_CRT(int, snprintf, (char *buffer, size_t size, const char *format, ...));
BERTH_CRT(int, vprintf, (const char *format, va_list arguments));
BERTH_CRT(int, vfprintf, (FILE * stream, const char *format, va_list arguments));
BERTH_CRT(int, vsprintf, (char *buffer, const char *format, va_list arguments));
BERTH_CRT(int, vsnprintf, (char *buffer, size_t size, const char *format, va_list arguments));

BERTH_CRT(int, _snprintf, (char *buffer, size_t size, const char *format, ...));
BERTH_CRT(int, _vsnprintf, (char *buffer, size_t size, const char *format, va_list arguments));
BERTH_CRT(int, _scprintf, (const char *format, ...));
BERTH_CRT(int, _vscprintf, (const char *format, va_list arguments));
BERTH_CRT(int, sprintf_s, (char *buffer, size_t size, const char *format, ...));
BERTH_CRT(int, vsprintf_s, (char *buffer, size_t size, const char *format, va_list arguments));
BERTH_CRT(int, _snprintf_s, (char *buffer, size_t size, size_t count, const char *format, ...));
BERTH_CRT_AS(int, printf_s, printf, (const char *format, ...));
BERTH_CRT_AS(int, fprintf_s, fprintf, (FILE * stream, const char *format, ...));

/* With _TRUNCATE what does not fit is cut, and answered by -1; else it leaves an empty text. */
static inline int _vsnprintf_s(char *buffer, size_t size, size_t count, const char *format,
                               va_list arguments)
{
    if (buffer == NULL || size == 0)
        return -1;
    size_t room = count == _TRUNCATE || count >= size ? size : count + 1;
    int written = vsnprintf(buffer, room, format, arguments);
    if (written >= 0 && (size_t)written < room)
        return written;
    if (count != _TRUNCATE && room == size)
        buffer[0] = '\0';
    return -1;
}
#define vsnprintf_s _vsnprintf_s
BERTH_CRT_AS(int, vprintf_s, vprintf, (const char *format, va_list arguments));
BERTH_CRT_AS(int, vfprintf_s, vfprintf, (FILE * stream, const char *format, va_list arguments));

#define _fileno fileno
#define _flushall() fflush(NULL)

static inline errno_t fopen_s(FILE **file, const char *name, const char *mode)
{
    *file = fopen(name, mode);
    return *file == NULL ? 2 : 0;
}

#if defined(__cplusplus)
template <size_t size> inline int sprintf_s(char (&buffer)[size], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int written = vsprintf_s(buffer, size, format, arguments);
    va_end(arguments);
    return written;
}
#endif

/* Windows has the wide half in <stdio.h> too. */
#include <wchar.h>

#endif
