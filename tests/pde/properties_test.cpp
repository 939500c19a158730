// SPDX-License-Identifier: MIT
// What every solution has, on random problems: nothing is lost in any control volume, sources and data of one sign give
// a solution of that sign, and what one source does elsewhere another does here.
//
// Tolerances. A solver says of its residual r = b - A u that ‖r‖₂ ≤ ρ; the grid's points are scaled by the measure V of
// a cell, so that none of |r_i| V is more than ρV, plus rounding. An M-matrix A, and w > 0 with A w > 0, bound what r
// moves u by: |A⁻¹ r| ≤ max w · max |r_i| / (A w)_i. The w at hand is the solution of a source c ≥ 1/2.
#include "pde/balance.hpp"

#include <poise/pde/solve.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace poise;
using grid::condition_kind;
using pde::method;
using poise_test::balance;
using poise_test::control_volume;

namespace {

constexpr unsigned seed = 20240;
constexpr double epsilon = std::numeric_limits<double>::epsilon();

class dice {
public:
    explicit dice(unsigned start) : random_{start} {}
    double between(double lower, double upper) { return std::uniform_real_distribution<double>{lower, upper}(random_); }
    double power_of_ten(double lower, double upper) { return std::pow(10.0, between(lower, upper)); }
    std::ptrdiff_t whole(std::ptrdiff_t first, std::ptrdiff_t last) {
        return std::uniform_int_distribution<std::ptrdiff_t>{first, last}(random_);
    }
    bool chance(double p) { return between(0.0, 1.0) < p; }
    template <class T>
    T one_of(std::vector<T> const& all) {
        return all[static_cast<std::size_t>(whole(0, static_cast<std::ptrdiff_t>(all.size()) - 1))];
    }

private:
    std::mt19937 random_;
};

template <std::size_t D>
grid::cartesian<D> random_domain(dice& any) {
    constexpr std::ptrdiff_t most = D == 1 ? 40 : D == 2 ? 14 : 10;
    grid::cartesian_options<D> options;
    options.centering = any.chance(0.5) ? grid::centering::cell : grid::centering::node;
    for (std::size_t d = 0; d < D; ++d) {
        options.cells[d] = any.whole(1, most);
        options.lower[d] = any.between(-1.0, 1.0);
        options.upper[d] = options.lower[d] + static_cast<double>(options.cells[d]) * any.power_of_ten(-1.0, 1.0);
    }
    return grid::cartesian<D>{options};
}

template <std::size_t D>
grid::field<D> random_field(grid::cartesian<D> const& domain, auto const& value) {
    grid::field<D> u{domain};
    for (double& v : u.values()) v = value();
    return u;
}

// At least 0.
template <std::size_t D>
grid::scalar_function<D> random_data(dice& any) {
    double const size = any.chance(0.2) ? 0.0 : any.power_of_ten(-1.0, 1.0);
    if (any.chance(0.4)) return size;
    double const phase = any.between(0.0, 6.0), k = any.between(0.0, 3.0);
    return [=](auto... x) { return size * (1.0 + std::sin(phase + k * (x + ...))); };
}

template <std::size_t D>
grid::boundary<D> random_boundary(dice& any, std::vector<condition_kind> const& kinds) {
    grid::boundary<D> sides = grid::neumann{0.0};
    for (std::size_t s = 0; s < 2 * D; ++s) {
        grid::condition<D> what;
        what.kind = any.one_of(kinds);
        what.value = random_data<D>(any);
        if (what.kind == condition_kind::robin) what.coefficient = random_data<D>(any);
        sides.on(static_cast<grid::side>(s), what);
    }
    for (std::size_t d = 0; d < D; ++d)
        if (any.chance(0.2)) sides.on(static_cast<grid::side>(2 * d), grid::periodic{});
    return sides;
}

// A number, two materials, or any at every point, with jumps of up to 10⁴.
template <std::size_t D>
grid::scalar_function<D> random_kappa(dice& any, grid::cartesian<D> const& domain) {
    if (any.chance(0.25)) return 1.0;
    if (any.chance(0.25)) return any.power_of_ten(-2.0, 2.0);
    if (any.chance(0.5)) return random_field(domain, [&] { return any.power_of_ten(-2.0, 2.0); });
    double const wall = any.between(-1.0, 3.0), jump = any.power_of_ten(-4.0, 4.0);
    return [=](auto... x) { return (x + ...) < wall ? 1.0 : jump; };
}

template <std::size_t D>
grid::scalar_function<D> random_sigma(dice& any, grid::cartesian<D> const& domain) {
    if (any.chance(0.5)) return 0.0;
    if (any.chance(0.5)) return any.power_of_ten(-3.0, 2.0);
    return random_field(domain, [&] { return any.chance(0.5) ? 0.0 : any.power_of_ten(-3.0, 2.0); });
}

template <std::size_t D>
bool has(grid::boundary<D> const& sides, condition_kind kind) {
    return std::ranges::count(sides.kinds(), kind) > 0;
}

// Whether nothing holds the constant part of a solution.
template <std::size_t D>
bool is_singular(pde::diffusion<D> const& problem) {
    if (has(problem.boundary, condition_kind::dirichlet)) return false;
    balance const ones = poise_test::accountant<D>{problem, grid::field<D>{problem.domain, 1.0}, 0.0}.count();
    balance const zeros = poise_test::accountant<D>{problem, grid::field<D>{problem.domain, 0.0}, 0.0}.count();
    return ones.consumed == 0.0 && ones.through_sides == zeros.through_sides;
}

// One of those that accept the problem.
template <std::size_t D>
method random_method(dice& any, pde::diffusion<D> const& problem) {
    bool const are_numbers = problem.kappa.constant() != nullptr && problem.sigma.constant() != nullptr;
    std::vector<method> all{method::automatic, method::conjugate_gradients};
    if (are_numbers && !has(problem.boundary, condition_kind::robin)) all.push_back(method::fast_transform);
    if (!has(problem.boundary, condition_kind::periodic)) all.push_back(method::multigrid);
    if (!is_singular(problem)) all.push_back(method::direct);
    return any.one_of(all);
}

// A problem, how to solve it, and what is known of each solution that comes of it.
template <std::size_t D>
struct solved {
    pde::diffusion<D> problem;
    grid::field<D> u;
    balance account;
    double residual;  ///< ρV

