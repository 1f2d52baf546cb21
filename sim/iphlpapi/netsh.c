#include "sim/iphlpapi/netsh.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/engine/check.h"

enum { WORDS_MAX = 16, WORD_MAX = 64 };

enum verb { VERB_ADD, VERB_DELETE, VERB_SET, VERB_SHOW, VERB_COUNT };
enum topic { TOPIC_EXCLUDED, TOPIC_DYNAMIC, TOPIC_COUNT };
enum parameter {
    PARAMETER_PROTOCOL,
    PARAMETER_START,
    PARAMETER_NUMBER,
    PARAMETER_STORE,
    PARAMETER_COUNT
};

static const char *const verb_names[] = {"add", "delete", "set", "show"};
static const char *const topic_names[] = {"excludedportrange", "dynamicportrange"};
static const char *const parameter_names[] = {"protocol", "startport", "numberofports", "store"};

/* The words of a line, in small letters: netsh does not mind capitals. */
struct words {
    unsigned count, next;
    char text[WORDS_MAX][WORD_MAX];
};

struct command {
    enum family family;
    enum verb verb;
    enum topic topic;
    enum protocol protocol;
    struct port_range range;
    bool has_store;
    enum store store;
};

struct printer {
    char *output;
    size_t size, length;
};

static void print(struct printer *printer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void print(struct printer *printer, const char *format, ...)
{
    if (printer->length + 1 >= printer->size)
        return;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(printer->output + printer->length, printer->size - printer->length,
                           format, arguments);
    va_end(arguments);
    ASSERT(length >= 0);
    size_t room = printer->size - printer->length - 1;
    printer->length += (size_t)length < room ? (size_t)length : room;
}

/* What the system says to an error; the rows of errors.def. */
static const char *message_of(uint32_t error)
{
    switch (error) {
#define STATUS(name, value, wsa_error, win32_error, evidence)
#define WSA_ERROR(name, value, text)
#define WIN32_ERROR(name, value, text)                                                             \
    case value:                                                                                    \
        return text;
#include "spec/errors.def"
#undef STATUS
#undef WSA_ERROR
#undef WIN32_ERROR
    default:
        return "The operation failed.";
    }
}

/* ---- Reading the line ------------------------------------------------------------------------ */

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* False when the line has more or longer words than any command. */
static bool split(const char *line, struct words *words)
{
    *words = (struct words){0};
    while (*line != '\0') {
        size_t length = strcspn(line, " \t\r\n");
        if (length >= WORD_MAX || (length > 0 && words->count == WORDS_MAX))
            return false;
        for (size_t i = 0; i < length; i++)
            words->text[words->count][i] = small(line[i]);
        words->count += length > 0;
        line += length + (line[length] != '\0');
    }
    return true;
}

/* The name that `word` begins, of at least `least` letters; or `count`. netsh takes any beginning
 * that no other command of the context shares.
 */
static unsigned find_name(const char *word, size_t length, const char *const *names, unsigned count,
                          size_t least)
{
    if (length < least)
        return count;
    for (unsigned i = 0; i < count; i++)
        if (length <= strlen(names[i]) && memcmp(word, names[i], length) == 0)
            return i;
    return count;
}

static const char *take_word(struct words *words)
{
    return words->next < words->count ? words->text[words->next++] : NULL;
}

static bool read_number(const char *text, uint32_t *number)
{
    bool hexadecimal = text[0] == '0' && text[1] == 'x';
    const char *digits = hexadecimal ? text + 2 : text;
    uint32_t base = hexadecimal ? 16 : 10;
    uint64_t value = 0;

    if (*digits == '\0')
        return false;
    for (const char *c = digits; *c != '\0'; c++) {
        uint32_t digit = *c >= '0' && *c <= '9'   ? (uint32_t)(*c - '0')
                         : *c >= 'a' && *c <= 'f' ? (uint32_t)(*c - 'a') + 10
                                                  : base;
        if (digit >= base)
            return false;
        value = value * base + digit;
        if (value > UINT32_MAX)
            return false;
    }
    *number = (uint32_t)value;
    return true;
}

static bool read_value(struct command *command, enum parameter parameter, const char *text)
{
    static const char *const protocols[] = {"tcp", "udp"};
    static const char *const stores[] = {"active", "persistent"};
    unsigned found;

    switch (parameter) {
    case PARAMETER_PROTOCOL:
        found = find_name(text, strlen(text), protocols, 2, 3);
        command->protocol = found == 1 ? PROTOCOL_UDP : PROTOCOL_TCP;
        return found < 2;
    case PARAMETER_START:
        return read_number(text, &command->range.first);
    case PARAMETER_NUMBER:
        return read_number(text, &command->range.count);
    case PARAMETER_STORE:
        found = find_name(text, strlen(text), stores, 2, 1);
        command->store = found == 1 ? STORE_PERSISTENT : STORE_ACTIVE;
        command->has_store = true;
        return found < 2;
    case PARAMETER_COUNT:
        break;
    }
    ABSURD("a parameter without a name");
}

/* A word is `name=value`, the name perhaps cut short, or the value of the first parameter that has
 * none yet.
 */
static enum parameter place(const char *word, const enum parameter *wanted, unsigned count,
                            const bool *given, const char **value)
{
    const char *equals = strchr(word, '=');

    *value = equals != NULL ? equals + 1 : word;
    for (unsigned i = 0; i < count; i++) {
        const char *name = parameter_names[wanted[i]];
        bool named = equals != NULL && find_name(word, (size_t)(equals - word), &name, 1, 1) == 0;
        if (!given[wanted[i]] && (named || equals == NULL))
            return wanted[i];
    }
    return PARAMETER_COUNT;
}

static bool read_parameters(struct words *words, struct command *command, struct printer *printer)
{
    static const enum parameter all[] = {PARAMETER_PROTOCOL, PARAMETER_START, PARAMETER_NUMBER,
                                         PARAMETER_STORE};
    static const enum parameter shown[] = {PARAMETER_PROTOCOL, PARAMETER_STORE};
    bool show = command->verb == VERB_SHOW;
    const enum parameter *wanted = show ? shown : all;
    unsigned count = show ? 2 : 4;
    bool given[PARAMETER_COUNT] = {false};

    for (const char *word = take_word(words); word != NULL; word = take_word(words)) {
        const char *value;
        enum parameter parameter = place(word, wanted, count, given, &value);
        if (parameter == PARAMETER_COUNT) {
            print(printer, "%s is not a valid argument for this command.\n", word);
            return false;
        }
        if (!read_value(command, parameter, value)) {
            print(printer, "%s is not an acceptable value for %s.\n", value,
                  parameter_names[parameter]);
            return false;
        }
        given[parameter] = true;
    }
    return given[PARAMETER_PROTOCOL] &&
           (show || (given[PARAMETER_START] && given[PARAMETER_NUMBER]));
}

/* Reads the words up to the parameters: `netsh interface ipv4 add excludedportrange`. */
static bool read_command(struct words *words, struct command *command)
{
    static const char *const contexts[] = {"ipv4", "ipv6"};
    const char *word = take_word(words);

    if (word != NULL && strcmp(word, "netsh") == 0)
        word = take_word(words);
    const char *const interface_name[] = {"interface"};
    if (word == NULL || find_name(word, strlen(word), interface_name, 1, 3) > 0)
        return false;

    word = take_word(words);
    unsigned context = word == NULL ? 2 : find_name(word, strlen(word), contexts, 2, 4);
    word = take_word(words);
    unsigned verb =
        word == NULL ? VERB_COUNT : find_name(word, strlen(word), verb_names, VERB_COUNT, 2);
    word = take_word(words);
    unsigned topic =
        word == NULL ? TOPIC_COUNT : find_name(word, strlen(word), topic_names, TOPIC_COUNT, 2);
    if (context == 2 || verb == VERB_COUNT || topic == TOPIC_COUNT)
        return false;
    if (topic == TOPIC_DYNAMIC && (verb == VERB_ADD || verb == VERB_DELETE))
        return false;
    if (topic == TOPIC_EXCLUDED && verb == VERB_SET)
        return false;

    command->family = context == 1 ? FAMILY_6 : FAMILY_4;
    command->verb = (enum verb)verb;
    command->topic = (enum topic)topic;
    return true;
}

/* ---- show ------------------------------------------------------------------------------------ */

struct listing {
    const struct netsh *netsh;
    const struct command *command;
    struct printer *printer;
};

/* Whether a row is hidden, and whether it has the asterisk. */
static bool is_listed(const struct listing *listing, const struct pool_entry *entry, bool *starred)
{
    const struct profile *profile = listing->netsh->profile;
    bool stars = BEHAVES(profile, netsh_star, administered);

    *starred = false;
    if (!(listing->command->family == FAMILY_4 ? entry->family_4 : entry->family_6))
        return false;
    if (listing->command->has_store && listing->command->store == STORE_PERSISTENT &&
        !entry->stored)
        return false;
    switch (entry->kind) {
    case ENTRY_RUNTIME:
        return BEHAVES(profile, netsh_shows_runtime, plain);
    case ENTRY_PERSISTENT:
        *starred = stars && BEHAVES(profile, netsh_shows_persistent, starred);
        return !BEHAVES(profile, netsh_shows_persistent, hidden);
    case ENTRY_EXCLUSION:
        *starred = stars;
        return true;
    case ENTRY_FOREIGN:
        return true;
    }
    ABSURD("an entry without a kind");
}

/* Rows are as they were made: neighbours are not merged (observed-behaviour 2.4). */
static void list_row(void *context, const struct pool_entry *entry)
{
    const struct listing *listing = context;
    bool starred;

    if (!is_listed(listing, entry, &starred))
        return;
    print(listing->printer, "%10u%12u%s\n", entry->range.first,
          entry->range.first + entry->range.count - 1, starred ? "     *" : "");
}

static const char *protocol_name(enum protocol protocol)
{
    return protocol == PROTOCOL_UDP ? "udp" : "tcp";
}

static void show(const struct netsh *netsh, const struct command *command, struct printer *printer)
{
    if (command->topic == TOPIC_DYNAMIC) {
        struct port_range range = dynamic_range(netsh->tcpip, command->family, command->protocol);
        print(printer,
              "Protocol %s Dynamic Port Range\n"
              "---------------------------------\n"
              "Start Port      : %u\n"
              "Number of Ports : %u\n",
              protocol_name(command->protocol), range.first, range.count);
        return;
    }
    const struct listing listing = {.netsh = netsh, .command = command, .printer = printer};
    print(printer,
          "Protocol %s Port Exclusion Ranges\n"
          "\n"
          "Start Port    End Port\n"
          "----------    --------\n",
          protocol_name(command->protocol));
    pool_visit(netsh->tcpip, command->protocol, list_row, (void *)&listing);
    print(printer, "\n* - Administered port exclusions.\n");
}

/* ---- add, delete, set ------------------------------------------------------------------------ */

struct search {
    struct port_range range;
    bool administered, other;
};

static void look(void *context, const struct pool_entry *entry)
{
    struct search *search = context;

    if (entry->range.first != search->range.first || entry->range.count != search->range.count)
        return;
    if (entry->kind == ENTRY_EXCLUSION)
        search->administered = true;
    else
        search->other = true;
}

/* A block that is not administered cannot be deleted here, not even by an administrator
 * (observed-behaviour 2.1).
 */
static bool belongs_to_somebody(const struct netsh *netsh, const struct command *command)
{
    struct search search = {.range = command->range};

    pool_visit(netsh->tcpip, command->protocol, look, &search);
    return search.other && !search.administered;
}

static enum store store_of(const struct netsh *netsh, const struct command *command)
{
    if (command->has_store)
        return command->store;
    return BEHAVES(netsh->profile, netsh_default_store, active) ? STORE_ACTIVE : STORE_PERSISTENT;
}

static nt_status change(const struct netsh *netsh, const struct command *command)
{
    enum store store = store_of(netsh, command);

    if (command->topic == TOPIC_DYNAMIC)
        return dynamic_range_set(netsh->tcpip, command->family, command->protocol, &command->range,
                                 store);
    if (command->verb == VERB_ADD)
        return exclusion_add(netsh->tcpip, command->family, command->protocol, &command->range,
                             store);
    if (belongs_to_somebody(netsh, command))
        return STATUS_ACCESS_DENIED;
    return exclusion_delete(netsh->tcpip, command->family, command->protocol, &command->range,
                            store);
}

int netsh_run(const struct netsh *netsh, const char *line, char *output, size_t size)
{
    struct printer printer = {.output = output, .size = size};
    struct command command = {0};
    struct words words;

    if (size > 0)
        output[0] = '\0';
    if (!split(line, &words) || !read_command(&words, &command)) {
        print(&printer, "The following command was not found: %s.\n", line);
        return 1;
    }
    if (!read_parameters(&words, &command, &printer)) {
        print(&printer, "The syntax supplied for this command is not valid. "
                        "Check help for the correct syntax.\n");
        return 1;
    }
    if (command.verb == VERB_SHOW) {
        show(netsh, &command, &printer);
        return 0;
    }
    if (!netsh->token.administrator) {
        print(&printer, "The requested operation requires elevation (Run as administrator).\n");
        return 1;
    }
    nt_status status = change(netsh, &command);
    if (status != STATUS_SUCCESS) {
        print(&printer, "%s\n", message_of(nt_status_to_win32(status)));
        return 1;
    }
    print(&printer, "Ok.\n");
    return 0;
}
