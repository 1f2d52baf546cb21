/* Of the shell, how it takes command lines apart. */
#ifndef BERTH_WIN32_SHELLAPI_H
#define BERTH_WIN32_SHELLAPI_H

#include "windows.h"

/* In one block, for LocalFree. An empty line gives the program's own name. */
BERTH_FUNCTION(LPWSTR *, CommandLineToArgvW, (LPCWSTR lpCmdLine, int *pNumArgs));

#endif
