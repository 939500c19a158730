# SPDX-License-Identifier: MIT
# One function that declares a layer: a folder, a namespace, a target, all of one name.

include_guard()

# poise_layer(NAME SOURCES <file>... HEADERS <file>... [LAYERS <layer>...] [PUBLIC <target>...] [PRIVATE <target>...])
#   SOURCES are below src/NAME, HEADERS below include/poise/NAME; the umbrella include/poise/NAME.hpp is added.
#   LAYERS are the poise layers its headers include; PUBLIC and PRIVATE are third-party targets.
# Makes the library poise_NAME with the alias poise::NAME, the name it is exported under too.
function(poise_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 layer "" "" "SOURCES;HEADERS;LAYERS;PUBLIC;PRIVATE")
  if(layer_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "poise_layer(${name}): unknown arguments ${layer_UNPARSED_ARGUMENTS}")
  endif()
  set(include_dir "${PROJECT_SOURCE_DIR}/include")
  list(TRANSFORM layer_HEADERS PREPEND "${include_dir}/poise/${name}/")
  list(TRANSFORM layer_LAYERS PREPEND "poise::")

  add_library(poise_${name} ${layer_SOURCES})
  add_library(poise::${name} ALIAS poise_${name})
  target_sources(poise_${name} PUBLIC FILE_SET HEADERS BASE_DIRS "${include_dir}"
    FILES "${include_dir}/poise/${name}.hpp" ${layer_HEADERS})
  target_include_directories(poise_${name} PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_compile_features(poise_${name} PUBLIC cxx_std_20)
  # Fused multiply-adds round once where the others round twice: with them a result would depend on the processor.
  target_compile_options(poise_${name} PRIVATE -ffp-contract=off)
  target_link_libraries(poise_${name} PUBLIC ${layer_LAYERS} ${layer_PUBLIC} PRIVATE ${layer_PRIVATE})
  set_target_properties(poise_${name} PROPERTIES
    EXPORT_NAME ${name}
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    INSTALL_RPATH "$ORIGIN"
    POSITION_INDEPENDENT_CODE ON
    VERIFY_INTERFACE_HEADER_SETS ON)
  set_property(GLOBAL APPEND PROPERTY POISE_TARGETS poise_${name})
  set_property(GLOBAL APPEND PROPERTY POISE_LAYERS ${name})
endfunction()
