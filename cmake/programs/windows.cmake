cmake_minimum_required(VERSION 3.25)
# Runs a program that was built for Windows: it must print what stands in EXPECT, line ends aside.
#
#   COMMAND, EXPECT
execute_process(COMMAND ${COMMAND}
  RESULT_VARIABLE result OUTPUT_VARIABLE printed ERROR_VARIABLE complained)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${COMMAND} ends with ${result}:\n${printed}${complained}")
endif()
string(REPLACE "\r" "" printed "${printed}")
file(READ ${EXPECT} expected)
if(NOT printed STREQUAL expected)
  message(FATAL_ERROR "${COMMAND} prints otherwise than ${EXPECT}:\n${printed}")
endif()
