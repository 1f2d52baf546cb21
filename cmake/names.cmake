cmake_minimum_required(VERSION 3.25)
# The archives as programs are linked with them: a program may have a `choose`, a `wait_for`, a
# `list_insert` of its own. Every name that is not berth_* or the linker's gets a dot in it, which no
# C or C++ name has; and what stands for one of Windows' functions is weak where it is defined, for a
# program's own definition goes before an import library's.
#
#   NM, OBJCOPY, AR; OBJECTS: a file that sets `archives`, their names in the folder TO, and for each
#   NAME `objects_NAME`; HEADERS: those that declare Windows' functions
include(${OBJECTS})
set(kept "^(berth_[A-Za-z0-9_]+|__wrap_[A-Za-z0-9_]+)$")

foreach(header IN LISTS HEADERS)
  file(STRINGS ${header} lines REGEX "BERTH_(FUNCTION|CRT)\\(")
  foreach(line IN LISTS lines)
    if(line MATCHES "BERTH_(FUNCTION|CRT)\\([^,]*, *([A-Za-z0-9_]+)")
      set(is_windows_berth_${CMAKE_MATCH_2} TRUE)
    endif()
  endforeach()
endforeach()

set(all "")
foreach(archive IN LISTS archives)
  list(APPEND all ${objects_${archive}})
endforeach()
execute_process(COMMAND ${NM} -A -g --defined-only ${all}
  OUTPUT_VARIABLE lines COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]+" lines "${lines}")
set(renamed "")
foreach(line IN LISTS lines)
  if(NOT line MATCHES "^(.+): *[0-9a-f]+ [A-Za-z] (.+)$")
    message(FATAL_ERROR "nm says '${line}', expected FILE:ADDRESS KIND NAME")
  endif()
  set(object "${CMAKE_MATCH_1}")
  set(name "${CMAKE_MATCH_2}")
  if(NOT name MATCHES "${kept}")
    string(APPEND renamed "${name} berth.${name}\n")
  elseif(is_windows_${name})
    list(APPEND "weak_${object}" --weaken-symbol=${name})
  endif()
endforeach()

file(WRITE ${TO}/names.renamed "${renamed}")
foreach(archive IN LISTS archives)
  set(made "")
  file(REMOVE_RECURSE ${TO}/${archive}.objects)
  file(MAKE_DIRECTORY ${TO}/${archive}.objects)
  foreach(object IN LISTS objects_${archive})
    list(LENGTH made number) # two floors may have files of one name
    get_filename_component(name ${object} NAME)
    list(APPEND made ${TO}/${archive}.objects/${number}_${name})
    execute_process(COMMAND ${OBJCOPY} --redefine-syms=${TO}/names.renamed ${weak_${object}}
      ${object} ${TO}/${archive}.objects/${number}_${name} COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
  file(REMOVE ${TO}/${archive})
  execute_process(COMMAND ${AR} qcs ${TO}/${archive} ${made} COMMAND_ERROR_IS_FATAL ANY)
  file(REMOVE_RECURSE ${TO}/${archive}.objects)
endforeach()
