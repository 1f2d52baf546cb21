/* A file of a case's own, that goes when the case closes it. */
#ifndef CONFORMANCE_FILES_H
#define CONFORMANCE_FILES_H

#include "conformance/suites/windows_api.h"

#include "conformance/suites/suite.h"

/* With these bytes, at its beginning, to be read and written; `flags` as FILE_FLAG_OVERLAPPED. */
static inline HANDLE temporary_file(const char *bytes, DWORD size, DWORD flags)
{
    char folder[MAX_PATH], name[MAX_PATH];
    DWORD written = 0;
    const DWORD length = GetTempPathA(sizeof(folder), folder);
    assert_true(length > 0 && length < sizeof(folder));
    assert_true(GetTempFileNameA(folder, "brt", 0, name) != 0);
    HANDLE file = CreateFileA(name, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    assert_true(file != INVALID_HANDLE_VALUE);
    assert_true(WriteFile(file, bytes, size, &written, NULL));
    assert_int_equal(written, size);
    assert_true(CloseHandle(file));
    file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_DELETE,
                       NULL, OPEN_EXISTING, flags | FILE_FLAG_DELETE_ON_CLOSE, NULL);
    assert_true(file != INVALID_HANDLE_VALUE);
    return file;
}

static inline DWORD position_of(HANDLE file)
{
    return SetFilePointer(file, 0, NULL, FILE_CURRENT);
}

#endif
