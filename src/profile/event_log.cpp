// SPDX-License-Identifier: MIT
#include "profile/event_log.hpp"

#include "profile/pages.hpp"

namespace poise::profile::detail {

void event_log::add(event const& happened, std::uint64_t limit) noexcept {
    std::uint64_t const n = n_events_.load();
    if (n >= limit) {
        dropped_.add(1);
        return;
    }
    if (n % per_chunk == 0) {
        owned<chunk*>& link = n == 0 ? first_ : last_->next;
        if (link.load() == nullptr) link.publish(static_cast<chunk*>(map_pages(sizeof(chunk))));
        if (link.load() == nullptr) {
            dropped_.add(1);
            return;
        }
        last_ = link.load();
    }
    last_->events[n % per_chunk] = happened;
    n_events_.publish(n + 1);
}

}  // namespace poise::profile::detail
