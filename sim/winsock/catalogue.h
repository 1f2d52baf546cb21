/* The catalogue of protocols: the base provider's, and those of layered providers that were
 * installed. Kept per boot: what was installed is gone with the power.
 *
 * An entry with a chain of no length stands for a layered provider as such and is nothing a socket
 * can be made of; one with a chain of several says which entries lie under it, the topmost first.
 */
#ifndef SIM_WINSOCK_CATALOGUE_H
#define SIM_WINSOCK_CATALOGUE_H

#include "sim/winsock/protocol.h"

/* Ids below are the base provider's. */
enum { CATALOGUE_PATH_SIZE = MAX_PATH, CATALOGUE_LAYERED_FIRST = 1007 };

struct catalogue_entry {
    struct catalogue_entry *next; /* in the order of preference */
    WSAPROTOCOL_INFOW info;
    WCHAR path[CATALOGUE_PATH_SIZE];
};

/* Whether any entry is a layered provider's: else nobody need look anything up. */
bool catalogue_is_layered(const struct winsock *winsock);

const struct catalogue_entry *catalogue_find(struct winsock *winsock, DWORD id);

/* The first entry that makes such sockets, or NULL. */
const struct catalogue_entry *catalogue_match(struct winsock *winsock,
                                              const struct socket_request *request);

/* A provider was installed or removed: ends every WSAProviderConfigChange that pends. */
void catalogue_changed(struct winsock *winsock);

#endif
