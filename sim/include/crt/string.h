/* <string.h>: the host's, and Windows' names for what it has. */
#ifndef BERTH_CRT_STRING_H
#define BERTH_CRT_STRING_H

#include "crtdefs.h"

#include "posix_hide.h"
#include_next <string.h>
#define BERTH_CRT_SHOW
#include "posix_hide.h"
#undef BERTH_CRT_SHOW
#include <strings.h>

#define _stricmp strcasecmp
#define stricmp strcasecmp
#define _strnicmp strncasecmp
#define strnicmp strncasecmp
#define _strdup strdup
#define strtok_s strtok_r

BERTH_CRT(errno_t, strcpy_s, (char *to, size_t size, const char *from));
BERTH_CRT(errno_t, strcat_s, (char *to, size_t size, const char *from));
BERTH_CRT(errno_t, strncpy_s, (char *to, size_t size, const char *from, size_t count));

static inline char *_strupr(char *text)
{
    for (char *at = text; *at != '\0'; at++)
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
    return text;
}
static inline char *_strlwr(char *text)
{
    for (char *at = text; *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    return text;
}
static inline char *_strrev(char *text)
{
    size_t size = strlen(text);
    for (size_t i = 0; i < size / 2; i++) {
        char kept = text[i];
        text[i] = text[size - 1 - i];
        text[size - 1 - i] = kept;
    }
    return text;
}
static inline int _memicmp(const void *a, const void *b, size_t size)
{
    const unsigned char *x = (const unsigned char *)a, *y = (const unsigned char *)b;
    for (size_t i = 0; i < size; i++) {
        int left = x[i] >= 'A' && x[i] <= 'Z' ? x[i] - 'A' + 'a' : x[i];
        int right = y[i] >= 'A' && y[i] <= 'Z' ? y[i] - 'A' + 'a' : y[i];
        if (left != right)
            return left - right;
    }
    return 0;
}
static inline size_t strnlen_s(const char *text, size_t size)
{
    return text == NULL ? 0 : strnlen(text, size);
}
/* 22 is EINVAL, 34 ERANGE, as on Windows. What does not fit leaves zeros. */
static inline errno_t memcpy_s(void *to, size_t size, const void *from, size_t count)
{
    if (count == 0)
        return 0;
    if (to == NULL)
        return 22;
    if (from == NULL || size < count) {
        memset(to, 0, size);
        return from == NULL ? 22 : 34;
    }
    memcpy(to, from, count);
    return 0;
}
static inline errno_t memmove_s(void *to, size_t size, const void *from, size_t count)
{
    if (count == 0)
        return 0;
    if (to == NULL || from == NULL)
        return 22;
    if (size < count)
        return 34;
    memmove(to, from, count);
    return 0;
}
static inline errno_t strncat_s(char *to, size_t size, const char *from, size_t count)
{
    size_t length = strnlen(to, size);
    return length == size ? 22 : strncpy_s(to + length, size - length, from, count);
}
#define _strset_s(to, size, byte) memset((to), (byte), strnlen((to), (size)))

#if defined(__cplusplus)
template <size_t size> inline errno_t strcpy_s(char (&to)[size], const char *from)
{
    return strcpy_s(to, size, from);
}
template <size_t size>
inline errno_t strncpy_s(char (&to)[size], const char *from, size_t count)
{
    return strncpy_s(to, size, from, count);
}
template <size_t size> inline errno_t strcat_s(char (&to)[size], const char *from)
{
    return strcat_s(to, size, from);
}
#endif

#include <wchar.h>

#endif
