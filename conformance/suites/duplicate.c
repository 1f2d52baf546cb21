/* What a new socket is told by: family, type and protocol, or a WSAPROTOCOL_INFO, which may stand
 * for a socket that is there already.
 */
#include "conformance/suites/windows_api.h"

#include "conformance/suites/block.h"
#include "conformance/suites/suite.h"

/* A number that is no family, type or protocol. */
enum { UNHEARD_OF = 0xBEEF };

static void type_then_family_then_protocol_is_judged(void)
{
    static const struct {
        int family, type, protocol, error;
    } rows[] = {
        {AF_INET, SOCK_STREAM, IPPROTO_TCP, 0},
        {AF_INET, 0, 0, 0},
        {AF_INET6, SOCK_DGRAM, 0, 0},
        {AF_INET6, 0, IPPROTO_UDP, 0},
        {AF_UNSPEC, SOCK_STREAM, IPPROTO_TCP, 0},
        {AF_UNSPEC, 0, IPPROTO_UDP, 0},
        {AF_INET, SOCK_RAW, IPPROTO_ICMP, 0},
        {AF_INET, SOCK_RAW, 0, 0},
        {AF_INET, SOCK_RAW, 255, 0},
        {AF_UNSPEC, SOCK_STREAM, 0, WSAEINVAL},
        {UNHEARD_OF, SOCK_STREAM, IPPROTO_TCP, WSAEAFNOSUPPORT},
        {AF_UNIX, SOCK_STREAM, 0, WSAEAFNOSUPPORT},
        {AF_INET, UNHEARD_OF, IPPROTO_TCP, WSAESOCKTNOSUPPORT},
        {UNHEARD_OF, UNHEARD_OF, 0, WSAESOCKTNOSUPPORT},
        {UNHEARD_OF, SOCK_STREAM, UNHEARD_OF, WSAEAFNOSUPPORT},
        {AF_INET, SOCK_STREAM, UNHEARD_OF, WSAEPROTONOSUPPORT},
        {AF_INET, SOCK_STREAM, IPPROTO_UDP, WSAEPROTONOSUPPORT},
        {AF_INET, SOCK_DGRAM, IPPROTO_TCP, WSAEPROTONOSUPPORT},
        {AF_INET, SOCK_RAW, 256, WSAEPROTONOSUPPORT},
        {AF_INET, SOCK_RAW, -1, WSAEPROTONOSUPPORT},
    };
    START_WINSOCK();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        WSASetLastError(0);
        const SOCKET s = socket(rows[i].family, rows[i].type, rows[i].protocol);
        assert_int_equal(WSAGetLastError(), rows[i].error);
        assert_int_equal(s == INVALID_SOCKET, rows[i].error != 0);
        if (s != INVALID_SOCKET)
            close_socket(s);
    }
    END_WINSOCK();
}

static WSAPROTOCOL_INFOW described(SOCKET s)
{
    WSAPROTOCOL_INFOW info;
    int size = sizeof(info);
    memset(&info, 0xCC, sizeof(info));
    assert_int_equal(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &size), 0);
    assert_int_equal(size, sizeof(info));
    return info;
}

static void assert_describes(const WSAPROTOCOL_INFOW *info, int family, int type, int protocol)
{
    const int size =
        family == AF_INET ? (int)sizeof(struct sockaddr_in) : (int)sizeof(struct sockaddr_in6);
    assert_int_equal(info->iAddressFamily, family);
    assert_int_equal(info->iSocketType, type);
    assert_int_equal(info->iProtocol, protocol);
    assert_int_equal(info->iVersion, 2);
    assert_int_equal(info->iMaxSockAddr, size);
    assert_int_equal(info->iMinSockAddr, size);
    assert_int_equal(info->iNetworkByteOrder, BIGENDIAN);
    assert_int_equal(info->iSecurityScheme, SECURITY_PROTOCOL_NONE);
    assert_int_equal(info->ProtocolChain.ChainLen, BASE_PROTOCOL);
    assert_true((info->dwServiceFlags1 & XP1_IFS_HANDLES) != 0);
    assert_int_equal((info->dwServiceFlags1 & XP1_CONNECTIONLESS) != 0, type != SOCK_STREAM);
    assert_int_equal((info->dwServiceFlags1 & XP1_GUARANTEED_DELIVERY) != 0, type == SOCK_STREAM);
    assert_int_equal((info->dwServiceFlags1 & XP1_SUPPORT_BROADCAST) != 0, type != SOCK_STREAM);
    assert_true((info->dwProviderFlags & PFL_MATCHES_PROTOCOL_ZERO) != 0);
    assert_int_equal((info->dwProviderFlags & PFL_HIDDEN) != 0, type == SOCK_RAW);
    assert_int_equal(info->iProtocolMaxOffset, type == SOCK_RAW ? 255 : 0);
    assert_int_equal(info->dwMessageSize != 0, type != SOCK_STREAM);
}

