/* Arguments out of bytes: what makes sense more often than not, and the edges of each kind. */
#include <limits.h>
#include <string.h>

#include "fuzz/calls_run.h"
#include "sim/engine/check.h"

struct calls_run fuzz;

uint8_t draw(struct draw *from)
{
    const unsigned at = from->at++;
    if (at < OPERATION_SIZE)
        return from->bytes[at];
    return (uint8_t)(from->bytes[1 + at % (OPERATION_SIZE - 1)] * (2 * at + 1) + at * 29);
}

unsigned draw_below(struct draw *from, unsigned count)
{
    return draw(from) % count;
}

bool draw_chance(struct draw *from, unsigned one_in)
{
    return draw(from) % one_in == one_in - 1;
}

SOCKET any_socket(struct draw *from)
{
    const uint8_t byte = draw(from);
    if (byte < 240)
        return fuzz.sockets[byte % SOCKETS];
    if (byte < 248)
        return (SOCKET)fuzz.objects[byte % OBJECTS];
    static const SOCKET none[] = {INVALID_SOCKET, 0, 1, 0x7FFFFFFC, 4, 400, (SOCKET)-2, 8};
    return none[byte - 248];
}

HANDLE any_object(struct draw *from)
{
    const uint8_t byte = draw(from);
    if (byte < 224)
        return fuzz.objects[byte % OBJECTS];
    if (byte < 240)
        return (HANDLE)fuzz.sockets[byte % SOCKETS];
    static const intptr_t none[] = {0, -1, -2, 1, 3, 4, 400, 0x7FFFFFFC};
    return (HANDLE)none[byte % 8];
}

void keep_socket(struct draw *from, SOCKET s)
{
    judge(s == INVALID_SOCKET);
    if (s != INVALID_SOCKET)
        fuzz.sockets[draw_below(from, SOCKETS)] = s;
}

void keep_object(struct draw *from, HANDLE object)
{
    judge(object == NULL || object == INVALID_HANDLE_VALUE);
    if (object != NULL && object != INVALID_HANDLE_VALUE)
        fuzz.objects[draw_below(from, OBJECTS)] = object;
}

void *any_memory(struct draw *from, size_t size)
{
    enum { GRAIN = 8 };
    const uint8_t byte = draw(from);
    char *const end = fuzz.room + ROOM_SIZE;
    if (size > ROOM_SIZE)
        size = ROOM_SIZE;
    switch (byte % 32) {
    case 26:
        return NULL;
    case 27:
        return fuzz.read_only + byte / 32 * GRAIN;
    case 28:
        return fuzz.no_access + byte / 32 * GRAIN;
    case 29:
        return end - (size / 2 + GRAIN - 1) / GRAIN * GRAIN;
    case 30:
        return end - (size + GRAIN - 1) / GRAIN * GRAIN;
    case 31:
        return byte < 128 ? (void *)(uintptr_t)0xFFFF900000000000u : (void *)(uintptr_t)GRAIN;
    default:
        return fuzz.room + byte * 128;
    }
}

void *any_bytes(struct draw *from, size_t size)
{
    char *memory = any_memory(from, size);
    const uint8_t byte = draw(from);
    return memory != NULL && byte % 4 == 3 ? memory + byte / 32 : memory;
}

int any_length(struct draw *from, size_t size)
{
    static const int others[] = {1, 2, 4, 15, 16, 28, 64, 1000, 20000, ROOM_SIZE, INT_MAX, -1};
    switch (draw_below(from, 12)) {
    case 8:
        return 0;
    case 9:
        return (int)size - 1;
    case 10:
        return (int)size + 1;
    case 11:
        return DRAW_OF(from, others);
    default:
        return (int)size;
    }
}

int any_number(struct draw *from)
{
    static const int numbers[] = {0,   1,   2,   3,       4,       5,       16,      64,
                                  100, 255, 256, 1000,    4096,    65535,   65536,   -1,
                                  -2,  1,   0,   INT_MAX, INT_MIN, 0x10001, 0x50001, 8192};
    return DRAW_OF(from, numbers);
}

DWORD any_time(struct draw *from)
{
    static const DWORD times[] = {0, 0, 1, 2, 10, 50, 100, 101, 300, 1000};
    return DRAW_OF(from, times);
}

LPWSAOVERLAPPED any_overlapped(struct draw *from)
{
    const uint8_t byte = draw(from);
    LPWSAOVERLAPPED overlapped = &fuzz.overlapped[byte % OVERLAPPEDS];
    if (byte >= 248)
        return any_memory(from, sizeof *overlapped);
    if (byte >= 200)
        return NULL;
    /* Of one that pends it is too late: a program's mistake, and no more. */
    overlapped->hEvent = byte < 64 ? any_object(from) : NULL;
    if (byte < 16)
        overlapped->hEvent = (HANDLE)((uintptr_t)overlapped->hEvent | 1);
    return overlapped;
}

