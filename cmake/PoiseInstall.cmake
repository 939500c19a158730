# SPDX-License-Identifier: MIT
# Installs the library and a configuration for find_package(poise); the build folder serves as a package too.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# The third-party packages that the users of a target must find, read from what the target says of itself: what a static
# library uses privately is among them ($<LINK_ONLY:...>), what a shared library uses privately is not.
function(poise_packages_behind target result)
  set(packages "")
  get_target_property(links ${target} INTERFACE_LINK_LIBRARIES)
  string(REGEX MATCHALL "[A-Za-z0-9_]+::[A-Za-z0-9_]+" links "${links}")
  foreach(link IN LISTS links)
    if(link MATCHES "^poise::(.*)$")
      poise_packages_behind(poise_${CMAKE_MATCH_1} more)
    else()
      string(REGEX REPLACE "::.*" "" more "${link}")
      string(REGEX REPLACE "^CUDA$" "CUDAToolkit" more "${more}")  # the one package whose targets are called otherwise
      get_property(found GLOBAL PROPERTY POISE_${more}_FOUND)
      if(NOT DEFINED found)
        message(FATAL_ERROR
          "${target} links to ${link}, but no poise_require_package or poise_optional_package names ${more}")
      elseif(NOT found)
        continue()  # a feature that is off, named inside a generator expression
      endif()
    endif()
    list(APPEND packages ${more})
  endforeach()
  list(REMOVE_DUPLICATES packages)
  set(${result} ${packages} PARENT_SCOPE)
endfunction()

# What poise-config.cmake has to know: per component the packages it needs, or why this build lacks it.
function(poise_describe_components result)
  set(text "")
  set(all_packages "")
  get_property(layers GLOBAL PROPERTY POISE_LAYERS)
  get_property(features GLOBAL PROPERTY POISE_FEATURES)
  foreach(component IN LISTS layers features)
    set(layer ${component})
    if(component IN_LIST features)
      get_property(found GLOBAL PROPERTY POISE_${component}_FOUND)
      get_property(layer GLOBAL PROPERTY POISE_${component}_LAYER)
      if(NOT found)
        get_property(remedy GLOBAL PROPERTY POISE_${component}_REMEDY)
        string(APPEND text "  set(${component}_absent \"${remedy}\")\n")
        continue()
      endif()
    endif()
    poise_packages_behind(poise_${layer} packages)
    list(APPEND all_packages ${packages})
    string(APPEND text "  set(${component}_packages \"${packages}\")\n")
  endforeach()
  list(REMOVE_DUPLICATES all_packages)
  foreach(package IN LISTS all_packages)
    foreach(fact IN ITEMS REMEDY MINIMUM COMPONENTS)
      get_property(value GLOBAL PROPERTY POISE_${package}_${fact})
      string(APPEND text "  set(${package}_${fact} \"${value}\")\n")
    endforeach()
  endforeach()
  string(PREPEND text "  set(layers \"${layers}\")\n  set(features \"${features}\")\n")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

get_property(poise_targets GLOBAL PROPERTY POISE_TARGETS)
set(poise_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/poise")
poise_describe_components(poise_component_facts)
configure_file(cmake/poise-config.cmake.in poise-config.cmake @ONLY)
foreach(package IN ITEMS Libbacktrace SuiteSparse)
  configure_file(cmake/Find${package}.cmake Find${package}.cmake COPYONLY)
endforeach()
write_basic_package_version_file(poise-config-version.cmake COMPATIBILITY SameMinorVersion)  # SameMajorVersion from 1.0

install(TARGETS ${poise_targets} EXPORT poise-targets
  FILE_SET HEADERS
  OBJECTS DESTINATION "${CMAKE_INSTALL_LIBDIR}/poise")
install(EXPORT poise-targets NAMESPACE poise:: DESTINATION "${poise_package_dir}")
export(EXPORT poise-targets NAMESPACE poise::)
if(POISE_CUDA_FOUND)
  install(TARGETS poise_cuda EXPORT poise-cuda-targets FILE_SET HEADERS)
  install(EXPORT poise-cuda-targets NAMESPACE poise:: DESTINATION "${poise_package_dir}")
  export(EXPORT poise-cuda-targets NAMESPACE poise::)
endif()
install(FILES
  "${PROJECT_BINARY_DIR}/poise-config.cmake"
  "${PROJECT_BINARY_DIR}/poise-config-version.cmake"
  cmake/FindLibbacktrace.cmake
  cmake/FindSuiteSparse.cmake
  DESTINATION "${poise_package_dir}")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
