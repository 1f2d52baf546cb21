/* The test bed on a real machine: what Windows lets a program do, and the reason for the rest. */
#include "conformance/testbed/win32.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TARGET_SIZE = 64 };

static struct {
    const char *reason;
    DWORD thread; /* the case's first; 0 between cases */
    union {
        unsigned char bytes[TESTBED_KEPT_SIZE];
        long long aligned;
    } kept;
} bed;

bool win32_cannot(const char *reason)
{
    bed.reason = reason;
    return false;
}

const char *testbed_reason(void)
{
    return bed.reason != NULL ? bed.reason : "";
}

/* ---- Which stack it is ----------------------------------------------------------------------- */

/* GetProcAddress gives a pointer of one type for all functions. */
typedef void (*any_function)(void);

static any_function function_of(const char *library, const char *name)
{
    return (any_function)(void (*)(void))GetProcAddress(GetModuleHandleA(library), name);
}

const char *win32_wine_version(void)
{
    const char *(*version)(void) =
        (const char *(*)(void))function_of("ntdll.dll", "wine_get_version");
    return version == NULL ? NULL : version();
}

static void say_windows_version(char *target)
{
    LONG(WINAPI * version)
    (OSVERSIONINFOW *) =
        (LONG(WINAPI *)(OSVERSIONINFOW *))function_of("ntdll.dll", "RtlGetVersion");
    OSVERSIONINFOW info;
    memset(&info, 0, sizeof info);
    info.dwOSVersionInfoSize = sizeof info;
    if (version == NULL || version(&info) != 0)
        snprintf(target, TARGET_SIZE, "windows");
    else
        snprintf(target, TARGET_SIZE, "windows-%lu.%lu.%lu", (unsigned long)info.dwMajorVersion,
                 (unsigned long)info.dwMinorVersion, (unsigned long)info.dwBuildNumber);
}

const char *testbed_target(void)
{
    static char target[TARGET_SIZE];
    const char *wine = win32_wine_version();
    if (target[0] == '\0' && wine != NULL)
        snprintf(target, sizeof target, "wine-%.*s", (int)strcspn(wine, " "), wine);
    if (target[0] == '\0')
        say_windows_version(target);
    return target;
}

bool testbed_follows_profile(void)
{
    return false;
}

bool testbed_plays_apart(void)
{
    return true;
}

/* ---- What only a simulated machine does ------------------------------------------------------ */

bool testbed_network(bool up)
{
    (void)up;
    return win32_cannot("the network of a real machine is not cut for a test");
}

bool testbed_never_notify(bool on)
{
    (void)on;
    return win32_cannot("the UAC slider of a real machine is not moved for a test");
}

bool testbed_slow_reservations(unsigned milliseconds)
{
    (void)milliseconds;
    return win32_cannot("the provider of a real machine takes the time it takes");
}

bool testbed_max_user_port(unsigned short port)
{
    (void)port;
    return win32_cannot("MaxUserPort is read when Windows starts, which no case can wait for");
}

bool testbed_reboot(enum testbed_reboot how)
{
    (void)how;
    return win32_cannot("a case does not restart a real machine by itself");
}

size_t testbed_describe_pool(char *output, size_t size)
{
    (void)output;
    (void)size;
    return 0;
}

/* ---- Pointers -------------------------------------------------------------------------------- */

const char *testbed_bad_pointer_name(enum testbed_bad_pointer kind)
{
    static const char *const names[] = {"NULL",      "unmapped",          "no access",
                                        "read-only", "runs off its page", "kernel half"};
    return names[kind];
}

static size_t page_size(void)
{
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    return info.dwPageSize;
}

