// SPDX-License-Identifier: MIT
#define POISE_SIMD_WIDTH 4
#define POISE_SIMD_NAMESPACE avx2
#include "linear/transform/kernels.inc"
