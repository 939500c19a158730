// SPDX-License-Identifier: MIT
#include "linear/multigrid/input.hpp"

#include "core/multiversion.hpp"
#include "linear/multigrid/row_kernels.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>

#include <algorithm>
#include <limits>

namespace poise::linear::detail {
namespace {

struct coupling_range {
    double least_positive, largest;
};
POISE_MULTIVERSION coupling_range range_of(double const* c, std::size_t n) {
    coupling_range range{std::numeric_limits<double>::infinity(), 0.0};
    for (std::size_t i = 0; i < n; ++i) {
        range.least_positive = c[i] > 0.0 && c[i] < range.least_positive ? c[i] : range.least_positive;
        range.largest = c[i] > range.largest ? c[i] : range.largest;
    }
    return range;
}

// Comparisons with NaN are false.
POISE_MULTIVERSION bool all_positive_with_inverse(double const* x, std::size_t n) {
    bool good = true;
    for (std::size_t i = 0; i < n; ++i)
        good &= x[i] > 0.0 && 1.0 / x[i] < std::numeric_limits<double>::infinity() &&
                x[i] < std::numeric_limits<double>::infinity();
    return good;
}
POISE_MULTIVERSION bool all_couplings(double const* x, std::size_t n) {
    bool good = true;
    for (std::size_t i = 0; i < n; ++i) good &= x[i] >= 0.0 && x[i] < std::numeric_limits<double>::infinity();
    return good;
}

template <std::size_t D>
void require_usable(stencil_matrix<D> const& A) {
    for (std::size_t d = 0; d < D; ++d)
        POISE_REQUIRE(!A.periodic(d), "multigrid: ", "xyz"[d], " is periodic; it can be solved by another method");
    auto const diagonal = A.diagonal();
    if (!all_positive_with_inverse(diagonal.data(), diagonal.size()))
        for (std::size_t i = 0; i < diagonal.size(); ++i)
            POISE_REQUIRE(all_positive_with_inverse(&diagonal[i], 1), "multigrid: A(", i, ", ", i, ") is ", diagonal[i],
                          "; it must be positive, with a finite inverse");
    for (std::size_t d = 0; d < D; ++d) {
        auto const c = A.coupling(d);
        if (all_couplings(c.data(), c.size())) continue;
        for (std::size_t i = 0; i < c.size(); ++i)
            POISE_REQUIRE(all_couplings(&c[i], 1), "multigrid: the coupling of unknown ", i, " in ", "xyz"[d], " is ",
                          c[i], "; it must be finite and not negative");
    }
}

// Rounding in a cycle leaves an error of about 6e-8 of its result, which for what is rough costs energy by the largest
// coupling, where the result itself, smooth, has little. The bounds are from solves of chequers, layers and discs on
// 100² to 1000² and 80³ points: below them single precision takes hardly more iterations than double.
constexpr double most_in_proportion = 1e11, most_over_row_sums = 1e10;

}  // namespace

bool is_single_enough(double largest, double least_positive, double longest) noexcept {
    return largest * longest * longest <= most_in_proportion * least_positive;
}
bool are_row_sums_enough(double sum_of_diagonal, double sum_of_rows) noexcept {
    return sum_of_diagonal <= most_over_row_sums * sum_of_rows;
}

template <std::size_t D>
box_matrix<D> to_box_matrix(stencil_matrix<D> const& A) {
    using steps = neighbour_step<D>;
    require_usable(A);
    box_matrix<D> box{A.n(), true};
    auto const nx = A.n()[0];
    std::size_t first = 0;
    grid::detail::for_each_line(A.n(), [&](grid::extents<D> const& point) {
        auto const row = static_cast<std::size_t>(box.place(point));
        auto const copy_row = [&](std::span<double const> from, std::span<double> to) {
            split_scaled(from.data() + first, 0.0, 1.0, to.data() + row, to.data() + row + box.half, nx);
        };
        copy_row(A.diagonal(), box.diagonal());
        // What the matrix says of neighbours beyond the last point does not count.
        for (std::size_t d = 0; d < D; ++d)
            if (d == 0 || point[d] + 1 < A.n()[d]) copy_row(A.coupling(d), box.coupling(steps::along(d)));
        auto last = point;
        last[0] = nx - 1;
        box.coupling(steps::along(0))[static_cast<std::size_t>(box.place(last))] = 0.0;
        first += static_cast<std::size_t>(nx);
    });
    return box;
}

namespace {

template <std::size_t D>
bool couplings_are_alike(box_matrix<D> const& A) {
    auto const longest = static_cast<double>(*std::ranges::max_element(A.n));
    for (std::size_t d = 0; d < D; ++d) {
        auto const c = A.coupling(neighbour_step<D>::along(d));
        auto const range = range_of(c.data(), c.size());
        if (!is_single_enough(range.largest, range.least_positive, longest)) return false;
    }
    return true;
}

}  // namespace

template <std::size_t D>
matrix_traits traits_of(box_matrix<D> const& A, multigrid_nullspace known) {
    auto const row_sums = row_sums_of(A);
    bool const is_singular =
        known == multigrid_nullspace::automatic ? row_sums.are_rounding : known == multigrid_nullspace::constants;
    bool const has_small_row_sums = !is_singular && !are_row_sums_enough(sum(A.diagonal()), row_sums.total);
    return {is_singular, A.n_points() > few_points && !has_small_row_sums && couplings_are_alike(A)};
}

#define POISE_INSTANTIATE(D)                                          \
    template box_matrix<D> to_box_matrix(stencil_matrix<D> const& A); \
    template matrix_traits traits_of(box_matrix<D> const&, multigrid_nullspace);
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
