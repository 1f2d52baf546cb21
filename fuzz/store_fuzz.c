/* The registry under fire: create and delete, then damage the disk's bytes, forge values, cut the
 * power in the middle of a write; boot, look, use the machine, boot again.
 *
 * An operation is four bytes. What must hold after every boot: the machine is up; each value whose
 * slot nobody touched is there; all that is there has a sound slot on the disk; and a second boot
 * shows the same. The slots' shape is sim/nt/registry.c's; here it is read a second time, on
 * purpose, by the simplest code there is.
 */
#include <winsock2.h>

#include <iphlpapi.h>
#include <mstcpip.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "fuzz/target.h"
#include "sim/engine/check.h"
#include "sim/runtime/machine.h"

enum {
    OPERATION_SIZE = 4,
    SLOT_SIZE = 64,
    DISK_MAX = 1 << 16,
    THINGS_MAX = 64,
    KEY_TCP = 1,
    KEY_UDP = 2,
    CROWD_FIRST = 5000
};

const size_t target_operation_size = OPERATION_SIZE;

const enum option target_defects[] = {
    OPTION_persistent_restart_lost, OPTION_persistent_restart_lost_by_power_cut,
    OPTION_deleted_restart_returns, OPTION_netsh_active_restart_survives,
    OPTION_delete_both_both,        OPTION_COUNT,
};

/* A stored range, as the model knows it or as the machine shows it. */
struct thing {
    bool udp, exclusion, stored;
    uint32_t first, count;
};

struct things {
    struct thing of[THINGS_MAX];
    int count;
};

static struct {
    struct berth *machine;
    struct profile profile;
    struct things expected;
    unsigned char before[DISK_MAX]; /* the disk before it was damaged */
    size_t size_before;
    bool damaged; /* since the last boot */
    bool forged;  /* with values that add up: they may rightly replace what was there */
    bool scarred; /* ever: a damaged slot is counted at each boot until its place is used again */
} fuzz;

static bool same(const struct thing *a, const struct thing *b)
{
    return a->udp == b->udp && a->exclusion == b->exclusion && a->first == b->first &&
           a->count == b->count;
}

static int find(const struct things *things, const struct thing *thing)
{
    for (int i = 0; i < things->count; i++)
        if (same(&things->of[i], thing))
            return i;
    return -1;
}

static void add(struct things *things, const struct thing *thing)
{
    if (things->count < THINGS_MAX)
        things->of[things->count++] = *thing;
}

static void take_out(struct things *things, int at)
{
    things->of[at] = things->of[--things->count];
}

static bool overlap(const struct thing *a, const struct thing *b)
{
    return a->udp == b->udp && a->first < b->first + b->count && b->first < a->first + a->count;
}

/* ---- What the machine shows ----------------------------------------------------------------- */

struct listing {
    struct things *things;
    bool udp;
};

static void list_entry(void *context, const struct pool_entry *entry)
{
    const struct listing *listing = context;
    const struct thing thing = {
        .udp = listing->udp,
        .exclusion = entry->kind == ENTRY_EXCLUSION,
        .stored = entry->stored,
        .first = entry->range.first,
        .count = entry->range.count,
    };
    ASSERT(entry->kind == ENTRY_EXCLUSION || entry->kind == ENTRY_PERSISTENT);
    ASSERT(thing.first > 0 && thing.count > 0 && thing.first + thing.count <= 65536);
    add(listing->things, &thing);
}

static void list_machine(struct things *things)
{
    things->count = 0;
    for (int protocol = 0; protocol < PROTOCOL_COUNT; protocol++) {
        struct listing listing = {.things = things, .udp = protocol == PROTOCOL_UDP};
        pool_visit(fuzz.machine->tcpip, (enum protocol)protocol, list_entry, &listing);
    }
}

/* ---- The disk, read simply ---- */

static bool slot_is_sound(const unsigned char *slot)
{
    const uint64_t sum = XXH3_64bits(slot + 8, SLOT_SIZE - 8);
    for (int i = 0; i < 8; i++)
        if (slot[i] != (unsigned char)(sum >> (8 * i)))
            return false;
    return true;
}

static bool slot_names(const unsigned char *slot, const struct thing *thing)
{
    const int key = (slot[8] >> 12 | slot[9] >> 4) & 15;
    return key == (thing->udp ? KEY_UDP : KEY_TCP) && slot[16] == (thing->first >> 8) &&
           slot[17] == (thing->first & 255) && slot[18] == (thing->count & 255) &&
           slot[19] == (thing->count >> 8) && slot[32] == (thing->exclusion ? 0x12 : 0x10);
}

