// SPDX-License-Identifier: MIT
// One of something for each species of a reaction.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace poise::pde {

/// S of T:
///   per_species<double, 2> d = {2e-5, 1e-5};      // one after the other
///   per_species<double, 2> d = 1e-5;              // the same of all
template <class T, std::size_t S>
requires(S >= 1) class per_species {
public:
    template <std::convertible_to<T> U>
    requires(!std::same_as<std::remove_cvref_t<U>, per_species>) per_species(U&& of_all)
        : per_species{T(std::forward<U>(of_all)), std::make_index_sequence<S>{}} {}
    template <std::convertible_to<T>... U>
    requires(sizeof...(U) == S && S > 1) per_species(U&&... each) : each_{T(std::forward<U>(each))...} {}

    [[nodiscard]] T const& operator[](std::size_t species) const noexcept { return each_[species]; }
    [[nodiscard]] T& operator[](std::size_t species) noexcept { return each_[species]; }
    [[nodiscard]] std::array<T, S> const& values() const noexcept { return each_; }

private:
    template <std::size_t... I>
    per_species(T const& of_all, std::index_sequence<I...>) : each_{((void)I, of_all)...} {}

    std::array<T, S> each_;
};

}  // namespace poise::pde
