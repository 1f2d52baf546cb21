/* The parts of the test bed on Windows, and on what calls itself Windows. */
#ifndef CONFORMANCE_TESTBED_WIN32_H
#define CONFORMANCE_TESTBED_WIN32_H

#include <winsock2.h>

#include <windows.h>

#include "conformance/testbed/testbed.h"

/* Says why something cannot be done; answers false. */
bool win32_cannot(const char *reason);

/* Wine's version, "8.0 (Debian ...)", or NULL on Windows. */
const char *win32_wine_version(void);

/* Whether this process is an administrator with all rights. */
bool win32_is_elevated(void);

/* Whether a process of this user can be had; the token to start it with, NULL for the caller's own,
 * which the caller closes.
 */
bool win32_token_of(enum testbed_user user, HANDLE *token);

/* Starts `command` with the two handles it names, and none else unless `inherit_all`. */
bool win32_start(char *command, HANDLE token, const HANDLE handles[2], bool inherit_all,
                 PROCESS_INFORMATION *process);

/* Ends the children that still run. */
void win32_end_children(void);

/* Ends with this process whatever it starts. */
void win32_take_children_along(void);

#endif
