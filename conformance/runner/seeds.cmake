# The suite passes whatever the seed: RUNNER for twenty of them, and the same seed says the same.
foreach(seed RANGE 2 21)
  execute_process(COMMAND ${RUNNER} --seed ${seed} RESULT_VARIABLE code OUTPUT_VARIABLE said
    ERROR_VARIABLE said_wrong)
  if(NOT code EQUAL 0)
    message(SEND_ERROR "seed ${seed} ends with ${code}:\n${said}${said_wrong}")
  endif()
  if(seed EQUAL 2)
    set(said_first "${said}")
  endif()
endforeach()

execute_process(COMMAND ${RUNNER} --seed 2 OUTPUT_VARIABLE said)
if(NOT said STREQUAL said_first)
  message(SEND_ERROR "seed 2 says something else the second time:\n${said}")
endif()
