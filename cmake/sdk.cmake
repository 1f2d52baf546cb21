cmake_minimum_required(VERSION 3.25)
# Compiles FILE against the Windows SDK's headers as mingw-w64 ships them, without making anything.
# SKIPPED, said in so many words, where mingw-w64 is not installed.
find_program(MINGW x86_64-w64-mingw32-gcc)
if(NOT MINGW)
  message("SKIPPED: x86_64-w64-mingw32-gcc is not installed; sh cmake/setup.sh sdk installs it")
  return()
endif()
# cmocka.h alone, not the host's other headers beside it.
file(COPY ${CMOCKA_H} DESTINATION ${WORK}/cmocka)
execute_process(
  COMMAND ${MINGW} -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -D_WIN32_WINNT=0x0A00
    -I${ROOT} -isystem ${WORK}/cmocka ${FILE}
  RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${FILE} does not compile against the SDK's headers")
endif()

# The SDK's headers want anonymous members that have a tag, which clang must be told.
find_program(CLANG clang)
if(CLANG)
  execute_process(
    COMMAND ${CLANG} --target=x86_64-w64-mingw32 -std=c11 -fms-extensions -Wall -Wextra -Wpedantic
      -Werror -fsyntax-only -D_WIN32_WINNT=0x0A00 -I${ROOT} -isystem ${WORK}/cmocka ${FILE}
    RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${FILE} does not compile with clang against the SDK's headers")
  endif()
endif()
