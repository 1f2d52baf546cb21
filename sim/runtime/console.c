/* The console a program writes to beside stdio, and text between its code pages. Every code page is
 * UTF-8, which is what the terminals around us speak.
 */
#include <windows.h>

#include "sim/runtime/console.h"
#include "sim/runtime/crt.h"
#include "sim/runtime/guest_objects.h"
#include "sim/runtime/program.h"
#include "sim/runtime/utf.h"

/* Numbers no handle has, for handles are multiples of 4; consoles once had such on Windows too. */
enum { CONSOLE_INPUT = 3, CONSOLE_OUTPUT = 7, CONSOLE_ERROR = 11 };

bool guest_is_console(HANDLE handle)
{
    uintptr_t number = (uintptr_t)handle;
    return number == CONSOLE_INPUT || number == CONSOLE_OUTPUT || number == CONSOLE_ERROR;
}

bool guest_is_console_input(HANDLE handle)
{
    return (uintptr_t)handle == CONSOLE_INPUT;
}

/* ---- Standard handles ------------------------------------------------------------------------ */

static const DWORD standard_numbers[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
static const uintptr_t console_handles[] = {CONSOLE_INPUT, CONSOLE_OUTPUT, CONSOLE_ERROR};

static size_t standard_index(DWORD number)
{
    size_t i = 0;
    while (i < ARRAYSIZE(standard_numbers) && standard_numbers[i] != number)
        i++;
    return i;
}

/* What the process was started with or has set; else the console's. A program's constructors may
 * ask before there is a machine.
 */
HANDLE GetStdHandle(DWORD nStdHandle)
{
    size_t index = standard_index(nStdHandle);
    if (index == ARRAYSIZE(standard_numbers)) {
        SetLastError(ERROR_INVALID_HANDLE);
        return INVALID_HANDLE_VALUE;
    }
    bool inside = winsock_attached() != NULL && machine_running()->current != NULL;
    const struct belongings *belongings = inside ? guest_process()->runtime : NULL;
    if (belongings != NULL && belongings->standard[index] != 0)
        return guest_handle(belongings->standard[index]);
    return (HANDLE)console_handles[index];
}

BOOL SetStdHandle(DWORD nStdHandle, HANDLE hHandle)
{
    size_t index = standard_index(nStdHandle);
    struct belongings *belongings = belongings_of(guest_process());
    if (index == ARRAYSIZE(standard_numbers))
        return guest_fail(ERROR_INVALID_HANDLE);
    if (belongings == NULL)
        return guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    belongings->standard[index] = guest_number(hHandle);
    return TRUE;
}

/* ---- The console ----------------------------------------------------------------------------- */

static FILE *stream_of(HANDLE handle)
{
    switch ((uintptr_t)handle) {
    case CONSOLE_OUTPUT:
        return stdout;
    case CONSOLE_ERROR:
        return stderr;
    default:
        SetLastError(ERROR_INVALID_HANDLE);
        return NULL;
    }
}

BOOL console_write(HANDLE handle, LPCVOID buffer, DWORD size, LPDWORD count)
{
    FILE *stream = stream_of(handle);
    if (stream == NULL)
        return FALSE;
    if (!userspace_probe(&guest_process()->userspace, buffer, size, ACCESS_READ))
        return guest_fail(ERROR_NOACCESS);
    DWORD written = (DWORD)fwrite(buffer, 1, size, stream);
    if (count != NULL)
        *count = written;
    return written == size;
}

BOOL console_read(HANDLE handle, LPVOID buffer, DWORD size, LPDWORD count)
{
    char *bytes = buffer;
    DWORD got = 0;
    if (!guest_is_console_input(handle))
        return guest_fail(ERROR_INVALID_HANDLE);
    if (!userspace_probe(&guest_process()->userspace, buffer, size, ACCESS_WRITE))
        return guest_fail(ERROR_NOACCESS);
    for (int byte = 0; got < size && byte != '\n';) {
        byte = getc(stdin);
        if (byte == EOF)
            break;
        bytes[got++] = (char)byte;
    }
    if (count != NULL)
        *count = got;
    return TRUE;
}

BOOL WriteConsoleA(HANDLE hConsoleOutput, const VOID *lpBuffer, DWORD nNumberOfCharsToWrite,
                   LPDWORD lpNumberOfCharsWritten, LPVOID lpReserved)
{
    (void)lpReserved;
    return console_write(hConsoleOutput, lpBuffer, nNumberOfCharsToWrite, lpNumberOfCharsWritten);
}

BOOL WriteConsoleW(HANDLE hConsoleOutput, const VOID *lpBuffer, DWORD nNumberOfCharsToWrite,
                   LPDWORD lpNumberOfCharsWritten, LPVOID lpReserved)
{
    FILE *stream = stream_of(hConsoleOutput);

    (void)lpReserved;
    if (stream == NULL)
        return FALSE;
    for (size_t at = 0, used = 0; at < nNumberOfCharsToWrite; at += used) {
        const WCHAR *text = lpBuffer;
        char bytes[4];
        size_t size = utf8_write(utf16_read(text + at, nNumberOfCharsToWrite - at, &used), bytes);
        fwrite(bytes, 1, size, stream);
    }
    if (lpNumberOfCharsWritten != NULL)
        *lpNumberOfCharsWritten = nNumberOfCharsToWrite;
    return TRUE;
}

BOOL SetConsoleOutputCP(UINT wCodePageID)
{
    (void)wCodePageID;
    return TRUE;
}

/* There is no debugger; the trace has the line. */
void OutputDebugStringA(LPCSTR lpOutputString)
{
    engine_trace(machine_running()->engine, "debug: %s", lpOutputString);
}

void OutputDebugStringW(LPCWSTR lpOutputString)
{
    char text[ENGINE_TRACE_MAX];
    size_t size = berth_wcstombs(text, lpOutputString, sizeof text - 1);
    text[size] = '\0';
    OutputDebugStringA(text);
}

/* Whether `count` units go into a buffer of `size`; 0 asks how many they are. */
static int answer_count(size_t count, int size)
{
    if (size != 0 && count > (size_t)size) {
        SetLastError(ERROR_INSUFFICIENT_BUFFER);
        return 0;
    }
    return (int)count;
}

int MultiByteToWideChar(UINT CodePage, DWORD dwFlags, LPCSTR lpMultiByteStr, int cbMultiByte,
                        LPWSTR lpWideCharStr, int cchWideChar)
{
    size_t size = cbMultiByte < 0 ? strlen(lpMultiByteStr) + 1 : (size_t)cbMultiByte;
    size_t count = 0;

    (void)CodePage;
    if (cbMultiByte == 0 || cchWideChar < 0) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return 0;
    }
    for (size_t at = 0, used = 0; at < size; at += used) {
        WCHAR units[2];
        uint32_t character = utf8_read(lpMultiByteStr + at, size - at, &used);
        if ((dwFlags & MB_ERR_INVALID_CHARS) != 0 && character == UTF_REPLACEMENT &&
            (used != 3 || memcmp(lpMultiByteStr + at, "\xEF\xBF\xBD", 3) != 0))
            return guest_fail(ERROR_NO_UNICODE_TRANSLATION);
        size_t more = utf16_write(character, units);
        if (count + more <= (size_t)cchWideChar)
            memcpy(lpWideCharStr + count, units, more * sizeof units[0]);
        count += more;
    }
    return answer_count(count, cchWideChar);
}

