# How others build with Berth: berth-cc and berth-c++, from the build tree and installed; pkg-config;
# a CMake package.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

if(WIN32)
  return()
endif()

# To a program this is Windows and nothing else. Its wide characters have 16 bits, std::wstring's too,
# which the assertions keep out of the host's C++ library.
set(BERTH_PROGRAM_FLAGS -fshort-wchar -D_WIN32=1 -D_WIN64=1 -DWIN32=1
  -U__linux__ -U__linux -Ulinux -U__gnu_linux__ -U__unix__ -U__unix -Uunix
  -U_FORTIFY_SOURCE -D_GLIBCXX_ASSERTIONS)
foreach(name printf fprintf sprintf snprintf vprintf vfprintf vsprintf vsnprintf)
  list(APPEND BERTH_PROGRAM_FLAGS -fno-builtin-${name})
endforeach()
include(${CMAKE_CURRENT_LIST_DIR}/wraps.cmake)
set(BERTH_SANITIZE_FLAGS "")
if(BERTH_SANITIZE)
  set(BERTH_SANITIZE_FLAGS -fsanitize=${BERTH_SANITIZE})
  list(APPEND BERTH_PROGRAM_FLAGS ${BERTH_SANITIZE_FLAGS})
endif()
set(BERTH_FIBER_LIBRARY "")
if(BERTH_HAS_FCONTEXT)
  set(BERTH_FIBER_LIBRARY ${BERTH_BOOST_CONTEXT})
endif()

# berth_driver(NAME OUT PLACES): NAME is berth-cc or berth-c++; PLACES sets `includes` and `libraries`,
# an entry a line.
function(berth_driver BERTH_DRIVER out BERTH_DRIVER_PLACES)
  set(BERTH_DRIVER_CPLUSPLUS no)
  set(BERTH_DRIVER_VARIABLE BERTH_CC)
  set(BERTH_DRIVER_COMPILER cc)
  if(BERTH_DRIVER STREQUAL "berth-c++")
    set(BERTH_DRIVER_CPLUSPLUS yes)
    set(BERTH_DRIVER_VARIABLE BERTH_CXX)
    set(BERTH_DRIVER_COMPILER c++)
  endif()
  # A sanitizer's runtime is the compiler's own.
  if(BERTH_SANITIZE)
    set(BERTH_DRIVER_COMPILER ${CMAKE_C_COMPILER})
    if(BERTH_DRIVER_CPLUSPLUS)
      string(REGEX REPLACE "clang([^/]*)$" "clang++\\1" BERTH_DRIVER_COMPILER ${CMAKE_C_COMPILER})
      string(REGEX REPLACE "gcc([^/]*)$" "g++\\1" BERTH_DRIVER_COMPILER ${BERTH_DRIVER_COMPILER})
      string(REGEX REPLACE "/cc$" "/c++" BERTH_DRIVER_COMPILER ${BERTH_DRIVER_COMPILER})
    endif()
  endif()
  list(JOIN BERTH_PROGRAM_FLAGS " " BERTH_PROGRAM_FLAGS)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/berth-cc.in ${out} @ONLY
    FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
    WORLD_EXECUTE)
endfunction()

# The names of the archives that programs get are made so that no program's can clash: names.cmake.
find_program(BERTH_OBJCOPY NAMES ${CMAKE_OBJCOPY} objcopy llvm-objcopy REQUIRED)
find_program(BERTH_NM NAMES ${CMAKE_NM} nm llvm-nm REQUIRED)
set(archives ${CMAKE_BINARY_DIR}/lib/libberth_main.a ${CMAKE_BINARY_DIR}/lib/libberth.a)
set_target_properties(berth berth_main PROPERTIES
  ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/plain)
