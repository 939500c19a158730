// SPDX-License-Identifier: MIT
// Private to src/: what the solvers of stationary problems have in common.
#pragma once

#include "grid/sides.hpp"
#include "pde/discrete_problem.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/memory.hpp>
#include <poise/core/reductions.hpp>
#include <poise/grid/scalar_function.hpp>
#include <poise/linear/direct_solve.hpp>
#include <poise/pde/solve.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace poise::pde::detail {

/// A method and why it was chosen; nothing where the caller named it.
struct choice {
    pde::method method;
    std::string why;
};

/// −∇·(κ∇u) + σu = source with numbers for κ and σ.
template <std::size_t D>
struct constant_problem {
    grid::cartesian<D> const& domain;
    grid::point<D> kappa;  ///< of each direction
    double sigma;
    char const* sigma_name;  ///< what the caller calls it
    grid::scalar_function<D> const& source;
    grid::boundary<D> const& boundary;
};

/// By fast transform, multigrid or factorisation of −Δ + σ/κ, κ that of x, on a box whose other directions are as long
/// as their κ makes them. κ/h² and, but for σ = 0, σ/κ must be normal numbers.
template <std::size_t D>
[[nodiscard]] solution<D> solve_constant(constant_problem<D> const& problem, solve_options const& options);

/// −∇·(κ∇u) + σu = source, whatever κ and σ are. sigma_name: what the caller calls σ.
template <std::size_t D>
[[nodiscard]] solution<D> solve_diffusion(diffusion<D> const& problem, solve_options const& options,
                                          char const* sigma_name);

/// The same with a σ < 0 somewhere.
template <std::size_t D>
struct indefinite_problem {
    diffusion<D> const& problem;
    std::shared_ptr<linear::coefficient_values const> const& values;  ///< κ, σ and Robin sides of the problem
    std::size_t place;                                                ///< of the first negative σ among them
    char const* sigma_name;
};

/// By an LU factorisation. A problem whose matrix is singular to rounding is reported as a breakdown, with the
/// eigenvalue that is too near where the coefficients are numbers.
template <std::size_t D>
[[nodiscard]] solution<D> solve_indefinite(indefinite_problem<D> const& problem, solve_options const& options);

[[nodiscard]] inline char const* name_of(method m) noexcept {
    switch (m) {
        case method::automatic:
            return "automatic";
        case method::fast_transform:
            return "fast_transform";
        case method::direct:
            return "direct";
        case method::multigrid:
            return "multigrid";
        case method::conjugate_gradients:
            return "conjugate_gradients";
    }
    return "unknown";
}

/// Throws std::invalid_argument when a backend of the factorisation is named beside a method that does not factor.
inline void require_use_of_backend(solve_options const& options) {
    POISE_REQUIRE(options.backend == linear::cholesky_backend::automatic || options.method == method::automatic ||
                      options.method == method::direct,
                  "method is ", name_of(options.method), " and backend ", to_string(options.backend),
                  ", which factors; name one of them");
}

/// Throws std::invalid_argument where a GPU is asked for what processors alone do.
inline void require_use_of_device(solve_options const& options) {
    if (!options.device.is_cuda()) return;
    std::string const where = options.device.name();
    POISE_REQUIRE(options.method == method::automatic || options.method == method::multigrid, "method is ",
                  name_of(options.method), ", and ", where,
                  " solves by method::multigrid; take that, or device::cpu()");
    POISE_REQUIRE(options.backend == linear::cholesky_backend::automatic, "backend is ", to_string(options.backend),
                  ", which factors, and ", where, " solves by method::multigrid; leave it out, or take device::cpu()");
    POISE_REQUIRE(options.scheme == scheme::second_order, "the compact fourth-order scheme is for processors, and ",
                  where, " is a GPU; take scheme::second_order, or device::cpu()");
}

[[nodiscard]] inline linear::operator_cache& cache_of(solve_options const& options) {
    return options.cache != nullptr ? *options.cache : linear::default_operator_cache();
}

/// act(), and once more where a GPU has no room for it while the cache keeps there what others may do without.
template <class Act>
auto with_room(linear::operator_cache& cache, device const& where, Act const& act) {
    try {
        return act();
    } catch (not_enough_device_memory const&) {
        if (cache.statistics(where).bytes == 0) throw;
        cache.clear(where);
    }
    return act();
}

