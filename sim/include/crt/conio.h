/* <conio.h>: keys come from standard input; nobody waits for one that is not there. */
#ifndef BERTH_CRT_CONIO_H
#define BERTH_CRT_CONIO_H

#include <stdio.h>

#define _getch() getchar()
#define _getche() getchar()
#define getch() getchar()
#define _kbhit() 0
#define _cputs(text) fputs((text), stdout)
#define _cprintf printf

#endif