/* The first slot from `slot` on that is sound and names that thing; -1 when there is none. */
static int find_slot(const unsigned char *disk, size_t size, int slot, const struct thing *thing)
{
    for (size_t at = (size_t)slot * SLOT_SIZE; at + SLOT_SIZE <= size; at += SLOT_SIZE)
        if (slot_is_sound(disk + at) && slot_names(disk + at, thing))
            return (int)(at / SLOT_SIZE);
    return -1;
}

/* Whether every slot that named the thing is as it was. There may be two: a forged value of another
 * name's size, which makes no sense to the machine, reads here like the one it took the thing from.
 */
static bool slots_are_untouched(const struct thing *thing)
{
    size_t size;
    const unsigned char *disk = berth_disk(fuzz.machine, &size);
    int slot = find_slot(fuzz.before, fuzz.size_before, 0, thing);
    if (slot < 0)
        return false;
    for (; slot >= 0; slot = find_slot(fuzz.before, fuzz.size_before, slot + 1, thing))
        if ((size_t)(slot + 1) * SLOT_SIZE > size ||
            memcmp(fuzz.before + slot * SLOT_SIZE, disk + slot * SLOT_SIZE, SLOT_SIZE) != 0)
            return false;
    return true;
}

/* Whether the thing has to be there after the damage: its slots are as they were, and nothing that
 * is there stands in its way.
 */
static bool must_survive(const struct thing *thing, const struct things *shown)
{
    if (!slots_are_untouched(thing))
        return false;
    for (int i = 0; i < shown->count; i++)
        if (overlap(thing, &shown->of[i]) && !same(thing, &shown->of[i]))
            return false;
    return true;
}

/* ---- Boot and look --------------------------------------------------------------------------- */

static void enter(void)
{
    static const struct berth_launch elevated = {
        .account = BERTH_ADMIN, .run_as = true, .consent = true};
    ASSERT(berth_enter(fuzz.machine, &elevated) == 0);
}

static void keep_disk_in_mind(void)
{
    const unsigned char *disk = berth_disk(fuzz.machine, &fuzz.size_before);
    ASSERT(fuzz.size_before <= sizeof fuzz.before);
    memcpy(fuzz.before, disk, fuzz.size_before);
}

static void look_after_damage(const struct things *shown)
{
    size_t size;
    const unsigned char *disk = berth_disk(fuzz.machine, &size);
    for (int i = 0; i < fuzz.expected.count && !fuzz.forged; i++)
        if (must_survive(&fuzz.expected.of[i], shown))
            ASSERT(find(shown, &fuzz.expected.of[i]) >= 0);
    for (int i = 0; i < shown->count; i++)
        ASSERT(find_slot(disk, size, 0, &shown->of[i]) >= 0);
}

static void boot_and_look(void)
{
    struct things shown;
    fuzz.scarred = fuzz.scarred || fuzz.damaged;
    ASSERT(berth_boot(fuzz.machine));
    ASSERT(fuzz.scarred || berth_damaged_values(fuzz.machine) == 0);
    berth_check(fuzz.machine);
    list_machine(&shown);
    if (fuzz.damaged) {
        look_after_damage(&shown);
    } else {
        for (int i = 0; i < fuzz.expected.count; i++)
            ASSERT(find(&shown, &fuzz.expected.of[i]) >= 0);
        ASSERT(shown.count == fuzz.expected.count);
    }
    fuzz.expected = shown;
    fuzz.damaged = false;
    fuzz.forged = false;
    enter();
}

static void forget_active(void)
{
    for (int i = fuzz.expected.count; i > 0; i--)
        if (!fuzz.expected.of[i - 1].stored)
            take_out(&fuzz.expected, i - 1);
}

static void go_down(enum berth_off how)
{
    berth_off(fuzz.machine, how);
    forget_active();
    keep_disk_in_mind();
}

/* ---- The operations -------------------------------------------------------------------------- */

static struct thing thing_of(const uint8_t *bytes)
{
    struct thing thing = {
        .udp = bytes[1] & 1,
        .stored = true,
        .first = bytes[2] >= 252 ? 65532u + (bytes[2] & 3) : CROWD_FIRST + (bytes[2] & 31u),
        .count = 1 + (bytes[3] & 7),
    };
    return thing;
}

/* The power went in the middle: the one thing may be there or not. */
static void after_cut(const struct thing *thing)
{
    struct things shown;
    const int known = find(&fuzz.expected, thing);
    if (known >= 0)
        take_out(&fuzz.expected, known);
    go_down(BERTH_POWER_CUT);
    ASSERT(berth_boot(fuzz.machine));
    ASSERT(fuzz.scarred || berth_damaged_values(fuzz.machine) <= 1);
    fuzz.scarred = true;
    list_machine(&shown);
    const int there = find(&shown, thing);
    if (there >= 0)
        add(&fuzz.expected, &shown.of[there]);
    berth_off(fuzz.machine, BERTH_POWER_CUT);
    keep_disk_in_mind();
    fuzz.damaged = false;
    ASSERT(berth_boot(fuzz.machine));
    list_machine(&shown);
    ASSERT(shown.count == fuzz.expected.count);
    for (int i = 0; i < shown.count; i++)
        ASSERT(find(&fuzz.expected, &shown.of[i]) >= 0);
    enter();
}

