/* Three prices of certainty. ASSERT is always on: it states a fact about our own code, never about
 * what a guest did. SLOW runs a whole-structure check in the presets that ask for it. ABSURD marks
 * what cannot be reached. A failure prints the fact and ends the process with exit code 3.
 */
#ifndef SIM_ENGINE_CHECK_H
#define SIM_ENGINE_CHECK_H

#include <stdbool.h>

enum { CHECK_EXIT_CODE = 3 };

/* Something failed: the process is on its way out. */
extern bool check_failing;


_Noreturn void check_failed(const char *fact, const char *file, int line);

#define ASSERT(c) ((c) ? (void)0 : check_failed(#c, __FILE__, __LINE__))
#define ABSURD(why) check_failed("absurd: " why, __FILE__, __LINE__)

#if defined(BERTH_SLOW_CHECKS)
#define BERTH_SLOW 1
#else
#define BERTH_SLOW 0
#endif
#define SLOW(stmt) ((void)(BERTH_SLOW && ((stmt), 1)))

#endif
