/* Addresses from text, as ntdll reads them: one number after the other, each looked at when what
 * ends it is seen. Seen through Wine 8.0, whose own tests have these answers from Windows.
 */
#include "sim/winsock/text.h"

#include <string.h>

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

static bool is_decimal(char c)
{
    return digit_of(c) < 10;
}

/* The base that a number's front tells, and how long that front is. */
static int base_of(const char *text, int *front)
{
    *front = 0;
    if (text[0] != '0')
        return 10;
    if (text[1] == 'x' || text[1] == 'X') {
        *front = 2;
        return 16;
    }
    if (!is_decimal(text[1]))
        return 10;
    *front = 1;
    return 8;
}

/* A number as C writes it: decimal, octal after 0, hexadecimal after 0x; strictly decimal alone.
 * False when there is none, or one of more than 32 bits whose surplus shows; `*text` is where
 * reading stopped.
 */
static bool read_number(const char **text, bool strict, uint32_t *out)
{
    int front;
    const int base = base_of(*text, &front);
    if (**text == '.') {
        ++*text;
        return false;
    }
    *text += front;
    if (front > 0 && strict)
        return false;

    const char *start = *text;
    uint32_t number = 0;
    for (; digit_of(**text) < base; ++*text) {
        const uint32_t next = number * (uint32_t)base + (uint32_t)digit_of(**text);
        if (next < number)
            return false;
        number = next;
    }
    *out = number;
    return *text > start;
}

bool text_read_number(const char *text, uint32_t most, uint32_t *out)
{
    uint32_t number;
    if (!read_number(&text, false, &number) || *text != '\0' || number > most)
        return false;
    *out = number;
    return true;
}

/* A port to the end of the text. */
static bool read_port(const char **text, uint16_t *port)
{
    uint32_t number;
    if (!read_number(text, false, &number) || number == 0 || number > 0xffff || **text != '\0')
        return false;
    *port = (uint16_t)number;
    return true;
}

/* ---- IPv4 ------------------------------------------------------------------------------------ */

/* One to four numbers between dots; the last fills what is left. */
static bool read_parts(const char **text, bool strict, unsigned char out[4])
{
    uint32_t parts[4];
    int count = 0;
    for (;;) {
        if (!read_number(text, strict, &parts[count]))
            return false;
        count++;
        if (**text != '.')
            break;
        if (count == 4)
            return false;
        ++*text;
    }
    if (strict && count < 4)
        return false;

    uint32_t address = parts[count - 1];
    if (count > 1 && address >= 1u << (8 * (5 - count)))
        return false;
    for (int i = 0; i < count - 1; i++) {
        if (parts[i] > 255)
            return false;
        address |= parts[i] << (24 - 8 * i);
    }
    for (int i = 0; i < 4; i++)
        out[i] = (unsigned char)(address >> (24 - 8 * i));
    return true;
}

/* The address, and the port behind it. `*end` is behind the address when both are good. */
static bool read_4(const char *text, bool strict, struct text_name *out, const char **end)
{
    bool good = read_parts(&text, strict, out->bytes);
    *end = text;
    if (!good || *text != ':')
        return good;
    text++;
    good = read_port(&text, &out->port);
    if (!good)
        *end = text;
    return good;
}

bool text_read_4(const char *text, bool strict, unsigned char out[4], const char **end)
{
    struct text_name name = {.family = AF_INET};
    if (!read_4(text, strict, &name, end))
        return false;
    memcpy(out, name.bytes, 4);
    return true;
}

/* ---- IPv6 ------------------------------------------------------------------------------------ */

enum { WORDS = 8, WORD_DIGITS = 4, BYTE_DIGITS = 3 };

struct reading {
    const char *at;
    unsigned char *out; /* what is complete is written at once, without the gap */
    int words;          /* written */
    int gap;            /* where :: stood, in words; -1 for nowhere */
    int dots;           /* bytes of an IPv4 address written behind the words */
    int digits;         /* of the number being read */
    uint32_t number;    /* hexadecimal; decimal once there are dots */
    uint32_t decimal;
    bool hexadecimal; /* it has a letter */
    bool closed;      /* no number may be missing here: at the front and behind a single colon */
};

/* How many words have room beside a gap, which stands for one at least. */
static int room(const struct reading *reading)
{
    return reading->gap >= 0 ? WORDS - 1 : WORDS;
}

static void begin_number(struct reading *reading)
{
    reading->digits = 0;
    reading->number = reading->decimal = 0;
    reading->hexadecimal = false;
}

