/* The console as a file. */
#ifndef SIM_RUNTIME_CONSOLE_H
#define SIM_RUNTIME_CONSOLE_H

#include <windows.h>

/* ReadFile and WriteFile of a console's handle: FALSE with ERROR_INVALID_HANDLE when it is one for
 * the other direction. A line is read at a time, from the host's standard input.
 */
BOOL console_read(HANDLE handle, LPVOID buffer, DWORD size, LPDWORD count);
BOOL console_write(HANDLE handle, LPCVOID buffer, DWORD size, LPDWORD count);

#endif
