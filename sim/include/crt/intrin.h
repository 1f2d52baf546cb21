/* <intrin.h>: what programs use of Microsoft's intrinsics; the interlocked ones are windows.h's. */
#ifndef BERTH_CRT_INTRIN_H
#define BERTH_CRT_INTRIN_H

#include <stdlib.h>

#define __nop() __asm__ volatile("nop")
#define __debugbreak() __builtin_trap()
#define _ReadWriteBarrier() __asm__ volatile("" ::: "memory")
#define _ReadBarrier _ReadWriteBarrier
#define _WriteBarrier _ReadWriteBarrier
#define _ReturnAddress() __builtin_return_address(0)
#define __popcnt(bits) ((unsigned)__builtin_popcount(bits))
#define __popcnt64(bits) ((unsigned long long)__builtin_popcountll(bits))
#define __lzcnt(bits) ((bits) == 0 ? 32u : (unsigned)__builtin_clz(bits))
#define __lzcnt64(bits) ((bits) == 0 ? 64u : (unsigned)__builtin_clzll(bits))

/* The place goes to an unsigned long, or to a DWORD, whichever the program has there. */
#define BERTH_SCAN(index, bits, place) ((bits) == 0 ? 0 : (*(index) = (unsigned)(place), 1))
#define _BitScanForward(index, bits)                                                               \
    ((unsigned char)BERTH_SCAN(index, (unsigned)(bits), __builtin_ctz((unsigned)(bits))))
#define _BitScanReverse(index, bits)                                                               \
    ((unsigned char)BERTH_SCAN(index, (unsigned)(bits), 31 - __builtin_clz((unsigned)(bits))))
#define _BitScanForward64(index, bits)                                                             \
    ((unsigned char)BERTH_SCAN(index, bits, __builtin_ctzll(bits)))
#define _BitScanReverse64(index, bits)                                                             \
    ((unsigned char)BERTH_SCAN(index, bits, 63 - __builtin_clzll(bits)))

#endif
