// SPDX-License-Identifier: MIT
#include "core/lending_pool.hpp"

#include <poise/task/parallel_for.hpp>

#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <memory>
#include <thread>

namespace poise::task {
namespace {

// One phase: items taken and items done, each written by all threads.
struct alignas(64) phase_state {
    std::atomic<std::size_t> taken{0};
    alignas(64) std::atomic<std::size_t> done{0};
};

using phase_states = std::deque<phase_state>;

// Lent to loops, so that they allocate nothing once as many have run at a time, with as many phases. Never destroyed:
// a loop may run in the destructor of anything.
auto& idle_states() {
    static auto& pool = *new poise::detail::lending_pool<phase_states>;
    return pool;
}

class phases {
public:
    phases(std::span<std::size_t const> n_items, detail::phase_body body, phase_states& lent)
        : n_items_{n_items}, body_{body}, states_{lent} {
        while (states_.size() < n_items.size()) states_.emplace_back();
        for (std::size_t phase = 0; phase < n_items.size(); ++phase) {
            states_[phase].taken.store(0, std::memory_order_relaxed);
            states_[phase].done.store(0, std::memory_order_relaxed);
        }
    }

    void work(std::size_t thread) {
        for (std::size_t phase = 0; phase < n_items_.size(); ++phase) {
            phase_state& state = states_[phase];
            for (std::size_t item; (item = state.taken.fetch_add(1)) < n_items_[phase];) {
                if (!failed_.load()) call(phase, item, thread);
                state.done.fetch_add(1, std::memory_order_release);
            }
            for (int spins = 0; state.done.load(std::memory_order_acquire) < n_items_[phase]; ++spins)
                if (spins > 1000) std::this_thread::yield();
        }
    }

    void rethrow() const {
        if (thrown_) std::rethrow_exception(thrown_);
    }

private:
    void call(std::size_t phase, std::size_t item, std::size_t thread) {
        try {
            body_.call(body_.object, phase, item, thread);
        } catch (...) {
            if (!failed_.exchange(true)) thrown_ = std::current_exception();
        }
    }

    std::span<std::size_t const> n_items_;
    detail::phase_body body_;
    phase_states& states_;
    std::atomic<bool> failed_{false};
    std::exception_ptr thrown_;  // written once, by who set failed_; read when all are back
};

}  // namespace

std::size_t available_threads() noexcept {
    return static_cast<std::size_t>(std::max(1, tbb::this_task_arena::max_concurrency()));
}

// Isolated: a thread that waits for the last chunk would otherwise take any task of the arena, one that blocks too.
void detail::run_chunks(std::size_t n_chunks, chunk_body body) {
    tbb::task_group_context own{tbb::task_group_context::isolated};  // not cancelled with what the caller is part of
    tbb::this_task_arena::isolate([&] {
        tbb::parallel_for(
            std::size_t{0}, n_chunks, [&](std::size_t chunk) { body.call(body.object, chunk); },
            tbb::simple_partitioner{}, own);
    });
}

void detail::run_phases(std::span<std::size_t const> n_items, std::size_t n_threads, phase_body body) {
    if (n_threads <= 1) {
        for (std::size_t phase = 0; phase < n_items.size(); ++phase)
            for (std::size_t item = 0; item < n_items[phase]; ++item) body.call(body.object, phase, item, 0);
        return;
    }
    auto const lent = idle_states().take([] { return std::make_unique<phase_states>(); });
    phases shared{n_items, body, *lent};
    tbb::task_group_context own{tbb::task_group_context::isolated};  // not cancelled with what the caller is part of
    tbb::this_task_arena::isolate([&] {
        tbb::parallel_for(
            std::size_t{0}, n_threads, [&](std::size_t thread) { shared.work(thread); }, tbb::simple_partitioner{},
            own);
    });
    shared.rethrow();
}

}  // namespace poise::task
