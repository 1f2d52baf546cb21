/* What ws2_32 has and this machine does not: services of other name spaces, IPsec, a 32-bit
 * catalogue beside the 64-bit one. Each is refused in Winsock's own words, WSAEOPNOTSUPP, and
 * changes nothing.
 */
#include <ws2tcpip.h>

#include "sim/winsock/provider.h"
#include "sim/winsock/ws2_32.h"

/* Their arguments are nobody's. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

static int refuse(void)
{
    if (!call_allowed(CALL_WSPUnsupported, 0))
        return SOCKET_ERROR;
    const struct call call = call_begin(CALL_WSPUnsupported, 0);
    return call_answer(&call, STATUS_NOT_SUPPORTED);
}

/* The same for those that have an lpErrno. */
static int refuse_installer(LPINT error)
{
    const struct call call = call_begin(CALL_WSPUnsupported, 0);
    return call_finish(&call, STATUS_NOT_SUPPORTED, error);
}

#define REFUSED(type, name, parameters)                                                            \
    type WSAAPI name parameters                                                                    \
    {                                                                                              \
        return refuse();                                                                           \
    }
#define REFUSED_INSTALLER(name, parameters)                                                        \
    int WSPAPI name parameters                                                                     \
    {                                                                                              \
        return refuse_installer(lpErrno);                                                          \
    }

/* clang-format off */
REFUSED(INT, WSANSPIoctl, (HANDLE hLookup, DWORD dwControlCode, LPVOID lpvInBuffer,
    DWORD cbInBuffer, LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned,
    LPWSACOMPLETION lpCompletion))
REFUSED(INT, WSASetServiceA, (LPWSAQUERYSETA lpqsRegInfo, WSAESETSERVICEOP essoperation,
    DWORD dwControlFlags))
REFUSED(INT, WSASetServiceW, (LPWSAQUERYSETW lpqsRegInfo, WSAESETSERVICEOP essoperation,
    DWORD dwControlFlags))
REFUSED(INT, WSAEnumNameSpaceProvidersExA, (LPDWORD lpdwBufferLength,
    LPWSANAMESPACE_INFOEXA lpnspBuffer))
REFUSED(INT, WSAEnumNameSpaceProvidersExW, (LPDWORD lpdwBufferLength,
    LPWSANAMESPACE_INFOEXW lpnspBuffer))
REFUSED(INT, WSAInstallServiceClassA, (LPWSASERVICECLASSINFOA lpServiceClassInfo))
REFUSED(INT, WSAInstallServiceClassW, (LPWSASERVICECLASSINFOW lpServiceClassInfo))
REFUSED(INT, WSARemoveServiceClass, (LPGUID lpServiceClassId))
REFUSED(INT, WSAGetServiceClassInfoA, (LPGUID lpProviderId, LPGUID lpServiceClassId,
    LPDWORD lpdwBufSize, LPWSASERVICECLASSINFOA lpServiceClassInfo))
REFUSED(INT, WSAGetServiceClassInfoW, (LPGUID lpProviderId, LPGUID lpServiceClassId,
    LPDWORD lpdwBufSize, LPWSASERVICECLASSINFOW lpServiceClassInfo))
REFUSED(INT, WSAGetServiceClassNameByClassIdA, (LPGUID lpServiceClassId,
    LPSTR lpszServiceClassName, LPDWORD lpdwBufferLength))
REFUSED(INT, WSAGetServiceClassNameByClassIdW, (LPGUID lpServiceClassId,
    LPWSTR lpszServiceClassName, LPDWORD lpdwBufferLength))
REFUSED(INT, SetAddrInfoExA, (PCSTR pName, PCSTR pServiceName, SOCKET_ADDRESS *pAddresses,
    DWORD dwAddressCount, LPBLOB lpBlob, DWORD dwFlags, DWORD dwNameSpace, LPGUID lpNspId,
    struct timeval *timeout, LPOVERLAPPED lpOverlapped,
    LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine, LPHANDLE lpNameHandle))
REFUSED(INT, SetAddrInfoExW, (PCWSTR pName, PCWSTR pServiceName, SOCKET_ADDRESS *pAddresses,
    DWORD dwAddressCount, LPBLOB lpBlob, DWORD dwFlags, DWORD dwNameSpace, LPGUID lpNspId,
    struct timeval *timeout, LPOVERLAPPED lpOverlapped,
    LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine, LPHANDLE lpNameHandle))
