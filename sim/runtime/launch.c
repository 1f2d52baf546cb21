/* CreateProcess: the program that runs can start itself again, in a process of its own. There is no
 * other program on the machine.
 */
#include <stdlib.h>

#include <windows.h>

#include "sim/engine/check.h"
#include "sim/runtime/control.h"
#include "sim/runtime/crt.h"
#include "sim/runtime/files.h"
#include "sim/runtime/program.h"
#include "sim/runtime/variables.h"

/* What both letters of CreateProcess come to. Texts are UTF-8. */
struct start {
    const char *name; /* lpApplicationName; NULL for the first of the line */
    const char *line; /* lpCommandLine, or NULL */
    const SECURITY_ATTRIBUTES *process_attributes, *thread_attributes;
    bool inherit;
    DWORD flags;
    const void *environment; /* a block, wide if flags say so; or NULL */
    const STARTUPINFOA *startup;
    const char *folder; /* lpCurrentDirectory, or NULL */
    PROCESS_INFORMATION *information;
};

enum { LINE_MAX_CHARACTERS = 32767 };

/* main's arguments, in the arena until the process ends. */
static bool list_arguments(struct process *process, int *argc)
{
    struct arena *arena = &process->object.nt->engine->arena;
    struct belongings *belongings = process->runtime;
    size_t count = 0;

    belongings->arguments_size = command_line_split(belongings->command_line, NULL, 0, argc);
    belongings->arguments = arena_take(arena, belongings->arguments_size);
    while (variables_at(process, count) != NULL)
        count++;
    belongings->variables_count = count + 1;
    belongings->variables = arena_take(arena, (count + 1) * sizeof belongings->variables[0]);
    if (belongings->arguments == NULL || belongings->variables == NULL)
        return false;
    command_line_split(belongings->command_line, belongings->arguments, belongings->arguments_size,
                       argc);
    for (size_t i = 0; i < count; i++)
        belongings->variables[i] = (char *)variables_at(process, i);
    return true;
}

/* The child's first thread. */
static void run_child(void *unused)
{
    const struct program *program = program_machine()->program;
    struct process *process = guest_process();
    const struct belongings *belongings = process->runtime;
    int argc;

    (void)unused;
    if (!list_arguments(process, &argc))
        process_end(process, ERROR_NOT_ENOUGH_MEMORY);
    program_exit((uint32_t)program->run(argc, belongings->arguments, belongings->variables), true);
}

static bool give_line(struct belongings *belongings, struct arena *arena, const char *line)
{
    size_t size = strlen(line) + 1;
    belongings->command_line = arena_take(arena, size);
    if (belongings->command_line == NULL)
        return false;
    memcpy(belongings->command_line, line, size);
    belongings->wide_command_line = arena_take(arena, size * sizeof(uint16_t));
    if (belongings->wide_command_line == NULL)
        return false;
    berth_mbstowcs(belongings->wide_command_line, line, size);
    return true;
}

/* The parent's folder, or the one that was asked for. */
static bool give_folder(struct process *child, const struct start *start)
{
    struct guest_path path;
    nt_status status = guest_path_narrow(start->folder != NULL ? start->folder : ".", &path);
    return status == STATUS_SUCCESS && guest_give_folder(child, guest_path_text(&path));
}

/* What the child has of its own from the start. */
static bool give_belongings(struct process *child, const struct start *start)
{
    struct arena *arena = &child->object.nt->engine->arena;
    struct belongings *belongings = belongings_of(child);
    const STARTUPINFOA *startup = start->startup;

    if (belongings == NULL ||
        !give_line(belongings, arena, start->line != NULL ? start->line : start->name) ||
        !give_folder(child, start))
        return false;
    belongings->is_child = true;
    belongings->startup_flags = startup->dwFlags;
    belongings->show_window = startup->wShowWindow;
    control_child(child, belongings, start->flags);
    if ((startup->dwFlags & STARTF_USESTDHANDLES) != 0) {
        belongings->standard[0] = guest_number(startup->hStdInput);
        belongings->standard[1] = guest_number(startup->hStdOutput);
        belongings->standard[2] = guest_number(startup->hStdError);
    } else if (guest_process()->runtime != NULL) {
        const struct belongings *mine = guest_process()->runtime;
        memcpy(belongings->standard, mine->standard, sizeof mine->standard);
    }
    return variables_pass(guest_process(), child, start->environment,
                          (start->flags & CREATE_UNICODE_ENVIRONMENT) != 0) &&
           program_share(guest_process(), child);
}

