// SPDX-License-Identifier: MIT
#include "chip_thermal/job.hpp"

#include "chip_thermal/model.hpp"
#include "chip_thermal/output.hpp"
#include "chip_thermal/power_trace.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/core/concat.hpp>
#include <poise/grid/png.hpp>
#include <poise/grid/vti.hpp>

#include <algorithm>
#include <functional>

namespace chip_thermal {
namespace {

using namespace poise;

// Hottest block of every sample, and the sample in which any point is hottest.
struct hottest {
    std::vector<std::size_t> block;
    std::size_t sample = 0;
    std::size_t block_of_sample = 0;
    double temperature = 0.0;
};

hottest find_hottest(task::collection<sample_temperatures> const& samples) {
    hottest found;
    for (std::size_t s = 0; s < samples.size(); ++s) {
        auto const& mean = samples[s].mean;
        auto const& highest = samples[s].highest;
        found.block.push_back(static_cast<std::size_t>(std::ranges::max_element(mean) - mean.begin()));
        auto const top = std::ranges::max_element(highest);
        if (s == 0 || *top > found.temperature)
            found.sample = s, found.temperature = *top,
            found.block_of_sample = static_cast<std::size_t>(top - highest.begin());
    }
    return found;
}

std::vector<block_peak> find_peaks(floorplan const& plan, task::collection<sample_temperatures> const& samples) {
    std::vector<block_peak> peaks;
    for (std::size_t b = 0; b < plan.blocks().size(); ++b) {
        block_peak peak{.block = plan.blocks()[b].name};
        for (std::size_t s = 0; s < samples.size(); ++s) {
            if (s == 0 || samples[s].mean[b] > peak.mean) peak.mean = samples[s].mean[b], peak.mean_sample = s;
            if (s == 0 || samples[s].highest[b] > peak.highest)
                peak.highest = samples[s].highest[b], peak.highest_sample = s;
        }
        peaks.push_back(std::move(peak));
    }
    std::ranges::stable_sort(peaks, std::greater{}, &block_peak::highest);
    return peaks;
}

std::string write_temperatures(options const& chosen, floorplan const& plan,
                               task::collection<sample_temperatures> const& samples) {
    auto const path = output_path(chosen, "temperatures.csv");
    atomic_file file{path};
    write_names(file, "sample", plan);
    for (std::size_t s = 0; s < samples.size(); ++s) write_row(file, to_text(s), samples[s].mean);
    file.commit();
    return path;
}

std::string write_picture(options const& chosen, floorplan const& plan, grid::field<2> const& temperature,
                          hottest const& top) {
    grid::png_options const look{
        .title = concat("Hottest sample, ", top.sample, ": ", to_text_fixed(top.temperature, 2), " K in ",
                        plan.blocks()[top.block_of_sample].name),
        .unit = "K",
        .outlines = outlines_of(plan),
        .length_unit = "mm",
        .length_scale = 1e3};
    auto const path = output_path(chosen, "hottest.png");
    grid::write_png(path, temperature, look);
    return path;
}

// The field of the hottest sample is solved once more, which takes the time of one sample; keeping the fields of all
// samples until the hottest is known would take the memory of all.
grid::field<2> hottest_field(power_trace const& trace, model const& m, hottest const& top) {
    auto temperature = steady_rise(m, trace.watts(top.sample));
    for (double& value : temperature.values()) value += m.ambient;
    return temperature;
}

std::string write_cells(options const& chosen, grid::field<2> const& temperature) {
    auto const path = output_path(chosen, "hottest.vti");
    grid::write_vti(path, temperature, {.name = "temperature"});
    return path;
}

}  // namespace

job_result run_job(options const& chosen, std::function<void(task::progress const&)> on_progress) {
    std::size_t const n_samples = count_samples(chosen.power);
    task::graph g;
    auto const plan = g.add("read floorplan", [&] { return read_floorplan(chosen.floorplan, chosen.die); });
    auto const trace = g.add(
        "read power", [&](floorplan const& p) { return read_whole_trace(chosen.power, p, n_samples); }, plan);
    auto const shared = g.add(
        "check",
        [&](floorplan const& p, power_trace const& t) {
            require_solid(t, chosen);
            return model{p, chosen};
        },
        plan, trace);
    auto const op = g.add("operator", hold_operator, shared);
    auto const solved = g.map(
        "solve", n_samples,
        [](std::size_t s, power_trace const& t, model const& m, held_operator const&) {
            return solve_sample(m, t.watts(s));
        },
        trace, shared, op);
    auto const top = g.add(
        "hottest", [](task::collection<sample_temperatures> const& s, power_trace const&) { return find_hottest(s); },
        solved, trace);
    auto const peaks = g.add("peaks", find_peaks, plan, solved);
    auto const table = g.add(
        "table",
        [&](floorplan const& p, task::collection<sample_temperatures> const& s, hottest const&) {
            return write_temperatures(chosen, p, s);
        },
        plan, solved, top);
    auto const field = g.add("hottest field", hottest_field, trace, shared, top);
    auto const picture = g.add(
        "picture",
        [&](floorplan const& p, grid::field<2> const& u, hottest const& h) { return write_picture(chosen, p, u, h); },
        plan, field, top);
    auto const cells = g.add(
        "cells", [&](grid::field<2> const& u) { return write_cells(chosen, u); }, field);

    auto const run =
        task::executor{{.threads = static_cast<int>(chosen.threads), .on_progress = std::move(on_progress)}}.run(g);
    if (!run) std::rethrow_exception(run.failures().records.front().thrown);

    job_result result;
    result.peaks = run[peaks].value();
    result.n_samples = n_samples;
    result.graph = run.summary();
    result.files = {run[table].value(), run[picture].value(), run[cells].value()};
    for (std::size_t const b : run[top].value().block)
        result.hottest_blocks.push_back(run[plan].value().blocks()[b].name);
    for (std::size_t s = 0; s < n_samples; ++s)
        result.worst_balance_error = std::max(result.worst_balance_error, run[solved[s]].value().balance_error);
    return result;
}

}  // namespace chip_thermal
