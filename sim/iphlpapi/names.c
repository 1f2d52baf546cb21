/* Interfaces by name, number, LUID, GUID and alias. Pages: ConvertInterface..., if_nametoindex. */
#include "sim/iphlpapi/help.h"

enum { NAME_SIZE = 64 };

static bool same_wide(const WCHAR *wide, const char *narrow)
{
    for (; *narrow != '\0'; wide++, narrow++)
        if (*wide != (WCHAR)(unsigned char)*narrow)
            return false;
    return *wide == 0;
}

static DWORD give_luid(const char *call, const struct interface *interface, NET_LUID *luid,
                       DWORD unknown)
{
    if (interface == NULL)
        return help_finish(call, unknown);
    *luid = help_luid(interface);
    return help_finish(call, NO_ERROR);
}

static bool may_write_luid(const NET_LUID *luid)
{
    return help_can_use(luid, sizeof *luid, ACCESS_WRITE);
}

/* ---- Names ----------------------------------------------------------------------------------- */

DWORD ConvertInterfaceNameToLuidA(const CHAR *InterfaceName, NET_LUID *InterfaceLuid)
{
    const struct interface *found = NULL;
    if (!may_write_luid(InterfaceLuid))
        return help_finish("ConvertInterfaceNameToLuidA", ERROR_INVALID_PARAMETER);
    if (InterfaceName == NULL)
        return help_finish("ConvertInterfaceNameToLuidA", ERROR_INVALID_NAME);
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++)
        if (strcmp(InterfaceName, interfaces[i].name) == 0)
            found = &interfaces[i];
    return give_luid("ConvertInterfaceNameToLuidA", found, InterfaceLuid, ERROR_INVALID_NAME);
}

DWORD ConvertInterfaceNameToLuidW(const WCHAR *InterfaceName, NET_LUID *InterfaceLuid)
{
    const struct interface *found = NULL;
    if (!may_write_luid(InterfaceLuid))
        return help_finish("ConvertInterfaceNameToLuidW", ERROR_INVALID_PARAMETER);
    if (InterfaceName == NULL)
        return help_finish("ConvertInterfaceNameToLuidW", ERROR_INVALID_NAME);
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++)
        if (same_wide(InterfaceName, interfaces[i].name))
            found = &interfaces[i];
    return give_luid("ConvertInterfaceNameToLuidW", found, InterfaceLuid, ERROR_INVALID_NAME);
}

static const struct interface *read_luid(const NET_LUID *luid)
{
    return help_can_use(luid, sizeof *luid, ACCESS_READ) ? help_find_luid(luid) : NULL;
}

static DWORD put_narrow(const char *text, PSTR to, SIZE_T length)
{
    if (length < strlen(text) + 1)
        return ERROR_NOT_ENOUGH_MEMORY;
    if (!help_can_use(to, strlen(text) + 1, ACCESS_WRITE))
        return ERROR_INVALID_PARAMETER;
    strcpy(to, text);
    return NO_ERROR;
}

static DWORD put_wide(const char *text, PWSTR to, SIZE_T length)
{
    if (length < strlen(text) + 1)
        return ERROR_NOT_ENOUGH_MEMORY;
    if (!help_can_use(to, (strlen(text) + 1) * sizeof(WCHAR), ACCESS_WRITE))
        return ERROR_INVALID_PARAMETER;
    help_widen(text, to);
    return NO_ERROR;
}

DWORD ConvertInterfaceLuidToNameA(const NET_LUID *InterfaceLuid, PSTR InterfaceName, SIZE_T Length)
{
    const struct interface *interface = read_luid(InterfaceLuid);
    if (interface == NULL || InterfaceName == NULL)
        return help_finish("ConvertInterfaceLuidToNameA", ERROR_INVALID_PARAMETER);
    return help_finish("ConvertInterfaceLuidToNameA",
                       put_narrow(interface->name, InterfaceName, Length));
}

DWORD ConvertInterfaceLuidToNameW(const NET_LUID *InterfaceLuid, PWSTR InterfaceName, SIZE_T Length)
{
    const struct interface *interface = read_luid(InterfaceLuid);
    if (interface == NULL || InterfaceName == NULL)
        return help_finish("ConvertInterfaceLuidToNameW", ERROR_INVALID_PARAMETER);
    return help_finish("ConvertInterfaceLuidToNameW",
                       put_wide(interface->name, InterfaceName, Length));
}

DWORD ConvertInterfaceLuidToAlias(const NET_LUID *InterfaceLuid, PWSTR InterfaceAlias,
                                  SIZE_T Length)
{
    const struct interface *interface = read_luid(InterfaceLuid);
    if (interface == NULL || InterfaceAlias == NULL)
        return help_finish("ConvertInterfaceLuidToAlias", ERROR_INVALID_PARAMETER);
    return help_finish("ConvertInterfaceLuidToAlias",
                       put_wide(interface->friendly, InterfaceAlias, Length));
}

DWORD ConvertInterfaceAliasToLuid(const WCHAR *InterfaceAlias, PNET_LUID InterfaceLuid)
{
    const struct interface *found = NULL;
    if (InterfaceAlias == NULL || !may_write_luid(InterfaceLuid))
        return help_finish("ConvertInterfaceAliasToLuid", ERROR_INVALID_PARAMETER);
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++)
        if (same_wide(InterfaceAlias, interfaces[i].friendly))
            found = &interfaces[i];
    return give_luid("ConvertInterfaceAliasToLuid", found, InterfaceLuid, ERROR_INVALID_PARAMETER);
}

