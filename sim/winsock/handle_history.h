/* Which calls opened and closed which handles, the latest of them: for the checker of ownership. */
#ifndef SIM_WINSOCK_HANDLE_HISTORY_H
#define SIM_WINSOCK_HANDLE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A call, as a report names it. */
struct moment {
    uint64_t number;  /* of the machine's calls, from 1 */
    const char *name; /* of the call, or of what happened after it */
    bool after;
    uint32_t process_id, thread_id;
};

enum { MOMENT_SIZE = 128 };

/* In words; answers `out`. */
const char *moment_put(const struct moment *moment, char out[MOMENT_SIZE]);

/* The latest, for a program that opens a million needs no more to see its mistake. */
enum { HANDLES_KEPT = 256 };

struct handle_moment {
    uint64_t handle;
    struct moment by;
};

struct handle_history {
    size_t count;
    struct handle_moment entries[HANDLES_KEPT]; /* the oldest first */
};

void handle_history_note(struct handle_history *history, uint64_t handle, const struct moment *by);
void handle_history_forget(struct handle_history *history, uint64_t handle, uint32_t process_id);

/* NULL when nothing is known. */
const struct moment *handle_history_find(const struct handle_history *history, uint64_t handle,
                                         uint32_t process_id);

#endif
