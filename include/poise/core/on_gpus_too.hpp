// SPDX-License-Identifier: MIT
// Functions that run in the threads of GPUs as well as on the processor.
#pragma once

#ifdef __CUDACC__
#define POISE_ON_GPUS_TOO __host__ __device__
#else
#define POISE_ON_GPUS_TOO
#endif
