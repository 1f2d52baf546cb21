/* The first of berth_main that a linker takes, for it wraps main: so it comes right after all that
 * is the program's, and where its variables and constructors end.
 */
#include "sim/runtime/image_marks.h"

int berth_run_wrapped(int argc, char **argv, char **environment);
int __wrap_main(int argc, char **argv, char **environment);

char berth_end_data[1] = {1};
char berth_end_bss[1] = {0};
__attribute__((common)) char berth_end_common[1];
_Thread_local char berth_end_thread_data[1] = {1};
_Thread_local char berth_end_thread_bss[1] = {0};

__attribute__((constructor(BERTH_LAST_PRIORITY))) void berth_end_early_constructors(void)
{
    __asm__ volatile("" : : "i"(1) : "memory"); /* no compiler thinks it does nothing */
}

__attribute__((constructor)) void berth_end_constructors(void)
{
    __asm__ volatile("" : : "i"(2) : "memory");
}

int __wrap_main(int argc, char **argv, char **environment)
{
    return berth_run_wrapped(argc, argv, environment);
}
