#include "sim/winsock/ioctl.h"

#include <mstcpip.h>
#include <mswsock.h>
#include <ws2tcpip.h>

#include "sim/afd/socket.h"
#include "sim/engine/check.h"
#include "sim/winsock/memory.h"

enum { ACQUIRE_WITH_OUTPUT_BIT = (int)0xD8000064 };

/* ---- Buffers --------------------------------------------------------------------------------- */

bool ioctl_may_read(const struct ioctl *ioctl, DWORD size)
{
    return ioctl->in_size >= size &&
           memory_probe(&ioctl->call, ioctl->in, ioctl->in_size, ACCESS_READ);
}

bool ioctl_may_write(const struct ioctl *ioctl, DWORD size)
{
    return ioctl->out_size >= size && memory_probe(&ioctl->call, ioctl->out, size, ACCESS_WRITE);
}

nt_status ioctl_read(const struct ioctl *ioctl, void *to, DWORD size)
{
    if (!ioctl_may_read(ioctl, size))
        return STATUS_ACCESS_VIOLATION;
    memory_read(&ioctl->call, to, ioctl->in, size);
    return STATUS_SUCCESS;
}

nt_status ioctl_store(struct ioctl *ioctl, const void *bytes, DWORD size)
{
    if (!ioctl_may_write(ioctl, size))
        return STATUS_ACCESS_VIOLATION;
    memory_write(&ioctl->call, ioctl->out, bytes, size);
    ioctl->stored = size;
    return STATUS_SUCCESS;
}

nt_status ioctl_bad_pointer(const struct ioctl *ioctl)
{
    const struct profile *profile = ioctl->call.profile;
    return nt_status_from_wsa(ioctl->code == SIO_RELEASE_PORT_RESERVATION
                                  ? BEHAVIOUR_VALUE(profile, release_bad_pointer)
                                  : BEHAVIOUR_VALUE(profile, acquire_bad_pointer));
}

/* ---- The commands ---------------------------------------------------------------------------- */

/* USER: the provider answers without the kernel, the OVERLAPPED is touched by a success alone, and
 * its InternalHigh is 0 (rows 5, 21, 27, 30). KERNEL: the OVERLAPPED is STATUS_PENDING from the
 * beginning (row 14).
 */
enum answerer { USER, KERNEL };

struct command {
    DWORD code;
    enum answerer answerer;
    nt_status (*prepare)(struct ioctl *ioctl); /* of what may come later; else NULL */
    nt_status (*run)(struct ioctl *ioctl);
};

/* clang-format off */
static const struct command commands[] = {
    {SIO_ACQUIRE_PORT_RESERVATION,       KERNEL, reservation_look, reservation_acquire_now},
    {SIO_ASSOCIATE_PORT_RESERVATION,     KERNEL, reservation_look_token, reservation_associate_now},
    {SIO_RELEASE_PORT_RESERVATION,       KERNEL, reservation_look_token, reservation_release_now},
    {(DWORD)FIONBIO,                     USER,   NULL, setting_non_blocking},
    {FIONREAD,                           USER,   NULL, query_readable},
    {SIOCATMARK,                         USER,   NULL, query_mark},
    {SIO_GET_EXTENSION_FUNCTION_POINTER, USER,   NULL, query_extension},
    {SIO_BASE_HANDLE,                    KERNEL, NULL, query_base_handle},
    {SIO_BSP_HANDLE,                     USER,   NULL, query_provider_handle},
    {SIO_BSP_HANDLE_SELECT,              USER,   NULL, query_provider_handle},
    {SIO_BSP_HANDLE_POLL,                USER,   NULL, query_provider_handle},
    {SIO_KEEPALIVE_VALS,                 KERNEL, NULL, setting_keep_alive},
    {SIO_TCP_INITIAL_RTO,                KERNEL, NULL, setting_initial_rto},
    {SIO_TCP_SET_ACK_FREQUENCY,          KERNEL, NULL, setting_ack_frequency},
    {SIO_CPU_AFFINITY,                   KERNEL, NULL, setting_affinity},
    {SIO_UDP_CONNRESET,                  KERNEL, NULL, setting_flag},
    {SIO_UDP_NETRESET,                   KERNEL, NULL, setting_flag},
    {SIO_LOOPBACK_FAST_PATH,             KERNEL, NULL, setting_flag},
    {SIO_MULTIPOINT_LOOPBACK,            KERNEL, NULL, setting_flag},
    {SIO_MULTICAST_SCOPE,                KERNEL, NULL, setting_flag},
    {SIO_RCVALL,                         KERNEL, NULL, setting_receive_all},
    {SIO_RCVALL_MCAST,                   KERNEL, NULL, setting_receive_all},
    {SIO_RCVALL_IGMPMCAST,               KERNEL, NULL, setting_receive_all},
    {SIO_ENABLE_CIRCULAR_QUEUEING,       KERNEL, NULL, setting_nothing},
    {SIO_FLUSH,                          KERNEL, NULL, setting_flush},
    {SIO_IDEAL_SEND_BACKLOG_QUERY,       KERNEL, NULL, query_backlog},
    {SIO_IDEAL_SEND_BACKLOG_CHANGE,      KERNEL, NULL, query_change},
    {SIO_ROUTING_INTERFACE_QUERY,        USER,   NULL, query_route},
    {SIO_ROUTING_INTERFACE_CHANGE,       KERNEL, NULL, query_change},
    {SIO_ADDRESS_LIST_QUERY,             USER,   NULL, query_addresses},
    {SIO_ADDRESS_LIST_CHANGE,            KERNEL, NULL, query_change},
    {SIO_GET_INTERFACE_LIST,             KERNEL, NULL, query_interfaces},
    {SIO_GET_INTERFACE_LIST_EX,          KERNEL, NULL, query_interfaces_ex},
    {SIO_SET_MULTICAST_FILTER,           KERNEL, NULL, setting_filter},
    {SIO_GET_MULTICAST_FILTER,           KERNEL, NULL, query_filter},
    {SIOCSMSFILTER,                      KERNEL, NULL, setting_filter},
    {SIOCGMSFILTER,                      KERNEL, NULL, query_filter},
    {SIO_ADDRESS_LIST_SORT,              USER,   NULL, query_sort},
    {SIO_GET_BROADCAST_ADDRESS,          KERNEL, NULL, query_broadcast},
    {SIO_TCP_INFO,                       KERNEL, NULL, query_tcp_info},
};
/* clang-format on */

