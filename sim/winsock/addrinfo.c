#include "sim/winsock/addrinfo.h"

#include <string.h>

#include "sim/winsock/files.h"
#include "sim/winsock/leavings.h"
#include "sim/winsock/memory.h"
#include "sim/winsock/text.h"

/* What a lookup beyond this machine takes, at most. */
enum { LOOKUP_NS = 20000000 };

/* ---- Reading the question -------------------------------------------------------------------- */

int names_finish(const struct call *call, nt_status status)
{
    int error = 0;
    int result = call_finish(call, status, &error);
    call_return(result, error);
    return error;
}

bool names_read(const struct call *call, const char *from, char *to, size_t size, bool *has)
{
    *has = from != NULL;
    to[0] = '\0';
    for (size_t i = 0; from != NULL; i++) {
        if (i == size || !memory_probe(call, from + i, 1, ACCESS_READ))
            return false;
        memory_read(call, to + i, from + i, 1);
        if (to[i] == '\0')
            break;
    }
    return true;
}

bool names_read_wide(const struct call *call, const WCHAR *from, char *to, size_t size, bool *has)
{
    *has = from != NULL;
    to[0] = '\0';
    for (size_t i = 0; from != NULL; i++) {
        WCHAR character;
        if (i == size || !memory_probe(call, from + i, sizeof character, ACCESS_READ))
            return false;
        memory_read(call, &character, from + i, sizeof character);
        to[i] = character < 0x80 ? (char)character : '?';
        if (character == 0)
            break;
    }
    return true;
}

bool names_read_question(const struct call *call, const void *node, const void *service, bool wide,
                         struct names_question *question)
{
    char *to = question->node, *service_to = question->service;
    bool *has = &question->has_node, *has_service = &question->has_service;
    if (wide)
        return names_read_wide(call, node, to, sizeof question->node, has) &&
               names_read_wide(call, service, service_to, sizeof question->service, has_service);
    return names_read(call, node, to, sizeof question->node, has) &&
           names_read(call, service, service_to, sizeof question->service, has_service);
}

nt_status names_take_hints(struct names_question *question, const struct names_hints *hints)
{
    if (!hints->clean)
        return STATUS_NO_RECOVERY;
    question->flags = hints->flags;
    question->family = hints->family;
    question->type = hints->type;
    question->protocol = hints->protocol;
    return STATUS_SUCCESS;
}

/* ---- Finding --------------------------------------------------------------------------------- */

struct service {
    uint16_t port;
    unsigned transports; /* 0: the question's type and protocol stand as they are */
};

static nt_status find_service(const struct names_question *question, struct service *out)
{
    uint32_t number;
    *out = (struct service){0};
    if (!question->has_service)
        return STATUS_SUCCESS;
    if (question->service[0] == '\0' || text_read_number(question->service, 0xffff, &number)) {
        out->port = question->service[0] == '\0' ? 0 : (uint16_t)number;
        return STATUS_SUCCESS;
    }
    if ((question->flags & AI_NUMERICSERV) != 0)
        return STATUS_HOST_NOT_FOUND;
    enum transports wanted = TRANSPORT_BOTH;
    if (question->type == SOCK_STREAM || question->protocol == IPPROTO_TCP)
        wanted = TRANSPORT_TCP;
    else if (question->type == SOCK_DGRAM || question->protocol == IPPROTO_UDP)
        wanted = TRANSPORT_UDP;
    const struct service_row *row = service_of_name(question->service, wanted);
    if (row == NULL || question->type == SOCK_RAW)
        return STATUS_TYPE_NOT_FOUND;
    out->port = row->port;
    out->transports = row->transports & wanted;
    return STATUS_SUCCESS;
}

static void add(struct names_found *found, int type, int protocol, const struct address *address,
                uint16_t port)
{
    if (found->count == FOUND_MAX)
        return;
    found->items[found->count].type = type;
    found->items[found->count].protocol = protocol;
    found->items[found->count].name = (struct name){.address = *address, .port = port};
    found->count++;
}

static void add_address(const struct names_question *question, struct names_found *found,
                        const struct address *address, const struct service *service)
{
    if (service->transports == 0)
        add(found, question->type, question->protocol, address, service->port);
    if ((service->transports & TRANSPORT_TCP) != 0)
        add(found, SOCK_STREAM, question->type == 0 ? IPPROTO_TCP : question->protocol, address,
            service->port);
    if ((service->transports & TRANSPORT_UDP) != 0)
        add(found, SOCK_DGRAM, question->type == 0 ? IPPROTO_UDP : question->protocol, address,
            service->port);
}

