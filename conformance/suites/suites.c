#include "conformance/suites/suites.h"

#include "conformance/suites/suite.h"

/* A program that uses the runner on other suites brings its own list. */
#if !defined(SUITES)
#define SUITES                                                                                     \
    SUITE(layout)                                                                                  \
    SUITE(acquire)                                                                                 \
    SUITE(acquire_wildcard)                                                                        \
    SUITE(acquire_collisions)                                                                      \
    SUITE(associate)                                                                               \
    SUITE(associate_tokens)                                                                        \
    SUITE(release)                                                                                 \
    SUITE(errors)                                                                                  \
    SUITE(persistent)                                                                              \
    SUITE(create)                                                                                  \
    SUITE(delete)                                                                                  \
    SUITE(lookup)                                                                                  \
    SUITE(convert)                                                                                 \
    SUITE(startup)                                                                                 \
    SUITE(duplicate)                                                                               \
    SUITE(connect)                                                                                 \
    SUITE(events)                                                                                  \
    SUITE(pages)                                                                                   \
    SUITE(bind)                                                                                    \
    SUITE(bind_addresses)                                                                          \
    SUITE(bind_matrix)                                                                             \
    SUITE(bind_pool)                                                                               \
    SUITE(bind_reserved)                                                                           \
    SUITE(options)                                                                                 \
    SUITE(socket_options)                                                                          \
    SUITE(ioctl)                                                                                   \
    SUITE(ioctl_modes)                                                                             \
    SUITE(ioctl_pointers)                                                                          \
    SUITE(ioctl_overlapped)                                                                        \
    SUITE(ioctl_codes)                                                                             \
    SUITE(provider)                                                                                \
    SUITE(privileges)                                                                              \
    SUITE(lifetime)                                                                                \
    SUITE(boot)                                                                                    \
    SUITE(sharing)                                                                                 \
    SUITE(netsh)                                                                                   \
    SUITE(netsh_dynamic)                                                                           \
    SUITE(netsh_stores)                                                                            \
    SUITES_STREAM                                                                                  \
    SUITES_DATAGRAM                                                                                \
    SUITES_READINESS                                                                               \
    SUITES_OPTIONS                                                                                 \
    SUITES_NAMES                                                                                   \
    SUITES_OVERLAPPED                                                                              \
    SUITES_THREADS                                                                                 \
    SUITES_NTDLL
#endif

/* TCP: connecting, accepting, moving bytes, closing. */
#define SUITES_STREAM                                                                              \
    SUITE(stream_bytes)                                                                            \
    SUITE(stream_urgent)                                                                           \
    SUITE(stream_flow)                                                                             \
    SUITE(stream_families)                                                                         \
    SUITE(stream_connect)                                                                          \
    SUITE(stream_connectex)                                                                        \
    SUITE(stream_listen)                                                                           \
    SUITE(stream_accepted)                                                                         \
    SUITE(stream_acceptex)                                                                         \
    SUITE(stream_shutdown)                                                                         \
    SUITE(stream_close)                                                                            \
    SUITE(stream_disconnect)                                                                       \
    SUITE(stream_extension)                                                                        \
    SUITE(stream_transmit)                                                                         \
    SUITE(stream_message)                                                                          \
    SUITE(stream_remote)                                                                           \
    SUITE(stream_tuning)

/* UDP: datagrams, broadcast, multicast. */
#define SUITES_DATAGRAM                                                                            \
    SUITE(datagram)                                                                                \
    SUITE(datagram_peers)                                                                          \
    SUITE(datagram_limits)                                                                         \
    SUITE(multicast)                                                                               \
    SUITE(control_data)                                                                            \
    SUITE(interfaces)

/* select, WSAPoll, WSAEventSelect, WSAAsyncSelect. */
#define SUITES_READINESS                                                                           \
    SUITE(select)                                                                                  \
    SUITE(select_wait)                                                                             \
    SUITE(poll)                                                                                    \
    SUITE(event_select)                                                                            \
    SUITE(event_record)                                                                            \
    SUITE(event_before)                                                                            \
    SUITE(event_close)                                                                             \
    SUITE(async_select)

/* Options, control codes, names, duplicates. */
#define SUITES_OPTIONS                                                                             \
    SUITE(sockopt_level)                                                                           \
    SUITE(sockopt_ip)                                                                              \
    SUITE(sockopt_sizes)                                                                           \
    SUITE(control_codes)                                                                           \
    SUITE(control_queries)                                                                         \
    SUITE(socket_names)                                                                            \
    SUITE(duplicate_socket)

/* Starting up, text, resolution, the catalogue, layered providers. */
#define SUITES_NAMES                                                                               \
    SUITE(open_socket)                                                                             \
    SUITE(text)                                                                                    \
    SUITE(text_rtl)                                                                                \
    SUITE(names)                                                                                   \
    SUITE(databases)                                                                               \
    SUITE(catalogue)                                                                               \
    SUITE(catalogue_change)                                                                        \
    SUITE(layered)                                                                                 \
    SUITE(layered_calls)                                                                           \
    SUITE(spi_ioctl)

/* Overlapped I/O, completion ports, APCs, cancellation. */
#define SUITES_OVERLAPPED                                                                          \
    SUITE(overlapped_receive)                                                                      \
    SUITE(overlapped_order)                                                                        \
    SUITE(overlapped_results)                                                                      \
    SUITE(overlapped_connect)                                                                      \
    SUITE(overlapped_slow)                                                                         \
    SUITE(port_queue)                                                                              \
    SUITE(port_sockets)                                                                            \
    SUITE(port_modes)                                                                              \
    SUITE(routine_run)                                                                             \
    SUITE(routine_waits)                                                                           \
    SUITE(routine_control)                                                                         \
    SUITE(cancel_requests)                                                                         \
    SUITE(cancel_close)                                                                            \
    SUITE(cancel_threads)                                                                          \
    SUITE(cancel_slow)                                                                             \
    SUITE(cancel_hooks)                                                                            \
    SUITE(cancel_more)                                                                             \
    SUITE(file_handles)                                                                            \
    SUITE(race_requests)                                                                           \
    SUITE(race_ports)

/* Waiting, objects, processes, message queues. */
#define SUITES_THREADS                                                                             \
    SUITE(threads_wait)                                                                            \
    SUITE(threads_process)                                                                         \
    SUITE(threads_messages)

/* The device of sockets, ntdll. */
#define SUITES_NTDLL                                                                               \
    SUITE(afd_poll) SUITE(afd_ends) SUITE(afd_receive) SUITE(afd_control) SUITE(ntdll)

#define SUITE(name) extern const struct suite name##_suite;
SUITES
#undef SUITE

#define SUITE(name) &name##_suite,
const struct suite *const all_suites[] = {SUITES NULL};
