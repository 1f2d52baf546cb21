/* In the SDK a part of mswsock.h, which programs may include alone. */
#include "mswsock.h"
