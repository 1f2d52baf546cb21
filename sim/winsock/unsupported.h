/* The provider's functions that are not built yet: each answers WSAEOPNOTSUPP through lpErrno and
 * its own kind of failure. The calls that carry bytes, wait for readiness, cancel, or turn
 * addresses into text take their places as they come.
 */
#ifndef SIM_WINSOCK_UNSUPPORTED_H
#define SIM_WINSOCK_UNSUPPORTED_H

#include <ws2spi.h>

SOCKET WSPAPI unsupported_accept(SOCKET s, struct sockaddr *addr, LPINT addrlen,
                                 LPCONDITIONPROC lpfnCondition, DWORD_PTR dwCallbackData,
                                 LPINT lpErrno);
int WSPAPI unsupported_async_select(SOCKET s, HWND hWnd, unsigned int wMsg, LONG lEvent,
                                    LPINT lpErrno);
int WSPAPI unsupported_cancel_blocking_call(LPINT lpErrno);
int WSPAPI unsupported_enum_network_events(SOCKET s, WSAEVENT hEventObject,
                                           LPWSANETWORKEVENTS lpNetworkEvents, LPINT lpErrno);
int WSPAPI unsupported_event_select(SOCKET s, WSAEVENT hEventObject, LONG lNetworkEvents,
                                    LPINT lpErrno);
BOOL WSPAPI unsupported_get_qos_by_name(SOCKET s, LPWSABUF lpQOSName, LPQOS lpQOS, LPINT lpErrno);
SOCKET WSPAPI unsupported_join_leaf(SOCKET s, const struct sockaddr *name, int namelen,
                                    LPWSABUF lpCallerData, LPWSABUF lpCalleeData, LPQOS lpSQOS,
                                    LPQOS lpGQOS, DWORD dwFlags, LPINT lpErrno);
int WSPAPI unsupported_recv(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                            LPDWORD lpNumberOfBytesRecvd, LPDWORD lpFlags,
                            LPWSAOVERLAPPED lpOverlapped,
                            LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                            LPWSATHREADID lpThreadId, LPINT lpErrno);
int WSPAPI unsupported_recv_disconnect(SOCKET s, LPWSABUF lpInboundDisconnectData, LPINT lpErrno);
int WSPAPI unsupported_recv_from(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                                 LPDWORD lpNumberOfBytesRecvd, LPDWORD lpFlags,
                                 struct sockaddr *lpFrom, LPINT lpFromlen,
                                 LPWSAOVERLAPPED lpOverlapped,
                                 LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                                 LPWSATHREADID lpThreadId, LPINT lpErrno);
int WSPAPI unsupported_select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
                              const TIMEVAL *timeout, LPINT lpErrno);
int WSPAPI unsupported_send(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                            LPDWORD lpNumberOfBytesSent, DWORD dwFlags,
                            LPWSAOVERLAPPED lpOverlapped,
                            LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                            LPWSATHREADID lpThreadId, LPINT lpErrno);
int WSPAPI unsupported_send_disconnect(SOCKET s, LPWSABUF lpOutboundDisconnectData, LPINT lpErrno);
int WSPAPI unsupported_shutdown(SOCKET s, int how, LPINT lpErrno);

#endif
