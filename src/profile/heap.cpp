// SPDX-License-Identifier: MIT
#include "profile/heap.hpp"

#include "profile/registry.hpp"

#include <array>
#include <cstddef>
#include <mutex>

namespace poise::profile::detail::heap {
namespace {

// Points at even places are the lowest of their interval, those at odd ones the highest.
constexpr std::size_t max_points = 4096;

struct course {
    std::mutex mutex;  // nothing is allocated under it: the hooks come here
    std::array<point, max_points> points{};
    std::size_t n = 0;
    ticks interval = 1 << 20;  // about a third of a millisecond at first
    ticks interval_begin = 0;
};

constinit course history;

// Two intervals become one: of each four points the lowest and the highest stay, in the order of time.
void thin_out(course& h) noexcept {
    std::size_t kept = 0;
    for (std::size_t i = 0; i + 3 < h.n; i += 4) {
        point const low = h.points[i].live <= h.points[i + 2].live ? h.points[i] : h.points[i + 2];
        point const high = h.points[i + 1].live >= h.points[i + 3].live ? h.points[i + 1] : h.points[i + 3];
        h.points[kept++] = low;
        h.points[kept++] = high;
    }
    h.n = kept;
    h.interval *= 2;
}

void note(std::int64_t live) noexcept {
    std::unique_lock const lock{history.mutex, std::try_to_lock};
    if (!lock.owns_lock()) return;  // another thread notes the same moment
    course& h = history;
    point const here{now(), live};
    if (h.n == 0 || here.at >= h.interval_begin + h.interval) {
        if (h.n == max_points) thin_out(h);
        h.points[h.n++] = here;
        h.points[h.n++] = here;
        h.interval_begin = here.at;
        return;
    }
    if (live < h.points[h.n - 2].live) h.points[h.n - 2] = here;
    if (live > h.points[h.n - 1].live) h.points[h.n - 1] = here;
}

}  // namespace

constinit level published;
constinit level libraries;

void publish(memory_counters& counters) noexcept {
    std::int64_t const live = counters.live();
    std::int64_t const change = live - counters.published.load();
    counters.published.store(live);
    std::int64_t const total = published.add(change);
    if (!registry::is_forking()) note(total);
}

void restart(std::int64_t live) noexcept {
    published.restart_peak(live);
    libraries.restart_peak(libraries.live());
    std::lock_guard const lock{history.mutex};
    history.n = 0;
    history.interval = course{}.interval;
}

std::vector<point> points() {
    std::vector<point> found(max_points);  // before the lock: allocating may come back here
    std::lock_guard const lock{history.mutex};
    std::size_t n = 0;
    for (std::size_t i = 0; i + 1 < history.n; i += 2) {
        point const low = history.points[i], high = history.points[i + 1];
        found[n++] = low.at <= high.at ? low : high;
        if (low.at != high.at) found[n++] = low.at <= high.at ? high : low;
    }
    found.resize(n);
    return found;
}

void before_fork() noexcept { history.mutex.lock(); }
void after_fork() noexcept { history.mutex.unlock(); }

}  // namespace poise::profile::detail::heap
