/* Runs a fuzz target without libFuzzer, under any compiler:
 *
 *     TARGET_driver FILE|FOLDER...      replays inputs
 *     TARGET_driver --search N          N random programs, each 32 operations long
 *     TARGET_driver --shorten FILE      takes out of a finding what it does not need
 *     TARGET_driver --defects N         one search for each defect the target must find; exits with
 *                                       1 when one is not found, and says how long each took
 *     TARGET_driver --rate N            N programs, timed
 *
 * before any of them, --seed S and --defect QUESTION=OPTION.
 *
 * A finding is an assertion: it prints itself, and the process ends. What --search found is kept in
 * the file `finding`. An input that has not ended after a minute is one, too.
 */
#define _DEFAULT_SOURCE

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz/target.h"
#include "sim/engine/check.h"

enum {
    SEEDS = 6,
    PROGRAM_OPERATIONS = 32,
    PROGRAM_MAX = 4096,
    PATH_SIZE = 4096,
    ENDLESS_SECONDS = 60 /* a thousand times what the longest takes */
};

static unsigned long long dice_state;

static unsigned dice(void)
{
    dice_state = dice_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(dice_state >> 33);
}

/* A program throws its bytes from a small palette of its own, a column each: few kinds of calls,
 * few sockets, few ports. Such programs get deeper than those that try a little of everything.
 */
static size_t make_program(unsigned char *program)
{
    enum { PALETTE = 6 };
    unsigned char palette[PALETTE][16];
    const size_t width = target_operation_size < 16 ? target_operation_size : 16;
    const size_t size = PROGRAM_OPERATIONS * width;
    for (int i = 0; i < PALETTE; i++)
        for (size_t column = 0; column < width; column++)
            palette[i][column] = (unsigned char)dice();
    const unsigned colours = 2 + dice() % (PALETTE - 1);
    for (size_t i = 0; i < size; i++)
        program[i] = dice() % 8 == 0 ? (unsigned char)dice() : palette[dice() % colours][i % width];
    return size;
}

static struct {
    unsigned char bytes[PROGRAM_MAX];
    size_t size; /* 0 between two programs */
} program;

static void endless(int signal)
{
    static const char message[] = "an input that does not end\n";
    (void)signal;
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
        _exit(CHECK_EXIT_CODE);
    exit(CHECK_EXIT_CODE); /* not safe in a handler, but what is interrupted never goes on */
}

static void run_input(const unsigned char *bytes, size_t size)
{
    signal(SIGALRM, endless);
    alarm(ENDLESS_SECONDS);
    LLVMFuzzerTestOneInput(bytes, size);
    alarm(0);
}

static void search(unsigned long long count, unsigned long long seed)
{
    dice_state = seed;
    for (unsigned long long i = 0; i < count; i++) {
        program.size = make_program(program.bytes);
        run_input(program.bytes, program.size);
    }
    program.size = 0;
}

static bool write_program(const char *path)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return false;
    const bool written = fwrite(program.bytes, 1, program.size, file) == program.size;
    return fclose(file) == 0 && written;
}

/* Runs when the process ends: in the middle of a program that is a finding. */
static void keep_finding(void)
{
    if (program.size != 0 && write_program("finding"))
        fprintf(stderr, "the program is in the file finding; --shorten finding makes it small\n");
}

/* A sanitizer's: what it finds ends the process without what runs at exit. */
__attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)(void));

static void keep_findings(void)
{
    atexit(keep_finding);
    if (__sanitizer_set_death_callback != NULL)
        __sanitizer_set_death_callback(keep_finding);
}

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- Replaying ---- */

static bool replay_file(const char *path)
{
    static unsigned char bytes[1 << 20];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return false;
    }
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    run_input(bytes, size);
    return true;
}

/* How many files were replayed; -1 when one could not be. */
static int replay(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
        return replay_file(path) ? 1 : -1;
    DIR *folder = opendir(path);
    int count = 0;
    const struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char file[PATH_SIZE];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        if (!replay_file(file))
            return -1;
        count++;
    }
    if (folder != NULL)
        closedir(folder);
    return count;
}

static int replay_all(int count, char **paths)
{
    int total = 0;
    for (int i = 0; i < count; i++) {
        const int replayed = replay(paths[i]);
        if (replayed < 0)
            return 1;
        total += replayed;
    }
    if (total == 0) {
        fprintf(stderr, "nothing to replay\n");
        return 1;
    }
    printf("%d inputs replayed\n", total);
    return 0;
}

/* ---- In a process of its own, as a finding ends it ---- */

/* 0 in the child, which says nothing and is to end by _exit(0). */
static pid_t begin_child(void)
{
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0 && freopen("/dev/null", "w", stderr) == NULL)
        _exit(0);
    return child;
}

