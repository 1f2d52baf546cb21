#include "conformance/report/report.h"

/* What the letters of an id stand for. */
static const struct {
    const char *letters;
    const char *name;
} groups[] = {
    {"LAY", "Constants and layout"},
    {"ACQ", "Acquire"},
    {"ASSOC", "Associate"},
    {"REL", "Release"},
    {"ERR", "Errors"},
    {"CRT", "Create persistent reservations"},
    {"DEL", "Delete persistent reservations"},
    {"LKP", "Look up persistent reservations"},
    {"BIND", "Bind"},
    {"IOCTL", "WSAIoctl"},
    {"SPI", "Service providers"},
    {"OVL", "Overlapped I/O"},
    {"CAN", "Cancellation"},
    {"PRIV", "Privileges"},
    {"LIFE", "Lifetime"},
    {"BOOT", "Restart"},
    {"SHR", "Shared and duplicated sockets"},
    {"OPT", "Socket options next to bind"},
    {"NETSH", "netsh"},
    {"KRN", "Kernel interfaces"},
};

static size_t letters_of(enum clause clause)
{
    return strcspn(spec_clauses[clause].id, "_");
}

enum clause report_group_end(enum clause first)
{
    size_t length = letters_of(first) + 1;
    int clause = first;
    while (clause < CLAUSE_COUNT &&
           strncmp(spec_clauses[clause].id, spec_clauses[first].id, length) == 0)
        clause++;
    return (enum clause)clause;
}

const char *report_group_name(enum clause first, char letters[CLAUSE_ID_SIZE])
{
    size_t length = letters_of(first);
    memcpy(letters, spec_clauses[first].id, length);
    letters[length] = '\0';
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (strcmp(groups[i].letters, letters) == 0)
            return groups[i].name;
    return "";
}
