# berth_exports(OUT): rows for GetProcAddress, KERNEL32(name), USER32(name) and so on, of all functions
# that these modules' headers declare. sim/winsock/exports.def has Winsock's.
function(berth_exports out)
  set(folder ${PROJECT_SOURCE_DIR}/sim/include/win32)
  set(rows "")
  foreach(name windows winbase processthreadsapi synchapi ioapiset threadpoolapiset locks winuser
          winternl sysinfoapi consoleapi timeapi fileapi filefind namedpipeapi fibersapi memoryapi
          heapapi iphlpapi netioapi icmpapi
          errhandlingapi)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/${name}.h)
    set(module KERNEL32)
    if(name STREQUAL "winuser")
      set(module USER32)
    elseif(name STREQUAL "winternl")
      set(module NTDLL)
    elseif(name STREQUAL "timeapi")
      set(module WINMM)
    elseif(name MATCHES "^(iphlpapi|netioapi|icmpapi)$")
      set(module IPHLPAPI)
    endif()
    file(STRINGS ${folder}/${name}.h lines REGEX "^BERTH_FUNCTION\\(")
    foreach(line IN LISTS lines)
      if(line MATCHES "[ ,*]([A-Za-z0-9_]+), *(\\(|$)")
        string(APPEND rows "${module}(${CMAKE_MATCH_1})\n")
      endif()
    endforeach()
  endforeach()
  file(CONFIGURE OUTPUT ${out} CONTENT "${rows}" @ONLY)
endfunction()
