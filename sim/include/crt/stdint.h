/* <stdint.h>: the host's; its constants of 64 bits are longs, which berth-cc makes smaller. */
#include_next <stdint.h>

#undef INT64_C
#undef UINT64_C
#undef INTMAX_C
#undef UINTMAX_C
#define INT64_C(value) value##LL
#define UINT64_C(value) value##ULL
#define INTMAX_C(value) value##LL
#define UINTMAX_C(value) value##ULL