static bool found_something(pid_t child)
{
    int status = 0;
    waitpid(child, &status, 0);
    return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

/* ---- Shortening ---- */

static bool is_finding(const unsigned char *bytes, size_t size)
{
    const pid_t child = begin_child();
    if (child == 0) {
        run_input(bytes, size);
        _exit(0);
    }
    return found_something(child);
}

/* Without `length` bytes at `at`, when it is still a finding. */
static bool take_out(size_t at, size_t length)
{
    unsigned char less[PROGRAM_MAX];
    memcpy(less, program.bytes, at);
    memcpy(less + at, program.bytes + at + length, program.size - at - length);
    if (!is_finding(less, program.size - length))
        return false;
    program.size -= length;
    memcpy(program.bytes, less, program.size);
    return true;
}

static int shorten(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return 1;
    }
    program.size = fread(program.bytes, 1, sizeof program.bytes, file);
    fclose(file);
    if (!is_finding(program.bytes, program.size)) {
        fprintf(stderr, "%s: no finding, nothing to shorten\n", path);
        return 1;
    }
    const size_t before = program.size;
    for (size_t length = before / target_operation_size; length > 0; length /= 2)
        for (size_t at = 0; at + length * target_operation_size <= program.size;)
            if (!take_out(at, length * target_operation_size))
                at += target_operation_size;
    const bool written = write_program(path);
    printf("%s: %zu operations of %zu left%s\n", path, program.size / target_operation_size,
           before / target_operation_size, written ? "" : ", but the file cannot be written");
    program.size = 0;
    return !written;
}

/* ---- Defects ---- */

static void use_defect(enum option option)
{
    struct profile profile;
    profile_default(&profile);
    if (option != OPTION_COUNT)
        profile_choose(&profile, option);
    target_use(&profile);
}

static bool finds(enum option option, unsigned long long count, unsigned long long seed)
{
    const pid_t child = begin_child();
    if (child == 0) {
        use_defect(option);
        search(count, seed);
        _exit(0);
    }
    return found_something(child);
}

static int search_defects(unsigned long long count, unsigned long long seed)
{
    int missed = 0;
    if (finds(OPTION_COUNT, count / 16, seed)) {
        printf("the default profile itself fails; --search shows it\n");
        return 1;
    }
    for (const enum option *defect = target_defects; *defect != OPTION_COUNT; defect++) {
        const struct option_row *row = &spec_options[*defect];
        const double start = now_seconds();
        bool found = false;
        for (unsigned long long i = 0; i < SEEDS && !found; i++)
            found = finds(*defect, count, seed + i);
        printf("%-9s %s=%s (%.2f s)\n", found ? "found" : "NOT FOUND",
               spec_behaviours[row->behaviour].name, row->name, now_seconds() - start);
        missed += !found;
    }
    return missed > 0;
}

static enum option defect_of(const char *text)
{
    char question[128];
    const char *equals = strchr(text, '=');
    if (equals == NULL || (size_t)(equals - text) >= sizeof question)
        return OPTION_COUNT;
    memcpy(question, text, (size_t)(equals - text));
    question[equals - text] = '\0';
    const enum behaviour behaviour = behaviour_find(question);
    return behaviour == BEHAVIOUR_COUNT ? OPTION_COUNT : option_find(behaviour, equals + 1);
}

static int rate(unsigned long long count, unsigned long long seed)
{
    const double start = now_seconds();
    search(count, seed);
    const double seconds = now_seconds() - start;
    printf("%llu programs of %d operations in %.2f s: %.0f a second\n", count, PROGRAM_OPERATIONS,
           seconds, (double)count / seconds);
    return 0;
}

static int usage(const char *what)
{
    fprintf(stderr,
            "%s: expected files, or --search N, --shorten FILE, --defects N or --rate N, after "
            "--seed S and --defect QUESTION=OPTION\n",
            what);
    return 2;
}

int main(int argc, char **argv)
{
    unsigned long long seed = 1;
    unsigned long long count = 0;
    const char *mode = NULL;
    int i = 1;
    for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
        if (strcmp(argv[i], "--seed") == 0) {
            seed = strtoull(argv[i + 1], NULL, 10);
        } else if (strcmp(argv[i], "--defect") == 0) {
            if (defect_of(argv[i + 1]) == OPTION_COUNT)
                return usage(argv[i + 1]);
            use_defect(defect_of(argv[i + 1]));
        } else {
            mode = argv[i];
            count = strtoull(argv[i + 1], NULL, 10);
        }
    }
    if (i < argc && strncmp(argv[i], "--", 2) == 0)
        return usage(argv[i]);
    if (mode == NULL)
        return i < argc ? replay_all(argc - i, argv + i) : usage(argv[0]);
    if (strcmp(mode, "--shorten") == 0)
        return shorten(argv[i - 1]);
    if (strcmp(mode, "--search") == 0) {
        keep_findings();
        search(count, seed);
        printf("%llu programs, nothing found\n", count);
        return 0;
    }
    if (strcmp(mode, "--defects") == 0)
        return search_defects(count, seed);
    return strcmp(mode, "--rate") == 0 ? rate(count, seed) : usage(mode);
}
