# On Windows, or for it under Wine: the suites against the machine's own Winsock, and where the
# compiler can build it the simulator as a Windows program.
add_executable(berth-conformance
  testbed/win32.c
  testbed/win32_child.c
  testbed/win32_netsh.c
  testbed/win32_user.c
  ${conformance_suites})
target_link_libraries(berth-conformance PRIVATE conformance_runner berth_spec
  ws2_32 iphlpapi mswsock advapi32)

if(NOT MSVC)
  add_executable(berth-conformance-sim testbed/sim.c ${conformance_suites})
  target_link_libraries(berth-conformance-sim PRIVATE conformance_runner berth)
endif()
