/* <vcruntime.h>: what every header of the C runtime begins with. */
#include "crtdefs.h"
