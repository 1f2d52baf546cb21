#include "sim/tcpip/tokens.h"

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/engine/choose.h"
#include "sim/engine/engine.h"
#include "sim/tcpip/reservation.h"

/* A token undone: boot in the high 12 bits, then the running number, then the salt. */
enum { SALT_BITS = 16, NUMBER_BITS = 36, SMALLEST_TABLE = 16 };

#define BOOT_MASK ((UINT64_C(1) << (64 - SALT_BITS - NUMBER_BITS)) - 1)
#define NUMBER_MASK ((UINT64_C(1) << NUMBER_BITS) - 1)

/* How far an earlier boot is taken to have counted: what undoes to more than this is chance. */
#define STALE_NUMBERS (UINT64_C(1) << 24)

/* Two odd numbers whose product is 1 modulo 2^64, so that multiplying by one undoes the other. */
#define MULTIPLIER UINT64_C(0x9E3779B97F4A7C15)
#define UNMULTIPLIER UINT64_C(0xF1DE83E19937733D)

static uint64_t mix(uint64_t plain)
{
    plain *= MULTIPLIER;
    plain ^= plain >> 32;
    return plain * MULTIPLIER;
}

static uint64_t unmix(uint64_t token)
{
    token *= UNMULTIPLIER;
    token ^= token >> 32;
    return token * UNMULTIPLIER;
}

void tokens_boot(struct tokens *tokens, struct engine *engine, const struct profile *profile,
                 uint64_t boot)
{
    *tokens = (struct tokens){
        .profile = profile,
        .arena = &engine->arena,
        .boot = boot & BOOT_MASK,
        .salt = choose(&engine->choices, CHOICE_TOKEN, UINT64_C(1) << SALT_BITS),
    };
}

static uint32_t home_of(const struct tokens *tokens, uint64_t token)
{
    return (uint32_t)(token ^ token >> 32) & (tokens->size - 1);
}

static void put(struct tokens *tokens, const struct token_name *name)
{
    uint32_t at = home_of(tokens, name->token);

    while (tokens->names[at].token != 0)
        at = (at + 1) & (tokens->size - 1);
    tokens->names[at] = *name;
    tokens->count++;
}

bool tokens_reserve(struct tokens *tokens, uint32_t more)
{
    if (2 * (tokens->count + more) <= tokens->size)
        return true;

    uint32_t size = tokens->size == 0 ? SMALLEST_TABLE : tokens->size * 2;
    while (2 * (tokens->count + more) > size)
        size *= 2;
    struct token_name *names = arena_take(tokens->arena, size * sizeof *names);
    if (names == NULL)
        return false;

    struct token_name *old = tokens->names;
    uint32_t old_size = tokens->size;
    tokens->names = names;
    tokens->size = size;
    tokens->count = 0;
    for (uint32_t i = 0; i < old_size; i++)
        if (old[i].token != 0)
            put(tokens, &old[i]);
    arena_give(tokens->arena, old, old_size * sizeof *old);
    return true;
}

/* Under `stale_token = names_another` the numbers start over at each boot, and nothing hides it. */
uint64_t tokens_make(struct tokens *tokens)
{
    const struct profile *profile = tokens->profile;
    uint64_t number = ++tokens->issued;

    ASSERT(number < NUMBER_MASK);
    if (BEHAVES(profile, token_values, zero))
        return 0;
    if (BEHAVES(profile, token_values, repeats))
        number = 1;
    if (BEHAVES(profile, stale_token, names_another))
        return number;
    uint64_t running = tokens->boot << NUMBER_BITS | number;
    if (BEHAVES(profile, token_values, sequential))
        return running;
    return mix(running << SALT_BITS | tokens->salt);
}

void tokens_name(struct tokens *tokens, uint64_t token, struct reservation *reservation)
{
    ASSERT(reservation != NULL);
    if (token == 0)
        return;
    ASSERT(2 * (tokens->count + 1) <= tokens->size);
    put(tokens, &(struct token_name){.token = token, .reservation = reservation});
}