static const struct command *find_command(const struct ioctl *ioctl)
{
    DWORD code = ioctl->code;
    bool masked = BEHAVES(ioctl->call.profile, acquire_code_with_output_bit, acquires);
    if (code == (DWORD)ACQUIRE_WITH_OUTPUT_BIT && masked)
        code = SIO_ACQUIRE_PORT_RESERVATION;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (commands[i].code == code)
            return &commands[i];
    return NULL;
}

/* ---- Later ----------------------------------------------------------------------------------- */

enum { LATER_LEAST_NS = 1000, LATER_SPREAD_NS = 20000, GUEST_IOCTL = 0 };

static void act(struct io *io)
{
    struct ioctl *ioctl = io->guest[GUEST_IOCTL];
    nt_status status = find_command(ioctl)->run(ioctl);
    io_finish(io, status, nt_success(status) ? ioctl->stored : 0);
}

/* Runs before the guest is told. */
static void forget_copy(struct io *io)
{
    struct ioctl *ioctl = io->guest[GUEST_IOCTL];
    if (io->request.status == STATUS_CANCELLED && ioctl->code == SIO_ACQUIRE_PORT_RESERVATION &&
        BEHAVES(ioctl->call.profile, cancelled_acquire, keeps_ports))
        reservation_acquire_now(ioctl);
    arena_give(&io->socket->afd->nt->engine->arena, io->guest[GUEST_IOCTL], sizeof(struct ioctl));
}

/* The act is left to an event; the call's arguments are copied for it, but for a caller who waits.
 * An error when it cannot be: it is done at once then.
 */
static nt_status act_later(struct ioctl *ioctl)
{
    struct engine *engine = ioctl->call.winsock->nt->engine;
    struct io *io = ioctl->io;
    struct ioctl *kept = ioctl;
    if (ioctl->delivery.overlapped) {
        kept = ARENA_NEW(&engine->arena, struct ioctl);
        if (kept == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        *kept = *ioctl;
        io->finishing = forget_copy;
    }
    io->guest[GUEST_IOCTL] = kept;
    uint64_t delay_ns = ioctl->call.winsock->slow_ns;
    if (delay_ns == 0)
        delay_ns = LATER_LEAST_NS + choose(&engine->choices, CHOICE_LATENCY, LATER_SPREAD_NS);
    nt_status status = socket_control_later(io, delay_ns, act);
    if (status == STATUS_PENDING)
        return status;
    if (kept != ioctl)
        forget_copy(io);
    io->finishing = NULL;
    return status;
}

/* ---- The call -------------------------------------------------------------------------------- */

static nt_status run_command(struct ioctl *ioctl, const struct command *command)
{
    const struct profile *profile = ioctl->call.profile;
    if (command == NULL)
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, unknown_ioctl));
    if (command->prepare == NULL)
        return command->run(ioctl);
    nt_status status = command->prepare(ioctl);
    if (!nt_success(status))
        return status;
    if (BEHAVES(profile, ioctl_pends, later) || ioctl->call.winsock->slow_ns != 0) {
        status = act_later(ioctl);
        if (status == STATUS_PENDING)
            return status;
    }
    return command->run(ioctl);
}

