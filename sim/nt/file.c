#include "sim/nt/file.h"

#include "sim/engine/check.h"
#include "sim/nt/file_search.h"
#include "sim/nt/nt.h"

enum {
    RIGHTS_TO_READ = RIGHT_READ | RIGHT_EXECUTE,
    RIGHTS_TO_WRITE = RIGHT_WRITE | RIGHT_APPEND,
    RIGHTS_TO_CHANGE = RIGHTS_TO_WRITE | RIGHT_WRITE_ATTRIBUTES | RIGHT_DELETE,
    RIGHTS_SHARED = RIGHTS_TO_READ | RIGHTS_TO_WRITE | RIGHT_DELETE
};

bool file_is_directory(const struct open_file *file)
{
    return (file->node->attributes & NODE_DIRECTORY) != 0;
}

struct volume *file_volume(const struct open_file *file)
{
    return file->file.object.nt->volume;
}

/* ---- Sharing --------------------------------------------------------------------------------- */

struct claim {
    uint32_t any, reads, writes, deletes, shares_read, shares_write, shares_delete; /* 0 or 1 */
};

static struct claim claim_of(uint32_t rights, uint32_t share)
{
    uint32_t any = (rights & RIGHTS_SHARED) != 0;
    return (struct claim){
        .any = any,
        .reads = (rights & RIGHTS_TO_READ) != 0,
        .writes = (rights & RIGHTS_TO_WRITE) != 0,
        .deletes = (rights & RIGHT_DELETE) != 0,
        .shares_read = any != 0 && (share & SHARES_READ) != 0,
        .shares_write = any != 0 && (share & SHARES_WRITE) != 0,
        .shares_delete = any != 0 && (share & SHARES_DELETE) != 0,
    };
}

/* Each lets the other do what he wants. Who only looks at attributes disturbs nobody. */
static bool agrees(const struct node *node, const struct claim *claim)
{
    if (claim->any == 0)
        return true;
    bool they_let = (claim->reads == 0 || node->share_read == node->opens) &&
                    (claim->writes == 0 || node->share_write == node->opens) &&
                    (claim->deletes == 0 || node->share_delete == node->opens);
    bool it_lets = (claim->shares_read != 0 || node->readers == 0) &&
                   (claim->shares_write != 0 || node->writers == 0) &&
                   (claim->shares_delete != 0 || node->deleters == 0);
    return they_let && it_lets;
}

/* `by` is 1 or, modulo 2^32, -1. */
static void count(struct node *node, const struct claim *claim, uint32_t by)
{
    node->handles += by;
    node->opens += by * claim->any;
    node->readers += by * claim->reads;
    node->writers += by * claim->writes;
    node->deleters += by * claim->deletes;
    node->share_read += by * claim->shares_read;
    node->share_write += by * claim->shares_write;
    node->share_delete += by * claim->shares_delete;
}

/* ---- The object ------------------------------------------------------------------------------ */

static bool may_go(const struct node *node)
{
    return node->parent != NULL && node->children == NULL;
}

/* The last handle: it shares nothing any more, and takes along what was to go with it. */
static void leave(struct open_file *file)
{
    struct node *node = file->node;
    const struct claim claim = claim_of(file->rights, file->share);
    if (!file->counted)
        return;
    file->counted = false;
    count(node, &claim, UINT32_MAX);
    bool doomed = node->doomed || file->delete_on_close;
    node->doomed = doomed && node->handles > 0;
    if (doomed && node->handles == 0 && may_go(node))
        node_unlink(file_volume(file), node);
}

/* What pends comes to its end by itself, as disks do. */
static void cleanup(struct object *object)
{
    leave((struct open_file *)(void *)object);
}

static void destroy(struct object *object)
{
    struct open_file *file = (struct open_file *)(void *)object;
    leave(file);
    search_end(file);
    node_drop(file_volume(file), file->node);
    file_close(&file->file);
    arena_give(&object->nt->engine->arena, file, sizeof *file);
}

static const struct object_ops ops = {.cleanup = cleanup, .destroy = destroy};

