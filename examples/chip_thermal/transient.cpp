// SPDX-License-Identifier: MIT
#include "chip_thermal/transient.hpp"

#include "chip_thermal/model.hpp"
#include "chip_thermal/power_trace.hpp"

#include <poise/core/reductions.hpp>
#include <poise/pde/heat.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

namespace chip_thermal {
namespace {

using namespace poise;

grid::field<2> after_sample(model const& m, grid::field<2> rise, std::span<double const> watts, double interval) {
    profile::scope const timing{"sample in time"};
    grid::field<2> source{m.die};
    m.blocks.add_power(watts, 1.0, source.values());
    auto result = pde::solve(pde::heat<2>{.domain = m.die,
                                          .kappa = m.spreading,
                                          .capacity = m.capacity,
                                          .sigma = m.cooling,
                                          .source = std::move(source),
                                          .boundary = grid::neumann{0.0},
                                          .initial = std::move(rise),
                                          .t = {0.0, interval}},
                             {.method = pde::time_method::exact});
    return std::move(result.u.back());
}

// Summed over the die, the equation is one of its mean alone, C dū/dt = P − H ū, however the heat spreads.
double balance_error(model const& m, double before, double after, double watts, double interval) {
    double const time = m.time_constant();
    double const taken_up = (watts - m.cooling * before) * time * -std::expm1(-interval / time);
    double const held = m.capacity * std::max(before, after);
    double const defect = std::abs(m.capacity * (after - before) - taken_up);
    return held > 0.0 ? defect / held : defect;
}

struct history {
    std::vector<sample_temperatures> samples;
    std::vector<frame> frames;
};

// The sample whose end is the frame of that number: from the first to the last, as evenly as can be; of one, the last.
std::size_t sample_of(std::size_t frame, std::size_t n_frames, std::size_t n_samples) {
    std::size_t const n = std::min(n_frames, n_samples);
    return n == 1 ? n_samples - 1 : frame * (n_samples - 1) / (n - 1);
}

history follow(options const& chosen, power_trace const& trace, model const& m) {
    history result;
    grid::field<2> rise{m.die};
    for (std::size_t s = 0; s < trace.n_samples(); ++s) {
        double const before = grid::integral(rise);
        rise = after_sample(m, std::move(rise), trace.watts(s), chosen.interval);
        auto row = temperatures_of_blocks(m, rise);
        row.balance_error = balance_error(m, before, grid::integral(rise), sum(trace.watts(s)), chosen.interval);
        result.samples.push_back(std::move(row));
        if (s != sample_of(result.frames.size(), chosen.frames, trace.n_samples())) continue;
        result.frames.push_back({end_of(s, chosen), rise});
        for (double& value : result.frames.back().temperature.values()) value += m.ambient;
    }
    return result;
}

moment moment_of(sample_temperatures const& now, sample_temperatures const& steady, floorplan const& plan) {
    auto const top = std::ranges::max_element(now.highest);
    moment result{.hottest_block = plan.blocks()[static_cast<std::size_t>(top - now.highest.begin())].name,
                  .highest = *top,
                  .steady = std::ranges::max(steady.highest)};
    for (std::size_t b = 0; b < now.mean.size(); ++b)
        result.farthest_mean = std::max(result.farthest_mean, std::abs(now.mean[b] - steady.mean[b]));
    return result;
}

std::vector<moment> compare(options const& chosen, floorplan const& plan, history const& followed,
                            task::collection<sample_temperatures> const& steady) {
    std::vector<moment> moments;
    for (std::size_t s = 0; s < steady.size(); ++s) {
        moments.push_back(moment_of(followed.samples[s], steady[s], plan));
        moments.back().t = end_of(s, chosen);
    }
    return moments;
}

model checked_model(options const& chosen, floorplan const& plan, power_trace const& trace) {
    require_solid(trace, chosen);
    model m{plan, chosen};
    require_followed(m, chosen);
    return m;
}

}  // namespace

transient_result run_transient(options const& chosen, std::function<void(task::progress const&)> on_progress) {
    std::size_t const n_samples = count_samples(chosen.power);
    task::graph g;
    auto const plan = g.add("read floorplan", [&] { return read_floorplan(chosen.floorplan, chosen.die); });
    auto const trace = g.add(
        "read power", [&](floorplan const& p) { return read_whole_trace(chosen.power, p, n_samples); }, plan);
    auto const shared = g.add(
        "check", [&](floorplan const& p, power_trace const& t) { return checked_model(chosen, p, t); }, plan, trace);
    auto const followed = g.add(
        "follow", [&](power_trace const& t, model const& m) { return follow(chosen, t, m); }, trace, shared);
    auto const op = g.add("operator", hold_operator, shared);
    auto const steady = g.map(
        "steady", n_samples,
        [](std::size_t s, power_trace const& t, model const& m, held_operator const&) {
            return solve_sample(m, t.watts(s));
        },
        trace, shared, op);
    auto const moments = g.add(
        "compare",
        [&](floorplan const& p, history const& h, task::collection<sample_temperatures> const& s) {
            return compare(chosen, p, h, s);
        },
        plan, followed, steady);
    auto const table = g.add(
        "table",
        [&](floorplan const& p, history const& h, std::vector<moment> const&) {
            return write_history(chosen, p, h.samples);
        },
        plan, followed, moments);
    auto const tiles = g.add(
        "tiles",
        [&](floorplan const& p, history const& h, std::vector<moment> const&) {
            return write_tiles(chosen, p, h.frames);
        },
        plan, followed, moments);
    auto const series = g.add(
        "series", [&](history const& h, std::vector<moment> const&) { return write_series(chosen, h.frames); },
        followed, moments);

    auto const run =
        task::executor{{.threads = static_cast<int>(chosen.threads), .on_progress = std::move(on_progress)}}.run(g);
    if (!run) std::rethrow_exception(run.failures().records.front().thrown);

    transient_result result;
    result.moments = run[moments].value();
    result.time_constant = run[shared].value().time_constant();
    result.files = {run[table].value(), run[tiles].value(), run[series].value()};
    result.graph = run.summary();
    for (auto const& sample : run[followed].value().samples)
        result.worst_balance_error = std::max(result.worst_balance_error, sample.balance_error);
    return result;
}

}  // namespace chip_thermal
