// SPDX-License-Identifier: MIT
// Writes pages for html_browser_test.py: html_probe FOLDER
#include "html_data.hpp"

#include <cstdio>
#include <exception>
#include <string>

int main(int n_arguments, char** arguments) try {
    if (n_arguments != 2) {
        std::fprintf(stderr, "usage: html_probe FOLDER\n");
        return 2;
    }
    std::string const folder = arguments[1];
    auto const write = [&](char const* name, poise_test::page_data const& data) {
        poise::profile::write_html(folder + "/" + name, data.shown, data.events, data.options);
    };
    write("run.html", poise_test::plausible_run());
    write("nasty.html", poise_test::nasty_run());
    write("empty.html", {});
    auto large = poise_test::large_run(100000);
    write("folded.html", large);
    large.options = {.fold_below = 0.0, .max_nodes = 200000, .max_events = 200000, .max_bytes = 100000000};
    write("whole.html", large);
} catch (std::exception const& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
}
