/* <limits.h>: the host's, but for a long of 32 bits where berth-cc has made it that. Read anew each
 * time, as compilers' own headers are that lead from one to the next.
 */
#include_next <limits.h>

#if defined(BERTH_LONG_32)
#undef LONG_MIN
#undef LONG_MAX
#undef ULONG_MAX
#define LONG_MIN (-2147483647L - 1)
#define LONG_MAX 2147483647L
#define ULONG_MAX 4294967295UL
#endif
#undef _I64_MIN
#undef _I64_MAX
#undef _UI64_MAX
#define _I64_MIN (-9223372036854775807LL - 1)
#define _I64_MAX 9223372036854775807LL
#define _UI64_MAX 18446744073709551615ULL
