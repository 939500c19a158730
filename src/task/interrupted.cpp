// SPDX-License-Identifier: MIT
#include "task/interrupted.hpp"

#include "task/engine.hpp"

#include <algorithm>

namespace poise::task::detail {

void node_wait::begin(wait_request const& asked, clock::time_point limit) {
    event_loop& loop = event_loop::instance();
    static_cast<wait_request&>(*this) = asked;
    until = std::min(until, limit);
    problem = nullptr;
    of_.suspend(node_);
    try {
        loop.add(*this);
    } catch (...) {
        problem = std::current_exception();
        of_.resume(node_, news::resumed);
    }
}

void node_wait::over(event_loop::why because) noexcept {
    came = because;
    of_.resume(node_, news::resumed);
}

}  // namespace poise::task::detail
