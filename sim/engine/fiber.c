#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_STACK */
#if defined(_WIN32) && !defined(_WIN32_WINNT)
#define _WIN32_WINNT 0x0601
#endif

#include "sim/engine/fiber.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#include <windows.h>
#else
#include <sys/mman.h>
#include <threads.h>
#if !defined(BERTH_FIBERS_FCONTEXT)
#include <ucontext.h>
#endif
#endif

#include "sim/engine/check.h"
#include "sim/engine/sanitizer.h"

#if BERTH_ASAN
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif

#if defined(__has_include) && !defined(_WIN32)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif

#if defined(BERTH_FIBERS_FCONTEXT)
/* Boost.Context's C symbols, as they are since Boost 1.61; its headers are C++ only. */
struct transfer {
    void *from; /* the context that jumped here */
    void *data;
};
extern struct transfer jump_fcontext(void *to, void *data);
extern void *make_fcontext(void *stack_top, size_t size, void (*start)(struct transfer));
#endif

enum fiber_state { FIBER_POOLED, FIBER_STANDING, FIBER_RUNNING };

/* Lies above its own stack, in the same mapping. The host's fiber has no stack of ours. */
struct fiber {
    void (*start)(void *context);
    void *context;
    struct fiber *next_pooled;
    enum fiber_state state;
    unsigned char *stack; /* its lowest byte; NULL for the host's own, and on Windows */
#if defined(_WIN32)
    void *handle;
    void *bottom_frame[5]; /* of __builtin_setjmp: where a pooled stack starts again */
    bool entered, again;
#elif defined(BERTH_FIBERS_FCONTEXT)
    void *machine; /* while standing */
#else
    ucontext_t machine; /* while standing */
#endif
#if BERTH_ASAN
    void *fake_stack; /* while standing */
    const void *bottom;
    size_t size;
    unsigned char *lowest; /* byte of the stack that a frame may have marked */
#endif
};

static _Thread_local struct {
    struct fiber host;
    struct fiber *running; /* NULL until the first use */
    struct fiber *previous;
    struct fiber *pool;
    unsigned made;
} local;

/* What the sanitizers are told: of a switch before it and after it, and of an end without one. */
#if BERTH_ASAN

/* What the frames take at most that lie between fiber_switch() or fiber_leave() and the switch. */
enum { LAST_FRAMES_MAX = 8192 };

static void before_switch(struct fiber *from, struct fiber *to, bool for_ever)
{
    from->lowest = (unsigned char *)__builtin_frame_address(0) - LAST_FRAMES_MAX;
    __sanitizer_start_switch_fiber(for_ever ? NULL : &from->fake_stack, to->bottom, to->size);
}

/* The bounds of the host's stack are learnt when it is left first. What only that stack points to
 * is no leak if the process ends on another one.
 */
static void after_switch(struct fiber *from, struct fiber *to)
{
    const void *bottom;
    size_t size;

    __sanitizer_finish_switch_fiber(to->fake_stack, &bottom, &size);
    to->fake_stack = NULL;
    if (from == &local.host && from->bottom == NULL) {
        from->bottom = bottom;
        from->size = size;
        __lsan_register_root_region(bottom, size);
    }
}

/* Goes to the fake stack of `gone` and back, in the books only, since leaving for ever is the one
 * way to free it.
 */
UNCHECKED_BY_ASAN static void drop_fake_stack(struct fiber *gone)
{
    const void *bottom;
    size_t size;
    void *mine;

    if (gone->fake_stack == NULL)
        return;
    __sanitizer_start_switch_fiber(&mine, gone->bottom, gone->size);
    __sanitizer_finish_switch_fiber(gone->fake_stack, &bottom, &size);
    __sanitizer_start_switch_fiber(NULL, bottom, size);
    __sanitizer_finish_switch_fiber(mine, NULL, NULL);
    gone->fake_stack = NULL;
}

/* The frames of the fiber before were never left one by one: their red zones still stand. */
static void clean_stack(struct fiber *fiber)
{
    unsigned char *end = fiber->stack + FIBER_STACK_BYTES;

    if (fiber->lowest != NULL) {
        unsigned char *low = fiber->lowest > fiber->stack ? fiber->lowest : fiber->stack;
        ALLOW_MEMORY(low, (size_t)(end - low));
    }
    fiber->lowest = NULL;
}

#else

static void before_switch(struct fiber *from, struct fiber *to, bool for_ever)
{
    (void)from;
    (void)to;
    (void)for_ever;
}