REFUSED(int, WSASetSocketSecurity, (SOCKET Socket,
    const SOCKET_SECURITY_SETTINGS *SecuritySettings, ULONG SecuritySettingsLen,
    LPWSAOVERLAPPED Overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE CompletionRoutine))
REFUSED(int, WSAQuerySocketSecurity, (SOCKET Socket,
    const SOCKET_SECURITY_QUERY_TEMPLATE *SecurityQueryTemplate, ULONG SecurityQueryTemplateLen,
    SOCKET_SECURITY_QUERY_INFO *SecurityQueryInfo, ULONG *SecurityQueryInfoLen,
    LPWSAOVERLAPPED Overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE CompletionRoutine))
REFUSED(int, WSASetSocketPeerTargetName, (SOCKET Socket,
    const SOCKET_PEER_TARGET_NAME *PeerTargetName, ULONG PeerTargetNameLen,
    LPWSAOVERLAPPED Overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE CompletionRoutine))
REFUSED(int, WSAImpersonateSocketPeer, (SOCKET Socket, const SOCKADDR *PeerAddr,
    ULONG PeerAddrLen))
REFUSED(int, WSARevertImpersonation, (void))
REFUSED(INT, WSCInstallNameSpace, (LPWSTR lpszIdentifier, LPWSTR lpszPathName, DWORD dwNameSpace,
    DWORD dwVersion, LPGUID lpProviderId))
REFUSED(INT, WSCUnInstallNameSpace, (LPGUID lpProviderId))
REFUSED(INT, WSCEnableNSProvider, (LPGUID lpProviderId, BOOL fEnable))
REFUSED(int, WSCWriteNameSpaceOrder, (LPGUID lpProviderId, DWORD dwNumberOfEntries))
REFUSED(int, WSCWriteProviderOrder32, (LPDWORD lpwdCatalogEntryId, DWORD dwNumberOfEntries))
REFUSED_INSTALLER(WSCEnumProtocols32, (LPINT lpiProtocols, LPWSAPROTOCOL_INFOW lpProtocolBuffer,
    LPDWORD lpdwBufferLength, LPINT lpErrno))
REFUSED_INSTALLER(WSCDeinstallProvider32, (LPGUID lpProviderId, LPINT lpErrno))
REFUSED_INSTALLER(WSCInstallProvider64_32, (LPGUID lpProviderId, const WCHAR *lpszProviderDllPath,
    const LPWSAPROTOCOL_INFOW lpProtocolInfoList, DWORD dwNumberOfEntries, LPINT lpErrno))
REFUSED_INSTALLER(WSCGetProviderPath32, (LPGUID lpProviderId, WCHAR *lpszProviderDllPath,
    LPINT lpProviderDllPathLen, LPINT lpErrno))
REFUSED_INSTALLER(WSCUpdateProvider32, (LPGUID lpProviderId, const WCHAR *lpszProviderDllPath,
    const LPWSAPROTOCOL_INFOW lpProtocolInfoList, DWORD dwNumberOfEntries, LPINT lpErrno))
REFUSED_INSTALLER(WSCInstallProviderAndChains64_32, (LPGUID lpProviderId,
    const LPWSTR lpszProviderDllPath, const LPWSTR lpszProviderDllPath32,
    const LPWSTR lpszLspName, DWORD dwServiceFlags, LPWSAPROTOCOL_INFOW lpProtocolInfoList,
    DWORD dwNumberOfEntries, LPDWORD lpdwCatalogEntryId, LPINT lpErrno))
REFUSED_INSTALLER(WSCSetProviderInfo, (LPGUID lpProviderId, WSC_PROVIDER_INFO_TYPE InfoType,
    PBYTE Info, size_t InfoSize, DWORD Flags, LPINT lpErrno))
REFUSED_INSTALLER(WSCGetProviderInfo, (LPGUID lpProviderId, WSC_PROVIDER_INFO_TYPE InfoType,
    PBYTE Info, size_t *InfoSize, DWORD Flags, LPINT lpErrno))
REFUSED_INSTALLER(WSCSetApplicationCategory, (LPCWSTR Path, DWORD PathLength, LPCWSTR Extra,
    DWORD ExtraLength, DWORD PermittedLspCategories, DWORD *pPrevPermLspCat, LPINT lpErrno))
REFUSED_INSTALLER(WSCGetApplicationCategory, (LPCWSTR Path, DWORD PathLength, LPCWSTR Extra,
    DWORD ExtraLength, DWORD *pPermittedLspCategories, LPINT lpErrno))
/* clang-format on */
