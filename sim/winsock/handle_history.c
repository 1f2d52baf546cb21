#include "sim/winsock/handle_history.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *moment_put(const struct moment *moment, char out[MOMENT_SIZE])
{
    if (moment->after)
        snprintf(out, MOMENT_SIZE, "%s, after call %" PRIu64 ", process %u thread %u", moment->name,
                 moment->number, moment->process_id, moment->thread_id);
    else
        snprintf(out, MOMENT_SIZE, "call %" PRIu64 ", %s, process %u thread %u", moment->number,
                 moment->name, moment->process_id, moment->thread_id);
    return out;
}

static size_t place_of(const struct handle_history *history, uint64_t handle, uint32_t process_id)
{
    size_t place = 0;
    while (place < history->count && (history->entries[place].handle != handle ||
                                      history->entries[place].by.process_id != process_id))
        place++;
    return place;
}

static void remove_at(struct handle_history *history, size_t place)
{
    history->count--;
    memmove(history->entries + place, history->entries + place + 1,
            (history->count - place) * sizeof history->entries[0]);
}

void handle_history_forget(struct handle_history *history, uint64_t handle, uint32_t process_id)
{
    size_t place = place_of(history, handle, process_id);
    if (place < history->count)
        remove_at(history, place);
}

void handle_history_note(struct handle_history *history, uint64_t handle, const struct moment *by)
{
    handle_history_forget(history, handle, by->process_id);
    if (history->count == HANDLES_KEPT)
        remove_at(history, 0);
    history->entries[history->count++] = (struct handle_moment){handle, *by};
}

const struct moment *handle_history_find(const struct handle_history *history, uint64_t handle,
                                         uint32_t process_id)
{
    size_t place = place_of(history, handle, process_id);
    return place < history->count ? &history->entries[place].by : NULL;
}