static void after_switch(struct fiber *from, struct fiber *to)
{
    (void)from;
    (void)to;
}

static void drop_fake_stack(struct fiber *gone)
{
    (void)gone;
}

static void clean_stack(struct fiber *fiber)
{
    (void)fiber;
}

#endif

/* Not inlined: the address of a thread's variables must not be kept across a switch, since the
 * machine that a fiber belongs to may have been handed to another host thread.
 */
__attribute__((noinline)) static void arrive(int kept_errno)
{
    after_switch(local.previous, local.running);
    errno = kept_errno;
}

__attribute__((noinline)) static void run_first(void)
{
    arrive(0);
    local.running->start(local.running->context);
    ABSURD("a fiber's start returned");
}

/* The three ways to switch. Each has: machine_host for the host's fiber; machine_make for a stack
 * that will begin in run_first(); machine_switch.
 */
#if defined(_WIN32)

static void CALLBACK enter(void *fiber)
{
    struct fiber *self = fiber;

    self->entered = true;
    (void)__builtin_setjmp(self->bottom_frame);
    run_first();
}

static bool machine_host(struct fiber *host)
{
    host->handle = ConvertThreadToFiberEx(NULL, FIBER_FLAG_FLOAT_SWITCH);
    return host->handle != NULL;
}

/* Win32 fibers cannot be pointed elsewhere: one that was used wakes where it stands, and jumps to
 * its bottom frame from there.
 */
static void machine_make(struct fiber *fiber)
{
    fiber->again = fiber->entered;
}

static void machine_switch(struct fiber *from, struct fiber *to)
{
    SwitchToFiber(to->handle);
    if (from->again) {
        from->again = false;
        __builtin_longjmp(from->bottom_frame, 1);
    }
}

static struct fiber *stack_make(void)
{
    struct fiber *fiber = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof *fiber);

    if (fiber == NULL)
        return NULL;
    fiber->handle = CreateFiberEx(0, FIBER_STACK_BYTES, FIBER_FLAG_FLOAT_SWITCH, enter, fiber);
    if (fiber->handle != NULL)
        return fiber;
    HeapFree(GetProcessHeap(), 0, fiber);
    return NULL;
}

static void drop_pool_with_thread(void)
{
}

#else

#if defined(BERTH_FIBERS_FCONTEXT)

static void land(struct transfer transfer)
{
    struct fiber *from = transfer.data;

    from->machine = transfer.from;
}

static void enter(struct transfer transfer)
{
    land(transfer);
    run_first();
}

static void machine_make(struct fiber *fiber)
{
    fiber->machine = make_fcontext(fiber->stack + FIBER_STACK_BYTES, FIBER_STACK_BYTES, enter);
}

static void machine_switch(struct fiber *from, struct fiber *to)
{
    land(jump_fcontext(to->machine, from));
}

#else

static void machine_make(struct fiber *fiber)
{
    int failed = getcontext(&fiber->machine);
    ASSERT(!failed);
    fiber->machine.uc_stack.ss_sp = fiber->stack;
    fiber->machine.uc_stack.ss_size = FIBER_STACK_BYTES;
    fiber->machine.uc_link = NULL;
    makecontext(&fiber->machine, run_first, 0);
}

static void machine_switch(struct fiber *from, struct fiber *to)
{
    int failed = swapcontext(&from->machine, &to->machine);
    ASSERT(!failed);
}

#endif

static bool machine_host(struct fiber *host)
{
    (void)host;
    return true;
}

/* From below: a guard that no common frame steps over, the stack, its fiber. All are whole pages of
 * any host.
 */
enum { GUARD_BYTES = 64 * 1024, MAPPING_BYTES = GUARD_BYTES + FIBER_STACK_BYTES + 64 * 1024 };

_Static_assert(sizeof(struct fiber) <= 4096, "a fiber fits into the pages above its stack");

