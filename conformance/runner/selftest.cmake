# The runner tested on cases whose verdicts are known: RUNNER is built with runner/selftest/.
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})

macro(ends expected)
  execute_process(COMMAND ${RUNNER} ${ARGN} WORKING_DIRECTORY ${WORK} RESULT_VARIABLE code
    OUTPUT_VARIABLE said ERROR_VARIABLE complained)
  if(NOT code EQUAL ${expected})
    message(SEND_ERROR "${ARGN}: exit code ${code}, expected ${expected}\n${said}${complained}")
  endif()
endmacro()

function(says text)
  string(FIND "${said}${complained}" "${text}" at)
  if(at EQUAL -1)
    message(SEND_ERROR "does not say:\n${text}\nbut:\n${said}${complained}")
  endif()
endfunction()

function(holds file text)
  file(READ ${WORK}/${file} content)
  string(FIND "${content}" "${text}" at)
  if(at EQUAL -1)
    message(SEND_ERROR "${file} does not hold:\n${text}\nbut:\n${content}")
  endif()
endfunction()

ends(1 --seed 9 --junit all.xml --json all.json --html all.html --observe all.profile)

# Verdicts, and which one wins when several cases judge a clause.
file(READ ${WORK}/all.json json)
string(JSON count LENGTH "${json}" clauses)
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
  string(JSON id GET "${json}" clauses ${i} id)
  string(JSON verdict_${id} GET "${json}" clauses ${i} verdict)
endforeach()
foreach(pair ACQ-001=FAIL ACQ-002=PASS ACQ-003= ACQ-006=PASS ACQ-010=FAIL BIND-001=FAIL ACQ-012=FAIL
    ACQ-013=FAIL ACQ-014=FAIL ACQ-015=SKIPPED ACQ-016=UNSUPPORTED ACQ-018=PASS LAY-015=OBSERVED
    CRT-009=PASS BOOT-001=PASS BOOT-002=SKIPPED PRIV-001=SKIPPED)
  string(REGEX MATCH "^([^=]*)=(.*)$" pair ${pair})
  if(NOT "${verdict_${CMAKE_MATCH_1}}" STREQUAL "${CMAKE_MATCH_2}")
    message(SEND_ERROR
      "${CMAKE_MATCH_1} is ${verdict_${CMAKE_MATCH_1}}, expected ${CMAKE_MATCH_2}")
  endif()
endforeach()
string(JSON failed GET "${json}" totals FAIL)
string(JSON target GET "${json}" target)
string(JSON fingerprint GET "${json}" fingerprint)
if(NOT failed EQUAL 6 OR NOT target STREQUAL "self-test \"<&>\"" OR
   NOT fingerprint STREQUAL "0000000000000018")
  message(SEND_ERROR "totals, target or fingerprint: ${failed} ${target} ${fingerprint}")
endif()

