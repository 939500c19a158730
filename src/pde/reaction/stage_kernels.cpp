// SPDX-License-Identifier: MIT
#include "pde/reaction/stage_kernels.hpp"

#include "core/multiversion.hpp"

namespace poise::pde::detail {
namespace {

template <std::size_t D>
[[gnu::always_inline]] inline double laplacian(stage_piece const& p, std::ptrdiff_t i) {
    double const here = p.now[i];
    double sum = p.lower[i] * (p.now[i - 1] - here) + p.upper[i] * (p.now[i + 1] - here);
    for (std::size_t n = 0; n < 2 * D - 2; ++n) sum += p.couplings[n] * (p.neighbours[n][i] - here);
    return sum;
}

template <std::size_t D>
[[gnu::always_inline]] inline void combine(stage_piece const& given, stage_terms const& terms,
                                           stage_weights const& weights) {
    stage_piece const p = given;
    stage_terms const t = terms;
    stage_weights const w = weights;
    double const of_diffusion = w.slope * p.diffusivity;
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < p.n; ++i) {
        double const slope = of_diffusion * laplacian<D>(p, i) + w.slope * p.rate[i];
        double const others = (w.before * t.before[i] + w.y * t.y[i]) + w.first * t.first[i];
        p.out[i] = (w.now * p.now[i] + others) + slope;
    }
}

template <std::size_t D>
[[gnu::always_inline]] inline void find_slope(stage_piece const& given) {
    stage_piece const p = given;
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < p.n; ++i) p.out[i] = p.diffusivity * laplacian<D>(p, i) + p.rate[i];
}

constexpr std::ptrdiff_t n_sums = 8;

}  // namespace

#define POISE_STAGE_KERNELS(D)                                                                               \
    POISE_MULTIVERSION void combine##D(stage_piece const& p, stage_terms const& t, stage_weights const& w) { \
        combine<D>(p, t, w);                                                                                 \
    }                                                                                                        \
    POISE_MULTIVERSION void slope##D(stage_piece const& p) { find_slope<D>(p); }                             \
    template <>                                                                                              \
    void combine_stage<D>(stage_piece const& p, stage_terms const& t, stage_weights const& w) {              \
        combine##D(p, t, w);                                                                                 \
    }                                                                                                        \
    template <>                                                                                              \
    void slope_of<D>(stage_piece const& p) {                                                                 \
        slope##D(p);                                                                                         \
    }
POISE_STAGE_KERNELS(1)
POISE_STAGE_KERNELS(2)
POISE_STAGE_KERNELS(3)
#undef POISE_STAGE_KERNELS

POISE_MULTIVERSION error_sums sums_of_error(double const* y, double const* z, double const* first, double const* last,
                                            double h, std::ptrdiff_t n) {
    double errors[n_sums] = {}, sizes[n_sums] = {};
    auto const error = [&](std::ptrdiff_t i) { return 0.8 * (y[i] - z[i]) + 0.4 * h * (first[i] + last[i]); };
    std::ptrdiff_t i = 0;
    for (; i + n_sums <= n; i += n_sums)
        for (std::ptrdiff_t l = 0; l < n_sums; ++l) {
            double const e = error(i + l);
            errors[l] += e * e;
            sizes[l] += z[i + l] * z[i + l];
        }
    for (std::ptrdiff_t l = 0; i + l < n; ++l) {
        double const e = error(i + l);
        errors[l] += e * e;
        sizes[l] += z[i + l] * z[i + l];
    }
    error_sums result;
    for (std::ptrdiff_t l = 0; l < n_sums; ++l) result.error += errors[l], result.size += sizes[l];
    return result;
}

POISE_MULTIVERSION void add_scaled(double const* y, double weight, double const* first, double* out, std::ptrdiff_t n) {
    for (std::ptrdiff_t i = 0; i < n; ++i) out[i] = y[i] + weight * first[i];
}

}  // namespace poise::pde::detail
