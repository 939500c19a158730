// SPDX-License-Identifier: MIT
#include "pde/evolving.hpp"
#include "pde/reaction/exponential_stepper.hpp"
#include "pde/reaction/stabilised_stepper.hpp"
#include "pde/solving.hpp"

#include <poise/pde/reaction_diffusion.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace poise::pde::detail {
namespace {

template <std::size_t D>
void require_problem(species_problem<D> const& problem) {
    POISE_REQUIRE(problem.t.begin <= problem.t.end, "the span of time is from ", problem.t.begin, " back to ",
                  problem.t.end, "; nothing diffuses backwards in time, where any error grows without bounds");
    POISE_REQUIRE(problem.diffusivity.size() <= most_species, "there are ", problem.diffusivity.size(),
                  " species; at most ", most_species, " are followed");
    for (std::size_t s = 0; s < problem.diffusivity.size(); ++s) {
        double const diffusivity = problem.diffusivity[s];
        POISE_REQUIRE(diffusivity >= 0.0 && std::isfinite(diffusivity), "the diffusivity of species ", s, " is ",
                      diffusivity, "; it must be finite and not negative");
        require_on_domain(problem.domain, *problem.initial[s], concat("the initial value of species ", s).c_str());
        if (auto const* source = problem.source[s]->constant())
            require_on_domain(problem.domain, *source, concat("the source of species ", s).c_str());
    }
}

// The first place at which rates are no numbers is told.
template <std::size_t D>
void require_finite_rates(species_problem<D> const& problem, species_system<D> const& system, species_values const& u) {
    std::size_t const S = system.n_species(), n = static_cast<std::size_t>(system.layout().n[0]);
    std::vector<double> rates(S * n);
    std::vector<double const*> here(S);
    std::vector<double*> rate(S);
    for (std::size_t s = 0; s < S; ++s) rate[s] = rates.data() + s * n;
    system.for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
        auto const at = static_cast<std::size_t>(system.layout().number(j, k)) * n;
        for (std::size_t s = 0; s < S; ++s) here[s] = u[s].data() + at;
        system.react(problem.t.begin, j, k, 0, n, here.data(), rate.data());
        if (auto const bad = first_not_finite(rates)) {
            std::array<std::ptrdiff_t, 3> const place{static_cast<std::ptrdiff_t>(*bad % n), j, k};
            grid::point<D> x;
            for (std::size_t d = 0; d < D; ++d)
                x[d] = problem.domain.coordinate(d, system.species(0).axes[d].first_point + place[d]);
            throw_invalid(concat("the rate of species ", *bad / n, " is ", rates[*bad], " of the initial values at ",
                                 grid::detail::position_text(x), "; it must be finite"));
        }
    });
}

// Diffusion is so many times as fast as the reaction where a step that follows the reaction alone is worth its
// transforms: measured at 10⁴ for 64² and 256² unknowns.
constexpr double stiffness_for_transforms = 1e4;

template <std::size_t D>
std::string what_forbids_transforms(species_problem<D> const& problem, species_system<D> const& system) {
    if (!problem.domain.is_uniform()) return "the grid is stretched";
    for (std::size_t s = 0; s < system.n_species(); ++s)
        if (has_robin<D>(system.species(s).kinds)) return "a side is Robin";
    return "";
}

struct choice_of_method {
    bool is_exponential;
    std::string why;
};

template <std::size_t D>
choice_of_method choose(species_problem<D> const& problem, species_options<D> const& options, species_system<D>& system,
                        species_values const& u) {
    auto const method = options.method;
    POISE_REQUIRE(method == time_method::automatic || method == time_method::exponential ||
                      method == time_method::stabilised_runge_kutta,
                  "method is not of reaction and diffusion; take automatic, stabilised_runge_kutta or exponential");
    auto const forbidden = what_forbids_transforms(problem, system);
    POISE_REQUIRE(method != time_method::exponential || forbidden.empty(), "method is exponential, and ", forbidden,
                  "; take method::automatic");
    if (method != time_method::automatic) return {method == time_method::exponential, ""};
    double const diffusion = system.largest_diffusion(), reaction = system.fastest_reaction(problem.t.begin, u);
    if (std::isnan(reaction)) return {false, "how fast the reaction is cannot be told beside the initial values"};
    auto const how_fast = reaction > 0.0 ? concat("diffusion is ", to_text(diffusion / reaction, 3),
                                                  " times as fast as the reaction at the beginning")
                                         : std::string{"there is no reaction at the beginning"};
    bool const is_stiff = diffusion > stiffness_for_transforms * reaction;
    if (is_stiff && !forbidden.empty()) return {false, concat(how_fast, ", but ", forbidden)};
    return {is_stiff, how_fast};
}

template <std::size_t D>
std::vector<conserved_quantity> amounts(species_system<D> const& system, species_values const& u) {
    std::vector<conserved_quantity> result;
    for (std::size_t s = 0; s < system.n_species(); ++s) {
        double const amount = system.amount(u[s]);
        result.push_back({.name = system.n_species() == 1 ? "amount" : concat("amount of species ", s),
                          .first = amount,
                          .last = amount});
    }
    return result;
}

template <std::size_t D, class Stepper>
void follow(species_problem<D> const& problem, species_options<D> const& options, species_system<D>& system,
            species_values initial, species_evolution<D>& result) {
    require_memory_of_points(problem.domain.size(), Stepper::memory * system.n_species(), "reaction and diffusion");
    profile::timer const taken;
    Stepper stepper{system, problem, options, std::move(initial)};
    result.report.setup_s += taken.seconds();
    result.report.method = Stepper::name;
    species_fields<D> fields(system.n_species(), grid::field<D>{problem.domain});
    time_loop<D, species_fields<D>, Stepper> loop{problem.t, options, stepper, result, std::move(fields)};
    loop.run();
    auto const& u = stepper.unknowns();
    for (std::size_t s = 0; s < system.n_species(); ++s) result.report.conserved[s].last = system.amount(u[s]);
    stepper.tell(result.report);
}

}  // namespace

template <std::size_t D>
species_evolution<D> solve_species(species_problem<D> const& problem, species_options<D> const& options) {
    profile::scope const timing{"pde::solve"};
    profile::timer const taken;
    require_evolution_options(problem.t, options);
    require_problem(problem);
    species_evolution<D> result;
    auto& report = result.report;
    species_system<D> system{problem};
    auto u = system.initial();
    require_finite_rates(problem, system, u);
    auto const chosen = choose(problem, options, system, u);
    report.chosen = chosen.why;
    report.conserved = amounts(system, u);
    report.n_unknowns = system.n_species() * system.n_unknowns();
    report.setup_s = taken.seconds();
    if (chosen.is_exponential)
        follow<D, exponential_stepper<D>>(problem, options, system, std::move(u), result);
    else
        follow<D, stabilised_stepper<D>>(problem, options, system, std::move(u), result);
    report.data_s = system.data_s();
    report.solve_s = taken.seconds();
    if (options.on_failure == on_failure::throw_exception) report.or_throw();
    return result;
}

template species_evolution<1> solve_species(species_problem<1> const&, species_options<1> const&);
template species_evolution<2> solve_species(species_problem<2> const&, species_options<2> const&);
template species_evolution<3> solve_species(species_problem<3> const&, species_options<3> const&);

}  // namespace poise::pde::detail
