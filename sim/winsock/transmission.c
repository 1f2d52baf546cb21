#include "sim/winsock/transmission.h"

#include <string.h>

#include "sim/engine/check.h"
#include "sim/nt/file.h"
#include "sim/winsock/memory.h"

struct file_piece {
    struct open_file *file; /* NULL: of memory */
    uint64_t offset;
    bool moves; /* the position, which it was read from */
};

nt_status transmission_begin(struct transmission *transmission, const struct call *call,
                             uint32_t room)
{
    struct arena *arena = &call->winsock->nt->engine->arena;
    *transmission = (struct transmission){.arena = arena, .room = room};
    transmission->pieces = arena_take(arena, room * sizeof *transmission->pieces);
    transmission->files = arena_take(arena, room * sizeof *transmission->files);
    bool taken = transmission->pieces != NULL && transmission->files != NULL;
    return taken ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

void transmission_end(struct transmission *transmission)
{
    struct arena *arena = transmission->arena;
    arena_give(arena, transmission->bytes, transmission->file_size);
    arena_give(arena, transmission->files, transmission->room * sizeof *transmission->files);
    arena_give(arena, transmission->pieces, transmission->room * sizeof *transmission->pieces);
}

static nt_status add(struct transmission *transmission, void *base, uint64_t size,
                     const struct file_piece *file)
{
    ASSERT(transmission->count < transmission->room);
    if (size > TRANSMISSION_MAX - transmission->size)
        return STATUS_INVALID_PARAMETER;
    if (size == 0)
        return STATUS_SUCCESS;
    transmission->pieces[transmission->count] = (struct io_buffer){base, (uint32_t)size};
    transmission->files[transmission->count++] = *file;
    transmission->size += size;
    if (file->file != NULL)
        transmission->file_size += size;
    return STATUS_SUCCESS;
}

/* The bytes must really be there, whatever the profile looks at: they are read below. */
nt_status transmission_add_memory(struct transmission *transmission, const struct call *call,
                                  const void *bytes, uint32_t size)
{
    const struct file_piece none = {NULL, 0, false};
    if (size > 0 && !userspace_probe(&call->process->userspace, bytes, size, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    return add(transmission, (void *)(uintptr_t)bytes, size, &none);
}

/* How many bytes go: all that follow, or what was asked for. */
static nt_status count_bytes(const struct call *call, uint64_t rest, uint32_t asked, uint64_t *size)
{
    *size = asked == 0 || asked > rest ? rest : asked;
    if (asked > rest && BEHAVES(call->profile, transmit_past_end, fails))
        return STATUS_END_OF_FILE;
    return STATUS_SUCCESS;
}

nt_status transmission_add_file(struct transmission *transmission, const struct call *call,
                                const struct transmit_file *file)
{
    struct open_file *open = file_find(call->process, (uint64_t)(uintptr_t)file->handle);
    bool from_position = file->offset == TRANSMIT_FROM_POSITION;
    uint64_t size;
    if (open == NULL || file_is_directory(open))
        return nt_status_from_wsa(BEHAVIOUR_VALUE(call->profile, transmit_bad_file));
    if ((open->rights & RIGHT_READ) == 0)
        return STATUS_ACCESS_DENIED;
    if (!from_position && file->offset > INT64_MAX)
        return STATUS_INVALID_PARAMETER;
    uint64_t offset = from_position ? open->position : file->offset;
    uint64_t rest = offset < open->node->size ? open->node->size - offset : 0;
    nt_status status = count_bytes(call, rest, file->size, &size);
    const struct file_piece piece = {open, offset, from_position && open->file.synchronous};
    return status == STATUS_SUCCESS ? add(transmission, NULL, size, &piece) : status;
}

static void read_files(struct transmission *transmission)
{
    unsigned char *to = transmission->bytes;
    for (uint32_t i = 0; i < transmission->count; i++) {
        const struct file_piece *piece = &transmission->files[i];
        uint32_t size = transmission->pieces[i].size;
        if (piece->file == NULL)
            continue;
        memcpy(to, piece->file->node->bytes + piece->offset, size);
        transmission->pieces[i].base = to;
        to += size;
    }
}

bool transmission_give(struct transmission *transmission, struct io *io)
{
    if (transmission->file_size > 0) {
        transmission->bytes = arena_take(transmission->arena, transmission->file_size);
        if (transmission->bytes == NULL)
            return false;
    }
    read_files(transmission);
    if (!io_set_buffers(io, transmission->pieces, transmission->count))
        return false;
    io_adopt(io, transmission->bytes, transmission->file_size);
    transmission->bytes = NULL;
    return true;
}

void transmission_sent(const struct transmission *transmission, const struct profile *profile)
{
    for (uint32_t i = 0; i < transmission->count; i++) {
        const struct file_piece *piece = &transmission->files[i];
        if (piece->moves && BEHAVES(profile, transmit_position, moves))
            piece->file->position = piece->offset + transmission->pieces[i].size;
    }
}
