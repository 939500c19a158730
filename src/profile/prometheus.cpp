// SPDX-License-Identifier: MIT
#include "profile/scope_metrics.hpp"
#include "profile/text.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/core/concat.hpp>
#include <poise/profile/prometheus.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <set>
#include <span>

namespace poise::profile {
namespace {

std::string number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0.0 ? "+Inf" : "-Inf";
    return to_text(value);
}

std::string escaped(std::string_view text, bool quotes) {
    std::string safe;
    while (!text.empty()) {
        auto const first = static_cast<unsigned char>(text[0]);
        std::string_view const character = detail::take_character(text);
        if (character.empty()) {
            std::array<char, 6> code;
            std::snprintf(code.data(), code.size(), "\\\\x%02x", first);
            safe += code.data();
        } else if (character == "\n") {
            safe += "\\n";
        } else if (character == "\\" || (quotes && character == "\"")) {
            safe.append("\\").append(character);
        } else {
            safe += character;
        }
    }
    return safe;
}

// The text between the braces.
std::string labels_text(metric_labels const& labels) {
    std::string text;
    for (auto const& [name, value] : labels)
        if (!value.empty()) text += concat(text.empty() ? "" : ",", name, "=\"", escaped(value, true), '"');
    return text;
}

std::string sample(std::string_view name, std::string_view labels, std::string const& value) {
    return labels.empty() ? concat(name, ' ', value, '\n') : concat(name, '{', labels, "} ", value, '\n');
}

// "linear.solve.calls" as poise_linear_solve_calls, without what the kind adds.
std::string exported_name(metric const& m) {
    std::string name = "poise_" + m.name;
    std::ranges::replace(name, '.', '_');
    auto const ends_in = [&](char const* suffix) { return name.ends_with(suffix); };
    if (m.kind == metric_kind::counter) return ends_in("_total") ? name.substr(0, name.size() - 6) : name;
    constexpr std::array reserved{"_total", "_sum", "_count", "_bucket"};
    return std::ranges::any_of(reserved, ends_in) ? name + "_value" : name;
}

class exposition {
public:
    // Metrics of one name stand together and are of one kind.
    void add(metrics_snapshot const& metrics) {
        for (std::span<metric const> rest = metrics; !rest.empty();) {
            auto const other = std::ranges::find_if(rest, [&](metric const& m) { return m.name != rest[0].name; });
            auto const n = static_cast<std::size_t>(other - rest.begin());
            add_family(rest.first(n));
            rest = rest.subspan(n);
        }
    }
    [[nodiscard]] std::string const& text() const noexcept { return text_; }

private:
    void add_family(std::span<metric const> series) {
        constexpr std::array types{"counter", "gauge", "histogram"};
        metric const& first = series[0];
        std::string const name = unused_name(first);
        text_ += concat("# HELP ", name, ' ', escaped(first.help.empty() ? first.name : first.help, false), '\n');
        text_ += concat("# TYPE ", name, ' ', types[static_cast<std::size_t>(first.kind)], '\n');
        std::set<std::string> used;
        for (metric const& m : series) {
            std::string const labels = unused_labels(m.labels, used);
            if (m.kind == metric_kind::histogram)
                add_histogram(name, labels, m.histogram);
            else
                text_ += sample(name, labels, number(m.value));
        }
    }

    void add_histogram(std::string const& name, std::string const& labels, histogram_statistics const& h) {
        std::string const before = labels.empty() ? "le=\"" : labels + ",le=\"";
        for (auto const& [upper, cumulative] : h.buckets)
            if (upper < std::numeric_limits<double>::max())
                text_ += sample(name + "_bucket", before + number(upper) + '"', to_text(cumulative));
        text_ += sample(name + "_bucket", before + "+Inf\"", to_text(h.count));
        text_ += sample(name + "_sum", labels, number(h.sum));
        text_ += sample(name + "_count", labels, to_text(h.count));
    }

    std::string unused_name(metric const& m) {
        std::string const wanted = exported_name(m);
        char const* const suffix = m.kind == metric_kind::counter ? "_total" : "";
        std::string name = wanted + suffix;
        for (int n = 2; !names_.insert(name).second; ++n) name = concat(wanted, '_', n, suffix);
        return name;
    }

    static std::string unused_labels(metric_labels const& wanted, std::set<std::string>& used) {
        std::string const text = labels_text(wanted);
        std::string labels = text;
        for (int n = 2; !used.insert(labels).second; ++n)
            labels = concat(text, text.empty() ? "" : ",", "duplicate=\"", n, '"');
        return labels;
    }

    std::set<std::string> names_;
    std::string text_;
};

}  // namespace

std::string prometheus_text(metrics_snapshot const& metrics) {
    exposition all;
    all.add(metrics);
    return all.text();
}

std::string prometheus_text(snapshot const& taken, prometheus_options const& options) {
    exposition all;
    all.add(detail::scope_metrics(taken, options.max_scopes));
    all.add(detail::process_metrics(taken));
    all.add(taken.metrics);
    return all.text();
}

void write_prometheus(std::string const& path, metrics_snapshot const& metrics) {
    write_file(path, prometheus_text(metrics));
}

void write_prometheus(std::string const& path, snapshot const& taken, prometheus_options const& options) {
    write_file(path, prometheus_text(taken, options));
}

}  // namespace poise::profile
