// SPDX-License-Identifier: MIT
#include "profile/remembered.hpp"

#include <poise/profile/control.hpp>

#include <mutex>
#include <utility>

namespace poise::profile::detail {
namespace {

struct memory {
    std::mutex mutex;
    remembered results;
};

// Never destroyed: static objects may still measure while the program ends.
memory& the_memory() {
    static auto& one = *new memory;
    return one;
}

template <class Result>
void remember_in(std::vector<Result> remembered::*kind, Result const& found) {
    if (!enabled()) return;
    Result copy = found;
    std::lock_guard const lock{the_memory().mutex};
    std::vector<Result>& latest = the_memory().results.*kind;
    if (latest.size() == most_remembered) latest.erase(latest.begin());
    latest.push_back(std::move(copy));
}

}  // namespace

void remember(measurement const& found) { remember_in(&remembered::measurements, found); }
void remember(comparison const& found) { remember_in(&remembered::comparisons, found); }
void remember(sampled_profile const& found) { remember_in(&remembered::samples, found); }

remembered take_remembered() {
    std::lock_guard const lock{the_memory().mutex};
    return the_memory().results;
}

void forget() noexcept {
    std::lock_guard const lock{the_memory().mutex};
    the_memory().results = {};
}

}  // namespace poise::profile::detail
