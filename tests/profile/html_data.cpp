// SPDX-License-Identifier: MIT
#include "html_data.hpp"

namespace poise_test {
namespace {

using profile::category;

constexpr double ms = 1e-3;
constexpr std::uint64_t kib = 1024, mib = 1024 * 1024;

// One sample of the power trace: what a task of a thermal analysis does. The first on each thread builds the operator.
void solve_sample(run_writer& run, std::size_t row, std::uint64_t id, bool builds) {
    run.begin(row, "solve sample", category::task, id);
    run.leaf(row, "power to cells", 0.4 * ms);
    run.begin(row, "pde::solve");
    run.leaf(row, "right-hand side", 0.5 * ms);
    if (builds) {
        run.begin(row, "build operator");
        run.leaf(row, "assemble", 6 * ms);
        run.begin(row, "factorise");
        run.leaf(row, "analyse", 9 * ms);
        run.leaf(row, "numeric", 61 * ms);
        run.end();
        run.end();
    }
    for (int pass = 0; pass < 2; ++pass) {
        run.leaf(row, "triangular solves", 2.6 * ms);
        run.leaf(row, "residual", 0.9 * ms);
    }
    run.spend(row, run.around(0.1 * ms));
    run.end();
    run.leaf(row, "temperatures of blocks", 0.3 * ms);
    run.end();
}

void write_timeline(run_writer& run) {
    std::size_t const main = run.row("main"), worker = run.row("worker 1");
    auto& events = run.data().events;
    run.leaf(main, "read floorplan", 3 * ms);
    run.leaf(main, "read power trace", 7 * ms);
    run.begin(main, "run");
    run.spend(main, 0.4 * ms);
    run.begin(main, "prepare mesh", category::task, 1);
    run.spend(main, run.around(9 * ms));
    run.end();
    run.wait_until(worker, run.free_at(main) + 0.2 * ms);
    for (std::uint64_t task = 0; task < 48; ++task) {
        std::size_t const row = run.free_at(main) <= run.free_at(worker) ? main : worker;
        solve_sample(run, row, 2 + task, task < 2);
        run.spend(row, 0.03 * ms);
        events.edges.push_back({1, 2 + task});
        events.edges.push_back({2 + task, 100});
    }
    run.wait_until(main, run.free_at(worker));
    run.begin(main, "hottest block", category::task, 100);
    run.spend(main, run.around(2 * ms));
    run.end();
    run.begin(main, "write files", category::task, 101);
    run.leaf(main, "write .vti", 14 * ms);
    run.leaf(main, "write .png", 22 * ms);
    run.end();
    events.edges.push_back({100, 101});
    run.end();
    run.leaf(main, "print table", 0.6 * ms);
}

void add_memory(profile::scope_statistics& s) {
    struct {
        char const* name;
        std::uint64_t allocations, bytes, peak;
    } const known[] = {{"numeric", 118, 61 * mib, 38 * mib},
                       {"analyse", 64, 9 * mib, 6 * mib},
                       {"assemble", 14, 11 * mib, 11 * mib},
                       {"right-hand side", 48, 24 * mib, 512 * kib},
                       {"triangular solves", 96, 48 * mib, mib},
                       {"read power trace", 5230, 3 * mib, 900 * kib},
                       {"write .png", 40, 5 * mib, 4 * mib},
                       {"power to cells", 48, 24 * mib, 512 * kib},
                       {"temperatures of blocks", 96, 96 * kib, 2 * kib}};
    for (auto const& k : known)
        if (s.name == k.name) s.allocations = k.allocations, s.allocated_bytes = k.bytes, s.peak_bytes = k.peak;
    if (s.name == "triangular solves") s.moved_bytes = 96.0 * 76e6, s.flops = 96.0 * 19e6;
    if (s.name == "residual") s.moved_bytes = 96.0 * 8.1e6, s.flops = 96.0 * 0.66e6;
    if (s.name == "temperatures of blocks") s.recorded = profile::mode::sampled, s.demoted = true, s.timed_calls = 3;
    s.file = s.name.starts_with("write") || s.name.starts_with("read") ? "examples/chip_thermal/job.cpp"
                                                                       : "src/linear/direct_solve.cpp";
    s.line = static_cast<unsigned>(20 + s.name.size() * 7);
    for (auto& child : s.children) {
        add_memory(child);
        s.allocations += child.allocations;
        s.allocated_bytes += child.allocated_bytes;
        s.peak_bytes = std::max(s.peak_bytes, child.peak_bytes);
    }
}

std::vector<profile::memory_point> heap_over_time(double wall_s) {
    std::vector<profile::memory_point> points;
    for (double t = 0; t < wall_s; t += wall_s / 400) {
        double const built = 1 / (1 + std::exp(-(t - 0.07) / 0.008));
        double const level = 2.0 + 52.0 * built + 9.0 * std::exp(-std::pow((t - 0.095) / 0.014, 2)) +
                             (t > 0.02 && t < wall_s - 0.05 ? 1.5 * std::abs(std::sin(t * 900)) : 0.0);
        points.push_back({t, static_cast<std::uint64_t>(level * static_cast<double>(mib))});
    }
    return points;
}

profile::source_frame at(char const* function, char const* file, unsigned line, bool inlined = false) {
    return {function, file, line, inlined};
}

std::vector<profile::allocation_site> sites() {
    auto const main = at("main", "examples/chip_thermal/main.cpp", 41);
    auto const job = at("chip_thermal::run_job(chip_thermal::options const&)", "examples/chip_thermal/job.cpp", 118);
    auto const solve =
        at("poise::pde::solve(poise::pde::poisson<2> const&, poise::pde::options const&)", "src/pde/solve.cpp", 86);
    return {
        {{at("poise::linear::cholmod_factor::numeric()", "src/linear/cholesky.cpp", 131),
          at("poise::linear::factorise(poise::linear::csr_view)", "src/linear/cholesky.cpp", 76), solve, job, main},
         "run/solve sample/pde::solve/build operator/factorise/numeric",
         122,
         118,
         61.0 * mib},
        {{at("std::vector<double>::_M_default_append", "bits/vector.tcc", 653, true),
          at("poise::linear::direct_solve(poise::linear::operator_entry const&)", "src/linear/direct_solve.cpp", 58),
          solve, job, main},
         "run/solve sample/pde::solve/triangular solves",
         96,
         96,
         48.0 * mib},
        {{at("poise::pde::right_hand_side", "src/pde/solve.cpp", 75), solve, job, main},
         "run/solve sample/pde::solve/right-hand side",
         47,
         48,
         24.0 * mib},
        {{at("poise::linear::assemble", "src/linear/neg_laplacian.cpp", 90), solve, job, main},
         "run/solve sample/pde::solve/build operator/assemble",
         22,
         14,
         11.0 * mib},
        {{at("std::string::_M_create", "", 0),
          at("chip_thermal::read_power_trace", "examples/chip_thermal/power_trace.cpp", 64), main},
         "read power trace",
         6,
         5230,
         3.0 * mib}};
}

profile::function_statistics function(profile::source_frame where, std::uint64_t self,
                                      std::vector<profile::function_statistics> children = {}) {
    profile::function_statistics f{std::move(where), self, self, std::move(children)};
    for (auto const& child : f.children) f.total_samples += child.total_samples;
    return f;
}

profile::sampled_profile sampled() {
    profile::sampled_profile p;
    p.name = "one cold solve";
    p.duration_s = 0.462, p.cpu_s = 0.455, p.asked_hz = 997, p.engine = "perf_event task-clock, frame pointers",
    p.lost_samples = 3;
    auto kernels = function(at("cholmod_super_numeric", "", 0), 21,
                            {function(at("dgemm_kernel_SKYLAKEX", "", 0), 171),
                             function(at("dtrsm_kernel_RT", "", 0), 54), function(at("dsyrk_LN", "", 0), 38)});
    auto factor =
        function(at("poise::linear::factorise(poise::linear::csr_view)", "src/linear/cholesky.cpp", 76), 2,
                 {std::move(kernels),
                  function(at("poise::linear::nested_dissection", "src/linear/nested_dissection.cpp", 44), 33)});
    auto solves = function(at("poise::linear::direct_solve", "src/linear/direct_solve.cpp", 58), 4,
                           {function(at("poise::linear::forward", "src/linear/direct_solve.cpp", 61, true), 41),
                            function(at("poise::linear::backward", "src/linear/direct_solve.cpp", 63, true), 46)});
    auto assemble = function(at("poise::linear::assemble", "src/linear/neg_laplacian.cpp", 90), 26);
    auto solve = function(
        at("poise::pde::solve(poise::pde::poisson<2> const&, poise::pde::options const&)", "src/pde/solve.cpp", 86), 3,
        {std::move(factor), std::move(solves), std::move(assemble)});
    p.root = function({}, 0,
                      {function(at("main", "examples/chip_thermal/main.cpp", 41), 1,
                                {std::move(solve), function(at("std::exp(double)", "", 0), 18)})});
    return p;
}

profile::measurement measured(std::string name, double median_s, double spread, unsigned seed) {
    std::mt19937 random{seed};
    profile::measurement m;
    m.name = std::move(name);
    m.calls_per_slice = 16;
    for (int i = 0; i < 121; ++i) {
        double const noise = std::gamma_distribution{2.0, spread}(random)-1.6 * spread;
        m.slices_s.push_back(median_s * (1 + noise + (i % 40 == 17 ? 0.6 : 0.0)));
    }
    auto sorted = m.slices_s;
    std::ranges::sort(sorted);
    m.median_s = sorted[60], m.min_s = sorted[0], m.median_interval_s = {sorted[49], sorted[71]};
    m.mad_s = median_s * spread;
    return m;
}

profile::comparison compared() {
    profile::comparison c{"solving −Δu = f on 256²", {}, 121, 0.02, {0.993, 1.008}, 0.121};
    c.contenders.push_back(
        {measured("cold, Cholesky", 214e-6, 0.02, 1), 1.0, {1.0, 1.0}, profile::verdict::equivalent});
    c.contenders.push_back(
        {measured("warm, operator cache", 131e-6, 0.02, 2), 0.612, {0.604, 0.621}, profile::verdict::faster});
    c.contenders.push_back(
        {measured("without nested dissection", 262e-6, 0.04, 3), 1.224, {1.19, 1.262}, profile::verdict::slower});
    c.contenders.push_back(
        {measured("with -march=native", 213e-6, 0.02, 4), 0.997, {0.991, 1.004}, profile::verdict::equivalent});
    c.contenders.push_back(
        {measured("huge pages", 208e-6, 0.09, 5), 0.971, {0.93, 1.013}, profile::verdict::undecided});
    return c;
}

profile::histogram_statistics recorded(double median, unsigned seed) {
    profile::metrics_registry registry;
    auto& values = registry.histogram("values");
    std::mt19937 random{seed};
    for (int i = 0; i < 96; ++i) values.record(median * std::exp(std::normal_distribution{0.0, 0.3}(random)));
    return registry.snapshot().at(0).histogram;
}

void describe(page_data& data, double wall_s) {
    auto& s = data.shown;
    s.wall_s = wall_s, s.scope_cost_s = 18.9e-9, s.timed_bias_s = -9.6e-9, s.overhead_budget = 0.02, s.clock = "rdtsc";
    s.overhead_s = static_cast<double>(s.calls) * s.scope_cost_s;
    s.record_bytes = 640 * kib, s.has_memory = s.has_allocations = true;
    s.memory = {5761, 186 * mib, 4 * mib, 63 * mib, 38 * mib, 44 * mib};
    s.resident_bytes = 71 * mib, s.resident_peak_bytes = 118 * mib;
}

}  // namespace

page_data plausible_run() {
    run_writer run{7};
    write_timeline(run);
    page_data data = run.data();
    tree_builder logical;
    for (auto const& row : data.events.rows) {
        logical.add(data.events, row, {"run"});
        tree_builder physical;
        physical.add(data.events, row, {});
        data.shown.threads.push_back({row.row, row.name, physical.tree()});
        data.shown.calls += row.events.size();
        add_memory(data.shown.threads.back().root);
    }
    data.shown.root = logical.tree();
    add_memory(data.shown.root);
    double const wall_s = run.free_at(0) + 1.2 * ms;
    data.events.memory = heap_over_time(wall_s);
    describe(data, wall_s);
    data.shown.allocation_sites = sites();
    data.shown.samples = {sampled()};
    data.shown.comparisons = {compared()};
    data.shown.measurements = {measured("assemble 256²", 5.93 * ms, 0.03, 8), measured("residual", 0.91e-3, 0.015, 9)};
    using kind = profile::metric_kind;
    data.shown.metrics = {{"linear.operator_cache.bytes", kind::gauge, 57.0 * mib},
                          {"linear.operator_cache.hits", kind::counter, 46},
                          {"linear.operator_cache.misses", kind::counter, 2},
                          {"linear.operator_cache.saved_seconds", kind::gauge, 3.47},
                          {"linear.solves", kind::counter, 48},
                          {"linear.worst_residual", kind::gauge, 4.1e-14},
                          {"task.executor.steals", kind::counter, 7},
                          {"task.executor.tasks", kind::counter, 51}};
    for (char const* method : {"cholesky", "conjugate gradients"}) {
        double const median_s = method[1] == 'h' ? 3e-3 : 9e-3;
        data.shown.metrics.push_back({"linear.solve_seconds",
                                      kind::histogram,
                                      0.0,
                                      {{"method", method}},
                                      recorded(median_s, 5),
                                      "time of one solve"});
    }
    data.options.title = "chip_thermal, 48 samples, 2 threads";
    data.options.advice = std::vector<profile::advice>{
        {profile::advice_rule::repeated_allocation, "run/solve sample/pde::solve/triangular solves", 96, "96 × 512 KiB",
         "Each of 96 calls allocates a vector of its own and frees it again.",
         "Make the workspace once and pass it in: solve(A, b, workspace)."},
        {profile::advice_rule::critical_path, "run", 0.31, "31 %",
         "prepare mesh → solve sample → hottest block → write files takes 31 % of the run on any number of threads.",
         "Write the pictures while samples are still solved: they need one sample, not all."},
        {profile::advice_rule::rebuilt_values, "run/solve sample/pde::solve/build operator", 2, "2 of 2",
         "Two threads built the same operator at the same time.",
         "Solve one sample before the graph, so that the cache is warm."}};
    return data;
}

page_data nasty_run() {
    page_data data = plausible_run();
    auto const names = nasty_names();
    data.options.title = names[0];
    data.shown.root.children.clear();
    for (auto& thread : data.shown.threads) thread.root.children.clear();
    data.events.names = names;
    double start_s = 0.0;
    data.events.rows.resize(1);
    data.events.rows[0] = {0, names[1], {}};
    data.events.edges.clear();
    for (std::size_t i = 0; i < names.size(); ++i) {
        profile::scope_statistics s;
        s.name = names[i], s.calls = s.timed_calls = i + 1,
        s.inclusive_s = s.exclusive_s = 0.01 * static_cast<double>(i + 1);
        s.file = names[(i + 1) % names.size()], s.line = 3;
        s.demoted = i % 4 == 0;
        data.shown.root.children.push_back(s);
        data.shown.threads[0].root.children.push_back(s);
        data.events.rows[0].events.push_back(
            {static_cast<std::uint32_t>(i), category::task, start_s, start_s + s.inclusive_s, i + 1});
        if (i > 0) data.events.edges.push_back({i, i + 1});
        start_s += s.inclusive_s;
        data.shown.allocation_sites.push_back({{at(names[i].c_str(), names[0].c_str(), 1)}, names[i], 1, 1, 1e6});
        data.shown.samples[0].root.children.push_back(function(at(names[i].c_str(), names[i].c_str(), 9), 3));
        data.shown.samples[0].root.total_samples += 3;
        data.shown.metrics.push_back({names[i], profile::metric_kind::gauge, 1.5});
        data.options.advice->push_back(
            {profile::advice_rule::small_cache, names[i], 1.0, names[i].substr(0, 30), names[i], names[i]});
        data.shown.measurements.push_back(measured(names[i], 1e-3, 0.02, 3));
        data.shown.comparisons[0].contenders.push_back(data.shown.comparisons[0].contenders[1]);
        data.shown.comparisons[0].contenders.back().times.name = names[i];
    }
    data.shown.threads[1].name = names[4];
    data.shown.samples[0].name = names[1];
    data.shown.samples[0].engine = data.shown.samples[0].failure = names[0];
    data.shown.comparisons[0].name = names[0];
    return data;
}

page_data large_run(std::size_t n) {
    page_data data;
    auto& s = data.shown;
    s.wall_s = 10.0, s.scope_cost_s = 19e-9, s.clock = "rdtsc";
    std::mt19937 random{11};
    std::size_t made = 0;
    for (std::size_t top = 0; top < 10; ++top) {
        profile::scope_statistics phase;
        phase.name = "phase " + std::to_string(top);
        phase.calls = phase.timed_calls = 1;
        phase.inclusive_s = 1.0;
        ++made;
        std::size_t const below = n / 10 - 1;
        double const all = std::log(1.0 + static_cast<double>(below));
        double children_s = 0.0;
        // The k-th longest takes 1/k of the longest; some have scopes inside.
        for (std::size_t k = 1; made < n * (top + 1) / 10; ++k) {
            profile::scope_statistics work;
            work.name = "work item with a longish name " + std::to_string(top) + "." + std::to_string(k);
            work.calls = work.timed_calls = 1 + random() % 1000;
            work.inclusive_s = 0.9 / (all * static_cast<double>(k));
            work.min_s = work.p50_s = work.p90_s = work.p99_s = work.max_s =
                work.inclusive_s / static_cast<double>(work.calls);
            work.file = "src/some/file.cpp", work.line = static_cast<unsigned>(k);
            work.exclusive_s = work.inclusive_s;
            ++made;
            if (k % 3 == 0 && made < n * (top + 1) / 10) {
                profile::scope_statistics inner = work;
                inner.name += " inner";
                inner.inclusive_s = inner.exclusive_s = work.inclusive_s * 0.5;
                work.exclusive_s -= inner.inclusive_s;
                s.calls += inner.calls;
                work.children.push_back(inner);
                ++made;
            }
            children_s += work.inclusive_s;
            s.calls += work.calls;
            phase.children.push_back(std::move(work));
        }
        phase.exclusive_s = phase.inclusive_s - children_s;
        s.calls += phase.calls;
        s.root.children.push_back(std::move(phase));
    }
    s.threads.push_back({0, "main", s.root});
    // As many calls on the timeline, in nests of three.
    profile::timeline_row row{0, "main", {}};
    data.events.names = {"outer", "middle", "inner"};
    double const each = s.wall_s * 3.0 / static_cast<double>(n);
    for (std::size_t i = 0; i + 3 <= n; i += 3) {
        double const start_s = each * static_cast<double>(i / 3);
        for (std::uint32_t depth = 0; depth < 3; ++depth)
            row.events.push_back(
                {depth, category::phase, start_s + 0.1 * each * depth, start_s + (0.9 - 0.1 * depth) * each, 0});
    }
    data.events.rows.push_back(std::move(row));
    return data;
}

}  // namespace poise_test
