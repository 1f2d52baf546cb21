#include <stdio.h>
#include <stdlib.h>

#include "sim/runtime/machine_file.h"
#include "sim/runtime/test_machine.h"

static const char path[] = "machine_file_test.berth";
static const char journal[] = "machine_file_test.berth-journal";
static char message[MACHINE_FILE_MESSAGE_SIZE];

static int no_file(void **state)
{
    (void)state;
    remove(path);
    remove(journal);
    message[0] = '\0';
    return 0;
}

static struct machine_file *open_file(void)
{
    struct machine_file *file = machine_file_open(path, 0, message);
    assert_string_equal(message, "");
    assert_non_null(file);
    return file;
}

static struct berth *machine_of(struct machine_file *file)
{
    const struct berth_config config = {.seed = 5, .boots = machine_file_boots(file)};
    struct berth *machine = berth_new(&config);
    assert_non_null(machine);
    assert_true(machine_file_attach(file, machine));
    boot_and_enter(machine, &elevated);
    return machine;
}

static uint64_t token_of(unsigned first, unsigned count)
{
    ULONG64 token = 0;
    ULONG error = LookupPersistentTcpPortReservation(htons((USHORT)first), (USHORT)count, &token);
    return error == 0 ? token : 0;
}

static void what_was_reserved_is_there_after_a_run_without_an_end(void **state)
{
    (void)state;
    struct machine_file *file = open_file();
    struct berth *machine = machine_of(file);

    assert_int_equal(machine_file_boots(file), 0);
    assert_int_equal(create(5000, 20), 0);
    for (unsigned port = 6000; port < 6100; port++)
        assert_int_equal(create(port, 1), 0);
    uint64_t token = token_of(5000, 20);
    /* No shut down: the host takes everything. */
    berth_free(machine);
    machine_file_close(file);

    file = open_file();
    machine = machine_of(file);
    assert_int_equal(machine_file_boots(file), 1);
    assert_int_not_equal(token_of(5000, 20), 0);
    assert_int_not_equal(token_of(5000, 20), token);
    for (unsigned port = 6000; port < 6100; port++)
        assert_int_not_equal(token_of(port, 1), 0);
    assert_int_equal(remove_block(5000, 20), 0);
    berth_free(machine);
    machine_file_close(file);

    file = open_file();
    machine = machine_of(file);
    assert_int_equal(token_of(5000, 20), 0);
    assert_int_not_equal(token_of(6050, 1), 0);
    berth_free(machine);
    machine_file_close(file);
}

/* The file is at every moment what the disk is. */
static void the_file_follows_the_disk_byte_by_byte(void **state)
{
    (void)state;
    struct machine_file *file = open_file();
    struct berth *machine = machine_of(file);
    size_t size, read_size;

    for (unsigned port = 6000; port < 6040; port++)
        assert_int_equal(create(port, 1), 0);
    for (unsigned port = 6000; port < 6040; port += 3)
        assert_int_equal(remove_block(port, 1), 0);
    unsigned char *disk = berth_disk(machine, &size);
    machine_file_close(file);

    file = open_file();
    const struct berth_config config = {.seed = 5};
    struct berth *other = berth_new(&config);
    assert_non_null(other);
    assert_true(machine_file_attach(file, other));
    unsigned char *read_disk = berth_disk(other, &read_size);
    for (size_t i = 0; i < size || i < read_size; i++)
        assert_int_equal(i < size ? disk[i] : 0, i < read_size ? read_disk[i] : 0);
    berth_free(other);
    machine_file_close(file);
    berth_free(machine);
}

static void a_file_is_one_runs_at_a_time(void **state)
{
    (void)state;
    struct machine_file *file = open_file();

    assert_null(machine_file_open(path, 10, message));
    assert_non_null(strstr(message, "in use by another run"));
    machine_file_close(file);
    file = machine_file_open(path, 10, message);
    assert_non_null(file);
    assert_int_equal(machine_file_boots(file), 1);
    machine_file_close(file);
}

static void write_file(const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static size_t read_file(char *bytes, size_t size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size = fread(bytes, 1, size, file);
    fclose(file);
    return size;
}

static void assert_refused_untouched(void)
{
    static char before[1 << 16], after[1 << 16];
    size_t size = read_file(before, sizeof before);

    message[0] = '\0';
    assert_null(machine_file_open(path, 0, message));
    assert_non_null(strstr(message, path));
    assert_non_null(strstr(message, "expected"));
    assert_null(strchr(message, '\n'));
    assert_int_equal(read_file(after, sizeof after), size);
    assert_memory_equal(before, after, size);
}

static void other_peoples_files_are_left_alone(void **state)
{
    (void)state;
    write_file("x", 1);
    assert_refused_untouched();
    write_file("a letter to somebody\n", 21);
    assert_refused_untouched();
    static const char header[4096] = "SQLite format 3";
    write_file(header, sizeof header);
    assert_refused_untouched();
}

/* Each byte in turn, a few at a time: the file is sound, or refused; never read wrongly. */
static void damage_is_seen_or_harmless(void **state)
{
    (void)state;
    static char sound[1 << 16], damaged[1 << 16];
    struct machine_file *file = open_file();
    struct berth *machine = machine_of(file);

    assert_int_equal(create(5000, 20), 0);
    berth_free(machine);
    machine_file_close(file);
    size_t size = read_file(sound, sizeof sound);

    unsigned refused = 0;
    for (size_t at = 0; at < size; at += 23) {
        memcpy(damaged, sound, size);
        damaged[at] ^= 0x55;
        write_file(damaged, size);
        remove(journal);
        file = machine_file_open(path, 0, message);
        if (file == NULL) {
            refused++;
            continue;
        }
        assert_int_equal(machine_file_boots(file), 1);
        machine = machine_of(file);
        assert_int_not_equal(token_of(5000, 20), 0);
        berth_free(machine);
        machine_file_close(file);
    }
    assert_true(refused > 10);
    write_file(sound, size / 2);
    assert_refused_untouched();
}

static void a_folder_that_is_not_there(void **state)
{
    (void)state;
    assert_null(machine_file_open("nowhere/machine", 0, message));
    assert_non_null(strstr(message, "cannot be opened"));
    assert_null(machine_file_open(".", 0, message));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, no_file, no_file)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_reserved_is_there_after_a_run_without_an_end),
        TEST(the_file_follows_the_disk_byte_by_byte),
        TEST(a_file_is_one_runs_at_a_time),
        TEST(other_peoples_files_are_left_alone),
        TEST(damage_is_seen_or_harmless),
        TEST(a_folder_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
