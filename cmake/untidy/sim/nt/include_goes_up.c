#include "sim/tcpip/tcpip.h"
