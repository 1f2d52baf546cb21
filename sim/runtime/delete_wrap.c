/* A C++ program's `delete`, which the linker has call these: looked at, then done. The program may
 * have an operator delete of its own; it is called as well. What the C++ library deletes in its own
 * object is not seen.
 */
#include <malloc.h>
#include <stdint.h>

#include "sim/engine/sanitizer.h"
#include "sim/runtime/machine.h"

#if BERTH_ASAN
#include <sanitizer/allocator_interface.h>
#endif

__attribute__((weak)) void *_Znwm(size_t size);
extern char __executable_start[], etext[];

/* 1 when the memory is not the C library's: an operator new of the program's own gave it. */
static size_t size_of(void *memory)
{
#if BERTH_ASAN
    return __sanitizer_get_ownership(memory) ? __sanitizer_get_allocated_size(memory) : 1;
#else
    uintptr_t its_new = (uintptr_t)_Znwm;
    bool is_its_own = its_new >= (uintptr_t)__executable_start && its_new < (uintptr_t)etext;
    return is_its_own ? 1 : malloc_usable_size(memory);
#endif
}

static void look_at(const char *by, void *memory, size_t size)
{
    if (memory != NULL)
        machine_freed(by, memory, size != 0 ? size : size_of(memory));
}

/* By their mangled names: plain, sized, aligned, both; for one and for arrays. */
#define DELETE(name, by, size, parameters, arguments)                                              \
    void __real_##name parameters;                                                                 \
    void __wrap_##name parameters;                                                                 \
    void __wrap_##name parameters                                                                  \
    {                                                                                              \
        look_at(by, memory, size);                                                                 \
        __real_##name arguments;                                                                   \
    }

DELETE(_ZdlPv, "delete", 0, (void *memory), (memory))
DELETE(_ZdaPv, "delete[]", 0, (void *memory), (memory))
DELETE(_ZdlPvm, "delete", bytes, (void *memory, size_t bytes), (memory, bytes))
DELETE(_ZdaPvm, "delete[]", bytes, (void *memory, size_t bytes), (memory, bytes))
DELETE(_ZdlPvSt11align_val_t, "delete", 0, (void *memory, size_t alignment), (memory, alignment))
DELETE(_ZdaPvSt11align_val_t, "delete[]", 0, (void *memory, size_t alignment), (memory, alignment))
DELETE(_ZdlPvmSt11align_val_t, "delete", bytes, (void *memory, size_t bytes, size_t alignment),
       (memory, bytes, alignment))
DELETE(_ZdaPvmSt11align_val_t, "delete[]", bytes, (void *memory, size_t bytes, size_t alignment),
       (memory, bytes, alignment))
