// SPDX-License-Identifier: MIT
#include "core/multiversion.hpp"
#include "linear/krylov_method.hpp"

#include <poise/linear/bicgstab.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace poise::linear {
namespace {

// p = r + beta (p - omega v).
POISE_MULTIVERSION void turn(double beta, double omega, std::size_t n, double const* r, double const* v, double* p) {
    for (std::size_t i = 0; i < n; ++i) p[i] = r[i] + beta * (p[i] - omega * v[i]);
}

class stabilised_bi_conjugate_gradients : public detail::krylov_method {
public:
    stabilised_bi_conjugate_gradients(map_view A, std::span<double const> b, std::span<double> x,
                                      krylov_options const& options, map_view M)
        : krylov_method{"bicgstab", "BiCGSTAB", A, b, x, options, M},
          p_{vector(1)},
          v_{vector(2)},
          r_hat_{vector(3)},
          z_{vector(4)},
          t_{vector(5)} {}

private:
    ending iterate() override {
        double const before = computed_norm();
        double rho = before;
        std::ranges::copy(r_, p_.begin());
        std::ranges::transform(r_, r_hat_.begin(), [rho](double value) { return value / rho; });
        for (;;) {
            M_(p_, z_);
            A_(z_, v_);
            double const projection = all_.dot(r_hat_, v_);
            if (auto const end = judge(projection, all_.norm2(v_))) return *end;
            double const alpha = rho / projection;
            double const norm_s = all_.step_along(alpha, z_, v_, x_, r_);  // r is s from here
            if (is_enough(norm_s)) return after_iteration(norm_s).value();
            M_(r_, z_);
            A_(z_, t_);
            double const norm_t = all_.norm2(t_);
            double const shared = all_.dot(t_, r_);
            if (auto const end = judge(shared, norm_t * norm_s)) return after_iteration(norm_s).value_or(*end);
            double const omega = shared / norm_t / norm_t;
            double const norm_r = all_.step_along(omega, z_, t_, x_, r_);
            keep_if_good(norm_r);
            if (auto const end = after_iteration(norm_r)) return *end;
            // What peaks that high loses half the digits of x when it falls again, if it does.
            if (norm_r > before / std::sqrt(std::numeric_limits<double>::epsilon())) return {stop_reason::breakdown};
            double const next_rho = all_.dot(r_hat_, r_);
            if (auto const end = judge(next_rho, norm_r)) return *end;
            turn(next_rho / rho * (alpha / omega), omega, p_.size(), r_.data(), v_.data(), p_.data());
            rho = next_rho;
        }
    }

    // A dot product that is divided by, beside the product of both norms.
    [[nodiscard]] static std::optional<ending> judge(double product, double norms) {
        if (!std::isfinite(product) || !std::isfinite(norms)) return ending{stop_reason::not_finite};
        if (std::abs(product) <= std::numeric_limits<double>::epsilon() * norms)
            return ending{stop_reason::breakdown, 0.5};
        return {};
    }

    std::span<double> p_, v_, r_hat_, z_, t_;
};

}  // namespace

solve_report bicgstab(map_view A, std::span<double const> b, std::span<double> x, krylov_options const& options,
                      map_view M) {
    profile::scope const timing{"bicgstab"};
    return stabilised_bi_conjugate_gradients{A, b, x, options, M}.run();
}

}  // namespace poise::linear
