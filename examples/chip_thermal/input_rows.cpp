// SPDX-License-Identifier: MIT
#include "chip_thermal/input_rows.hpp"

#include <poise/core/concat.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

namespace chip_thermal {
namespace {

constexpr std::size_t most_bytes = std::size_t{256} << 20;
constexpr std::string_view blanks = " \t\r\v\f";

struct close_file {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

std::string whole_text(std::string const& path, std::string_view remedy) {
    auto const fail = [&](std::string_view problem) {
        throw input_error{path, 0, poise::concat(problem, "; ", remedy)};
    };
    auto const fail_with_errno = [&](std::string_view step) {
        fail(poise::concat(step, ": ", std::generic_category().message(errno)));
    };
    std::unique_ptr<std::FILE, close_file> const file{std::fopen(path.c_str(), "rb")};
    if (!file) fail_with_errno("cannot be opened");
    std::string text;
    std::vector<char> chunk(std::size_t{1} << 16);
    for (;;) {
        auto const n_read = std::fread(chunk.data(), 1, chunk.size(), file.get());
        text.append(chunk.data(), n_read);
        if (text.size() > most_bytes) fail("is larger than 256 MiB");
        if (n_read == chunk.size()) continue;
        if (std::ferror(file.get()) != 0) fail_with_errno("cannot be read");
        return text;
    }
}

void split(std::string_view line, std::vector<std::string_view>& words) {
    words.clear();
    for (;;) {
        auto const start = line.find_first_not_of(blanks);
        if (start == std::string_view::npos) return;
        line.remove_prefix(start);
        words.push_back(line.substr(0, line.find_first_of(blanks)));
        line.remove_prefix(words.back().size());
    }
}

}  // namespace

input_rows::input_rows(std::string path, std::string_view remedy)
    : path_{std::move(path)}, text_{whole_text(path_, remedy)}, rest_{text_} {}

bool input_rows::next() {
    while (!rest_.empty()) {
        auto const line = rest_.substr(0, rest_.find('\n'));
        rest_.remove_prefix(std::min(line.size() + 1, rest_.size()));
        ++line_;
        split(line, words_);
        if (!words_.empty() && words_.front().front() != '#') return true;
    }
    words_.clear();
    return false;
}

}  // namespace chip_thermal
