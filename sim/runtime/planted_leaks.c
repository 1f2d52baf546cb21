/* Leaks, planted on purpose: one way each in which something of the host could reach an outcome.
 * Built only by the test that must catch them, with -DPLANT_... and -Wl,--wrap=engine_record.
 */
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "sim/engine/engine.h"

void __real_engine_record(struct engine *engine, const struct record *record);
void __wrap_engine_record(struct engine *engine, const struct record *record);

#if defined(PLANT_CLOCK)
static uint64_t leak(const struct engine *engine)
{
    struct timespec now;
    (void)engine;
    timespec_get(&now, TIME_UTC);
    return (uint64_t)now.tv_nsec;
}
#elif defined(PLANT_ADDRESS)
static uint64_t leak(const struct engine *engine)
{
    return (uint64_t)(uintptr_t)engine->arena.base >> 12;
}
#elif defined(PLANT_UNINITIALISED)
/* The arena's next byte, which nobody has taken yet. */
static uint64_t leak(const struct engine *engine)
{
    return engine->arena.base[engine->arena.used + 1];
}
#elif defined(PLANT_TABLE_ORDER)
/* Sixteen things in a table hashed by address: which comes first? */
static uint64_t leak(const struct engine *engine)
{
    enum { THINGS = 16, PLACES = 61, SIZE = 1 << 20 };
    void *things[THINGS];
    uint64_t first = 0;
    uint64_t lowest = PLACES;
    (void)engine;
    for (uint64_t i = 0; i < THINGS; i++) {
        things[i] = malloc(SIZE);
        const uint64_t place = ((uintptr_t)things[i] >> 12) * 40503 % PLACES;
        if (place < lowest) {
            lowest = place;
            first = i;
        }
    }
    for (int i = 0; i < THINGS; i++)
        free(things[i]);
    return first;
}
#endif

void __wrap_engine_record(struct engine *engine, const struct record *record)
{
    struct record leaking = *record;
    leaking.arguments[3] ^= leak(engine);
    __real_engine_record(engine, &leaking);
}
