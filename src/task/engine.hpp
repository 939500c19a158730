// SPDX-License-Identifier: MIT
// Private to src/: runs the nodes of a plan, each when what it waits for is done.
#pragma once

#include "task/inbox.hpp"
#include "task/interrupted.hpp"
#include "task/ready_queue.hpp"
#include "task/run_state.hpp"

#include <poise/profile/context.hpp>
#include <poise/profile/scope.hpp>

#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace poise::task::detail {

/// One run. oneTBB does not see the tasks: it sees at most as many tickets as threads are wanted, and a ticket is a
/// licence to take nodes off the ready queues until none is left. A thread keeps what it makes ready in a queue of its
/// own, goes on with the most critical of it at once, and steals only when its queue is empty. So a task costs a call
/// and a few counters; a thread that finds no task is oneTBB's again, for the loops inside other tasks; and, as a
/// ticket runs its nodes in an isolated region, no other task runs on top of one that waits.
class engine {
public:
    /// To be run by `threads` threads at most, in an arena for this run alone, by which news of suspended nodes
    /// enters; without one, in the arena of the run around, or in none. Throws std::bad_alloc.
    engine(run_state& run, profile::context caller, int threads, tbb::task_arena* arena = nullptr,
           process_pool* pool = nullptr);
    engine(engine const&) = delete;
    engine& operator=(engine const&) = delete;

    /// In that arena. Returns when every task is done. Throws std::bad_alloc, and then nothing has begun.
    void run_all();
    /// On this thread alone, in the order of the plan.
    void run_in_order();
    /// In the processes of the pool, told by this thread.
    void run_elsewhere();
    /// Suspends a node and gives it to a process.
    [[nodiscard]] verdict start_elsewhere(std::uint32_t node);
    /// The node that this thread is calling just now ends, or is called again, when there is news of it: resume(),
    /// once, by any thread. Throws std::bad_alloc, and then it is not suspended.
    void suspend(std::uint32_t node);
    void resume(std::uint32_t node, news what) noexcept;
    /// For the record: the first call of a task that ends in another one.
    void mark_start(std::uint32_t node) noexcept;
    /// What was left when the node was suspended, or nothing yet. It stays in its place until it is forgotten. Throws
    /// std::bad_alloc.
    [[nodiscard]] interrupted& interrupted_at(std::uint32_t node);
    void forget_interrupted(std::uint32_t node) noexcept;
    [[nodiscard]] std::unique_ptr<await_chain> take_chain(std::uint32_t node) noexcept;
    /// Takes what a task needs while it runs, or suspends it.
    [[nodiscard]] bool take(std::vector<use> const& uses, std::uint32_t node, interrupted& kept);
    static void give_back(std::vector<use> const& uses) noexcept;
    /// What a task took that is not to begin; and the one it waited for, if that was granted.
    void drop_taken(std::uint32_t id, bool granted) noexcept;
    [[nodiscard]] run_state& run() noexcept { return run_; }
    /// Tasks that have not begun are not to begin. By any thread, at any time.
    void stop() noexcept;
    [[nodiscard]] bool is_stopped() const noexcept { return run_.stopped.load(); }
    /// How many tasks are done; by any thread, at any time.
    [[nodiscard]] std::size_t n_done() const noexcept;

    /// The number of threads of the run of which this thread performs a task just now, or 0 where it performs none.
    [[nodiscard]] static int threads_around() noexcept;
    /// In a copy of this process, which has one thread.
    static void forget_threads() noexcept;

private:
    // What a ticket works with. There are as many as threads are wanted, whatever threads oneTBB brings.
    struct alignas(128) worker {
        ready_deque ready;
        int number = 0;
        std::atomic<bool> taken{false};
        std::atomic<std::size_t> n_done{0};
        std::size_t n_failed = 0, n_skipped = 0, n_omitted = 0, n_cancelled = 0;
    };
    // A thread between two nodes: the next one if it is known, and when the last one ended.
    struct position {
        std::uint32_t node = no_node;
        profile::detail::ticks since = 0;
        news told = news::ready;
    };
    // Why a thread stops taking nodes.
    enum class pause : unsigned char { nothing_ready, more_threads };

