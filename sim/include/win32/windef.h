/* The basic types of Win32, with Windows' widths on any 64-bit host: LONG and DWORD have 32 bits,
 * pointers and handles 64. Widths: Windows Data Types; facts measured against mingw-w64.
 *
 * Names the C library has too are taken out of its hands first: its own declarations come in under
 * their own names, then ours under names of our own.
 */
#ifndef BERTH_WIN32_WINDEF_H
#define BERTH_WIN32_WINDEF_H

#if defined(FD_SETSIZE) && !defined(_SYS_SELECT_H)
#pragma push_macro("FD_SETSIZE") /* the program's own, which the C library would put aside */
#define BERTH_FD_SETSIZE_KEPT
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>
#include <time.h>
#include <wchar.h>
#if !defined(_WIN32) || defined(__GLIBC__) /* programs are told that this is Windows */
#include <sys/select.h>
#include <sys/time.h>
#include <unistd.h>
#endif

#undef FD_SET
#undef FD_CLR
#undef FD_ISSET
#undef FD_ZERO
#if defined(BERTH_FD_SETSIZE_KEPT)
#pragma pop_macro("FD_SETSIZE")
#elif !defined(BERTH_SYS_SELECT_H)
#undef FD_SETSIZE
#endif
#define select berth_select
#define u_long berth_u_long
#define fd_set berth_fd_set
#define timeval berth_timeval
#define gethostname berth_gethostname

#if defined(__cplusplus)
#define BERTH_EXTERN extern "C"
#else
#define BERTH_EXTERN extern
#endif
#define BERTH_STRING_(x) #x
#define BERTH_STRING(x) BERTH_STRING_(x)

/* Declares a Windows function. The name in the source is Windows', the symbol is ours, so that
 * nothing of the host's C library is replaced.
 */
#define BERTH_FUNCTION(type, name, parameters)                                                     \
    BERTH_EXTERN type WINAPI name parameters __asm__(                                              \
        BERTH_STRING(__USER_LABEL_PREFIX__) "berth_" #name)

#define WINAPI
#define APIENTRY WINAPI
#define CALLBACK
#define NTAPI
#define FAR
#define NEAR
#define CONST const
#define VOID void

typedef char CHAR, *PCHAR, *LPSTR, *PSTR;
typedef const char *LPCSTR, *PCSTR;
typedef unsigned char UCHAR, *PUCHAR, BYTE, *PBYTE, *LPBYTE, BOOLEAN;
typedef int8_t INT8;
typedef uint8_t UINT8, *PUINT8;
typedef int16_t SHORT, *PSHORT, INT16;
typedef uint16_t USHORT, *PUSHORT, WORD, *PWORD, *LPWORD, UINT16;
typedef int INT, *PINT, *LPINT, BOOL, *PBOOL, *LPBOOL;
typedef unsigned int UINT, *PUINT;
typedef int32_t LONG, *PLONG, *LPLONG, INT32, HRESULT, NTSTATUS;
typedef uint32_t ULONG, *PULONG, DWORD, *PDWORD, *LPDWORD, UINT32, ULONG32, DWORD32;
typedef long long LONGLONG, LONG64, *PLONG64, INT64, INT_PTR, LONG_PTR, LPARAM, LRESULT;
typedef unsigned long long ULONGLONG, *PULONGLONG, ULONG64, *PULONG64, UINT64, DWORD64, *PDWORD64;
typedef unsigned long long UINT_PTR, ULONG_PTR, *PULONG_PTR, DWORD_PTR, *PDWORD_PTR, WPARAM;
typedef size_t SIZE_T, *PSIZE_T;
typedef ptrdiff_t SSIZE_T;
typedef void *PVOID, *LPVOID, *HANDLE, **PHANDLE, **LPHANDLE;
typedef const void *LPCVOID;
typedef HANDLE HMODULE, HINSTANCE, HWND;

#if __SIZEOF_WCHAR_T__ == 2
typedef wchar_t WCHAR;
#elif defined(__cplusplus)
typedef char16_t WCHAR;
#else
typedef uint16_t WCHAR; /* what u"..." is made of */
#endif
typedef WCHAR *PWCHAR, *LPWSTR, *PWSTR;
typedef const WCHAR *LPCWSTR, *PCWSTR;

#ifndef TRUE
#define TRUE 1
#define FALSE 0
#endif

#define MAKEWORD(low, high) ((WORD)(((BYTE)(low)) | ((WORD)((BYTE)(high))) << 8))
#define LOBYTE(word) ((BYTE)((word)&0xff))
#define HIBYTE(word) ((BYTE)(((word) >> 8) & 0xff))
#define LOWORD(dword) ((WORD)((dword)&0xffff))
#define HIWORD(dword) ((WORD)(((dword) >> 16) & 0xffff))
#define MAKELONG(low, high) ((LONG)((WORD)(low) | (DWORD)(WORD)(high) << 16))
#define MAXDWORD 0xffffffff
#define UNREFERENCED_PARAMETER(parameter) ((void)(parameter))

typedef struct _GUID {
    UINT32 Data1;
    UINT16 Data2;
    UINT16 Data3;
    UINT8 Data4[8];
} GUID, *LPGUID;

typedef struct _OVERLAPPED {
    ULONG_PTR Internal;
    ULONG_PTR InternalHigh;
    __extension__ union {
        __extension__ struct {
            DWORD Offset;
            DWORD OffsetHigh;
        };
        PVOID Pointer;
    };
    HANDLE hEvent;
} OVERLAPPED, *LPOVERLAPPED;

typedef struct _SECURITY_ATTRIBUTES {
    DWORD nLength;
    LPVOID lpSecurityDescriptor;
    BOOL bInheritHandle;
} SECURITY_ATTRIBUTES, *LPSECURITY_ATTRIBUTES;

#endif
