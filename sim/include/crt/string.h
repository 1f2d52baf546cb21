/* <string.h>: the host's, and Windows' names for what it has. */
#ifndef BERTH_CRT_STRING_H
#define BERTH_CRT_STRING_H

#include "crtdefs.h"

#include_next <string.h>
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

#if defined(__cplusplus)
template <size_t size> inline errno_t strcpy_s(char (&to)[size], const char *from)
{
    return strcpy_s(to, size, from);
}
template <size_t size> inline errno_t strcat_s(char (&to)[size], const char *from)
{
    return strcat_s(to, size, from);
}
#endif

#include <wchar.h>

#endif
