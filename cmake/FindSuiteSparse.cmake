# SPDX-License-Identifier: MIT
# Finds parts of SuiteSparse and gives them the target names that SuiteSparse 7 uses, so that one name works everywhere.
#
# Components: CHOLMOD (the default), UMFPACK, KLU. Targets: SuiteSparse::<component>. Variables: SuiteSparse_FOUND,
# SuiteSparse_VERSION, SuiteSparse_<component>_FOUND. SuiteSparse 7.4 and later bring CMake configurations, which are
# preferred; Debian 12's 5.12 has none (a folder cmake/SuiteSparse from another package is no sign of one), so headers
# and libraries are looked for. This module is installed with poise and runs again on the user's machine: no path of
# ours is kept.

if(NOT SuiteSparse_FIND_COMPONENTS)
  set(SuiteSparse_FIND_COMPONENTS CHOLMOD)
  set(SuiteSparse_FIND_REQUIRED_CHOLMOD TRUE)
endif()

foreach(component IN ITEMS CHOLMOD UMFPACK KLU)
  if(NOT component IN_LIST SuiteSparse_FIND_COMPONENTS)
    continue()
  endif()
  if(NOT TARGET SuiteSparse::${component})
    find_package(${component} CONFIG QUIET)
    if(TARGET SuiteSparse::${component})
      set(SuiteSparse_VERSION "${SuiteSparse_config_VERSION}")  # the parts count their own versions
    endif()
  endif()

  if(NOT TARGET SuiteSparse::${component})
    string(TOLOWER ${component} SuiteSparse_name)
    find_path(SuiteSparse_${component}_INCLUDE_DIR ${SuiteSparse_name}.h PATH_SUFFIXES suitesparse)
    find_library(SuiteSparse_${component}_LIBRARY ${SuiteSparse_name})
    mark_as_advanced(SuiteSparse_${component}_INCLUDE_DIR SuiteSparse_${component}_LIBRARY)
    if(SuiteSparse_${component}_INCLUDE_DIR AND SuiteSparse_${component}_LIBRARY)
      set(SuiteSparse_config_header "${SuiteSparse_${component}_INCLUDE_DIR}/SuiteSparse_config.h")
      if(EXISTS "${SuiteSparse_config_header}")
        file(STRINGS "${SuiteSparse_config_header}" SuiteSparse_VERSION
          REGEX "#define SUITESPARSE_(MAIN|SUB|SUBSUB)_VERSION")
        string(REGEX REPLACE "[^0-9;]" "" SuiteSparse_VERSION "${SuiteSparse_VERSION}")
        list(JOIN SuiteSparse_VERSION "." SuiteSparse_VERSION)
      endif()
      add_library(SuiteSparse::${component} UNKNOWN IMPORTED)
      set_target_properties(SuiteSparse::${component} PROPERTIES
        IMPORTED_LOCATION "${SuiteSparse_${component}_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${SuiteSparse_${component}_INCLUDE_DIR}")
    endif()
  endif()

  if(TARGET SuiteSparse::${component})
    set(SuiteSparse_${component}_FOUND TRUE)
  endif()
endforeach()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SuiteSparse VERSION_VAR SuiteSparse_VERSION HANDLE_COMPONENTS)
