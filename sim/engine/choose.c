#include "sim/engine/choose.h"

#include "sim/engine/check.h"

#define GOLDEN UINT64_C(0x9E3779B97F4A7C15)

__extension__ typedef unsigned __int128 uint128;

/* SplitMix64 (Steele, Lea, Flood 2014): one word of state, so a stream is one number. */
static uint64_t mixed(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static uint64_t next(uint64_t *stream)
{
    *stream += GOLDEN;
    return mixed(*stream);
}

/* Every number below `count` is equally likely (Lemire 2019): the high half of a product, drawn
 * again for the few low halves that would be one too many.
 */
static uint64_t below(uint64_t *stream, uint64_t count)
{
    uint128 product = (uint128)next(stream) * count;

    if ((uint64_t)product < count) {
        uint64_t surplus = (0 - count) % count;
        while ((uint64_t)product < surplus)
            product = (uint128)next(stream) * count;
    }
    return (uint64_t)(product >> 64);
}

void choose_seed(struct choice_source *source, uint64_t seed)
{
    *source = (struct choice_source){0};
    for (uint64_t site = 0; site < CHOICE_SITE_COUNT; site++)
        source->streams[site] = mixed(mixed(seed + GOLDEN) + site);
    choose_check(source);
}

uint64_t choose(struct choice_source *source, enum choice_site site, uint64_t count)
{
    uint64_t value;

    ASSERT((unsigned)site < CHOICE_SITE_COUNT);
    if (count == 1)
        return 0;

    uint64_t *stream = &source->streams[site];
    value = count == 0 ? next(stream) : below(stream, count);
    if (source->list != NULL && source->list_next < source->list_count) {
        value = source->list[source->list_next++];
        if (count != 0)
            value %= count;
    } else if (site == CHOICE_SCHEDULE && source->first_schedule) {
        value = 0;
    }

    if (source->log != NULL) {
        if (source->log_count < source->log_size)
            source->log[source->log_count] =
                (struct choice){.site = site, .count = count, .value = value};
        source->log_count++;
    }
    return value;
}

void choose_check(const struct choice_source *source)
{
    ASSERT(source->list_next == 0 || source->list != NULL);
    ASSERT(source->list_next == 0 || source->list_next <= source->list_count);
    ASSERT(source->log_count == 0 || source->log != NULL);
}
