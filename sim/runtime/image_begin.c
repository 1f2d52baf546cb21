/* Linked before everything of a program's: where its variables and constructors begin. */
#include <stdbool.h>
#include <stddef.h>

#include "sim/runtime/image_marks.h"

extern __attribute__((weak)) bool berth_endings_begun; /* endings.c */

char berth_begin_data[1] = {1};
char berth_begin_bss[1] = {0};
__attribute__((common)) char berth_begin_common[1];
_Thread_local char berth_begin_thread_data[1] = {1};
_Thread_local char berth_begin_thread_bss[1] = {0};

__attribute__((constructor(BERTH_FIRST_PRIORITY))) void berth_begin_early_constructors(void)
{
    __asm__ volatile("" : : "i"(1) : "memory"); /* no compiler thinks it does nothing */
    if (&berth_endings_begun != NULL)
        berth_endings_begun = true;
}

__attribute__((constructor)) void berth_begin_constructors(void)
{
    __asm__ volatile("" : : "i"(2) : "memory");
}
