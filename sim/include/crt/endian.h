/* <endian.h>, which the host's <sys/types.h> brings in: of no use to a program for Windows, which
 * may have functions of these names.
 */
#ifndef BERTH_CRT_ENDIAN_H
#define BERTH_CRT_ENDIAN_H

#include_next <endian.h>
#undef LITTLE_ENDIAN
#undef BIG_ENDIAN
#undef PDP_ENDIAN
#undef BYTE_ORDER
#undef htobe16
#undef htole16
#undef be16toh
#undef le16toh
#undef htobe32
#undef htole32
#undef be32toh
#undef le32toh
#undef htobe64
#undef htole64
#undef be64toh
#undef le64toh

#endif
