// SPDX-License-Identifier: MIT
#include "task/critical_path.hpp"
#include "task/graph_state.hpp"
#include "task/progress_meter.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/profile/context.hpp>
#include <poise/profile/control.hpp>
#include <poise/profile/metrics.hpp>
#include <poise/profile/scope.hpp>
#include <poise/task/executor.hpp>

#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <cxxabi.h>

#include <atomic>
#include <chrono>
#include <optional>

namespace poise::task {
namespace {

constexpr int most_threads = 4096;

// One run: counts down what each family of tasks still waits for, and lets a family go when that is nothing.
class execution {
public:
    execution(detail::graph_state const& g, std::vector<record>& records,
              std::vector<std::unique_ptr<detail::slot>>& results, detail::progress_meter& meter,
              profile::context caller)
        : graph_{g},
          records_{records},
          results_{results},
          meter_{meter},
          n_missing_(g.families.size()),
          first_dependent_(g.size() + 1),
          context_{caller},
          first_task_{profile::reserve_task_ids(g.size())} {
        for (auto const& family : g.families)
            for (std::uint32_t const input : family.inputs) ++first_dependent_[input + 1];
        for (std::size_t id = 0; id < g.size(); ++id) first_dependent_[id + 1] += first_dependent_[id];
        dependents_.resize(first_dependent_.back());
        std::vector<std::uint32_t> next(first_dependent_.begin(), first_dependent_.end() - 1);
        for (std::uint32_t f = 0; f < g.families.size(); ++f) {
            n_missing_[f].store(g.families[f].inputs.size(), std::memory_order_relaxed);
            for (std::uint32_t const input : g.families[f].inputs) dependents_[next[input]++] = f;
        }
    }

    void run_all() {
        for (std::uint32_t f = 0; f < graph_.families.size(); ++f)
            if (graph_.families[f].inputs.empty()) spawn(first_of(f), last_of(f));
        group_.wait();
    }

private:
    [[nodiscard]] std::uint32_t first_of(std::uint32_t f) const { return graph_.families[f].first; }
    [[nodiscard]] std::uint32_t last_of(std::uint32_t f) const {
        return f + 1 < graph_.families.size() ? graph_.families[f + 1].first
                                              : static_cast<std::uint32_t>(graph_.size());
    }

    // A thread takes its own newest task first, so the last are pushed first and tasks start in the order of their ids.
    void spawn(std::uint32_t first, std::uint32_t last) {
        while (last > first) group_.run([this, id = --last] { run_from(id); });
    }

    // Runs a task, then one that it made ready, and so on: a chain of tasks costs no scheduling.
    void run_from(std::uint32_t id) {
        constexpr std::uint32_t none = UINT32_MAX;
        for (std::uint32_t next = id; next != none;) {
            id = std::exchange(next, none);
            perform(id);
            meter_.advance();
            for (std::uint32_t d = first_dependent_[id]; d < first_dependent_[id + 1]; ++d) {
                std::uint32_t const f = dependents_[d];
                if (n_missing_[f].fetch_sub(1, std::memory_order_acq_rel) != 1 || first_of(f) == last_of(f)) continue;
                bool const here = next == none;
                if (here) next = first_of(f);
                spawn(first_of(f) + (here ? 1 : 0), last_of(f));
            }
        }
    }

    void perform(std::uint32_t id) {
        record& r = records_[id];
        auto const& family = graph_.of(id);
        r.worker = tbb::this_task_arena::current_thread_index();
        r.start_s = seconds();
        if (record const* culprit = first_failure(family)) {
            r.state = state::skipped;
            r.root_cause = culprit->root_cause;
        } else {
            call(id, family, r);
        }
        r.end_s = seconds();
    }

    // The failure with the lowest id: the same one, whatever the order in which tasks happened to run.
    [[nodiscard]] record const* first_failure(detail::graph_state::family const& family) const {
        record const* found = nullptr;
        for (std::uint32_t const input : family.inputs) {
            record const& r = records_[input];
            if (r.state != state::succeeded && (found == nullptr || r.root_cause < found->root_cause)) found = &r;
        }
        return found;
    }

