/* The providers' side of Winsock: WSPStartup, the 30 functions of a provider, the 15 upcalls.
 * Pages: WSPPROC_TABLE, WSPUPCALLTABLE, WSATHREADID; sizes and offsets: reservation-clauses 1.4.
 */
#ifndef BERTH_WIN32_WS2SPI_H
#define BERTH_WIN32_WS2SPI_H

#include "winsock2.h"

#define WSPAPI WINAPI
#define WSPDESCRIPTION_LEN 255
#define WSS_OPERATION_IN_PROGRESS 0x00000103

typedef struct WSPData {
    WORD wVersion;
    WORD wHighVersion;
    WCHAR szDescription[WSPDESCRIPTION_LEN + 1];
} WSPDATA, *LPWSPDATA;

typedef struct _WSATHREADID {
    HANDLE ThreadHandle;
    DWORD_PTR Reserved;
} WSATHREADID, *LPWSATHREADID;

#define LSP_SYSTEM 0x80000000
#define LSP_INSPECTOR 0x00000001
#define LSP_REDIRECTOR 0x00000002
#define LSP_PROXY 0x00000004
#define LSP_FIREWALL 0x00000008
#define LSP_INBOUND_MODIFY 0x00000010
#define LSP_OUTBOUND_MODIFY 0x00000020
#define LSP_CRYPTO_COMPRESS 0x00000040
#define LSP_LOCAL_CACHE 0x00000080

typedef enum _WSC_PROVIDER_INFO_TYPE {
    ProviderInfoLspCategories = 0,
    ProviderInfoAudit
} WSC_PROVIDER_INFO_TYPE;

typedef BOOL(CALLBACK *LPBLOCKINGCALLBACK)(DWORD_PTR dwContext);
typedef void(CALLBACK *LPWSAUSERAPC)(DWORD_PTR dwContext);

/* clang-format off */
#define WSPAPI_POINTER(type, name) typedef type(WSPAPI *name)

WSPAPI_POINTER(SOCKET, LPWSPACCEPT)(SOCKET s, struct sockaddr *addr, LPINT addrlen,
    LPCONDITIONPROC lpfnCondition, DWORD_PTR dwCallbackData, LPINT lpErrno);
WSPAPI_POINTER(INT, LPWSPADDRESSTOSTRING)(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
    LPWSAPROTOCOL_INFOW lpProtocolInfo, LPWSTR lpszAddressString,
    LPDWORD lpdwAddressStringLength, LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPASYNCSELECT)(SOCKET s, HWND hWnd, unsigned int wMsg, LONG lEvent,
    LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPBIND)(SOCKET s, const struct sockaddr *name, int namelen, LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPCANCELBLOCKINGCALL)(LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPCLEANUP)(LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPCLOSESOCKET)(SOCKET s, LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPCONNECT)(SOCKET s, const struct sockaddr *name, int namelen,
    LPWSABUF lpCallerData, LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS, LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPDUPLICATESOCKET)(SOCKET s, DWORD dwProcessId,
    LPWSAPROTOCOL_INFOW lpProtocolInfo, LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPENUMNETWORKEVENTS)(SOCKET s, WSAEVENT hEventObject,
    LPWSANETWORKEVENTS lpNetworkEvents, LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPEVENTSELECT)(SOCKET s, WSAEVENT hEventObject, LONG lNetworkEvents,
    LPINT lpErrno);
WSPAPI_POINTER(BOOL, LPWSPGETOVERLAPPEDRESULT)(SOCKET s, LPWSAOVERLAPPED lpOverlapped,
    LPDWORD lpcbTransfer, BOOL fWait, LPDWORD lpdwFlags, LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPGETPEERNAME)(SOCKET s, struct sockaddr *name, LPINT namelen,
    LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPGETSOCKNAME)(SOCKET s, struct sockaddr *name, LPINT namelen,
    LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPGETSOCKOPT)(SOCKET s, int level, int optname, char *optval,
    LPINT optlen, LPINT lpErrno);
