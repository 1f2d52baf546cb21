/* netsh through netsh.exe, its output through a pipe. */
#include "conformance/testbed/win32.h"

#include <stdio.h>
#include <string.h>

enum { COMMAND_SIZE = 512 };

static bool start_netsh(char *command, HANDLE output, PROCESS_INFORMATION *process)
{
    STARTUPINFOA info;
    memset(&info, 0, sizeof info);
    info.cb = sizeof info;
    info.dwFlags = STARTF_USESTDHANDLES;
    info.hStdOutput = output;
    info.hStdError = output;
    return CreateProcessA(NULL, command, NULL, NULL, TRUE, CREATE_NO_WINDOW, NULL, NULL, &info,
                          process);
}

/* All of it, though only so much is kept. */
static void read_output(HANDLE pipe, char *output, size_t size)
{
    char bytes[1024];
    size_t kept = 0;
    DWORD got = 0;
    while (ReadFile(pipe, bytes, sizeof bytes, &got, NULL) && got > 0) {
        size_t fits = size - 1 - kept < got ? size - 1 - kept : got;
        memcpy(output + kept, bytes, fits);
        kept += fits;
    }
    output[kept] = '\0';
}

int testbed_netsh(const char *line, char *output, size_t size)
{
    char path[MAX_PATH];
    char command[COMMAND_SIZE];
    SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
    PROCESS_INFORMATION process;
    HANDLE reads;
    HANDLE writes;
    DWORD code = 1;
    if (win32_wine_version() != NULL) {
        win32_cannot("Wine's netsh is an empty program");
        return -1;
    }
    if (SearchPathA(NULL, "netsh.exe", NULL, sizeof path, path, NULL) == 0 ||
        !CreatePipe(&reads, &writes, &inheritable, 0)) {
        win32_cannot("there is no netsh here");
        return -1;
    }
    SetHandleInformation(reads, HANDLE_FLAG_INHERIT, 0);
    snprintf(command, sizeof command, "\"%s\" %s", path, line);
    const bool started = start_netsh(command, writes, &process);
    CloseHandle(writes);
    if (started) {
        read_output(reads, output, size);
        WaitForSingleObject(process.hProcess, INFINITE);
        GetExitCodeProcess(process.hProcess, &code);
        CloseHandle(process.hThread);
        CloseHandle(process.hProcess);
    }
    CloseHandle(reads);
    if (!started)
        win32_cannot("netsh does not start");
    return started ? (int)code : -1;
}
