/* Annotations of an older spelling: see sal.h. */
#include <sal.h>
