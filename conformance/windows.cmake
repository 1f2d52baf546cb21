# On Windows, or for it under Wine: the suites against the machine's own Winsock, and where the
# compiler can build it the simulator as a Windows program.
add_executable(berth-conformance
  testbed/win32.c
  testbed/win32_child.c
  testbed/win32_netsh.c
  testbed/win32_network.c
  testbed/win32_user.c
  ${conformance_suites})
target_link_libraries(berth-conformance PRIVATE conformance_runner berth_spec
  ws2_32 iphlpapi mswsock advapi32)

# The test bed's own test: cases whose verdicts are known.
add_executable(testbed_win32_test
  testbed/win32_test.c
  testbed/win32.c
  testbed/win32_child.c
  testbed/win32_netsh.c
  testbed/win32_network.c
  testbed/win32_user.c
  suites/suites.c)
target_link_libraries(testbed_win32_test PRIVATE conformance_runner berth_spec ws2_32 advapi32)
target_compile_definitions(testbed_win32_test PRIVATE "SUITES=SUITE(bed) SUITE(bed_elevated)")

if(NOT MSVC)
  add_executable(berth-conformance-sim testbed/sim.c testbed/sim_network.c ${conformance_suites})
  target_link_libraries(berth-conformance-sim PRIVATE conformance_runner berth)
endif()

set(report ${CMAKE_BINARY_DIR}/report)
file(MAKE_DIRECTORY ${report})
set(reports --junit ${report}/junit.xml --json ${report}/results.json --html ${report}/index.html
  --observe ${report}/observed.profile)

if(NOT BERTH_WINE)
  # A machine with Windows: nobody knows yet what is expected of it.
  add_test(NAME conformance.suite COMMAND berth-conformance ${reports})
  set_tests_properties(conformance.suite PROPERTIES LABELS conformance TIMEOUT 1800)
  return()
endif()

set(prefix ${CMAKE_BINARY_DIR}/prefix)
set(wine_script ${CMAKE_COMMAND} -DWINE=${BERTH_WINE} -DSERVER=${BERTH_WINESERVER} -DPREFIX=${prefix})
set(wine_restart ${wine_script} -P ${PROJECT_SOURCE_DIR}/cmake/wine.cmake)
add_test(NAME wine.start COMMAND ${wine_restart})
add_test(NAME wine.stop COMMAND ${wine_script} -DSTOP=ON -P ${PROJECT_SOURCE_DIR}/cmake/wine.cmake)
set_tests_properties(wine.start PROPERTIES FIXTURES_SETUP wine TIMEOUT 300)
set_tests_properties(wine.stop PROPERTIES FIXTURES_CLEANUP wine TIMEOUT 60)

# wine_test(NAME ...): a test that finds Wine ready.
function(wine_test name)
  add_test(NAME ${name} ${ARGN})
  set_tests_properties(${name} PROPERTIES LABELS conformance TIMEOUT 900 FIXTURES_REQUIRED wine
    RESOURCE_LOCK wine
    ENVIRONMENT "WINEPREFIX=${prefix};WINEDEBUG=-all;WINEDLLOVERRIDES=mscoree,mshtml=")
endfunction()

# A list as one argument of a command.
function(join_words variable)
  list(JOIN ARGN "$<SEMICOLON>" words)
  set(${variable} ${words} PARENT_SCOPE)
endfunction()

# The examples print the same here as in the simulator.
foreach(example chat_server name_server iocp_echo cancelled_client epoll_loop)
  add_executable(${example} ${PROJECT_SOURCE_DIR}/docs/examples/${example}.c)
  target_compile_options(${example} PRIVATE -Wno-unknown-pragmas)
  target_link_libraries(${example} PRIVATE berth_options ws2_32)
  join_words(command ${BERTH_WINE} $<TARGET_FILE:${example}>)
  wine_test(program.${example} COMMAND ${CMAKE_COMMAND} "-DCOMMAND=${command}"
    -DEXPECT=${PROJECT_SOURCE_DIR}/docs/examples/${example}.txt
    -P ${PROJECT_SOURCE_DIR}/cmake/programs/windows.cmake)
endforeach()

set(expectations ${CMAKE_CURRENT_SOURCE_DIR}/expectations)
join_words(command ${BERTH_WINE} $<TARGET_FILE:berth-conformance> ${reports}
  --expect ${expectations}/wine-8.0.txt)
join_words(restart ${wine_restart})
wine_test(conformance.suite COMMAND ${CMAKE_COMMAND}
  -DCOMMAND=${command} -DRESTART=${restart} -DSTATE=${CMAKE_CURRENT_BINARY_DIR}/suite.state
  -P ${CMAKE_CURRENT_SOURCE_DIR}/testbed/restart.cmake)

# The same simulator, built for this host and for Windows, comes to the same fingerprint.
join_words(command ${BERTH_WINE} $<TARGET_FILE:berth-conformance-sim>)
wine_test(conformance.fingerprint COMMAND ${CMAKE_COMMAND}
  -DROOT=${PROJECT_SOURCE_DIR} -DWORK=${CMAKE_BINARY_DIR}/host -DRUNNER=${command}
  -P ${CMAKE_CURRENT_SOURCE_DIR}/testbed/fingerprint.cmake)
set_tests_properties(conformance.fingerprint PROPERTIES TIMEOUT 900)

join_words(command ${BERTH_WINE} $<TARGET_FILE:testbed_win32_test>
  --expect ${expectations}/testbed-selftest.txt)
wine_test(unit.testbed.win32_test COMMAND ${CMAKE_COMMAND}
  -DCOMMAND=${command} -DRESTART=${restart} -DSTATE=${CMAKE_CURRENT_BINARY_DIR}/testbed.state
  -DRESTARTS=1 -P ${CMAKE_CURRENT_SOURCE_DIR}/testbed/restart.cmake)

# What Wine answers is what the simulator is told that it answers.
add_test(NAME conformance.profile COMMAND ${CMAKE_COMMAND}
  -DOBSERVED=${report}/observed.profile -DKNOWN=${expectations}/wine-8.0.profile
  -DEXCEPT=event_peek -P ${CMAKE_CURRENT_SOURCE_DIR}/testbed/profile.cmake)
set_tests_properties(conformance.profile PROPERTIES LABELS conformance TIMEOUT 60
  DEPENDS conformance.suite)
