/* Echo requests and their replies. Pages: IcmpSendEcho, IcmpSendEcho2, Icmp6SendEcho2,
 * IcmpParseReplies. Hosts of this network are one step away, others two, behind the router, which
 * tells when a request's time to live ends there. A request goes over the wire that everything else
 * goes over: what is lost there is not answered.
 */
#include "sim/iphlpapi/help.h"

#define PIO_APC_ROUTINE_DEFINED
#include <icmpapi.h>

#include "sim/engine/arena.h"
#include "sim/nt/apc.h"
#include "sim/nt/plain_file.h"
#include "sim/tcpip/link.h"
#include "sim/tcpip/place.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/remote.h"

static const char icmp_4, icmp_6; /* what a handle means */

enum {
    OWN_TTL = 128,
    HOST_TTL = 64,
    ROOM_BEHIND = 8, /* that a reply buffer must have more (the page's words) */
    ETHERNET_MTU = 1500,
    HEADERS_4 = 28,
    HEADERS_6 = 48
};

static const uint64_t NS_PER_MS = 1000000, NO_ANSWER_NS = UINT64_MAX, SEARCH_NS = 3000000000u;

struct echo {
    struct address to;
    const void *data; /* the guest's */
    DWORD size;
    void *reply;
    DWORD room;
    DWORD timeout_ms;
    uint8_t ttl, tos;
    bool whole; /* IP_FLAG_DF */
};

struct outcome {
    ULONG status;
    struct address from;
    uint64_t after_ns; /* NO_ANSWER_NS when nothing comes */
    uint8_t ttl;
};

static void fail(DWORD error)
{
    winsock_attached()->nt->current->last_error = error;
}

/* ---- Who answers ----------------------------------------------------------------------------- */

static bool on_this_network(const struct address *to)
{
    const struct interface *lan = interface_find(INTERFACE_LAN);
    const struct address *own = interface_address(lan, to->family);
    bool on_link = to->family == FAMILY_6 && to->bytes[0] == 0xfe && (to->bytes[1] & 0xc0) == 0x80;
    return on_link || interface_same_network(own, to, lan->prefixes[own - lan->addresses]);
}

static bool is_gateway(const struct address *to)
{
    return address_equal(to, to->family == FAMILY_4 ? &gateway_address : &gateway_address_6);
}

/* There and back: the time of both ways, or NO_ANSWER_NS when either is lost. */
static uint64_t round_trip(uint32_t interface, const struct place *from, const struct place *to)
{
    struct tcpip *tcpip = winsock_attached()->tcpip;
    uint64_t now = tcpip->nt->engine->now_ns;
    struct fate there = link_fate(tcpip, interface, from, to);
    struct fate back = link_fate(tcpip, interface, to, from);
    if (there.copies == 0 || back.copies == 0)
        return NO_ANSWER_NS;
    return there.due_ns[0] - now + (back.due_ns[0] - now);
}

static void answer(struct outcome *out, uint32_t interface, const struct address *from,
                   const struct address *to)
{
    const struct place own = place_of(from, 0), other = place_of(to, 0);
    out->from = *to;
    out->after_ns = round_trip(interface, &own, &other);
}

static void ask_outside(const struct echo *echo, const struct place *to, struct outcome *out)
{
    const struct tcpip *tcpip = winsock_attached()->tcpip;
    const struct place source = place_source_for(to, 0);
    const struct address own = place_address(&source, echo->to.family);
    const struct address *gateway =
        echo->to.family == FAMILY_4 ? &gateway_address : &gateway_address_6;
    bool near = on_this_network(&echo->to);

    out->ttl = near ? HOST_TTL : HOST_TTL - 1;
    if (near && !is_gateway(&echo->to) && !remote_is_there(tcpip, to)) {
        *out = (struct outcome){IP_DEST_HOST_UNREACHABLE, own, SEARCH_NS, OWN_TTL};
    } else if (!near && echo->ttl <= 1) {
        out->status = IP_TTL_EXPIRED_TRANSIT;
        answer(out, INTERFACE_LAN, &own, gateway);
        out->ttl = HOST_TTL;
    } else if (is_gateway(&echo->to) || remote_echoes(tcpip, to)) {
        answer(out, INTERFACE_LAN, &own, &echo->to);
    }
}

static bool is_too_big(const struct echo *echo)
{
    DWORD headers = echo->to.family == FAMILY_4 ? HEADERS_4 : HEADERS_6;
    return echo->whole && echo->size + headers > ETHERNET_MTU;
}

