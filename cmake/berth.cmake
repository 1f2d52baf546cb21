# The kinds of target this project has.

# berth_options: the warnings and definitions every target shares.
add_library(berth_options INTERFACE)
target_include_directories(berth_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(berth_options INTERFACE
  -Wall -Wextra -Wshadow -Wstrict-prototypes -Wvla -Wpointer-arith
  $<$<BOOL:${BERTH_WERROR}>:-Werror>)
target_compile_definitions(berth_options INTERFACE
  $<$<BOOL:${BERTH_SLOW_CHECKS}>:BERTH_SLOW_CHECKS>)
if(BERTH_SANITIZE)
  target_compile_options(berth_options INTERFACE
    -fsanitize=${BERTH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(berth_options INTERFACE -fsanitize=${BERTH_SANITIZE})
endif()
# The simulator tells the fuzzers where an input went.
if(BERTH_FUZZ)
  target_compile_options(berth_options INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(berth_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# berth_win32: our Win32 headers, for what is written against Windows' names.
add_library(berth_win32 INTERFACE)
target_include_directories(berth_win32 SYSTEM INTERFACE ${PROJECT_SOURCE_DIR}/sim/include/win32)
target_include_directories(berth_win32 INTERFACE ${PROJECT_SOURCE_DIR}/sim/include)

find_package(cmocka CONFIG REQUIRED)

# berth_floor(NAME BELOW FLOOR... SOURCES FILE...): one floor of the house, as the static library
# berth_NAME, which links the floors it rests on.
function(berth_floor name)
  cmake_parse_arguments(FLOOR "" "" "BELOW;SOURCES" ${ARGN})
  add_library(berth_${name}_objects OBJECT ${FLOOR_SOURCES})
  target_link_libraries(berth_${name}_objects PUBLIC berth_options)
  add_library(berth_${name} STATIC $<TARGET_OBJECTS:berth_${name}_objects>)
  target_link_libraries(berth_${name} PUBLIC berth_options)
  foreach(below IN LISTS FLOOR_BELOW)
    target_link_libraries(berth_${name} PUBLIC berth_${below})
  endforeach()
endfunction()

# berth_unit_test(FLOOR NAME): NAME.c, next to the code it tests, as the test unit.FLOOR.NAME.
function(berth_unit_test floor name)
  if(NOT BUILD_TESTING)
    return()
  endif()
  add_executable(${floor}_${name} ${name}.c)
  target_link_libraries(${floor}_${name} PRIVATE berth_${floor} ${CMOCKA_LIBRARIES})
  target_include_directories(${floor}_${name} PRIVATE ${CMOCKA_INCLUDE_DIR})
  add_test(NAME unit.${floor}.${name} COMMAND ${floor}_${name})
  set_tests_properties(unit.${floor}.${name} PROPERTIES LABELS unit TIMEOUT 60)
endfunction()
