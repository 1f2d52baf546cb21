#include "sim/nt/disk.h"

#include <stdlib.h>
#include <string.h>

#include "sim/engine/check.h"
#include "sim/engine/choose.h"
#include "sim/engine/engine.h"

bool disk_open(struct disk *disk, uint32_t sectors)
{
    *disk = (struct disk){.powered = true};
    return disk_grow(disk, sectors);
}

void disk_close(struct disk *disk)
{
    free(disk->bytes);
    *disk = (struct disk){0};
}

bool disk_grow(struct disk *disk, uint32_t sectors)
{
    if (sectors <= disk->sectors)
        return true;

    size_t old_size = (size_t)disk->sectors * SECTOR_SIZE;
    size_t size = (size_t)sectors * SECTOR_SIZE;
    unsigned char *bytes = realloc(disk->bytes, size);
    if (bytes == NULL)
        return false;
    memset(bytes + old_size, 0, size - old_size);
    disk->bytes = bytes;
    disk->sectors = sectors;
    return true;
}

/* How many bytes of the sector get their new value before the power is gone. */
static size_t bytes_before_the_cut(enum cut cut, struct engine *engine)
{
    switch (cut) {
    case CUT_NONE:
        break;
    case CUT_BEFORE:
        return 0;
    case CUT_DURING:
        return (size_t)choose(&engine->choices, CHOICE_FAULT, SECTOR_SIZE + 1);
    case CUT_AFTER:
        return SECTOR_SIZE;
    }
    ABSURD("a cut at no place");
}

static void tell(const struct disk *disk, uint32_t sector)
{
    if (disk->written != NULL)
        disk->written(disk->written_context, sector, disk_sector(disk, sector));
}

bool disk_write(struct disk *disk, struct engine *engine, uint32_t sector, const void *bytes)
{
    ASSERT(sector < disk->sectors);
    if (!disk->powered)
        return false;

    unsigned char *target = disk->bytes + (size_t)sector * SECTOR_SIZE;
    disk->writes++;
    if (disk->cut == CUT_NONE || disk->writes != disk->cut_at) {
        memcpy(target, bytes, SECTOR_SIZE);
        tell(disk, sector);
        return true;
    }

    enum cut cut = disk->cut;
    disk->powered = false;
    disk->cut = CUT_NONE;
    disk->cut_at = 0;
    memcpy(target, bytes, bytes_before_the_cut(cut, engine));
    tell(disk, sector);
    engine_trace(engine, "disk: the power fails at write %llu", (unsigned long long)disk->writes);
    return false;
}

const unsigned char *disk_sector(const struct disk *disk, uint32_t sector)
{
    ASSERT(sector < disk->sectors);
    return disk->bytes + (size_t)sector * SECTOR_SIZE;
}
