// SPDX-License-Identifier: MIT
#include "pde/transport/transport_stepper.hpp"

#include <poise/core/reductions.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace poise::pde::detail {
namespace {

// Within a step u may become faster than at its beginning, by so much.
constexpr double slack = 1.1;

template <std::size_t D>
class ssp_stepper final : public transport_stepper<D> {
    using base = transport_stepper<D>;
    using base::system_, base::u_, base::new_u_, base::middle_, base::supplied_, base::new_supplied_;

public:
    ssp_stepper(transport_system<D>& system, transport_state const& from)
        : base{system, from}, is_consistent_{system.problem().scheme == advection_scheme::weno5} {
        for (auto& data : data_) data.resize(system.n_side_data());
        system.evaluate_sides(from.t, data_[0]);
    }

    [[nodiscard]] step_outcome attempt(double t, double h, double latest) override {
        profile::scope const timing{"step"};
        if (system_.sides_change()) {
            system_.evaluate_sides(t + 0.5 * h, data_[1]);
            system_.evaluate_sides(latest, data_[2]);
        }
        constexpr double third = 1.0 / 3.0;
        double const supplied = take_stage({t, h, 0.0, {1.0, 0.0, 0.0}}, u_, supplied_, new_u_);
        double const in_middle = take_stage({latest, h, 0.75, second_data()}, new_u_, supplied, middle_);
        if (is_too_long(new_u_, h) || is_too_long(middle_, h)) return step_outcome::too_long;
        new_supplied_ = take_stage({t + 0.5 * h, h, third, third_data()}, middle_, in_middle, new_u_);
        second_difference(u_.data(), middle_.data(), new_u_.data(), middle_.data(),
                          static_cast<std::ptrdiff_t>(u_.size()));
        return base::measure_error();
    }

    void restart(double t) override {
        if (system_.sides_change()) system_.evaluate_sides(t, data_[0]);
    }

    [[nodiscard]] double stable_step(double t) override {
        put_data({1.0, 0.0, 0.0});
        system_.set_time(t);
        double const rate = stiffness() * system_.diffusion_rate() + of_courant() * system_.courant_rate(u_);
        return 1.0 / rate;
    }

private:
    using data_weights = std::array<double, 3>;
    struct stage {
        double t, h, of_u;
        data_weights of_data;
    };

    data_weights second_data() const {
        return is_consistent_ ? data_weights{-2.0, 4.0, -1.0} : data_weights{0.0, 0.0, 1.0};
    }
    data_weights third_data() const {
        return is_consistent_ ? data_weights{0.5, 0.0, 0.5} : data_weights{0.0, 1.0, 0.0};
    }

    // Returns what has come in.
    double take_stage(stage const& now, std::vector<double> const& from, double supplied, std::vector<double>& to) {
        put_data(now.of_data);
        system_.set_time(now.t);
        double const inflow = system_.step(from.data(), now.h, now.of_u, u_.data(), to.data());
        return now.of_u * supplied_ + (1.0 - now.of_u) * (supplied + now.h * inflow);
    }
    void put_data(data_weights const& of_data) {
        if (!system_.sides_change()) return;
        auto const now = system_.side_data();
        for (std::size_t i = 0; i < now.size(); ++i)
            now[i] = of_data[0] * data_[0][i] + of_data[1] * data_[1][i] + of_data[2] * data_[2][i];
    }
    bool is_too_long(std::vector<double> const& u, double h) const {
        if (system_.problem().velocity && system_.velocity_is_constant()) return false;
        double const rate = stiffness() * system_.diffusion_rate() + of_courant() * system_.courant_rate(u);
        return h * rate > slack;
    }

    // Steps times rates are 1 at most: the rhombus of the axes' ends lies within the region of stability, and in it
    // steps of Euler's method keep bounds where the scheme has them.
    [[nodiscard]] double stiffness() const {
        constexpr double on_real_axis = 2.5127;
        auto const scheme = system_.problem().scheme;
        bool const keeps_bounds = scheme == advection_scheme::upwind || scheme == advection_scheme::limited;
        if (keeps_bounds) return system_.is_periodic() ? 2.0 : 3.0;
        return stiffness_of_diffusion(scheme, system_.is_periodic()) / on_real_axis;
    }
    [[nodiscard]] double of_courant() const {
        switch (system_.problem().scheme) {
            case advection_scheme::central:
                return 1.0 / 1.732;
            case advection_scheme::limited:
                return 2.0;
            default:
                return 1.0;
        }
    }

    void after_accepted() override {
        if (system_.sides_change()) std::swap(data_[0], data_[2]);
    }

    bool is_consistent_;
    std::array<std::vector<double>, 3> data_;  ///< at the beginning, the middle and the end of the step
};

}  // namespace

template <std::size_t D>
step_outcome transport_stepper<D>::measure_error() {
    error_ = u_.empty() ? 0.0 : norm2(middle_) / std::sqrt(static_cast<double>(u_.size()));
    return std::isfinite(error_) ? step_outcome::done : step_outcome::not_finite;
}

template <std::size_t D>
std::unique_ptr<transport_stepper<D>> make_ssp_stepper(transport_system<D>& system, transport_state const& from) {
    return std::make_unique<ssp_stepper<D>>(system, from);
}

template class transport_stepper<1>;
template class transport_stepper<2>;
template class transport_stepper<3>;
template std::unique_ptr<transport_stepper<1>> make_ssp_stepper(transport_system<1>&, transport_state const&);
template std::unique_ptr<transport_stepper<2>> make_ssp_stepper(transport_system<2>&, transport_state const&);
template std::unique_ptr<transport_stepper<3>> make_ssp_stepper(transport_system<3>&, transport_state const&);

}  // namespace poise::pde::detail
