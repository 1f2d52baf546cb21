#include "conformance/suites/suites.h"

#include "conformance/suites/suite.h"

#if !defined(SUITES)
#define SUITES                                                                                     \
    SUITE(layout)                                                                                  \
    SUITE(acquire)                                                                                 \
    SUITE(associate)                                                                               \
    SUITE(release)                                                                                 \
    SUITE(errors)                                                                                  \
    SUITE(persistent)                                                                              \
    SUITE(bind)                                                                                    \
    SUITE(ioctl)                                                                                   \
    SUITE(privileges)                                                                              \
    SUITE(lifetime)                                                                                \
    SUITE(boot)                                                                                    \
    SUITE(sharing)                                                                                 \
    SUITE(options)                                                                                 \
    SUITE(netsh)
#endif

#define SUITE(name) extern const struct suite name##_suite;
SUITES
#undef SUITE

#define SUITE(name) &name##_suite,
const struct suite *const all_suites[] = {SUITES NULL};
