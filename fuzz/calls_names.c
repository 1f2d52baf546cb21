/* Calls that look up names and addresses, and turn them into text and back. */
#include <string.h>

#include <iphlpapi.h>

#include "fuzz/calls_run.h"

static void any_hints(struct draw *from, ADDRINFOA *hints)
{
    static const int families[] = {0, AF_INET, AF_INET6, 99}, types[] = {0, 1, 2, 9};
    *hints = (ADDRINFOA){.ai_flags = draw_chance(from, 4) ? any_number(from) : (int)draw(from) & 7,
                         .ai_family = DRAW_OF(from, families),
                         .ai_socktype = DRAW_OF(from, types)};
}

static void call_getaddrinfo(struct draw *from)
{
    ADDRINFOA hints, *found = NULL;
    any_hints(from, &hints);
    const char *node = any_text(from), *service = any_text(from);
    const DWORD error = (DWORD)getaddrinfo(node, service, draw_chance(from, 3) ? NULL : &hints,
                                           draw_chance(from, 24) ? NULL : &found);
    judge_error(error);
    freeaddrinfo(found);
}

static void call_getaddrinfo_wide(struct draw *from)
{
    ADDRINFOA hints;
    ADDRINFOW wide, *found = NULL;
    any_hints(from, &hints);
    memcpy(&wide, &hints, sizeof wide);
    const WCHAR *node = any_wide_text(from), *service = any_wide_text(from);
    judge_error((DWORD)GetAddrInfoW(node, service, draw_chance(from, 3) ? NULL : &wide, &found));
    FreeAddrInfoW(found);
}

static void CALLBACK looked_up(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped)
{
    (void)bytes, (void)overlapped;
    judge_error(error);
    upcall();
}

/* What pends is written at its end. Nobody frees what it found: Winsock ends with the process. */
static PADDRINFOEXW found_later[4];

static void call_getaddrinfoex(struct draw *from)
{
    static HANDLE canceled[4];
    struct timeval time = {.tv_usec = 200000};
    const unsigned slot = draw_below(from, 4);
    const WCHAR *node = any_wide_text(from), *service = any_wide_text(from);
    LPWSAOVERLAPPED overlapped = any_overlapped(from);
    const bool told = overlapped != NULL && draw_chance(from, 3);
    const INT error = GetAddrInfoExW(
        node, service, NS_DNS, NULL, NULL, &found_later[slot], draw_chance(from, 2) ? &time : NULL,
        overlapped, told ? looked_up : NULL, overlapped != NULL ? &canceled[slot] : NULL);
    judge_error((DWORD)error);
    if (error == 0 && overlapped == NULL)
        FreeAddrInfoExW(found_later[slot]);
    if (error == WSA_IO_PENDING && draw_chance(from, 2))
        judge_error((DWORD)GetAddrInfoExCancel(&canceled[slot]));
}

static void call_getnameinfo(struct draw *from)
{
    struct drawn_name name;
    any_name(from, &name);
    char *node = any_memory(from, 64), *service = any_memory(from, 64);
    const DWORD node_size = (DWORD)any_length(from, 64), service_size = (DWORD)any_length(from, 64);
    judge_error((DWORD)getnameinfo(name.address, name.size, node, node_size, service, service_size,
                                   (int)draw_below(from, 64)));
}

static void call_old_lookups(struct draw *from)
{
    const char *text = any_text(from), *protocol = any_text(from);
    struct drawn_name name;
    switch (draw_below(from, 7)) {
    case 0:
        judge(gethostbyname(text) == NULL);
        break;
    case 1:
        any_name(from, &name);
        judge(gethostbyaddr((const char *)&name.bytes + 4, any_length(from, 4), AF_INET) == NULL);
        break;
    case 2:
        judge(getservbyname(text, protocol) == NULL);
        break;
    case 3:
        judge(getservbyport(htons((u_short)draw(from)), protocol) == NULL);
        break;
    case 4:
        judge(getprotobyname(text) == NULL);
        break;
    case 5:
        judge(getprotobynumber(any_number(from)) == NULL);
        break;
    default: {
        char *own = any_memory(from, 64);
        judge(gethostname(own, any_length(from, 64)) != 0);
    }
    }
}

static void call_text(struct draw *from)
{
    static DWORD size;
    static INT length;
    struct drawn_name name;
    any_name(from, &name);
    if (draw_chance(from, 2)) {
        size = (DWORD)any_length(from, 64);
        char *text = any_memory(from, 64);
        judge(WSAAddressToStringA((LPSOCKADDR)(uintptr_t)name.address, (DWORD)name.size, NULL, text,
                                  &size) != 0);
        return;
    }
    char text[128] = "";
    const char *drawn = any_text(from);
    if (drawn != NULL)
        strcpy(text, drawn);
    length = any_length(from, 28);
    void *address = any_memory(from, 128);
    judge(WSAStringToAddressA(drawn == NULL ? NULL : text,
                              draw_chance(from, 2) ? AF_INET : AF_INET6, NULL, address,
                              &length) != 0);
}