WSPAPI_POINTER(BOOL, LPWSPGETQOSBYNAME)(SOCKET s, LPWSABUF lpQOSName, LPQOS lpQOS, LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPIOCTL)(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer,
    DWORD cbInBuffer, LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned,
    LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
    LPWSATHREADID lpThreadId, LPINT lpErrno);
WSPAPI_POINTER(SOCKET, LPWSPJOINLEAF)(SOCKET s, const struct sockaddr *name, int namelen,
    LPWSABUF lpCallerData, LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS, DWORD dwFlags,
    LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPLISTEN)(SOCKET s, int backlog, LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPRECV)(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
    LPDWORD lpNumberOfBytesRecvd, LPDWORD lpFlags, LPWSAOVERLAPPED lpOverlapped,
    LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine, LPWSATHREADID lpThreadId,
    LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPRECVDISCONNECT)(SOCKET s, LPWSABUF lpInboundDisconnectData,
    LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPRECVFROM)(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
    LPDWORD lpNumberOfBytesRecvd, LPDWORD lpFlags, struct sockaddr *lpFrom, LPINT lpFromlen,
    LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
    LPWSATHREADID lpThreadId, LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPSELECT)(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
    const TIMEVAL *timeout, LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPSEND)(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
    LPDWORD lpNumberOfBytesSent, DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped,
    LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine, LPWSATHREADID lpThreadId,
    LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPSENDDISCONNECT)(SOCKET s, LPWSABUF lpOutboundDisconnectData,
    LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPSENDTO)(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
    LPDWORD lpNumberOfBytesSent, DWORD dwFlags, const struct sockaddr *lpTo, int iTolen,
    LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
    LPWSATHREADID lpThreadId, LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPSETSOCKOPT)(SOCKET s, int level, int optname, const char *optval,
    int optlen, LPINT lpErrno);
WSPAPI_POINTER(int, LPWSPSHUTDOWN)(SOCKET s, int how, LPINT lpErrno);
WSPAPI_POINTER(SOCKET, LPWSPSOCKET)(int af, int type, int protocol,
    LPWSAPROTOCOL_INFOW lpProtocolInfo, GROUP g, DWORD dwFlags, LPINT lpErrno);
WSPAPI_POINTER(INT, LPWSPSTRINGTOADDRESS)(LPWSTR AddressString, INT AddressFamily,
    LPWSAPROTOCOL_INFOW lpProtocolInfo, LPSOCKADDR lpAddress, LPINT lpAddressLength,
    LPINT lpErrno);

typedef struct _WSPPROC_TABLE {
    LPWSPACCEPT lpWSPAccept;
    LPWSPADDRESSTOSTRING lpWSPAddressToString;
    LPWSPASYNCSELECT lpWSPAsyncSelect;
    LPWSPBIND lpWSPBind;
    LPWSPCANCELBLOCKINGCALL lpWSPCancelBlockingCall;
    LPWSPCLEANUP lpWSPCleanup;
    LPWSPCLOSESOCKET lpWSPCloseSocket;
    LPWSPCONNECT lpWSPConnect;
    LPWSPDUPLICATESOCKET lpWSPDuplicateSocket;
    LPWSPENUMNETWORKEVENTS lpWSPEnumNetworkEvents;
    LPWSPEVENTSELECT lpWSPEventSelect;
    LPWSPGETOVERLAPPEDRESULT lpWSPGetOverlappedResult;
    LPWSPGETPEERNAME lpWSPGetPeerName;
    LPWSPGETSOCKNAME lpWSPGetSockName;
    LPWSPGETSOCKOPT lpWSPGetSockOpt;
    LPWSPGETQOSBYNAME lpWSPGetQOSByName;
    LPWSPIOCTL lpWSPIoctl;
    LPWSPJOINLEAF lpWSPJoinLeaf;
    LPWSPLISTEN lpWSPListen;
    LPWSPRECV lpWSPRecv;
    LPWSPRECVDISCONNECT lpWSPRecvDisconnect;
    LPWSPRECVFROM lpWSPRecvFrom;
    LPWSPSELECT lpWSPSelect;
    LPWSPSEND lpWSPSend;
    LPWSPSENDDISCONNECT lpWSPSendDisconnect;
    LPWSPSENDTO lpWSPSendTo;
    LPWSPSETSOCKOPT lpWSPSetSockOpt;
    LPWSPSHUTDOWN lpWSPShutdown;
    LPWSPSOCKET lpWSPSocket;
    LPWSPSTRINGTOADDRESS lpWSPStringToAddress;
} WSPPROC_TABLE, *LPWSPPROC_TABLE;

