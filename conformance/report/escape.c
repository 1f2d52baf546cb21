#include "conformance/report/report.h"

/* How many bytes the UTF-8 letter at `text` has; 0 when it is none that XML allows. */
static size_t letter_size(const unsigned char *text)
{
    static const struct {
        unsigned char first, last; /* of the leading byte */
        size_t size;
    } kinds[] = {{0xC2, 0xDF, 2}, {0xE0, 0xEF, 3}, {0xF0, 0xF4, 4}};
    if (*text < 0x80)
        return *text >= ' ' || *text == '\n' || *text == '\t' ? 1 : 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (*text < kinds[i].first || *text > kinds[i].last)
            continue;
        for (size_t byte = 1; byte < kinds[i].size; byte++)
            if ((text[byte] & 0xC0) != 0x80)
                return 0;
        bool overlong = (text[0] == 0xE0 && text[1] < 0xA0) || (text[0] == 0xF0 && text[1] < 0x90);
        bool surrogate = text[0] == 0xED && text[1] > 0x9F;
        bool no_character = text[0] == 0xEF && text[1] == 0xBF && text[2] > 0xBD;
        bool too_high = text[0] == 0xF4 && text[1] > 0x8F;
        return overlong || surrogate || no_character || too_high ? 0 : kinds[i].size;
    }
    return 0;
}

void report_escaped(const char *text, FILE *out)
{
    while (*text != '\0') {
        size_t size = letter_size((const unsigned char *)text);
        if (size == 0)
            fputc('?', out);
        else if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '>')
            fputs("&gt;", out);
        else if (*text == '&')
            fputs("&amp;", out);
        else if (*text == '"')
            fputs("&quot;", out);
        else
            fwrite(text, 1, size, out);
        text += size == 0 ? 1 : size;
    }
}
