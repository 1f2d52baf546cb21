# What wine-8.0 answered where the documentation leaves it open, as berth-conformance
# saw it with seed 1. Give it to --profile and the simulator answers the same.
reservations_supported = wsaeopnotsupp
null_bytes_returned = wsaefault
bad_socket_null_count = wsaefault
acquire_code_with_output_bit = another_command
not_started = wsanotinitialised
second_bind_call = wsaeinval
bind_foreign_address = wsaeaddrnotavail
bind_not_unique = wsaeaddrinuse
listen_unbound = wsaeinval
connectex_unbound = wsaeinval
dual_stack_conflict = both
dual_stack_over_bound = wsaeaddrinuse
option_after_bind = nothing
v6only_default = on
last_descriptor = last
refused_connect = at_once
shut_receive_data = dropped
time_wait = none
bind_over_closing = granted
close_unread = closes
so_error_after_connect = stays
urgent_receive_of_nothing = wsaewouldblock
nonblocking_linger = closes
