// SPDX-License-Identifier: MIT
// Private to ode: steps of an explicit or of an implicit method, as it turns out.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/ode/automatic.hpp>
#include <poise/ode/detail/explicit_stepper.hpp>
#include <poise/ode/detail/jacobian_matrix.hpp>
#include <poise/ode/detail/radau_stepper.hpp>
#include <poise/ode/detail/rosenbrock_stepper.hpp>
#include <poise/ode/detail/stepper_setup.hpp>
#include <poise/ode/radau.hpp>
#include <poise/ode/rodas5p.hpp>
#include <poise/ode/stability.hpp>
#include <poise/ode/tsitouras5.hpp>
#include <poise/ode/verner7.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <variant>

namespace poise::ode::detail {

/// As explicit_stepper.
template <class F, class State>
class automatic_stepper {
    using loose_explicit = explicit_stepper<tsitouras5, F, State>;
    using tight_explicit = explicit_stepper<verner7, F, State>;
    using loose_implicit = rosenbrock_stepper<rodas5p, F, State>;
    using tight_implicit = radau_stepper<radau, F, State>;

public:
    static constexpr bool is_implicit = true;
    static constexpr std::size_t degree =
        std::max({loose_explicit::degree, tight_explicit::degree, loose_implicit::degree, tight_implicit::degree});

    automatic_stepper(F const& f, State const& y0, stepper_setup const& setup)
        : f_{f}, setup_{setup}, stepper_{std::monostate{}} {
        require_stored(setup.jacobian);
        setup_.keeps_stages = true;
        use_explicit(y0);
        n_ = numbers_of(y0).size();
        bool const is_large = std::holds_alternative<dense>(setup_.jacobian) && n_ > 5000;
        can_be_implicit_ = !is_large && !setup_.has_fixed_steps;
    }

    [[nodiscard]] bool ends_at_saved_times() const noexcept { return is_implicit_; }
    [[nodiscard]] State const& y() const {
        return visit([](auto& s) -> State const& { return s.y(); });
    }
    [[nodiscard]] State const& new_y() const {
        return visit([](auto& s) -> State const& { return s.new_y(); });
    }
    [[nodiscard]] statistics counts() const {
        statistics sum = counts_before_;
        return sum += visit([](auto& s) { return s.counts(); });
    }
    [[nodiscard]] std::size_t size() const noexcept { return n_; }
    [[nodiscard]] State const& slope() const {
        return visit([](auto& s) -> State const& { return s.slope(); });
    }
    [[nodiscard]] State& work() {
        return visit([](auto& s) -> State& { return s.work(); });
    }
    [[nodiscard]] State& slope_to_fill() {
        return visit([](auto& s) -> State& { return s.slope_to_fill(); });
    }
    [[nodiscard]] stop_reason failure() const {
        return visit([](auto& s) { return s.failure(); });
    }
    [[nodiscard]] std::string name() const {
        std::string const now = is_implicit_ ? (is_loose_for_implicit() ? rodas5p::name : radau::name)
                                             : (is_loose_for_explicit() ? tsitouras5::name : verner7::name);
        if (n_switches_ == 0) return concat("automatic: ", now);
        return concat("automatic: ", now, " from t = ", to_text(switched_at_, 4), " on",
                      n_switches_ == 1 ? std::string{} : concat(", after ", n_switches_, " changes"));
    }