    // An exception that left a oneTBB task would cancel its siblings; it becomes the outcome of this task instead.
    void call(std::uint32_t id, detail::graph_state::family const& family, record& r) {
        profile::context_guard const below_run{context_};
        profile::scope timing{family.name, profile::category::task};
        if (profile::enabled()) {
            timing.task(first_task_ + id);
            for (std::uint32_t const input : family.inputs) timing.after(first_task_ + input);
        }
        r.root_cause = id;
        r.state = state::failed;
        try {
            tbb::this_task_arena::isolate([&] { results_[id] = family.code->run(results_, graph_.index_of(id)); });
            r.state = state::succeeded;
        } catch (abi::__forced_unwind&) {
            throw;  // the thread is being cancelled: not ours to stop
        } catch (std::exception const& thrown) {
            r.message = thrown.what();
            r.thrown = std::current_exception();
        } catch (...) {
            r.message = "an exception that is not a std::exception";
            r.thrown = std::current_exception();
        }
    }

    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

    detail::graph_state const& graph_;
    std::vector<record>& records_;
    std::vector<std::unique_ptr<detail::slot>>& results_;
    detail::progress_meter& meter_;
    std::vector<std::atomic<std::size_t>> n_missing_;  // per family: inputs not done yet
    std::vector<std::uint32_t> first_dependent_;       // per task, into dependents_
    std::vector<std::uint32_t> dependents_;            // families
    profile::context const context_;
    std::uint64_t const first_task_;  // the number of task 0 in the timeline
    std::chrono::steady_clock::time_point const start_ = std::chrono::steady_clock::now();
    tbb::task_group group_;
};

// What advice about graphs is made of.
void tell(summary const& of_run, std::size_t n_tasks) {
    auto& metrics = profile::metrics();
    metrics.counter("task.run.runs").add();
    metrics.counter("task.run.tasks").add(n_tasks);
    metrics.gauge("task.run.work_seconds").add(of_run.work_s);
    metrics.gauge("task.run.span_seconds").add(of_run.span_s);
    metrics.gauge("task.run.wall_seconds").add(of_run.wall_s);
    metrics.gauge("task.run.threads").set(of_run.threads);
}

}  // namespace

executor::executor(executor_options options) : options_{std::move(options)}, threads_{options_.threads} {
    POISE_REQUIRE(options_.threads >= 0, "executor: threads is ", options_.threads,
                  "; give a number >= 1, or 0 for all");
    POISE_REQUIRE(options_.threads <= most_threads, "executor: threads is ", options_.threads, "; at most ",
                  most_threads);
    if (threads_ == 0) threads_ = tbb::info::default_concurrency();
}

task::run executor::run(graph const& g) const {
    auto const start = std::chrono::steady_clock::now();
    task::run made;
    made.graph_id_ = g.id();
    made.records_.resize(g.size());
    made.results_.resize(g.size());
    for (std::uint32_t id = 0; id < g.size(); ++id) made.records_[id].name = g.state().name_of(id);

    // More threads than cores have to be allowed; oneTBB takes the smallest of all such limits.
    std::optional<tbb::global_control> more_threads;
    if (threads_ > tbb::info::default_concurrency())
        more_threads.emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads_));
    detail::progress_meter meter{options_.on_progress, g.size()};
    tbb::task_arena arena{threads_};
    auto const caller = profile::capture();  // here: the arena may run what follows on another thread
    arena.execute([&] { execution{g.state(), made.records_, made.results_, meter, caller}.run_all(); });
    meter.finish();
    for (record& r : made.records_)
        if (r.state == state::skipped)
            r.message =
                concat("because ", made.records_[r.root_cause].name, " failed: ", made.records_[r.root_cause].message);

    made.summary_ = detail::summarise(g.state(), made.records_);
    made.summary_.threads = threads_;
    made.summary_.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    tell(made.summary_, g.size());
    return made;
}

}  // namespace poise::task
