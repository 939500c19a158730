// SPDX-License-Identifier: MIT
#include "linear/krylov_method.hpp"

#include <poise/linear/cg.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <cmath>

namespace poise::linear {
namespace {

class conjugate_gradients : public detail::krylov_method {
public:
    conjugate_gradients(map_view A, std::span<double const> b, std::span<double> x, krylov_options const& options,
                        map_view M)
        : krylov_method{"cg", "conjugate gradients", A, b, x, options, M},
          z_{vector(1)},
          p_{vector(2)},
          q_{vector(3)} {}

private:
    ending iterate() override {
        double rho = 0.0;
        for (bool is_first = true;; is_first = false) {
            M_(r_, z_);
            double const next_rho = all_.dot(r_, z_);
            if (!std::isfinite(next_rho)) return {stop_reason::not_finite};
            if (next_rho <= 0.0) return {stop_reason::breakdown};
            if (is_first)
                std::ranges::copy(z_, p_.begin());
            else
                all_.turn(next_rho / rho, z_, p_);
            rho = next_rho;
            A_(p_, q_);
            double const curvature = all_.dot(p_, q_);
            if (!std::isfinite(curvature)) return {stop_reason::not_finite};
            if (curvature <= 0.0) return {stop_reason::breakdown};
            double const residual_norm = all_.step_along(rho / curvature, p_, q_, x_, r_);
            keep_if_good(residual_norm);
            if (auto const end = after_iteration(residual_norm)) return *end;
        }
    }

    std::span<double> z_, p_, q_;
};

}  // namespace

solve_report cg(map_view A, std::span<double const> b, std::span<double> x, krylov_options const& options, map_view M) {
    profile::scope const timing{"cg"};
    return conjugate_gradients{A, b, x, options, M}.run();
}

}  // namespace poise::linear