static void a_socket_describes_itself(void)
{
    DWORD ids[SOCKET_KIND_COUNT];
    GUID providers[SOCKET_KIND_COUNT];
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct socket_kind *kind = &SOCKET_KINDS[i];
        const SOCKET s = open_socket(kind->family, kind->type);
        const WSAPROTOCOL_INFOW info = described(s);
        assert_describes(&info, kind->family, kind->type,
                         kind->type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP);
        assert_int_equal(info.dwProviderReserved, 0);
        assert_true(info.szProtocol[0] != 0);
        ids[i] = info.dwCatalogEntryId;
        providers[i] = info.ProviderId;
        for (int j = 0; j < i; j++)
            assert_int_not_equal(ids[i], ids[j]);
        close_socket(s);
    }
    /* The base provider's ids, the same on any Windows. */
    assert_memory_equal(&providers[0], &providers[1], sizeof(GUID));
    assert_memory_equal(&providers[2], &providers[3], sizeof(GUID));
    assert_int_equal(providers[0].Data1, 0xE70F1AA0);
    assert_int_equal(providers[2].Data1, 0xF9EAB0C0);
    const SOCKET raw = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    assert_true(raw != INVALID_SOCKET);
    const WSAPROTOCOL_INFOW info = described(raw);
    assert_describes(&info, AF_INET, SOCK_RAW, IPPROTO_ICMP);
    close_socket(raw);
    END_WINSOCK();
}

static void the_two_spellings_describe_alike(void)
{
    struct {
        WSAPROTOCOL_INFOA info;
        char beyond[4];
    } narrow;
    int size = 10;
    START_WINSOCK();
    const SOCKET s = open_socket(AF_INET6, SOCK_DGRAM);
    const WSAPROTOCOL_INFOW wide = described(s);
    assert_fails_with(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&narrow, &size),
                      WSAEFAULT);
    assert_int_equal(size, sizeof(wide));
    size = sizeof(narrow.info) - 1;
    assert_fails_with(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&narrow, &size),
                      WSAEFAULT);
    assert_int_equal(size, sizeof(narrow.info));
    memset(&narrow, 0xCC, sizeof(narrow));
    size = sizeof(narrow);
    assert_int_equal(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&narrow, &size), 0);
    assert_int_equal(size, sizeof(narrow));
    assert_int_equal(narrow.beyond[0], (char)0xCC);
    assert_memory_equal(&wide, &narrow.info, offsetof(WSAPROTOCOL_INFOA, szProtocol));
    for (size_t i = 0; i <= WSAPROTOCOL_LEN; i++)
        assert_int_equal((unsigned char)narrow.info.szProtocol[i], wide.szProtocol[i]);
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        size = sizeof(wide);
        assert_fails_with(
            getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW,
                       testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(wide)), &size),
            WSAEFAULT);
    }
    close_socket(s);
    END_WINSOCK();
}

