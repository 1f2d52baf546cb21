#include "conformance/suites/support.h"

#include "conformance/suites/windows_api.h"

#include "conformance/suites/suite.h"

static bool reservations_are_supported(void)
{
    const SOCKET s = tcp_socket();
    INET_PORT_RESERVATION_INSTANCE instance;
    INET_PORT_RANGE range = {0, 1};
    DWORD returned = 0;
    if (s == INVALID_SOCKET) /* nothing can be said */
        return true;
    const unsigned outcome =
        winsock_outcome(WSAIoctl(s, SIO_ACQUIRE_PORT_RESERVATION, &range, sizeof(range), &instance,
                                 sizeof(instance), &returned, NULL, NULL));
    closesocket(s);
    return outcome != WSAEOPNOTSUPP;
}

unsigned unless_unsupported(unsigned outcome)
{
    if (outcome == WSAEOPNOTSUPP && testbed_in_case() && !reservations_are_supported())
        UNSUPPORTED_BECAUSE("the stack has no port reservations: WSAEOPNOTSUPP");
    return outcome;
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
