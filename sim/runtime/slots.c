#include "sim/runtime/slots.h"

#include "sim/runtime/fibers.h"
#include "sim/runtime/guest_call.h"
#include "sim/runtime/program.h"

enum { BITS = 32 };

static bool is_used(const uint32_t *used, DWORD index)
{
    return index < TLS_SLOTS && (used[index / BITS] >> index % BITS & 1) != 0;
}

static DWORD allocate(uint32_t *used, DWORD count)
{
    for (DWORD index = 0; index < count; index++)
        if (!is_used(used, index)) {
            used[index / BITS] |= (uint32_t)1 << index % BITS;
            return index;
        }
    guest_fail(ERROR_NO_MORE_ITEMS);
    return TLS_OUT_OF_INDEXES;
}

/* The slots of a thread: TlsAlloc's or FlsAlloc's; NULL when the machine has no memory for them. */
static void **slots_of(struct thread *thread, bool fiber)
{
    struct thread_belongings *belongings = belongings_of_thread(thread);
    if (belongings == NULL)
        return NULL;
    return fiber ? belongings->fiber_slots : belongings->slots;
}

static void clear(DWORD index, bool fiber)
{
    for (struct thread *at = guest_process()->threads; at != NULL; at = at->next_in_process)
        if (at->runtime != NULL)
            slots_of(at, fiber)[index] = NULL;
    for (struct guest_fiber *at = program_machine()->fibers; fiber && at != NULL; at = at->next)
        if (at->process == guest_process())
            at->slots[index] = NULL;
}

static LPVOID get(DWORD index, bool fiber)
{
    void **slots =
        index < (fiber ? FLS_SLOTS : TLS_SLOTS) ? slots_of(guest_nt()->current, fiber) : NULL;

    guest_fail(slots == NULL ? ERROR_INVALID_PARAMETER : ERROR_SUCCESS);
    return slots == NULL ? NULL : slots[index];
}

static BOOL set(DWORD index, LPVOID value, bool fiber)
{
    void **slots =
        index < (fiber ? FLS_SLOTS : TLS_SLOTS) ? slots_of(guest_nt()->current, fiber) : NULL;

    if (slots == NULL)
        return guest_fail(ERROR_INVALID_PARAMETER);
    slots[index] = value;
    return TRUE;
}

static struct belongings *own(void)
{
    struct belongings *belongings = belongings_of(guest_process());
    if (belongings == NULL)
        guest_fail(ERROR_NOT_ENOUGH_MEMORY);
    return belongings;
}

DWORD TlsAlloc(void)
{
    struct belongings *belongings = own();
    if (belongings == NULL)
        return TLS_OUT_OF_INDEXES;
    DWORD index = allocate(belongings->tls_used, TLS_SLOTS);
    if (index != TLS_OUT_OF_INDEXES)
        clear(index, false);
    return index;
}

BOOL TlsFree(DWORD dwTlsIndex)
{
    struct belongings *belongings = own();
    if (belongings == NULL || !is_used(belongings->tls_used, dwTlsIndex))
        return guest_fail(ERROR_INVALID_PARAMETER);
    belongings->tls_used[dwTlsIndex / BITS] &= ~((uint32_t)1 << dwTlsIndex % BITS);
    return TRUE;
}

/* A slot that was not allocated can be used too, as on Windows, which only looks at the range. */
LPVOID TlsGetValue(DWORD dwTlsIndex)
{
    return get(dwTlsIndex, false);
}

BOOL TlsSetValue(DWORD dwTlsIndex, LPVOID lpTlsValue)
{
    return set(dwTlsIndex, lpTlsValue, false);
}

/* Index 0 of these is nobody's: the C runtime's own on Windows. */
DWORD FlsAlloc(PFLS_CALLBACK_FUNCTION lpCallback)
{
    struct belongings *belongings = own();
    if (belongings == NULL)
        return FLS_OUT_OF_INDEXES;
    belongings->fls_used[0] |= 1;
    DWORD index = allocate(belongings->fls_used, FLS_SLOTS);
    if (index == FLS_OUT_OF_INDEXES)
        return index;
    belongings->fls_functions[index] = lpCallback;
    clear(index, true);
    return index;
}

static void call_function(PFLS_CALLBACK_FUNCTION function, void **slot)
{
    void *value = *slot;
    *slot = NULL;
    if (function != NULL && value != NULL)
        function(value);
}

BOOL FlsFree(DWORD dwFlsIndex)
{
    struct belongings *belongings = own();
    if (belongings == NULL || dwFlsIndex == 0 || !is_used(belongings->fls_used, dwFlsIndex))
        return guest_fail(ERROR_INVALID_PARAMETER);
    for (struct thread *at = guest_process()->threads; at != NULL; at = at->next_in_process)
        if (at->runtime != NULL)
            call_function(belongings->fls_functions[dwFlsIndex], &slots_of(at, true)[dwFlsIndex]);
    for (struct guest_fiber *at = program_machine()->fibers; at != NULL; at = at->next)
        if (at->process == guest_process() && !at->runs)
            call_function(belongings->fls_functions[dwFlsIndex], &at->slots[dwFlsIndex]);
    belongings->fls_used[dwFlsIndex / BITS] &= ~((uint32_t)1 << dwFlsIndex % BITS);
    return TRUE;
}

PVOID FlsGetValue(DWORD dwFlsIndex)
{
    return get(dwFlsIndex, true);
}

BOOL FlsSetValue(DWORD dwFlsIndex, PVOID lpFlsData)
{
    return set(dwFlsIndex, lpFlsData, true);
}

void slots_fiber_ends(void **slots)
{
    struct belongings *belongings = guest_process()->runtime;

    for (DWORD index = 1; belongings != NULL && index < FLS_SLOTS; index++)
        if (is_used(belongings->fls_used, index))
            call_function(belongings->fls_functions[index], &slots[index]);
}

void slots_thread_ends(void)
{
    struct thread *thread = guest_nt()->current;

    if (thread->runtime != NULL && !BEHAVES(guest_nt()->profile, fls_at_end, no))
        slots_fiber_ends(slots_of(thread, true));
}

void slots_copy(struct thread *from, struct thread *to)
{
    void **source = slots_of(from, false);
    void **target = slots_of(to, false);

    for (DWORD index = 0; source != NULL && target != NULL && index < TLS_SLOTS; index++)
        target[index] = source[index];
}