static void a_structure_fills_what_the_arguments_leave_open(void)
{
    WSAPROTOCOL_INFOA garbage;
    START_WINSOCK();
    const SOCKET first = udp_socket();
    WSAPROTOCOL_INFOW info = described(first);
    const SOCKET same =
        WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, 0);
    assert_true(same != INVALID_SOCKET && same != first);
    const WSAPROTOCOL_INFOW told = described(same);
    assert_describes(&told, AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    const SOCKET other = WSASocketW(AF_INET6, 0, 0, &info, 0, 0);
    assert_true(other != INVALID_SOCKET);
    const WSAPROTOCOL_INFOW told_other = described(other);
    assert_describes(&told_other, AF_INET6, SOCK_DGRAM, IPPROTO_UDP);
    const SOCKET stream = WSASocketW(0, SOCK_STREAM, IPPROTO_TCP, &info, 0, 0);
    assert_true(stream != INVALID_SOCKET);
    const WSAPROTOCOL_INFOW told_stream = described(stream);
    assert_describes(&told_stream, AF_INET, SOCK_STREAM, IPPROTO_TCP);
    close_socket(stream);
    close_socket(other);
    close_socket(same);
    close_socket(first);

    memset(&garbage, 0xFF, sizeof(garbage));
    assert_true(WSASocketA(0, SOCK_STREAM, IPPROTO_TCP, &garbage, 0, 0) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEAFNOSUPPORT);
    memset(&garbage, 0, sizeof(garbage));
    assert_true(WSASocketA(0, 0, 0, &garbage, 0, 0) == INVALID_SOCKET);
    assert_int_equal(WSAGetLastError(), WSAEAFNOSUPPORT);
    END_WINSOCK();
}

static void a_structure_that_cannot_be_read_is_a_fault(void)
{
    START_WINSOCK();
    for (int kind = TESTBED_UNMAPPED; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        if (kind == TESTBED_READ_ONLY)
            continue;
        void *const bad =
            testbed_bad_pointer((enum testbed_bad_pointer)kind, sizeof(WSAPROTOCOL_INFOW));
        WSASetLastError(0);
        assert_true(WSASocketW(AF_INET, SOCK_STREAM, 0, bad, 0, 0) == INVALID_SOCKET);
        assert_int_equal(WSAGetLastError(), WSAEFAULT);
        WSASetLastError(0);
        if (kind == TESTBED_STRADDLES) /* the narrow structure is shorter */
            continue;
        assert_true(WSASocketA(AF_INET, SOCK_STREAM, 0, bad, 0, 0) == INVALID_SOCKET);
        assert_int_equal(WSAGetLastError(), WSAEFAULT);
    }
    END_WINSOCK();
}

static void a_duplicate_is_described_as_its_socket(void)
{
    WSAPROTOCOL_INFOW info;
    START_WINSOCK();
    for (int i = 0; i < SOCKET_KIND_COUNT; i++) {
        const struct socket_kind *kind = &SOCKET_KINDS[i];
        const SOCKET s = open_socket(kind->family, kind->type);
        memset(&info, 0xCC, sizeof(info));
        assert_int_equal(WSADuplicateSocketW(s, GetCurrentProcessId(), &info), 0);
        assert_describes(&info, kind->family, kind->type,
                         kind->type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP);
        const SOCKET twin = WSASocketW(0, 0, 0, &info, 0, 0);
        assert_true(twin != INVALID_SOCKET && twin != s);
        close_socket(twin);
        close_socket(s);
    }
    END_WINSOCK();
}

static void the_socket_then_the_process_then_the_pointer_is_judged(void)
{
    const DWORD self = GetCurrentProcessId();
    WSAPROTOCOL_INFOA narrow;
    WSAPROTOCOL_INFOW wide;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_fails_with(WSADuplicateSocketA(INVALID_SOCKET, 0, NULL), WSAENOTSOCK);
    assert_fails_with(WSADuplicateSocketW(INVALID_SOCKET, self, &wide), WSAENOTSOCK);
    assert_fails_with(WSADuplicateSocketA(s, 0, NULL), WSAEINVAL);
    assert_fails_with(WSADuplicateSocketW(s, 0, NULL), WSAEINVAL);
    assert_fails_with(WSADuplicateSocketA(s, ~(DWORD)0, &narrow), WSAEINVAL);
    assert_fails_with(WSADuplicateSocketW(s, ~(DWORD)0, &wide), WSAEINVAL);
    for (int kind = 0; kind < TESTBED_BAD_POINTER_COUNT; kind++) {
        const enum testbed_bad_pointer bad = (enum testbed_bad_pointer)kind;
        assert_fails_with(WSADuplicateSocketA(s, self, testbed_bad_pointer(bad, sizeof(narrow))),
                          WSAEFAULT);
        assert_fails_with(WSADuplicateSocketW(s, self, testbed_bad_pointer(bad, sizeof(wide))),
                          WSAEFAULT);
    }
    close_socket(s);
    END_WINSOCK();
}

