#include "sim/nt/volume.h"

#include <string.h>

#include "sim/engine/check.h"
#include "sim/nt/nt.h"

static struct arena *arena_of(const struct volume *volume)
{
    return &volume->nt->engine->arena;
}

int64_t volume_now(const struct volume *volume)
{
    return (int64_t)(volume->nt->engine->now_ns / 100);
}

/* ---- Names ----------------------------------------------------------------------------------- */

/* Latin, Greek and Cyrillic letters; NTFS' table has more. */
uint16_t file_text_upper(uint16_t unit)
{
    bool latin = (unit >= 'a' && unit <= 'z') || (unit >= 0xE0 && unit <= 0xFE && unit != 0xF7);
    bool greek = unit >= 0x3B1 && unit <= 0x3C9 && unit != 0x3C2;
    bool cyrillic = unit >= 0x430 && unit <= 0x44F;
    if (latin || greek || cyrillic)
        return (uint16_t)(unit - 0x20);
    return unit >= 0x450 && unit <= 0x45F ? (uint16_t)(unit - 0x50) : unit;
}

int file_text_compare(struct file_text a, struct file_text b)
{
    uint32_t shorter = a.length < b.length ? a.length : b.length;
    for (uint32_t i = 0; i < shorter; i++) {
        int difference = file_text_upper(a.units[i]) - file_text_upper(b.units[i]);
        if (difference != 0)
            return difference;
    }
    return a.length < b.length ? -1 : a.length > b.length;
}

static struct file_text name_of(const struct node *node)
{
    return (struct file_text){node->name, node->name_length};
}

static bool may_be_in_a_name(uint16_t unit)
{
    static const char never[] = "<>:\"/\\|?*";
    return unit >= ' ' && (unit >= 0x80 || strchr(never, (char)unit) == NULL);
}

static bool is_a_name(struct file_text name)
{
    for (uint32_t i = 0; i < name.length; i++)
        if (!may_be_in_a_name(name.units[i]))
            return false;
    return name.length > 0 && name.length <= FILE_NAME_MAX;
}

/* ---- The tree -------------------------------------------------------------------------------- */

static struct node *child_of(const struct node *directory, struct file_text name)
{
    struct node *child = directory->children;
    while (child != NULL && file_text_compare(name_of(child), name) != 0)
        child = child->next;
    return child;
}

struct node *node_after(const struct node *directory, struct file_text name)
{
    struct node *child = directory->children;
    while (child != NULL && name.length > 0 && file_text_compare(name_of(child), name) <= 0)
        child = child->next;
    return child;
}

static void link_node(struct node *directory, struct node *node)
{
    struct node **link = &directory->children;
    while (*link != NULL && file_text_compare(name_of(*link), name_of(node)) < 0)
        link = &(*link)->next;
    node->next = *link;
    node->parent = directory;
    *link = node;
}

static void take_out(struct node *node)
{
    struct node **link = &node->parent->children;
    while (*link != node)
        link = &(*link)->next;
    *link = node->next;
    node->next = NULL;
    node->parent = NULL;
}

static void give_back(struct volume *volume, struct node *node)
{
    ASSERT(node->children == NULL);
    arena_give(arena_of(volume), node->name, node->name_length * sizeof *node->name);
    if (node->bytes != NULL)
        arena_give(arena_of(volume), node->bytes, node->room);
    arena_give(arena_of(volume), node, sizeof *node);
}

static uint16_t *copy_name(struct volume *volume, struct file_text name)
{
    uint16_t *copy = arena_take(arena_of(volume), name.length * sizeof *copy);
    if (copy != NULL && name.length > 0)
        memcpy(copy, name.units, name.length * sizeof *copy);
    return copy;
}

