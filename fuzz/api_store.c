/* The calls that reach the store: Create, Delete, Lookup and netsh. */
#include "fuzz/api_run.h"

#include <iphlpapi.h>
#include <mstcpip.h>
#include <stdio.h>
#include <string.h>

#include "sim/engine/check.h"

static unsigned expect_create(enum model_protocol protocol, uint32_t first, uint32_t count)
{
    if (first == 0 || count == 0 || first + count > 65536)
        return ERROR_INVALID_PARAMETER;
    if (!is_administrator())
        return ERROR_ACCESS_DENIED;
    return model_is_free(&fuzz.model, protocol, first, count) ? 0 : ERROR_SHARING_VIOLATION;
}

void do_create(const uint8_t *bytes)
{
    const enum model_protocol protocol = bytes[1] & 1 ? MODEL_UDP : MODEL_TCP;
    const uint16_t first = (bytes[1] & 0x80) ? drawn_port_of(bytes[2]) : explicit_port_of(bytes[2]);
    const uint16_t count = count_of(bytes[3]);
    const unsigned want = expect_create(protocol, first, count);
    ULONG64 token = 0;
    const ULONG answer = protocol == MODEL_UDP
                             ? CreatePersistentUdpPortReservation(htons(first), count, &token)
                             : CreatePersistentTcpPortReservation(htons(first), count, &token);
    if (!berth_has_power(fuzz.machine)) {
        settle_after_cut(MODEL_PERSISTENT, protocol, first, count, want == 0);
        return;
    }
    if (excused(answer))
        return;
    ASSERT(answer == want);
    if (answer != 0)
        return;
    ASSERT(token != 0 && model_find_token(&fuzz.model, token) < 0);
    const struct model_block block = {.kind = MODEL_PERSISTENT,
                                      .protocol = protocol,
                                      .first = first,
                                      .count = count,
                                      .token = token,
                                      .stored = true};
    remember_token(token);
    fuzz.full = model_add(&fuzz.model, &block) < 0;
}

/* A range that is likely to be there: a live persistent block's, perhaps shifted or cut. */
static void range_near(const uint8_t *bytes, uint16_t *first, uint16_t *count)
{
    *first = explicit_port_of(bytes[2]);
    *count = count_of(bytes[3]);
    if ((bytes[1] & 0x60) == 0)
        return;
    const struct model_block *block = &fuzz.model.blocks[bytes[2] % 8];
    if (!block->live)
        return;
    *first = (uint16_t)(block->first + (bytes[3] == 7));
    *count = (uint16_t)(block->count - (bytes[3] == 8 && block->count > 1));
}

void do_delete(const uint8_t *bytes)
{
    const enum model_protocol protocol = bytes[1] & 1 ? MODEL_UDP : MODEL_TCP;
    uint16_t first;
    uint16_t count;
    range_near(bytes, &first, &count);
    const int found = model_find_range(&fuzz.model, MODEL_PERSISTENT, protocol, first, count);
    const ULONG answer = protocol == MODEL_UDP
                             ? DeletePersistentUdpPortReservation(htons(first), count)
                             : DeletePersistentTcpPortReservation(htons(first), count);
    unsigned want = found >= 0 ? 0 : ERROR_NOT_FOUND;
    if (first == 0 || count == 0)
        want = ERROR_INVALID_PARAMETER;
    else if (!is_administrator() && first + count <= 65536)
        want = ERROR_ACCESS_DENIED;
    if (!berth_has_power(fuzz.machine)) {
        settle_after_cut(MODEL_PERSISTENT, protocol, first, count, false);
        return;
    }
    if (excused(answer))
        return;
    ASSERT(answer == want);
    if (answer == 0)
        model_end(&fuzz.model, found);
}

void do_lookup(const uint8_t *bytes)
{
    const enum model_protocol protocol = bytes[1] & 1 ? MODEL_UDP : MODEL_TCP;
    uint16_t first;
    uint16_t count;
    range_near(bytes, &first, &count);
    ULONG64 token = 0xdead;
    const int found = model_find_range(&fuzz.model, MODEL_PERSISTENT, protocol, first, count);
    const ULONG answer = protocol == MODEL_UDP
                             ? LookupPersistentUdpPortReservation(htons(first), count, &token)
                             : LookupPersistentTcpPortReservation(htons(first), count, &token);
    if (excused(answer))
        return;
    if (first == 0 || count == 0) {
        ASSERT(answer == ERROR_INVALID_PARAMETER);
        return;
    }
    ASSERT(answer == (found >= 0 ? 0u : (unsigned)ERROR_NOT_FOUND));
    if (answer != 0) {
        ASSERT(token == 0xdead);
        return;
    }
    struct model_block *block = &fuzz.model.blocks[found];
    ASSERT(token != 0 && (block->token == 0 || block->token == token));
    if (block->token == 0)
        remember_token(token);
    block->token = token;
}

void do_exclusion(const uint8_t *bytes)
{
    const bool add = bytes[1] & 2;
    const bool active = bytes[1] & 4;
    const enum model_protocol protocol = bytes[1] & 1 ? MODEL_UDP : MODEL_TCP;
    uint16_t first = explicit_port_of(bytes[2]);
    uint16_t count = count_of(bytes[3]);
    char line[160];
    char said[256];
    if (!add)
        range_near(bytes, &first, &count);
    const int found = model_find_range(&fuzz.model, MODEL_EXCLUSION, protocol, first, count);
    snprintf(line, sizeof line,
             "int ipv4 %s excludedportrange protocol=%s startport=%u numberofports=%u store=%s",
             add ? "add" : "delete", protocol == MODEL_UDP ? "udp" : "tcp", first, count,
             active ? "active" : "persistent");
    if (!add && found >= 0 && active == fuzz.model.blocks[found].stored)
        return; /* deleting from the store it is not in: the pages are silent */
    const bool possible = first != 0 && count != 0 && first + count <= 65536;
    const bool want = possible && is_administrator() &&
                      (add ? model_is_free(&fuzz.model, protocol, first, count) : found >= 0);
    const int code = berth_netsh(fuzz.machine, line, said, sizeof said);
    if (!berth_has_power(fuzz.machine)) {
        settle_after_cut(MODEL_EXCLUSION, protocol, first, count, add && want);
        return;
    }
    if (allocation_failed() && code != 0)
        return;
    ASSERT((code == 0) == want);
    if (code != 0)
        return;
    const struct model_block block = {.kind = MODEL_EXCLUSION,
                                      .protocol = protocol,
                                      .first = first,
                                      .count = count,
                                      .stored = !active};
    if (add)
        fuzz.full = model_add(&fuzz.model, &block) < 0;
    else
        model_end(&fuzz.model, found);
}
