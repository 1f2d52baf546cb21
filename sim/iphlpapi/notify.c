/* Who is told when the machine's addresses change. Pages: NotifyAddrChange, NotifyRouteChange,
 * CancelIPChangeNotify; NotifyIpInterfaceChange, NotifyUnicastIpAddressChange, NotifyRouteChange2,
 * CancelMibChangeNotify2. The older ones are told once, by their OVERLAPPED; callbacks of the newer
 * ones run, at each change, on a thread of the process of its own, as in Windows' worker threads.
 */
#include "sim/iphlpapi/help.h"

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/nt/plain_file.h"

enum kind { ONCE, INTERFACES, UNICASTS, ROUTES };

struct change_notice {
    struct change_notice *next;
    uint32_t process_id, number;
    enum kind kind;
    ULONG family;
    /* ONCE: the OVERLAPPED and its event, or of a call that waits the event alone. */
    LPOVERLAPPED overlapped;
    struct object *event; /* referenced, or NULL */
    /* The others. */
    void *callback, *context;
    uint32_t running; /* calls of it that have begun or are about to */
};

enum { HANDLE_BIT = 1 }; /* of a notification's handle, which is none of the kernel's */

static const char change_file;

static struct arena *arena(void)
{
    return &winsock_attached()->nt->engine->arena;
}

static struct change_notice **find(uint32_t process_id, uint32_t number)
{
    struct change_notice **at = &winsock_attached()->notices;
    while (*at != NULL && !((*at)->process_id == process_id && (*at)->number == number))
        at = &(*at)->next;
    return at;
}

static void forget(struct change_notice **at)
{
    struct change_notice *gone = *at;
    *at = gone->next;
    if (gone->event != NULL)
        object_release(gone->event);
    arena_give(arena(), gone, sizeof *gone);
}

/* ---- A callback's turn ----------------------------------------------------------------------- */

struct turn {
    uint32_t process_id, number;
    MIB_NOTIFICATION_TYPE type;
    bool initial;
};

static void call_interfaces(const struct change_notice *notice, const struct turn *turn)
{
    PIPINTERFACE_CHANGE_CALLBACK callback = (PIPINTERFACE_CHANGE_CALLBACK)notice->callback;
    void *context = notice->context;
    static const ADDRESS_FAMILY families[] = {AF_INET, AF_INET6};
    ULONG wanted = notice->family;

    if (turn->initial) {
        callback(context, NULL, MibInitialNotification);
        return;
    }
    for (int i = 0; i < 2; i++) {
        MIB_IPINTERFACE_ROW row = {.Family = families[i], .InterfaceIndex = INTERFACE_LAN};
        row.InterfaceLuid = help_luid(interface_find(INTERFACE_LAN));
        if (wanted == AF_UNSPEC || wanted == families[i])
            callback(context, &row, MibParameterNotification);
    }
}

static void call_unicasts(const struct change_notice *notice, const struct turn *turn)
{
    PUNICAST_IPADDRESS_CHANGE_CALLBACK callback =
        (PUNICAST_IPADDRESS_CHANGE_CALLBACK)notice->callback;
    void *context = notice->context;
    const struct interface *lan = interface_find(INTERFACE_LAN);
    ULONG wanted = notice->family;

    if (turn->initial) {
        callback(context, NULL, MibInitialNotification);
        return;
    }
    for (uint32_t i = 0; i < lan->address_count; i++) {
        MIB_UNICASTIPADDRESS_ROW row = {.InterfaceIndex = lan->index};
        row.InterfaceLuid = help_luid(lan);
        help_put_address(&lan->addresses[i], &row.Address);
        if (help_wants(wanted, &lan->addresses[i]))
            callback(context, &row, turn->type);
    }
}

static void call_routes(const struct change_notice *notice, const struct turn *turn)
{
    PIPFORWARD_CHANGE_CALLBACK callback = (PIPFORWARD_CHANGE_CALLBACK)notice->callback;
    void *context = notice->context;
    const struct address *const gateways[] = {&gateway_address, &gateway_address_6};
    ULONG wanted = notice->family;

    if (turn->initial) {
        callback(context, NULL, MibInitialNotification);
        return;
    }
    for (int i = 0; i < 2; i++) {
        MIB_IPFORWARD_ROW2 row = {.InterfaceIndex = INTERFACE_LAN};
        const struct address everywhere = {.family = gateways[i]->family};
        row.InterfaceLuid = help_luid(interface_find(INTERFACE_LAN));
        help_put_address(&everywhere, &row.DestinationPrefix.Prefix);
        help_put_address(gateways[i], &row.NextHop);
        if (help_wants(wanted, gateways[i]))
            callback(context, &row, turn->type);
    }
}

