/* <strsafe.h>: what programs use of it: copies, appends and prints that never overrun. */
#ifndef BERTH_CRT_STRSAFE_H
#define BERTH_CRT_STRSAFE_H

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include <windows.h>

#define STRSAFE_E_INSUFFICIENT_BUFFER ((HRESULT)0x8007007A)

static inline HRESULT StringCchCopyA(char *to, size_t size, const char *from)
{
    return snprintf(to, size, "%s", from) < (int)size ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}
static inline HRESULT StringCchCopyW(wchar_t *to, size_t size, const wchar_t *from)
{
    return wcsncpy_s(to, size, from, _TRUNCATE) == 0 ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}
static inline HRESULT StringCchCatA(char *to, size_t size, const char *from)
{
    size_t length = strlen(to);
    return StringCchCopyA(to + length, size - length, from);
}
static inline HRESULT StringCchCatW(wchar_t *to, size_t size, const wchar_t *from)
{
    size_t length = wcslen(to);
    return StringCchCopyW(to + length, size - length, from);
}
static inline HRESULT StringCchPrintfA(char *to, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(to, size, format, arguments);
    va_end(arguments);
    return written >= 0 && (size_t)written < size ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}
static inline HRESULT StringCchPrintfW(wchar_t *to, size_t size, const wchar_t *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int written = _vsnwprintf(to, size, format, arguments);
    va_end(arguments);
    if (size > 0 && (written < 0 || (size_t)written >= size))
        to[size - 1] = 0;
    return written >= 0 && (size_t)written < size ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}

#define StringCbCopyA StringCchCopyA
#define StringCbPrintfA StringCchPrintfA
#if defined(UNICODE)
#define StringCchCopy StringCchCopyW
#define StringCchCat StringCchCatW
#define StringCchPrintf StringCchPrintfW
#else
#define StringCchCopy StringCchCopyA
#define StringCchCat StringCchCatA
#define StringCchPrintf StringCchPrintfA
#endif

#endif