    template <bool Timed>
    void run_serial();
    void run_parallel();
    template <bool Timed>
    void ticket();
    void ticket();
    template <bool Timed, class Queue>
    pause drain(Queue& ready, worker& me, position& at);
    template <class Queue>
    [[nodiscard]] std::uint32_t release_successors(plan::node const& done, Queue& ready, bool& pushed);
    template <class Queue>
    [[nodiscard]] bool last_input(plan::edge e) noexcept;

    [[nodiscard]] worker& take_worker() noexcept;
    template <bool Timed>
    [[nodiscard]] bool advance(worker& me, position& at);
    [[nodiscard]] bool advance(worker& me, position& at);
    [[nodiscard]] bool take_news(position& at) noexcept;
    [[nodiscard]] bool find_elsewhere(worker const& me, position& at) noexcept;
    [[nodiscard]] std::uint32_t steal(worker const& thief) noexcept;
    [[nodiscard]] bool anything_ready() const noexcept;
    [[nodiscard]] bool claim_ticket() noexcept;
    void spawn_ticket() noexcept;

    template <news Told>
    [[nodiscard]] bool perform(std::uint32_t id, plan::node const& n, worker& me);
    [[nodiscard]] bool go_on(std::uint32_t id, plan::node const& n, news told, worker& me);
    [[nodiscard]] bool settle(std::uint32_t id, news what, worker& me) noexcept;
    template <news Told>
    [[nodiscard]] verdict call(std::uint32_t id, plan::node const& n) const;
    [[nodiscard]] verdict call_otherwise(std::uint32_t id, plan::node const& n, news told) const;
    void draw_arrows(std::uint32_t id, graph_state::family const& family, profile::scope& to) const;
    [[nodiscard]] verdict call_measured(std::uint32_t id, plan::node const& n, bool resumed) const;
    [[nodiscard]] verdict call_profiled(std::uint32_t id, plan::node const& n, bool resumed) const;
    [[nodiscard]] bool may_begin(std::uint32_t id, news told, worker& me) noexcept;
    void fail(std::uint32_t id, worker& me) noexcept;
    void fail_or_cancel(std::uint32_t id, std::exception_ptr thrown, worker& me) noexcept;
    void cancel(std::uint32_t id, worker& me) noexcept;
    void omit(std::uint32_t id, worker& me) noexcept;
    void blame_successors(std::uint32_t node, std::uint32_t blame) noexcept;
    void add_up() noexcept;
    void leave_out_what_succeeded();

    run_state& run_;
    plan const& steps_;
    int const threads_;
    bool const own_arena_;
    bool const measures_;      // memory
    bool const calls_simply_;  // here, without a folder for results and without measuring
    profile::context const caller_;
    std::uint64_t const first_task_;    // the number of task 0 in the timeline
    std::vector<std::uint32_t> roots_;  // nodes that can begin at once, as plan::roots
    std::size_t n_to_do_;
    block<std::uint32_t> n_missing_;  // of each node: inputs not done yet
    std::vector<worker> workers_;
    frame const frame_;
    std::atomic<bool> attention_{false};  // not every task may begin: one failed or was omitted, or all are to stop
    alignas(128) std::atomic<std::size_t> next_root_{0};
    alignas(128) std::atomic<int> n_tickets_{0};
    // Not bound to a loop in which this run may be: if that is cancelled, loops in these tasks are not.
    tbb::task_group_context context_{tbb::task_group_context::isolated, tbb::task_group_context::default_traits |
                                                                            tbb::task_group_context::concurrent_wait};
    tbb::task_group group_{context_};
    inbox inbox_;
    std::mutex interrupted_mutex_;
    std::map<std::uint32_t, interrupted> interrupted_;
};

}  // namespace poise::task::detail
