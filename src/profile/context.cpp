// SPDX-License-Identifier: MIT
#include "profile/recorder.hpp"

#include <poise/profile/context.hpp>

namespace poise::profile::detail {

node const* current_node() noexcept {
    thread_state const* const self = attached();
    return self == nullptr ? nullptr : self->current();
}

installed install(node const* where) noexcept {
    thread_state* const self = attached();
    if (self == nullptr) return {};
    installed const saved{self, self->current(), self->depth()};
    self->set_current(self->adopt(where));
    return saved;
}

void restore(installed const& saved) noexcept {
    if (saved.on != this_thread)
        return;  // destroyed on another thread: that one's stack of scopes is not ours to touch
    if (saved.on->depth() > saved.depth) saved.on->close_down_to(saved.depth, now());
    saved.on->set_current(saved.before);
}

}  // namespace poise::profile::detail
