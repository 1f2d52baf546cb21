/* The variables of the program that berth_main is linked with: where they lie, and copies of them.
 * Threads of the simulator and of its processes share one address space; see program.h.
 *
 * They are what lies between image_begin.c's marks, linked before everything of the program's, and
 * image_end.c's, linked after it, in each of the sections that variables go to.
 */
#ifndef SIM_RUNTIME_IMAGE_H
#define SIM_RUNTIME_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

/* A copy of the variables as they were before any constructor ran. NULL when the host has no
 * memory.
 */
void *image_new(void);

/* The variables as they are go to `from`, unless it is NULL; `to` comes in their place. */
void image_swap(void *from, const void *to);
void image_drop(void *image);

/* The same for the running host thread's __thread variables; `image_thread_bytes` is 0 when the
 * program has none.
 */
size_t image_thread_bytes(void);
void *image_thread_new(void);
void image_thread_swap(void *from, const void *to);

/* Runs the program's constructors. */
void image_construct(int argc, char **argv, char **variables);

#endif
