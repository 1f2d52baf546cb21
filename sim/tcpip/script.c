#include "sim/tcpip/script.h"

#include <string.h>

#include "sim/engine/arena.h"
#include "sim/engine/check.h"
#include "sim/engine/engine.h"
#include "sim/tcpip/connection.h"

/* ---- The language ---------------------------------------------------------------------------- */

enum argument { ARGUMENT_NONE, ARGUMENT_NUMBER, ARGUMENT_TEXT };

static const struct {
    const char *name;
    enum script_word word;
    enum argument argument;
} words[] = {
    {"drop", SCRIPT_DROP, ARGUMENT_NONE},
    {"refuse", SCRIPT_REFUSE, ARGUMENT_NONE},
    {"accept", SCRIPT_ACCEPT, ARGUMENT_NUMBER},
    {"wait", SCRIPT_WAIT, ARGUMENT_NUMBER},
    {"send", SCRIPT_SEND, ARGUMENT_TEXT},
    {"send-bytes", SCRIPT_SEND_BYTES, ARGUMENT_NUMBER},
    {"urgent", SCRIPT_URGENT, ARGUMENT_TEXT},
    {"receive", SCRIPT_RECEIVE, ARGUMENT_NUMBER},
    {"receive-end", SCRIPT_RECEIVE_END, ARGUMENT_NONE},
    {"echo", SCRIPT_ECHO, ARGUMENT_NONE},
    {"shutdown", SCRIPT_SHUTDOWN, ARGUMENT_NONE},
    {"close", SCRIPT_CLOSE, ARGUMENT_NONE},
    {"reset", SCRIPT_RESET, ARGUMENT_NONE},
    {"stop", SCRIPT_STOP, ARGUMENT_NONE},
};

enum { WORDS = sizeof words / sizeof *words, NUMBER_MAX = 100000000 };

static bool read_number(struct script_step *step)
{
    step->number = 0;
    for (uint32_t i = 0; i < step->size; i++) {
        if (step->text[i] < '0' || step->text[i] > '9' || step->number > NUMBER_MAX)
            return false;
        step->number = step->number * 10 + (uint32_t)(step->text[i] - '0');
    }
    return step->size > 0;
}

static bool read_step(const char *name, size_t length, struct script_step *step)
{
    for (int i = 0; i < WORDS; i++) {
        if (strlen(words[i].name) != length || memcmp(words[i].name, name, length) != 0)
            continue;
        step->word = words[i].word;
        switch (words[i].argument) {
        case ARGUMENT_NONE:
            return step->size == 0;
        case ARGUMENT_NUMBER:
            return read_number(step);
        case ARGUMENT_TEXT:
            return step->size > 0;
        }
    }
    return false;
}

const char *script_next(const char *at, struct script_step *step)
{
    at += strspn(at, " ");
    size_t whole = strcspn(at, ";");
    const char *next = at + whole + (at[whole] == ';');
    size_t length = strcspn(at, " ;");

    *step = (struct script_step){.word = SCRIPT_END};
    if (*at == '\0')
        return at;
    step->text = at + length + strspn(at + length, " ");
    const char *end = at + whole;
    while (end > step->text && end[-1] == ' ')
        end--;
    step->size = end > step->text ? (uint32_t)(end - step->text) : 0;
    return read_step(at, length, step) ? next : NULL;
}

bool script_is_sound(const char *script)
{
    struct script_step step;

    do {
        script = script_next(script, &step);
        if (script == NULL)
            return false;
    } while (step.word != SCRIPT_END);
    return true;
}

/* ---- Playing --------------------------------------------------------------------------------- */

struct play {
    struct endpoint *endpoint;
    const char *at; /* the step under way */
    uint32_t left;  /* bytes that a step has yet to take */
    uint64_t timer; /* a wait under way */
    bool began;     /* the step under way is not new */
    char *own;      /* its script, when nobody else keeps it */
};

enum { CHUNK = 2048 };

enum outcome { GOES_ON, WAITS, ENDED };

static void end_play(struct play *play)
{
    struct endpoint *endpoint = play->endpoint;
    struct tcpip *tcpip = endpoint->tcpip;

    if (play->timer != 0)
        engine_cancel(tcpip->nt->engine, play->timer);
    if (play->own != NULL)
        arena_give(tcpip->arena, play->own, strlen(play->own) + 1);
    arena_give(tcpip->arena, play, sizeof *play);
    endpoint_close(tcpip, endpoint);
}

static void advance(struct play *play);

static void wait_over(void *context, uint64_t argument)
{
    struct play *play = context;

    (void)argument;
    play->timer = 0;
    advance(play);
}

static enum outcome pause_for(struct play *play, uint32_t ms)
{
    struct engine *engine = play->endpoint->tcpip->nt->engine;

    if (play->began)
        return play->timer == 0 ? GOES_ON : WAITS;
    play->timer = engine_post(engine, engine->now_ns + ms * NS_PER_MS, wait_over, play, 0);
    return play->timer == 0 ? GOES_ON : WAITS;
}