static struct fiber *stack_make(void)
{
    unsigned char *mapping = mmap(NULL, MAPPING_BYTES, PROT_NONE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (mapping == MAP_FAILED)
        return NULL;
    unsigned char *stack = mapping + GUARD_BYTES;
    if (mprotect(stack, MAPPING_BYTES - GUARD_BYTES, PROT_READ | PROT_WRITE) != 0) {
        munmap(mapping, MAPPING_BYTES);
        return NULL;
    }
    struct fiber *fiber = (struct fiber *)(void *)(stack + FIBER_STACK_BYTES);
    fiber->stack = stack;
#if BERTH_ASAN
    fiber->bottom = stack;
    fiber->size = FIBER_STACK_BYTES;
    __lsan_register_root_region(stack, FIBER_STACK_BYTES + sizeof *fiber);
#endif
#if defined(VALGRIND_STACK_REGISTER)
    VALGRIND_STACK_REGISTER(stack, stack + FIBER_STACK_BYTES);
#endif
    return fiber;
}

/* Not pthread's: the linker has programs' own calls of those come to the machine. */
static tss_t pool_key;
static once_flag pool_key_once = ONCE_FLAG_INIT;

static void drop_pool(void *unused)
{
    (void)unused;
#if BERTH_ASAN
    if (local.host.bottom != NULL)
        __lsan_unregister_root_region(local.host.bottom, local.host.size);
    local.host.bottom = NULL;
#endif
    while (local.pool != NULL) {
        struct fiber *fiber = local.pool;
        unsigned char *mapping = fiber->stack - GUARD_BYTES;
        local.pool = fiber->next_pooled;
#if BERTH_ASAN
        __lsan_unregister_root_region(fiber->stack, FIBER_STACK_BYTES + sizeof *fiber);
        ALLOW_MEMORY(fiber->stack, FIBER_STACK_BYTES);
#endif
        munmap(mapping, MAPPING_BYTES);
    }
}

static void make_pool_key(void)
{
    int error = tss_create(&pool_key, drop_pool);
    ASSERT(error == thrd_success);
}

/* Arranges for the pool of this host thread to go with it. */
static void drop_pool_with_thread(void)
{
    call_once(&pool_key_once, make_pool_key);
    int error = tss_set(pool_key, &local);
    ASSERT(error == thrd_success);
}

#endif

struct fiber *fiber_host(void)
{
    if (local.running == NULL) {
        bool made = machine_host(&local.host);
        ASSERT(made);
        drop_pool_with_thread();
        local.host.state = FIBER_RUNNING;
        local.running = &local.host;
    }
    return &local.host;
}

struct fiber *fiber_running(void)
{
    fiber_host();
    return local.running;
}

bool fiber_holds(const struct fiber *fiber, const void *address)
{
    return fiber != NULL && fiber->stack != NULL &&
           (uintptr_t)address - (uintptr_t)fiber->stack < FIBER_STACK_BYTES;
}

struct fiber *fiber_new(void (*start)(void *context), void *context)
{
    ASSERT(start != NULL);
    fiber_host();
    struct fiber *fiber = local.pool;
    if (fiber != NULL) {
        ASSERT(fiber->state == FIBER_POOLED);
        local.pool = fiber->next_pooled;
    } else {
        fiber = stack_make();
        if (fiber == NULL)
            return NULL;
        local.made++;
    }
    clean_stack(fiber);
    fiber->start = start;
    fiber->context = context;
    fiber->next_pooled = NULL;
    fiber->state = FIBER_STANDING;
    machine_make(fiber);
    return fiber;
}

static void to_pool(struct fiber *fiber)
{
    ASSERT(fiber != &local.host);
    ASSERT(fiber->state != FIBER_POOLED);
    fiber->state = FIBER_POOLED;
    fiber->next_pooled = local.pool;
    local.pool = fiber;
}

static void go(struct fiber *from, struct fiber *to, bool for_ever)
{
    ASSERT(to->state == FIBER_STANDING);
    to->state = FIBER_RUNNING;
    local.running = to;
    local.previous = from;
    before_switch(from, to, for_ever);
    machine_switch(from, to);
}

void fiber_switch(struct fiber *to)
{
    struct fiber *from = fiber_running();
    int kept_errno = errno;

    if (to == from)
        return;
    ASSERT(from->state == FIBER_RUNNING);
    from->state = FIBER_STANDING;
    go(from, to, false);
    arrive(kept_errno);
}

_Noreturn void fiber_leave(struct fiber *to)
{
    struct fiber *from = fiber_running();

    ASSERT(from->state == FIBER_RUNNING);
    to_pool(from);
    go(from, to, true);
    ABSURD("a fiber that was left runs on");
}

void fiber_abandon(struct fiber *fiber)
{
    ASSERT(fiber->state == FIBER_STANDING);
    drop_fake_stack(fiber);
    to_pool(fiber);
}

unsigned fiber_stacks_made(void)
{
    return local.made;
}
