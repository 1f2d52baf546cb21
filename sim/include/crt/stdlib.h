/* <stdlib.h>: the host's, and Windows' conversions. */
#ifndef BERTH_CRT_STDLIB_H
#define BERTH_CRT_STDLIB_H

#include "crtdefs.h"

#include_next <stdlib.h>

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
BERTH_CRT_AS(void, free, crt_free, (void *memory) BERTH_CRT_THROW);
BERTH_CRT_AS(void *, realloc, crt_realloc, (void *memory, size_t size) BERTH_CRT_THROW);
BERTH_CRT(void *, _aligned_malloc, (size_t size, size_t alignment));
BERTH_CRT(void, _aligned_free, (void *memory));
BERTH_CRT_AS(__attribute__((noreturn)) void, abort, crt_abort, (void)BERTH_CRT_THROW);
BERTH_CRT(char *, getenv, (const char *name)BERTH_CRT_THROW);

BERTH_CRT(char *, _itoa, (int value, char *text, int base));
BERTH_CRT(wchar_t *, _itow, (int value, wchar_t *text, int base));
#define itoa _itoa
#define _atoi64 atoll
#define _strtoi64 strtoll
#define _strtoui64 strtoull

#if !defined(__cplusplus) && !defined(NOMINMAX)
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#endif

#endif
