/* The host's faults in a program that has a filter for them: see exceptions.c. The filter runs on
 * the stack that faulted; what overflowed it ends the run.
 */
#define _GNU_SOURCE /* sigaction */
#include "sim/runtime/faults.h"

#include <signal.h>
#include <stdint.h>

#include "sim/runtime/machine.h"
#include "sim/runtime/program.h"
#include "sim/winsock/winsock.h"

static const struct {
    int signal;
    uint32_t code;
} faults[] = {
    {SIGSEGV, 0xC0000005}, {SIGBUS, 0xC0000005}, {SIGFPE, 0xC0000094}, {SIGILL, 0xC000001D}};

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (winsock_attached() != NULL && machine_running()->current != NULL)
        for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
            if (faults[i].signal == number) {
                exceptions_fault(faults[i].code, info->si_addr);
                return;
            }
    signal(number, SIG_DFL);
}

void faults_watch(void)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        sigaction(faults[i].signal, &action, NULL);
}
