# SPDX-License-Identifier: MIT
# cmake -D BUILD=<built folder> -D PREFIX=<folder> [-D CONFIG=<name>] -D SOURCE=<checkout> -P install.cmake
# Installs BUILD, moves the result to PREFIX and checks that no file of the package names a folder of this machine.

set(first_prefix "${BUILD}/prefix_before_the_move")
file(REMOVE_RECURSE "${first_prefix}" "${PREFIX}")
if(CONFIG)
  set(config --config "${CONFIG}")
endif()
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${first_prefix}" ${config} OUTPUT_QUIET
  COMMAND_ERROR_IS_FATAL ANY)
file(RENAME "${first_prefix}" "${PREFIX}")

file(GLOB_RECURSE files "${PREFIX}/*.cmake")
if(NOT files)
  message(FATAL_ERROR "No package configuration was installed below ${PREFIX}")
endif()
foreach(file IN LISTS files)
  file(READ "${file}" text)
  foreach(folder IN ITEMS "${SOURCE}" "${BUILD}" "/usr/include" "/usr/lib")
    # As a path that begins there: a checkout may be called /poise, which is no part of lib/cmake/poise.
    string(REGEX REPLACE "([][+.*()^$?|\\])" "\\\\\\1" quoted "${folder}")
    if(text MATCHES "(^|-I|-L|-isystem|[^A-Za-z0-9_.}/-])${quoted}")
      message(SEND_ERROR "${file} names ${folder}")
    endif()
  endforeach()
endforeach()
