/* The host's <sys/select.h>, which must not put the program's own FD_SETSIZE aside: other headers
 * bring it in before <winsock2.h> has its say.
 */
#ifndef BERTH_SYS_SELECT_H
#define BERTH_SYS_SELECT_H

#pragma push_macro("FD_SETSIZE")
#undef FD_SETSIZE
#include_next <sys/select.h>
#undef FD_SETSIZE
#pragma pop_macro("FD_SETSIZE")

#endif
