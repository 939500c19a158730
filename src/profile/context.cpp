// SPDX-License-Identifier: MIT
#include "profile/recorder.hpp"

#include <poise/profile/context.hpp>

#include <atomic>

namespace poise::profile {

std::uint64_t reserve_task_ids(std::uint64_t count) noexcept {
    static constinit std::atomic<std::uint64_t> next{1};
    return next.fetch_add(count, std::memory_order_relaxed);
}

namespace detail {

node const* current_node() noexcept {
    thread_state const* const self = attached();
    return self == nullptr ? nullptr : self->current();
}

frame* install(node const* where) noexcept {
    thread_state* const self = attached();
    return self == nullptr ? nullptr : self->open_context(where);
}

}  // namespace detail
}  // namespace poise::profile
