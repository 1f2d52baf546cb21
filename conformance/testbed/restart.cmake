cmake_minimum_required(VERSION 3.25)
# Gives a command of the suite again after each restart it waits for. RESTART restarts; under Wine
# that is another server, which forgets what a kernel forgets and keeps what a registry keeps.
#
#   COMMAND, a list; RESTART, a list; STATE, the file of its --resume; RESTARTS, how many there must
#   be, if that is known
set(restarts 0)
file(REMOVE ${STATE})
foreach(start RANGE 3)
  execute_process(COMMAND ${COMMAND} --resume ${STATE} RESULT_VARIABLE result)
  if(NOT result EQUAL 4)
    break()
  endif()
  execute_process(COMMAND ${RESTART} COMMAND_ERROR_IS_FATAL ANY)
  math(EXPR restarts "${restarts} + 1")
endforeach()
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the suite ends with ${result}")
endif()
if(DEFINED RESTARTS AND NOT restarts EQUAL RESTARTS)
  message(FATAL_ERROR "${restarts} restarts, and not ${RESTARTS}")
endif()