template <std::size_t D>
[[nodiscard]] bool is_anchored(grid::condition_kinds<D> const& kinds) {
    return grid::detail::has_kind<D>(kinds, grid::condition_kind::dirichlet);
}

/// Without a Dirichlet side the smallest eigenvalue is about `shift`: rounding moves the constant part of u by about
/// this much relative to u. stiffest: half of the largest eigenvalue, about.
[[nodiscard]] inline double loss_of_constant(double stiffest, double shift) {
    return std::numeric_limits<double>::epsilon() * stiffest / shift;
}

template <std::size_t D>
[[nodiscard]] bool has_robin(grid::condition_kinds<D> const& kinds) {
    return grid::detail::has_kind<D>(kinds, grid::condition_kind::robin);
}

template <std::size_t D>
[[nodiscard]] bool is_periodic(grid::condition_kinds<D> const& kinds) {
    return grid::detail::has_kind<D>(kinds, grid::condition_kind::periodic);
}

/// The widest cell of a direction over its narrowest one, of the direction where that is largest.
template <std::size_t D>
[[nodiscard]] double stretching(grid::cartesian<D> const& domain) {
    double largest = 1.0;
    for (std::size_t d = 0; d < D; ++d) {
        if (domain.is_uniform(d)) continue;
        double narrowest = domain.width(d, 0), widest = narrowest;
        for (std::ptrdiff_t i = 1; i < domain.cells()[d]; ++i) {
            narrowest = std::min(narrowest, domain.width(d, i));
            widest = std::max(widest, domain.width(d, i));
        }
        largest = std::max(largest, widest / narrowest);
    }
    return largest;
}

/// Beyond it, point by point smoothing of grids that are coarsened alike everywhere does not converge well: cells are
/// long in x at one place and in y at another. Measured: 17 cycles at 2, 57 to 100 at 10.
inline constexpr double most_stretching_for_cycles = 3.0;

/// Whether a problem of constant coefficients is solved by its matrix all the same.
template <std::size_t D>
[[nodiscard]] bool needs_matrix(solve_options const& options, grid::cartesian<D> const& domain,
                                grid::condition_kinds<D> const& kinds) {
    bool const is_on_gpu = options.device.is_cuda();
    method const by = options.method;
    bool const is_by_cycles = is_on_gpu || by == method::multigrid || (by == method::automatic && !domain.is_uniform());
    bool const cycles_do = (is_on_gpu || !is_periodic<D>(kinds)) && stretching(domain) <= most_stretching_for_cycles;
    return by == method::conjugate_gradients || (is_by_cycles && !cycles_do) || has_robin<D>(kinds);
}

/// A method for what has no factor.
template <std::size_t D>
[[nodiscard]] char const* method_without_factor(grid::cartesian<D> const& domain,
                                                grid::condition_kinds<D> const& kinds) {
    if (domain.is_uniform() && !has_robin<D>(kinds)) return "method::fast_transform";
    return is_periodic<D>(kinds) ? "method::conjugate_gradients" : "method::multigrid";
}

/// Throws std::invalid_argument unless a matrix without a Dirichlet side has a factor that is worth something.
inline void require_definite(double stiffest, double shift, char const* name, char const* other_method) {
    POISE_REQUIRE(shift > 0.0, "no side is Dirichlet and ", name,
                  " is 0: the solution is known up to a constant only, and the matrix has no factor; make a side "
                  "Dirichlet, give a ",
                  name, " > 0 or take ", other_method);
    POISE_REQUIRE(loss_of_constant(stiffest, shift) <= 1e-3, "no side is Dirichlet and ", name, " is ", shift,
                  ", which rounding loses beside kappa/h^2; make a side Dirichlet, raise ", name, " or take ",
                  other_method);
}

/// Throws std::invalid_argument when f is a field on another grid than the domain.
template <std::size_t D>
void require_on_domain(grid::cartesian<D> const& domain, grid::scalar_function<D> const& f, char const* name) {
    if (auto const* field = f.values())
        POISE_REQUIRE(field->grid() == domain, name, " is a field on another grid, of ", field->grid().size(),
                      " points, than the domain, of ", domain.size(),
                      field->grid().size() == domain.size() ? ": box, cells, faces or centering differ" : "");
}

