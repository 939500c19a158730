// SPDX-License-Identifier: MIT
// What profiling costs the main job, and whether its answer depends on the number of threads.
// Usage: chip_thermal_profiling [chip_thermal options], e.g. --floorplan ev6.flp --power gcc.ptrace
#include "alternate.hpp"
#include "chip_thermal/job.hpp"

#include <poise/profile.hpp>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>

namespace {

std::string content_of(std::string const& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void measure(chip_thermal::options chosen) {
    chosen.threads = 1;
    auto const one = chip_thermal::run_job(chosen);
    auto const table_of_one = content_of(one.files.front());
    chosen.threads = 2;
    auto const two = chip_thermal::run_job(chosen);
    std::printf("tables on 1 and 2 threads: %s\n",
                content_of(two.files.front()) == table_of_one ? "identical" : "DIFFERENT");
    std::printf("energy balance, worst of %zu samples: %.2e\n", two.n_samples, two.worst_balance_error);
    for (std::size_t const threads : {std::size_t{1}, std::size_t{2}}) {
        chosen.threads = threads;
        auto const run = [&] { return poise_bench::seconds_of([&] { (void)chip_thermal::run_job(chosen); }); };
        auto const off = run;
        auto const on = [&] {
            poise::profile::enable({.memory = true, .trace = true});
            double const seconds = run();
            poise::profile::disable();
            poise::profile::reset();
            return seconds;
        };
        auto const seconds = poise_bench::alternate({off, on}, 31);
        std::vector<double> ratio;
        for (std::size_t r = 0; r < seconds[0].size(); ++r) ratio.push_back(seconds[1][r] / seconds[0][r]);
        std::printf("%zu thread(s): off %.1f ms, on %.1f ms, paired ratio %.4f (MAD %.4f)\n", threads,
                    1e3 * poise_bench::median(seconds[0]), 1e3 * poise_bench::median(seconds[1]),
                    poise_bench::median(ratio), poise_bench::mad(ratio));
    }
}

}  // namespace

int main(int n_arguments, char** arguments) try {
    measure(chip_thermal::parse_options({arguments + 1, static_cast<std::size_t>(n_arguments - 1)}));
} catch (std::exception const& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 2;
}