/* ---- Numbers --------------------------------------------------------------------------------- */

DWORD ConvertInterfaceLuidToIndex(const NET_LUID *InterfaceLuid, PNET_IFINDEX InterfaceIndex)
{
    const struct interface *interface = read_luid(InterfaceLuid);
    if (interface == NULL || !help_can_use(InterfaceIndex, sizeof *InterfaceIndex, ACCESS_WRITE))
        return help_finish("ConvertInterfaceLuidToIndex", ERROR_INVALID_PARAMETER);
    *InterfaceIndex = interface->index;
    return help_finish("ConvertInterfaceLuidToIndex", NO_ERROR);
}

DWORD ConvertInterfaceIndexToLuid(NET_IFINDEX InterfaceIndex, PNET_LUID InterfaceLuid)
{
    if (!may_write_luid(InterfaceLuid))
        return help_finish("ConvertInterfaceIndexToLuid", ERROR_INVALID_PARAMETER);
    return give_luid("ConvertInterfaceIndexToLuid", interface_find(InterfaceIndex), InterfaceLuid,
                     ERROR_FILE_NOT_FOUND);
}

DWORD ConvertInterfaceLuidToGuid(const NET_LUID *InterfaceLuid, GUID *InterfaceGuid)
{
    const struct interface *interface = read_luid(InterfaceLuid);
    if (interface == NULL || !help_can_use(InterfaceGuid, sizeof *InterfaceGuid, ACCESS_WRITE))
        return help_finish("ConvertInterfaceLuidToGuid", ERROR_INVALID_PARAMETER);
    *InterfaceGuid = help_guid(interface);
    return help_finish("ConvertInterfaceLuidToGuid", NO_ERROR);
}

DWORD ConvertInterfaceGuidToLuid(const GUID *InterfaceGuid, PNET_LUID InterfaceLuid)
{
    const struct interface *found = NULL;
    if (!help_can_use(InterfaceGuid, sizeof *InterfaceGuid, ACCESS_READ) ||
        !may_write_luid(InterfaceLuid))
        return help_finish("ConvertInterfaceGuidToLuid", ERROR_INVALID_PARAMETER);
    for (uint32_t i = 0; i < INTERFACE_COUNT; i++) {
        const GUID guid = help_guid(&interfaces[i]);
        if (memcmp(InterfaceGuid, &guid, sizeof guid) == 0)
            found = &interfaces[i];
    }
    return give_luid("ConvertInterfaceGuidToLuid", found, InterfaceLuid, ERROR_INVALID_PARAMETER);
}

/* 0 for no such interface. */
NET_IFINDEX if_nametoindex(PCSTR InterfaceName)
{
    for (uint32_t i = 0; InterfaceName != NULL && i < INTERFACE_COUNT; i++)
        if (strcmp(InterfaceName, interfaces[i].name) == 0)
            return interfaces[i].index;
    return 0;
}

/* The caller has room for IF_NAMESIZE characters. NULL for no such interface. */
PCHAR if_indextoname(NET_IFINDEX InterfaceIndex, PCHAR InterfaceName)
{
    const struct interface *interface = interface_find(InterfaceIndex);
    if (interface == NULL || InterfaceName == NULL)
        return NULL;
    return strcpy(InterfaceName, interface->name);
}

/* ---- Masks ----------------------------------------------------------------------------------- */

DWORD ConvertLengthToIpv4Mask(ULONG MaskLength, PULONG Mask)
{
    if (!help_can_use(Mask, sizeof *Mask, ACCESS_WRITE))
        return help_finish("ConvertLengthToIpv4Mask", ERROR_INVALID_PARAMETER);
    if (MaskLength > 32) {
        *Mask = INADDR_NONE;
        return help_finish("ConvertLengthToIpv4Mask", ERROR_INVALID_PARAMETER);
    }
    const struct address mask = interface_mask(MaskLength);
    *Mask = help_dword(&mask);
    return help_finish("ConvertLengthToIpv4Mask", NO_ERROR);
}

DWORD ConvertIpv4MaskToLength(ULONG Mask, PUINT8 MaskLength)
{
    if (!help_can_use(MaskLength, sizeof *MaskLength, ACCESS_WRITE))
        return help_finish("ConvertIpv4MaskToLength", ERROR_INVALID_PARAMETER);
    for (uint32_t bits = 0; bits <= 32; bits++) {
        const struct address mask = interface_mask(bits);
        if (help_dword(&mask) != Mask)
            continue;
        *MaskLength = (UINT8)bits;
        return help_finish("ConvertIpv4MaskToLength", NO_ERROR);
    }
    return help_finish("ConvertIpv4MaskToLength", ERROR_INVALID_PARAMETER);
}

/* There is one compartment. */
NET_IF_COMPARTMENT_ID GetCurrentThreadCompartmentId(void)
{
    return NET_IF_COMPARTMENT_ID_PRIMARY;
}

DWORD SetCurrentThreadCompartmentId(NET_IF_COMPARTMENT_ID CompartmentId)
{
    return help_finish("SetCurrentThreadCompartmentId",
                       CompartmentId <= NET_IF_COMPARTMENT_ID_PRIMARY ? NO_ERROR : ERROR_NOT_FOUND);
}
