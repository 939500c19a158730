// SPDX-License-Identifier: MIT
#include "core/multiversion.hpp"
#include "grid/indices.hpp"
#include "linear/loop_threads.hpp"
#include "linear/stencil_row.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/linear/stencil_matrix.hpp>
#include <poise/task/parallel_for.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace poise::linear {
namespace {

// Rows of neighbours in other directions, and what couples them.
template <int N>
struct neighbour_rows {
    double const* coupling[N > 0 ? N : 1];
    double const* x[N > 0 ? N : 1];
};

template <int N>
[[gnu::always_inline]] inline void multiply_each(double const* diagonal, double const* c,
                                                 neighbour_rows<N> const& others, double const* x, double* __restrict y,
                                                 std::size_t n) {
    auto const without = [&](double sum, std::size_t i) __attribute__((always_inline)) {
#pragma GCC unroll 4
        for (int k = 0; k < N; ++k) sum -= others.coupling[k][i] * others.x[k][i];
        return sum;
    };
    if (n == 1) {
        y[0] = without(diagonal[0] * x[0], 0);
        return;
    }
    y[0] = without(diagonal[0] * x[0] - c[0] * x[1], 0);
    for (std::size_t i = 1; i + 1 < n; ++i)
        y[i] = without(diagonal[i] * x[i] - c[i - 1] * x[i - 1] - c[i] * x[i + 1], i);
    y[n - 1] = without(diagonal[n - 1] * x[n - 1] - c[n - 2] * x[n - 2], n - 1);
}

// Functions that are compiled for several processors cannot be templates: an overload for each number of neighbours.
#define POISE_MULTIPLY_ROW(N)                                                                                      \
    POISE_MULTIVERSION void multiply_row(double const* diagonal, double const* c, neighbour_rows<N> const& others, \
                                         double const* x, double* y, std::size_t n) {                              \
        multiply_each(diagonal, c, others, x, y, n);                                                               \
    }
POISE_MULTIPLY_ROW(0)
POISE_MULTIPLY_ROW(1)
POISE_MULTIPLY_ROW(2)
POISE_MULTIPLY_ROW(3)
POISE_MULTIPLY_ROW(4)
#undef POISE_MULTIPLY_ROW

// The rows of neighbours that a row has, 2D - 2 of them at most.
class neighbours_of_row {
public:
    void add(double const* coupling, double const* x) {
        coupling_[n_] = coupling;
        x_[n_++] = x;
    }
    void multiply(double const* diagonal, double const* c, double const* x, double* y, std::size_t n) const {
        switch (n_) {
            case 0:
                return multiply_row(diagonal, c, rows<0>(), x, y, n);
            case 1:
                return multiply_row(diagonal, c, rows<1>(), x, y, n);
            case 2:
                return multiply_row(diagonal, c, rows<2>(), x, y, n);
            case 3:
                return multiply_row(diagonal, c, rows<3>(), x, y, n);
            default:
                return multiply_row(diagonal, c, rows<4>(), x, y, n);
        }
    }

private:
    template <int N>
    [[nodiscard]] neighbour_rows<N> rows() const {
        neighbour_rows<N> first;
        std::copy_n(coupling_.begin(), N, first.coupling);
        std::copy_n(x_.begin(), N, first.x);
        return first;
    }

    std::array<double const*, 4> coupling_{}, x_{};
    std::size_t n_ = 0;
};

constexpr std::size_t least_unknowns_for_threads = 50'000;

// Calls visit(row, place) for each row along x: the number of its first unknown, and its place in the other directions.
template <std::size_t D, class Visitor>
void for_each_row(grid::extents<D> const& n, Visitor const& visit) {
    std::size_t n_unknowns = 1;
    for (auto const extent : n) n_unknowns *= static_cast<std::size_t>(extent);
    if (n_unknowns == 0) return;
    auto const nx = static_cast<std::size_t>(n[0]);
    std::size_t const n_chunks =
        detail::parts_of_loop(n_unknowns, least_unknowns_for_threads, task::available_threads());
    task::parallel_for(n_unknowns / nx, n_chunks, [&](std::size_t first, std::size_t last) {
        for (std::size_t row = first; row < last; ++row) {
            grid::extents<D> place{};
            auto rest = static_cast<std::ptrdiff_t>(row);
            for (std::size_t d = 1; d < D; rest /= n[d++]) place[d] = rest % n[d];
            visit(row * nx, place);
        }
    });
}

}  // namespace

template <std::size_t D>
stencil_matrix<D>::stencil_matrix(grid::extents<D> const& n, std::array<bool, D> const& periodic)
    : n_{n}, periodic_{periodic} {
    std::size_t const size =
        checked_product(n, std::numeric_limits<std::ptrdiff_t>::max() / sizeof(double), "number of unknowns");
    diagonal_.resize(size);
    for (auto& values : couplings_) values.resize(size);
}

