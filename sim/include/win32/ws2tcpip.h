/* Names to addresses and back, addresses as text. */
#ifndef BERTH_WIN32_WS2TCPIP_H
#define BERTH_WIN32_WS2TCPIP_H

#include "winsock2.h"
#include "ws2ipdef.h"

/* As in the SDK, mstcpip.h's text functions are there for who includes it after this. */
#include "mstcpip.h"

#define SIO_GET_INTERFACE_LIST _IOR('t', 127, u_long)
#define SIO_GET_INTERFACE_LIST_EX _IOR('t', 126, u_long)
#define SIO_SET_MULTICAST_FILTER _IOW('t', 125, u_long)
#define SIO_GET_MULTICAST_FILTER _IOW('t', 124 | IOC_IN, u_long)
#define SIOCSIPMSFILTER SIO_SET_MULTICAST_FILTER
#define SIOCGIPMSFILTER SIO_GET_MULTICAST_FILTER
#define SIOCSMSFILTER _IOW('t', 126, u_long)
#define SIOCGMSFILTER _IOW('t', 127 | IOC_IN, u_long)
#define SIO_IDEAL_SEND_BACKLOG_QUERY _IOR('t', 123, ULONG)
#define SIO_IDEAL_SEND_BACKLOG_CHANGE _IO('t', 122)

#define EAI_AGAIN WSATRY_AGAIN
#define EAI_BADFLAGS WSAEINVAL
#define EAI_FAIL WSANO_RECOVERY
#define EAI_FAMILY WSAEAFNOSUPPORT
#define EAI_MEMORY WSA_NOT_ENOUGH_MEMORY
#define EAI_NOSECURENAME WSA_SECURE_HOST_NOT_FOUND
#define EAI_NONAME WSAHOST_NOT_FOUND
#define EAI_NODATA WSANO_DATA
#define EAI_SERVICE WSATYPE_NOT_FOUND
#define EAI_SOCKTYPE WSAESOCKTNOSUPPORT
#define EAI_IPSECPOLICY WSA_IPSEC_NAME_POLICY_ERROR
#define NI_NOFQDN 0x01
#define NI_NUMERICHOST 0x02
#define NI_NAMEREQD 0x04
#define NI_NUMERICSERV 0x08
#define NI_DGRAM 0x10
#define NI_MAXHOST 1025
#define NI_MAXSERV 32
#define GAI_STRERROR_BUFFER_SIZE 1024

/* socklen_t is a macro, for the C library has one of another type. */
typedef int berth_socklen_t;
#define socklen_t berth_socklen_t
typedef ADDRINFOA ADDRINFO, *LPADDRINFO;

BERTH_EXTERN const
    IN6_ADDR in6addr_any __asm__(BERTH_STRING(__USER_LABEL_PREFIX__) "berth_in6addr_any");
BERTH_EXTERN const
    IN6_ADDR in6addr_loopback __asm__(BERTH_STRING(__USER_LABEL_PREFIX__) "berth_in6addr_loopback");

/* clang-format off */
BERTH_FUNCTION(INT, inet_pton, (INT Family, PCSTR pszAddrString, PVOID pAddrBuf));
BERTH_FUNCTION(PCSTR, inet_ntop, (INT Family, const VOID *pAddr, PSTR pStringBuf, size_t
    StringBufSize));
BERTH_FUNCTION(INT, InetPtonW, (INT Family, PCWSTR pszAddrString, PVOID pAddrBuf));
BERTH_FUNCTION(PCWSTR, InetNtopW, (INT Family, const VOID *pAddr, PWSTR pStringBuf, size_t
    StringBufSize));

BERTH_FUNCTION(INT, getaddrinfo, (PCSTR pNodeName, PCSTR pServiceName, const ADDRINFOA *pHints,
    PADDRINFOA *ppResult));
BERTH_FUNCTION(INT, GetAddrInfoW, (PCWSTR pNodeName, PCWSTR pServiceName, const ADDRINFOW *pHints,
    PADDRINFOW *ppResult));
BERTH_FUNCTION(VOID, freeaddrinfo, (PADDRINFOA pAddrInfo));
BERTH_FUNCTION(VOID, FreeAddrInfoW, (PADDRINFOW pAddrInfo));
BERTH_FUNCTION(INT, getnameinfo, (const SOCKADDR *pSockaddr, int SockaddrLength, PCHAR
    pNodeBuffer, DWORD NodeBufferSize, PCHAR pServiceBuffer, DWORD ServiceBufferSize, INT Flags));
