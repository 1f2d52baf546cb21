#include "sim/runtime/variables.h"

#include <string.h>

#include "sim/engine/check.h"
#include "sim/runtime/crt.h"
#include "sim/runtime/guest_call.h"
#include "sim/runtime/program.h"

enum { NAME_MAX_BYTES = 32767 };

struct variable {
    struct variable *next;
    size_t size; /* of all of it, for the arena */
    bool gone;   /* taken away: the host's does not count */
    char text[]; /* NAME=value */
};

static char lower(char character)
{
    return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

/* Whether a text "NAME=value" is of that name. */
static bool is_named(const char *text, const char *name, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (lower(text[i]) != lower(name[i]))
            return false;
    return text[size] == '=';
}

static size_t name_size_of(const char *text)
{
    return strcspn(text + 1, "=") + 1;
}

static struct variable **find_own(struct belongings *belongings, const char *name, size_t size)
{
    struct variable **link = &belongings->environment;
    while (*link != NULL && !is_named((*link)->text, name, size))
        link = &(*link)->next;
    return link;
}

static char *const *hosts(const struct belongings *belongings)
{
    static char *const none[] = {NULL};
    const struct program *program = program_machine()->program;

    return program == NULL || belongings->environment_is_own ? none : program->variables;
}

/* "NAME=value" of the name, or NULL. */
static const char *variables_find(struct process *process, const char *name, size_t name_size)
{
    struct belongings *belongings = belongings_of(process);
    if (belongings == NULL || name_size == 0)
        return NULL;
    const struct variable *own = *find_own(belongings, name, name_size);
    if (own != NULL)
        return own->gone ? NULL : own->text;
    for (char *const *at = hosts(belongings); *at != NULL; at++)
        if ((*at)[0] != '\0' && is_named(*at, name, name_size))
            return *at;
    return NULL;
}

static void drop(struct arena *arena, struct variable **link)
{
    struct variable *variable = *link;
    *link = variable->next;
    arena_give(arena, variable, variable->size);
}

static bool set(struct process *process, const char *name, size_t name_size, const char *value)
{
    struct arena *arena = &process->object.nt->engine->arena;
    struct belongings *belongings = belongings_of(process);
    size_t value_size = value == NULL ? 0 : strlen(value);
    size_t size = sizeof(struct variable) + name_size + value_size + 2;
    struct variable *variable = belongings == NULL ? NULL : arena_take(arena, size);

    if (variable == NULL)
        return false;
    struct variable **link = find_own(belongings, name, name_size);
    if (*link != NULL)
        drop(arena, link);
    variable->size = size;
    variable->gone = value == NULL;
    memcpy(variable->text, name, name_size);
    variable->text[name_size] = '=';
    if (value_size > 0)
        memcpy(variable->text + name_size + 1, value, value_size);
    while (*link != NULL)
        link = &(*link)->next;
    *link = variable;
    return true;
}

/* Sets, or with `value` NULL takes away. False when there is no memory. */
static bool variables_set(struct process *process, const char *name, const char *value)
{
    return set(process, name, strlen(name), value);
}

/* One text of a block. */
static bool take_text(struct process *child, const char *text)
{
    if (text[0] == '\0')
        return true;
    size_t name_size = name_size_of(text);
    return text[name_size] == '\0' || set(child, text, name_size, text + name_size + 1);
}

static bool take_block(struct process *child, const char *block)
{
    for (; *block != '\0'; block += strlen(block) + 1)
        if (!take_text(child, block))
            return false;
    return true;
}

static bool take_wide_block(struct process *child, const uint16_t *block)
{
    struct arena *arena = &child->object.nt->engine->arena;

    for (; *block != 0; block += berth_wcslen(block) + 1) {
        size_t size = berth_wcstombs(NULL, block, 0) + 1;
        char *text = arena_take(arena, size);
        if (text == NULL)
            return false;
        berth_wcstombs(text, block, size);
        bool taken = take_text(child, text);
        arena_give(arena, text, size);
        if (!taken)
            return false;
    }
    return true;
}

static bool copy(const struct belongings *from, struct process *child)
{
    for (const struct variable *at = from->environment; at != NULL; at = at->next) {
        size_t name_size = name_size_of(at->text);
        if (!set(child, at->text, name_size, at->gone ? NULL : at->text + name_size + 1))
            return false;
    }
    return true;
}

bool variables_pass(struct process *parent, struct process *child, const void *block, bool is_wide)
{
    struct belongings *from = belongings_of(parent);
    struct belongings *to = belongings_of(child);

    if (from == NULL || to == NULL)
        return false;
    to->environment_is_own = block != NULL || from->environment_is_own;
    if (block == NULL)
        return copy(from, child);
    return is_wide ? take_wide_block(child, block) : take_block(child, block);
}

const char *variables_at(struct process *process, size_t n)
{
    struct belongings *belongings = belongings_of(process);
    if (belongings == NULL)
        return NULL;
    for (const struct variable *at = belongings->environment; at != NULL; at = at->next)
        if (!at->gone && n-- == 0)
            return at->text;
    for (char *const *at = hosts(belongings); *at != NULL; at++)
        if ((*at)[0] != '\0' && *find_own(belongings, *at, name_size_of(*at)) == NULL && n-- == 0)
            return *at;
    return NULL;
}

void variables_drop(struct process *process)
{
    struct belongings *belongings = process->runtime;
    while (belongings != NULL && belongings->environment != NULL)
        drop(&process->object.nt->engine->arena, &belongings->environment);
}

/* ---- As programs ask for them ---------------------------------------------------------------- */

/* How many characters the value has, or how large a buffer it needs, its end included. */
static DWORD answer_size(size_t length, DWORD size)
{
    return (DWORD)(length < size ? length : length + 1);
}

static const char *value_of(LPCSTR name)
{
    size_t size = strlen(name);
    const char *text = variables_find(guest_process(), name, size);
    if (text == NULL)
        guest_fail(ERROR_ENVVAR_NOT_FOUND);
    return text == NULL ? NULL : text + size + 1;
}

DWORD GetEnvironmentVariableA(LPCSTR lpName, LPSTR lpBuffer, DWORD nSize)
{
    const char *value = value_of(lpName);
    if (value == NULL)
        return 0;
    size_t length = strlen(value);
    if (length < nSize)
        memcpy(lpBuffer, value, length + 1);
    guest_fail(0);
    return answer_size(length, nSize);
}

DWORD GetEnvironmentVariableW(LPCWSTR lpName, LPWSTR lpBuffer, DWORD nSize)
{
    char name[PROGRAM_PATH_MAX];
    name[berth_wcstombs(name, lpName, sizeof name - 1)] = '\0';
    const char *value = value_of(name);
    if (value == NULL)
        return 0;
    size_t length = berth_mbstowcs(NULL, value, 0);
    if (length < nSize)
        berth_mbstowcs(lpBuffer, value, nSize);
    guest_fail(0);
    return answer_size(length, nSize);
}

BOOL SetEnvironmentVariableA(LPCSTR lpName, LPCSTR lpValue)
{
    if (lpName == NULL || lpName[0] == '\0' || strchr(lpName + 1, '=') != NULL ||
        strlen(lpName) > NAME_MAX_BYTES)
        return guest_fail(ERROR_INVALID_PARAMETER);
    if (lpValue == NULL && variables_find(guest_process(), lpName, strlen(lpName)) == NULL)
        return guest_fail(ERROR_ENVVAR_NOT_FOUND);
    if (!variables_set(guest_process(), lpName, lpValue))
        return guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    return TRUE;
}

BOOL SetEnvironmentVariableW(LPCWSTR lpName, LPCWSTR lpValue)
{
    char name[PROGRAM_PATH_MAX];
    char value[4096];

    if (lpName == NULL || berth_wcslen(lpName) >= PROGRAM_PATH_MAX / 3)
        return guest_fail(ERROR_INVALID_PARAMETER);
    if (lpValue != NULL && berth_wcstombs(NULL, lpValue, 0) >= sizeof value)
        return guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    name[berth_wcstombs(name, lpName, sizeof name - 1)] = '\0';
    if (lpValue != NULL)
        value[berth_wcstombs(value, lpValue, sizeof value - 1)] = '\0';
    return SetEnvironmentVariableA(name, lpValue == NULL ? NULL : value);
}

/* The C runtime's. */
char *berth_getenv(const char *name)
{
    size_t size = strlen(name);
    const char *text = variables_find(guest_process(), name, size);
    return text == NULL ? NULL : (char *)text + size + 1;
}
