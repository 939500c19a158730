// SPDX-License-Identifier: MIT
// The data of the page: JSON that may stand inside a <script>, numbers by column, each name once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace poise::profile::detail {

/// Appends JSON; sets the commas. No '<' ever stands in it, so that no name can end the <script> around it.
class html_json {
public:
    html_json& open(char bracket);
    html_json& close(char bracket);
    html_json& key(std::string_view name);
    html_json& text(std::string_view value);
    /// The shortest text that reads back as the same number; 0 for what is not finite.
    html_json& number(double value);
    html_json& number(std::string_view name, double value) { return key(name).number(value); }
    html_json& text(std::string_view name, std::string_view value) { return key(name).text(value); }

    [[nodiscard]] std::string const& written() const noexcept { return out_; }

private:
    void separate();

    std::string out_;
    bool fresh_ = true;
};

/// Nanoseconds, whole.
[[nodiscard]] double nanoseconds(double seconds) noexcept;
/// Three significant digits: enough for what is known to 6 %.
[[nodiscard]] double rounded(double value) noexcept;

/// Every text once. Views must outlive it.
class string_table {
public:
    string_table() { (void)index(""); }
    [[nodiscard]] double index(std::string_view text);
    void write(html_json& out) const;

private:
    std::unordered_map<std::string_view, std::size_t> places_;
    std::vector<std::string_view> texts_;
};

/// Rows of numbers, written by column; a column of nothing but zeros is left out.
class columns {
public:
    columns(std::initializer_list<std::string_view> names) : names_{names} {}
    void add(std::initializer_list<double> row) { values_.insert(values_.end(), row); }
    [[nodiscard]] std::size_t rows() const noexcept { return values_.size() / names_.size(); }
    /// {"rows": n, "NAME": […], …}
    void write(html_json& out) const;

private:
    std::vector<std::string_view> names_;
    std::vector<double> values_;
};

}  // namespace poise::profile::detail
