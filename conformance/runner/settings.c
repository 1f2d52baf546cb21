#include "conformance/runner/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/runner/text.h"

const char settings_help[] =
    "Judges a Winsock by the clauses of Berth's specification.\n"
    "\n"
    "  berth-conformance [--only PATTERN] [--seed N] [--profile FILE] [--set QUESTION=OPTION]...\n"
    "                    [--junit FILE] [--json FILE] [--html FILE] [--observe FILE]\n"
    "                    [--expect FILE] [--trace FILE] [--misuse FILE] [--resume FILE]\n"
    "\n"
    "  --only PATTERN         only what a name of a case or suite or the id of a clause contains, "
    "or\n"
    "                         what it matches when it has a * or ?; an exact name is that one "
    "alone\n"
    "  --seed N               the seed of every choice of the simulator (1)\n"
    "  --preempt              a simulated thread may lose its turn at every call\n"
    "  --profile FILE         the simulated machine answers open questions as the file says\n"
    "  --set QUESTION=OPTION  ... or as said here, which goes before the file\n"
    "  --junit FILE           writes the cases as JUnit XML\n"
    "  --json FILE            writes the clauses and observed answers as JSON\n"
    "  --html FILE            writes the report as one HTML page\n"
    "  --observe FILE         writes the observed answers as a profile\n"
    "  --expect FILE          failures that are known: lines of CLAUSE VERDICT REASON\n"
    "  --trace FILE           writes each call the simulator saw\n"
    "  --misuse FILE          writes what the checker of ownership says of the cases\n"
    "  --resume FILE          on a real machine: plays what stands across a restart, too. Ends "
    "with "
    "4\n"
    "                         when the machine is to be restarted and the same command given "
    "again\n"
    "\n"
    "  --list                 the cases and the clauses they judge\n"
    "  --clauses              every clause, its state and its cases; fails where a case is "
    "missing\n"
    "  --check-options        runs the suite against every allowed and every wrong answer of the\n"
    "                         questions that --only names\n"
    "  --seeds N              runs what --only names under N seeds from --seed on, with --preempt\n"
    "  --compare FILE FILE    two result files of --json side by side; --html FILE writes that as "
    "a "
    "page,\n"
    "                         --expect FILE says what the second is known to do; fails where they "
    "differ\n"
    "                         otherwise\n"
    "  --help                 this\n"
    "\n"
    "Exit code: 0 all as expected; 1 a clause failed, an expectation did not come true or the\n"
    "simulator answered otherwise than its profile says; 2 the command line or a file it names is\n"
    "wrong; 3 the harness itself broke; 4 cases wait for a restart.\n";

struct reader {
    struct settings *settings;
    int argc;
    char **argv;
    char *message;
    size_t message_size;
    int set_at[BEHAVIOUR_COUNT]; /* the argument that answered the question */
};

static bool refuse(const struct reader *reader, int at, const char *what, const char *word,
                   const char *expected)
{
    int used = snprintf(reader->message, reader->message_size, "command line:%d: %s", at, what);
    if (word != NULL && used >= 0 && (size_t)used < reader->message_size)
        used +=
            snprintf(reader->message + used, reader->message_size - (size_t)used, " \"%s\"", word);
    if (used >= 0 && (size_t)used < reader->message_size)
        snprintf(reader->message + used, reader->message_size - (size_t)used, ", expected %s",
                 expected);
    for (char *letter = reader->message; *letter != '\0'; letter++)
        if ((unsigned char)*letter < ' ')
            *letter = '?';
    return false;
}

static bool read_number(const struct reader *reader, int at, const char *what,
                        unsigned long long *number)
{
    const char *word = reader->argv[at];
    char *end = NULL;
    errno = 0;
    *number = strtoull(word, &end, 0);
    if (word[0] < '0' || word[0] > '9' || *end != '\0' || errno != 0)
        return refuse(reader, at, what, word, "a number from 0 to 18446744073709551615");
    return true;
}

