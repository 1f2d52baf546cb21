#if !defined(_WIN32)
#define _POSIX_C_SOURCE 200809L
#endif

#include "conformance/runner/os.h"

#include "conformance/testbed/testbed.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
#include <fcntl.h>
#include <io.h>
#include <windows.h>
#define close _close
#define dup _dup
#define dup2 _dup2
#define fileno _fileno
#define lseek _lseek
#define read _read
#define write _write
#else
#include <sys/wait.h>
#include <unistd.h>
#endif

enum { OUTPUT_FD = 1, ERROR_FD = 2, CAPTURED_MAX = 64 * 1024, JOBS_AT_ONCE = 2, BROKEN = 3 };

static FILE *captured; /* NULL until the first capture of this process */
static int saved_output = -1;
static int saved_error = -1;
static const char *words; /* NULL while nothing is captured */

static FILE *open_temporary(void)
{
#if defined(_WIN32)
    /* tmpfile wants to write to the root of the drive, which a standard user may not. */
    char *name = _tempnam(NULL, "berth");
    FILE *file = name == NULL ? NULL : fopen(name, "w+bTD");
    free(name);
    return file;
#else
    return tmpfile();
#endif
}

static bool empty(FILE *file)
{
#if defined(_WIN32)
    return _chsize(fileno(file), 0) == 0 && lseek(fileno(file), 0, SEEK_SET) == 0;
#else
    return ftruncate(fileno(file), 0) == 0 && lseek(fileno(file), 0, SEEK_SET) == 0;
#endif
}

/* Called from signal handlers: nothing but system calls. */
static void say(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        long written = (long)write(fd, bytes, (unsigned)size);
        if (written <= 0)
            return;
        bytes += written;
        size -= (size_t)written;
    }
}

static void say_last_words(void)
{
    if (words == NULL)
        return;
    const char *last = words;
    words = NULL;
    dup2(saved_output, OUTPUT_FD);
    dup2(saved_error, ERROR_FD);
    char bytes[1024];
    long size;
    lseek(fileno(captured), 0, SEEK_SET);
    while ((size = (long)read(fileno(captured), bytes, sizeof bytes)) > 0)
        say(ERROR_FD, bytes, (size_t)size);
    say(ERROR_FD, last, strlen(last));
}

static void at_exit(void)
{
    if (words == NULL)
        return;
    fflush(stdout);
    say_last_words();
    _Exit(BROKEN);
}

static void on_abort(int number)
{
    (void)number;
    say_last_words();
    _Exit(BROKEN);
}

#if !defined(_WIN32)
static void on_alarm(int number)
{
    static const char why[] = "the case does not end\n";
    (void)number;
    if (words != NULL)
        say(ERROR_FD, why, sizeof why - 1);
    say_last_words();
    _Exit(BROKEN);
}
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(SANITIZED)
/* A sanitizer ends the process without atexit; its report would vanish with the temporary file. */
void __sanitizer_set_death_callback(void (*callback)(void));
#endif

void os_prepare(void)
{
#if defined(_WIN32)
    _putenv("CMOCKA_MESSAGE_OUTPUT=");
    _putenv("CMOCKA_XML_FILE=");
#else
    unsetenv("CMOCKA_MESSAGE_OUTPUT");
    unsetenv("CMOCKA_XML_FILE");
    signal(SIGALRM, on_alarm);
#endif
    atexit(at_exit);
    signal(SIGABRT, on_abort);
#if defined(SANITIZED)
    __sanitizer_set_death_callback(say_last_words);
#endif
}

bool os_capture_begin(const char *last_words)
{
    fflush(stdout);
    fflush(stderr);
    if (captured == NULL) {
        captured = open_temporary();
        saved_output = dup(OUTPUT_FD);
        saved_error = dup(ERROR_FD);
    }
    if (captured == NULL || saved_output < 0 || saved_error < 0 || !empty(captured))
        return false;
    if (dup2(fileno(captured), OUTPUT_FD) < 0 || dup2(fileno(captured), ERROR_FD) < 0)
        return false;
    words = last_words;
#if !defined(_WIN32)
    alarm(OS_PATIENCE_SECONDS);
#endif
    return true;
}

