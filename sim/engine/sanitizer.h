/* What the address sanitizer is told about our memory and stacks. Nothing in other builds. */
#ifndef SIM_ENGINE_SANITIZER_H
#define SIM_ENGINE_SANITIZER_H

#if defined(__SANITIZE_ADDRESS__)
#define BERTH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BERTH_ASAN 1
#endif
#endif
#ifndef BERTH_ASAN
#define BERTH_ASAN 0
#endif

#if BERTH_ASAN
#include <sanitizer/asan_interface.h>
/* Nobody may touch these bytes, or anybody may again. */
#define FORBID_MEMORY(at, size) __asan_poison_memory_region((at), (size))
#define ALLOW_MEMORY(at, size) __asan_unpoison_memory_region((at), (size))
#define MEMORY_IS_ALLOWED(at, size) (__asan_region_is_poisoned((at), (size)) == NULL)
#define UNCHECKED_BY_ASAN __attribute__((no_sanitize("address")))
#else
#define FORBID_MEMORY(at, size) ((void)(at), (void)(size))
#define ALLOW_MEMORY(at, size) ((void)(at), (void)(size))
#define MEMORY_IS_ALLOWED(at, size) ((void)(at), (void)(size), 1)
#define UNCHECKED_BY_ASAN
#endif

#endif
