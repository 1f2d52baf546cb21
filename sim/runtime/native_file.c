/* ntdll's files: \Device\Afd, sockets, and by native_disk.c the volume's. kernel32's
 * DeviceIoControl stands on the same. */
#include "sim/nt/grip.h"
#include <string.h>

#include "sim/runtime/native_socket.h"
#include "sim/winsock/winsock.h"

_Static_assert(sizeof(IO_STATUS_BLOCK) == sizeof(struct io_status), "IO_STATUS_BLOCK");

/* ---- Opening --------------------------------------------------------------------------------- */

static WCHAR upper(WCHAR letter)
{
    return letter >= 'a' && letter <= 'z' ? (WCHAR)(letter - 'a' + 'A') : letter;
}

/* \Device\Afd, and whatever is behind another backslash. */
static bool names_afd(const UNICODE_STRING *name)
{
    static const char device[] = "\\DEVICE\\AFD";
    const size_t length = sizeof device - 1;
    if (name->Length / 2u < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (upper(name->Buffer[i]) != (WCHAR)device[i])
            return false;
    return name->Length / 2u == length || name->Buffer[length] == '\\';
}

static nt_status check_name(const OBJECT_ATTRIBUTES *attributes)
{
    const struct userspace *space = &guest_process()->userspace;
    if (!userspace_probe(space, attributes, sizeof *attributes, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    if (attributes->Length != sizeof *attributes)
        return STATUS_INVALID_PARAMETER;
    const UNICODE_STRING *name = attributes->ObjectName;
    if (name == NULL)
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    if (!userspace_probe(space, name, sizeof *name, ACCESS_READ) ||
        !userspace_probe(space, name->Buffer, name->Length, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    if (attributes->RootDirectory != NULL || (!names_afd(name) && !native_names_disk(name)))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    return STATUS_SUCCESS;
}

/* What NtOpenFile and NtCreateFile share: `ea` makes a socket. */
struct opening {
    PHANDLE handle;
    const OBJECT_ATTRIBUTES *attributes;
    PIO_STATUS_BLOCK block;
    struct native_opening how;
    const void *ea;
    ULONG ea_size;
};

static nt_status open_kind(const struct opening *opening, uint64_t *handle, uint64_t *outcome)
{
    const OBJECT_ATTRIBUTES *attributes = opening->attributes;
    const ULONG synchronous = FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT;
    if (native_names_disk(attributes->ObjectName))
        return native_open_disk(attributes, &opening->how, handle, outcome);
    if (opening->ea != NULL && opening->ea_size != 0)
        return native_open_socket(opening->ea, opening->ea_size, opening->how.options,
                                  attributes->Attributes, handle);
    return device_open(winsock_attached()->afd, guest_process(),
                       (opening->how.options & synchronous) != 0,
                       (attributes->Attributes & OBJ_INHERIT) != 0, handle);
}

static nt_status open_file(const struct opening *opening)
{
    uint64_t handle = 0, outcome = FILE_OPENED;
    guest_preempt();
    if (!guest_may_write(opening->handle, sizeof *opening->handle) ||
        !guest_may_write(opening->block, sizeof *opening->block))
        return STATUS_ACCESS_VIOLATION;
    nt_status status = check_name(opening->attributes);
    if (status != STATUS_SUCCESS)
        return status;
    status = open_kind(opening, &handle, &outcome);
    if (status != STATUS_SUCCESS)
        return status;
    *opening->handle = guest_handle(handle);
    opening->block->Status = STATUS_SUCCESS;
    opening->block->Information = outcome;
    return STATUS_SUCCESS;
}

NTSTATUS NtOpenFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                    POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                    ULONG ShareAccess, ULONG OpenOptions)
{
    const struct opening opening = {.handle = FileHandle,
                                    .attributes = ObjectAttributes,
                                    .block = IoStatusBlock,
                                    .how = {.access = DesiredAccess,
                                            .share = ShareAccess,
                                            .disposition = FILE_OPEN,
                                            .options = OpenOptions}};
    return (NTSTATUS)open_file(&opening);
}

NTSTATUS NtCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                      POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                      PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess,
                      ULONG CreateDisposition, ULONG CreateOptions, PVOID EaBuffer, ULONG EaLength)
{
    const struct opening opening = {.handle = FileHandle,
                                    .attributes = ObjectAttributes,
                                    .block = IoStatusBlock,
                                    .how = {.access = DesiredAccess,
                                            .share = ShareAccess,
                                            .disposition = CreateDisposition,
                                            .options = CreateOptions,
                                            .attributes = FileAttributes},
                                    .ea = EaBuffer,
                                    .ea_size = EaLength};
    (void)AllocationSize;
    return (NTSTATUS)open_file(&opening);
}

/* ---- Control codes --------------------------------------------------------------------------- */

static nt_status control(struct file *file, const struct request_delivery *how, uint64_t routine,
                         ULONG code, const struct native_buffers *buffers, uint64_t *information)
{
    bool afds = file->object.type == OBJECT_SOCKET || file->object.type == OBJECT_DEVICE;
    if (code != IOCTL_OF_AFD_POLL || !afds)
        return STATUS_INVALID_DEVICE_REQUEST;
    struct object *object = &file->object;
    struct grip grip;
    grip_begin(guest_nt(), &grip, &object, 1);
    nt_status status = native_poll(file, how, routine, buffers, information);
    grip_end(guest_nt(), &grip);
    return status;
}

static nt_status control_socket(const struct native_call *call, const struct native_code *code,
                                const struct native_buffers *buffers)
{
    if (call->file->object.type != OBJECT_SOCKET)
        return STATUS_INVALID_DEVICE_REQUEST;
    struct object *object = &call->file->object;
    struct grip grip;
    grip_begin(guest_nt(), &grip, &object, 1);
    nt_status status = code->control(call, buffers);
    grip_end(guest_nt(), &grip);
    return status;
}

NTSTATUS NtDeviceIoControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                               PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                               ULONG IoControlCode, PVOID InputBuffer, ULONG InputBufferLength,
                               PVOID OutputBuffer, ULONG OutputBufferLength)
{
    uint64_t information = 0;
    const struct native_buffers buffers = {InputBuffer, OutputBuffer, InputBufferLength,
                                           OutputBufferLength};
    struct native_call call = NATIVE_CALL(FileHandle, Event, ApcRoutine, ApcContext, IoStatusBlock);
    const struct native_code *code = native_find_code(IoControlCode);
    guest_preempt();
    nt_status status = native_prepare(&call, code != NULL ? code->run : native_poll_run);
    if (status != STATUS_SUCCESS)
        return (NTSTATUS)status;
    if (code != NULL)
        return (NTSTATUS)control_socket(&call, code, &buffers);
    status = control(call.file, call.waits ? NULL : &call.how, (uintptr_t)ApcRoutine, IoControlCode,
                     &buffers, &information);
    return (NTSTATUS)(call.waits ? native_end(&call, status, information) : status);
}

/* How an OVERLAPPED wants to be told. */
static bool read_overlapped(LPOVERLAPPED overlapped, struct request_delivery *how)
{
    uintptr_t event = (uintptr_t)overlapped->hEvent;
    *how = (struct request_delivery){.block = (struct io_status *)(void *)overlapped,
                                     .no_packet = (event & 1) != 0};
    event &= ~(uintptr_t)1;
    if (event == 0)
        return true;
    how->event = handle_find(guest_process(), event, OBJECT_EVENT);
    return how->event != NULL;
}

BOOL DeviceIoControl(HANDLE hDevice, DWORD dwIoControlCode, LPVOID lpInBuffer, DWORD nInBufferSize,
                     LPVOID lpOutBuffer, DWORD nOutBufferSize, LPDWORD lpBytesReturned,
                     LPOVERLAPPED lpOverlapped)
{
    uint64_t information = 0;
    struct request_delivery how;
    const struct native_buffers buffers = {lpInBuffer, lpOutBuffer, nInBufferSize, nOutBufferSize};
    guest_preempt();
    struct file *file = guest_file(hDevice);
    if (file == NULL)
        return FALSE;
    bool counts = lpBytesReturned != NULL;
    if ((!counts && lpOverlapped == NULL) ||
        (counts && !guest_may_write(lpBytesReturned, sizeof *lpBytesReturned)) ||
        (lpOverlapped != NULL && !guest_may_write(lpOverlapped, sizeof *lpOverlapped)))
        return guest_fail(ERROR_NOACCESS);
    bool pends = lpOverlapped != NULL && afd_file_pends(file);
    if (pends && !read_overlapped(lpOverlapped, &how))
        return guest_fail(ERROR_INVALID_HANDLE);
    nt_status status =
        control(file, pends ? &how : NULL, 0, dwIoControlCode, &buffers, &information);
    if (counts)
        *lpBytesReturned = (DWORD)information;
    return status == STATUS_TIMEOUT ? TRUE : guest_answer(status);
}

/* ---- Cancelling ------------------------------------------------------------------------------ */

static nt_status cancel(HANDLE handle, PIO_STATUS_BLOCK block, const struct request_filter *filter)
{
    struct native_call call = {.handle = handle, .block = block};
    guest_preempt();
    nt_status status = native_prepare(&call, NULL);
    if (status != STATUS_SUCCESS)
        return status;
    status = request_cancel(call.file, filter);
    if (filter->thread != NULL && status == STATUS_NOT_FOUND)
        status = STATUS_SUCCESS;
    block->Status = (NTSTATUS)status;
    block->Information = 0;
    return status;
}

/* The calling thread's; that there was nothing is no failure. */
NTSTATUS NtCancelIoFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock)
{
    const struct request_filter filter = {.thread = guest_nt()->current};
    return (NTSTATUS)cancel(FileHandle, IoStatusBlock, &filter);
}

NTSTATUS NtCancelIoFileEx(HANDLE FileHandle, PIO_STATUS_BLOCK IoRequestToCancel,
                          PIO_STATUS_BLOCK IoStatusBlock)
{
    const struct request_filter filter = {
        .process = guest_process(),
        .block = (const struct io_status *)(const void *)IoRequestToCancel,
        .synchronous = IoRequestToCancel == NULL,
    };
    return (NTSTATUS)cancel(FileHandle, IoStatusBlock, &filter);
}

/* ---- Information ----------------------------------------------------------------------------- */

enum { ACCESS_OF_FILES = 0x0012019F }; /* reading, writing, SYNCHRONIZE */

static nt_status query(const struct file *file, void *information, uint32_t length,
                       FILE_INFORMATION_CLASS kind, uint64_t *written)
{
    ULONG value;
    if (kind == FileAccessInformation)
        value = ACCESS_OF_FILES;
    else if (kind == FileIoCompletionNotificationInformation)
        value = file->modes;
    else if (kind == FileModeInformation)
        value = afd_file_pends(file) ? 0 : FILE_SYNCHRONOUS_IO_NONALERT;
    else
        return STATUS_INVALID_INFO_CLASS;
    if (length < sizeof value)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!guest_may_write(information, sizeof value))
        return STATUS_ACCESS_VIOLATION;
    *(ULONG *)information = value;
    *written = sizeof value;
    return STATUS_SUCCESS;
}

