# SPDX-License-Identifier: MIT
# cmake -D PROGRAM=<program> -P needs_no_cuda.cmake: no library of CUDA or of the driver is loaded when it starts.
find_program(readelf readelf REQUIRED)
execute_process(COMMAND "${readelf}" --dynamic "${PROGRAM}" OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
if(NOT dynamic MATCHES "NEEDED")
  message(FATAL_ERROR "${PROGRAM} needs no library at all; was it read?")
endif()
string(REGEX MATCHALL "NEEDED[^\n]*\\[lib(cu|nv)[^\n]*" found "${dynamic}")
if(found)
  message(FATAL_ERROR "${PROGRAM} would not start without CUDA: ${found}")
endif()
