// SPDX-License-Identifier: MIT
#include "pde/evolving.hpp"
#include "pde/leapfrog/leapfrog.hpp"
#include "pde/leapfrog/sweep.hpp"
#include "pde/solving.hpp"
#include "pde/wave_fields.hpp"
#include "pde/wave_forcing.hpp"
#include "pde/wave_records.hpp"
#include "pde/wave_solving.hpp"
#include "pde/wave_step_size.hpp"

#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace poise::pde::detail {
namespace {

struct chosen_steps {
    time_order order = time_order::second;
    std::size_t n = 0;
    std::string why;
};

template <std::size_t D>
class wave_by_steps {
public:
    explicit wave_by_steps(wave_to_solve<D> const& given)
        : given_{given},
          problem_{given.problem},
          options_{given.options},
          medium_{problem_.domain, given.boundary, given.absorbing, given.speed, given.damping},
          forcing_{given},
          span_{problem_.t.end - problem_.t.begin},
          fields_{given, medium_, forcing_} {}

    wave_evolution<D> solve() {
        profile::scope const timing{"pde::solve"};
        profile::timer const taken;
        auto& report = result_.report;
        report.n_unknowns = medium_.n_unknowns();
        report.t_end = problem_.t.end;
        set_up();
        report.setup_s = taken.seconds();
        plan_records();
        follow();
        finish();
        report.solve_s = taken.seconds();
        return std::move(result_);
    }

private:
    [[nodiscard]] double time_of(std::size_t step) const {
        return step == steps_.n ? problem_.t.end : problem_.t.begin + static_cast<double>(step) * dt_;
    }
    [[nodiscard]] bool goes_by_single_steps() const {
        return kind_ == forcing::changing || static_cast<bool>(options_.on_step);
    }

    // What is the same in every step.
    void set_up() {
        double const stiffest = medium_.largest_eigenvalue();
        b_ = forcing_.evaluate(problem_.t.begin);
        bool const is_forced = norm_max(b_) > 0.0;
        kind_ = !given_.has_constant_data() ? forcing::changing : is_forced ? forcing::constant : forcing::none;
        older_ = wave_values(medium_.layout().size());
        newer_ = wave_values(medium_.layout().size());
        fields_.to_lines(given_.initial, older_);
        fields_.to_lines(given_.initial_velocity, newer_);
        choose_steps(stiffest);
        dt_ = span_ / static_cast<double>(steps_.n);
        step_.emplace(medium_, dt_, steps_.order, kind_, b_);
        if (kind_ == forcing::changing) step_->set_forcing(b_);
        if (steps_.order == time_order::fourth) {
            more_ = step_->make_state();
            scratch_ = step_->make_state();
        }
        result_.stable_step = stable_step(stiffest, steps_.order);
        auto& report = result_.report;
        report.method = steps_.order == time_order::second ? "leapfrog" : "leapfrog of fourth order";
        report.chosen = steps_.why;
        report.largest_step = report.last_step = dt_;
    }

    void choose_steps(double stiffest) {
        bool const may_be_fourth = kind_ != forcing::changing && !medium_.is_lossy();
        POISE_REQUIRE(
            options_.method != time_method::modified_leapfrog || may_be_fourth, "method is modified_leapfrog, and ",
            kind_ == forcing::changing ? "data change with time" : "energy is lost", "; take method::leapfrog");
        if (options_.fixed_step != 0.0) return take_fixed_step(stiffest);
        step_errors errors;
        {
            double const any = std::min(stable_step(stiffest, time_order::second), std::abs(span_));
            leapfrog<D> const probe{medium_, any, time_order::second,
                                    kind_ == forcing::changing ? forcing::constant : kind_, b_};
            errors = errors_of_steps(probe, older_.data(), newer_.data());
        }
        auto const second = steps_of(time_order::second, stiffest, errors);
        auto const fourth = steps_of(time_order::fourth, stiffest, errors);
        bool const is_fourth = options_.method == time_method::modified_leapfrog ||
                               (options_.method == time_method::automatic && may_be_fourth && 2 * fourth.n < second.n);
        steps_ = is_fourth ? fourth : second;
    }

    void take_fixed_step(double stiffest) {
        steps_.order = options_.method == time_method::modified_leapfrog ? time_order::fourth : time_order::second;
        double const limit = stable_step(stiffest, steps_.order);
        POISE_REQUIRE(options_.fixed_step <= limit * (1.0 + 1e-12), "fixed_step is ", options_.fixed_step,
                      ", and steps beyond ", limit,
                      " are unstable on this grid: 2 over the root of the largest eigenvalue of -speed^2 Laplacian, of "
                      "fourth order sqrt(12); take a smaller one, or 0 for the largest that is stable");
        steps_.n = count(std::abs(span_) / options_.fixed_step * (1.0 - 1e-12));
        steps_.why = "a step was named";
    }

