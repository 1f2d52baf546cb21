/* SIO_ASSOCIATE_PORT_RESERVATION, below the socket: first the socket's state, then the token, then
 * whether the caller and the socket may use what it names.
 */
#include "sim/engine/check.h"
#include "sim/nt/nt.h"
#include "sim/tcpip/endpoint.h"
#include "sim/tcpip/pool.h"
#include "sim/tcpip/reservation.h"

static nt_status check_state(const struct tcpip *tcpip, const struct endpoint *endpoint)
{
    if (endpoint->listening)
        return WSA_ANSWER(tcpip, associate_listening);
    if (endpoint->bound)
        return WSA_ANSWER(tcpip, associate_after_bind);
    return STATUS_SUCCESS;
}

static nt_status no_such_token(const struct tcpip *tcpip, uint64_t token)
{
    switch (tokens_history(&tcpip->tokens, token)) {
    case TOKEN_RETIRED:
        return WSA_ANSWER(tcpip, associate_released_token);
    case TOKEN_STALE:
        return WSA_ANSWER(tcpip, stale_token);
    case TOKEN_UNKNOWN:
        return WSA_ANSWER(tcpip, associate_unknown_token);
    }
    ABSURD("no such history");
}

static nt_status check_right(const struct tcpip *tcpip, const struct endpoint *endpoint,
                             const struct requester *requester, const struct reservation *block)
{
    nt_status status = STATUS_SUCCESS;

    if (block->kind == ENTRY_RUNTIME) {
        if (block->process_id != requester->process_id && !requester->shares_holder)
            status = WSA_ANSWER(tcpip, associate_foreign_token);
    } else if (!requester->administrator) {
        status = WSA_ANSWER(tcpip, associate_persistent_unelevated);
    }
    if (status != STATUS_SUCCESS)
        return status;
    if (block->protocol != endpoint_pool(endpoint))
        status = WSA_ANSWER(tcpip, associate_other_protocol);
    if (status == STATUS_SUCCESS && block->kind == ENTRY_RUNTIME &&
        block->family != endpoint->family)
        status = WSA_ANSWER(tcpip, associate_other_family);
    return status;
}

/* Whether the endpoint is to be tied to the block; STATUS_SUCCESS with `*keeps` when it stays with
 * the one it has. An ended block is none any more.
 */
static nt_status check_earlier(const struct tcpip *tcpip, const struct endpoint *endpoint,
                               const struct reservation *block, bool *keeps)
{
    const struct reservation *earlier = endpoint->association;

    *keeps = false;
    if (earlier == NULL || earlier->state != RESERVATION_HELD)
        return STATUS_SUCCESS;
    if (earlier == block)
        return WSA_ANSWER(tcpip, associate_again);
    if (BEHAVES(tcpip->profile, associate_other, wsaeinval))
        return STATUS_INVALID_PARAMETER;
    *keeps = BEHAVES(tcpip->profile, associate_other, keeps_first);
    return STATUS_SUCCESS;
}

static nt_status bind_at_once(struct tcpip *tcpip, struct endpoint *endpoint,
                              const struct requester *requester)
{
    const struct address wildcard = {.family = (enum family)endpoint->family};
    const struct endpoint_options none = {0};

    return endpoint_bind(tcpip, endpoint, &wildcard, 0, &none, requester->administrator);
}

nt_status reservation_associate(struct tcpip *tcpip, struct endpoint *endpoint,
                                const struct requester *requester, uint64_t token)
{
    ASSERT(endpoint->tcpip == tcpip);
    nt_status status = check_state(tcpip, endpoint);
    if (status != STATUS_SUCCESS)
        return status;
    if (token == 0) {
        status = WSA_ANSWER(tcpip, associate_zero_token);
        if (status == STATUS_SUCCESS)
            endpoint_dissociate(endpoint);
        return status;
    }
    struct reservation *block = tokens_find(&tcpip->tokens, token);
    if (block == NULL)
        return no_such_token(tcpip, token);
    status = check_right(tcpip, endpoint, requester, block);
    if (status != STATUS_SUCCESS)
        return status;
    bool keeps;
    status = check_earlier(tcpip, endpoint, block, &keeps);
    if (status != STATUS_SUCCESS || keeps)
        return status;

    reservation_reference(block);
    endpoint_dissociate(endpoint);
    endpoint->association = block;
    if (BEHAVES(tcpip->profile, associate_binds, at_once) && !endpoint->bound)
        status = bind_at_once(tcpip, endpoint, requester);
    SLOW(tcpip_check(tcpip));
    return status;
}
