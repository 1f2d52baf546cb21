#define _GNU_SOURCE /* dl_iterate_phdr, MAP_ANONYMOUS */
#include "sim/runtime/image.h"

#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/check.h"
#include "sim/engine/sanitizer.h"
#include "sim/runtime/image_marks.h"

/* Without image_begin.c's object (pkg-config cannot put one first) its marks are NULL. */
extern __attribute__((weak)) char berth_begin_data[1], berth_begin_bss[1], berth_begin_common[1];
extern __attribute__((weak)) _Thread_local char berth_begin_thread_data[1];
extern __attribute__((weak)) _Thread_local char berth_begin_thread_bss[1];
extern char berth_end_data[1], berth_end_bss[1], berth_end_common[1];
extern _Thread_local char berth_end_thread_data[1], berth_end_thread_bss[1];

__attribute__((weak)) void berth_begin_early_constructors(void);
__attribute__((weak)) void berth_begin_constructors(void);
/* The first of those with a priority of a program's own, and the first of the others; the last of
 * each.
 */
void berth_end_early_constructors(void);
void berth_end_constructors(void);

/* The linker's and the C library's names for where the sections begin. */
extern __attribute__((weak)) char data_start[], __bss_start[];
typedef void constructor(int, char **, char **);
extern constructor *__init_array_start[], *__init_array_end[];

struct range {
    char *begin, *end;
};

enum { DATA, BSS, COMMON, RANGES };
enum { THREAD_DATA, THREAD_BSS, THREAD_RANGES };

struct copy {
    struct copy *next;
    char bytes[];
};

static struct range ranges[RANGES];
static struct range thread_ranges[THREAD_RANGES];
static char *first_data, *first_thread_data; /* DATA's and THREAD_DATA's bytes before the start */
static struct copy *dropped; /* under ASan: what only an ended process knew is not leaked */

static size_t bytes_of(const struct range *range)
{
    return range->begin < range->end ? (size_t)(range->end - range->begin) : 0;
}

static size_t total(const struct range *of, int count)
{
    size_t size = 0;
    for (int i = 0; i < count; i++)
        size += bytes_of(&of[i]);
    return size;
}

/* Red zones are copied too. */
#if BERTH_ASAN
UNCHECKED_BY_ASAN static void copy_bytes(char *to, const char *from, size_t size)
{
    volatile char *target = to;
    const volatile char *source = from;
    for (size_t i = 0; i < size; i++)
        target[i] = source[i];
}
#else
static void copy_bytes(char *to, const char *from, size_t size)
{
    memcpy(to, from, size);
}
#endif

/* ---- Where they lie -------------------------------------------------------------------------- */

/* The host's variables that lie at the start of .bss because the program names them (stdout): the
 * loader has a relocation for each. Answers where the last of them ends.
 */
static int find_copied(struct dl_phdr_info *info, size_t size, void *context)
{
    char **end = context;
    const ElfW(Dyn) *dynamic = NULL;
    const ElfW(Rela) *relocations = NULL;
    const ElfW(Sym) *symbols = NULL;
    size_t bytes = 0;
#if defined(__aarch64__)
    const unsigned copy = R_AARCH64_COPY;
#else
    const unsigned copy = R_X86_64_COPY;
#endif

    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
            dynamic = (const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    for (; dynamic != NULL && dynamic->d_tag != DT_NULL; dynamic++) {
        if (dynamic->d_tag == DT_RELA)
            relocations = (const void *)dynamic->d_un.d_ptr;
        if (dynamic->d_tag == DT_RELASZ)
            bytes = dynamic->d_un.d_val;
        if (dynamic->d_tag == DT_SYMTAB)
            symbols = (const void *)dynamic->d_un.d_ptr;
    }
    for (size_t i = 0; relocations != NULL && i < bytes / sizeof *relocations; i++) {
        if (ELF64_R_TYPE(relocations[i].r_info) != copy)
            continue;
        char *at = (char *)(info->dlpi_addr + relocations[i].r_offset);
        at += symbols[ELF64_R_SYM(relocations[i].r_info)].st_size;
        if (at > *end && at <= berth_end_bss)
            *end = at;
    }
    return 1; /* the program is the first */
}

/* The program's own thread variables are the first of its segment, when no sanitizer's go before.
 */
static int find_thread_variables(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        char *begin = info->dlpi_tls_data;
        if (header->p_type != PT_TLS || begin == NULL || BERTH_ASAN)
            continue;
        thread_ranges[THREAD_DATA] = (struct range){begin, berth_end_thread_data};
        thread_ranges[THREAD_BSS] = (struct range){begin + header->p_filesz, berth_end_thread_bss};
    }
    return 1; /* the program is the first */
}