static void write_word(struct reading *reading)
{
    unsigned char *to = reading->out + 2 * reading->words++;
    to[0] = (unsigned char)(reading->number >> 8);
    to[1] = (unsigned char)reading->number;
    begin_number(reading);
}

enum step { STEP_ON, STEP_END, STEP_REFUSED };

static enum step take_digit(struct reading *reading)
{
    const int digit = digit_of(*reading->at);
    if ((reading->dots > 0 && digit > 9) || reading->words == room(reading))
        return STEP_END;
    reading->number = (reading->number << 4 | (uint32_t)digit) & 0xffff;
    if (reading->digits < BYTE_DIGITS)
        reading->decimal = reading->decimal * 10 + (uint32_t)digit;
    reading->hexadecimal = reading->hexadecimal || digit > 9;
    reading->digits++;
    reading->at++;
    return STEP_ON;
}

static enum step take_colon(struct reading *reading)
{
    const bool two = reading->at[1] == ':';
    if (reading->dots > 0 || (two && reading->gap >= 0) || (reading->digits == 0 && !two) ||
        (reading->digits == 0 && reading->words > 0))
        return STEP_END;
    if (reading->digits > 0) {
        if (reading->words == room(reading) - 1)
            return STEP_END;
        if (reading->digits > WORD_DIGITS)
            return STEP_REFUSED;
        write_word(reading);
    }
    else
        memset(reading->out, 0, 2); /* a gap in front shows as a word until one is there */
    if (two)
        reading->gap = reading->words;
    reading->closed = !two;
    reading->at += two ? 2 : 1;
    return STEP_ON;
}

static enum step take_dot(struct reading *reading)
{
    if (reading->digits == 0 || reading->hexadecimal || reading->dots == 3 ||
        reading->words > room(reading) - 2)
        return STEP_END;
    if (reading->digits > BYTE_DIGITS || reading->decimal > 255)
        return STEP_REFUSED;
    reading->out[2 * reading->words + reading->dots++] = (unsigned char)reading->decimal;
    begin_number(reading);
    reading->closed = true;
    reading->at++;
    return STEP_ON;
}

static enum step take(struct reading *reading)
{
    if (digit_of(*reading->at) < 16)
        return take_digit(reading);
    if (*reading->at == ':')
        return take_colon(reading);
    return *reading->at == '.' ? take_dot(reading) : STEP_END;
}

/* The number that stood last, if that makes a whole address. */
static bool close_reading(struct reading *reading)
{
    const bool ipv4 = reading->dots > 0;
    const int words = reading->words + (ipv4 ? 2 : reading->digits > 0);
    if (reading->digits == 0 && reading->closed)
        return false;
    if (reading->gap >= 0 ? words >= WORDS : words != WORDS)
        return false;
    if (!ipv4) {
        if (reading->digits > WORD_DIGITS)
            return false;
        if (reading->digits > 0)
            write_word(reading);
        return true;
    }
    if (reading->dots != 3 || reading->digits > BYTE_DIGITS || reading->decimal > 255)
        return false;
    reading->out[2 * reading->words + 3] = (unsigned char)reading->decimal;
    reading->words += 2;
    return true;
}

bool text_read_6(const char *text, unsigned char out[16], const char **end)
{
    struct reading reading = {.at = text, .out = out, .gap = -1, .closed = true};
    enum step step;
    do
        step = take(&reading);
    while (step == STEP_ON);
    if (step == STEP_REFUSED)
        return false;
    *end = reading.at;
    if (!close_reading(&reading))
        return false;
    if (reading.gap >= 0) {
        const size_t before = 2 * (size_t)reading.gap;
        const size_t after = 2 * (size_t)reading.words - before;
        memmove(out + 16 - after, out + before, after);
        memset(out + before, 0, 16 - after - before);
    }
    return true;
}

/* ---- With what stands beside it -------------------------------------------------------------- */

bool text_read_name(const char *text, int family, bool strict, struct text_name *out)
{
    *out = (struct text_name){.family = family};
    if (family == AF_INET)
        return read_4(text, strict, out, &text) && (*text == '\0' || *text == ':');

    const bool brackets = *text == '[';
    if (!text_read_6(text + brackets, out->bytes, &text))
        return false;
    if (*text == '%') {
        text++;
        if (!read_number(&text, true, &out->scope))
            return false;
    }
    if (brackets && *text++ != ']')
        return false;
    if (*text == '\0' || !brackets || *text != ':')
        return *text == '\0';
    text++;
    return read_port(&text, &out->port);
}
