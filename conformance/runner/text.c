#include "conformance/runner/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/runner/os.h"

void text_add(struct text *text, const char *bytes, size_t length)
{
    if (text->length + length + 1 > text->capacity) {
        size_t capacity = (text->length + length + 1) * 2;
        char *grown = realloc(text->bytes, capacity);
        if (grown == NULL)
            abort();
        text->bytes = grown;
        text->capacity = capacity;
    }
    if (length > 0)
        memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_say(struct text *text, const char *line)
{
    text_add(text, line, strlen(line));
}

void text_free(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}

char *text_copy(const char *line)
{
    struct text text = {0};
    text_say(&text, line);
    return text.bytes;
}

static unsigned line_of(const struct text *text, const char *at)
{
    unsigned line = 1;
    for (const char *byte = text->bytes; byte < at; byte++)
        line += *byte == '\n';
    return line;
}

bool text_read_file(struct text *text, const char *path, const char *expected, char *message,
                    size_t message_size)
{
    *text = (struct text){0};
    FILE *file = fopen(path, "rb");
    char bytes[4096];
    size_t size = 0;
    text_add(text, "", 0);
    while (file != NULL && (size = fread(bytes, 1, sizeof bytes, file)) > 0)
        text_add(text, bytes, size);
    bool failed = file == NULL || ferror(file) != 0;
    int reason = errno;
    if (file != NULL)
        fclose(file);
    if (failed) {
        snprintf(message, message_size, "%s:1: cannot be read (%s), expected %s", path,
                 strerror(reason), expected);
        text_free(text);
        return false;
    }

    const char *nul = memchr(text->bytes, '\0', text->length);
    if (nul != NULL) {
        snprintf(message, message_size, "%s:%u: a NUL byte, expected %s", path, line_of(text, nul),
                 expected);
        text_free(text);
        return false;
    }
    if (strncmp(text->bytes, "\xef\xbb\xbf", 3) == 0) {
        text->length -= 3;
        memmove(text->bytes, text->bytes + 3, text->length + 1);
    }
    return true;
}

bool output_open(struct output *output, const char *path)
{
    *output = (struct output){.path = path};
    struct text partial = {0};
    text_say(&partial, path);
    text_say(&partial, ".partial");
    output->partial = partial.bytes;
    output->file = fopen(output->partial, "wb");
    if (output->file == NULL) {
        free(output->partial);
        *output = (struct output){0};
        return false;
    }
    return true;
}

bool output_keep(struct output *output)
{
    bool written = ferror(output->file) == 0;
    written = fclose(output->file) == 0 && written;
    written = written && os_replace(output->partial, output->path);
    if (!written)
        remove(output->partial);
    free(output->partial);
    *output = (struct output){0};
    return written;
}

void output_drop(struct output *output)
{
    fclose(output->file);
    remove(output->partial);
    free(output->partial);
    *output = (struct output){0};
}
