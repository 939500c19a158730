// SPDX-License-Identifier: MIT
// Private to cuda: what one thread does, the whole of one trajectory. It runs on the processor, too, where it is
// tested.
#pragma once

#include <poise/ode/detail/lane_walk.hpp>
#include <poise/ode/detail/thread_functions.hpp>
#include <poise/ode/detail/thread_registers.hpp>
#include <poise/ode/lanes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace poise::cuda::detail {

/// How a trajectory ended; see ode::trajectory_report.
template <class Real>
struct trajectory_end {
    enum class kind : std::uint32_t {
        at_the_end,
        spent,
        too_small,
        not_finite,
        nothing_to_do,  ///< the time span is empty
        bad_start       ///< that is not finite
    };
    kind reason;
    std::uint32_t n_steps, n_rejected, n_saved, n_dense, component;
    Real t, last_step;
};

/// Of n trajectories; number i of component d is number d n + i: threads that are neighbours read and write neighbours.
template <class Real>
struct ensemble_arrays {
    std::size_t n;
    Real* y;  ///< where they begin, and after that where they ended
    Real const* p;
    trajectory_end<Real>* ends;
    double const* save_at;  ///< n_times of them, in the order of the integration
    std::size_t n_times;
    Real* saved;  ///< component d at time m of trajectory i: number (m N + d) n + i
};

/// Saves: whether there are times at which states are saved; without, what dense output needs takes no registers.
template <class Method, class F, class Real, std::size_t N, std::size_t P, bool Saves>
struct ensemble_program {
    using registers = ode::detail::thread_registers<Real>;
    using number = ode::lanes<registers>;
    using walk = ode::detail::lane_walk<Method, F, registers, N, P>;
    using end = trajectory_end<Real>;
    using kind = typename end::kind;

    F f;
    ode::detail::walk_limits<N> limits;
    ensemble_arrays<Real> of;

    POISE_ALWAYS_INLINE void operator()(std::size_t i) const {
        walk way{f, limits, Saves};
        end ended{kind::bad_start, 0, 0, 0, 0, 0, static_cast<Real>(limits.begin), Real{0}};
        for (std::size_t d = 0; d < N; ++d) way.steps.y[d].registers() = of.y[d * of.n + i];
        if constexpr (P > 0)
            for (std::size_t j = 0; j < P; ++j) way.steps.p[j].registers() = of.p[j * of.n + i];
        if (is_finite(way, ended)) {
            if constexpr (Saves) save_start(i, way, ended);
            ended.reason = kind::nothing_to_do;
            if (limits.begin != limits.end) integrate(i, way, ended);
        }
        for (std::size_t d = 0; d < N; ++d) of.y[d * of.n + i] = way.steps.y[d].registers();
        of.ends[i] = ended;
    }

private:
    POISE_ALWAYS_INLINE static bool is_finite(walk const& way, end& ended) {
        for (std::size_t d = 0; d < N; ++d)
            if (!holds(isfinite(way.steps.y[d]))) {
                ended.component = static_cast<std::uint32_t>(d);
                return false;
            }
        return true;
    }
    POISE_ALWAYS_INLINE static bool holds(typename number::mask const& answer) { return answer.registers(); }

    POISE_ALWAYS_INLINE void integrate(std::size_t i, walk& way, end& ended) const {
        number h;
        ode::detail::begin_lanes<Method>(f, limits, way.steps.y, way.steps.p, way.steps.slope, h);
        way.begin(h);
        while (!step(i, way, ended)) {
        }
    }
    // Whether it was the last one.
    POISE_ALWAYS_INLINE bool step(std::size_t i, walk& way, end& ended) const {
        auto const outcome = way.attempt();
        if constexpr (Saves)
            if (holds(outcome.accepted)) save(i, way, ended);
        way.advance(outcome);
        bool const has_failed = holds(outcome.failed);
        if (!has_failed && !(holds(outcome.accepted) && holds(way.t == number{limits.end}))) return false;
        ended.t = way.t.registers();
        ended.last_step = static_cast<Real>(limits.direction) * way.tried.registers();
        ended.n_steps = static_cast<std::uint32_t>(way.n_steps.registers());
        ended.n_rejected = static_cast<std::uint32_t>(way.n_rejected.registers());
        ended.reason = kind::at_the_end;
        if (has_failed && holds(outcome.spent))
            ended.reason = kind::spent;
        else if (has_failed)
            blame(way, ended);
        return true;
    }
    // The component whose share of the error was largest, or the first that is not finite.
    POISE_ALWAYS_INLINE static void blame(walk const& way, end& ended) {
        bool is_finite = holds(isfinite(way.square)), is_found = false;
        Real largest = -1;
        for (std::size_t d = 0; d < N; ++d) {
            Real const share = abs(way.steps.share[d]).registers();
            bool const is_here = holds(isfinite(way.steps.share[d])) && holds(isfinite(way.steps.new_y[d]));
            is_finite = is_finite && holds(isfinite(way.steps.new_y[d]));
            if (is_found || (is_here && share <= largest)) continue;
            ended.component = static_cast<std::uint32_t>(d);
            largest = share;
            is_found = !is_here;
        }
        ended.reason = is_finite ? kind::too_small : kind::not_finite;
    }

    POISE_ALWAYS_INLINE Real& saved(std::size_t i, std::size_t time, std::size_t d) const {
        return of.saved[(time * N + d) * of.n + i];
    }
    POISE_ALWAYS_INLINE void save_start(std::size_t i, walk const& way, end& ended) const {
        for (; ended.n_saved < of.n_times && of.save_at[ended.n_saved] == limits.begin; ++ended.n_saved)
            for (std::size_t d = 0; d < N; ++d) saved(i, ended.n_saved, d) = way.steps.y[d].registers();
    }
    // The states at all times of a step that was accepted.
    POISE_ALWAYS_INLINE void save(std::size_t i, walk& way, end& ended) const {
        auto const comes_to = [&](std::size_t time) {
            return time < of.n_times && holds((way.t_new - of.save_at[time]) * limits.direction >= number{0.0});
        };
        if (!comes_to(ended.n_saved)) return;
        typename walk::stepper::polynomial polynomial;
        way.steps.interpolate(way.t, way.t_new - way.t, way.t_new, polynomial);
        ++ended.n_dense;
        for (; comes_to(ended.n_saved); ++ended.n_saved) {
            number const time{of.save_at[ended.n_saved]}, theta = (time - way.t) / (way.t_new - way.t);
            bool const is_at_end = holds(time == way.t_new);
            ode::detail::for_each_component<N>([&](std::size_t d) {
                number sum = polynomial[polynomial.size() - 1][d];
                for (std::size_t m = polynomial.size() - 1; m-- > 0;) sum = sum * theta + polynomial[m][d];
                saved(i, ended.n_saved, d) = (is_at_end ? way.steps.new_y[d] : sum).registers();
            });
        }
    }
};

}  // namespace poise::cuda::detail
