#include "sim/runtime/control.h"

#include <windows.h>

#include "sim/runtime/crt.h"
#include "sim/runtime/guest_objects.h"
#include "sim/runtime/pool.h"
#include "sim/runtime/program.h"

enum { STATUS_CONTROL_C_EXIT_ = (int)0xC000013A };

struct ctrl_handler {
    PHANDLER_ROUTINE routine;
    struct ctrl_handler *next;
};

static struct belongings *own(void)
{
    struct belongings *belongings = belongings_of(guest_process());
    if (belongings == NULL)
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    return belongings;
}

static struct arena *arena_of(struct process *process)
{
    return &process->object.nt->engine->arena;
}

/* A child is on its parent's console, unless it has one of its own or none; a new group does not
 * hear Ctrl+C: "Creating Processes, Process Creation Flags".
 */
void control_child(struct process *child, struct belongings *belongings, uint32_t flags)
{
    const uint32_t elsewhere = CREATE_NEW_CONSOLE | DETACHED_PROCESS | CREATE_NO_WINDOW;
    const struct belongings *mine = guest_process()->runtime;

    if (mine != NULL) {
        belongings->console = mine->console;
        belongings->group = mine->group != 0 ? mine->group : guest_process()->id;
        belongings->ignores_ctrl_c = mine->ignores_ctrl_c;
        belongings->error_mode = mine->error_mode;
    }
    if ((flags & elsewhere) != 0)
        belongings->console = child->id;
    if ((flags & CREATE_NEW_PROCESS_GROUP) != 0) {
        belongings->group = child->id;
        belongings->ignores_ctrl_c = true;
    }
}

static void drop_title(struct process *process)
{
    struct belongings *belongings = process->runtime;

    if (belongings->title != NULL)
        arena_give(arena_of(process), belongings->title, strlen(belongings->title) + 1);
    belongings->title = NULL;
}

void control_process_ended(struct process *process)
{
    struct belongings *belongings = process->runtime;
    struct ctrl_handler *next;

    for (struct ctrl_handler *at = belongings->ctrl_handlers; at != NULL; at = next) {
        next = at->next;
        arena_give(arena_of(process), at, sizeof *at);
    }
    belongings->ctrl_handlers = NULL;
    drop_title(process);
}

static BOOL add(struct belongings *belongings, PHANDLER_ROUTINE routine)
{
    struct ctrl_handler *handler = ARENA_NEW(arena_of(guest_process()), struct ctrl_handler);

    if (handler == NULL)
        return guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    *handler = (struct ctrl_handler){.routine = routine, .next = belongings->ctrl_handlers};
    belongings->ctrl_handlers = handler;
    return TRUE;
}

BOOL SetConsoleCtrlHandler(PHANDLER_ROUTINE HandlerRoutine, BOOL Add)
{
    struct belongings *belongings = own();

    if (belongings == NULL)
        return FALSE;
    if (HandlerRoutine == NULL) {
        belongings->ignores_ctrl_c = Add != FALSE;
        return TRUE;
    }
    if (Add)
        return add(belongings, HandlerRoutine);
    for (struct ctrl_handler **link = &belongings->ctrl_handlers; *link != NULL;
         link = &(*link)->next) {
        struct ctrl_handler *handler = *link;
        if (handler->routine != HandlerRoutine)
            continue;
        *link = handler->next;
        arena_give(arena_of(guest_process()), handler, sizeof *handler);
        return TRUE;
    }
    return guest_fail(ERROR_INVALID_PARAMETER);
}

/* The thread that calls the handlers. One may take itself out, or add another. */
static void tell(void *context)
{
    DWORD event = (DWORD)(uintptr_t)context;
    const struct belongings *belongings = guest_process()->runtime;
    PHANDLER_ROUTINE called[64];
    size_t count = 0;

    if (belongings != NULL)
        for (const struct ctrl_handler *at = belongings->ctrl_handlers; at != NULL && count < 64;
             at = at->next)
            called[count++] = at->routine;
    for (size_t i = 0; i < count; i++)
        if (called[i](event))
            return;
    program_exit((uint32_t)STATUS_CONTROL_C_EXIT_, false);
}

static bool hears(struct process *process, DWORD event, DWORD group)
{
    struct belongings *mine = guest_process()->runtime;
    struct belongings *its = process->runtime;
    uint32_t console = mine == NULL ? 0 : mine->console;

    if ((its == NULL ? 0 : its->console) != console || process->threads == NULL)
        return false;
    if (event == CTRL_C_EVENT)
        return group == 0 && (its == NULL || !its->ignores_ctrl_c);
    return group == 0 || process->id == group || (its != NULL && its->group == group);
}

/* Ctrl+C goes to all of the console or to nobody: the page says that it cannot be limited. */
BOOL GenerateConsoleCtrlEvent(DWORD dwCtrlEvent, DWORD dwProcessGroupId)
{
    struct nt *nt = guest_nt();
    bool any = dwProcessGroupId == 0;

    if (dwCtrlEvent != CTRL_C_EVENT && dwCtrlEvent != CTRL_BREAK_EVENT)
        return guest_fail(ERROR_INVALID_PARAMETER);
    for (const struct process *at = nt->processes; at != NULL; at = at->next)
        any |= at->id == dwProcessGroupId;
    if (!any)
        return guest_fail(ERROR_INVALID_PARAMETER);
    for (struct process *at = nt->processes; at != NULL; at = at->next)
        if (hears(at, dwCtrlEvent, dwProcessGroupId) &&
            pool_thread(at, tell, (void *)(uintptr_t)dwCtrlEvent) == NULL)
            return guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    return TRUE;
}