WSPAPI_POINTER(BOOL, LPWPUCLOSEEVENT)(WSAEVENT hEvent, LPINT lpErrno);
WSPAPI_POINTER(int, LPWPUCLOSESOCKETHANDLE)(SOCKET s, LPINT lpErrno);
WSPAPI_POINTER(WSAEVENT, LPWPUCREATEEVENT)(LPINT lpErrno);
WSPAPI_POINTER(SOCKET, LPWPUCREATESOCKETHANDLE)(DWORD dwCatalogEntryId, DWORD_PTR dwContext,
    LPINT lpErrno);
WSPAPI_POINTER(int, LPWPUFDISSET)(SOCKET s, fd_set *fdset);
WSPAPI_POINTER(int, LPWPUGETPROVIDERPATH)(LPGUID lpProviderId, WCHAR *lpszProviderDllPath,
    LPINT lpProviderDllPathLen, LPINT lpErrno);
WSPAPI_POINTER(SOCKET, LPWPUMODIFYIFSHANDLE)(DWORD dwCatalogEntryId, SOCKET ProposedHandle,
    LPINT lpErrno);
WSPAPI_POINTER(BOOL, LPWPUPOSTMESSAGE)(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam);
WSPAPI_POINTER(int, LPWPUQUERYBLOCKINGCALLBACK)(DWORD dwCatalogEntryId,
    LPBLOCKINGCALLBACK *lplpfnCallback, PDWORD_PTR lpdwContext, LPINT lpErrno);
WSPAPI_POINTER(int, LPWPUQUERYSOCKETHANDLECONTEXT)(SOCKET s, PDWORD_PTR lpContext,
    LPINT lpErrno);
WSPAPI_POINTER(int, LPWPUQUEUEAPC)(LPWSATHREADID lpThreadId, LPWSAUSERAPC lpfnUserApc,
    DWORD_PTR dwContext, LPINT lpErrno);
WSPAPI_POINTER(BOOL, LPWPURESETEVENT)(WSAEVENT hEvent, LPINT lpErrno);
WSPAPI_POINTER(BOOL, LPWPUSETEVENT)(WSAEVENT hEvent, LPINT lpErrno);
WSPAPI_POINTER(int, LPWPUOPENCURRENTTHREAD)(LPWSATHREADID lpThreadId, LPINT lpErrno);
WSPAPI_POINTER(int, LPWPUCLOSETHREAD)(LPWSATHREADID lpThreadId, LPINT lpErrno);

typedef struct _WSPUPCALLTABLE {
    LPWPUCLOSEEVENT lpWPUCloseEvent;
    LPWPUCLOSESOCKETHANDLE lpWPUCloseSocketHandle;
    LPWPUCREATEEVENT lpWPUCreateEvent;
    LPWPUCREATESOCKETHANDLE lpWPUCreateSocketHandle;
    LPWPUFDISSET lpWPUFDIsSet;
    LPWPUGETPROVIDERPATH lpWPUGetProviderPath;
    LPWPUMODIFYIFSHANDLE lpWPUModifyIFSHandle;
    LPWPUPOSTMESSAGE lpWPUPostMessage;
    LPWPUQUERYBLOCKINGCALLBACK lpWPUQueryBlockingCallback;
    LPWPUQUERYSOCKETHANDLECONTEXT lpWPUQuerySocketHandleContext;
    LPWPUQUEUEAPC lpWPUQueueApc;
    LPWPURESETEVENT lpWPUResetEvent;
    LPWPUSETEVENT lpWPUSetEvent;
    LPWPUOPENCURRENTTHREAD lpWPUOpenCurrentThread;
    LPWPUCLOSETHREAD lpWPUCloseThread;
} WSPUPCALLTABLE, *LPWSPUPCALLTABLE;

