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

static inline HRESULT StringCchVPrintfA(char *to, size_t size, const char *format,
                                        va_list arguments)
{
    int written = vsnprintf(to, size, format, arguments);
    return written >= 0 && (size_t)written < size ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}
static inline HRESULT StringCchVPrintfW(wchar_t *to, size_t size, const wchar_t *format,
                                        va_list arguments)
{
    int written = _vsnwprintf(to, size, format, arguments);
    if (size > 0 && (written < 0 || (size_t)written >= size))
        to[size - 1] = 0;
    return written >= 0 && (size_t)written < size ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}
static inline HRESULT StringCchLengthA(const char *text, size_t size, size_t *length)
{
    size_t found = text == NULL ? size : strnlen(text, size);
    if (length != NULL)
        *length = found < size ? found : 0;
    return found < size ? S_OK : E_INVALIDARG;
}
static inline HRESULT StringCchLengthW(const wchar_t *text, size_t size, size_t *length)
{
    size_t found = text == NULL ? size : wcsnlen(text, size);
    if (length != NULL)
        *length = found < size ? found : 0;
    return found < size ? S_OK : E_INVALIDARG;
}

#define StringCbCopyA StringCchCopyA
#define StringCbCatA StringCchCatA
#define StringCbPrintfA StringCchPrintfA
#define StringCbVPrintfA StringCchVPrintfA
#define StringCbCopyW(to, size, from) StringCchCopyW((to), (size) / sizeof(wchar_t), (from))
#define StringCbCatW(to, size, from) StringCchCatW((to), (size) / sizeof(wchar_t), (from))
#define StringCbPrintfW(to, size, ...) StringCchPrintfW((to), (size) / sizeof(wchar_t), __VA_ARGS__)
#if defined(UNICODE)
#define BERTH_STRSAFE(name) name##W
#else
#define BERTH_STRSAFE(name) name##A
#endif
#define StringCchCopy BERTH_STRSAFE(StringCchCopy)
#define StringCchCat BERTH_STRSAFE(StringCchCat)
#define StringCchPrintf BERTH_STRSAFE(StringCchPrintf)
#define StringCchVPrintf BERTH_STRSAFE(StringCchVPrintf)
#define StringCchLength BERTH_STRSAFE(StringCchLength)
#define StringCbCopy BERTH_STRSAFE(StringCbCopy)
#define StringCbCat BERTH_STRSAFE(StringCbCat)
#define StringCbPrintf BERTH_STRSAFE(StringCbPrintf)

#endif
