// SPDX-License-Identifier: MIT
#include "profile/html/data.hpp"
#include "profile/html/page.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/profile/html.hpp>
#include <poise/profile/report.hpp>
#include <poise/profile/trace.hpp>

namespace poise::profile {
namespace {

std::string data_of(snapshot const& shown, timeline const& events, std::string const& title,
                    std::vector<advice> const& cards, detail::html_limits const& most) {
    detail::html_json out;
    detail::string_table names;
    out.open('{').text("title", title).number("fold_below", most.fold_below);
    out.key("advice").open('[');
    for (advice const& a : cards) {
        out.open('{').text("rule", to_string(a.rule)).text("scope", a.scope).text("number", a.number);
        out.text("message", a.message).text("remedy", a.remedy).close('}');
    }
    out.close(']');
    detail::write_scopes(out, names, shown, most);
    detail::write_timeline(out, names, shown, events, most);
    detail::write_samples(out, names, shown, most);
    detail::write_sites(out, names, shown, most);
    detail::write_measurements(out, shown, most);
    detail::write_metrics(out, shown, most);
    names.write(out.key("names"));
    out.close('}');
    return out.written();
}

std::string page_with(std::string_view data) {
    std::size_t size = data.size();
    for (std::string_view const piece : detail::page_before_data) size += piece.size();
    for (std::string_view const piece : detail::page_after_data) size += piece.size();
    std::string page;
    page.reserve(size);
    for (std::string_view const piece : detail::page_before_data) page += piece;
    page += data;
    for (std::string_view const piece : detail::page_after_data) page += piece;
    return page;
}

}  // namespace

std::string to_html(snapshot const& shown, timeline const& events, html_options const& chosen) {
    POISE_REQUIRE(chosen.fold_below >= 0.0 && chosen.fold_below <= 1.0, "fold_below is ", chosen.fold_below,
                  "; it is a share of the wall time, 0 (show all) to 1");
    detail::html_limits most{.fold_below = chosen.fold_below, .nodes = chosen.max_nodes, .events = chosen.max_events};
    std::vector<advice> const cards = chosen.advice ? *chosen.advice : advise(shown, events);
    for (;;) {
        std::string page = page_with(data_of(shown, events, chosen.title, cards, most));
        if (page.size() <= chosen.max_bytes || most.exhausted()) return page;
        most.halve();
    }
}

void write_html(std::string const& path, snapshot const& shown, timeline const& events, html_options const& chosen) {
    write_file(path, to_html(shown, events, chosen));
}

void write_html(std::string const& path, html_options const& chosen) {
    write_html(path, report{}.data(), take_timeline(), chosen);
}

}  // namespace poise::profile
