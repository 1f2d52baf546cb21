/* Who a process runs as, and how it came by its rights: users, UAC's two tokens, manifests,
 * consent. Sources: PRIV clauses; User Account Control; application manifests.
 */
#ifndef SIM_NT_TOKEN_H
#define SIM_NT_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nt/status.h"
#include "spec/spec.h"

/* The accounts of the machine. Bind's tables compare accounts, not tokens. */
enum account {
    ACCOUNT_STANDARD,       /* no administrator */
    ACCOUNT_OTHER_STANDARD, /* another one */
    ACCOUNT_ADMIN,          /* a member of Administrators, not the built-in one */
    ACCOUNT_BUILTIN_ADMIN,  /* the built-in Administrator, outside Admin Approval Mode */
    ACCOUNT_LOCAL_SYSTEM,
    ACCOUNT_NETWORK_SERVICE,
    ACCOUNT_COUNT
};

/* TokenElevationType, with Windows' numbers. */
enum elevation_type { ELEVATION_DEFAULT = 1, ELEVATION_FULL = 2, ELEVATION_LIMITED = 3 };

struct token {
    enum account account;
    enum elevation_type elevation;
    bool administrator; /* Administrators is a member and enabled */
};

enum execution_level { AS_INVOKER, HIGHEST_AVAILABLE, REQUIRE_ADMINISTRATOR };

/* How UAC is set on this machine. */
struct uac {
    bool never_notify; /* the slider at its lowest: consent is not asked; see `never_notify` */
};

/* The token an account's shell has after logging on: filtered where UAC splits it. */
struct token token_at_logon(enum account account, const struct uac *uac,
                            const struct profile *profile);

struct launch {
    struct token parent;
    enum execution_level level;
    bool run_as;  /* ShellExecute with the verb runas, or the shell's Run as administrator */
    bool consent; /* what the user answers, if asked */
};

/* The token of a started program.
 *
 *   STATUS_ELEVATION_REQUIRED  the manifest wants an administrator and the start was a plain
 *                              CreateProcess from a process without the right (740)
 *   STATUS_CONSENT_REFUSED     consent was asked and refused (1223)
 */
nt_status token_for_launch(const struct launch *launch, const struct uac *uac,
                           const struct profile *profile, struct token *out);

/* Whether the token may create, delete and associate persistent reservations. */
bool token_may_reserve(const struct token *token, const struct profile *profile);

#endif
