// SPDX-License-Identifier: MIT
// Private to src/linear: memory for the kernels' vectors.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace poise::linear::detail {

struct aligned_deleter {
    void operator()(double* p) const noexcept { ::operator delete[](p, std::align_val_t{64}); }
};
using aligned_doubles = std::unique_ptr<double[], aligned_deleter>;

[[nodiscard]] inline aligned_doubles allocate_aligned(std::size_t n_bytes) {
    return aligned_doubles{static_cast<double*>(::operator new[](n_bytes, std::align_val_t{64}))};
}

}  // namespace poise::linear::detail
