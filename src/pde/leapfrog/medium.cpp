// SPDX-License-Identifier: MIT
#include "pde/leapfrog/medium.hpp"

#include "grid/sides.hpp"

#include <poise/linear/neg_diffusion.hpp>

#include <algorithm>

namespace poise::pde::detail {
namespace {

template <std::size_t D>
std::vector<double> robin_of(grid::cartesian<D> const& domain, grid::boundary<D> const& boundary) {
    if (!grid::detail::has_kind<D>(boundary.kinds(), grid::condition_kind::robin)) return {};
    return linear::robin_diagonal(domain, boundary, std::vector<double>(domain.size(), 1.0));
}

double at(std::vector<double> const& values, std::size_t i) { return values[values.size() == 1 ? 0 : i]; }

}  // namespace

template <std::size_t D>
wave_medium<D>::wave_medium(grid::cartesian<D> const& domain, grid::boundary<D> const& boundary,
                            side_flags<D> const& absorbing, std::vector<double> speed, std::vector<double> damping)
    : domain_{domain},
      axes_{grid::axis_stencils(domain, boundary.kinds())},
      absorbing_{absorbing},
      speed_{std::move(speed)},
      damping_{std::move(damping)},
      robin_{robin_of(domain, boundary)},
      layout_{unknowns_of(axes_)},
      couplings_{couplings_of(axes_)} {}

template <std::size_t D>
std::size_t wave_medium<D>::n_unknowns() const noexcept {
    return static_cast<std::size_t>(layout_.n[0] * layout_.n[1] * layout_.n[2]);
}

template <std::size_t D>
bool wave_medium<D>::is_lossy() const noexcept {
    return std::ranges::find(absorbing_, true) != absorbing_.end() ||
           std::ranges::any_of(damping_, [](double r) { return r != 0.0; });
}

template <std::size_t D>
bool wave_medium<D>::is_absorbing_end(std::size_t d, std::ptrdiff_t i) const {
    return (i == 0 && absorbing_[2 * d]) || (i == axes_[d].n - 1 && absorbing_[2 * d + 1]);
}

// c/h on either side that lets waves out, times what the unknown's cell is smaller than h.
template <std::size_t D>
double wave_medium<D>::absorbed(std::size_t d, std::ptrdiff_t i, double speed) const {
    double rate = 0.0;
    for (std::size_t end = 0; end < 2; ++end)
        if (absorbing_[2 * d + end] && i == (end == 0 ? 0 : axes_[d].n - 1))
            rate += speed * axes_[d].data_factor[end] / axes_[d].share(i);
    return rate;
}

template <std::size_t D>
std::size_t wave_medium<D>::first_point(std::ptrdiff_t j, std::ptrdiff_t k) const {
    std::array<std::ptrdiff_t, 3> const place{0, j, k};
    grid::extents<D> point;
    for (std::size_t d = 0; d < D; ++d) point[d] = place[d] + axes_[d].first_point;
    return static_cast<std::size_t>(grid::detail::place_of(point, domain_.points()));
}

template <std::size_t D>
double wave_medium<D>::share_across(std::ptrdiff_t j, std::ptrdiff_t k) const {
    double share = 1.0;
    if constexpr (D > 1) share *= axes_[1].share(j);
    if constexpr (D > 2) share *= axes_[2].share(k);
    return share;
}

template <std::size_t D>
void wave_medium<D>::get(std::ptrdiff_t j, std::ptrdiff_t k, medium_line& line) const {
    bool const on_cells = domain_.centering() == grid::centering::cell;
    auto const nx = static_cast<std::size_t>(layout_.n[0]);
    std::size_t const point = first_point(j, k);
    std::size_t const unknown = static_cast<std::size_t>(layout_.number(j, k)) * nx;
    std::array<std::ptrdiff_t, 3> place{0, j, k};
    double const across = share_across(j, k);
    bool absorbs_across = false;
    for (std::size_t d = 1; d < D; ++d) absorbs_across = absorbs_across || is_absorbing_end(d, place[d]);
    for (std::size_t i = 0; i < nx; ++i) {
        place[0] = static_cast<std::ptrdiff_t>(i);
        double const speed = at(speed_, point + i);
        double rate = damping_.empty() ? 0.0 : at(damping_, point + i);
        bool const is_halved = on_cells && (absorbs_across || is_absorbing_end(0, place[0]));
        if (absorbs_across || i == 0 || i + 1 == nx)
            for (std::size_t d = 0; d < D; ++d) rate += absorbed(d, place[d], speed);
        line.speed2[i] = speed * speed * (is_halved ? 2.0 : 1.0);
        line.rate[i] = rate * (is_halved ? 2.0 : 1.0);
        line.robin[i] = robin_.empty() ? 0.0 : robin_[unknown + i] / (across * share_along(place[0]));
    }
}

template <std::size_t D>
bool wave_medium<D>::is_repeated(std::ptrdiff_t j) const {
    bool const are_numbers = speed_.size() == 1 && damping_.size() <= 1 && robin_.empty();
    return D > 1 && are_numbers && couplings_[1 % D].is_even && j >= 2 && j <= layout_.n[1] - 2;
}

template <std::size_t D>
double wave_medium<D>::largest_eigenvalue() const {
    medium_line line{layout_.width};
    // A neighbour adds its coupling to the diagonal and beside it, a wall to the diagonal alone.
    auto const of_axis = [&](std::size_t d, std::ptrdiff_t i) {
        auto const& c = couplings_[d];
        auto const at = static_cast<std::size_t>(i);
        std::ptrdiff_t const n = axes_[d].n;
        return c.lower[at] * (i > 0 || c.periodic ? 2.0 : 1.0) + c.upper[at] * (i < n - 1 || c.periodic ? 2.0 : 1.0);
    };
    double largest = 0.0;
    for (std::ptrdiff_t k = 0; k < layout_.n[2]; ++k)
        for (std::ptrdiff_t j = 0; j < layout_.n[1]; ++j) {
            if (is_repeated(j)) continue;
            get(j, k, line);
            double across = 0.0;
            if constexpr (D > 1) across += of_axis(1, j);
            if constexpr (D > 2) across += of_axis(2, k);
            for (std::ptrdiff_t i = 0; i < layout_.n[0]; ++i) {
                auto const at = static_cast<std::size_t>(i);
                largest = std::max(largest, line.speed2[at] * (across + of_axis(0, i) + line.robin[at]));
            }
        }
    return largest;
}

template class wave_medium<1>;
template class wave_medium<2>;
template class wave_medium<3>;

}  // namespace poise::pde::detail
