#include "sim/nt/token.h"

#include "sim/engine/check.h"

/* Before Windows 8 the lowest setting of the slider switched UAC off altogether. */
static bool uac_is_off(const struct uac *uac, const struct profile *profile)
{
    return uac->never_notify && BEHAVES(profile, never_notify, full_token);
}

struct token token_at_logon(enum account account, const struct uac *uac,
                            const struct profile *profile)
{
    struct token token = {.account = account, .elevation = ELEVATION_DEFAULT};

    switch (account) {
    case ACCOUNT_STANDARD:
    case ACCOUNT_OTHER_STANDARD:
    case ACCOUNT_NETWORK_SERVICE:
        return token;
    case ACCOUNT_ADMIN:
        token.administrator = uac_is_off(uac, profile);
        token.elevation = token.administrator ? ELEVATION_DEFAULT : ELEVATION_LIMITED;
        return token;
    case ACCOUNT_BUILTIN_ADMIN:
    case ACCOUNT_LOCAL_SYSTEM:
        token.administrator = true;
        return token;
    case ACCOUNT_COUNT:
        break;
    }
    ABSURD("no such account");
}

/* Run as administrator. An administrator is asked for consent, unless the slider is at its lowest;
 * a standard user for an administrator's password, wherever the slider stands (it sets only
 * ConsentPromptBehaviorAdmin). Nobody sits at a service's session to answer: no page says which
 * error it gets, we give the one of a start that could not ask.
 */
static nt_status elevate(const struct launch *launch, const struct uac *uac, struct token *out)
{
    bool asks = launch->parent.elevation != ELEVATION_LIMITED || !uac->never_notify;

    if (launch->parent.account == ACCOUNT_NETWORK_SERVICE)
        return STATUS_ELEVATION_REQUIRED;
    if (asks && !launch->consent)
        return STATUS_CONSENT_REFUSED;

    *out = (struct token){
        .account = ACCOUNT_ADMIN,
        .elevation = ELEVATION_FULL,
        .administrator = true,
    };
    return STATUS_SUCCESS;
}

/* Whether the manifest asks for more than the parent's token has. For a user who has no second
 * token, highestAvailable is what he has.
 */
static bool manifest_wants_more(const struct launch *launch)
{
    switch (launch->level) {
    case AS_INVOKER:
        return false;
    case HIGHEST_AVAILABLE:
        return launch->parent.elevation == ELEVATION_LIMITED;
    case REQUIRE_ADMINISTRATOR:
        return true;
    }
    ABSURD("no such execution level");
}

nt_status token_for_launch(const struct launch *launch, const struct uac *uac,
                           const struct profile *profile, struct token *out)
{
    const struct token *parent = &launch->parent;
    bool ignores_highest = launch->level == HIGHEST_AVAILABLE &&
                           parent->elevation == ELEVATION_LIMITED &&
                           BEHAVES(profile, highest_available, access_denied);

    if (parent->administrator || uac_is_off(uac, profile) || ignores_highest) {
        *out = *parent;
        return STATUS_SUCCESS;
    }
    if (launch->run_as)
        return elevate(launch, uac, out);
    /* CreateProcess cannot ask: only the shell's start goes to the service that does. */
    if (manifest_wants_more(launch) &&
        (launch->level == HIGHEST_AVAILABLE || !BEHAVES(profile, require_administrator, starts)))
        return STATUS_ELEVATION_REQUIRED;

    *out = *parent;
    return STATUS_SUCCESS;
}

bool token_may_reserve(const struct token *token, const struct profile *profile)
{
    if (token->account == ACCOUNT_LOCAL_SYSTEM)
        return BEHAVES(profile, local_system, granted);
    if (token->account == ACCOUNT_NETWORK_SERVICE)
        return BEHAVES(profile, network_service, granted);
    if (token->elevation == ELEVATION_LIMITED &&
        BEHAVES(profile, create_unelevated, filtered_granted))
        return true;
    return token->administrator;
}