struct open_file *file_find(const struct process *process, uint64_t handle)
{
    return (struct open_file *)(void *)handle_find(process, handle, OBJECT_DISK_FILE);
}

static struct open_file *make(struct nt *nt, const struct file_opening *opening, struct node *node)
{
    const struct claim claim = claim_of(opening->rights, opening->share);
    struct open_file *file = ARENA_NEW(&nt->engine->arena, struct open_file);
    if (file == NULL)
        return NULL;
    object_init(&file->file.object, nt, OBJECT_DISK_FILE, &ops);
    file->file.object.signaled = true;
    file->file.synchronous = (opening->options & WANTS_SYNCHRONOUS) != 0;
    file->node = node;
    file->rights = opening->rights;
    file->share = opening->share;
    file->delete_on_close = (opening->options & WANTS_DELETE_ON_CLOSE) != 0;
    file->counted = true;
    node_hold(node);
    count(node, &claim, 1);
    return file;
}

/* ---- Opening --------------------------------------------------------------------------------- */

static bool is_administrator(const struct token *token)
{
    return token->administrator || token->account == ACCOUNT_LOCAL_SYSTEM;
}

static bool overwrites(const struct file_opening *opening)
{
    return opening->disposition == DISPOSE_SUPERSEDE || opening->disposition == DISPOSE_OVERWRITE ||
           opening->disposition == DISPOSE_OVERWRITE_IF;
}

static nt_status may_open_kind(const struct node *node, const struct file_opening *opening)
{
    bool directory = (node->attributes & NODE_DIRECTORY) != 0;
    if (directory && ((opening->options & WANTS_NO_DIRECTORY) != 0 || overwrites(opening)))
        return STATUS_FILE_IS_A_DIRECTORY;
    if (!directory && (opening->options & WANTS_DIRECTORY) != 0)
        return STATUS_NOT_A_DIRECTORY;
    return STATUS_SUCCESS;
}

/* What is hidden or of the system is overwritten only by whoever says so (the page of CreateFile).
 */
static nt_status may_change(const struct node *node, const struct file_opening *opening)
{
    const uint32_t kept = NODE_HIDDEN | NODE_SYSTEM;
    bool read_only =
        (node->attributes & NODE_READ_ONLY) != 0 && (node->attributes & NODE_DIRECTORY) == 0;
    bool changes = overwrites(opening) || (opening->rights & RIGHTS_TO_CHANGE) != 0;
    if (changes && node->guarded && !is_administrator(opening->token))
        return STATUS_ACCESS_DENIED;
    if (read_only && (overwrites(opening) || (opening->rights & RIGHTS_TO_WRITE) != 0))
        return STATUS_ACCESS_DENIED;
    if (overwrites(opening) && (node->attributes & kept & ~opening->attributes) != 0)
        return STATUS_ACCESS_DENIED;
    bool stays = read_only || node->parent == NULL;
    return stays && (opening->options & WANTS_DELETE_ON_CLOSE) != 0 ? STATUS_CANNOT_DELETE
                                                                    : STATUS_SUCCESS;
}

static nt_status may_open(const struct node *node, const struct file_opening *opening)
{
    const struct claim claim = claim_of(opening->rights, opening->share);
    if (node->doomed)
        return STATUS_DELETE_PENDING;
    if (opening->disposition == DISPOSE_CREATE)
        return STATUS_OBJECT_NAME_COLLISION;
    nt_status status = may_open_kind(node, opening);
    if (status == STATUS_SUCCESS)
        status = may_change(node, opening);
    if (status == STATUS_SUCCESS && !agrees(node, &claim))
        status = STATUS_SHARING_VIOLATION;
    return status;
}

