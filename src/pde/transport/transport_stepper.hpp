// SPDX-License-Identifier: MIT
// Private to src/pde: steps in time of transport.
#pragma once

#include "pde/time_loop.hpp"
#include "pde/transport/transport_system.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace poise::pde::detail {

/// u at a time, and what has come in until then.
struct transport_state {
    double t;
    std::vector<double> u;
    double supplied = 0.0;
};

/// A step at a time; beside u what came in, by the same linear combinations. All memory is made at the beginning.
template <std::size_t D>
class transport_stepper {
public:
    /// One more than that of the embedded errors.
    static constexpr int order_of_error = 3;

    virtual ~transport_stepper() = default;
    transport_stepper(transport_stepper const&) = delete;
    transport_stepper& operator=(transport_stepper const&) = delete;

    /// Works out the step from t to t + h; accept() goes there. Nothing is evaluated after `latest`, t + h but for
    /// rounding or a jump. too_long: u or the data became faster within the step than it is stable for.
    [[nodiscard]] virtual step_outcome attempt(double t, double h, double latest) = 0;
    /// The longest step that is stable from t, where u is, on, and of ssp_runge_kutta keeps the bounds of schemes that
    /// have them; 0: none is.
    [[nodiscard]] virtual double stable_step(double t) = 0;

    /// Evaluates what was evaluated at t anew, as after data that jump there.
    virtual void restart(double t) = 0;

    void accept() {
        std::swap(u_, new_u_);
        supplied_ = new_supplied_;
        after_accepted();
    }
    /// Of the step that was attempted: the root of the mean of the squares of its error.
    [[nodiscard]] double error() const noexcept { return error_; }
    [[nodiscard]] std::span<double const> u() const noexcept { return u_; }
    [[nodiscard]] std::span<double const> u_after() const noexcept { return new_u_; }
    /// What has come in until t, and until the end of the step that was attempted.
    [[nodiscard]] double supplied() const noexcept { return supplied_; }
    [[nodiscard]] double supplied_after() const noexcept { return new_supplied_; }

protected:
    transport_stepper(transport_system<D>& system, transport_state const& from)
        : system_{system}, u_{from.u}, new_u_(u_.size()), middle_(u_.size()), supplied_{from.supplied} {}

    virtual void after_accepted() {}
    [[nodiscard]] step_outcome measure_error();

    transport_system<D>& system_;
    std::vector<double> u_, new_u_;
    std::vector<double> middle_;  ///< a stage, and at last the error
    double supplied_, new_supplied_ = 0.0, error_ = 0.0;
};

/// Shu and Osher's method of order 3 with the second-order one embedded, whose error is u − 2 u₂ + u₃ of its stages.
/// With weno5, sides' data in stages are what the method makes of their derivative in time, from their values at the
/// beginning, the middle and the end of the step: with those at the stages' times its order would be 2 there. Other
/// schemes take these, and keep to the data's bounds. Sources: Gottlieb, Shu & Tadmor (2001), SIAM Review 43, 89;
/// Carpenter, Gottlieb, Abarbanel & Don (1995), SIAM J. Sci. Comput. 16, 1241.
template <std::size_t D>
[[nodiscard]] std::unique_ptr<transport_stepper<D>> make_ssp_stepper(transport_system<D>& system,
                                                                     transport_state const& from);

/// Runge–Kutta–Legendre of order 2 (Meyer, Balsara & Aslam 2014), with as many stages as a step takes. Along the
/// negative axis stages s are stable to (s² + s − 2)/2; beside it, with |velocity|/width and κ/width² in the ratio P,
/// as long as s P ≤ 2.5: found by the amplification of waves of all lengths, for each scheme. Where three stages are
/// too many for that no step is stable.
template <std::size_t D>
[[nodiscard]] std::unique_ptr<transport_stepper<D>> make_stabilised_stepper(transport_system<D>& system,
                                                                            transport_state const& from);

/// Σ |velocity|/width over Σ κ/width² at or below which the latter goes further with a rate than the former.
inline constexpr double most_velocity_of_stabilised = 0.5;

/// The largest |eigenvalue| of diffusion, over Σ κ/width².
[[nodiscard]] inline double stiffness_of_diffusion(advection_scheme scheme, bool is_periodic) {
    if (scheme != advection_scheme::weno5) return 4.0;
    return is_periodic ? 1088.0 / 180.0 : 9.0;
}

}  // namespace poise::pde::detail
