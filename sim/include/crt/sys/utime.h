/* <sys/utime.h>: a file's times, by Microsoft's names. */
#ifndef BERTH_CRT_SYS_UTIME_H
#define BERTH_CRT_SYS_UTIME_H

#include <crtdefs.h>

#include <time.h>
#include <utime.h>

#define _utimbuf utimbuf
#define _utime utime
#define __utimbuf64 utimbuf
#define _utime64 utime

#endif
