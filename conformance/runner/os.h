/* What C has no words for and every system says differently: catching what is printed, ending a
 * case that does not end by itself, running jobs side by side, replacing a file.
 */
#ifndef CONFORMANCE_RUNNER_OS_H
#define CONFORMANCE_RUNNER_OS_H

#include <stdbool.h>
#include <stdio.h>

/* Forgets what the environment says about cmocka's output, which the runner reads itself. */
void os_prepare(void);

/* From here on stdout and stderr go to a temporary file, and when the process ends before
 * os_capture_end, or a case takes longer than OS_PATIENCE_SECONDS, what was captured and then
 * `last_words` are printed and the exit code is 3. `last_words` must live as long. False when there
 * is no place for a temporary file.
 */
enum { OS_PATIENCE_SECONDS = 120 };
bool os_capture_begin(const char *last_words);

/* Ends the capture. What was printed, cut at a sensible length; the caller frees it. */
char *os_capture_end(void);

/* From inside of a case, after cmocka has set up: what goes wrong in a way that no handler takes
 * ends the process at once with the exception for its exit code, without a dialog. Nothing where a
 * case has no process of its own.
 */
void os_guard_case(void);

/* Puts the file `from` in the place of `to`. */
bool os_replace(const char *from, const char *to);

/* Runs job(context, i, out) for each i below `count`, in processes of their own where the system
 * can fork; what a job writes to `out`, and what its process says when it breaks, is handed to
 * `done` in the order of i. `code` is what the job answered, or 3 when it broke. False when no
 * process could be started.
 */
struct os_jobs {
    unsigned count;
    int (*job)(void *context, unsigned index, FILE *out);
    void (*done)(void *context, unsigned index, int code, const char *text);
    void *context;
};
bool os_run_jobs(const struct os_jobs *jobs);

#endif
