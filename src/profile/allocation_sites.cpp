// SPDX-License-Identifier: MIT
#include "profile/allocation_sites.hpp"

#include "profile/registry.hpp"
#include "profile/stack_walk.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

namespace poise::profile::detail::allocation_sites {
namespace {

constexpr std::size_t n_slots = 2048;  // half of them are used at most

struct table {
    std::mutex mutex;
    site_record* slots = nullptr;
    std::size_t used = 0;
    site_record elsewhere{};  // what finds no room
};
constinit table all;

bool is_same(site_record const& a, site_record const& b) noexcept {
    return a.scope == b.scope && a.depth == b.depth &&
           std::equal(a.stack.begin(), a.stack.begin() + a.depth, b.stack.begin());
}

std::size_t hash_of(site_record const& s) noexcept {
    std::uint64_t hash = reinterpret_cast<std::uintptr_t>(s.scope);
    for (std::size_t i = 0; i < s.depth; ++i) hash = (hash ^ s.stack[i]) * 0x9E3779B97F4A7C15ULL;
    return static_cast<std::size_t>(hash >> 32) % n_slots;
}

// Where it stands or may stand.
site_record& place_of(site_record const& sought) noexcept {
    if (all.slots == nullptr) all.slots = static_cast<site_record*>(map_pages(n_slots * sizeof(site_record)));
    if (all.slots == nullptr) return all.elsewhere;
    std::size_t slot = hash_of(sought);
    while (all.slots[slot].samples != 0 && !is_same(all.slots[slot], sought)) slot = (slot + 1) % n_slots;
    site_record& found = all.slots[slot];
    if (found.samples != 0) return found;
    if (all.used == n_slots / 2) return all.elsewhere;
    ++all.used;
    found = sought;
    return found;
}

// The bytes to the next sample.
std::uint64_t draw(std::uint64_t& state) noexcept {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;  // Knuth's MMIX
    double const uniform = (static_cast<double>(state >> 11) + 0.5) * 0x1p-53;
    return static_cast<std::uint64_t>(-std::log(uniform) * mean_bytes_between) + 1;
}

}  // namespace

void look(thread_state& self, std::size_t bytes) noexcept {
    memory_counters& m = self.memory;
    if (m.allocated_bytes.load() < m.sample_mark) return;
    bool const first = m.sample_mark == 0;
    if (first) m.random = reinterpret_cast<std::uintptr_t>(&self);
    m.sample_mark = m.allocated_bytes.load() + draw(m.random);
    if (first || m.busy || registry::is_forking()) return;
    m.busy = true;
    site_record seen{};
    seen.depth = walk_stack(seen.stack.data(), max_stack);
    seen.scope = self.current();
    double const probability = -std::expm1(-static_cast<double>(bytes) / mean_bytes_between);
    {
        std::lock_guard const lock{all.mutex};
        site_record& place = place_of(seen);
        ++place.samples;
        place.allocations += 1.0 / probability;
        place.bytes += static_cast<double>(bytes) / probability;
    }
    m.busy = false;
}

std::vector<site_record> found() {
    std::vector<site_record> copy;
    std::size_t n_sites = 0;
    {
        std::lock_guard const lock{all.mutex};
        n_sites = all.used;
    }
    copy.reserve(n_sites + 2);  // without the lock: allocating may come back here, to one place more
    std::lock_guard const lock{all.mutex};
    if (all.elsewhere.samples != 0) copy.push_back(all.elsewhere);
    for (std::size_t i = 0; all.slots != nullptr && i < n_slots; ++i)
        if (all.slots[i].samples != 0 && copy.size() < copy.capacity()) copy.push_back(all.slots[i]);
    return copy;
}

void forget() noexcept {
    std::lock_guard const lock{all.mutex};
    if (all.slots != nullptr) std::fill_n(all.slots, n_slots, site_record{});
    all.used = 0;
    all.elsewhere = {};
}

void before_fork() noexcept { all.mutex.lock(); }
void after_fork() noexcept { all.mutex.unlock(); }

}  // namespace poise::profile::detail::allocation_sites