    [[nodiscard]] static std::size_t count(double steps) {
        constexpr double most = 1e15;  // beyond any budget
        return static_cast<std::size_t>(std::clamp(std::ceil(steps), 2.0, most));
    }

    [[nodiscard]] chosen_steps steps_of(time_order order, double stiffest, step_errors const& errors) const {
        double const limit = 0.98 * stable_step(stiffest, order), length = std::abs(span_);
        double const accurate = errors.step_for(order, length, options_.rtol, options_.atol);
        chosen_steps result{order, count(length / std::min({limit, accurate, options_.largest_step})), {}};
        std::vector<double> parts;
        for (double const t : options_.save_at) parts.push_back((t - problem_.t.begin) / span_);
        if (!parts.empty()) result.n = std::max<std::size_t>(2, steps_through(parts, result.n));
        double const step = length / static_cast<double>(result.n);
        result.why = accurate < limit ? concat("steps of ", to_text(step, 3), " for rtol, where ",
                                               to_text(limit / 0.98, 3), " is stable")
                                      : concat("steps of ", to_text(step, 3), ", as long as is stable");
        return result;
    }

    // The saved times, the end last.
    void plan_records() {
        last_step_ = std::min(steps_.n, options_.max_steps);
        for (double const t : options_.save_at) {
            if (t == problem_.t.end) break;
            double const x = (t - problem_.t.begin) / dt_;
            double const nearest = std::round(x);
            bool const is_on_step = std::abs(x - nearest) <= 1e-11 * std::max(1.0, x);
            if (is_on_step && nearest == 0.0)
                save_beginning(t);
            else
                records_.push_back(is_on_step ? record_on_step(t, static_cast<std::size_t>(nearest), dt_)
                                              : record_between(t, x, steps_.n, dt_));
        }
        records_.push_back(record_on_step(problem_.t.end, steps_.n, dt_));
        std::size_t const n = result_.t.size() + records_.size();
        require_memory_of_points(problem_.domain.size(), 2 * n, "the saved times of a wave");
        result_.t.reserve(n);
        result_.u.reserve(n);
        result_.velocity.reserve(n);
        for (auto const& record : records_) {
            result_.t.push_back(record.t);
            result_.u.emplace_back(problem_.domain);
            result_.velocity.emplace_back(problem_.domain);
        }
        result_.energy.resize(n);
        first_record_ = n - records_.size();
        if (options_.on_step) shown_.emplace(problem_.domain);
    }

    void save_beginning(double t) {
        result_.t.push_back(t);
        auto& u = result_.u.emplace_back(problem_.domain);
        auto& v = result_.velocity.emplace_back(problem_.domain);
        fields_.add(older_, 1.0, u);
        fields_.add(newer_, 1.0, v);
        fields_.put_sides(t, dt_, u, v);
    }

    void follow() {
        step_->begin(older_.data(), newer_.data());
        first_energy_ = step_->energy(older_.data(), newer_.data());
        if (first_record_ == 1) result_.energy.front() = first_energy_;
        result_.report.reason = ode::stop_reason::reached_end;
        if (last_step_ < steps_.n) cut_short(last_step_, ode::stop_reason::max_steps);
        std::size_t step = 1;
        see(step);
        while (step < steps_needed()) {
            std::size_t const next = goes_by_single_steps() ? step + 1 : next_view(step);
            if (kind_ == forcing::changing) change_forcing(step);
            advance(*step_, {{older_.data(), newer_.data()}, more_.data()}, next - step);
            if ((next - step) % 2 == 1) std::swap(older_, newer_);
            step = next;
            see(step);
        }
    }

    void change_forcing(std::size_t step) {
        profile::timer const taken;
        step_->set_forcing(forcing_.evaluate(time_of(step)));
        result_.report.data_s += taken.seconds();
    }

    // One beyond the last one, for its velocity, and what saved times need.
    [[nodiscard]] std::size_t steps_needed() const {
        std::size_t needed = last_step_ + 1;
        for (auto const& record : records_) needed = std::max(needed, record.views[1].after);
        return needed;
    }
    [[nodiscard]] std::size_t next_view(std::size_t step) const {
        std::size_t next = steps_needed();
        for (auto const& record : records_)
            for (auto const& view : record.views)
                if (view.after > step) next = std::min(next, view.after);
        return next;
    }