/* The last set of a question counts when a command line says it once only. */
static bool read_set(struct reader *reader, int at)
{
    const char *word = reader->argv[at];
    const char *equals = strchr(word, '=');
    if (equals == NULL)
        return refuse(reader, at, "no answer in", word, "QUESTION=OPTION");
    char question[64];
    snprintf(question, sizeof question, "%.*s", (int)(equals - word), word);
    enum behaviour behaviour = behaviour_find(question);
    if (behaviour == BEHAVIOUR_COUNT)
        return refuse(reader, at, "unknown question", question, "a row of spec/behaviours.def");
    enum option option = option_find(behaviour, equals + 1);
    if (option == OPTION_COUNT) {
        char options[512] = "one of";
        const struct behaviour_row *row = &spec_behaviours[behaviour];
        for (unsigned i = 0; i < row->option_count; i++) {
            size_t used = strlen(options);
            snprintf(options + used, sizeof options - used, "%s %s", i == 0 ? "" : ",",
                     spec_options[row->first + i].name);
        }
        return refuse(reader, at, "unknown option", equals + 1, options);
    }
    if (reader->set_at[behaviour] != 0)
        return refuse(reader, at, "answered again", question, "one --set a question");
    reader->set_at[behaviour] = at;
    reader->settings->sets[reader->settings->set_count++] = word;
    return true;
}

static bool read_command(const struct reader *reader, int at, enum command command)
{
    if (reader->settings->command != COMMAND_RUN)
        return refuse(reader, at, "a second command", reader->argv[at],
                      "one of --list, --clauses, --check-options, --seeds, --compare, --help");
    reader->settings->command = command;
    return true;
}

static bool read_string(const struct reader *reader, int at, const char **string)
{
    if (*string != NULL)
        return refuse(reader, at - 1, "a second", reader->argv[at - 1], "it once");
    if (reader->argv[at][0] == '\0')
        return refuse(reader, at, "nothing", NULL, "a value");
    *string = reader->argv[at];
    return true;
}

static bool read_seeds(const struct reader *reader, int *at)
{
    if (!read_command(reader, *at, COMMAND_SEEDS))
        return false;
    if (*at + 1 == reader->argc)
        return refuse(reader, *at, "no value after", "--seeds", "how many");
    reader->settings->preempt = true;
    if (!read_number(reader, ++*at, "no number is", &reader->settings->seeds))
        return false;
    return reader->settings->seeds > 0 ||
           refuse(reader, *at, "no runs are", reader->argv[*at], "at least one");
}

static bool read_comparison(const struct reader *reader, int *at)
{
    if (!read_command(reader, *at, COMMAND_COMPARE))
        return false;
    if (*at + 2 >= reader->argc)
        return refuse(reader, *at, "no two values after", "--compare", "two files of --json");
    for (int i = 0; i < 2; i++)
        reader->settings->compare[i] = reader->argv[++*at];
    return true;
}

static const struct {
    const char *name;
    enum command command;
} commands[] = {{"--list", COMMAND_LIST},
                {"--clauses", COMMAND_CLAUSES},
                {"--check-options", COMMAND_CHECK_OPTIONS},
                {"--help", COMMAND_HELP}};

/* Reads the argument at `*at`, and its value where it has one. */
static bool read_argument(struct reader *reader, int *at, const char **seed)
{
    struct settings *settings = reader->settings;
    const char *name = reader->argv[*at];
    const struct {
        const char *name;
        const char **string;
    } strings[] = {
        {"--only", &settings->only},
        {"--profile", &settings->profile_path},
        {"--junit", &settings->junit},
        {"--json", &settings->json},
        {"--html", &settings->html},
        {"--observe", &settings->observe},
        {"--expect", &settings->expect},
        {"--trace", &settings->trace},
        {"--misuse", &settings->misuse},
        {"--resume", &settings->resume},
        {"--seed", seed},
        {"--set", NULL},
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(name, commands[i].name) == 0)
            return read_command(reader, *at, commands[i].command);
    if (strcmp(name, "--compare") == 0)
        return read_comparison(reader, at);
    if (strcmp(name, "--seeds") == 0)
        return read_seeds(reader, at);
    if (strcmp(name, "--preempt") == 0)
        return settings->preempt = true;
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        if (strcmp(name, strings[i].name) != 0)
            continue;
        if (*at + 1 == reader->argc)
            return refuse(reader, *at, "no value after", name, "one; --help shows which");
        ++*at;
        if (strings[i].string == NULL)
            return read_set(reader, *at);
        if (!read_string(reader, *at, strings[i].string))
            return false;
        if (strings[i].string == &settings->only)
            settings->only_at = *at;
        return strings[i].string != seed || read_number(reader, *at, "no seed is", &settings->seed);
    }
    return refuse(reader, *at, "unknown option", name, "one of those --help shows");
}

