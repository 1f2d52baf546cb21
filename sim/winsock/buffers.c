#include "sim/winsock/buffers.h"

#include "sim/engine/check.h"
#include "sim/winsock/memory.h"

void buffers_none(struct buffers *buffers)
{
    buffers->arena = NULL;
    buffers->all = buffers->few;
    buffers->count = 0;
    buffers->size = 0;
}

void buffers_end(struct buffers *buffers)
{
    if (buffers->arena != NULL)
        arena_give(buffers->arena, buffers->all, buffers->count * sizeof *buffers->all);
}

static nt_status make_room(struct buffers *buffers, const struct call *call, DWORD count)
{
    if (count <= BUFFERS_ON_STACK)
        return STATUS_SUCCESS;
    struct arena *arena = &call->winsock->nt->engine->arena;
    struct io_buffer *all = arena_take(arena, count * sizeof *all);
    if (all == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    buffers->arena = arena;
    buffers->all = all;
    return STATUS_SUCCESS;
}

static union pointer {
    const void *from;
    void *to;
} pointer_to(const void *bytes)
{
    return (union pointer){.from = bytes}; /* whether afd reads or writes, the call says */
}

nt_status buffers_read(struct buffers *buffers, const struct call *call, const WSABUF *from,
                       DWORD count, enum access access)
{
    const struct userspace *space = &call->process->userspace;
    buffers_none(buffers);
    if (count > BUFFERS_MAX)
        return STATUS_INVALID_PARAMETER;
    if (count > 0 && !memory_probe(call, from, count * sizeof *from, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    nt_status status = make_room(buffers, call, count);
    if (!nt_success(status))
        return status;

    buffers->count = count;
    for (DWORD i = 0; i < count; i++) {
        WSABUF buffer;
        memory_read(call, &buffer, from + i, sizeof buffer);
        bool good = buffer.len <= INT32_MAX; /* a length of -1 is no buffer's (row 207) */
        if (!good || (buffer.len > 0 && !userspace_probe(space, buffer.buf, buffer.len, access)))
            return STATUS_ACCESS_VIOLATION;
        buffers->all[i] = (struct io_buffer){buffer.buf, buffer.len};
        buffers->size += buffer.len;
    }
    return STATUS_SUCCESS;
}

nt_status buffers_add(struct buffers *buffers, const struct call *call, const void *bytes,
                      uint32_t size, enum access access)
{
    ASSERT(buffers->count < BUFFERS_ON_STACK);
    if (size == 0)
        return STATUS_SUCCESS;
    if (!userspace_probe(&call->process->userspace, bytes, size, access))
        return STATUS_ACCESS_VIOLATION;
    buffers->all[buffers->count++] = (struct io_buffer){pointer_to(bytes).to, size};
    buffers->size += size;
    return STATUS_SUCCESS;
}