/* The place of that name, or of an empty one. `reservation` NULL takes any of the token. */
static uint32_t place_of(const struct tokens *tokens, uint64_t token,
                         const struct reservation *reservation)
{
    uint32_t at = home_of(tokens, token);

    while (tokens->names[at].token != 0) {
        const struct token_name *name = &tokens->names[at];
        if (name->token == token && (reservation == NULL || name->reservation == reservation))
            break;
        at = (at + 1) & (tokens->size - 1);
    }
    return at;
}

/* Moves back what lies behind a hole and would not be found over it. */
static void close_hole(struct tokens *tokens, uint32_t hole)
{
    uint32_t mask = tokens->size - 1;

    for (uint32_t at = (hole + 1) & mask; tokens->names[at].token != 0; at = (at + 1) & mask) {
        uint32_t home = home_of(tokens, tokens->names[at].token);
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            tokens->names[hole] = tokens->names[at];
            hole = at;
        }
    }
    tokens->names[hole] = (struct token_name){0};
    tokens->count--;
}

struct reservation *tokens_find(const struct tokens *tokens, uint64_t token)
{
    if (token == 0 || tokens->size == 0)
        return NULL;
    return tokens->names[place_of(tokens, token, NULL)].reservation;
}

static bool made_in_this_boot(const struct tokens *tokens, uint64_t token)
{
    if (BEHAVES(tokens->profile, stale_token, names_another))
        return token != 0 && token <= tokens->issued;

    uint64_t running = token;
    if (!BEHAVES(tokens->profile, token_values, sequential)) {
        uint64_t plain = unmix(token);
        if ((plain & ((UINT64_C(1) << SALT_BITS) - 1)) != tokens->salt)
            return false;
        running = plain >> SALT_BITS;
    }
    uint64_t number = running & NUMBER_MASK;
    return running >> NUMBER_BITS == tokens->boot && number != 0 && number <= tokens->issued;
}

static bool made_before(const struct tokens *tokens, uint64_t token)
{
    if (BEHAVES(tokens->profile, stale_token, names_another))
        return false;

    bool sequential = BEHAVES(tokens->profile, token_values, sequential);
    uint64_t running = sequential ? token : unmix(token) >> SALT_BITS;
    uint64_t number = running & NUMBER_MASK;
    return running >> NUMBER_BITS < tokens->boot && number != 0 && number < STALE_NUMBERS;
}

void tokens_retire(struct tokens *tokens, uint64_t token, const struct reservation *reservation)
{
    if (token == 0)
        return;
    ASSERT(reservation != NULL && tokens->size > 0);
    uint32_t at = place_of(tokens, token, reservation);
    ASSERT(tokens->names[at].token == token);
    if (made_in_this_boot(tokens, token))
        close_hole(tokens, at);
    else
        tokens->names[at].reservation = NULL;
}

enum token_history tokens_history(const struct tokens *tokens, uint64_t token)
{
    if (token == 0)
        return TOKEN_UNKNOWN;
    if (tokens->size > 0 && tokens->names[place_of(tokens, token, NULL)].token == token)
        return TOKEN_RETIRED;
    if (made_in_this_boot(tokens, token))
        return TOKEN_RETIRED;
    return made_before(tokens, token) ? TOKEN_STALE : TOKEN_UNKNOWN;
}

void tokens_check(const struct tokens *tokens)
{
    uint32_t count = 0;

    ASSERT(MULTIPLIER * UNMULTIPLIER == 1);
    ASSERT((tokens->size & (tokens->size - 1)) == 0);
    ASSERT(2 * tokens->count <= tokens->size);
    for (uint32_t i = 0; i < tokens->size; i++) {
        const struct token_name *name = &tokens->names[i];
        if (name->token == 0) {
            ASSERT(name->reservation == NULL);
            continue;
        }
        count++;
        ASSERT(tokens->names[place_of(tokens, name->token, NULL)].token == name->token);
        if (name->reservation != NULL)
            ASSERT(reservation_has_token(name->reservation, name->token));
    }
    ASSERT(count == tokens->count);
}
