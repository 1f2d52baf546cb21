/* NTSTATUS, the answer of everything inside. The rows are spec/errors.def's. */
#ifndef SIM_NT_STATUS_H
#define SIM_NT_STATUS_H

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t nt_status;

/* Windows' own header has a few of them as macros; whoever includes both means these. */
#undef STATUS_TIMEOUT
#undef STATUS_ABANDONED_WAIT_0
#undef STATUS_USER_APC
#undef STATUS_PENDING
#undef STATUS_ACCESS_VIOLATION
#undef STATUS_INVALID_HANDLE
#undef STATUS_INVALID_PARAMETER
#undef STATUS_NO_MEMORY

enum nt_status_value {
#define STATUS(name, value, wsa_error, win32_error, evidence) name = value,
#define WSA_ERROR(name, value, text)
#define WIN32_ERROR(name, value, text)
#include "spec/errors.def"
#undef STATUS
#undef WSA_ERROR
#undef WIN32_ERROR
};

/* Success, informational (pending among them): everything below warnings. */
static inline bool nt_success(nt_status status)
{
    return status < 0x80000000u;
}

/* "STATUS_SHARING_VIOLATION"; "?" for a value without a row. */
const char *nt_status_name(nt_status status);

/* Whether it is one of Windows' own that has a row. */
bool nt_status_is_windows(nt_status status);

/* What a Winsock caller sees: 0 for success, WSA_IO_PENDING for STATUS_PENDING. Asserts on a value
 * without a row: each status we use has one.
 */
uint32_t nt_status_to_wsa(nt_status status);

/* What a Win32 caller sees. */
uint32_t nt_status_to_win32(nt_status status);

/* The status whose Winsock error is `error`, the first row that has it: how an option of
 * behaviours.def becomes an answer. 0 gives STATUS_SUCCESS.
 */
nt_status nt_status_from_wsa(uint32_t error);

/* The same for Win32 errors. */
nt_status nt_status_from_win32(uint32_t error);

#endif
