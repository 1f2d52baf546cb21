/* Control codes with what WSAIoctl may be told by: a count, an OVERLAPPED on a completion port, a
 * routine.
 */
#ifndef CONFORMANCE_CONTROL_H
#define CONFORMANCE_CONTROL_H

#include "conformance/suites/datagram.h"

#ifndef SIO_IDEAL_SEND_BACKLOG_QUERY
#define SIO_IDEAL_SEND_BACKLOG_QUERY _IOR('t', 123, ULONG)
#endif

enum { UNTOUCHED = 0x5EED, KEY = 77 };

#define STATUS_NOT_SUPPORTED_NUMBER ((ULONG_PTR)0xC00000BB)

struct control {
    SOCKET s;
    DWORD code;
    void *input;
    DWORD input_size;
    void *output;
    DWORD output_size;
    DWORD returned; /* UNTOUCHED when nothing wrote it */
};

static inline unsigned control_by(struct control *control, WSAOVERLAPPED *overlapped,
                                  LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    control->returned = UNTOUCHED;
    return winsock_outcome(WSAIoctl(control->s, control->code, control->input, control->input_size,
                                    control->output, control->output_size, &control->returned,
                                    overlapped, routine));
}

static inline unsigned control(struct control *control)
{
    return control_by(control, NULL, NULL);
}

/* Without a place for the count, however it is told. */
static inline unsigned control_blind(const struct control *control, WSAOVERLAPPED *overlapped,
                                     LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    return winsock_outcome(WSAIoctl(control->s, control->code, control->input, control->input_size,
                                    control->output, control->output_size, NULL, overlapped,
                                    routine));
}

static inline HANDLE port_for(SOCKET s)
{
    const HANDLE port = CreateIoCompletionPort((HANDLE)s, NULL, KEY, 0);
    assert_non_null(port);
    return port;
}

static inline WSAOVERLAPPED unused_overlapped(void)
{
    WSAOVERLAPPED overlapped;
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.Internal = UNTOUCHED;
    overlapped.InternalHigh = UNTOUCHED;
    return overlapped;
}

/* The port's next packet is that of this OVERLAPPED: its error and bytes. */
static inline unsigned next_packet(HANDLE port, const WSAOVERLAPPED *overlapped, DWORD *bytes)
{
    ULONG_PTR key = 0;
    OVERLAPPED *which = NULL;
    *bytes = UNTOUCHED;
    const BOOL ok = GetQueuedCompletionStatus(port, bytes, &key, &which, STREAM_PATIENCE_MS);
    const unsigned error = ok ? 0 : (unsigned)GetLastError();
    assert_true((const void *)which == (const void *)overlapped);
    assert_int_equal(key, KEY);
    return error;
}

static inline void no_packet(HANDLE port)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *which;
    assert_false(GetQueuedCompletionStatus(port, &bytes, &key, &which, 0));
    assert_null(which);
    assert_int_equal(GetLastError(), WAIT_TIMEOUT);
}

#endif
