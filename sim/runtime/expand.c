/* ExpandEnvironmentStrings: %NAME% becomes the variable's value, and stays when there is none. */
#include "sim/runtime/machine.h"

#include <windows.h>

enum { VALUE_MAX = 1024 };

struct expansion {
    char *to;
    DWORD room, size; /* size: what is wanted, the NUL not counted */
};

static void put(struct expansion *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++, out->size++)
        if (out->size + 1 < out->room)
            out->to[out->size] = text[i];
}

static DWORD expand(const char *from, char *to, DWORD room)
{
    struct expansion out = {to, room, 0};
    while (*from != '\0') {
        char name[VALUE_MAX], value[VALUE_MAX];
        const char *end = *from == '%' ? strchr(from + 1, '%') : NULL;
        size_t length = end == NULL ? 0 : (size_t)(end - from - 1);
        DWORD found = 0;
        if (end != NULL && length > 0 && length < sizeof name) {
            memcpy(name, from + 1, length);
            name[length] = '\0';
            found = GetEnvironmentVariableA(name, value, sizeof value);
        }
        if (found > 0 && found < sizeof value) {
            put(&out, value, found);
            from = end + 1;
        } else {
            put(&out, from++, 1);
        }
    }
    if (room > 0)
        to[out.size < room ? out.size : room - 1] = '\0';
    return out.size + 1;
}

/* The characters wanted, the NUL counted, however many there was room for. */
DWORD ExpandEnvironmentStringsA(LPCSTR lpSrc, LPSTR lpDst, DWORD nSize)
{
    return expand(lpSrc, lpDst, nSize);
}

/* Paths are ASCII here; what is not stays away from the lookup. */
DWORD ExpandEnvironmentStringsW(LPCWSTR lpSrc, LPWSTR lpDst, DWORD nSize)
{
    char from[VALUE_MAX], to[VALUE_MAX];
    size_t i = 0;
    for (; lpSrc[i] != 0 && i + 1 < sizeof from; i++)
        from[i] = lpSrc[i] < 0x80 ? (char)lpSrc[i] : '?';
    from[i] = '\0';
    DWORD wanted = expand(from, to, sizeof to);
    for (i = 0; i < nSize && i < sizeof to; i++) {
        lpDst[i] = (WCHAR)(unsigned char)to[i];
        if (to[i] == '\0')
            break;
    }
    return wanted;
}
