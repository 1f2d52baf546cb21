#include "sim/nt/status.h"

#include <stddef.h>

#include "sim/engine/check.h"

enum wsa_error_value {
#define STATUS(name, value, wsa_error, win32_error, evidence)
#define WSA_ERROR(name, value, text) name = value,
#define WIN32_ERROR(name, value, text)
#include "spec/errors.def"
#undef STATUS
#undef WSA_ERROR
#undef WIN32_ERROR
};

enum win32_error_value {
#define STATUS(name, value, wsa_error, win32_error, evidence)
#define WSA_ERROR(name, value, text)
#define WIN32_ERROR(name, value, text) name = value,
#include "spec/errors.def"
#undef STATUS
#undef WSA_ERROR
#undef WIN32_ERROR
};

#define WSA_ERROR(name, value, text)
#define WIN32_ERROR(name, value, text)

const char *nt_status_name(nt_status status)
{
    switch (status) {
#define STATUS(name, value, wsa_error, win32_error, evidence)                                      \
    case name:                                                                                     \
        return #name;
#include "spec/errors.def"
#undef STATUS
    }
    return "?";
}

bool nt_status_is_windows(nt_status status)
{
    return status < 0xE0000000u && status != STATUS_ABANDONED && nt_status_name(status)[0] != '?';
}

uint32_t nt_status_to_wsa(nt_status status)
{
    switch (status) {
#define STATUS(name, value, wsa_error, win32_error, evidence)                                      \
    case name:                                                                                     \
        return wsa_error;
#include "spec/errors.def"
#undef STATUS
    }
    ABSURD("a status without a row in spec/errors.def");
}

uint32_t nt_status_to_win32(nt_status status)
{
    switch (status) {
#define STATUS(name, value, wsa_error, win32_error, evidence)                                      \
    case name:                                                                                     \
        return win32_error;
#include "spec/errors.def"
#undef STATUS
    }
    ABSURD("a status without a row in spec/errors.def");
}

struct status_row {
    nt_status status;
    uint32_t wsa_error, win32_error;
};

static const struct status_row rows[] = {
#define STATUS(name, value, wsa_error, win32_error, evidence) {name, wsa_error, win32_error},
#include "spec/errors.def"
#undef STATUS
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

nt_status nt_status_from_wsa(uint32_t error)
{
    size_t found = ROW_COUNT;
    for (size_t i = ROW_COUNT; i-- > 0;) {
        bool fails = !nt_success(rows[i].status);
        /* The first that fails, else the first: STATUS_USER_APC is WSAEINTR and no failure. */
        if (rows[i].wsa_error == error &&
            (found == ROW_COUNT || fails || nt_success(rows[found].status)))
            found = i;
    }
    if (found < ROW_COUNT)
        return rows[found].status;
    ABSURD("a Winsock error without a status in spec/errors.def");
}

nt_status nt_status_from_win32(uint32_t error)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].win32_error == error)
            return rows[i].status;
    ABSURD("a Win32 error without a status in spec/errors.def");
}
