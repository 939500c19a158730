// SPDX-License-Identifier: MIT
#define POISE_SIMD_WIDTH 8
#define POISE_SIMD_NAMESPACE avx512
#include "linear/transform/kernels.inc"
