/* A program's own main on simulated thread 0 of a booted machine: link with -Wl,--wrap=main.
 *
 * BERTH_SEED chooses the run; BERTH_USER the user (standard, admin, elevated).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/include/berth/berth.h"

enum { EXIT_USAGE = 2, EXIT_HARNESS = 3 };

int __real_main(int argc, char **argv, char **environment);
int __wrap_main(int argc, char **argv, char **environment);

static bool read_seed(uint64_t *seed)
{
    const char *text = getenv("BERTH_SEED");
    char *end;

    if (text == NULL)
        return true;
    errno = 0;
    *seed = strtoull(text, &end, 0);
    return errno == 0 && end != text && *end == '\0';
}

static bool read_user(struct berth_launch *launch)
{
    const char *text = getenv("BERTH_USER");

    if (text == NULL || strcmp(text, "standard") == 0)
        return true;
    launch->account = BERTH_ADMIN;
    launch->run_as = strcmp(text, "elevated") == 0;
    launch->consent = launch->run_as;
    return launch->run_as || strcmp(text, "admin") == 0;
}

int __wrap_main(int argc, char **argv, char **environment)
{
    struct berth_config config = {.seed = 1};
    struct berth_launch launch = {.account = BERTH_STANDARD};

    if (!read_seed(&config.seed) || !read_user(&launch)) {
        fputs("berth: BERTH_SEED must be a number, BERTH_USER standard, admin or elevated\n",
              stderr);
        return EXIT_USAGE;
    }
    struct berth *machine = berth_new(&config);
    if (machine == NULL || !berth_boot(machine) || berth_enter(machine, &launch) != 0) {
        fputs("berth: the machine does not start\n", stderr);
        berth_free(machine);
        return EXIT_HARNESS;
    }
    /* The program may also end by exit(): then the host takes the machine's memory back. */
    int exit_code = __real_main(argc, argv, environment);
    berth_leave(machine);
    berth_off(machine, BERTH_SHUT_DOWN);
    berth_free(machine);
    return exit_code;
}
