/* LoadLibrary and GetProcAddress for the modules the machine has. Every module is loaded from the
 * start; its handle is a number of ours, never an address of the host's.
 */
#include "sim/runtime/machine.h"

#include <winsock2.h>

#include <bcrypt.h>
#include <icmpapi.h>
#include <iphlpapi.h>
#include <mswsock.h>
#include <ntsecapi.h>
#include <shellapi.h>
#include <timeapi.h>
#include <wincrypt.h>
#include <winreg.h>
#include <winternl.h>
#include <ws2spi.h>
#include <ws2tcpip.h>

#include "sim/engine/check.h"
#include "sim/runtime/crt.h"
#include "sim/runtime/guest_call.h"
#include "sim/runtime/program.h"
#include "sim/runtime/sysinfo.h"
#include "sim/winsock/provider.h"

enum { MODULES_BASE = 0x10000, OWN_MODULE = 0x1000, LAST_ORDINAL = 0xffff };

enum module {
    MODULE_WS2_32 = 1,
    MODULE_IPHLPAPI,
    MODULE_KERNEL32,
    MODULE_MSWSOCK,
    MODULE_NTDLL,
    MODULE_USER32,
    MODULE_WINMM,
    MODULE_ADVAPI32,
    MODULE_BCRYPT,
    MODULE_SHELL32
};

typedef void any_function(void);

#define WS2_32(name) {MODULE_WS2_32, #name, (any_function *)name},
#define IPHLPAPI(name) {MODULE_IPHLPAPI, #name, (any_function *)name},
#define MSWSOCK(name) {MODULE_MSWSOCK, #name, (any_function *)name},
#define NTDLL(name) {MODULE_NTDLL, #name, (any_function *)name},
#define USER32(name) {MODULE_USER32, #name, (any_function *)name},
#define WINMM(name) {MODULE_WINMM, #name, (any_function *)name},
#define ADVAPI32(name) {MODULE_ADVAPI32, #name, (any_function *)name},
#define BCRYPT(name) {MODULE_BCRYPT, #name, (any_function *)name},
#define SHELL32(name) {MODULE_SHELL32, #name, (any_function *)name},
#define KERNEL32(name) {MODULE_KERNEL32, #name, (any_function *)name},

static const struct {
    enum module module;
    const char *name;
    any_function *function;
} exports[] = {
/* clang-format off */
#include "sim/winsock/exports.def"
    SHELL32(CommandLineToArgvW) NTDLL(RtlGetVersion) ADVAPI32(GetUserNameA) ADVAPI32(GetUserNameW)
    {MODULE_MSWSOCK, "WSPStartup", (any_function *)base_startup},
#include "exports.inc" /* kernel32, user32, ntdll, iphlpapi, from the headers: exports.cmake */
    /* clang-format on */
};

static const struct {
    const char *name;
    enum module module;
} modules[] = {
    /* in the order of their numbers */
    {"ws2_32", MODULE_WS2_32},   {"iphlpapi", MODULE_IPHLPAPI}, {"kernel32", MODULE_KERNEL32},
    {"mswsock", MODULE_MSWSOCK}, {"ntdll", MODULE_NTDLL},       {"user32", MODULE_USER32},
    {"winmm", MODULE_WINMM},     {"advapi32", MODULE_ADVAPI32}, {"bcrypt", MODULE_BCRYPT},
    {"shell32", MODULE_SHELL32},
};