char *os_capture_end(void)
{
#if !defined(_WIN32)
    alarm(0);
#endif
    fflush(stdout);
    fflush(stderr);
    words = NULL;
    dup2(saved_output, OUTPUT_FD);
    dup2(saved_error, ERROR_FD);

    long size = (long)lseek(fileno(captured), 0, SEEK_END);
    if (size < 0 || size > CAPTURED_MAX)
        size = size < 0 ? 0 : CAPTURED_MAX;
    char *text = malloc((size_t)size + 1);
    if (text == NULL)
        abort();
    lseek(fileno(captured), 0, SEEK_SET);
    long got = (long)read(fileno(captured), text, (unsigned)size);
    text[got < 0 ? 0 : got] = '\0';
    return text;
}

#if defined(_WIN32)
static LONG WINAPI end_process(EXCEPTION_POINTERS *exception)
{
    TerminateProcess(GetCurrentProcess(), exception->ExceptionRecord->ExceptionCode);
    return EXCEPTION_CONTINUE_SEARCH;
}
#endif

void os_guard_case(void)
{
#if defined(_WIN32)
    if (testbed_plays_apart())
        SetUnhandledExceptionFilter(end_process);
#endif
}

bool os_replace(const char *from, const char *to)
{
#if defined(_WIN32)
    return MoveFileExA(from, to, MOVEFILE_REPLACE_EXISTING) != 0;
#else
    return rename(from, to) == 0;
#endif
}

static char *read_all(FILE *file)
{
    static char text[CAPTURED_MAX + 1];
    rewind(file);
    size_t size = fread(text, 1, CAPTURED_MAX, file);
    text[size] = '\0';
    return text;
}

#if defined(_WIN32)
bool os_run_jobs(const struct os_jobs *jobs)
{
    for (unsigned i = 0; i < jobs->count; i++) {
        FILE *out = open_temporary();
        if (out == NULL)
            return false;
        int code = jobs->job(jobs->context, i, out);
        jobs->done(jobs->context, i, code, read_all(out));
        fclose(out);
    }
    return true;
}
#else
struct worker {
    pid_t id; /* 0 when it has ended */
    int code;
    FILE *out;
};

static _Noreturn void work(const struct os_jobs *jobs, unsigned index, FILE *out)
{
    dup2(fileno(out), OUTPUT_FD);
    dup2(fileno(out), ERROR_FD);
    captured = NULL; /* the parent's file is not shared */
    int code = jobs->job(jobs->context, index, out);
    fflush(out);
    _Exit(code);
}

static bool start_worker(const struct os_jobs *jobs, unsigned index, struct worker *worker)
{
    fflush(NULL);
    worker->out = open_temporary();
    if (worker->out == NULL)
        return false;
    worker->id = fork();
    if (worker->id == 0)
        work(jobs, index, worker->out);
    return worker->id > 0;
}

static void await_worker(struct worker *worker)
{
    int status = 0;
    if (waitpid(worker->id, &status, 0) != worker->id || !WIFEXITED(status))
        worker->code = BROKEN;
    else
        worker->code = WEXITSTATUS(status);
    worker->id = 0;
}

/* A ring of workers, awaited in the order they were started: short jobs of like length lose little
 * by it, and the answers come in order.
 */
bool os_run_jobs(const struct os_jobs *jobs)
{
    struct worker workers[JOBS_AT_ONCE] = {{0}};
    for (unsigned i = 0; i < jobs->count + JOBS_AT_ONCE; i++) {
        struct worker *worker = &workers[i % JOBS_AT_ONCE];
        if (worker->id != 0) {
            await_worker(worker);
            jobs->done(jobs->context, i - JOBS_AT_ONCE, worker->code, read_all(worker->out));
            fclose(worker->out);
        }
        if (i < jobs->count && !start_worker(jobs, i, worker))
            return false;
    }
    return true;
}
#endif
