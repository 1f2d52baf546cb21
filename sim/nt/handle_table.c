#include "sim/nt/handle_table.h"

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/nt/nt.h"

enum { FIRST_SIZE = 16 };

static size_t table_bytes(uint32_t size)
{
    return sizeof(struct handle_table) + size * sizeof(struct handle_entry);
}

static struct arena *arena_of(const struct process *process)
{
    return &process->object.nt->engine->arena;
}

/* The entry with that number, which is in the table. */
static struct handle_entry *entry_at(struct handle_table *table, uint32_t number)
{
    return &table->entries[number - 1];
}

/* The entry behind a handle, or NULL. */
static inline struct handle_entry *find_entry(const struct process *process, uint64_t handle)
{
    struct handle_table *table = process->handles;
    if (table == NULL)
        return NULL;
    uint64_t index = handle / 4 - 1; /* 0 becomes larger than any table */
    if (handle % 4 != 0 || index >= table->end || table->entries[index].object == NULL)
        return NULL;
    return &table->entries[index];
}

/* Memory for one more entry. */
static bool reserve(struct process *process)
{
    struct handle_table *table = process->handles;
    if (table != NULL && (table->first_free != 0 || table->end < table->size))
        return true;

    uint32_t old_size = table == NULL ? 0 : table->size;
    if (old_size >= HANDLES_MAX)
        return false;
    uint32_t size = old_size == 0 ? FIRST_SIZE : old_size * 2;
    if (size > HANDLES_MAX)
        size = HANDLES_MAX;
    struct handle_table *larger = arena_regrow(
        arena_of(process), table, table == NULL ? 0 : table_bytes(old_size), table_bytes(size));
    if (larger == NULL)
        return false;
    larger->size = size;
    process->handles = larger;
    return true;
}

static void fill(struct handle_entry *entry, struct object *object, bool inherit)
{
    *entry = (struct handle_entry){.object = object, .inherit = inherit};
    object_reference(object);
    object->handles++;
}

nt_status handle_open(struct process *process, struct object *object, bool inherit,
                      uint64_t *handle)
{
    if (process->ended)
        return STATUS_CANCELLED;
    if (!reserve(process))
        return STATUS_INSUFFICIENT_RESOURCES;

    struct handle_table *table = process->handles;
    uint32_t number = table->first_free;
    if (number == 0)
        number = ++table->end;
    else
        table->first_free = entry_at(table, number)->next_free;
    fill(entry_at(table, number), object, inherit);
    table->count++;
    *handle = (uint64_t)number * 4;
    SLOW(handle_table_check(process));
    return STATUS_SUCCESS;
}

/* GetCurrentProcess' and GetCurrentThread's answers: names for whoever asks. */
static struct object *find_pseudo(const struct process *process, uint64_t handle)
{
    struct nt *nt = process->object.nt;
    if (nt->current == NULL || nt->current->process != process)
        return NULL;
    if (handle == PSEUDO_PROCESS)
        return &nt->current->process->object;
    return handle == PSEUDO_THREAD ? &nt->current->object : NULL;
}

struct object *handle_find(const struct process *process, uint64_t handle, enum object_type type)
{
    if (handle >= PSEUDO_THREAD) {
        struct object *object = find_pseudo(process, handle);
        return object != NULL && object->type == type ? object : NULL;
    }
    const struct handle_entry *entry = find_entry(process, handle);
    return entry != NULL && entry->object->type == type ? entry->object : NULL;
}

struct object *handle_object(const struct process *process, uint64_t handle)
{
    if (handle >= PSEUDO_THREAD)
        return find_pseudo(process, handle);
    const struct handle_entry *entry = find_entry(process, handle);
    return entry != NULL ? entry->object : NULL;
}

uint64_t handle_of_object(const struct process *process, const struct object *object)
{
    const struct handle_table *table = process->handles;
    for (uint32_t i = 0; table != NULL && i < table->end; i++)
        if (table->entries[i].object == object)
            return (uint64_t)(i + 1) * 4;
    return 0;
}

static void close_entry(struct process *process, struct handle_entry *entry, uint64_t handle)
{
    struct object *object = entry->object;
    struct handle_table *table = process->handles;
    *entry = (struct handle_entry){.next_free = table->first_free};
    table->first_free = (uint32_t)(handle / 4);
    table->count--;

    ASSERT(object->handles > 0);
    if (object->ops->handle_closed != NULL)
        object->ops->handle_closed(object, process);
    if (--object->handles == 0 && object->ops->cleanup != NULL)
        object->ops->cleanup(object);
    object_release(object);
}

