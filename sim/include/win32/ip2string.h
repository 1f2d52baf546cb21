/* The addresses as text, of ntdll. */
#include "winsock2.h"

#include "ws2tcpip.h"

#include "mstcpip.h"
