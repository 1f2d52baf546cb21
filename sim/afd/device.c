#include "sim/afd/device.h"

#include "sim/afd/waits.h"

struct device {
    union {
        struct object object; /* first */
        struct file file;
    };
};

static void cleanup(struct object *object)
{
    polls_of_closed_file(&((struct device *)object)->file);
}

static void destroy(struct object *object)
{
    struct device *device = (struct device *)object;
    file_close(&device->file);
    arena_give(&object->nt->engine->arena, device, sizeof *device);
}

static const struct object_ops device_ops = {.cleanup = cleanup, .destroy = destroy};

nt_status device_open(struct afd *afd, struct process *process, bool synchronous, bool inherit,
                      uint64_t *handle)
{
    struct device *device = ARENA_NEW(&afd->nt->engine->arena, struct device);
    if (device == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    object_init(&device->object, afd->nt, OBJECT_DEVICE, &device_ops);
    device->file.synchronous = synchronous;
    nt_status status = handle_open(process, &device->object, inherit, handle);
    object_release(&device->object); /* the handle keeps it, if there is one */
    return status;
}

struct file *afd_file(const struct process *process, uint64_t handle)
{
    struct object *object = handle_object(process, handle);
    bool is_file =
        object != NULL && (object->type == OBJECT_SOCKET || object->type == OBJECT_DEVICE);
    return is_file ? (struct file *)object : NULL;
}

bool afd_file_pends(const struct file *file)
{
    if (file->object.type == OBJECT_SOCKET)
        return ((const struct socket_object *)file)->overlapped;
    return !file->synchronous;
}
