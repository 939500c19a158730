// SPDX-License-Identifier: MIT
#include "pde/evolving.hpp"
#include "pde/leapfrog/leapfrog.hpp"
#include "pde/solving.hpp"
#include "pde/wave_fields.hpp"
#include "pde/wave_forcing.hpp"
#include "pde/wave_solving.hpp"

#include <poise/pde/wave.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace poise::pde {
namespace {

template <std::size_t D>
void require_fields_on_domain(wave<D> const& problem) {
    detail::require_on_domain(problem.domain, problem.speed, "speed");
    detail::require_on_domain(problem.domain, problem.damping, "damping");
    detail::require_on_domain(problem.domain, problem.initial, "the initial value");
    detail::require_on_domain(problem.domain, problem.initial_velocity, "the initial velocity");
    if (auto const* source = problem.source.constant())
        detail::require_on_domain(problem.domain, *source, "the source");
}

// A number, or what a function is on all points; each is to be accepted.
template <std::size_t D, class Accept>
std::vector<double> coefficient(grid::cartesian<D> const& domain, grid::scalar_function<D> const& f, char const* name,
                                char const* rule, Accept const& accept) {
    if (double const* number = f.constant()) {
        POISE_REQUIRE(accept(*number), name, " is ", *number, "; it must be ", rule);
        return {*number};
    }
    std::vector<double> values(domain.size());
    f.evaluate(domain, values);
    if (auto const bad = std::ranges::find_if_not(values, accept); bad != values.end())
        throw_invalid(concat(name, " is ", *bad, " at ",
                             linear::detail::position_of(domain, static_cast<std::size_t>(bad - values.begin())),
                             "; it must be ", rule));
    return values;
}

template <std::size_t D>
std::vector<double> damping_of(wave<D> const& problem) {
    auto values = coefficient(problem.domain, problem.damping, "damping", "finite and not negative",
                              [](double r) { return r >= 0.0 && std::isfinite(r); });
    if (std::ranges::all_of(values, [](double r) { return r == 0.0; })) values.clear();
    return values;
}

template <std::size_t D>
detail::side_flags<D> absorbing_sides(wave<D> const& problem, grid::boundary<D> const& boundary) {
    detail::side_flags<D> flags{};
    for (auto const side : problem.absorbing) {
        auto const at = static_cast<std::size_t>(side);
        POISE_REQUIRE(at < 2 * D, "absorbing names side ", at, ", which a box of ", D, " dimensions does not have");
        POISE_REQUIRE(boundary.at(side).kind == grid::condition_kind::neumann, "the ", at % 2 == 0 ? "lower" : "upper",
                      " side of ", "xyz"[at / 2], " is to absorb waves and is not Neumann; make it grid::neumann{0.0}");
        flags[at] = true;
    }
    return flags;
}

// Why the exact method is not for the problem; empty where it is.
template <std::size_t D>
std::string what_is_not_exact(detail::wave_to_solve<D> const& given) {
    if (given.problem.speed.constant() == nullptr) return "the speed varies";
    if (!given.damping.empty()) return "there is damping";
    if (!given.problem.absorbing.empty()) return "a side absorbs waves";
    return detail::what_is_not_constant(given.problem, given.boundary);
}

template <std::size_t D>
void require_method(detail::wave_to_solve<D> const& given, std::string const& why_not_exact) {
    auto const method = given.options.method;
    POISE_REQUIRE(method == time_method::automatic || method == time_method::exact || method == time_method::leapfrog ||
                      method == time_method::modified_leapfrog,
                  "method is not of the wave equation; take automatic, exact, leapfrog or modified_leapfrog");
    POISE_REQUIRE(given.options.discontinuities.empty(), "discontinuities names ", given.options.discontinuities.size(),
                  " times, and waves are followed by steps of one size, which end at none; solve up to the first, and "
                  "go on from there with its u and velocity");
    POISE_REQUIRE(method != time_method::exact || why_not_exact.empty(), "method is exact, and ", why_not_exact,
                  "; take method::automatic");
    POISE_REQUIRE(method != time_method::exact || given.options.fixed_step == 0.0,
                  "method is exact, and fixed_step is ", given.options.fixed_step,
                  ": it takes no steps; take method::leapfrog, or 0");
    bool const is_lossy = !given.damping.empty() || !given.problem.absorbing.empty();
    POISE_REQUIRE(!is_lossy || given.problem.t.begin <= given.problem.t.end, "the span of time is from ",
                  given.problem.t.begin, " back to ", given.problem.t.end,
                  ", and energy is lost on the way, which backwards grows without bounds; go forwards");
}

template <std::size_t D>
double initial_energy(detail::wave_to_solve<D> const& given, detail::wave_forcing<D>& from_outside) {
    detail::wave_medium<D> const medium{given.problem.domain, given.boundary, given.absorbing, given.speed,
                                        given.damping};
    auto const b = from_outside.evaluate(given.problem.t.begin);
    auto const kind = norm_max(b) > 0.0 ? detail::forcing::constant : detail::forcing::none;
    detail::leapfrog<D> const any_step{medium, 1.0, detail::time_order::second, kind, b};
    detail::wave_fields<D> const fields{given, medium, from_outside};
    auto u = any_step.make_state(), velocity = any_step.make_state();
    fields.to_lines(given.initial, u);
    fields.to_lines(given.initial_velocity, velocity);
    return any_step.energy_at(u.data(), velocity.data());
}

// What there is without a step.
template <std::size_t D>
wave_evolution<D> initial_state(detail::wave_to_solve<D> const& given, ode::stop_reason reason) {
    auto const& problem = given.problem;
    wave_evolution<D> result;
    result.t.push_back(problem.t.begin);
    grid::field<D> u{problem.domain}, velocity{problem.domain};
    std::ranges::copy(given.initial, u.values().begin());
    std::ranges::copy(given.initial_velocity, velocity.values().begin());
    detail::wave_forcing<D> from_outside{given};
    from_outside.put_sides(problem.t.begin, u);
    result.u.push_back(std::move(u));
    result.velocity.push_back(std::move(velocity));
    result.energy.push_back(initial_energy(given, from_outside));
    result.report.reason = reason;
    result.report.method = "no step";
    result.report.t = problem.t.begin;
    result.report.t_end = problem.t.end;
    return result;
}

}  // namespace

