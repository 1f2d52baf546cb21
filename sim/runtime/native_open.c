/* A socket made by opening \Device\Afd: the extended attribute that says which. */
#include <string.h>

#include "sim/runtime/native_socket.h"
#include "sim/winsock/protocol.h"
#include "sim/winsock/winsock.h"

/* FILE_FULL_EA_INFORMATION with this one name, as System Informer's headers lay it out; the name of
 * a transport device may follow.
 */
struct open_attribute {
    uint32_t next;
    uint8_t flags, name_size;
    uint16_t value_size;
    char name[16];
    uint32_t endpoint_flags, group;
    int32_t family, type, protocol;
    uint32_t device_size;
};
_Static_assert(sizeof(struct open_attribute) == 48, "as declared");

static const char attribute_name[] = "AfdOpenPacketXX";

nt_status native_open_socket(const void *ea, ULONG size, ULONG options, ULONG attributes,
                             uint64_t *handle)
{
    struct open_attribute attribute;
    if (size < sizeof attribute)
        return STATUS_INVALID_PARAMETER;
    if (!userspace_probe(&guest_process()->userspace, ea, size, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    memcpy(&attribute, ea, sizeof attribute);
    if (attribute.name_size != sizeof attribute_name - 1 ||
        memcmp(attribute.name, attribute_name, sizeof attribute_name) != 0)
        return STATUS_INVALID_PARAMETER;
    const struct socket_request request = {attribute.family, attribute.type, attribute.protocol};
    struct socket_opening opening = {
        .overlapped = (options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT)) == 0,
        .inherit = (attributes & OBJ_INHERIT) != 0,
    };
    if (protocol_find(&request, &opening.kind) != STATUS_SUCCESS)
        return STATUS_PROTOCOL_NOT_SUPPORTED;
    return socket_open(winsock_attached()->afd, guest_process(), &opening, handle);
}
