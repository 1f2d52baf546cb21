#define _GNU_SOURCE /* MAP_ANONYMOUS, madvise */

#include "sim/engine/arena.h"

#include <string.h>

#if defined(_WIN32)
#include <windows.h>
#else
#include <sys/mman.h>
#endif

#include "sim/engine/check.h"
#include "sim/engine/sanitizer.h"

enum {
    CHUNK = 16 * 1024, /* memory is poisoned ahead of the blocks by so much at a time */

    /* A reset writes poison over so much and hands the rest back to the host. Writing is several
     * times cheaper than page faults for what is used again.
     */
    KEPT = 8 * 1024 * 1024,

    /* Between blocks, where ASan sees a step too far. It does not count as used, so that a limit
     * is reached at the same block in every build.
     */
    GAP = BERTH_ASAN ? ARENA_GRAIN : 0
};

#define LIMIT_MAX ((size_t)ARENA_SMALL_MAX << ARENA_DOUBLINGS)

_Static_assert(sizeof(size_t) == 8, "an arena wants a 64-bit address space");
_Static_assert(ARENA_GRAIN >= sizeof(size_t), "a block given back holds the next one's offset");

static size_t round_up(size_t size, size_t to)
{
    return (size + to - 1) & ~(to - 1);
}

/* The four things asked of the host. What is committed and was forgotten, or is new, reads as 0. */
#if defined(_WIN32)

static void *host_reserve(size_t size)
{
    return VirtualAlloc(NULL, size, MEM_RESERVE, PAGE_READWRITE);
}

static bool host_commit(unsigned char *at, size_t size)
{
    return VirtualAlloc(at, size, MEM_COMMIT, PAGE_READWRITE) != NULL;
}

static bool host_forget(unsigned char *at, size_t size)
{
    return VirtualFree(at, size, MEM_DECOMMIT);
}

static void host_release(unsigned char *at, size_t size)
{
    (void)size;
    VirtualFree(at, 0, MEM_RELEASE);
}

#else

static void *host_reserve(size_t size)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                    -1, 0);
    return at == MAP_FAILED ? NULL : at;
}

/* Reserved pages appear when they are touched. */
static bool host_commit(unsigned char *at, size_t size)
{
    (void)at;
    (void)size;
    return true;
}

/* Only Linux promises that the pages read as zero afterwards. */
static bool host_forget(unsigned char *at, size_t size)
{
#if defined(__linux__)
    return madvise(at, size, MADV_DONTNEED) == 0;
#else
    (void)at;
    (void)size;
    return false;
#endif
}

static void host_release(unsigned char *at, size_t size)
{
    munmap(at, size);
}

#endif

/* The free list for blocks of that size, and the size that its blocks have. */
static unsigned class_of(size_t size, size_t *rounded)
{
    if (size <= ARENA_SMALL_MAX) {
        *rounded = size == 0 ? ARENA_GRAIN : round_up(size, ARENA_GRAIN);
        return (unsigned)(*rounded / ARENA_GRAIN);
    }
    unsigned high_bit = 63 - (unsigned)__builtin_clzll(size - 1);
    unsigned quarter = (unsigned)((size - 1) >> (high_bit - 2)) & 3;
    *rounded = round_up(size, (size_t)1 << (high_bit - 2));
    return ARENA_SMALL_MAX / ARENA_GRAIN + 1 + 4 * (high_bit - 10) + quarter;
}

static void forget_blocks(struct arena *arena)
{
    memset(arena->free_lists, 0, sizeof arena->free_lists);
    arena->used = 0;
    arena->top = ARENA_GRAIN; /* so that no block has the offset 0 */
}

bool arena_open(struct arena *arena, size_t limit, unsigned char poison)
{
    *arena = (struct arena){.limit = limit, .poison = poison};
    if (limit > LIMIT_MAX)
        return false;
    arena->reserved = round_up(limit * (BERTH_ASAN ? 2 : 1), CHUNK) + CHUNK;
    arena->base = host_reserve(arena->reserved);
    if (arena->base == NULL)
        return false;
    forget_blocks(arena);
    return true;
}

void arena_close(struct arena *arena)
{
    if (arena->base == NULL)
        return;
    ALLOW_MEMORY(arena->base, arena->touched);
    host_release(arena->base, arena->reserved);
    *arena = (struct arena){0};
}

void arena_reset(struct arena *arena)
{
    ASSERT(arena->base != NULL);
    size_t written = arena->top;

    ALLOW_MEMORY(arena->base, arena->touched);
    if (written > KEPT && host_forget(arena->base + KEPT, arena->touched - KEPT)) {
        arena->touched = KEPT;
        written = KEPT;
    }
    if (written > arena->touched)
        written = arena->touched;
    memset(arena->base, arena->poison, written);
    FORBID_MEMORY(arena->base, arena->touched);
    forget_blocks(arena);
}

