/* The catalogue of protocols: what is told of it, and who changes it how. */
#include "conformance/suites/layer.h"
#include "conformance/suites/suite.h"

static WSAPROTOCOL_INFOW wide[32];
static WSAPROTOCOL_INFOA narrow[32];

static int enumerate(void)
{
    DWORD size = sizeof(wide);
    return WSAEnumProtocolsW(NULL, wide, &size);
}

static int enumerate_all(void)
{
    DWORD size = sizeof(wide);
    int error = 0;
    const int count = WSCEnumProtocols(NULL, wide, &size, &error);
    assert_int_not_equal(count, SOCKET_ERROR);
    return count;
}

static const WSAPROTOCOL_INFOW *find(int count, int family, int protocol)
{
    for (int i = 0; i < count; i++)
        if (wide[i].iAddressFamily == family && wide[i].iProtocol == protocol)
            return &wide[i];
    return NULL;
}

static int count_of(int count, const GUID *provider)
{
    int found = 0;
    for (int i = 0; i < count; i++)
        found += memcmp(&wide[i].ProviderId, provider, sizeof(*provider)) == 0;
    return found;
}

static void tcp_and_udp_are_told(void)
{
    START_WINSOCK();
    const int count = enumerate();
    assert_in_range(count, 2, 32);
    const WSAPROTOCOL_INFOW *const tcp = find(count, AF_INET, IPPROTO_TCP);
    assert_non_null(tcp);
    assert_int_equal(tcp->iSocketType, SOCK_STREAM);
    assert_true((tcp->dwServiceFlags1 & XP1_GUARANTEED_DELIVERY) != 0);
    const WSAPROTOCOL_INFOW *const udp = find(count, AF_INET, IPPROTO_UDP);
    assert_non_null(udp);
    assert_true((udp->dwServiceFlags1 & XP1_CONNECTIONLESS) != 0);
    END_WINSOCK();
}

static void too_small_a_buffer_for_entries_says_what_is_wanted(void)
{
    DWORD size = 0;
    START_WINSOCK();
    const int count = enumerate();
    assert_fails_with(WSAEnumProtocolsW(NULL, NULL, &size), WSAENOBUFS);
    if (size == 0)
        OBSERVE(enum_protocols, no_size);
    assert_int_equal(size, (size_t)count * sizeof(wide[0]));
    size--;
    assert_fails_with(WSAEnumProtocolsW(NULL, wide, &size), WSAENOBUFS);
    assert_int_equal(size, (size_t)count * sizeof(wide[0]));
    assert_int_equal(WSAEnumProtocolsW(NULL, wide, &size), count);
    END_WINSOCK();
}

static void a_list_leaves_the_others_out(void)
{
    int list[] = {IPPROTO_UDP, 0};
    DWORD size = sizeof(wide);
    START_WINSOCK();
    const int count = WSAEnumProtocolsW(list, wide, &size);
    assert_in_range(count, 1, 32);
    for (int i = 0; i < count; i++)
        assert_int_equal(wide[i].iProtocol, IPPROTO_UDP);
    END_WINSOCK();
}

static void narrow_and_wide_tell_the_same(void)
{
    DWORD size = sizeof(narrow);
    START_WINSOCK();
    const int count = enumerate();
    assert_int_equal(WSAEnumProtocolsA(NULL, narrow, &size), count);
    for (int i = 0; i < count; i++) {
        assert_int_equal(narrow[i].dwCatalogEntryId, wide[i].dwCatalogEntryId);
        assert_int_equal((unsigned char)narrow[i].szProtocol[0], wide[i].szProtocol[0]);
    }
    END_WINSOCK();
}

static void hidden_entries_are_not_told(void)
{
    bool hidden = false;
    START_WINSOCK();
    const int count = enumerate();
    for (int i = 0; i < count; i++)
        hidden |= (wide[i].dwProviderFlags & PFL_HIDDEN) != 0;
    if (hidden)
        OBSERVE(enum_protocols, with_hidden);
    else
        OBSERVE(enum_protocols, visible);
    END_WINSOCK();
}

