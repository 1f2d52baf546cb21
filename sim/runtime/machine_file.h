/* The machine file: a machine's disk between runs, in SQLite. Each sector that the machine writes
 * is a transaction of its own, durable before the guest's call returns; so a run that is killed
 * loses nothing that was acknowledged, and leaves at worst a journal that the next run rolls back.
 *
 * A file is one run's at a time: it stays locked until machine_file_close() or the end of the
 * process.
 */
#ifndef SIM_RUNTIME_MACHINE_FILE_H
#define SIM_RUNTIME_MACHINE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct berth;
struct machine_file;

enum { MACHINE_FILE_MESSAGE_SIZE = 1024, MACHINE_FILE_WAIT_MS = 5000 };

/* Opens the file, waiting up to `wait_ms` for another run to end, and counts a boot in it; makes
 * the file where there is none. NULL with one line in `message` when it is in use, damaged,
 * somebody else's or out of reach: then it is as it was.
 */
struct machine_file *machine_file_open(const char *path, int wait_ms,
                                       char message[MACHINE_FILE_MESSAGE_SIZE]);
void machine_file_close(struct machine_file *file);

/* How often the machine was switched on before this run. */
uint64_t machine_file_boots(const struct machine_file *file);

/* Gives the machine, which is off, the disk in the file, and keeps every sector from now on. A
 * sector that the host cannot keep ends the process with exit code 3: nothing is acknowledged that
 * is not kept. False when the host has no memory.
 */
bool machine_file_attach(struct machine_file *file, struct berth *machine);

#endif
