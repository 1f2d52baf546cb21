/* The extension functions, as a program gets at them. */
#ifndef CONFORMANCE_EXTENSION_H
#define CONFORMANCE_EXTENSION_H

#include "conformance/suites/windows_api.h"

#include "conformance/suites/suite.h"

static inline void find_extension(SOCKET s, GUID id, void *function, size_t size)
{
    DWORD returned = 0;
    memset(function, 0, size);
    assert_int_equal(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof(id), function,
                              (DWORD)size, &returned, NULL, NULL),
                     0);
    assert_int_equal(returned, size);
}

/* DEFINE_EXTENSION(name, TYPE, ID): `name(s)` is the function for the socket's provider. */
#define DEFINE_EXTENSION(name, type, id)                                                           \
    static inline type name(SOCKET s)                                                              \
    {                                                                                              \
        const GUID guid = id;                                                                      \
        type function = NULL;                                                                      \
        find_extension(s, guid, &function, sizeof(function));                                      \
        assert_true(function != NULL);                                                             \
        return function;                                                                           \
    }

DEFINE_EXTENSION(find_acceptex, LPFN_ACCEPTEX, WSAID_ACCEPTEX)
DEFINE_EXTENSION(find_connectex, LPFN_CONNECTEX, WSAID_CONNECTEX)
DEFINE_EXTENSION(find_disconnectex, LPFN_DISCONNECTEX, WSAID_DISCONNECTEX)
DEFINE_EXTENSION(find_sockaddrs, LPFN_GETACCEPTEXSOCKADDRS, WSAID_GETACCEPTEXSOCKADDRS)
DEFINE_EXTENSION(find_transmitfile, LPFN_TRANSMITFILE, WSAID_TRANSMITFILE)
DEFINE_EXTENSION(find_transmitpackets, LPFN_TRANSMITPACKETS, WSAID_TRANSMITPACKETS)
DEFINE_EXTENSION(find_recvmsg, LPFN_WSARECVMSG, WSAID_WSARECVMSG)
DEFINE_EXTENSION(find_sendmsg, LPFN_WSASENDMSG, WSAID_WSASENDMSG)

#endif