get_property(objects GLOBAL PROPERTY BERTH_OBJECTS)
set(list ${CMAKE_BINARY_DIR}/lib/plain/objects.cmake)
file(GENERATE OUTPUT ${list} CONTENT "set(archives libberth_main.a libberth.a)
set(objects_libberth_main.a \"$<TARGET_OBJECTS:berth_main>\")
set(objects_libberth.a \"$<JOIN:${objects},;>\")
")
file(GLOB windows_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/sim/include/win32/*.h
  ${PROJECT_SOURCE_DIR}/sim/include/crt/*.h)
add_custom_command(OUTPUT ${archives}
  DEPENDS berth berth_main $<TARGET_FILE:berth> $<TARGET_FILE:berth_main> ${windows_headers}
    ${list} ${PROJECT_SOURCE_DIR}/cmake/names.cmake
  COMMAND ${CMAKE_COMMAND} -DNM=${BERTH_NM} -DOBJCOPY=${BERTH_OBJCOPY} -DAR=${CMAKE_AR}
    -DOBJECTS=${list} -DTO=${CMAKE_BINARY_DIR}/lib "-DHEADERS=${windows_headers}"
    -P ${PROJECT_SOURCE_DIR}/cmake/names.cmake VERBATIM)
add_custom_target(berth_archives ALL DEPENDS ${archives} berth_begin_object)

# A long of 32 bits, with gcc: stands in the place of the compiler's own programs. See narrow.c.
add_executable(berth_narrow ${PROJECT_SOURCE_DIR}/cmake/narrow.c)
target_link_libraries(berth_narrow PRIVATE berth_options)
set(BERTH_NARROW ${CMAKE_BINARY_DIR}/lib/narrow)
add_custom_command(TARGET berth_narrow POST_BUILD
  COMMAND ${CMAKE_COMMAND} -E make_directory ${BERTH_NARROW}
  COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:berth_narrow> ${BERTH_NARROW}/cc1
  COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:berth_narrow> ${BERTH_NARROW}/cc1plus VERBATIM)
install(PROGRAMS ${BERTH_NARROW}/cc1 ${BERTH_NARROW}/cc1plus
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/berth/narrow)

set(system_libraries "-lsqlite3" ${BERTH_FIBER_LIBRARY} -lpthread -lm)
list(JOIN system_libraries "\n" libraries)
set(build_places "includes='${PROJECT_SOURCE_DIR}/sim/include/crt
${CMAKE_BINARY_DIR}/include/win32
${PROJECT_SOURCE_DIR}/sim/include/win32'
libraries='${CMAKE_BINARY_DIR}/lib/libberth_main.a
${CMAKE_BINARY_DIR}/lib/libberth.a
${libraries}'
begin='${CMAKE_BINARY_DIR}/lib/berth_begin.o'
narrow='${BERTH_NARROW}'")
file(RELATIVE_PATH to_prefix /x/${CMAKE_INSTALL_BINDIR} /x)
set(installed_places "prefix=$(cd \"$here/${to_prefix}\" && pwd)
includes=\"$prefix/${CMAKE_INSTALL_INCLUDEDIR}/berth/crt
$prefix/${CMAKE_INSTALL_INCLUDEDIR}/berth/win32\"
libraries=\"$prefix/${CMAKE_INSTALL_LIBDIR}/libberth_main.a
$prefix/${CMAKE_INSTALL_LIBDIR}/libberth.a
${libraries}\"
begin=\"$prefix/${CMAKE_INSTALL_LIBDIR}/berth_begin.o\"
narrow=\"$prefix/${CMAKE_INSTALL_LIBDIR}/berth/narrow\"")
foreach(driver berth-cc berth-c++)
  berth_driver(${driver} ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${driver} "${build_places}")
  berth_driver(${driver} ${CMAKE_BINARY_DIR}/install/${driver} "${installed_places}")
  install(PROGRAMS ${CMAKE_BINARY_DIR}/install/${driver} TYPE BIN)
endforeach()

install(FILES ${archives} TYPE LIB)
install(FILES ${CMAKE_BINARY_DIR}/lib/berth_begin.o TYPE LIB)
set(headers ${CMAKE_INSTALL_INCLUDEDIR}/berth)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/sim/include/crt ${PROJECT_SOURCE_DIR}/sim/include/win32
  ${CMAKE_BINARY_DIR}/include/win32 DESTINATION ${headers}
  PATTERN .clang-format EXCLUDE PATTERN layout_check.h EXCLUDE)
install(FILES ${PROJECT_SOURCE_DIR}/sim/include/berth/berth.h DESTINATION ${headers}/control/berth)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/spec/clauses ${PROJECT_SOURCE_DIR}/spec/behaviours
  DESTINATION ${headers}/control/spec)
install(FILES ${PROJECT_SOURCE_DIR}/spec/spec.h ${PROJECT_SOURCE_DIR}/spec/clauses.def
  ${PROJECT_SOURCE_DIR}/spec/behaviours.def ${PROJECT_SOURCE_DIR}/spec/errors.def
  DESTINATION ${headers}/control/spec)

file(RELATIVE_PATH BERTH_PC_TO_PREFIX /x/${CMAKE_INSTALL_LIBDIR}/pkgconfig /x)
string(REGEX REPLACE "/$" "" BERTH_PC_TO_PREFIX ${BERTH_PC_TO_PREFIX})
list(JOIN BERTH_PROGRAM_FLAGS " " BERTH_PC_FLAGS)
string(APPEND BERTH_PC_FLAGS " -Wno-format -Wno-unknown-pragmas")
list(JOIN system_libraries " " BERTH_PC_LIBS)
configure_file(${PROJECT_SOURCE_DIR}/cmake/berth.pc.in ${CMAKE_BINARY_DIR}/install/berth.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/install/berth.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/berth)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/berthConfig.cmake.in
  ${CMAKE_BINARY_DIR}/install/berthConfig.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/install/berthConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/install/berthConfig.cmake
  ${CMAKE_BINARY_DIR}/install/berthConfigVersion.cmake DESTINATION ${package})
