/* Whose WSPStartup is it? A program that has one is a provider's DLL. */
#include "sim/winsock/provider.h"

#if defined(_WIN32)

/* There the linker takes own_startup.c for a weak mark too, so nobody can tell: a program without
 * a WSPStartup has the base provider for a layer.
 */
LPWSPSTARTUP program_startup(void)
{
    return WSPStartup;
}

#else

/* There only when the linker had to take WSPStartup from us; see own_startup.c. */
extern const char berth_own_startup __attribute__((weak));

LPWSPSTARTUP program_startup(void)
{
    return &berth_own_startup != NULL ? NULL : WSPStartup;
}

#endif
