/* The tree of names, its bytes, and looking for names. */
#include "sim/nt/file_fixture.h"
#include "sim/nt/file_search.h"

static void a_fresh_volume_has_windows_folders(void **state)
{
    (void)state;
    assert_true((node_at("\\Windows\\System32")->attributes & NODE_DIRECTORY) != 0);
    assert_true(node_at("\\Windows")->guarded);
    assert_false(node_at("\\Users\\Public")->guarded);
    assert_null(node_at("\\")->parent);
    volume_check(machine.nt->volume);
}

static void letters_of_both_cases_are_one_name(void **state)
{
    (void)state;
    struct node *node = make_file("\\Berth\\Name.Txt", "");
    assert_ptr_equal(node_at("\\bERTH\\nAME.tXT"), node);
    assert_int_equal(node->name[0], 'N');
    const uint16_t small[] = {0x00E4, 0x03B1, 0x0436, 0x0451, '1'},
                   large[] = {0x00C4, 0x0391, 0x0416, 0x0401, '1'};
    assert_int_equal(file_text_compare((struct file_text){small, 5}, (struct file_text){large, 5}),
                     0);
    assert_int_equal(file_text_upper(0xF7), 0xF7);
}

static void what_is_missing_is_told_apart(void **state)
{
    (void)state;
    struct place place;
    assert_status(look_for("\\Berth\\x", &place), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_ptr_equal(place.parent, node_at("\\Berth"));
    assert_int_equal(place.name.length, 1);
    assert_status(look_for("\\none\\x", &place), STATUS_OBJECT_PATH_NOT_FOUND);
    make_file("\\Berth\\file", "");
    assert_status(look_for("\\Berth\\file\\x", &place), STATUS_OBJECT_PATH_NOT_FOUND);
    assert_status(look_for("\\Berth\\a*", &place), STATUS_OBJECT_NAME_INVALID);
    assert_status(look_for("\\Berth\\a\tb", &place), STATUS_OBJECT_NAME_INVALID);
    char name[280] = "\\Berth\\";
    memset(name + 7, 'x', 256);
    assert_status(look_for(name, &place), STATUS_OBJECT_NAME_INVALID);
    name[7 + 255] = '\0';
    assert_status(look_for(name, &place), STATUS_OBJECT_NAME_NOT_FOUND);
}

static void what_a_file_grows_by_is_zero(void **state)
{
    (void)state;
    struct volume *volume = volume_of(machine.nt);
    struct node *node = make_file("\\Berth\\x", "abcdef");
    assert_status(node_resize(volume, node, 2), STATUS_SUCCESS);
    assert_status(node_resize(volume, node, 5000), STATUS_SUCCESS);
    assert_memory_equal(node->bytes, "ab\0\0\0\0", 6);
    for (size_t i = 2; i < 5000; i++)
        assert_int_equal(node->bytes[i], 0);
    assert_status(node_resize(volume, node, UINT64_MAX / 2), STATUS_DISK_FULL);
    assert_status(node_resize(volume, node, UINT64_C(1) << 40), STATUS_DISK_FULL);
    assert_int_equal(node->size, 5000);
}

static void a_node_lives_as_long_as_it_is_held(void **state)
{
    (void)state;
    struct volume *volume = volume_of(machine.nt);
    struct node *node = make_file("\\Berth\\x", "bytes");
    node_hold(node);
    node_unlink(volume, node);
    assert_false(is_there("\\Berth\\x"));
    assert_memory_equal(node->bytes, "bytes", 5);
    const size_t used = node->room;
    node_drop(volume, node);
    assert_true(used > 0);
    volume_check(volume);
}

static void a_move_takes_what_lies_below_along(void **state)
{
    (void)state;
    struct open_file *folder;
    assert_status(try_open("\\Berth\\a", READS, SHARES_ALL, DISPOSE_CREATE,
                           WANTS_DIRECTORY | WANTS_SYNCHRONOUS, &folder),
                  STATUS_SUCCESS);
    struct node *node = make_file("\\Berth\\a\\x", "");
    struct place place;
    assert_status(look_for("\\Users\\b", &place), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_status(node_move(machine.nt->volume, folder->node, &place), STATUS_SUCCESS);
    assert_ptr_equal(node_at("\\Users\\b\\x"), node);
    assert_false(is_there("\\Berth\\a"));
    assert_true(node_is_below(node, folder->node));
    assert_true(node_is_below(node, node));
    assert_false(node_is_below(folder->node, node));
    let_go(folder);
}

static void a_full_arena_has_no_volume_and_no_file(void **state)
{
    (void)state;
    struct place place;
    struct node *node;
    for (uint64_t n = 1; n <= 5; n++) {
        machine.engine.arena.fail_in = n;
        assert_null(volume_of(machine.nt));
        machine.engine.arena.fail_in = 0;
    }
    assert_non_null(volume_of(machine.nt));
    assert_status(look_for("\\Berth\\x", &place), STATUS_OBJECT_NAME_NOT_FOUND);
    for (uint64_t n = 1; n <= 2; n++) {
        machine.engine.arena.fail_in = n;
        assert_status(node_create(machine.nt->volume, &place, 0, &node),
                      STATUS_INSUFFICIENT_RESOURCES);
    }
    machine.engine.arena.fail_in = 0;
    assert_false(is_there("\\Berth\\x"));
}

/* ---- Searches -------------------------------------------------------------------------------- */

static void patterns_fit_as_windows_has_them(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *name;
        bool fits;
    } rows[] = {
        {"*", "a.b", true},       {"*.*", "ab", true},        {"a*", "Abc", true},
        {"*c", "abc", true},      {"*c", "abcd", false},      {"a?c", "abc", true},
        {"a?c", "ac", false},     {"ab?", "ab", true},        {"*.txt", "a.b.txt", true},
        {"*.txt", "txt", false},  {"a*b*c", "aXbYc", true},   {"a*b*c", "aXcYb", false},
        {"name.*", "name", true}, {"name.*", "names", false}, {"x", "x", true},
        {"x", "y", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(search_fits(text(rows[i].pattern), text(rows[i].name)), rows[i].fits);
}

static void expect_next(struct open_file *folder, const char *name)
{
    struct found found;
    assert_status(search_next(folder, &found), STATUS_SUCCESS);
    assert_int_equal(file_text_compare(found.name, text(name)), 0);
}

static void a_search_tells_names_in_their_order(void **state)
{
    (void)state;
    struct found found;
    make_file("\\Berth\\b", "");
    make_file("\\Berth\\C", "");
    make_file("\\Berth\\a", "");
    struct open_file *folder = open_for("\\Berth", READS, SHARES_ALL);
    assert_status(search_begin(folder, text("*")), STATUS_SUCCESS);
    expect_next(folder, ".");
    expect_next(folder, "..");
    expect_next(folder, "a");
    node_unlink(machine.nt->volume, node_at("\\Berth\\a"));
    expect_next(folder, "b");
    make_file("\\Berth\\bb", "");
    expect_next(folder, "bb");
    expect_next(folder, "c");
    assert_status(search_next(folder, &found), STATUS_NO_MORE_FILES);
    assert_status(search_next(folder, &found), STATUS_NO_MORE_FILES);
    let_go(folder);
}

static void the_root_has_no_dots(void **state)
{
    (void)state;
    struct open_file *folder = open_for("\\", READS, SHARES_ALL);
    assert_status(search_begin(folder, text("*")), STATUS_SUCCESS);
    expect_next(folder, "Berth");
    let_go(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(a_fresh_volume_has_windows_folders),
        FILE_TEST(letters_of_both_cases_are_one_name),
        FILE_TEST(what_is_missing_is_told_apart),
        FILE_TEST(what_a_file_grows_by_is_zero),
        FILE_TEST(a_node_lives_as_long_as_it_is_held),
        FILE_TEST(a_move_takes_what_lies_below_along),
        FILE_TEST(a_full_arena_has_no_volume_and_no_file),
        FILE_TEST(patterns_fit_as_windows_has_them),
        FILE_TEST(a_search_tells_names_in_their_order),
        FILE_TEST(the_root_has_no_dots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