    void set_state(State const& y) {
        visit([&](auto& s) { s.set_state(y); });
    }
    void begin_at(double t) {
        visit([&](auto& s) { s.begin_at(t); });
    }
    [[nodiscard]] double attempt(double t, double t_new, double latest) {
        t_ = t, t_new_ = t_new;
        return visit([&](auto& s) { return s.attempt(t, t_new, latest); });
    }
    [[nodiscard]] double after_accepted(double h, double square) {
        return visit([&](auto& s) { return s.after_accepted(h, square); });
    }
    [[nodiscard]] double after_rejected(double h, double square) {
        if (!is_implicit_ && can_be_implicit_) {
            // The first attempt, as long as f and its change ask for, and far beyond what is stable.
            if (is_first_ && is_stiff(10.0)) {
                change(t_);
                return 1.0;
            }
            if (is_stiff()) ++n_in_a_row_;
        }
        is_first_ = false;
        return visit([&](auto& s) { return s.after_rejected(h, square); });
    }
    void accept() {
        bool const is_elsewhere = should_switch();
        is_first_ = false;
        visit([](auto& s) { s.accept(); });
        if (is_elsewhere) change(t_new_);
    }
    void interpolate(std::span<double> coefficients) {
        visit([&](auto& s) {
            constexpr std::size_t used = std::remove_reference_t<decltype(s)>::degree;
            s.interpolate(coefficients.first(used * n_));
            std::ranges::fill(coefficients.subspan(used * n_), 0.0);
        });
    }
    [[nodiscard]] std::size_t worst_component() {
        return visit([](auto& s) { return s.worst_component(); });
    }
    void evaluate(double t, State const& y, State& slope) {
        visit([&](auto& s) { s.evaluate(t, y, slope); });
    }

private:
    static constexpr double margin = 0.9;
    static constexpr int steps_to_be_stiff = 5, steps_to_be_not = 10;

    template <class Visit>
    decltype(auto) visit(Visit const& visitor) const {
        return visit_in(stepper_, visitor);
    }
    template <class Visit>
    decltype(auto) visit(Visit const& visitor) {
        return visit_in(stepper_, visitor);
    }
    template <class Steppers, class Visit>
    static decltype(auto) visit_in(Steppers& steppers, Visit const& visitor) {
        switch (steppers.index()) {
            case 1:
                return visitor(*std::get_if<1>(&steppers));
            case 2:
                return visitor(*std::get_if<2>(&steppers));
            case 3:
                return visitor(*std::get_if<3>(&steppers));
            default:
                return visitor(*std::get_if<4>(&steppers));
        }
    }

    [[nodiscard]] bool is_loose_for_explicit() const noexcept { return setup_.weights.rtol >= 1e-6; }
    [[nodiscard]] bool is_loose_for_implicit() const noexcept { return setup_.weights.rtol >= 1e-7; }
    [[nodiscard]] double explicit_limit() const {
        static double const loose = stability_limit(tsitouras5{}), tight = stability_limit(verner7{});
        return is_loose_for_explicit() ? loose : tight;
    }

    void use_explicit(State const& y) {
        if (is_loose_for_explicit())
            stepper_.template emplace<1>(f_, y, setup_);
        else
            stepper_.template emplace<2>(f_, y, setup_);
        is_implicit_ = false;
    }
    void use_implicit(State const& y) {
        if (is_loose_for_implicit())
            stepper_.template emplace<3>(f_, y, setup_);
        else
            stepper_.template emplace<4>(f_, y, setup_);
        is_implicit_ = true;
    }

    // Of the last attempt: that it was longer than an explicit method may take.
    [[nodiscard]] bool is_stiff(double times = 1.0) const {
        return visit([](auto& s) { return s.stiffness(); }) > times * margin * explicit_limit();
    }
    // Of the attempt that is to be accepted.
    [[nodiscard]] bool should_switch() {
        if (!can_be_implicit_) return false;
        bool const speaks_for_it = is_implicit_ != is_stiff();
        n_in_a_row_ = speaks_for_it ? n_in_a_row_ + 1 : std::max(0, n_in_a_row_ - 2);
        return n_in_a_row_ >=
               (is_implicit_ ? steps_to_be_not : steps_to_be_stiff) * (1 << std::min(n_switches_ / 2, 16));
    }
    void change(double t) {
        State const at = y();
        counts_before_ += visit([](auto& s) { return s.counts(); });
        if (is_implicit_)
            use_explicit(at);
        else
            use_implicit(at);
        begin_at(t);
        n_in_a_row_ = 0;
        ++n_switches_;
        switched_at_ = t;
    }

    F const& f_;
    stepper_setup setup_;
    std::variant<std::monostate, loose_explicit, tight_explicit, loose_implicit, tight_implicit> stepper_;
    statistics counts_before_;
    std::size_t n_ = 0;
    double t_ = 0.0, t_new_ = 0.0, switched_at_ = 0.0;
    int n_in_a_row_ = 0, n_switches_ = 0;
    bool is_implicit_ = false, can_be_implicit_ = true, is_first_ = true;
};

}  // namespace poise::ode::detail