BERTH_FUNCTION(INT, GetNameInfoW, (const SOCKADDR *pSockaddr, int SockaddrLength, PWCHAR
    pNodeBuffer, DWORD NodeBufferSize, PWCHAR pServiceBuffer, DWORD ServiceBufferSize, INT
    Flags));

typedef void(CALLBACK *LPLOOKUPSERVICE_COMPLETION_ROUTINE)(DWORD dwError, DWORD dwBytes,
    LPWSAOVERLAPPED lpOverlapped);
BERTH_FUNCTION(INT, GetAddrInfoExA, (PCSTR pName, PCSTR pServiceName, DWORD dwNameSpace, LPGUID
    lpNspId, const ADDRINFOEXA *hints, PADDRINFOEXA *ppResult, struct timeval *timeout,
    LPOVERLAPPED lpOverlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine, LPHANDLE
    lpHandle));
BERTH_FUNCTION(INT, GetAddrInfoExW, (PCWSTR pName, PCWSTR pServiceName, DWORD dwNameSpace, LPGUID
    lpNspId, const ADDRINFOEXW *hints, PADDRINFOEXW *ppResult, struct timeval *timeout,
    LPOVERLAPPED lpOverlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine, LPHANDLE
    lpHandle));
BERTH_FUNCTION(INT, SetAddrInfoExA, (PCSTR pName, PCSTR pServiceName, SOCKET_ADDRESS *pAddresses,
    DWORD dwAddressCount, LPBLOB lpBlob, DWORD dwFlags, DWORD dwNameSpace, LPGUID lpNspId, struct
    timeval *timeout, LPOVERLAPPED lpOverlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE
    lpCompletionRoutine, LPHANDLE lpNameHandle));
BERTH_FUNCTION(INT, SetAddrInfoExW, (PCWSTR pName, PCWSTR pServiceName, SOCKET_ADDRESS
    *pAddresses, DWORD dwAddressCount, LPBLOB lpBlob, DWORD dwFlags, DWORD dwNameSpace, LPGUID
    lpNspId, struct timeval *timeout, LPOVERLAPPED lpOverlapped,
    LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine, LPHANDLE lpNameHandle));
BERTH_FUNCTION(INT, GetAddrInfoExCancel, (LPHANDLE lpHandle));
BERTH_FUNCTION(INT, GetAddrInfoExOverlappedResult, (LPOVERLAPPED lpOverlapped));
BERTH_FUNCTION(void, FreeAddrInfoEx, (PADDRINFOEXA pAddrInfoEx));
BERTH_FUNCTION(void, FreeAddrInfoExW, (PADDRINFOEXW pAddrInfoEx));
BERTH_FUNCTION(char *, gai_strerrorA, (int ecode));
BERTH_FUNCTION(WCHAR *, gai_strerrorW, (int ecode));

BERTH_FUNCTION(int, WSASetSocketSecurity, (SOCKET Socket, const SOCKET_SECURITY_SETTINGS
    *SecuritySettings, ULONG SecuritySettingsLen, LPWSAOVERLAPPED Overlapped,
    LPWSAOVERLAPPED_COMPLETION_ROUTINE CompletionRoutine));
BERTH_FUNCTION(int, WSAQuerySocketSecurity, (SOCKET Socket, const SOCKET_SECURITY_QUERY_TEMPLATE
    *SecurityQueryTemplate, ULONG SecurityQueryTemplateLen, SOCKET_SECURITY_QUERY_INFO
    *SecurityQueryInfo, ULONG *SecurityQueryInfoLen, LPWSAOVERLAPPED Overlapped,
    LPWSAOVERLAPPED_COMPLETION_ROUTINE CompletionRoutine));
BERTH_FUNCTION(int, WSASetSocketPeerTargetName, (SOCKET Socket, const SOCKET_PEER_TARGET_NAME
    *PeerTargetName, ULONG PeerTargetNameLen, LPWSAOVERLAPPED Overlapped,
    LPWSAOVERLAPPED_COMPLETION_ROUTINE CompletionRoutine));
BERTH_FUNCTION(int, WSAImpersonateSocketPeer, (SOCKET Socket, const SOCKADDR *PeerAddr, ULONG
    PeerAddrLen));
BERTH_FUNCTION(int, WSARevertImpersonation, (void));

#if defined(INCL_WINSOCK_API_TYPEDEFS) && INCL_WINSOCK_API_TYPEDEFS
typedef INT(WSAAPI *LPFN_GETADDRINFO)(PCSTR pNodeName, PCSTR pServiceName, const ADDRINFOA
    *pHints, PADDRINFOA *ppResult);
