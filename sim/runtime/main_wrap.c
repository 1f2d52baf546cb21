/* A program's own main or wmain on simulated thread 0 of a booted machine: link with
 * -Wl,--wrap=main,--wrap=exit,--wrap=__cxa_atexit. The environment says what machine it is and who
 * runs it: environment.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/runtime/crt.h"
#include "sim/runtime/endings.h"
#include "sim/runtime/environment.h"
#include "sim/runtime/faults.h"
#include "sim/runtime/image.h"
#include "sim/runtime/machine.h"
#include "sim/runtime/machine_file.h"
#include "sim/runtime/posix.h"
#include "sim/runtime/program.h"

enum { EXIT_USAGE = 2, EXIT_HARNESS = 3 };

/* The program has one of these. In C++ wmain is mangled by its parameters. */
#define WMAIN(name, symbol) __attribute__((weak)) int name(int, wide **, wide **) __asm__(symbol)
__attribute__((weak)) int __real_main(int argc, char **argv, char **environment);
WMAIN(wmain_of_c, "wmain");
WMAIN(wmain_without, "_Z5wmainv");
WMAIN(wmain_of_two, "_Z5wmainiPPw");
WMAIN(wmain_of_three, "_Z5wmainiPPwS0_");
WMAIN(wmain_of_two_const, "_Z5wmainiPPKw");
WMAIN(wmain_of_two_consts, "_Z5wmainiPKPKw");

/* Or one of these, declared in windows.h under C's names. */
__attribute__((weak)) int WinMain(void *instance, void *previous, char *line, int show);
__attribute__((weak)) int wWinMain(void *instance, void *previous, wide *line, int show);
void *berth_GetModuleHandleA(const char *name);
char *berth_GetCommandLineA(void);
wide *berth_GetCommandLineW(void);

int berth_run_wrapped(int argc, char **argv, char **environment);

/* The C++ library's, where it is linked. */
__attribute__((weak)) uintptr_t *__cxa_get_globals(void);

__attribute__((used)) static const char *const linked[] = {&posix_locks_linked, &posix_once_linked,
                                                           &posix_shared_linked};

static struct machine_file *file;
static FILE *trace;

static int refuse(const char *message, int exit_code)
{
    fprintf(stderr, "berth: %s\n", message);
    return exit_code;
}

static const char *variable(const char *name)
{
    return getenv(name);
}

/* What a process' main was given, for as long as the run lasts. */
struct given {
    struct given *next;
    wide *texts[];
};
static struct given *given;

/* The texts at `argv` in UTF-16, in one block. */
static wide **widen(int count, char **texts)
{
    size_t characters = 0;
    size_t pointers = ((size_t)count + 1) * sizeof(wide *);
    for (int i = 0; i < count; i++)
        characters += strlen(texts[i]) + 1;
    struct given *block = calloc(1, sizeof *block + pointers + characters * sizeof(wide));
    if (block == NULL)
        return NULL;
    block->next = given;
    given = block;
    wide *at = (wide *)(void *)(block->texts + count + 1);
    for (int i = 0; i < count; i++) {
        block->texts[i] = at;
        at += berth_mbstowcs(at, texts[i], strlen(texts[i]) + 1) + 1;
    }
    return block->texts;
}

/* The command line after the program's name, which may stand in quotes. */
static size_t after_name(const char *line)
{
    size_t at = line[0] == '"' ? 1 + strcspn(line + 1, "\"") : strcspn(line, " \t");
    if (line[at] == '"')
        at++;
    return at + strspn(line + at, " \t");
}

static bool is_for_windows(void)
{
    return WinMain != NULL || wWinMain != NULL;
}

static int run_for_windows(void)
{
    enum { SW_SHOWDEFAULT = 10 };
    void *instance = berth_GetModuleHandleA(NULL);
    char *line = berth_GetCommandLineA();

    if (WinMain != NULL)
        return WinMain(instance, NULL, line + after_name(line), SW_SHOWDEFAULT);
    wide *text = berth_GetCommandLineW();
    size_t at = text[0] == '"';
    while (text[at] != 0 && text[at] != (text[0] == '"' ? '"' : ' '))
        at++;
    if (text[at] == '"')
        at++;
    while (text[at] == ' ' || text[at] == '\t')
        at++;
    return wWinMain(instance, NULL, text + at, SW_SHOWDEFAULT);
}

