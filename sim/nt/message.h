/* Message queues: what a thread was told through windows, or by its number, in the order told.
 * A window is a name for a place in its thread's queue; what it does with messages, user32 knows.
 *
 * A thread takes in this order (page: About Messages and Message Queues): what was sent to it, by
 * threads that wait meanwhile; what was posted; that it is to quit; timers that are due.
 */
#ifndef SIM_NT_MESSAGE_H
#define SIM_NT_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nt/status.h"

struct message_queue;
struct nt;
struct process;
struct thread;

enum { WINDOW_TITLE_SIZE = 256 };
enum { MESSAGES_MAX = 10000, MESSAGE_QUIT = 0x12, MESSAGE_TIMER = 0x113 };

struct message {
    struct message *next;
    uint64_t window; /* 0: the thread's own */
    uint32_t number;
    uint64_t wparam;
    int64_t lparam;
    uint64_t time_ns;
};

struct window {
    struct window *next; /* of the machine's, the oldest first */
    uint64_t handle;
    struct thread *thread;
    bool message_only;
    bool ends; /* in DestroyWindow */
    /* Runs on the window's own thread. */
    int64_t (*procedure)(struct window *window, uint32_t number, uint64_t wparam, int64_t lparam);
    /* user32's. */
    void *guest_procedure, *guest_class;
    int64_t guest_data, guest_instance, guest_extra[8];
    bool guest_shown;
    char guest_title[WINDOW_TITLE_SIZE]; /* UTF-8, cut */
    int extra;                           /* bytes of guest_extra that are the window's */
};

/* NULL when the arena is full. */
struct window *window_create(struct thread *thread);
struct window *window_find(struct nt *nt, uint64_t handle);
/* Its timers go, and the messages that lie in the queue for it. */
void window_destroy(struct window *window);

/* Tells a window; false when there is none, its queue is full, or the arena. From any turn. */
bool messages_post(struct nt *nt, uint64_t handle, uint32_t number, uint64_t wparam,
                   int64_t lparam);

/* STATUS_INVALID_PARAMETER: the thread has no queue. STATUS_QUOTA_EXCEEDED. */
nt_status messages_post_thread(struct thread *thread, uint32_t number, uint64_t wparam,
                               int64_t lparam);

/* Waits until the window's thread has answered; runs what is sent to the caller meanwhile.
 * STATUS_INVALID_HANDLE: the window is gone, before or meanwhile. STATUS_TIMEOUT.
 */
nt_status messages_send(struct window *window, const struct message *message, uint64_t timeout_ns,
                        int64_t *result);

/* Which messages: of that window (0 any, UINT64_MAX only the thread's own), from `first` to `last`.
 */
struct message_filter {
    uint64_t window;
    uint32_t first, last; /* 0, 0: all */
};

/* Runs what was sent to the running thread, then takes, or with `keep` only looks at, the first
 * message that passes. False when there is none. The thread has a queue from then on.
 */
bool messages_take(const struct message_filter *filter, struct nt *nt, bool keep,
                   struct message *message);

/* Waits until there may be something new to take; or for the objects. As wait_for, `index` is
 * `count` for the queue. `any`: what was there at the last look counts too.
 */
struct object;
struct message_wait {
    struct object *const *objects;
    uint32_t count;
    bool all, alertable, any;
    uint64_t timeout_ns;
    const char *call;
};
nt_status messages_wait(struct nt *nt, const struct message_wait *wait, uint32_t *index);

/* The thread is to quit: told when nothing is posted any more. */
void messages_quit(struct nt *nt, uint32_t exit_code);

/* A timer of the running thread, by window and number; set anew when there is one. False when the
 * arena is full.
 */
bool messages_set_timer(struct nt *nt, uint64_t window, uint64_t number, uint64_t period_ns,
                        int64_t parameter);
bool messages_kill_timer(struct nt *nt, uint64_t window, uint64_t number);

/* The thread ends: its windows, timers and messages go; who waits for its answer has none. */
void messages_thread_ends(struct thread *thread);

#endif
