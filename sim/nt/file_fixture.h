/* For the tests of the volume and its files: names as C text. */
#ifndef SIM_NT_FILE_FIXTURE_H
#define SIM_NT_FILE_FIXTURE_H

#include "sim/nt/file.h"
#include "sim/nt/fixture.h"

static struct process *home;

static inline int setup_home(void **state)
{
    (void)state;
    open_machine(1);
    home = enter();
    return 0;
}

static inline int teardown_home(void **state)
{
    (void)state;
    if (machine.nt->volume != NULL)
        volume_check(machine.nt->volume);
    thread_return(machine.nt);
    close_machine();
    return 0;
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, setup_home, teardown_home)

/* Of one letter a unit; until four more have been asked for. */
static inline struct file_text text(const char *letters)
{
    static uint16_t units[4][300];
    static unsigned next;
    uint16_t *mine = units[next++ % 4];
    uint32_t length = (uint32_t)strlen(letters);
    for (uint32_t i = 0; i < length; i++)
        mine[i] = (unsigned char)letters[i];
    return (struct file_text){mine, length};
}

static inline nt_status look_for(const char *path, struct place *place)
{
    return volume_find(volume_of(machine.nt), text(path), place);
}

static inline struct node *node_at(const char *path)
{
    struct place place;
    assert_status(look_for(path, &place), STATUS_SUCCESS);
    return place.node;
}

static inline bool is_there(const char *path)
{
    struct place place;
    return look_for(path, &place) == STATUS_SUCCESS;
}

enum { READS = RIGHT_READ, WRITES = RIGHT_WRITE | RIGHT_APPEND };

static inline nt_status try_open(const char *path, uint32_t rights, uint32_t share,
                                 uint32_t disposition, uint32_t options, struct open_file **file)
{
    enum file_outcome outcome;
    const struct file_opening opening = {.path = text(path),
                                         .rights = rights,
                                         .share = share,
                                         .disposition = disposition,
                                         .options = options,
                                         .token = &home->token};
    return file_open(machine.nt, &opening, file, &outcome);
}

/* A file with these bytes, which nobody has open. */
static inline struct node *make_file(const char *path, const char *bytes)
{
    struct open_file *file;
    assert_status(try_open(path, WRITES, 0, DISPOSE_CREATE, WANTS_SYNCHRONOUS, &file),
                  STATUS_SUCCESS);
    struct node *node = file->node;
    assert_status(file_set_size(file, strlen(bytes)), STATUS_SUCCESS);
    if (bytes[0] != '\0')
        memcpy(node->bytes, bytes, strlen(bytes));
    object_release(&file->file.object);
    return node;
}

static inline struct open_file *open_for(const char *path, uint32_t rights, uint32_t share)
{
    struct open_file *file = NULL;
    assert_status(try_open(path, rights, share, DISPOSE_OPEN, WANTS_SYNCHRONOUS, &file),
                  STATUS_SUCCESS);
    return file;
}

static inline void let_go(struct open_file *file)
{
    object_release(&file->file.object);
}

#endif
