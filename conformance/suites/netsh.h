/* netsh's exclusions and dynamic ranges: the command lines, and what the listings say. Values are
 * read out of the listings by their digits, which are the same in every language.
 */
#ifndef CONFORMANCE_NETSH_H
#define CONFORMANCE_NETSH_H

#include <stdio.h>

#include "conformance/suites/persistent.h"
#include "conformance/suites/suite.h"

static char netsh_output[1 << 16];

/* Without carriage returns, blanks at the ends of lines, and blank lines at both ends. */
static inline void netsh_tidy_output(void)
{
    size_t kept = 0;
    for (size_t i = 0; netsh_output[i] != '\0'; i++) {
        if (netsh_output[i] == '\r')
            continue;
        if (netsh_output[i] == '\n') {
            while (kept > 0 && netsh_output[kept - 1] == ' ')
                kept--;
            if (kept == 0)
                continue;
        }
        netsh_output[kept++] = netsh_output[i];
    }
    while (kept > 0 && (netsh_output[kept - 1] == '\n' || netsh_output[kept - 1] == ' '))
        kept--;
    netsh_output[kept] = '\0';
}

/* Runs `netsh LINE`: its exit code, with what it printed in netsh_output. */
static inline int netsh(const char *format, ...)
{
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    netsh_output[0] = '\0';
    const int exit_code = testbed_netsh(line, netsh_output, sizeof(netsh_output));
    REQUIRE_TESTBED(exit_code != -1);
    netsh_tidy_output();
    return exit_code;
}

/* `store` is "", " store=active" or " store=persistent". */
static inline int netsh_add(const char *family, enum block_protocol protocol, unsigned first,
                            unsigned count, const char *store)
{
    return netsh("int %s add excludedportrange protocol=%s startport=%u numberofports=%u%s", family,
                 block_protocol_name(protocol), first, count, store);
}

static inline int netsh_delete(const char *family, enum block_protocol protocol, unsigned first,
                               unsigned count, const char *store)
{
    return netsh("int %s delete excludedportrange protocol=%s startport=%u numberofports=%u%s",
                 family, block_protocol_name(protocol), first, count, store);
}

struct exclusion_row {
    unsigned first, last;
    bool star;
};

enum { EXCLUSION_ROWS_MAX = 1024 };

struct exclusion_list {
    unsigned count;
    struct exclusion_row rows[EXCLUSION_ROWS_MAX];
};

/* Every line of netsh_output that begins with two numbers. */
static inline void exclusions_read(struct exclusion_list *list)
{
    list->count = 0;
    for (const char *line = netsh_output; line != NULL; line = strchr(line, '\n')) {
        struct exclusion_row row;
        char star = ' ';
        line += *line == '\n';
        if (sscanf(line, "%u%*[ ]%u%*[ ]%c", &row.first, &row.last, &star) < 2)
            continue;
        assert_true(list->count < EXCLUSION_ROWS_MAX);
        row.star = star == '*';
        list->rows[list->count++] = row;
    }
}

static inline void exclusions_show(const char *family, enum block_protocol protocol,
                                   struct exclusion_list *list)
{
    const char *name = block_protocol_name(protocol);
    assert_int_equal(netsh("int %s show excludedportrange protocol=%s", family, name), 0);
    exclusions_read(list);
}

/* The row of exactly these ports, or NULL. */
static inline const struct exclusion_row *exclusion_find(const struct exclusion_list *list,
                                                         unsigned first, unsigned count)
{
    for (unsigned i = 0; i < list->count; i++)
        if (list->rows[i].first == first && list->rows[i].last == first + count - 1)
            return &list->rows[i];
    return NULL;
}

static inline bool exclusion_listed(const char *family, enum block_protocol protocol,
                                    unsigned first, unsigned count)
{
    static struct exclusion_list list;
    exclusions_show(family, protocol, &list);
    return exclusion_find(&list, first, count) != NULL;
}

struct dynamic_range {
    unsigned first, count;
};

static inline struct dynamic_range dynamic_range_show(const char *family,
                                                      enum block_protocol protocol)
{
    struct dynamic_range range = {0, 0};
    const char *name = block_protocol_name(protocol);
    assert_int_equal(netsh("int %s show dynamicportrange protocol=%s", family, name), 0);
    const char *first = strchr(netsh_output, ':');
    assert_non_null(first);
    const char *count = strchr(first + 1, ':');
    assert_non_null(count);
    assert_int_equal(sscanf(first, ":%u", &range.first), 1);
    assert_int_equal(sscanf(count, ":%u", &range.count), 1);
    return range;
}

/* `store` as above. */
static inline int dynamic_range_set(const char *family, enum block_protocol protocol,
                                    unsigned first, unsigned count, const char *store)
{
    return netsh("int %s set dynamicportrange protocol=%s startport=%u numberofports=%u%s", family,
                 block_protocol_name(protocol), first, count, store);
}

/* ---- What automatic choice hands out, down to the last port ---------------------------------- */

enum { SMALL_DYNAMIC_COUNT = 255, AUTOMATIC_SOCKETS = 300 };

struct automatic_ports {
    unsigned count;
    SOCKET sockets[AUTOMATIC_SOCKETS];
    unsigned ports[AUTOMATIC_SOCKETS];
};

/* Shrinks the dynamic range to the least netsh takes, until the next boot, and binds sockets to
 * port 0 until none is left, so that each port that may be given is given. The caller calls
 * automatic_ports_end with what this answers.
 */
static inline struct dynamic_range
automatic_ports_begin(enum block_protocol protocol, unsigned first, struct automatic_ports *taken)
{
    const struct dynamic_range before = dynamic_range_show("ipv4", protocol);
    assert_int_equal(
        dynamic_range_set("ipv4", protocol, first, SMALL_DYNAMIC_COUNT, " store=active"), 0);
    for (taken->count = 0; taken->count < AUTOMATIC_SOCKETS; taken->count++) {
        const SOCKET s = block_socket(protocol);
        if (bind_loopback(s, 0) != 0) {
            closesocket(s);
            break;
        }
        taken->sockets[taken->count] = s;
        taken->ports[taken->count] = bound_port(s);
    }
    return before;
}

static inline bool automatic_ports_hold(const struct automatic_ports *taken, unsigned port)
{
    for (unsigned i = 0; i < taken->count; i++)
        if (taken->ports[i] == port)
            return true;
    return false;
}

static inline void automatic_ports_end(enum block_protocol protocol, struct dynamic_range before,
                                       struct automatic_ports *taken)
{
    for (unsigned i = 0; i < taken->count; i++)
        assert_int_equal(closesocket(taken->sockets[i]), 0);
    assert_int_equal(
        dynamic_range_set("ipv4", protocol, before.first, before.count, " store=active"), 0);
}

#endif
