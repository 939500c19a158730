// SPDX-License-Identifier: MIT
// Chip temperatures from a floorplan and a power trace: chip_thermal --help
#include "chip_thermal/job.hpp"
#include "chip_thermal/progress_bar.hpp"
#include "chip_thermal/transient.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/linear/report.hpp>
#include <poise/profile.hpp>

#include <exception>
#include <filesystem>
#include <iostream>
#include <new>
#include <string>

namespace {

constexpr int exit_bad_input = 2;

int complain(std::string const& message, int exit_code) {
    std::cerr << "chip_thermal: " << message << '\n';
    return exit_code;
}

// The report's own advice is for callers of the library.
std::string advice(poise::linear::solve_report const& report) {
    return poise::concat("the temperatures cannot be computed accurately: the residual is ",
                         poise::to_text(report.residual_norm, 3), ", above ", poise::to_text(report.tolerance, 3),
                         "; give a smaller --resistance or fewer --cells");
}

template <class Job>
void run(Job const& job, chip_thermal::options const& chosen) {
    if (chosen.profile) poise::profile::enable({.memory = true});
    auto result = [&] {
        chip_thermal::progress_bar bar{"solving"};
        return job(chosen, [&](poise::task::progress const& p) { bar.update(p.n_done, p.n_tasks); });
    }();
    poise::profile::disable();
    std::cout << result << "\nTask graph: " << result.graph << '\n';
    if (chosen.profile) {
        std::cout << poise::profile::report() << '\n';
        std::filesystem::path const folder{chosen.output};
        poise::profile::write_trace((folder / "trace.json").string());
        poise::profile::write_html((folder / "profile.html").string(), {.title = "chip_thermal"});
        for (char const* name : {"trace.json", "profile.html"}) result.files.push_back((folder / name).string());
    }
    std::cout << "Written:\n";
    for (auto const& file : result.files) std::cout << "  " << file << '\n';
}

}  // namespace

int main(int n_arguments, char** arguments) try {
    auto const chosen = chip_thermal::parse_options({arguments + 1, static_cast<std::size_t>(n_arguments - 1)});
    if (chosen.help)
        std::cout << chip_thermal::help_text();
    else if (chosen.transient)
        run(chip_thermal::run_transient, chosen);
    else
        run(chip_thermal::run_job, chosen);
    if (!std::cout.flush()) return complain("standard output cannot be written; the results are incomplete", 1);
    return 0;
} catch (poise::linear::not_converged const& failure) {
    return complain(advice(failure.report()), 1);
} catch (poise::not_enough_memory const& failure) {
    return complain(std::string{failure.what()} + " (--cells)", exit_bad_input);
} catch (poise::error const& failure) {
    return complain(failure.what(), exit_bad_input);
} catch (std::bad_alloc const&) {
    return complain("out of memory; give a smaller number of --cells", exit_bad_input);
} catch (std::exception const& failure) {
    return complain(failure.what(), 1);
}