int WideCharToMultiByte(UINT CodePage, DWORD dwFlags, LPCWSTR lpWideCharStr, int cchWideChar,
                        LPSTR lpMultiByteStr, int cbMultiByte, LPCSTR lpDefaultChar,
                        BOOL *lpUsedDefaultChar)
{
    size_t size = cchWideChar < 0 ? berth_wcslen(lpWideCharStr) + 1 : (size_t)cchWideChar;
    size_t count = 0;

    (void)CodePage;
    (void)lpDefaultChar; /* UTF-8 has every character */
    if (lpUsedDefaultChar != NULL)
        *lpUsedDefaultChar = FALSE;
    if (cchWideChar == 0 || cbMultiByte < 0) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return 0;
    }
    for (size_t at = 0, used = 0; at < size; at += used) {
        char bytes[4];
        uint32_t character = utf16_read(lpWideCharStr + at, size - at, &used);
        if ((dwFlags & WC_ERR_INVALID_CHARS) != 0 && character == UTF_REPLACEMENT &&
            lpWideCharStr[at] != UTF_REPLACEMENT)
            return guest_fail(ERROR_NO_UNICODE_TRANSLATION);
        size_t more = utf8_write(character, bytes);
        if (count + more <= (size_t)cbMultiByte)
            memcpy(lpMultiByteStr + count, bytes, more);
        count += more;
    }
    return answer_count(count, cbMultiByte);
}
