// SPDX-License-Identifier: MIT
// Where a task belongs in the call tree, carried from the thread that made it to the one that runs it.
#pragma once

#include <poise/profile/scope.hpp>

namespace poise::profile {

namespace detail {

struct node;
class thread_state;

struct installed {
    thread_state* on = nullptr;
    node* before = nullptr;
    unsigned depth = 0;
};

node const* current_node() noexcept;
installed install(node const* where) noexcept;
void restore(installed const& saved) noexcept;

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
/// capture() was called. The path itself is not counted as entered. Time is counted where it passes: the exclusive time
/// of a scope is what its own thread did not spend in scopes inside it, wherever those stand in the tree; so a scope
/// that waits and meanwhile runs somebody else's task does not own that task's time.
/// Cost: a lookup per level of the path when it differs from the last one installed on this thread.
class context_guard {
public:
    [[nodiscard]] explicit context_guard(context const& captured) noexcept {
        if (captured.where_ != nullptr) saved_ = detail::install(captured.where_);
    }
    ~context_guard() {
        if (saved_.on != nullptr) detail::restore(saved_);
    }
    context_guard(context_guard const&) = delete;
    context_guard& operator=(context_guard const&) = delete;

private:
    detail::installed saved_;
};

}  // namespace poise::profile
