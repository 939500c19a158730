// SPDX-License-Identifier: MIT
// Who runs which node when.
#include "task/engine.hpp"

#include "task/process_pool.hpp"
#include "task/resource_state.hpp"

#include <tbb/task_arena.h>

#include <algorithm>
#include <new>
#include <type_traits>
#include <utility>

namespace poise::task::detail {
namespace {

// How often a thread looks for work before it returns to oneTBB: some microseconds, less than waking another one takes.
constexpr int n_looks = 64;

thread_local int threads_of_this_run = 0;

class inside_run {
public:
    explicit inside_run(int threads) noexcept : outer_{std::exchange(threads_of_this_run, threads)} {}
    ~inside_run() { threads_of_this_run = outer_; }
    inside_run(inside_run const&) = delete;
    inside_run& operator=(inside_run const&) = delete;

private:
    int outer_;
};

void wait_a_little() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

}  // namespace

int engine::threads_around() noexcept { return threads_of_this_run; }
void engine::forget_threads() noexcept { threads_of_this_run = 0; }

engine::engine(run_state& run, profile::context caller, int threads, tbb::task_arena* arena, process_pool* pool)
    : run_{run},
      steps_{*run.steps},
      threads_{threads},
      own_arena_{arena != nullptr},
      measures_{static_cast<bool>(run.memory)},
      calls_simply_{!measures_ && pool == nullptr && run.store == nullptr},
      caller_{caller},
      first_task_{profile::reserve_task_ids(steps_.n_tasks)},
      roots_{steps_.roots},
      n_to_do_{steps_.n_tasks},
      n_missing_{steps_.n_nodes},
      workers_(static_cast<std::size_t>(threads)),
      frame_{.results = run.results.data(), .run = &run, .engine = this, .pool = pool},
      inbox_{arena, group_} {
    std::ranges::copy(steps_.n_inputs, n_missing_.begin());
    for (std::size_t w = 0; w < workers_.size(); ++w) workers_[w].number = static_cast<int>(w);
    if (run.again) leave_out_what_succeeded();
}

// As if these tasks had just been run: what has no other inputs left can begin.
void engine::leave_out_what_succeeded() {
    auto const is_done = [&](std::uint32_t node) {
        return steps_.is_gate(node) ? n_missing_[node] == 0 : run_.states[node] == state::succeeded;
    };
    n_to_do_ = 0;
    roots_.clear();
    for (std::size_t i = 0; i < steps_.n_nodes; ++i) {
        std::uint32_t const node = steps_.in_order(i);
        if (is_done(node))
            for (plan::edge const e : steps_.successors(steps_.nodes[node])) --n_missing_[e.to()];
        else
            n_to_do_ += !steps_.is_gate(node);
    }
    for (auto node = static_cast<std::uint32_t>(steps_.n_tasks); node-- > 0;)
        if (!is_done(node) && n_missing_[node] == 0) roots_.push_back(node);
}

std::size_t engine::n_done() const noexcept {
    std::size_t n = steps_.n_tasks - n_to_do_;
    for (worker const& w : workers_) n += w.n_done.load(std::memory_order_relaxed);
    return n;
}

void engine::run_all() {
    auto const run = [&] {
        if (threads_ > 1 || steps_.suspends)
            run_parallel();
        else
            run_.timed ? run_serial<true>() : run_serial<false>();
    };
    // In the arena of another run, a thread that waits for the end must not take what is around this one. In an arena
    // of its own there is nothing else, and news has to come in.
    if (own_arena_)
        run();
    else
        tbb::this_task_arena::isolate(run);
    inbox_.wait_for_senders();
    add_up();
}

void engine::run_in_order() {
    inside_run const here{1};
    worker& me = workers_.front();
    group_.run_and_wait([&] {
        for (std::size_t i = 0; i < steps_.n_nodes; ++i) {
            position at{steps_.in_order(i), profile::detail::now()};
            if (run_.again && !steps_.is_gate(at.node) && run_.states[at.node] == state::succeeded) continue;
            while (!advance(me, at)) at.told = inbox_.wait().what;
        }
    });
    inbox_.wait_for_senders();
    add_up();
}

void engine::run_elsewhere() {
    process_pool& pool = *frame_.pool;
    inbox_.on_news([&] { pool.wake(); });
    worker& me = workers_.front();
    ready_stack ready;
    ready.make_room(steps_.n_nodes);
    for (std::uint32_t const root : roots_) ready.push(root);
    while (me.n_done.load(std::memory_order_relaxed) < n_to_do_) {
        position at;
        if (!take_news(at) && (pool.has_idle() || pool.is_gone())) at.node = ready.pop();
        if (at.node == no_node) {
            pool.wait(*this);
            continue;
        }
        if (!advance(me, at)) continue;
        bool pushed = false;
        if (auto const next = release_successors(steps_.nodes[at.node], ready, pushed); next != no_node)
            ready.push(next);
    }
    inbox_.wait_for_senders();
    add_up();
}

void engine::stop() noexcept {
    attention_.store(true, std::memory_order_relaxed);
    run_.stopped.store(true);
    event_loop::stop(this);
    for (resource const& r : steps_.used) resource_access::state(r).withdraw(*this);
    if (frame_.pool != nullptr) frame_.pool->stop();
}

template <bool Timed>
void engine::run_serial() {
    ready_stack ready;
    ready.make_room(steps_.n_nodes);
    for (std::uint32_t const root : roots_) ready.push(root);
    inside_run const here{threads_};
    position at;
    group_.run_and_wait(
        [&] { tbb::this_task_arena::isolate([&] { (void)drain<Timed>(ready, workers_.front(), at); }); });
}

void engine::run_parallel() {
    workers_.front().ready.make_room(steps_.n_nodes);
    n_tickets_ = 1;
    group_.run_and_wait([&] { ticket(); });
}

void engine::ticket() { run_.timed ? ticket<true>() : ticket<false>(); }

// A thread that leaves looks once more after it has said so, and one that makes work ready looks for missing threads
// after it has said so: whatever the order, one of them sees the other.
template <bool Timed>
void engine::ticket() {
    inside_run const here{threads_};
    do {
        worker& me = take_worker();
        try {
            me.ready.make_room(steps_.n_nodes);
        } catch (std::bad_alloc const&) {
            me.taken.store(false, std::memory_order_release);
            n_tickets_.fetch_sub(1, std::memory_order_seq_cst);
            return;  // whoever made the work ready does it without this thread
        }
        position at;
        auto why = pause::nothing_ready;
        do {
            tbb::this_task_arena::isolate([&] { why = drain<Timed>(me.ready, me, at); });
            if (why == pause::more_threads) spawn_ticket();
        } while (why == pause::more_threads);
        me.taken.store(false, std::memory_order_release);
        n_tickets_.fetch_sub(1, std::memory_order_seq_cst);
    } while (anything_ready() && claim_ticket());
}

template <bool Timed, class Queue>
engine::pause engine::drain(Queue& ready, worker& me, position& at) {
    constexpr bool shared = std::is_same_v<Queue, ready_deque>;
    if constexpr (Timed) at.since = profile::detail::now();
    for (;;) {
        if (at.node == no_node) at.node = ready.pop();
        if constexpr (shared) {
            if (at.node == no_node && find_elsewhere(me, at)) {
                if constexpr (Timed) at.since = profile::detail::now();
                // Before the task, not after it: the next thread is wanted now.
                if (n_tickets_.load(std::memory_order_seq_cst) < threads_ && anything_ready())
                    return pause::more_threads;
            }
        }
        if (at.node == no_node) return pause::nothing_ready;

        bool pushed = false;
        if (advance<Timed>(me, at))
            at.node = release_successors(steps_.nodes[at.node], ready, pushed);
        else
            at.node = no_node;
        if constexpr (shared)
            if (pushed && n_tickets_.load(std::memory_order_seq_cst) < threads_) return pause::more_threads;
    }
}

bool engine::take_news(position& at) noexcept {
    auto const message = inbox_.take();
    if (!message) return false;
    at.node = message->node;
    at.told = message->what;
    return true;
}

// News, then what nobody waits for, the most critical first, then what another thread would do last.
bool engine::find_elsewhere(worker const& me, position& at) noexcept {
    if (take_news(at)) return true;
    if (next_root_.load(std::memory_order_relaxed) < roots_.size())
        if (auto const r = next_root_.fetch_add(1, std::memory_order_seq_cst); r < roots_.size()) {
            at.node = roots_[roots_.size() - 1 - r];
            return true;
        }
    at.node = steal(me);
    return at.node != no_node;
}

// One node as far as it goes; false if it is suspended, and then it may be with another thread already. The time
// between two nodes is a few nanoseconds, so one reading of the clock is the end of one and the start of the next; only
// a thread that went without work reads it once more.
template <bool Timed>
bool engine::advance(worker& me, position& at) {
    std::uint32_t const id = at.node;
    plan::node const& n = steps_.nodes[id];
    if (n.call == nullptr) return true;
    if (at.told != news::ready) [[unlikely]] {
        bool const ended = go_on(id, n, std::exchange(at.told, news::ready), me);
        if constexpr (Timed) at.since = profile::detail::now();
        if (!ended) return false;
    } else if (perform<news::ready>(id, n, me)) {
        if constexpr (Timed) {
            auto const end = profile::detail::now();
            run_.when[id] = {std::exchange(at.since, end), end};
            run_.worker[id] = static_cast<std::uint16_t>(me.number);
        }
    } else {
        if constexpr (Timed) at.since = profile::detail::now();
        return false;
    }
    me.n_done.store(me.n_done.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    return true;
}

bool engine::advance(worker& me, position& at) { return run_.timed ? advance<true>(me, at) : advance<false>(me, at); }

template <class Queue>
std::uint32_t engine::release_successors(plan::node const& done, Queue& ready, bool& pushed) {
    std::uint32_t next = no_node;
    bool any = false;
    for (plan::edge const e : steps_.successors(done)) {
        if (!last_input<Queue>(e)) continue;
        if (next != no_node) {
            ready.push(next);
            any = true;
        }
        next = e.to();
    }
    if (any) {
        ready.publish();
        pushed = true;
    }
    return next;
}

template <class Queue>
bool engine::last_input(plan::edge e) noexcept {
    if (e.alone()) return true;
    std::uint32_t& missing = n_missing_[e.to()];
    if constexpr (std::is_same_v<Queue, ready_stack>) {
        return --missing == 0;
    } else {
        std::atomic_ref<std::uint32_t> const shared{missing};
        // Who reads 1 is the only one left, and needs no bus to say so.
        return shared.load(std::memory_order_acquire) == 1 || shared.fetch_sub(1, std::memory_order_acq_rel) == 1;
    }
}

// There is always one: a ticket gives its worker back before it says that it is gone.
engine::worker& engine::take_worker() noexcept {
    for (;;)
        for (worker& w : workers_)
            if (!w.taken.exchange(true, std::memory_order_acq_rel)) return w;
}

std::uint32_t engine::steal(worker const& thief) noexcept {
    std::size_t const n = workers_.size();
    for (int look = 0; look < n_looks; ++look) {
        for (std::size_t k = 1; k < n; ++k) {
            std::uint32_t const node = workers_[(static_cast<std::size_t>(thief.number) + k) % n].ready.steal();
            if (node != no_node) return node;
        }
        wait_a_little();
    }
    return no_node;
}

bool engine::anything_ready() const noexcept {
    return !inbox_.empty() || next_root_.load(std::memory_order_seq_cst) < roots_.size() ||
           std::ranges::any_of(workers_, [](worker const& w) { return !w.ready.empty(); });
}

bool engine::claim_ticket() noexcept {
    int n = n_tickets_.load(std::memory_order_seq_cst);
    while (n < threads_)
        if (n_tickets_.compare_exchange_weak(n, n + 1, std::memory_order_seq_cst)) return true;
    return false;
}

// Never from within the isolated region: a task that waits there would take the ticket and run others on top of itself.
void engine::spawn_ticket() noexcept {
    if (!claim_ticket()) return;
    try {
        group_.run([this] { ticket(); });
    } catch (...) {
        n_tickets_.fetch_sub(1, std::memory_order_seq_cst);  // no memory: the threads there are do it all
    }
}

}  // namespace poise::task::detail