/* ---- Modes, code pages and the title --------------------------------------------------------- */

enum {
    MODE_INPUT = 0x1F7, /* as a console window begins */
    MODE_OUTPUT = ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT,
    INPUT_MODES = 0x3FF,
    OUTPUT_MODES = 0x1F
};

/* Where the mode of a console's handle is kept; NULL for what is no console. */
static uint32_t *mode_of(HANDLE handle, struct belongings *belongings, uint32_t *at_first)
{
    if (!guest_is_console(handle)) {
        guest_fail(ERROR_INVALID_HANDLE);
        return NULL;
    }
    bool input = guest_is_console_input(handle);
    *at_first = input ? MODE_INPUT : MODE_OUTPUT;
    return input ? &belongings->console_input_mode : &belongings->console_output_mode;
}

/* Kept as told plus one, so that 0 is what was never told. */
BOOL GetConsoleMode(HANDLE hConsoleHandle, LPDWORD lpMode)
{
    struct belongings *belongings = own();
    uint32_t at_first;
    const uint32_t *mode =
        belongings == NULL ? NULL : mode_of(hConsoleHandle, belongings, &at_first);

    if (mode == NULL)
        return FALSE;
    *lpMode = *mode == 0 ? at_first : *mode - 1;
    return TRUE;
}

BOOL SetConsoleMode(HANDLE hConsoleHandle, DWORD dwMode)
{
    struct belongings *belongings = own();
    uint32_t at_first;
    uint32_t *mode = belongings == NULL ? NULL : mode_of(hConsoleHandle, belongings, &at_first);

    if (mode == NULL)
        return FALSE;
    if ((dwMode & ~(DWORD)(at_first == MODE_INPUT ? INPUT_MODES : OUTPUT_MODES)) != 0)
        return guest_fail(ERROR_INVALID_PARAMETER);
    *mode = dwMode + 1;
    return TRUE;
}

/* Colours are not kept: what is written is the program's text alone. */
BOOL SetConsoleTextAttribute(HANDLE hConsoleOutput, WORD wAttributes)
{
    uint32_t at_first;
    struct belongings *belongings = own();

    (void)wAttributes;
    return belongings != NULL && mode_of(hConsoleOutput, belongings, &at_first) != NULL;
}

UINT GetACP(void)
{
    return CP_UTF8;
}

UINT GetOEMCP(void)
{
    return CP_UTF8;
}

UINT GetConsoleCP(void)
{
    return CP_UTF8;
}

UINT GetConsoleOutputCP(void)
{
    return CP_UTF8;
}

BOOL SetConsoleCP(UINT wCodePageID)
{
    return SetConsoleOutputCP(wCodePageID);
}

BOOL IsValidCodePage(UINT CodePage)
{
    return CodePage == CP_UTF8;
}

/* ---- The title, which nobody sees ------------------------------------------------------------ */

static BOOL set_title(const char *title)
{
    struct belongings *belongings = own();
    size_t size = strlen(title) + 1;
    char *kept = belongings == NULL ? NULL : arena_take(arena_of(guest_process()), size);

    if (kept == NULL)
        return guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    memcpy(kept, title, size);
    drop_title(guest_process());
    belongings->title = kept;
    return TRUE;
}

BOOL SetConsoleTitleA(LPCSTR lpConsoleTitle)
{
    return set_title(lpConsoleTitle);
}

enum { TITLE_MAX = 1024 };

BOOL SetConsoleTitleW(LPCWSTR lpConsoleTitle)
{
    char title[TITLE_MAX];
    size_t size = berth_wcstombs(title, lpConsoleTitle, sizeof title - 1);
    title[size < sizeof title ? size : sizeof title - 1] = '\0';
    return set_title(title);
}

/* Until one is set, it is where the program lies. */
static const char *title_of(char path[PROGRAM_PATH_MAX])
{
    const struct belongings *belongings = own();
    if (belongings != NULL && belongings->title != NULL)
        return belongings->title;
    program_path(path);
    return path;
}

DWORD GetConsoleTitleA(LPSTR lpConsoleTitle, DWORD nSize)
{
    char path[PROGRAM_PATH_MAX];
    const char *title = title_of(path);
    size_t length = strlen(title);

    if (nSize == 0)
        return 0;
    size_t copied = length < nSize ? length : nSize - 1;
    memcpy(lpConsoleTitle, title, copied);
    lpConsoleTitle[copied] = '\0';
    return (DWORD)length;
}

DWORD GetConsoleTitleW(LPWSTR lpConsoleTitle, DWORD nSize)
{
    char path[PROGRAM_PATH_MAX];
    const char *title = title_of(path);

    if (nSize == 0)
        return 0;
    berth_mbstowcs(lpConsoleTitle, title, nSize);
    lpConsoleTitle[nSize - 1] = 0;
    return (DWORD)berth_mbstowcs(NULL, title, 0);
}
