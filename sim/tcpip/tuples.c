#include "sim/tcpip/tuples.h"

#include <string.h>

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/tcpip/connection.h"

enum { FIRST_SIZE = 64 };

static uint64_t fold(const struct place *place)
{
    uint64_t low, high;

    memcpy(&low, place->bytes, sizeof low);
    memcpy(&high, place->bytes + sizeof low, sizeof high);
    return (low ^ (high * UINT64_C(0x9e3779b97f4a7c15))) + ((uint64_t)place->port << 40);
}

static uint32_t slot_of(const struct tuples *tuples, const struct place *local,
                        const struct place *remote)
{
    uint64_t hash = fold(local) * UINT64_C(0xff51afd7ed558ccd);

    hash = (hash ^ (hash >> 32) ^ fold(remote)) * UINT64_C(0xc4ceb9fe1a85ec53);
    return (uint32_t)(hash >> 33) & (tuples->size - 1);
}

/* Twice the size, or the first. A table that cannot grow goes on with longer chains. */
static void grow(struct tuples *tuples, struct arena *arena)
{
    struct tuples larger = {.size = tuples->size == 0 ? FIRST_SIZE : 2 * tuples->size,
                            .count = tuples->count};

    larger.heads = arena_take(arena, larger.size * sizeof *larger.heads);
    if (larger.heads == NULL)
        return;
    for (uint32_t i = 0; i < tuples->size; i++)
        while (tuples->heads[i] != NULL) {
            struct tcp *tcp = tuples->heads[i];
            tuples->heads[i] = tcp->next_tuple;
            struct tcp **head = &larger.heads[slot_of(&larger, &tcp->local, &tcp->remote)];
            tcp->next_tuple = *head;
            *head = tcp;
        }
    arena_give(arena, tuples->heads, tuples->size * sizeof *tuples->heads);
    *tuples = larger;
}

bool tuples_add(struct tuples *tuples, struct arena *arena, struct tcp *tcp)
{
    ASSERT(!tcp->in_tuples);
    if (tuples->count >= tuples->size)
        grow(tuples, arena);
    if (tuples->size == 0)
        return false;
    struct tcp **head = &tuples->heads[slot_of(tuples, &tcp->local, &tcp->remote)];
    tcp->next_tuple = *head;
    *head = tcp;
    tcp->in_tuples = true;
    tuples->count++;
    return true;
}

void tuples_remove(struct tuples *tuples, struct tcp *tcp)
{
    ASSERT(tcp->in_tuples);
    struct tcp **at = &tuples->heads[slot_of(tuples, &tcp->local, &tcp->remote)];

    while (*at != tcp)
        at = &(*at)->next_tuple;
    *at = tcp->next_tuple;
    tcp->next_tuple = NULL;
    tcp->in_tuples = false;
    tuples->count--;
}

struct tcp *tuples_find(const struct tuples *tuples, const struct place *local,
                        const struct place *remote)
{
    if (tuples->size == 0)
        return NULL;
    struct tcp *tcp = tuples->heads[slot_of(tuples, local, remote)];
    while (tcp != NULL && !(place_equal(&tcp->local, local) && place_equal(&tcp->remote, remote)))
        tcp = tcp->next_tuple;
    return tcp;
}

void tuples_visit(const struct tuples *tuples, tuple_visitor *visit)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < tuples->size; i++)
        for (struct tcp *tcp = tuples->heads[i]; tcp != NULL; tcp = tcp->next_tuple) {
            ASSERT(tcp->in_tuples && slot_of(tuples, &tcp->local, &tcp->remote) == i);
            visit(tcp);
            count++;
        }
    ASSERT(count == tuples->count);
}
