/* Reservation tokens: how they are made, and which reservation each one names.
 *
 * A token is unique in its boot without any list of those used before: it is a running number, the
 * boot's number and a salt drawn at boot, mixed by a function that can be undone. Undoing it tells
 * a token of this boot from one of an earlier boot and from a number that never was one.
 */
#ifndef SIM_TCPIP_TOKENS_H
#define SIM_TCPIP_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "spec/spec.h"

struct arena;
struct engine;
struct reservation;

struct token_name {
    uint64_t token;                  /* 0: the place is empty */
    struct reservation *reservation; /* NULL: the token was retired, and may not be made again */
};

struct tokens {
    const struct profile *profile;
    struct arena *arena;
    struct token_name *names; /* open addressing; at most half full */
    uint32_t size;            /* a power of two, or 0 */
    uint32_t count;
    uint64_t boot;
    uint64_t salt;
    uint64_t issued; /* how many were made in this boot */
};

/* Draws the boot's salt. */
void tokens_boot(struct tokens *tokens, struct engine *engine, const struct profile *profile,
                 uint64_t boot);

/* Makes place for `more` names. False when the arena is full. */
bool tokens_reserve(struct tokens *tokens, uint32_t more);

/* A token nobody has or had in this boot; never 0, except as `token_values` has it. */
uint64_t tokens_make(struct tokens *tokens);

/* Names a reservation, for which place was made. Token 0 names nothing. */
void tokens_name(struct tokens *tokens, uint64_t token, struct reservation *reservation);

/* Takes the name away. A token that was not made in this boot is remembered as retired. */
void tokens_retire(struct tokens *tokens, uint64_t token, const struct reservation *reservation);

/* The reservation it names, or NULL. */
struct reservation *tokens_find(const struct tokens *tokens, uint64_t token);

enum token_history {
    TOKEN_UNKNOWN, /* never a token */
    TOKEN_RETIRED, /* it named something in this boot */
    TOKEN_STALE    /* it was made before the last restart */
};

/* What a token that names nothing once was. */
enum token_history tokens_history(const struct tokens *tokens, uint64_t token);

void tokens_check(const struct tokens *tokens);

#endif
