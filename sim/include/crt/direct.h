/* <direct.h>: folders are the host's. */
#ifndef BERTH_CRT_DIRECT_H
#define BERTH_CRT_DIRECT_H

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define _getcwd(buffer, size) getcwd((buffer), (size_t)(size))
#define _chdir chdir
#define _rmdir rmdir
#define _mkdir(name) mkdir((name), 0777)

#endif
