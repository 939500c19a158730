# SPDX-License-Identifier: MIT
# The language CUDA, where there is a compiler of it that works: sets POISE_CUDA_FOUND.

include(CheckLanguage)

set(trouble "")
if(NOT POISE_CUDA STREQUAL "OFF")
  find_package(CUDAToolkit 12 QUIET)
  if(CUDAToolkit_FOUND)
    # A100, H100 and H200; what comes later compiles the code of 90 at its start.
    if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES AND NOT DEFINED ENV{CUDAARCHS})
      set(CMAKE_CUDA_ARCHITECTURES 80-real 90)
    endif()
    # A compiler that was named is taken as it is; one that is found, beside the path too, must work here.
    if(NOT CMAKE_CUDA_COMPILER)
      unset(CMAKE_CUDA_COMPILER)
      unset(CMAKE_CUDA_COMPILER CACHE)
      set(compiler_before "$ENV{CUDACXX}")
      if(NOT compiler_before)
        set(ENV{CUDACXX} "${CUDAToolkit_NVCC_EXECUTABLE}")
      endif()
      check_language(CUDA)
      if(NOT CMAKE_CUDA_COMPILER)
        set(trouble "$ENV{CUDACXX} does not work here, with this compiler of C++ perhaps")
      endif()
      set(ENV{CUDACXX} "${compiler_before}")
    endif()
  endif()
endif()
poise_optional_package(POISE_CUDA CUDAToolkit MINIMUM 12 LAYER cuda UNUSABLE "${trouble}"
  REMEDY "install the CUDA Toolkit, 12 or later (developer.nvidia.com/cuda-downloads)")

if(POISE_CUDA_FOUND)
  enable_language(CUDA)
  # CMake 3.25.1 does not know that these compilers take it.
  if(NOT DEFINED CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
    set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
    set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
  endif()
endif()