/// −Σ κ_d ∂²/∂x_d² is κ_x times −Δ of a box that is (κ_x/κ_d)^½ as long in direction d.
template <std::size_t D>
[[nodiscard]] grid::cartesian<D> isotropic_domain(grid::cartesian<D> const& domain, grid::point<D> const& kappa) {
    if (std::ranges::count(kappa, kappa[0]) == D) return domain;
    grid::cartesian_options<D> options{.cells = domain.cells(), .centering = domain.centering()};
    for (std::size_t d = 0; d < D; ++d) {
        double const factor = std::sqrt(kappa[0] / kappa[d]);
        if (domain.is_uniform(d)) options.upper[d] = factor * (domain.upper()[d] - domain.lower()[d]);
        for (double const face : domain.faces(d)) options.faces[d].push_back(factor * (face - domain.lower()[d]));
    }
    return grid::cartesian<D>{options};
}

/// Throws not_enough_memory when a solve that holds so many numbers for each point would need more than there is.
inline void require_memory_of_points(std::size_t n_points, std::size_t doubles_each, char const* what) {
    require_memory(8.0 * static_cast<double>(doubles_each) * static_cast<double>(n_points),
                   [&] { return concat(what, " on ", n_points, " points"); });
}

/// make_right_hand_side(values of the source on all points of the domain)
template <std::size_t D, class Make>
[[nodiscard]] std::vector<double> from_source(grid::cartesian<D> const& domain, grid::scalar_function<D> const& source,
                                              Make const& make_right_hand_side) {
    profile::scope const timing{"right-hand side"};
    if (auto const* field = source.values()) return make_right_hand_side(field->values());
    std::vector<double> values(domain.size());
    source.evaluate(domain, values);
    return make_right_hand_side(std::span<double const>{values});
}
template <std::size_t D>
[[nodiscard]] std::vector<double> assemble_right_hand_side(discrete_problem<D> const& discrete,
                                                           grid::cartesian<D> const& domain,
                                                           grid::scalar_function<D> const& source) {
    return from_source(domain, source, [&](std::span<double const> f) { return discrete.right_hand_side(f); });
}

/// Keeps the norms of residuals that a solver tells, times scale, and tells the caller, who may end the solve.
class iteration_log {
public:
    explicit iteration_log(solve_options const& options, double scale = 1.0) : options_{options}, scale_{scale} {}

    [[nodiscard]] std::function<bool(int, double)> callback() {
        return [this](int iteration, double residual_norm) {
            history_.push_back(scale_ * residual_norm);
            is_ended_ = options_.on_iteration && !options_.on_iteration(iteration, history_.back());
            return !is_ended_;
        };
    }
    void tell(linear::solve_report& report) {
        report.history = std::move(history_);
        if (is_ended_ && report.reason == linear::stop_reason::max_iterations)
            report.remedy = "on_iteration returned false; let it go on";
    }

private:
    solve_options const& options_;
    double scale_;
    std::vector<double> history_;
    bool is_ended_ = false;
};

/// Without a Dirichlet side, summing the equations gives Σ weights·u = Σ b exactly, weights = A·1, which settles the
/// one part of u that is badly conditioned; kept unless the residual, whose norm residual_norm(x, r) returns, would
/// then miss the tolerance.
template <class ResidualNorm>
void correct_constant(std::span<double> x, std::span<double const> weights, std::span<double const> b,
                      linear::solve_report& report, ResidualNorm const& residual_norm) {
    double const error = (sum(b) - dot(weights, x)) / sum(weights);
    std::vector<double> moved(x.begin(), x.end()), r(b.size());
    for (double& value : moved) value += error;
    double const norm = residual_norm(moved, r);
    if (report && !(norm <= report.tolerance)) return;  // converged as it is
    std::ranges::copy(moved, x.begin());
    report.residual_norm = norm;
    if (norm <= report.tolerance) report.reason = linear::stop_reason::converged;
}

}  // namespace poise::pde::detail