nt_status handle_close(struct process *process, uint64_t handle)
{
    struct handle_entry *entry = find_entry(process, handle);
    if (entry == NULL)
        return STATUS_INVALID_HANDLE;
    if (entry->protect)
        return STATUS_HANDLE_NOT_CLOSABLE;
    close_entry(process, entry, handle);
    return STATUS_SUCCESS;
}

nt_status handle_get_flags(const struct process *process, uint64_t handle, unsigned *flags)
{
    const struct handle_entry *entry = find_entry(process, handle);
    if (entry == NULL)
        return STATUS_INVALID_HANDLE;
    *flags = (entry->inherit ? HANDLE_INHERITS : 0u) | (entry->protect ? HANDLE_PROTECTED : 0u) |
             (entry->copied ? HANDLE_COPIED : 0u);
    return STATUS_SUCCESS;
}

nt_status handle_set_flags(struct process *process, uint64_t handle, unsigned mask, unsigned flags)
{
    struct handle_entry *entry = find_entry(process, handle);
    if (entry == NULL)
        return STATUS_INVALID_HANDLE;
    if ((mask & HANDLE_INHERITS) != 0)
        entry->inherit = (flags & HANDLE_INHERITS) != 0;
    if ((mask & HANDLE_PROTECTED) != 0)
        entry->protect = (flags & HANDLE_PROTECTED) != 0;
    if ((mask & HANDLE_COPIED) != 0)
        entry->copied = (flags & HANDLE_COPIED) != 0;
    return STATUS_SUCCESS;
}

uint64_t handle_next(const struct process *process, uint64_t handle, enum object_type type)
{
    struct handle_table *table = process->handles;
    if (table == NULL)
        return 0;
    for (uint64_t number = handle / 4 + 1; number <= table->end; number++) {
        const struct object *object = table->entries[number - 1].object;
        if (object != NULL && object->type == type)
            return number * 4;
    }
    return 0;
}

bool handle_table_inherit(struct process *child, const struct process *parent)
{
    struct handle_table *source = parent->handles;
    uint32_t end = 0;
    for (uint32_t number = 1; source != NULL && number <= source->end; number++)
        if (entry_at(source, number)->object != NULL && entry_at(source, number)->inherit)
            end = number;
    if (end == 0)
        return true;

    struct handle_table *table = arena_take(arena_of(child), table_bytes(source->size));
    if (table == NULL)
        return false;
    table->size = source->size;
    table->end = end;
    for (uint32_t number = end; number > 0; number--) {
        const struct handle_entry *entry = entry_at(source, number);
        if (entry->object != NULL && entry->inherit) {
            fill(entry_at(table, number), entry->object, true);
            table->count++;
        } else {
            entry_at(table, number)->next_free = table->first_free;
            table->first_free = number;
        }
    }
    child->handles = table;
    SLOW(handle_table_check(child));
    return true;
}

void handle_table_close(struct process *process)
{
    struct handle_table *table = process->handles;
    if (table == NULL)
        return;
    for (uint32_t number = 1; number <= table->end; number++)
        if (entry_at(table, number)->object != NULL)
            close_entry(process, entry_at(table, number), (uint64_t)number * 4);
    ASSERT(table->count == 0);
    process->handles = NULL;
    arena_give(arena_of(process), table, table_bytes(table->size));
}

void handle_table_check(const struct process *process)
{
    struct handle_table *table = process->handles;
    if (table == NULL)
        return;
    ASSERT(table->count <= table->end);
    ASSERT(table->end <= table->size);
    ASSERT(table->size <= HANDLES_MAX);

    uint32_t free_count = 0;
    for (uint32_t number = table->first_free; number != 0;
         number = entry_at(table, number)->next_free) {
        ASSERT(number <= table->end);
        ASSERT(entry_at(table, number)->object == NULL);
        ASSERT(++free_count <= table->end);
    }
    ASSERT(free_count + table->count == table->end);

    for (uint32_t number = 1; number <= table->end; number++) {
        const struct object *object = entry_at(table, number)->object;
        if (object == NULL)
            continue;
        ASSERT(object->nt == process->object.nt);
        ASSERT(object->handles > 0);
        ASSERT(object->references >= object->handles);
    }
}