/* Makes the bytes up to `end` ready for use, and a little poison behind them. */
static bool touch(struct arena *arena, size_t end)
{
    size_t touched = round_up(end + GAP + 1, CHUNK);
    size_t fresh = end > arena->touched ? end : arena->touched;

    if (end + GAP < arena->touched)
        return true;
    ASSERT(touched <= arena->reserved);
    if (!host_commit(arena->base + arena->touched, touched - arena->touched))
        return false;
    memset(arena->base + fresh, arena->poison, touched - fresh);
    FORBID_MEMORY(arena->base + fresh, touched - fresh);
    arena->touched = touched;
    return true;
}

static void *take_new(struct arena *arena, size_t size, size_t rounded)
{
    unsigned char *block = arena->base + arena->top;
    size_t end = arena->top + rounded;
    size_t stale = end;

    if (rounded > arena->limit - arena->used)
        return NULL;
    if (stale > arena->touched) /* beyond, the host's zeroes */
        stale = arena->touched;
    if (!touch(arena, end))
        return NULL;

    ALLOW_MEMORY(block, rounded);
    if (stale > arena->top)
        memset(block, 0, stale - arena->top);
    FORBID_MEMORY(block + size, rounded - size);
    arena->top = end + GAP;
    arena->used += rounded;
    return block;
}

/* Something wrote to a block after it was given back, when this fails. */
static inline void check_still_poison(const struct arena *arena, const unsigned char *block,
                                      size_t size)
{
    for (size_t i = sizeof(size_t); i < size; i++)
        ASSERT(block[i] == arena->poison);
}

void *arena_take(struct arena *arena, size_t size)
{
    size_t rounded;

    ASSERT(arena->base != NULL);
    if (arena->fail_in > 0 && --arena->fail_in == 0)
        return NULL;
    if (size > arena->limit)
        return NULL;

    size_t *list = &arena->free_lists[class_of(size, &rounded)];
    if (*list == 0)
        return take_new(arena, size, rounded);

    unsigned char *block = arena->base + *list;
    ALLOW_MEMORY(block, rounded);
    SLOW(check_still_poison(arena, block, rounded));
    memcpy(list, block, sizeof *list);
    memset(block, 0, rounded);
    FORBID_MEMORY(block + size, rounded - size);
    return block;
}

void arena_give(struct arena *arena, void *given, size_t size)
{
    unsigned char *block = given;
    size_t rounded;

    if (block == NULL)
        return;
    ASSERT(size <= arena->limit);
    size_t *list = &arena->free_lists[class_of(size, &rounded)];
    size_t offset = (size_t)(block - arena->base);
    ASSERT(offset >= ARENA_GRAIN && offset % ARENA_GRAIN == 0);
    ASSERT(offset < arena->top && rounded <= arena->top - offset);
    ASSERT(offset != *list);
    ASSERT(MEMORY_IS_ALLOWED(block, size));

    ALLOW_MEMORY(block, rounded);
    memset(block, arena->poison, rounded);
    memcpy(block, list, sizeof *list); /* an offset, not an address: the same in every run */
    *list = offset;
    FORBID_MEMORY(block, rounded);
}

void *arena_regrow(struct arena *arena, void *old, size_t old_size, size_t size)
{
    void *block = arena_take(arena, size);

    if (block == NULL)
        return NULL;
    if (old != NULL)
        memcpy(block, old, old_size < size ? old_size : size);
    arena_give(arena, old, old_size);
    return block;
}

/* Reads links inside of blocks that nobody else may touch. */
UNCHECKED_BY_ASAN static size_t next_given(const struct arena *arena, size_t offset)
{
    return *(const size_t *)(const void *)(arena->base + offset);
}

void arena_check(const struct arena *arena)
{
    size_t given = 0;

    ASSERT(arena->base != NULL);
    ASSERT(arena->used <= arena->limit);
    ASSERT(arena->used % ARENA_GRAIN == 0);
    ASSERT(arena->used + ARENA_GRAIN <= arena->top);
    ASSERT(arena->top <= arena->reserved && arena->touched <= arena->reserved);
    ASSERT(arena->top < arena->touched || arena->used == 0);
    for (unsigned i = 0; i < ARENA_CLASSES; i++) {
        for (size_t at = arena->free_lists[i]; at != 0; at = next_given(arena, at)) {
            ASSERT(at >= ARENA_GRAIN && at < arena->top && at % ARENA_GRAIN == 0);
            given += ARENA_GRAIN;
            ASSERT(given <= arena->used); /* no more blocks than there can be: no list is a ring */
        }
    }
}
