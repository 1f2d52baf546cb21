cmake_minimum_required(VERSION 3.25)
# Builds the suite for this host in WORK and wants from it the fingerprint that RUNNER, the same
# built for another system, comes to, for three seeds.
execute_process(COMMAND ${CMAKE_COMMAND} -S ${ROOT} -B ${WORK} -G Ninja -DCMAKE_BUILD_TYPE=Release
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK} --target berth-conformance
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)

function(fingerprint variable)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE said RESULT_VARIABLE result)
  if(NOT result EQUAL 0 OR NOT said MATCHES "seed [0-9]+, fingerprint ([0-9a-f]+)")
    message(FATAL_ERROR "${ARGN} ends with ${result}:\n${said}")
  endif()
  set(${variable} ${CMAKE_MATCH_1} PARENT_SCOPE)
endfunction()

foreach(seed 1 2 3)
  fingerprint(here ${WORK}/bin/berth-conformance --seed ${seed})
  fingerprint(there ${RUNNER} --seed ${seed})
  if(NOT here STREQUAL there)
    message(FATAL_ERROR "seed ${seed}: ${here} here, ${there} there")
  endif()
  message(STATUS "seed ${seed}: ${here}")
endforeach()
