/* What all headers of the C runtime share. Beside the host's own functions, which stay, stand those
 * that print, count time or take wide text as Windows' do; they are bound to symbols of ours.
 */
#ifndef BERTH_CRT_CRTDEFS_H
#define BERTH_CRT_CRTDEFS_H

#if !defined(__SIZEOF_WCHAR_T__) || __SIZEOF_WCHAR_T__ != 2
#error "Windows' wide characters have 16 bits: compile with -fshort-wchar, as berth-cc does"
#endif

/* The host's checked versions of printf and its kin would come before ours. */
#undef _FORTIFY_SOURCE

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
#define BERTH_CRT_EXTERN extern "C"
#else
#define BERTH_CRT_EXTERN extern
#endif
#define BERTH_CRT_STRING_(x) #x
#define BERTH_CRT_STRING(x) BERTH_CRT_STRING_(x)
#define BERTH_CRT_AS(type, name, symbol, parameters)                                               \
    BERTH_CRT_EXTERN type name parameters __asm__(                                                 \
        BERTH_CRT_STRING(__USER_LABEL_PREFIX__) "berth_" #symbol)
#define BERTH_CRT(type, name, parameters) BERTH_CRT_AS(type, name, name, parameters)

#ifndef __int64
#define __int8 char
#define __int16 short
#define __int32 int
#define __int64 long long
#endif
#ifndef __cdecl
#define __cdecl
#define __stdcall
#define __fastcall
#define _cdecl
#define _stdcall
#endif
#define __forceinline inline __attribute__((always_inline))
#if !defined(__clang__) || !defined(_MSC_EXTENSIONS)
#define __declspec(attribute) BERTH_DECLSPEC_##attribute
#define BERTH_DECLSPEC_noreturn __attribute__((noreturn))
#define BERTH_DECLSPEC_noinline __attribute__((noinline))
#if defined(__cplusplus)
#define BERTH_DECLSPEC_thread thread_local
#else
#define BERTH_DECLSPEC_thread _Thread_local
#endif
#define BERTH_DECLSPEC_dllexport
#define BERTH_DECLSPEC_dllimport
#define BERTH_DECLSPEC_nothrow
#define BERTH_DECLSPEC_novtable
#define BERTH_DECLSPEC_restrict
#define BERTH_DECLSPEC_noalias
#define BERTH_DECLSPEC_allocator
#define BERTH_DECLSPEC_selectany __attribute__((weak))
#define BERTH_DECLSPEC_deprecated __attribute__((deprecated))
#define BERTH_DECLSPEC_uuid(text)
#define BERTH_DECLSPEC_align(bytes) __attribute__((aligned(bytes)))
#endif

/* Microsoft's other words. There is none for __try: see docs/programs.md. */
#define __pragma(text)
#define __assume(fact) ((void)0)
#define __noop(...) ((void)0)
#define __ptr32
#define __ptr64
#define __w64
#define __unaligned
#define _inline __inline
#define _forceinline __forceinline
#define __FUNCSIG__ __PRETTY_FUNCTION__

typedef int errno_t;
typedef unsigned short berth_wint;
typedef long long __time64_t;

#define _TRUNCATE ((size_t)-1)
#define _MAX_PATH 260
#define _countof(array) (sizeof(array) / sizeof((array)[0]))

#endif
