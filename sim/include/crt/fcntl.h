/* <fcntl.h>: where programs look for the translation modes. */
#ifndef BERTH_CRT_FCNTL_H
#define BERTH_CRT_FCNTL_H

#include <io.h>
#include_next <fcntl.h>

#endif
