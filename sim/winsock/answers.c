#include "sim/winsock/answers.h"

#include "sim/winsock/leavings.h"

/* Threads are few and ask seldom: a process keeps theirs in a list. */
struct answers *answers_of(const struct call *call)
{
    struct winsock_process *own = winsock_process(call->process);
    for (struct answers *answers = own->answers; answers != NULL; answers = answers->next)
        if (answers->thread_id == call->thread->id)
            return answers;
    struct answers *answers = ARENA_NEW(&call->winsock->nt->engine->arena, struct answers);
    if (answers == NULL)
        return NULL;
    answers->thread_id = call->thread->id;
    answers->next = own->answers;
    own->answers = answers;
    return answers;
}

static void drop_first(struct winsock *winsock, struct answers **at)
{
    struct answers *answers = *at;
    *at = answers->next;
    arena_give(&winsock->nt->engine->arena, answers, sizeof *answers);
}

void answers_drop(struct winsock *winsock, struct process *process)
{
    struct winsock_process *own = winsock_process(process);
    while (own->answers != NULL)
        drop_first(winsock, &own->answers);
}

void answers_drop_of(struct winsock *winsock, const struct thread *thread)
{
    struct answers **at = &winsock_process(thread->process)->answers;
    while (*at != NULL && (*at)->thread_id != thread->id)
        at = &(*at)->next;
    if (*at != NULL)
        drop_first(winsock, at);
}
