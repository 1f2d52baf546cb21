/* GUIDs: equal or not, and made known by name. */
#ifndef BERTH_WIN32_GUIDDEF_H
#define BERTH_WIN32_GUIDDEF_H

#include "windows.h"

typedef GUID IID, CLSID, UUID, *LPIID, *LPCLSID;
#if defined(__cplusplus)
typedef const GUID &REFGUID;
typedef const IID &REFIID;
typedef const CLSID &REFCLSID;
static inline int InlineIsEqualGUID(const GUID &a, const GUID &b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}
#define IsEqualGUID(a, b) InlineIsEqualGUID(a, b)
#else
typedef const GUID *REFGUID;
typedef const IID *REFIID;
typedef const CLSID *REFCLSID;
#define IsEqualGUID(a, b) (memcmp((a), (b), sizeof(GUID)) == 0)
#endif
#define IsEqualIID(a, b) IsEqualGUID(a, b)
#define IsEqualCLSID(a, b) IsEqualGUID(a, b)

#endif

/* Each time anew: INITGUID may be defined between two inclusions. */
#undef DEFINE_GUID
#if defined(INITGUID)
#define DEFINE_GUID(name, a, b, c, d, e, f, g, h, i, j, k)                                         \
    const GUID name __attribute__((weak)) = {a, b, c, {d, e, f, g, h, i, j, k}}
#else
#define DEFINE_GUID(name, a, b, c, d, e, f, g, h, i, j, k) BERTH_EXTERN const GUID name
#endif
