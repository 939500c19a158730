// SPDX-License-Identifier: MIT
// Private to ode: where events happen in a step.
#pragma once

#include <poise/ode/detail/root_between.hpp>
#include <poise/ode/event.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

namespace poise::ode::detail {

struct happening {
    std::size_t number;
    double t;
};

template <class State>
class event_search {
public:
    explicit event_search(std::vector<event<State>> const& events) : events_{events}, signs_(events.size(), 0) {
        for (auto const& each : events) n_samples_ = std::max(n_samples_, each.n_samples);
    }

    [[nodiscard]] bool empty() const noexcept { return events_.empty(); }

    void begin(double t, State const& y) {
        for (std::size_t e = 0; e < events_.size(); ++e) signs_[e] = sign_of(events_[e].g(t, y));
        scanned_to_ = t;
    }
    /// After one that changed the state or stopped there.
    void begin_after(happening const& found, double t, State const& y) {
        begin(t, y);
        signs_[found.number] = 0;
    }

    /// The next one in the step from t to t_new that was not found yet, the first one in the list of several at a time.
    template <class StateAt>
    [[nodiscard]] std::optional<happening> next(double t, double t_new, StateAt const& state_at) {
        for (int j = 1; j <= n_samples_; ++j) {
            double const time = j == n_samples_ ? t_new : t + (t_new - t) * j / n_samples_;
            if ((time - scanned_to_) * (t_new - t) <= 0.0) continue;
            std::optional<happening> first;
            int sign_of_first = 0;
            for (std::size_t e = 0; e < events_.size(); ++e) {
                int const sign = sign_of(events_[e].g(time, state_at(time)));
                if (!counts(e, sign)) continue;
                double const root = sign == 0 ? time : root_between(scanned_to_, time, signs_[e], [&](double x) {
                    return events_[e].g(x, state_at(x));
                });
                if (first && (root - first->t) * (t_new - t) >= 0.0) continue;
                first = happening{e, root};
                sign_of_first = sign;
            }
            if (first) {
                signs_[first->number] = sign_of_first;
                scanned_to_ = first->t;
                return first;
            }
            for (std::size_t e = 0; e < events_.size(); ++e)
                if (int const sign = sign_of(events_[e].g(time, state_at(time))); sign != 0) signs_[e] = sign;
            scanned_to_ = time;
        }
        return std::nullopt;
    }

private:
    [[nodiscard]] static int sign_of(double value) noexcept { return value > 0.0 ? 1 : value < 0.0 ? -1 : 0; }
    // Zero is passed where it is met: what only touches it counts then.
    [[nodiscard]] bool counts(std::size_t e, int sign) const noexcept {
        if (signs_[e] == 0 || sign == signs_[e]) return false;
        return events_[e].crossing == crossing::any || (events_[e].crossing == crossing::rising) == (signs_[e] < 0);
    }

    std::vector<event<State>> const& events_;
    std::vector<int> signs_;  ///< at scanned_to_; 0: whatever comes next counts for nothing
    int n_samples_ = 1;
    double scanned_to_ = 0.0;
};

}  // namespace poise::ode::detail
