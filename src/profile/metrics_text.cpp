// SPDX-License-Identifier: MIT
#include "profile/metrics_text.hpp"

#include "profile/text.hpp"

#include <poise/core/concat.hpp>

#include <algorithm>
#include <ostream>

namespace poise::profile::detail {
namespace {

constexpr std::size_t columns = 77;
constexpr std::size_t value_columns = 21;
constexpr std::size_t least_name_columns = 16;

// A name says the unit of its value: "linear.operator_cache.bytes", "linear.operator_cache.saved_seconds".
std::string in_unit_of(std::string_view name, double value) {
    if (name.ends_with("bytes") && value >= 0.0 && value < 0x1p64)
        return bytes_to_text(static_cast<std::uint64_t>(value));
    if (name.ends_with("seconds")) return seconds_to_text(value);
    return to_text(value, 6);
}

std::string histogram_text(metric const& m) {
    auto const& h = m.histogram;
    if (h.count == 0) return "0 values";
    return concat(h.count, h.count == 1 ? " value" : " values", ", p50 ", in_unit_of(m.name, h.p50), ", p99 ",
                  in_unit_of(m.name, h.p99), ", max ", in_unit_of(m.name, h.max));
}

std::string value_text(metric const& m) {
    if (m.kind == metric_kind::histogram) return histogram_text(m);
    bool const has_unit = m.name.ends_with("bytes") || m.name.ends_with("seconds");
    return m.kind == metric_kind::counter && !has_unit ? to_text_fixed(m.value, 0) : in_unit_of(m.name, m.value);
}

// name{method="cholesky",device="cpu"}
std::string series_text(metric const& m) {
    std::string text = m.name;
    for (auto const& [name, value] : m.labels)
        text += concat(text.size() == m.name.size() ? '{' : ',', name, "=\"", value, '"');
    return m.labels.empty() ? text : text + '}';
}

}  // namespace

void print_metrics(std::ostream& out, metrics_snapshot const& metrics) {
    if (metrics.empty()) return;
    out << "\nmetrics\n";
    for (auto const& m : metrics) {
        std::string const value = value_text(m);
        std::size_t const right = std::max(value_columns, value.size() + 1);
        out << "  " << padded(series_text(m), std::max(columns - std::min(right, columns), least_name_columns))
            << std::string(right - value.size(), ' ') << value << '\n';
    }
}

}  // namespace poise::profile::detail
