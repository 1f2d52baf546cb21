/* printf's language as Microsoft's C runtime speaks it (page: Format specification syntax: printf
 * and wprintf functions), where it differs from the host's:
 *
 *   a long has 32 bits; I64, I32, I, w are sizes; %p is sixteen digits;
 *   %s is text of the function's own kind, %S of the other; %hs is always narrow, %ls and %ws
 *   always wide; %c likewise; a conversion nobody knows prints its own letter.
 *
 * Narrow text is UTF-8, wide text UTF-16.
 */
#ifndef SIM_RUNTIME_FORMAT_H
#define SIM_RUNTIME_FORMAT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the characters go: bytes of UTF-8, or units of UTF-16 when `wide`. */
struct format_out {
    bool wide;
    void (*put)(struct format_out *out, uint16_t unit);
    size_t count; /* units put so far */
};

/* A format string: of bytes, or of UTF-16 when the output is wide. */
void format_print(struct format_out *out, const void *format, va_list arguments);

#endif
