// SPDX-License-Identifier: MIT
// What becomes of one task: called, suspended, failed, skipped, and who is to blame.
#include "task/engine.hpp"
#include "task/process_pool.hpp"
#include "task/resource_state.hpp"
#include "task/special.hpp"

#include <poise/profile/control.hpp>
#include <poise/profile/scope.hpp>

#include <cxxabi.h>

#include <algorithm>
#include <atomic>
#include <exception>

namespace poise::task::detail {

void engine::suspend(std::uint32_t node) {
    if (run_.timed) run_.when[node].start = profile::detail::now();
    inbox_.suspend(node, [this] {
        if (claim_ticket()) ticket();
    });
}

void engine::resume(std::uint32_t node, news what) noexcept {
    if (run_.timed) run_.when[node].end = profile::detail::now();
    inbox_.send({node, what});
}

verdict engine::start_elsewhere(std::uint32_t node) {
    suspend(node);
    frame_.pool->start(*this, node);
    return verdict::suspended;
}

bool engine::take(std::vector<use> const& uses, std::uint32_t node) {
    std::size_t n_taken = 0;
    {
        // One that waited has what it waited for.
        std::scoped_lock const lock{taken_mutex_};
        auto const [known, is_new] = taken_.emplace(node, 0);
        n_taken = is_new ? 0 : known->second + 1;
    }
    for (; n_taken < uses.size(); ++n_taken) {
        {
            std::scoped_lock const lock{taken_mutex_};
            taken_[node] = n_taken;
        }
        if (!resource_access::state(uses[n_taken].of).take(uses[n_taken].amount, *this, node)) return false;
    }
    std::scoped_lock const lock{taken_mutex_};
    taken_.erase(node);
    return true;
}

void engine::give_back(std::vector<use> const& uses) noexcept {
    for (use const& u : uses) resource_access::state(u.of).give_back(u.amount);
}

// Of a task that is not to begin although it waited for resources, and has the last one now.
void engine::drop_taken(std::uint32_t id) noexcept {
    std::scoped_lock const lock{taken_mutex_};
    auto const found = taken_.find(id);
    if (found == taken_.end()) return;
    auto const& uses = special_of(steps_.nodes[id])->options.uses;
    for (std::size_t k = 0; k <= found->second; ++k) resource_access::state(uses[k].of).give_back(uses[k].amount);
    taken_.erase(found);
}

// False if it is suspended.
bool engine::perform(std::uint32_t id, plan::node const& n, worker& me) {
    if (attention_.load(std::memory_order_relaxed) && !may_begin(id, me)) [[unlikely]]
        return true;
    // An exception that left a oneTBB task would cancel its siblings; it becomes the outcome of this task instead.
    try {
        auto const came = call(id, n);
        if (came == verdict::done) [[likely]]
            run_.states[id] = state::succeeded;
        else if (came == verdict::omitted)
            omit(id, me);
        else
            return false;
    } catch (abi::__forced_unwind&) {
        throw;  // the thread is being cancelled: not ours to stop
    } catch (...) {
        run_.keep(id, std::current_exception());
        fail(id, me);
    }
    return true;
}

void engine::settle(std::uint32_t id, news what, worker& me) noexcept {
    if (auto const* special = special_of(steps_.nodes[id]); special != nullptr) give_back(special->options.uses);
    if (what == news::succeeded) {
        run_.states[id] = state::succeeded;
        if (run_.store) run_.store->save(id);
    } else if (what == news::omitted)
        omit(id, me);
    else
        fail(id, me);
}

verdict engine::call(std::uint32_t id, plan::node const& n) const {
    if (run_.store) [[unlikely]] {
        if (run_.store->load(id)) return verdict::done;
        auto const came = call_here_or_elsewhere(id, n);
        if (came == verdict::done) run_.store->save(id);
        return came;
    }
    return call_here_or_elsewhere(id, n);
}

verdict engine::call_here_or_elsewhere(std::uint32_t id, plan::node const& n) const {
    if (frame_.pool != nullptr) [[unlikely]]
        return n.call == run_special ? run_special(n.body, frame_, id) : frame_.engine->start_elsewhere(id);
    return profile::enabled() ? call_profiled(id, n) : n.call(n.body, frame_, id);
}

// From the inputs. What all tasks of a map have is drawn to the first of them, and its last one to the others: n + m
// arrows, as there are edges, not n * m.
void engine::draw_arrows(std::uint32_t id, graph_state::family const& family, profile::scope& to) const {
    auto const draw = [&](std::uint32_t first, std::uint32_t count) {
        for (std::uint32_t i = 0; i < count; ++i) to.after(first_task_ + first + i);
    };
    family.for_each_range([&](graph_state::range const& r) {
        auto const own = r.of_task(id - family.first_id);
        if (r.per_task != 0 || id == family.first_id)
            draw(own.first, own.count);
        else
            draw(own.first + own.count - 1, 1);
    });
    steps_.orders.for_each(id, [&](order_edge const& e) { draw(e.earlier, e.n_earlier); });
}

verdict engine::call_profiled(std::uint32_t id, plan::node const& n) const {
    auto const& family = run_.family_of(id);
    profile::context_guard const below_run{caller_};
    profile::scope timing{family.base_name(), profile::category::task};
    timing.task(first_task_ + id);
    draw_arrows(id, family, timing);
    return n.call(n.body, frame_, id);
}

bool engine::may_begin(std::uint32_t id, worker& me) noexcept {
    if (std::uint32_t const blamed = run_.blame[id]; blamed != 0) {
        bool const omitted = run_state::is_omission(blamed);
        run_.states[id] = omitted ? state::omitted : state::skipped;
        ++(omitted ? me.n_omitted : me.n_skipped);
        blame_successors(id, blamed);
        return false;
    }
    if (!run_.stopped.load(std::memory_order_relaxed)) return true;
    if (steps_.suspends) drop_taken(id);
    run_.states[id] = state::cancelled;
    ++me.n_cancelled;
    return false;
}

void engine::fail(std::uint32_t id, worker& me) noexcept {
    run_.states[id] = state::failed;
    ++me.n_failed;
    if (run_.stop_at_failure) stop();
    run_.blame[id] = run_state::for_failure(id);
    blame_successors(id, run_.blame[id]);
}

void engine::omit(std::uint32_t id, worker& me) noexcept {
    run_.states[id] = state::omitted;
    ++me.n_omitted;
    run_.blame[id] = run_state::for_omission(id);
    blame_successors(id, run_.blame[id]);
}

// The least blame, so that it is the same one whatever the order in which tasks happened to run. What stands behind a
// gate has not begun, as this node has not passed it yet.
void engine::blame_successors(std::uint32_t node, std::uint32_t blame) noexcept {
    attention_.store(true, std::memory_order_relaxed);
    for (plan::edge const e : steps_.successors(steps_.nodes[node])) {
        if (e.tolerant()) continue;
        std::atomic_ref<std::uint32_t> const known{run_.blame[e.to()]};
        std::uint32_t before = known.load(std::memory_order_relaxed);
        while ((before == 0 || blame < before) &&
               !known.compare_exchange_weak(before, blame, std::memory_order_relaxed)) {
        }
        if (steps_.is_gate(e.to())) blame_successors(e.to(), blame);
    }
}

void engine::add_up() noexcept {
    run_.n_cancelled = 0;
    auto const at_work = std::ranges::count_if(workers_, [](worker const& w) { return w.n_done > 0; });
    run_.threads_at_work = frame_.pool != nullptr ? run_.threads : std::max(1, static_cast<int>(at_work));
    for (worker const& w : workers_) {
        run_.n_failed += w.n_failed;
        run_.n_skipped += w.n_skipped;
        run_.n_omitted += w.n_omitted;
        run_.n_cancelled += w.n_cancelled;
    }
}

}  // namespace poise::task::detail
