/* The port pool as a model too simple to be wrong: two short lists, of blocks and of bound sockets,
 * searched from the front for every question. It knows the default profile only.
 *
 * Ports are in host byte order. The model never guesses: where the machine may choose (a port of
 * the dynamic range, a wildcard block, a token), it says whether the choice was a fair one.
 */
#ifndef FUZZ_MODEL_H
#define FUZZ_MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum {
    MODEL_BLOCKS = 64,
    MODEL_SOCKETS = 6,
    MODEL_PROCESSES = 3,
    DYNAMIC_FIRST = 49152,
    DYNAMIC_COUNT = 255
};

enum model_protocol { MODEL_TCP, MODEL_UDP };
enum model_kind { MODEL_RUNTIME, MODEL_PERSISTENT, MODEL_EXCLUSION };
enum model_hold { HOLDS_DEFAULT, HOLDS_REUSE, HOLDS_EXCLUSIVE };

struct model_block {
    bool live;
    enum model_kind kind;
    enum model_protocol protocol;
    uint32_t first, count;
    uint64_t token; /* 0 for an exclusion */
    int process;    /* of a runtime block; -1 when it has ended */
    int holder;     /* the socket of a runtime block */
    bool stored;    /* there again after a restart */
};

struct model_socket {
    bool open;
    enum model_protocol protocol;
    bool ipv6;
    int account;
    bool reuse, exclusive;
    bool bound;
    bool wildcard;
    uint32_t port;
    uint64_t order;   /* the first bound has a say first */
    int block;        /* associated with; -1 for none */
    bool block_ended; /* that block is no more */
    bool in_process[MODEL_PROCESSES];
};

struct model {
    struct model_block blocks[MODEL_BLOCKS];
    struct model_socket sockets[MODEL_SOCKETS];
    uint64_t binds;
};

void model_clear(struct model *model);

/* Whether any socket is bound to the port. */
bool model_is_bound(const struct model *model, enum model_protocol protocol, uint32_t port);

/* Whether no port of the range is reserved, excluded or bound. */
bool model_is_free(const struct model *model, enum model_protocol protocol, uint32_t first,
                   uint32_t count);

/* The live block with that token, or -1. */
int model_find_token(const struct model *model, uint64_t token);

/* The live block of that kind with that very range, or -1. */
int model_find_range(const struct model *model, enum model_kind kind, enum model_protocol protocol,
                     uint32_t first, uint32_t count);

/* Adds a block and answers its number; -1 when the model is full: the caller stops there. */
int model_add(struct model *model, const struct model_block *block);
void model_end(struct model *model, int block);

/* What binding socket `s` to an explicit port gets: 0 or a Winsock error. */
unsigned model_bind(const struct model *model, int s, bool wildcard, uint32_t port);

/* Whether `port` may be what the machine chose for a bind of socket `s` to port 0. */
bool model_may_choose(const struct model *model, int s, bool wildcard, uint32_t port);

/* Whether there is any such port; what a refusal gets when there is none. */
bool model_has_choice(const struct model *model, int s, bool wildcard, unsigned *error);

void model_bound(struct model *model, int s, bool wildcard, uint32_t port);

/* Process `process` closes its descriptor of socket `s`; with the last the socket is gone, and the
 * runtime blocks acquired on it.
 */
void model_close(struct model *model, int s, int process);

/* The process is no more. A block it acquired on a socket that others hold too lives on, as
 * nobody's; whoever comes next by that number has no right to it.
 */
void model_process_ended(struct model *model, int process);

/* Power off: sockets, runtime blocks and what is not stored are gone; tokens are unknown (0). */
void model_restart(struct model *model);

#endif
