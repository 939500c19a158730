// SPDX-License-Identifier: MIT
#include "profile/remembered.hpp"

#include <poise/profile/control.hpp>

#include <mutex>
#include <utility>

namespace poise::profile::detail {
namespace {

constinit std::mutex mutex;
constinit remembered* results = nullptr;  // never destroyed: static objects may still measure while the program ends

template <class Result>
void remember_in(std::vector<Result> remembered::*kind, Result const& found) {
    if (!enabled()) return;
    Result copy = found;
    std::lock_guard const lock{mutex};
    if (results == nullptr) results = new remembered;
    std::vector<Result>& latest = results->*kind;
    if (latest.size() == most_remembered) latest.erase(latest.begin());
    latest.push_back(std::move(copy));
}

}  // namespace

void remember(measurement const& found) { remember_in(&remembered::measurements, found); }
void remember(comparison const& found) { remember_in(&remembered::comparisons, found); }
void remember(sampled_profile const& found) { remember_in(&remembered::samples, found); }

remembered take_remembered() {
    std::lock_guard const lock{mutex};
    return results == nullptr ? remembered{} : *results;
}

void forget() noexcept {
    std::lock_guard const lock{mutex};
    if (results != nullptr) *results = {};
}

void before_fork_of_remembered() noexcept { mutex.lock(); }
void after_fork_of_remembered() noexcept { mutex.unlock(); }

}  // namespace poise::profile::detail
