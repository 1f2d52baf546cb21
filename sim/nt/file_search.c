#include "sim/nt/file_search.h"

#include <string.h>

#include "sim/engine/check.h"
#include "sim/nt/file.h"
#include "sim/nt/nt.h"

struct file_search {
    uint32_t dots;                   /* of "." and "..", how many were told */
    uint32_t pattern_length, length; /* of `name`, the last one told */
    uint16_t pattern[FILE_NAME_MAX];
    uint16_t name[FILE_NAME_MAX];
};

static struct arena *arena_of(const struct open_file *file)
{
    return &file->file.object.nt->engine->arena;
}

/* ---- Patterns -------------------------------------------------------------------------------- */

static bool fits_one(struct file_text pattern, uint32_t at, struct file_text name, uint32_t letter)
{
    uint16_t want = pattern.units[at];
    return want == '?' || file_text_upper(want) == file_text_upper(name.units[letter]);
}

/* Whether what is left of a pattern fits no letters. */
static bool fits_nothing(struct file_text pattern, uint32_t at)
{
    while (at < pattern.length && (pattern.units[at] == '*' || pattern.units[at] == '?'))
        at++;
    return at == pattern.length;
}

/* One star at a time: what an earlier one took is never worth changing. */
static bool fits_letters(struct file_text pattern, struct file_text name)
{
    uint32_t at = 0, letter = 0, star = UINT32_MAX, from = 0;
    while (letter < name.length) {
        if (at < pattern.length && pattern.units[at] == '*') {
            star = at++;
            from = letter;
        } else if (at < pattern.length && fits_one(pattern, at, name, letter)) {
            at++;
            letter++;
        } else if (star != UINT32_MAX) {
            at = star + 1;
            letter = ++from;
        } else {
            return false;
        }
    }
    return fits_nothing(pattern, at);
}

bool search_fits(struct file_text pattern, struct file_text name)
{
    bool all = pattern.length == 3 && pattern.units[0] == '*' && pattern.units[1] == '.' &&
               pattern.units[2] == '*';
    if (all || fits_letters(pattern, name))
        return true;
    /* "name.*" finds a name without a dot too. */
    if (pattern.length < 2 || pattern.units[pattern.length - 1] != '*' ||
        pattern.units[pattern.length - 2] != '.')
        return false;
    pattern.length -= 2;
    return fits_letters(pattern, name);
}

/* ---- Searches -------------------------------------------------------------------------------- */

nt_status search_begin(struct open_file *directory, struct file_text pattern)
{
    ASSERT(directory->search == NULL);
    ASSERT(pattern.length <= FILE_NAME_MAX);
    struct file_search *search = ARENA_NEW(arena_of(directory), struct file_search);
    if (search == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    search->pattern_length = pattern.length;
    memcpy(search->pattern, pattern.units, pattern.length * sizeof *pattern.units);
    search->dots = directory->node->parent == NULL ? 2 : 0;
    directory->search = search;
    return STATUS_SUCCESS;
}

static bool next_dots(struct open_file *directory, struct found *found)
{
    static const uint16_t dots[] = {'.', '.'};
    struct file_search *search = directory->search;
    const struct file_text pattern = {search->pattern, search->pattern_length};
    while (search->dots < 2) {
        uint32_t length = ++search->dots;
        const struct node *parent = directory->node->parent;
        found->name = (struct file_text){dots, length};
        found->node = length == 1 || parent == NULL ? directory->node : parent;
        if (search_fits(pattern, found->name))
            return true;
    }
    return false;
}

nt_status search_next(struct open_file *directory, struct found *found)
{
    struct file_search *search = directory->search;
    const struct file_text pattern = {search->pattern, search->pattern_length};
    ASSERT(search != NULL);
    if (next_dots(directory, found))
        return STATUS_SUCCESS;
    const struct node *node = directory->node->children;
    if (search->length > 0)
        node = node_after(directory->node, (struct file_text){search->name, search->length});
    while (node != NULL && !search_fits(pattern, (struct file_text){node->name, node->name_length}))
        node = node->next;
    if (node == NULL)
        return STATUS_NO_MORE_FILES;
    search->length = node->name_length;
    memcpy(search->name, node->name, node->name_length * sizeof *node->name);
    *found = (struct found){.name = {search->name, search->length}, .node = node};
    return STATUS_SUCCESS;
}

void search_end(struct open_file *directory)
{
    arena_give(arena_of(directory), directory->search, sizeof *directory->search);
    directory->search = NULL;
}
