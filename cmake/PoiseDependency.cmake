# SPDX-License-Identifier: MIT
# Third-party packages: what is missing is named together with the Debian package that brings it. What is learnt here
# (debian package, lowest version, features built or not) is kept in global properties for the installed configuration.

include_guard()

# poise_require_package(NAME DEBIAN_PACKAGE [MINIMUM <version>]): a package poise cannot do without.
function(poise_require_package name debian_package)
  cmake_parse_arguments(PARSE_ARGV 2 required "" "MINIMUM" "")
  set(advice "On Debian and Ubuntu: apt-get install ${debian_package}; all at once: scripts/install-dependencies")
  find_package(${name} QUIET)
  if(NOT ${name}_FOUND)
    message(FATAL_ERROR "poise needs ${name}, which was not found.\n  ${advice}")
  elseif(required_MINIMUM AND ${name}_VERSION VERSION_LESS required_MINIMUM)
    message(FATAL_ERROR "poise needs ${name} ${required_MINIMUM} or later and found ${${name}_VERSION}.\n  ${advice}")
  endif()
  set_property(GLOBAL PROPERTY POISE_${name}_FOUND ON)
  set_property(GLOBAL PROPERTY POISE_${name}_DEBIAN_PACKAGE "${debian_package}")
  set_property(GLOBAL PROPERTY POISE_${name}_MINIMUM "${required_MINIMUM}")
  set_property(GLOBAL APPEND PROPERTY POISE_SUMMARY "${name}|yes ${${name}_VERSION}")
endfunction()

# poise_optional_package(OPTION NAME COMPONENTS <component>... DEBIAN_PACKAGE <name> LAYER <layer>)
# OPTION is POISE_<FEATURE>: AUTO (use it if it is there), ON (fail if it is not) or OFF. Sets OPTION_FOUND. The
# feature, in lower case, is a component of the installed package; LAYER is the layer that holds it.
function(poise_optional_package option name)
  cmake_parse_arguments(PARSE_ARGV 2 optional "" "DEBIAN_PACKAGE;LAYER" "COMPONENTS")
  if(NOT "${${option}}" MATCHES "^(AUTO|ON|OFF)$")
    message(FATAL_ERROR "${option} is '${${option}}'; it must be AUTO, ON or OFF")
  endif()
  set(found OFF)
  if("${${option}}" STREQUAL "OFF")
    set(state "no, ${option}=OFF")
  else()
    find_package(${name} QUIET COMPONENTS ${optional_COMPONENTS})
    if(${name}_FOUND)
      set(found ON)
      set(state "yes ${${name}_VERSION}, ${option}=${${option}}")
    elseif("${${option}}" STREQUAL "ON")
      message(FATAL_ERROR
        "${option}=ON, but ${name} (${optional_COMPONENTS}) was not found.\n"
        "  On Debian and Ubuntu: apt-get install ${optional_DEBIAN_PACKAGE}; or set ${option}=OFF")
    else()
      set(state "no; apt-get install ${optional_DEBIAN_PACKAGE} to use it")
    endif()
  endif()
  set(${option}_FOUND ${found} PARENT_SCOPE)

  string(REGEX REPLACE "^POISE_" "" feature "${option}")
  string(TOLOWER "${feature}" feature)
  set_property(GLOBAL APPEND PROPERTY POISE_FEATURES ${feature})
  set_property(GLOBAL PROPERTY POISE_${feature}_FOUND ${found})
  set_property(GLOBAL PROPERTY POISE_${feature}_LAYER ${optional_LAYER})
  set_property(GLOBAL PROPERTY POISE_${feature}_REMEDY
    "apt-get install ${optional_DEBIAN_PACKAGE} and build poise with -D${option}=ON")
  set_property(GLOBAL PROPERTY POISE_${name}_FOUND ${found})
  set_property(GLOBAL PROPERTY POISE_${name}_DEBIAN_PACKAGE "${optional_DEBIAN_PACKAGE}")
  set_property(GLOBAL APPEND PROPERTY POISE_SUMMARY "${name}|${state}")
endfunction()

function(poise_print_summary)
  get_property(rows GLOBAL PROPERTY POISE_SUMMARY)
  get_property(layers GLOBAL PROPERTY POISE_LAYERS)
  list(JOIN layers " " layers)
  message(STATUS "poise ${PROJECT_VERSION}: ${layers}")
  foreach(row IN LISTS rows)
    string(REGEX MATCH "^(.*)\\|(.*)$" row "${row}")
    string(LENGTH "${CMAKE_MATCH_1}" length)
    math(EXPR padding "14 - ${length}")
    string(REPEAT " " ${padding} padding)
    message(STATUS "  ${CMAKE_MATCH_1}${padding}${CMAKE_MATCH_2}")
  endforeach()
endfunction()
