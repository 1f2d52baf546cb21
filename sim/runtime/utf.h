/* UTF-8 and UTF-16, into one another, a character at a time. What is malformed becomes U+FFFD. */
#ifndef SIM_RUNTIME_UTF_H
#define SIM_RUNTIME_UTF_H

#include <stddef.h>
#include <stdint.h>

enum { UTF_REPLACEMENT = 0xfffd };

/* The character at the start of `size` bytes, at least 1; `*used` is how many it takes. */
uint32_t utf8_read(const char *bytes, size_t size, size_t *used);

/* The same of `size` units of UTF-16. */
uint32_t utf16_read(const uint16_t *units, size_t size, size_t *used);

/* Writes a character; answers how many bytes or units it takes. */
size_t utf8_write(uint32_t character, char out[4]);
size_t utf16_write(uint32_t character, uint16_t out[2]);

#endif
