/* Users by their tokens. A standard user is the run's own with the Administrators group for denials
 * only, which is what an administrator's everyday token is, too.
 */
#include "conformance/testbed/win32.h"

#include <sddl.h>
#include <string.h>

static PSID make_sid(WELL_KNOWN_SID_TYPE type, unsigned char bytes[SECURITY_MAX_SID_SIZE])
{
    DWORD size = SECURITY_MAX_SID_SIZE;
    return CreateWellKnownSid(type, NULL, bytes, &size) ? bytes : NULL;
}

bool win32_is_elevated(void)
{
    unsigned char bytes[SECURITY_MAX_SID_SIZE];
    BOOL member = FALSE;
    PSID administrators = make_sid(WinBuiltinAdministratorsSid, bytes);
    return administrators != NULL && CheckTokenMembership(NULL, administrators, &member) && member;
}

/* The account 500 of the machine or its domain. */
static bool is_builtin_administrator(void)
{
    union {
        TOKEN_USER user;
        unsigned char bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } info;
    DWORD size;
    HANDLE token;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
        return false;
    const BOOL told = GetTokenInformation(token, TokenUser, &info, sizeof info, &size);
    CloseHandle(token);
    if (!told)
        return false;
    PSID sid = info.user.User.Sid;
    const DWORD last = *GetSidSubAuthorityCount(sid) - 1u;
    return *GetSidSubAuthority(sid, 0) == SECURITY_NT_NON_UNIQUE &&
           *GetSidSubAuthority(sid, last) == DOMAIN_USER_RID_ADMIN;
}

/* Medium integrity, as such tokens have it. Where there are no levels it does not matter. */
static void lower_integrity(HANDLE token)
{
    unsigned char bytes[SECURITY_MAX_SID_SIZE];
    TOKEN_MANDATORY_LABEL label;
    label.Label.Sid = make_sid(WinMediumLabelSid, bytes);
    label.Label.Attributes = SE_GROUP_INTEGRITY;
    if (label.Label.Sid != NULL)
        SetTokenInformation(token, TokenIntegrityLevel, &label,
                            sizeof label + GetLengthSid(label.Label.Sid));
}

static bool make_plain_token(HANDLE *plain)
{
    unsigned char bytes[SECURITY_MAX_SID_SIZE];
    SID_AND_ATTRIBUTES without;
    HANDLE own;
    memset(&without, 0, sizeof without);
    without.Sid = make_sid(WinBuiltinAdministratorsSid, bytes);
    if (without.Sid == NULL || !OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own))
        return win32_cannot("the run cannot open its own token");
    const BOOL made =
        CreateRestrictedToken(own, DISABLE_MAX_PRIVILEGE, 1, &without, 0, NULL, 0, NULL, plain);
    CloseHandle(own);
    if (!made)
        return win32_cannot("Windows makes no token without administrator rights");
    lower_integrity(*plain);
    return true;
}

bool win32_token_of(enum testbed_user user, HANDLE *token)
{
    *token = NULL;
    switch (user) {
    case TESTBED_STANDARD:
    case TESTBED_FILTERED_ADMIN:
        return !win32_is_elevated() || make_plain_token(token);
    case TESTBED_ELEVATED_ADMIN:
        return win32_is_elevated() || win32_cannot("the run is not elevated");
    case TESTBED_BUILTIN_ADMIN:
        return (win32_is_elevated() && is_builtin_administrator()) ||
               win32_cannot("the run is not the built-in Administrator's");
    case TESTBED_OTHER_STANDARD:
        return win32_cannot("a second account would want a password");
    case TESTBED_LOCAL_SYSTEM:
    case TESTBED_NETWORK_SERVICE:
        break;
    }
    return win32_cannot("nobody runs as a service account without being a service");
}
