/* The machine's one volume, C: directories and files by name, in the arena. It is made at its first
 * use with the folders every Windows has, and is gone when the power goes: what a file held is not
 * kept from boot to boot, for the disk (disk.h) is the registry's alone.
 *
 * Names are UTF-16 and keep their letters; two that differ in the case of letters alone are one.
 * A directory tells its entries in the order of their names in capitals, as NTFS does. Paths come
 * from the root: "\a\b", one backslash between names, none at the end but of "\" itself.
 *
 * A node lives while it has its place in the tree or is held by somebody. Handles, sharing and who
 * may delete what: file.h, which counts them here.
 */
#ifndef SIM_NT_VOLUME_H
#define SIM_NT_VOLUME_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nt/status.h"

struct nt;

enum { FILE_NAME_MAX = 255 };

/* UTF-16, `length` units; borrowed. */
struct file_text {
    const uint16_t *units;
    uint32_t length;
};

/* Windows' own numbers. */
enum node_attribute {
    NODE_READ_ONLY = 0x01,
    NODE_HIDDEN = 0x02,
    NODE_SYSTEM = 0x04,
    NODE_DIRECTORY = 0x10,
    NODE_ARCHIVE = 0x20,
    NODE_NORMAL = 0x80,
    NODE_TEMPORARY = 0x100,
    NODE_ATTRIBUTES_SETTABLE =
        NODE_READ_ONLY | NODE_HIDDEN | NODE_SYSTEM | NODE_ARCHIVE | NODE_TEMPORARY
};

struct node {
    struct node *parent; /* NULL: the root, or no longer in the tree */
    struct node *next;   /* of the same directory, by name */
    struct node *children;
    uint16_t *name;
    uint32_t name_length;
    uint32_t attributes;                /* enum node_attribute, never NODE_NORMAL */
    uint64_t id;                        /* never 0, never given out twice in a boot */
    int64_t created, accessed, written; /* in 100 ns, from the engine's beginning */
    unsigned char *bytes;               /* of `room`; what is behind `size` is zero */
    uint64_t size, room;
    uint32_t holders; /* open files, searches: it is not freed under them */
    uint32_t opens;   /* open files that read, write or delete: who shares, counts */
    uint32_t readers, writers, deleters;
    uint32_t share_read, share_write, share_delete; /* how many of `opens` allow it */
    uint32_t handles; /* open files of any access that have a handle */
    bool doomed;      /* goes out of the tree with the last of them */
    bool guarded;     /* only administrators may change it, as Windows' own folders */
};

struct volume {
    struct nt *nt;
    struct node *root;
    uint64_t last_id;
    uint32_t serial;
};

/* The machine's volume; NULL when the arena is too full to make it. */
struct volume *volume_of(struct nt *nt);

/* Where a path leads.
 *
 *   STATUS_SUCCESS                `node` is there
 *   STATUS_OBJECT_NAME_NOT_FOUND  it is not, but `parent` is, and `name` is the rest of the path
 *   STATUS_OBJECT_PATH_NOT_FOUND  nor is the directory
 *   STATUS_OBJECT_NAME_INVALID    a name that cannot be one, or too long
 */
struct place {
    struct node *parent, *node;
    struct file_text name;
};
nt_status volume_find(struct volume *volume, struct file_text path, struct place *place);

/* Makes an empty file, or a directory if `attributes` say so, at a place whose name is free. It is
 * guarded as its directory is; what lies in the root is not.
 * STATUS_INSUFFICIENT_RESOURCES when the arena is full.
 */
nt_status node_create(struct volume *volume, const struct place *place, uint32_t attributes,
                      struct node **out);

/* Gives a node another name and place, which lies not below it. What else is there goes out of the
 * tree: it has no children. STATUS_INSUFFICIENT_RESOURCES, with nothing changed.
 */
nt_status node_move(struct volume *volume, struct node *node, const struct place *to);

/* Now, as a node's times are kept. */
int64_t volume_now(const struct volume *volume);

/* Takes a node, which has no children, out of the tree; it is free when nobody holds it. */
void node_unlink(struct volume *volume, struct node *node);

void node_hold(struct node *node);
void node_drop(struct volume *volume, struct node *node);

/* The size, grown with zeros or cut. STATUS_DISK_FULL, with nothing changed. */
nt_status node_resize(struct volume *volume, struct node *node, uint64_t size);

/* The first entry of a directory whose name comes after `name`; of length 0 before all. NULL at the
 * end.
 */
struct node *node_after(const struct node *directory, struct file_text name);

/* Whether `node` is `directory` or lies below it. */
bool node_is_below(const struct node *node, const struct node *directory);

/* Which of two names comes first: negative, 0, positive. */
int file_text_compare(struct file_text a, struct file_text b);
uint16_t file_text_upper(uint16_t unit);

void volume_check(const struct volume *volume);

#endif
