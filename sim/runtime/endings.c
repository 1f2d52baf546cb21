#include "sim/runtime/endings.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "sim/engine/check.h"
#include "sim/runtime/machine.h"
#include "sim/runtime/program.h"
#include "sim/winsock/winsock.h"

struct ending {
    struct ending *next;
    void (*function)(void *argument);
    void *argument;
};

/* The linker has the program, and the C library's atexit in it, call ours. */
int __real___cxa_atexit(void (*function)(void *), void *argument, void *module);
int __wrap___cxa_atexit(void (*function)(void *), void *argument, void *module);
_Noreturn void __real_exit(int exit_code);
_Noreturn void __wrap_exit(int exit_code);

/* The first process': its constructors run before there is a machine. */
static struct ending *first;
bool berth_endings_begun; /* constructors of the program's run, or ran: before is the host's */

/* Where there is no image_begin.c. */
__attribute__((constructor(101))) static void begin(void)
{
    berth_endings_begun = true;
}

static struct ending **list_now(void)
{
    if (winsock_attached() == NULL || machine_running()->current == NULL)
        return &first;
    struct process *process = machine_running()->current->process;
    struct belongings *belongings = belongings_of(process);
    return belongings == NULL || !belongings->is_child ? &first : &belongings->endings;
}

int __wrap___cxa_atexit(void (*function)(void *), void *argument, void *module)
{
    if (!berth_endings_begun)
        return __real___cxa_atexit(function, argument, module);
    struct ending **list = list_now();
    struct ending *ending = malloc(sizeof *ending);
    if (ending == NULL)
        return -1;
    *ending = (struct ending){.next = *list, .function = function, .argument = argument};
    *list = ending;
    return 0;
}

void endings_run(struct ending **endings)
{
    struct ending **list = endings == NULL ? &first : endings;

    while (*list != NULL) {
        struct ending *ending = *list;
        *list = ending->next;
        ending->function(ending->argument);
        free(ending);
    }
}

void endings_drop(struct ending **endings)
{
    while (*endings != NULL) {
        struct ending *ending = *endings;
        *endings = ending->next;
        free(ending);
    }
}

void endings_of_host(void (*function)(void *))
{
    __real___cxa_atexit(function, NULL, NULL);
}

_Noreturn void endings_exit_host(int exit_code)
{
    __real_exit(exit_code);
}

/* The host's own calls come here too: before there is a machine, after a deadlock or a failure. */
_Noreturn void __wrap_exit(int exit_code)
{
    const struct nt *nt = winsock_attached() == NULL ? NULL : machine_running();

    if (nt == NULL || nt->current == NULL || nt->deadlocked || check_failing)
        __real_exit(exit_code);
    program_exit((uint32_t)exit_code, true);
}