static bool is_free(const struct thing *thing)
{
    for (int i = 0; i < fuzz.expected.count; i++)
        if (overlap(thing, &fuzz.expected.of[i]))
            return false;
    return true;
}

static void do_create(const uint8_t *bytes)
{
    const struct thing thing = thing_of(bytes);
    const bool possible = thing.first + thing.count <= 65536;
    ULONG64 token;
    if (fuzz.expected.count >= THINGS_MAX)
        return;
    const ULONG answer = thing.udp ? CreatePersistentUdpPortReservation(htons((USHORT)thing.first),
                                                                        (USHORT)thing.count, &token)
                                   : CreatePersistentTcpPortReservation(
                                         htons((USHORT)thing.first), (USHORT)thing.count, &token);
    if (!berth_has_power(fuzz.machine)) {
        after_cut(&thing);
        return;
    }
    ASSERT(answer == (!possible         ? (unsigned)ERROR_INVALID_PARAMETER
                      : is_free(&thing) ? 0u
                                        : (unsigned)ERROR_SHARING_VIOLATION));
    if (answer == 0)
        add(&fuzz.expected, &thing);
}

static void do_delete(const uint8_t *bytes)
{
    struct thing thing = thing_of(bytes);
    if (fuzz.expected.count > 0 && (bytes[1] & 2))
        thing = fuzz.expected.of[bytes[2] % fuzz.expected.count];
    thing.exclusion = false;
    const int known = find(&fuzz.expected, &thing);
    const ULONG answer =
        thing.udp
            ? DeletePersistentUdpPortReservation(htons((USHORT)thing.first), (USHORT)thing.count)
            : DeletePersistentTcpPortReservation(htons((USHORT)thing.first), (USHORT)thing.count);
    if (!berth_has_power(fuzz.machine)) {
        after_cut(&thing);
        return;
    }
    ASSERT(answer == (known >= 0 ? 0u : (unsigned)ERROR_NOT_FOUND));
    if (known >= 0)
        take_out(&fuzz.expected, known);
}

static void do_exclude(const uint8_t *bytes)
{
    struct thing thing = thing_of(bytes);
    char line[128];
    char said[256];
    thing.exclusion = true;
    thing.stored = !(bytes[1] & 4);
    if (fuzz.expected.count >= THINGS_MAX || thing.first + thing.count > 65536)
        return;
    snprintf(line, sizeof line,
             "int ipv4 add excludedportrange protocol=%s startport=%u numberofports=%u store=%s",
             thing.udp ? "udp" : "tcp", thing.first, thing.count,
             thing.stored ? "persistent" : "active");
    const int code = berth_netsh(fuzz.machine, line, said, sizeof said);
    if (!berth_has_power(fuzz.machine)) {
        after_cut(&thing);
        return;
    }
    ASSERT((code == 0) == is_free(&thing));
    if (code == 0)
        add(&fuzz.expected, &thing);
}

static void do_cut(const uint8_t *bytes)
{
    static const enum berth_cut places[] = {BERTH_CUT_BEFORE, BERTH_CUT_DURING, BERTH_CUT_AFTER};
    berth_cut_power_at(fuzz.machine, 1 + bytes[2] % 2, places[bytes[1] % 3]);
}

static void do_reboot(const uint8_t *bytes)
{
    static const enum berth_off ways[] = {BERTH_SHUT_DOWN, BERTH_POWER_CUT, BERTH_CRASH};
    go_down(ways[bytes[1] % 3]);
    boot_and_look();
}

/* Some bytes somewhere, while the machine is off. */
static void do_damage(const uint8_t *bytes)
{
    size_t size;
    go_down(BERTH_SHUT_DOWN);
    unsigned char *disk = berth_disk(fuzz.machine, &size);
    if (size > 0) {
        const size_t slot = bytes[2] % 16 * SLOT_SIZE;
        const size_t at = (slot + (bytes[1] & 63)) % size;
        const size_t length = bytes[3] & 1 ? 1 : 1 + (bytes[3] >> 4);
        for (size_t i = 0; i < length && at + i < size; i++)
            disk[at + i] ^= (unsigned char)(bytes[3] | 1);
        fuzz.damaged = true;
    }
    boot_and_look();
}

