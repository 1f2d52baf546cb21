/* Byte order. None of these needs a machine. */
#include <winsock2.h>

u_short htons(u_short hostshort)
{
    const unsigned char bytes[2] = {(unsigned char)(hostshort >> 8), (unsigned char)hostshort};
    u_short out;
    memcpy(&out, bytes, sizeof out);
    return out;
}

u_short ntohs(u_short netshort)
{
    return htons(netshort);
}

u_long htonl(u_long hostlong)
{
    const unsigned char bytes[4] = {(unsigned char)(hostlong >> 24),
                                    (unsigned char)(hostlong >> 16), (unsigned char)(hostlong >> 8),
                                    (unsigned char)hostlong};
    u_long out;
    memcpy(&out, bytes, sizeof out);
    return out;
}

u_long ntohl(u_long netlong)
{
    return htonl(netlong);
}
