#include "sim/runtime/machine_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>

#include <sqlite3.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "sim/engine/check.h"
#include "sim/include/berth/berth.h"

/* "Brth": what `file` and PRAGMA application_id tell a machine file by. */
enum { APPLICATION_ID = 0x42727468, FORMAT_VERSION = 1, SECTORS_MAX = 1 << 20 };

struct machine_file {
    sqlite3 *sqlite;
    sqlite3_stmt *keep; /* a sector */
    uint64_t boots;     /* before this run */
    const char *path;   /* borrowed */
};

static const char set_up[] = "PRAGMA locking_mode = EXCLUSIVE;"
                             "PRAGMA synchronous = EXTRA;"
                             "PRAGMA temp_store = MEMORY;";

#define MACHINE_TABLE "CREATE TABLE machine(boots INTEGER NOT NULL, checksum INTEGER NOT NULL)"
#define SECTOR_TABLE                                                                               \
    "CREATE TABLE sector(number INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, "                  \
    "bytes BLOB NOT NULL)"

static const char make_tables[] =
    MACHINE_TABLE ";" SECTOR_TABLE ";INSERT INTO machine VALUES(0, 0);";

/* SQLite reads a damaged definition as another one: it must be ours, to the letter. */
static const char count_tables[] = "SELECT count(*) FROM sqlite_schema WHERE sql IN "
                                   "('" MACHINE_TABLE "', '" SECTOR_TABLE "')";

/* A checksum that a row of zeros does not have by itself. */
static int64_t checksum(uint64_t number, const void *bytes, size_t size)
{
    return (int64_t)XXH3_64bits_withSeed(bytes, size, number + APPLICATION_ID);
}

static int64_t boots_checksum(uint64_t boots)
{
    return checksum(boots, NULL, 0);
}