WSPAPI_POINTER(int, LPWSPSTARTUP)(WORD wVersionRequested, LPWSPDATA lpWSPData,
    LPWSAPROTOCOL_INFOW lpProtocolInfo, WSPUPCALLTABLE UpcallTable, LPWSPPROC_TABLE lpProcTable);

WSPAPI_POINTER(int, LPWPUCOMPLETEOVERLAPPEDREQUEST)(SOCKET s, LPWSAOVERLAPPED lpOverlapped,
    DWORD dwError, DWORD cbTransferred, LPINT lpErrno);

BERTH_FUNCTION(int, WSPStartup, (WORD wVersionRequested, LPWSPDATA lpWSPData,
    LPWSAPROTOCOL_INFOW lpProtocolInfo, WSPUPCALLTABLE UpcallTable, LPWSPPROC_TABLE lpProcTable));

/* The catalogue. */
BERTH_FUNCTION(int, WSCEnumProtocols, (LPINT lpiProtocols, LPWSAPROTOCOL_INFOW lpProtocolBuffer,
    LPDWORD lpdwBufferLength, LPINT lpErrno));
BERTH_FUNCTION(int, WSCDeinstallProvider, (LPGUID lpProviderId, LPINT lpErrno));
BERTH_FUNCTION(int, WSCInstallProvider, (LPGUID lpProviderId, const WCHAR *lpszProviderDllPath,
    const LPWSAPROTOCOL_INFOW lpProtocolInfoList, DWORD dwNumberOfEntries, LPINT lpErrno));
BERTH_FUNCTION(int, WSCGetProviderPath, (LPGUID lpProviderId, WCHAR *lpszProviderDllPath, LPINT
    lpProviderDllPathLen, LPINT lpErrno));
BERTH_FUNCTION(int, WSCUpdateProvider, (LPGUID lpProviderId, const WCHAR *lpszProviderDllPath,
    const LPWSAPROTOCOL_INFOW lpProtocolInfoList, DWORD dwNumberOfEntries, LPINT lpErrno));
BERTH_FUNCTION(int, WSCWriteProviderOrder, (LPDWORD lpwdCatalogEntryId, DWORD dwNumberOfEntries));
BERTH_FUNCTION(int, WSCEnumProtocols32, (LPINT lpiProtocols, LPWSAPROTOCOL_INFOW lpProtocolBuffer,
    LPDWORD lpdwBufferLength, LPINT lpErrno));
BERTH_FUNCTION(int, WSCDeinstallProvider32, (LPGUID lpProviderId, LPINT lpErrno));
BERTH_FUNCTION(int, WSCInstallProvider64_32, (LPGUID lpProviderId, const WCHAR
    *lpszProviderDllPath, const LPWSAPROTOCOL_INFOW lpProtocolInfoList, DWORD dwNumberOfEntries,
    LPINT lpErrno));
BERTH_FUNCTION(int, WSCGetProviderPath32, (LPGUID lpProviderId, WCHAR *lpszProviderDllPath, LPINT
    lpProviderDllPathLen, LPINT lpErrno));
BERTH_FUNCTION(int, WSCUpdateProvider32, (LPGUID lpProviderId, const WCHAR *lpszProviderDllPath,
    const LPWSAPROTOCOL_INFOW lpProtocolInfoList, DWORD dwNumberOfEntries, LPINT lpErrno));
BERTH_FUNCTION(int, WSCWriteProviderOrder32, (LPDWORD lpwdCatalogEntryId, DWORD
    dwNumberOfEntries));
BERTH_FUNCTION(int, WSCInstallProviderAndChains64_32, (LPGUID lpProviderId, const LPWSTR
    lpszProviderDllPath, const LPWSTR lpszProviderDllPath32, const LPWSTR lpszLspName, DWORD
    dwServiceFlags, LPWSAPROTOCOL_INFOW lpProtocolInfoList, DWORD dwNumberOfEntries, LPDWORD
    lpdwCatalogEntryId, LPINT lpErrno));
BERTH_FUNCTION(INT, WSCInstallNameSpace, (LPWSTR lpszIdentifier, LPWSTR lpszPathName, DWORD
    dwNameSpace, DWORD dwVersion, LPGUID lpProviderId));
