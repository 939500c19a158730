// SPDX-License-Identifier: MIT
#include "linear/transform/kernels.hpp"

#include <array>
#include <cstddef>

namespace poise::linear::detail {

#ifdef POISE_X86_64_LEVELS
namespace avx512 {
extern transform_kernels const kernels;
}
namespace avx2 {
extern transform_kernels const kernels;
}
#endif
namespace baseline {
extern transform_kernels const kernels;
}

std::span<transform_kernels const* const> usable_kernels() noexcept {
    static auto const usable = [] {
        struct list {
            std::array<transform_kernels const*, 3> kernels{};
            std::size_t n = 0;
        } found;
#ifdef POISE_X86_64_LEVELS
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
            found.kernels[found.n++] = &avx512::kernels;
        if (__builtin_cpu_supports("avx2")) found.kernels[found.n++] = &avx2::kernels;
#endif
        found.kernels[found.n++] = &baseline::kernels;
        return found;
    }();
    return {usable.kernels.data(), usable.n};
}

}  // namespace poise::linear::detail
