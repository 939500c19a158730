// SPDX-License-Identifier: MIT
// Where a task belongs in the call tree, carried from the thread that made it to the one that runs it.
#pragma once

#include <poise/profile/scope.hpp>

#include <cstdint>

namespace poise::profile {

/// Numbers for that many tasks, unique in the process; the first is returned, the others follow. Thread-safe. For
/// scope::task() and scope::after().
[[nodiscard]] std::uint64_t reserve_task_ids(std::uint64_t count) noexcept;

namespace detail {

struct node;

node const* current_node() noexcept;
frame* install(node const* where) noexcept;
void leave_context(frame* entered) noexcept;

}  // namespace detail

/// The path of scopes open at capture(). A pointer: copy it freely, keep it as long as you like, on any thread.
class context {
public:
    context() = default;

private:
    explicit context(detail::node const* where) noexcept : where_{where} {}
    friend context capture() noexcept;
    friend class context_guard;

    detail::node const* where_ = nullptr;
};

/// The path of scopes open on this thread. Empty, and installing it does nothing, when profiling is off.
[[nodiscard]] inline context capture() noexcept {
    return (detail::load_modes() & detail::enabled_bit) ? context{detail::current_node()} : context{};
}

/// While it lives, scopes entered on this thread stand under the captured path, as if they had been entered where
/// capture() was called. The path itself is not counted as entered. A scope that waits and meanwhile runs somebody
/// else's task does not own that task's time, neither as exclusive nor as inclusive time; in the tree of its thread
/// (snapshot::threads) the task stands below the scope that waited.
/// Cost: a lookup per level of the path when it differs from the last one installed on this thread.
class context_guard {
public:
    [[nodiscard]] explicit context_guard(context const& captured) noexcept {
        if (captured.where_ != nullptr) installed_ = detail::install(captured.where_);
    }
    ~context_guard() {
        if (installed_ != nullptr) detail::leave_context(installed_);
    }
    context_guard(context_guard const&) = delete;
    context_guard& operator=(context_guard const&) = delete;

private:
    detail::frame* installed_ = nullptr;
};

}  // namespace poise::profile
