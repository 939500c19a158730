// SPDX-License-Identifier: MIT
#include "task/engine.hpp"
#include "task/resource_state.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <atomic>
#include <optional>
#include <utility>

namespace poise::task {
namespace detail {
namespace {

std::uint64_t next_number() {
    static std::atomic<std::uint64_t> next{0};
    return next.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

resource_state::resource_state(std::string name, std::size_t capacity)
    : name_{std::move(name)}, capacity_{capacity}, number_{next_number()}, free_{capacity} {}

bool resource_state::take(std::size_t amount, engine& waiting, std::uint32_t node) {
    std::scoped_lock const lock{mutex_};
    if (waiting.is_stopped()) {  // after withdraw(): nobody would look for it here
        waiting.suspend(node);
        waiting.resume(node, news::withdrawn);
        return false;
    }
    if (waiters_.empty() && amount <= free_) {
        free_ -= amount;
        return true;
    }
    waiters_.push_back({&waiting, node, amount});
    try {
        waiting.suspend(node);
    } catch (...) {
        waiters_.pop_back();
        throw;
    }
    return false;
}

void resource_state::give_back(std::size_t amount) noexcept {
    std::scoped_lock const lock{mutex_};
    free_ += amount;
    hand_on();
}

void resource_state::withdraw(engine const& of) noexcept {
    std::scoped_lock const lock{mutex_};
    for (waiter const& w : waiters_)
        if (w.of == &of) w.of->resume(w.node, news::withdrawn);
    std::erase_if(waiters_, [&](waiter const& w) { return w.of == &of; });
    hand_on();
}

void resource_state::hand_on() noexcept {
    for (; !waiters_.empty() && waiters_.front().amount <= free_; waiters_.pop_front()) {
        free_ -= waiters_.front().amount;
        waiters_.front().of->resume(waiters_.front().node, news::granted);
    }
}

std::size_t resource_state::in_use() const {
    std::scoped_lock const lock{mutex_};
    return capacity_ - free_;
}

}  // namespace detail

resource::resource(std::string name, std::size_t capacity) {
    POISE_REQUIRE(!name.empty(), "resource: it needs a name");
    POISE_REQUIRE(capacity > 0, "resource: the capacity of '", name, "' is 0; give at least 1");
    state_ = std::make_shared<detail::resource_state>(std::move(name), capacity);
}

std::string const& resource::name() const noexcept { return state_->name(); }
std::size_t resource::capacity() const noexcept { return state_->capacity(); }
std::size_t resource::in_use() const { return state_->in_use(); }

}  // namespace poise::task
