// SPDX-License-Identifier: MIT
// What transport is made of: a velocity, and a scheme for what it carries through the faces of cells.
#pragma once

#include <poise/pde/in_time.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace poise::pde {

/// How the flux through a face is made of the cells around it. Bounds: where the velocity is a number in each direction
/// or the same on both faces of every cell, nothing diffuses in or is supplied, u stays within the values that it had
/// and those that come in, but for rounding; of limited with van_leer and superbee, beside sides whose data jump within
/// a step, by some hundredths of the jump less.
enum class advection_scheme {
    upwind,   ///< first order; keeps bounds, smears
    central,  ///< second order, for what is smooth or diffuses: oscillates where it is neither
    limited,  ///< MUSCL, second order where u is smooth and not at its extrema; keeps bounds, total variation grows not
    weno5,    ///< WENO-Z, fifth order, with diffusion by sixth order; steep fronts without visible oscillations, no
              ///< bounds
};

/// Of advection_scheme::limited, the slope in a cell between the differences to its neighbours, from the least steep.
enum class limiter { minmod, van_leer, superbee };

/// A velocity: for each direction a number, a callable of the coordinates, or one of these that changes with time, as a
/// source_in_time is. Fields are refused: they have no values on the faces of cells.
///   pde::velocity<2> v = {1.0, 0.5};
///   pde::velocity<2> rotation = {[](double, double y) { return 0.5 - y; }, [](double x, double) { return x - 0.5; }};
template <std::size_t D>
class velocity {
public:
    template <class... Along>
    requires(sizeof...(Along) == D && (std::convertible_to<Along, source_in_time<D>> && ...)) velocity(Along... along)
        : along_{source_in_time<D>(std::move(along))...} {}

    [[nodiscard]] source_in_time<D> const& along(std::size_t d) const noexcept { return along_[d]; }
    /// The number in direction d, or nullptr.
    [[nodiscard]] double const* number(std::size_t d) const noexcept {
        auto const* const unchanging = along_[d].constant();
        return unchanging != nullptr ? unchanging->constant() : nullptr;
    }

private:
    std::array<source_in_time<D>, D> along_;
};

}  // namespace poise::pde