static bool run(struct machine_file *file, const char *sql)
{
    return sqlite3_exec(file->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* The whole number that a statement answers first, or `otherwise`. */
static int64_t ask(struct machine_file *file, const char *sql, int64_t otherwise)
{
    sqlite3_stmt *statement = NULL;
    int64_t number = otherwise;

    if (sqlite3_prepare_v2(file->sqlite, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

/* Why SQLite would not, in the words of one who runs a program. */
static const char *reason(struct machine_file *file)
{
    switch (sqlite3_errcode(file->sqlite)) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "in use by another run, expected it to end";
    case SQLITE_NOTADB:
        return "not a machine file, expected one that Berth made, or none";
    case SQLITE_CORRUPT:
        return "damaged, expected a sound machine file, or none";
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return "cannot be written, expected a file of the user's own";
    case SQLITE_CANTOPEN:
        return "cannot be opened, expected a file in a folder that is there and writable";
    default:
        return sqlite3_errmsg(file->sqlite);
    }
}

static bool is_sound(struct machine_file *file)
{
    sqlite3_stmt *statement = NULL;
    bool sound = false;

    if (sqlite3_prepare_v2(file->sqlite, "PRAGMA integrity_check(1)", -1, &statement, NULL) ==
            SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        sound = strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
    sqlite3_finalize(statement);
    return sound;
}

/* Calls `visit` with each sector. False when a row is not as we write them. */
static bool read_sectors(struct machine_file *file,
                         void (*visit)(void *context, uint32_t number, const void *bytes),
                         void *context)
{
    sqlite3_stmt *statement = NULL;
    bool sound = sqlite3_prepare_v2(file->sqlite,
                                    "SELECT number, checksum, bytes FROM sector ORDER BY number",
                                    -1, &statement, NULL) == SQLITE_OK;
    int step = SQLITE_ERROR;

    while (sound && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        int64_t number = sqlite3_column_int64(statement, 0);
        const void *bytes = sqlite3_column_blob(statement, 2);
        sound = number >= 0 && number < SECTORS_MAX &&
                sqlite3_column_bytes(statement, 2) == BERTH_SECTOR_SIZE &&
                sqlite3_column_int64(statement, 1) ==
                    checksum((uint64_t)number, bytes, BERTH_SECTOR_SIZE);
        if (sound && visit != NULL)
            visit(context, (uint32_t)number, bytes);
    }
    sqlite3_finalize(statement);
    return sound && step == SQLITE_DONE;
}

/* Whether the file is a machine's and whole, or empty, which it is filled from; else says what is
 * wrong. All inside one transaction that has written nothing before.
 */
static const char *check_or_make(struct machine_file *file)
{
    struct stat status;

    /* Not by opening it: to close it again would drop SQLite's locks. */
    if (stat(file->path, &status) == 0 && status.st_size == 0) {
        char identity[128];
        snprintf(identity, sizeof identity, "PRAGMA application_id = %d; PRAGMA user_version = %d",
                 APPLICATION_ID, FORMAT_VERSION);
        if (!run(file, make_tables) || !run(file, identity))
            return reason(file);
        return NULL;
    }
    if (ask(file, "PRAGMA application_id", 0) != APPLICATION_ID)
        return "not a machine file, expected one that Berth made, or none";
    if (ask(file, "PRAGMA user_version", 0) != FORMAT_VERSION)
        return "of another version of Berth, expected one of this version's";
    int64_t boots = ask(file, "SELECT boots FROM machine", -1);
    if (!is_sound(file) || ask(file, count_tables, 0) != 2 || boots < 0 ||
        (boots > 0 &&
         ask(file, "SELECT checksum FROM machine", 0) != boots_checksum((uint64_t)boots)) ||
        !read_sectors(file, NULL, NULL))
        return "damaged, expected a sound machine file, or none";
    file->boots = (uint64_t)boots;
    return NULL;
}

static bool count_boot(struct machine_file *file)
{
    char update[128];

    snprintf(update, sizeof update, "UPDATE machine SET boots = %" PRIu64 ", checksum = %" PRId64,
             file->boots + 1, boots_checksum(file->boots + 1));
    return run(file, update);
}

static bool prepare(struct machine_file *file)
{
    return sqlite3_prepare_v3(file->sqlite, "INSERT OR REPLACE INTO sector VALUES(?1, ?2, ?3)", -1,
                              SQLITE_PREPARE_PERSISTENT, &file->keep, NULL) == SQLITE_OK;
}

/* SQLite takes some names for something else than a file's; none begins so. */
static bool open_file(struct machine_file *file, const char *path)
{
    char name[4096];

    int size = snprintf(name, sizeof name, "%s%s", path[0] == '/' ? "" : "./", path);
    return size > 0 && (size_t)size < sizeof name &&
           sqlite3_open_v2(name, &file->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) ==
               SQLITE_OK;
}

struct machine_file *machine_file_open(const char *path, int wait_ms,
                                       char message[MACHINE_FILE_MESSAGE_SIZE])
{
    struct machine_file *file = calloc(1, sizeof *file);
    const char *wrong = NULL;

    if (file == NULL) {
        snprintf(message, MACHINE_FILE_MESSAGE_SIZE, "%s: no memory", path);
        return NULL;
    }
    file->path = path;
    if (!open_file(file, path))
        wrong = file->sqlite == NULL ? "no memory" : reason(file);
    if (wrong == NULL) {
        sqlite3_busy_timeout(file->sqlite, wait_ms);
        if (!run(file, set_up) || !run(file, "BEGIN EXCLUSIVE"))
            wrong = reason(file);
    }
    if (wrong == NULL)
        wrong = check_or_make(file);
    if (wrong == NULL && (!count_boot(file) || !prepare(file) || !run(file, "COMMIT")))
        wrong = reason(file);
    if (wrong == NULL)
        return file;
    snprintf(message, MACHINE_FILE_MESSAGE_SIZE, "BERTH_MACHINE='%s': %s", path, wrong);
    machine_file_close(file);
    return NULL;
}

void machine_file_close(struct machine_file *file)
{
    if (file == NULL)
        return;
    sqlite3_finalize(file->keep);
    sqlite3_close(file->sqlite); /* rolls back what is not committed */
    free(file);
}

uint64_t machine_file_boots(const struct machine_file *file)
{
    return file->boots;
}

static void keep_sector(void *context, uint32_t sector, const unsigned char *bytes)
{
    struct machine_file *file = context;

    sqlite3_bind_int64(file->keep, 1, sector);
    sqlite3_bind_int64(file->keep, 2, checksum(sector, bytes, BERTH_SECTOR_SIZE));
    sqlite3_bind_blob(file->keep, 3, bytes, BERTH_SECTOR_SIZE, SQLITE_STATIC);
    if (sqlite3_step(file->keep) != SQLITE_DONE) {
        fprintf(stderr, "berth: %s: cannot keep what was written: %s\n", file->path,
                sqlite3_errmsg(file->sqlite));
        _Exit(CHECK_EXIT_CODE);
    }
    sqlite3_reset(file->keep);
}

static void note_end(void *context, uint32_t number, const void *bytes)
{
    (void)bytes;
    if (*(size_t *)context < (size_t)number + 1)
        *(size_t *)context = (size_t)number + 1;
}

static void place_sector(void *context, uint32_t number, const void *bytes)
{
    memcpy((unsigned char *)context + (size_t)number * BERTH_SECTOR_SIZE, bytes, BERTH_SECTOR_SIZE);
}

bool machine_file_attach(struct machine_file *file, struct berth *machine)
{
    size_t sectors = 0;

    if (!read_sectors(file, note_end, &sectors))
        return false;
    size_t size = sectors * BERTH_SECTOR_SIZE;
    unsigned char *disk = calloc(1, size + 1); /* none is no disk, and no lack of memory */
    bool put = disk != NULL && read_sectors(file, place_sector, disk) &&
               berth_put_disk(machine, disk, size);
    free(disk);
    if (put)
        berth_on_disk_write(machine, keep_sector, file);
    return put;
}