BERTH_FUNCTION(INT, WSCUnInstallNameSpace, (LPGUID lpProviderId));
BERTH_FUNCTION(INT, WSCEnableNSProvider, (LPGUID lpProviderId, BOOL fEnable));
BERTH_FUNCTION(int, WSCWriteNameSpaceOrder, (LPGUID lpProviderId, DWORD dwNumberOfEntries));
BERTH_FUNCTION(int, WSCSetProviderInfo, (LPGUID lpProviderId, WSC_PROVIDER_INFO_TYPE InfoType,
    PBYTE Info, size_t InfoSize, DWORD Flags, LPINT lpErrno));
BERTH_FUNCTION(int, WSCGetProviderInfo, (LPGUID lpProviderId, WSC_PROVIDER_INFO_TYPE InfoType,
    PBYTE Info, size_t *InfoSize, DWORD Flags, LPINT lpErrno));
BERTH_FUNCTION(int, WSCSetApplicationCategory, (LPCWSTR Path, DWORD PathLength, LPCWSTR Extra,
    DWORD ExtraLength, DWORD PermittedLspCategories, DWORD *pPrevPermLspCat, LPINT lpErrno));
BERTH_FUNCTION(int, WSCGetApplicationCategory, (LPCWSTR Path, DWORD PathLength, LPCWSTR Extra,
    DWORD ExtraLength, DWORD *pPermittedLspCategories, LPINT lpErrno));
#define WSCEnumNameSpaceProviders WSAEnumNameSpaceProvidersW

/* The upcalls by their own names, which ws2_32 exports. */
BERTH_FUNCTION(BOOL, WPUCloseEvent, (WSAEVENT hEvent, LPINT lpErrno));
BERTH_FUNCTION(int, WPUCloseSocketHandle, (SOCKET s, LPINT lpErrno));
BERTH_FUNCTION(WSAEVENT, WPUCreateEvent, (LPINT lpErrno));
BERTH_FUNCTION(SOCKET, WPUCreateSocketHandle, (DWORD dwCatalogEntryId, DWORD_PTR dwContext, LPINT
    lpErrno));
BERTH_FUNCTION(int, WPUFDIsSet, (SOCKET s, fd_set *fdset));
BERTH_FUNCTION(int, WPUGetProviderPath, (LPGUID lpProviderId, WCHAR *lpszProviderDllPath, LPINT
    lpProviderDllPathLen, LPINT lpErrno));
BERTH_FUNCTION(SOCKET, WPUModifyIFSHandle, (DWORD dwCatalogEntryId, SOCKET ProposedHandle, LPINT
    lpErrno));
BERTH_FUNCTION(BOOL, WPUPostMessage, (HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam));
BERTH_FUNCTION(int, WPUQueryBlockingCallback, (DWORD dwCatalogEntryId, LPBLOCKINGCALLBACK
    *lplpfnCallback, PDWORD_PTR lpdwContext, LPINT lpErrno));
BERTH_FUNCTION(int, WPUQuerySocketHandleContext, (SOCKET s, PDWORD_PTR lpContext, LPINT lpErrno));
BERTH_FUNCTION(int, WPUQueueApc, (LPWSATHREADID lpThreadId, LPWSAUSERAPC lpfnUserApc, DWORD_PTR
    dwContext, LPINT lpErrno));
BERTH_FUNCTION(BOOL, WPUResetEvent, (WSAEVENT hEvent, LPINT lpErrno));
BERTH_FUNCTION(BOOL, WPUSetEvent, (WSAEVENT hEvent, LPINT lpErrno));
BERTH_FUNCTION(int, WPUOpenCurrentThread, (LPWSATHREADID lpThreadId, LPINT lpErrno));
BERTH_FUNCTION(int, WPUCloseThread, (LPWSATHREADID lpThreadId, LPINT lpErrno));
BERTH_FUNCTION(int, WPUCompleteOverlappedRequest, (SOCKET s, LPWSAOVERLAPPED lpOverlapped, DWORD
    dwError, DWORD cbTransferred, LPINT lpErrno));
/* clang-format on */

#endif