static char *pages(size_t size)
{
    return VirtualAlloc(NULL, size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
}

static void *protect(char *at, size_t size, DWORD protection)
{
    DWORD before;
    return at != NULL && VirtualProtect(at, size, protection, &before) ? at : NULL;
}

/* The place stays reserved, so that nothing else comes to lie there. */
static void *unmapped(size_t size)
{
    return VirtualAlloc(NULL, size, MEM_RESERVE, PAGE_NOACCESS);
}

static void *straddling(size_t size)
{
    const size_t page = page_size();
    const size_t whole = (size + page - 1) / page * page;
    char *at = pages(whole + page);
    if (at == NULL || protect(at + whole, page, PAGE_NOACCESS) == NULL)
        return NULL;
    return at + whole - (size > 0 ? size - 1 : 0);
}

void *testbed_bad_pointer(enum testbed_bad_pointer kind, size_t size)
{
    const size_t some = size > 0 ? size : 1;
    switch (kind) {
    case TESTBED_UNMAPPED:
        return unmapped(some);
    case TESTBED_NO_ACCESS:
        return protect(pages(some), some, PAGE_NOACCESS);
    case TESTBED_READ_ONLY:
        return protect(pages(some), some, PAGE_READONLY);
    case TESTBED_STRADDLES:
        return straddling(size);
    case TESTBED_KERNEL:
        return (void *)(uintptr_t)0xFFFF800000001000u;
    case TESTBED_NULL:
    case TESTBED_BAD_POINTER_COUNT:
        break;
    }
    return NULL;
}

/* ---- Ports ----------------------------------------------------------------------------------- */

enum { PORTS_FIRST = 20001, PORTS_END = 32000 };

static bool can_bind(int type, unsigned short port)
{
    struct sockaddr_in name;
    const SOCKET s = socket(AF_INET, type, 0);
    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    const bool bound = bind(s, (const struct sockaddr *)&name, sizeof name) == 0;
    closesocket(s);
    return bound;
}

/* Winsock may not be started yet, or not any more. */
static unsigned short first_free(unsigned count)
{
    unsigned first = PORTS_FIRST;
    for (unsigned port = first; port < PORTS_END; port++) {
        if (!can_bind(SOCK_STREAM, (unsigned short)port) ||
            !can_bind(SOCK_DGRAM, (unsigned short)port))
            first = port + 1;
        else if (port + 1 - first == count)
            return (unsigned short)first;
    }
    return 0;
}

/* Far below Windows' dynamic range, which starts at 49152, and Linux', at 32768, whose Wine's are.
 * A case that asks again is given the same place while it keeps the ports free.
 */
unsigned short testbed_ports(unsigned count)
{
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        win32_cannot("Winsock does not start");
        return 0;
    }
    const unsigned short first = first_free(count);
    WSACleanup();
    if (first == 0)
        win32_cannot("there are not so many free ports in a row");
    return first;
}

static bool is_local(const char *address)
{
    WSADATA data;
    struct sockaddr_in name;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return false;
    const SOCKET s = socket(AF_INET, SOCK_DGRAM, 0);
    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = inet_addr(address);
    const bool bound = bind(s, (const struct sockaddr *)&name, sizeof name) == 0;
    closesocket(s);
    WSACleanup();
    return bound;
}

/* All of 127.0.0.0/8 is local on Windows, and to most that say they are. */
const char *testbed_second_address(void)
{
    static const char second[] = "127.0.0.2";
    if (is_local(second))
        return second;
    win32_cannot("no socket can be bound to a second address");
    return NULL;
}

/* Which of a machine's addresses stay the same while a case runs is not known. */
const struct testbed_addresses *testbed_addresses(void)
{
    win32_cannot("the addresses of a real machine's adapters are left alone");
    return NULL;
}

/* ---- Cases ----------------------------------------------------------------------------------- */

bool testbed_open(const struct testbed_options *options)
{
    (void)options;
    return true;
}

void testbed_close(void)
{
}

bool testbed_in_case(void)
{
    return bed.thread != 0 && GetCurrentThreadId() == bed.thread;
}

void *testbed_kept(void)
{
    return bed.kept.bytes;
}

/* The process was started as this user; that it is one is looked at once more. */
bool testbed_begin_case(enum testbed_user user)
{
    HANDLE token = NULL;
    memset(&bed.kept, 0, sizeof bed.kept);
    bed.reason = NULL;
    bed.thread = GetCurrentThreadId();
    if (!win32_token_of(user, &token))
        return false;
    if (token != NULL)
        CloseHandle(token);
    return true;
}

/* A case that ended in its middle has left children, and Winsock started: the next one in this
 * process wants neither.
 */
void testbed_end_case(void)
{
    bed.thread = 0;
    win32_end_children();
    while (WSACleanup() == 0) {
    }
}

unsigned long long testbed_fingerprint(void)
{
    return 0;
}
