#include "sim/tcpip/porttable.h"

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/tcpip/endpoint.h"

static struct endpoint **head_of(const struct porttable *table, uint32_t port)
{
    ASSERT(port < PORT_END);
    struct endpoint **page = table->pages[port / PORTTABLE_PAGE];
    return page == NULL ? NULL : &page[port % PORTTABLE_PAGE];
}

struct endpoint *porttable_at(const struct porttable *table, uint32_t port)
{
    struct endpoint **head = head_of(table, port);
    return head == NULL ? NULL : *head;
}

bool porttable_reserve(struct porttable *table, struct arena *arena, uint32_t port)
{
    struct endpoint ***page = &table->pages[port / PORTTABLE_PAGE];

    if (*page == NULL)
        *page = arena_take(arena, PORTTABLE_PAGE * sizeof **page);
    return *page != NULL;
}

void porttable_add(struct porttable *table, struct endpoint *endpoint)
{
    struct endpoint **head = head_of(table, endpoint->port);

    ASSERT(head != NULL);
    ASSERT(endpoint->next == NULL && endpoint->previous == NULL);
    if (*head == NULL) {
        *head = endpoint;
        endpoint->previous = endpoint;
    } else {
        endpoint->previous = (*head)->previous;
        endpoint->previous->next = endpoint;
        (*head)->previous = endpoint;
    }
    table->count++;
}

void porttable_remove(struct porttable *table, struct endpoint *endpoint)
{
    struct endpoint **head = head_of(table, endpoint->port);

    ASSERT(head != NULL && *head != NULL && table->count > 0);
    if (endpoint->next != NULL)
        endpoint->next->previous = endpoint->previous;
    else
        (*head)->previous = endpoint->previous;
    if (*head == endpoint)
        *head = endpoint->next;
    else
        endpoint->previous->next = endpoint->next;
    endpoint->next = NULL;
    endpoint->previous = NULL;
    table->count--;
}

uint32_t porttable_next_bound(const struct porttable *table, uint32_t first, uint32_t end)
{
    ASSERT(first <= end && end <= PORT_END);
    for (uint32_t port = first; port < end;) {
        struct endpoint **head = head_of(table, port);
        if (head == NULL) {
            port = (port / PORTTABLE_PAGE + 1) * PORTTABLE_PAGE;
            continue;
        }
        if (*head != NULL)
            return port;
        port++;
    }
    return end;
}

static bool is_used(const struct porttable *table, uint32_t port)
{
    for (const struct endpoint *e = porttable_at(table, port); e != NULL; e = e->next)
        if (!e->overlooked)
            return true;
    return false;
}

uint32_t porttable_next_used(const struct porttable *table, uint32_t first, uint32_t end)
{
    uint32_t port = porttable_next_bound(table, first, end);

    while (port < end && !is_used(table, port))
        port = porttable_next_bound(table, port + 1, end);
    return port;
}

void porttable_check(const struct porttable *table, enum protocol protocol)
{
    uint32_t count = 0;

    for (uint32_t port = porttable_next_bound(table, 0, PORT_END); port < PORT_END;
         port = porttable_next_bound(table, port + 1, PORT_END)) {
        const struct endpoint *head = porttable_at(table, port);
        ASSERT(head->previous->next == NULL);
        for (const struct endpoint *e = head; e != NULL; e = e->next) {
            ASSERT(e->port == port);
            ASSERT(e->protocol == protocol);
            if (e->next != NULL)
                ASSERT(e->next->previous == e);
            endpoint_check(e);
            count++;
        }
    }
    ASSERT(count == table->count);
}