/* A value that adds up, with contents that need not make sense. */
static void do_forge(const uint8_t *bytes)
{
    size_t size;
    go_down(BERTH_SHUT_DOWN);
    unsigned char *disk = berth_disk(fuzz.machine, &size);
    unsigned char *slot = disk + bytes[1] % 16 * SLOT_SIZE;
    if ((size_t)(bytes[1] % 16 + 1) * SLOT_SIZE <= size) {
        if (bytes[2] & 0x80) { /* what is there, changed and signed again */
            slot[8 + bytes[2] % 56] ^= bytes[3];
        } else {
            memset(slot, 0, SLOT_SIZE);
            slot[8] = (unsigned char)(4 << 6 | (bytes[3] & 4 ? 4 : bytes[3]));
            slot[9] = (unsigned char)((bytes[2] & 7) << 4 | 1);
            slot[10] = bytes[3];
            slot[16] = (unsigned char)(CROWD_FIRST >> 8);
            slot[17] = bytes[2];
            slot[18] = bytes[3] & 15;
            slot[32] = bytes[3] & 16 ? 0x10 : 0x12;
        }
        const uint64_t sum = XXH3_64bits(slot + 8, SLOT_SIZE - 8);
        for (int i = 0; i < 8; i++)
            slot[i] = (unsigned char)(sum >> (8 * i));
        fuzz.damaged = true;
        fuzz.forged = true;
    }
    boot_and_look();
}

/* One slot written over another: two of a name, or the same twice. */
static void do_copy(const uint8_t *bytes)
{
    size_t size;
    go_down(BERTH_POWER_CUT);
    unsigned char *disk = berth_disk(fuzz.machine, &size);
    if (size >= 16 * SLOT_SIZE) {
        memmove(disk + bytes[1] % 16 * SLOT_SIZE, disk + bytes[2] % 16 * SLOT_SIZE, SLOT_SIZE);
        fuzz.damaged = true;
        fuzz.forged = true;
    }
    boot_and_look();
}

/* A block can be used as ever: its token associates, and the port comes from it. */
static void do_use(const uint8_t *bytes)
{
    WSADATA data;
    DWORD size;
    ULONG64 token = 0;
    if (fuzz.expected.count == 0)
        return;
    const struct thing *thing = &fuzz.expected.of[bytes[1] % fuzz.expected.count];
    if (thing->exclusion)
        return;
    ASSERT(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    ASSERT((thing->udp ? LookupPersistentUdpPortReservation(htons((USHORT)thing->first),
                                                            (USHORT)thing->count, &token)
                       : LookupPersistentTcpPortReservation(htons((USHORT)thing->first),
                                                            (USHORT)thing->count, &token)) == 0);
    const SOCKET s = thing->udp ? socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP)
                                : socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    struct sockaddr_in name = {.sin_family = AF_INET};
    int length = sizeof name;
    ASSERT(WSAIoctl(s, SIO_ASSOCIATE_PORT_RESERVATION, &token, sizeof token, NULL, 0, &size, NULL,
                    NULL) == 0);
    ASSERT(bind(s, (struct sockaddr *)&name, sizeof name) == 0);
    ASSERT(getsockname(s, (struct sockaddr *)&name, &length) == 0);
    ASSERT(ntohs(name.sin_port) >= thing->first &&
           ntohs(name.sin_port) < thing->first + thing->count);
    ASSERT(WSACleanup() == 0);
}

static void (*const operations[])(const uint8_t *) = {
    do_create, do_create, do_create, do_create, do_delete, do_delete, do_exclude, do_exclude,
    do_cut,    do_reboot, do_reboot, do_damage, do_damage, do_forge,  do_copy,    do_use,
};

void target_use(const struct profile *profile)
{
    fuzz.profile = *profile;
    if (fuzz.machine != NULL)
        berth_set_profile(fuzz.machine, profile);
}

static void prepare(void)
{
    if (fuzz.profile.chosen[BEHAVIOUR_COUNT - 1] == 0)
        profile_default(&fuzz.profile);
    const struct berth_config config = {
        .seed = 1, .memory_limit = 16 << 20, .profile = &fuzz.profile};
    fuzz.machine = berth_new(&config);
    ASSERT(fuzz.machine != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (fuzz.machine == NULL)
        prepare();
    berth_reset(fuzz.machine, 1, false);
    fuzz.expected.count = 0;
    fuzz.damaged = false;
    fuzz.forged = false;
    fuzz.scarred = false;
    fuzz.size_before = 0;
    boot_and_look();
    for (; size >= OPERATION_SIZE; data += OPERATION_SIZE, size -= OPERATION_SIZE) {
        operations[data[0] % (sizeof operations / sizeof *operations)](data);
        berth_check(fuzz.machine);
    }
    berth_off(fuzz.machine, BERTH_POWER_CUT);
    return 0;
}
