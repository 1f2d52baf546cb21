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

    if (*page != NULL)
        return true;
    *page = arena_take(arena, PORTTABLE_PAGE * sizeof **page);
    if (*page == NULL)
        return false;
    uint32_t number = port / PORTTABLE_PAGE;
    table->present[number / 64] |= UINT64_C(1) << (number % 64);
    return true;
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

/* The first page from `page` on that there is, or PORTTABLE_PAGES. */
static uint32_t next_page(const struct porttable *table, uint32_t page)
{
    while (page < PORTTABLE_PAGES) {
        uint64_t present = table->present[page / 64] >> (page % 64);
        if (present != 0)
            return page + (uint32_t)__builtin_ctzll(present);
        page = (page / 64 + 1) * 64;
    }
    return PORTTABLE_PAGES;
}

uint32_t porttable_next_bound(const struct porttable *table, uint32_t first, uint32_t end)
{
    ASSERT(first <= end && end <= PORT_END);
    if (table->count == 0)
        return end;
    for (uint32_t port = first; port < end;) {
        uint32_t page = next_page(table, port / PORTTABLE_PAGE);
        if (page > port / PORTTABLE_PAGE) {
            port = page * PORTTABLE_PAGE;
            continue;
        }
        if (table->pages[page][port % PORTTABLE_PAGE] != NULL)
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
    for (uint32_t page = next_page(table, 0); page < PORTTABLE_PAGES;
         page = next_page(table, page + 1))
        ASSERT(table->pages[page] != NULL);
}
