# SPDX-License-Identifier: MIT
set(SuiteSparse_config_VERSION 7.6.1)
add_library(SuiteSparse::CHOLMOD UNKNOWN IMPORTED)
set_target_properties(SuiteSparse::CHOLMOD PROPERTIES IMPORTED_LOCATION "from the configuration")
