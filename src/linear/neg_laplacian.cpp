// SPDX-License-Identifier: MIT
#include "linear/operator_input.hpp"
#include "linear/stencil_row.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/memory.hpp>
#include <poise/grid/stencil.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <array>

namespace poise::linear {
namespace {

// Columns relative to the row.
using row_pattern = detail::stencil_row<index_t>;

// One line of unknowns along x; (j, k) is its place in the other directions.
template <std::size_t D>
class line_assembler {
public:
    line_assembler(std::array<grid::axis_stencil, D> const& axes, double shift) : axes_{axes}, shift_{shift} {
        for (std::size_t d = 1; d < D; ++d) stride_[d] = static_cast<index_t>(stride_[d - 1] * axes_[d - 1].n);
    }

    void move_to(std::array<std::ptrdiff_t, 3> const& place) { place_ = place; }

    [[nodiscard]] row_pattern row(std::ptrdiff_t i) {
        place_[0] = i;
        row_pattern row;
        for (std::size_t d = D; d-- > 0;)
            if (place_[d] > 0) row.append(-stride_[d], -axes_[d].below(place_[d]) * share_without(d));
        row.append(0, diagonal());
        for (std::size_t d = 0; d < D; ++d)
            if (place_[d] + 1 < axes_[d].n) row.append(stride_[d], -axes_[d].above(place_[d]) * share_without(d));
        for (std::size_t d = 0; d < D; ++d)
            if (axes_[d].periodic && axes_[d].n > 1) add_around(row, d);
        return row;
    }

private:
    // The neighbour on the other side of the box, which two points have in each other already.
    void add_around(row_pattern& row, std::size_t d) const {
        auto const n = axes_[d].n;
        double const value = -axes_[d].coupling_after(n - 1) * share_without(d);
        auto const around = static_cast<index_t>((n - 1) * stride_[d]);
        if (place_[d] == 0) row.insert(around, value);
        if (place_[d] == n - 1) row.insert(-around, value);
    }
    [[nodiscard]] double share_without(std::size_t skipped) const {
        double product = 1.0;
        for (std::size_t d = 0; d < D; ++d)
            if (d != skipped) product *= axes_[d].share(place_[d]);
        return product;
    }
    [[nodiscard]] double diagonal() const {
        double sum = shift_ * share_without(D);
        for (std::size_t d = 0; d < D; ++d) sum += axes_[d].diagonal(place_[d]) * share_without(d);
        return sum;
    }

    std::array<grid::axis_stencil, D> axes_;
    double shift_;
    std::array<index_t, D> stride_{1};
    std::array<std::ptrdiff_t, 3> place_{};
};

// Where the next row goes.
struct writer {
    index_t* row_start;
    index_t* columns;
    double* values;
    index_t row = 0;
    index_t entry = 0;

    // n_rows rows of one pattern: the part that takes the time, with the number of entries known to the compiler.
    template <int N>
    void repeat(row_pattern const& pattern, std::ptrdiff_t n_rows) {
        std::array<row_pattern::entry, N> fixed;
        for (int e = 0; e < N; ++e) fixed[e] = pattern.entries[static_cast<std::size_t>(e)];
        index_t r = row;
        index_t at = entry;
        for (std::ptrdiff_t i = 0; i < n_rows; ++i, ++r, at += N) {
            row_start[r] = at;
            for (int e = 0; e < N; ++e) {
                columns[at + e] = r + fixed[e].column;
                values[at + e] = fixed[e].value;
            }
        }
        row = r;
        entry = at;
    }

    void repeat(row_pattern const& pattern, std::ptrdiff_t n_rows) {
        switch (pattern.n) {
            case 1:
                return repeat<1>(pattern, n_rows);
            case 2:
                return repeat<2>(pattern, n_rows);
            case 3:
                return repeat<3>(pattern, n_rows);
            case 4:
                return repeat<4>(pattern, n_rows);
            case 5:
                return repeat<5>(pattern, n_rows);
            case 6:
                return repeat<6>(pattern, n_rows);
            default:
                return repeat<7>(pattern, n_rows);
        }
    }
};

template <std::size_t D>
std::size_t count_entries(std::array<grid::axis_stencil, D> const& axes, std::size_t n) {
    std::size_t entries = n;
    for (auto const& axis : axes) {
        bool const goes_around = axis.periodic && axis.n > 2;
        entries += 2 * (goes_around ? n : n - n / static_cast<std::size_t>(axis.n));
    }
    return entries;
}

template <std::size_t D>
std::size_t count_unknowns(std::array<grid::axis_stencil, D> const& axes) {
    std::array<std::ptrdiff_t, D> factors;
    for (std::size_t d = 0; d < D; ++d) factors[d] = axes[d].n;
    return checked_product(factors, max_index / (2 * D + 1), "number of unknowns");
}

}  // namespace

template <std::size_t D>
std::size_t n_unknowns(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds) {
    return count_unknowns(grid::axis_stencils(grid, kinds));
}

template <std::size_t D>
csr_matrix neg_laplacian(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift) {
    auto const axes = grid::axis_stencils(grid, kinds);
    detail::require_operator(grid, kinds, axes, shift);
    std::size_t const n = count_unknowns(axes);
    std::size_t const n_entries = n == 0 ? 0 : count_entries(axes, n);
    std::size_t const bytes = (n + 1) * sizeof(index_t) + n_entries * (sizeof(index_t) + sizeof(double));
    require_memory(static_cast<double>(bytes), [&] { return concat("the matrix of ", n, " unknowns"); });

    csr_matrix A{n, n, n_entries};
    writer out{A.row_start().data(), A.columns().data(), A.values().data()};
    line_assembler<D> line{axes, shift};
    std::ptrdiff_t const nx = n == 0 ? 0 : axes[0].n;
    std::ptrdiff_t const ny = D > 1 ? axes[D > 1 ? 1 : 0].n : 1;
    std::ptrdiff_t const nz = D > 2 ? axes[D - 1].n : 1;
    for (std::ptrdiff_t k = 0; nx > 0 && k < nz; ++k)
        for (std::ptrdiff_t j = 0; j < ny; ++j) {
            line.move_to({0, j, k});
            out.repeat(line.row(0), 1);
            if (axes[0].is_uniform() && nx > 2) out.repeat(line.row(1), nx - 2);
            for (std::ptrdiff_t i = 1; !axes[0].is_uniform() && i + 1 < nx; ++i) out.repeat(line.row(i), 1);
            if (nx > 1) out.repeat(line.row(nx - 1), 1);
        }
    out.row_start[out.row] = out.entry;
    return A;
}

template csr_matrix neg_laplacian(grid::cartesian<1> const&, grid::condition_kinds<1> const&, double);
template csr_matrix neg_laplacian(grid::cartesian<2> const&, grid::condition_kinds<2> const&, double);
template csr_matrix neg_laplacian(grid::cartesian<3> const&, grid::condition_kinds<3> const&, double);
template std::size_t n_unknowns(grid::cartesian<1> const&, grid::condition_kinds<1> const&);
template std::size_t n_unknowns(grid::cartesian<2> const&, grid::condition_kinds<2> const&);
template std::size_t n_unknowns(grid::cartesian<3> const&, grid::condition_kinds<3> const&);

}  // namespace poise::linear
