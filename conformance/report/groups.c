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
    {"TCP", "Bytes of a stream"},
    {"CON", "Connecting"},
    {"ACC", "Listening and accepting"},
    {"SHUT", "Shutdown and closing"},
    {"UDP", "Datagrams"},
    {"MCAST", "Multicast and broadcast"},
    {"ANC", "Control data of datagrams"},
    {"IFC", "Interfaces and addresses"},
    {"SEL", "select"},
    {"POLL", "WSAPoll"},
    {"EVT", "WSAEventSelect"},
    {"ASY", "WSAAsyncSelect"},
    {"SOPT", "Socket options"},
    {"CTL", "Control codes"},
    {"NAME", "Names of sockets"},
    {"DUP", "Duplicates"},
    {"INIT", "Startup and cleanup"},
    {"SOCK", "Opening sockets"},
    {"ADDR", "Addresses as text"},
    {"DNS", "Name resolution"},
    {"CAT", "The catalogue"},
    {"LSP", "Layered providers"},
    {"EXT", "Extension functions"},
    {"OVX", "Overlapped transfers"},
    {"IOCP", "Completion ports"},
    {"APC", "Completion routines"},
    {"CXL", "Cancelling transfers"},
    {"FILE", "Files and pipes"},
    {"RACE", "Races"},
    {"WAIT", "Waiting"},
    {"PROC", "Processes and threads"},
    {"MSG", "Message queues"},
    {"AFD", "The device of sockets"},
    {"NTD", "ntdll"},
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
