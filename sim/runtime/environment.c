#include "sim/runtime/environment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROFILE_SIZE = 1 << 16 };

static const struct {
    const char *name;
    struct berth_launch launch;
} users[] = {
    {"standard", {.account = BERTH_STANDARD}},
    {"admin", {.account = BERTH_ADMIN}},
    {"elevated", {.account = BERTH_ADMIN, .run_as = true, .consent = true}},
    {"builtin", {.account = BERTH_BUILTIN_ADMIN}},
    {"system", {.account = BERTH_LOCAL_SYSTEM}},
    {"network", {.account = BERTH_NETWORK_SERVICE}},
};

static bool refuse(char *message, const char *name, const char *value, const char *expected)
{
    snprintf(message, ENVIRONMENT_MESSAGE_SIZE, "%s='%s': expected %s", name, value, expected);
    return false;
}

static bool read_seed(struct environment *environment, const char *text, char *message)
{
    char *end;

    errno = 0;
    environment->seed = strtoull(text, &end, 0);
    if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0)
        return true;
    return refuse(message, "BERTH_SEED", text, "a number of 64 bits, decimal or after 0x");
}

static bool read_user(struct environment *environment, const char *text, char *message)
{
    for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
        if (strcmp(users[i].name, text) == 0) {
            environment->launch = users[i].launch;
            return true;
        }
    }
    return refuse(message, "BERTH_USER", text,
                  "standard, admin, elevated, builtin, system or network");
}

static bool read_profile(struct environment *environment, const char *path, char *message)
{
    static char text[PROFILE_SIZE];
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        snprintf(message, ENVIRONMENT_MESSAGE_SIZE,
                 "BERTH_PROFILE='%s': %s, expected a profile to read", path, strerror(errno));
        return false;
    }
    size_t size = fread(text, 1, sizeof text - 1, file);
    bool whole = ferror(file) == 0 && feof(file) != 0;
    fclose(file);
    text[size] = '\0';
    if (!whole)
        return refuse(message, "BERTH_PROFILE", path,
                      "a file of less than 64 KiB that can be read");
    if (strlen(text) != size)
        return refuse(message, "BERTH_PROFILE", path, "a text file");
    return profile_read(&environment->profile, path, text, message, ENVIRONMENT_MESSAGE_SIZE);
}

/* The profile's own reader reads lines: commas become their ends. */
static bool read_set(struct environment *environment, const char *text, char *message)
{
    static char lines[PROFILE_SIZE];

    if (strlen(text) >= sizeof lines)
        return refuse(message, "BERTH_SET", "...", "less than 64 KiB");
    strcpy(lines, text);
    for (char *at = strchr(lines, ','); at != NULL; at = strchr(at, ','))
        *at = '\n';
    return profile_read(&environment->profile, "BERTH_SET", lines, message,
                        ENVIRONMENT_MESSAGE_SIZE);
}

static bool read_path(const char **path, const char *name, const char *text, char *message)
{
    if (*text == '\0')
        return refuse(message, name, text, "the name of a file");
    *path = text;
    return true;
}

static bool read_switch(bool *on, const char *name, const char *text, char *message)
{
    *on = strcmp(text, "on") == 0;
    if (*on || strcmp(text, "off") == 0)
        return true;
    return refuse(message, name, text, "on or off");
}

bool environment_read(struct environment *environment, const char *(*get)(const char *name),
                      char message[ENVIRONMENT_MESSAGE_SIZE])
{
    const char *seed = get("BERTH_SEED"), *user = get("BERTH_USER");
    const char *profile = get("BERTH_PROFILE"), *set = get("BERTH_SET");
    const char *trace = get("BERTH_TRACE"), *machine = get("BERTH_MACHINE");
    const char *ownership = get("BERTH_OWNERSHIP"), *preemption = get("BERTH_PREEMPTION");

    *environment = (struct environment){.seed = 1, .launch = users[0].launch, .ownership = true};
    profile_default(&environment->profile);
    if (seed != NULL && !read_seed(environment, seed, message))
        return false;
    if (user != NULL && !read_user(environment, user, message))
        return false;
    if (profile != NULL && !read_profile(environment, profile, message))
        return false;
    if (set != NULL && !read_set(environment, set, message))
        return false;
    if (trace != NULL && !read_path(&environment->trace, "BERTH_TRACE", trace, message))
        return false;
    if (ownership != NULL &&
        !read_switch(&environment->ownership, "BERTH_OWNERSHIP", ownership, message))
        return false;
    if (preemption != NULL &&
        !read_switch(&environment->preemption, "BERTH_PREEMPTION", preemption, message))
        return false;
    return machine == NULL || read_path(&environment->machine, "BERTH_MACHINE", machine, message);
}
