/* Addresses as text: the forms that Winsock and the Rtl functions have in common. Pure functions of
 * characters; the entry points that look at pointers stand in ws2_text.c and rtl_text.c.
 */
#ifndef SIM_WINSOCK_TEXT_H
#define SIM_WINSOCK_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ws2def.h>

/* An IPv6 address with its scope, in brackets, and a port; with its NUL. */
enum { TEXT_SIZE = 66 };

/* An address with what a socket address has beside it. */
struct text_name {
    int family;              /* AF_INET or AF_INET6 */
    unsigned char bytes[16]; /* network order; an IPv4 address in the first four */
    uint32_t scope;
    uint16_t port; /* host order; 0 is not written */
};

/* Each writes a string and answers its length. */
size_t text_write_4(const unsigned char bytes[4], char *out);
size_t text_write_6(const unsigned char bytes[16], char *out);
size_t text_write_name(const struct text_name *name, char out[TEXT_SIZE]);
size_t text_write_number(uint32_t number, char *out);

/* Each reads an address from the front of a text. False, when there is none; `*end` is where
 * reading stopped, in both cases: but where it was given up in its middle, `*end` is left alone. Of
 * an IPv6 address what is complete is written though the whole is none.
 *
 * Strict: four decimal numbers. Else one to four, each decimal, octal or hexadecimal, of which the
 * last fills what is left (page: inet_addr). A colon behind them must be that of a port, which is
 * not read from.
 */
bool text_read_4(const char *text, bool strict, unsigned char out[4], const char **end);
bool text_read_6(const char *text, unsigned char out[16], const char **end);

/* A whole text: an address, perhaps with a port, and for IPv6 a scope: 1.2.3.4:80, [fe80::1%2]:80.
 * A port of 0 is none that may be written.
 */
bool text_read_name(const char *text, int family, bool strict, struct text_name *out);

/* A whole text that is a number of at most `most`; decimal, octal or hexadecimal as C has them. */
bool text_read_number(const char *text, uint32_t most, uint32_t *out);

/* Copies of wide text as narrow and back. What is not ASCII becomes a character that no address
 * has. `size` counts the NUL; false when the text is longer.
 */
bool text_narrow(const WCHAR *wide, char *narrow, size_t size);
void text_widen(const char *narrow, WCHAR *wide);

#endif
