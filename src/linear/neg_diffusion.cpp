// SPDX-License-Identifier: MIT
#include "grid/sides.hpp"
#include "linear/diffusion_assembly.hpp"
#include "linear/operator_input.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/grid/stencil.hpp>
#include <poise/linear/neg_diffusion.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace poise::linear {
namespace {

template <std::size_t D, class Accept>
void require_values(grid::cartesian<D> const& grid, std::span<double const> values, std::string const& name,
                    Accept const& accept, char const* rule) {
    auto const bad = std::ranges::find_if_not(values, accept);
    if (bad == values.end()) return;
    throw_invalid(concat(name, " is ", *bad, " at ",
                         detail::position_of(grid, static_cast<std::size_t>(bad - values.begin())), "; it must be ",
                         rule));
}

template <std::size_t D>
void require_kappa(grid::cartesian<D> const& grid, std::span<double const> kappa) {
    POISE_REQUIRE(kappa.size() == grid.size() || kappa.size() == D * grid.size(), "kappa has ", kappa.size(),
                  " values, the grid ", grid.size(), " points; one for each, or one for each in every direction");
    bool const is_one = kappa.size() == grid.size();
    for (std::size_t d = 0; d < (is_one ? 1 : D); ++d)
        require_values(
            grid, kappa.subspan(d * grid.size(), grid.size()), is_one ? "kappa" : concat("kappa along ", "xyz"[d]),
            [](double v) { return v > 0.0 && std::isfinite(v); }, "positive and finite");
}

// A row has at most 4 κ/h² of each direction.
template <std::size_t D>
void require_scale(grid::cartesian<D> const& grid, std::array<grid::axis_stencil, D> const& axes,
                   std::span<double const> kappa) {
    for (std::size_t d = 0; d < D; ++d) {
        if (axes[d].periodic && axes[d].n == 1) continue;  // adds nothing
        auto const along = detail::kappa_along(d, grid, kappa);
        auto const [least, most] = std::ranges::minmax_element(along);
        auto const [weakest, strongest] = axes[d].coupling_range();
        for (auto const& [at, coupling] : {std::pair{least, weakest}, {most, strongest}}) {
            double const over_h2 = *at * coupling;
            if (std::isnormal(over_h2) && std::isfinite(4.0 * D * over_h2)) continue;
            throw_invalid(concat("kappa is ", *at, " at ",
                                 detail::position_of(grid, static_cast<std::size_t>(at - along.begin())),
                                 " and the spacing in ", "xyz"[d], " is ", grid.spacing(d), "; rows of kappa / h^2, ",
                                 over_h2, ", leave the range of normal numbers: choose other units"));
        }
    }
}

// The row of one unknown after another.
template <std::size_t D>
class row_assembler {
public:
    row_assembler(grid::cartesian<D> const& grid, std::array<grid::axis_stencil, D> const& axes,
                  std::span<double const> kappa)
        : grid_{grid}, axes_{axes} {
        for (std::size_t d = 0; d < D; ++d) kappa_[d] = detail::kappa_along(d, grid, kappa);
    }

    void put(grid::extents<D> const& place, std::span<double const> sigma, std::size_t i, stencil_matrix<D>& A) const {
        double all_shares = 1.0;
        std::ptrdiff_t point = 0;
        for (std::size_t d = D; d-- > 0;) {
            all_shares *= axes_[d].share(place[d]);
            point = point * grid_.points()[d] + place[d] + axes_[d].first_point;
        }
        double diagonal = sigma[static_cast<std::size_t>(point)] * all_shares;
        std::ptrdiff_t stride = 1;
        for (std::size_t d = 0; d < D; stride *= grid_.points()[d++]) {
            auto const& axis = axes_[d];
            if (axis.periodic && axis.n == 1) continue;  // what leaves on one side comes in on the other
            double const shares = all_shares / axis.share(place[d]);
            double const above = shares * flux_above(d, place[d], point, stride);
            diagonal += shares * flux_below(d, place[d], point, stride);
            diagonal += above;
            if (place[d] < axis.n - 1 || axis.periodic) A.coupling(d)[i] = above;
        }
        A.diagonal()[i] = diagonal;
    }

private:
    // A known node beyond is a point like others; a wall on the cell's face sees the cell's own κ.
    double flux_above(std::size_t d, std::ptrdiff_t at, std::ptrdiff_t point, std::ptrdiff_t stride) const {
        auto const& axis = axes_[d];
        bool const is_last = at == axis.n - 1;
        if (is_last && !axis.periodic) return flux_at_end(d, 1, point, stride);
        std::ptrdiff_t const next = is_last ? point - stride * (axis.n - 1) : point + stride;
        return axis.coupling_after(at) * between(d, point, next, axis.distance_parts_of(at));
    }
    double flux_below(std::size_t d, std::ptrdiff_t at, std::ptrdiff_t point, std::ptrdiff_t stride) const {
        auto const& axis = axes_[d];
        if (at == 0 && !axis.periodic) return flux_at_end(d, 0, point, -stride);
        std::ptrdiff_t const before = at == 0 ? axis.n - 1 : at - 1;
        std::ptrdiff_t const next = at == 0 ? point + stride * (axis.n - 1) : point - stride;
        return axis.coupling_after(before) * between(d, next, point, axis.distance_parts_of(before));
    }
    double flux_at_end(std::size_t d, std::size_t end, std::ptrdiff_t point, std::ptrdiff_t step) const {
        double const here = kappa_[d][static_cast<std::size_t>(point)];
        return axes_[d].end_part[end] * (axes_[d].is_known[end] ? between(d, point, point + step) : here);
    }
    double between(std::size_t d, std::ptrdiff_t lower, std::ptrdiff_t upper,
                   std::array<double, 2> const& parts = {0.5, 0.5}) const {
        return harmonic_mean(kappa_[d][static_cast<std::size_t>(lower)], kappa_[d][static_cast<std::size_t>(upper)],
                             parts[0], parts[1]);
    }

