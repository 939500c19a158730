// SPDX-License-Identifier: MIT
#include <poise/core/error.hpp>
#include <poise/core/flight.hpp>

#include <mutex>

namespace poise::detail {
namespace {

constinit std::mutex mutex;
constinit flight_wait* first = nullptr;

}  // namespace

flight_wait const* flight_wait::of(std::thread::id thread) noexcept {
    flight_wait const* wait = first;
    while (wait != nullptr && wait->thread_ != thread) wait = wait->next_;
    return wait;
}

flight_wait::flight_wait(flight const& awaited) : awaited_{awaited} {
    std::scoped_lock const lock{mutex};
    flight const* next = &awaited;
    // A thread that still stands here though its flight has landed is about to go on.
    for (bool first_step = true; !next->landed; first_step = false) {
        if (next->builder == thread_)
            throw_invalid(first_step
                              ? "a value that is being built asked for itself and would wait for itself; end the "
                                "recursion before it comes back to where it began"
                              : "values that are being built on several threads asked for each other in a circle "
                                "and would wait for ever; end the recursion before it comes back to where it began");
        flight_wait const* const blocked = of(next->builder);
        if (blocked == nullptr) break;
        next = &blocked->awaited_;
    }
    next_ = first;
    link_ = &first;
    if (next_ != nullptr) next_->link_ = &next_;
    first = this;
}

flight_wait::~flight_wait() {
    std::scoped_lock const lock{mutex};
    *link_ = next_;
    if (next_ != nullptr) next_->link_ = link_;
}

}  // namespace poise::detail
