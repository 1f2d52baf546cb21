/* The console a program writes to beside stdio, and text between its code pages. Every code page is
 * UTF-8, which is what the terminals around us speak.
 */
#include <windows.h>

#include "sim/runtime/crt.h"
#include "sim/runtime/guest_objects.h"
#include "sim/runtime/utf.h"

/* Numbers no handle has, for handles are multiples of 4; consoles once had such on Windows too. */
enum { CONSOLE_INPUT = 3, CONSOLE_OUTPUT = 7, CONSOLE_ERROR = 11 };

HANDLE GetStdHandle(DWORD nStdHandle)
{
    switch (nStdHandle) {
    case STD_INPUT_HANDLE:
        return (HANDLE)(uintptr_t)CONSOLE_INPUT;
    case STD_OUTPUT_HANDLE:
        return (HANDLE)(uintptr_t)CONSOLE_OUTPUT;
    case STD_ERROR_HANDLE:
        return (HANDLE)(uintptr_t)CONSOLE_ERROR;
    default:
        SetLastError(ERROR_INVALID_HANDLE);
        return INVALID_HANDLE_VALUE;
    }
}

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

/* Files are not modelled: only the console and sockets can be written to. */
BOOL WriteFile(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
               LPDWORD lpNumberOfBytesWritten, LPOVERLAPPED lpOverlapped)
{
    if (handle_find(guest_process(), guest_number(hFile), OBJECT_SOCKET) != NULL)
        return socket_write_file(hFile, lpBuffer, nNumberOfBytesToWrite, lpNumberOfBytesWritten,
                                 lpOverlapped);
    FILE *stream = stream_of(hFile);
    if (stream == NULL)
        return FALSE;
    DWORD written = (DWORD)fwrite(lpBuffer, 1, nNumberOfBytesToWrite, stream);
    if (lpNumberOfBytesWritten != NULL)
        *lpNumberOfBytesWritten = written;
    return written == nNumberOfBytesToWrite;
}

BOOL WriteConsoleA(HANDLE hConsoleOutput, const VOID *lpBuffer, DWORD nNumberOfCharsToWrite,
                   LPDWORD lpNumberOfCharsWritten, LPVOID lpReserved)
{
    (void)lpReserved;
    return WriteFile(hConsoleOutput, lpBuffer, nNumberOfCharsToWrite, lpNumberOfCharsWritten, NULL);
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
