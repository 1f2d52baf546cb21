#include "sim/winsock/memory.h"

#include <string.h>

#include "sim/winsock/call.h"

static bool is_there(const struct call *call, const void *address, size_t size, enum access access)
{
    return userspace_probe(&call->process->userspace, address, size, access);
}

bool memory_probe(const struct call *call, const void *address, size_t size, enum access access)
{
    if (BEHAVES(call->profile, pointer_probe, first_byte))
        size = 1;
    if (BEHAVES(call->profile, pointer_probe, ignores_protection))
        access = ACCESS_READ;
    return is_there(call, address, size, access);
}

void memory_read(const struct call *call, void *to, const void *from, size_t size)
{
    if (size > 0 && is_there(call, from, size, ACCESS_READ)) {
        memcpy(to, from, size);
        return;
    }
    unsigned char *bytes = to;
    const unsigned char *source = from;
    for (size_t i = 0; i < size; i++)
        bytes[i] = is_there(call, source + i, 1, ACCESS_READ) ? source[i] : 0;
}

void memory_write(const struct call *call, void *to, const void *from, size_t size)
{
    if (size > 0 && is_there(call, to, size, ACCESS_WRITE))
        memcpy(to, from, size);
}
