/* Exceptions that nobody handles by __try, which needs Microsoft's compiler: RaiseException's, and
 * what faults. Vectored handlers are asked first, then SetUnhandledExceptionFilter's.
 */
#include <stdio.h>

#include <windows.h>

#include "sim/runtime/guest_call.h"
#include "sim/runtime/program.h"

struct vectored_handler {
    struct vectored_handler *next;
    PVECTORED_EXCEPTION_HANDLER function;
};

static struct arena *arena(void)
{
    return &guest_nt()->engine->arena;
}

static struct belongings *own(void)
{
    return belongings_of(guest_process());
}

PVOID AddVectoredExceptionHandler(ULONG First, PVECTORED_EXCEPTION_HANDLER Handler)
{
    struct belongings *belongings = own();
    struct vectored_handler *made =
        belongings == NULL ? NULL : ARENA_NEW(arena(), struct vectored_handler);

    if (made == NULL)
        return NULL;
    struct vectored_handler **link = &belongings->vectored;
    while (First == 0 && *link != NULL)
        link = &(*link)->next;
    *made = (struct vectored_handler){.next = *link, .function = Handler};
    *link = made;
    return made;
}

static void drop(struct nt *nt, struct vectored_handler **link)
{
    struct vectored_handler *handler = *link;
    *link = handler->next;
    arena_give(&nt->engine->arena, handler, sizeof *handler);
}

ULONG RemoveVectoredExceptionHandler(PVOID Handle)
{
    struct belongings *belongings = own();
    struct vectored_handler **link = belongings == NULL ? NULL : &belongings->vectored;

    while (link != NULL && *link != NULL && *link != Handle)
        link = &(*link)->next;
    if (link == NULL || *link == NULL)
        return 0;
    drop(guest_nt(), link);
    return 1;
}

void exceptions_drop(struct nt *nt, struct belongings *belongings)
{
    while (belongings->vectored != NULL)
        drop(nt, &belongings->vectored);
}

/* 0: nobody said anything. */
static LONG ask(EXCEPTION_POINTERS *pointers)
{
    const struct belongings *belongings = own();
    LONG answer = EXCEPTION_CONTINUE_SEARCH;

    if (belongings == NULL)
        return answer;
    struct vectored_handler *next;
    for (struct vectored_handler *at = belongings->vectored;
         at != NULL && answer != EXCEPTION_CONTINUE_EXECUTION; at = next) {
        next = at->next; /* it may take itself out */
        answer = at->function(pointers);
    }
    if (answer == EXCEPTION_CONTINUE_EXECUTION || belongings->exception_filter == NULL)
        return answer == EXCEPTION_CONTINUE_EXECUTION ? answer : EXCEPTION_CONTINUE_SEARCH;
    return ((LPTOP_LEVEL_EXCEPTION_FILTER)belongings->exception_filter)(pointers);
}

LPTOP_LEVEL_EXCEPTION_FILTER
SetUnhandledExceptionFilter(LPTOP_LEVEL_EXCEPTION_FILTER lpTopLevelExceptionFilter)
{
    struct belongings *belongings = own();
    const struct program *program = program_machine()->program;

    if (belongings == NULL)
        return NULL;
    void (*before)(void) = belongings->exception_filter;
    belongings->exception_filter = (void (*)(void))lpTopLevelExceptionFilter;
    if (program != NULL && program->watch_faults != NULL)
        program->watch_faults();
    return (LPTOP_LEVEL_EXCEPTION_FILTER)before;
}

/* What the last of all does: the process ends with the exception's code. */
static void end(const EXCEPTION_RECORD *record, LONG answer)
{
    if (answer == EXCEPTION_CONTINUE_SEARCH)
        fprintf(stderr, "berth: process %u ends by exception 0x%08x\n", guest_process()->id,
                record->ExceptionCode);
    program_exit(record->ExceptionCode, false);
}

void exceptions_fault(uint32_t code, void *address)
{
    EXCEPTION_RECORD record = {
        .ExceptionCode = code, .ExceptionAddress = address, .NumberParameters = 0};
    EXCEPTION_POINTERS pointers = {.ExceptionRecord = &record};

    LONG answer = ask(&pointers);
    if (answer != EXCEPTION_CONTINUE_EXECUTION)
        end(&record, answer);
}

void RaiseException(DWORD dwExceptionCode, DWORD dwExceptionFlags, DWORD nNumberOfArguments,
                    const ULONG_PTR *lpArguments)
{
    EXCEPTION_RECORD record = {.ExceptionCode = dwExceptionCode & ~(DWORD)0x10000000,
                               .ExceptionFlags = dwExceptionFlags & EXCEPTION_NONCONTINUABLE};
    EXCEPTION_POINTERS pointers = {.ExceptionRecord = &record};

    if (lpArguments != NULL && nNumberOfArguments <= EXCEPTION_MAXIMUM_PARAMETERS) {
        record.NumberParameters = nNumberOfArguments;
        memcpy(record.ExceptionInformation, lpArguments, nNumberOfArguments * sizeof *lpArguments);
    }
    LONG answer = ask(&pointers);
    if (answer == EXCEPTION_CONTINUE_EXECUTION && record.ExceptionFlags == 0)
        return;
    end(&record, answer);
}

LONG UnhandledExceptionFilter(EXCEPTION_POINTERS *ExceptionInfo)
{
    (void)ExceptionInfo;
    return EXCEPTION_EXECUTE_HANDLER;
}
