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
#include <utility>

namespace poise::task::detail {

void engine::suspend(std::uint32_t node) {
    inbox_.suspend(node, [this] {
        if (claim_ticket()) ticket();
    });
}

void engine::resume(std::uint32_t node, news what) noexcept {
    if (run_.timed) run_.when[node].end = profile::detail::now();
    inbox_.send({node, what});
}

void engine::mark_start(std::uint32_t node) noexcept {
    if (run_.timed) run_.when[node].start = profile::detail::now();
}

verdict engine::start_elsewhere(std::uint32_t node) {
    mark_start(node);
    suspend(node);
    frame_.pool->start(*this, node);
    return verdict::suspended;
}

interrupted& engine::interrupted_at(std::uint32_t node) {
    std::scoped_lock const lock{interrupted_mutex_};
    return interrupted_.try_emplace(node, *this, node, run_.stopped).first->second;
}

void engine::forget_interrupted(std::uint32_t node) noexcept {
    std::scoped_lock const lock{interrupted_mutex_};
    interrupted_.erase(node);
}

std::unique_ptr<await_chain> engine::take_chain(std::uint32_t node) noexcept {
    std::scoped_lock const lock{interrupted_mutex_};
    auto const at = interrupted_.find(node);
    auto chain = std::move(at->second.coroutine);
    if (special_of(steps_.nodes[node]) == nullptr) interrupted_.erase(at);
    return chain;
}

bool engine::take(std::vector<use> const& uses, std::uint32_t node, interrupted& kept) {
    if (std::exchange(kept.waits_for_resource, false)) ++kept.n_taken;
    for (; kept.n_taken < uses.size(); ++kept.n_taken) {
        use const& next = uses[kept.n_taken];
        kept.waits_for_resource = true;
        if (!resource_access::state(next.of).take(next.amount, *this, node)) return false;
        kept.waits_for_resource = false;
    }
    return true;
}

void engine::give_back(std::vector<use> const& uses) noexcept {
    for (use const& u : uses) resource_access::state(u.of).give_back(u.amount);
}

void engine::drop_taken(std::uint32_t id, bool granted) noexcept {
    std::scoped_lock const lock{interrupted_mutex_};
    auto const found = interrupted_.find(id);
    if (found == interrupted_.end()) return;
    auto const& uses = special_of(steps_.nodes[id])->options.uses;
    for (std::size_t k = 0; k < found->second.n_taken + granted; ++k)
        resource_access::state(uses[k].of).give_back(uses[k].amount);
    interrupted_.erase(found);
}

// False if it is suspended.
template <news Told>
bool engine::perform(std::uint32_t id, plan::node const& n, worker& me) {
    if constexpr (Told != news::resumed)
        if (attention_.load(std::memory_order_relaxed) && !may_begin(id, Told, me)) [[unlikely]]
            return true;
    // An exception that left a oneTBB task would cancel its siblings; it becomes the outcome of this task instead.
    try {
        auto const came = call<Told>(id, n);
        if (came == verdict::done) [[likely]]
            run_.states[id] = state::succeeded;
        else if (came == verdict::omitted)
            omit(id, me);
        else
            return false;
    } catch (abi::__forced_unwind&) {
        throw;  // the thread is being cancelled: not ours to stop
    } catch (...) {
        fail_or_cancel(id, std::current_exception(), me);
    }
    return true;
}

template bool engine::perform<news::ready>(std::uint32_t, plan::node const&, worker&);

// Of one that was suspended; false if it is so once more.
bool engine::go_on(std::uint32_t id, plan::node const& n, news told, worker& me) {
    if (told == news::granted) mark_start(id);
    bool const ended = told == news::granted   ? perform<news::granted>(id, n, me)
                       : told == news::resumed ? perform<news::resumed>(id, n, me)
                                               : settle(id, told, me);
    if (!ended || !run_.timed) return ended;
    auto& when = run_.when[id];
    if (told <= news::resumed) when.end = profile::detail::now();
    if (frame_.pool == nullptr) run_.worker[id] = static_cast<std::uint16_t>(me.number);
    return true;
}

// False if it is suspended once more.
bool engine::settle(std::uint32_t id, news what, worker& me) noexcept {
    if (what == news::withdrawn) {
        if (run_.timed) run_.when[id].start = run_.when[id].end;
        drop_taken(id, false);
        cancel(id, me);
        return true;
    }
    if (auto const* special = special_of(steps_.nodes[id]); special != nullptr) {
        if (what == news::failed && frame_.pool == nullptr && try_again(*special, frame_, id)) return false;
        end_special(*special, frame_, id);
    }
    if (what == news::succeeded) {
        run_.states[id] = state::succeeded;
        if (run_.store) run_.store->save(id);
    } else if (what == news::omitted)
        omit(id, me);
    else
        fail_or_cancel(id, run_.take_thrown(id), me);
    return true;
}

template <news Told>
verdict engine::call(std::uint32_t id, plan::node const& n) const {
    if (!calls_simply_) [[unlikely]]
        return call_otherwise(id, n, Told);
    return profile::enabled() ? call_profiled(id, n, Told == news::resumed) : n.call(n.body, frame_, id);
}

verdict engine::call_otherwise(std::uint32_t id, plan::node const& n, news told) const {
    // A result is looked for once: another run may write it while the task waits for a resource, and has taken others.
    if (run_.store && told == news::ready && run_.store->load(id)) return verdict::done;
    verdict came{};
    if (frame_.pool == nullptr)
        came = call_measured(id, n, told == news::resumed);
    else
        came = n.call == run_special ? run_special(n.body, frame_, id) : frame_.engine->start_elsewhere(id);
    if (run_.store && came == verdict::done) run_.store->save(id);
    return came;
}

verdict engine::call_measured(std::uint32_t id, plan::node const& n, bool resumed) const {
    auto const call = [&] { return profile::enabled() ? call_profiled(id, n, resumed) : n.call(n.body, frame_, id); };
    if (!measures_) return call();
    struct block_of_task {
        ~block_of_task() { run.add_memory(id, used.so_far()); }
        run_state& run;
        std::uint32_t id;
        profile::memory used;
    } const here{run_, id, {}};
    return call();
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

verdict engine::call_profiled(std::uint32_t id, plan::node const& n, bool resumed) const {
    auto const& family = run_.family_of(id);
    profile::context_guard const below_run{caller_};
    profile::scope timing{family.base_name(), profile::category::task};
    timing.task(first_task_ + id);
    if (!resumed) draw_arrows(id, family, timing);
    return n.call(n.body, frame_, id);
}

bool engine::may_begin(std::uint32_t id, news told, worker& me) noexcept {
    if (std::uint32_t const blamed = run_.blame[id]; blamed != 0) {
        bool const omitted = run_state::is_omission(blamed);
        run_.states[id] = omitted ? state::omitted : state::skipped;
        ++(omitted ? me.n_omitted : me.n_skipped);
        blame_successors(id, blamed);
        return false;
    }
    if (!run_.stopped.load(std::memory_order_relaxed)) return true;
    if (told == news::granted) drop_taken(id, true);
    cancel(id, me);
    return false;
}

// Who was woken from its wait by the wish to stop has not failed.
void engine::fail_or_cancel(std::uint32_t id, std::exception_ptr thrown, worker& me) noexcept {
    run_.keep(id, thrown);
    try {
        std::rethrow_exception(std::move(thrown));
    } catch (stopped_error const&) {
        if (run_.stopped.load(std::memory_order_relaxed)) return cancel(id, me);
    } catch (...) {
    }
    fail(id, me);
}

void engine::cancel(std::uint32_t id, worker& me) noexcept {
    run_.states[id] = state::cancelled;
    ++me.n_cancelled;
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
