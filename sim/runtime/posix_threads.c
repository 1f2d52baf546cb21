/* pthread_create to pthread_join, what each thread has under a key, and what is to be done once. */
#define _GNU_SOURCE /* clocks, locks of readers and writers */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "sim/runtime/guest_objects.h"
#include "sim/runtime/parking.h"
#include "sim/runtime/posix.h"

/* Of a thread that was begun here, until it is joined, or ends detached. */
struct begun {
    struct begun *next;
    unsigned long id;
    HANDLE handle;
    void *(*start)(void *);
    void *argument;
    void *result;
    bool detached, ended;
};

static struct begun *all;

/* The C library's: the host has one thread, but what asks means the guest's. */
extern __attribute__((weak)) char __libc_single_threaded;

static struct begun **find(unsigned long id)
{
    struct begun **link = &all;
    while (*link != NULL && (*link)->id != id)
        link = &(*link)->next;
    return link;
}

static void forget(struct begun **link)
{
    struct begun *begun = *link;
    *link = begun->next;
    free(begun);
}

/* ---- Begin and end --------------------------------------------------------------------------- */

bool posix_in_guest(void)
{
    return winsock_attached() != NULL && machine_running()->current != NULL;
}

unsigned posix_self(void)
{
    enum { OF_CONSTRUCTORS = 1 }; /* ids are multiples of 4 */

    if (!posix_in_guest() || guest_nt()->current->borrowed)
        return OF_CONSTRUCTORS;
    return guest_nt()->current->id;
}

void posix_note(const char *call, const void *frame)
{
    if (posix_in_guest())
        nt_note(guest_nt(), call, frame);
}

static void ends(void *result)
{
    struct begun **link = find(posix_self());

    if (*link == NULL)
        return;
    (*link)->result = result;
    (*link)->ended = true;
    if ((*link)->detached)
        forget(link);
}

static DWORD run(LPVOID context)
{
    const struct begun *begun = context;
    ends(begun->start(begun->argument));
    return 0;
}

int posix_create(unsigned long *id, void *(*start)(void *), void *argument, bool detached)
{
    struct begun *begun = posix_in_guest() ? calloc(1, sizeof *begun) : NULL;
    DWORD number = 0;

    if (begun == NULL)
        return EAGAIN;
    begun->start = start;
    begun->argument = argument;
    begun->detached = detached;
    begun->handle = CreateThread(NULL, 0, run, begun, 0, &number);
    if (begun->handle == NULL) {
        free(begun);
        return EAGAIN;
    }
    if (&__libc_single_threaded != NULL)
        __libc_single_threaded = 0;
    begun->id = number;
    begun->next = all;
    all = begun;
    if (detached)
        CloseHandle(begun->handle);
    *id = number;
    return 0;
}

int posix_join(unsigned long id, void **result, const char *call)
{
    struct begun *begun = *find(id);

    if (begun == NULL)
        return ESRCH;
    if (begun->detached)
        return EINVAL;
    if (id == posix_self())
        return EDEADLK;
    struct object *thread = guest_object_of(begun->handle, OBJECT_THREAD);
    if (thread == NULL)
        return ESRCH;
    wait_for_objects(guest_nt(), &thread, 1, false, UINT64_MAX, call, NULL);
    if (result != NULL)
        *result = begun->result;
    CloseHandle(begun->handle);
    forget(find(id));
    return 0;
}

int posix_detach(unsigned long id)
{
    struct begun **link = find(id);

    if (*link == NULL)
        return ESRCH;
    if ((*link)->detached)
        return EINVAL;
    (*link)->detached = true;
    CloseHandle((*link)->handle);
    if ((*link)->ended)
        forget(link);
    return 0;
}

int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*start)(void *),
                          void *argument);
int __wrap_pthread_join(pthread_t id, void **result);
int __wrap_pthread_detach(pthread_t id);
pthread_t __wrap_pthread_self(void);
_Noreturn void __wrap_pthread_exit(void *result);
int __wrap_sched_yield(void);

int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*start)(void *),
                          void *argument)
{
    int state = PTHREAD_CREATE_JOINABLE;

    posix_note("pthread_create", __builtin_frame_address(0));
    if (attributes != NULL)
        pthread_attr_getdetachstate(attributes, &state);
    return posix_create(id, start, argument, state == PTHREAD_CREATE_DETACHED);
}

int __wrap_pthread_join(pthread_t id, void **result)
{
    posix_note("pthread_join", __builtin_frame_address(0));
    return posix_join(id, result, "pthread_join");
}

int __wrap_pthread_detach(pthread_t id)
{
    return posix_detach(id);
}

/* A sanitizer's runtime that the linker puts in calls these too, and means the host's: the guest
 * then has one number for all its threads.
 */
