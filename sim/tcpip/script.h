/* Scripts of remote hosts: their language, and playing one on a connection. */
#ifndef SIM_TCPIP_SCRIPT_H
#define SIM_TCPIP_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

struct endpoint;
struct tcpip;

enum script_word {
    SCRIPT_END, /* no step is left */
    SCRIPT_DROP,
    SCRIPT_REFUSE,
    SCRIPT_ACCEPT,
    SCRIPT_WAIT,
    SCRIPT_SEND,
    SCRIPT_SEND_BYTES,
    SCRIPT_URGENT,
    SCRIPT_RECEIVE,
    SCRIPT_RECEIVE_END,
    SCRIPT_ECHO,
    SCRIPT_SHUTDOWN,
    SCRIPT_CLOSE,
    SCRIPT_RESET,
    SCRIPT_STOP
};

struct script_step {
    enum script_word word;
    uint32_t number;
    const char *text; /* in the script; not ended by a NUL */
    uint32_t size;
};

/* Reads the step at `at`; answers where the next one is, or NULL for no step of ours. */
const char *script_next(const char *at, struct script_step *step);

/* Whether every step is one. */
bool script_is_sound(const char *script);

/* Plays a script, which must last, on a foreign endpoint from its next event on; the endpoint is
 * the script's from now on. False, with nothing changed, when the arena is full.
 */
bool script_play(struct endpoint *endpoint, const char *script);

/* The same; the script, a block of the arena's as long as it needs, goes when it has been played.
 */
bool script_play_own(struct endpoint *endpoint, char *script);

#endif
