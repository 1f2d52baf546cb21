/* Children are processes of this very program, told by their command line which of the suites'
 * programs to run and which two pipes to use.
 */
#include "conformance/testbed/win32.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMAND_SIZE = MAX_PATH + 128 };

static const char child_mark[] = "--child";

struct testbed_child {
    HANDLE process;
    DWORD id;
    HANDLE tell, hear;
    struct testbed_child *next;
};

static struct testbed_child *children;

/* The pipes of the process this is a child of. */
static HANDLE parent_tell = INVALID_HANDLE_VALUE;
static HANDLE parent_hear = INVALID_HANDLE_VALUE;

/* ---- Pipes ----------------------------------------------------------------------------------- */

static bool write_all(HANDLE pipe, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0) {
        DWORD written = 0;
        if (!WriteFile(pipe, at, (DWORD)size, &written, NULL))
            return false;
        at += written;
        size -= written;
    }
    return true;
}

static bool read_all(HANDLE pipe, void *bytes, size_t size)
{
    char *at = bytes;
    while (size > 0) {
        DWORD got = 0;
        if (!ReadFile(pipe, at, (DWORD)size, &got, NULL) || got == 0)
            return false;
        at += got;
        size -= got;
    }
    return true;
}

/* Waits until something can be read, a moment at a time. */
static bool readable(const struct testbed_child *child, ULONGLONG until, bool *late)
{
    for (;;) {
        DWORD there = 0;
        const bool ended = WaitForSingleObject(child->process, 0) == WAIT_OBJECT_0;
        if (!PeekNamedPipe(child->hear, NULL, 0, NULL, &there, NULL))
            return false;
        if (there > 0)
            return true;
        if (ended)
            return false;
        *late = GetTickCount64() >= until;
        if (*late)
            return false;
        WaitForSingleObject(child->process, 1);
    }
}

bool testbed_tell(struct testbed_child *child, const void *bytes, size_t size)
{
    return write_all(child->tell, bytes, size) || win32_cannot("the child has ended");
}

bool testbed_hear(struct testbed_child *child, void *bytes, size_t size)
{
    return read_all(child->hear, bytes, size) || win32_cannot("the child ended without an answer");
}

bool testbed_hear_within(struct testbed_child *child, void *bytes, size_t size,
                         unsigned milliseconds, bool *late)
{
    const ULONGLONG until = GetTickCount64() + milliseconds;
    char *at = bytes;
    *late = false;
    while (size > 0) {
        DWORD got = 0;
        if (!readable(child, until, late) || !ReadFile(child->hear, at, (DWORD)size, &got, NULL) ||
            got == 0)
            return win32_cannot("the child did not answer");
        at += got;
        size -= got;
    }
    return true;
}

bool testbed_tell_parent(const void *bytes, size_t size)
{
    return write_all(parent_tell, bytes, size);
}

bool testbed_hear_parent(void *bytes, size_t size)
{
    return read_all(parent_hear, bytes, size);
}

/* ---- Processes ------------------------------------------------------------------------------- */

static bool make_pipe(HANDLE *reads, HANDLE *writes, HANDLE *childs)
{
    if (!CreatePipe(reads, writes, NULL, 0))
        return false;
    return SetHandleInformation(*childs, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
}

static bool create_process(char *command, HANDLE token, STARTUPINFOEXA *info, DWORD flags,
                           PROCESS_INFORMATION *process)
{
    const DWORD all = flags | CREATE_NO_WINDOW;
    if (token == NULL)
        return CreateProcessA(NULL, command, NULL, NULL, TRUE, all, NULL, NULL, &info->StartupInfo,
                              process);
    return CreateProcessAsUserA(token, NULL, command, NULL, NULL, TRUE, all, NULL, NULL,
                                &info->StartupInfo, process);
}

bool win32_start(char *command, HANDLE token, const HANDLE handles[2], bool inherit_all,
                 PROCESS_INFORMATION *process)
{
    HANDLE list[2] = {handles[0], handles[1]};
    STARTUPINFOEXA info;
    SIZE_T size = 0;
    memset(&info, 0, sizeof info);
    info.StartupInfo.cb = sizeof info;
    if (inherit_all) {
        info.StartupInfo.cb = sizeof info.StartupInfo;
        return create_process(command, token, &info, 0, process);
    }
    InitializeProcThreadAttributeList(NULL, 1, 0, &size);
    info.lpAttributeList = malloc(size);
    bool started =
        info.lpAttributeList != NULL &&
        InitializeProcThreadAttributeList(info.lpAttributeList, 1, 0, &size) &&
        UpdateProcThreadAttribute(info.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, list,
                                  sizeof list, NULL, NULL) &&
        create_process(command, token, &info, EXTENDED_STARTUPINFO_PRESENT, process);
    const DWORD error = GetLastError();
    free(info.lpAttributeList);
    SetLastError(error);
    return started;
}

void win32_take_children_along(void)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
    HANDLE job = CreateJobObjectA(NULL, NULL);
    memset(&limits, 0, sizeof limits);
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    if (job != NULL &&
        SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits))
        AssignProcessToJobObject(job, GetCurrentProcess());
}

