# The kinds of target this project has.

# berth_options: the warnings and definitions every target shares.
add_library(berth_options INTERFACE)
target_include_directories(berth_options INTERFACE ${PROJECT_SOURCE_DIR})
if(MSVC)
  target_compile_options(berth_options INTERFACE /W4 /utf-8 $<$<BOOL:${BERTH_WERROR}>:/WX>)
  target_compile_definitions(berth_options INTERFACE _CRT_SECURE_NO_WARNINGS
    _CRT_NONSTDC_NO_WARNINGS _WINSOCK_DEPRECATED_NO_WARNINGS)
else()
  target_compile_options(berth_options INTERFACE
    -Wall -Wextra -Wshadow -Wstrict-prototypes -Wvla -Wpointer-arith
    $<$<BOOL:${BERTH_WERROR}>:-Werror>)
endif()
if(WIN32)
  target_compile_definitions(berth_options INTERFACE _WIN32_WINNT=0x0A00)
  if(CMAKE_C_COMPILER_ID STREQUAL "Clang" AND NOT MSVC) # for the SDK's anonymous members with tags
    target_compile_options(berth_options INTERFACE -fms-extensions)
  endif()
endif()
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

# cmocka: installed, or for mingw-w64 its source, which cmake/setup.sh wine fetches.
set(BERTH_CMOCKA_SOURCE ${PROJECT_SOURCE_DIR}/build/cache/cmocka CACHE PATH "cmocka's source")
if(MINGW AND EXISTS ${BERTH_CMOCKA_SOURCE}/src/cmocka.c)
  set(WITH_STATIC_LIB ON CACHE BOOL "" FORCE)
  set(WITH_EXAMPLES OFF CACHE BOOL "" FORCE)
  set(berth_build_testing ${BUILD_TESTING})
  set(BUILD_TESTING OFF)
  # Its minimum of CMake is older than what warns of it.
  set(CMAKE_WARN_DEPRECATED OFF CACHE BOOL "" FORCE)
  add_subdirectory(${BERTH_CMOCKA_SOURCE} ${CMAKE_BINARY_DIR}/cmocka EXCLUDE_FROM_ALL SYSTEM)
  set(BUILD_TESTING ${berth_build_testing})
  set(CMOCKA_LIBRARIES cmocka-static)
  set(CMOCKA_INCLUDE_DIR ${BERTH_CMOCKA_SOURCE}/include)
else()
  find_package(cmocka CONFIG REQUIRED)
  if(TARGET cmocka::cmocka) # as newer ones have it
    set(CMOCKA_LIBRARIES cmocka::cmocka)
  endif()
endif()

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
  if(NOT BUILD_TESTING OR WIN32) # which they would fork on
    return()
  endif()
  add_executable(${floor}_${name} ${name}.c)
  target_link_libraries(${floor}_${name} PRIVATE berth_${floor} ${CMOCKA_LIBRARIES})
  target_include_directories(${floor}_${name} PRIVATE ${CMOCKA_INCLUDE_DIR})
  add_test(NAME unit.${floor}.${name} COMMAND ${floor}_${name})
  set_tests_properties(unit.${floor}.${name} PROPERTIES LABELS unit TIMEOUT 60)
endfunction()

# berth_find_xxhash(): BERTH_XXHASH_INCLUDE, the folder of xxhash.h. A cross build takes the host's,
# which is a header alone, out of the folder it shares with headers that are no business of Windows'.
function(berth_find_xxhash)
  if(NOT CMAKE_CROSSCOMPILING)
    find_path(BERTH_XXHASH_INCLUDE xxhash.h REQUIRED)
    return()
  endif()
  find_file(BERTH_XXHASH_HOST xxhash.h REQUIRED NO_CMAKE_FIND_ROOT_PATH
    PATHS /usr/include /usr/local/include)
  file(COPY ${BERTH_XXHASH_HOST} DESTINATION ${CMAKE_BINARY_DIR}/xxhash)
  set(BERTH_XXHASH_INCLUDE ${CMAKE_BINARY_DIR}/xxhash CACHE PATH "" FORCE)
endfunction()
