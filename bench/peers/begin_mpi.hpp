// SPDX-License-Identifier: MIT
// hypre is a library of MPI programs; a benchmark is one of a single process.
#pragma once

#include <mpi.h>

namespace poise_bench {

/// MPI is begun at the first solver and never ended by one.
inline void begin_mpi() {
    int begun = 0;
    MPI_Initialized(&begun);
    if (begun == 0) MPI_Init(nullptr, nullptr);
}

}  // namespace poise_bench
