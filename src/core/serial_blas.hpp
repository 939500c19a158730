// SPDX-License-Identifier: MIT
// Private to src/: keeps the threads of BLAS and OpenMP out of what is parallel a level higher up, or too small for
// them.
#pragma once

namespace poise::detail {

/// While one is alive, the BLAS of the process (OpenBLAS) runs on one thread, wherever it is called. The first to come
/// saves the number of threads, the last to leave restores it. Thread-safe.
class serial_blas {
public:
    serial_blas();
    ~serial_blas();
    serial_blas(serial_blas const&) = delete;
    serial_blas& operator=(serial_blas const&) = delete;
};

/// While one is alive, OpenMP regions begun by this thread run on it alone, whatever number of threads they ask for.
class serial_openmp {
public:
    serial_openmp();
    ~serial_openmp();
    serial_openmp(serial_openmp const&) = delete;
    serial_openmp& operator=(serial_openmp const&) = delete;

private:
    int levels_ = -1;
};

}  // namespace poise::detail