static nt_status open_old(struct nt *nt, const struct file_opening *opening, struct node *node,
                          struct open_file **out, enum file_outcome *outcome)
{
    nt_status status = may_open(node, opening);
    if (status != STATUS_SUCCESS)
        return status;
    struct open_file *file = make(nt, opening, node);
    if (file == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *outcome = WAS_OPENED;
    if (overwrites(opening)) {
        status = node_resize(nt->volume, node, 0);
        ASSERT(status == STATUS_SUCCESS);
        node->attributes = (opening->attributes & NODE_ATTRIBUTES_SETTABLE) | NODE_ARCHIVE;
        *outcome = opening->disposition == DISPOSE_SUPERSEDE ? WAS_SUPERSEDED : WAS_OVERWRITTEN;
    }
    *out = file;
    SLOW(volume_check(nt->volume));
    return STATUS_SUCCESS;
}

/* A user may make folders in the root, and no files. */
static bool may_make(const struct volume *volume, const struct node *parent, bool directory,
                     const struct token *token)
{
    return !parent->guarded || is_administrator(token) || (directory && parent == volume->root);
}

static nt_status make_new(struct nt *nt, const struct file_opening *opening,
                          const struct place *place, struct open_file **out)
{
    bool directory = (opening->options & WANTS_DIRECTORY) != 0;
    struct node *node;
    if (!may_make(nt->volume, place->parent, directory, opening->token))
        return STATUS_ACCESS_DENIED;
    if ((opening->attributes & NODE_READ_ONLY) != 0 &&
        (opening->options & WANTS_DELETE_ON_CLOSE) != 0)
        return STATUS_CANNOT_DELETE;
    uint32_t attributes = opening->attributes & NODE_ATTRIBUTES_SETTABLE;
    attributes |= directory ? NODE_DIRECTORY : NODE_ARCHIVE;
    nt_status status = node_create(nt->volume, place, attributes, &node);
    if (status != STATUS_SUCCESS)
        return status;
    *out = make(nt, opening, node);
    if (*out == NULL) {
        node_unlink(nt->volume, node);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

nt_status file_open(struct nt *nt, const struct file_opening *opening, struct open_file **out,
                    enum file_outcome *outcome)
{
    struct volume *volume = volume_of(nt);
    struct place place;
    ASSERT(opening->disposition < DISPOSE_COUNT);
    if (volume == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    nt_status status = volume_find(volume, opening->path, &place);
    if (status == STATUS_SUCCESS)
        return open_old(nt, opening, place.node, out, outcome);
    if (status != STATUS_OBJECT_NAME_NOT_FOUND || opening->disposition == DISPOSE_OPEN ||
        opening->disposition == DISPOSE_OVERWRITE)
        return status;
    *outcome = WAS_CREATED;
    return make_new(nt, opening, &place, out);
}

/* ---- Other names, and none ------------------------------------------------------------------- */

nt_status file_delete(struct open_file *file)
{
    struct node *node = file->node;
    if ((file->rights & RIGHT_DELETE) == 0)
        return STATUS_ACCESS_DENIED;
    if (node->children != NULL)
        return STATUS_DIRECTORY_NOT_EMPTY;
    if (node == file_volume(file)->root || (node->attributes & NODE_READ_ONLY) != 0)
        return STATUS_CANNOT_DELETE;
    if (node->parent != NULL)
        node_unlink(file_volume(file), node);
    return STATUS_SUCCESS;
}

static nt_status may_replace(const struct node *node, bool replaces)
{
    if (!replaces)
        return STATUS_OBJECT_NAME_COLLISION;
    bool stays = (node->attributes & (NODE_DIRECTORY | NODE_READ_ONLY)) != 0 || node->handles > 0;
    return stays ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

nt_status file_rename(struct open_file *file, struct file_text path, bool replaces,
                      const struct token *token)
{
    struct volume *volume = file_volume(file);
    struct place place;
    if ((file->rights & RIGHT_DELETE) == 0 || file->node->parent == NULL)
        return STATUS_ACCESS_DENIED;
    nt_status status = volume_find(volume, path, &place);
    if (status == STATUS_SUCCESS && place.node != file->node)
        status = may_replace(place.node, replaces);
    else if (status == STATUS_OBJECT_NAME_NOT_FOUND)
        status = STATUS_SUCCESS;
    if (status != STATUS_SUCCESS)
        return status;
    if (node_is_below(place.parent, file->node))
        return STATUS_SHARING_VIOLATION;
    if (!may_make(volume, place.parent, file_is_directory(file), token))
        return STATUS_ACCESS_DENIED;
    return node_move(volume, file->node, &place);
}
