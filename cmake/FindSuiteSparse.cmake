# SPDX-License-Identifier: MIT
# Finds parts of SuiteSparse and gives them the target names that SuiteSparse 7 uses, so that one name works everywhere.
#
# Components: CHOLMOD (the default). Targets: SuiteSparse::CHOLMOD. Variables: SuiteSparse_FOUND, SuiteSparse_VERSION,
# SuiteSparse_CHOLMOD_FOUND. SuiteSparse 7.4 and later bring CMake configurations, which are preferred; Debian 12's
# 5.12 has none (a folder cmake/SuiteSparse from another package is no sign of one), so the header and the library are
# looked for. This module is installed with poise and runs again on the user's machine: no path of ours is kept.

if(NOT SuiteSparse_FIND_COMPONENTS)
  set(SuiteSparse_FIND_COMPONENTS CHOLMOD)
  set(SuiteSparse_FIND_REQUIRED_CHOLMOD TRUE)
endif()

if(NOT TARGET SuiteSparse::CHOLMOD)
  find_package(CHOLMOD CONFIG QUIET)
  if(TARGET SuiteSparse::CHOLMOD)
    set(SuiteSparse_VERSION "${SuiteSparse_config_VERSION}")  # CHOLMOD counts its own versions
  endif()
endif()

if(NOT TARGET SuiteSparse::CHOLMOD)
  find_path(SuiteSparse_CHOLMOD_INCLUDE_DIR cholmod.h PATH_SUFFIXES suitesparse)
  find_library(SuiteSparse_CHOLMOD_LIBRARY cholmod)
  mark_as_advanced(SuiteSparse_CHOLMOD_INCLUDE_DIR SuiteSparse_CHOLMOD_LIBRARY)
  if(SuiteSparse_CHOLMOD_INCLUDE_DIR AND SuiteSparse_CHOLMOD_LIBRARY)
    set(SuiteSparse_config_header "${SuiteSparse_CHOLMOD_INCLUDE_DIR}/SuiteSparse_config.h")
    if(EXISTS "${SuiteSparse_config_header}")
      file(STRINGS "${SuiteSparse_config_header}" SuiteSparse_VERSION
        REGEX "#define SUITESPARSE_(MAIN|SUB|SUBSUB)_VERSION")
      string(REGEX REPLACE "[^0-9;]" "" SuiteSparse_VERSION "${SuiteSparse_VERSION}")
      list(JOIN SuiteSparse_VERSION "." SuiteSparse_VERSION)
    endif()
    add_library(SuiteSparse::CHOLMOD UNKNOWN IMPORTED)
    set_target_properties(SuiteSparse::CHOLMOD PROPERTIES
      IMPORTED_LOCATION "${SuiteSparse_CHOLMOD_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${SuiteSparse_CHOLMOD_INCLUDE_DIR}")
  endif()
endif()

if(TARGET SuiteSparse::CHOLMOD)
  set(SuiteSparse_CHOLMOD_FOUND TRUE)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SuiteSparse VERSION_VAR SuiteSparse_VERSION HANDLE_COMPONENTS)
