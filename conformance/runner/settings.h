/* What the command line asks for. */
#ifndef CONFORMANCE_RUNNER_SETTINGS_H
#define CONFORMANCE_RUNNER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "spec/spec.h"

enum command {
    COMMAND_RUN,
    COMMAND_LIST,
    COMMAND_CLAUSES,
    COMMAND_CHECK_OPTIONS,
    COMMAND_SEEDS,
    COMMAND_COMPARE,
    COMMAND_HELP
};

struct settings {
    enum command command;
    const char *only; /* NULL for all */
    int only_at;      /* the argument it is */
    unsigned long long seed;
    unsigned long long seeds; /* how many, of COMMAND_SEEDS */
    bool preempt;             /* a simulated thread may lose its turn at every call */
    const char *profile_path;
    const char *junit;
    const char *json;
    const char *html;
    const char *observe;
    const char *expect;
    const char *trace;
    const char *misuse;
    const char *resume;     /* the file that is kept across a restart */
    const char *compare[2]; /* result files */
    const char **sets;      /* as given, "question=option" */
    size_t set_count;
    struct profile profile; /* the default, then the file, then the sets */
};

extern const char settings_help[];

/* False, with one line in `message`, at the first thing that is wrong. Reads the profile file. */
bool settings_read(struct settings *settings, int argc, char **argv, char *message,
                   size_t message_size);
void settings_free(struct settings *settings);

/* The command that runs this case again in the same way; the caller frees it. */
char *settings_replay(const struct settings *settings, const char *case_name);

#endif
