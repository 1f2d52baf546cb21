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
set(keys
  "HKCU\\Software\\Wine\\Drivers /v Graphics /d null /f"
  "HKCU\\Software\\Wine\\WineDbg /v ShowCrashDialog /t REG_DWORD /d 0 /f")
foreach(key IN LISTS keys)
  separate_arguments(words NATIVE_COMMAND "${key}")
  execute_process(COMMAND ${WINE} reg add ${words} RESULT_VARIABLE result ${quiet})
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "Wine does not start: ${result}; see ${PREFIX}.log")
  endif()
endforeach()