/* An error that nobody sent comes at once and has no reply: *error. */
static struct outcome ask(const struct echo *echo, DWORD *error)
{
    struct outcome out = {IP_SUCCESS, echo->to, NO_ANSWER_NS, OWN_TTL};
    const struct place to = place_of(&echo->to, 0);
    struct protocol_counts *counts = tcpip_counts(winsock_attached()->tcpip, echo->to.family);

    *error = NO_ERROR;
    if (address_is_wildcard(&echo->to)) {
        *error = ERROR_INVALID_NETNAME;
    } else if (place_is_local(&to)) {
        counts->echoes_out++;
        answer(&out, INTERFACE_LOOPBACK, &echo->to, &echo->to);
    } else if (!help_is_up(interface_find(INTERFACE_LAN))) {
        *error = ERROR_NETWORK_UNREACHABLE;
    } else if (is_too_big(echo)) {
        *error = IP_PACKET_TOO_BIG;
    } else {
        counts->echoes_out++;
        if (place_kind(&to) == PLACE_UNICAST)
            ask_outside(echo, &to, &out);
    }
    return out;
}

/* ---- The reply ------------------------------------------------------------------------------- */

static void put_reply_4(const struct echo *echo, const struct outcome *outcome, DWORD trip_ms)
{
    ICMP_ECHO_REPLY *reply = echo->reply;
    void *data = reply + 1;
    *reply = (ICMP_ECHO_REPLY){.Address = help_dword(&outcome->from),
                               .Status = outcome->status,
                               .RoundTripTime = trip_ms,
                               .DataSize = (USHORT)echo->size,
                               .Data = data,
                               .Options = {.Ttl = outcome->ttl, .Tos = echo->tos}};
    if (outcome->status != IP_SUCCESS)
        reply->DataSize = 0;
    else if (echo->size > 0)
        memmove(data, echo->data, echo->size);
}

static void put_reply_6(const struct echo *echo, const struct outcome *outcome, DWORD trip_ms)
{
    ICMPV6_ECHO_REPLY *reply = echo->reply;
    memset(reply, 0, sizeof *reply);
    memcpy(reply->Address.sin6_addr, outcome->from.bytes, sizeof reply->Address.sin6_addr);
    reply->Address.sin6_scope_id = outcome->from.scope;
    reply->Status = outcome->status;
    reply->RoundTripTime = trip_ms;
    if (outcome->status == IP_SUCCESS && echo->size > 0)
        memmove(reply + 1, echo->data, echo->size);
}

/* Asks and waits. Answers the number of replies, and why there is none. */
static DWORD exchange(const struct echo *echo, DWORD *error)
{
    struct nt *nt = winsock_attached()->nt;
    struct outcome outcome = ask(echo, error);
    uint64_t patience_ns = echo->timeout_ms * NS_PER_MS;

    if (*error != NO_ERROR)
        return 0;
    bool late = outcome.after_ns > patience_ns;
    wait_for_time(nt, late ? patience_ns : outcome.after_ns, "IcmpSendEcho");
    if (late) {
        *error = IP_REQ_TIMED_OUT;
        return 0;
    }
    tcpip_counts(winsock_attached()->tcpip, echo->to.family)->echo_replies_in++;
    DWORD trip_ms = (DWORD)(outcome.after_ns / NS_PER_MS);
    if (echo->to.family == FAMILY_4)
        put_reply_4(echo, &outcome, trip_ms);
    else
        put_reply_6(echo, &outcome, trip_ms);
    return 1;
}

/* ---- Later: an event or a routine ------------------------------------------------------------ */

struct later {
    struct apc apc; /* first */
    struct echo echo;
    struct object *event; /* referenced, or NULL */
    PIO_APC_ROUTINE routine;
    PVOID context;
    struct thread *asker; /* referenced while there is a routine */
    unsigned char data[];
};

static void give_back(struct later *later)
{
    arena_give(&winsock_attached()->nt->engine->arena, later, sizeof *later + later->echo.size);
}

static void call_routine(struct nt *nt, struct apc *apc)
{
    struct later *later = (struct later *)(void *)apc;
    PIO_APC_ROUTINE routine = later->routine;
    PVOID context = later->context;
    IO_STATUS_BLOCK block = {.Information = sizeof(ICMP_ECHO_REPLY)};
    (void)nt;
    give_back(later);
    routine(context, &block, 0);
}

static void drop_routine(struct nt *nt, struct apc *apc)
{
    (void)nt;
    give_back((struct later *)(void *)apc);
}

