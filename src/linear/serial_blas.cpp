// SPDX-License-Identifier: MIT
#include "linear/serial_blas.hpp"

#include <dlfcn.h>

#include <mutex>

namespace poise::linear::detail {
namespace {

// Looked up, not linked: which BLAS and which OpenMP the program has is decided when it is loaded.
template <class Function>
Function* loaded(char const* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_DEFAULT, name));
}

struct libraries {
    void (*set_blas_threads)(int) = loaded<void(int)>("openblas_set_num_threads");
    int (*blas_threads)() = loaded<int()>("openblas_get_num_threads");
    // Zero active levels means that no parallel region becomes active; it binds the calling thread only.
    void (*set_omp_levels)(int) = loaded<void(int)>("omp_set_max_active_levels");
    int (*omp_levels)() = loaded<int()>("omp_get_max_active_levels");
};

libraries const& library() {
    static libraries const found;
    return found;
}

// OpenBLAS counts threads for the whole process: the first to enter saves the number, the last to leave restores it.
std::mutex blas_mutex;
int n_inside = 0;
int saved_blas_threads = 1;

}  // namespace

serial_blas::serial_blas() {
    if (library().set_omp_levels != nullptr && library().omp_levels != nullptr) {
        omp_levels_ = library().omp_levels();
        library().set_omp_levels(0);
    }
    if (library().set_blas_threads == nullptr || library().blas_threads == nullptr) return;
    std::scoped_lock const lock{blas_mutex};
    if (n_inside++ > 0) return;
    saved_blas_threads = library().blas_threads();
    if (saved_blas_threads != 1) library().set_blas_threads(1);
}

serial_blas::~serial_blas() {
    if (omp_levels_ >= 0) library().set_omp_levels(omp_levels_);
    if (library().set_blas_threads == nullptr || library().blas_threads == nullptr) return;
    std::scoped_lock const lock{blas_mutex};
    if (--n_inside == 0 && saved_blas_threads != 1) library().set_blas_threads(saved_blas_threads);
}

}  // namespace poise::linear::detail
