cmake_minimum_required(VERSION 3.25)
# Builds SOURCES with DRIVER and every one of COMPILERS that is installed, and runs the program: it
# must end with EXIT and print what stands in EXPECT, nothing less, nothing more.
#
#   DRIVER, SOURCES, WORK, EXPECT, EXIT; VARIABLE and COMPILERS: which compilers, "default" for the
#   driver's own; ENVIRONMENT: NAME=VALUE...; ARGUMENTS: the program's; FLAGS: the compiler's
file(MAKE_DIRECTORY ${WORK})
list(GET SOURCES 0 first)
get_filename_component(name ${first} NAME_WE)
file(READ ${EXPECT} expected)
foreach(compiler IN LISTS COMPILERS)
  set(build_environment "")
  if(NOT compiler STREQUAL "default")
    find_program(found_${compiler} ${compiler})
    if(NOT found_${compiler})
      message("SKIPPED: ${compiler} is not installed")
      continue()
    endif()
    set(build_environment ${VARIABLE}=${found_${compiler}})
  endif()
  set(program ${WORK}/${name}-${compiler})
  execute_process(COMMAND ${CMAKE_COMMAND} -E env ${build_environment}
    ${DRIVER} ${FLAGS} ${SOURCES} -o ${program} -lws2_32 -liphlpapi
    RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT result EQUAL 0 OR said MATCHES "pragma")
    message(FATAL_ERROR "${DRIVER} with ${compiler}: ${result}\n${said}")
  endif()
  execute_process(COMMAND ${CMAKE_COMMAND} -E env ${ENVIRONMENT} ${program} ${ARGUMENTS}
    RESULT_VARIABLE result OUTPUT_VARIABLE printed ERROR_VARIABLE complained)
  if(NOT result STREQUAL EXIT)
    message(FATAL_ERROR "${program} ends with ${result}, not ${EXIT}:\n${printed}${complained}")
  endif()
  if(NOT printed STREQUAL expected)
    file(WRITE ${program}.out "${printed}")
    message(FATAL_ERROR "${program} prints otherwise than ${EXPECT}:\n${printed}")
  endif()
endforeach()