/* Takes bytes until `left` are gone or the peer is done; sends them back if `echoes`. */
static enum outcome take(struct play *play, bool echoes)
{
    unsigned char bytes[CHUNK];
    uint32_t got;

    while (play->left > 0) {
        uint32_t size = play->left < CHUNK ? play->left : CHUNK;
        nt_status status = tcp_receive(play->endpoint, bytes, size, 0, &got);
        if (status == STATUS_PENDING)
            return WAITS;
        if (status != STATUS_SUCCESS)
            return ENDED;
        if (got == 0)
            return GOES_ON;
        if (echoes && tcp_send(play->endpoint, bytes, got, false) != STATUS_SUCCESS)
            return ENDED;
        if (play->left != UINT32_MAX)
            play->left -= got;
    }
    return GOES_ON;
}

static enum outcome send_letters(struct play *play, uint32_t count)
{
    unsigned char bytes[CHUNK];

    for (uint32_t sent = 0; sent < count;) {
        uint32_t part = count - sent < CHUNK ? count - sent : CHUNK;
        for (uint32_t i = 0; i < part; i++)
            bytes[i] = (unsigned char)('a' + (sent + i) % 26);
        if (tcp_send(play->endpoint, bytes, part, false) != STATUS_SUCCESS)
            return ENDED;
        sent += part;
    }
    return GOES_ON;
}

static enum outcome send_text(struct play *play, const struct script_step *step)
{
    bool urgent = step->word == SCRIPT_URGENT;
    nt_status status = tcp_send(play->endpoint, step->text, step->size, urgent);
    return status == STATUS_SUCCESS ? GOES_ON : ENDED;
}

static enum outcome perform(struct play *play, const struct script_step *step)
{
    if (!play->began)
        play->left = step->word == SCRIPT_RECEIVE ? step->number : UINT32_MAX;
    switch (step->word) {
    case SCRIPT_WAIT:
        return pause_for(play, step->number);
    case SCRIPT_SEND:
    case SCRIPT_URGENT:
        return send_text(play, step);
    case SCRIPT_SEND_BYTES:
        return send_letters(play, step->number);
    case SCRIPT_RECEIVE:
    case SCRIPT_RECEIVE_END:
        return take(play, false);
    case SCRIPT_ECHO:
        return take(play, true);
    case SCRIPT_SHUTDOWN:
        tcp_shutdown_send(play->endpoint);
        return GOES_ON;
    case SCRIPT_RESET:
        tcp_abort(play->endpoint);
        return ENDED;
    case SCRIPT_CLOSE:
        return ENDED;
    case SCRIPT_STOP:
        return WAITS;
    case SCRIPT_END:
        return take(play, false) == WAITS ? WAITS : ENDED;
    case SCRIPT_ACCEPT:
    case SCRIPT_DROP:
    case SCRIPT_REFUSE:
        return GOES_ON;
    }
    ABSURD("no such step");
}

static void advance(struct play *play)
{
    for (;;) {
        struct script_step step;
        const char *next = script_next(play->at, &step);
        ASSERT(next != NULL);
        switch (perform(play, &step)) {
        case WAITS:
            play->began = true;
            return;
        case ENDED:
            end_play(play);
            return;
        case GOES_ON:
            play->at = next;
            play->began = false;
            break;
        }
    }
}

static void begin(void *context, uint64_t argument)
{
    wait_over(context, argument);
}

static void when_readable(void *owner)
{
    struct play *play = owner;
    if (play->began && play->timer == 0)
        advance(play);
}

static void when_connected(void *owner, nt_status status)
{
    struct play *play = owner;
    if (nt_success(status))
        advance(play);
    else
        end_play(play);
}

static void when_aborted(void *owner, nt_status status)
{
    (void)status;
    end_play(owner);
}

static const struct endpoint_listener plays = {
    .connected = when_connected, .readable = when_readable, .aborted = when_aborted};

static bool play_script(struct endpoint *endpoint, const char *script, char *own)
{
    struct tcpip *tcpip = endpoint->tcpip;
    struct play *play = ARENA_NEW(tcpip->arena, struct play);
    bool connected = endpoint_tcp(endpoint) != NULL && endpoint->tcp->state != TCP_SYN_SENT;

    ASSERT(endpoint->foreign);
    if (play == NULL)
        return false;
    *play = (struct play){.endpoint = endpoint, .at = script, .own = own};
    if (connected)
        play->timer = engine_post(tcpip->nt->engine, tcpip->nt->engine->now_ns, begin, play, 0);
    if (connected && play->timer == 0) {
        arena_give(tcpip->arena, play, sizeof *play);
        return false;
    }
    endpoint_set_listener(endpoint, &plays, play);
    return true;
}

bool script_play(struct endpoint *endpoint, const char *script)
{
    return play_script(endpoint, script, NULL);
}

bool script_play_own(struct endpoint *endpoint, char *script)
{
    return play_script(endpoint, script, script);
}
