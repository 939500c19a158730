// SPDX-License-Identifier: MIT
#define POISE_SIMD_WIDTH 2
#define POISE_SIMD_NAMESPACE baseline
#include "linear/transform/kernels.inc"
