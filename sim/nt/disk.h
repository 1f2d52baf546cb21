/* The simulated disk: sectors that survive power off, written one at a time.
 *
 * The bytes lie in host memory outside the arena and belong to the disk. A write that the power cut
 * interrupts leaves the first bytes of the sector new and the rest old; how many, `choose` says.
 */
#ifndef SIM_NT_DISK_H
#define SIM_NT_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct engine;

enum { SECTOR_SIZE = 512 };

enum cut { CUT_NONE, CUT_BEFORE, CUT_DURING, CUT_AFTER };

struct disk {
    unsigned char *bytes;
    uint32_t sectors;
    uint64_t writes; /* begun since the disk was made, the one the power failed at included */
    uint64_t cut_at; /* the write (counted as in `writes`, from 1) the power fails at; 0 never */
    enum cut cut;    /* before, during or after that write */
    bool powered;    /* false once the power failed: no write reaches the disk any more */
    /* Called with each sector as it now is, before the write returns; NULL for nobody. */
    void (*written)(void *context, uint32_t sector, const unsigned char *bytes);
    void *written_context;
};

/* An empty disk, all zero. False when the host has no memory. */
bool disk_open(struct disk *disk, uint32_t sectors);
void disk_close(struct disk *disk);

/* Makes the disk at least `sectors` long. False when the host has no memory. */
bool disk_grow(struct disk *disk, uint32_t sectors);

/* Writes one sector. False when the power is off or failed on the way. */
bool disk_write(struct disk *disk, struct engine *engine, uint32_t sector, const void *bytes);

/* The sector's bytes; they live until the next write or growth. */
const unsigned char *disk_sector(const struct disk *disk, uint32_t sector);

#endif