typedef INT(WSAAPI *LPFN_GETADDRINFOW)(PCWSTR pNodeName, PCWSTR pServiceName, const ADDRINFOW
    *pHints, PADDRINFOW *ppResult);
typedef VOID(WSAAPI *LPFN_FREEADDRINFO)(PADDRINFOA pAddrInfo);
typedef VOID(WSAAPI *LPFN_FREEADDRINFOW)(PADDRINFOW pAddrInfo);
typedef INT(WSAAPI *LPFN_GETNAMEINFO)(const SOCKADDR *pSockaddr, int SockaddrLength, PCHAR
    pNodeBuffer, DWORD NodeBufferSize, PCHAR pServiceBuffer, DWORD ServiceBufferSize, INT Flags);
typedef INT(WSAAPI *LPFN_GETNAMEINFOW)(const SOCKADDR *pSockaddr, int SockaddrLength, PWCHAR
    pNodeBuffer, DWORD NodeBufferSize, PWCHAR pServiceBuffer, DWORD ServiceBufferSize, INT Flags);
typedef INT(WSAAPI *LPFN_GETADDRINFOEXA)(PCSTR pName, PCSTR pServiceName, DWORD dwNameSpace,
    LPGUID lpNspId, const ADDRINFOEXA *hints, PADDRINFOEXA *ppResult, struct timeval *timeout,
    LPOVERLAPPED lpOverlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine, LPHANDLE
    lpHandle);
typedef INT(WSAAPI *LPFN_GETADDRINFOEXW)(PCWSTR pName, PCWSTR pServiceName, DWORD dwNameSpace,
    LPGUID lpNspId, const ADDRINFOEXW *hints, PADDRINFOEXW *ppResult, struct timeval *timeout,
    LPOVERLAPPED lpOverlapped, LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine, LPHANDLE
    lpHandle);
typedef INT(WSAAPI *LPFN_SETADDRINFOEXA)(PCSTR pName, PCSTR pServiceName, SOCKET_ADDRESS
    *pAddresses, DWORD dwAddressCount, LPBLOB lpBlob, DWORD dwFlags, DWORD dwNameSpace, LPGUID
    lpNspId, struct timeval *timeout, LPOVERLAPPED lpOverlapped,
    LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine, LPHANDLE lpNameHandle);
typedef INT(WSAAPI *LPFN_SETADDRINFOEXW)(PCWSTR pName, PCWSTR pServiceName, SOCKET_ADDRESS
    *pAddresses, DWORD dwAddressCount, LPBLOB lpBlob, DWORD dwFlags, DWORD dwNameSpace, LPGUID
    lpNspId, struct timeval *timeout, LPOVERLAPPED lpOverlapped,
    LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine, LPHANDLE lpNameHandle);
#endif
/* clang-format on */

#define InetPtonA inet_pton
#define InetNtopA inet_ntop
#define GetAddrInfoA getaddrinfo
#define FreeAddrInfoA freeaddrinfo
#define GetNameInfoA getnameinfo
#define FreeAddrInfoExA FreeAddrInfoEx
#if defined(UNICODE)
#define InetPton InetPtonW
#define InetNtop InetNtopW
#define GetAddrInfo GetAddrInfoW
#define FreeAddrInfo FreeAddrInfoW
#define GetNameInfo GetNameInfoW
#define GetAddrInfoEx GetAddrInfoExW
#define SetAddrInfoEx SetAddrInfoExW
#define gai_strerror gai_strerrorW
#define ADDRINFOEX ADDRINFOEXW
#define PADDRINFOEX PADDRINFOEXW
#define LPADDRINFOEX LPADDRINFOEXW
#define FreeAddrInfoEx FreeAddrInfoExW
typedef ADDRINFOW ADDRINFOT, *PADDRINFOT;
#else
#define InetPton InetPtonA
#define InetNtop InetNtopA
#define GetAddrInfo GetAddrInfoA
#define FreeAddrInfo FreeAddrInfoA
#define GetNameInfo GetNameInfoA
#define GetAddrInfoEx GetAddrInfoExA
#define SetAddrInfoEx SetAddrInfoExA
#define gai_strerror gai_strerrorA
#define ADDRINFOEX ADDRINFOEXA
#define PADDRINFOEX PADDRINFOEXA
#define LPADDRINFOEX LPADDRINFOEXA
typedef ADDRINFOA ADDRINFOT, *PADDRINFOT;
#endif

#endif
