#include "sim/tcpip/bindrules.h"

#include "sim/engine/check.h"

enum hold { HOLD_DEFAULT, HOLD_REUSE, HOLD_EXCLUSIVE, HOLD_COUNT };
enum place { PLACE_W, PLACE_S, PLACE_COUNT };
enum verdict { OK, USE, ACC };

enum { COLUMNS = HOLD_COUNT * PLACE_COUNT };

struct matrix_row {
    unsigned char same_user[COLUMNS], other_user[COLUMNS];
};

static const struct matrix_row matrix[HOLD_COUNT][PLACE_COUNT] = {
#define BIND_ROW(option, at, a, b, c, d, e, f, g, h, i, j, k, l)                                   \
    [HOLD_##option][PLACE_##at] = {{a, b, c, d, e, f}, {g, h, i, j, k, l}},
#include "spec/bind_matrix.def"
#undef BIND_ROW
};

static enum hold hold_of(const struct profile *profile, const struct endpoint_options *options)
{
    if (options->exclusive_address && !BEHAVES(profile, second_bind, ignores_exclusive))
        return HOLD_EXCLUSIVE;
    return options->reuse_address ? HOLD_REUSE : HOLD_DEFAULT;
}

/* reservation-clauses 2.20, last table: only SO_REUSEADDR on the second ever gets past the first.
 */
static enum verdict judge_xp(enum hold first, enum hold second)
{
    if (second != HOLD_REUSE)
        return USE;
    return first == HOLD_EXCLUSIVE ? ACC : OK;
}

static bool share_on_purpose(const struct profile *profile, const struct claim *first,
                             const struct claim *second)
{
    if (first->protocol != PROTOCOL_UDP)
        return false;
    if (first->options->reuse_multicast_port && second->options->reuse_multicast_port)
        return BEHAVES(profile, multicast_port_sharing, shares);
    return first->options->cpu_affinity && second->options->cpu_affinity;
}

static enum verdict judge(const struct profile *profile, const struct claim *first,
                          const struct claim *second, enum overlap overlap)
{
    enum hold holds = hold_of(profile, first->options);
    enum hold wants = hold_of(profile, second->options);

    if (BEHAVES(profile, second_bind, windows_xp))
        return judge_xp(holds, wants);

    bool same_user =
        first->account == second->account || BEHAVES(profile, second_bind, ignores_user);
    enum place at = overlap == OVERLAP_W_W || overlap == OVERLAP_W_S ? PLACE_W : PLACE_S;
    enum place to = overlap == OVERLAP_W_W || overlap == OVERLAP_S_W ? PLACE_W : PLACE_S;
    const struct matrix_row *row = &matrix[holds][at];
    const unsigned char *cells = same_user ? row->same_user : row->other_user;
    return (enum verdict)cells[wants * PLACE_COUNT + to];
}

bool bindrules_meet(const struct profile *profile, const struct standing *first,
                    const struct standing *second)
{
    bool families_apart = BEHAVES(profile, dual_stack_conflict, ipv6_only);
    return standing_overlap(first, second, families_apart) != OVERLAP_NONE;
}

/* An exclusive dual-stack wildcard over an IPv4 address: the page's example and what was seen are
 * not the same (`dual_stack_over_bound`).
 */
static bool is_dual_over_bound(const struct claim *first, const struct claim *second,
                               enum overlap overlap)
{
    return second->standing.dual && second->options->exclusive_address &&
           first->standing.family == FAMILY_4 && overlap == OVERLAP_S_W;
}

nt_status bindrules_judge(const struct profile *profile, const struct claim *first,
                          const struct claim *second)
{
    bool families_apart = BEHAVES(profile, dual_stack_conflict, ipv6_only);
    enum overlap overlap = standing_overlap(&first->standing, &second->standing, families_apart);

    ASSERT(first->protocol == second->protocol);
    if (overlap == OVERLAP_NONE || share_on_purpose(profile, first, second))
        return STATUS_SUCCESS;

    bool equal = overlap == OVERLAP_S_S || overlap == OVERLAP_W_W;
    bool plain = hold_of(profile, first->options) == HOLD_DEFAULT &&
                 hold_of(profile, second->options) == HOLD_DEFAULT;
    if (equal && plain && BEHAVES(profile, bind_not_unique, granted))
        return STATUS_SUCCESS;

    switch (judge(profile, first, second, overlap)) {
    case OK:
        return STATUS_SUCCESS;
    case USE:
        if (is_dual_over_bound(first, second, overlap))
            return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, dual_stack_over_bound));
        return STATUS_SHARING_VIOLATION;
    case ACC:
        return STATUS_ACCESS_DENIED;
    }
    ABSURD("no such verdict");
}