    grid::cartesian<D> const& grid_;
    std::array<grid::axis_stencil, D> const& axes_;
    std::array<std::span<double const>, D> kappa_;
};

}  // namespace

template <std::size_t D>
void detail::require_coefficients(grid::cartesian<D> const& grid, std::span<double const> kappa,
                                  std::span<double const> sigma) {
    require_kappa(grid, kappa);
    POISE_REQUIRE(sigma.size() == grid.size(), "sigma has ", sigma.size(), " values, the grid ", grid.size(),
                  " points");
    require_values(
        grid, sigma, "sigma", [](double v) { return std::isfinite(v); }, "finite");
}

template <std::size_t D>
stencil_matrix<D> neg_diffusion(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds,
                                std::span<double const> kappa, std::span<double const> sigma) {
    auto const axes = grid::axis_stencils(grid, kinds);
    detail::require_operator(grid, kinds, axes, 0.0);
    detail::require_coefficients(grid, kappa, sigma);
    require_scale(grid, axes, kappa);
    grid::extents<D> n;
    std::array<bool, D> periodic;
    for (std::size_t d = 0; d < D; ++d) {
        n[d] = axes[d].n;
        periodic[d] = axes[d].periodic;
    }
    stencil_matrix<D> A{n, periodic};

    row_assembler<D> const rows{grid, axes, kappa};
    std::size_t i = 0;
    grid::detail::for_each_index(n, [&](grid::extents<D> const& place) { rows.put(place, sigma, i++, A); });
    return A;
}

template <std::size_t D>
std::vector<double> robin_diagonal(grid::cartesian<D> const& grid, grid::boundary<D> const& boundary,
                                   std::span<double const> kappa) {
    auto const axes = grid::axis_stencils(grid, boundary.kinds());
    std::vector<double> added;
    for (std::size_t d = 0; d < D; ++d)
        for (std::size_t end = 0; end < 2; ++end) {
            auto const& side = boundary.at(d, end);
            if (side.kind != grid::condition_kind::robin) continue;
            if (added.empty()) {
                require_kappa(grid, kappa);
                std::size_t n_unknowns = 1;
                for (auto const& axis : axes) n_unknowns *= static_cast<std::size_t>(axis.n);
                added.resize(n_unknowns);
            }
            auto const along = detail::kappa_along(d, grid, kappa);
            grid::detail::for_each_beside<D>(
                axes, d, end, [&](std::size_t i, grid::extents<D> const& point, double share) {
                    auto const x = grid::detail::point_on_side(grid, d, end, point);
                    double const coefficient = side.coefficient(x);
                    auto const at = static_cast<std::size_t>(grid::detail::place_of(point, grid.points()));
                    double const part = share * grid::robin_side(axes[d], end, along[at], coefficient).diagonal;
                    POISE_REQUIRE(
                        coefficient >= 0.0 && std::isfinite(coefficient) && std::isfinite(part),
                        "the coefficient of the Robin side is ", coefficient, " at ", grid::detail::position_text(x),
                        "; it must be finite and not negative, and finite divided by the spacing, ", grid.spacing(d));
                    added[i] += part;
                });
        }
    return added;
}

template <std::size_t D>
stencil_matrix<D> detail::assemble_diffusion(grid::cartesian<D> const& grid, grid::condition_kinds<D> kinds,
                                             std::span<double const> kappa, std::span<double const> sigma,
                                             std::span<double const> robin) {
    bool const has_robin = grid::detail::has_kind<D>(kinds, grid::condition_kind::robin);
    std::ranges::replace(kinds, grid::condition_kind::robin, grid::condition_kind::neumann);
    auto A = neg_diffusion(grid, kinds, kappa, sigma);
    std::size_t const expected = has_robin ? A.n_unknowns() : 0;
    POISE_REQUIRE(robin.size() == expected, "robin has ", robin.size(), " values; on this grid with ",
                  has_robin ? "a Robin side" : "no Robin side", " there are ", expected);
    for (std::size_t i = 0; i < robin.size(); ++i) A.diagonal()[i] += robin[i];
    return A;
}

template <std::size_t D>
stencil_matrix<D> neg_diffusion(grid::cartesian<D> const& grid, grid::boundary<D> const& boundary,
                                std::span<double const> kappa, std::span<double const> sigma) {
    return detail::assemble_diffusion(grid, boundary.kinds(), kappa, sigma, robin_diagonal(grid, boundary, kappa));
}

#define POISE_INSTANTIATE(D)                                                                                   \
    template stencil_matrix<D> detail::assemble_diffusion(grid::cartesian<D> const&, grid::condition_kinds<D>, \
                                                          std::span<double const>, std::span<double const>,    \
                                                          std::span<double const>);                            \
    template void detail::require_coefficients(grid::cartesian<D> const&, std::span<double const>,             \
                                               std::span<double const>);                                       \
    template stencil_matrix<D> neg_diffusion(grid::cartesian<D> const&, grid::condition_kinds<D> const&,       \
                                             std::span<double const>, std::span<double const>);                \
    template stencil_matrix<D> neg_diffusion(grid::cartesian<D> const&, grid::boundary<D> const&,              \
                                             std::span<double const>, std::span<double const>);                \
    template std::vector<double> robin_diagonal(grid::cartesian<D> const&, grid::boundary<D> const&,           \
                                                std::span<double const>);
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear
