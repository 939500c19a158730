# SPDX-License-Identifier: MIT
# Finds libbacktrace, which reads debug information. Debian's GCC brings it in folders of its own.
#
# Target: Libbacktrace::Libbacktrace. Variables: Libbacktrace_FOUND, Libbacktrace_INCLUDE_DIR, Libbacktrace_LIBRARY.
# The header's folder is not in the target: beside backtrace.h lie GCC's own headers, which no other compiler may see
# before its own. Who compiles against it passes the folder with -idirafter. This module is installed with poise and
# runs again on the user's machine: no path of ours is kept.

find_library(Libbacktrace_LIBRARY backtrace HINTS ${CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES})
set(Libbacktrace_hints ${CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES})
list(TRANSFORM Libbacktrace_hints APPEND /include)
find_path(Libbacktrace_INCLUDE_DIR backtrace.h HINTS ${Libbacktrace_hints})
mark_as_advanced(Libbacktrace_INCLUDE_DIR Libbacktrace_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libbacktrace REQUIRED_VARS Libbacktrace_LIBRARY Libbacktrace_INCLUDE_DIR)

if(Libbacktrace_FOUND AND NOT TARGET Libbacktrace::Libbacktrace)
  add_library(Libbacktrace::Libbacktrace UNKNOWN IMPORTED)
  set_target_properties(Libbacktrace::Libbacktrace PROPERTIES IMPORTED_LOCATION "${Libbacktrace_LIBRARY}")
endif()
