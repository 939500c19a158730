// SPDX-License-Identifier: MIT
#include "core/serial_blas.hpp"

#include <dlfcn.h>

#include <mutex>

namespace poise::detail {
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

    [[nodiscard]] bool have_blas() const { return set_blas_threads != nullptr && blas_threads != nullptr; }
    [[nodiscard]] bool have_openmp() const { return set_omp_levels != nullptr && omp_levels != nullptr; }
};

libraries const& library() {
    static libraries const found;
    return found;
}

// OpenBLAS counts threads for the whole process.
std::mutex blas_mutex;
int n_inside = 0;
int saved_blas_threads = 1;

}  // namespace

serial_blas::serial_blas() {
    if (!library().have_blas()) return;
    std::scoped_lock const lock{blas_mutex};
    if (n_inside++ > 0) return;
    saved_blas_threads = library().blas_threads();
    if (saved_blas_threads != 1) library().set_blas_threads(1);
}

serial_blas::~serial_blas() {
    if (!library().have_blas()) return;
    std::scoped_lock const lock{blas_mutex};
    if (--n_inside == 0 && saved_blas_threads != 1) library().set_blas_threads(saved_blas_threads);
}

serial_openmp::serial_openmp() {
    if (!library().have_openmp()) return;
    levels_ = library().omp_levels();
    library().set_omp_levels(0);
}

serial_openmp::~serial_openmp() {
    if (levels_ >= 0) library().set_omp_levels(levels_);
}

}  // namespace poise::detail