static void find_variables(void)
{
    char *bss = __bss_start;

    dl_iterate_phdr(find_copied, &bss);
    ranges[DATA] =
        (struct range){berth_begin_data != NULL ? berth_begin_data : data_start, berth_end_data};
    ranges[BSS] = (struct range){berth_begin_bss != NULL ? berth_begin_bss : bss, berth_end_bss};
    if (berth_begin_common != NULL)
        ranges[COMMON] = (struct range){berth_begin_common, berth_end_common};
    if (berth_begin_data != NULL) { /* then the thread's are there too */
        thread_ranges[THREAD_DATA] =
            (struct range){berth_begin_thread_data + 1, berth_end_thread_data};
        thread_ranges[THREAD_BSS] =
            (struct range){berth_begin_thread_bss + 1, berth_end_thread_bss};
    } else {
        dl_iterate_phdr(find_thread_variables, NULL);
    }
    first_data = malloc(bytes_of(&ranges[DATA]) + 1);
    first_thread_data = malloc(bytes_of(&thread_ranges[THREAD_DATA]) + 1);
    ASSERT(first_data != NULL);
    ASSERT(first_thread_data != NULL);
    copy_bytes(first_data, ranges[DATA].begin, bytes_of(&ranges[DATA]));
    copy_bytes(first_thread_data, thread_ranges[THREAD_DATA].begin,
               bytes_of(&thread_ranges[THREAD_DATA]));
}

/* Before any constructor. */
static void find_early(int argc, char **argv, char **variables)
{
    (void)argc;
    (void)argv;
    (void)variables;
    find_variables();
}

__attribute__((section(".preinit_array"), used)) static constructor *const at_start = find_early;

/* ---- Copies ---------------------------------------------------------------------------------- */

/* The first range's bytes as `first` has them, zeroes for the others. */
static void *new_copy(const struct range *of, int count, const char *first)
{
    struct copy *copy = calloc(1, sizeof *copy + total(of, count));
    if (copy == NULL)
        return NULL;
    copy_bytes(copy->bytes, first, bytes_of(&of[0]));
    return copy;
}

static void swap(const struct range *of, int count, struct copy *from, const struct copy *to)
{
    size_t at = 0;

    for (int i = 0; i < count; i++) {
        size_t size = bytes_of(&of[i]);
        if (from != NULL)
            copy_bytes(from->bytes + at, of[i].begin, size);
        copy_bytes(of[i].begin, to->bytes + at, size);
        at += size;
    }
}

void *image_new(void)
{
    return new_copy(ranges, RANGES, first_data);
}

void image_swap(void *from, const void *to)
{
    swap(ranges, RANGES, from, to);
}

size_t image_thread_bytes(void)
{
    return total(thread_ranges, THREAD_RANGES);
}

void *image_thread_new(void)
{
    return new_copy(thread_ranges, THREAD_RANGES, first_thread_data);
}

void image_thread_swap(void *from, const void *to)
{
    swap(thread_ranges, THREAD_RANGES, from, to);
}

void image_drop(void *image)
{
    struct copy *copy = image;

    if (BERTH_ASAN) {
        copy->next = dropped;
        dropped = copy;
        return;
    }
    free(copy);
}

/* ---- Constructors ---------------------------------------------------------------------------- */

/* The place of a constructor in the linker's list, or `otherwise`. */
static constructor **place_of(void (*function)(void), constructor **otherwise)
{
    for (constructor **at = __init_array_start; at < __init_array_end; at++)
        if ((void (*)(void))(uintptr_t)*at == function)
            return at + 1;
    return otherwise;
}

static void run(constructor **from, constructor **end, int argc, char **argv, char **variables)
{
    for (; from < end; from++)
        (*from)(argc, argv, variables);
}

void image_construct(int argc, char **argv, char **variables)
{
    constructor **early_end = place_of(berth_end_early_constructors, __init_array_start);
    constructor **end = place_of(berth_end_constructors, __init_array_end);
    /* Without the mark the first of all is the program's, too; but a sanitizer's goes before. */
    constructor **early =
        place_of(berth_begin_early_constructors, BERTH_ASAN ? early_end : __init_array_start);

    run(early, early_end - 1, argc, argv, variables);
    run(place_of(berth_begin_constructors, early_end), end - 1, argc, argv, variables);
}