static void a_narrow_structure_makes_a_descriptor_once(void)
{
    const USHORT port = free_ports(1);
    WSAPROTOCOL_INFOA info;
    START_WINSOCK();
    const SOCKET s = tcp_socket();
    assert_int_equal(WSADuplicateSocketA(s, GetCurrentProcessId(), &info), 0);
    assert_int_equal(info.iSocketType, SOCK_STREAM);
    assert_true(info.szProtocol[0] != 0);
    assert_int_equal(bind_loopback(s, port), 0);
    const SOCKET twin = WSASocketA(0, 0, 0, &info, 0, 0);
    assert_true(twin != INVALID_SOCKET && twin != s);
    assert_int_equal(bound_port(twin), port);
    const SOCKET again = WSASocketA(0, 0, 0, &info, 0, 0);
    if (again != INVALID_SOCKET)
        OBSERVE(protocol_info_reuse, again);
    assert_int_equal(WSAGetLastError(), WSAEINVAL);
    OBSERVE(protocol_info_reuse, once);
    close_socket(s);
    close_socket(twin);
    END_WINSOCK();
}

/* Each structure stands for its own duplicate, whichever is used first. */
static void several_structures_stand_for_their_own_sockets(void)
{
    const USHORT port = free_ports(4);
    WSAPROTOCOL_INFOW info[3];
    SOCKET s[3];
    SOCKET twins[3];
    START_WINSOCK();
    for (USHORT i = 0; i < 3; i++) {
        s[i] = udp_socket();
        assert_int_equal(bind_loopback(s[i], (USHORT)(port + i)), 0);
        assert_int_equal(WSADuplicateSocketW(s[i], GetCurrentProcessId(), &info[i]), 0);
    }
    twins[1] = WSASocketW(0, 0, 0, &info[1], 0, 0);
    twins[0] = WSASocketW(0, 0, 0, &info[0], 0, 0);
    twins[2] = WSASocketW(0, 0, 0, &info[2], 0, 0);
    for (USHORT i = 0; i < 3; i++) {
        assert_int_equal(bound_port(twins[i]), port + i);
        close_socket(s[i]);
        close_socket(twins[i]);
        assert_int_equal(probe_port(AF_INET, SOCK_DGRAM, (USHORT)(port + i)), 0);
    }
    END_WINSOCK();
}

/* The duplicate went with everything else; a socket opened since is not it. */
static void a_structure_does_not_outlive_its_socket(void)
{
    WSAPROTOCOL_INFOW info[2];
    SOCKET fresh[4];
    START_WINSOCK();
    for (int i = 0; i < 2; i++)
        assert_int_equal(WSADuplicateSocketW(udp_socket(), GetCurrentProcessId(), &info[i]), 0);
    END_WINSOCK();
    START_WINSOCK();
    for (int i = 0; i < 4; i++)
        fresh[i] = udp_socket();
    for (int i = 0; i < 2; i++) {
        assert_true(WSASocketW(0, 0, 0, &info[i], 0, 0) == INVALID_SOCKET);
        assert_int_equal(WSAGetLastError(), WSAEINVAL);
    }
    for (int i = 0; i < 4; i++)
        close_socket(fresh[i]);
    END_WINSOCK();
}

