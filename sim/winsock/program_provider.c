/* Whose WSPStartup is it? A program that has one is a provider's DLL. */
#include "sim/winsock/provider.h"

/* There only when the linker had to take WSPStartup from us; see own_startup.c. */
extern const char berth_own_startup __attribute__((weak));

LPWSPSTARTUP program_startup(void)
{
    return &berth_own_startup != NULL ? NULL : WSPStartup;
}
