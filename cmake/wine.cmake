cmake_minimum_required(VERSION 3.25)
# Makes Wine ready for tests, or puts it away. Nobody is there to close a window, and a server that
# stays saves each program its start.
#
#   WINE, SERVER; PREFIX, a folder that is made; STOP to put away
set(ENV{WINEPREFIX} ${PREFIX})
set(ENV{WINEDEBUG} -all)
set(ENV{WINEDLLOVERRIDES} mscoree,mshtml=)
# What Wine starts keeps the output it was given: a file, for a pipe would never end.
set(quiet OUTPUT_FILE ${PREFIX}.log ERROR_FILE ${PREFIX}.log)

execute_process(COMMAND ${SERVER} -k ${quiet})
execute_process(COMMAND ${SERVER} -w ${quiet})
if(STOP)
  return()
endif()
execute_process(COMMAND ${SERVER} -p ${quiet})
function(set_key key value type to)
  execute_process(COMMAND ${WINE} reg add "HKCU\\Software\\Wine\\${key}" /v ${value} /t ${type} /d ${to} /f
    RESULT_VARIABLE result ${quiet})
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "Wine does not start: ${result}; see ${PREFIX}.log")
  endif()
endfunction()
set_key(Drivers Graphics REG_SZ null)
set_key(WineDbg ShowCrashDialog REG_DWORD 0)
