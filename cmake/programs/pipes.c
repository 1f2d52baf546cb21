/* A parent whose child speaks to it through pipes and an inherited file, its standard handles. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static int child(void)
{
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
    char line[128], folder[MAX_PATH];
    DWORD count, mode, got = 0;

    if (GetConsoleMode(out, &mode))
        return 1;
    GetCurrentDirectoryA(sizeof folder, folder);
    /* one byte at a time, so that who reads has to wait for the rest */
    while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), line + got, 1, &count, NULL) && count == 1)
        got++;
    if (GetLastError() != ERROR_BROKEN_PIPE)
        return 2;
    WriteFile(out, folder, (DWORD)strlen(folder), &count, NULL);
    WriteFile(out, " heard ", 7, &count, NULL);
    WriteFile(out, line, got, &count, NULL);
    WriteFile(GetStdHandle(STD_ERROR_HANDLE), "child's\n", 8, &count, NULL);
    return 7;
}

static HANDLE start(HANDLE in, HANDLE out, HANDLE errors, const char *folder)
{
    char path[MAX_PATH], line[MAX_PATH + 16];
    STARTUPINFOA startup = {.cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION child;

    startup.hStdInput = in;
    startup.hStdOutput = out;
    startup.hStdError = errors;
    GetModuleFileNameA(NULL, path, sizeof path);
    sprintf(line, "\"%s\" child", path);
    if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, folder, &startup, &child)) {
        printf("CreateProcess: %lu\n", GetLastError());
        return NULL;
    }
    CloseHandle(child.hThread);
    return child.hProcess;
}

static void tell_file(HANDLE file)
{
    char text[64] = "";
    DWORD count = 0;
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    ReadFile(file, text, sizeof text - 1, &count, NULL);
    printf("the file has %lu bytes: %s", count, text);
}

int main(int argc, char **argv)
{
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    HANDLE to_child, from_parent, to_parent, from_child;
    char line[256], name[MAX_PATH];
    DWORD count, got = 0, code = 0;

    if (argc > 1)
        return child();
    (void)argv;
    CreatePipe(&from_parent, &to_child, &inherit, 0);
    CreatePipe(&from_child, &to_parent, &inherit, 4);
    SetHandleInformation(to_child, HANDLE_FLAG_INHERIT, 0);
    SetHandleInformation(from_child, HANDLE_FLAG_INHERIT, 0);
    GetTempPathA(sizeof line, line);
    GetTempFileNameA(line, "log", 0, name);
    HANDLE file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, &inherit,
                              OPEN_EXISTING, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    WriteFile(file, "parent's\n", 9, &count, NULL);
    printf("nowhere: %d\n", start(from_parent, to_parent, file, "C:\\nowhere") != NULL);
    HANDLE process = start(from_parent, to_parent, file, "C:\\Windows");
    CloseHandle(from_parent);
    CloseHandle(to_parent);
    WriteFile(to_child, "a long enough line", 18, &count, NULL);
    CloseHandle(to_child);
    while (ReadFile(from_child, line + got, sizeof line - got - 1, &count, NULL))
        got += count;
    line[got] = '\0';
    printf("'%s' and then %lu\n", line, GetLastError());
    WaitForSingleObject(process, INFINITE);
    GetExitCodeProcess(process, &code);
    printf("exit code %lu\n", code);
    tell_file(file);
    CloseHandle(file);
    DWORD attributes = GetFileAttributesA(name);
    printf("and now: %lu\n", attributes == INVALID_FILE_ATTRIBUTES ? GetLastError() : 0);
    return 0;
}