static void the_installers_form_tells_all(void)
{
    DWORD size = 0;
    int error = 0;
    START_WINSOCK();
    const int visible = enumerate();
    assert_int_equal(WSCEnumProtocols(NULL, NULL, &size, &error), SOCKET_ERROR);
    assert_int_equal(error, WSAENOBUFS);
    const int all = enumerate_all();
    assert_int_equal(size, (size_t)all * sizeof(wide[0]));
    assert_in_range(all, visible, 32);
    for (int i = 0; i < all; i++)
        for (int j = 0; j < i; j++)
            assert_int_not_equal(wide[i].dwCatalogEntryId, wide[j].dwCatalogEntryId);
    END_WINSOCK();
}

static void installed_entries_come_last_under_ids_of_their_own(void)
{
    int error = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const int before = enumerate_all();
    WSAPROTOCOL_INFOW entry[2] = {wide[0], wide[1]};
    static const WCHAR path[] = {'x', '.', 'd', 'l', 'l', 0};
    assert_int_equal(WSCInstallProvider(&layer_chain_id, path, entry, 2, &error), 0);
    assert_int_equal(enumerate_all(), before + 2);
    assert_int_equal(count_of(before, &layer_chain_id), 0);
    assert_int_equal(count_of(before + 2, &layer_chain_id), 2);
    for (int i = 0; i < before; i++) {
        assert_int_not_equal(wide[i].dwCatalogEntryId, wide[before].dwCatalogEntryId);
        assert_int_not_equal(wide[i].dwCatalogEntryId, wide[before + 1].dwCatalogEntryId);
    }
    assert_int_not_equal(wide[before].dwCatalogEntryId, wide[before + 1].dwCatalogEntryId);

    assert_int_equal(WSCInstallProvider(&layer_chain_id, path, entry, 1, &error), SOCKET_ERROR);
    assert_int_equal(error, WSAEINVAL);
    assert_int_equal(enumerate_all(), before + 2);
    END_WINSOCK();
}

static void links_of_chains_are_not_told(void)
{
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    assert_int_equal(layer_install(TRUE), 0);
    int count = enumerate_all();
    assert_int_equal(count_of(count, &layer_protocol_id), 1);
    assert_int_equal(count_of(count, &layer_chain_id), 1);
    count = enumerate();
    if (count_of(count, &layer_protocol_id) != 0)
        OBSERVE(enum_protocols, with_layered);
    assert_int_equal(count_of(count, &layer_chain_id), 1);
    END_WINSOCK();
}

static void deinstalling_takes_the_entries_out(void)
{
    int error = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const int before = enumerate_all();
    assert_int_equal(layer_install(TRUE), 0);
    assert_int_equal(WSCDeinstallProvider(&layer_chain_id, &error), 0);
    if (enumerate_all() == before + 2)
        OBSERVE(deinstall, nothing);
    OBSERVE(deinstall, removes);
    assert_int_equal(count_of(enumerate_all(), &layer_chain_id), 0);
    assert_int_equal(WSCDeinstallProvider(&layer_protocol_id, &error), 0);
    assert_int_equal(enumerate_all(), before);
    END_WINSOCK();
}

static void a_provider_that_is_not_there_cannot_be_deinstalled(void)
{
    int error = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const int before = enumerate_all();
    assert_int_equal(WSCDeinstallProvider(&layer_chain_id, &error), SOCKET_ERROR);
    assert_int_equal(error, WSAEINVAL);
    assert_int_equal(enumerate_all(), before);
    END_WINSOCK();
}

static void entries_stand_in_the_order_written(void)
{
    DWORD ids[3];
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const int count = enumerate_all();
    assert_in_range(count, 4, 32);
    ids[0] = wide[3].dwCatalogEntryId;
    ids[1] = wide[1].dwCatalogEntryId;
    ids[2] = wide[2].dwCatalogEntryId;
    const DWORD rest = wide[0].dwCatalogEntryId;
    assert_int_equal(WSCWriteProviderOrder(ids, 3), 0);
    assert_int_equal(enumerate_all(), count);
    if (wide[0].dwCatalogEntryId == rest)
        OBSERVE(provider_order, ignored);
    OBSERVE(provider_order, kept);
    for (int i = 0; i < 3; i++)
        assert_int_equal(wide[i].dwCatalogEntryId, ids[i]);
    assert_int_equal(wide[3].dwCatalogEntryId, rest);
    ids[1] = 0xFFFF;
    assert_int_equal(WSCWriteProviderOrder(ids, 2), WSAEINVAL);
    END_WINSOCK();
}

