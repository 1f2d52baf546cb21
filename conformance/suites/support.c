#include "conformance/suites/support.h"

#include "conformance/suites/windows_api.h"

#include "conformance/suites/suite.h"

static bool reservations_are_supported(void)
{
    INET_PORT_RESERVATION_INSTANCE instance;
    INET_PORT_RANGE range = {0, 1};
    DWORD returned = 0;
    if (winsock_start() != 0)
        return true; /* nothing can be said */
    const SOCKET s = tcp_socket();
    const unsigned outcome =
        winsock_outcome(WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range), &instance,
                                 sizeof(instance), &returned, NULL, NULL));
    closesocket(s);
    WSACleanup();
    return outcome != WSAEOPNOTSUPP;
}

unsigned unless_unsupported(unsigned outcome)
{
    if (outcome == WSAEOPNOTSUPP && testbed_in_case() && !reservations_are_supported()) {
        OBSERVE(reservations_supported, wsaeopnotsupp);
        UNSUPPORTED_BECAUSE("the stack has no port reservations: WSAEOPNOTSUPP");
    }
    return outcome;
}

void require_reservations(void)
{
    if (!reservations_are_supported())
        unless_unsupported(WSAEOPNOTSUPP);
}

bool persistent_functions_exist(void)
{
    const HMODULE library = LoadLibraryA("iphlpapi.dll");
    return library != NULL && GetProcAddress(library, "CreatePersistentTcpPortReservation") != NULL;
}

unsigned long unless_missing(unsigned long answer)
{
    if (answer == ERROR_PROC_NOT_FOUND && testbed_in_case() && !persistent_functions_exist())
        UNSUPPORTED_BECAUSE("iphlpapi.dll has no persistent reservations");
    return answer;
}
