/* FormatMessage with the system's texts, which are spec/errors.def's. */
#include <windows.h>

#include "sim/runtime/machine.h"

enum { LONGEST = 512 };

static const struct {
    DWORD error;
    const char *text;
} texts[] = {
/* A number that is Winsock's and Win32's has the system's text, which stands first here. */
#define STATUS(name, value, wsa_error, win32_error, evidence)
#define WSA_ERROR(name, value, text)
#define WIN32_ERROR(name, value, text) {value, text},
#include "spec/errors.def"
#undef WSA_ERROR
#undef WIN32_ERROR
#define WSA_ERROR(name, value, text) {value, text},
#define WIN32_ERROR(name, value, text)
#include "spec/errors.def"
#undef STATUS
#undef WSA_ERROR
#undef WIN32_ERROR
};

static const char *text_of(DWORD error)
{
    const DWORD from_win32 = 0x80070000; /* HRESULT_FROM_WIN32 has the same texts */

    if ((error & 0xffff0000) == from_win32)
        error &= 0xffff;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].error == error)
            return texts[i].text;
    return NULL;
}

/* The whole message, or NULL with the last error. Messages from a string or of a module are not
 * modelled; a module without the message, which every one is, makes Windows look on in the system.
 */
static const char *compose(DWORD flags, DWORD error, char message[LONGEST])
{
    if ((flags & FORMAT_MESSAGE_FROM_SYSTEM) == 0) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    const char *text = text_of(error);
    if (text == NULL) {
        SetLastError(ERROR_MR_MID_NOT_FOUND);
        return NULL;
    }
    /* With the mask set there are no line ends but those in the text: a blank stands for the last.
     */
    bool one_line = (flags & FORMAT_MESSAGE_MAX_WIDTH_MASK) == FORMAT_MESSAGE_MAX_WIDTH_MASK;
    snprintf(message, LONGEST, "%s%s", text, one_line ? " " : "\r\n");
    return message;
}

/* Where `length` units and the end of the text go; NULL with the last error when they do not fit.
 */
static void *place_for(DWORD flags, void *buffer, DWORD size, size_t length, size_t unit)
{
    if (buffer == NULL) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if ((flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) == 0) {
        if (length < size)
            return buffer;
        SetLastError(ERROR_INSUFFICIENT_BUFFER);
        return NULL;
    }
    size_t units = length < size ? size : length + 1;
    void *place = LocalAlloc(LMEM_ZEROINIT, units * unit);
    memcpy(buffer, &place, sizeof place);
    return place;
}

DWORD FormatMessageA(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
                     LPSTR lpBuffer, DWORD nSize, va_list *Arguments)
{
    char message[LONGEST];

    (void)lpSource;
    (void)dwLanguageId; /* the machine speaks English */
    (void)Arguments;    /* no text of the system has a place for any */
    if (compose(dwFlags, dwMessageId, message) == NULL)
        return 0;
    size_t length = strlen(message);
    char *place = place_for(dwFlags, lpBuffer, nSize, length, sizeof *place);
    if (place == NULL)
        return 0;
    memcpy(place, message, length + 1);
    return (DWORD)length;
}

DWORD FormatMessageW(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
                     LPWSTR lpBuffer, DWORD nSize, va_list *Arguments)
{
    char message[LONGEST];

    (void)lpSource;
    (void)dwLanguageId;
    (void)Arguments;
    if (compose(dwFlags, dwMessageId, message) == NULL)
        return 0;
    size_t length = strlen(message);
    WCHAR *place = place_for(dwFlags, lpBuffer, nSize, length, sizeof *place);
    if (place == NULL)
        return 0;
    for (size_t i = 0; i <= length; i++)
        place[i] = (unsigned char)message[i];
    return (DWORD)length;
}
