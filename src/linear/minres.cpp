// SPDX-License-Identifier: MIT
#include "core/multiversion.hpp"
#include "linear/krylov_method.hpp"

#include <poise/linear/minres.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace poise::linear {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

// q -= a v + b v_old.
POISE_MULTIVERSION void orthogonalise(double a, double b, std::size_t n, double const* v, double const* v_old,
                                      double* q) {
    for (std::size_t i = 0; i < n; ++i) q[i] -= a * v[i] + b * v_old[i];
}

// The last column of R, (alpha3, alpha2, alpha1), and the rotation that made it.
struct column {
    double alpha1 = 0.0, alpha2 = 0.0, alpha3 = 0.0, c = 1.0, s = 0.0;
    double left = 0.0;  // ‖A r‖ / ‖r‖ before the step, in the norms that M makes
};

// w = (z - alpha3 w_old - alpha2 w) / alpha1 in the place of w_old; x += c eta w, r = s² r - (c eta / alpha1) v.
POISE_MULTIVERSION void step(column const& R, double eta, std::size_t n, double const* z, double const* v,
                             double const* w, double* w_old, double* x, double* r) {
    double const tau = R.c * eta, s_squared = R.s * R.s, rho = R.c * eta / R.alpha1;
    for (std::size_t i = 0; i < n; ++i) {
        w_old[i] = (z[i] - R.alpha3 * w_old[i] - R.alpha2 * w[i]) / R.alpha1;
        x[i] += tau * w_old[i];
        r[i] = s_squared * r[i] - rho * v[i];
    }
}

class minimal_residuals : public detail::krylov_method {
public:
    minimal_residuals(map_view A, std::span<double const> b, std::span<double> x, krylov_options const& options,
                      map_view M)
        : krylov_method{"minres", "MINRES", A, b, x, options, M},
          v_old_{vector(1)},
          v_{vector(2)},
          v_new_{vector(3)},
          z_{vector(4)},
          z_new_{vector(5)},
          w_old_{vector(6)},
          w_{vector(7)} {}

private:
    // r = b - A x = eta V Qᵀ e, e the last unit vector: a rotation changes it by the newest Lanczos vector alone, and
    // M is not in it.
    ending iterate() override {
        if (auto const end = norm_ ? std::nullopt : estimate_norm()) return *end;
        if (auto const end = begin()) return *end;
        double eta = gamma_, first_left = 0.0;
        column before, R;
        for (int k = 0;; ++k) {
            if (auto const end = extend()) return *end;
            before = std::exchange(R, eliminate(R, before));
            if (k == 0) first_left = R.left;
            if (R.left <= 100.0 * epsilon * *norm_) return {stop_reason::breakdown};
            step(R, eta, r_.size(), z_.data(), v_new_.data(), w_.data(), w_old_.data(), x_.data(), r_.data());
            double const norm_r = all_.norm2(r_);
            auto const end = after_iteration(norm_r);
            if (auto const loss = doubt(k, R.left / first_left, norm_r)) return *loss;
            if (end) return *end;
            if (gamma_new_ == 0.0) return {stop_reason::breakdown};
            eta *= -R.s;
            advance();
        }
    }

    // Where A is singular and b not in its range, A r goes to 0 and r does not. Rounding stops that at about √ε, and
    // then x grows without bounds along the nullspace. Before, it may as well be that an eigenvalue is only small: so x
    // is kept there, and taken back if r then falls where b - A x does not.
    std::optional<ending> doubt(int k, double share_left, double norm_r) {
        if (!kept_norm_) {
            if (share_left > 100.0 * std::sqrt(epsilon)) return {};
            kept_norm_ = norm_r;
            std::ranges::copy(x_, kept().begin());
            return {};
        }
        bool const has_fallen = norm_r <= 0.5 * *kept_norm_;
        if (!has_fallen && k % 16 != 0) return {};
        auto const true_r = z_;  // not used any more in this step
        double const true_norm = compute_residual(true_r);
        if (true_norm <= 2.0 * norm_r) {
            if (has_fallen) kept_norm_.reset();
            return {};
        }
        if (true_norm <= 0.5 * *std::exchange(kept_norm_, {})) return ending{stop_reason::stagnated, 0.5};
        std::ranges::copy(kept(), x_.begin());
        return ending{stop_reason::breakdown};
    }
    [[nodiscard]] std::span<double> kept() { return vector(8); }

    // From below, by a vector without order: an r in the nullspace knows nothing of it.
    std::optional<ending> estimate_norm() {
        detail::scatter(v_);
        if (auto const end = normalise()) return end;
        if (auto const end = extend()) return end;
        norm_ = std::hypot(delta_, gamma_new_);
        return {};
    }

    std::optional<ending> begin() {
        kept_norm_.reset();
        std::ranges::copy(r_, v_.begin());
        return normalise();
    }

    // Lanczos' process from v on.
    std::optional<ending> normalise() {
        for (auto const& zero : {v_old_, w_old_, w_}) std::ranges::fill(zero, 0.0);
        M_(v_, z_);
        double const squared = all_.dot(z_, v_);
        if (!std::isfinite(squared)) return ending{stop_reason::not_finite};
        if (squared <= 0.0) return ending{stop_reason::breakdown};
        gamma_old_ = 1.0;
        gamma_ = std::sqrt(squared);
        return {};
    }

    // One step of Lanczos' process: A Z = V T, zᵀ v = 1, but for the scale of v, which is gamma.
    std::optional<ending> extend() {
        std::ranges::transform(z_, z_.begin(), [this](double value) { return value / gamma_; });
        A_(z_, v_new_);
        delta_ = all_.dot(v_new_, z_);
        orthogonalise(delta_ / gamma_, gamma_ / gamma_old_, v_.size(), v_.data(), v_old_.data(), v_new_.data());
        M_(v_new_, z_new_);
        double const squared = all_.dot(z_new_, v_new_);
        if (!std::isfinite(delta_) || !std::isfinite(squared)) return ending{stop_reason::not_finite};
        if (squared < 0.0) return ending{stop_reason::breakdown};
        gamma_new_ = std::sqrt(squared);
        return {};
    }

    // The newest column of T after the two rotations that reach it, and the one that it needs.
    [[nodiscard]] column eliminate(column const& last, column const& before) const {
        double const alpha0 = last.c * delta_ - before.c * last.s * gamma_;
        double const alpha1 = std::hypot(alpha0, gamma_new_);
        return {.alpha1 = alpha1,
                .alpha2 = last.s * delta_ + before.c * last.c * gamma_,
                .alpha3 = before.s * gamma_,
                .c = alpha0 / alpha1,
                .s = gamma_new_ / alpha1,
                .left = std::hypot(alpha0, last.c * gamma_new_)};
    }

    void advance() noexcept {
        gamma_old_ = std::exchange(gamma_, gamma_new_);
        std::swap(v_old_, v_);
        std::swap(v_, v_new_);
        std::swap(z_, z_new_);
        std::swap(w_old_, w_);
    }

    std::span<double> v_old_, v_, v_new_, z_, z_new_, w_old_, w_;
    double delta_ = 0.0, gamma_ = 0.0, gamma_old_ = 0.0, gamma_new_ = 0.0;
    std::optional<double> norm_;
    std::optional<double> kept_norm_;  // of r where x was kept
};

}  // namespace

solve_report minres(map_view A, std::span<double const> b, std::span<double> x, krylov_options const& options,
                    map_view M) {
    profile::scope const timing{"minres"};
    return minimal_residuals{A, b, x, options, M}.run();
}

}  // namespace poise::linear
