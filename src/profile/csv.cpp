// SPDX-License-Identifier: MIT
#include "profile/scope_paths.hpp"
#include "profile/snapshot_fields.hpp"
#include "profile/text.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/core/concat.hpp>
#include <poise/profile/export.hpp>

#include <string_view>
#include <type_traits>

namespace poise::profile {
namespace {

// RFC 4180, section 2.5 to 2.7.
void append_cell(std::string& text, std::string_view cell) {
    std::string const valid = detail::valid_utf8(cell);
    if (valid.find_first_of("\",\r\n") == std::string::npos) {
        text += valid;
        return;
    }
    text += '"';
    for (char const c : valid) text.append(c == '"' ? 2 : 1, c);
    text += '"';
}

template <class T>
std::string cell_of(T const& value) {
    if constexpr (std::is_same_v<T, bool>)
        return value ? "true" : "false";
    else if constexpr (std::is_enum_v<T>)
        return std::string{detail::names_of<T>.at(static_cast<std::size_t>(value))};
    else
        return to_text(value);
}

// Every field of a scope but its name, which the path holds, and its children, which have rows of their own.
template <class Each>
struct cells {
    Each each;

    template <class T>
    void operator()(std::string_view column, T const& value) const {
        if (column != "name") each(column, cell_of(value));
    }
    void operator()(std::string_view, std::vector<scope_statistics> const&) const {}
};

template <class Each>
void for_each_cell(scope_statistics const& s, Each each) {
    each("path", std::string{});
    cells<Each> const visit{each};
    detail::fields_of<scope_statistics>::visit(visit, s);
    each("mean_s", to_text(s.mean_s()));
}

}  // namespace

std::string to_csv(snapshot const& s) {
    std::string text;
    for_each_cell(s.root, [&](std::string_view column, std::string const&) {
        text.append(column == "path" ? "" : ",").append(column);
    });
    text += '\n';
    detail::for_each_scope(s.root, [&](std::string const& path, scope_statistics const& scope) {
        append_cell(text, path);
        for_each_cell(scope, [&](std::string_view column, std::string const& cell) {
            if (column == "path") return;
            text += ',';
            append_cell(text, cell);
        });
        text += '\n';
    });
    return text;
}

void write_csv(std::string const& path, snapshot const& s) { write_file(path, to_csv(s)); }

}  // namespace poise::profile