static void call_lookup(struct draw *from)
{
    static WSAQUERYSETW query;
    static const GUID host_names = {0x0002A803, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}};
    static DWORD size;
    HANDLE lookup = any_object(from);
    switch (draw_below(from, 4)) {
    case 0:
        query = (WSAQUERYSETW){.dwSize = draw_chance(from, 8) ? 0 : sizeof query,
                               .dwNameSpace = draw_chance(from, 4) ? NS_ALL : NS_DNS};
        query.lpServiceClassId = (LPGUID)(uintptr_t)&host_names;
        query.lpszServiceInstanceName = (LPWSTR)(uintptr_t)any_wide_text(from);
        lookup = NULL;
        const int result = WSALookupServiceBeginW(
            draw_chance(from, 16) ? any_memory(from, sizeof query) : &query,
            draw_chance(from, 2) ? LUP_RETURN_ALL : (DWORD)any_number(from), &lookup);
        judge(result != 0);
        if (result == 0)
            keep_object(from, lookup);
        break;
    case 1:
    case 2:
        size = (DWORD)any_length(from, 1024);
        judge(WSALookupServiceNextW(lookup, draw_chance(from, 2) ? LUP_RETURN_ALL : 0, &size,
                                    any_memory(from, 1024)) != 0);
        break;
    default:
        judge(WSALookupServiceEnd(lookup) != 0);
    }
}

static void call_async_lookup(struct draw *from)
{
    static char answer[8][512];
    HWND window = (HWND)any_object(from);
    const char *text = any_text(from);
    char *buffer = answer[draw_below(from, 8)];
    const int size = draw_chance(from, 4) ? 5 : 512;
    switch (draw_below(from, 3)) {
    case 0:
        keep_object(from, WSAAsyncGetHostByName(window, WM_USER, text, buffer, size));
        break;
    case 1:
        keep_object(from,
                    WSAAsyncGetServByName(window, WM_USER, text, any_text(from), buffer, size));
        break;
    default:
        judge(WSACancelAsyncRequest(any_object(from)) != 0);
    }
}

static void call_tables(struct draw *from)
{
    static DWORD size;
    static const ULONG families[] = {AF_INET, AF_INET6, AF_UNSPEC, 99};
    size = draw_chance(from, 3) ? (DWORD)draw(from) : ROOM_SIZE;
    const ULONG family = DRAW_OF(from, families);
    switch (draw_below(from, 4)) {
    case 0:
        judge_error(GetExtendedTcpTable(fuzz.room, &size, TRUE, family,
                                        (TCP_TABLE_CLASS)draw_below(from, 10), 0));
        break;
    case 1:
        judge_error(GetExtendedUdpTable(fuzz.room, &size, FALSE, family,
                                        (UDP_TABLE_CLASS)draw_below(from, 4), 0));
        break;
    case 2:
        judge_error(
            GetAdaptersAddresses(family, (ULONG)draw(from), NULL, (void *)fuzz.room, &size));
        break;
    default:
        judge_error(GetTcpTable((void *)fuzz.room, &size, TRUE));
    }
}

static void call_persistent(struct draw *from)
{
    static ULONG64 token;
    const USHORT port = htons((USHORT)(FIRST_PORT + draw_below(from, 8)));
    const USHORT count = (USHORT)draw_below(from, 4);
    switch (draw_below(from, 4)) {
    case 0:
        judge_error(CreatePersistentTcpPortReservation(port, count, &token));
        break;
    case 1:
        judge_error(CreatePersistentUdpPortReservation(port, count, &token));
        break;
    case 2:
        judge_error(LookupPersistentTcpPortReservation(port, count, &token));
        break;
    default:
        judge_error(DeletePersistentTcpPortReservation(port, count));
    }
}

const struct operation calls_of_names[] = {
    {"getaddrinfo", call_getaddrinfo},
    {"GetAddrInfoW", call_getaddrinfo_wide},
    {"GetAddrInfoExW", call_getaddrinfoex},
    {"getnameinfo", call_getnameinfo},
    {"gethostbyname and kin", call_old_lookups},
    {"WSAAddressToString and back", call_text},
    {"WSALookupService", call_lookup},
    {"WSAAsyncGetHostByName", call_async_lookup},
    {"tables of iphlpapi", call_tables},
    {"persistent reservations", call_persistent},
    {NULL, NULL},
};