static int run_program(int argc, char **argv, char **environment)
{
    int (*const wide_mains[])(int, wide **, wide **) = {
        wmain_of_c,    wmain_of_two,       wmain_of_three,
        wmain_without, wmain_of_two_const, wmain_of_two_consts,
    };
    int variables = 0;

    if (__real_main != NULL)
        return __real_main(argc, argv, environment);
    if (is_for_windows())
        return run_for_windows();
    while (environment[variables] != NULL)
        variables++;
    wide **wide_argv = widen(argc, argv);
    wide **wide_environment = widen(variables, environment);
    if (wide_argv == NULL || wide_environment == NULL)
        return refuse("no memory for the arguments", EXIT_HARNESS);
    for (size_t i = 0; i < sizeof wide_mains / sizeof wide_mains[0]; i++)
        if (wide_mains[i] != NULL)
            return wide_mains[i](argc, wide_argv, wide_environment);
    return refuse("the program has no main, expected main or wmain(int, wchar_t **)", EXIT_USAGE);
}

static int run_child(int argc, char **argv, char **environment)
{
    image_construct(argc, argv, environment);
    return run_program(argc, argv, environment);
}

static void write_trace(void *context, const char *line)
{
    fprintf(context, "%s\n", line);
}

static bool open_trace(const char *path, char message[ENVIRONMENT_MESSAGE_SIZE])
{
    trace = strcmp(path, "-") == 0 ? stderr : fopen(path, "w");
    if (trace == NULL) {
        snprintf(message, ENVIRONMENT_MESSAGE_SIZE,
                 "BERTH_TRACE='%s': cannot be opened, expected a file that can be written", path);
        return false;
    }
    setvbuf(trace, NULL, _IOLBF, BUFSIZ);
    return true;
}

/* However the program ends, by its last return or by exit(). */
static void close_machine_file(void *unused)
{
    (void)unused;
    machine_file_close(file);
    file = NULL;
}

static void print_misuse(void *context, const char *report)
{
    (void)context;
    fprintf(stderr, "berth: %s\n", report);
}

static struct berth *switch_on(const struct environment *environment)
{
    struct berth_config config = {.seed = environment->seed, .profile = &environment->profile};

    /* A later boot is another draw of everything; the first is the one without a machine file. */
    if (file != NULL) {
        config.boots = machine_file_boots(file);
        config.seed ^= config.boots * UINT64_C(0x9E3779B97F4A7C15);
    }
    struct berth *machine = berth_new(&config);
    if (machine == NULL)
        return NULL;
    if (trace != NULL)
        berth_trace(machine, write_trace, trace);
    if (environment->preemption)
        berth_set_preemption(machine, BERTH_PREEMPT_AT_CALLS);
    if (environment->ownership)
        berth_on_misuse(machine, print_misuse, NULL);
    if ((file == NULL || machine_file_attach(file, machine)) && berth_boot(machine) &&
        berth_enter(machine, &environment->launch) == 0)
        return machine;
    berth_free(machine);
    return NULL;
}

int berth_run_wrapped(int argc, char **argv, char **environment)
{
    static struct environment settings;
    static struct program program;
    char message[ENVIRONMENT_MESSAGE_SIZE];

    _Static_assert((int)MACHINE_FILE_MESSAGE_SIZE == (int)ENVIRONMENT_MESSAGE_SIZE, "one buffer");
    if (!environment_read(&settings, variable, message))
        return refuse(message, EXIT_USAGE);
    if (settings.trace != NULL && !open_trace(settings.trace, message))
        return refuse(message, EXIT_USAGE);
    if (settings.machine != NULL) {
        file = machine_file_open(settings.machine, MACHINE_FILE_WAIT_MS, message);
        if (file == NULL)
            return refuse(message, EXIT_USAGE);
        endings_of_host(close_machine_file);
    }
    struct berth *machine = switch_on(&settings);
    if (machine == NULL)
        return refuse("the machine does not start", EXIT_HARNESS);

    program = (struct program){
        .path = argv[0],
        .argc = argc,
        .argv = argv,
        .variables = environment,
        .run = run_child,
        .run_endings = endings_run,
        .drop_endings = endings_drop,
        .exit_host = endings_exit_host,
        .thread_ends = posix_thread_ends,
        .exceptions = __cxa_get_globals,
        .watch_faults = faults_watch,
        .image_new = image_new,
        .image_swap = image_swap,
        .image_drop = image_drop,
        .thread_bytes = image_thread_bytes(),
        .thread_new = image_thread_new,
        .thread_swap = image_thread_swap,
    };
    program_begin(machine, &program);

    /* The program may also end by exit(): then the host takes the machine's memory back. */
    int exit_code = run_program(argc, argv, environment);
    posix_thread_ends();
    endings_run(NULL);
    program_first_ends(machine->nt->current->process, (uint32_t)exit_code);
    berth_leave(machine);
    berth_off(machine, BERTH_SHUT_DOWN);
    berth_free(machine);
    return exit_code;
}