static void close_pipes(struct testbed_child *child, HANDLE its_hear, HANDLE its_tell)
{
    const HANDLE all[] = {child->tell, child->hear, its_hear, its_tell};
    for (int i = 0; i < 4; i++)
        if (all[i] != NULL)
            CloseHandle(all[i]);
}

static bool start_program(const struct testbed_start *start, HANDLE token,
                          struct testbed_child *child, unsigned long *error)
{
    char path[MAX_PATH];
    char command[COMMAND_SIZE];
    HANDLE its_hear = NULL;
    HANDLE its_tell = NULL;
    PROCESS_INFORMATION process;
    GetModuleFileNameA(NULL, path, sizeof path);
    bool started = make_pipe(&its_hear, &child->tell, &its_hear) &&
                   make_pipe(&child->hear, &its_tell, &its_tell);
    if (started) {
        const HANDLE handles[2] = {its_hear, its_tell};
        snprintf(command, sizeof command, "\"%s\" %s %s %llu %llu", path, child_mark,
                 start->program, (unsigned long long)(uintptr_t)its_hear,
                 (unsigned long long)(uintptr_t)its_tell);
        started = win32_start(command, token, handles, start->inherit_handles, &process);
    }
    *error = started ? 0 : GetLastError();
    if (!started) {
        close_pipes(child, its_hear, its_tell);
        return false;
    }
    CloseHandle(its_hear);
    CloseHandle(its_tell);
    CloseHandle(process.hThread);
    child->process = process.hProcess;
    child->id = process.dwProcessId;
    return true;
}

static bool can_be_done(const struct testbed_start *start)
{
    if (start->manifest != TESTBED_AS_INVOKER)
        return win32_cannot("the program has one manifest, asInvoker");
    if (start->run_as || start->refuse_consent)
        return win32_cannot("nobody is there to answer when Windows asks for consent");
    return true;
}

struct testbed_child *testbed_start(const struct testbed_start *start, unsigned long *error)
{
    HANDLE token = NULL;
    *error = 0;
    if (!can_be_done(start) || !win32_token_of(start->user, &token))
        return NULL;
    struct testbed_child *child = calloc(1, sizeof *child);
    if (child != NULL && !start_program(start, token, child, error)) {
        free(child);
        child = NULL;
        win32_cannot("Windows refused to start the child");
    }
    if (token != NULL)
        CloseHandle(token);
    if (child != NULL) {
        child->next = children;
        children = child;
    }
    return child;
}

unsigned long testbed_child_id(const struct testbed_child *child)
{
    return child->id;
}

static void forget_child(struct testbed_child *child)
{
    struct testbed_child **link = &children;
    while (*link != child)
        link = &(*link)->next;
    *link = child->next;
    CloseHandle(child->process);
    close_pipes(child, NULL, NULL);
    free(child);
}

int testbed_wait(struct testbed_child *child)
{
    DWORD code = 0;
    WaitForSingleObject(child->process, INFINITE);
    GetExitCodeProcess(child->process, &code);
    forget_child(child);
    return (int)code;
}

void win32_end_children(void)
{
    while (children != NULL)
        testbed_kill(children);
}

void testbed_kill(struct testbed_child *child)
{
    TerminateProcess(child->process, 1);
    testbed_wait(child);
}

bool testbed_ask(const struct testbed_start *start, const void *question, size_t question_size,
                 void *answer, size_t answer_size)
{
    unsigned long error;
    struct testbed_child *child = testbed_start(start, &error);
    if (child == NULL)
        return false;
    const bool answered =
        testbed_tell(child, question, question_size) && testbed_hear(child, answer, answer_size);
    testbed_wait(child);
    return answered;
}

static HANDLE handle_of(const char *digits)
{
    return (HANDLE)(uintptr_t)strtoull(digits, NULL, 10);
}

static LONG WINAPI end_process(EXCEPTION_POINTERS *exception)
{
    TerminateProcess(GetCurrentProcess(), exception->ExceptionRecord->ExceptionCode);
    return EXCEPTION_CONTINUE_SEARCH;
}

/* What crashes here was to: nobody is asked about it and no debugger started. */
bool testbed_run_child(int argc, char **argv, const struct testbed_program *const *programs,
                       int *exit_code)
{
    if (argc != 5 || strcmp(argv[1], child_mark) != 0)
        return false;
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    SetUnhandledExceptionFilter(end_process);
    parent_hear = handle_of(argv[3]);
    parent_tell = handle_of(argv[4]);
    SetHandleInformation(parent_hear, HANDLE_FLAG_INHERIT, 0);
    SetHandleInformation(parent_tell, HANDLE_FLAG_INHERIT, 0);
    win32_take_children_along();
    *exit_code = 2;
    for (; *programs != NULL; programs++)
        if (strcmp((*programs)->name, argv[2]) == 0)
            *exit_code = (*programs)->run();
    return true;
}