static bool check_outputs(const struct reader *reader)
{
    const struct settings *settings = reader->settings;
    const char *const outputs[] = {settings->junit,   settings->json,  settings->html,
                                   settings->observe, settings->trace, settings->misuse,
                                   settings->resume};
    const size_t count = sizeof outputs / sizeof *outputs;
    bool any = settings->expect != NULL;
    for (size_t i = 0; i < count; i++) {
        any = any || outputs[i] != NULL;
        for (size_t j = 0; j < i && outputs[i] != NULL; j++)
            if (outputs[j] != NULL && strcmp(outputs[i], outputs[j]) == 0)
                return refuse(reader, reader->argc - 1, "two outputs are", outputs[i],
                              "a file for each");
    }
    if (settings->command == COMMAND_COMPARE)
        any = settings->junit != NULL || settings->json != NULL || settings->observe != NULL ||
              settings->trace != NULL || settings->misuse != NULL || settings->resume != NULL;
    if (settings->command != COMMAND_RUN && any)
        return refuse(reader, reader->argc - 1, "a file to write or expect without a run", NULL,
                      "it without --list, --clauses, --check-options, --seeds, --compare, --help");
    return true;
}

static bool read_profile(const struct reader *reader)
{
    struct settings *settings = reader->settings;
    profile_default(&settings->profile);
    if (settings->profile_path != NULL) {
        struct text text;
        if (!text_read_file(&text, settings->profile_path, "a profile", reader->message,
                            reader->message_size))
            return false;
        bool read = profile_read(&settings->profile, settings->profile_path, text.bytes,
                                 reader->message, reader->message_size);
        text_free(&text);
        if (!read)
            return false;
    }
    for (size_t i = 0; i < settings->set_count; i++) {
        char line[160];
        snprintf(line, sizeof line, "%s", settings->sets[i]);
        profile_read(&settings->profile, "--set", line, reader->message, reader->message_size);
    }
    return true;
}

bool settings_read(struct settings *settings, int argc, char **argv, char *message,
                   size_t message_size)
{
    struct reader reader = {settings, argc, argv, message, message_size, {0}};
    const char *seed = NULL;
    *settings = (struct settings){.seed = 1};
    settings->sets = calloc((size_t)argc + 1, sizeof *settings->sets);
    if (settings->sets == NULL)
        abort();
    for (int at = 1; at < argc; at++)
        if (!read_argument(&reader, &at, &seed))
            return false;
    return check_outputs(&reader) && read_profile(&reader);
}

void settings_free(struct settings *settings)
{
    free(settings->sets);
    *settings = (struct settings){0};
}

/* As a POSIX shell and cmd.exe both take it, where that is possible. */
static void add_word(struct text *text, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=./:,@%";
    bool quote = word[strspn(word, plain)] != '\0';
    text_say(text, quote ? " \"" : " ");
    text_say(text, word);
    text_say(text, quote ? "\"" : "");
}

char *settings_replay(const struct settings *settings, const char *case_name)
{
    struct text text = {0};
    char seed[32];
    snprintf(seed, sizeof seed, "%llu", settings->seed);
    text_say(&text, "berth-conformance --only");
    add_word(&text, case_name);
    text_say(&text, " --seed");
    add_word(&text, seed);
    if (settings->preempt)
        text_say(&text, " --preempt");
    if (settings->profile_path != NULL) {
        text_say(&text, " --profile");
        add_word(&text, settings->profile_path);
    }
    for (size_t i = 0; i < settings->set_count; i++) {
        text_say(&text, " --set");
        add_word(&text, settings->sets[i]);
    }
    return text.bytes;
}
