// SPDX-License-Identifier: MIT
// What there is only so much of: a GPU, four licences, memory.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace poise::task {

namespace detail {
class resource_state;
struct resource_access;
}  // namespace detail

/// So many units, which tasks take while they run: task_options::uses. Copies are the same resource; it may be used in
/// any number of graphs and runs at once. Who comes first is served first. Thread-safe.
class resource {
public:
    /// Throws std::invalid_argument when the name is empty or the capacity is 0.
    resource(std::string name, std::size_t capacity);

    [[nodiscard]] std::string const& name() const noexcept;
    [[nodiscard]] std::size_t capacity() const noexcept;
    /// Units taken at present.
    [[nodiscard]] std::size_t in_use() const;
    friend bool operator==(resource const& a, resource const& b) noexcept { return a.state_ == b.state_; }

private:
    friend struct detail::resource_access;
    std::shared_ptr<detail::resource_state> state_;
};

/// For task_options: `amount` units of a resource.
struct use {
    resource of;
    std::size_t amount = 1;
};

}  // namespace poise::task
