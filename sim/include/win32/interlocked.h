/* Interlocked operations. One thread runs at a time, and goes on until it waits: plain arithmetic
 * is atomic. Included by winbase.h.
 */
#ifndef BERTH_WIN32_INTERLOCKED_H
#define BERTH_WIN32_INTERLOCKED_H

#include "windef.h"

/* Gives up the turn after some calls in vain: a spin lock's owner gets on. */
BERTH_FUNCTION(void, YieldProcessor, (void));
#define MemoryBarrier() __sync_synchronize()
#define _mm_pause YieldProcessor

/* Operations on a width: the answer is what was there before, but for Increment, Decrement, Add. */
#define BERTH_INTERLOCKED_(type, unsigned_type, tail)                                              \
    static inline type InterlockedIncrement##tail(type volatile *value)                            \
    {                                                                                              \
        return *value = (type)((unsigned_type)*value + 1);                                         \
    }                                                                                              \
    static inline type InterlockedDecrement##tail(type volatile *value)                            \
    {                                                                                              \
        return *value = (type)((unsigned_type)*value - 1);                                         \
    }                                                                                              \
    static inline type InterlockedExchange##tail(type volatile *value, type next)                  \
    {                                                                                              \
        type before = *value;                                                                      \
        *value = next;                                                                             \
        if (before == next)                                                                        \
            YieldProcessor();                                                                      \
        return before;                                                                             \
    }                                                                                              \
    static inline type InterlockedExchangeAdd##tail(type volatile *value, type more)               \
    {                                                                                              \
        type before = *value;                                                                      \
        *value = (type)((unsigned_type)before + (unsigned_type)more);                              \
        return before;                                                                             \
    }                                                                                              \
    static inline type InterlockedAdd##tail(type volatile *value, type more)                       \
    {                                                                                              \
        return *value = (type)((unsigned_type)*value + (unsigned_type)more);                       \
    }                                                                                              \
    static inline type InterlockedCompareExchange##tail(type volatile *value, type next,           \
                                                        type expected)                             \
    {                                                                                              \
        type before = *value;                                                                      \
        if (before == expected)                                                                    \
            *value = next;                                                                         \
        else                                                                                       \
            YieldProcessor();                                                                      \
        return before;                                                                             \
    }                                                                                              \
    static inline type InterlockedAnd##tail(type volatile *value, type bits)                       \
    {                                                                                              \
        type before = *value;                                                                      \
        *value = before & bits;                                                                    \
        return before;                                                                             \
    }                                                                                              \
    static inline type InterlockedOr##tail(type volatile *value, type bits)                        \
    {                                                                                              \
        type before = *value;                                                                      \
        *value = before | bits;                                                                    \
        return before;                                                                             \
    }                                                                                              \
    static inline type InterlockedXor##tail(type volatile *value, type bits)                       \
    {                                                                                              \
        type before = *value;                                                                      \
        *value = before ^ bits;                                                                    \
        return before;                                                                             \
    }
#define BERTH_INTERLOCKED(type, unsigned_type, width)                                              \
    BERTH_INTERLOCKED_(type, unsigned_type, width)                                                 \
    BERTH_INTERLOCKED_(type, unsigned_type, width##Acquire)                                        \
    BERTH_INTERLOCKED_(type, unsigned_type, width##Release)                                        \
    BERTH_INTERLOCKED_(type, unsigned_type, width##NoFence)
BERTH_INTERLOCKED_(LONG, ULONG, )
BERTH_INTERLOCKED_(LONG, ULONG, Acquire)
BERTH_INTERLOCKED_(LONG, ULONG, Release)
BERTH_INTERLOCKED_(LONG, ULONG, NoFence)
BERTH_INTERLOCKED(LONG64, ULONG64, 64)
BERTH_INTERLOCKED(SHORT, USHORT, 16)
BERTH_INTERLOCKED(CHAR, UCHAR, 8)

static inline PVOID InterlockedExchangePointer(PVOID volatile *value, PVOID next)
{
    PVOID before = *value;
    *value = next;
    return before;
}
static inline PVOID InterlockedCompareExchangePointer(PVOID volatile *value, PVOID next,
                                                      PVOID expected)
{
    PVOID before = *value;
    if (before == expected)
        *value = next;
    else
        YieldProcessor();
    return before;
}
#define InterlockedExchangePointerAcquire InterlockedExchangePointer
#define InterlockedCompareExchangePointerAcquire InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerRelease InterlockedCompareExchangePointer
#define InterlockedExchangeSubtract(value, less)                                                   \
    InterlockedExchangeAdd((LONG *)(value), -(LONG)(less))
static inline BYTE InterlockedBitTestAndSet(LONG volatile *bits, LONG place)
{
    LONG bit = (LONG)((ULONG)1 << (place & 31));
    return (InterlockedOr(bits + place / 32, bit) & bit) != 0;
}
static inline BYTE InterlockedBitTestAndReset(LONG volatile *bits, LONG place)
{
    LONG bit = (LONG)((ULONG)1 << (place & 31));
    return (InterlockedAnd(bits + place / 32, ~bit) & bit) != 0;
}
static inline BYTE InterlockedBitTestAndComplement(LONG volatile *bits, LONG place)
{
    LONG bit = (LONG)((ULONG)1 << (place & 31));
    return (InterlockedXor(bits + place / 32, bit) & bit) != 0;
}
#define _InterlockedIncrement64 InterlockedIncrement64
#define _InterlockedDecrement64 InterlockedDecrement64
#define _InterlockedExchange64 InterlockedExchange64
#define _InterlockedExchangeAdd64 InterlockedExchangeAdd64
#define _InterlockedCompareExchange64 InterlockedCompareExchange64
#define _InterlockedExchangePointer InterlockedExchangePointer
#define _InterlockedCompareExchangePointer InterlockedCompareExchangePointer
#define _InterlockedAnd InterlockedAnd
#define _InterlockedOr InterlockedOr
#define _InterlockedXor InterlockedXor
#define _InterlockedIncrement InterlockedIncrement
#define _InterlockedDecrement InterlockedDecrement
#define _InterlockedExchange InterlockedExchange
#define _InterlockedExchangeAdd InterlockedExchangeAdd
#define _InterlockedCompareExchange InterlockedCompareExchange

typedef struct _SINGLE_LIST_ENTRY {
    struct _SINGLE_LIST_ENTRY *Next;
} SLIST_ENTRY, *PSLIST_ENTRY;

typedef struct __attribute__((aligned(16))) _SLIST_HEADER {
    PSLIST_ENTRY First;
    ULONGLONG Depth;
} SLIST_HEADER, *PSLIST_HEADER;

static inline void InitializeSListHead(PSLIST_HEADER head)
{
    head->First = NULL;
    head->Depth = 0;
}
static inline PSLIST_ENTRY InterlockedPushEntrySList(PSLIST_HEADER head, PSLIST_ENTRY entry)
{
    PSLIST_ENTRY before = head->First;
    entry->Next = before;
    head->First = entry;
    head->Depth++;
    return before;
}
static inline PSLIST_ENTRY InterlockedPopEntrySList(PSLIST_HEADER head)
{
    PSLIST_ENTRY first = head->First;
    if (first != NULL) {
        head->First = first->Next;
        head->Depth--;
    }
    return first;
}
static inline PSLIST_ENTRY InterlockedFlushSList(PSLIST_HEADER head)
{
    PSLIST_ENTRY first = head->First;
    head->First = NULL;
    head->Depth = 0;
    return first;
}
static inline USHORT QueryDepthSList(PSLIST_HEADER head)
{
    return (USHORT)head->Depth;
}

#endif
