/* printf and its kin, narrow and wide. */
#include "sim/runtime/crt.h"

#include <string.h>

#include "sim/runtime/format.h"
#include "sim/runtime/utf.h"

/* To a buffer of `size` units, the last of which is kept for the end of the text. */
struct buffer_out {
    struct format_out out;
    void *buffer;
    size_t size;
};

static void put_in_buffer(struct format_out *out, uint16_t unit)
{
    struct buffer_out *buffer = (struct buffer_out *)(void *)out;

    if (out->count >= buffer->size)
        return;
    if (out->wide)
        ((wide *)buffer->buffer)[out->count] = unit;
    else
        ((char *)buffer->buffer)[out->count] = (char)unit;
}

/* Prints up to `size` units and ends the text where there is room; answers how long it all is. */
static size_t print_to_buffer(void *buffer, size_t size, bool is_wide, const void *format,
                              va_list arguments)
{
    struct buffer_out out = {{.wide = is_wide, .put = put_in_buffer}, buffer, size};

    format_print(&out.out, format, arguments);
    size_t length = out.out.count;
    if (length < size)
        put_in_buffer(&out.out, 0);
    return length;
}

/* To a stream, in UTF-8. */
struct stream_out {
    struct format_out out;
    FILE *stream;
    uint16_t high; /* the first half of a pair, until the second comes */
};

static void write_character(struct stream_out *out, uint32_t character)
{
    char bytes[4];
    fwrite(bytes, 1, utf8_write(character, bytes), out->stream);
}

static void put_in_stream(struct format_out *out, uint16_t unit)
{
    struct stream_out *stream = (struct stream_out *)(void *)out;
    const uint16_t pair[] = {stream->high, unit};
    size_t used;

    if (!out->wide) {
        fputc(unit, stream->stream);
        return;
    }
    if (stream->high != 0) {
        uint32_t character = utf16_read(pair, 2, &used);
        stream->high = 0;
        write_character(stream, character);
        if (used == 2)
            return;
    }
    if ((unit & 0xfc00) == 0xd800)
        stream->high = unit;
    else
        write_character(stream, utf16_read(&unit, 1, &used));
}

static int print_to_stream(FILE *stream, bool is_wide, const void *format, va_list arguments)
{
    struct stream_out out = {{.wide = is_wide, .put = put_in_stream}, stream, 0};

    format_print(&out.out, format, arguments);
    if (out.high != 0)
        write_character(&out, UTF_REPLACEMENT);
    return ferror(stream) != 0 ? -1 : (int)out.out.count;
}

/* The body of a function of variable arguments, in terms of its sibling that takes a va_list. */
#define WITH_ARGUMENTS(last, call)                                                                 \
    va_list arguments;                                                                             \
    va_start(arguments, last);                                                                     \
    int result = (call);                                                                           \
    va_end(arguments);                                                                             \
    return result

int berth_vfprintf(FILE *stream, const char *format, va_list arguments)
{
    return print_to_stream(stream, false, format, arguments);
}

int berth_vprintf(const char *format, va_list arguments)
{
    return print_to_stream(stdout, false, format, arguments);
}

int berth_fprintf(FILE *stream, const char *format, ...)
{
    WITH_ARGUMENTS(format, berth_vfprintf(stream, format, arguments));
}

int berth_printf(const char *format, ...)
{
    WITH_ARGUMENTS(format, berth_vprintf(format, arguments));
}

int berth_vsnprintf(char *buffer, size_t size, const char *format, va_list arguments)
{
    size_t length = print_to_buffer(buffer, size, false, format, arguments);
    if (length >= size && size > 0)
        buffer[size - 1] = '\0';
    return (int)length;
}

int berth_snprintf(char *buffer, size_t size, const char *format, ...)
{
    WITH_ARGUMENTS(format, berth_vsnprintf(buffer, size, format, arguments));
}

int berth_vsprintf(char *buffer, const char *format, va_list arguments)
{
    return berth_vsnprintf(buffer, SIZE_MAX, format, arguments);
}

int berth_sprintf(char *buffer, const char *format, ...)
{
    WITH_ARGUMENTS(format, berth_vsprintf(buffer, format, arguments));
}

int berth__vsnprintf(char *buffer, size_t size, const char *format, va_list arguments)
{
    size_t length = print_to_buffer(buffer, size, false, format, arguments);
    return length > size ? -1 : (int)length;
}

