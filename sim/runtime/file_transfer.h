/* ReadFile, WriteFile and their kin, which know each kind of file: what they hand down. */
#ifndef SIM_RUNTIME_FILE_TRANSFER_H
#define SIM_RUNTIME_FILE_TRANSFER_H

#include "sim/nt/request.h"
#include "sim/runtime/guest_objects.h"

/* One call. */
struct transfer {
    const char *call; /* a literal */
    struct file *file;
    bool writes;
    void *base; /* probed */
    uint32_t size;
    OVERLAPPED *overlapped; /* may be NULL of a file that is synchronous */
    LPOVERLAPPED_COMPLETION_ROUTINE routine;
};

/* Calls the routine that was kept as a number, and gives the request back before. */
void transfer_run_routine(struct request *request, uint64_t routine);

/* For the file's own kind: `how` NULL waits. Bytes of one that is done at once go to `*bytes`. */
nt_status socket_transfer(const struct transfer *transfer, struct request_delivery *how,
                          DWORD *bytes);

#endif
