// SPDX-License-Identifier: MIT
// Private to src/: the units of a resource, and who waits for some.
#pragma once

#include <poise/task/resource.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

namespace poise::task::detail {

class engine;

/// Thread-safe.
class resource_state {
public:
    resource_state(std::string name, std::size_t capacity);

    /// True if the units are the caller's from now on. If not, the node is suspended, and resumed when they are.
    [[nodiscard]] bool take(std::size_t amount, engine& waiting, std::uint32_t node);
    /// Hands the units on to who has waited longest, as far as they go.
    void give_back(std::size_t amount) noexcept;
    /// Whoever waits in this run waits no more, and gets nothing.
    void withdraw(engine const& of) noexcept;

    [[nodiscard]] std::string const& name() const noexcept { return name_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] std::size_t in_use() const;
    /// Resources are numbered as they are made.
    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

private:
    struct waiter {
        engine* of;
        std::uint32_t node;
        std::size_t amount;
    };

    void hand_on() noexcept;

    std::string const name_;
    std::size_t const capacity_;
    std::uint64_t const number_;
    mutable std::mutex mutex_;
    std::size_t free_;
    std::deque<waiter> waiters_;
};

struct resource_access {
    [[nodiscard]] static resource_state& state(resource const& r) noexcept { return *r.state_; }
};

}  // namespace poise::task::detail
