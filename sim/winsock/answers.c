#include "sim/winsock/answers.h"

/* Threads are few and ask seldom; a process keeps them in a list until the power goes. */
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