/* Of two sockets with structures, the one closed takes its own along and no other. */
static void a_structure_stays_good_while_others_are_closed(void)
{
    const USHORT port = free_ports(3);
    WSAPROTOCOL_INFOW info[3];
    SOCKET s[3];
    SOCKET twin;
    START_WINSOCK();
    for (USHORT i = 0; i < 3; i++) {
        s[i] = tcp_socket();
        assert_int_equal(bind_loopback(s[i], (USHORT)(port + i)), 0);
        assert_int_equal(WSADuplicateSocketW(s[i], GetCurrentProcessId(), &info[i]), 0);
    }
    twin = WSASocketW(0, 0, 0, &info[1], 0, 0);
    close_socket(twin);
    close_socket(s[1]);
    for (USHORT i = 0; i < 3; i += 2) {
        twin = WSASocketW(0, 0, 0, &info[i], 0, 0);
        assert_true(twin != INVALID_SOCKET);
        assert_int_equal(bound_port(twin), port + i);
        close_socket(twin);
        close_socket(s[i]);
    }
    END_WINSOCK();
}

/* Raw sockets have addresses and no ports. */
static void a_raw_socket_has_a_name_without_a_port(void)
{
    struct sockaddr_in peer = ipv4_address(INADDR_LOOPBACK, 5);
    struct sockaddr_in name;
    int size = sizeof(name);
    START_WINSOCK();
    const SOCKET s = socket(AF_INET, SOCK_RAW, 253);
    const SOCKET sends = socket(AF_INET, SOCK_RAW, 253);
    const SOCKET connects = socket(AF_INET, SOCK_RAW, 253);
    assert_true(s != INVALID_SOCKET && sends != INVALID_SOCKET && connects != INVALID_SOCKET);
    assert_fails_with(getsockname(s, (struct sockaddr *)&name, &size), WSAEINVAL);
    assert_int_equal(bind_loopback(s, 0), 0);
    assert_int_equal(getsockname(s, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(ntohl(name.sin_addr.s_addr), INADDR_LOOPBACK);
    assert_int_equal(name.sin_port, 0);
    assert_int_equal(bind_loopback(s, 0), WSAEINVAL);
    assert_fails_with(listen(s, 1), WSAEOPNOTSUPP);
    assert_fails_with(sendto(sends, "x", 1, 0, NULL, 0), WSAENOTCONN);
    assert_int_equal(sendto(sends, "x", 1, 0, (const struct sockaddr *)&peer, sizeof(peer)), 1);
    assert_int_equal(getsockname(sends, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(connect(connects, (const struct sockaddr *)&peer, sizeof(peer)), 0);
    assert_int_equal(getpeername(connects, (struct sockaddr *)&name, &size), 0);
    assert_int_equal(ntohl(name.sin_addr.s_addr), INADDR_LOOPBACK);
    peer.sin_family = AF_UNSPEC;
    assert_int_equal(connect(connects, (const struct sockaddr *)&peer, sizeof(peer)), 0);
    assert_fails_with(getpeername(connects, (struct sockaddr *)&name, &size), WSAENOTCONN);
    assert_int_equal(bind_loopback(connects, 0), WSAEINVAL);
    close_socket(connects);
    close_socket(sends);
    close_socket(s);
    END_WINSOCK();
}

// clang-format off
static const struct suite_case cases[] = {
    CASE(type_then_family_then_protocol_is_judged, IOCTL_016, ACQ_017),
    CASE(a_socket_describes_itself, IOCTL_016, SHR_003),
    CASE(the_two_spellings_describe_alike, SHR_003),
    CASE(a_structure_fills_what_the_arguments_leave_open, SHR_003, IOCTL_016),
    CASE(a_structure_that_cannot_be_read_is_a_fault, SHR_003),
    CASE(a_duplicate_is_described_as_its_socket, SHR_001),
    CASE(the_socket_then_the_process_then_the_pointer_is_judged, SHR_001),
    CASE(a_narrow_structure_makes_a_descriptor_once, SHR_001, SHR_003),
    CASE(several_structures_stand_for_their_own_sockets, SHR_001, SHR_002, SHR_003),
    CASE(a_structure_does_not_outlive_its_socket, SHR_002, SHR_003),
    CASE(a_structure_stays_good_while_others_are_closed, SHR_002, SHR_003),
    CASE(a_raw_socket_has_a_name_without_a_port, BIND_008, BIND_009),
    END_OF_CASES,
};
// clang-format on

const struct suite duplicate_suite = {
    .name = "duplicate",
    .about = "New sockets, by their kind or by a WSAPROTOCOL_INFO",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
};
