// SPDX-License-Identifier: MIT
#include "core/serial_blas.hpp"
#include "task/arena_pool.hpp"
#include "task/engine.hpp"
#include "task/process_pool.hpp"
#include "task/progress_meter.hpp"
#include "task/run_state.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/profile/context.hpp>
#include <poise/profile/control.hpp>
#include <poise/profile/metrics.hpp>
#include <poise/task/executor.hpp>

#include <tbb/info.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <stop_token>
#include <utility>

namespace poise::task {
namespace {

constexpr int most_threads = 4096;

// One for each number of threads, for all executors: an arena that is dropped leaves kilobytes behind until the threads
// that were in it have come and gone. Never destroyed, as an executor may be a static of another file.
std::shared_ptr<detail::arena_pool> pool_of(int threads) {
    static std::mutex mutex;
    static auto& pools = *new std::map<int, std::shared_ptr<detail::arena_pool>>;
    std::scoped_lock const lock{mutex};
    auto& pool = pools[threads];
    if (!pool) pool = std::make_shared<detail::arena_pool>(threads);
    return pool;
}

// What advice about graphs is made of. The results matter more: without memory for it, nothing is told.
void tell(run const& made, std::size_t n_tasks) try {
    auto const of_run = made.summary();
    auto& metrics = profile::metrics();
    metrics.counter("task.run.runs").add();
    metrics.counter("task.run.tasks").add(n_tasks);
    metrics.gauge("task.run.work_seconds").add(of_run.work_s);
    metrics.gauge("task.run.span_seconds").add(of_run.span_s);
    metrics.gauge("task.run.wall_seconds").add(of_run.wall_s);
    metrics.gauge("task.run.threads").set(of_run.threads);
} catch (std::bad_alloc const&) {
}

// Progress and the wish to stop, around whatever runs the tasks.
template <class RunAll>
void run_by(detail::engine& engine, detail::run_state const& run, executor_options const& options,
            RunAll const& run_all) {
    std::stop_callback const on_stop{run.stop, [&] { engine.stop(); }};
    detail::progress_meter meter{options.on_progress, run.steps->n_tasks, [&] { return engine.n_done(); }};
    run_all();
    meter.finish();
}

// In the arena whose threads it may use; null: the one around.
void run_here(detail::run_state& run, executor_options const& options, profile::context caller, int threads,
              tbb::task_arena* arena) {
    run.threads = threads;
    std::optional<poise::detail::serial_blas> one_blas_thread;
    if (threads > 1 && run.steps->is_wide && !options.keep_blas_threads) one_blas_thread.emplace();
    detail::engine engine{run, caller, threads, arena};
    run_by(engine, run, options, [&] { engine.run_all(); });
}

// What cannot be run in another process is told before anything is.
void require_processes(detail::run_state const& run) {
    for (std::size_t f = 0; f < run.steps->n_families; ++f) {
        auto const& family = run.graph->families[f];
        auto const name = [&] { return run.graph->name_of(family.first_id, family); };
        if (run.end_of_family(f) == family.first_id) continue;
        POISE_REQUIRE(family.kind->how != detail::ending::told, "processes: '", name(),
                      "' ends when its completion is told, and who tells it is not in another process; a coroutine, ",
                      "task::async, can be run there");
        auto const& result = *family.kind->result;
        POISE_REQUIRE(result.size == 0 || result.write != nullptr, "processes: the result of '", name(),
                      "' cannot cross from one process to another: specialise poise::task::serializer for its type");
    }
}

void run_in_processes(detail::run_state& run, executor_options const& options, profile::context caller,
                      int n_processes) {
    require_processes(run);
    // No more than there are tasks.
    int const n = std::max(1, static_cast<int>(std::min(run.steps->n_tasks, static_cast<std::size_t>(n_processes))));
    detail::process_pool pool{run, n, {.memory_limit = options.memory_limit}};
    run.threads = pool.size();
    detail::engine engine{run, caller, 1, nullptr, &pool};
    run_by(engine, run, options, [&] { engine.run_elsewhere(); });
}

}  // namespace

executor::executor(executor_options options) : executor{std::move(options), mode::threads} {}

executor::executor(executor_options options, mode how)
    : options_{std::move(options)}, mode_{how}, threads_{options_.threads} {
    POISE_REQUIRE(options_.threads >= 0, "executor: threads is ", options_.threads,
                  "; give a number >= 1, or 0 for all");
    POISE_REQUIRE(options_.threads <= most_threads, "executor: threads is ", options_.threads, "; at most ",
                  most_threads);
    if (threads_ == 0) threads_ = tbb::info::default_concurrency();
    if (how == mode::serial) threads_ = 1;
    arenas_ = pool_of(threads_);
}

executor serial(executor_options options) { return executor{std::move(options), executor::mode::serial}; }

executor processes(int n, executor_options options) {
    POISE_REQUIRE(n >= 0, "processes: the number is ", n, "; give a number >= 1, or 0 for one a core");
    options.threads = n;
    return executor{std::move(options), executor::mode::processes};
}

task::run executor::run(graph const& g, run_options const& options) const {
    auto const graph_state = g.state_ ? g.state_ : std::make_shared<detail::graph_state>();
    auto run = std::make_unique<detail::run_state>(graph_state, graph_state->make_plan(), g.id(), options_.timed,
                                                   options.stop);
    run->stop_at_failure = options.stop_at_failure;
    if (options_.memory) run->memory = detail::block<profile::memory_block>{run->steps->n_tasks, {}};
    run->start();
    execute(*run, options.results);
    task::run made{std::move(run)};
    if (profile::enabled()) tell(made, g.size());
    return made;
}

void run::rerun_failed(executor const& by) {
    state_->forget_failures();
    by.execute(*state_, {});
}

void executor::execute(detail::run_state& run, std::string const& results_folder) const {
    if (!results_folder.empty()) run.store = std::make_unique<detail::result_store>(results_folder, run);
    auto const caller = profile::capture();  // here: the arena may run what follows on another thread
    int const around = detail::engine::threads_around();
    if (mode_ == mode::serial) {
        // An arena for one thread, which is the caller: loops within tasks have no other either.
        detail::arena_pool::lease lent{*arenas_};
        lent.arena().execute([&] {
            detail::engine engine{run, caller, 1};
            run_by(engine, run, options_, [&] { engine.run_in_order(); });
        });
    } else if (mode_ == mode::processes) {
        run_in_processes(run, options_, caller, threads_);
    } else if (around > 0 && !run.steps->suspends) {
        run_here(run, options_, caller, std::min(threads_, around), nullptr);
    } else {
        // Also inside a task, if tasks are to be suspended: news enters by an arena, and not into an isolated region.
        detail::arena_pool::lease lent{*arenas_};
        lent.arena().execute([&] { run_here(run, options_, caller, threads_, &lent.arena()); });
    }
    run.finish();
}

std::string to_text(progress const& p, int width) {
    double const part = p.n_tasks == 0 ? 1.0 : static_cast<double>(p.n_done) / static_cast<double>(p.n_tasks);
    auto const whole = static_cast<std::size_t>(std::max(width, 1));
    auto const filled = static_cast<std::size_t>(part * static_cast<double>(whole));
    std::string bar(filled, '=');
    if (filled < whole) bar += '>';
    bar.resize(whole, ' ');
    std::string text = concat('[', bar, "] ", static_cast<int>(100.0 * part), " %, ", p.n_done, " of ", p.n_tasks,
                              " tasks, ", poise::to_text(p.tasks_per_s, 3), "/s");
    if (p.n_done < p.n_tasks && p.n_done > 0) text += concat(", ", seconds_to_text(p.remaining_s), " left");
    return text;
}

}  // namespace poise::task