/* Whether `text` is `name`, in any letters, with .dll after it or without. */
static bool names_module(const char *text, const char *name)
{
    for (; *name != '\0'; name++, text++)
        if ((*text >= 'A' && *text <= 'Z' ? *text - 'A' + 'a' : *text) != *name)
            return false;
    static const char *const endings[] = {"", ".dll", ".DLL"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (strcmp(text, endings[i]) == 0)
            return true;
    return false;
}

/* A module of that name, wherever the path says that it lies. */
static HMODULE find_module(LPCSTR name)
{
    for (LPCSTR at = name; at != NULL && *at != '\0'; at++)
        if (*at == '\\' || *at == '/')
            name = at + 1;
    for (size_t i = 0; name != NULL && i < sizeof modules / sizeof modules[0]; i++)
        if (names_module(name, modules[i].name))
            return (HMODULE)(uintptr_t)(MODULES_BASE * (unsigned)modules[i].module);
    SetLastError(ERROR_MOD_NOT_FOUND);
    return NULL;
}

/* The program's own module: where nobody else's number is. */
static HMODULE own_module(void)
{
    return (HMODULE)(uintptr_t)(MODULES_BASE * OWN_MODULE);
}

static HMODULE find_wide_module(LPCWSTR text)
{
    char name[MAX_PATH];
    size_t i = 0;
    for (; text != NULL && text[i] != 0 && i + 1 < sizeof name; i++)
        name[i] = text[i] < 0x80 ? (char)text[i] : '?';
    name[i] = '\0';
    return find_module(name);
}

HMODULE LoadLibraryA(LPCSTR lpLibFileName)
{
    return find_module(lpLibFileName);
}

HMODULE LoadLibraryW(LPCWSTR lpLibFileName)
{
    return find_wide_module(lpLibFileName);
}

/* Where to look for it and what to do with it make no difference. */
HMODULE LoadLibraryExA(LPCSTR lpLibFileName, HANDLE hFile, DWORD dwFlags)
{
    (void)dwFlags;
    if (hFile == NULL)
        return find_module(lpLibFileName);
    SetLastError(ERROR_INVALID_PARAMETER);
    return NULL;
}

HMODULE LoadLibraryExW(LPCWSTR lpLibFileName, HANDLE hFile, DWORD dwFlags)
{
    (void)dwFlags;
    if (hFile == NULL)
        return find_wide_module(lpLibFileName);
    SetLastError(ERROR_INVALID_PARAMETER);
    return NULL;
}

/* Nothing is ever unloaded. */
BOOL FreeLibrary(HMODULE hLibModule)
{
    if (hLibModule != NULL)
        return TRUE;
    SetLastError(ERROR_INVALID_HANDLE);
    return FALSE;
}

HMODULE GetModuleHandleA(LPCSTR lpModuleName)
{
    return lpModuleName == NULL ? own_module() : find_module(lpModuleName);
}

HMODULE GetModuleHandleW(LPCWSTR lpModuleName)
{
    return lpModuleName == NULL ? own_module() : find_wide_module(lpModuleName);
}

/* An address is the program's, for no other module lies anywhere. */
static BOOL give_module(DWORD flags, HMODULE found, HMODULE *module)
{
    *module = (flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) != 0 ? own_module() : found;
    return *module != NULL;
}

BOOL GetModuleHandleExA(DWORD dwFlags, LPCSTR lpModuleName, HMODULE *phModule)
{
    bool address = (dwFlags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) != 0;
    return give_module(dwFlags, address ? NULL : GetModuleHandleA(lpModuleName), phModule);
}

BOOL GetModuleHandleExW(DWORD dwFlags, LPCWSTR lpModuleName, HMODULE *phModule)
{
    bool address = (dwFlags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) != 0;
    return give_module(dwFlags, address ? NULL : GetModuleHandleW(lpModuleName), phModule);
}

/* Where the module lies, cut if need be. */
DWORD GetModuleFileNameA(HMODULE hModule, LPSTR lpFilename, DWORD nSize)
{
    uintptr_t module = (uintptr_t)hModule / MODULES_BASE;
    char path[PROGRAM_PATH_MAX];

    if (hModule == own_module())
        hModule = NULL;
    if (hModule == NULL)
        program_path(path);
    else if (module >= 1 && module <= sizeof modules / sizeof modules[0])
        snprintf(path, sizeof path, "C:\\Windows\\System32\\%s.dll", modules[module - 1].name);
    else
        SetLastError(ERROR_MOD_NOT_FOUND);
    if (hModule != NULL && (module < 1 || module > sizeof modules / sizeof modules[0]))
        return 0;
    size_t length = strlen(path);
    SetLastError(length < nSize ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER);
    if (length >= nSize)
        length = nSize > 0 ? nSize - 1 : 0;
    memcpy(lpFilename, path, length);
    if (nSize > 0)
        lpFilename[length] = '\0';
    return (DWORD)(strlen(path) < nSize ? length : nSize);
}

DWORD GetModuleFileNameW(HMODULE hModule, LPWSTR lpFilename, DWORD nSize)
{
    char path[PROGRAM_PATH_MAX];
    DWORD length = GetModuleFileNameA(hModule, path, sizeof path);

    if (length == 0)
        return 0;
    size_t count = berth_mbstowcs(NULL, path, 0);
    berth_mbstowcs(lpFilename, path, nSize);
    if (count < nSize)
        return (DWORD)count;
    SetLastError(ERROR_INSUFFICIENT_BUFFER);
    if (nSize > 0)
        lpFilename[nSize - 1] = 0;
    return nSize;
}

/* Whether the name is one of 1.1's alone, which the profile leaves out. */
static bool is_left_out(const char *name)
{
    return strcmp(name, "WSACancelBlockingCall") == 0 &&
           BEHAVES(guest_nt()->profile, cancel_blocking_call_exported, no);
}

/* What Winsock 1.1's specification gave numbers, which ws2_32 has kept. */
static const struct {
    uint16_t number;
    const char *name;
} ordinals[] = {
    {1, "accept"},
    {2, "bind"},
    {3, "closesocket"},
    {4, "connect"},
    {5, "getpeername"},
    {6, "getsockname"},
    {7, "getsockopt"},
    {8, "htonl"},
    {9, "htons"},
    {10, "ioctlsocket"},
    {11, "inet_addr"},
    {12, "inet_ntoa"},
    {13, "listen"},
    {14, "ntohl"},
    {15, "ntohs"},
    {16, "recv"},
    {17, "recvfrom"},
    {18, "select"},
    {19, "send"},
    {20, "sendto"},
    {21, "setsockopt"},
    {22, "shutdown"},
    {23, "socket"},
    {51, "gethostbyaddr"},
    {52, "gethostbyname"},
    {53, "getprotobyname"},
    {54, "getprotobynumber"},
    {55, "getservbyname"},
    {56, "getservbyport"},
    {57, "gethostname"},
    {101, "WSAAsyncSelect"},
    {102, "WSAAsyncGetHostByAddr"},
    {103, "WSAAsyncGetHostByName"},
    {104, "WSAAsyncGetProtoByNumber"},
    {105, "WSAAsyncGetProtoByName"},
    {106, "WSAAsyncGetServByPort"},
    {107, "WSAAsyncGetServByName"},
    {108, "WSACancelAsyncRequest"},
    {109, "WSASetBlockingHook"},
    {110, "WSAUnhookBlockingHook"},
    {111, "WSAGetLastError"},
    {112, "WSASetLastError"},
    {113, "WSACancelBlockingCall"},
    {114, "WSAIsBlocking"},
    {115, "WSAStartup"},
    {116, "WSACleanup"},
    {151, "__WSAFDIsSet"},
};

/* Of the other modules no number is known. */
static const char *name_of_ordinal(uintptr_t module, uintptr_t number)
{
    for (size_t i = 0; module == MODULE_WS2_32 && i < sizeof ordinals / sizeof ordinals[0]; i++)
        if (ordinals[i].number == number)
            return ordinals[i].name;
    return NULL;
}

FARPROC GetProcAddress(HMODULE hModule, LPCSTR lpProcName)
{
    uintptr_t module = (uintptr_t)hModule / MODULES_BASE;

    if ((uintptr_t)lpProcName <= LAST_ORDINAL)
        lpProcName = name_of_ordinal(module, (uintptr_t)lpProcName);
    for (size_t i = 0; i < sizeof exports / sizeof exports[0]; i++)
        if (lpProcName != NULL && exports[i].module == module &&
            strcmp(exports[i].name, lpProcName) == 0 && !is_left_out(lpProcName))
            return (FARPROC)exports[i].function;
    SetLastError(ERROR_PROC_NOT_FOUND);
    return NULL;
}
