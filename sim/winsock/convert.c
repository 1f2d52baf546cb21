/* Byte order and addresses as text. None of these needs a machine. */
#include <ws2tcpip.h>

#include <stdbool.h>

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

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

/* A number as C writes it: decimal, octal after 0, hexadecimal after 0x. Moves `*text` behind it.
 * False when there is none or it has more than 32 bits.
 */
static bool read_number(const char **text, unsigned long long *out)
{
    int base = 10;
    const char *at = *text;
    if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X')) {
        base = 16;
        at += 2;
    } else if (at[0] == '0') {
        base = 8;
    }
    const char *start = at;
    unsigned long long number = 0;
    for (; digit_of(*at) < base; at++) {
        number = number * (unsigned)base + (unsigned)digit_of(*at);
        if (number > 0xffffffff)
            return false;
    }
    *text = at;
    *out = number;
    return at > start;
}

/* One to four numbers with dots between; the last fills what is left. Page: inet_addr. */
ULONG inet_addr(const char *cp)
{
    unsigned long long parts[4];
    int count = 0;

    if (cp == NULL)
        return INADDR_NONE;
    if (strcmp(cp, " ") == 0)
        return 0; /* the page: a single space is zero */
    for (;;) {
        if (!read_number(&cp, &parts[count++]))
            return INADDR_NONE;
        if (*cp != '.')
            break;
        if (count == 4)
            return INADDR_NONE;
        cp++;
    }
    if (*cp != '\0')
        return INADDR_NONE;

    unsigned long long address = 0;
    for (int i = 0; i < count - 1; i++) {
        if (parts[i] > 255)
            return INADDR_NONE;
        address |= parts[i] << (24 - 8 * i);
    }
    if (parts[count - 1] >= 1ull << (8 * (5 - count)))
        return INADDR_NONE;
    return htonl((u_long)(address | parts[count - 1]));
}

/* Four decimal numbers, as inet_pton wants them. */
static bool read_dotted(const char *text, unsigned char out[4])
{
    for (int i = 0; i < 4; i++) {
        int number = 0;
        const char *start = text;
        for (; *text >= '0' && *text <= '9' && text - start < 3; text++)
            number = number * 10 + (*text - '0');
        bool ends = *text == (i < 3 ? '.' : '\0');
        if (text == start || number > 255 || !ends || (*start == '0' && text - start > 1))
            return false;
        out[i] = (unsigned char)number;
        text++;
    }
    return true;
}

struct groups {
    unsigned char bytes[16];
    int size; /* of the bytes read */
    int gap;  /* where :: stood, in bytes; -1 for nowhere */
};

/* Up to four hexadecimal digits. */
static bool read_group(const char **text, struct groups *groups)
{
    int number = 0, digits = 0;
    for (; digit_of(**text) < 16; (*text)++) {
        if (++digits > 4)
            return false;
        number = number * 16 + digit_of(**text);
    }
    if (digits == 0 || groups->size > 14)
        return false;
    groups->bytes[groups->size++] = (unsigned char)(number >> 8);
    groups->bytes[groups->size++] = (unsigned char)number;
    return true;
}

static bool read_groups(const char *text, struct groups *groups)
{
    if (text[0] == ':' && text[1] != ':')
        return false;
    while (*text != '\0') {
        if (text[0] == ':' && text[1] == ':') {
            if (groups->gap >= 0)
                return false;
            groups->gap = groups->size;
            text += 2;
            continue;
        }
        if (groups->size <= 12 && read_dotted(text, groups->bytes + groups->size)) {
            groups->size += 4;
            break;
        }
        if (!read_group(&text, groups))
            return false;
        if (*text == '\0')
            break;
        if (text[0] != ':' || (text[1] != ':' && digit_of(text[1]) == 16))
            return false;
        if (text[1] != ':')
            text++;
    }
    return groups->gap >= 0 ? groups->size <= 14 : groups->size == 16;
}

static bool read_ipv6(const char *text, unsigned char out[16])
{
    struct groups groups = {.gap = -1};
    if (!read_groups(text, &groups))
        return false;
    size_t before = (size_t)(groups.gap >= 0 ? groups.gap : groups.size);
    size_t after = (size_t)groups.size - before;
    memset(out, 0, 16);
    memcpy(out, groups.bytes, before);
    memcpy(out + 16 - after, groups.bytes + before, after);
    return true;
}

/* 1 for an address, 0 for no address, -1 and the last error for anything else. */
INT inet_pton(INT Family, PCSTR pszAddrString, PVOID pAddrBuf)
{
    unsigned char bytes[16];
    bool is_4 = Family == AF_INET;
    if (!is_4 && Family != AF_INET6) {
        WSASetLastError(WSAEAFNOSUPPORT);
        return -1;
    }
    if (pszAddrString == NULL || pAddrBuf == NULL) {
        WSASetLastError(WSAEFAULT);
        return -1;
    }
    bool good = is_4 ? read_dotted(pszAddrString, bytes) : read_ipv6(pszAddrString, bytes);
    if (good)
        memcpy(pAddrBuf, bytes, is_4 ? 4 : 16);
    return good;
}
