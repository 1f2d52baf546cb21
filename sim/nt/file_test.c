/* Open files: who may have a file open beside whom, what becomes of its name, its bytes. */
#include "sim/nt/file_fixture.h"

static nt_status open_again(const char *path, uint32_t rights, uint32_t share)
{
    struct open_file *file;
    nt_status status = try_open(path, rights, share, DISPOSE_OPEN, WANTS_SYNCHRONOUS, &file);
    if (status == STATUS_SUCCESS)
        let_go(file);
    return status;
}

/* ---- Opening --------------------------------------------------------------------------------- */

static void dispositions_say_what_may_be_there(void **state)
{
    (void)state;
    struct open_file *file;
    assert_status(try_open("\\Berth\\x", WRITES, 0, DISPOSE_OPEN, 0, &file),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    assert_status(try_open("\\Berth\\x", WRITES, 0, DISPOSE_OVERWRITE, 0, &file),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    struct node *node = make_file("\\Berth\\x", "abc");
    assert_status(try_open("\\Berth\\x", WRITES, 0, DISPOSE_CREATE, 0, &file),
                  STATUS_OBJECT_NAME_COLLISION);
    assert_status(try_open("\\Berth\\x", WRITES, 0, DISPOSE_OPEN_IF, 0, &file), STATUS_SUCCESS);
    assert_int_equal(node->size, 3);
    let_go(file);
    assert_status(try_open("\\Berth\\x", WRITES, 0, DISPOSE_OVERWRITE_IF, 0, &file),
                  STATUS_SUCCESS);
    assert_int_equal(node->size, 0);
    let_go(file);
    assert_status(try_open("\\Berth\\y", WRITES, 0, DISPOSE_OVERWRITE_IF, 0, &file),
                  STATUS_SUCCESS);
    let_go(file);
    assert_true(is_there("\\Berth\\y"));
}

static void folders_and_files_are_told_apart(void **state)
{
    (void)state;
    struct open_file *file;
    make_file("\\Berth\\x", "");
    assert_status(try_open("\\Berth", READS, 0, DISPOSE_OPEN, WANTS_NO_DIRECTORY, &file),
                  STATUS_FILE_IS_A_DIRECTORY);
    assert_status(try_open("\\Berth\\x", READS, 0, DISPOSE_OPEN, WANTS_DIRECTORY, &file),
                  STATUS_NOT_A_DIRECTORY);
    assert_status(try_open("\\Berth", READS, 0, DISPOSE_OVERWRITE, 0, &file),
                  STATUS_FILE_IS_A_DIRECTORY);
}

static void both_have_to_share(void **state)
{
    (void)state;
    make_file("\\Berth\\x", "");
    struct open_file *first = open_for("\\Berth\\x", READS, SHARES_READ);
    assert_status(open_again("\\Berth\\x", READS, SHARES_READ), STATUS_SUCCESS);
    assert_status(open_again("\\Berth\\x", READS, SHARES_WRITE), STATUS_SHARING_VIOLATION);
    assert_status(open_again("\\Berth\\x", WRITES, SHARES_ALL), STATUS_SHARING_VIOLATION);
    assert_status(open_again("\\Berth\\x", RIGHT_DELETE, SHARES_ALL), STATUS_SHARING_VIOLATION);
    assert_status(open_again("\\Berth\\x", RIGHT_READ_ATTRIBUTES, 0), STATUS_SUCCESS);
    let_go(first);
    assert_status(open_again("\\Berth\\x", WRITES, 0), STATUS_SUCCESS);
    first = open_for("\\Berth\\x", RIGHT_READ_ATTRIBUTES, 0);
    assert_status(open_again("\\Berth\\x", WRITES, 0), STATUS_SUCCESS);
    let_go(first);
}

static void sharing_ends_with_the_last_handle(void **state)
{
    (void)state;
    uint64_t handle = 0, copy = 0;
    make_file("\\Berth\\x", "");
    struct open_file *file = open_for("\\Berth\\x", WRITES, 0);
    assert_status(handle_open(home, &file->file.object, false, &handle), STATUS_SUCCESS);
    assert_status(handle_open(home, &file->file.object, false, &copy), STATUS_SUCCESS);
    assert_ptr_equal(file_find(home, copy), file);
    handle_close(home, handle);
    assert_status(open_again("\\Berth\\x", READS, SHARES_ALL), STATUS_SHARING_VIOLATION);
    handle_close(home, copy); /* though somebody still refers to it */
    assert_status(open_again("\\Berth\\x", READS, 0), STATUS_SUCCESS);
    let_go(file);
}

static void what_is_guarded_is_for_administrators(void **state)
{
    (void)state;
    struct open_file *file;
    assert_status(try_open("\\Windows\\x", WRITES, 0, DISPOSE_CREATE, 0, &file),
                  STATUS_ACCESS_DENIED);
    assert_status(try_open("\\x", WRITES, 0, DISPOSE_CREATE, 0, &file), STATUS_ACCESS_DENIED);
    assert_status(try_open("\\folder", READS, 0, DISPOSE_CREATE, WANTS_DIRECTORY, &file),
                  STATUS_SUCCESS);
    let_go(file);
    make_file("\\folder\\x", "");
    home->token.administrator = true;
    make_file("\\Windows\\x", "");
    home->token.administrator = false;
    assert_status(open_again("\\Windows\\x", READS, SHARES_ALL), STATUS_SUCCESS);
    assert_status(open_again("\\Windows\\x", WRITES, SHARES_ALL), STATUS_ACCESS_DENIED);
}

static void read_only_files_stay_as_they_are(void **state)
{
    (void)state;
    struct open_file *file;
    make_file("\\Berth\\x", "abc")->attributes = NODE_READ_ONLY;
    assert_status(open_again("\\Berth\\x", WRITES, SHARES_ALL), STATUS_ACCESS_DENIED);
    assert_status(try_open("\\Berth\\x", READS, 0, DISPOSE_OVERWRITE, 0, &file),
                  STATUS_ACCESS_DENIED);
    assert_status(
        try_open("\\Berth\\x", RIGHT_DELETE, 0, DISPOSE_OPEN, WANTS_DELETE_ON_CLOSE, &file),
        STATUS_CANNOT_DELETE);
    file = open_for("\\Berth\\x", RIGHT_DELETE, SHARES_ALL);
    assert_status(file_delete(file), STATUS_CANNOT_DELETE);
    let_go(file);
    make_file("\\Berth\\h", "abc")->attributes = NODE_HIDDEN;
    assert_status(try_open("\\Berth\\h", WRITES, 0, DISPOSE_OVERWRITE, 0, &file),
                  STATUS_ACCESS_DENIED);
}

/* ---- Names ----------------------------------------------------------------------------------- */

static void a_deleted_file_goes_on_for_who_has_it_open(void **state)
{
    (void)state;
    struct node *node = make_file("\\Berth\\x", "abc");
    struct open_file *reader = open_for("\\Berth\\x", READS, SHARES_ALL);
    struct open_file *deleter = open_for("\\Berth\\x", RIGHT_DELETE, SHARES_ALL);
    assert_status(file_delete(reader), STATUS_ACCESS_DENIED);
    assert_status(file_delete(deleter), STATUS_SUCCESS);
    assert_false(is_there("\\Berth\\x"));
    make_file("\\Berth\\x", "another");
    assert_memory_equal(node->bytes, "abc", 3);
    let_go(deleter);
    assert_ptr_equal(reader->node, node);
    let_go(reader);
    assert_int_equal(node_at("\\Berth\\x")->size, 7);
}

static void delete_on_close_takes_the_name_with_the_last_handle(void **state)
{
    (void)state;
    struct open_file *file;
    make_file("\\Berth\\x", "");
    assert_status(try_open("\\Berth\\x", READS | RIGHT_DELETE, SHARES_ALL, DISPOSE_OPEN,
                           WANTS_DELETE_ON_CLOSE, &file),
                  STATUS_SUCCESS);
    struct open_file *other = open_for("\\Berth\\x", READS, SHARES_ALL);
    let_go(file);
    assert_true(is_there("\\Berth\\x"));
    assert_status(open_again("\\Berth\\x", READS, SHARES_ALL), STATUS_DELETE_PENDING);
    let_go(other);
    assert_false(is_there("\\Berth\\x"));
}

static void a_folder_goes_when_it_is_empty(void **state)
{
    (void)state;
    struct open_file *folder;
    assert_status(
        try_open("\\Berth\\a", RIGHT_DELETE, SHARES_ALL, DISPOSE_CREATE, WANTS_DIRECTORY, &folder),
        STATUS_SUCCESS);
    make_file("\\Berth\\a\\x", "");
    assert_status(file_delete(folder), STATUS_DIRECTORY_NOT_EMPTY);
    node_unlink(machine.nt->volume, node_at("\\Berth\\a\\x"));
    assert_status(file_delete(folder), STATUS_SUCCESS);
    assert_false(is_there("\\Berth\\a"));
    let_go(folder);
}

static nt_status rename_to(struct open_file *file, const char *path, bool replaces)
{
    return file_rename(file, text(path), replaces, &home->token);
}

static void a_rename_replaces_only_what_it_is_told_to(void **state)
{
    (void)state;
    struct node *node = make_file("\\Berth\\x", "abc");
    make_file("\\Berth\\y", "");
    struct open_file *file = open_for("\\Berth\\x", RIGHT_DELETE, SHARES_ALL);
    assert_status(rename_to(file, "\\Berth\\X", false), STATUS_SUCCESS);
    assert_int_equal(node->name[0], 'X');
    assert_status(rename_to(file, "\\Berth\\y", false), STATUS_OBJECT_NAME_COLLISION);
    assert_status(rename_to(file, "\\Users", true), STATUS_ACCESS_DENIED);
    assert_status(rename_to(file, "\\none\\y", true), STATUS_OBJECT_PATH_NOT_FOUND);
    assert_status(rename_to(file, "\\Windows\\y", true), STATUS_ACCESS_DENIED);
    struct open_file *other = open_for("\\Berth\\y", READS, SHARES_ALL);
    assert_status(rename_to(file, "\\Berth\\y", true), STATUS_ACCESS_DENIED);
    let_go(other);
    assert_status(rename_to(file, "\\Berth\\y", true), STATUS_SUCCESS);
    assert_ptr_equal(node_at("\\Berth\\y"), node);
    assert_false(is_there("\\Berth\\x"));
    let_go(file);
    struct open_file *folder = open_for("\\Users", RIGHT_DELETE, SHARES_ALL);
    assert_status(rename_to(folder, "\\Users\\Public\\a", false), STATUS_SHARING_VIOLATION);
    let_go(folder);
}

/* ---- Bytes ----------------------------------------------------------------------------------- */

static nt_status move_bytes(struct open_file *file, bool writes, void *bytes, uint32_t size,
                            uint64_t offset, uint64_t *moved)
{
    const struct file_transfer what = {
        .call = "ReadFile", .base = bytes, .size = size, .writes = writes, .offset = offset};
    return file_io_run(&file->file, &what, NULL, moved);
}

static void a_synchronous_file_has_a_position(void **state)
{
    (void)state;
    char bytes[8];
    uint64_t moved;
    make_file("\\Berth\\x", "abcdef");
    struct open_file *file = open_for("\\Berth\\x", READS | WRITES, 0);
    assert_status(move_bytes(file, false, bytes, 4, FILE_AT_POSITION, &moved), STATUS_SUCCESS);
    assert_memory_equal(bytes, "abcd", 4);
    assert_status(move_bytes(file, false, bytes, 8, FILE_AT_POSITION, &moved), STATUS_SUCCESS);
    assert_int_equal(moved, 2);
    assert_status(move_bytes(file, false, bytes, 8, FILE_AT_POSITION, &moved), STATUS_END_OF_FILE);
    assert_status(move_bytes(file, false, bytes, 0, FILE_AT_POSITION, &moved), STATUS_SUCCESS);
    assert_status(move_bytes(file, false, bytes, 1, 2, &moved), STATUS_SUCCESS);
    assert_int_equal(file->position, 3);
    assert_status(move_bytes(file, true, "XY", 2, 8, &moved), STATUS_SUCCESS);
    assert_memory_equal(file->node->bytes, "abcdef\0\0XY", 10);
    assert_status(move_bytes(file, true, "Z", 1, FILE_AT_END, &moved), STATUS_SUCCESS);
    assert_int_equal(file->node->size, 11);
    assert_status(move_bytes(file, true, "Z", 1, UINT64_MAX / 2 + 1, &moved),
                  STATUS_INVALID_PARAMETER);
    let_go(file);
}

static void rights_say_what_may_be_done(void **state)
{
    (void)state;
    char bytes[4];
    uint64_t moved;
    make_file("\\Berth\\x", "abc");
    struct open_file *file = open_for("\\Berth\\x", READS, 0);
    assert_status(move_bytes(file, true, "x", 1, 0, &moved), STATUS_ACCESS_DENIED);
    assert_status(file_set_size(file, 0), STATUS_ACCESS_DENIED);
    let_go(file);
    file = open_for("\\Berth\\x", RIGHT_APPEND, 0);
    assert_status(move_bytes(file, false, bytes, 1, 0, &moved), STATUS_ACCESS_DENIED);
    assert_status(move_bytes(file, true, "d", 1, 0, &moved), STATUS_SUCCESS);
    assert_memory_equal(file->node->bytes, "abcd", 4);
    let_go(file);
    file = open_for("\\Berth", READS, SHARES_ALL);
    assert_status(move_bytes(file, false, bytes, 1, 0, &moved), STATUS_INVALID_DEVICE_REQUEST);
    let_go(file);
}

static struct open_file *open_overlapped(const char *path)
{
    struct open_file *file = NULL;
    assert_status(try_open(path, READS | WRITES, 0, DISPOSE_OPEN, 0, &file), STATUS_SUCCESS);
    return file;
}

static nt_status read_told(struct open_file *file, char *bytes, uint32_t size, uint64_t offset,
                           struct io_status *block)
{
    uint64_t moved;
    const struct request_delivery how = {.block = block};
    const struct file_transfer what = {
        .call = "ReadFile", .base = bytes, .size = size, .offset = offset};
    return file_io_run(&file->file, &what, &how, &moved);
}

/* Both ways are drawn within some tries; each tells the same. */
static void an_overlapped_read_pends_or_does_not(void **state)
{
    (void)state;
    unsigned at_once = 0, later = 0;
    make_file("\\Berth\\x", "abcdef");
    struct open_file *file = open_overlapped("\\Berth\\x");
    for (int i = 0; i < 40; i++) {
        char bytes[4] = {0};
        struct io_status block = {1, 1};
        nt_status status = read_told(file, bytes, 3, 1, &block);
        at_once += status == STATUS_SUCCESS;
        later += status == STATUS_PENDING;
        if (status == STATUS_PENDING) {
            assert_int_equal(block.status, STATUS_PENDING);
            wait_for_time(machine.nt, 1000000, "Sleep");
        }
        assert_int_equal(block.status, STATUS_SUCCESS);
        assert_int_equal(block.information, 3);
        assert_string_equal(bytes, "bcd");
        assert_true(file->file.object.signaled);
    }
    assert_true(at_once > 0 && later > 0);
    uint64_t moved;
    assert_status(move_bytes(file, false, NULL, 0, FILE_AT_POSITION, &moved),
                  STATUS_INVALID_PARAMETER);
    let_go(file);
}

static void what_pends_can_be_cancelled_and_outlives_the_handle(void **state)
{
    (void)state;
    char bytes[4] = {0};
    uint64_t handle = 0;
    struct io_status block;
    nt_status status;
    const struct request_filter all = {0};
    make_file("\\Berth\\x", "abcdef");
    struct open_file *file = open_overlapped("\\Berth\\x");
    assert_status(handle_open(home, &file->file.object, false, &handle), STATUS_SUCCESS);
    let_go(file);
    do
        status = read_told(file, bytes, 3, 0, &block);
    while (status == STATUS_SUCCESS);
    bytes[0] = 0;
    assert_status(request_cancel(&file->file, &all), STATUS_SUCCESS);
    assert_int_equal(block.status, STATUS_CANCELLED);
    assert_int_equal(bytes[0], 0);
    do
        status = read_told(file, bytes, 3, 0, &block);
    while (status == STATUS_SUCCESS);
    handle_close(home, handle);
    assert_int_equal(block.status, STATUS_PENDING);
    wait_for_time(machine.nt, 1000000, "Sleep");
    assert_int_equal(block.status, STATUS_SUCCESS);
    assert_string_equal(bytes, "abc");
    assert_status(open_again("\\Berth\\x", WRITES, 0), STATUS_SUCCESS);
}

static void a_write_that_makes_the_file_longer_ends_at_once(void **state)
{
    (void)state;
    make_file("\\Berth\\x", "");
    struct open_file *file = open_overlapped("\\Berth\\x");
    for (uint64_t i = 0; i < 40; i++) {
        uint64_t moved;
        struct io_status block;
        const struct request_delivery how = {.block = &block};
        const struct file_transfer what = {
            .call = "WriteFile", .base = "a", .size = 1, .writes = true, .offset = i};
        assert_status(file_io_run(&file->file, &what, &how, &moved), STATUS_SUCCESS);
        assert_int_equal(moved, 1);
    }
    let_go(file);
}

static void a_full_arena_opens_nothing(void **state)
{
    (void)state;
    struct open_file *file;
    make_file("\\Berth\\x", "abc");
    for (uint64_t n = 1; n <= 3; n++) {
        machine.engine.arena.fail_in = n;
        assert_status(try_open("\\Berth\\y", WRITES, 0, DISPOSE_CREATE, 0, &file),
                      STATUS_INSUFFICIENT_RESOURCES);
        machine.engine.arena.fail_in = 0;
        assert_false(is_there("\\Berth\\y"));
    }
    machine.engine.arena.fail_in = 1;
    assert_status(try_open("\\Berth\\x", WRITES, 0, DISPOSE_OVERWRITE, 0, &file),
                  STATUS_INSUFFICIENT_RESOURCES);
    machine.engine.arena.fail_in = 0;
    assert_int_equal(node_at("\\Berth\\x")->size, 3);
    assert_status(open_again("\\Berth\\x", WRITES, 0), STATUS_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(dispositions_say_what_may_be_there),
        FILE_TEST(folders_and_files_are_told_apart),
        FILE_TEST(both_have_to_share),
        FILE_TEST(sharing_ends_with_the_last_handle),
        FILE_TEST(what_is_guarded_is_for_administrators),
        FILE_TEST(read_only_files_stay_as_they_are),
        FILE_TEST(a_deleted_file_goes_on_for_who_has_it_open),
        FILE_TEST(delete_on_close_takes_the_name_with_the_last_handle),
        FILE_TEST(a_folder_goes_when_it_is_empty),
        FILE_TEST(a_rename_replaces_only_what_it_is_told_to),
        FILE_TEST(a_synchronous_file_has_a_position),
        FILE_TEST(rights_say_what_may_be_done),
        FILE_TEST(an_overlapped_read_pends_or_does_not),
        FILE_TEST(what_pends_can_be_cancelled_and_outlives_the_handle),
        FILE_TEST(a_write_that_makes_the_file_longer_ends_at_once),
        FILE_TEST(a_full_arena_opens_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
