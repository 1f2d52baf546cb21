/* <io.h>: translation modes mean nothing here, text is UTF-8 in every one. */
#ifndef BERTH_CRT_IO_H
#define BERTH_CRT_IO_H

#include <stdio.h>

#define _O_TEXT 0x4000
#define _O_BINARY 0x8000
#define _O_WTEXT 0x10000
#define _O_U16TEXT 0x20000
#define _O_U8TEXT 0x40000
#define _setmode(descriptor, mode) ((void)(descriptor), (void)(mode), _O_TEXT)
#define _isatty isatty

#endif
