// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/grid/boundary.hpp>

namespace poise::grid {
namespace {

template <std::size_t D>
void require_data_on_sides(condition<D> const& what) {
    POISE_REQUIRE(what.value.values() == nullptr && what.coefficient.values() == nullptr,
                  "boundary: data on a side is a number or a callable, not a field");
}

}  // namespace

template <std::size_t D>
boundary<D>::boundary(condition<D> const& everywhere) {
    require_data_on_sides(everywhere);
    conditions_.fill(everywhere);
}

template <std::size_t D>
boundary<D>& boundary<D>::on(side where, condition<D> what) {
    auto const s = static_cast<std::size_t>(where);
    POISE_REQUIRE(s < 2 * D, "boundary: side ", "xyz"[(s / 2) % 3], s % 2 == 0 ? "_lower" : "_upper",
                  " does not exist in ", D, " dimension", D == 1 ? "" : "s");
    require_data_on_sides(what);
    bool const periodic = what.kind == condition_kind::periodic;
    POISE_REQUIRE(
        periodic || conditions_[s].kind != condition_kind::periodic, "boundary: ", "xyz"[s / 2],
        " is periodic on both sides; begin with the conditions that are not, and make directions periodic last");
    if (periodic) conditions_[s ^ 1U] = what;
    conditions_[s] = std::move(what);
    return *this;
}

template <std::size_t D>
condition_kinds<D> boundary<D>::kinds() const noexcept {
    condition_kinds<D> kinds{};
    for (std::size_t s = 0; s < 2 * D; ++s) kinds[s] = conditions_[s].kind;
    return kinds;
}

template <std::size_t D>
void require_periodic_in_pairs(condition_kinds<D> const& kinds) {
    for (std::size_t d = 0; d < D; ++d)
        POISE_REQUIRE((kinds[2 * d] == condition_kind::periodic) == (kinds[2 * d + 1] == condition_kind::periodic),
                      "xyz"[d], " is periodic on its ", kinds[2 * d] == condition_kind::periodic ? "lower" : "upper",
                      " side only; it has to be on both");
}

template void require_periodic_in_pairs<1>(condition_kinds<1> const&);
template void require_periodic_in_pairs<2>(condition_kinds<2> const&);
template void require_periodic_in_pairs<3>(condition_kinds<3> const&);
template class boundary<1>;
template class boundary<2>;
template class boundary<3>;

}  // namespace poise::grid