static struct address map_to_6(const struct address *address)
{
    struct address mapped = {.family = FAMILY_6, .bytes = {[10] = 0xff, [11] = 0xff}};
    memcpy(mapped.bytes + 12, address->bytes, 4);
    return mapped;
}

static void add_all(const struct names_question *question, struct names_found *found,
                    const struct resolution *resolution, const struct service *service)
{
    bool want_4 = question->family != AF_INET6;
    bool want_6 = question->family != AF_INET;
    for (uint32_t i = 0; i < resolution->count; i++) {
        const struct address *address = &resolution->addresses[i];
        if (address->family == FAMILY_4 ? want_4 : want_6)
            add_address(question, found, address, service);
    }
    bool map = question->family == AF_INET6 && (question->flags & AI_V4MAPPED) != 0 &&
               (found->count == 0 || (question->flags & AI_ALL) != 0);
    for (uint32_t i = 0; map && i < resolution->count; i++) {
        if (resolution->addresses[i].family == FAMILY_4) {
            const struct address mapped = map_to_6(&resolution->addresses[i]);
            add_address(question, found, &mapped, service);
        }
    }
}

/* A node that is a number; or none at all, which is the wildcard or loopback. */
static bool find_number(const struct call *call, const struct names_question *question,
                        struct resolution *out)
{
    static const struct address wildcards[] = {{FAMILY_6, {0}, 0}, {FAMILY_4, {0}, 0}};
    static const struct address loopbacks[] = {{FAMILY_6, {[15] = 1}, 0},
                                               {FAMILY_4, {127, 0, 0, 1}, 0}};
    struct text_name read;
    const char *end;
    *out = (struct resolution){.name = question->node, .count = 1};

    if (!question->has_node) {
        bool passive = (question->flags & AI_PASSIVE) != 0 &&
                       !BEHAVES(call->profile, passive_address, loopback);
        memcpy(out->addresses, passive ? wildcards : loopbacks, sizeof wildcards);
        out->count = 2;
        return true;
    }
    struct address *address = &out->addresses[0];
    if (text_read_4(question->node, false, address->bytes, &end) && *end == '\0') {
        address->family = FAMILY_4;
        return true;
    }
    if (question->node[0] != '[' && text_read_name(question->node, AF_INET6, true, &read)) {
        *address = (struct address){.family = FAMILY_6, .scope = read.scope};
        memcpy(address->bytes, read.bytes, sizeof read.bytes);
        return true;
    }
    return false;
}

static nt_status find_node(const struct call *call, const struct names_question *question,
                           struct resolution *out)
{
    struct nt *nt = call->winsock->nt;
    if ((question->flags & AI_NUMERICHOST) != 0 && !BEHAVES(call->profile, numeric_host, looks_up))
        return STATUS_HOST_NOT_FOUND;
    nt_status status = resolve_name(call->winsock, question->node, out);
    if (status == STATUS_HOST_DOWN)
        return STATUS_TRY_AGAIN;
    bool local =
        nt_success(status) && (out->name == own_name || names_equal(out->name, "localhost"));
    if (!local) {
        wait_for_time(nt, 1 + choose(&nt->engine->choices, CHOICE_LATENCY, LOOKUP_NS),
                      "getaddrinfo");
    }
    return status;
}

static nt_status judge(const struct names_question *question)
{
    if (!question->has_node && !question->has_service)
        return STATUS_HOST_NOT_FOUND;
    if ((question->flags & AI_CANONNAME) != 0 && !question->has_node)
        return STATUS_INVALID_PARAMETER;
    if (question->family != AF_UNSPEC && question->family != AF_INET &&
        question->family != AF_INET6)
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    if (question->type < 0 || question->type > SOCK_SEQPACKET)
        return STATUS_SOCKET_TYPE_NOT_SUPPORTED;
    return STATUS_SUCCESS;
}

nt_status names_ask(const struct call *call, const struct names_question *question,
                    struct names_found *found)
{
    struct service service;
    struct resolution resolution;
    memset(found, 0, sizeof *found);
    nt_status status = judge(question);
    if (nt_success(status))
        status = find_service(question, &service);
    if (!nt_success(status))
        return status;
    bool number = find_number(call, question, &resolution);
    if (!number)
        status = find_node(call, question, &resolution);
    if (!nt_success(status))
        return status;

