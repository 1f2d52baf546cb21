/* The shell's part of starting programs. */
#include <windows.h>

#include <shellapi.h>

#include "sim/runtime/crt.h"
#include "sim/runtime/guest_call.h"
#include "sim/runtime/program.h"

enum { LINE_SIZE = 3 * 32768 }; /* of UTF-8, as long as a line may be */

/* The arguments, which stand narrow at the end of the block, in UTF-16 at its beginning. */
static void widen(LPWSTR *block, char *const *arguments, int count)
{
    WCHAR *at = (WCHAR *)(void *)(block + count + 1);

    for (int i = 0; i < count; i++) {
        block[i] = at;
        at += berth_mbstowcs(at, arguments[i], strlen(arguments[i]) + 1) + 1;
    }
    block[count] = NULL;
}

LPWSTR *CommandLineToArgvW(LPCWSTR lpCmdLine, int *pNumArgs)
{
    char *line = LocalAlloc(LPTR, LINE_SIZE);
    LPWSTR *wide_arguments = NULL;

    if (line == NULL)
        return NULL;
    if (lpCmdLine[0] == 0)
        program_path(line);
    else
        berth_wcstombs(line, lpCmdLine, LINE_SIZE - 1);
    int count = 0;
    size_t size = command_line_split(line, NULL, 0, &count);
    char **arguments = LocalAlloc(LPTR, size);
    if (arguments != NULL) {
        command_line_split(line, arguments, size, &count);
        /* No character takes more units than bytes; the pointers are as many. */
        wide_arguments = LocalAlloc(LPTR, size * sizeof(WCHAR));
    }
    if (wide_arguments != NULL) {
        widen(wide_arguments, arguments, count);
        *pNumArgs = count;
    }
    LocalFree(arguments);
    LocalFree(line);
    return wide_arguments;
}