    [[nodiscard]] double largest() const { return std::abs(grid::extrema(u.values()).max) + std::abs(least()); }
    [[nodiscard]] double least() const { return grid::extrema(u.values()).min; }
};

// As the problem that it is, of three.
template <std::size_t D>
pde::solution<D> solution_of(pde::diffusion<D> const& problem, pde::solve_options const& options) {
    double const* kappa = problem.kappa.constant();
    double const* sigma = problem.sigma.constant();
    if (kappa == nullptr || *kappa != 1.0 || sigma == nullptr) return pde::solve(problem, options);
    if (*sigma != 0.0)
        return pde::solve(pde::helmholtz<D>{problem.domain, *sigma, problem.source, problem.boundary}, options);
    return pde::solve(pde::poisson<D>{problem.domain, problem.source, problem.boundary}, options);
}

template <std::size_t D>
solved<D> solve(pde::diffusion<D> const& problem, method how) {
    static linear::operator_cache cache{{.max_bytes = std::size_t{32} << 20}};
    auto const [u, report] = solution_of(
        problem, {.rtol = 1e-10, .on_failure = pde::on_failure::return_report, .method = how, .cache = &cache});
    // Of large coefficients rounding may leave more than that.
    EXPECT_TRUE(report || report.reason == linear::stop_reason::stagnated) << report;
    auto account = poise_test::accountant<D>{problem, u, report.removed_mean}.count();
    return {problem, u, std::move(account), report.residual_norm * problem.domain.cell_measure()};
}

// In each control volume, and of the box through its sides alone.
template <std::size_t D>
void expect_conserved(solved<D> const& s) {
    double squares = 0.0, rounding = 0.0, worst_case = 0.0;
    for (control_volume const& volume : s.account.volumes) {
        squares += volume.net * volume.net;
        rounding += volume.rounding * volume.rounding;
        worst_case += volume.rounding;
    }
    EXPECT_LE(std::sqrt(squares), (1.0 + 1e-10) * s.residual + std::sqrt(rounding));
    auto const n = static_cast<double>(s.account.volumes.size());
    double const total = s.account.produced + s.account.through_sides - s.account.consumed;
    EXPECT_LE(std::abs(total), std::sqrt(n) * s.residual + worst_case + n * epsilon * s.account.magnitude);
}

// How far the residual of s moves it at most; w: the solution of the same problem, but for data, and of a source >=
// 1/2.
template <std::size_t D>
double error_bound(solved<D> const& s, solved<D> const& w) {
    double ratio = 0.0;
    for (std::size_t i = 0; i < s.account.volumes.size(); ++i) {
        auto const& of_w = w.account.volumes[i];
        double const pushed = w.problem.source.values()->values()[of_w.point] * of_w.measure;
        double const least = pushed - w.residual - of_w.rounding;
        EXPECT_GT(least, 0.4 * pushed) << "the bound is of no use";
        ratio = std::max(ratio, (s.residual + s.account.volumes[i].rounding) / least);
    }
    return ratio * grid::extrema(w.u.values()).max;
}

template <std::size_t D>
pde::diffusion<D> without_data(pde::diffusion<D> problem, grid::field<D> source) {
    problem.source = std::move(source);
    for (std::size_t s = 0; s < 2 * D; ++s) {
        auto what = problem.boundary.at(static_cast<grid::side>(s));
        what.value = 0.0;
        problem.boundary.on(static_cast<grid::side>(s), what);
    }
    return problem;
}

// ⟨A⁻¹f, g⟩ = ⟨f, A⁻¹g⟩, weighted by the measures: with r the residuals the sides differ by ⟨A⁻¹f, r_g⟩ - ⟨r_f, A⁻¹g⟩.
template <std::size_t D>
void expect_reciprocal(solved<D> const& v, solved<D> const& w) {
    auto const f = v.problem.source.values()->values(), g = w.problem.source.values()->values();
    double difference = 0.0, rounding = 0.0, measure = 0.0, v2 = 0.0, w2 = 0.0;
    for (std::size_t i = 0; i < v.account.volumes.size(); ++i) {
        auto const [p, m, net, of_v] = v.account.volumes[i];
        double const at_v = v.u.values()[p], at_w = w.u.values()[p];
        difference += (at_v * g[p] - at_w * f[p]) * m;
        rounding += std::abs(at_v) * w.account.volumes[i].rounding + std::abs(at_w) * of_v;
        measure += m;
        v2 += at_v * at_v, w2 += at_w * at_w;
    }
    // Without an anchor a mean that is 0 to rounding meets the mean of the other's source.
    auto const n = static_cast<double>(v.account.volumes.size());
    rounding += 2.0 * n * epsilon * measure * (v.largest() * 1.5 + w.largest() * 1.5);
    EXPECT_LE(std::abs(difference), std::sqrt(v2) * w.residual + std::sqrt(w2) * v.residual + rounding);
}

std::string text_of(method how) { return "method " + std::to_string(static_cast<int>(how)); }

template <std::size_t D>
void check_solutions(dice& any) {
    auto const domain = random_domain<D>(any);
    pde::diffusion<D> problem{.domain = domain,
                              .kappa = random_kappa(any, domain),
                              .sigma = random_sigma(any, domain),
                              .source = random_field(domain, [&] { return any.between(0.0, 1.0); }),
                              .boundary = random_boundary<D>(
                                  any, {condition_kind::dirichlet, condition_kind::neumann, condition_kind::robin})};
    method const how = random_method(any, problem);
    SCOPED_TRACE(text_of(how));
    auto const u = solve(problem, how);
    auto const v = solve(without_data(problem, random_field(domain, [&] { return any.between(-1.0, 1.0); })), how);
    auto const w = solve(without_data(problem, random_field(domain, [&] { return any.between(0.5, 1.5); })), how);
    for (auto const* s : {&u, &v, &w}) expect_conserved(*s);
    expect_reciprocal(v, w);
    if (is_singular(problem)) return;
    EXPECT_GE(u.least(), -error_bound(u, w));
    EXPECT_GE(w.least(), 0.0);
}

// The smallest and the largest number that a Dirichlet side gives.
template <std::size_t D>
std::pair<double, double> range_of_data(pde::diffusion<D> const& problem) {
    auto const& domain = problem.domain;
    double least = HUGE_VAL, most = -HUGE_VAL;
    grid::for_each_point(domain, [&](std::size_t, grid::point<D> const& x) {
        for (std::size_t s = 0; s < 2 * D; ++s) {
            auto const& side = problem.boundary.at(static_cast<grid::side>(s));
            if (side.kind != condition_kind::dirichlet) continue;
            auto on_side = x;
            on_side[s / 2] = s % 2 == 0 ? domain.lower()[s / 2] : domain.upper()[s / 2];
            least = std::min(least, side.value(on_side));
            most = std::max(most, side.value(on_side));
        }
    });
    return {least, most};
}

// Dirichlet sides and insulated ones.
template <std::size_t D>
void check_range(dice& any) {
    auto const domain = random_domain<D>(any);
    pde::diffusion<D> problem{
        .domain = domain,
        .kappa = random_kappa(any, domain),
        .boundary = random_boundary<D>(any, {condition_kind::dirichlet, condition_kind::neumann})};
    if (!has(problem.boundary, condition_kind::dirichlet)) return;
    for (std::size_t s = 0; s < 2 * D; ++s)
        if (problem.boundary.at(static_cast<grid::side>(s)).kind == condition_kind::neumann)
            problem.boundary.on(static_cast<grid::side>(s), grid::neumann{0.0});
    method const how = random_method(any, problem);
    SCOPED_TRACE(text_of(how));
    auto const u = solve(problem, how);
    auto const w = solve(without_data(problem, random_field(domain, [&] { return any.between(0.5, 1.5); })), how);
    expect_conserved(u);
    auto const [least, most] = range_of_data(problem);
    double const bound = error_bound(u, w);
    EXPECT_GE(u.least(), least - bound);
    EXPECT_LE(grid::extrema(u.u.values()).max, most + bound);
}

// check(D, any) for each of n problems, each of which can be had again by its number.
void for_random_problems(unsigned n, auto const& check) {
    for (unsigned k = 0; k < n && !testing::Test::HasFailure(); ++k) {
        SCOPED_TRACE("problem " + std::to_string(k) + " of seed " + std::to_string(seed));
        dice any{seed + k};
        check(any.whole(1, 3), any);
    }
}

}  // namespace

TEST(Properties, SolutionsConserveAreReciprocalAndOfTheSignOfTheirData) {
    for_random_problems(7000, [](std::ptrdiff_t dimension, dice& any) {
        dimension == 1 ? check_solutions<1>(any) : dimension == 2 ? check_solutions<2>(any) : check_solutions<3>(any);
    });
}

TEST(Properties, SolutionsWithoutSourcesStayWithinTheirData) {
    for_random_problems(3000, [](std::ptrdiff_t dimension, dice& any) {
        dimension == 1 ? check_range<1>(any) : dimension == 2 ? check_range<2>(any) : check_range<3>(any);
    });
}
