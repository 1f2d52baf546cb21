cmake_minimum_required(VERSION 3.25)
# The top level holds what DESIGN names, and nothing of this machine's paths stands in the tree.
file(GLOB entries RELATIVE ${ROOT} ${ROOT}/*)
set(allowed sim spec conformance fuzz docs cmake build
  CMakeLists.txt CMakePresets.json CMakeUserPresets.json README.md LICENSE vcpkg.json)
foreach(entry IN LISTS entries)
  if(NOT entry IN_LIST allowed AND NOT entry MATCHES "^\\.")
    message(FATAL_ERROR "top level: ${entry} has no place in the house")
  endif()
endforeach()
