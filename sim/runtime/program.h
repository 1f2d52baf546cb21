/* The program that a machine's processes run: its name, its main, its variables; and what each
 * process of it has for itself. Private to runtime/.
 *
 * A program's variables lie at one place, whoever's turn it is. Each process has a copy of its own,
 * its image; when another process' thread runs, the images change places there. The same goes for
 * thread variables (__thread), which each thread has its own copy of.
 */
#ifndef SIM_RUNTIME_PROGRAM_H
#define SIM_RUNTIME_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct process;
struct thread;
struct ending;

/* What berth_main tells of the program it is linked with. */
struct program {
    const char *path; /* as it was started: argv[0] */
    int argc;
    char **argv;
    char **variables; /* the host's environment */
    /* Runs constructors and main in a fresh process; answers the exit code. */
    int (*run)(int argc, char **argv, char **variables);
    /* What atexit was given in this process, the latest first; NULL for the first process'. */
    void (*run_endings)(struct ending **endings);
    void (*drop_endings)(struct ending **endings);
    void (*thread_ends)(void); /* the running thread, or its process in good order */
    /* C++'s exceptions that a thread is about, EXCEPTION_WORDS; NULL in C. */
    uintptr_t *(*exceptions)(void);
    void (*watch_faults)(void);       /* from now on exceptions_fault is told */
    void (*exit_host)(int exit_code); /* does not return, and runs nothing of the guest's */
    /* Copies of variables as they were before any constructor ran; the running program's go to
     * `from`, unless that is NULL, and `to` in their place. Thread variables likewise.
     */
    void *(*image_new)(void);
    void (*image_swap)(void *from, const void *to);
    void (*image_drop)(void *image);
    size_t thread_bytes; /* of thread variables; 0 when there are none */
    void *(*thread_new)(void);
    void (*thread_swap)(void *from, const void *to);
};

enum { EXCEPTION_WORDS = 2, SIGNALS = 7 };
/* Page: Thread Local Storage, as many for each process; of FLS, Fibers has the number. */
enum { TLS_SLOTS = 1088, FLS_SLOTS = 128, SLOT_WORDS = TLS_SLOTS / 32 };

/* What a process has for itself; in the arena, from the first use to its end. */
struct belongings {
    char *command_line; /* UTF-8; and the same in UTF-16 */
    uint16_t *wide_command_line;
    uint64_t standard[3]; /* handles: input, output, error; 0 the console's */
    uint16_t *folder;     /* the current one, as volume.h has paths; NULL: where it began */
    uint32_t folder_length;
    uint32_t startup_flags;
    uint16_t show_window;
    bool is_child;   /* of CreateProcess */
    void *arguments; /* main's second; of that many bytes */
    size_t arguments_size;
    char **variables; /* main's third, of so many with the NULL */
    size_t variables_count;
    void *image; /* NULL: the only process so far */
    struct ending *endings;
    uint32_t tls_used[SLOT_WORDS], fls_used[SLOT_WORDS]; /* a bit a slot; see slots.c */
    void (*fls_functions[FLS_SLOTS])(void *);
    struct variable *environment; /* what it set; see variables.c */
    bool environment_is_own;      /* nothing is the parent's */
    /* The console's and the process' settings: see control.c, processinfo.c. */
    struct ctrl_handler *ctrl_handlers; /* the latest first */
    uint32_t console;                   /* the process that made it; 0: the machine's first */
    uint32_t group;                     /* the process that made it; 0: the first */
    bool ignores_ctrl_c;
    char *title;                                      /* of the console, or NULL */
    uint32_t console_input_mode, console_output_mode; /* of no meaning beside being asked for */
    uint32_t priority_class, error_mode;              /* 0: as it began */
    uint64_t processors;                              /* a mask; 0: all */
    void (*exception_filter)(void);
    struct view *views;                /* see mapping.c */
    struct vectored_handler *vectored; /* see exceptions.c */
    void (*signals[SIGNALS])(int);     /* see signals.c */
};

/* What a thread has for itself; NULL until the first use. */
struct thread_belongings {
    void *slots[TLS_SLOTS];
    void *fiber_slots[FLS_SLOTS];
    void *variables; /* its copy of the thread variables, or NULL */
    uintptr_t exceptions[EXCEPTION_WORDS];
    struct guest_fiber *fiber; /* that it runs; NULL: it is none */
    uint16_t *description;     /* of `description_size` bytes, or NULL */
    size_t description_size;
    int priority;
    uint64_t processors; /* a mask; 0: the process' */
};

struct berth;

/* The program of a machine that is on, with the running process as its first. */
void program_begin(struct berth *machine, const struct program *program);

/* Told of a process and a thread that end, and of the thread that runs next. */
void program_process_ended(struct process *process);
void program_thread_ended(struct thread *thread);

/* The current folder is the first one again. */
void program_drop_folder(struct process *process);

/* NULL when the arena is full. */
struct belongings *belongings_of(struct process *process);
struct thread_belongings *belongings_of_thread(struct thread *thread);

/* Whether variables change places from now on; false when there is no memory for the copies. */
bool program_share(struct process *first, struct process *second);

/* Thread variables for a thread that has not run yet. */
bool program_thread_made(struct thread *thread);

/* The machine of the running thread. */
struct berth *program_machine(void);

/* The name without folder and .exe, of `size` bytes at most; where the program lies. */
enum { PROGRAM_PATH_MAX = 260 };
void program_path(char path[PROGRAM_PATH_MAX]);

/* Whether `path`, a file's name as CreateProcess takes it, is the program's own. */
bool program_is(const char *path);

/* The running thread faulted: asks its process' filter, and ends the process or goes on. */
void exceptions_fault(uint32_t code, void *address);
struct nt;
void exceptions_drop(struct nt *nt, struct belongings *belongings);

/* Takes back what the process sees of file mappings. */
void mapping_drop_views(struct belongings *belongings);

/* Ends the first process while others go on, and the host process after the last of them: answers
 * only to a caller that is another's, or when there is no other.
 */
void program_first_ends(struct process *first, uint32_t exit_code);

/* Ends the running process: `orderly` by exit, else by ExitProcess. */
_Noreturn void program_exit(uint32_t exit_code, bool orderly);

/* Command lines by the rules of Microsoft's C runtime: blanks part, quotes hold together, a
 * backslash before a quote keeps it.
 *
 * command_line_make(): the length of the line; written if it fits into `size`.
 * command_line_split(): how large a block the arguments take, as main wants them, NULL at the end;
 * written there if `block` is not NULL.
 */
size_t command_line_make(int argc, char *const *argv, char *line, size_t size);
size_t command_line_split(const char *line, void *block, size_t size, int *argc);

/* The first argument, which is a file's name; how many bytes of the line it takes. */
size_t command_line_name(const char *line, char *name, size_t size);

#endif
