/* Winsock 1.1's header: its calls are Winsock 2's. */
#include "winsock2.h"
