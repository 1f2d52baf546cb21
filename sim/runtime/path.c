#include "sim/runtime/path.h"

#include <string.h>

#include "sim/runtime/guest_objects.h"
#include "sim/runtime/program.h"
#include "sim/runtime/utf.h"

static bool is_slash(uint16_t unit)
{
    return unit == '\\' || unit == '/';
}

/* ---- The process' folder --------------------------------------------------------------------- */

/* Where programs are started, unless somebody says otherwise. */
static const uint16_t first_folder[] = {'\\', 'B', 'e', 'r', 't', 'h'};

static struct file_text current_folder(void)
{
    const struct belongings *belongings = guest_process()->runtime;
    if (belongings != NULL && belongings->folder != NULL)
        return (struct file_text){belongings->folder, belongings->folder_length};
    return (struct file_text){first_folder, sizeof first_folder / sizeof *first_folder};
}

/* ---- Reading --------------------------------------------------------------------------------- */

/* One more name of the path: nothing, a step back, or a name without what its end may not have. */
static bool add_name(struct guest_path *path, struct file_text name, bool last)
{
    if (name.length == 1 && name.units[0] == '.')
        return true;
    if (name.length == 2 && name.units[0] == '.' && name.units[1] == '.') {
        while (path->length > 0 && path->units[--path->length] != '\\')
            continue;
        return true;
    }
    while (name.length > 0 &&
           (name.units[name.length - 1] == '.' || (last && name.units[name.length - 1] == ' ')))
        name.length--;
    if (name.length == 0)
        return true;
    if (path->length + 1 + name.length >= GUEST_PATH_MAX)
        return false;
    path->units[path->length++] = '\\';
    memcpy(path->units + path->length, name.units, name.length * sizeof *name.units);
    path->length += name.length;
    return true;
}

static bool add_names(struct guest_path *path, struct file_text text)
{
    uint32_t at = 0;
    while (at < text.length) {
        uint32_t end = at;
        while (end < text.length && !is_slash(text.units[end]))
            end++;
        const struct file_text name = {text.units + at, end - at};
        if (!add_name(path, name, end == text.length))
            return false;
        at = end + 1;
    }
    path->folder = text.length > 0 && is_slash(text.units[text.length - 1]);
    return true;
}

/* "\\?\C:\": what follows is taken as it is. */
static bool add_verbatim(struct guest_path *path, struct file_text text)
{
    path->length = text.length;
    path->folder = text.length > 1 && text.units[text.length - 1] == '\\';
    if (path->folder)
        path->length--;
    memcpy(path->units, text.units, path->length * sizeof *text.units);
    return path->length > 0 && path->units[0] == '\\';
}

static bool begins(struct file_text text, const char *with)
{
    for (uint32_t i = 0; with[i] != '\0'; i++)
        if (i >= text.length || text.units[i] != (uint16_t)with[i])
            return false;
    return true;
}

static struct file_text behind(struct file_text text, uint32_t count)
{
    return (struct file_text){text.units + count, text.length - count};
}

/* Takes a drive off. False when it is another than C. */
static bool take_drive(struct file_text *text)
{
    if (text->length < 2 || text->units[1] != ':')
        return true;
    bool is_c = file_text_upper(text->units[0]) == 'C';
    *text = behind(*text, 2);
    return is_c;
}

static nt_status resolve(struct file_text text, struct guest_path *path)
{
    bool verbatim = begins(text, "\\\\?\\");
    path->length = 0;
    path->folder = false;
    if (verbatim)
        text = behind(text, 4);
    else if (text.length >= 2 && is_slash(text.units[0]) && is_slash(text.units[1]))
        return STATUS_OBJECT_PATH_NOT_FOUND; /* there is no other machine's */
    if (text.length == 0 || !take_drive(&text))
        return STATUS_OBJECT_PATH_NOT_FOUND;
    if (verbatim)
        return add_verbatim(path, text) ? STATUS_SUCCESS : STATUS_OBJECT_PATH_NOT_FOUND;
    bool from_root = text.length > 0 && is_slash(text.units[0]);
    if ((!from_root && !add_names(path, current_folder())) || !add_names(path, text) ||
        path->length + 2 >= MAX_PATH)
        return STATUS_OBJECT_PATH_NOT_FOUND;
    if (path->length == 0)
        path->units[path->length++] = '\\';
    return STATUS_SUCCESS;
}

nt_status guest_path_wide(LPCWSTR name, struct guest_path *path)
{
    struct file_text text = {(const uint16_t *)name, 0};
    if (name == NULL)
        return STATUS_OBJECT_PATH_NOT_FOUND;
    while (name[text.length] != 0)
        if (++text.length >= GUEST_PATH_MAX)
            return STATUS_OBJECT_PATH_NOT_FOUND;
    return resolve(text, path);
}

nt_status guest_path_narrow(LPCSTR name, struct guest_path *path)
{
    uint16_t units[GUEST_PATH_MAX];
    uint32_t length = 0;
    size_t size = name == NULL ? 0 : strlen(name), used = 0;
    for (size_t at = 0; at < size; at += used) {
        uint32_t character = utf8_read(name + at, size - at, &used);
        if (length + 2 >= GUEST_PATH_MAX)
            return STATUS_OBJECT_PATH_NOT_FOUND;
        length += (uint32_t)utf16_write(character, units + length);
    }
    return resolve((struct file_text){units, length}, path);
}

struct file_text guest_path_split(struct guest_path *path)
{
    uint32_t end = path->length;
    while (path->length > 0 && path->units[path->length - 1] != '\\')
        path->length--;
    struct file_text name = {path->units + path->length, end - path->length};
    if (path->length > 1)
        path->length--;
    return name;
}

/* ---- Writing --------------------------------------------------------------------------------- */

size_t guest_path_write_wide(struct file_text path, uint16_t *out, size_t size)
{
    size_t length = path.length + 2;
    if (length >= size)
        return length;
    out[0] = 'C';
    out[1] = ':';
    memcpy(out + 2, path.units, path.length * sizeof *path.units);
    out[length] = 0;
    return length;
}

size_t guest_path_write_narrow(struct file_text path, char *out, size_t size)
{
    size_t length = 2, used = 0;
    char bytes[4];
    for (uint32_t at = 0; at < path.length; at += (uint32_t)used)
        length += utf8_write(utf16_read(path.units + at, path.length - at, &used), bytes);
    if (length >= size)
        return length;
    memcpy(out, "C:", 2);
    length = 2;
    for (uint32_t at = 0; at < path.length; at += (uint32_t)used)
        length += utf8_write(utf16_read(path.units + at, path.length - at, &used), out + length);
    out[length] = '\0';
    return length;
}
