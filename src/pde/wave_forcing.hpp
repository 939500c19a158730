// SPDX-License-Identifier: MIT
// Private to src/pde: what acts on waves from outside, for the unknowns, at one time after another.
#pragma once

#include "pde/discrete_problem.hpp"
#include "pde/evolving.hpp"
#include "pde/same_films.hpp"
#include "pde/wave_solving.hpp"

#include <poise/core/reductions.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace poise::pde::detail {

/// b of source / speed² and of the sides' data. Holds room for it; evaluate() allocates only what the problem does.
template <std::size_t D>
class wave_forcing {
public:
    explicit wave_forcing(wave_to_solve<D> const& given)
        : given_{given}, at_beginning_{given.problem.domain, given.boundary, grid::uniform_point<D>(1.0)} {
        auto const* source = given.problem.source.constant();
        has_source_ = source == nullptr || source->constant() == nullptr || *source->constant() != 0.0;
        if (has_source_) source_.resize(given.problem.domain.size());
        b_.resize(at_beginning_.n_unknowns());
    }

    [[nodiscard]] std::span<double const> evaluate(double t) {
        at_time(t, [&] {
            if (auto const* unchanging = given_.problem.boundary.constant(); unchanging != nullptr) {
                put(t, at_beginning_);
                return;
            }
            auto const now = given_.problem.boundary.at(t, given_.boundary.kinds());
            require_same_films<D>(given_.problem.domain, at_beginning_.axes(), given_.boundary, now);
            put(t, {given_.problem.domain, now, grid::uniform_point<D>(1.0)});
        });
        return b_;
    }
    /// Dirichlet data at t on the nodes that have them, and what is periodic.
    void put_sides(double t, grid::field<D>& u) const {
        at_time(t, [&] {
            if (given_.problem.boundary.is_constant()) return at_beginning_.put_sides(u);
            auto const now = given_.problem.boundary.at(t, given_.boundary.kinds());
            discrete_problem<D>{given_.problem.domain, now, grid::uniform_point<D>(1.0)}.put_sides(u);
        });
    }

private:
    void put(double t, discrete_problem<D> const& discrete) {
        if (!has_source_) {
            std::ranges::fill(b_, 0.0);
            return discrete.add_side_data(b_);
        }
        given_.problem.source.evaluate(t, given_.problem.domain, source_);
        given_.over_speed2(source_);
        discrete.right_hand_side(source_, b_);
    }

    wave_to_solve<D> const& given_;
    discrete_problem<D> at_beginning_;
    bool has_source_;
    std::vector<double> source_, b_;
};

}  // namespace poise::pde::detail
