// SPDX-License-Identifier: MIT
#include "pde/transport/transport_stepper.hpp"

#include <poise/core/reductions.hpp>
#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/ode/detail/rkl2_stages.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace poise::pde::detail {
namespace {

using ode::detail::add_weighted;
using ode::detail::rkl2_stages;
using ode::detail::sum_weighted;
using ode::detail::weighted;

constexpr int least_stages = 3, most_stages = 1000;
constexpr double most_stages_times_ratio = 2.5;
constexpr double slack = 1.1;  // of u that becomes faster within a step

template <std::size_t D>
class stabilised_stepper final : public transport_stepper<D> {
    using base = transport_stepper<D>;
    using base::system_, base::u_, base::new_u_, base::middle_, base::supplied_, base::new_supplied_;

public:
    stabilised_stepper(transport_system<D>& system, transport_state const& from)
        : base{system, from}, before_(u_.size()), slope_(u_.size()), end_slope_(u_.size()), stage_slope_(u_.size()) {
        restart(from.t);
    }

    void restart(double t) override { inflow_ = rate(t, u_, slope_); }

    [[nodiscard]] step_outcome attempt(double t, double h, double latest) override {
        profile::scope const timing{"step"};
        double const needed = rkl2_stages::stages_for(h * stiffness(u_));
        take_stages(rkl2_stages::rounded(std::min<double>(needed, most_stages)), t, h);
        end_inflow_ = rate(latest, new_u_, end_slope_);
        double const most = std::max<double>(most_stages_here(new_u_), least_stages);
        if (h * stiffness(new_u_) > slack * rkl2_stages::reach(most)) return step_outcome::too_long;
        std::array const terms{weighted{0.8 / h, u_.data()}, weighted{-0.8 / h, new_u_.data()},
                               weighted{0.4, slope_.data()}, weighted{0.4, end_slope_.data()}};
        sum_weighted(h, terms, middle_.data(), u_.size());
        return base::measure_error();
    }

    [[nodiscard]] double stable_step(double t) override {
        system_.set_time(t);
        double const most = most_stages_here(u_);
        return most < least_stages ? 0.0 : rkl2_stages::reach(most) / stiffness(u_);
    }

private:
    double rate(double t, std::vector<double> const& u, std::vector<double>& slope) {
        if (system_.sides_change()) system_.evaluate_sides(t, system_.side_data());
        system_.set_time(t);
        return system_.rate(u.data(), slope.data());
    }
    [[nodiscard]] double stiffness(std::vector<double> const& u) const {
        auto const scheme = system_.problem().scheme;
        return stiffness_of_diffusion(scheme, system_.is_periodic()) * system_.diffusion_rate() +
               2.0 * system_.courant_rate(u);
    }
    [[nodiscard]] double most_stages_here(std::vector<double> const& u) const {
        double const ratio = system_.courant_rate(u) / system_.diffusion_rate();
        return std::min<double>(std::floor(most_stages_times_ratio / ratio), most_stages);
    }

    // As ode::rkl2, with what comes in along.
    void take_stages(int s, double t, double h) {
        rkl2_stages const stages{s};
        double const first = stages.first();
        auto *now = &new_u_, *before = &before_, *next = &middle_;
        std::ranges::copy(u_, before->begin());
        weighted const of_first{first, slope_.data()};
        add_weighted(u_.data(), h, {&of_first, 1}, now->data(), u_.size());
        double in_before = supplied_, in_now = supplied_ + h * first * inflow_;
        for (int j = 2; j <= s; ++j) {
            auto const [mu, nu, of_slope, of_begin, c] = stages[j];
            double const inflow = rate(t + c * h, *now, stage_slope_);
            std::array const terms{weighted{mu, now->data()}, weighted{nu, before->data()},
                                   weighted{-mu - nu, u_.data()}, weighted{of_slope * h, stage_slope_.data()},
                                   weighted{of_begin * h, slope_.data()}};
            add_weighted(u_.data(), 1.0, terms, next->data(), u_.size());
            double const in_next = mu * in_now + nu * in_before + (1.0 - mu - nu) * supplied_ +
                                   h * (of_slope * inflow + of_begin * inflow_);
            in_before = std::exchange(in_now, in_next);
            auto* const oldest = std::exchange(before, now);
            now = std::exchange(next, oldest);
        }
        if (now != &new_u_) std::swap(*now, new_u_);
        new_supplied_ = in_now;
    }

    void after_accepted() override {
        std::swap(slope_, end_slope_);
        inflow_ = end_inflow_;
    }

    std::vector<double> before_, slope_, end_slope_, stage_slope_;
    double inflow_ = 0.0, end_inflow_ = 0.0;
};

}  // namespace

template <std::size_t D>
std::unique_ptr<transport_stepper<D>> make_stabilised_stepper(transport_system<D>& system,
                                                              transport_state const& from) {
    return std::make_unique<stabilised_stepper<D>>(system, from);
}

template std::unique_ptr<transport_stepper<1>> make_stabilised_stepper(transport_system<1>&, transport_state const&);
template std::unique_ptr<transport_stepper<2>> make_stabilised_stepper(transport_system<2>&, transport_state const&);
template std::unique_ptr<transport_stepper<3>> make_stabilised_stepper(transport_system<3>&, transport_state const&);

}  // namespace poise::pde::detail