__attribute__((weak)) void __asan_init(void);
pthread_t __real_pthread_self(void);

pthread_t __wrap_pthread_self(void)
{
    return __asan_init != NULL ? __real_pthread_self() : posix_self();
}

_Noreturn void __wrap_pthread_exit(void *result)
{
    ends(result);
    ExitThread(0);
}

int __wrap_sched_yield(void)
{
    if (posix_in_guest())
        thread_yield(guest_nt());
    return 0;
}

/* ---- Keys, and C++'s thread_local ------------------------------------------------------------ */

enum { KEYS = 128, ROUNDS = 4 }; /* POSIX asks for as many */

static struct {
    bool used;
    void (*destroy)(void *);
} keys[KEYS];

/* A value under a key, or with a `destroy` of its own a thread_local's. The latest first. */
struct value {
    struct value *next;
    unsigned thread;
    int key; /* -1: none */
    void *value;
    void (*destroy)(void *);
};

static struct value *values;

static struct value *value_of(pthread_key_t key)
{
    struct value *at = values;
    while (at != NULL && (at->thread != posix_self() || at->key != (int)key))
        at = at->next;
    return at;
}

static struct value *add_value(int key)
{
    struct value *made = malloc(sizeof *made);
    if (made == NULL)
        return NULL;
    *made = (struct value){.next = values, .thread = posix_self(), .key = key};
    values = made;
    return made;
}

int __wrap_pthread_key_create(pthread_key_t *key, void (*destroy)(void *));
int __wrap_pthread_key_delete(pthread_key_t key);
void *__wrap_pthread_getspecific(pthread_key_t key);
int __wrap_pthread_setspecific(pthread_key_t key, const void *value);
int __wrap___cxa_thread_atexit(void (*destroy)(void *), void *object, void *module);

int __real_pthread_key_create(pthread_key_t *key, void (*destroy)(void *));
int __real_pthread_key_delete(pthread_key_t key);
void *__real_pthread_getspecific(pthread_key_t key);
int __real_pthread_setspecific(pthread_key_t key, const void *value);

int __wrap_pthread_key_create(pthread_key_t *key, void (*destroy)(void *))
{
    if (__asan_init != NULL)
        return __real_pthread_key_create(key, destroy);
    for (unsigned i = 0; i < KEYS; i++) {
        if (keys[i].used)
            continue;
        keys[i].used = true;
        keys[i].destroy = destroy;
        *key = i;
        return 0;
    }
    return EAGAIN;
}

int __wrap_pthread_key_delete(pthread_key_t key)
{
    if (__asan_init != NULL)
        return __real_pthread_key_delete(key);
    if (key >= KEYS || !keys[key].used)
        return EINVAL;
    keys[key].used = false;
    for (struct value *at = values; at != NULL; at = at->next)
        if (at->key == (int)key)
            at->value = NULL;
    return 0;
}

void *__wrap_pthread_getspecific(pthread_key_t key)
{
    if (__asan_init != NULL)
        return __real_pthread_getspecific(key);
    const struct value *value = value_of(key);
    return value == NULL ? NULL : value->value;
}

int __wrap_pthread_setspecific(pthread_key_t key, const void *pointer)
{
    struct value *value = __asan_init != NULL ? NULL : value_of(key);

    if (__asan_init != NULL)
        return __real_pthread_setspecific(key, pointer);
    if (key >= KEYS || !keys[key].used)
        return EINVAL;
    if (value == NULL)
        value = add_value((int)key);
    if (value == NULL)
        return ENOMEM;
    value->value = (void *)(uintptr_t)pointer;
    return 0;
}

int __wrap___cxa_thread_atexit(void (*destroy)(void *), void *object, void *module)
{
    struct value *value = add_value(-1);

    (void)module;
    if (value == NULL)
        return -1;
    value->value = object;
    value->destroy = destroy;
    return 0;
}

/* The running thread's latest, taken out of the list; of keys or of thread_local. */
static struct value *take(bool of_key)
{
    struct value **link = &values;
    while (*link != NULL && ((*link)->thread != posix_self() || ((*link)->key >= 0) != of_key))
        link = &(*link)->next;
    struct value *value = *link;
    if (value != NULL)
        *link = value->next;
    return value;
}

void posix_thread_ends(void)
{
    struct value *value;
    int left = ROUNDS * KEYS; /* destructors may set keys again */

    while ((value = take(false)) != NULL) {
        value->destroy(value->value);
        free(value);
    }
    while (left-- > 0 && (value = take(true)) != NULL) {
        void (*destroy)(void *) = keys[value->key].used ? keys[value->key].destroy : NULL;
        if (destroy != NULL && value->value != NULL)
            destroy(value->value);
        free(value);
    }
}