/* Comes back into Winsock from within, as a routine may. */
void upcall(void)
{
    const DWORD error = GetLastError();
    const unsigned number = fuzz.upcalls++;
    const SOCKET s = fuzz.sockets[number / 8 % SOCKETS];
    switch (number % 8) {
    case 1:
        closesocket(s);
        break;
    case 3:
        CancelIoEx((HANDLE)s, NULL);
        break;
    case 5:
        send(s, fuzz.room, 3, 0);
        break;
    case 7:
        SleepEx(1, TRUE);
        break;
    default:
        break;
    }
    SetLastError(error);
}

static void CALLBACK completed(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    (void)bytes, (void)flags;
    ASSERT(overlapped != NULL);
    judge_error(error);
    upcall();
}

LPWSAOVERLAPPED_COMPLETION_ROUTINE any_routine(struct draw *from)
{
    return draw_chance(from, 3) ? completed : NULL;
}

void any_buffers(struct draw *from, WSABUF buffers[4])
{
    static const unsigned sizes[] = {1, 5, 0, 64, 3, 1000, 20000, 2};
    for (int i = 0; i < 4; i++) {
        const unsigned size = DRAW_OF(from, sizes);
        buffers[i].buf = any_bytes(from, size);
        buffers[i].len = draw_chance(from, 16) ? (ULONG)any_length(from, size) : size;
    }
}

static void name_4(struct draw *from, struct drawn_name *name)
{
    /* The last four: the machine's own on the LAN, one that answers, a silent one, nobody. */
    static const ULONG addresses[] = {INADDR_LOOPBACK, INADDR_LOOPBACK,  INADDR_LOOPBACK,
                                      INADDR_LOOPBACK, INADDR_ANY,       0x7F000002,
                                      0xE0000005,      INADDR_BROADCAST, 0xC0A8010A,
                                      0xC0A80114,      0xC0A80115,       0xC0000201};
    SOCKADDR_IN *in = (SOCKADDR_IN *)&name->bytes;
    in->sin_family = AF_INET;
    in->sin_addr.s_addr = htonl(DRAW_OF(from, addresses));
    in->sin_port = htons((u_short)(FIRST_PORT + draw_below(from, PORTS)));
    name->size = sizeof *in;
}

static void name_6(struct draw *from, struct drawn_name *name)
{
    SOCKADDR_IN6 *in = (SOCKADDR_IN6 *)&name->bytes;
    const unsigned kind = draw_below(from, 5);
    in->sin6_family = AF_INET6;
    in->sin6_port = htons((u_short)(FIRST_PORT + draw_below(from, PORTS)));
    if (kind < 2)
        in->sin6_addr.s6_addr[15] = 1;
    else if (kind == 2)
        memcpy(in->sin6_addr.s6_addr + 10, "\xFF\xFF\x7F\0\0\1", 6);
    else if (kind == 3)
        memcpy(in->sin6_addr.s6_addr, "\xFF\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\5", 16);
    in->sin6_scope_id = draw_chance(from, 8) ? 77 : 0;
    name->size = sizeof *in;
}

void any_name(struct draw *from, struct drawn_name *name)
{
    static const ADDRESS_FAMILY families[] = {AF_UNSPEC, AF_INET6, 99, AF_INET, AF_UNIX};
    *name = (struct drawn_name){.address = (const struct sockaddr *)&name->bytes};
    if (draw_chance(from, 4))
        name_6(from, name);
    else
        name_4(from, name);
    if (draw_chance(from, 6))
        ((SOCKADDR_IN *)&name->bytes)->sin_port = draw_chance(from, 3) ? 0xFFFF : 0;
    if (draw_chance(from, 24))
        name->bytes.ss_family = DRAW_OF(from, families);
    if (draw_chance(from, 24))
        name->size = any_length(from, (size_t)name->size);
    if (draw_chance(from, 24))
        name->address = any_bytes(from, sizeof name->bytes);
    /* What is said to be longer lies where the end of the room is seen. */
    if (name->address == (const struct sockaddr *)&name->bytes &&
        (name->size < 0 || (size_t)name->size > sizeof name->bytes))
        name->address = (const struct sockaddr *)fuzz.room;
}

const char *any_text(struct draw *from)
{
    static const char *const texts[] = {
        "localhost",
        "127.0.0.1",
        "::1",
        "echo.example",
        "http",
        "5000",
        "",
        "nobody.example",
        "192.168.1.20",
        "tcp",
        "udp",
        "fe80::1%1",
        "999.1.1.1",
        "1.2.3.4:80",
        "[::1]:80",
        "a.name.that.is.longer.than.sixty-three.bytes.in.all.but.not.in.any.of.its.labels"};
    return draw_chance(from, 24) ? NULL : DRAW_OF(from, texts);
}

const WCHAR *any_wide_text(struct draw *from)
{
    static const WCHAR *const texts[] = {
        (const WCHAR *)u"localhost", (const WCHAR *)u"127.0.0.1",
        (const WCHAR *)u"::1",       (const WCHAR *)u"echo.example",
        (const WCHAR *)u"http",      (const WCHAR *)u"5000",
        (const WCHAR *)u"",          (const WCHAR *)u"nobody.example"};
    return draw_chance(from, 24) ? NULL : DRAW_OF(from, texts);
}
