/* How kernel32 makes and opens what may have a name. Private to runtime/. */
#ifndef SIM_RUNTIME_MAKING_H
#define SIM_RUNTIME_MAKING_H

#include <stdbool.h>
#include <stdint.h>

#include <windows.h>

#include "sim/nt/object.h"

/* What to make when nobody has the name. */
struct making {
    enum object_type type;
    bool manual, initial; /* signaled, or owned */
    uint32_t count, limit;
    size_t size; /* of a section */
    bool writable;
};

/* A handle, and ERROR_ALREADY_EXISTS beside one for what was there; else the last error is 0. NULL
 * with the last error.
 */
HANDLE guest_make_ansi(const struct making *making, const SECURITY_ATTRIBUTES *attributes,
                       LPCSTR text);
HANDLE guest_make_wide(const struct making *making, const SECURITY_ATTRIBUTES *attributes,
                       LPCWSTR text);

/* A handle for what is there. NULL with the last error. */
HANDLE guest_open_ansi(enum object_type type, BOOL inherit, LPCSTR text);
HANDLE guest_open_wide(enum object_type type, BOOL inherit, LPCWSTR text);

#endif