    // What the states at this step and the one before it are for.
    void see(std::size_t step) {
        if (options_.on_step && step <= last_step_) {
            std::ranges::fill(shown_->values(), 0.0);
            fields_.add(newer_, 1.0, *shown_);
            forcing_.put_sides(time_of(step), *shown_);
            if (!options_.on_step(time_of(step), *shown_)) cut_short(step, ode::stop_reason::stopped);
        }
        for (std::size_t i = 0; i < records_.size(); ++i)
            for (std::size_t second = 0; second < 2; ++second)
                if (records_[i].views[second].after == step) see(i, second);
    }
    void see(std::size_t record, std::size_t second) {
        auto const& view = records_[record].views[second];
        std::size_t const at = first_record_ + record;
        for (auto const& [weight, from] : {std::pair{view.u[0], &older_}, std::pair{view.u[1], &newer_}})
            fields_.add(*from, weight, result_.u[at]);
        for (auto const& [weight, from] : {std::pair{view.velocity[0], &older_}, std::pair{view.velocity[1], &newer_}})
            fields_.add(*from, weight, result_.velocity[at]);
        if (second == 0) {
            result_.energy[at] = step_->energy(older_.data(), newer_.data());
            return;
        }
        if (records_[record].is_on_step && steps_.order == time_order::fourth) {
            fields_.to_lines(result_.velocity[at].values(), more_);
            step_->correct_velocity(more_.data(), scratch_.data());
            std::ranges::fill(result_.velocity[at].values(), 0.0);
            fields_.add(more_, 1.0, result_.velocity[at]);
        }
        fields_.put_sides(records_[record].t, dt_, result_.u[at], result_.velocity[at]);
    }

    // Ends at an earlier step: what is saved later is not, and that step is.
    void cut_short(std::size_t step, ode::stop_reason reason) {
        result_.report.reason = reason;
        last_step_ = step;
        double const t = time_of(step), direction = span_ < 0.0 ? -1.0 : 1.0;
        auto const kept =
            std::ranges::find_if(records_, [&](auto const& each) { return (each.t - t) * direction >= 0.0; });
        auto const n = static_cast<std::size_t>(kept - records_.begin());
        bool const is_there = records_[n].is_on_step && records_[n].views[0].after == step;
        if (!is_there) records_[n] = record_on_step(t, step, dt_);
        records_.resize(n + 1, records_[n]);
        result_.t.resize(first_record_ + n + 1);
        result_.t.back() = t;
        result_.u.resize(result_.t.size(), result_.u[0]);
        result_.velocity.resize(result_.t.size(), result_.u[0]);
        result_.energy.resize(result_.t.size());
    }

    void finish() {
        auto& report = result_.report;
        report.t = result_.t.back();
        report.n_steps = last_step_;
        if (first_not_finite(result_.u.back().values())) {
            report.reason = ode::stop_reason::not_finite;
            report.remedy = "look for numbers that overflow in the initial values, the source and the boundary data";
        }
        conserved_quantity energy{.name = "energy", .first = first_energy_, .last = result_.energy.back()};
        if (kind_ != forcing::changing && !medium_.is_lossy())
            for (double const each : result_.energy) note_drift(energy, each - first_energy_);
        report.conserved.push_back(std::move(energy));
    }

    wave_to_solve<D> const& given_;
    wave<D> const& problem_;
    evolution_options<D> const& options_;
    wave_medium<D> medium_;
    wave_forcing<D> forcing_;
    double span_, dt_ = 0.0, first_energy_ = 0.0;
    std::span<double const> b_;
    forcing kind_ = forcing::none;
    chosen_steps steps_;
    std::optional<leapfrog<D>> step_;
    wave_fields<D> fields_;
    wave_values older_, newer_, more_, scratch_;
    std::vector<wave_record> records_;  ///< of the last saved times
    std::size_t first_record_ = 0;      ///< saved times before them
    std::size_t last_step_ = 0;
    std::optional<grid::field<D>> shown_;
    wave_evolution<D> result_;
};

}  // namespace

template <std::size_t D>
wave_evolution<D> solve_wave_by_steps(wave_to_solve<D> const& given) {
    return wave_by_steps<D>{given}.solve();
}

template wave_evolution<1> solve_wave_by_steps(wave_to_solve<1> const&);
template wave_evolution<2> solve_wave_by_steps(wave_to_solve<2> const&);
template wave_evolution<3> solve_wave_by_steps(wave_to_solve<3> const&);

}  // namespace poise::pde::detail