template <std::size_t D>
wave_evolution<D> solve(wave<D> const& problem, evolution_options<D> const& options) {
    detail::require_evolution_options(problem.t, options);
    require_fields_on_domain(problem);
    detail::require_memory_of_points(problem.domain.size(), 12, "the wave problem");
    auto const boundary = problem.boundary.at(problem.t.begin);
    detail::wave_to_solve<D> const given{
        .problem = problem,
        .options = options,
        .boundary = boundary,
        .absorbing = absorbing_sides(problem, boundary),
        .speed = coefficient(problem.domain, problem.speed, "speed", "positive and finite",
                             [](double c) { return c > 0.0 && std::isfinite(c); }),
        .damping = damping_of(problem),
        .initial = detail::finite_values<detail::wave_values>(problem.domain, problem.initial, "the initial value"),
        .initial_velocity = detail::finite_values<detail::wave_values>(problem.domain, problem.initial_velocity,
                                                                       "the initial velocity")};
    auto const why_not_exact = what_is_not_exact(given);
    require_method(given, why_not_exact);
    if (problem.t.begin == problem.t.end) return initial_state(given, ode::stop_reason::reached_end);
    bool const is_exact = options.method == time_method::exact || (options.method == time_method::automatic &&
                                                                   options.fixed_step == 0.0 && why_not_exact.empty());
    auto result = is_exact                 ? detail::solve_wave_exactly(given)
                  : options.max_steps == 0 ? initial_state(given, ode::stop_reason::max_steps)
                                           : detail::solve_wave_by_steps(given);
    if (options.method == time_method::automatic && is_exact)
        result.report.chosen = "constant coefficients and data on a box";
    if (options.method == time_method::automatic && !why_not_exact.empty())
        result.report.chosen = concat(why_not_exact, "; ", result.report.chosen);
    if (options.on_failure == on_failure::throw_exception) result.report.or_throw();
    return result;
}

template <std::size_t D>
grid::scalar_function<D> absorbing_layer(grid::cartesian<D> const& domain, layer_options<D> const& options) {
    POISE_REQUIRE(options.width > 0.0 && std::isfinite(options.width), "the layer's width is ", options.width,
                  "; it must be positive and finite");
    POISE_REQUIRE(options.speed > 0.0 && std::isfinite(options.speed), "the layer's speed is ", options.speed,
                  "; it must be positive and finite");
    POISE_REQUIRE(options.reflection > 0.0 && options.reflection < 1.0, "the layer's reflection is ",
                  options.reflection, "; it must be between 0 and 1");
    for (auto const side : options.sides) {
        auto const at = static_cast<std::size_t>(side);
        POISE_REQUIRE(at < 2 * D, "the layer is on side ", at, ", which a box of ", D, " dimensions does not have");
        double const length = domain.upper()[at / 2] - domain.lower()[at / 2];
        POISE_REQUIRE(options.width <= length, "the layer's width is ", options.width, ", and the box is ", length,
                      " wide in ", "xyz"[at / 2]);
    }
    // There and back a wave keeps exp(-∫ damping / speed), the integral of (s/width)² being width / 3.
    double const most = 3.0 * options.speed * std::log(1.0 / options.reflection) / options.width;
    return [ lower = domain.lower(), upper = domain.upper(), options,
             most ](auto... x) -> double requires(sizeof...(x) == D) {
        grid::point<D> const at{static_cast<double>(x)...};
        double total = 0.0;
        for (auto const side : options.sides) {
            auto const d = static_cast<std::size_t>(side) / 2;
            double const from_side = static_cast<std::size_t>(side) % 2 == 0 ? at[d] - lower[d] : upper[d] - at[d];
            double const into = std::max(0.0, 1.0 - from_side / options.width);
            total += most * into * into;
        }
        return total;
    };
}

#define POISE_INSTANTIATE(D)                                                       \
    template wave_evolution<D> solve(wave<D> const&, evolution_options<D> const&); \
    template grid::scalar_function<D> absorbing_layer(grid::cartesian<D> const&, layer_options<D> const&);
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::pde
