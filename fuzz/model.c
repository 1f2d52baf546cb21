#include "fuzz/model.h"

#include <stddef.h>
#include <string.h>

enum {
    IN_USE = 10048,
    FORBIDDEN = 10013,
    INVALID = 10022,
    NOT_AVAILABLE = 10049,
    NO_BUFFERS = 10055
};

/* The same table that the simulator reads; the suite checks each cell against it too. */
enum { OK = 0, USE = IN_USE, ACC = FORBIDDEN };
enum { W, S };
enum { DEFAULT = HOLDS_DEFAULT, REUSE = HOLDS_REUSE, EXCLUSIVE = HOLDS_EXCLUSIVE };
static const struct {
    int hold, place;
    unsigned same_user[6], other_user[6];
} rows[] = {
#define BIND_ROW(hold, place, a, b, c, d, e, f, g, h, i, j, k, l)                                  \
    {hold, place, {a, b, c, d, e, f}, {g, h, i, j, k, l}},
#include "spec/bind_matrix.def"
#undef BIND_ROW
};

void model_clear(struct model *model)
{
    memset(model, 0, sizeof *model);
}

static bool covers(const struct model_block *block, enum model_protocol protocol, uint32_t port)
{
    return block->live && block->protocol == protocol && port >= block->first &&
           port < block->first + block->count;
}

/* Who has the port: a block, or -1. Exclusions count as well. */
static int model_block_at(const struct model *model, enum model_protocol protocol, uint32_t port)
{
    for (int i = 0; i < MODEL_BLOCKS; i++)
        if (covers(&model->blocks[i], protocol, port))
            return i;
    return -1;
}

bool model_is_bound(const struct model *model, enum model_protocol protocol, uint32_t port)
{
    for (int i = 0; i < MODEL_SOCKETS; i++) {
        const struct model_socket *s = &model->sockets[i];
        if (s->open && s->bound && s->protocol == protocol && s->port == port)
            return true;
    }
    return false;
}

bool model_is_free(const struct model *model, enum model_protocol protocol, uint32_t first,
                   uint32_t count)
{
    for (int i = 0; i < MODEL_BLOCKS; i++) {
        const struct model_block *block = &model->blocks[i];
        if (block->live && block->protocol == protocol && block->first < first + count &&
            first < block->first + block->count)
            return false;
    }
    for (int i = 0; i < MODEL_SOCKETS; i++) {
        const struct model_socket *s = &model->sockets[i];
        if (s->open && s->bound && s->protocol == protocol && s->port >= first &&
            s->port < first + count)
            return false;
    }
    return true;
}

int model_find_token(const struct model *model, uint64_t token)
{
    for (int i = 0; i < MODEL_BLOCKS; i++)
        if (model->blocks[i].live && token != 0 && model->blocks[i].token == token)
            return i;
    return -1;
}

int model_find_range(const struct model *model, enum model_kind kind, enum model_protocol protocol,
                     uint32_t first, uint32_t count)
{
    for (int i = 0; i < MODEL_BLOCKS; i++) {
        const struct model_block *block = &model->blocks[i];
        if (block->live && block->kind == kind && block->protocol == protocol &&
            block->first == first && block->count == count)
            return i;
    }
    return -1;
}

/* A dead block may still be what a socket remembers it was associated with. */
static bool is_remembered(const struct model *model, int block)
{
    for (int i = 0; i < MODEL_SOCKETS; i++)
        if (model->sockets[i].open && model->sockets[i].block == block)
            return true;
    return false;
}

int model_add(struct model *model, const struct model_block *block)
{
    for (int i = 0; i < MODEL_BLOCKS; i++) {
        if (model->blocks[i].live || is_remembered(model, i))
            continue;
        model->blocks[i] = *block;
        model->blocks[i].live = true;
        return i;
    }
    return -1;
}

void model_end(struct model *model, int block)
{
    model->blocks[block].live = false;
    for (int i = 0; i < MODEL_SOCKETS; i++)
        if (model->sockets[i].open && model->sockets[i].block == block)
            model->sockets[i].block_ended = true;
}

static enum model_hold hold_of(const struct model_socket *s)
{
    return s->exclusive ? HOLDS_EXCLUSIVE : s->reuse ? HOLDS_REUSE : HOLDS_DEFAULT;
}

static unsigned judge(const struct model_socket *first, const struct model_socket *second,
                      bool wildcard)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].hold != (int)hold_of(first) || rows[i].place != (first->wildcard ? W : S))
            continue;
        const unsigned *cells =
            first->account == second->account ? rows[i].same_user : rows[i].other_user;
        return cells[hold_of(second) * 2 + (wildcard ? 0 : 1)];
    }
    return 0;
}