static void a_path_is_what_was_installed(void)
{
    static const WCHAR path[] = {'C', ':', '\\', 'x', '.', 'd', 'l', 'l', 0};
    WCHAR got[64];
    int length = 64, error = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    assert_in_range(enumerate_all(), 1, 32);
    assert_int_equal(WSCInstallProvider(&layer_chain_id, path, wide, 1, &error), 0);
    assert_int_equal(WSCGetProviderPath(&layer_chain_id, got, &length, &error), 0);
    assert_memory_equal(got, path, sizeof(path));
    length = 3;
    assert_int_equal(WSCGetProviderPath(&layer_chain_id, got, &length, &error), SOCKET_ERROR);
    assert_int_equal(error, WSAEFAULT);
    assert_int_equal(length, sizeof(path) / sizeof(path[0]));
    END_WINSOCK();
}

static void an_update_keeps_the_ids(void)
{
    static const WCHAR old_path[] = {'a', '.', 'd', 'l', 'l', 0};
    static const WCHAR path[] = {'b', '.', 'd', 'l', 'l', 0};
    WCHAR got[64];
    int length = 64, error = 0;
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    const int before = enumerate_all();
    WSAPROTOCOL_INFOW entry = wide[0];
    assert_int_equal(WSCInstallProvider(&layer_chain_id, old_path, &entry, 1, &error), 0);
    assert_int_equal(enumerate_all(), before + 1);
    const DWORD id = wide[before].dwCatalogEntryId;
    entry.szProtocol[0] = 'Z';
    assert_int_equal(WSCUpdateProvider(&layer_chain_id, path, &entry, 1, &error), 0);
    assert_int_equal(enumerate_all(), before + 1);
    assert_int_equal(wide[before].dwCatalogEntryId, id);
    assert_int_equal(wide[before].szProtocol[0], 'Z');
    assert_int_equal(count_of(before + 1, &layer_chain_id), 1);
    assert_int_equal(WSCGetProviderPath(&layer_chain_id, got, &length, &error), 0);
    assert_int_equal(got[0], 'b');
    END_WINSOCK();
}

/* Installs as a user who may not, and tells what that got. */
static int run_installer(void)
{
    static const WCHAR path[] = {'x', '.', 'd', 'l', 'l', 0};
    DWORD size = sizeof(wide);
    int error = 0;
    unsigned answer = 0;
    if (winsock_start() != 0)
        return 1;
    WSCEnumProtocols(NULL, wide, &size, &error);
    if (WSCInstallProvider(&layer_chain_id, path, wide, 1, &error) != 0)
        answer = (unsigned)error;
    return testbed_tell_parent(&answer, sizeof(answer)) ? 0 : 1;
}

static void only_an_administrator_installs(void)
{
    unsigned answer = 0;
    const struct testbed_start start = {.program = "installer", .user = TESTBED_STANDARD};
    REQUIRE_A_CATALOGUE_TO_CHANGE();
    START_WINSOCK();
    REQUIRE_TESTBED(testbed_ask(&start, NULL, 0, &answer, sizeof(answer)));
    OBSERVE_VALUE(install_privilege, answer);
    END_WINSOCK();
}

static const struct testbed_program programs[] = {{"installer", run_installer}, {NULL, NULL}};

// clang-format off
static const struct suite_case cases[] = {
    CASE(tcp_and_udp_are_told, CAT_001),
    CASE(too_small_a_buffer_for_entries_says_what_is_wanted, CAT_002),
    CASE(a_list_leaves_the_others_out, CAT_003),
    CASE(narrow_and_wide_tell_the_same, CAT_004),
    CASE(hidden_entries_are_not_told, CAT_005),
    CASE(the_installers_form_tells_all, CAT_006, CAT_007),
    CASE(links_of_chains_are_not_told, CAT_008),
    CASE(installed_entries_come_last_under_ids_of_their_own, CAT_009, CAT_011),
    CASE(only_an_administrator_installs, CAT_010),
    CASE(deinstalling_takes_the_entries_out, CAT_012),
    CASE(a_provider_that_is_not_there_cannot_be_deinstalled, CAT_013),
    CASE(entries_stand_in_the_order_written, CAT_014),
    CASE(a_path_is_what_was_installed, CAT_015, CAT_016),
    CASE(an_update_keeps_the_ids, CAT_017),
    END_OF_CASES,
};
// clang-format on

const struct suite catalogue_suite = {
    .name = "catalogue",
    .about = "the catalogue of protocols: told and changed",
    .user = TESTBED_ELEVATED_ADMIN,
    .cases = cases,
    .programs = programs,
};