# What a failure says, with nothing of cmocka's frame.
says("berth-conformance --only fails --seed 9
  FAIL, in suite planted, judges ACQ-010 BIND-001
  0x1 != 0x2
  conformance/runner/selftest/suite.c:")
says("words of the case")
says("answered: wsaeinval here, but wsaefault in passes")
says("answered: 77, which no option stands for")
says("allowed: wsaefault (10014), wsaeinval (10022)")
says("SKIPPED is_skipped: there is nothing to skip <to>")
says("SKIPPED needs_an_administrator: it has no such thing")
says("UNSUPPORTED is_unsupported: the stack has no reservations")
says("ACQ-016 is UNSUPPORTED, which was not expected")
foreach(frame "[  ERROR   ]" "[   LINE   ]" "[ RUN      ]" "[==========]" "FAILED TEST(S)")
  string(FIND "${said}" "${frame}" at)
  if(NOT at EQUAL -1)
    message(SEND_ERROR "cmocka's frame shows: ${frame}\n${said}")
  endif()
endforeach()
holds(all.xml "<testsuite name=\"planted\" tests=\"12\" failures=\"4\" errors=\"0\" skipped=\"3\">")
holds(all.xml "&lt;b&gt; &amp; &quot;quotes&quot; ? ? ä")
holds(all.xml "<skipped message=\"UNSUPPORTED: the stack has no reservations\"/>")
holds(all.html "<title>Berth conformance: self-test &quot;&lt;&amp;&gt;&quot;</title>")
holds(all.html "&lt;b&gt; &amp; &quot;quotes&quot; ? ? ä")
holds(all.html "<title>tcp reserved 5000-5019</title>")
holds(all.html "<title>tcp bound 5003</title>")
holds(all.profile "token_values = random\n")

# A DEFECT is refused by name.
ends(1 --only sees_the_profile --set token_values=zero)
says("answered: zero, a defect by LAY-015: INVALID_PORT_RESERVATION_TOKEN is handed out")

# What is known to fail is no failure; what no longer fails is.
file(WRITE ${WORK}/known.expect "ACQ-001 FAIL known\nACQ-010 FAIL known\nBIND-001 FAIL known
ACQ-012 FAIL known\n# as a comment\n  ACQ-013   FAIL\tknown\nACQ-014 FAIL known\r
ACQ_016 UNSUPPORTED known\n")
ends(0 --expect known.expect --junit known.xml)
says("expected to fail, in suite planted")
holds(known.xml "<testsuite name=\"expectations\" tests=\"7\" failures=\"0\"")
file(READ ${WORK}/known.expect known)
file(WRITE ${WORK}/sometimes.expect "${known}BOOT-001 FAIL? it passes this time\n")
string(REPLACE "ACQ-001 FAIL " "ACQ-001 FAIL? " known "${known}")
file(APPEND ${WORK}/sometimes.expect "# and one that fails this time\n")
ends(0 --expect sometimes.expect)
file(WRITE ${WORK}/sometimes.expect "${known}")
ends(0 --expect sometimes.expect)
file(APPEND ${WORK}/known.expect "BOOT-001 FAIL it passes\n")
ends(1 --expect known.expect --junit stale.xml)
says("known.expect:9: stale: BOOT-001 was to be FAIL (it passes), and is PASS")
holds(stale.xml "<failure message=\"stale: was to be FAIL and is PASS\"/>")
ends(0 --only passes --expect known.expect)

# Names: exactly, by a pattern, by a part, by a clause.
foreach(choice fails=1 fail=2 f*s=2 "f*s?*=1" planted=12 planted_admin=3 ACQ-001=2 ACQ_001=2 ACQ=9)
  string(REGEX MATCH "^(.*)=(.*)$" choice "${choice}")
  set(pattern "${CMAKE_MATCH_1}")
  set(expected "${CMAKE_MATCH_2}")
  ends(0 --list --only ${pattern})
  string(REGEX MATCHALL "\n  [a-z_]+  " listed "\n${said}")
  list(LENGTH listed count)
  if(NOT count EQUAL expected)
    message(SEND_ERROR "--only ${pattern} names ${count} cases, expected ${expected}\n${said}")
  endif()
endforeach()

# The trace stands case by case.
ends(0 --only passes --trace trace.txt)
file(READ ${WORK}/trace.txt trace)
if(NOT trace STREQUAL "opened\n# passes\n")
  message(SEND_ERROR "the trace is:\n${trace}")
endif()

# A case that ends the process does not end it unsaid, and leaves no file half written.
foreach(end protocol_scope=swapped other_protocol_bind=wsaeacces)
  ends(3 --only breaks_the_harness --set ${end} --json broken.json)
  says("the harness broke. This runs the case again:
berth-conformance --only breaks_the_harness --seed 1 --set ${end}\n")
  file(GLOB left ${WORK}/broken*)
  if(left)
    message(SEND_ERROR "left behind: ${left}")
  endif()
endforeach()

# Coverage: a clause without a case, a case without a clause, a name that stands twice.
ends(1 --clauses)
says("ACQ-003 is TESTED and no case judges it")
says("stands_twice judges SPI-029, which is NOT_TESTABLE")
says("stands_twice is a case of planted_admin and of planted_admin")

# The check of all answers finds what is not caught, what is not seen, and what breaks.
ends(3 --check-options)
says("protocol_scope                 swapped              DEFECT   broke the harness")
ends(1 --check-options --only token_values)
says("(default)                                                    fails answers_otherwise: short_")
ends(1 --check-options --only block_selection)
says("block_selection                                              is observed by no case")
ends(1 --check-options --only persistent_start_order)
says("persistent_start_order         host                 DEFECT   is not caught by LAY-017")
ends(1 --check-options --only short_input)
says("short_input                    wsaeinval            ALLOWED  observed as wsaefault")
