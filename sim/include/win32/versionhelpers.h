/* Is it this Windows, or a later one? A program without a manifest is told 6.2 by each of these, as
 * by VerifyVersionInfo.
 */
#ifndef BERTH_WIN32_VERSIONHELPERS_H
#define BERTH_WIN32_VERSIONHELPERS_H

#include "windows.h"

static inline BOOL IsWindowsVersionOrGreater(WORD major, WORD minor, WORD pack)
{
    OSVERSIONINFOEXW asked = {0};
    ULONGLONG mask = 0;

    asked.dwOSVersionInfoSize = sizeof asked;
    asked.dwMajorVersion = major;
    asked.dwMinorVersion = minor;
    asked.wServicePackMajor = pack;
    VER_SET_CONDITION(mask, VER_MAJORVERSION, VER_GREATER_EQUAL);
    VER_SET_CONDITION(mask, VER_MINORVERSION, VER_GREATER_EQUAL);
    VER_SET_CONDITION(mask, VER_SERVICEPACKMAJOR, VER_GREATER_EQUAL);
    return VerifyVersionInfoW(&asked, VER_MAJORVERSION | VER_MINORVERSION | VER_SERVICEPACKMAJOR,
                              mask);
}
#define BERTH_VERSION(name, major, minor, pack)                                                    \
    static inline BOOL name(void)                                                                  \
    {                                                                                              \
        return IsWindowsVersionOrGreater(major, minor, pack);                                      \
    }
BERTH_VERSION(IsWindowsXPOrGreater, 5, 1, 0)
BERTH_VERSION(IsWindowsXPSP3OrGreater, 5, 1, 3)
BERTH_VERSION(IsWindowsVistaOrGreater, 6, 0, 0)
BERTH_VERSION(IsWindowsVistaSP1OrGreater, 6, 0, 1)
BERTH_VERSION(IsWindowsVistaSP2OrGreater, 6, 0, 2)
BERTH_VERSION(IsWindows7OrGreater, 6, 1, 0)
BERTH_VERSION(IsWindows7SP1OrGreater, 6, 1, 1)
BERTH_VERSION(IsWindows8OrGreater, 6, 2, 0)
BERTH_VERSION(IsWindows8Point1OrGreater, 6, 3, 0)
BERTH_VERSION(IsWindows10OrGreater, 10, 0, 0)

static inline BOOL IsWindowsServer(void)
{
    OSVERSIONINFOEXW asked = {0};
    ULONGLONG mask = 0;

    asked.dwOSVersionInfoSize = sizeof asked;
    asked.wProductType = VER_NT_WORKSTATION;
    VER_SET_CONDITION(mask, VER_PRODUCT_TYPE, VER_EQUAL);
    return !VerifyVersionInfoW(&asked, VER_PRODUCT_TYPE, mask);
}

#endif
