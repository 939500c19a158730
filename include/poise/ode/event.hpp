// SPDX-License-Identifier: MIT
// Something that happens when a function of the solution is zero.
#pragma once

#include <cstddef>
#include <functional>

namespace poise::ode {

/// Of a function's sign as the integration goes on.
enum class crossing { any, rising, falling };

enum class after_event {
    go_on,
    stop,  ///< the integration ends there, with the reason event
};

/// Where g(t, y(t)) passes through zero. Roots are found on the dense output to the last digits of t, also several in a
/// step: between the ends of a step g is looked at in `n_samples` places, so that zeros which are nearer to each other
/// than a step over that may cancel unseen. One that is zero at the beginning, or where it has just been, does not
/// count until g has been something else; one that only touches zero may count or not.
template <class State>
struct event {
    std::function<double(double t, State const& y)> g;
    ode::crossing crossing = crossing::any;
    after_event then = after_event::go_on;
    /// What it does to y: the integration begins anew from there, and f may change too. Nothing: y goes on.
    std::function<void(double t, State& y)> change = nullptr;
    int n_samples = 8;
};

/// An event that happened.
template <class State>
struct event_record {
    std::size_t number = 0;  ///< of the event in the options
    double t = 0.0;
    State y;  ///< before it was changed
};

}  // namespace poise::ode
