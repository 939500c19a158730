# SPDX-License-Identifier: MIT
# One consumer of poise, as a user would build it: configure, build, run.
#
# cmake -D SOURCE=<project> -D BUILD=<folder> [-D FRESH=ON] [-D RUN=<program>] [-D FAILS_WITH=<regex>]
#       -P consume.cmake -- <configure option>...
# FRESH forgets an earlier run. FAILS_WITH: configuring must fail, with a message that matches; spaces and line ends are
# alike, because CMake wraps its messages.

set(options "")
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
  if(DEFINED seen_dashes)
    list(APPEND options "${CMAKE_ARGV${i}}")
  elseif(CMAKE_ARGV${i} STREQUAL "--")
    set(seen_dashes TRUE)
  endif()
endforeach()

if(FRESH)
  file(REMOVE_RECURSE "${BUILD}")
endif()
execute_process(
  COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${BUILD}" -G Ninja ${options}
  RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output ECHO_OUTPUT_VARIABLE ECHO_ERROR_VARIABLE)
if(DEFINED FAILS_WITH)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  if(NOT failed OR NOT output MATCHES "${FAILS_WITH}")
    message(FATAL_ERROR "Configuring should have failed with: ${FAILS_WITH}")
  endif()
  return()
endif()
if(failed)
  message(FATAL_ERROR "Configuring failed")
endif()
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${BUILD}" COMMAND_ERROR_IS_FATAL ANY)
if(DEFINED RUN)
  execute_process(COMMAND "${BUILD}/${RUN}" COMMAND_ERROR_IS_FATAL ANY)
endif()