/* Windows takes FILE_COMPLETION_INFORMATION's port by handle; without one the file has none (8.1;
 * not modelled). What modes have been set cannot be taken back.
 */
static nt_status set_port(struct file *file, const FILE_COMPLETION_INFORMATION *information)
{
    struct object *port =
        handle_find(guest_process(), guest_number(information->Port), OBJECT_PORT);
    if (port == NULL)
        return STATUS_INVALID_HANDLE;
    if (!afd_file_pends(file))
        return STATUS_INVALID_PARAMETER;
    return file_set_port(file, port_of(port), (uintptr_t)information->Key);
}

static nt_status set(struct file *file, const void *information, uint32_t length,
                     FILE_INFORMATION_CLASS kind)
{
    const struct userspace *space = &guest_process()->userspace;
    bool of_port = kind == FileCompletionInformation;
    size_t size = of_port ? sizeof(FILE_COMPLETION_INFORMATION) : sizeof(ULONG);
    if (!of_port && kind != FileIoCompletionNotificationInformation)
        return STATUS_INVALID_INFO_CLASS;
    if (length < size)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!userspace_probe(space, information, size, ACCESS_READ))
        return STATUS_ACCESS_VIOLATION;
    if (of_port)
        return set_port(file, information);
    ULONG modes = *(const ULONG *)information;
    if ((modes & ~(ULONG)(FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE)))
        return STATUS_INVALID_PARAMETER;
    file->modes |= (uint8_t)modes;
    return STATUS_SUCCESS;
}