/* The verdict of the one who was bound first of those who object. */
static unsigned ask_holders(const struct model *model, int s, bool wildcard, uint32_t port)
{
    const struct model_socket *second = &model->sockets[s];
    uint64_t heard = UINT64_MAX;
    unsigned verdict = 0;
    for (int i = 0; i < MODEL_SOCKETS; i++) {
        const struct model_socket *first = &model->sockets[i];
        if (i == s || !first->open || !first->bound || first->protocol != second->protocol ||
            first->ipv6 != second->ipv6 || first->port != port || first->order > heard)
            continue;
        const unsigned said = judge(first, second, wildcard);
        if (said != 0) {
            heard = first->order;
            verdict = said;
        }
    }
    return verdict;
}

unsigned model_bind(const struct model *model, int s, bool wildcard, uint32_t port)
{
    const struct model_socket *socket = &model->sockets[s];
    if (socket->bound)
        return INVALID;
    if (socket->block >= 0) {
        const struct model_block *block = &model->blocks[socket->block];
        if (socket->block_ended)
            return INVALID;
        if (port < block->first || port >= block->first + block->count)
            return NOT_AVAILABLE;
    } else {
        const int at = model_block_at(model, socket->protocol, port);
        if (at >= 0 && model->blocks[at].kind != MODEL_EXCLUSION)
            return FORBIDDEN;
    }
    return ask_holders(model, s, wildcard, port);
}

/* Whether anyone stands where a bind of socket `s` would. */
static bool is_met(const struct model *model, int s, bool wildcard, uint32_t port)
{
    const struct model_socket *second = &model->sockets[s];
    for (int i = 0; i < MODEL_SOCKETS; i++) {
        const struct model_socket *first = &model->sockets[i];
        if (i != s && first->open && first->bound && first->protocol == second->protocol &&
            first->ipv6 == second->ipv6 && first->port == port)
            return true;
    }
    (void)wildcard; /* the wildcard meets every address, and there is one address besides */
    return false;
}

bool model_may_choose(const struct model *model, int s, bool wildcard, uint32_t port)
{
    const struct model_socket *socket = &model->sockets[s];
    if (socket->block < 0)
        return port >= DYNAMIC_FIRST && port < DYNAMIC_FIRST + DYNAMIC_COUNT &&
               model_is_free(model, socket->protocol, port, 1);
    const struct model_block *block = &model->blocks[socket->block];
    if (socket->block_ended || port < block->first || port >= block->first + block->count)
        return false;
    for (uint32_t lower = block->first; lower < port; lower++)
        if (!is_met(model, s, wildcard, lower))
            return false; /* the lowest free port is the one */
    return !is_met(model, s, wildcard, port);
}

bool model_has_choice(const struct model *model, int s, bool wildcard, unsigned *error)
{
    const struct model_socket *socket = &model->sockets[s];
    *error = NO_BUFFERS;
    if (socket->bound || (socket->block >= 0 && socket->block_ended)) {
        *error = INVALID;
        return false;
    }
    uint32_t first = DYNAMIC_FIRST;
    uint32_t count = DYNAMIC_COUNT;
    if (socket->block >= 0) {
        first = model->blocks[socket->block].first;
        count = model->blocks[socket->block].count;
    }
    for (uint32_t port = first; port < first + count; port++)
        if (model_may_choose(model, s, wildcard, port))
            return true;
    return false;
}

void model_bound(struct model *model, int s, bool wildcard, uint32_t port)
{
    struct model_socket *socket = &model->sockets[s];
    socket->bound = true;
    socket->wildcard = wildcard;
    socket->port = port;
    socket->order = ++model->binds;
}

void model_close(struct model *model, int s, int process)
{
    struct model_socket *socket = &model->sockets[s];
    socket->in_process[process] = false;
    for (int i = 0; i < MODEL_PROCESSES; i++)
        if (socket->in_process[i])
            return;
    socket->open = false;
    for (int i = 0; i < MODEL_BLOCKS; i++) {
        const struct model_block *block = &model->blocks[i];
        if (block->live && block->kind == MODEL_RUNTIME && block->holder == s)
            model_end(model, i);
    }
}

void model_process_ended(struct model *model, int process)
{
    for (int i = 0; i < MODEL_BLOCKS; i++)
        if (model->blocks[i].process == process)
            model->blocks[i].process = -1;
}

void model_restart(struct model *model)
{
    memset(model->sockets, 0, sizeof model->sockets);
    for (int i = 0; i < MODEL_BLOCKS; i++) {
        struct model_block *block = &model->blocks[i];
        if (!block->stored)
            block->live = false;
        block->token = 0;
    }
}