static struct node *make_node(struct volume *volume, struct file_text name, uint32_t attributes)
{
    struct node *node = ARENA_NEW(arena_of(volume), struct node);
    if (node == NULL)
        return NULL;
    node->name = copy_name(volume, name);
    if (node->name == NULL) {
        arena_give(arena_of(volume), node, sizeof *node);
        return NULL;
    }
    node->name_length = name.length;
    node->attributes = attributes & (NODE_ATTRIBUTES_SETTABLE | NODE_DIRECTORY);
    node->id = ++volume->last_id;
    node->created = node->accessed = node->written = volume_now(volume);
    return node;
}

nt_status node_create(struct volume *volume, const struct place *place, uint32_t attributes,
                      struct node **out)
{
    ASSERT(place->node == NULL);
    ASSERT(child_of(place->parent, place->name) == NULL);
    struct node *node = make_node(volume, place->name, attributes);
    if (node == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    node->guarded = place->parent->guarded && place->parent != volume->root;
    link_node(place->parent, node);
    place->parent->written = volume_now(volume);
    *out = node;
    SLOW(volume_check(volume));
    return STATUS_SUCCESS;
}

nt_status node_move(struct volume *volume, struct node *node, const struct place *to)
{
    ASSERT(node->parent != NULL);
    ASSERT(!node_is_below(to->parent, node));
    ASSERT(child_of(to->parent, to->name) == to->node);
    uint16_t *name = copy_name(volume, to->name);
    if (name == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (to->node != NULL && to->node != node)
        node_unlink(volume, to->node);
    take_out(node);
    arena_give(arena_of(volume), node->name, node->name_length * sizeof *node->name);
    node->name = name;
    node->name_length = to->name.length;
    link_node(to->parent, node);
    SLOW(volume_check(volume));
    return STATUS_SUCCESS;
}

void node_unlink(struct volume *volume, struct node *node)
{
    ASSERT(node->children == NULL);
    ASSERT(node->parent != NULL);
    node->parent->written = volume_now(volume);
    take_out(node);
    if (node->holders == 0)
        give_back(volume, node);
    SLOW(volume_check(volume));
}

void node_hold(struct node *node)
{
    node->holders++;
}

void node_drop(struct volume *volume, struct node *node)
{
    ASSERT(node->holders > 0);
    if (--node->holders == 0 && node->parent == NULL && node != volume->root)
        give_back(volume, node);
}

bool node_is_below(const struct node *node, const struct node *directory)
{
    while (node != NULL && node != directory)
        node = node->parent;
    return node != NULL;
}

/* ---- Paths ----------------------------------------------------------------------------------- */

/* The name at the beginning of what is left of a path, which loses it. */
static struct file_text next_name(struct file_text *path)
{
    uint32_t at = 0;
    while (at < path->length && path->units[at] != '\\')
        at++;
    struct file_text name = {path->units, at};
    uint32_t taken = at < path->length ? at + 1 : at;
    *path = (struct file_text){path->units + taken, path->length - taken};
    return name;
}

nt_status volume_find(struct volume *volume, struct file_text path, struct place *place)
{
    ASSERT(path.length > 0 && path.units[0] == '\\');
    *place = (struct place){.node = volume->root};
    struct file_text left = {path.units + 1, path.length - 1};
    while (left.length > 0) {
        if (place->node == NULL || (place->node->attributes & NODE_DIRECTORY) == 0)
            return STATUS_OBJECT_PATH_NOT_FOUND;
        place->parent = place->node;
        place->name = next_name(&left);
        if (!is_a_name(place->name))
            return STATUS_OBJECT_NAME_INVALID;
        place->node = child_of(place->parent, place->name);
    }
    return place->node != NULL ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

/* ---- Bytes ----------------------------------------------------------------------------------- */

enum { FIRST_ROOM = 512 };

static bool make_room(struct volume *volume, struct node *node, uint64_t size)
{
    uint64_t room = node->room == 0 ? FIRST_ROOM : node->room;
    if (size <= node->room)
        return true;
    if (size > SIZE_MAX / 4)
        return false;
    while (room < size)
        room *= 2;
    unsigned char *bytes = arena_regrow(arena_of(volume), node->bytes, node->room, room);
    if (bytes == NULL)
        return false;
    node->bytes = bytes;
    node->room = room;
    return true;
}

nt_status node_resize(struct volume *volume, struct node *node, uint64_t size)
{
    if (!make_room(volume, node, size))
        return STATUS_DISK_FULL;
    if (size < node->size)
        memset(node->bytes + size, 0, node->size - size);
    node->size = size;
    node->written = volume_now(volume);
    node->attributes |= NODE_ARCHIVE;
    return STATUS_SUCCESS;
}

/* ---- The volume ------------------------------------------------------------------------------ */

/* What a fresh Windows has, of what programs ask for. */
static const struct folder {
    const char *path;
    bool guarded;
} folders[] = {
    {"\\Berth", false},         {"\\Program Files", true}, {"\\Users", false},
    {"\\Users\\Public", false}, {"\\Windows", true},       {"\\Windows\\System32", true},
    {"\\Windows\\Temp", false},
};

static bool make_folder(struct volume *volume, const struct folder *folder)
{
    uint16_t units[FILE_NAME_MAX];
    struct place place;
    struct node *node;
    uint32_t length = (uint32_t)strlen(folder->path);

    for (uint32_t i = 0; i < length; i++)
        units[i] = (uint16_t)folder->path[i];
    nt_status status = volume_find(volume, (struct file_text){units, length}, &place);
    ASSERT(status == STATUS_OBJECT_NAME_NOT_FOUND);
    if (node_create(volume, &place, NODE_DIRECTORY, &node) != STATUS_SUCCESS)
        return false;
    node->guarded = folder->guarded;
    return true;
}

static void drop_tree(struct volume *volume)
{
    struct node *node = volume->root;
    while (node != NULL) {
        while (node->children != NULL)
            node = node->children;
        struct node *parent = node->parent;
        if (parent != NULL)
            take_out(node);
        give_back(volume, node);
        node = parent;
    }
    arena_give(arena_of(volume), volume, sizeof *volume);
}

struct volume *volume_of(struct nt *nt)
{
    if (nt->volume != NULL)
        return nt->volume;
    struct volume *volume = ARENA_NEW(&nt->engine->arena, struct volume);
    if (volume == NULL)
        return NULL;
    volume->nt = nt;
    volume->serial = 0x42455254;
    volume->root = make_node(volume, (struct file_text){NULL, 0}, NODE_DIRECTORY);
    bool made = volume->root != NULL;
    if (made)
        volume->root->guarded = true;
    for (size_t i = 0; made && i < sizeof folders / sizeof folders[0]; i++)
        made = make_folder(volume, &folders[i]);
    if (!made) {
        drop_tree(volume);
        return NULL;
    }
    nt->volume = volume;
    return volume;
}

static void check_node(const struct node *node)
{
    bool directory = (node->attributes & NODE_DIRECTORY) != 0;
    ASSERT(node->size <= node->room);
    ASSERT((node->bytes == NULL) == (node->room == 0));
    ASSERT(node->handles <= node->holders);
    ASSERT(node->opens <= node->handles);
    ASSERT(node->readers <= node->opens && node->writers <= node->opens);
    ASSERT(node->share_read <= node->opens && node->share_write <= node->opens);
    if (!directory)
        ASSERT(node->children == NULL);
    if (directory)
        ASSERT(node->size == 0);
    if (node->doomed)
        ASSERT(node->handles > 0);
    for (const struct node *child = node->children; child != NULL; child = child->next) {
        ASSERT(child->parent == node);
        if (child->next != NULL)
            ASSERT(file_text_compare(name_of(child), name_of(child->next)) < 0);
    }
}

void volume_check(const struct volume *volume)
{
    const struct node *node = volume->root;
    while (node != NULL) {
        check_node(node);
        if (node->children != NULL) {
            node = node->children;
            continue;
        }
        while (node != NULL && node->next == NULL)
            node = node->parent;
        if (node != NULL)
            node = node->next;
    }
}