NTSTATUS NtQueryInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                PVOID FileInformation, ULONG Length,
                                FILE_INFORMATION_CLASS FileInformationClass)
{
    uint64_t written = 0;
    struct native_call call = {.handle = FileHandle, .block = IoStatusBlock};
    nt_status status = native_prepare(&call, NULL);
    if (status == STATUS_SUCCESS)
        status = query(call.file, FileInformation, Length, FileInformationClass, &written);
    return (NTSTATUS)(status == STATUS_SUCCESS ? native_end(&call, status, written) : status);
}

NTSTATUS NtSetInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                              PVOID FileInformation, ULONG Length,
                              FILE_INFORMATION_CLASS FileInformationClass)
{
    struct native_call call = {.handle = FileHandle, .block = IoStatusBlock};
    nt_status status = native_prepare(&call, NULL);
    if (status == STATUS_SUCCESS)
        status = set(call.file, FileInformation, Length, FileInformationClass);
    return (NTSTATUS)(status == STATUS_SUCCESS ? native_end(&call, status, 0) : status);
}

enum { DEVICE_DISK = 7, DEVICE_NAMED_PIPE = 0x11 };

/* afd's files are of the kind of device that pipes are, which is why GetFileType calls them so. */
NTSTATUS NtQueryVolumeInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                      PVOID FsInformation, ULONG Length,
                                      FS_INFORMATION_CLASS FsInformationClass)
{
    struct native_call call = {.handle = FileHandle, .block = IoStatusBlock};
    nt_status status = native_prepare(&call, NULL);
    if (status != STATUS_SUCCESS)
        return (NTSTATUS)status;
    if (FsInformationClass != FileFsDeviceInformation)
        return (NTSTATUS)STATUS_INVALID_INFO_CLASS;
    if (Length < sizeof(FILE_FS_DEVICE_INFORMATION))
        return (NTSTATUS)STATUS_INFO_LENGTH_MISMATCH;
    if (!guest_may_write(FsInformation, sizeof(FILE_FS_DEVICE_INFORMATION)))
        return (NTSTATUS)STATUS_ACCESS_VIOLATION;
    const FILE_FS_DEVICE_INFORMATION device = {
        .DeviceType = call.file->object.type == OBJECT_FILE ? DEVICE_DISK : DEVICE_NAMED_PIPE};
    memcpy(FsInformation, &device, sizeof device);
    return (NTSTATUS)native_end(&call, STATUS_SUCCESS, sizeof device);
}

/* No file here has a file system's codes. */
NTSTATUS NtFsControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                         PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, ULONG FsControlCode,
                         PVOID InputBuffer, ULONG InputBufferLength, PVOID OutputBuffer,
                         ULONG OutputBufferLength)
{
    struct native_call call = NATIVE_CALL(FileHandle, Event, ApcRoutine, ApcContext, IoStatusBlock);
    nt_status status = native_prepare(&call, native_poll_run);
    (void)FsControlCode;
    (void)InputBuffer;
    (void)InputBufferLength;
    (void)OutputBuffer;
    (void)OutputBufferLength;
    return (NTSTATUS)(status == STATUS_SUCCESS ? STATUS_INVALID_DEVICE_REQUEST : status);
}
