/* The house rules that a compiler does not know: sizes, banned calls, and that no include goes up.
 *
 *     tidy ROOT FILE...    checks files, given relative to ROOT; prints FILE:LINE: what
 *
 * Run as the tests `tidy` and `house`; cmake/untidy holds a file for each rule that must be caught.
 * Functions are told by their braces: the house style puts both in column one, and nothing else.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    COLUMNS_MAX = 100,
    FUNCTION_LINES_MAX = 70,
    FILE_LINES_MAX = 600,
    HEADER_LINES_MAX = 200,
    LINE_SIZE = 4096
};

static const struct {
    const char *word, *instead;
} banned[] = {
#define BANNED(word, instead) {word, instead},
#include "cmake/banned.def"
#undef BANNED
};

static const char *const host_files[] = {
#define HOST_FILE(path, why) path,
#include "cmake/host_files.def"
#undef HOST_FILE
};

/* The house from the ground up; a file may include from its own floor and those below. Floors of
 * one height do not see each other unless one rests on the other.
 */
static const struct {
    const char *folder;
    int height;
} floors[] = {
    {"spec/", 0},         {"sim/engine/", 1},        {"sim/nt/", 2},
    {"sim/tcpip/", 3},    {"sim/afd/", 4},           {"sim/winsock/", 5},
    {"sim/iphlpapi/", 6}, {"sim/include/berth/", 7}, {"sim/runtime/", 8},
};

/* Contracts that a long list of calls makes long: what a test bed and a control interface offer. */
static const char *const long_headers[] = {
    "sim/tcpip/tcpip.h",
    "sim/include/",
    "conformance/testbed/testbed.h",
};

static int complaints;

static void complain(const char *path, int line, const char *what, const char *more)
{
    fprintf(stderr, "%s:%d: %s%s\n", path, line, what, more);
    complaints++;
}

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool ends_with(const char *text, const char *suffix)
{
    size_t length = strlen(text);
    size_t size = strlen(suffix);
    return length >= size && strcmp(text + length - size, suffix) == 0;
}

static bool any_prefix(const char *path, const char *const *prefixes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (starts_with(path, prefixes[i]))
            return true;
    return false;
}

static bool is_part_of_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* A line of prose inside a comment, told by how the house writes them. */
static bool is_comment(const char *line)
{
    line += strspn(line, " ");
    return starts_with(line, "/*") || starts_with(line, "* ") || starts_with(line, "*\n");
}

static void check_banned(const char *path, int number, const char *line)
{
    for (size_t i = 0; i < sizeof banned / sizeof *banned; i++) {
        const char *at = strstr(line, banned[i].word);
        if (at != NULL && (at == line || !is_part_of_word(at[-1])))
            complain(path, number, "banned here: ", banned[i].instead);
    }
}

static int height_of(const char *path)
{
    for (size_t i = 0; i < sizeof floors / sizeof *floors; i++)
        if (starts_with(path, floors[i].folder))
            return floors[i].height;
    return -1;
}

static void check_include(const char *path, int number, const char *line)
{
    char name[LINE_SIZE];
    if (sscanf(line, "#include \"%4095[^\"]\"", name) != 1)
        return;
    if (starts_with(name, "../") || starts_with(name, "./"))
        complain(path, number, "include by full path: ", name);
    int own = height_of(path);
    int other = height_of(name);
    if (own >= 0 && other > own && !ends_with(path, "_test.c"))
        complain(path, number, "this include goes up the house: ", name);
    if (own >= 0 && starts_with(name, "conformance/"))
        complain(path, number, "the simulator does not know the suite: ", name);
    if (starts_with(path, "conformance/") && starts_with(name, "sim/") &&
        strcmp(path, "conformance/testbed/sim.c") != 0 &&
        !starts_with(path, "conformance/testbed/sim_"))
        complain(path, number, "the suite could not run on Windows with: ", name);
    if (starts_with(path, "spec/") && !starts_with(name, "spec/"))
        complain(path, number, "spec depends on nothing: ", name);
}

static void check_line(const char *path, int number, const char *line, bool simulator)
{
    size_t columns = strcspn(line, "\n");
    if (columns > COLUMNS_MAX)
        complain(path, number, "past column 100", "");
    if (columns > 0 && (line[columns - 1] == ' ' || memchr(line, '\t', columns) != NULL))
        complain(path, number, "tab or trailing space", "");
    check_include(path, number, line);
    if (simulator && !is_comment(line))
        check_banned(path, number, line);
}

static void check_length(const char *path, int number)
{
    bool header = ends_with(path, ".h");
    if (header && any_prefix(path, long_headers, sizeof long_headers / sizeof *long_headers))
        return;
    if (number > (header ? HEADER_LINES_MAX : FILE_LINES_MAX))
        complain(path, number, "file too long, split it by responsibility", "");
}

static void check_file(const char *root, const char *path)
{
    char full[LINE_SIZE];
    char line[LINE_SIZE];
    int number = 0;
    int function_start = 0;
    bool heading_is_open = false; /* the line before is a heading's, and does not end it */
    snprintf(full, sizeof full, "%s/%s", root, path);
    FILE *file = fopen(full, "r");
    if (file == NULL) {
        complain(path, 0, "cannot read", "");
        return;
    }
    bool simulator = starts_with(path, "sim/") && !ends_with(path, "_test.c") &&
                     !any_prefix(path, host_files, sizeof host_files / sizeof *host_files);
    while (fgets(line, sizeof line, file) != NULL) {
        number++;
        check_line(path, number, line, simulator);
        if (heading_is_open && starts_with(line, " */"))
            complain(path, number - 1, "a heading of two lines, make it one of 100 columns", "");
        heading_is_open = starts_with(line, "/* ---- ") && strstr(line, "*/") == NULL;
        if (line[0] == '{')
            function_start = number;
        if (line[0] == '}' && function_start > 0) {
            if (number - function_start > FUNCTION_LINES_MAX)
                complain(path, function_start, "function longer than 70 lines", "");
            function_start = 0;
        }
    }
    check_length(path, number);
    fclose(file);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "tidy: expected a folder and the files to check\n");
        return 2;
    }
    for (int i = 2; i < argc; i++)
        check_file(argv[1], argv[i]);
    return complaints > 0;
}
