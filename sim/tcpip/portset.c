#include "sim/tcpip/portset.h"

#include "sim/engine/check.h"

#define ALL_ONES UINT64_MAX

/* The bits of word `word` that lie in the range. */
static uint64_t mask_of(uint32_t word, uint32_t first, uint32_t end)
{
    uint64_t mask = ALL_ONES;

    if (first > word * 64)
        mask &= ALL_ONES << (first % 64);
    if (end < (word + 1) * 64)
        mask &= ~(ALL_ONES << (end % 64));
    return mask;
}

static void summarize(struct portset *set, uint32_t word)
{
    uint64_t bit = UINT64_C(1) << (word % 64);

    if (set->words[word] == ALL_ONES)
        set->full[word / 64] |= bit;
    else
        set->full[word / 64] &= ~bit;
}

bool portset_has(const struct portset *set, uint32_t port)
{
    ASSERT(port < PORT_END);
    return (set->words[port / 64] >> (port % 64) & 1) != 0;
}

void portset_add(struct portset *set, uint32_t port)
{
    ASSERT(port < PORT_END);
    set->words[port / 64] |= UINT64_C(1) << (port % 64);
    summarize(set, port / 64);
}

void portset_remove(struct portset *set, uint32_t port)
{
    ASSERT(port < PORT_END);
    set->words[port / 64] &= ~(UINT64_C(1) << (port % 64));
    summarize(set, port / 64);
}

void portset_add_range(struct portset *set, uint32_t first, uint32_t end)
{
    ASSERT(first <= end && end <= PORT_END);
    for (uint32_t word = first / 64; word * 64 < end; word++) {
        set->words[word] |= mask_of(word, first, end);
        summarize(set, word);
    }
}

void portset_remove_range(struct portset *set, uint32_t first, uint32_t end)
{
    ASSERT(first <= end && end <= PORT_END);
    for (uint32_t word = first / 64; word * 64 < end; word++) {
        set->words[word] &= ~mask_of(word, first, end);
        summarize(set, word);
    }
}

/* The first word from `word` on that is not full, or PORTSET_WORDS. */
static uint32_t next_open_word(const struct portset *set, uint32_t word)
{
    while (word < PORTSET_WORDS) {
        uint64_t open = ~set->full[word / 64] >> (word % 64);
        if (open != 0)
            return word + (uint32_t)__builtin_ctzll(open);
        word = (word / 64 + 1) * 64;
    }
    return PORTSET_WORDS;
}

uint32_t portset_next_out(const struct portset *set, uint32_t first, uint32_t end)
{
    ASSERT(first <= end && end <= PORT_END);
    if (first == end)
        return end;

    uint32_t word = first / 64;
    uint64_t out = ~set->words[word] & ALL_ONES << (first % 64);
    if (out == 0) {
        word = next_open_word(set, word + 1);
        if (word == PORTSET_WORDS)
            return end;
        out = ~set->words[word];
    }
    uint32_t port = word * 64 + (uint32_t)__builtin_ctzll(out);
    return port < end ? port : end;
}

uint32_t portset_next_in(const struct portset *set, uint32_t first, uint32_t end)
{
    ASSERT(first <= end && end <= PORT_END);
    for (uint32_t word = first / 64; word * 64 < end; word++) {
        uint64_t in = set->words[word] & mask_of(word, first, end);
        if (in != 0)
            return word * 64 + (uint32_t)__builtin_ctzll(in);
    }
    return end;
}

uint32_t portset_find_run(const struct portset *set, uint32_t first, uint32_t end, uint32_t count)
{
    ASSERT(first <= end && end <= PORT_END);
    ASSERT(count > 0);
    for (;;) {
        uint32_t start = portset_next_out(set, first, end);
        if (count > end - start)
            return PORT_END;
        uint32_t obstacle = portset_next_in(set, start, start + count);
        if (obstacle == start + count)
            return start;
        first = obstacle + 1;
    }
}

void portset_check(const struct portset *set)
{
    for (uint32_t word = 0; word < PORTSET_WORDS; word++) {
        bool full = (set->full[word / 64] >> (word % 64) & 1) != 0;
        ASSERT(full == (set->words[word] == ALL_ONES));
    }
}
