/* What a program needs of kernel32: last error, memory, who it is. Each call is the running
 * thread's of the machine this host thread is inside of.
 */
#include "sim/runtime/guest_objects.h"

DWORD GetLastError(void)
{
    return guest_nt()->current->last_error;
}

void SetLastError(DWORD dwErrCode)
{
    guest_nt()->current->last_error = dwErrCode;
}

DWORD GetCurrentProcessId(void)
{
    return guest_process()->id;
}

DWORD GetCurrentThreadId(void)
{
    return guest_nt()->current->id;
}
