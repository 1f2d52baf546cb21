/* The table of interfaces: in the SDK a file of its own. */
#include "ipmib.h"
