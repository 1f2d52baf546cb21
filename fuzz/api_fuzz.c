/* Byte strings as programs: calls over three processes, six sockets, two users without rights and
 * one with, reboots, power cuts and failing allocations.
 *
 * An operation is four bytes, what and three arguments; every byte string is a program. Ports and
 * counts come from one crowded place, at the start of a small dynamic range, and from the edges of
 * each rule. After each call its answer is compared with the model's, then the whole state both
 * ways, and every module checks itself.
 */
#include <string.h>

#include "fuzz/api_run.h"
#include "sim/engine/check.h"

const size_t target_operation_size = OPERATION_SIZE;

/* ---- Comparing ------------------------------------------------------------------------------- */

static const enum model_kind kinds[] = {
    [ENTRY_RUNTIME] = MODEL_RUNTIME,
    [ENTRY_PERSISTENT] = MODEL_PERSISTENT,
    [ENTRY_EXCLUSION] = MODEL_EXCLUSION,
};

struct tally {
    enum model_protocol protocol;
    int blocks, sockets;
};

static void compare_entry(void *context, const struct pool_entry *entry)
{
    struct tally *tally = context;
    ASSERT(entry->kind != ENTRY_FOREIGN);
    const int found = model_find_range(&fuzz.model, kinds[entry->kind], tally->protocol,
                                       entry->range.first, entry->range.count);
    ASSERT(found >= 0);
    const struct model_block *block = &fuzz.model.blocks[found];
    ASSERT(block->token == 0 || block->token == entry->token);
    ASSERT(block->stored == entry->stored);
    if (block->kind == MODEL_RUNTIME && block->process >= 0)
        ASSERT(fuzz.process_ids[block->process] == entry->process_id);
    tally->blocks++;
}

static void compare_bound(void *context, const struct bound_port *bound)
{
    struct tally *tally = context;
    ASSERT(model_is_bound(&fuzz.model, tally->protocol, bound->port));
    tally->sockets++;
}

static void compare(void)
{
    for (int protocol = 0; protocol < 2; protocol++) {
        struct tally tally = {.protocol = (enum model_protocol)protocol};
        pool_visit(fuzz.machine->tcpip, (enum protocol)protocol, compare_entry, &tally);
        bound_visit(fuzz.machine->tcpip, (enum protocol)protocol, compare_bound, &tally);
        for (int i = 0; i < MODEL_BLOCKS; i++)
            tally.blocks -=
                fuzz.model.blocks[i].live && (int)fuzz.model.blocks[i].protocol == protocol;
        for (int i = 0; i < MODEL_SOCKETS; i++)
            tally.sockets -=
                modelled(i)->open && modelled(i)->bound && (int)modelled(i)->protocol == protocol;
        ASSERT(tally.blocks == 0);
        ASSERT(tally.sockets == 0);
    }
}

/* ---- The target ------------------------------------------------------------------------------ */

enum { FAIL_ALLOCATION = 29 };

static void (*const operations[])(const uint8_t *) = {
    do_socket,  do_socket,    do_socket,    do_close,     do_acquire,       do_acquire,
    do_acquire, do_acquire,   do_associate, do_associate, do_associate,     do_release,
    do_bind,    do_bind,      do_bind,      do_bind,      do_implicit_bind, do_option,
    do_create,  do_create,    do_delete,    do_lookup,    do_exclusion,     do_switch,
    do_switch,  do_duplicate, do_kill,      do_reboot,    do_cut,           do_fail_allocation,
    do_cleanup, do_again,
};

void target_use(const struct profile *profile)
{
    fuzz.profile = *profile;
    if (fuzz.machine != NULL)
        berth_set_profile(fuzz.machine, profile);
}

/* A machine and a disk on which the dynamic ranges are small. The default profile makes it. */
static void prepare(void)
{
    static const char *const lines[] = {"int ipv4 set dynamicport tcp start=49152 num=255",
                                        "int ipv4 set dynamicport udp start=49152 num=255"};
    const struct berth_config config = {.seed = 1, .memory_limit = 16 << 20};
    char said[256];
    fuzz.machine = berth_new(&config);
    ASSERT(fuzz.machine != NULL);
    ASSERT(berth_boot(fuzz.machine));
    for (int i = 0; i < 2; i++)
        ASSERT(berth_netsh(fuzz.machine, lines[i], said, sizeof said) == 0);
    berth_off(fuzz.machine, BERTH_SHUT_DOWN);
    const unsigned char *disk = berth_disk(fuzz.machine, &fuzz.disk_size);
    static unsigned char copy[1 << 16];
    ASSERT(fuzz.disk_size <= sizeof copy);
    memcpy(copy, disk, fuzz.disk_size);
    fuzz.disk = copy;
    if (fuzz.profile.chosen[BEHAVIOUR_COUNT - 1] == 0)
        profile_default(&fuzz.profile);
    berth_set_profile(fuzz.machine, &fuzz.profile);
}

static void begin(void)
{
    size_t size;
    berth_reset(fuzz.machine, 1, false);
    memcpy(berth_disk(fuzz.machine, &size), fuzz.disk, fuzz.disk_size);
    model_clear(&fuzz.model);
    memset(fuzz.tokens, 0, sizeof fuzz.tokens);
    fuzz.token_next = 1; /* the first place stays 0, the invalid token */
    fuzz.full = false;
    fuzz.armed = false;
    ASSERT(berth_boot(fuzz.machine));
    start_processes();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (fuzz.machine == NULL)
        prepare();
    begin();
    for (; size >= OPERATION_SIZE; data += OPERATION_SIZE, size -= OPERATION_SIZE) {
        const unsigned operation = data[0] % (sizeof operations / sizeof *operations);
        operations[operation](data);
        if (fuzz.full)
            break; /* the machine has a block that the model has no room for */
        if (operation != FAIL_ALLOCATION)
            disarm(); /* an operation that called nothing */
        compare();
        berth_check(fuzz.machine);
    }
    berth_off(fuzz.machine, BERTH_POWER_CUT);
    return 0;
}
