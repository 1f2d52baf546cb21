/* In the SDK a file of its own. */
#include "tcpmib.h"