int berth__snprintf(char *buffer, size_t size, const char *format, ...)
{
    WITH_ARGUMENTS(format, berth__vsnprintf(buffer, size, format, arguments));
}

int berth__vscprintf(const char *format, va_list arguments)
{
    return (int)print_to_buffer(NULL, 0, false, format, arguments);
}

int berth__scprintf(const char *format, ...)
{
    WITH_ARGUMENTS(format, berth__vscprintf(format, arguments));
}

int berth_vsprintf_s(char *buffer, size_t size, const char *format, va_list arguments)
{
    size_t length = print_to_buffer(buffer, size, false, format, arguments);
    if (length < size)
        return (int)length;
    if (size > 0)
        buffer[0] = '\0';
    return -1;
}

int berth_sprintf_s(char *buffer, size_t size, const char *format, ...)
{
    WITH_ARGUMENTS(format, berth_vsprintf_s(buffer, size, format, arguments));
}

/* `count` units and the end of the text go into `size`; _TRUNCATE asks for what fits. */
static size_t counted(size_t size, size_t count)
{
    return count < size ? count + 1 : size;
}

int berth__snprintf_s(char *buffer, size_t size, size_t count, const char *format, ...)
{
    size_t room = counted(size, count);
    WITH_ARGUMENTS(format, berth_vsnprintf(buffer, room, format, arguments) < (int)room
                               ? (int)strlen(buffer)
                               : -1);
}

int berth_vfwprintf(FILE *stream, const wide *format, va_list arguments)
{
    return print_to_stream(stream, true, format, arguments);
}

int berth_vwprintf(const wide *format, va_list arguments)
{
    return print_to_stream(stdout, true, format, arguments);
}

int berth_fwprintf(FILE *stream, const wide *format, ...)
{
    WITH_ARGUMENTS(format, berth_vfwprintf(stream, format, arguments));
}

int berth_wprintf(const wide *format, ...)
{
    WITH_ARGUMENTS(format, berth_vwprintf(format, arguments));
}

int berth_vswprintf(wide *buffer, size_t size, const wide *format, va_list arguments)
{
    size_t length = print_to_buffer(buffer, size, true, format, arguments);
    if (length < size)
        return (int)length;
    if (size > 0)
        buffer[size - 1] = 0;
    return -1;
}

int berth_swprintf(wide *buffer, size_t size, const wide *format, ...)
{
    WITH_ARGUMENTS(format, berth_vswprintf(buffer, size, format, arguments));
}

int berth__vsnwprintf(wide *buffer, size_t size, const wide *format, va_list arguments)
{
    size_t length = print_to_buffer(buffer, size, true, format, arguments);
    return length > size ? -1 : (int)length;
}

int berth__snwprintf(wide *buffer, size_t size, const wide *format, ...)
{
    WITH_ARGUMENTS(format, berth__vsnwprintf(buffer, size, format, arguments));
}

int berth__scwprintf(const wide *format, ...)
{
    WITH_ARGUMENTS(format, (int)print_to_buffer(NULL, 0, true, format, arguments));
}

int berth_vswprintf_s(wide *buffer, size_t size, const wide *format, va_list arguments)
{
    int length = berth_vswprintf(buffer, size, format, arguments);
    if (length < 0 && size > 0)
        buffer[0] = 0;
    return length;
}

int berth_swprintf_s(wide *buffer, size_t size, const wide *format, ...)
{
    WITH_ARGUMENTS(format, berth_vswprintf_s(buffer, size, format, arguments));
}

int berth__snwprintf_s(wide *buffer, size_t size, size_t count, const wide *format, ...)
{
    WITH_ARGUMENTS(format, berth_vswprintf(buffer, counted(size, count), format, arguments));
}

int berth_fputws(const wide *text, FILE *stream)
{
    struct stream_out out = {{.wide = true, .put = put_in_stream}, stream, 0};

    for (; *text != 0; text++)
        put_in_stream(&out.out, *text);
    if (out.high != 0)
        write_character(&out, UTF_REPLACEMENT);
    return ferror(stream) != 0 ? -1 : 0;
}

int berth__putws(const wide *text)
{
    int result = berth_fputws(text, stdout);
    return fputc('\n', stdout) == EOF ? -1 : result;
}

unsigned berth_fputwc(wide character, FILE *stream)
{
    const wide text[] = {character, 0};
    return berth_fputws(text, stream) < 0 ? 0xffffu : character;
}

unsigned berth_putwchar(wide character)
{
    return berth_fputwc(character, stdout);
}
