/* The numbers and layouts of our headers, held against the SDK's: compiled with the SDK alone. */
#define NTDDI_VERSION 0x0A00000C /* all that the SDK knows of Windows 10 */
#include <stddef.h>

#include <winsock2.h>

#include <ws2tcpip.h>

#include <afunix.h>
#include <mstcpip.h>
#include <mswsock.h>
#include <nspapi.h>
#include <ws2spi.h>

#include <iphlpapi.h>

#include "sim/include/win32/layout_check.h"
