/* The base provider: WSPStartup's table, and the functions in it, which stand in the files
 * provider_*.c by subject.
 */
#ifndef SIM_WINSOCK_PROVIDER_H
#define SIM_WINSOCK_PROVIDER_H

#include "sim/winsock/call.h"

/* WSPStartup of the base provider: mswsock.dll's. */
int WSPAPI base_startup(WORD wVersionRequested, LPWSPDATA lpWSPData,
                        LPWSAPROTOCOL_INFOW lpProtocolInfo, WSPUPCALLTABLE UpcallTable,
                        LPWSPPROC_TABLE lpProcTable);

/* The program's own WSPStartup, or NULL when it has none: then the name is the base provider's. */
LPWSPSTARTUP program_startup(void);

/* Constant, for all machines. */
const WSPPROC_TABLE *provider_table(void);

SOCKET WSPAPI provider_accept(SOCKET s, struct sockaddr *addr, LPINT addrlen,
                              LPCONDITIONPROC lpfnCondition, DWORD_PTR dwCallbackData,
                              LPINT lpErrno);
INT WSPAPI provider_address_to_string(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
                                      LPWSAPROTOCOL_INFOW lpProtocolInfo, LPWSTR lpszAddressString,
                                      LPDWORD lpdwAddressStringLength, LPINT lpErrno);
int WSPAPI provider_async_select(SOCKET s, HWND hWnd, unsigned int wMsg, LONG lEvent,
                                 LPINT lpErrno);
int WSPAPI provider_bind(SOCKET s, const struct sockaddr *name, int namelen, LPINT lpErrno);
int WSPAPI provider_cancel_blocking_call(LPINT lpErrno);
int WSPAPI provider_cleanup(LPINT lpErrno);
int WSPAPI provider_close_socket(SOCKET s, LPINT lpErrno);
int WSPAPI provider_connect(SOCKET s, const struct sockaddr *name, int namelen,
                            LPWSABUF lpCallerData, LPWSABUF lpCalleeData, LPQOS lpSQOS,
                            LPQOS lpGQOS, LPINT lpErrno);
int WSPAPI provider_duplicate_socket(SOCKET s, DWORD dwProcessId,
                                     LPWSAPROTOCOL_INFOW lpProtocolInfo, LPINT lpErrno);
int WSPAPI provider_enum_network_events(SOCKET s, WSAEVENT hEventObject,
                                        LPWSANETWORKEVENTS lpNetworkEvents, LPINT lpErrno);
int WSPAPI provider_event_select(SOCKET s, WSAEVENT hEventObject, LONG lNetworkEvents,
                                 LPINT lpErrno);
BOOL WSPAPI provider_get_overlapped_result(SOCKET s, LPWSAOVERLAPPED lpOverlapped,
                                           LPDWORD lpcbTransfer, BOOL fWait, LPDWORD lpdwFlags,
                                           LPINT lpErrno);
int WSPAPI provider_get_peer_name(SOCKET s, struct sockaddr *name, LPINT namelen, LPINT lpErrno);
int WSPAPI provider_get_sock_name(SOCKET s, struct sockaddr *name, LPINT namelen, LPINT lpErrno);
int WSPAPI provider_get_sock_opt(SOCKET s, int level, int optname, char *optval, LPINT optlen,
                                 LPINT lpErrno);
BOOL WSPAPI provider_get_qos_by_name(SOCKET s, LPWSABUF lpQOSName, LPQOS lpQOS, LPINT lpErrno);
int WSPAPI provider_ioctl(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer,
                          LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned,
                          LPWSAOVERLAPPED lpOverlapped,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                          LPWSATHREADID lpThreadId, LPINT lpErrno);
SOCKET WSPAPI provider_join_leaf(SOCKET s, const struct sockaddr *name, int namelen,
                                 LPWSABUF lpCallerData, LPWSABUF lpCalleeData, LPQOS lpSQOS,
                                 LPQOS lpGQOS, DWORD dwFlags, LPINT lpErrno);
int WSPAPI provider_listen(SOCKET s, int backlog, LPINT lpErrno);
int WSPAPI provider_recv(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                         LPDWORD lpNumberOfBytesRecvd, LPDWORD lpFlags,
                         LPWSAOVERLAPPED lpOverlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                         LPWSATHREADID lpThreadId, LPINT lpErrno);
int WSPAPI provider_recv_disconnect(SOCKET s, LPWSABUF lpInboundDisconnectData, LPINT lpErrno);
int WSPAPI provider_recv_from(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                              LPDWORD lpNumberOfBytesRecvd, LPDWORD lpFlags,
                              struct sockaddr *lpFrom, LPINT lpFromlen,
                              LPWSAOVERLAPPED lpOverlapped,
                              LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                              LPWSATHREADID lpThreadId, LPINT lpErrno);
int WSPAPI provider_select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
                           const TIMEVAL *timeout, LPINT lpErrno);
int WSPAPI provider_send(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                         LPDWORD lpNumberOfBytesSent, DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped,
                         LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                         LPWSATHREADID lpThreadId, LPINT lpErrno);
int WSPAPI provider_send_disconnect(SOCKET s, LPWSABUF lpOutboundDisconnectData, LPINT lpErrno);
int WSPAPI provider_send_to(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                            LPDWORD lpNumberOfBytesSent, DWORD dwFlags, const struct sockaddr *lpTo,
                            int iTolen, LPWSAOVERLAPPED lpOverlapped,
                            LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                            LPWSATHREADID lpThreadId, LPINT lpErrno);
int WSPAPI provider_set_sock_opt(SOCKET s, int level, int optname, const char *optval, int optlen,
                                 LPINT lpErrno);
int WSPAPI provider_shutdown(SOCKET s, int how, LPINT lpErrno);
SOCKET WSPAPI provider_socket(int af, int type, int protocol, LPWSAPROTOCOL_INFOW lpProtocolInfo,
                              GROUP g, DWORD dwFlags, LPINT lpErrno);
INT WSPAPI provider_string_to_address(LPWSTR AddressString, INT AddressFamily,
                                      LPWSAPROTOCOL_INFOW lpProtocolInfo, LPSOCKADDR lpAddress,
                                      LPINT lpAddressLength, LPINT lpErrno);

#endif
