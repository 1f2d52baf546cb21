#include "sim/runtime/program.h"

#include <stdio.h>
#include <string.h>

#include "sim/engine/check.h"
#include "sim/runtime/control.h"
#include "sim/runtime/fibers.h"
#include "sim/runtime/machine.h"
#include "sim/runtime/variables.h"
#include "sim/runtime/window.h"
#include "sim/winsock/winsock.h"

struct berth *program_machine(void)
{
    return machine_running()->runtime;
}

/* ---- What belongs to whom -------------------------------------------------------------------- */

struct belongings *belongings_of(struct process *process)
{
    if (process->runtime == NULL && !process->ended)
        process->runtime = ARENA_NEW(&process->object.nt->engine->arena, struct belongings);
    return process->runtime;
}

struct thread_belongings *belongings_of_thread(struct thread *thread)
{
    if (thread->runtime == NULL && thread->state != THREAD_ENDED)
        thread->runtime = ARENA_NEW(&thread->object.nt->engine->arena, struct thread_belongings);
    return thread->runtime;
}

static void give_text(struct arena *arena, struct belongings *belongings)
{
    if (belongings->arguments != NULL)
        arena_give(arena, belongings->arguments, belongings->arguments_size);
    if (belongings->variables != NULL)
        arena_give(arena, belongings->variables,
                   belongings->variables_count * sizeof belongings->variables[0]);
    if (belongings->command_line == NULL)
        return;
    size_t size = strlen(belongings->command_line) + 1;
    arena_give(arena, belongings->command_line, size);
    if (belongings->wide_command_line != NULL)
        arena_give(arena, belongings->wide_command_line, size * sizeof(uint16_t));
}

void program_drop_folder(struct process *process)
{
    struct belongings *belongings = process->runtime;
    if (belongings->folder != NULL)
        arena_give(&process->object.nt->engine->arena, belongings->folder,
                   belongings->folder_length * sizeof *belongings->folder);
    belongings->folder = NULL;
}

void program_process_ended(struct process *process)
{
    struct berth *machine = process->object.nt->runtime;
    struct belongings *belongings = process->runtime;

    window_process_ended(machine, process);
    fibers_process_ended(machine, process);
    if (machine->winsock != NULL)
        winsock_process_ended(machine->winsock, process);
    if (machine->variables_of == process)
        machine->variables_of = NULL;
    if (belongings == NULL)
        return;
    if (belongings->image != NULL)
        machine->program->image_drop(belongings->image);
    if (belongings->endings != NULL)
        machine->program->drop_endings(&belongings->endings);
    give_text(&machine->engine.arena, belongings);
    program_drop_folder(process);
    control_process_ended(process);
    variables_drop(process);
    mapping_drop_views(belongings);
    exceptions_drop(machine->nt, belongings);
    arena_give(&machine->engine.arena, belongings, sizeof *belongings);
    process->runtime = NULL;
}

void program_thread_ended(struct thread *thread)
{
    struct berth *machine = thread->object.nt->runtime;
    struct thread_belongings *belongings = thread->runtime;

    if (machine->winsock != NULL)
        winsock_thread_ended(machine->winsock, thread);
    if (machine->thread_variables_of == thread)
        machine->thread_variables_of = NULL;
    fibers_thread_ended(thread);
    if (belongings == NULL)
        return;
    if (belongings->variables != NULL)
        machine->program->image_drop(belongings->variables);
    if (belongings->description != NULL)
        arena_give(&machine->engine.arena, belongings->description, belongings->description_size);
    arena_give(&machine->engine.arena, belongings, sizeof *belongings);
    thread->runtime = NULL;
}

/* ---- Whose variables lie in their place ------------------------------------------------------ */

static void *image_of(struct process *process)
{
    return process == NULL ? NULL : ((struct belongings *)process->runtime)->image;
}

static void *variables_of(struct thread *thread)
{
    return thread == NULL ? NULL : ((struct thread_belongings *)thread->runtime)->variables;
}

static struct process *bring_memory(struct process *process)
{
    struct berth *machine = process->object.nt->runtime;
    struct process *before = machine->variables_of;