/* The worker. A notice that was cancelled meanwhile is not called. */
static void run_turn(void *context)
{
    const struct turn turn = *(struct turn *)context;
    arena_give(arena(), context, sizeof(struct turn));
    struct change_notice **at = find(turn.process_id, turn.number);
    if (*at == NULL)
        return;
    const struct change_notice copy = **at;
    if (copy.kind == INTERFACES)
        call_interfaces(&copy, &turn);
    else if (copy.kind == UNICASTS)
        call_unicasts(&copy, &turn);
    else
        call_routes(&copy, &turn);
    at = find(turn.process_id, turn.number);
    if (*at != NULL)
        (*at)->running--;
}

static bool post_turn(struct process *process, struct change_notice *notice,
                      const struct turn *turn)
{
    struct turn *copy = ARENA_NEW(arena(), struct turn);
    if (copy == NULL)
        return false;
    *copy = *turn;
    if (thread_create(process, run_turn, copy) == NULL) {
        arena_give(arena(), copy, sizeof *copy);
        return false;
    }
    notice->running++;
    return true;
}

/* ---- A change -------------------------------------------------------------------------------- */

static void tell_once(struct change_notice *notice, nt_status status)
{
    struct nt *nt = winsock_attached()->nt;
    struct process *before, *process = process_find(nt, notice->process_id);
    if (notice->overlapped != NULL && memory_enter(process, &before)) {
        notice->overlapped->Internal = status;
        notice->overlapped->InternalHigh = 0;
        memory_leave(nt, before);
    }
    if (notice->event != NULL)
        object_signal(notice->event);
}

/* The processes that have ended are forgotten on the way. */
static void changed(void *context)
{
    struct winsock *winsock = context;
    struct change_notice **at = &winsock->notices;
    bool up = afd_interface_is_up(winsock->afd, INTERFACE_LAN);

    while (*at != NULL) {
        struct change_notice *notice = *at;
        struct process *process = process_find(winsock->nt, notice->process_id);
        if (process != NULL && notice->kind != ONCE) {
            const struct turn turn = {notice->process_id, notice->number,
                                      up ? MibAddInstance : MibDeleteInstance, false};
            post_turn(process, notice, &turn);
            at = &notice->next;
            continue;
        }
        if (process != NULL)
            tell_once(notice, STATUS_SUCCESS);
        forget(at);
    }
}

static struct change_notice *begin(enum kind kind)
{
    struct winsock *winsock = winsock_attached();
    struct change_notice *notice = ARENA_NEW(arena(), struct change_notice);
    if (notice == NULL)
        return NULL;
    *notice = (struct change_notice){.process_id = winsock->nt->current->process->id,
                                     .number = ++winsock->notices_made,
                                     .kind = kind,
                                     .next = winsock->notices};
    winsock->notices = notice;
    winsock->afd->addresses_changed = changed;
    winsock->afd->addresses_context = winsock;
    return notice;
}

/* ---- Told once ------------------------------------------------------------------------------- */

