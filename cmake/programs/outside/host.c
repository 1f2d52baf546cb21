/* A host of its own machine, by the control interface: reserves, pulls the plug, boots, looks. */
#include <berth/berth.h>
#include <winsock2.h>
#include <iphlpapi.h>
#include <stdio.h>

int main(void)
{
    const struct berth_config config = {.seed = 7};
    const struct berth_launch launch = {.account = BERTH_BUILTIN_ADMIN};
    struct berth *machine = berth_new(&config);
    ULONG64 before = 0, after = 0;

    if (machine == NULL || !berth_boot(machine) || berth_enter(machine, &launch) != 0)
        return 1;
    if (CreatePersistentTcpPortReservation(htons(5000), 10, &before) != NO_ERROR)
        return 2;
    berth_leave(machine);
    berth_off(machine, BERTH_POWER_CUT);
    if (!berth_boot(machine) || berth_enter(machine, &launch) != 0)
        return 3;
    if (LookupPersistentTcpPortReservation(htons(5000), 10, &after) != NO_ERROR || before == after)
        return 4;
    berth_leave(machine);
    berth_free(machine);
    puts("found again");
    return 0;
}
