// SPDX-License-Identifier: MIT
// κ of a diffusion problem: the same in every direction, or one for each.
#pragma once

#include <poise/grid/scalar_function.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>

namespace poise::pde {

/// A κ for each direction, x first, of a material whose axes are those of the grid: wood, laminates, boards. Each a
/// number, a callable of the coordinates, or a field.
///   pde::diffusion<2>{.domain = board, .kappa = pde::orthotropic{20.0, 0.3}}
template <class... Kappa>
struct orthotropic {
    std::tuple<Kappa...> along;
    explicit orthotropic(Kappa... kappa) : along{std::move(kappa)...} {}
};

/// What diffusion::kappa is. A value; const member functions are thread-safe.
template <std::size_t D>
class conductivity {
public:
    /// The same in every direction: a number, a callable of the coordinates, or a field.
    template <class Kappa>
    requires std::convertible_to<Kappa, grid::scalar_function<D>> conductivity(Kappa&& everywhere)
        : along_{std::forward<Kappa>(everywhere)} {}
    template <class... Kappa>
    requires(sizeof...(Kappa) == D) conductivity(orthotropic<Kappa...> of_directions)
        : is_isotropic_{false},
          along_{std::apply([](auto&... each) { return functions{grid::scalar_function<D>(std::move(each))...}; },
                            of_directions.along)} {}

    [[nodiscard]] bool is_isotropic() const noexcept { return is_isotropic_; }
    /// κ of the flux in direction d.
    [[nodiscard]] grid::scalar_function<D> const& along(std::size_t d) const noexcept {
        return along_[is_isotropic_ ? 0 : d];
    }
    /// The number where κ is one, the same in every direction; or nullptr.
    [[nodiscard]] double const* constant() const noexcept { return is_isotropic_ ? along_[0].constant() : nullptr; }
    /// The numbers of all directions, where they are numbers.
    [[nodiscard]] std::optional<std::array<double, D>> constants() const noexcept {
        std::array<double, D> numbers;
        for (std::size_t d = 0; d < D; ++d) {
            if (along(d).constant() == nullptr) return std::nullopt;
            numbers[d] = *along(d).constant();
        }
        return numbers;
    }

    /// visit(κ) for that of each direction, or for the one of all.
    template <class Visitor>
    void for_each(Visitor const& visit) {
        for (std::size_t d = 0; d < (is_isotropic_ ? 1 : D); ++d) visit(along_[d]);
    }

private:
    using functions = std::array<grid::scalar_function<D>, D>;

    bool is_isotropic_ = true;
    functions along_;  ///< isotropic: the first one
};

}  // namespace poise::pde