    add_all(question, found, &resolution, &service);
    if (found->count == 0)
        return number ? STATUS_HOST_NOT_FOUND : STATUS_NO_DATA;
    found->has_canonical = (question->flags & (AI_CANONNAME | AI_FQDN)) != 0;
    if (found->has_canonical)
        strcpy(found->canonical, resolution.name);
    return STATUS_SUCCESS;
}

/* ---- Answering ------------------------------------------------------------------------------- */

#define ASSERT_ALIKE(member)                                                                       \
    _Static_assert(offsetof(ADDRINFOEXA, member) == offsetof(ADDRINFOA, member), #member)
ASSERT_ALIKE(ai_flags);
ASSERT_ALIKE(ai_family);
ASSERT_ALIKE(ai_socktype);
ASSERT_ALIKE(ai_protocol);
ASSERT_ALIKE(ai_addrlen);
ASSERT_ALIKE(ai_canonname);
ASSERT_ALIKE(ai_addr);

/* Behind the structure the guest sees: the node's own size, the address, the name. */
struct node_tail {
    size_t size;
    unsigned char *node;
    struct node_tail *next; /* of the process' */
    struct node_tail **at;  /* that names this one */
    union {
        SOCKADDR_IN in;
        SOCKADDR_IN6 in6;
    } address;
};

static size_t tail_of(size_t node_size)
{
    return (node_size + 7) & ~(size_t)7;
}

static struct node_tail *new_node(const struct call *call, size_t node_size, size_t name_size)
{
    size_t size = tail_of(node_size) + sizeof(struct node_tail) + name_size;
    unsigned char *node = arena_take(&call->winsock->nt->engine->arena, size);
    if (node == NULL)
        return NULL;
    struct node_tail *tail = (struct node_tail *)(void *)(node + tail_of(node_size));
    struct node_tail **first = &winsock_process(call->process)->nodes;
    tail->size = size;
    tail->node = node;
    tail->next = *first;
    tail->at = first;
    if (tail->next != NULL)
        tail->next->at = &tail->next;
    *first = tail;
    return tail;
}

static void free_node(struct winsock *winsock, struct node_tail *tail)
{
    *tail->at = tail->next;
    if (tail->next != NULL)
        tail->next->at = tail->at;
    arena_give(&winsock->nt->engine->arena, tail->node, tail->size);
}

void names_node_free(void *node, size_t node_size)
{
    unsigned char *bytes = node;
    free_node(winsock_attached(), (struct node_tail *)(void *)(bytes + tail_of(node_size)));
}

/* What it has not freed itself. */
void nodes_drop(struct winsock *winsock, struct process *process)
{
    struct winsock_process *own = winsock_process(process);
    while (own->nodes != NULL)
        free_node(winsock, own->nodes);
}

int names_put(const struct name *name, struct sockaddr *to)
{
    if (name->address.family == FAMILY_4) {
        SOCKADDR_IN *in = (SOCKADDR_IN *)(void *)to;
        in->sin_family = AF_INET;
        in->sin_port = htons(name->port);
        memcpy(&in->sin_addr, name->address.bytes, 4);
        return (int)sizeof *in;
    }
    SOCKADDR_IN6 *in6 = (SOCKADDR_IN6 *)(void *)to;
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(name->port);
    in6->sin6_scope_id = name->address.scope;
    memcpy(&in6->sin6_addr, name->address.bytes, 16);
    return (int)sizeof *in6;
}

void *names_node(const struct call *call, const struct names_answer *answer, uint32_t index)
{
    const struct names_found *found = answer->found;
    bool named = index == 0 && found->has_canonical;
    size_t characters = named ? strlen(found->canonical) + 1 : 0;
    struct node_tail *tail =
        new_node(call, answer->node_size, characters * (answer->wide ? sizeof(WCHAR) : 1));
    if (tail == NULL)
        return NULL;
    void *name = named ? tail + 1 : NULL;
    if (named && answer->wide)
        text_widen(found->canonical, name);
    else if (named)
        memcpy(name, found->canonical, characters);

    ADDRINFOA *node = (ADDRINFOA *)(void *)tail->node;
    struct sockaddr *address = (struct sockaddr *)&tail->address;
    node->ai_flags = answer->question->flags & (named ? AI_CANONNAME : 0);
    node->ai_family = found->items[index].name.address.family == FAMILY_4 ? AF_INET : AF_INET6;
    node->ai_socktype = found->items[index].type;
    node->ai_protocol = found->items[index].protocol;
    node->ai_addrlen = (size_t)names_put(&found->items[index].name, address);
    node->ai_canonname = name;
    node->ai_addr = address;
    return node;
}