template <std::size_t D>
void stencil_matrix<D>::operator()(std::span<double const> x, std::span<double> y) const {
    POISE_REQUIRE(x.size() == n_unknowns() && y.size() == n_unknowns(), "the matrix is of ", n_unknowns(),
                  " unknowns, x of ", x.size(), " and y of ", y.size());
    auto const nx = static_cast<std::size_t>(n_[0]);
    for_each_row(n_, [&](std::size_t row, auto const& place) {
        neighbours_of_row others;
        std::size_t stride = nx;
        for (std::size_t d = 1; d < D; stride *= static_cast<std::size_t>(n_[d++])) {
            double const* const c = couplings_[d].data();
            std::size_t const across = stride * static_cast<std::size_t>(n_[d] - 1);
            bool const first = place[d] == 0, last = place[d] == n_[d] - 1;
            if (!first) others.add(c + row - stride, &x[row - stride]);
            if (first && periodic_[d]) others.add(c + row + across, &x[row + across]);
            if (!last) others.add(c + row, &x[row + stride]);
            if (last && periodic_[d]) others.add(c + row, &x[row - across]);
        }
        others.multiply(&diagonal_[row], &couplings_[0][row], &x[row], &y[row], nx);
        if (periodic_[0]) {
            double const around = couplings_[0][row + nx - 1];
            y[row] -= around * x[row + nx - 1];
            y[row + nx - 1] -= around * x[row];
        }
    });
}

namespace {

using matrix_row = detail::stencil_row<std::size_t>;

template <std::size_t D>
matrix_row row_of(stencil_matrix<D> const& A, std::size_t i, grid::extents<D> const& place) {
    matrix_row row;
    row.append(i, A.diagonal()[i]);
    std::size_t stride = 1;
    for (std::size_t d = 0; d < D; stride *= static_cast<std::size_t>(A.n()[d++])) {
        std::size_t const across = stride * static_cast<std::size_t>(A.n()[d] - 1);
        bool const first = place[d] == 0, last = place[d] == A.n()[d] - 1;
        if (!first)
            row.insert(i - stride, -A.coupling(d)[i - stride]);
        else if (A.periodic(d))
            row.insert(i + across, -A.coupling(d)[i + across]);
        if (!last)
            row.insert(i + stride, -A.coupling(d)[i]);
        else if (A.periodic(d))
            row.insert(i - across, -A.coupling(d)[i]);
    }
    return row;
}

// Calls visit(i, entries) for every row of the matrix, ascending.
template <std::size_t D, class Visitor>
void for_each_matrix_row(stencil_matrix<D> const& A, Visitor&& visit) {
    std::size_t i = 0;
    grid::detail::for_each_index(A.n(), [&](grid::extents<D> const& place) {
        visit(i, row_of(A, i, place).view());
        ++i;
    });
}

}  // namespace

template <std::size_t D>
csr_matrix to_csr(stencil_matrix<D> const& A) {
    std::size_t n_entries = 0;
    for_each_matrix_row(A, [&](std::size_t, std::span<matrix_row::entry const> row) { n_entries += row.size(); });
    csr_matrix result{A.n_unknowns(), A.n_unknowns(), n_entries};
    std::size_t at = 0;
    for_each_matrix_row(A, [&](std::size_t i, std::span<matrix_row::entry const> row) {
        result.row_start()[i] = static_cast<index_t>(at);
        for (auto const& e : row) {
            result.columns()[at] = static_cast<index_t>(e.column);
            result.values()[at++] = e.value;
        }
    });
    result.row_start()[A.n_unknowns()] = static_cast<index_t>(at);
    return result;
}

template <std::size_t D>
double norm_infinity(stencil_matrix<D> const& A) noexcept {
    double largest = 0.0;
    for_each_matrix_row(A, [&](std::size_t, std::span<matrix_row::entry const> row) {
        double sum = 0.0;
        for (auto const& e : row) sum += std::abs(e.value);
        largest = std::max(largest, sum);
    });
    return largest;
}

template class stencil_matrix<1>;
template class stencil_matrix<2>;
template class stencil_matrix<3>;
template csr_matrix to_csr(stencil_matrix<1> const&);
template csr_matrix to_csr(stencil_matrix<2> const&);
template csr_matrix to_csr(stencil_matrix<3> const&);
template double norm_infinity(stencil_matrix<1> const&) noexcept;
template double norm_infinity(stencil_matrix<2> const&) noexcept;
template double norm_infinity(stencil_matrix<3> const&) noexcept;

}  // namespace poise::linear