    if (before == process || process->runtime == NULL)
        return before; /* or not one that runs the program */
    machine->program->image_swap(image_of(before), image_of(process));
    machine->variables_of = process;
    return before;
}

/* One catches what it has thrown, whoever threw meanwhile. */
static void swap_exceptions(uintptr_t *now, struct thread *from, struct thread *to)
{
    const struct thread_belongings *its = to->runtime;
    const size_t size = sizeof its->exceptions;

    if (from != NULL)
        memcpy(((struct thread_belongings *)from->runtime)->exceptions, now, size);
    memcpy(now, its->exceptions, size);
}

static void bring_variables(struct thread *thread)
{
    struct berth *machine = thread->object.nt->runtime;
    const struct program *program = machine->program;

    if (machine->shared)
        bring_memory(thread->process);
    if (machine->thread_variables_of == thread)
        return;
    if (program->thread_bytes > 0)
        program->thread_swap(variables_of(machine->thread_variables_of), variables_of(thread));
    if (program->exceptions != NULL)
        swap_exceptions(program->exceptions(), machine->thread_variables_of, thread);
    machine->thread_variables_of = thread;
}

/* An image, which only the first process can lack. */
static bool give_image(const struct program *program, struct process *process)
{
    struct belongings *belongings = belongings_of(process);

    if (belongings != NULL && belongings->image == NULL)
        belongings->image = program->image_new();
    return belongings != NULL && belongings->image != NULL;
}

bool program_share(struct process *first, struct process *second)
{
    struct nt *nt = first->object.nt;
    struct berth *machine = nt->runtime;

    if (!give_image(machine->program, first) || !give_image(machine->program, second))
        return false;
    machine->shared = true;
    nt->thread_runs = bring_variables;
    nt->bring_memory = bring_memory;
    return true;
}

bool program_thread_made(struct thread *thread)
{
    struct berth *machine = thread->object.nt->runtime;
    const struct program *program = machine->program;

    if (program == NULL || (program->thread_bytes == 0 && program->exceptions == NULL))
        return true;
    struct thread_belongings *belongings = belongings_of_thread(thread);
    if (belongings == NULL)
        return false;
    if (program->thread_bytes == 0)
        return true;
    belongings->variables = program->thread_new();
    return belongings->variables != NULL;
}

void program_begin(struct berth *machine, const struct program *program)
{
    struct thread *thread = machine->nt->current;

    ASSERT(thread != NULL);
    machine->program = program;
    machine->variables_of = thread->process;
    machine->thread_variables_of = thread;
    bool made = program_thread_made(thread);
    ASSERT(made);
    if (program->thread_bytes > 0 || program->exceptions != NULL)
        machine->nt->thread_runs = bring_variables;
}

/* ---- Its name -------------------------------------------------------------------------------- */

static bool same_letters(const char *a, const char *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char x = a[i] >= 'A' && a[i] <= 'Z' ? (char)(a[i] - 'A' + 'a') : a[i];
        char y = b[i] >= 'A' && b[i] <= 'Z' ? (char)(b[i] - 'A' + 'a') : b[i];
        if (x != y)
            return false;
    }
    return true;
}

/* The part of a path that names the program: "x" of "./x", "C:\\y\\x.exe". */
static const char *name_in(const char *path, size_t *size)
{
    const char *name = path;
    for (const char *at = path; *at != '\0'; at++)
        if (*at == '/' || *at == '\\' || *at == ':')
            name = at + 1;
    *size = strlen(name);
    if (*size > 4 && same_letters(name + *size - 4, ".exe", 4))
        *size -= 4;
    return name;
}

static const char *own_name(size_t *size)
{
    const struct program *program = program_machine()->program;
    return name_in(program == NULL ? "berth" : program->path, size);
}

void program_path(char path[PROGRAM_PATH_MAX])
{
    size_t size;
    const char *name = own_name(&size);
    snprintf(path, PROGRAM_PATH_MAX, "C:\\Berth\\%.*s.exe", (int)(size < 200 ? size : 200), name);
}

bool program_is(const char *path)
{
    size_t size, own_size;
    const char *name = name_in(path, &size);
    const char *own = own_name(&own_size);

    return program_machine()->program != NULL && size == own_size && size > 0 &&
           same_letters(name, own, size);
}
