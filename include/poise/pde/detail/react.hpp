// SPDX-License-Identifier: MIT
// Private to pde: a reaction at many places, by the widest vectors that the processor has.
#pragma once

#include <poise/ode/detail/lane_dispatch.hpp>
#include <poise/ode/lane_functions.hpp>
#include <poise/ode/lanes.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <functional>
#include <type_traits>

namespace poise::pde::detail {

/// Places that follow one another along x.
template <std::size_t D>
struct reaction_block {
    double t;
    double const* x;               ///< of each place
    std::array<double, D> across;  ///< y and z of all of them; the first is not used
    std::size_t n;
    double const* const* u;  ///< of each species, n numbers
    double* const* rate;     ///< likewise, written
};
template <std::size_t D>
using block_of_rates = std::function<void(reaction_block<D> const&)>;

template <class F, std::size_t D, std::size_t S, class Number>
concept reacts_at_place = std::is_invocable_v < F const&,
        double, std::array<Number, D>
const&, std::array<Number, S> const&, std::array<Number, S>& > ;
template <class F, std::size_t S, class Number>
concept reacts_alone = std::is_invocable_v < F const&,
        std::array<Number, S>
const&, std::array<Number, S>& > ;
template <class F, class Number>
concept gives_rate = std::is_invocable_r_v<Number, F const&, Number const&>;

/// One call of f, whatever it takes.
template <std::size_t D, std::size_t S, class F, class Number>
POISE_ALWAYS_INLINE inline void react_once(F const& f, double t, std::array<Number, D> const& x,
                                           std::array<Number, S> const& u, std::array<Number, S>& rate) {
    if constexpr (reacts_at_place<F, D, S, Number>) {
        POISE_INLINE_CALL f(t, x, u, rate);
    } else if constexpr (reacts_alone<F, S, Number>) {
        POISE_INLINE_CALL f(u, rate);
    } else {
        POISE_INLINE_CALL rate[0] = f(u[0]);
    }
}

/// f at a block in vectors, the last of which ends with the block and may do some places once more; a block that fills
/// no vector in one that is filled with its last place. Run by ode::detail::with_registers().
template <class Registers, std::size_t D, std::size_t S, class F>
struct reaction_in_lanes {
    using number = ode::lanes<Registers>;
    F const& f;
    reaction_block<D> const& block;

    POISE_ALWAYS_INLINE void run() const {
        if (block.n < number::size) return react_to_few();
        for (std::size_t i = 0; i + number::size < block.n; i += number::size) react_at(i);
        react_at(block.n - number::size);
    }
    POISE_ALWAYS_INLINE void react_at(std::size_t i) const {
        std::array<number, D> x;
        std::array<number, S> u, rate;
        for (std::size_t d = 1; d < D; ++d) x[d] = number{block.across[d]};
        std::memcpy(&x[0].registers(), block.x + i, sizeof(double) * number::size);
        for (std::size_t s = 0; s < S; ++s)
            std::memcpy(&u[s].registers(), block.u[s] + i, sizeof(double) * number::size);
        react_once<D, S>(f, block.t, x, u, rate);
        for (std::size_t s = 0; s < S; ++s)
            std::memcpy(block.rate[s] + i, &rate[s].registers(), sizeof(double) * number::size);
    }
    POISE_ALWAYS_INLINE void react_to_few() const {
        if (block.n == 0) return;
        std::array<number, D> x;
        std::array<number, S> u, rate;
        for (std::size_t d = 1; d < D; ++d) x[d] = number{block.across[d]};
        for (std::size_t l = 0; l < number::size; ++l) {
            std::size_t const at = std::min(l, block.n - 1);
            x[0].set(l, block.x[at]);
            for (std::size_t s = 0; s < S; ++s) u[s].set(l, block.u[s][at]);
        }
        react_once<D, S>(f, block.t, x, u, rate);
        for (std::size_t l = 0; l < block.n; ++l)
            for (std::size_t s = 0; s < S; ++s) block.rate[s][l] = rate[s][l];
    }
};

template <std::size_t D, std::size_t S, class F>
void react(F const& f, reaction_block<D> const& block) {
    using portable = ode::lanes<ode::detail::portable_registers>;
    if constexpr (reacts_at_place<F, D, S, portable> || reacts_alone<F, S, portable> ||
                  (S == 1 && gives_rate<F, portable>)) {
        ode::detail::with_registers(ode::detail::chosen(ode::instruction_set::best),
                                    [&]<class Registers>(auto const& run) {
                                        reaction_in_lanes<Registers, D, S, F> const all{f, block};
                                        run(all);
                                    });
    } else {
        std::array<double, D> x = block.across;
        std::array<double, S> u, rate;
        for (std::size_t i = 0; i < block.n; ++i) {
            x[0] = block.x[i];
            for (std::size_t s = 0; s < S; ++s) u[s] = block.u[s][i];
            react_once<D, S>(f, block.t, x, u, rate);
            for (std::size_t s = 0; s < S; ++s) block.rate[s][i] = rate[s];
        }
    }
}

}  // namespace poise::pde::detail
