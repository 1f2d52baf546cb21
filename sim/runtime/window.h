/* user32 behind its calls: see sim/nt/message.h for the queues. */
#ifndef SIM_RUNTIME_WINDOW_H
#define SIM_RUNTIME_WINDOW_H

#include <windows.h>

#include "sim/nt/message.h"
#include "sim/runtime/program.h"

/* Classes end with their process. */
void window_process_ended(struct berth *machine, const struct process *process);

/* For WSAAsyncSelect and its kin: windows of the process. */
struct winsock;
bool window_post(struct winsock *winsock, struct process *process, void *handle, uint32_t number,
                 uint64_t wparam, int64_t lparam);
bool window_exists(struct winsock *winsock, struct process *process, void *handle);

/* The name and the number of a window's class. */
const char *window_class_name(const struct window *window);
ATOM window_class_atom(const struct window *window);

/* NULL with the last error. */
struct window *window_of(HWND handle);

#endif