static struct thread *make_thread(struct process *child)
{
    struct thread *thread = thread_create_suspended(child, run_child, NULL);

    if (thread == NULL || program_thread_made(thread))
        return thread;
    return NULL;
}

/* Handles for the caller; the child is not there any more when there is no room for them. */
static bool give_handles(struct process *child, struct thread *thread, const struct start *start)
{
    PROCESS_INFORMATION *information = start->information;

    object_reference(&child->object);
    information->hProcess = guest_give_handle(&child->object, start->process_attributes);
    if (information->hProcess == NULL)
        return false;
    object_reference(&thread->object);
    information->hThread = guest_give_handle(&thread->object, start->thread_attributes);
    if (information->hThread == NULL) {
        handle_close(guest_process(), guest_number(information->hProcess));
        return false;
    }
    information->dwProcessId = child->id;
    information->dwThreadId = thread->id;
    return true;
}

static BOOL begin_child(const struct start *start)
{
    struct process *mine = guest_process();
    struct process *child = process_create(mine->object.nt, &mine->token, mine, start->inherit);

    if (child == NULL)
        return guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    if (!give_belongings(child, start)) {
        process_end(child, 0);
        return guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    struct thread *thread = make_thread(child);
    if (thread == NULL) {
        process_end(child, 0);
        return guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    if (!give_handles(child, thread, start)) {
        process_end(child, 0);
        return FALSE;
    }
    if ((start->flags & CREATE_SUSPENDED) == 0)
        thread_unsuspend(thread);
    return TRUE;
}

static bool may_be_in(const char *folder)
{
    struct guest_path path;
    return folder == NULL || guest_is_folder(guest_path_narrow(folder, &path), &path);
}

static BOOL create_process(struct start *start)
{
    enum { TWO_CONSOLES = CREATE_NEW_CONSOLE | DETACHED_PROCESS };
    char first[PROGRAM_PATH_MAX];

    if (start->startup == NULL || start->information == NULL)
        return guest_fail(ERROR_NOACCESS);
    if ((start->name == NULL && start->line == NULL) ||
        (start->flags & TWO_CONSOLES) == TWO_CONSOLES)
        return guest_fail(ERROR_INVALID_PARAMETER);
    if (start->line != NULL && strlen(start->line) > LINE_MAX_CHARACTERS)
        return guest_fail(ERROR_FILENAME_EXCED_RANGE);
    if (start->line != NULL)
        command_line_name(start->line, first, sizeof first);
    if (!program_is(start->name != NULL ? start->name : first))
        return guest_fail(ERROR_FILE_NOT_FOUND);
    if (!may_be_in(start->folder))
        return guest_fail(ERROR_DIRECTORY);
    return begin_child(start);
}

BOOL CreateProcessA(LPCSTR lpApplicationName, LPSTR lpCommandLine,
                    LPSECURITY_ATTRIBUTES lpProcessAttributes,
                    LPSECURITY_ATTRIBUTES lpThreadAttributes, BOOL bInheritHandles,
                    DWORD dwCreationFlags, LPVOID lpEnvironment, LPCSTR lpCurrentDirectory,
                    LPSTARTUPINFOA lpStartupInfo, LPPROCESS_INFORMATION lpProcessInformation)
{
    struct start start = {
        .name = lpApplicationName,
        .line = lpCommandLine,
        .process_attributes = lpProcessAttributes,
        .thread_attributes = lpThreadAttributes,
        .inherit = bInheritHandles != FALSE,
        .flags = dwCreationFlags,
        .environment = lpEnvironment,
        .startup = lpStartupInfo,
        .folder = lpCurrentDirectory,
        .information = lpProcessInformation,
    };
    return create_process(&start);
}

/* UTF-8 of a wide text, in host memory; NULL for NULL. */
static char *narrow(LPCWSTR text)
{
    if (text == NULL)
        return NULL;
    size_t size = berth_wcstombs(NULL, text, 0) + 1;
    char *bytes = malloc(size);
    if (bytes != NULL)
        berth_wcstombs(bytes, text, size);
    return bytes;
}

BOOL CreateProcessW(LPCWSTR lpApplicationName, LPWSTR lpCommandLine,
                    LPSECURITY_ATTRIBUTES lpProcessAttributes,
                    LPSECURITY_ATTRIBUTES lpThreadAttributes, BOOL bInheritHandles,
                    DWORD dwCreationFlags, LPVOID lpEnvironment, LPCWSTR lpCurrentDirectory,
                    LPSTARTUPINFOW lpStartupInfo, LPPROCESS_INFORMATION lpProcessInformation)
{
    STARTUPINFOA startup = {0};
    if (lpStartupInfo != NULL)
        startup = (STARTUPINFOA){
            .dwFlags = lpStartupInfo->dwFlags,
            .wShowWindow = lpStartupInfo->wShowWindow,
            .hStdInput = lpStartupInfo->hStdInput,
            .hStdOutput = lpStartupInfo->hStdOutput,
            .hStdError = lpStartupInfo->hStdError,
        };
    char *name = narrow(lpApplicationName);
    char *line = narrow(lpCommandLine);
    char *folder = narrow(lpCurrentDirectory);
    BOOL started = CreateProcessA(name, line, lpProcessAttributes, lpThreadAttributes,
                                  bInheritHandles, dwCreationFlags, lpEnvironment, folder,
                                  lpStartupInfo == NULL ? NULL : &startup, lpProcessInformation);
    free(folder);
    free(name);
    free(line);
    return started;
}

/* ---- What a process knows of its start ------------------------------------------------------- */

static struct belongings *own(void)
{
    struct belongings *belongings = belongings_of(guest_process());

    ASSERT(belongings != NULL);
    if (belongings->command_line != NULL)
        return belongings;
    const struct program *program = program_machine()->program;
    static char *const nobody[] = {(char *)"berth"};
    int argc = program == NULL ? 1 : program->argc;
    char *const *argv = program == NULL ? nobody : program->argv;
    size_t size = command_line_make(argc, argv, NULL, 0) + 1;
    char *line = malloc(size);
    ASSERT(line != NULL);
    command_line_make(argc, argv, line, size);
    bool given = give_line(belongings, &program_machine()->engine.arena, line);
    ASSERT(given);
    free(line);
    return belongings;
}

LPSTR GetCommandLineA(void)
{
    return own()->command_line;
}

LPWSTR GetCommandLineW(void)
{
    return own()->wide_command_line;
}

void GetStartupInfoA(LPSTARTUPINFOA lpStartupInfo)
{
    const struct belongings *belongings = own();

    *lpStartupInfo = (STARTUPINFOA){
        .cb = sizeof *lpStartupInfo,
        .dwFlags = belongings->startup_flags,
        .wShowWindow = belongings->show_window,
        .hStdInput = guest_handle(belongings->standard[0]),
        .hStdOutput = guest_handle(belongings->standard[1]),
        .hStdError = guest_handle(belongings->standard[2]),
    };
}

void GetStartupInfoW(LPSTARTUPINFOW lpStartupInfo)
{
    STARTUPINFOA narrow_info;

    GetStartupInfoA(&narrow_info);
    *lpStartupInfo = (STARTUPINFOW){
        .cb = sizeof *lpStartupInfo,
        .dwFlags = narrow_info.dwFlags,
        .wShowWindow = narrow_info.wShowWindow,
        .hStdInput = narrow_info.hStdInput,
        .hStdOutput = narrow_info.hStdOutput,
        .hStdError = narrow_info.hStdError,
    };
}
