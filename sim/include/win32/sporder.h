/* The order of the catalogue: in the SDK a library of its own. */
#include "ws2spi.h"
