/* signal and raise, as Microsoft's C runtime has them (page: signal): a handler is asked once, then
 * the default is back; Ctrl+C is SIGINT and Ctrl+Break SIGBREAK, in a thread of their own.
 */
#include <windows.h>

#include "sim/runtime/crt.h"
#include "sim/runtime/guest_call.h"
#include "sim/runtime/program.h"

enum { INTERRUPT = 2, BREAK = 21, ABORT = 22, ABORTED = 3 };

static const int numbers[SIGNALS] = {INTERRUPT, 4, 8, 11, 15, BREAK, ABORT};

typedef void handler(int number);

static handler *const by_default = NULL;
static const uintptr_t ignored = 1, failed = (uintptr_t)-1;

/* NULL: there is no such signal. */
static handler **place_of(int number)
{
    struct belongings *belongings = belongings_of(guest_process());

    if (number == 6) /* as POSIX has it */
        number = ABORT;
    for (size_t i = 0; belongings != NULL && i < SIGNALS; i++)
        if (numbers[i] == number)
            return &belongings->signals[i];
    return NULL;
}

/* FALSE leaves the key to whoever was there before. */
static BOOL WINAPI key_pressed(DWORD type)
{
    int number = type == CTRL_C_EVENT ? INTERRUPT : BREAK;
    handler **place = place_of(number);

    if (place == NULL || *place == by_default || type > CTRL_BREAK_EVENT)
        return FALSE;
    if ((uintptr_t)*place != ignored)
        berth_raise(number);
    return TRUE;
}

handler *berth_signal(int number, handler *function)
{
    handler **place = place_of(number);

    if (place == NULL)
        return (handler *)failed;
    handler *before = *place;
    *place = function;
    if ((number == INTERRUPT || number == BREAK) && function != by_default) {
        SetConsoleCtrlHandler(key_pressed, FALSE);
        SetConsoleCtrlHandler(key_pressed, TRUE);
    }
    return before;
}

int berth_raise(int number)
{
    handler **place = place_of(number);
    handler *function = place == NULL ? NULL : *place;

    if (place == NULL)
        return -1;
    if ((uintptr_t)function == ignored)
        return 0;
    if (function == by_default)
        program_exit(ABORTED, false);
    *place = by_default;
    function(number);
    return 0;
}

/* SIGABRT's handler may leave by longjmp; when it returns, that is the end. */
_Noreturn void berth_crt_abort(void)
{
    handler **place = place_of(ABORT);

    if (place != NULL && *place != by_default && (uintptr_t)*place != ignored)
        berth_raise(ABORT);
    program_exit(ABORTED, false);
}
