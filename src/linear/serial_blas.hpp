// SPDX-License-Identifier: MIT
// Private to src/: keeps the threads of BLAS and OpenMP out of a factorisation.
#pragma once

namespace poise::linear::detail {

/// While one is alive, OpenMP regions begun by this thread and the BLAS of the process run on one thread.
/// CHOLMOD asks OpenMP for four threads in every supernode whatever the environment says, and OpenBLAS wakes its own:
/// on supernodes of a few dozen columns both cost more than the arithmetic (measured: 2.3 times the whole factorisation
/// of 255² unknowns on two cores). One thread also makes the bits reproducible; poise is parallel a level higher up.
class serial_blas {
public:
    serial_blas();
    ~serial_blas();
    serial_blas(serial_blas const&) = delete;
    serial_blas& operator=(serial_blas const&) = delete;

private:
    int omp_levels_ = -1;
};

}  // namespace poise::linear::detail