/* Without a handle and an OVERLAPPED the call waits for the change. */
static DWORD wait_here(const char *call)
{
    struct nt *nt = winsock_attached()->nt;
    struct object *event = event_create(nt, true, false);
    struct change_notice *notice = event == NULL ? NULL : begin(ONCE);
    if (notice == NULL) {
        if (event != NULL)
            object_release(event);
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    notice->event = event;
    object_reference(event);
    wait_for_objects(nt, &event, 1, false, UINT64_MAX, call, NULL);
    object_release(event);
    return NO_ERROR;
}

static DWORD open_handle(PHANDLE to)
{
    struct nt *nt = winsock_attached()->nt;
    struct file *file = plain_file_create(nt, &change_file);
    uint64_t handle = 0;
    if (file == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    nt_status status = handle_open(nt->current->process, &file->object, false, &handle);
    object_release(&file->object);
    if (!nt_success(status))
        return ERROR_NOT_ENOUGH_MEMORY;
    *to = (HANDLE)(uintptr_t)handle;
    return NO_ERROR;
}

static DWORD watch_once(const char *call, PHANDLE handle, LPOVERLAPPED overlapped)
{
    struct process *process = winsock_attached()->nt->current->process;
    struct object *event = NULL;
    if (handle == NULL || overlapped == NULL)
        return help_finish(call, wait_here(call));
    if (!help_can_use(handle, sizeof *handle, ACCESS_WRITE) ||
        !help_can_use(overlapped, sizeof *overlapped, ACCESS_WRITE))
        return help_finish(call, ERROR_INVALID_PARAMETER);
    if (overlapped->hEvent != NULL) {
        event = handle_find(process, (uint64_t)(uintptr_t)overlapped->hEvent, OBJECT_EVENT);
        if (event == NULL)
            return help_finish(call, ERROR_INVALID_HANDLE);
    }
    DWORD error = open_handle(handle);
    struct change_notice *notice = error == NO_ERROR ? begin(ONCE) : NULL;
    if (notice == NULL)
        return help_finish(call, ERROR_NOT_ENOUGH_MEMORY);
    notice->overlapped = overlapped;
    notice->event = event;
    if (event != NULL) {
        object_reference(event);
        object_unsignal(event);
    }
    overlapped->Internal = STATUS_PENDING;
    return help_finish(call, ERROR_IO_PENDING);
}

DWORD NotifyAddrChange(PHANDLE Handle, LPOVERLAPPED overlapped)
{
    return watch_once("NotifyAddrChange", Handle, overlapped);
}

DWORD NotifyRouteChange(PHANDLE Handle, LPOVERLAPPED overlapped)
{
    return watch_once("NotifyRouteChange", Handle, overlapped);
}

BOOL CancelIPChangeNotify(LPOVERLAPPED notifyOverlapped)
{
    struct winsock *winsock = winsock_attached();
    struct thread *thread = winsock->nt->current;
    struct change_notice **at = &winsock->notices;
    while (*at != NULL && ((*at)->overlapped != notifyOverlapped || notifyOverlapped == NULL ||
                           (*at)->process_id != thread->process->id))
        at = &(*at)->next;
    if (*at == NULL) {
        thread->last_error = ERROR_INVALID_PARAMETER;
        return FALSE;
    }
    tell_once(*at, STATUS_CANCELLED);
    forget(at);
    return TRUE;
}

/* ---- Told each time -------------------------------------------------------------------------- */

static DWORD watch(const char *call, enum kind kind, ULONG family, void *callback, PVOID context,
                   BOOLEAN initial, HANDLE *handle)
{
    struct process *process = winsock_attached()->nt->current->process;
    if (callback == NULL || !help_is_family(family) ||
        !help_can_use(handle, sizeof *handle, ACCESS_WRITE))
        return help_finish(call, ERROR_INVALID_PARAMETER);
    struct change_notice *notice = begin(kind);
    if (notice == NULL)
        return help_finish(call, ERROR_NOT_ENOUGH_MEMORY);
    notice->family = family;
    notice->callback = callback;
    notice->context = context;
    *handle = (HANDLE)(uintptr_t)((uint64_t)notice->number << 8 | HANDLE_BIT);
    const struct turn first = {notice->process_id, notice->number, MibInitialNotification, true};
    if (initial)
        post_turn(process, notice, &first);
    return help_finish(call, NO_ERROR);
}

DWORD NotifyIpInterfaceChange(ADDRESS_FAMILY Family, PIPINTERFACE_CHANGE_CALLBACK Callback,
                              PVOID CallerContext, BOOLEAN InitialNotification,
                              HANDLE *NotificationHandle)
{
    return watch("NotifyIpInterfaceChange", INTERFACES, Family, (void *)Callback, CallerContext,
                 InitialNotification, NotificationHandle);
}

DWORD NotifyUnicastIpAddressChange(ADDRESS_FAMILY Family,
                                   PUNICAST_IPADDRESS_CHANGE_CALLBACK Callback, PVOID CallerContext,
                                   BOOLEAN InitialNotification, HANDLE *NotificationHandle)
{
    return watch("NotifyUnicastIpAddressChange", UNICASTS, Family, (void *)Callback, CallerContext,
                 InitialNotification, NotificationHandle);
}

DWORD NotifyRouteChange2(ADDRESS_FAMILY AddressFamily, PIPFORWARD_CHANGE_CALLBACK Callback,
                         PVOID CallerContext, BOOLEAN InitialNotification,
                         HANDLE *NotificationHandle)
{
    return watch("NotifyRouteChange2", ROUTES, AddressFamily, (void *)Callback, CallerContext,
                 InitialNotification, NotificationHandle);
}

/* Comes back when no callback runs any more: from within one it would never, the page says. */
DWORD CancelMibChangeNotify2(HANDLE NotificationHandle)
{
    struct nt *nt = winsock_attached()->nt;
    uint64_t number = (uint64_t)(uintptr_t)NotificationHandle >> 8;
    uint32_t process_id = nt->current->process->id;
    if (((uintptr_t)NotificationHandle & 0xff) != HANDLE_BIT || number > UINT32_MAX ||
        *find(process_id, (uint32_t)number) == NULL)
        return help_finish("CancelMibChangeNotify2", ERROR_INVALID_PARAMETER);
    while ((*find(process_id, (uint32_t)number))->running > 0)
        wait_for_time(nt, 1000, "CancelMibChangeNotify2");
    forget(find(process_id, (uint32_t)number));
    return help_finish("CancelMibChangeNotify2", NO_ERROR);
}
