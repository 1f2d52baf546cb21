/* Files as a whole, and text that grows. Running out of memory ends the process. */
#ifndef CONFORMANCE_RUNNER_TEXT_H
#define CONFORMANCE_RUNNER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct text {
    char *bytes; /* ended by a NUL once something was added; NULL before */
    size_t length;
    size_t capacity;
};

void text_add(struct text *text, const char *bytes, size_t length);
void text_say(struct text *text, const char *line);
void text_free(struct text *text);

char *text_copy(const char *line);

/* The file at `path`, without a byte order mark. On failure false, with one line in `message`,
 * "PATH:LINE: what, expected EXPECTED": it cannot be read, or a NUL byte stands in it.
 */
bool text_read_file(struct text *text, const char *path, const char *expected, char *message,
                    size_t message_size);

/* A file that comes into being whole or not at all: written beside its place and moved there. */
struct output {
    const char *path;
    char *partial;
    FILE *file;
};

/* False when no such file can be made there. */
bool output_open(struct output *output, const char *path);
bool output_keep(struct output *output);
void output_drop(struct output *output);

#endif
