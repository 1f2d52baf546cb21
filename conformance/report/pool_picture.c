#include "conformance/report/pool_picture.h"

#include <stdbool.h>
#include <string.h>

enum {
    PORTS = 65536,
    TRACK_LEFT = 40,
    TRACK_WIDTH = 1040,
    TRACK_HEIGHT = 22,
    ROW_HEIGHT = 62,
    WIDTH = 1100,
    LEAST_WIDTH = 3, /* of a range, so that one port can be seen */
    NAME_SIZE = 16,
    LISTED_MAX = 40
};

struct range {
    char protocol[NAME_SIZE];
    char kind[NAME_SIZE];
    unsigned first;
    unsigned count;
};

/* In the order they are painted: the dynamic range lies under the rest. */
static const char *const kinds[] = {"dynamic",    "foreign",  "excluded",
                                    "persistent", "reserved", "bound"};
enum { KINDS = sizeof kinds / sizeof *kinds };

static bool is_drawn(const struct range *range)
{
    bool known = false;
    for (int i = 0; i < KINDS; i++)
        known = known || strcmp(range->kind, kinds[i]) == 0;
    return known && range->count > 0 && range->first + range->count <= PORTS;
}

/* The range of the line at `*pool`, which is moved to the next; false at the end. A line that
 * cannot be drawn is an empty range.
 */
static bool next_range(const char **pool, struct range *range)
{
    if (**pool == '\0')
        return false;
    *range = (struct range){.count = 1};
    int words = sscanf(*pool, "%15s %15s %5u %5u", range->protocol, range->kind, &range->first,
                       &range->count);
    if (words < 3 || !is_drawn(range))
        range->count = 0;
    *pool += strcspn(*pool, "\n");
    *pool += **pool != '\0';
    return true;
}

/* Tenths of a unit, so that no floating point is needed. */
static unsigned place(unsigned port)
{
    return TRACK_LEFT * 10 + port * TRACK_WIDTH / (PORTS / 10);
}

static void write_range(const struct range *range, unsigned top, FILE *out)
{
    unsigned left = place(range->first);
    unsigned width = place(range->first + range->count) - left;
    if (width < LEAST_WIDTH * 10)
        width = LEAST_WIDTH * 10;
    fprintf(out,
            "<rect class=\"k-%s\" x=\"%u.%u\" y=\"%u\" width=\"%u.%u\" height=\"%d\">"
            "<title>%s %s %u",
            range->kind, left / 10, left % 10, top, width / 10, width % 10, TRACK_HEIGHT,
            range->protocol, range->kind, range->first);
    if (range->count > 1)
        fprintf(out, "-%u", range->first + range->count - 1);
    fprintf(out, "</title></rect>\n");
}

static void write_axis(unsigned top, FILE *out)
{
    static const unsigned ticks[] = {0, 8192, 16384, 24576, 32768, 40960, 49152, 57344, 65535};
    for (size_t i = 0; i < sizeof ticks / sizeof *ticks; i++) {
        unsigned x = place(ticks[i]);
        fprintf(out, "<text x=\"%u.%u\" y=\"%u\" text-anchor=\"middle\">%u</text>", x / 10, x % 10,
                top + TRACK_HEIGHT + 15, ticks[i]);
    }
    fprintf(out, "\n");
}

static void write_track(const char *pool, const char *protocol, unsigned top, FILE *out)
{
    fprintf(out,
            "<text x=\"0\" y=\"%u\">%s</text><rect class=\"track\" x=\"%d\" y=\"%u\" width=\"%d\" "
            "height=\"%d\" rx=\"3\"/>\n",
            top + 15, strcmp(protocol, "tcp") == 0 ? "TCP" : "UDP", TRACK_LEFT, top, TRACK_WIDTH,
            TRACK_HEIGHT);
    for (int kind = 0; kind < KINDS; kind++) {
        struct range range;
        const char *line = pool;
        while (next_range(&line, &range))
            if (range.count > 0 && strcmp(range.protocol, protocol) == 0 &&
                strcmp(range.kind, kinds[kind]) == 0)
                write_range(&range, top, out);
    }
    write_axis(top, out);
}

/* The ranges in words: a port is too narrow to tell from its neighbour. */
static void write_list(const char *pool, FILE *out)
{
    struct range range;
    unsigned listed = 0;
    fprintf(out, "<figcaption>");
    while (next_range(&pool, &range)) {
        if (range.count == 0 || ++listed > LISTED_MAX)
            continue;
        fprintf(out, "<span><i class=\"k-%s\"></i>%s %s %u", range.kind, range.protocol, range.kind,
                range.first);
        if (range.count > 1)
            fprintf(out, "&ndash;%u", range.first + range.count - 1);
        fprintf(out, "</span>");
    }
    if (listed > LISTED_MAX)
        fprintf(out, "<span>and %u more</span>", listed - LISTED_MAX);
    fprintf(out, "</figcaption>");
}

void pool_picture(const char *pool, FILE *out)
{
    fprintf(out, "<figure><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"The port pool\">\n",
            WIDTH, 2 * ROW_HEIGHT);
    write_track(pool, "tcp", 4, out);
    write_track(pool, "udp", 4 + ROW_HEIGHT, out);
    fprintf(out, "</svg>");
    write_list(pool, out);
    fprintf(out, "</figure>\n");
}