static void write_count(const struct ioctl *ioctl, DWORD value)
{
    if (ioctl->count != NULL && !ioctl->keeps_count)
        memory_write(&ioctl->call, ioctl->count, &value, sizeof value);
}

/* A success is told at once: structure, event or packet or routine, and the count (OVL-008,
 * OVL-017). A failure starts nothing (SPI-009).
 */
static nt_status run_here(struct ioctl *ioctl, const struct command *command)
{
    struct io here;
    nt_status status = run_command(ioctl, command);
    if (!nt_success(status)) {
        if (!ioctl->delivery.overlapped || ioctl->needed != 0)
            write_count(ioctl, ioctl->needed);
        return status;
    }
    if (ioctl->delivery.overlapped) {
        struct io *io =
            delivery_begin(&ioctl->delivery, ioctl->socket, IO_CONTROL, "WSAIoctl", &here);
        if (io == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        delivery_end(&ioctl->delivery, io, socket_control_end(io, STATUS_SUCCESS, 0), 0);
    }
    write_count(ioctl, ioctl->stored);
    return STATUS_SUCCESS;
}

/* Where every control code of the kernel's ends. Without an OVERLAPPED the count is written, 0 on
 * failure (rows 16 and 18); with one by a success alone.
 */
static nt_status run_in_kernel(struct ioctl *ioctl, const struct command *command)
{
    struct io here;
    bool overlapped = ioctl->delivery.overlapped;
    ioctl->io = delivery_begin(&ioctl->delivery, ioctl->socket, IO_CONTROL, "WSAIoctl", &here);
    if (ioctl->io == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    nt_status status = run_command(ioctl, command);
    if (status == STATUS_NOT_SUPPORTED && overlapped)
        return socket_control_refused(ioctl->io, status); /* row 19 */
    if (status != STATUS_PENDING)
        status = socket_control_end(ioctl->io, status, ioctl->stored);
    status = delivery_end(&ioctl->delivery, ioctl->io, status, 0);
    if (status == STATUS_PENDING || (overlapped && !nt_success(status)))
        return status;
    if (overlapped && ioctl->stored == 0 && command != NULL && command->prepare == NULL &&
        BEHAVES(ioctl->call.profile, count_without_output, untouched)) /* row 15 */
        return status;
    write_count(ioctl, nt_success(status) ? ioctl->stored : ioctl->needed);
    return status;
}

static nt_status check_count(const struct ioctl *ioctl)
{
    const struct profile *profile = ioctl->call.profile;
    if (ioctl->count == NULL)
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, null_bytes_returned));
    if (!memory_probe(&ioctl->call, ioctl->count, sizeof *ioctl->count, ACCESS_WRITE))
        return ioctl_bad_pointer(ioctl);
    return STATUS_SUCCESS;
}

/* The OVERLAPPED and the routine: used, ignored or wrong. */
static nt_status check_overlapped(struct ioctl *ioctl)
{
    const struct profile *profile = ioctl->call.profile;
    bool ignored = !ioctl->socket->overlapped && BEHAVES(profile, nonoverlapped_socket, ignored);
    bool alone = ioctl->request.overlapped == NULL && ioctl->request.routine != NULL;
    nt_status status =
        delivery_read(&ioctl->call, ioctl->socket, &ioctl->request, &ioctl->delivery);
    if (!ignored && alone)
        return nt_status_from_wsa(BEHAVIOUR_VALUE(profile, routine_without_overlapped));
    return status;
}

static nt_status check(struct ioctl *ioctl)
{
    nt_status socket_status;
    nt_status count_status = check_count(ioctl);
    ioctl->socket = call_socket(&ioctl->call, &socket_status);
    bool count_first = BEHAVES(ioctl->call.profile, bad_socket_null_count, wsaefault);
    if (count_first && !nt_success(count_status))
        return count_status;
    if (!nt_success(socket_status))
        return socket_status;
    return nt_success(count_status) ? check_overlapped(ioctl) : count_status;
}

nt_status ioctl_run(struct ioctl *ioctl)
{
    nt_status status = check(ioctl);
    if (!nt_success(status))
        return status;
    ASSERT(ioctl->socket != NULL);
    const struct command *command = find_command(ioctl);
    bool user = command != NULL && command->answerer == USER;
    bool directly = BEHAVES(ioctl->call.profile, provider_routine, called_directly) &&
                    ioctl->delivery.routine != NULL;
    if (directly)
        ioctl->delivery.how.routine = NULL;
    status = user ? run_here(ioctl, command) : run_in_kernel(ioctl, command);
    if (directly && nt_success(status) && status != STATUS_PENDING)
        ioctl->request.routine(0, ioctl->stored, ioctl->request.overlapped, 0);
    return status;
}
