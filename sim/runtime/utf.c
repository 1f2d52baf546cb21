#include "sim/runtime/utf.h"

enum {
    SURROGATES = 0xd800,
    LOW_SURROGATES = 0xdc00,
    AFTER_SURROGATES = 0xe000,
    SUPPLEMENTARY = 0x10000,
    AFTER_UNICODE = 0x110000
};

uint32_t utf8_read(const char *bytes, size_t size, size_t *used)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, SUPPLEMENTARY};
    unsigned char first = (unsigned char)bytes[0];
    size_t length = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

    *used = 1;
    if (length == 1)
        return first;
    if (length == 0 || first >= 0xf8 || length > size)
        return UTF_REPLACEMENT;
    uint32_t character = first & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        unsigned char next = (unsigned char)bytes[i];
        if ((next & 0xc0) != 0x80)
            return UTF_REPLACEMENT;
        character = character << 6 | (next & 0x3f);
    }
    if (character < least[length] || character >= AFTER_UNICODE ||
        (character >= SURROGATES && character < AFTER_SURROGATES))
        return UTF_REPLACEMENT;
    *used = length;
    return character;
}

uint32_t utf16_read(const uint16_t *units, size_t size, size_t *used)
{
    uint32_t first = units[0];

    *used = 1;
    if (first < SURROGATES || first >= AFTER_SURROGATES)
        return first;
    if (first >= LOW_SURROGATES || size < 2 || units[1] < LOW_SURROGATES ||
        units[1] >= AFTER_SURROGATES)
        return UTF_REPLACEMENT;
    *used = 2;
    return SUPPLEMENTARY + ((first - SURROGATES) << 10) + (units[1] - LOW_SURROGATES);
}

size_t utf8_write(uint32_t character, char out[4])
{
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    size_t length = character < 0x800 ? 2 : character < SUPPLEMENTARY ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (character & 0x3f));
        character >>= 6;
    }
    out[0] = (char)((0xf00u >> length & 0xf0) | character);
    return length;
}

size_t utf16_write(uint32_t character, uint16_t out[2])
{
    if (character < SUPPLEMENTARY) {
        out[0] = (uint16_t)character;
        return 1;
    }
    character -= SUPPLEMENTARY;
    out[0] = (uint16_t)(SURROGATES + (character >> 10));
    out[1] = (uint16_t)(LOW_SURROGATES + (character & 0x3ff));
    return 2;
}