/* Status is in the reply whatever came of it, for IcmpParseReplies. */
static void work(void *context)
{
    struct later *later = context;
    struct echo echo = later->echo;
    DWORD error = NO_ERROR;

    echo.data = later->data;
    if (exchange(&echo, &error) == 0) {
        const struct outcome none = {error, echo.to, 0, 0};
        if (echo.to.family == FAMILY_4)
            put_reply_4(&echo, &none, 0);
        else
            put_reply_6(&echo, &none, 0);
    }
    if (later->event != NULL) {
        object_signal(later->event);
        object_release(later->event);
    }
    struct thread *asker = later->asker;
    if (asker == NULL) {
        give_back(later);
        return;
    }
    if (!apc_queue(asker, &later->apc))
        give_back(later);
    object_release(&asker->object);
}

struct telling {
    HANDLE event;
    PIO_APC_ROUTINE routine;
    PVOID context;
};

static DWORD start(const struct echo *echo, const struct telling *telling)
{
    struct nt *nt = winsock_attached()->nt;
    struct process *process = nt->current->process;
    struct object *event = NULL;

    if (telling->event != NULL) {
        event = handle_find(process, (uint64_t)(uintptr_t)telling->event, OBJECT_EVENT);
        if (event == NULL)
            return ERROR_INVALID_HANDLE;
    }
    struct later *later = arena_take(&nt->engine->arena, sizeof *later + echo->size);
    if (later == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    *later = (struct later){.apc = {.run = call_routine, .drop = drop_routine},
                            .echo = *echo,
                            .event = event,
                            .routine = telling->routine,
                            .context = telling->context};
    if (echo->size > 0)
        memcpy(later->data, echo->data, echo->size);
    if (thread_create(process, work, later) == NULL) {
        give_back(later);
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    if (event != NULL) {
        object_unsignal(event);
        object_reference(event);
    }
    if (telling->routine != NULL) {
        later->asker = nt->current;
        object_reference(&later->asker->object);
    }
    return ERROR_IO_PENDING;
}

/* ---- The calls ------------------------------------------------------------------------------- */

static HANDLE create(const char *call, const char *meaning)
{
    struct nt *nt = winsock_attached()->nt;
    struct file *file = plain_file_create(nt, meaning);
    uint64_t handle = 0;
    nt_status status = STATUS_INSUFFICIENT_RESOURCES;
    if (file != NULL) {
        status = handle_open(nt->current->process, &file->object, false, &handle);
        object_release(&file->object);
    }
    if (!nt_success(status))
        fail(ERROR_NOT_ENOUGH_MEMORY);
    help_finish(call, nt_success(status) ? NO_ERROR : ERROR_NOT_ENOUGH_MEMORY);
    return nt_success(status) ? (HANDLE)(uintptr_t)handle : INVALID_HANDLE_VALUE;
}

HANDLE IcmpCreateFile(void)
{
    return create("IcmpCreateFile", &icmp_4);
}

HANDLE Icmp6CreateFile(void)
{
    return create("Icmp6CreateFile", &icmp_6);
}

static bool is_handle(HANDLE handle, const char *meaning)
{
    const struct process *process = winsock_attached()->nt->current->process;
    return plain_file_find(process, (uint64_t)(uintptr_t)handle, meaning) != NULL;
}

BOOL IcmpCloseHandle(HANDLE IcmpHandle)
{
    struct process *process = winsock_attached()->nt->current->process;
    bool known = is_handle(IcmpHandle, &icmp_4) || is_handle(IcmpHandle, &icmp_6);
    if (known)
        handle_close(process, (uint64_t)(uintptr_t)IcmpHandle);
    else
        fail(ERROR_INVALID_PARAMETER);
    help_finish("IcmpCloseHandle", known ? NO_ERROR : ERROR_INVALID_PARAMETER);
    return known;
}

/* In the pages' order: the handle and room for a reply at all, then for what comes back in it. */
static DWORD check(HANDLE handle, const char *meaning, const struct echo *echo)
{
    DWORD head = meaning == &icmp_4 ? sizeof(ICMP_ECHO_REPLY) : sizeof(ICMPV6_ECHO_REPLY);
    if (!is_handle(handle, meaning) || echo->reply == NULL || echo->room < head)
        return ERROR_INVALID_PARAMETER;
    if (echo->room < head + echo->size + ROOM_BEHIND)
        return IP_BUF_TOO_SMALL;
    if (!help_can_use(echo->reply, echo->room, ACCESS_WRITE) ||
        (echo->size > 0 && !help_can_use(echo->data, echo->size, ACCESS_READ)))
        return ERROR_NOACCESS;
    return NO_ERROR;
}

static void take_options(struct echo *echo, const IP_OPTION_INFORMATION *options)
{
    echo->ttl = OWN_TTL;
    if (!help_can_use(options, sizeof *options, ACCESS_READ))
        return;
    echo->ttl = options->Ttl != 0 ? options->Ttl : OWN_TTL;
    echo->tos = options->Tos;
    echo->whole = (options->Flags & IP_FLAG_DF) != 0;
}

static DWORD carry_out(const char *call, const struct echo *echo, const struct telling *telling)
{
    DWORD error = NO_ERROR, replies = 0;
    if (telling->event != NULL || telling->routine != NULL)
        error = start(echo, telling);
    else
        replies = exchange(echo, &error);
    if (replies == 0)
        fail(error);
    help_finish(call, error);
    return replies;
}

DWORD IcmpSendEcho2Ex(HANDLE IcmpHandle, HANDLE Event, BERTH_ICMP_ROUTINE ApcRoutine,
                      PVOID ApcContext, IPAddr SourceAddress, IPAddr DestinationAddress,
                      LPVOID RequestData, WORD RequestSize, PIP_OPTION_INFORMATION RequestOptions,
                      LPVOID ReplyBuffer, DWORD ReplySize, DWORD Timeout)
{
    struct echo echo = {.to = help_from_dword(DestinationAddress),
                        .data = RequestData,
                        .size = RequestSize,
                        .reply = ReplyBuffer,
                        .room = ReplySize,
                        .timeout_ms = Timeout};
    const struct telling telling = {Event, ApcRoutine, ApcContext};
    const struct address from = help_from_dword(SourceAddress);
    DWORD error = check(IcmpHandle, &icmp_4, &echo);
    if (error == NO_ERROR && SourceAddress != 0 && interface_of(&from) == NULL)
        error = ERROR_INVALID_NETNAME;
    if (error != NO_ERROR) {
        fail(error);
        help_finish("IcmpSendEcho", error);
        return 0;
    }
    take_options(&echo, RequestOptions);
    return carry_out("IcmpSendEcho", &echo, &telling);
}

DWORD IcmpSendEcho2(HANDLE IcmpHandle, HANDLE Event, BERTH_ICMP_ROUTINE ApcRoutine,
                    PVOID ApcContext, IPAddr DestinationAddress, LPVOID RequestData,
                    WORD RequestSize, PIP_OPTION_INFORMATION RequestOptions, LPVOID ReplyBuffer,
                    DWORD ReplySize, DWORD Timeout)
{
    return IcmpSendEcho2Ex(IcmpHandle, Event, ApcRoutine, ApcContext, 0, DestinationAddress,
                           RequestData, RequestSize, RequestOptions, ReplyBuffer, ReplySize,
                           Timeout);
}

DWORD IcmpSendEcho(HANDLE IcmpHandle, IPAddr DestinationAddress, LPVOID RequestData,
                   WORD RequestSize, PIP_OPTION_INFORMATION RequestOptions, LPVOID ReplyBuffer,
                   DWORD ReplySize, DWORD Timeout)
{
    return IcmpSendEcho2Ex(IcmpHandle, NULL, NULL, NULL, 0, DestinationAddress, RequestData,
                           RequestSize, RequestOptions, ReplyBuffer, ReplySize, Timeout);
}

DWORD Icmp6SendEcho2(HANDLE IcmpHandle, HANDLE Event, BERTH_ICMP_ROUTINE ApcRoutine,
                     PVOID ApcContext, struct sockaddr_in6 *SourceAddress,
                     struct sockaddr_in6 *DestinationAddress, LPVOID RequestData, WORD RequestSize,
                     PIP_OPTION_INFORMATION RequestOptions, LPVOID ReplyBuffer, DWORD ReplySize,
                     DWORD Timeout)
{
    struct echo echo = {.to = {.family = FAMILY_6},
                        .data = RequestData,
                        .size = RequestSize,
                        .reply = ReplyBuffer,
                        .room = ReplySize,
                        .timeout_ms = Timeout};
    const struct telling telling = {Event, ApcRoutine, ApcContext};
    DWORD error = check(IcmpHandle, &icmp_6, &echo);
    if (!help_can_use(DestinationAddress, sizeof *DestinationAddress, ACCESS_READ) ||
        !help_can_use(SourceAddress, sizeof *SourceAddress, ACCESS_READ))
        error = ERROR_INVALID_PARAMETER;
    if (error != NO_ERROR) {
        fail(error);
        help_finish("Icmp6SendEcho2", error);
        return 0;
    }
    memcpy(echo.to.bytes, &DestinationAddress->sin6_addr, sizeof echo.to.bytes);
    echo.to.scope = DestinationAddress->sin6_scope_id;
    take_options(&echo, RequestOptions);
    return carry_out("Icmp6SendEcho2", &echo, &telling);
}

/* ---- What a buffer has ----------------------------------------------------------------------- */

/* A status that came from nobody is the last error, and no reply. */
static DWORD parse(ULONG status)
{
    bool none = status == IP_REQ_TIMED_OUT || status == IP_PACKET_TOO_BIG ||
                (status != IP_SUCCESS && status < IP_STATUS_BASE);
    if (none)
        fail(status);
    return none ? 0 : 1;
}

DWORD IcmpParseReplies(LPVOID ReplyBuffer, DWORD ReplySize)
{
    const ICMP_ECHO_REPLY *reply = ReplyBuffer;
    if (ReplySize < sizeof *reply || !help_can_use(reply, sizeof *reply, ACCESS_READ)) {
        fail(ERROR_INVALID_PARAMETER);
        return 0;
    }
    return parse(reply->Status);
}

DWORD Icmp6ParseReplies(LPVOID ReplyBuffer, DWORD ReplySize)
{
    const ICMPV6_ECHO_REPLY *reply = ReplyBuffer;
    if (ReplySize < sizeof *reply || !help_can_use(reply, sizeof *reply, ACCESS_READ)) {
        fail(ERROR_INVALID_PARAMETER);
        return 0;
    }
    return parse(reply->Status);
}

/* By requests of growing reach, as the page says: at most two here. */
BOOL GetRTTAndHopCount(IPAddr DestIpAddress, PULONG HopCount, ULONG MaxHops, PULONG RTT)
{
    const struct echo echo = {.to = help_from_dword(DestIpAddress), .ttl = OWN_TTL};
    const struct place to = place_of(&echo.to, 0);
    DWORD error;
    struct outcome outcome = ask(&echo, &error);
    ULONG hops = place_is_local(&to) ? 0 : on_this_network(&echo.to) ? 1 : 2;
    bool reached = error == NO_ERROR && outcome.status == IP_SUCCESS &&
                   outcome.after_ns != NO_ANSWER_NS && hops <= MaxHops &&
                   help_can_use(HopCount, sizeof *HopCount, ACCESS_WRITE) &&
                   help_can_use(RTT, sizeof *RTT, ACCESS_WRITE);
    if (reached) {
        wait_for_time(winsock_attached()->nt, outcome.after_ns, "GetRTTAndHopCount");
        *HopCount = hops;
        *RTT = (ULONG)(outcome.after_ns / NS_PER_MS);
    }
    help_finish("GetRTTAndHopCount", reached ? NO_ERROR : ERROR_NETWORK_UNREACHABLE);
    return reached;
}

DWORD GetIpErrorString(IP_STATUS ErrorCode, PWSTR Buffer, PDWORD Size)
{
    static const char *const texts[] = {
        "General failure.",
        "Buffer too small.",
        "Destination net unreachable.",
        "Destination host unreachable.",
        "Destination protocol unreachable.",
        "Destination port unreachable.",
        "No resources.",
        "Bad option.",
        "Hardware error.",
        "Packet needs to be fragmented but DF set.",
        "Request timed out.",
        "Bad request.",
        "Bad route.",
        "TTL expired in transit.",
    };
    DWORD number = ErrorCode > IP_STATUS_BASE ? ErrorCode - IP_STATUS_BASE : 0;
    const char *text = texts[number < sizeof texts / sizeof *texts ? number : 0];
    DWORD characters = (DWORD)strlen(text) + 1;
    if (!help_can_use(Size, sizeof *Size, ACCESS_WRITE))
        return help_finish("GetIpErrorString", ERROR_INVALID_PARAMETER);
    DWORD offered = *Size;
    *Size = characters;
    if (offered < characters || !help_can_use(Buffer, characters * sizeof(WCHAR), ACCESS_WRITE))
        return help_finish("GetIpErrorString", ERROR_INSUFFICIENT_BUFFER);
    help_widen(text, Buffer);
    return help_finish("GetIpErrorString", NO_ERROR);
}
