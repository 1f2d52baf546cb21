#include "sim/winsock/call.h"

#include "sim/engine/check.h"
#include "sim/winsock/blocking.h"
#include "sim/winsock/ownership.h"

_Static_assert(sizeof(struct winsock_process) <= WINSOCK_PROCESS_BYTES, "Winsock's scratch");

static _Thread_local struct winsock *attached;

void winsock_attach(struct winsock *winsock)
{
    attached = winsock;
}

struct winsock *winsock_attached(void)
{
    return attached;
}

struct winsock_process *winsock_process(struct process *process)
{
    return (struct winsock_process *)(void *)process->winsock;
}

uint32_t winsock_startups(const struct process *process)
{
    return ((const struct winsock_process *)(const void *)process->winsock)->startups;
}

uint32_t winsock_open_type(const struct process *process)
{
    return ((const struct winsock_process *)(const void *)process->winsock)->open_type;
}

struct call call_begin_in(enum call_kind kind, uint64_t subject, const void *frame)
{
    ASSERT(attached != NULL); /* the host let a guest run outside a machine */
    nt_preempt(attached->nt, call_name(kind), frame);
    struct thread *thread = attached->nt->current;
    ASSERT(thread != NULL);
    const struct call call = {
        .winsock = attached,
        .thread = thread,
        .process = thread->process,
        .profile = attached->nt->profile,
        .kind = kind,
        .subject = subject,
    };
    return call;
}

const char *call_name(enum call_kind kind)
{
    switch (kind) {
#define CALL(name, number)                                                                         \
    case CALL_##name:                                                                              \
        return #name;
#include "sim/winsock/call.def"
#undef CALL
    }
    ABSURD("a call without a row in call.def");
}

static void trace(const struct call *call, nt_status status, uint32_t error)
{
    engine_trace(call->winsock->nt->engine, "%u.%u %s %llu (%#llx %#llx %#llx %#llx) = %u %s",
                 call->process->id, call->thread->id, call_name(call->kind),
                 (unsigned long long)call->subject, (unsigned long long)call->arguments[0],
                 (unsigned long long)call->arguments[1], (unsigned long long)call->arguments[2],
                 (unsigned long long)call->arguments[3], error, nt_status_name(status));
}

int call_finish(const struct call *call, nt_status status, int *error)
{
    struct engine *engine = call->winsock->nt->engine;
    uint32_t code = status == STATUS_SUCCESS ? 0 : nt_status_to_wsa(status);

    engine_record(engine, &(const struct record){
                              .kind = call->kind,
                              .subject = (uint32_t)call->subject,
                              .arguments = {call->arguments[0], call->arguments[1],
                                            call->arguments[2], call->arguments[3]},
                              .result = code,
                              .actor = call->thread->id,
                          });
    if (engine->sink != NULL)
        trace(call, status, code);
    if (call->winsock->ownership != NULL)
        ownership_call_ends(call->winsock->ownership, call, code == 0);
    if (code == 0)
        return 0;
    if (error != NULL)
        *error = (int)code;
    return SOCKET_ERROR;
}

int call_return(int result, int error)
{
    bool forgets = BEHAVES(attached->nt->profile, failed_call_last_error, forgotten);
    attached->nt->current->last_error = result == 0 || forgets ? 0 : (uint32_t)error;
    return result;
}

int call_answer(const struct call *call, nt_status status)
{
    int error = 0;
    int result = call_finish(call, status, &error);
    return call_return(result, error);
}

bool call_allowed(enum call_kind kind, uint64_t subject)
{
    ASSERT(attached != NULL);
    const struct nt *nt = attached->nt;
    if (blocking_busy(attached)) {
        const struct call nested = call_begin(kind, subject);
        call_answer(&nested, STATUS_IN_PROGRESS);
        return false;
    }
    if (winsock_startups(nt->current->process) > 0 || BEHAVES(nt->profile, not_started, works))
        return true;
    const struct call call = call_begin(kind, subject);
    if (attached->ownership != NULL)
        ownership_not_started(attached->ownership, &call);
    call_answer(&call, nt_status_from_wsa(BEHAVIOUR_VALUE(nt->profile, not_started)));
    return false;
}

struct socket_object *call_socket(const struct call *call, nt_status *status)
{
    struct socket_object *socket = socket_find(call->process, call->subject);
    *status = socket != NULL ? STATUS_SUCCESS
                             : nt_status_from_wsa(BEHAVIOUR_VALUE(call->profile, not_a_socket));
    if (socket == NULL && call->winsock->ownership != NULL)
        ownership_bad_socket(call->winsock->ownership, call);
    return socket;
}
