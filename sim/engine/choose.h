/* The one source of chance. Every choice of a run is drawn here, from a stream of its own kind, so
 * that a new choice in one place does not move the choices of another.
 *
 * A run is a function of (program, seed), or of (program, list of choices): with a list given, each
 * draw takes the next entry, reduced modulo the number of answers, and falls back to the seed's
 * stream when the list is used up. With a log given, every draw is written to it.
 *
 * A draw moves its stream whether or not the list answers for it, so that the first n choices of a
 * run's own log, with that run's seed, are that run again for every n.
 */
#ifndef SIM_ENGINE_CHOOSE_H
#define SIM_ENGINE_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum choice_site {
    CHOICE_TOKEN,    /* a reservation's token */
    CHOICE_PORT,     /* an ephemeral cursor's start, a random port */
    CHOICE_BLOCK,    /* where a wildcard block lies */
    CHOICE_FOREIGN,  /* where other people's blocks lie after a boot */
    CHOICE_SCHEDULE, /* which of the ready threads runs */
    CHOICE_LATENCY,  /* how long something takes */
    CHOICE_FAULT,    /* whether and where something breaks, a torn write for one */
    CHOICE_IDENTITY, /* process numbers and the like */
    CHOICE_SITE_COUNT
};

struct choice {
    enum choice_site site;
    uint32_t zero;  /* no gap: logs compare by their bytes */
    uint64_t count; /* 0 stands for 2^64 */
    uint64_t value;
};

struct choice_source {
    uint64_t streams[CHOICE_SITE_COUNT];
    const uint64_t *list; /* borrowed; NULL when the seed decides everything */
    size_t list_count, list_next;
    bool first_schedule;        /* CHOICE_SCHEDULE is 0 where the list says nothing */
    struct choice *log;         /* borrowed; NULL when nobody asks */
    size_t log_size, log_count; /* log_count goes on counting when the log is full */
};

/* All streams at their start; no list, no log. */
void choose_seed(struct choice_source *source, uint64_t seed);

/* A number below `count`; of all 64 bits when `count` is 0. With one answer nothing is drawn. */
uint64_t choose(struct choice_source *source, enum choice_site site, uint64_t count);

void choose_check(const struct choice_source *source);

#endif
