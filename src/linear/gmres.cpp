// SPDX-License-Identifier: MIT
#include "core/multiversion.hpp"
#include "linear/krylov_method.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/linear/gmres.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>

namespace poise::linear {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

// y += a x.
POISE_MULTIVERSION void add(double a, std::size_t n, double const* x, double* y) {
    for (std::size_t i = 0; i < n; ++i) y[i] += a * x[i];
}

// Column j of R, and what the rotation j that ends it left: the entries 0 … j are kept in one vector with the rest.
struct column {
    explicit column(std::span<double> all)
        : R{all.first(all.size() - 4)},
          c{all[R.size()]},
          s{all[R.size() + 1]},
          g{all[R.size() + 2]},
          y{all[R.size() + 3]} {}
    std::span<double> R;
    double& c;
    double& s;
    double& g;
    double& y;
};

class generalised_minimal_residuals : public detail::krylov_method {
public:
    generalised_minimal_residuals(map_view A, std::span<double const> b, std::span<double> x,
                                  krylov_options const& options, map_view M, int restart)
        : krylov_method{"gmres", "GMRES", A, b, x, options, M},
          length_{std::min(static_cast<std::size_t>(restart), b.size())} {}

private:
    // One cycle. Arnoldi's process: A Z = V H, Z = M V; rotations: H = Qᵀ R; x += Z R⁻¹ g, g = Q (‖r‖, 0, …).
    ending iterate() override {
        if (!norm_) estimate_norm();
        double const before = computed_norm();
        std::ranges::transform(r_, v(0).begin(), [before](double value) { return value / before; });
        double g = before;
        for (std::size_t j = 0;; ++j) {
            precondition(j);
            A_(z(j), r_);  // r itself is in v(0), and computed again after the cycle
            double const h = orthogonalise(j);
            if (!std::isfinite(h)) return {stop_reason::not_finite};
            bool const is_independent = rotate(j, h, g);
            auto end = is_independent ? after_iteration(std::abs(g)) : ending{stop_reason::breakdown, 0.5};
            if (!end && j + 1 == length_) end = judge(std::abs(g) / before);
            if (end) {
                std::size_t const n_columns = is_independent ? j + 1 : j;
                std::size_t const n_trusted = trusted(n_columns, before);
                improve(n_trusted);
                return n_trusted < n_columns ? ending{stop_reason::breakdown, 0.5} : *end;
            }
            std::ranges::transform(r_, v(j + 1).begin(), [h](double value) { return value / h; });
        }
    }

    // ‖A M‖ from below, by a vector without order: an r in the nullspace knows nothing of it.
    void estimate_norm() {
        detail::scatter(v(0));
        double const norm_v = all_.norm2(v(0));
        for (double& value : v(0)) value /= norm_v;
        precondition(0);
        auto const Az = v(1);
        A_(z(0), Az);
        norm_ = all_.norm2(Az);
    }

    // A z_j less its parts along V, by modified Gram-Schmidt. That is stable as it is (Paige, Rozložník & Strakoš
    // 2006); a second pass where more than a digit cancels keeps V orthogonal too (Daniel, Gragg, Kaufman & Stewart
    // 1976).
    double orthogonalise(std::size_t j) {
        auto const R = at(j).R;
        std::ranges::fill(R, 0.0);
        double norm = all_.norm2(r_);
        norm_ = std::max(*norm_, norm);
        for (int pass = 0; pass < 2; ++pass) {
            double const norm_before = norm;
            for (std::size_t i = 0; i <= j; ++i) {
                double const h = all_.dot(v(i), r_);
                R[i] += h;
                add(-h, r_.size(), v(i).data(), r_.data());
            }
            norm = all_.norm2(r_);
            if (norm > 0.1 * norm_before) break;
        }
        return norm;
    }

    // The rotations so far, and one more that takes h to 0. False where the column depends on those before it: what is
    // left of it is rounding, and a step by its inverse would be too.
    bool rotate(std::size_t j, double h, double& g) {
        auto last = at(j);
        for (std::size_t i = 0; i < j; ++i) {
            auto const [R, c, s, g_of_i, y] = at(i);
            double const above = last.R[i];
            last.R[i] = c * above + s * last.R[i + 1];
            last.R[i + 1] = c * last.R[i + 1] - s * above;
        }
        double const length = std::hypot(last.R[j], h);
        if (length <= 1000.0 * epsilon * *norm_) return false;
        last.c = last.R[j] / length;
        last.s = h / length;
        last.R[j] = length;
        last.g = last.c * g;
        g *= -last.s;
        return true;
    }

    // At the end of a cycle which left that share of the residual. One that gained nothing is repeated by the next, but
    // where the computed residual alone gained nothing it is rounding.
    [[nodiscard]] static ending judge(double share) {
        double const enough = 1.0 - std::sqrt(epsilon);
        return {share <= enough ? stop_reason::stagnated : stop_reason::breakdown, enough};
    }

    // y = R⁻¹ g with the first n_columns; its norm, which is that of the step in M⁻¹ x.
    double solve(std::size_t n_columns) {
        for (std::size_t k = 0; k < n_columns; ++k) at(k).y = at(k).g;
        double norm = 0.0;
        for (std::size_t k = n_columns; k-- > 0;) {
            auto const last = at(k);
            last.y /= last.R[k];
            norm = std::hypot(norm, last.y);
            for (std::size_t i = 0; i < k; ++i) at(i).y -= last.R[i] * last.y;
        }
        return norm;
    }

    // The most columns that make a step whose rounding is far below the residual before the cycle. All, unless A M is
    // singular and the residual cannot vanish, where R becomes so ill-conditioned as doubles allow.
    std::size_t trusted(std::size_t n_columns, double before) {
        auto const is_lost = [&](std::size_t n) { return epsilon * *norm_ * solve(n) > 1e-3 * before; };
        if (!is_lost(n_columns)) return n_columns;
        std::size_t kept = 0;
        for (std::size_t lost = n_columns; kept + 1 < lost;) {
            std::size_t const middle = kept + (lost - kept) / 2;
            (is_lost(middle) ? lost : kept) = middle;
        }
        return kept;
    }

    // x += Z y.
    void improve(std::size_t n_columns) {
        (void)solve(n_columns);
        for (std::size_t k = 0; k < n_columns; ++k) add(at(k).y, x_.size(), z(k).data(), x_.data());
    }

    void precondition(std::size_t j) {
        if (!M_.is_identity()) M_(v(j), z(j));
    }

    [[nodiscard]] std::span<double> v(std::size_t j) { return vector(3 * j + 1); }
    [[nodiscard]] std::span<double> z(std::size_t j) { return M_.is_identity() ? v(j) : vector(3 * j + 2); }
    [[nodiscard]] column at(std::size_t j) { return column{workspace_.vector(3 * j + 5, j + 5)}; }

    std::size_t length_;
    std::optional<double> norm_;
};

}  // namespace

solve_report gmres(map_view A, std::span<double const> b, std::span<double> x, gmres_options const& options,
                   map_view M) {
    profile::scope const timing{"gmres"};
    POISE_REQUIRE(options.restart >= 1, "gmres: restart is ", options.restart, "; give a number >= 1");
    krylov_options shared{.rtol = options.rtol,
                          .atol = options.atol,
                          .max_iterations = options.max_iterations,
                          .workspace = options.workspace};
    if (options.on_iteration) shared.on_iteration = std::ref(options.on_iteration);
    return generalised_minimal_residuals{A, b, x, shared, M, options.restart}.run();
}

}  // namespace poise::linear
