/* Lengths of names in a network of machines. */
#ifndef BERTH_WIN32_LMCONS_H
#define BERTH_WIN32_LMCONS_H

#include "windows.h"

#define CNLEN 15
#define DNLEN CNLEN
#define UNLEN 256
#define PWLEN 256
#define NERR_Success 0

#endif
